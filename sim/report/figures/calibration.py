"""What a calibration found: each parameter before and after, and what the posterior predicts beside what was seen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report.figures.interval import draw_interval
from sim.report.figures.style import BODY, SMALL, bare, grid, head, new_figure, styled
from sim.words.colours import BLUE, INK, RESTING
from sim.words.language import say

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Before:
    """A parameter: its posterior as weighted draws, in the prior's own scale, where the prior is flat."""

    label: str
    places: Sequence[str]
    """Values along the prior, from its low end to its high one, in even steps of its own scale."""
    middle: str
    """The posterior's median and 90% interval."""
    u: Floats
    """Places in the prior, 0 to 1."""
    weights: Floats
    identified: bool


@dataclass(frozen=True)
class Predicted:
    """An observation: what runs of the prior and of the posterior show, in the unit in which people read it."""

    label: str
    before: Floats
    after: Floats
    value: float
    tolerance: float


@styled
def posterior_figure(parameters: Sequence[Before], title: str, subtitle: str) -> Figure:
    """Draw the posterior of each parameter over its flat prior.

    Raises:
        ValueError: there is no parameter.
    """
    for axes, one in zip(
        _rows(figure := _new(len(parameters), title, subtitle), len(parameters)), parameters, strict=True
    ):
        heights, edges = np.histogram(one.u, bins=30, range=(0, 1), weights=one.weights, density=True)
        axes.axhline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
        axes.bar(
            edges[:-1], heights, width=1 / 30, align="edge", color=BLUE if one.identified else RESTING, linewidth=0
        )
        axes.set_xlim(0, 1)
        axes.set_ylim(0, max(1.3, heights.max() * 1.05))
        axes.set_xticks(np.linspace(0, 1, len(one.places)), labels=one.places)
        axes.set_yticks([])
        bare(axes)
        axes.axhline(0, color="#8A8A8A", linewidth=1)
        said = "" if one.identified else "\n" + say("(not identified)")
        _left(axes, f"{one.label}\n{one.middle}{said}")
    return figure


@styled
def predictive_figure(observations: Sequence[Predicted], title: str, subtitle: str) -> Figure:
    """Draw what prior and posterior predict of each observation, and the observation with its tolerance.

    Raises:
        ValueError: there is no observation.
    """
    for axes, one in zip(
        _rows(figure := _new(len(observations), title, subtitle), len(observations)), observations, strict=True
    ):
        told = [np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist() for values in (one.before, one.after)]
        left, right = _ends(told, one)
        for row, ((low, first, middle, third, high), colour) in enumerate(zip(told, (RESTING, BLUE), strict=True)):
            draw_interval(axes, row, low, high, colour=colour, line=5)
            draw_interval(axes, row, first, third, colour=colour, line=11)
            axes.plot(middle, row, marker="|", color=INK, markersize=12)
            if high > right:
                _beyond(axes, f"\N{RIGHTWARDS ARROW} {_rounded(high)}", row, 1.0)
            if low < left:
                _beyond(axes, f"{_rounded(low)} \N{LEFTWARDS ARROW}", row, 0.0)
        axes.set_xlim(left, right)
        axes.axvspan(one.value - one.tolerance, one.value + one.tolerance, color="#E69F00", alpha=0.45, linewidth=0)
        axes.axvline(one.value, color=INK, linewidth=1.2)
        axes.set_ylim(1.7, -0.7)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.set_yticks([0, 1], labels=[say("prior"), say("posterior")], fontsize=SMALL)
        bare(axes)
        grid(axes, "x")
        _left(axes, one.label)
    return figure


def _ends(told: Sequence[Sequence[float]], one: Predicted) -> tuple[float, float]:
    """The ends of an axis: all of both bars, but no long tail in which the rest would be a dot."""
    low = min(one.value - one.tolerance, *(bar[1] for bar in told))
    high = max(one.value + one.tolerance, *(bar[3] for bar in told))
    room = _ROOM * (high - low or 1.0)
    first, last = (end(*(bar[place] for bar in told)) for end, place in ((min, 0), (max, 4)))
    left, right = max(min(first, low), low - room), min(max(last, high), high + room)
    margin = 0.03 * (right - left)
    return left - margin, right + margin


_WIDE = 38
"""Letters of a label in one line: more would leave the picture."""
_ROOM = 2.0
"""Times the middle halves and the tolerance together: what an axis shows of a tail."""


def _beyond(axes: Axes, text: str, row: int, side: float) -> None:
    """Where a bar ends that goes on beyond the axis."""
    axes.annotate(
        text, (side, row), xycoords=("axes fraction", "data"), xytext=(4 if side else -4, 0),
        textcoords="offset points", ha="left" if side else "right", va="center", fontsize=SMALL,
    )  # fmt: skip


def _rounded(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.10g}"


def _new(rows: int, title: str, subtitle: str) -> Figure:
    if not rows:
        raise ValueError("a picture of a calibration needs at least one row")
    figure = new_figure(1.3 + 1.05 * rows)
    head(figure, title, subtitle, left=0.03)
    return figure


def _rows(figure: Figure, rows: int) -> list[Axes]:
    height = figure.get_figheight()
    return [
        figure.add_axes((0.36, (height - 1.1 - 1.05 * (row + 1) + 0.35) / height, 0.58, 0.62 / height))
        for row in range(rows)
    ]


def _left(axes: Axes, label: str) -> None:
    lines = [part for line in label.splitlines() for part in textwrap.wrap(line, _WIDE)]
    axes.annotate(
        "\n".join(lines), (0, 0.5), xycoords="axes fraction", xytext=(-75, 0), textcoords="offset points", ha="right",
        va="center", fontsize=BODY - 1,
    )  # fmt: skip
