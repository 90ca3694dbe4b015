"""What somebody does to a room on a page: it is done, or refused with the reason, and the page says which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sim.exercise.session import Refused
from sim.web import said
from sim.web.live import Notice
from sim.web.room import Room

R = TypeVar("R")

Do = Callable[..., bool]
"""(what is done, what is then said): does something to the session, and says on its page what became of it; whether it
was done."""


def done(room: Room, notice: Notice, do: Callable[[], R], words: str | Callable[[R], str] = "") -> bool:
    """Do something to the session of a room, and say what became of it; whether it was done.

    Args:
        notice: where it is said.
        words: what is said when it is done, or what makes that of what was done.
    """
    try:
        with room.deed():
            made = do()
    except (Refused, OSError) as error:
        notice.tell(said.refusal(error), bad=True)
        return False
    notice.tell(words if isinstance(words, str) else words(made))
    return True
