"""A session's journal done once more, line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sim.exercise.acts import Refused
from sim.exercise.clock import Clock
from sim.exercise.course import Course
from sim.exercise.journal import Journal, JournalError, Line
from sim.exercise.models import Effect, Inject
from sim.exercise.records import Seat
from sim.words.phrases import phrase

OF_SESSION: Final = (
    "hold", "resume", "set_speed", "leave", "act", "skip_inject", "hold_inject", "judge", "finish",
)  # fmt: skip
"""Lines that are methods of a session under the same name."""
OF_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "end_change": ("conditions", "end"), "plan_inject": ("script", "plan"), "edit_inject": ("script", "edit"),
    "hear": ("talk", "hear"),
    "observe": ("evaluation", "observe"), "rate": ("evaluation", "rate"),
}  # fmt: skip
"""Lines that are methods of a part of a session: (part, method)."""


def replay(journal: Journal, clock: Clock, again: Callable[[Line], None]) -> None:
    """Do once more what each line says.

    Args:
        again: does what one line says.

    Raises:
        JournalError: a line that cannot be done, or that comes before what was done already.
    """
    for number, line in enumerate(journal.lines, 2):
        where = f"{journal.path or 'journal'}:{number}"
        try:
            if line["at"] < clock.now:
                raise JournalError(
                    phrase(
                        "{where}: read a line of {line} ms after one of {now} ms, accepted: times that never go"
                        " back; the file is damaged, or two programs have written to it",
                        where=where, line=line["at"], now=clock.now,
                    )
                )  # fmt: skip
            again(line)
        except Refused:
            pass  # as it was then: it is a line because the engine was asked
        except JournalError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise JournalError(
                phrase("{where}: read {read!r} ({error})", where=where, read=line.get("do"), error=error)
            ) from error


def again(session: Any, course: Course, line: Line) -> None:
    """Do once more what a line of the journal says.

    Args:
        session: a `Session`, which imports this file.
        course: of it.

    Raises:
        Refused: as it was then.
        ValueError, KeyError, TypeError: it is no line of a journal.
    """
    course.go(line["at"])
    rest = {name: value for name, value in line.items() if name not in ("at", "do")}
    match line["do"]:
        case "tick":
            pass
        case "join":
            session.join(Seat(**rest))
        case "inject":
            made = rest.pop("made")
            if made is None:
                session.inject(**rest)
            else:
                session.script.make_up(Inject.model_validate(made), rest["by"])
        case "change":
            session.change(Effect.model_validate(rest["effect"]), rest["by"])
        case do if do in OF_SESSION:
            getattr(session, do)(**rest)
        case do if do in OF_PARTS:
            part, name = OF_PARTS[do]
            getattr(getattr(session, part), name)(**rest)
        case what:
            raise ValueError(phrase("no line of a journal: {what}", what=what))
