"""One exercise being played: its clock, its decisions, its injects. Pure and synchronous; it knows no wall clock.

Everything that is done to a session is a line of its journal first; a session rebuilt from its journal writes the same
log of the engine, to the byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.exercise.load import Loaded
from sim.exercise.models import Effect, Exercise, Texts
from sim.response.engine import Engine
from sim.response.log import NONE
from sim.response.run import Run
from sim.scenario.models import Scenario


@dataclass(frozen=True)
class Seat:
    """Somebody in the room."""

    id: str
    role: str
    name: str


@dataclass(frozen=True)
class Decision:
    """What a trainee decided, and what came of it at that moment."""

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
    """The id of that task; "" for none."""
    outcome: str
    """done, or nothing where it changed nothing."""


@dataclass(frozen=True)
class Happening:
    """Something that a room is told: of kind inject, opened, missed, decided, joined, left, changed or ended."""

    at: int
    kind: str
    id: str
    """Of the inject, the task, the seat."""
    case: int = NONE
    account: int = NONE
    desk: str = ""


class Refused(Exception):
    """A decision that is not taken: `code` and what goes into its text; `str()` is one English line."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(TEXTS[code].format(**params))


TEXTS = {
    "taken": "{who} has decided that already",
    "held": "the exercise is on hold",
    "not_yours": "your role may not do that",
    "unknown": "nobody here knows of that",
    "over": "the time for that is over: the desk has it in hand",
    "nothing_to_do": "there is nothing to do about that now",
    "finished": "the exercise is over",
    "full": "every seat of {role} is taken",
}
"""One English line for each code."""


class Session:
    """An exercise from its opening to its end."""

    exercise: Exercise
    scenario: Scenario
    engine: Engine
    seats: dict[str, Seat]
    """Who sits in the room now, by seat."""
    now: int
    """ms since the scenario's start, up to which everything has happened."""
    held: bool
    speed: float
    """Simulated seconds in a second."""
    decisions: list[Decision]

    @classmethod
    def start(
        cls, loaded: Loaded, folder: Path | None = None, *, seats: Sequence[Seat] = (), held: bool = False
    ) -> Session:
        """Open the room: the model has played alone up to `starts`.

        Args:
            folder: for the journal; None keeps it in memory only.
            seats: who sits there from the opening on.
            held: whether the clock waits for `resume`.

        Raises:
            Refused: a seat that cannot be had.
            OSError: the journal cannot be written.
        """
        raise NotImplementedError

    @classmethod
    def load(cls, folder: Path) -> Session:
        """A session rebuilt from its journal, to the last line that is whole.

        Raises:
            JournalError: there is no journal, or it is not one of this program's.
        """
        raise NotImplementedError

    @property
    def finished(self) -> bool:
        """Whether the room is closed."""
        raise NotImplementedError

    # -- the clock -----------------------------------------------------------------------------------------

    def advance(self, until: int) -> list[Happening]:
        """Let the clock go on to `until` (ms); nothing moves while held. Returns what the room is told."""
        raise NotImplementedError

    def step(self) -> list[Happening]:
        """Go on to the next moment at which anything happens."""
        raise NotImplementedError

    def to_next(self, limit: int) -> list[Happening]:
        """Go on to the next decision that opens or inject that fires, at most to `limit` (ms)."""
        raise NotImplementedError

    def hold(self, by: str) -> None:
        """Stop the clock: nobody decides meanwhile."""
        raise NotImplementedError

    def resume(self, by: str) -> None:
        """Let the clock go on."""
        raise NotImplementedError

    def set_speed(self, speed: float, by: str) -> None:
        """Simulated seconds in a second."""
        raise NotImplementedError

    def tick(self) -> None:
        """Note in the journal how far the clock is, so that a session rebuilt comes back to this moment."""
        raise NotImplementedError

    # -- people --------------------------------------------------------------------------------------------

    def join(self, seat: Seat) -> None:
        """Somebody sits down; a role that nobody had decides from now on. A seat that is there gets the new name.

        Raises:
            Refused: unknown (no such role), full, finished.
        """
        raise NotImplementedError

    def leave(self, seat_id: str) -> None:
        """Somebody leaves; the model plays a role that nobody has."""
        raise NotImplementedError

    def act(
        self, seat_id: str, action: str, *, case: int = NONE, account: int = NONE, desk: str = "", policy: str = "",
        heads: int = 0, note: str = "",
    ) -> Decision:  # fmt: skip
        """A trainee decides.

        take: the task of the case (account) that waits at `desk`, or at a desk of the role, is next there.
        stop: the account goes first at every desk; its route is started where it is on none.
        team: a field team to the account (cash on its way out) or, without an account, to the case's victim.
        call_bank: the bank where the account's task waits has it next.
        call_in: `heads` more (0: as the exercise says) at `desk`, who come after a while.
        policy: `desk` serves its queue by `policy` from now on.
        write_off: nobody follows the account any more.
        message: `note` to everybody.

        Raises:
            Refused: it is not taken; nothing has changed.
        """
        raise NotImplementedError

    # -- the facilitator -----------------------------------------------------------------------------------

    def inject(
        self, id_or_text: str | Texts, by: str, *, to: Sequence[str] = (), channel: str = "message",
        effect: Effect | None = None,
    ) -> str:  # fmt: skip
        """Fire an inject of the exercise now, or one made up on the spot (a Texts, or a text for both languages).

        Args:
            to: the roles told of a made-up one; none: all.

        Returns:
            Its id.

        Raises:
            Refused: nothing_to_do (fired or skipped already), finished.
        """
        raise NotImplementedError

    def skip_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired never does."""
        raise NotImplementedError

    def hold_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired does so only by hand."""
        raise NotImplementedError

    def change(self, effect: Effect, by: str) -> bool:
        """Change the conditions now; False where the run is over. Victims and their luck stay as they are."""
        raise NotImplementedError

    # -- what can be seen ----------------------------------------------------------------------------------

    def view(self, role: str) -> dict[str, Any]:
        """What a role knows now, as plain JSON.

        Raises:
            KeyError: there is no such role.
        """
        raise NotImplementedError

    def truth(self) -> dict[str, Any]:
        """What really is, for the facilitator alone, as plain JSON."""
        raise NotImplementedError

    def run(self) -> Run:
        """The run of the engine so far."""
        raise NotImplementedError

    def finish(self, by: str) -> Run:
        """Close the room, and let the model play on to the end of the follow-up."""
        raise NotImplementedError

    def branch(self, at: int, folder: Path | None = None) -> Session:
        """Another session, equal to this one up to `at` (ms): same victims, same luck, all that was done before then."""
        raise NotImplementedError
