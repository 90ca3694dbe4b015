"""Rules of what is drawn: columns for all subjects at once, and later attempts singly."""

from __future__ import annotations

from sim.response.compiled.state import State, load_real, load_whole
from sim.response.log import NONE

WORK_TIME, PATIENCE, HAND_OVER, AT_MOST, CHANCE, CHECK, BRIEFING, CALL_IN = range(8)
"""What a draw is for."""
WHOLE = 4
"""Attempts whose draws are made for all subjects at once; later ones are rare."""


def table_of(s: State, what: int, step: int, attempt: int) -> int:
    """The place of a column of draws among all tables."""
    return (what * s.n_steps + step) * WHOLE + attempt - 1


def single_of(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """The place of a draw made singly; NONE where it was not made yet."""
    mark = (what << 40) + (step << 20) + attempt
    place = (subject * 7919 + mark * 31 + (mark >> 20)) & (s.single_room - 1)
    while s.single_what[place] != NONE:
        if s.single_what[place] == mark and s.single_subject[place] == subject:
            return place
        place = (place + 1) & (s.single_room - 1)
    return NONE


def lacks(s: State, what: int, step: int, attempt: int, subject: int) -> bool:
    """Whether a draw was not made yet; then it is asked for."""
    if attempt <= WHOLE and what <= CHECK:
        if s.tables[table_of(s, what, step, attempt)] != 0:
            return False
    elif single_of(s, what, step, attempt, subject) >= 0:
        return False
    s.need_what, s.need_step, s.need_attempt, s.need_subject = what, step, attempt, subject
    return True


def drawn(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """A time that was drawn."""
    if attempt <= WHOLE and what <= CHECK:
        return load_whole(s, table_of(s, what, step, attempt), subject)
    return s.single_whole[single_of(s, what, step, attempt, subject)]


def chance(s: State, what: int, step: int, attempt: int, subject: int) -> float:
    """A uniform number that was drawn."""
    if attempt <= WHOLE:
        return load_real(s, table_of(s, what, step, attempt), subject)
    return s.single_real[single_of(s, what, step, attempt, subject)]
