"""What all models of a scenario have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Frozen, and closed: a key nobody reads is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Factor = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
PerDay = Annotated[float, Field(ge=0, le=50_000, allow_inf_nan=False)]
Weights24 = Annotated[list[Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=24, max_length=24)]
Weights7 = Annotated[list[Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=7, max_length=7)]


def sums_to_one(what: str, shares: list[float]) -> None:
    """Refuse shares that do not sum to 1.

    Raises:
        ValueError: `WHAT: shares that sum to 0.9; shares that sum to 1`.
    """
    total = sum(shares)
    if abs(total - 1) > 1e-6:
        raise ValueError(f"{what}: shares that sum to {total:g}; shares that sum to 1")
