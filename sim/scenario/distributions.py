"""Distributions as a planner writes them, over times or money.

A bare quantity is fixed (``time: 3m``); otherwise a mapping with exactly one key names the kind::

    time: {lognormal: {median: 3m, p90: 8m}}
    delay: {mixture: [{weight: 0.7, of: 5m}, {weight: 0.3, of: {exponential: {mean: 2h}}}]}

`DurationDist` and `MoneyDist` are pydantic field types; their arithmetic is in `sim.scenario.laws` and works in base
units (ms or fen). It is loaded when something is first drawn: to read a file needs none of it.
"""

import sys
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, Self, cast

from pydantic import (
    BeforeValidator,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sim.scenario.law_parameters import (
    QUANTITIES,
    DurationQ,
    ExponentialParams,
    Frozen,
    GammaParams,
    LoglogisticParams,
    LognormalParams,
    MoneyQ,
    Q,
    UniformParams,
    WeibullParams,
    as_float,
)
from sim.scenario.lazily import lazily
from sim.scenario.marks import LEVEL, SUMS_TO_ONE, one_of
from sim.words.phrases import phrase
from sim.words.units import (
    RefusedError,
    Share,
)

if TYPE_CHECKING:
    import numpy as np

    from sim.scenario import bands as banded
    from sim.scenario import laws, mixture
    from sim.scenario.laws import Floats
else:
    np, laws = lazily("numpy"), lazily("sim.scenario.laws")
    banded, mixture = lazily("sim.scenario.bands"), lazily("sim.scenario.mixture")

_KIND: Final = one_of("kind")
MAX_DEPTH: Final = 3
"""How deep mixtures may nest: a mixture of a mixture of a mixture."""


def _pair(point: object) -> object:
    if not isinstance(point, list | tuple) or len(point) != 2:
        raise RefusedError(point, phrase("a pair [cumulative probability, value] such as [0.5, 12h]"))
    return tuple(point)


class Band(Frozen, Generic[Q]):
    """So many up to a value, from the one before (0 at first), evenly. The last one may be open: then `to` is the limit
    that is assumed, and up to it the values thin out (evenly on a logarithmic scale)."""

    to: Q
    share: Annotated[Share, SUMS_TO_ONE]
    open: bool = False

    @model_serializer(mode="wrap")
    def _only_what_is_said(self, handler: SerializerFunctionWrapHandler) -> Any:
        return {key: value for key, value in handler(self).items() if value is not False}


class Component(Frozen, Generic[Q]):
    """One component of a mixture and its weight (0..1)."""

    weight: Annotated[Share, SUMS_TO_ONE]
    of: "Distribution[Q]"


class Distribution(Frozen, Generic[Q]):
    """One probability distribution; exactly one of its fields is set, the one that names the kind.

    Values are in base units: ms for `DurationDist`, fen for `MoneyDist`. All methods are pure.
    """

    fixed: Annotated[Q | None, _KIND, LEVEL] = None
    exponential: Annotated[ExponentialParams[Q] | None, _KIND] = None
    lognormal: Annotated[LognormalParams[Q] | None, _KIND] = None
    loglogistic: Annotated[LoglogisticParams[Q] | None, _KIND] = None
    gamma: Annotated[GammaParams[Q] | None, _KIND] = None
    weibull: Annotated[WeibullParams[Q] | None, _KIND] = None
    uniform: Annotated[UniformParams[Q] | None, _KIND] = None
    empirical: Annotated[tuple[Annotated[tuple[Share, Q], BeforeValidator(_pair)], ...] | None, _KIND] = None
    mixture: Annotated[tuple[Component[Q], ...] | None, _KIND] = None
    bands: Annotated[tuple[Band[Q], ...] | None, _KIND] = None

    def quantile(self, u: "Floats") -> "Floats":
        """The value below which a share `u` of draws falls; `u` of any shape, inside (0, 1)."""
        return self.law.quantile(np.asarray(u, dtype=np.float64))

    def cdf(self, x: "Floats") -> "Floats":
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
    def law(self) -> "laws.Law":
        """The arithmetic behind this distribution; nested mixtures are made flat."""
        if self.fixed is not None:
            return laws.Fixed(as_float(self.fixed))
        if self.empirical is not None:
            p, values = zip(*self.empirical, strict=True)
            return laws.Empirical(p, tuple(as_float(value) for value in values))
        if self.bands is not None:
            return _law_of(self.bands)
        if self.mixture is not None:
            flat = _flatten(self.mixture, 1.0)
            total = sum(weight for weight, _ in flat)
            return mixture.Mixture(tuple(weight / total for weight, _ in flat), tuple(law for _, law in flat))
        return cast("laws.Law", getattr(self, self.kind).law())

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
            read = ", ".join(str(key) for key in data) or phrase("an empty mapping")
            raise RefusedError(read, _ONE_KIND)
        return data

    @field_validator("empirical", mode="after")
    @classmethod
    def _rising(cls, points: tuple[tuple[float, Q], ...] | None) -> tuple[tuple[float, Q], ...] | None:
        if points is None:
            return None
        p = [point[0] for point in points]
        if len(points) < 2 or p[0] != 0 or p[-1] != 1:
            raise RefusedError(p, phrase("cumulative probabilities from 0 to 1"))
        if any(after <= before for before, after in pairwise(p)):
            raise RefusedError(p, phrase("cumulative probabilities that rise at every point"))
        values = [as_float(point[1]) for point in points]
        if any(after < before for before, after in pairwise(values)):
            raise RefusedError(phrase("values that fall"), phrase("values that do not fall from point to point"))
        return points

    @field_validator("mixture", mode="after")
    @classmethod
    def _weights_and_depth(cls, parts: tuple[Component[Q], ...] | None) -> tuple[Component[Q], ...] | None:
        if parts is None:
            return None
        total = sum(part.weight for part in parts)
        if abs(total - 1.0) > 1e-9:
            raise RefusedError(phrase("weights that sum to {total:g}", total=total), phrase("weights that sum to 1"))
        if max(part.of.depth for part in parts) >= MAX_DEPTH:
            raise RefusedError(
                phrase("a deeper mixture"), phrase("mixtures nested at most {most} deep", most=MAX_DEPTH)
            )
        return parts

    @field_validator("bands", mode="after")
    @classmethod
    def _bands_follow(cls, bands: tuple[Band[Q], ...] | None) -> tuple[Band[Q], ...] | None:
        if bands is None:
            return None
        total = sum(band.share for band in bands)
        if not bands or abs(total - 1.0) > 1e-6:
            raise RefusedError(phrase("shares that sum to {total:g}", total=total), phrase("shares that sum to 1"))
        if any(band.open for band in bands[:-1]) or (len(bands) == 1 and bands[0].open):
            raise RefusedError(phrase("an open band"), phrase("open: true in the last of several bands"))
        edges = [0.0, *(as_float(band.to) for band in bands)]
        if any(after <= before for before, after in pairwise(edges)):
            raise RefusedError(
                phrase("bands that do not rise"), phrase("bands from the lowest to the highest, each above the last")
            )
        return bands

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
_ONE_KIND: Final = phrase("a quantity or exactly one of {kinds}", kinds=", ".join(KINDS))

DurationDist = Distribution[DurationQ]
"""A distribution over times; its methods work in ms."""
MoneyDist = Distribution[MoneyQ]
"""A distribution over amounts; its methods work in fen."""

# What a part of a mixture holds is a distribution again. Pydantic leaves a mere reference in a class that it made on
# the way to the one referred to: who walks the types, as a study does for the unit of a number, would be lost there.
for _quantity in QUANTITIES:
    cast(Any, Component)[_quantity].model_fields["of"].annotation = cast(Any, Distribution)[_quantity]

# Pickle finds a class by its name in its module, and a parametrised class is not there by itself.
for _generic in (
    Distribution,
    Band,
    Component,
    ExponentialParams,
    LognormalParams,
    LoglogisticParams,
    GammaParams,
    WeibullParams,
    UniformParams,
):
    for _quantity in QUANTITIES:
        _class = cast(Any, _generic)[_quantity]
        setattr(sys.modules[_class.__module__], _class.__name__, _class)


def _law_of(bands: tuple[Band[Q], ...]) -> "banded.Bands":
    """The law of the bands in which anything falls."""
    edges = [0.0, *(as_float(band.to) for band in bands)]
    kept = [
        (low, high, band.share, band.open)
        for (low, high), band in zip(pairwise(edges), bands, strict=True)
        if band.share > 0
    ]
    low, high, share, opened = zip(*kept, strict=True)
    return banded.Bands(low, high, tuple(one / sum(share) for one in share), opened[-1])


def _flatten(parts: tuple[Component[Q], ...], share: float) -> "list[tuple[float, laws.Law]]":
    flat: list[tuple[float, laws.Law]] = []
    for part in parts:
        weight = share * part.weight
        if part.of.mixture is not None:
            flat.extend(_flatten(part.of.mixture, weight))
        elif weight > 0:
            flat.append((weight, part.of.law))
    return flat
