"""How far off the model has been in places of which nothing was used, and what that leaves open in the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan, sqrt
from statistics import fmean

from sim.study.ask.proof import Elsewhere, Row
from sim.study.ask.published import SHARES
from sim.study.infer.discrepancy import Miss, around, mean_squares, middle, reach, without_model


def foretold(rows: Sequence[Row]) -> list[Row]:
    """The figures with the range that the model's errors in other places give (see `Row.elsewhere`)."""
    squares = {quantity: mean_squares(misses) for quantity, misses in _misses(rows).items()}
    examples = {quantity: _example(rows, quantity) for quantity in squares}
    return [
        replace(row, elsewhere=_range(row, squares[row.figure.quantity or ""]))
        if _counts(row) or row is examples.get(row.figure.quantity or "")
        else row
        for row in rows
    ]


def told(rows: Sequence[Row]) -> list[Elsewhere]:
    """What the places among figures that `foretold` has seen told, quantity by quantity."""
    found = []
    for quantity, misses in _misses(rows).items():
        squares = mean_squares(misses)
        found.append(
            Elsewhere(
                quantity, len(squares), middle(misses), sqrt(fmean(squares.values())),
                without_model(misses) if len(squares) > 1 else nan, reach(squares), _example(rows, quantity),
            )
        )  # fmt: skip
    return found


def _example(rows: Sequence[Row], quantity: str) -> Row | None:
    return next((row for row in rows if row.figure.quantity == quantity and row.figure.place is None), None)


def _range(row: Row, squares: Mapping[str, float]) -> tuple[float, float] | None:
    half = reach(squares, besides=row.figure.place or "")
    return None if half is None else around(row.model, row.figure.quantity in SHARES, half)


def _misses(rows: Sequence[Row]) -> dict[str, list[Miss]]:
    found: dict[str, list[Miss]] = {}
    for row in rows:
        if _counts(row):
            nearest = min(max(row.model, row.low), row.high)
            miss = Miss(row.figure.place or "", nearest, row.model, row.figure.quantity in SHARES)
            found.setdefault(row.figure.quantity or "", []).append(miss)
    return found


def _counts(row: Row) -> bool:
    """Whether a figure tells how far off the model is: of a place of which nothing was used, and of many cases.

    A place that has no world of its own, and is held against the city's in direction only, tells it as well; of
    numbers, nothing at all has no factor.
    """
    many = row.figure.kind in ("point", "range", "direction only")
    has_factor = row.figure.quantity in SHARES or min(row.model, row.low) > 0
    return row.figure.place is not None and row.figure.role == "kept apart" and many and has_factor
