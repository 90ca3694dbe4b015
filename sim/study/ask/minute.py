"""What a minute is worth at each stage: what is lost when every piece of work of it takes some minutes more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Final

from sim.scenario.models import Scenario
from sim.study.ask.latency import ALL, with_latency
from sim.study.infer.stats import Summary, paired, summary
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.phrases import phrase
from sim.words.units import MINUTE

NAME: Final = "value_of_a_minute"
COLUMNS: Final = (
    "stage", NAME, "low", "high", "recovered_share_change", "change_low", "change_high", "latency_change_min", "n",
)  # fmt: skip


@dataclass(frozen=True)
class Minute:
    """The value of a minute at one stage."""

    stage: str
    value: Summary
    """Yuan not recovered for each minute added and each reported case: what the minute would buy back."""
    share: Summary
    """Change of the recovered share by all the minutes added."""
    latency: Summary
    """Change of the time from the report to the first stop, in seconds."""

    def as_dict(self) -> dict[str, str | float | int]:
        """The row of the CSV."""
        value, share = self.value, self.share
        numbers = (
            value.mean, value.low, value.high, share.mean, share.low, share.high, self.latency.mean / 60, value.n,
        )  # fmt: skip
        return dict(zip(COLUMNS, (self.stage, *numbers), strict=True))


def values_of_a_minute(
    runner: Runner, scenario: Scenario, replications: int, *, added: float = 5.0, stages: Sequence[str] | None = None
) -> tuple[list[Minute], list[Metrics]]:
    """The value of a minute at every stage, dearest first; and the runs of the scenario as it is.

    Args:
        runner: where to run.
        scenario: what to slow down.
        replications: of each setting.
        added: minutes added to each piece of work of a stage; few, for the value of the next minute.
        stages: those to slow down; None for all, one by one.

    Raises:
        StudyError: the scenario has no stage, or none of this name.
    """
    chosen = list(scenario.stages if stages is None else stages)
    if not chosen:
        raise StudyError(phrase("{name}: nobody works and nothing waits, so no minute has a value", name=scenario.name))
    try:
        slower = [with_latency(scenario, stage, 1.0, round(added * MINUTE)) for stage in chosen]
    except ValueError as error:
        raise StudyError(phrase("{where}: {what}", where="--stage", what=error)) from None
    results = runner.run([Arm(ALL, scenario), *map(Arm, chosen, slower)], replications)
    base = [one[0] for one in results]
    rows = [minute_of(stage, base, [one[i] for one in results], added) for i, stage in enumerate(chosen, start=1)]
    return sorted(rows, key=lambda row: -row.value.mean), base


def minute_of(stage: str, base: Sequence[Metrics], slower: Sequence[Metrics], added: float) -> Minute:
    """The value of a minute from runs as they are and with `added` minutes more, replication by replication."""

    def change(name: str) -> Summary:
        return paired([one[name] for one in slower], [one[name] for one in base])

    lost = [
        (one["recovered"] - other["recovered"]) / one["reports"] / added if one["reports"] else nan
        for one, other in zip(base, slower, strict=True)
    ]
    return Minute(stage, summary(lost), change("recovered_share"), change("response_latency"))


@dataclass(frozen=True)
class Step:
    """One step of the way from the loss to what is recovered."""

    name: str
    """`loss`, a cause of the leak ledger, `held_elsewhere`, `still_moving`, or `recovered`."""
    amount: Summary
    """Yuan in a replication."""
    share: Summary
    """Of the loss."""


def waterfall(runs: Sequence[Metrics]) -> list[Step]:
    """From the loss, cause by cause, to what is recovered: the loss is the sum of the others in every run.

    Causes under which nothing left in any run are not told.
    """
    leaks = [name for name in runs[0] if name.startswith("leak.")]
    names = ["loss", *(name for name in leaks if any(one[name] for one in runs))]
    names += [name for name in ("held_elsewhere",) if any(one[name] for one in runs)]
    names += ["still_moving", "recovered"]
    return [
        Step(
            name.removeprefix("leak."),
            summary([one[name] for one in runs]),
            summary([one[name] / one["loss"] if one["loss"] else nan for one in runs]),
        )
        for name in names
    ]
