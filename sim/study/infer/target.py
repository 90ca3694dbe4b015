"""Whether rosters meet a target: each is tested once, on luck that no climb has, with a stated confidence.

A roster that took long to tell becomes the anchor. Its mean is found out to a quarter of the indifference zone either
way; from then on a roster whose measure goes up and down with the anchor's is tested by how far the two are apart on
the same luck, against half the zone. With `a` the anchor's true mean and `m` what was found, `abs(a - m) <= zone / 4`:
a roster below the target is apart by less than `target - a <= target + zone / 4 - m`, the lower end of the test, one of
`target + zone` or more by at least `target + 3 * zone / 4 - m`, its upper end. So both errors are those of the test and
of the anchor's mean, which counts as one test more. Where luck makes all rosters better or worse alike, as victims do,
this takes a fraction of the runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil, inf, sqrt
from statistics import NormalDist

import numpy as np

from sim.study.infer.selection import FIRST, Floats, Verdict, meets
from sim.study.infer.trials import APART, CLIMB, FRESH, MEASURE, Goal, Heads, OutOfBudgetError, Trials

LONG = 2 * FIRST
"""Replications of a test from which a roster becomes the anchor."""
_TESTS = 50
"""Among how many tests the error of meeting a target is divided; a search that needs more has less confidence."""
_PART = 0.25
"""Of the runs that are left, for the mean of the anchor."""


class Target:
    """The target of a goal, what is known of who meets it, and what it comes to on the luck of the climb."""

    def __init__(self, trials: Trials, goal: Goal) -> None:
        assert goal.target is not None
        self._trials, self._value, self._zone, self._alpha = trials, goal.target, goal.zone, goal.alpha / _TESTS
        self._known: dict[Heads, Verdict] = {}
        self._anchor: Heads | None = None
        self._mean: float | None = None
        """Of the anchor, once it is found out."""

    def test(self, heads: Heads) -> Verdict:
        """Whether a roster meets it.

        Raises:
            OutOfBudgetError: the budget allows no comparison with the anchor.
        """
        if heads not in self._known:
            self._known[heads] = self._alone(heads) if self._anchor is None else self._beside(self._anchor, heads)
        return self._known[heads]

    def soon_met(self, heads: Heads) -> bool:
        """Whether a roster is told to meet it with a part of the runs that are left."""
        if heads in self._known:
            return self._known[heads].met
        most = _PART * (self._trials.budget - self._trials.runs)
        found = self._alone(heads, most=most)
        if found.certain:
            self._known[heads] = found
        return found.met

    @property
    def certain(self) -> bool:
        """False where the budget ended a test."""
        return all(one.certain for one in self._known.values())

    @property
    def on_the_climb(self) -> float:
        """The target on the luck of the climb, which is better or worse for all rosters alike: by as much as for the
        one that was tested longest."""
        known, verdict = self._longest
        return self._value + float(measures(self._trials, [known])[0][0]) - verdict.mean

    def hopeful(self, rosters: Sequence[Heads]) -> Iterator[Heads]:
        """Those that may meet it, by how far they are behind the one that was tested longest on the climb's luck."""
        known, verdict = self._longest
        behind, errors = _behind(self._trials, known, rosters)
        own = measures(self._trials, [known])[1][0] * sqrt(CLIMB / max(verdict.replications, 1))
        for one, gap, error in zip(rosters, behind, errors, strict=True):
            if verdict.mean - gap + APART * sqrt(error**2 + own**2) >= self._value:
                yield one

    @property
    def _longest(self) -> tuple[Heads, Verdict]:
        return max(self._known.items(), key=lambda one: one[1].replications)

    def _alone(self, heads: Heads, most: float = inf) -> Verdict:
        """Test a roster by itself, for so many replications at most; it becomes the anchor where that took long."""
        sample = self._sample(heads)
        found = self._judged(lambda numbers: sample(numbers) if numbers.stop <= most else None)
        long = found.certain and found.replications >= LONG
        if self._anchor is None and long and not np.isnan(self._of([heads], range(LONG))).any():
            self._anchor = heads
        return found

    def _beside(self, anchor: Heads, heads: Heads) -> Verdict:
        """Test a roster by its distance to the anchor, unless they have too little luck in common."""
        both = self._of([anchor, heads], range(FIRST))
        alike = np.var(both[:, 1] - both[:, 0]) <= np.var(both[:, 1]) / 4  # never where one of them has no meaning
        mean = self._anchor_mean(anchor) if alike else None
        if mean is None:
            return self._judged(self._sample(heads))
        found = self._judged(self._sample(heads, anchor), above=self._zone / 4 - mean, zone=self._zone / 2)
        return replace(found, mean=mean + found.mean)

    def _judged(
        self, sample: Callable[[range], Floats | None], above: float = 0.0, zone: float | None = None
    ) -> Verdict:
        """Whether a mean is at least the target and so much above it, with the error that a test may have."""
        return meets(sample, self._value + above, zone=zone or self._zone, alpha=self._alpha, first=FIRST)

    def _anchor_mean(self, anchor: Heads) -> float | None:
        """The mean of the anchor to a quarter of the zone either way; None where that would cost more than a part of
        the runs that are left."""
        if self._mean is None:
            verdict = self._known[anchor]
            values = self._of([anchor], range(verdict.replications))[:, 0]
            wide = NormalDist().inv_cdf(1 - self._alpha / 2) * float(np.nanstd(values, ddof=1)) / (self._zone / 4)
            n = max(verdict.replications, ceil(wide**2))
            if n - verdict.replications > _PART * (self._trials.budget - self._trials.runs):
                return None
            self._mean = float(np.nanmean(self._of([anchor], range(n))))
            self._known[anchor] = replace(verdict, mean=self._mean, replications=n)
        return self._mean

    def _sample(self, heads: Heads, anchor: Heads | None = None) -> Callable[[range], Floats | None]:
        """The measure of a roster in new replications, or how far it is above that of the anchor."""

        def sample(numbers: range) -> Floats | None:
            try:
                values = self._of([heads] if anchor is None else [heads, anchor], numbers)
            except OutOfBudgetError:
                return None
            return np.asarray(values[:, 0] if anchor is None else values[:, 0] - values[:, 1])

        return sample

    def _of(self, rosters: Sequence[Heads], numbers: range) -> Floats:
        """[replication][roster] of the measure, in replications of the tests."""
        return np.asarray(self._trials.of(rosters, [FRESH + r for r in numbers])[:, :, MEASURE])


