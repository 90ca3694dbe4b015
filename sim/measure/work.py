"""Work as one row for each person and spell: when it could begin, when it began and ended, and how.

Work that was handed over at the end of a shift has a row for each spell; the next can begin when the last was handed
over. A piece of work that nobody began has one row without a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import Ints
from sim.words.language import key
from sim.workflow.log import (
    BEGIN,
    CANCELLED,
    FINISH,
    HANDED_OVER,
    NONE,
    OUTCOME,
    QUEUED,
    RENEGED,
    Rows,
)

DONE, HANDED, CANCELLED_WORK, IN_HAND, GAVE_UP, TAKEN_OUT, DROPPED, STILL_WAITING = range(8)
ENDINGS: Final = (
    key("completed"), key("handed over at the end of a shift"), key("cancelled under way"), key("in hand at the end"),
    key("gave up"), key("taken out of the queue"), key("written off"), key("waiting at the end"),
)  # fmt: skip
"""How a spell ended, by its number: the first four are of work that began, the others of work that nobody began."""

_LEFT: Final = {RENEGED: GAVE_UP, CANCELLED: TAKEN_OUT, OUTCOME: DROPPED}


@dataclass(frozen=True)
class Work:
    """Spells in the order in which they could begin."""

    rows: Rows
    """The log row of each that tells what it is about (case, account, step, attempt, desk, person)."""
    enabled: Ints
    """ms since the start."""
    begun: Ints
    """ms; NONE where nobody began."""
    ended: Ints
    """ms; NONE where it had not ended by the end of the log."""
    ending: NDArray[np.int8]
    """Index into ENDINGS."""

    def __len__(self) -> int:
        return len(self.enabled)


def work_of(rows: Rows) -> Work:
    """Read the work of one run from its log."""
    kind = rows.kind
    left = np.isin(kind, tuple(_LEFT)) & ((kind != OUTCOME) | (rows.desk >= 0))  # most outcomes are of no queue
    told = np.flatnonzero(left | np.isin(kind, (QUEUED, BEGIN, FINISH, HANDED_OVER)))
    if not len(told):
        return Work(rows.at(told), told, told, told, told.astype(np.int8))
    told = told[np.argsort(rows.key[told], kind="stable")]  # by piece of work, in the order of the log
    place, begins = np.arange(len(told)), kind[told] == BEGIN
    piece = np.cumsum(np.append(True, rows.key[told][1:] != rows.key[told][:-1])) - 1
    joins = np.isin(kind[told], (QUEUED, HANDED_OVER))
    since = told[np.maximum.accumulate(np.where(joins, place, 0))]
    begun = told[begins]
    ended, ending = _ends(rows, begun, told, piece, begins)
    waits, out, fate = _not_begun(rows, told, piece, joins)
    about = np.concatenate([begun, waits])
    enabled = rows.time[np.concatenate([since[begins], waits])]
    order = np.lexsort((about, enabled))
    return Work(
        rows=rows.at(about[order]),
        enabled=enabled[order],
        begun=np.concatenate([rows.time[begun], np.full(len(waits), NONE)])[order],
        ended=np.concatenate([ended, out])[order],
        ending=np.concatenate([ending, fate]).astype(np.int8)[order],
    )


def _ends(rows: Rows, begun: Ints, told: Ints, piece: Ints, begins: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """By row of work begun: ms at which it ended (NONE: not yet), and how.

    Of a piece of work a person begins and finishes in turn. What ended it stands in the log right behind: that it was
    handed over or cancelled, else it was done.

    Args:
        told: log rows about work, piece by piece in the order of the log; `piece` and `begins` are of these.
    """
    finishes = rows.kind[told] == FINISH
    mine = np.flatnonzero(begins | finishes)
    row = told[mine]
    order = np.lexsort((row, rows.person[row], rows.desk[row], piece[mine]))
    mine, row = mine[order], row[order]
    after = np.append(row[1:], NONE)
    same = np.append(piece[mine][1:] == piece[mine][:-1], False)
    pair = same & (rows.kind[row] == BEGIN) & (rows.kind[after] == FINISH)
    pair &= (rows.person[row] == rows.person[after]) & (rows.desk[row] == rows.desk[after])
    finish = np.full(len(rows), NONE)
    finish[row[pair]] = after[pair]
    finish = finish[begun]
    cut = np.isin(rows.kind[told], (HANDED_OVER, CANCELLED))
    how = dict(zip(zip(rows.key[told[cut]].tolist(), rows.time[told[cut]].tolist(), strict=True),
                   rows.kind[told[cut]].tolist(), strict=True))  # fmt: skip
    names = {HANDED_OVER: HANDED, CANCELLED: CANCELLED_WORK}
    keys, times = rows.key[finish].tolist(), rows.time[finish].tolist()
    ending = [
        IN_HAND if at < 0 else names.get(how.get((one, time), NONE), DONE)
        for at, one, time in zip(finish.tolist(), keys, times, strict=True)
    ]
    return np.where(finish >= 0, rows.time[finish], NONE), np.array(ending, dtype=np.int64)


def _not_begun(rows: Rows, told: Ints, piece: Ints, joins: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """The log rows at which work was queued that nobody then began, ms at which it left the queue, and how."""
    after = np.append(told[1:], NONE)
    same = np.append(piece[1:] == piece[:-1], False)
    next_kind = np.where(same, rows.kind[after], NONE)
    mine = joins & (next_kind != BEGIN)
    ended = np.where(same, rows.time[after], NONE)
    fate = np.full(len(told), STILL_WAITING)
    for kind, name in _LEFT.items():
        fate[next_kind == kind] = name
    ended[fate == STILL_WAITING] = NONE
    return told[mine], ended[mine], fate[mine]
