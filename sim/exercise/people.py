"""The people of a session: they sit down, leave and decide."""

from __future__ import annotations

from dataclasses import asdict, replace

from sim.exercise.acts import Decision, Deed, Refused, Table, Wish
from sim.exercise.clock import Clock
from sim.exercise.models import ALWAYS, Role
from sim.exercise.records import Seat, whole
from sim.exercise.view import Numbers
from sim.response.log import NONE, ORDER, Rows
from sim.response.orders import Order, check


class People(Clock):
    """A room whose seats can be taken, and whose people decide."""

    def join(self, seat: Seat) -> None:
        """Somebody sits down; a role that nobody had decides from now on. A seat that is there gets the new name.

        Raises:
            Refused: unknown (no such role), full, finished.
            OSError: the journal cannot be written.
        """
        there = self.seats.get(seat.id)
        if self._closed:
            raise Refused("finished")
        if seat.role not in (*self.exercise.roles, *ALWAYS) or (there is not None and there.role != seat.role):
            raise Refused("unknown")
        if there is None and self._count(seat.role) >= self.exercise.role(seat.role).seats:
            raise Refused("full")
        seat = replace(seat, name=whole(seat.name))
        self._note("join", **asdict(seat))
        self.seats[seat.id] = seat
        for status in self.injects:
            status.seen_by([seat.role], self.now)
        self._seat_desks()

    def leave(self, seat_id: str) -> None:
        """Somebody leaves; the model plays a role that nobody has.

        Raises:
            Refused: unknown.
            OSError: the journal cannot be written.
        """
        if seat_id not in self.seats:
            raise Refused("unknown")
        self._note("leave", seat_id=seat_id)
        del self.seats[seat_id]
        if not self._closed:
            self._seat_desks()

    def _count(self, role: str) -> int:
        return sum(seat.role == role for seat in self.seats.values())

    def _seat_desks(self) -> None:
        """Give each desk the longest deadline of the roles that decide for it and are there."""
        there = [self.exercise.role(name) for name in {seat.role for seat in self.seats.values()}]
        for number, desk in enumerate(self._names):
            deadline = max((role.deadline for role in there if role.has(desk)), default=0)
            if deadline != self._deadlines[number]:
                self._set_deadline(number, deadline)

    def act(
        self, seat_id: str, action: str, *, case: int = NONE, account: int = NONE, desk: str = "", policy: str = "",
        heads: int = 0, note: str = "",
    ) -> Decision:  # fmt: skip
        """A trainee decides. Cases and accounts have the numbers of the view.

        take: the task of the case (account) that waits at `desk`, or at a desk of the role, is next there.
        stop: the account goes first at every desk; its route is started where it is on none.
        team: a field team to the account (cash on its way out) or, without an account, to the case's victim.
        call_bank: the bank where the account's task waits has it next.
        call_in: `heads` more (0: as many as the exercise says, which is also the most) at `desk`, after a while.
        policy: `desk` serves its queue by `policy` from now on.
        write_off: nobody follows the account any more.
        message: `note` to everybody.

        Raises:
            Refused: it is not taken, and nothing has changed but that the engine may have been asked in vain.
            OSError: the journal cannot be written; nothing has changed.
        """
        wish = Wish(action, case, account, desk, policy, heads, whole(note))
        deed = self.deed_of(seat_id, wish)
        seat = self.seats[seat_id]
        role = self.exercise.role(seat.role)
        task = "" if deed.task is None else Numbers.of(self.scene.known).task(deed.task)
        self._note("act", seat_id=seat_id, **wish._asdict())
        number = len(self.decisions) + 1
        decision = Decision(
            number, self.now, seat_id, seat.role, seat.name, action, case, account, deed.desk, policy, heads, wish.note,
            NONE if deed.task is None else deed.task.opened, task, "done",
        )  # fmt: skip
        if not self._carry_out(deed, number, role):
            self._in_vain(number)
            for one in self.decisions:
                if (one.action, one.case, one.account) == (action, case, account) and one.opened == decision.opened:
                    raise Refused("taken", who=one.name, at=one.at)
            raise Refused("over" if deed.task is not None else "nothing_to_do")
        self.decisions.append(decision)
        return decision

    def deed_of(self, seat_id: str, wish: Wish) -> Deed:
        """What a wish comes to; nothing is done yet.

        Raises:
            Refused: it is not taken.
        """
        seat = self.seats.get(seat_id)
        if self._closed:
            raise Refused("finished")
        if self.held:
            raise Refused("held")
        if seat is None:
            raise Refused("unknown")
        table = Table(
            self.exercise, self.exercise.role(seat.role), self.scene.known, self.scene.undecided, self.decisions,
            self._field, self._banks, self.now,
        )  # fmt: skip
        deed = table.deed(wish)
        if deed.orders and (self.engine.finished or not self._can(deed)):
            raise Refused("nothing_to_do")
        return deed

    def _can(self, deed: Deed) -> bool:
        """Whether the scenario has all that a deed names: some have no route on which victims are visited."""
        program, cases = self.engine.program, len(self.engine.plan.victims)
        try:
            for order in deed.orders:
                check(Order(self.now, 0, **order), program, cases)
        except ValueError:
            return False
        return True

    def _carry_out(self, deed: Deed, number: int, role: Role) -> bool:
        """Give the orders of a deed and let their instant pass; False where none of them did anything."""
        if not deed.orders:
            return True
        for order in deed.orders:
            self._order("seat", decision=number, delay=deed.delay, **order)
        if deed.delay:
            return True
        before = len(self.engine.log)
        self._go(self.now + 1)
        answers = self._answers(self.engine.log.since(before))[-len(deed.orders) :]
        if deed.follow and answers[:1] == [1]:
            self._take_started(deed, number, role)
        return any(answers)

    def _take_started(self, deed: Deed, number: int, role: Role) -> None:
        """What a decision has started needs no second decision at the decider's own desk."""
        subject = (deed.orders[0].get("case", NONE), deed.orders[0].get("account", NONE))
        for one in self.engine.undecided():
            if (one.case, one.account) == subject and role.has(one.desk):
                self._order("seat", decision=number, action="take", desk=one.desk, case=one.case, account=one.account)

    def _in_vain(self, number: int) -> None:
        """Nothing came of the orders of what would have been a decision: they are no decision's."""
        self.given = [replace(one, decision=0) if one.decision == number else one for one in self.given]

    @staticmethod
    def _answers(rows: Rows) -> list[int]:
        return [int(value) for value in rows.at(rows.of(ORDER)).value]
