"""Which metrics there are: a wrong name is said before hours of work, not after."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from sim.measure.ways import By
from sim.scenario.models import Scenario
from sim.study.run.errors import StudyError
from sim.study.run.worker import Metrics, run_chunk
from sim.words.phrases import phrase
from sim.words.units import HOUR

T = TypeVar("T")
NET_LOSS: Final = "net_loss"
"""What victims are left without: the loss less what was recovered. Unlike the recovered share it falls, too, when a
payment is prevented."""
NET_BENEFIT: Final = "net_benefit"
"""What the response brings beyond what it costs: recovered and prevented, less the cost. Of runs that have a cost."""
MONEY: Final = ("cost", NET_BENEFIT)
"""What every comparison tells besides what was asked: whether a change is worth its money."""
ALL: Final = ".*"
"""At the end of a name: all metrics that begin so, such as ``stage.*``."""
MOST_NAMES: Final = 5
"""Near names to tell: a run has some 90 metrics."""


def of_each(metrics: Mapping[str, T], kind: str) -> dict[str, T]:
    """By desk, or whatever else a kind of metric is told of (``utilisation.analyst``): its values."""
    return {name.removeprefix(f"{kind}."): one for name, one in metrics.items() if name.startswith(f"{kind}.")}


def with_net_loss(metrics: Metrics) -> Metrics:
    """Metrics with `net_loss` beside every `loss` that has a `recovered`, of groups too, and with `net_benefit`."""
    found = dict(metrics)
    for name, loss in metrics.items():
        group, slash, metric = name.rpartition("/")
        if metric == "loss" and f"{group}{slash}recovered" in metrics:
            found[f"{group}{slash}{NET_LOSS}"] = loss - metrics[f"{group}{slash}recovered"]
    if metrics.keys() >= {"recovered", "prevented", "cost"}:
        found[NET_BENEFIT] = metrics["recovered"] + metrics["prevented"] - metrics["cost"]
    return found


def matches(metric: str, name: str) -> bool:
    """Whether a metric is what a name means."""
    return metric.startswith(name[:-1]) if name.endswith(ALL) else metric == name


def chosen(metrics: Metrics, names: Collection[str]) -> Metrics:
    """Of metrics those that names mean; all where there are no names."""
    if not names:
        return metrics
    return {metric: value for metric, value in metrics.items() if any(matches(metric, name) for name in names)}


def check_metrics(
    wanted: Sequence[str], scenario: Scenario, seed: int, *, by: By | None = None, option: str = "--metric"
) -> None:
    """Refuse a metric that the runs of a scenario do not have, or one that is asked for twice.

    A run of one hour has almost all names; only for one that it lacks is replication 0 run to its end.

    Raises:
        StudyError: with the nearest names.
    """
    for name in wanted:
        if list(wanted).count(name) > 1:
            raise StudyError(
                phrase("{option}: read {name!r} twice, accepted: each metric once", option=option, name=name)
            )
    hour = scenario.model_copy(update={"horizon": HOUR, "follow_up": 0})
    for tried in (hour, scenario):
        known = with_net_loss(next(run_chunk([tried], seed, [0], by)).metrics)
        if known.keys() >= set(wanted):
            return
    for name in wanted:
        check_metric(name, known, option)


def check_metric(name: str, known: Iterable[str], option: str = "--metric") -> None:
    """Refuse a metric that is not among the known ones.

    Raises:
        StudyError: with the nearest names.
    """
    names = list(known)
    if name not in names:
        raise StudyError(
            phrase(
                "{option}: read {name!r}, accepted: {accepted}",
                option=option,
                name=name,
                accepted=_nearest(name, names),
            )
        )


def _nearest(name: str, names: Sequence[str]) -> str:
    """The names that are most like one, or that hold it; where none is, the first, which are asked for most."""
    near = difflib.get_close_matches(name, names, n=MOST_NAMES)
    inside = [one for one in names if len(name) > 2 and name.lower() in one]
    told = list(dict.fromkeys([*near, *inside]))[:MOST_NAMES]
    return phrase("{names} or another that run prints with --json", names=", ".join(told or names[:MOST_NAMES]))
