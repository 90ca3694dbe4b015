"""What a role sees: nothing that responders do not know, and nothing that the role may not see."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.seen import View
from sim.exercise.session import Session
from sim.exercise.truth import Truth
from sim.exercise.vocabulary import SEES
from sim.fraud.plan import Plan, draw_plan
from sim.words.units import HOUR
from sim.workflow.log import NONE
from tests.examples import some
from tests.exercise.rooms import ENDS, ROLES, SEATS, STARTS, play, room
from tests.exercise.shapes import misfits
from tests.workflow.test_knowledge_wall import changed_after

SECRET = {"amounts": {"amount", "paid", "caught"}, "cases": {"cases"}, "accounts": {"accounts"}, "flows": {"flows"}}
"""What may be seen, and the keys that are nowhere in the view of a role that may not."""


def seen_of(loaded: Loaded, plan: Plan, until: int) -> dict[str, Any]:
    """The views of all roles after a room without decisions was played up to and including a moment."""
    session = Session.start(loaded, seats=SEATS, plan=plan)
    session.advance(until + 1)
    return {role: session.view(role) for role in (*loaded.exercise.roles, "facilitator", "observer")}


@settings(max_examples=some(15))
@given(seed=st.integers(0, 2**40), share=st.floats(0.02, 0.98))
def test_two_truths_that_cannot_be_told_apart_look_alike(seed: int, share: float) -> None:
    """Of two truths alike up to a moment of the exercise, every role's view is the same up to it."""
    loaded = room(seed=seed % 1000)
    plan = draw_plan(loaded.scenario, loaded.exercise.seed, 0)
    session = Session.start(loaded, seats=SEATS, plan=plan)
    orders = [one.order for one in session.given]
    run = simulate(loaded.scenario, plan=plan, orders=orders)
    now = STARTS + round(share * (ENDS - STARTS - 2))
    other = changed_after(plan, run, now, np.random.default_rng(seed))
    first, second = seen_of(loaded, plan, now), seen_of(loaded, other, now)
    assert first == second
    assert len(first["observer"]["accounts"]) > 5


def test_a_view_that_shows_the_truth_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were views made of the plan, two truths that nobody can tell apart would look different."""
    loaded = room(seed=7)
    plan = draw_plan(loaded.scenario, 7, 0)
    now = STARTS + HOUR
    session = Session.start(loaded, seats=SEATS, plan=plan)
    run = simulate(loaded.scenario, plan=plan, orders=[one.order for one in session.given])
    other = changed_after(plan, run, now, np.random.default_rng(7))
    view = Session.view

    def peeking(self: Session, role: str) -> dict[str, Any]:
        return view(self, role) | {"next": min(time for time in self.engine.world.times if time > self.now)}

    monkeypatch.setattr(Session, "view", peeking)
    assert seen_of(loaded, plan, now) != seen_of(loaded, other, now)


def keys(value: Any) -> Iterator[str]:
    """All keys anywhere inside a JSON value."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from keys(one)


@pytest.mark.parametrize("hidden", SEES)
def test_what_a_role_may_not_see_is_not_there(hidden: str) -> None:
    """Without one of the things to see, its keys are absent, not empty, whatever happens in the room."""
    roles = ROLES | {
        "tracer": ROLES["tracer"] | {"sees": [one for one in SEES if one != hidden], "desks": ["analyst"]},
        "clerk": ROLES["clerk"] | {"sees": list(SEES)},
    }
    session = Session.start(room(seed=5, roles=roles), seats=SEATS)
    names = [desk.name for desk in session.engine.program.desks]
    for _ in play(session, np.random.default_rng(1), ENDS):
        blind, sees_all = session.view("tracer"), session.view("clerk")
        assert not set(keys(blind)) & SECRET.get(hidden, set())
        shown = {desk["name"] for desk in blind["desks"]}
        if hidden == "queues":
            assert {"analyst"} <= shown < set(names)
        elif hidden == "field":
            assert not [one for one in blind["accounts"] if one["bank"] == "exit:cash"]
        assert all(one["desk"] == "analyst" for one in blind["decisions"])
        assert {desk["name"] for desk in sees_all["desks"]} == set(names)
    assert SECRET.get(hidden, set()) <= set(keys(sees_all))


