"""The table in a file that somebody brings, CSV or a workbook: its head, its rows, and which lines are no rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.encoding import decoded
from sim.scenario.errors import ScenarioError
from sim.study.ask.csv_rows import MARKS, Wrong, first_rows, rows_of
from sim.study.ask.sheet import Workbook
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase, text_of

if TYPE_CHECKING:
    import polars as pl

MOST_BYTES: Final = 1 << 30
MOST_ABOVE: Final = 20
"""Rows in which the head is looked for: a title may stand above it."""
_VALUE: Final = re.compile(r"\d{5,}|\d{4}\s*[-/.年]\s*\d|\d:\d\d")
"""What no head has, and a row of a case: a long number, a date, a time of day."""

Known = Callable[[Sequence[str]], int]
"""How many of some heads are known."""


@dataclass(frozen=True)
class Table:
    """All cells below a head, as text."""

    heads: tuple[str, ...]
    """On one line each; empty where a column has none."""
    frame: pl.DataFrame
    """A column for each head, in this order."""
    lines: NDArray[np.int64]
    """Of each row, its line in the file or the sheet."""
    wrong: tuple[Wrong, ...]
    """Lines that are no rows."""
    notes: tuple[str, ...]
    """What else is to be told of the file (phrases)."""

    @property
    def has_heads(self) -> bool:
        """Whether its first row says what columns hold, and is no row of a case, of which nothing may be shown."""
        return not any(_VALUE.search(one) for one in self.heads)


class _Place(NamedTuple):
    """Where a head may be: the number of its known heads, and where it stands."""

    known: int
    part: int
    """Sheet, or mark between cells."""
    line: int
    """From 0."""
    below: int
    """The line after it."""
    heads: tuple[str, ...]


def table_of(name: str, raw: bytes, known: Known) -> Table:
    """The table in a file.

    Its head is the row with most heads that are known among the first of each sheet, else the first row with
    something in it.

    Args:
        name: of the file; its end says whether it is a workbook.
        raw: its bytes.
        known: says how many of some heads are known.

    Raises:
        StudyError: there is none.
    """
    if name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        return _of_workbook(Workbook.of(name, raw, most=MOST_BYTES, or_csv=True), known)
    return _of_text(name, _text(name, raw, known), known)


def _best(places: Iterator[_Place]) -> _Place | None:
    """The first of those with most known heads."""
    return max(places, key=lambda one: one.known, default=None)


def _plain(cells: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(" ".join((one or "").replace("\ufeff", "").split()) for one in cells)


# -- workbooks --------------------------------------------------------------------------------------------


def _of_workbook(book: Workbook, known: Known) -> Table:
    sheets = [book.rows(number) for number in range(book.sheets)]
    best = _best(
        _Place(known(heads), number, line, line + 1, heads)
        for number, sheet in enumerate(sheets)
        for line, heads in enumerate(map(_plain, sheet.head(MOST_ABOVE).rows()))
        if any(heads)
    )
    if best is None:
        raise _no_rows(book.name)
    others = sum(sheet.height > 0 for sheet in sheets) - 1
    frame = book.complete(best.part, sheets[best.part])[best.below :]
    frame.columns = [str(place) for place in range(frame.width)]
    notes = []
    if best.part:
        notes.append(
            phrase("read from sheet {number}, its head in line {line}", number=best.part + 1, line=best.line + 1)
        )
    elif best.line:
        notes.append(phrase("the head is in line {line}, nothing above it was read", line=best.line + 1))
    if others == 1:
        notes.append(phrase("another sheet has something in it, which was not read"))
    elif others:
        notes.append(phrase("{n} other sheets have something in them, which was not read", n=others))
    if not book.is_packed:
        notes.append(
            phrase("in .xls a cell with an error cannot be told from an empty one; in .xlsx its line is named")
        )
    return Table(best.heads, frame, np.arange(frame.height) + best.below + 1, (), tuple(notes))


# -- text -------------------------------------------------------------------------------------------------


def _of_text(name: str, text: str, known: Known) -> Table:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    best = _head(lines, known)
    if best is None:
        raise _no_rows(name)
    mark = MARKS[best.part]
    if mark == "，":
        lines, mark = [one.replace("，", ",") for one in lines], ","
    rows = rows_of(lines, best.below, mark, best.heads)
    notes = []
    if any(map(str.strip, lines[: best.line])):
        notes.append(phrase("the head is in line {line}, nothing above it was read", line=best.line + 1))
    frame = _frame(name, rows.text, mark, len(best.heads))
    if frame.height != len(rows.numbers):
        raise _no_table(name)
    return Table(best.heads, frame, np.array(rows.numbers, dtype=np.int64), tuple(rows.wrong), tuple(notes))


def _head(lines: Sequence[str], known: Known) -> _Place | None:
    first = next((one for one in lines if one.strip()), "")
    return _best(
        _Place(known(_plain(cells)), MARKS.index(mark), line, below, _plain(cells))
        for mark in sorted(MARKS, key=first.count, reverse=True)
        for line, below, cells in first_rows(lines, mark, MOST_ABOVE)
        if any(map(str.strip, cells))
    )


def _frame(name: str, text: str, mark: str, width: int) -> pl.DataFrame:
    import polars as pl  # costs 0.1 s and 50 MB that most commands do without

    schema = {str(place): pl.String for place in range(width)}
    if not text:
        return pl.DataFrame(schema=schema)
    try:
        return pl.read_csv(io.BytesIO(text.encode()), separator=mark, has_header=False, schema=schema)
    except pl.exceptions.PolarsError:  # whose words show what stands in the file
        raise _no_table(name) from None


def _no_rows(name: str) -> StudyError:
    return StudyError(phrase("{file}: read no rows, accepted: a table with a head and a row for each case", file=name))


def _no_table(name: str) -> StudyError:
    return StudyError(phrase("{file}: it is no table, accepted: a table with a head, as CSV or xlsx", file=name))


def _text(name: str, raw: bytes, known: Known) -> str:
    """The text of a table: UTF-8, what begins with a mark, else GBK where a head is known."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
        above = text.split("\n", MOST_ABOVE)[:MOST_ABOVE]
        if any(known(_plain([cell.strip().strip('"') for cell in re.split(f"[{MARKS}]", line)])) for line in above):
            return text
    except UnicodeDecodeError:
        pass
    try:
        return decoded(raw, name)
    except ScenarioError as error:
        raise StudyError(text_of(error)) from None
