"""A session's journal done once more, line by line."""

from __future__ import annotations

from collections.abc import Callable

from sim.exercise.acts import Refused
from sim.exercise.clock import Clock
from sim.exercise.journal import Journal, JournalError, Line
from sim.words.phrases import phrase


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
