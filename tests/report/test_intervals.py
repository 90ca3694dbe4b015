"""Intervals in pictures: one function draws them all."""

from __future__ import annotations

import ast
from math import nan
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.report.figures import interval
from sim.report.figures.interval import draw_interval

FIGURES = Path(interval.__file__).parent


def lines_of(low: float, high: float, point: float | None) -> list[tuple[list[float], list[float]]]:
    """(x, y) of all lines that an interval in row 2 is drawn with."""
    axes = Figure().add_subplot()
    draw_interval(axes, 2, low, high, colour="k", line=1, point=point, zorder=3)
    return [
        (list(np.asarray(line.get_xdata(), float)), list(np.asarray(line.get_ydata(), float))) for line in axes.lines
    ]


@pytest.mark.parametrize(
    ("low", "high", "point", "drawn"),
    [
        (1.0, 3.0, 2.0, [([1.0, 3.0], [2.0, 2.0]), ([2.0], [2.0])]),
        (1.0, 3.0, None, [([1.0, 3.0], [2.0, 2.0])]),
        (nan, nan, 2.0, [([2.0, 2.0], [2.0, 2.0]), ([2.0], [2.0])]),
        (nan, 3.0, None, []),
    ],
)
def test_an_interval_is_a_line_and_a_dot(
    low: float, high: float, point: float | None, drawn: list[tuple[list[float], list[float]]]
) -> None:
    """Where an end is not known it is at the point; without one nothing is drawn."""
    assert lines_of(low, high, point) == drawn


def test_no_picture_draws_an_interval_by_itself() -> None:
    """A line between two ends in one row is drawn in one place."""
    found = {
        path.name
        for path in FIGURES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("axes.plot")
        and len(node.args) > 1
        and isinstance(node.args[1], ast.List)
        and len(node.args[1].elts) == 2
        and ast.unparse(node.args[1].elts[0]) == ast.unparse(node.args[1].elts[1])
    }
    assert found == {"interval.py"}
