"""What the code must know of a field is a mark on it, and the marks are true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from sim.fraud.plan import draw_plan
from sim.measure.ceiling import ceiling_of
from sim.scenario import marks, shape
from sim.scenario.distributions import Distribution
from sim.scenario.errors import ScenarioError, dotted
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.worker import fraud_of
from tests.scenario.field_changes import Place, changes, fields_given, general
from tests.worlds import CASES


@cache
def editor() -> Editor:
    return Editor(load(CASES / "every-field.yaml").scenario)


@cache
def given() -> dict[Place, list[tuple[Place, Any]]]:
    """The places of each field that is not a distribution's own, and its values there."""
    data = editor().scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    found: dict[Place, list[tuple[Place, Any]]] = {}
    for place, value in fields_given(data):
        found.setdefault(general(place), []).append((place, value))
    return found


@cache
def drawn_at_first() -> tuple[bytes, ...]:
    return drawn(editor().scenario)


def drawn(scenario: Scenario) -> tuple[bytes, ...]:
    """All columns of a plan and of its ceiling."""
    plan = draw_plan(scenario, 3, 0)
    parts = (plan.victims, plan.accounts, plan.transfers, plan.others, ceiling_of(scenario, plan))
    return tuple(np.asarray(getattr(part, one.name)).tobytes() for part in parts for one in fields(part))


def word(place: Place) -> Any:
    return marks.inherited(Scenario, place, "plan")


def plain(kind: type[BaseModel], above: Any, seen: tuple[type, ...] = ()) -> list[str]:
    """The fields below a model of which nothing says whether they are part of the plan."""
    if issubclass(kind, Distribution) or kind in seen:
        return []
    bare: list[str] = []
    for name, info in kind.model_fields.items():
        own = marks.said(info, "plan")
        says = above if own is None else own
        inner = list(marks.models_in(info.annotation))
        if says in (None, "each") and not inner:
            bare.append(f"{kind.__name__}.{name}")
        bare += [one for model in inner for one in plain(model, says, (*seen, kind))]
    return bare


def test_every_field_says_whether_it_is_part_of_the_plan() -> None:
    """A new field has a mark of its own, or stands below one that has: none is forgotten in silence."""
    assert plain(Scenario, "each") == []


def test_every_field_of_a_plan_has_a_value_to_change() -> None:
    """What is part of the plan is in the scenario that the next test changes, field by field."""
    known = {place[-1:] for place in given()}
    missing = {
        (kind.__name__, name)
        for kind, name, says in _marked(Scenario, "each")
        if says not in (False, "each") and (name,) not in known and name != "file"
    }
    assert missing == set()


def _marked(kind: type[BaseModel], above: Any) -> list[tuple[type[BaseModel], str, Any]]:
    if issubclass(kind, Distribution):
        return []
    found = []
    for name, info in shape.fields(kind).items():
        own = marks.said(info, "plan")
        says = above if own is None else own
        found.append((kind, name, says))
        for model in marks.models_in(info.annotation):
            found += _marked(model, says)
    return found


@pytest.mark.parametrize("part", sorted({place[0] for place in given()}))
def test_a_plan_changes_if_and_only_if_the_mark_of_the_changed_field_says_so(part: str) -> None:
    """Arms that share a plan draw the same one; a field of the plan has a value that draws another."""
    idle = []
    for places in (places for name, places in given().items() if name[0] == part):
        says = word(places[0][0])
        if says is False:
            assert not any(moves(*places[0]))
            continue
        if callable(says) and marks.own(Scenario, places[0][0], "plan") is None:
            continue  # what is read of a field above is that field's to show
        if says != "each" and not any(any(moves(*place)) for place in places):
            idle.append(dotted(places[0][0]))
    assert idle == []


def moves(place: Place, value: Any) -> Iterator[bool]:
    """Whether the plan is another one, for each change of a field; arms that would share one must have the same."""
    base, says = fraud_of(editor().scenario), word(place)
    for other in changes(editor(), place, value):
        another = drawn(other) != drawn_at_first()
        assert not (another and fraud_of(other) == base), f"{dotted(place)}: arms that share a plan would have two"
        yield another
        if says is False:
            assert fraud_of(other) == base, dotted(place)
            return  # one change of each field that is not part of it


def test_shares_that_sum_to_one_say_so() -> None:
    """A share moved alone is refused for its sum where it is marked, and nowhere else."""
    wrong = []
    for places in given().values():
        for path in (places[0][0], *_inside(places[0][0])):
            try:
                one = editor().parameter(dotted(path))
            except StudyError:
                continue
            if one.kind == "number" and one.least >= 0 and one.most == 1 and len(one.group) != 1:
                alone = type(one)(one.path, one.kind, one.value, one.least, one.most)
                refused = _refusal(alone, one.value + 0.1 if one.value < 0.5 else one.value - 0.1)
                if ("sum to" in refused) != bool(one.group):
                    wrong.append((one.path, refused))
    assert wrong == []


def _inside(place: Place) -> list[Place]:
    value = editor().at(dotted(place))
    return [(*place, str(key)) for key in value] if isinstance(value, dict) else []


def _refusal(one: Any, value: float) -> str:
    try:
        editor().changed({one: value})
    except ScenarioError as error:
        return str(error)
    return ""


def test_fields_that_exclude_each_other_cannot_both_be_given() -> None:
    """Every model whose fields are marked so has at least two of them, and merging leaves the last one written."""
    kinds = {kind for kind, _, _ in _marked(Scenario, "each")} | {Distribution}
    groups = [group for kind in kinds for group in marks.groups((kind,))]
    assert all(len(group) > 1 for group in groups)
    assert len(groups) >= 8
