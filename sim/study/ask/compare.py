"""Which arm is better, by how much, and how sure are we: paired differences under common random numbers."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import Final

import numpy as np

from sim.measure.ways import By
from sim.scenario.encoding import HARMFUL, character
from sim.scenario.loader import Loaded, changed
from sim.scenario.models import Scenario
from sim.study.infer.stats import Summary, best_probability, paired, summary
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import check_metrics, with_net_loss
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.phrases import phrase
from sim.words.units import format_duration

MORE_IS_BETTER: Final = frozenset(
    {
        "recovered", "recovered_share", "recovered_share_reported", "recovered_early", "response_efficiency",
        "recoverable_at_report", "recoverable_share", "stopped", "accounts_stopped", "frozen", "intercepted",
        "returned", "prevented", "prevented_cases", "cases_with_stop", "net_benefit", "saved", "victims_whole",
        "victims_part", "freezes", "answered_share", "within",
    }
)  # fmt: skip
"""Names, or what stands before the dot in them; of everything else less is better."""


@dataclass(frozen=True)
class Difference:
    """One metric of one arm, and how far it is from another arm's on the same luck."""

    arm: str
    metric: str
    group: str
    """Of a split (`by`); empty for the whole."""
    value: Summary
    against: str
    """The arm that it is compared with; its own name for the first."""
    change: Summary
    """This arm minus the other, replication by replication."""
    best: float
    """Probability that the arm has the best mean of all that meet the same victims (`stats.best_probability`); NaN of
    others: less crime is no better centre."""
    unpaired: float
    """How many times the replications a comparison without common luck would need for an interval of this width; NaN
    where there is no difference to measure."""
    apart: bool = False
    """Whether the two arms have no victims in common, so that their luck is not the same."""
    at_banks: bool = False
    """Whether the arm changes who answers at banks, whose pay the metric `cost` does not know."""


def more_is_better(metric: str) -> bool:
    """Whether a higher value of a metric is the better one."""
    return metric in MORE_IS_BETTER or metric.partition(".")[0] in MORE_IS_BETTER


def arm_of(text: str, base: Loaded[Scenario]) -> Arm:
    """The arm that a text of the command line means; raises as `changed_by`."""
    name, loaded = changed_by(text, base)
    return Arm(name, loaded.scenario)


def changed_by(text: str, base: Loaded[Scenario]) -> tuple[str, Loaded[Scenario]]:
    """Read ``NAME:PATH=VALUE[,PATH=VALUE]``: a name and what is so changed; commas inside brackets and quotes belong to
    a value.

    Raises:
        StudyError: it is not of this form.
        ScenarioError: a path or a value is wrong.
    """
    name, colon, settings = text.partition(":")
    parts = _parts(settings)
    whole = all(path.strip() and equals and value.strip() for path, equals, value in (p.partition("=") for p in parts))
    if not colon or not name.strip() or "=" in name or not whole:
        raise StudyError(phrase("--arm: read {text!r}, accepted: NAME:PATH=VALUE[,PATH=VALUE]", text=text))
    return name.strip(), changed(base, settings=parts)


