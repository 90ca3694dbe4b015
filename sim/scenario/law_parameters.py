"""The parameters of each kind of distribution, as a planner writes them."""

from typing import TYPE_CHECKING, Annotated, Any, Final, ForwardRef, Generic, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from typing_extensions import TypeAliasType

from sim.scenario.lazily import lazily
from sim.scenario.marks import LEVEL
from sim.words.phrases import phrase
from sim.words.units import (
    Duration,
    Money,
    RefusedError,
    format_duration,
    format_money,
)

if TYPE_CHECKING:
    import numpy as np

    from sim.scenario import laws
else:
    np, laws = lazily("numpy"), lazily("sim.scenario.laws")


Q = TypeVar("Q")

Z90: Final = 1.2815515655446004
"""`scipy.special.ndtri(0.9)`: where the standard normal law has its 90th percentile."""


# Named, so that schemas and classes read DurationDistribution and not the whole annotation.
DurationQ = TypeAliasType("DurationQ", Duration)


MoneyQ = TypeAliasType("MoneyQ", Money)


QUANTITIES: dict[object, str] = {DurationQ: "Duration", MoneyQ: "Money"}


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return QUANTITIES.get(params[0], "") + cls.__name__

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """As pydantic's, which builds a generic class whenever one is made from it; only those made are ever used."""
        complete = all(not isinstance(info.annotation, ForwardRef | str) for info in cls.model_fields.values())
        if cls.__pydantic_generic_metadata__["parameters"] and complete:
            return None
        return super().model_rebuild(**options)


def above_zero(value: float) -> float:
    if not value > 0:
        raise RefusedError(value, phrase("a value above zero"))
    return value


Shape = Annotated[float, Field(allow_inf_nan=False, strict=True), AfterValidator(above_zero)]


class ExponentialParams(Frozen, Generic[Q]):
    """Mean above zero."""

    mean: Annotated[Q, AfterValidator(above_zero), LEVEL]

    def law(self) -> "laws.Law":
        return laws.Exponential(as_float(self.mean))


class LognormalParams(Frozen, Generic[Q]):
    """Median and the value that nine in ten stay below; 0 < median < p90."""

    median: Annotated[Q, AfterValidator(above_zero), LEVEL]
    p90: Q

    @field_validator("p90", mode="after")
    @classmethod
    def _p90_above_median(cls, p90: Q, info: ValidationInfo) -> Q:
        median = info.data.get("median")
        if median is not None and not as_float(p90) > as_float(median):
            raise RefusedError(p90, phrase("a p90 above the median ({cls})", cls=_say(cls, median)))
        return p90

    def law(self) -> "laws.Law":
        median = as_float(self.median)
        return laws.Lognormal(median, float(np.log(as_float(self.p90) / median)) / Z90)


class LoglogisticParams(Frozen, Generic[Q]):
    """Median above zero and shape above zero; a shape of at most 1 has no mean."""

    median: Annotated[Q, AfterValidator(above_zero), LEVEL]
    shape: Shape

    def law(self) -> "laws.Law":
        return laws.Loglogistic(as_float(self.median), self.shape)


class GammaParams(Frozen, Generic[Q]):
    """Mean and shape above zero; shape 1 is exponential, larger is narrower."""

    mean: Annotated[Q, AfterValidator(above_zero), LEVEL]
    shape: Shape

    def law(self) -> "laws.Law":
        return laws.Gamma(self.shape, as_float(self.mean) / self.shape)


class WeibullParams(Frozen, Generic[Q]):
    """Scale (the 63rd percentile) and shape above zero."""

    scale: Annotated[Q, AfterValidator(above_zero)]
    shape: Shape

    def law(self) -> "laws.Law":
        return laws.Weibull(as_float(self.scale), self.shape)


class UniformParams(Frozen, Generic[Q]):
    """Flat from low to high; high above low."""

    low: Q
    high: Q

    @field_validator("high", mode="after")
    @classmethod
    def _high_above_low(cls, high: Q, info: ValidationInfo) -> Q:
        low = info.data.get("low")
        if low is not None and not as_float(high) > as_float(low):
            raise RefusedError(high, phrase("a high above the low ({cls})", cls=_say(cls, low)))
        return high

    def law(self) -> "laws.Law":
        return laws.Uniform(as_float(self.low), as_float(self.high))


def as_float(value: object) -> float:
    """A quantity in base units as a float: a time and an amount are numbers underneath."""
    return float(cast(float, value))


def _say(params: type[BaseModel], value: object) -> str:
    """Write a limit the way its file would, going by the quantity that `params` holds."""
    args = params.__pydantic_generic_metadata__["args"]
    name = QUANTITIES.get(args[0]) if args else None
    if name == "Duration":
        return format_duration(cast(int, value))
    return format_money(cast(int, value))
