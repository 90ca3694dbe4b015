"""What else could have been: the same session with the same luck, played again with one thing decided otherwise.

First the single decisions that would have saved most, taken when they came up or left undone; then what the room as a
whole could have done. One that saves nothing, or makes it worse, is told as well: that is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sim.engine.orders import Order
from sim.exercise.decided import Decided, Open, at_once, plain
from sim.exercise.score import Scores
from sim.exercise.session import Decision, Session
from sim.exercise.yardsticks import end_of, ends_of, saved

HOW_MANY = 3
MOST_UNDONE = 24
"""Decisions that are played again as if nobody had taken them, where too few were late at a cost."""

Kind = Literal["at_once", "undone", "all_at_once", "policy", "nobody"]


@dataclass(frozen=True)
class Counterfactual:
    """One session played again with something else decided."""

    kind: Kind
    result: int
    """fen that this would have saved."""
    more: int
    """fen more than the session saved (fewer: negative)."""
    decided: Decided | None = None
    """The decision taken at once, or left undone."""
    policy: str = ""
    """Queue policy at every desk of the roles, with the model alone."""
    count: int = 0
    """Decisions that would all have been taken at once."""


def counterfactuals(
    session: Session, scores: Scores, orders: Sequence[Order], together: Counterfactual | None,
    decided: Sequence[Decided],
) -> list[Counterfactual]:  # fmt: skip
    """Three of them, the most telling first; fewer only where a room had nothing at all to decide.

    Args:
        orders: of the session.
        together: of `all_at_once`.
        decided: its decisions about tasks, with what each cost.
    """
    single = [
        Counterfactual("at_once", scores.result + one.fen_lost, one.fen_lost, one)
        for one in decided
        if one.fen_lost is not None and one.fen_lost > 0
    ]
    undone = [] if len(single) >= HOW_MANY else [*_undone(session, scores, orders)]
    best = sorted([*single, *(one for one in undone if one.more > 0)], key=lambda one: -one.more)
    single = [one for place, one in enumerate(best) if not any(_same(one, other) for other in best[:place])]
    others = [*([together] if together else []), *_of_all(session, scores)]
    others[2:2] = sorted((one for one in undone if one.more < 0), key=lambda one: one.more)[:1]
    return [*single, *others][:HOW_MANY]


def _same(one: Counterfactual, other: Counterfactual) -> bool:
    """Whether two are about one decision of somebody's."""
    assert one.decided is not None
    assert other.decided is not None
    return one.decided.number == other.decided.number != 0


def _undone(session: Session, scores: Scores, orders: Sequence[Order]) -> Iterator[Counterfactual]:
    """Single decisions left undone: first those that were more than to take a task, then those about most money."""
    amount, first = session.engine.world.knowledge.amount, session.engine.plan.account_first
    about = {one.decision: one.order for one in session.given if one.decision}

    def rank(one: Decision) -> tuple[bool, int, int]:
        order = about[one.number]
        money = amount[int(first[order.case]) + order.account] if order.case >= 0 and order.account >= 0 else 0
        return one.action == "take", -int(money), one.number

    some = sorted((one for one in session.decisions if one.number in about), key=rank)[:MOST_UNDONE]
    without = []
    for one in some:
        mine = {given.order for given in session.given if given.decision == one.number}
        without.append([order for order in orders if order not in mine])
    for one, run in zip(some, ends_of(session, without), strict=True):
        result = saved(run)
        yield Counterfactual("undone", result, result - scores.result, plain(one))


def all_at_once(
    session: Session, scores: Scores, orders: Sequence[Order], opened: Sequence[Open]
) -> Counterfactual | None:
    """All decisions that waited taken when they came up; None where none did."""
    waited = [one for one in opened if one.decided.waited > 0]
    if not waited:
        return None
    result = saved(end_of(session, at_once(session, orders, *waited)))
    return Counterfactual("all_at_once", result, result - scores.result, count=len(waited))


def _of_all(session: Session, scores: Scores) -> Iterator[Counterfactual]:
    """What all could have done: leave it to another order of work, or leave it to the model."""
    policies = sorted(scores.policies.items(), key=lambda it: -it[1])
    found = [Counterfactual("policy", result, result - scores.result, policy=name) for name, result in policies]
    better = [one for one in found if one.result > scores.alone][:1]
    yield from better
    if any(one.by != "conditions" for one in session.given):
        yield Counterfactual("nobody", scores.baseline, scores.baseline - scores.result)
    yield from (one for one in found if one not in better)