class NoWorse(Target):
    """A target that is told from a roster: no worse than that one by more than so much (a non-inferiority margin).

    Every test is of paired differences to it, so nobody need find out how well it does itself, and luck that makes all
    rosters better or worse alike takes no runs.
    """

    def __init__(self, trials: Trials, goal: Goal) -> None:
        assert goal.than is not None
        super().__init__(trials, goal)
        self._than = goal.than
        self._known[goal.than] = Verdict(met=True, mean=0.0, replications=0)

    def _alone(self, heads: Heads, most: float = inf) -> Verdict:
        """Test a roster by its distance, for so many replications at most."""
        sample = self._sample(heads, self._than)
        return self._judged(lambda numbers: sample(numbers) if numbers.stop <= most else None)

    @property
    def on_the_climb(self) -> float:
        """The target on the luck of the climb."""
        return self._value + float(measures(self._trials, [self._than])[0][0])

    def hopeful(self, rosters: Sequence[Heads]) -> Iterator[Heads]:
        """Those that may meet it, by how far they are behind on the climb's luck."""
        behind, errors = _behind(self._trials, self._than, rosters)
        for one, gap, error in zip(rosters, behind, errors, strict=True):
            if APART * error - gap >= self._value:
                yield one


# -- on the luck of the climb --------------------------------------------------------------------------------


def measures(trials: Trials, rosters: Sequence[Heads]) -> tuple[Floats, Floats]:
    """Means of the measure on the luck of the climb, and their standard errors; -inf where it has no meaning."""
    if not rosters:
        return np.empty(0), np.empty(0)
    return _means(np.ma.masked_invalid(trials.of(rosters, range(CLIMB))[:, :, MEASURE]), -np.inf)


def _behind(trials: Trials, first: Heads, others: Sequence[Heads]) -> tuple[Floats, Floats]:
    """How far the measure of others is behind that of one on the same luck, and the standard errors; endless where it
    has no meaning."""
    if not others:
        return np.empty(0), np.empty(0)
    values = np.ma.masked_invalid(trials.of([first, *others], range(CLIMB))[:, :, MEASURE])
    return _means(values[:, :1] - values[:, 1:], np.inf)


def _means(values: np.ma.MaskedArray, nothing: float) -> tuple[Floats, Floats]:
    """Means over the replications that have a meaning, and their standard errors."""
    n = np.maximum(values.count(axis=0), 1)
    return values.mean(axis=0).filled(nothing), values.std(axis=0).filled(0.0) / np.sqrt(n)
