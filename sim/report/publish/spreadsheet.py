"""Tables that a spreadsheet opens and does not carry out: CSV in UTF-8 with its mark, no cell of which is a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sim.report.findings.csv_text import FORMULA, harmless
from sim.words.language import say

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet of Excel, its head among them."""


def write_csv(path: Path, columns: Mapping[str, Sequence[Any]]) -> int:
    """Write a table with its heads in the language of the context, and tell how many rows it has.

    Args:
        path: the file, in a folder that is there.
        columns: by head (English, a key of the catalogue), of equal length.

    Raises:
        OSError: it cannot be written.
    """
    import polars as pl  # costs 0.1 s and 50 MB that most commands do without

    frame = pl.DataFrame([pl.Series(harmless(say(head)), list(cells), strict=False) for head, cells in columns.items()])
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    guarded = [
        pl.when(pl.col(name).str.contains(FORMULA.pattern))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .when(pl.col(name) != "")  # what says nothing is written as nothing, not as two quotes
        .then(pl.col(name))
        .alias(name)
        for name in texts
    ]
    frame = frame.with_columns(guarded)
    frame.write_csv(path, include_bom=True, line_terminator="\r\n", float_precision=2, quote_style="necessary")
    return len(frame)
