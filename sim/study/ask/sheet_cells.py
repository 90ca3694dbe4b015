"""Cells of a workbook that its reader takes for empty though something stands there: errors, formulas, lost values.

Written from the format of such files (ECMA-376, part 1, 18.3.1.4: `c` with its type, `f`, `v` and `is`).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

NO_VALUE: Final = "=?"
"""Stands where a formula's value is not kept in the file."""
LOST: Final = "#?"
"""Stands where a value cannot be read."""
ERROR: Final = r"^(?:#(?:[A-Z0-9/_]+[!?]?|\?)|=\?)$"
"""What a cell with an error holds, here and in what was saved as text: #N/A, #VALUE!, #NAME? ..."""
_PIECE: Final = 1 << 20
_SUSPECT: Final = (b'="e"', b"='e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
"""How an error or a formula is written."""
_LONGEST: Final = 1 << 16
_SAMPLE: Final = 10_000


def completed(frame: pl.DataFrame, raw: bytes, sheet: str) -> pl.DataFrame:
    """A sheet with a text in each cell that its reader left empty though something stands there.

    Args:
        frame: all rows of the sheet from its first, as text, without the columns before the first that is used.
        raw: the workbook, a zip of XML.
        sheet: its name.

    Raises:
        KeyError, ValueError: the workbook has no such part, or it is no XML.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        part = _part(book, sheet)
        with book.open(part) as file:
            valued, suspect = _counted(file)
        if not suspect and valued == frame.width * frame.height - sum(frame.null_count().row(0) if frame.width else ()):
            return frame
        with book.open(part) as file:
            cells = _Cells.of(file)
    return _filled(frame, cells)


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """The part of a workbook that holds a sheet."""
    names = {one.replace("\\", "/").lower(): one for one in book.namelist()}
    root = next(to for kind, _, to in _links(book, names, "") if kind.endswith("/officeDocument"))
    workbook = ElementTree.fromstring(book.read(names[root]))
    links = {of: to for _, of, to in _links(book, names, root)}
    for one in workbook.iter():
        if _local(one.tag) == "sheet" and one.get("name") == sheet:
            return names[links[next(value for name, value in one.items() if name.endswith("}id"))]]
    raise KeyError(sheet)


def _links(book: zipfile.ZipFile, names: dict[str, str], of: str) -> Iterator[tuple[str, str, str]]:
    """What a part refers to: kind, number and path of each."""
    folder, name = posixpath.split(of)
    for one in ElementTree.fromstring(book.read(names[posixpath.join(folder, "_rels", f"{name}.rels").lower()])):
        to = posixpath.normpath(posixpath.join("/", folder, one.get("Target", "").replace("\\", "/")))
        yield one.get("Type", ""), one.get("Id", ""), to.lstrip("/").lower()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def _counted(file: IO[bytes]) -> tuple[int, bool]:
    """How many cells of a sheet have a value, as most programs write one, and whether there may be errors or formulas.

    Of a sheet that is written in another way the number is wrong, and it is then read with care.
    """
    valued, suspect, rest = 0, False, b""
    while piece := file.read(_PIECE):
        piece = rest + piece
        cut = max(piece.rfind(b"<c"), len(piece) - _LONGEST)  # no cell is cut in two, unless it is very long
        piece, rest = piece[:cut], piece[cut:]
        valued += piece.count(b"<v>") - piece.count(b"<v></v>") + piece.count(b"<is>")
        suspect = suspect or any(one in piece for one in _SUSPECT)
    return valued + rest.count(b"<v>") + rest.count(b"<is>"), suspect or any(one in rest for one in _SUSPECT)


@dataclass
class _Cells:
    """What stands in the cells of a sheet; rows and columns from 0."""

    rows: array[int] = field(default_factory=lambda: array("q"))
    """Of each cell with a value."""
    columns: array[int] = field(default_factory=lambda: array("q"))
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    """Of each cell with an error, or a formula without a value."""
    first: int = 1 << 20
    """The first column that is used, of cells whose text is empty, too."""
    _row: int = -1
    _column: int = -1
    _type: str = "n"
    _formula: bool = False
    _inside: bool = False
    _value: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, file: IO[bytes]) -> _Cells:
        """Those of a sheet's XML."""
        made = cls()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = made._begin
        parser.EndElementHandler = made._end
        parser.CharacterDataHandler = made._say
        try:
            parser.ParseFile(file)
        except expat.ExpatError as error:
            raise ValueError("no XML") from error
        return made

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            self._type, self._formula, self._value = attributes.get("t", "n"), False, []
        elif tag == "f":
            self._formula = True
        self._inside = tag in ("v", "t")

    def _say(self, text: str) -> None:
        if self._inside:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        self._inside = False
        if _local(tag) != "c":
            return
        at, value = (self._row, self._column), "".join(self._value)
        worded = self._type in ("s", "str", "inlineStr")
        if self._type == "e":
            self.texts[at] = value or LOST
        elif self._formula and not value and not worded:
            self.texts[at] = NO_VALUE
            return
        elif value and not worded:
            self.rows.append(at[0])
            self.columns.append(at[1])
        elif not worded:
            return
        self.first = min(self.first, self._column)


def _column(place: str) -> int:
    """The number of a column, from 0: that of `AB12` is 27."""
    found = 0
    for one in place:
        if not one.isalpha():
            break
        found = found * 26 + ord(one.upper()) - 64
    return found - 1


def _filled(frame: pl.DataFrame, cells: _Cells) -> pl.DataFrame:
    import polars as pl

    rows, columns = np.array(cells.rows, dtype=np.int64), np.array(cells.columns, dtype=np.int64)
    height = max([frame.height, *(row + 1 for row, _ in cells.texts)])
    if height > frame.height and frame.width:
        more = pl.DataFrame({name: [None] * (height - frame.height) for name in frame.columns}, schema=frame.schema)
        frame = pl.concat([frame, more])
    empty = frame.select(pl.all().is_null()).to_numpy() if frame.width else np.ones((0, 0), dtype=bool)
    starts = {cells.first, int(columns.min(initial=cells.first)), 0}
    first = min(sorted(starts, reverse=True), key=lambda one: _lost(empty, rows[:_SAMPLE], columns[:_SAMPLE] - one)[1])
    lost, _ = _lost(empty, rows, columns - first)
    texts = {(row, column - first): text for (row, column), text in cells.texts.items()}
    texts |= {(int(rows[one]), int(columns[one]) - first): LOST for one in lost}
    for column, name in enumerate(frame.columns):
        mine = {row: text for (row, place), text in texts.items() if place == column}
        if mine:
            frame = frame.with_columns(frame[name].scatter(list(mine), list(mine.values())))
    return frame


def _lost(
    empty: NDArray[np.bool_], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Which cells are empty in the frame, and how many are that or not in it."""
    inside = (rows < empty.shape[0]) & (columns >= 0) & (columns < empty.shape[1])
    gone = np.flatnonzero(inside)[empty[rows[inside], columns[inside]]]
    return gone, len(gone) + int((~inside).sum())
