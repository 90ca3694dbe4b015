"""Model discrepancy: how far a model has been off in places of which nothing was used for it.

A calibrated model is off in another place by more than chance and by more than what its calibration leaves open, for
the place does things of its own (Kennedy and O'Hagan, 2001). How much more is told by the places themselves: each is
foretold with an error bar made of the errors in all others. Such bars are right for any model, a bad one has wide
ones; so its errors stand beside those of who says of each place what the others have in the mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, nan, sqrt
from statistics import fmean
from typing import Final

from scipy.special import stdtrit

LEAST_PLACES: Final = 3
"""Fewer other places tell nothing."""
_EDGE: Final = 0.005
"""Shares nearer to nothing or to all are taken as this far from it."""


@dataclass(frozen=True)
class Miss:
    """A figure of one place, and what the model said of it."""

    place: str
    published: float
    model: float
    share: bool
    """Whether it is a share, whose odds are compared; else the numbers themselves are."""

    @property
    def apart(self) -> float:
        """Logarithm of published odds (or number) over the model's."""
        return _bent(self.published, self.share) - _bent(self.model, self.share)


def mean_squares(misses: Sequence[Miss]) -> dict[str, float]:
    """By place: the mean square of `Miss.apart`. Figures of one place err together, so that each place counts once."""
    return {place: fmean(one.apart**2 for one in mine) for place, mine in _by_place(misses).items()}


def middle(misses: Sequence[Miss]) -> float:
    """The mean of `Miss.apart`, each place counting once: above none where the model says too little."""
    return fmean(fmean(one.apart for one in mine) for mine in _by_place(misses).values())


def without_model(misses: Sequence[Miss]) -> float:
    """Root mean square error of who knows no model, and says of each place the others' mean; NaN for one place."""
    told = {place: [_bent(one.published, one.share) for one in mine] for place, mine in _by_place(misses).items()}
    means = {place: fmean(mine) for place, mine in told.items()}
    if len(means) == 1:
        return nan
    said = {place: fmean(mean for other, mean in means.items() if other != place) for place in means}
    return sqrt(fmean(fmean((one - said[place]) ** 2 for one in mine) for place, mine in told.items()))


def reach(squares: Mapping[str, float], *, besides: str = "") -> float | None:
    """Half the width of the 90% range of a place's `apart`, as the others have it; None where they are too few.

    The errors are taken as normal about none, with a spread that the places tell: Student's t with as many degrees of
    freedom as there are places.

    Args:
        squares: of `mean_squares`.
        besides: the place that is foretold, which is left out.
    """
    others = [square for place, square in squares.items() if place != besides]
    if len(others) < LEAST_PLACES:
        return None
    return float(stdtrit(len(others), 0.95)) * sqrt(sum(others) / len(others))


def around(model: float, share: bool, half: float) -> tuple[float, float]:
    """The range of a figure around the model's, `half` to both sides on the scale of `Miss.apart`."""
    if not share:
        return model * exp(-half), model * exp(half)
    logit = _bent(model, share)
    return _odds_to_share(logit - half), _odds_to_share(logit + half)


def _by_place(misses: Sequence[Miss]) -> dict[str, list[Miss]]:
    found = defaultdict(list)
    for one in misses:
        found[one.place].append(one)
    return found


def _bent(value: float, share: bool) -> float:
    if not share:
        return log(value)
    inside = min(max(value, _EDGE), 1 - _EDGE)
    return log(inside / (1 - inside))


def _odds_to_share(logarithm: float) -> float:
    return 1 / (1 + exp(-logarithm))
