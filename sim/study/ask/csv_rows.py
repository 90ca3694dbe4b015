"""Rows of a table in text (CSV): each with its line. A line that is no row of the table is named, not cut to fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from sim.words.phrases import phrase

MARKS: Final = ",;\t，"
"""What may stand between cells; where several would do, the first."""
_MOST_LINES: Final = 100
"""Lines over which a cell in quotes may go: beyond, its quote is one that was never closed."""
_QUOTED: Final = re.compile(r'"([^"]*(?:""[^"]*)*)"(?!")')


class Wrong(NamedTuple):
    """A line that cannot be read, and why (a phrase)."""

    line: int
    why: str


class Rows(NamedTuple):
    """Rows of one width."""

    text: str
    """A row on each line, cells in quotes where they must be; between them stands the mark."""
    numbers: list[int]
    """Of the line on which each begins, from 1."""
    wrong: list[Wrong]


def first_rows(lines: Sequence[str], mark: str, most: int) -> list[tuple[int, int, list[str]]]:
    """The first rows, whatever their widths: the place of the line of each, of the line after it, and its cells.

    Args:
        lines: of the file.
        mark: between cells.
        most: rows, empty ones with them.
    """
    found: list[tuple[int, int, list[str]]] = []
    at = 0
    while at < len(lines) and len(found) < most:
        cells, size = _cells(lines, at, mark, None)
        found.append((at, at + size, cells or []))
        at += size
    return found


def rows_of(lines: Sequence[str], start: int, mark: str, heads: Sequence[str]) -> Rows:
    """All rows below a head.

    A row has a cell for each head; empty ones may follow, or be missing where the head is empty, too. An empty line
    is no row. Nothing of a line is told but how many cells it has: what stands there may be a name.

    Args:
        lines: of the file.
        start: place of the first line below the head.
        mark: between cells.
        heads: of the columns.
    """
    width = len(heads)
    least = max((place for place, head in enumerate(heads, 1) if head.strip()), default=width)
    kept: list[str] = []
    numbers: list[int] = []
    wrong: list[Wrong] = []
    at, end = start, len(lines)
    while at < end:
        line = lines[at]
        at += 1
        if '"' not in line:  # nearly all
            if line.count(mark) + 1 == width and (width > 1 or line.strip()):
                kept.append(line)
                numbers.append(at)
                continue
            cells: list[str] | None = line.split(mark)
            size = 1
        else:
            cells, size = _cells(lines, at - 1, mark, width)
        if cells is None:
            wrong.append(Wrong(at, phrase("a quotation mark that is not closed")))
        elif not any(map(str.strip, cells)):
            pass
        elif least <= len(cells) and not any(map(str.strip, cells[width:])):
            kept.append(_written((cells + [""] * width)[:width], mark))
            numbers.append(at)
        else:
            wrong.append(Wrong(at, _of_another_width(len(cells), width, mark)))
        at += size - 1
    return Rows("\n".join(kept), numbers, wrong)


def _of_another_width(n: int, width: int, mark: str) -> str:
    if n == 1:
        return phrase("one cell, and the head has {width}", width=width)
    if n > width and mark == ",":
        return phrase("{n} cells, and the head has {width} (12,000.50 needs quotation marks)", n=n, width=width)
    return phrase("{n} cells, and the head has {width}", n=n, width=width)


def _cells(lines: Sequence[str], at: int, mark: str, width: int | None) -> tuple[list[str] | None, int]:
    """The cells of the row that begins on a line, and its lines; None where a quotation mark is not closed.

    A cell may go over several lines only if that makes a row of the width, and the lines are not rows themselves: one
    quotation mark too many would else swallow all rows down to the next.
    """
    text = lines[at]
    found = _split(text, mark)
    if found is not None:
        return found, 1
    for size, line in enumerate(lines[at + 1 : at + _MOST_LINES], 2):
        text += "\n" + line
        if '"' in line and (found := _split(text, mark)) is not None:
            if width is None:
                return found, size
            rows = all(one.count(mark) + 1 >= width for one in lines[at : at + size])
            return (None, 1) if rows or len(found) != width else (found, size)
    return None, 1


def _split(text: str, mark: str) -> list[str] | None:
    """The cells of a row; None where a quotation mark is not closed, over several lines also where more follows it."""
    cells: list[str] = []
    at = 0
    while True:
        quoted = _QUOTED.match(text, at) if text.startswith('"', at) else None
        if quoted is None and text.startswith('"', at):
            return None
        begin = quoted.end() if quoted else at
        stop = text.find(mark, begin)
        rest = text[begin:] if stop < 0 else text[begin:stop]
        if quoted and rest and "\n" in text:
            return None
        cells.append(quoted[1].replace('""', '"') + rest if quoted else rest)
        if stop < 0:
            return cells
        at = stop + len(mark)


def _written(cells: Sequence[str], mark: str) -> str:
    return mark.join(
        '"' + cell.replace('"', '""') + '"' if '"' in cell or "\n" in cell or mark in cell else cell for cell in cells
    )
