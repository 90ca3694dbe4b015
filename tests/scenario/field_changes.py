"""Each field of a scenario, and the ways to change it and nothing else: numbers up and down, laws scaled, lists longer
and shorter, options off, names exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from sim.scenario import shape
from sim.scenario.distributions import Distribution
from sim.scenario.errors import ScenarioError, dotted
from sim.scenario.models import Scenario
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor

Place = tuple[str, ...]


def fields_given(data: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every field that has a value, from the outside in; a distribution is one."""
    kinds = shape.at(Scenario, place)
    if any(shape.is_model(kind, Distribution) for kind in kinds):
        return
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if value is not None:
            if str(key) in shape.names(kinds):
                yield (*place, str(key)), value
            yield from fields_given(value, (*place, str(key)))


def general(place: Place) -> Place:
    """A place without the names that are the scenario's own: every shift's staff has the same."""
    return tuple(
        key if key in shape.names(shape.at(Scenario, place[:depth])) else "*" for depth, key in enumerate(place)
    )


def changes(editor: Editor, place: Place, value: Any) -> Iterator[Scenario]:
    """The scenarios in which the field at a place has another value, as far as the model accepts them."""
    yield from _moved(editor, place, value)
    whole = editor.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    for other in _others(place, value, whole):
        try:
            yield Scenario.model_validate(_with(whole, place, other))
        except (ValidationError, ScenarioError):
            continue


def _with(data: Any, place: Place, value: Any) -> Any:
    """Data with another value at a place; what does not lead there is the same, not a copy."""
    if not place:
        return value
    key, *rest = place
    if isinstance(data, list):
        return [_with(one, tuple(rest), value) if number == int(key) else one for number, one in enumerate(data)]
    return {**data, key: _with(data.get(key), tuple(rest), value)}


def _moved(editor: Editor, place: Place, value: Any) -> Iterator[Scenario]:
    """The field's number, or the first inside it, larger and smaller; its law scaled."""
    first = next(iter(value), None) if isinstance(value, dict) else 0 if isinstance(value, list) else None
    for path in (dotted(place), *([dotted((*place, str(first)))] if first is not None else [])):
        try:
            one = editor.parameter(path)
        except StudyError:
            continue
        for to in (one.value * 1.7, one.value * 0.4, one.value + 1, 1.0):
            try:
                yield editor.changed({one: one.clipped(to)})
            except (ScenarioError, ValidationError):
                continue


def _others(place: Place, value: Any, whole: Any) -> Iterator[Any]:
    yield None
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, list) and value:
        yield from ([*value, value[-1]], value[:-1], value[::-1])
    elif isinstance(value, dict):
        yield from ({key: item for key, item in value.items() if key != gone} for gone in value)
        yield dict(reversed(value.items()))
    elif isinstance(value, str):
        for kind in shape.at(Scenario, place):
            if get_origin(kind) is Literal:
                yield from (one for one in get_args(kind) if one != value)
        alike = {str(item) for other, item in fields_given(whole) if other[-1] == place[-1] and isinstance(item, str)}
        yield from sorted(alike - {value})
        yield from (name for part in ("bank_profiles", "routes", "desks") for name in whole[part])
        yield from (f"{value} more", f"{value}-more", "03:00", "+01:00")
        for days in (1, -1):
            try:
                yield (datetime.fromisoformat(value) + timedelta(days=days, hours=3)).isoformat()
                yield (datetime.fromisoformat(value) + timedelta(days=days)).date().isoformat()
            except ValueError:
                break