def _parts(text: str) -> list[str]:
    """A text cut at its commas, but for those inside brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            depth += (sign in "[{(") - (sign in "]})")
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def check_names(arms: Sequence[Arm], what: str = "compare") -> None:
    """Refuse fewer than two arms, and two of the same name.

    Raises:
        StudyError: as said.
    """
    names = [arm.name for arm in arms]
    if len(names) < 2:
        raise StudyError(phrase("compare: read one arm, accepted: two or more scenarios, or --arm NAME:PATH=VALUE"))
    for name in names:
        if (found := HARMFUL.search(name)) or "\n" in name:
            read = (
                phrase("the character {character},", character=character(found[0])) if found else phrase("a line break")
            )
            raise StudyError(
                phrase("{what}: read {read} in the name of an arm, accepted: text without it", what=what, read=read)
            )
        if names.count(name) > 1:
            raise StudyError(
                phrase("{what}: read two arms named {name!r}, accepted: arms of different names", what=what, name=name)
            )


TIMES = ("start", "utc_offset", "horizon", "follow_up")
"""Fields of a scenario that arms must have in common, or a difference means nothing."""


def check_times(arms: Sequence[Arm], what: str = "compare") -> None:
    """Refuse arms that are about another time than the first: a year against a month, July against January.

    Args:
        arms: any number.
        what: the command or the option, to be named in the message.

    Raises:
        StudyError: with all that differs, and the overrides that give all arms the time of the last one named.
    """
    first = arms[0].scenario.model_dump(mode="json", include=set(TIMES))
    for arm in arms[1:]:
        other = arm.scenario.model_dump(mode="json", include=set(TIMES))
        apart = [name for name in TIMES if other[name] != first[name]]
        if apart:
            mine, theirs = (
                ", ".join(f"{name} {_written(one.scenario, name)}" for name in apart) for one in (arms[0], arm)
            )
            wanted = " ".join(f"--set {one}" for one in times_of(arm.scenario, apart))
            raise StudyError(
                phrase(
                    "{what}: read {mine} ({name}) and {theirs} ({other}), accepted: arms of one time, such as"
                    " {wanted}",
                    what=what, mine=mine, name=arms[0].name, theirs=theirs, other=arm.name, wanted=wanted,
                )
            )  # fmt: skip


def times_of(scenario: Scenario, fields: Sequence[str] = TIMES) -> list[str]:
    """The settings, as ``path=value``, that give another scenario the time of this one."""
    return [f"{name}={_written(scenario, name)}" for name in fields]


def _written(scenario: Scenario, name: str) -> str:
    value = getattr(scenario, name)
    if isinstance(value, int):
        return format_duration(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def strangers(arms: Sequence[Arm], against: Sequence[int] | None = None) -> set[str]:
    """The names of the arms whose victims are not those of the arm that they are compared with.

    Args:
        arms: any number.
        against: as in `compare`.
    """
    return {one.name for one, other in _pairs(arms, against) if not same_victims([one, other])}


def _pairs(arms: Sequence[Arm], against: Sequence[int] | None) -> Iterator[tuple[Arm, Arm]]:
    """Each arm with the one that it is compared with."""
    return zip(arms, [arms[number] for number in against] if against else [arms[0]] * len(arms), strict=True)


def same_victims(arms: Sequence[Arm]) -> bool:
    """Whether all arms are robbed of the same people: those of other arrivals have nobody in common."""
    return all(one.scenario.victims.arrivals == arms[0].scenario.victims.arrivals for one in arms)


def changed_at_banks(arms: Sequence[Arm], against: Sequence[int] | None = None) -> set[str]:
    """The names of the arms in which other people answer at banks than in the arm that they are compared with: another
    kind of bank, another number of officers, other hours.

    Args:
        arms: any number.
        against: as in `compare`.
    """
    pairs = _pairs(arms, against)
    return {one.name for one, other in pairs if _who_answers(one.scenario) != _who_answers(other.scenario)}


def _who_answers(scenario: Scenario) -> list[object]:
    """The people at each bank and payment firm that is asked."""
    kinds = ((one.name, one.profile) for one in scenario.holders if one.profile in scenario.bank_profiles)
    people = {name: (kind.staff, kind.shifts) for name, kind in scenario.bank_profiles.items()}
    return [(name, kind, people[kind]) for name, kind in kinds if kind is not None]


def compare(
    runner: Runner,
    arms: Sequence[Arm],
    replications: int,
    metrics: Sequence[str],
    *,
    by: By | None = None,
    against: Sequence[int] | None = None,
    beside: Sequence[str] = (),
) -> list[Difference]:
    """Run arms on the same luck and compare each with the first, or with another.

    Args:
        runner: where to run.
        arms: two or more.
        replications: of each arm.
        metrics: names as `run` prints them, and `net_loss`.
        by: also compare group by group.
        against: for each arm, the place of the arm that it is compared with; None for the first.
        beside: metrics told after those, where the runs have them, such as `MONEY`.

    Raises:
        StudyError: a metric that the first arm does not have, or one given twice.
    """
    check_metrics(metrics, arms[0].scenario, runner.seed)
    results = runner.run(arms, replications, by=by)
    return differences_of(arms, results, list(dict.fromkeys([*metrics, *beside])), against)


def differences_of(
    arms: Sequence[Arm],
    results: Sequence[Sequence[Metrics]],
    metrics: Sequence[str],
    against: Sequence[int] | None = None,
) -> list[Difference]:
    """`differences` of arms whose scenarios are known, and with them what the arms do not have in common.

    Args:
        arms: any number.
        results: for each replication, one entry for each arm.
        metrics: as in `compare`.
        against: as in `compare`.
    """
    return differences(
        [arm.name for arm in arms], results, metrics, against=against, apart=strangers(arms, against),
        at_banks=changed_at_banks(arms, against),
    )  # fmt: skip


def differences(
    names: Sequence[str],
    results: Sequence[Sequence[Metrics]],
    metrics: Sequence[str],
    *,
    against: Sequence[int] | None = None,
    apart: Container[str] = (),
    at_banks: Container[str] = (),
) -> list[Difference]:
    """The comparison of results that are there: for each metric the whole, then its groups, arm by arm.

    Args:
        names: of the arms.
        results: [replication][arm] -> metrics by name.
        metrics: as in `compare`.
        against: as in `compare`.
        apart: names of arms that have no victims in common with what they are compared with.
        at_banks: names of arms in which other people answer at banks (`changed_at_banks`).
    """
    results = [[with_net_loss(metrics) for metrics in one] for one in results]
    groups = dict.fromkeys(name.rpartition("/")[0] for one in results for arm in one for name in arm)
    rows: list[Difference] = []
    for metric in metrics:
        for group in sorted(groups, key=bool):  # the whole first
            name = f"{group}/{metric}" if group else metric
            values = np.array([[arm.get(name, nan) for arm in one] for one in results], dtype=np.float64).T
            if np.isnan(values).all():
                continue
            values = _shared(values)
            best = _best(values, [name in apart for name in names], higher=more_is_better(metric))
            for number, arm in enumerate(names):
                other = against[number] if against else 0
                change = paired(values[number], values[other])
                ratio = _unpaired(values[number], values[other])
                own = summary(values[number])
                rows.append(
                    Difference(arm, metric, group, own, names[other], change, best[number], ratio, arm in apart,
                               arm in at_banks)
                )  # fmt: skip
    return rows


def _best(values: np.ndarray, apart: Sequence[bool], *, higher: bool) -> list[float]:
    """The probability of being best among the arms that are robbed alike; NaN for others, and where one is alone."""
    best = [nan] * len(values)
    alike = [number for number, other in enumerate(apart) if not other]
    if len(alike) > 1:
        for number, found in zip(alike, best_probability(values[alike], higher=higher), strict=True):
            best[number] = found
    return best


def _shared(values: np.ndarray) -> np.ndarray:
    """The replications in which every arm has a meaning, so that arms and differences are of the same ones.

    An arm without any is left out of that; where no replication is left, all are kept.
    """
    nothing = np.isnan(values)
    whole = ~nothing[~nothing.all(axis=1)].any(axis=0)
    return values[:, whole] if whole.any() else values


def _unpaired(one: np.ndarray, other: np.ndarray) -> float:
    """Variance of the difference of two independent replications over that of a pair."""
    both = ~(np.isnan(one) | np.isnan(other))
    if both.sum() < 2:
        return nan
    apart = float(np.var(one[both] - other[both], ddof=1))
    alone = float(np.var(one[both], ddof=1) + np.var(other[both], ddof=1))
    return alone / apart if apart > _NOISE * alone else nan


_NOISE = 1e-18
"""Of a variance, what floating point makes of a difference that is the same in each replication."""
