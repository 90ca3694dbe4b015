"""Walking the types of a model along a path: which keys would be accepted there, and what a default says."""

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from sim.scenario.errors import Path

Types = tuple[Any, ...]
"""The types a value may have: several where the model has a union."""


def unwrap(annotation: Any) -> Types:
    """The alternatives behind an annotation, without Annotated, None and alias names."""
    if isinstance(annotation, TypeAliasType):
        return unwrap(annotation.__value__)
    origin = get_origin(annotation)
    if origin is Annotated:
        return unwrap(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(kind for branch in get_args(annotation) for kind in unwrap(branch))
    return () if annotation is type(None) else (annotation,)


def is_model(kind: Any, base: type[BaseModel] = BaseModel) -> bool:
    """Whether a type is a pydantic model (of class `base`)."""
    return isinstance(kind, type) and issubclass(kind, base)


def fields(kind: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the names they have in a file."""
    return {info.alias or name: info for name, info in kind.model_fields.items()}


def below(kinds: Types, key: str | int) -> Types:
    """The types of the value under a key or an index."""
    found: list[Any] = []
    for kind in kinds:
        origin: Any = get_origin(kind)
        args = get_args(kind)
        if is_model(kind):
            info = fields(kind).get(str(key))
            found.extend(unwrap(info.annotation) if info is not None else ())
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            found.extend(unwrap(args[1]))
        elif origin is tuple and args[-1:] != (Ellipsis,):
            found.extend(unwrap(args[int(key)]) if str(key).isdecimal() and int(key) < len(args) else ())
        elif isinstance(origin, type) and issubclass(origin, Sequence):
            found.extend(unwrap(args[0]))
    return tuple(dict.fromkeys(found))


def at(model: type[BaseModel], path: Iterable[str | int]) -> Types:
    """The types of the value at the end of a path from `model`."""
    return _at(model, tuple(path))


@lru_cache(maxsize=10_000)  # a study sets hundreds of values in each of thousands of scenarios
def _at(model: type[BaseModel], path: Path) -> Types:
    return below(_at(model, path[:-1]), path[-1]) if path else (model,)


def names(kinds: Types) -> list[str]:
    """The keys that models among `kinds` know, in the order of their fields."""
    return list(dict.fromkeys(name for kind in kinds if is_model(kind) for name in fields(kind)))


def default_field(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a value not written anywhere gets its default from: the deepest one on the path."""
    kinds: Types = (model,)
    found = None
    for key in path:
        for kind in kinds:
            if is_model(kind) and str(key) in fields(kind):
                info = fields(kind)[str(key)]
                if found is None or info.json_schema_extra:
                    found = info
        kinds = below(kinds, key)
    return found


def limits(model: type[BaseModel], path: Path) -> tuple[float, float]:
    """The least and the largest number that the field at a path accepts; infinite where it says nothing.

    A number that must be above (below) a limit is given the limit itself.
    """
    least, most = -inf, inf
    for kind in at(model, path[:-1]):
        for low, high in map(_limits, _declared(kind, path[-1])):
            least, most = max(least, low), min(most, high)
    return least, most


def validators(model: type[BaseModel], path: Path) -> set[Any]:
    """How the value at a path is read, in all forms that it may have: the functions that read quantities with a unit
    (`parse_duration` ...), else the plain types (`int`, `float`, a model). Empty where there is no such field.
    """
    kinds = at(model, path[:-1])
    return {one for kind in kinds for declared in _declared(kind, path[-1]) for one in _readers(declared)}


def _readers(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, TypeAliasType):
        yield from _readers(annotation.__value__)
    elif get_origin(annotation) is Annotated:
        base, *said = get_args(annotation)
        own = [part.func for part in said if isinstance(part, BeforeValidator)]
        yield from own or _readers(base)
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _readers(branch)
    else:
        yield annotation


def _declared(kind: Any, key: str | int) -> Iterator[Any]:
    """What a type declares of the value under a key, its limits included."""
    args = get_args(kind)
    if is_model(kind):
        info = fields(kind).get(str(key))
        if info is not None:
            yield Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    elif get_origin(kind) is tuple and args[-1:] != (Ellipsis,):
        if str(key).isdecimal() and int(key) < len(args):
            yield args[int(key)]
    elif isinstance(get_origin(kind), type) and args:
        yield args[1] if issubclass(get_origin(kind), Mapping) else args[0]


def _limits(annotation: Any) -> tuple[float, float]:
    if isinstance(annotation, TypeAliasType):
        return _limits(annotation.__value__)
    inner: list[tuple[float, float]] = []
    if get_origin(annotation) is Annotated:
        base, *said = get_args(annotation)
        inner.append(_limits(base))
        for one in said:
            for part in one.metadata if isinstance(one, FieldInfo) else (one,):
                low = next((v for name in ("ge", "gt") if (v := getattr(part, name, None)) is not None), -inf)
                high = next((v for name in ("le", "lt") if (v := getattr(part, name, None)) is not None), inf)
                inner.append((float(low), float(high)))
    elif get_origin(annotation) in (Union, types.UnionType):
        inner = [_limits(branch) for branch in get_args(annotation)]
    return max([-inf, *(low for low, _ in inner)]), min([inf, *(high for _, high in inner)])
