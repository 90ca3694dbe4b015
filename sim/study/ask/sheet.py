"""The sheets of a workbook that somebody brings, as tables; what is wrong with the file is told in one line."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sim.study.ask.sheet_cells import completed
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Workbook:
    """A workbook; every cell is read as what it is, as text, whatever stands above it in its column."""

    name: str
    """What the file is called when something is wrong with it."""
    _raw: bytes
    _reader: Any
    _or_csv: bool

    @classmethod
    def of(cls, name: str, raw: bytes, *, most: int, or_csv: bool) -> Workbook:
        """Open a workbook.

        Args:
            name: what the file is called when something is wrong with it.
            raw: its bytes.
            most: bytes that it may hold when it is unpacked: a small file can be packed that would fill the memory.
            or_csv: whether CSV would be accepted as well.

        Raises:
            StudyError: it is too large or no workbook, or the library that reads them is not installed.
        """
        if find_spec("fastexcel") is None:
            if or_csv:
                accepted = phrase("CSV, or xlsx after pip install 'fundfreeze[fit]'")
            else:
                accepted = phrase("xlsx after pip install 'fundfreeze[fit]'")
            raise StudyError(
                phrase("{file}: fastexcel is not installed, accepted: {accepted}", file=name, accepted=accepted)
            )
        import fastexcel

        if _unpacked(raw) > most:
            raise StudyError(phrase("{file}: more than {most:,} bytes", file=name, most=most))
        try:
            return cls(name, raw, fastexcel.read_excel(raw), or_csv)
        except Exception as error:  # of the reader's own kinds, which are many
            raise _refused(error, name, or_csv) from None

    @property
    def is_packed(self) -> bool:
        """Whether it is a zip of XML; of an older form errors and empty cells are the same."""
        return zipfile.is_zipfile(io.BytesIO(self._raw))

    @property
    def sheets(self) -> int:
        """How many it has."""
        return len(self._reader.sheet_names)

    def rows(self, number: int) -> pl.DataFrame:
        """All rows of a sheet from its first, down to the last with something in it: a row's place is its line.

        A number has all its digits, a time is written `2026-03-01 10:00:00`.

        Args:
            number: of the sheet, from 0.

        Raises:
            StudyError: it cannot be read.
        """
        import polars as pl  # costs 0.1 s and 50 MB that most commands do without

        try:
            sheet = self._reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
            return _without_tail(pl.DataFrame(sheet))
        except Exception as error:
            raise _refused(error, self.name, self._or_csv) from None

    def complete(self, number: int, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of a sheet with its errors (`#N/A`) and what else the reader took for an empty cell.

        Raises:
            StudyError: what stands in the file is no sheet.
        """
        if not self.is_packed:
            return rows
        try:
            return completed(rows, self._raw, self._reader.sheet_names[number])
        except (KeyError, ValueError, StopIteration, SyntaxError, zipfile.BadZipFile):
            raise _no_sheet(self.name, self._or_csv) from None


def sheet_of(name: str, raw: bytes, *, most: int, or_csv: bool) -> pl.DataFrame:
    """All rows of the first sheet of a workbook, as text; see `Workbook`.

    Raises:
        StudyError: as there.
    """
    book = Workbook.of(name, raw, most=most, or_csv=or_csv)
    return book.complete(0, book.rows(0))


def _refused(error: Exception, name: str, or_csv: bool) -> Exception:
    """What is told of the reader's own kinds of errors; any other is a defect."""
    if type(error).__module__.partition(".")[0] not in ("fastexcel", "_fastexcel", "polars"):
        return error
    return _no_sheet(name, or_csv)


def _no_sheet(name: str, or_csv: bool) -> StudyError:
    accepted = phrase("xlsx or CSV") if or_csv else phrase("xlsx")
    return StudyError(
        phrase("{file}: it is no sheet that can be read, accepted: {accepted}", file=name, accepted=accepted)
    )


def _without_tail(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without the empty ones at the end, of which a sheet may have thousands that were only coloured."""
    import polars as pl

    if not rows.width:
        return rows
    filled = rows.select(pl.any_horizontal(pl.all().is_not_null()).arg_true().max().fill_null(-1)).item()
    return rows.head(filled + 1)


def _unpacked(raw: bytes) -> int:
    """Bytes of all that is packed in a workbook; of what is not packed, its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            return sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError):  # an old sheet, or none: whoever reads it says which
        return len(raw)