def test_no_view_of_a_role_tells_how_the_plan_counts() -> None:
    """Cases and accounts are numbered in the order in which they became known: no gap tells of what is not known."""
    session = Session.start(room(seed=5), seats=SEATS)
    for _ in play(session, np.random.default_rng(2), ENDS):
        view = session.view("observer")
        numbers = [one["case"] for one in view["cases"]]
        assert numbers == list(range(1, len(numbers) + 1))
        for case in numbers:
            accounts = sorted(one["account"] for one in view["accounts"] if one["case"] == case)
            assert accounts == list(range(1, len(accounts) + 1))


def test_views_and_the_truth_have_the_fields_that_their_types_name_and_no_others() -> None:
    """What pages and the terminal are checked against is what is there."""
    session = Session.start(room(seed=5), seats=SEATS)
    rows: Counter[str] = Counter()
    for looked, _ in enumerate(play(session, np.random.default_rng(3), ENDS)):
        for role in (*ROLES, "facilitator", "observer") if looked % 5 == 0 else ():
            view = session.view(role)
            assert misfits(view, View) == []
            rows.update({name: len(part) for name, part in view.items() if isinstance(part, list)})
    assert misfits(session.truth(), Truth) == []
    parts = ("decisions", "desks", "messages", "decided", "cases", "accounts", "flows", "injects", "seats")
    assert all(rows[name] for name in parts)


def test_a_field_that_its_type_does_not_name_is_seen() -> None:
    """So is one that is missing, and one of another type, in a row of a list, too."""
    view = Session.start(room(seed=5), seats=SEATS).view("facilitator")
    desks: Any = [*view["desks"][1:], {**view["desks"][0], "busy": "3", "idle": 3}]
    changed = {name: value for name, value in view.items() if name != "clock"} | {"desks": desks}
    assert sorted(misfits(changed, View)) == [".clock", ".desks[].busy", ".desks[].idle"]


def test_a_view_is_plain_json() -> None:
    """It survives being sent; whoever watches may do nothing, and only whoever leads sees the injects."""
    session = Session.start(room(seed=5), seats=SEATS)
    for _ in play(session, np.random.default_rng(3), ENDS):
        pass
    for role in (*ROLES, "facilitator", "observer"):
        view = session.view(role)
        assert json.loads(json.dumps(view)) == view
    assert session.view("observer")["may"] == []
    assert ("injects" in session.view("facilitator"), "injects" in session.view("observer")) == (True, False)


def test_a_view_is_as_fresh_as_one_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views are kept while nothing changes; at every moment they are what a session without memory shows."""
    session = Session.start(room(seed=9), seats=SEATS)
    checked = 0
    for _ in play(session, np.random.default_rng(4), STARTS + HOUR, often=30):
        kept = {role: session.view(role) for role in ("tracer", "facilitator")}
        session._book.tell()  # something has changed, as far as anybody who remembers a view knows
        fresh = {role: session.view(role) for role in kept}
        assert kept == fresh
        checked += 1
    assert checked > 50


def test_only_what_a_trainee_can_name_can_be_decided() -> None:
    """The number of an account that is not known yet is refused like one that does not exist."""
    session = Session.start(room(seed=5), seats=SEATS)
    session.advance(STARTS + HOUR)
    view = session.view("tracer")
    case = view["cases"][0]["case"]
    known = [one["account"] for one in view["accounts"] if one["case"] == case]
    for account in (max(known, default=0) + 1, 500):
        with pytest.raises(Exception, match="nobody here knows"):
            session.act("b", "stop", case=case, account=account)
    assert NONE not in known


def test_the_facilitators_truth_holds_what_no_role_sees() -> None:
    """Its money adds up: what was paid is held, gone or moving; victims who have not reported are in it."""
    unknown = 0
    for seed in range(8):
        session = Session.start(room(seed=seed), seats=SEATS)
        session.advance(STARTS + HOUR)
        truth = session.truth()
        money = truth["money"]
        assert 0 < money["loss"] == money["held"] + money["gone"] + money["moving"]
        assert json.loads(json.dumps(truth)) == truth
        unknown += sum(one["case"] is None for one in truth["cases"])
    assert unknown


def test_the_exercise_of_the_tests_is_valid() -> None:
    """The room of these tests survives being written and read."""
    exercise = room().exercise
    assert Exercise.model_validate(exercise.model_dump(mode="json", by_alias=True, exclude_none=True)) == exercise
