"""The first sheet of a workbook that somebody brings, as a table; what is wrong with the file is told in one line."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sim.study.run.errors import StudyError
from sim.words.phrases import phrase

if TYPE_CHECKING:
    import polars as pl


def sheet_of(
    name: str, raw: bytes, *, most: int, or_csv: bool, as_text: bool, with_head: bool = True
) -> pl.DataFrame:  # fmt: skip
    """All cells of the first sheet, below its heads.

    Empty rows are rows, down to the last with something in it: a row's place is its line.

    Args:
        name: what the file is called when something is wrong with it.
        raw: its bytes.
        most: bytes that it may hold when it is unpacked: a small file can be packed that would fill the memory.
        or_csv: whether CSV would be accepted as well.
        as_text: every cell as text; else as the sheet has it.
        with_head: whether its first row is one; else every row is a row, as the sheet counts them.

    Raises:
        StudyError: it is too large or no sheet, or the library that reads them is not installed.
    """
    if find_spec("fastexcel") is None:
        if or_csv:
            accepted = phrase("CSV, or xlsx after pip install 'fundfreeze[fit]'")
        else:
            accepted = phrase("xlsx after pip install 'fundfreeze[fit]'")
        raise StudyError(
            phrase("{file}: fastexcel is not installed, accepted: {accepted}", file=name, accepted=accepted)
        )
    import polars as pl  # costs 0.1 s and 50 MB that most commands do without

    if _unpacked(raw) > most:
        raise StudyError(phrase("{file}: more than {most:,} bytes", file=name, most=most))
    try:
        rows: dict[str, Any] = {"drop_empty_rows": False}
        if not with_head:
            rows |= {"has_header": False, "raise_if_empty": False, "read_options": {"skip_rows": 0}}
        found: pl.DataFrame = pl.read_excel(
            io.BytesIO(raw), engine="calamine", infer_schema_length=0 if as_text else 100, **rows
        )
        return _without_tail(found)
    except Exception as error:  # of the reader's own kinds, which are many
        if type(error).__module__.partition(".")[0] not in ("fastexcel", "_fastexcel", "polars"):
            raise
        accepted = phrase("xlsx or CSV") if or_csv else phrase("xlsx")
        raise StudyError(
            phrase("{file}: it is no sheet that can be read, accepted: {accepted}", file=name, accepted=accepted)
        ) from None


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
