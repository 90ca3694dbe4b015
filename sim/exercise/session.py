"""One exercise being played: its clock, its decisions, its injects. Pure and synchronous; it knows no wall clock.

Everything that is done to a session is a line of its journal first; a session rebuilt from its journal writes the same
log of the engine, to the byte. What happens by itself (events of the engine, injects) happens at moments that do not
depend on how the clock is driven: the session stops at each of them on its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.exercise.acts import Decision, Deed, Refused, Table, Wish
from sim.exercise.header import header_of, loaded_of
from sim.exercise.injects import Status, answer_to, holds, order_of
from sim.exercise.journal import Journal, JournalError, Line
from sim.exercise.load import Loaded
from sim.exercise.models import ALWAYS, GRID, Channel, Effect, Exercise, Inject, Texts
from sim.exercise.truth import truth_of
from sim.exercise.view import Numbers, Scene, View, seen_by
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.response.engine import Engine
from sim.response.log import NONE, ORDER, OVERDUE, QUEUED, Rows
from sim.response.orders import Order
from sim.response.routes import Program, compile_routes
from sim.response.run import Run, result_of
from sim.response.seats import Undecided
from sim.response.sight import Known, sight
from sim.scenario.models import Scenario
from sim.scenario.units import SECOND

__all__ = ["Decision", "Given", "Happening", "JournalError", "Refused", "Seat", "Session"]


@dataclass(frozen=True)
class Seat:
    """Somebody in the room."""

    id: str
    role: str
    name: str


@dataclass(frozen=True)
class Happening:
    """Something that a room is told: of kind `opened`, `missed`, `inject` or `ended`."""

    at: int
    kind: str
    id: str = ""
    """Of an inject."""
    desk: str = ""
    """Of a decision that opened, or that nobody took in time."""


@dataclass(frozen=True)
class Given:
    """An order that the session gave to the engine, and whose it was."""

    order: Order
    by: str
    """`seat`, `conditions` (an inject or the facilitator) or `room` (who sits there)."""
    decision: int = 0
    """Number of the decision; 0 for none."""


class Session:
    """An exercise from its opening to its end."""

    def __init__(
        self, loaded: Loaded, journal: Journal, plan: Plan | None = None, program: Program | None = None
    ) -> None:
        """A session at its opening; use `start` and `load`."""
        self.loaded = loaded
        self.exercise: Exercise = loaded.exercise
        self.scenario: Scenario = loaded.scenario
        plan = plan or draw_plan(self.scenario, self.exercise.seed, self.exercise.replication)
        self.engine = Engine(self.scenario, plan, program or compile_routes(self.scenario))
        self.seats: dict[str, Seat] = {}
        """Who sits in the room now, by seat."""
        self.now = 0
        """ms since the scenario's start, up to which everything has happened."""
        self.held = False
        self.speed = self.exercise.speed
        """Simulated seconds in a second."""
        self.decisions: list[Decision] = []
        self.given: list[Given] = []
        """All orders, in the order in which they were given."""
        self.journal = journal
        self._replaying = False
        self._closed = False
        self._played_on = False
        self._names = [desk.name for desk in self.engine.program.desks]
        self._deadlines = [0] * len(self._names)
        """By desk: ms to decide; 0 where nobody sits."""
        self._order_number = 0
        self._read = 0
        """Rows of the log that were looked at."""
        self._told: list[Happening] = []
        """What the room was not told yet."""
        self.injects = [
            Status(one, None if one.at is None else self.exercise.starts + one.at) for one in self.exercise.injects
        ]
        self.version = 0
        """Another number whenever what anybody sees may have changed, the clock apart."""
        self._scene: tuple[int, int, Scene] | None = None
        """The scene of a version, until a moment (ms)."""
        self._views: dict[str, tuple[int, View]] = {}
        holders = [*self._names[len(self.scenario.desks) :]]
        self._banks = frozenset(holders)
        self._field = frozenset(holder.name for holder in self.scenario.holders if holder.field)
        self._field_desks = frozenset(_field_desks(self.scenario))
        self._go(self.exercise.starts)
        self._told.clear()
        self._fire_due()

    # -- beginning ---------------------------------------------------------------------------------------------

    @classmethod
    def start(
        cls, loaded: Loaded, folder: Path | None = None, *, seats: Sequence[Seat] = (), held: bool = False,
        plan: Plan | None = None, program: Program | None = None,
    ) -> Session:  # fmt: skip
        """Open the room: the model has played alone up to `starts`.

        Args:
            folder: for the journal; None keeps it in memory only.
            seats: who sits there from the opening on.
            held: whether the clock waits for `resume`.
            plan, program: drawn and compiled before from the same exercise, to share.

        Raises:
            Refused: a seat that cannot be had.
            OSError: the journal cannot be written.
        """
        session = cls(loaded, Journal.create(folder, header_of(loaded)), plan, program)
        if held:
            session.hold("")
        for seat in seats:
            session.join(seat)
        return session

    @classmethod
    def load(cls, folder: Path) -> Session:
        """A session rebuilt from its journal, to the last line that is whole.

        Raises:
            JournalError: there is no journal, or it is not one that this program can play again.
        """
        return cls._replayed(Journal.read(folder))

    @classmethod
    def _replayed(cls, journal: Journal, plan: Plan | None = None, program: Program | None = None) -> Session:
        session = cls(loaded_of(journal), journal, plan, program)
        session._replaying = True
        for number, line in enumerate(journal.lines, 2):
            try:
                session._again(line)
            except (KeyError, TypeError, ValueError) as error:
                raise JournalError(
                    f"{journal.path or 'journal'}:{number}: read {line.get('do')!r} ({error})"
                ) from error
        session._replaying = False
        return session

    def _again(self, line: Line) -> None:
        """Do once more what a line of the journal says."""
        self._go(line["at"])
        rest = {name: value for name, value in line.items() if name not in ("at", "do")}
        try:
            match line["do"]:
                case "tick":
                    pass
                case "join":
                    self.join(Seat(**rest))
                case "inject":
                    made = rest.pop("made")
                    if made is None:
                        self.inject(**rest)
                    else:
                        self._make_up(Inject.model_validate(made), rest["by"])
                case "change":
                    self.change(Effect.model_validate(rest["effect"]), rest["by"])
                case "hold" | "resume" | "set_speed" | "leave" | "act" | "skip_inject" | "hold_inject" | "finish":
                    getattr(self, line["do"])(**rest)
                case what:
                    raise ValueError(f"no line of a journal: {what}")
        except Refused:
            pass  # as it was then: it is a line because the engine was asked

    # -- the clock ---------------------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """Whether the room is closed."""
        return self._closed

    def advance(self, until: int) -> list[Happening]:
        """Let the clock go on to `until` (ms); nothing moves while held. Returns what the room was not told yet."""
        if not self.held:
            self._go(until)
        told, self._told = self._told, []
        return told

    def step(self) -> list[Happening]:
        """Go on, in whole seconds, to the next in which anything happens."""
        before, told = self.version, self.advance(self.now)
        while not (told or self.held or self._closed or self.version != before):
            told = self.advance(self._next_second())
        return told

    def to_next(self, limit: int) -> list[Happening]:
        """Go on, in whole seconds, to the next decision that opens or inject that fires, at most to `limit` (ms)."""
        told = self.advance(self.now)
        while not (self.held or self._closed or self.now >= limit or any(one.kind != "missed" for one in told)):
            told += self.advance(min(limit, self._next_second()))
        return told

    def _next_second(self) -> int:
        return (self.now // SECOND + 1) * SECOND

    def hold(self, by: str) -> None:
        """Stop the clock: nobody decides meanwhile."""
        self._note("hold", by=by)
        self.held = True

    def resume(self, by: str) -> None:
        """Let the clock go on."""
        self._note("resume", by=by)
        self.held = False

    def set_speed(self, speed: float, by: str) -> None:
        """Simulated seconds in a second.

        Raises:
            ValueError: not between 0.01 and 3,600.
        """
        if not 0.01 <= speed <= 3600:
            raise ValueError(f"read {speed:g}, accepted: 0.01 to 3600 simulated seconds in a second")
        self._note("set_speed", speed=speed, by=by)
        self.speed = speed

    def tick(self) -> None:
        """Note in the journal how far the clock is, so that a session rebuilt comes back to this moment.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self.journal.lines or self.journal.lines[-1]["at"] < self.now:
            self._note("tick")

    def _go(self, until: int) -> None:
        """Let everything happen up to a moment, and stop at each at which an inject may fire."""
        while self.now < until and not self._closed:
            self.now = self._next_stop(until)
            self.engine.advance(self.now)
            self._look()
            if self.now >= self.exercise.starts:
                self._fire_due()
            if self.now >= self.exercise.ends:
                self._close()

    def _next_stop(self, until: int) -> int:
        if self.now < self.exercise.starts:
            return min(until, self.exercise.starts)
        stop = min(until, self.exercise.ends)
        for status in self.injects:
            if status.state == "planned" and status.due is not None and self.now < status.due < stop:
                stop = status.due
        if any(status.waits_for for status in self.injects):
            stop = min(stop, (self.now // GRID + 1) * GRID)
        return stop

    def _look(self) -> None:
        """See what the engine has written down since the last time."""
        count = len(self.engine.log)
        if count == self._read:
            return
        rows = self.engine.log.since(self._read)
        self._read = count
        self.version += 1
        kind, desk = rows.kind, rows.desk
        seated = np.array([deadline > 0 for deadline in self._deadlines])
        told = ((kind == QUEUED) & seated[desk]) | (kind == OVERDUE)
        for row in np.flatnonzero(told).tolist():
            what = "opened" if kind[row] == QUEUED else "missed"
            self._told.append(Happening(int(rows.time[row]), what, desk=self._names[desk[row]]))

    def _fire_due(self) -> None:
        """Fire the injects whose moment or condition has come."""
        for status in self.injects:
            if status.state != "planned":
                continue
            due = status.due is not None and status.due <= self.now
            if not due and status.waits_for and self.now % GRID == 0:
                due = holds(status.waits_for, self.scene.known, self.scene.undecided, self.now)
            if due:
                self._fire(status, "")

    def _close(self) -> None:
        """The room is over: the model decides from now on."""
        for number, deadline in enumerate(self._deadlines):
            if deadline:
                self._set_deadline(number, 0)
        self._closed = True
        self.version += 1
        self._told.append(Happening(self.now, "ended"))

    # -- orders ------------------------------------------------------------------------------------------------

    def _order(self, by: str, *, decision: int = 0, delay: int = 0, **fields: Any) -> bool:
        """Give the engine an order for this moment; False where its run is over."""
        self._order_number += 1
        order = Order(self.now + delay, self._order_number, **fields)
        return self._give(order, by, decision)

    def _give(self, order: Order, by: str, decision: int = 0) -> bool:
        if self.engine.finished:
            return False
        self.engine.order(order)
        self.given.append(Given(order, by, decision))
        return True

    @property
    def seated(self) -> list[str]:
        """The desks at which somebody has time to decide now."""
        return [name for name, deadline in zip(self._names, self._deadlines, strict=True) if deadline]

    def _set_deadline(self, number: int, deadline: int) -> None:
        self._deadlines[number] = deadline
        self._order("room", action="deadline", desk=self._names[number], lasts=deadline)

    def _note(self, do: str, **fields: Any) -> None:
        """Write a line of the journal; only then is anything done."""
        if not self._replaying:
            self.journal.add({"at": self.now, "do": do, **fields})
        self.version += do != "tick"

    # -- people ------------------------------------------------------------------------------------------------

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
        self._note("join", **asdict(seat))
        self.seats[seat.id] = seat
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
        seat = self.seats.get(seat_id)
        if self._closed:
            raise Refused("finished")
        if self.held:
            raise Refused("held")
        if seat is None:
            raise Refused("unknown")
        wish = Wish(action, case, account, desk, policy, heads, note)
        table = Table(
            self.exercise, self.exercise.role(seat.role), self.scene.known, self.scene.undecided, self.decisions,
            self._field, self._banks, self.now,
        )  # fmt: skip
        deed = table.deed(wish)
        if deed.orders and self.engine.finished:
            raise Refused("nothing_to_do")
        task = "" if deed.task is None else Numbers.of(self.scene.known).task(deed.task)
        self._note("act", seat_id=seat_id, **wish._asdict())
        number = len(self.decisions) + 1
        decision = Decision(
            number, self.now, seat_id, seat.role, seat.name, action, case, account, deed.desk, policy, heads, note,
            NONE if deed.task is None else deed.task.opened, task, "done",
        )  # fmt: skip
        if not self._carry_out(deed, number):
            for one in self.decisions:
                if (one.action, one.case, one.account) == (action, case, account) and one.opened == decision.opened:
                    raise Refused("taken", who=one.name, at=one.at)
            raise Refused("over" if deed.task is not None else "nothing_to_do")
        self.decisions.append(decision)
        return decision

    def _carry_out(self, deed: Deed, number: int) -> bool:
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
            self._take_started(deed, number)
        return any(answers)

    def _take_started(self, deed: Deed, number: int) -> None:
        """What a decision has started needs no second decision at the decider's own desk."""
        subject = (deed.orders[0].get("case", NONE), deed.orders[0].get("account", NONE))
        for one in self.engine.undecided():
            if (one.case, one.account) == subject:
                self._order("seat", decision=number, action="take", desk=one.desk, case=one.case, account=one.account)

    @staticmethod
    def _answers(rows: Rows) -> list[int]:
        return [int(value) for value in rows.at(rows.of(ORDER)).value]

    # -- the facilitator ---------------------------------------------------------------------------------------

    def inject(
        self, id_or_text: str | Texts, by: str, *, to: Sequence[str] = (), channel: Channel = "message",
        effect: Effect | None = None,
    ) -> str:  # fmt: skip
        """Fire an inject of the exercise now, or one made up on the spot (any text that is no inject's id).

        Args:
            to: the roles told of a made-up one; none: all.
            effect: of a made-up one.

        Returns:
            Its id.

        Raises:
            Refused: nothing_to_do (fired or skipped already), finished.
            OSError: the journal cannot be written.
        """
        if self._closed:
            raise Refused("finished")
        status = next((one for one in self.injects if one.inject.id == id_or_text), None)
        if status is not None:
            if status.state not in ("planned", "held"):
                raise Refused("nothing_to_do")
            self._note("inject", id_or_text=id_or_text, by=by, made=None)
            self._fire(status, by)
            return status.inject.id
        made = Inject(
            id=f"made-up-{sum(one.inject.id.startswith('made-up-') for one in self.injects) + 1}", manual=True,
            to=list(to or self.exercise.roles), channel=channel, effect=effect,
            text=id_or_text if isinstance(id_or_text, Texts) else Texts(en=id_or_text, zh=id_or_text),
        )  # fmt: skip
        self._note("inject", by=by, made=made.model_dump(mode="json", exclude_none=True))
        self._make_up(made, by)
        return made.id

    def _make_up(self, inject: Inject, by: str) -> None:
        status = Status(inject, None)
        self.injects.append(status)
        self._fire(status, by)

    def _fire(self, status: Status, by: str) -> None:
        status.state, status.fired_at, status.by = "fired", self.now, by
        self.version += 1
        self._told.append(Happening(self.now, "inject", id=status.inject.id))
        if status.inject.effect is not None:
            self._apply(status.inject.effect)

    def _apply(self, effect: Effect) -> bool:
        self._order_number += 1
        return self._give(order_of(effect, self.now, self._order_number), "conditions")

    def skip_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired never does.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._settle(inject_id, "skip_inject", by).state = "skipped"

    def hold_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired does so only by hand.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._settle(inject_id, "hold_inject", by).state = "held"

    def _settle(self, inject_id: str, do: str, by: str) -> Status:
        status = next((one for one in self.injects if one.inject.id == inject_id), None)
        if status is None:
            raise Refused("unknown")
        if status.state not in ("planned", "held"):
            raise Refused("nothing_to_do")
        self._note(do, inject_id=inject_id, by=by)
        return status

    def change(self, effect: Effect, by: str) -> bool:
        """Change the conditions now; False where the run is over. Victims and their luck stay as they are.

        Raises:
            Refused: unknown (no such desk or bank), finished.
            OSError: the journal cannot be written.
        """
        if self._closed:
            raise Refused("finished")
        if effect.desk not in self._names:
            raise Refused("unknown")
        self._note("change", effect=effect.model_dump(mode="json", exclude_none=True), by=by)
        return self._apply(effect)

    # -- what can be seen --------------------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        """All that views of this moment are made of; made anew only when something has changed."""
        if self._scene is None or self._scene[0] != self.version or self.now >= self._scene[1]:
            if self._scene is not None and self._scene[0] == self.version:
                self.version += 1
            undecided: list[Undecided] = [] if self._closed else self.engine.undecided()
            # A deadline passes without a word in the log where nobody is free: then the scene is another.
            until = min((one.deadline + 1 for one in undecided), default=NEVER)
            known = self._scene[2].known if self._played_on and self._scene else sight(self.engine)
            scene = Scene(
                known, undecided, self.decisions, self.injects, self._banks, self._field, self._field_desks
            )  # fmt: skip
            self._scene = (self.version, until, scene)
        return self._scene[2]

    @property
    def known(self) -> Known:
        """What responders know now."""
        return self.scene.known

    def view(self, role: str) -> View:
        """What a role knows now, as plain JSON; to be read, not changed.

        Raises:
            KeyError: there is no such role.
        """
        scene = self.scene
        if role not in self._views or self._views[role][0] != self.version:
            seen = {"role": role, **seen_by(role, self.exercise.role(role), scene)}
            if role == "facilitator":
                seen["injects"] = [self._inject_view(status) for status in self.injects]
                seen["seats"] = [asdict(seat) for seat in self.seats.values()]
            self._views[role] = (self.version, seen)
        clock = self.scenario.when(self.now).isoformat(timespec="seconds")
        state = {"now": self.now, "clock": clock, "held": self.held, "speed": self.speed, "finished": self._closed}
        return self._views[role][1] | state

    def _inject_view(self, status: Status) -> View:
        inject, answer = status.inject, answer_to(status, self.decisions)
        fired = status.state == "fired"
        return {
            "id": inject.id, "state": status.state, "due": status.due, "manual": inject.manual,
            "when": None if inject.when is None else inject.when.model_dump(mode="json", exclude_none=True),
            "fired_at": status.fired_at if fired else None, "to": list(inject.to), "channel": inject.channel,
            "text": inject.text.model_dump(), "note": None if inject.note is None else inject.note.model_dump(),
            "expect": None if inject.expect is None else inject.expect.model_dump(exclude_none=True),
            "deadline": status.deadline if fired else None,
            "done_at": None if answer is None else answer.at, "done_by": None if answer is None else answer.name,
        }  # fmt: skip

    def truth(self) -> dict[str, Any]:
        """What really is, for the facilitator alone, as plain JSON (see `truth_of`)."""
        return truth_of(self.run(), self.now, self.known)

    def run(self) -> Run:
        """The run of the engine so far."""
        return result_of(self.engine)

    def finish(self, by: str) -> Run:
        """Close the room, and let the model play on to the end of the follow-up.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self._played_on:
            self._note("finish", by=by)
            if not self._closed:
                self._close()
            self.scene  # noqa: B018 - the last moment of the room stays what is seen
            self._played_on = True
            self.engine.run()
        return self.run()

    def branch(self, at: int, folder: Path | None = None) -> Session:
        """Another session, equal to this one up to `at` (ms): same victims, same luck, all that was done before then.

        Who sat down at that very moment sits there, too.

        Args:
            folder: for its journal; None keeps it in memory only.

        Raises:
            OSError: the journal cannot be written.
        """
        at = min(max(at, self.exercise.starts), self.now)
        lines = [line for line in self.journal.lines if line["at"] < at or (line["at"] == at and line["do"] == "join")]
        lines.append({"at": at, "do": "tick"})
        header = self.journal.header | {"branched_at": at}
        journal = Journal.create(folder, header, lines)
        return Session._replayed(journal, self.engine.plan, self.engine.program)


def _field_desks(scenario: Scenario) -> set[str]:
    """Desks whose people go out: those of work with a way to go."""
    steps = (step for route in scenario.routes.values() for step in route.steps.values())
    return {name for step in steps if step.work and step.work.travel and step.work.team for name in step.work.team}
