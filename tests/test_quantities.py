"""Quantities in commands and tables: one reader for all of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sim.words import quantities
from sim.words.quantities import NUMBER, SECONDS, SHARE, YUAN, Quantity, read_quantity
from sim.words.units import RefusedError

SIM = Path(quantities.__file__).parent.parent


@pytest.mark.parametrize(
    ("text", "units", "read"),
    [
        ("0.01", (), Quantity(0.01, NUMBER, 0.01)),
        ("1%", (), Quantity(0.01, SHARE, 0.01)),
        ("2m", (), Quantity(120.0, SECONDS, 120_000)),
        ("50k yuan", (), Quantity(50_000.0, YUAN, 5_000_000)),
        ("90%", (NUMBER, SHARE), Quantity(0.9, SHARE, 0.9)),
        ("12.34 yuan", (YUAN,), Quantity(12.34, YUAN, 1234)),
    ],
)
def test_a_quantity_is_read_with_its_unit(text: str, units: tuple[str, ...], read: Quantity) -> None:
    """Its value is in the unit in which metrics are measured, and beside it as the program holds it."""
    assert read_quantity(text, *units) == read


@pytest.mark.parametrize(("text", "units"), [("5", (YUAN,)), ("2m", (NUMBER, SHARE)), ("nan", ()), ("", ()), ("%", ())])
def test_what_is_written_in_another_unit_is_refused(text: str, units: tuple[str, ...]) -> None:
    """A number without a unit is no amount, a time no share, and what is no number nothing."""
    with pytest.raises(RefusedError, match="accepted: a number, a time such as 35m"):
        read_quantity(text, *units)


def test_no_study_and_no_command_reads_quantities_by_itself() -> None:
    """Beside a scenario's own values, whose field says what they are, text becomes a quantity in one place."""
    own = {"study/run/parameters.py"}  # a value of a scenario, by the kind of its field
    readers = {
        path.relative_to(SIM).as_posix()
        for part in ("study", "report", "cli")
        for path in (SIM / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            getattr(node.func, "id", "") in ("parse_duration", "parse_money")
            or "removesuffix('%')" in ast.unparse(node)
        )
    }
    assert readers == own
