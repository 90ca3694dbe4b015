"""One exercise being played. Pure and synchronous; it knows no wall clock.

A session has a clock (`clock`), a book in which all that is done is written first (`book`, `journal`), people at seats
(`people`), a script of injects (`script`), conditions that change (`conditions`), what people tell each other (`talk`)
and what evaluators write (`evaluation`). What happens by itself is in `course`, what a trainee's wish comes to in
`deciding`, what each role sees in `scene` and `view`. Here is what can be asked of the whole; a session rebuilt from
its journal writes the same log of the engine, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sim.engine.reference import Engine
from sim.engine.run import Run, result_of
from sim.engine.sight import Known
from sim.exercise.acts import Decision, Deed, Refused, Wish
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.conditions import Conditions
from sim.exercise.course import Course
from sim.exercise.deciding import Deciding
from sim.exercise.editing import Editing
from sim.exercise.evaluation import Evaluation
from sim.exercise.header import header_of, loaded_of
from sim.exercise.injects import Status
from sim.exercise.journal import Journal, JournalError
from sim.exercise.load import Loaded
from sim.exercise.models import Effect
from sim.exercise.orders import Orders
from sim.exercise.people import People
from sim.exercise.records import Given, Happening, Seat, Steered, whole
from sim.exercise.replay import again, replay
from sim.exercise.scene import Outside, Scenes
from sim.exercise.script import Script
from sim.exercise.seen import View
from sim.exercise.talk import Talk
from sim.exercise.texts import Texts
from sim.exercise.truth import Truth, truth_of
from sim.exercise.view import Views
from sim.exercise.vocabulary import Channel
from sim.fraud.plan import Plan, draw_plan
from sim.workflow.log import NONE
from sim.workflow.program import Program, compile_routes

__all__ = ["Decision", "Given", "Happening", "JournalError", "Refused", "Seat", "Session"]


class Session:
    """An exercise from its opening to its end; made by `start`, `load` and `branch`."""

    def __init__(
        self, loaded: Loaded, journal: Journal, plan: Plan | None = None, program: Program | None = None
    ) -> None:
        """A room at its opening."""
        self.loaded = loaded
        self.exercise, self.scenario = loaded.exercise, loaded.scenario
        self.journal = journal
        plan = plan or draw_plan(self.scenario, self.exercise.seed, self.exercise.replication)
        self.engine = Engine(self.scenario, plan, program or compile_routes(self.scenario))
        desks = [desk.name for desk in self.engine.program.desks]
        self.decisions: list[Decision] = []
        self._clock = clock = Clock(self.exercise.speed)
        self._book = book = Book(journal, clock)
        self._orders = orders = Orders(self.engine, clock)
        self._people = people = People(self.exercise, desks, clock, book, orders)
        own = {desk.name: desk.policy for desk in self.engine.program.desks}
        self.conditions = conditions = Conditions(own, clock, book, orders)
        editing = Editing(self.exercise, self.scenario, desks)
        self.script = script = Script(self.exercise, clock, book, people, conditions, editing)
        self.talk = talk = Talk(self.exercise, clock, book, people, script.injects, self.decisions)
        self.evaluation = Evaluation(self.exercise, clock, book)
        outside = Outside.of(self.scenario, self.engine.program, self.exercise)
        self._scenes = scenes = Scenes(
            self.engine, outside, clock, book, self.decisions, script.injects, talk.addresses
        )  # fmt: skip
        self.views = Views(loaded, clock, book, people, scenes)
        self._course = course = Course(self.exercise, self.engine, clock, book, people, script, scenes)
        self._deciding = Deciding(
            self.exercise, self.engine, clock, book, orders, people, scenes, course, talk, self.decisions
        )  # fmt: skip
        self._played_on = False
        course.open()

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

    def branch(self, at: int, folder: Path | None = None) -> Session:
        """Another session, equal to this one up to `at` (ms): same victims, same luck, all that was done before then.

        Who sat down or left at that very moment has done so there, too.

        Args:
            folder: for its journal; None keeps it in memory only.

        Raises:
            OSError: the journal cannot be written.
        """
        at = min(max(at, self.exercise.starts), self.now)
        journal = Journal.create(folder, self.journal.header | {"branched_at": at}, self.journal.until(at))
        return Session._replayed(journal, self.engine.plan, self.engine.program)

    @classmethod
    def _replayed(cls, journal: Journal, plan: Plan | None = None, program: Program | None = None) -> Session:
        session = cls(loaded_of(journal), journal, plan, program)
        session._book.replaying = True
        replay(journal, session._clock, partial(again, session, session._course))
        session._book.replaying = False
        return session

    # -- what it is now ----------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """ms since the scenario's start, up to which everything has happened."""
        return self._clock.now

    @property
    def held(self) -> bool:
        """Whether the clock waits for `resume`."""
        return self._clock.held

    @property
    def speed(self) -> float:
        """Simulated seconds in a second."""
        return self._clock.speed

    @property
    def finished(self) -> bool:
        """Whether the room is closed."""
        return self._clock.closed

    @property
    def version(self) -> int:
        """Another number whenever what anybody sees may have changed, the clock apart."""
        return self._book.version

    @property
    def seats(self) -> dict[str, Seat]:
        """Who sits in the room now, by seat."""
        return self._people.seats

    @property
    def seated(self) -> list[str]:
        """The desks at which somebody has time to decide now."""
        return self._people.seated

    @property
    def injects(self) -> list[Status]:
        """All injects, those made up on the spot last."""
        return self.script.injects

    @property
    def decided(self) -> int:
        """How many decisions were taken by people; a message is none."""
        return sum(one.action != "message" for one in self.decisions)

    @property
    def given(self) -> list[Given]:
        """All orders, in the order in which they were given."""
        return self._orders.given

    @property
    def steered(self) -> list[Steered]:
        """What whoever leads did, and every change of conditions, in order."""
        return self._book.steered

    @property
    def known(self) -> Known:
        """What responders know now."""
        return self._scenes.now().known

    # -- the clock ---------------------------------------------------------------------------------------------

    def advance(self, until: int) -> list[Happening]:
        """Let the clock go on to `until` (ms), as `Course.advance`."""
        return self._course.advance(until)

    def step(self) -> list[Happening]:
        """Go on to the next second in which anything happens, as `Course.step`."""
        return self._course.step()

    def to_next(self, limit: int) -> list[Happening]:
        """Go on to the next decision or inject, as `Course.to_next`."""
        return self._course.to_next(limit)

    def hold(self, by: str) -> None:
        """Stop the clock: nobody decides meanwhile."""
        self._course.hold(by)

    def resume(self, by: str) -> None:
        """Let the clock go on."""
        self._course.resume(by)

    def set_speed(self, speed: float, by: str) -> None:
        """Simulated seconds in a second, as `Course.set_speed`."""
        self._course.set_speed(speed, by)

    def tick(self) -> None:
        """Note in the journal how far the clock is, as `Book.tick`."""
        self._book.tick()

    def stand_still(self) -> None:
        """Stop the clock where the program is at fault: nobody did it, so it is no line of the journal."""
        self._clock.held = True

    # -- people ------------------------------------------------------------------------------------------------

    def join(self, seat: Seat) -> None:
        """Somebody sits down, as `People.join`; what is told and still open was told to somebody there."""
        self._people.join(seat)
        self.script.joined(seat.role)

    def leave(self, seat_id: str) -> None:
        """Somebody leaves, as `People.leave`."""
        self._people.leave(seat_id)

    def act(
        self, seat_id: str, action: str, *, case: int = NONE, account: int = NONE, desk: str = "", policy: str = "",
        heads: int = 0, note: str = "", to: str = "", reply: str = "",
    ) -> Decision:  # fmt: skip
        """A trainee decides. Cases and accounts have the numbers of the view.

        take: the task of the case (account) that waits at `desk`, or at a desk of the role, is next there.
        stop: the account goes first at every desk; its route is started where it is on none.
        team: a field team to the account (cash on its way out) or, without an account, to the case's victim.
        call_bank: the bank where the account's task waits has it next.
        call_in: `heads` more (0: as many as the exercise says, which is also the most) at `desk`, after a while.
        policy: `desk` serves its queue by `policy` from now on.
        write_off: nobody follows the account any more.
        message: `note` to everybody, or `to` a role or a seat; it may be the reply to a message, by its id.

        Raises:
            Refused: it is not taken, and nothing has changed but that the engine may have been asked in vain.
            OSError: the journal cannot be written; nothing has changed.
        """
        return self._deciding.act(seat_id, Wish(action, case, account, desk, policy, heads, whole(note), to, reply))

    def deed_of(self, seat_id: str, wish: Wish) -> Deed:
        """What a wish comes to, as `Deciding.deed_of`; nothing is done yet."""
        return self._deciding.deed_of(seat_id, wish)

    # -- whoever leads -----------------------------------------------------------------------------------------

    def inject(
        self, id_or_text: str | Texts, by: str, *, to: Sequence[str] = (), channel: Channel = "message",
        effect: Effect | None = None,
    ) -> str:  # fmt: skip
        """Fire an inject of the exercise now, or one made up on the spot, as `Script.inject`; its id."""
        return self.script.inject(id_or_text, by, to=to, channel=channel, effect=effect)

    def skip_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired never does, as `Script.skip`."""
        self.script.skip(inject_id, by)

    def hold_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired does so only by hand, as `Script.hold`."""
        self.script.hold(inject_id, by)

    def judge(self, inject_id: str, met: bool, by: str) -> None:
        """Whether an answer is what was expected, as `Script.judge`; also when the room is over."""
        self.script.judge(inject_id, met, by)

    def change(self, effect: Effect, by: str) -> bool:
        """Change the conditions now, as `Conditions.change`."""
        return self.conditions.change(effect, by)

    # -- the end -----------------------------------------------------------------------------------------------

    def run(self) -> Run:
        """The run of the engine so far."""
        return result_of(self.engine)

    def finish(self, by: str) -> Run:
        """Close the room as `close`, and let the model play on to the end of the follow-up."""
        self.close(by)
        self.play_on()
        return self.run()

    def close(self, by: str) -> None:
        """Close the room: nobody can do anything more, and what is seen stays as it is.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self._played_on:
            self._book.note("finish", by=by)
            if not self.finished:
                self._course.close()
            self._scenes.keep_last()
            self._played_on = True

    def play_on(self) -> None:
        """Let the model play on to the end of the follow-up in a room that is closed."""
        if not self.engine.finished:
            self.engine.run()

    # -- what can be seen --------------------------------------------------------------------------------------

    def view(self, role: str, seat: str = "") -> View:
        """What a role, or one seat of it, knows now, as `Views.of`: plain JSON; to be read, not changed."""
        return self.views.of(role, seat)

    def truth(self) -> Truth:
        """What really is, for the facilitator alone, as plain JSON (see `truth_of`)."""
        return truth_of(self.run(), self.now, self.known)
