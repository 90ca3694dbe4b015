"""Whether plain data is what a typed dictionary says."""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict


def misfits(value: Any, kind: Any, where: str = "") -> list[str]:
    """The places at which a value has another type, a field that the type does not name, or none that it names."""
    of, parts = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        if not isinstance(value, dict):
            return [where]
        fields = get_type_hints(kind, include_extras=True)
        needed = {name for name, one in fields.items() if get_origin(one) is not NotRequired}
        wrong = [f"{where}.{name}" for name in (needed - value.keys()) | (value.keys() - fields.keys())]
        inside = (misfits(one, fields[name], f"{where}.{name}") for name, one in value.items() if name in fields)
        return wrong + [place for places in inside for place in places]
    if of is list:
        return [place for one in value for place in misfits(one, parts[0], f"{where}[]")]
    if of is NotRequired:
        return misfits(value, parts[0], where)
    if of in (Union, UnionType):
        return [] if any(not misfits(value, part) for part in parts) else [where]
    if of is Literal:
        return [] if value in parts else [where]
    allowed = (int, float) if kind is float else of or kind
    return [] if isinstance(value, allowed) and isinstance(value, bool) == (kind is bool) else [where]
