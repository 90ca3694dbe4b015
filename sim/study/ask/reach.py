"""A target that no roster was found to meet: what the best one reaches, and what can be asked for instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from sim.study.ask.aim import Aim
from sim.study.ask.heads import Variable
from sim.study.infer.search import Found
from sim.study.infer.stats import Summary
from sim.study.run.errors import StudyError
from sim.words.phrases import Phrase, name_of, phrase


@dataclass(frozen=True)
class Reach:
    """How far the best roster comes."""

    aim: Aim
    found: Found
    variables: Sequence[Variable]
    zone: float
    """The indifference zone: a target must be clear of the mean of the best by half of it."""
    tested: Summary
    """The metric of the best roster, times the sign of the aim, in the test of the target."""
    now: Summary
    """That of today's roster on the same luck."""

    @property
    def staffed(self) -> Phrase:
        """The best roster, shift by shift."""
        shifts = (
            phrase("{desk} {when}: {heads}", desk=name_of(one.desk, "desk"), when=one.when, heads=number)
            for one, number in zip(self.variables, self.found.heads, strict=True)
        )
        return reduce(lambda some, more: phrase("{some}, {more}", some=some, more=more), shifts)

    @property
    def best(self) -> float:
        """Its mean of the metric."""
        return self.aim.sign * self.tested.mean

    @property
    def within(self) -> tuple[float, float]:
        """The 95% interval of its mean."""
        low, high = sorted((self.aim.sign * self.tested.low, self.aim.sign * self.tested.high))
        return low, high

    @property
    def today(self) -> float:
        """The mean of today's roster on the same luck."""
        return self.aim.sign * self.now.mean

    @property
    def clear(self) -> float:
        """The hardest target that can be searched for."""
        return self.aim.sign * (self.tested.mean - self.zone / 2)

    @property
    def beyond(self) -> bool:
        """Whether the target is harder than that: else it is open whether a roster meets it."""
        return self.found.certain or self.aim.sign * self.aim.value > self.aim.sign * self.clear

    @property
    def near(self) -> bool:
        """Whether the best meets the target on average, though not by the half zone that a search can tell."""
        return self.aim.sign * self.aim.value <= self.tested.mean

    def why(self) -> Phrase:
        """Why no roster meets the target, in the options of the command."""
        aim, clear = self.aim, self.clear
        bound = phrase("at most {value:.4g}", value=clear)
        if aim.at_most:
            bound = phrase("at least {value:.4g}", value=clear)
        reached = phrase(
            "{best:.4g} is the best that can be reached on average ({low:.4g} to {high:.4g}), with {staffed}; today's"
            " roster reaches {today:.4g} on the same luck",
            best=self.best, staffed=self.staffed, today=self.today, low=self.within[0], high=self.within[1],
        )  # fmt: skip
        if not self.found.certain:
            return phrase(
                "--target: {metric}={value:g}: not decided within the runs allowed, for {reached};"
                " accepted: more --most-runs, or {easier}",
                metric=aim.metric, value=aim.value, reached=reached,
                easier=bound if self.beyond else phrase("an easier target"),
            )  # fmt: skip
        return phrase(
            "--target: read {metric}={value:g}, accepted: {bound}, half of --zone {zone:.4g} clear of what can be:"
            " {reached}",
            metric=aim.metric, value=aim.value, bound=bound, zone=self.zone, reached=reached,
        )  # fmt: skip


class OutOfReachError(StudyError):
    """No roster was found that meets the target."""

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach.why())
        self.reach = reach
