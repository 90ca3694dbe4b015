"""Which assumptions a result hangs on: screening of all of them, shares of variance for the few that matter.

Every number that a scenario labels as assumed is moved by a factor from 1/2 to 2, as far as its field accepts (shares
end at 1; shares that sum to 1 are moved by their weight, the others rescaled; a distribution as a whole). Every
setting meets the same luck. First the elementary effects of all (Morris, "Factorial sampling plans for preliminary
computational experiments", Technometrics 33, 1991; mu* of Campolongo, Cariboni and Saltelli 2007), then the Sobol
indices of those that matter most, the others as they are (Saltelli et al., Computer Physics Communications 181, 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.study.ask.lab import FACTOR, Lab, movable
from sim.study.ask.screening import Index, Screened, indices, salib, screen
from sim.study.infer.stats import Summary, summary
from sim.study.run.assumptions import LeftOut
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import check_metric, with_net_loss
from sim.study.run.parameters import Editor, Parameter
from sim.study.run.runner import Arm, Runner
from sim.words.language import key
from sim.words.phrases import phrase

MOST = 8
"""Assumptions that are looked at closely."""
CLOSER = 10
"""Times as many runs for the few bars as for each point of the screening."""


@dataclass(frozen=True)
class Bar:
    """What one assumption alone changes, at both ends of its range."""

    parameter: Parameter
    low: float
    high: float
    """The values at the ends."""
    at_low: Summary
    at_high: Summary
    """Paired change of the metric against the scenario as it is."""

    @property
    def reach(self) -> float:
        """The larger of the two changes."""
        return max(abs(self.at_low.mean), abs(self.at_high.mean))


@dataclass(frozen=True)
class Ranking:
    """A result as it is and at both ends of one assumption: of two arms the difference, second minus first."""

    parameter: Parameter
    low: float
    high: float
    """The values at the ends."""
    at_low: Summary
    at_high: Summary
    base: Summary

    @property
    def reach(self) -> float:
        """The larger of the two changes of the mean."""
        return max(abs(self.at_low.mean - self.base.mean), abs(self.at_high.mean - self.base.mean))

    @property
    def verdict(self) -> str:
        """`changes`: at one end the other arm is better, beyond chance; `may change`: better on average only."""
        found = "stays"
        for end in (self.at_low, self.at_high):
            if end.mean * self.base.mean < 0:
                beyond = end.low * end.high > 0 and self.base.low * self.base.high > 0
                found = "changes" if beyond else "may change" if found == "stays" else found
        return found


@dataclass(frozen=True)
class Sensitivity:
    """The result."""

    metric: str
    arms: tuple[str, ...]
    base: Summary
    """The metric of the first arm as it is."""
    screened: tuple[Screened, ...]
    """All assumptions, those that matter most first; of two arms, for their difference."""
    indices: tuple[Index, ...]
    bars: tuple[Bar, ...]
    """The longest first."""
    rankings: tuple[Ranking, ...]
    left_out: tuple[LeftOut, ...]
    evaluations: int
    """Points of the screening and the indices."""
    replications: int
    """Runs of each of them."""


def sensitivity(
    arms: Sequence[Arm], parameters: Sequence[Parameter], metric: str, runner: Runner, *,
    left_out: Sequence[LeftOut] = (), trajectories: int = 4, samples: int = 64, replications: int = 2,
) -> Sensitivity:  # fmt: skip
    """Screen the assumptions of one scenario, or of the difference of two; then look closely at those that matter most.

    Args:
        arms: one scenario, or two whose ranking is in question.
        parameters: what is assumed, by the first scenario's paths.
        metric: what is looked at.
        runner: its seed names the design and the luck.
        left_out: assumptions that are not moved, for the record.
        trajectories: of the screening; each has one point more than there are assumptions.
        samples: base samples of the Sobol indices (a power of 2); the runs are 2 + `MOST` times as many.
        replications: runs of each point; bars and rankings have `CLOSER` times as many.

    Raises:
        StudyError: SALib is missing, nothing is assumed, or the metric is unknown or without a meaning.
    """
    salib()
    editors = tuple((arm.name, Editor(arm.scenario)) for arm in arms)
    [row] = runner.run(arms, 1)
    check_metric(metric, with_net_loss(row[0]))
    kept, coupled = movable([editor for _, editor in editors], parameters, runner.seed)
    if not kept:
        raise StudyError(
            phrase(
                "{name}: no number is labelled assumed and can be moved; accepted: a scenario with some",
                name=arms[0].name,
            )
        )
    lab = Lab(editors, metric, replications, runner)
    closely = min(MOST, len(kept))
    evaluations = trajectories * (len(kept) + 1) + samples * (closely + 2)
    runner.begin(key("screening"), (evaluations + CLOSER * (1 + 2 * closely)) * replications * len(arms))
    screened = screen(lab, kept, trajectories, runner.seed)
    few = [one.parameter for one in screened[:MOST]]
    runner.begin(key("shares of the variance"))
    shares = indices(lab, few, samples, runner.seed)
    runner.begin(key("both ends of each"))
    ends = lab.ends(few, replications * CLOSER)
    base = ends[0][0]
    bars = [
        Bar(one, *end_values(editors[0][1], one), _paired(ends[0][1 + 2 * n], base), _paired(ends[0][2 + 2 * n], base))
        for n, one in enumerate(few)
    ]
    rankings = []
    if len(arms) > 1:
        gaps = [_paired(second, first) for first, second in zip(ends[0], ends[-1], strict=True)]
        rankings = [
            Ranking(one, *end_values(editors[0][1], one), gaps[1 + 2 * n], gaps[2 + 2 * n], gaps[0])
            for n, one in enumerate(few)
        ]
    return Sensitivity(
        metric=metric, arms=tuple(arm.name for arm in arms), base=summary(base), screened=screened, indices=shares,
        bars=tuple(sorted(bars, key=lambda bar: -bar.reach)), rankings=tuple(rankings),
        left_out=(*left_out, *coupled), evaluations=evaluations,
        replications=replications,
    )  # fmt: skip


def end_values(editor: Editor, parameter: Parameter) -> tuple[float, float]:
    """The values of an assumption at both ends of its range."""
    low, high = (editor.scaled({parameter: FACTOR**sign})[parameter] for sign in (-1, 1))
    return low, high


def _paired(values: Sequence[float], base: Sequence[float]) -> Summary:
    return summary([one - other for one, other in zip(values, base, strict=True)])
