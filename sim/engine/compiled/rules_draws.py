"""Rules of what is drawn: computed where its law allows, else columns for all subjects at once, rare numbers singly."""

from __future__ import annotations

from sim.engine.compiled.rules_laws import time_of, uniform_of
from sim.engine.compiled.state import State, load_real, load_whole
from sim.workflow.log import NONE

WORK_TIME, PATIENCE, HAND_OVER, AT_MOST, CHANCE, CHECK, CALL_IN, BRIEFING = range(8)
"""What a draw is for. That of the second time that work is handed over is one more than BRIEFING, and so on."""
WHOLE = 16
"""Attempts (and times that work is handed over) whose draws rules may compute, or find made for all subjects at once;
later ones are rare."""
KINDS = BRIEFING + WHOLE
"""Of draws that have tables."""


def table_of(s: State, what: int, step: int, attempt: int) -> int:
    """The place of the law or the column of a draw among all of them; NONE where there is none for such draws."""
    if attempt > WHOLE or what == CALL_IN or what >= KINDS:
        return NONE
    return (what * s.n_steps + step) * WHOLE + attempt - 1


def first_place(s: State, mark: int, subject: int) -> int:
    """Where to look first for a draw made singly: by a hash of all its numbers that stays below 63 bits."""
    mixed = (
        int(subject) * 8191 + (mark >> 40) * 1000003 + ((mark >> 20) & 1048575) * 40503 + (mark & 1048575)
    ) & 2147483647
    return (mixed * 2654435761 >> 20) & (s.single_room - 1)


def single_of(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """The place of a draw made singly; NONE where it was not made yet."""
    mark = (what << 40) + (step << 20) + int(attempt)  # a column may be narrow
    place = first_place(s, mark, subject)
    while s.single_what[place] != NONE:
        if s.single_what[place] == mark and s.single_subject[place] == subject:
            return place
        place = (place + 1) & (s.single_room - 1)
    return NONE


def lacks(s: State, what: int, step: int, attempt: int, subject: int) -> bool:
    """Whether a draw was not made yet; then it is asked for."""
    table = table_of(s, what, step, attempt)
    if table >= 0:
        if s.tables[table] != 0:
            return False
        law = s.law_at[table]
        if law > 0 and (what in (CHANCE, CHECK) or time_of(s, law, subject) != NONE):
            return False
    if single_of(s, what, step, attempt, subject) >= 0:
        return False
    s.need_what, s.need_step, s.need_attempt, s.need_subject = what, step, attempt, subject
    return True


def drawn(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """A time that was drawn."""
    table = table_of(s, what, step, attempt)
    if table >= 0:
        if s.tables[table] != 0:
            return load_whole(s, table, subject)
        if s.law_at[table] > 0:
            ms = time_of(s, s.law_at[table], subject)
            if ms != NONE:
                return ms
    return s.single_whole[single_of(s, what, step, attempt, subject)]


def chance(s: State, what: int, step: int, attempt: int, subject: int) -> float:
    """A uniform number that was drawn."""
    table = table_of(s, what, step, attempt)
    if table >= 0:
        if s.tables[table] != 0:
            return load_real(s, table, subject)
        if s.law_at[table] > 0:
            return uniform_of(s, s.law_at[table], subject)
    return s.single_real[single_of(s, what, step, attempt, subject)]
