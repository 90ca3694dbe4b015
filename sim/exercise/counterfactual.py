"""What else could have been: the same session with the same luck, played again with one thing decided otherwise.

First the single decisions that would have saved most, taken when they came up or left undone; then what the room as a
whole could have done. One that saves nothing, or makes it worse, is told as well: that is a finding. Each says why it
differs, and what it comes to on other plans: a bad decision that happened to cost nothing was lucky, no good one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sim.engine.orders import Order
from sim.engine.run import Run
from sim.exercise.decided import Decided, Open, at_once, plain
from sim.exercise.other_plans import Odds, OtherPlans
from sim.exercise.score import Scores
from sim.exercise.session import Decision, Session
from sim.exercise.view import Numbers
from sim.exercise.why import Why, why
from sim.exercise.yardsticks import end_of, ends_of, saved, undecided, with_policy

HOW_MANY = 3
MOST_UNDONE = 24
"""Decisions that are played again as if nobody had taken them, where too few were late at a cost."""
SUSPECTS = 3
"""Decisions that waited with most money and cost nothing, of which one may have been lucky."""
FIRST_LOOK = 10
"""Other plans on which they are looked at before one is held against all."""

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
    why: Why | None = None
    """What became of which money; None where it comes to the same."""
    odds: Odds | None = None
    """On other plans; None where they were not asked."""
    less_than_one: Why | None = None
    """Of all at once, where it saves less than one of them alone: what it loses against that."""


def counterfactuals(
    session: Session, scores: Scores, orders: Sequence[Order], together: Counterfactual | None,
    decided: Sequence[Decided],
) -> list[Counterfactual]:  # fmt: skip
    """Three of them, the most telling first; fewer only where a room had nothing at all to decide.

    Args:
        orders: of the session.
        together: of `all_at_once`: beside single ones it is told whatever it saves, since their gains do not add up.
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
    return [*single[: HOW_MANY - (together is not None)], *others][:HOW_MANY]


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
    without = [_without(session, orders, one.number) for one in some]
    for one, run in zip(some, ends_of(session, without), strict=True):
        result = saved(run)
        yield Counterfactual("undone", result, result - scores.result, plain(one))


def _without(session: Session, orders: Sequence[Order], number: int) -> list[Order]:
    """The orders of a session without those of one decision."""
    mine = {given.order for given in session.given if given.decision == number}
    return [order for order in orders if order not in mine]


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


def most_played(plans: int) -> int:
    """Runs at most that it takes to hold them against luck on so many other plans."""
    return (2 * HOW_MANY + 2) * plans + 2 * SUSPECTS * min(plans, FIRST_LOOK)


@dataclass(frozen=True)
class Explained:
    """What is needed to say why a session's counterfactuals differ, and what luck had to do with it."""

    session: Session
    run: Run
    """Of the session, to the end of the follow-up."""
    orders: Sequence[Order]
    opened: Sequence[Open]
    decided: Sequence[Decided]
    """As `opened`, with what each cost."""
    others: OtherPlans
    told: Callable[[], None]
    """Called after each run."""

    def all(self, several: Sequence[Counterfactual]) -> list[Counterfactual]:
        """Counterfactuals with their reasons and odds; all at once says why it saves less than one of them alone."""
        best = max((one for one in several if one.kind == "at_once"), key=lambda one: one.more, default=None)
        return [self._explained(one, best) for one in several]

    def _explained(self, one: Counterfactual, best: Counterfactual | None) -> Counterfactual:
        """A counterfactual with its reason and its odds.

        Args:
            best: the decision that saves most taken at once alone.
        """
        at, otherwise = self._otherwise(one)
        other, numbers = end_of(self.session, otherwise), Numbers.of(self.session.known)
        less = None
        if one.kind == "all_at_once" and best is not None and best.more > one.more:
            less = why(end_of(self.session, self._otherwise(best)[1]), other, numbers)
        return replace(one, why=why(self.run, other, numbers), odds=self._odds(at, otherwise), less_than_one=less)

    def lucky(self, result: int, told: Sequence[Counterfactual]) -> Counterfactual | None:
        """The decision that cost nothing by waiting, and on other plans surely costs most; None where none does.

        Args:
            result: fen that the session saved.
            told: what is told already.
        """
        amount, first = self.session.engine.world.knowledge.amount, self.session.engine.plan.account_first
        mine = {
            (one.decided.number, one.decided.at) for one in told if one.decided is not None and one.kind == "at_once"
        }

        def stake(place: int) -> int:
            case, account = self.opened[place].subject
            rows = range(int(first[case]), int(first[case + 1]))
            return self.decided[place].waited * max(
                amount[row] for row in (rows if account < 0 else rows[account:][:1])
            )

        harmless = [
            place for place, one in enumerate(self.decided)
            if one.waited > 0 and one.fen_lost is not None and one.fen_lost <= 0 and stake(place) > 0
            and (one.number, one.at) not in mine
        ]  # fmt: skip
        suspects = sorted(harmless, key=lambda place: (-stake(place), place))[:SUSPECTS]
        few = OtherPlans(self.session, min(FIRST_LOOK, self.others.many))
        looked = []
        for place in suspects:
            at = self.opened[place].decided.opened
            otherwise = at_once(self.session, self.orders, self.opened[place])
            looked.append((few.odds(self.run, at, self.orders, otherwise, self.told).more.mean, place))
        mean, place = max(looked, default=(0.0, 0))
        if mean <= 0:
            return None
        lost = self.decided[place].fen_lost or 0
        one = self._explained(Counterfactual("at_once", result + lost, lost, self.decided[place]), None)
        return one if one.odds is not None and one.odds.sign > 0 else None

    def _odds(self, at: int, otherwise: Sequence[Order]) -> Odds | None:
        return self.others.odds(self.run, at, self.orders, otherwise, self.told) if self.others.many else None

    def _otherwise(self, one: Counterfactual) -> tuple[int, list[Order]]:
        """From when on (ms) other orders are given in a counterfactual, and which those are."""
        session, starts = self.session, self.session.exercise.starts
        match one.kind:
            case "at_once":
                assert one.decided is not None
                moved = self.opened[self.decided.index(one.decided)]
                return moved.decided.opened, at_once(session, self.orders, moved)
            case "undone":
                assert one.decided is not None
                return one.decided.at, _without(session, self.orders, one.decided.number)
            case "all_at_once":
                return starts, at_once(session, self.orders, *(it for it in self.opened if it.decided.waited > 0))
            case "policy":
                return starts, with_policy(session, one.policy)
            case "nobody":
                return starts, undecided(session)
