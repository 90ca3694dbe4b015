"""How far off the model has been in places of which nothing was used, and what that leaves open in the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.study.ask.proof import Elsewhere, Row
from sim.study.ask.published import SHARES, Quantity
from sim.study.infer.discrepancy import Miss, mean_squares, middle, without_model


def told(rows: Sequence[Row]) -> list[Elsewhere]:
    """What the places among all figures told, quantity by quantity."""
    misses: dict[Quantity, list[Miss]] = {}
    for row in rows:
        if row.figure.quantity is not None and row.figure.place is not None and _counts(row):
            nearest = min(max(row.model, row.low), row.high)
            miss = Miss(row.figure.place, nearest, row.model, row.figure.quantity in SHARES)
            misses.setdefault(row.figure.quantity, []).append(miss)
    examples = {row.figure.quantity: row for row in reversed(rows) if row.figure.place is None}
    return [
        Elsewhere(quantity, mean_squares(mine), middle(mine), without_model(mine), examples.get(quantity))
        for quantity, mine in misses.items()
    ]


def foretold(row: Row, elsewhere: Sequence[Elsewhere]) -> Row:
    """A figure with the range that the model's errors in other places give (see `Row.elsewhere`)."""
    for one in elsewhere:
        if row is one.example or (row.figure.quantity == one.quantity and _counts(row)):
            return replace(row, elsewhere=one.around(row))
    return row


def _counts(row: Row) -> bool:
    """Whether a figure tells how far off the model is: of a place of which nothing was used, and of many cases.

    A place that has no world of its own, and is held against the city's in direction only, tells it as well; of
    numbers, nothing at all has no factor.
    """
    many = row.figure.kind in ("point", "range", "direction only")
    has_factor = row.figure.quantity in SHARES or min(row.model, row.low) > 0
    return row.figure.place is not None and row.figure.role == "kept apart" and many and has_factor
