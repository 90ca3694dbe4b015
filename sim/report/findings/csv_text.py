"""Tables as comma-separated text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from math import inf
from typing import Any


def table(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Comma-separated text with a head; numbers with six significant digits, large ones to the hundredth."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(value) if isinstance(value, float) else value for value in row] for row in rows)
    return out.getvalue()


def _plain(value: float) -> str:
    """Without an exponent where the number is large: amounts of yuan are read by people and by spreadsheets."""
    return f"{value:.2f}" if 1e5 <= abs(value) < inf else f"{value:.6g}"
