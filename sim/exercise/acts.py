"""What a trainee's decision means to the engine: the orders for it, or why it is refused.

A trainee decides what is next, never how fast: all work is done by the desks' people in the model's times. Nothing here
reads more than what responders know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.engine.orders import Order, ungiven
from sim.engine.seats import Undecided
from sim.engine.sight import Known, KnownAccount, KnownCase
from sim.exercise.models import Exercise, Role
from sim.exercise.records import whole
from sim.exercise.texts import MOST_TEXT
from sim.scenario.people import NAMED_POLICIES
from sim.words.language import key
from sim.workflow.log import NONE

TEXTS = {
    "taken": key("{who} has decided that already"),
    "held": key("the exercise is on hold"),
    "not_yours": key("your role may not do that"),
    "unknown": key("nobody here knows of that"),
    "over": key("the time for that is over: the desk has it in hand"),
    "nothing_to_do": key("there is nothing to do about that now"),
    "finished": key("the exercise is over"),
    "not_fit": key("the exercise would not take that: {field}: {what}"),
    "full": key("every seat of that role is taken"),
    "too_long": key("that is too long: at most {most} characters"),
}
"""One English line for each code."""


class Refused(Exception):  # noqa: N818 - it is no error: somebody else was faster
    """A decision that is not taken: `code` and what goes into its text; `str()` is one English line."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(TEXTS[code].format(**params))

    def __reduce__(self) -> tuple[Any, ...]:
        return _refused, (self.code, self.params)


def _refused(code: str, params: dict[str, Any]) -> Refused:
    return Refused(code, **params)


def typed_text(text: str) -> str:
    """What somebody typed, as it can be written and sent.

    Raises:
        Refused: nothing_to_do (an empty text), too_long.
    """
    if not text.strip():
        raise Refused("nothing_to_do")
    if len(text) > MOST_TEXT:
        raise Refused("too_long", most=MOST_TEXT)
    return whole(text)


@dataclass(frozen=True)
class Decision:
    """What a trainee decided, and what came of it. Cases and accounts by the numbers that people are shown."""

    number: int
    """Decisions are numbered from 1."""
    at: int
    """ms since the scenario's start"""
    seat: str
    role: str
    name: str
    """The trainee's, as it was then."""
    action: str
    case: int
    account: int
    """NONE for the case itself."""
    desk: str
    policy: str
    heads: int
    note: str
    opened: int
    """ms at which the task joined the desk that it was taken from; NONE for a decision that is not about a task."""
    task: str
    """The id of that task; empty for none."""
    outcome: str
    """`done`"""


class Wish(NamedTuple):
    """What a trainee asks for, as it was asked."""

    action: str
    case: int = NONE
    account: int = NONE
    desk: str = ""
    policy: str = ""
    heads: int = 0
    note: str = ""
    to: str = ""
    """Of a message: a role or a seat; empty: everybody."""
    reply: str = ""
    """Of a message: the id of the one that it answers; empty for none."""

    def as_line(self) -> dict[str, Any]:
        """As the journal has it: who is addressed stands there only where somebody is."""
        return {name: value for name, value in self._asdict().items() if value or name not in ("to", "reply")}


class Deed(NamedTuple):
    """What a wish comes to."""

    orders: Sequence[Order]
    """None of them given yet."""
    desk: str = ""
    task: Undecided | None = None
    """The open decision that it settles."""
    delay: int = 0
    """ms until the orders are carried out."""
    follow: bool = False
    """What is started has to be taken at the role's own desk, too."""


