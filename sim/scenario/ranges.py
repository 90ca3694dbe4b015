"""What a single number may be, in words, read from its type: for whoever is about to change it."""

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from typing_extensions import TypeAliasType

from sim.scenario import shape
from sim.scenario.errors import Path
from sim.words.phrases import phrase


def range_at(model: type[BaseModel], path: Path) -> str:
    """What the number at a path may be, as a phrase; empty where its type sets no limit.

    ``1 to 10,000``, ``above 0, at most 1,000``.
    """
    limits: dict[str, float] = {}
    unlimited = False
    for annotation in _annotations(model, path):
        for one in _parts(annotation):
            for kind, name in ((Ge, "ge"), (Gt, "gt"), (Le, "le")):
                if isinstance(one, kind) and isinstance(found := getattr(one, name), int | float):
                    limits.setdefault(name, found)
            unlimited |= get_origin(one) is Literal and "unlimited" in get_args(one)
    return _words(limits, unlimited)


def _annotations(model: type[BaseModel], path: Path) -> Iterator[Any]:
    """The types of the value at a path, with all that is annotated."""
    for kind in shape.at(model, path[:-1]):
        origin: Any = get_origin(kind)
        if shape.is_model(kind) and (info := shape.fields(kind).get(str(path[-1]))) is not None:
            yield info.annotation
            yield from info.metadata
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            yield get_args(kind)[1]


def _parts(annotation: Any) -> Iterator[Any]:
    """All that stands inside an annotation."""
    yield annotation
    yield from getattr(annotation, "metadata", ())
    if isinstance(annotation, TypeAliasType):
        yield from _parts(annotation.__value__)
    elif get_origin(annotation) in (Annotated, Union, UnionType):
        for one in get_args(annotation):
            yield from _parts(one)


def _words(limits: Mapping[str, float], unlimited: bool) -> str:
    low, above, high = limits.get("ge"), limits.get("gt"), limits.get("le")
    if low is not None and high is not None:
        if unlimited:
            return phrase("{low:,.10g} to {high:,.10g}, or unlimited", low=low, high=high)
        return phrase("{low:,.10g} to {high:,.10g}", low=low, high=high)
    if above is not None and high is not None:
        return phrase("above {low:,.10g}, at most {high:,.10g}", low=above, high=high)
    if low is not None:
        return phrase("at least {low:,.10g}", low=low)
    return phrase("above {low:,.10g}", low=above) if above is not None else ""
