"""Which row of an events list has its heads: in a list made elsewhere they may be in any language, below a title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sim.exercise.event_heads import HEADS
from sim.exercise.event_words import heads_of, plain
from sim.words.letters import narrow

HIGHEST: Final = 10
"""Rows in which heads are looked for: a title may stand above them."""
LONGEST: Final = 60
"""Characters of a head; what is longer tells something."""
SURE: Final = 3
"""From so many known heads on a row is surely that of the heads: two may be cells that happen to be words of ours."""
_VALUE: Final = re.compile(r"(startex|t)?\s*[+-]?\s*\.?\d")
"""How a time or a number begins."""


def heads_in(rows: Sequence[Sequence[str]]) -> int:
    """The place of the row whose cells fit best as heads of the rows below it; -1 where there are no rows.

    A row of which most cells are known heads is it. Else it is the row that names most of the cells below it: a title
    names one column, and of two rows that name the same columns the upper one has more below it. A time, a number and
    a long text name nothing.
    """
    return max(range(min(HIGHEST, len(rows))), key=lambda place: (*_fit(rows, place), -place), default=-1)


def known_in(row: Sequence[str]) -> dict[str, int]:
    """By field of ours: the place of the cell of a row that is a head of it."""
    cells = [plain(one) for one in row]
    found: dict[str, int] = {}
    for name in HEADS:
        place = next((cells.index(one) for one in heads_of(name) if one in cells), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _fit(rows: Sequence[Sequence[str]], place: int) -> tuple[int, int]:
    """How many heads a row surely has, and how many more cells below it have a head than have none."""
    row = rows[place]
    known, said = len(known_in(row)), [one for one in row if one]
    sure = known >= SURE and 2 * known > len(said) and all(map(_names, said))
    below = [_names(head) for head, _ in _below(row, rows[place + 1 :])]
    return known if sure else 0, 2 * sum(below) - len(below)


def _below(row: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Each cell of some rows that says something, with what a row has in its column."""
    for one in rows:
        yield from ((head, cell) for head, cell in zip(row, one, strict=True) if cell)


def _names(cell: str) -> bool:
    """Whether a cell may be the name of a column."""
    return bool(cell) and len(cell) <= LONGEST and not _VALUE.match(narrow(cell).lower())
