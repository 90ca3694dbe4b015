"""One exercise being played: its clock, its decisions, its injects. Pure and synchronous; it knows no wall clock.

Everything that is done to a session is a line of its journal first; a session rebuilt from its journal writes the same
log of the engine, to the byte. In layers: the clock (`clock`), the people who sit there and decide (`people`), who
leads it (`facilitator`), and here its beginning, its replay, its branches, and what can be seen of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.exercise.acts import Decision, Refused
from sim.exercise.facilitator import Led
from sim.exercise.header import header_of, loaded_of
from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.journal import Journal, JournalError, Line
from sim.exercise.load import Loaded
from sim.exercise.models import Effect, Inject
from sim.exercise.records import Given, Happening, Seat
from sim.exercise.truth import truth_of
from sim.exercise.view import View, seen_by
from sim.fraud.plan import Plan
from sim.response.routes import Program
from sim.response.run import Run, result_of
from sim.words.phrases import phrase

__all__ = ["Decision", "Given", "Happening", "JournalError", "Refused", "Seat", "Session"]


class Session(Led):
    """An exercise from its opening to its end; made by `start`, `load` and `branch`."""

    # -- beginning and replay ----------------------------------------------------------------------------------

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
        people = ("join", "leave")
        lines = [line for line in self.journal.lines if line["at"] < at or (line["at"] == at and line["do"] in people)]
        lines.append({"at": at, "do": "tick"})
        header = self.journal.header | {"branched_at": at}
        journal = Journal.create(folder, header, lines)
        return Session._replayed(journal, self.engine.plan, self.engine.program)

    @classmethod
    def _replayed(cls, journal: Journal, plan: Plan | None = None, program: Program | None = None) -> Session:
        session = cls(loaded_of(journal), journal, plan, program)
        session._replaying = True
        for number, line in enumerate(journal.lines, 2):
            where = f"{journal.path or 'journal'}:{number}"
            try:
                if line["at"] < session.now:
                    raise JournalError(
                        phrase(
                            "{where}: read a line of {line} ms after one of {now} ms, accepted: times that never go"
                            " back; the file is damaged, or two programs have written to it",
                            where=where, line=line["at"], now=session.now,
                        )
                    )  # fmt: skip
                session._again(line)
            except JournalError:
                raise
            except (KeyError, TypeError, ValueError) as error:
                raise JournalError(
                    phrase("{where}: read {read!r} ({error})", where=where, read=line.get("do"), error=error)
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
                    raise ValueError(phrase("no line of a journal: {what}", what=what))
        except Refused:
            pass  # as it was then: it is a line because the engine was asked

    # -- the end -----------------------------------------------------------------------------------------------

    def run(self) -> Run:
        """The run of the engine so far."""
        return result_of(self.engine)

    def finish(self, by: str) -> Run:
        """Close the room, and let the model play on to the end of the follow-up.

        Raises:
            OSError: the journal cannot be written.
        """
        self.close(by)
        self.play_on()
        return self.run()

    def close(self, by: str) -> None:
        """Close the room: nobody can do anything more, and what is seen stays as it is.

        Raises:
            OSError: the journal cannot be written.
        """
        if not self._played_on:
            self._note("finish", by=by)
            if not self._closed:
                self._close()
            self.scene  # noqa: B018 - the last moment of the room stays what is seen
            self._played_on = True

    def play_on(self) -> None:
        """Let the model play on to the end of the follow-up in a room that is closed."""
        if not self.engine.finished:
            self.engine.run()

    # -- what can be seen --------------------------------------------------------------------------------------

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
            "done_late": answer is not None and not in_time(status, answer),
        }  # fmt: skip

    def truth(self) -> dict[str, Any]:
        """What really is, for the facilitator alone, as plain JSON (see `truth_of`)."""
        return truth_of(self.run(), self.now, self.known)
