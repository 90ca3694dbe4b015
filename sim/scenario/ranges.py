"""What a single number may be, in words, read from its type: for whoever is about to change it."""

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from sim.scenario import shape
from sim.scenario.errors import Path
from sim.words.phrases import phrase


def range_at(model: type[BaseModel], path: Path) -> str:
    """What the number at a path may be, as a phrase; empty where its type sets no limit.

    ``1 to 10,000``, ``above 0, at most 1,000``.
    """
    parts = [one for annotation in _annotations(model, path) for one in parts_of(annotation)]
    unlimited = any(get_origin(one) is Literal and "unlimited" in get_args(one) for one in parts)
    return _words(Limits(parts), unlimited)


class Limits:
    """The limits among the parts of a type; of each kind the one that stands outermost. None: there is none."""

    def __init__(self, parts: Iterable[Any]) -> None:
        """
        Args:
            parts: the innermost first, as types and fields list what is annotated.
        """
        told = list(parts)[::-1]

        def outermost(name: str) -> Any:
            return next((value for one in told if (value := getattr(one, name, None)) is not None), None)

        self.ge, self.gt, self.le, self.lt = map(outermost, ("ge", "gt", "le", "lt"))
        self.shortest, self.longest = map(outermost, ("min_length", "max_length"))


def _annotations(model: type[BaseModel], path: Path) -> Iterator[Any]:
    """The types of the value at a path, with all that is annotated."""
    for kind in shape.at(model, path[:-1]):
        origin: Any = get_origin(kind)
        if shape.is_model(kind) and (info := shape.fields(kind).get(str(path[-1]))) is not None:
            yield info.annotation
            yield from info.metadata
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            yield get_args(kind)[1]


def parts_of(annotation: Any) -> Iterator[Any]:
    """All that stands inside an annotation."""
    yield annotation
    yield from getattr(annotation, "metadata", ())
    if isinstance(annotation, TypeAliasType):
        yield from parts_of(annotation.__value__)
    elif get_origin(annotation) in (Annotated, Union, UnionType):
        for one in get_args(annotation):
            yield from parts_of(one)


def _words(limits: Limits, unlimited: bool) -> str:
    low, above, high = limits.ge, limits.gt, limits.le
    if low is not None and high is not None:
        if unlimited:
            return phrase("{low:,.10g} to {high:,.10g}, or unlimited", low=low, high=high)
        return phrase("{low:,.10g} to {high:,.10g}", low=low, high=high)
    if above is not None and high is not None:
        return phrase("above {low:,.10g}, at most {high:,.10g}", low=above, high=high)
    if low is not None:
        return phrase("at least {low:,.10g}", low=low)
    return phrase("above {low:,.10g}", low=above) if above is not None else ""
