"""Where the next draws of a calibration are taken: where what was seen is not ruled out, and what each counts.

History matching (Vernon, Goldstein and Bower, "Galaxy formation: a Bayesian uncertainty analysis", Bayesian Analysis 5,
2010): a regression through all runs until now says what each number would be in the mean at any place of the prior; a
place is ruled out where that is further from what was observed than the error of observation and the luck of a run
explain. So no single lucky run decides where to look. A later round is drawn evenly from what is left, and all rounds
are weighed together as one mixture (Cornuet, Marin, Mira and Robert, "Adaptive multiple importance sampling",
Scandinavian Journal of Statistics 39, 2012): whatever the regression says, draws then stand for the prior, and none is
thrown away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.study.infer.rejection import Floats

FROM_PRIOR, FROM_TENTH = 0.1, 0.4
"""Shares of every round that are drawn from the whole prior, so that none of it is given up (a defensive mixture), and
from the tenth of it that is nearest, for luck may be what brings runs close; the rest from what is not ruled out."""
LUCK = 1.0
"""Standard deviations of the luck of a run that a number may be off besides its error of observation."""
LEAST = 0.005
"""Share of the prior that is not ruled out at least: the nearest places, where more would be."""
_LOOKED_AT = 2**16
"""Places of the prior from which the kept share is counted."""
_RUNS_A_TERM = 5
"""Draws a term of the regression at least; with fewer it is linear."""


@dataclass(frozen=True)
class Proposal:
    """What a round draws from: evenly where nothing is ruled out, and a part from the whole prior."""

    slopes: Floats
    """[term, number]: the regression of each number, over its reach."""
    middle: Floats
    """[number]: what was observed, over its reach."""
    furthest: tuple[float, float]
    """Times its reach that a number may be off in the nearest tenth of the prior, and where nothing is ruled out."""
    share: tuple[float, float]
    """Of the prior that they are."""

    @classmethod
    def after(
        cls, u: Floats, numbers: Floats, observed: Floats, tolerance: Floats, weights: Floats, places: Floats
    ) -> Self:
        """What is not ruled out by the runs so far.

        Args:
            u: [draw, parameter], places in the prior.
            numbers: [draw, run, number], what the runs of each draw show; NaN where one has no meaning.
            observed: [number].
            tolerance: [number], how far the truth may be from what was observed.
            weights: [draw], how much each counts.
            places: [place, parameter], places of the prior to count from (`places_to_look_at`).
        """
        square = u.shape[1] * (u.shape[1] + 3) // 2 + 1
        terms = _terms(u, square=_RUNS_A_TERM * square <= len(u))
        slopes, reach = np.zeros((terms.shape[1], len(observed))), np.ones(len(observed))
        root = np.sqrt(weights)
        for number in range(len(observed)):
            seen = np.isfinite(numbers[:, :, number])
            used = seen.any(axis=1)
            means = np.where(seen, numbers[:, :, number], 0).sum(axis=1)[used] / seen.sum(axis=1)[used]
            found = np.linalg.lstsq(terms[used] * root[used, None], means * root[used], rcond=None)[0]
            luck = numbers[:, :, number] - (terms @ found)[:, np.newaxis]
            spread = float(
                np.sqrt(np.average(luck[seen] ** 2, weights=np.broadcast_to(weights[:, None], seen.shape)[seen]))
            )
            reach[number] = tolerance[number] + LUCK * spread
            slopes[:, number] = found / reach[number]
        whole = cls(slopes, observed / reach, (math.inf, math.inf), (1.0, 1.0))
        off = whole.off(places)
        furthest = float(np.quantile(off, 0.1)), max(1.0, float(np.quantile(off, LEAST)))
        tenth, left = (float((off <= one).mean()) for one in furthest)
        return cls(slopes, whole.middle, furthest, (tenth, left))

    def off(self, u: Floats) -> Floats:
        """[place]: how far the number that is furthest off is from what was observed, over its reach."""
        square = len(self.slopes) > u.shape[1] + 1
        found: Floats = np.abs(_terms(u, square=square) @ self.slopes - self.middle).max(axis=1)
        return found

    def draws(self, prior: Callable[[int], Floats], whence: Floats) -> Floats:
        """Places in the prior.

        Args:
            prior: the places that a try of the prior gives, [draw, parameter], by its number from 0.
            whence: [draw], uniform: from which of the three a draw is.
        """
        tenth, left = self.furthest
        most = np.where(whence < FROM_PRIOR, np.inf, np.where(whence < FROM_PRIOR + FROM_TENTH, tenth, left))
        u, tries = prior(0), 0
        missing = np.flatnonzero(self.off(u) > most)
        while len(missing):
            tries += 1
            again = prior(tries)[missing]
            fits = self.off(again) <= most[missing]
            u[missing[fits]] = again[fits]
            missing = missing[~fits]
        return u

    def density(self, u: Floats) -> Floats:
        """[place]: how likely it is drawn, against the prior's density of 1."""
        off, shares = self.off(u), (FROM_TENTH, 1 - FROM_PRIOR - FROM_TENTH)
        parts = [
            part / of * (off <= most) for part, of, most in zip(shares, self.share, self.furthest, strict=True)
        ]  # fmt: skip
        found: Floats = FROM_PRIOR + np.sum(parts, axis=0)
        return found


def places_to_look_at(parameters: int) -> Floats:
    """[place, parameter]: places of the prior, evenly spread (a Sobol sequence, always the same)."""
    from scipy.stats.qmc import Sobol

    places: Floats = Sobol(parameters, seed=1).random(_LOOKED_AT)
    return places


def importance(u: Floats, rounds: Sequence[tuple[Proposal | None, int]]) -> Floats:
    """How much each draw counts, so that all rounds together stand for the prior.

    Args:
        u: [draw, parameter], places in the prior.
        rounds: what each round drew from (None: the prior) and how many draws it had.

    Returns:
        [draw], 1 for all where there was no other round than the prior's.
    """
    total = sum(number for _, number in rounds)
    mixture = sum(
        (number / total * (np.ones(len(u)) if one is None else one.density(u)) for one, number in rounds),
        start=np.zeros(len(u)),
    )
    weights: Floats = 1 / mixture
    return weights


def _terms(u: Floats, *, square: bool) -> Floats:
    """[place, term]: one, each parameter and, where asked, each product of two of them."""
    centred = 2 * u - 1
    columns = [np.ones((len(u), 1)), centred]
    if square:
        columns += [centred[:, one:] * centred[:, one : one + 1] for one in range(u.shape[1])]
    return np.hstack(columns)
