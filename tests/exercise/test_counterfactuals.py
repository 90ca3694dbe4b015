"""What else could have been: always three, all different, each what an independent replay of its orders comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import pytest

from sim.engine.orders import Order
from sim.engine.run import simulate
from sim.exercise.counterfactual import Counterfactual
from sim.exercise.decided import Decided
from sim.exercise.review import Review, review
from sim.exercise.session import Seat, Session
from sim.exercise.shipped import names
from sim.measure.metrics import measure
from sim.measure.money import PREVENTED
from sim.words.units import MINUTE
from sim.workflow.log import NONE
from tests.examples import shortly
from tests.exercise.rooms import room
from tests.exercise.test_review import SEATS, by_hand, take
from tests.exercise.test_shipped import loaded_of, played

pytestmark = pytest.mark.xdist_group("shipped")  # one worker plays each shipped exercise, for all that look at it
FAR = 10**15
"""Above the number of every order of a session."""


def came_back(session: Session, orders: list[Order]) -> int:
    """fen saved when a session's victims are played with some orders, as `measure` counts, to the whole yuan."""
    measured = measure(simulate(session.scenario, session.exercise.seed, session.exercise.replication, orders=orders))
    return round((int(measured.recovered.sum()) + int(measured.fate.fen(PREVENTED).sum())) / 100) * 100


def moved(session: Session, one: Decided) -> Iterator[Order]:
    """The orders of a decision in the moment in which it came up; the one that the model had to give for it."""
    mine = sorted(given.order for given in session.given if one.number and given.decision == one.number)
    yield from (replace(order, at=one.opened) for order in mine)
    if not one.number:
        row = next(case.case for case in session.known.cases if case.number == one.case)
        accounts = {it.number: it.account for it in session.known.accounts if it.case == row}
        account = NONE if one.account == NONE else accounts[one.account]
        yield Order(one.opened, 0, "take", row, account, desk=one.desk)


def replayed(session: Session, found: Review, one: Counterfactual) -> int:
    """fen saved by what a counterfactual says, worked out from the session's orders alone."""
    if one.kind in ("policy", "nobody"):
        desks = {desk.name for desk in session.engine.program.desks}
        mine = sorted(name for name in desks if any(role.has(name) for role in session.exercise.roles.values()))
        orders = [given.order for given in session.given if given.by == "conditions"]
        if one.kind == "nobody":
            orders += [given.order for given in session.given if given.by == "room"]
        if one.policy:
            starts = session.exercise.starts
            orders += [Order(starts, FAR + n, "policy", desk=desk, policy=one.policy) for n, desk in enumerate(mine)]
        return came_back(session, orders)
    others = [it for it in found.decisions if it.about_task and it.waited > 0]
    changed = others if one.kind == "all_at_once" else [one.decided] if one.decided else []
    numbers = {it.number for it in changed} - {0}
    orders = [given.order for given in session.given if given.decision not in numbers]
    if one.kind != "undone":
        early = [order for it in changed for order in moved(session, it)]
        orders += [replace(order, number=FAR + number) for number, order in enumerate(early)]
    return came_back(session, orders)


def check(session: Session, found: Review) -> None:
    """Three, each another decision, each worth what its replay is worth."""
    three = found.counterfactuals
    assert len(three) == 3
    assert len({(one.kind, one.policy, one.decided) for one in three}) == 3
    for one in three:
        assert one.result == replayed(session, found, one), one
        assert one.more == one.result - found.scores.result
        assert (one.why is None) == (one.more == 0)
        alone = max((it.more for it in three if it.kind == "at_once"), default=-inf)
        assert (one.less_than_one is not None) == (one.kind == "all_at_once" and one.more < alone)


@pytest.mark.parametrize("name", shortly(names(), "county-night", "wuhan-35min"))
def test_an_automatic_run_has_three(name: str) -> None:
    """Of every shipped exercise, played by automatic players."""
    check(*played(name))


@pytest.mark.parametrize("name", shortly(names(), "county-night", "courier-and-cash"))
def test_a_room_in_which_nobody_decides_has_three(name: str) -> None:
    """Everybody sits there and does nothing: the dearest of what was left to the model, or what all could have done."""
    session = Session.start(loaded_of(name), seats=list(played(name)[0].seats.values()))
    session.advance(session.exercise.ends)
    session.finish("")
    assert not session.decisions
    check(session, review(session, most=10))


def test_a_room_in_which_nobody_sits_has_three() -> None:
    """Only other orders of work could have made a difference there."""
    session = Session.start(by_hand())
    session.finish("")
    found = review(session)
    check(session, found)
    assert {one.kind for one in found.counterfactuals} == {"policy"}


def test_a_room_in_which_everything_is_in_time_has_three() -> None:
    """Nothing that could have been done at once would have saved more, and each says what it would have come to."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 1.001)
    take(session, 2, 31.001)
    session.advance(90 * MINUTE)
    session.finish("")
    found = review(session)
    check(session, found)
    assert not any(one.late for one in found.decisions)
    assert [one.more for one in found.counterfactuals if one.kind == "all_at_once"] == [0]
    assert max(one.more for one in found.counterfactuals) <= 0


def test_a_decision_that_only_did_harm_is_told_as_left_undone() -> None:
    """Who writes a case's account off loses its money: left undone, it is saved."""
    clerk = {"title": "Clerk", "desks": ["desk", "bank:*"], "sees": ["cases", "accounts"], "deadline": "5m",
             "may": ["take", "write_off"]}  # fmt: skip
    session = Session.start(by_hand(roles={"clerk": clerk}), seats=SEATS)
    take(session, 1, 1.001)
    while not any(one.task in ("undecided", "waiting") for one in session.known.accounts):
        session.advance(session.now + 1000)
    account = next(one for one in session.known.accounts if one.task in ("undecided", "waiting"))
    session.act("a", "write_off", case=1, account=account.number)
    session.finish("")
    found = review(session)
    check(session, found)
    first = found.counterfactuals[0]
    assert first.kind == "undone"
    assert first.more > 0
    assert first.decided is not None
    assert first.decided.action == "write_off"


def test_a_role_without_a_desk_has_nothing_else_to_decide() -> None:
    """Where nobody could decide anything, there is nothing else that could have been."""
    role = {"title": "Watch", "sees": ["cases"], "may": ["message"]}
    loaded = room(by_hand().scenario, starts=0, ends="90m", roles={"watch": role}, injects=[])
    session = Session.start(loaded, seats=[Seat("w", "watch", "Wu")])
    session.finish("")
    assert review(session).counterfactuals == []
