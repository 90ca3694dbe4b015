"""What all models of a scenario have in common.

Files of models do without `from __future__ import annotations`: pydantic would compile every annotation again, a tenth
of what it costs to start.
"""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from sim.scenario.errors import FaultError
from sim.scenario.profiles import AnyProfile, peak_of
from sim.words.phrases import phrase


class Model(BaseModel):
    """Frozen, and closed: a key nobody reads is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)
    # Built when first used: a model inside another one is built as a part of that, never for itself.
    MOVED: ClassVar[Mapping[str, str]] = {}
    """Keys of older files: what is written in their place."""


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
BankName = Annotated[str, Field(pattern="^[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff_-]*$", max_length=60)]
"""A bank's own name may be a Chinese one: it is said as it is written."""
Factor = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
PerDay = Annotated[float, Field(ge=0, le=50_000, allow_inf_nan=False)]
Weights7 = Annotated[list[Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=7, max_length=7)]


def sums_to_one(what: str, shares: list[float]) -> None:
    """Refuse shares that do not sum to 1.

    Raises:
        ValueError: `WHAT: shares that sum to 0.9; shares that sum to 1`.
    """
    total = sum(shares)
    if abs(total - 1) > 1e-6:
        raise FaultError(
            phrase("shares that sum to 1"), wrong=phrase("shares that sum to {total:g}", total=total), at=f"{what}"
        )


MOST_AN_HOUR = 1 << 14
"""What a source may bring in its busiest hour."""


def check_busiest(what: str, per_day: float, *weights: AnyProfile) -> None:
    """Refuse a source that brings more than `MOST_AN_HOUR`; each profile has a mean above 0.

    Raises:
        ValueError: `per_day: 20,000 in the busiest hour; at most 16,384`.
    """
    busiest = per_day / 24 * prod(map(peak_of, weights))
    if busiest > MOST_AN_HOUR:
        raise FaultError(
            phrase("at most {most:,}", most=MOST_AN_HOUR),
            wrong=phrase("{busiest:,.0f} in the busiest hour", busiest=busiest), at=f"{what}",
        )  # fmt: skip
