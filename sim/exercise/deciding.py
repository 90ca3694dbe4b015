"""The decisions of a session: what a trainee asks for becomes orders, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sim.engine.orders import check, ungiven
from sim.engine.reference import Engine
from sim.exercise.acts import Decision, Deed, Refused, Table, Wish
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.course import Course
from sim.exercise.judging import attempt_of
from sim.exercise.models import Exercise, Role
from sim.exercise.orders import Orders
from sim.exercise.people import People
from sim.exercise.scene import Scenes
from sim.exercise.talk import EVERYBODY, Talk
from sim.exercise.view import Numbers
from sim.workflow.log import NONE, ORDER, Rows


@dataclass(frozen=True)
class Deciding:
    """How the people of a room decide."""

    exercise: Exercise
    engine: Engine
    clock: Clock
    book: Book
    orders: Orders
    people: People
    scenes: Scenes
    course: Course
    talk: Talk
    taken: list[Decision]
    """The decisions so far, which grow; scenes are made of them, too."""

    def act(self, seat_id: str, wish: Wish) -> Decision:
        """A trainee decides, as `Session.act` says."""
        deed = self.deed_of(seat_id, wish)
        seat = self.people.seats[seat_id]
        role = self.exercise.role(seat.role)
        task = "" if deed.task is None else Numbers.of(self.scenes.now().known).task(deed.task)
        number, scene = len(self.taken) + 1, self.scenes.now()
        mine = (wish, seat.role, deed.desk, self.clock.now, number, self.exercise, scene)
        address = self.talk.address(wish, seat.role, seat_id) if wish.action == "message" else EVERYBODY
        can = partial(self._could, seat_id)
        attempts = [attempt_of(one, *mine, can=can, told=address.role) for one in scene.injects]
        self.book.note("act", seat_id=seat_id, **wish.as_line())
        decision = Decision(
            number, self.clock.now, seat_id, seat.role, seat.name, wish.action, wish.case, wish.account, deed.desk,
            wish.policy, wish.heads, wish.note, NONE if deed.task is None else deed.task.opened, task, "done",
        )  # fmt: skip
        if not self._carry_out(deed, number, role):
            self.orders.in_vain(number)
            for one in self.taken:
                same = (one.action, one.case, one.account) == (wish.action, wish.case, wish.account)
                if same and one.opened == decision.opened:
                    raise Refused("taken", who=one.name, at=one.at)
            raise Refused("over" if deed.task is not None else "nothing_to_do")
        self.taken.append(decision)
        if address != EVERYBODY:
            self.talk.addresses[number] = address
        for status, attempt in zip(scene.injects, attempts, strict=True):
            if attempt is not None:
                status.attempts.append(attempt)
        return decision

    def deed_of(self, seat_id: str, wish: Wish) -> Deed:
        """What a wish comes to; nothing is done yet.

        Raises:
            Refused: it is not taken.
        """
        seat = self.people.seats.get(seat_id)
        if self.clock.closed:
            raise Refused("finished")
        if self.clock.held:
            raise Refused("held")
        if seat is None:
            raise Refused("unknown")
        scene = self.scenes.now()
        table = Table(
            self.exercise, self.exercise.role(seat.role), scene.known, scene.undecided, scene.decisions,
            scene.outside.field, scene.outside.banks, self.clock.now,
        )  # fmt: skip
        deed = table.deed(wish)
        if deed.orders and (self.engine.finished or not self._can(deed)):
            raise Refused("nothing_to_do")
        return deed

    def _could(self, seat_id: str, wish: Wish) -> bool:
        """Whether somebody could have had something else now."""
        try:
            self.deed_of(seat_id, wish)
        except Refused:
            return False
        return True

    def _can(self, deed: Deed) -> bool:
        """Whether the scenario has all that a deed names: some have no route on which victims are visited."""
        program, cases = self.engine.program, len(self.engine.plan.victims)
        try:
            for order in deed.orders:
                check(order, program, cases)
        except ValueError:
            return False
        return True

    def _carry_out(self, deed: Deed, number: int, role: Role) -> bool:
        """Give the orders of a deed and let their instant pass; False where none of them did anything."""
        if not deed.orders:
            return True
        for order in deed.orders:
            self.orders.give("seat", order, decision=number, delay=deed.delay)
        if deed.delay:
            return True
        before = len(self.engine.log)
        self.course.go(self.clock.now + 1)
        answers = _answers(self.engine.log.since(before))[-len(deed.orders) :]
        if deed.follow and answers[:1] == [1]:
            self._take_started(deed, number, role)
        return any(answers)

    def _take_started(self, deed: Deed, number: int, role: Role) -> None:
        """What a decision has started needs no second decision at the decider's own desk."""
        case, account = deed.orders[0].case, deed.orders[0].account
        for one in self.engine.undecided():
            if (one.case, one.account) == (case, account) and role.has(one.desk):
                self.orders.give("seat", ungiven("take", case, account, desk=one.desk), decision=number)


def _answers(rows: Rows) -> list[int]:
    return [int(value) for value in rows.at(rows.of(ORDER)).value]
