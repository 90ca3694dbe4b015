"""Where the next draws of a calibration are taken: near those that came close, and how much each then counts.

Population Monte Carlo for approximate Bayesian computation (Beaumont, Cornuet, Marin and Robert, "Adaptive approximate
Bayesian computation", Biometrika 96, 2009): draws of a later round are draws that came close, moved by a normal step of
twice their covariance. All rounds are weighed together as one mixture (Cornuet, Marin, Mira and Robert, "Adaptive
multiple importance sampling", Scandinavian Journal of Statistics 39, 2012), so that none is thrown away. Steps are
taken in logits of places in the prior, which no step can leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit, logit, ndtri

from sim.study.infer.rejection import Accepted, Floats

FROM_PRIOR = 0.1
"""Share of every round that is drawn from the prior, so that no part of it is given up (a defensive mixture)."""
CENTRES = 500
"""Draws around which a round is drawn."""
_WIDER = 2.0
"""Times the covariance of the draws that came close: the step's."""
_EDGE = 1e-9
_CHUNK = 4096


@dataclass(frozen=True)
class Proposal:
    """What a round draws from: the prior, or a mixture of normals around draws that came close."""

    centres: Floats
    """[centre, parameter], logits of places in the prior; all weigh alike."""
    root: Floats
    """[parameter, parameter]: the lower triangle L of the step's covariance L L'."""

    @classmethod
    def around(cls, u: Floats, accepted: Accepted) -> Self:
        """The mixture around what was accepted, where it was drawn: regression would make it narrower than it is.

        Args:
            u: [simulation, parameter], places in the prior of all simulations.
            accepted: which of them came close, and their weights.
        """
        z = _logits(u[accepted.index])
        middles = (np.arange(CENTRES) + 0.5) / CENTRES  # as often as they weigh: systematic resampling
        often = np.minimum(np.searchsorted(np.cumsum(accepted.weights), middles), len(z) - 1)
        covariance = _WIDER * np.atleast_2d(np.cov(z.T, aweights=accepted.weights))
        jitter = 1e-9 * np.eye(len(covariance)) * max(1e-12, float(np.trace(covariance)))
        root: Floats = np.linalg.cholesky(covariance + jitter).astype(np.float64)
        return cls(z[often], root)

    def draws(self, which: Floats, steps: Floats, prior: Floats, whether: Floats) -> Floats:
        """Places in the prior.

        Args:
            which: [draw], uniform: around which centre.
            steps: [draw, parameter], uniform: how far from it.
            prior: [draw, parameter], uniform: the draw of the prior in its place.
            whether: [draw], uniform: below `FROM_PRIOR` the draw is the prior's.
        """
        chosen = (which * len(self.centres)).astype(np.int64)
        moved: Floats = expit(self.centres[chosen] + ndtri(steps) @ self.root.T)
        return np.where(whether[:, np.newaxis] < FROM_PRIOR, prior, np.clip(moved, _EDGE, 1 - _EDGE))

    def density(self, u: Floats) -> Floats:
        """[draw]: how likely the places are, against the prior's density of 1."""
        z, inverse = _logits(u), np.linalg.inv(self.root)
        scale = np.abs(np.linalg.det(inverse)) / (2 * np.pi) ** (u.shape[1] / 2)
        own = self.centres @ inverse.T
        near = np.empty(len(z))
        for first in range(0, len(z), _CHUNK):
            some = z[first : first + _CHUNK] @ inverse.T
            apart = (some**2).sum(axis=1)[:, np.newaxis] + (own**2).sum(axis=1) - 2 * some @ own.T
            near[first : first + _CHUNK] = np.exp(-0.5 * np.maximum(apart, 0)).mean(axis=1)
        clipped = np.clip(u, _EDGE, 1 - _EDGE)
        slope = 1 / (clipped * (1 - clipped)).prod(axis=1)
        found: Floats = FROM_PRIOR + (1 - FROM_PRIOR) * scale * near * slope
        return found


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


def _logits(u: Floats) -> Floats:
    found: Floats = logit(np.clip(u, _EDGE, 1 - _EDGE))
    return found
