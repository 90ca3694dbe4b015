"""Distributions as a planner writes them, over times, money or plain numbers.

A bare quantity is fixed (``time: 3m``); otherwise a mapping with exactly one key names the kind::

    time: {lognormal: {median: 3m, p90: 8m}}
    delay: {mixture: [{weight: 0.7, of: 5m}, {weight: 0.3, of: {exponential: {mean: 2h}}}]}

`DurationDist`, `MoneyDist` and `NumberDist` are pydantic field types; their arithmetic is in
`sim.scenario.laws` and works in base units (ms, fen or the number itself).
"""

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypeAliasType

from sim.scenario import laws
from sim.scenario.laws import Floats
from sim.scenario.lazily import lazily
from sim.scenario.mixture import Mixture
from sim.scenario.units import (
    MAX_DURATION,
    Duration,
    Money,
    Number,
    RefusedError,
    Share,
    format_duration,
    format_money,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazily("numpy")
Q = TypeVar("Q")

MAX_DEPTH: Final = 3
"""How deep mixtures may nest: a mixture of a mixture of a mixture."""

# Named, so that schemas and classes read DurationDistribution and not the whole annotation.
_Duration = TypeAliasType("_Duration", Duration)
_Money = TypeAliasType("_Money", Money)
_Number = TypeAliasType("_Number", Number)
_NAMES: dict[object, str] = {_Duration: "Duration", _Money: "Money", _Number: "Number"}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        return _NAMES.get(params[0], "") + cls.__name__


def _above_zero(value: float) -> float:
    if not value > 0:
        raise RefusedError(value, "a value above zero")
    return value


Shape = Annotated[float, Field(allow_inf_nan=False, strict=True), AfterValidator(_above_zero)]


class ExponentialParams(_Frozen, Generic[Q]):
    """Mean above zero."""

    mean: Annotated[Q, AfterValidator(_above_zero)]

    def law(self) -> laws.Law:
        return laws.Exponential(_float(self.mean))


class LognormalParams(_Frozen, Generic[Q]):
    """Median and the value that nine in ten stay below; 0 < median < p90."""

    median: Annotated[Q, AfterValidator(_above_zero)]
    p90: Q

    @field_validator("p90", mode="after")
    @classmethod
    def _p90_above_median(cls, p90: Q, info: ValidationInfo) -> Q:
        median = info.data.get("median")
        if median is not None and not _float(p90) > _float(median):
            raise RefusedError(p90, f"a p90 above the median ({_say(cls, median)})")
        return p90

    def law(self) -> laws.Law:
        median = _float(self.median)
        return laws.Lognormal(median, float(np.log(_float(self.p90) / median)) / laws.Z90)


class LoglogisticParams(_Frozen, Generic[Q]):
    """Median above zero and shape above zero; a shape of at most 1 has no mean."""

    median: Annotated[Q, AfterValidator(_above_zero)]
    shape: Shape

    def law(self) -> laws.Law:
        return laws.Loglogistic(_float(self.median), self.shape)


class GammaParams(_Frozen, Generic[Q]):
    """Mean and shape above zero; shape 1 is exponential, larger is narrower."""

    mean: Annotated[Q, AfterValidator(_above_zero)]
    shape: Shape

    def law(self) -> laws.Law:
        return laws.Gamma(self.shape, _float(self.mean) / self.shape)


class WeibullParams(_Frozen, Generic[Q]):
    """Scale (the 63rd percentile) and shape above zero."""

    scale: Annotated[Q, AfterValidator(_above_zero)]
    shape: Shape

    def law(self) -> laws.Law:
        return laws.Weibull(_float(self.scale), self.shape)


class UniformParams(_Frozen, Generic[Q]):
    """Flat from low to high; high above low."""

    low: Q
    high: Q

    @field_validator("high", mode="after")
    @classmethod
    def _high_above_low(cls, high: Q, info: ValidationInfo) -> Q:
        low = info.data.get("low")
        if low is not None and not _float(high) > _float(low):
            raise RefusedError(high, f"a high above the low ({_say(cls, low)})")
        return high

    def law(self) -> laws.Law:
        return laws.Uniform(_float(self.low), _float(self.high))


def _pair(point: object) -> object:
    if not isinstance(point, list | tuple) or len(point) != 2:
        raise RefusedError(point, "a pair [cumulative probability, value] such as [0.5, 12h]")
    return tuple(point)


class Component(_Frozen, Generic[Q]):
    """One component of a mixture and its weight (0..1)."""

    weight: Share
    of: "Distribution[Q]"


class Distribution(_Frozen, Generic[Q]):
    """One probability distribution; exactly one of its fields is set, the one that names the kind.

    Values are in base units: ms for `DurationDist`, fen for `MoneyDist`. All methods are pure.
    """

    fixed: Q | None = None
    exponential: ExponentialParams[Q] | None = None
    lognormal: LognormalParams[Q] | None = None
    loglogistic: LoglogisticParams[Q] | None = None
    gamma: GammaParams[Q] | None = None
    weibull: WeibullParams[Q] | None = None
    uniform: UniformParams[Q] | None = None
    empirical: tuple[Annotated[tuple[Share, Q], BeforeValidator(_pair)], ...] | None = None
    mixture: tuple[Component[Q], ...] | None = None

    def quantile(self, u: Floats) -> Floats:
        """The value below which a share `u` of draws falls; `u` of any shape, inside (0, 1)."""
        return self.law.quantile(np.asarray(u, dtype=np.float64))

    def cdf(self, x: Floats) -> Floats:
        """The probability of a value of at most `x` (base units, any shape)."""
        return self.law.cdf(np.asarray(x, dtype=np.float64))

    def mean(self) -> float:
        """The mean in base units; inf where it does not exist."""
        return self.law.mean()

    @property
    def kind(self) -> str:
        """The name of the kind, such as ``"lognormal"``."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def depth(self) -> int:
        """How many mixtures are nested: 0 for a plain distribution."""
        return 1 + max(part.of.depth for part in self.mixture) if self.mixture else 0

    @cached_property
    def law(self) -> laws.Law:
        """The arithmetic behind this distribution; nested mixtures are made flat."""
        if self.fixed is not None:
            return laws.Fixed(_float(self.fixed))
        if self.empirical is not None:
            p, values = zip(*self.empirical, strict=True)
            return laws.Empirical(p, tuple(_float(value) for value in values))
        if self.mixture is not None:
            flat = _flatten(self.mixture, 1.0)
            total = sum(weight for weight, _ in flat)
            return Mixture(tuple(weight / total for weight, _ in flat), tuple(law for _, law in flat))
        return cast(laws.Law, getattr(self, self.kind).law())

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, data: Any) -> Any:
        if isinstance(data, Distribution):
            return data
        if data is None:
            raise RefusedError(data, _ONE_KIND)
        if not isinstance(data, Mapping):
            return {"fixed": data}
        given = [key for key in data if data[key] is not None]
        if len(data) != 1 or not given or given[0] not in KINDS:
            read = ", ".join(str(key) for key in data) or "an empty mapping"
            raise RefusedError(read, _ONE_KIND)
        return data

    @field_validator("empirical", mode="after")
    @classmethod
    def _rising(cls, points: tuple[tuple[float, Q], ...] | None) -> tuple[tuple[float, Q], ...] | None:
        if points is None:
            return None
        p = [point[0] for point in points]
        if len(points) < 2 or p[0] != 0 or p[-1] != 1:
            raise RefusedError(p, "cumulative probabilities from 0 to 1")
        if any(after <= before for before, after in pairwise(p)):
            raise RefusedError(p, "cumulative probabilities that rise at every point")
        values = [_float(point[1]) for point in points]
        if any(after < before for before, after in pairwise(values)):
            raise RefusedError("values that fall", "values that do not fall from point to point")
        return points

    @field_validator("mixture", mode="after")
    @classmethod
    def _weights_and_depth(cls, parts: tuple[Component[Q], ...] | None) -> tuple[Component[Q], ...] | None:
        if parts is None:
            return None
        total = sum(part.weight for part in parts)
        if abs(total - 1.0) > 1e-9:
            raise RefusedError(f"weights that sum to {total:g}", "weights that sum to 1")
        if max(part.of.depth for part in parts) >= MAX_DEPTH:
            raise RefusedError("a deeper mixture", f"mixtures nested at most {MAX_DEPTH} deep")
        return parts

    @model_serializer(mode="wrap")
    def _only_the_kind(self, handler: SerializerFunctionWrapHandler) -> Any:
        kind = self.kind
        value = handler(self)
        if isinstance(value, dict) and kind in value:  # else pydantic has been here for a nested one
            value = value[kind]
        return value if kind == "fixed" else {kind: value}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        if "properties" not in schema:
            return schema
        kinds = {}
        for name, field in schema["properties"].items():
            branches = [branch for branch in field.get("anyOf", [field]) if branch.get("type") != "null"]
            kinds[name] = branches[0] if len(branches) == 1 else {"anyOf": branches}
        one = {
            "type": "object",
            "properties": kinds,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        title, description = schema.get("title", cls.__name__), schema.get("description", "")
        schema.clear()
        schema.update({"title": title, "description": description, "anyOf": [kinds["fixed"], one]})
        return schema

    @classmethod
    def parse(cls, written: object) -> Self:
        """Make a distribution from what a file would hold: ``"3m"``, ``{"exponential": {"mean": "5m"}}``.

        Raises pydantic's ValidationError.
        """
        return cls.model_validate(written)


KINDS: Final = tuple(Distribution.model_fields)
"""The kinds of distribution, in the order they are documented."""
_ONE_KIND: Final = "a quantity or exactly one of " + ", ".join(KINDS)

DurationDist = Distribution[_Duration]
"""A distribution over times; its methods work in ms."""
MoneyDist = Distribution[_Money]
"""A distribution over amounts; its methods work in fen."""
NumberDist = Distribution[_Number]
"""A distribution over plain finite numbers."""

# Pickle finds a class by its name in its module, and a parametrised class is not there by itself.
for _generic in (
    Distribution,
    Component,
    ExponentialParams,
    LognormalParams,
    LoglogisticParams,
    GammaParams,
    WeibullParams,
    UniformParams,
):
    for _quantity in _NAMES:
        _class = cast(Any, _generic)[_quantity]
        globals()[_class.__name__] = _class


def sample_ms(dist: Distribution[int], u: Floats) -> "NDArray[np.int64]":
    """Turn uniforms `u` in (0, 1), of any shape, into whole milliseconds.

    Rounds half to even and clips to [0, 100 years], so that even a law without a mean stays a time.
    """
    return np.rint(np.clip(dist.quantile(u), 0, MAX_DURATION)).astype(np.int64)


def _flatten(parts: tuple[Component[Q], ...], share: float) -> list[tuple[float, laws.Law]]:
    flat: list[tuple[float, laws.Law]] = []
    for part in parts:
        weight = share * part.weight
        if part.of.mixture is not None:
            flat.extend(_flatten(part.of.mixture, weight))
        elif weight > 0:
            flat.append((weight, part.of.law))
    return flat


def _float(value: object) -> float:
    """A quantity in base units as a float: Duration, Money and Number are all numbers underneath."""
    return float(cast(float, value))


def _say(params: type[BaseModel], value: object) -> str:
    """Write a limit the way its file would, going by the quantity that `params` holds."""
    args = params.__pydantic_generic_metadata__["args"]
    name = _NAMES.get(args[0]) if args else None
    if name == "Duration":
        return format_duration(cast(int, value))
    return format_money(cast(int, value)) if name == "Money" else f"{value:g}"
