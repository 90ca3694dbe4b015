"""Every comparison of `fundfreeze prove` as a row of plain numbers."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, isnan

from sim.report.findings.csv_text import table
from sim.study.ask.proof import Proof, Row

COLUMNS = (
    "part", "name", "country", "published_low", "published_high", "tolerance", "model", "low", "high", "as_much",
    "n", "kind", "verdict", "open_low", "open_middle", "open_high", "open_admits", "place", "quantity",
    "elsewhere_low", "elsewhere_high", "elsewhere_admits", "role", "in_sample",
    "left_out", "left_out_verdict", "in_sample_error", "left_out_error", "as_asked",
    "publisher", "date",
)  # fmt: skip
_SAID = {True: "yes", False: "no", None: ""}


def table_csv(proof: Proof) -> str:
    """The whole table, in the unit of the metric (yuan, seconds, shares, counts)."""
    return table(COLUMNS, _rows(proof))


def _rows(proof: Proof) -> Iterator[tuple[object, ...]]:
    for part, rows in proof.parts.items():
        for row in rows:
            figure, source = row.figure, row.figure.source
            yield (
                part, row.name, figure.country,
                _end(row.low), _end(row.high), row.tolerance, row.model, *row.interval,
                "" if isnan(row.as_much) else row.as_much, row.n, figure.kind, row.verdict,
                *(row.open or ("", "", "")), _SAID[row.admitted], figure.place or "",
                figure.quantity or "", *(row.elsewhere or ("", "")),
                _SAID[row.expected], figure.role, *_left_out(row), _SAID[row.as_asked], source.publisher, source.date,
            )  # fmt: skip


def _end(value: float) -> float | str:
    """An end of what is printed; nothing where it is open."""
    return value if isfinite(value) else ""


def _left_out(row: Row) -> tuple[float | str, ...]:
    """What the other targets lead to, and the errors with and without this one."""
    if (other := row.other) is None:
        return ("", "", "", "", "")
    return row.model, other.middle, row.left_out_verdict or "", row.model - other.value, other.middle - other.value
