"""Which metrics there are: a wrong name is said before hours of work, not after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.measure.split import By
from sim.scenario.errors import nearest
from sim.scenario.models import Scenario
from sim.scenario.units import HOUR
from sim.study.errors import StudyError
from sim.study.worker import run_chunk


def check_metrics(
    wanted: Sequence[str], scenario: Scenario, seed: int, *, by: By | None = None, option: str = "--metric"
) -> None:
    """Refuse a metric that the runs of a scenario do not have.

    A run of one hour has almost all names; only for one that it lacks is replication 0 run to its end.

    Raises:
        StudyError: with the nearest names.
    """
    hour = scenario.model_copy(update={"horizon": HOUR, "follow_up": 0})
    for tried in (hour, scenario):
        known = next(run_chunk([tried], seed, [0], by)).metrics
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
        raise StudyError(f"{option}: read {name!r}, accepted: {nearest(name, names)}")