@dataclass(frozen=True)
class Table:
    """What lies before a role when it decides."""

    exercise: Exercise
    role: Role
    known: Known
    undecided: Sequence[Undecided]
    decisions: Sequence[Decision]
    field: frozenset[str]
    """Holders that only a field team can reach."""
    banks: frozenset[str]
    """Desks of holders."""
    now: int
    """ms since the scenario's start"""

    def deed(self, wish: Wish) -> Deed:
        """What a wish comes to.

        Raises:
            Refused: not_yours, unknown, taken, over, nothing_to_do or too_long.
        """
        if len(wish.note) > MOST_TEXT:
            raise Refused("too_long", most=MOST_TEXT)
        if wish.action not in self.role.may:
            raise Refused("not_yours")
        if wish.action == "message":
            if not wish.note.strip():
                raise Refused("nothing_to_do")
            return Deed(())
        if wish.action in ("call_in", "policy"):
            return self._at_desk(wish)
        case = next((one for one in self.known.cases if one.number == wish.case), None)
        if case is None:
            raise Refused("unknown")
        account = None
        if wish.account != NONE:
            mine = (one for one in self.known.accounts if one.case == case.case and one.number == wish.account)
            account = next(mine, None)
            if account is None:
                raise Refused("unknown")
        if wish.action == "take":
            return self._take(wish, case, account)
        if wish.action == "team":
            return self._team(wish, case, account)
        if account is None:
            raise Refused("unknown")
        of = {"stop": self._stop, "call_bank": self._call_bank, "write_off": self._write_off}
        return of[wish.action](wish, account)

    def _at_desk(self, wish: Wish) -> Deed:
        desk = wish.desk or next((one.name for one in self.known.desks if self.role.has(one.name)), "")
        if not any(one.name == desk for one in self.known.desks):
            raise Refused("unknown")
        if not self.role.has(desk):
            raise Refused("not_yours")
        if wish.action == "policy":
            if wish.policy not in NAMED_POLICIES:
                raise Refused("unknown")
            now = next(one.policy for one in self.known.desks if one.name == desk)
            if now == wish.policy:
                raise Refused("nothing_to_do")
            return Deed((ungiven("policy", desk=desk, policy=wish.policy),), desk)
        call_in = self.exercise.call_in
        assert call_in is not None  # a role that may call in staff has what that brings
        since = self.now - call_in.after - call_in.lasts
        for one in self.decisions:
            if one.action == "call_in" and one.desk == desk and one.at > since:
                raise Refused("taken", who=one.name, at=one.at)
        heads = min(max(wish.heads, 0) or call_in.heads, call_in.heads)
        order = ungiven("heads", desk=desk, heads=heads, lasts=call_in.lasts)
        return Deed((order,), desk, delay=call_in.after)

    def _take(self, wish: Wish, case: KnownCase, account: KnownAccount | None) -> Deed:
        if wish.desk and not self.role.has(wish.desk):
            raise Refused("not_yours")
        number = NONE if account is None else account.account
        open_ = self._open(case.case, number)
        mine = [one for one in open_ if self.role.has(one.desk) and wish.desk in ("", one.desk)]
        if mine:
            return Deed((_take(mine[0].desk, case.case, number),), mine[0].desk, mine[0])
        waits = (account is not None and account.task == "waiting" and account.desk) or wish.desk
        self._not_taken(wish, ("take", "stop", "call_bank", "team"), waits)
        if open_ or (waits and not self.role.has(waits)):
            raise Refused("not_yours")
        if not waits:
            raise Refused("nothing_to_do")
        return Deed((_take(waits, case.case, number),), waits)

    def _stop(self, wish: Wish, account: KnownAccount) -> Deed:
        if account.state in ("stopped", "frozen"):
            self._not_taken(wish, ("stop",))
            raise Refused("nothing_to_do")
        first = ungiven("prioritise", account.case, account.account, rank=-1)
        if not account.task:
            start = ungiven("start", account.case, account.account, route=self.exercise.routes.stop)
            return Deed((start, first), follow=True)
        task = self._task(account)
        self._not_taken(wish, ("stop", "take", "call_bank"), account.desk, task)
        if account.task not in ("undecided", "waiting"):
            raise Refused("over" if account.task == "working" else "nothing_to_do")
        if not self.role.has(account.desk):
            return Deed((first,), account.desk)
        return Deed((first, _take(account.desk, account.case, account.account)), account.desk, task)

    def _call_bank(self, wish: Wish, account: KnownAccount) -> Deed:
        task = self._task(account)
        self._not_taken(wish, ("call_bank", "take", "stop"), account.desk, task)
        if account.desk not in self.banks or account.task not in ("undecided", "waiting"):
            raise Refused("over" if account.desk in self.banks else "nothing_to_do")
        return Deed((_take(account.desk, account.case, account.account),), account.desk, task)

    def _write_off(self, wish: Wish, account: KnownAccount) -> Deed:
        self._not_taken(wish, ("write_off",))
        if account.task not in ("undecided", "waiting"):
            raise Refused("nothing_to_do")
        order = ungiven("write_off", account.case, account.account)
        return Deed((order,), account.desk, self._task(account))

    def _team(self, wish: Wish, case: KnownCase, account: KnownAccount | None) -> Deed:
        number = NONE if account is None else account.account
        waiting = [one for one in self._open(case.case, number) if self.role.has(one.desk)]
        if waiting:
            return Deed((_take(waiting[0].desk, case.case, number),), waiting[0].desk, waiting[0])
        self._not_taken(wish, ("team",))
        routes = self.exercise.routes
        if account is None:
            if case.safe:
                raise Refused("nothing_to_do")
            return Deed((ungiven("start", case.case, route=routes.visit),), follow=True)
        if account.bank not in self.field or account.task:
            raise Refused("nothing_to_do")
        return Deed((ungiven("start", case.case, number, route=routes.team),), follow=True)

    def _open(self, case: int, account: int) -> list[Undecided]:
        return [one for one in self.undecided if (one.case, one.account) == (case, account)]

    def _task(self, account: KnownAccount) -> Undecided | None:
        mine = (one for one in self._open(account.case, account.account) if one.desk == account.desk)
        return next(mine, None)

    def _not_taken(self, wish: Wish, actions: Sequence[str], desk: str = "", task: Undecided | None = None) -> None:
        """Refuse what somebody has decided before.

        Args:
            desk: only decisions about the work at this desk count; empty: all.
            task: only decisions since it opened count; None: all.
        """
        since = 0 if task is None else task.opened
        for one in reversed(self.decisions):
            if (one.case, one.account) == (wish.case, wish.account) and one.action in actions:
                if one.at < since or (desk and one.desk and one.desk != desk):
                    return
                raise Refused("taken", who=one.name, at=one.at)


def _take(desk: str, case: int, account: int) -> Order:
    return ungiven("take", case, account, desk=desk)
