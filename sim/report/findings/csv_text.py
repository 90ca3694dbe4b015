"""Tables as comma-separated text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, Final


def table(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Comma-separated text with a head; numbers with six significant digits, large ones to the hundredth.

    No cell of text is a formula to a spreadsheet (see `harmless`).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(value) if isinstance(value, float) else harmless(value) for value in row] for row in rows)
    return out.getvalue()


FORMULA: Final = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠]|^[\t\r\n]")
"""How a cell begins that a spreadsheet may take for a formula (OWASP, "CSV injection"), full-width signs too."""


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet carries out: an apostrophe stands before text that looks like a formula."""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")  # a bare return would begin a row: `csv` does not quote it
    return f"'{text}" if FORMULA.match(text) else text


def _plain(value: float) -> str:
    """Without an exponent where the number is large: amounts of yuan are read by people and by spreadsheets."""
    return f"{value:.2f}" if 1e5 <= abs(value) < inf else f"{value:.6g}"
