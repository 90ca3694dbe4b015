"""Published figures against the model's: each in its own scale, published as 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.interval import draw_interval
from sim.report.figures.style import BODY, SMALL, bare, grid, head, new_figure, styled
from sim.words.colours import BLUE, INK, RESTING
from sim.words.language import say

_LEAST, _MOST = 0.25, 4.0
"""What is further off is drawn at the edge, with an arrow's head."""
_COLOURS = {"inside": BLUE, "outside": "#D55E00", "says little": "#8A8A8A", "direction only": "#8A8A8A"}


@dataclass(frozen=True)
class Beside:
    """A published figure and the model's, in one unit."""

    part: str
    label: str
    published_low: float
    published_high: float
    tolerance: float
    model: float
    low: float
    high: float
    verdict: str
    role: str
    said: tuple[str, str]
    """Published and model, as people read them."""
    open: tuple[float, float] | None = None
    """90% of what the calibrations leave open."""

    @property
    def unit(self) -> float:
        """What is drawn as 1: the middle of what is published."""
        return (self.published_low + self.published_high) / 2


@styled
def published_figure(marks: Sequence[Beside], title: str, subtitle: str) -> Figure:
    """Draw every comparison as a row, grouped.

    Raises:
        ValueError: there is nothing to compare.
    """
    if not marks:
        raise ValueError("a picture of comparisons needs at least one")
    groups = [(part, list(rows)) for part, rows in groupby(marks, key=lambda one: one.part)]
    lines = len(marks) + len(groups)
    figure = new_figure(1.9 + 0.27 * lines)
    height = figure.get_figheight()
    head(figure, title, subtitle, left=0.03)
    axes = figure.add_axes((0.36, 0.6 / height, 0.38, (height - 1.75) / height))
    place = 0
    for part, rows in groups:
        axes.text(
            -0.93, place, part, transform=axes.get_yaxis_transform(), fontsize=BODY, fontweight="bold", va="center"
        )
        place += 1
        for one in rows:
            _row(axes, one, place)
            place += 1
    axes.set_xscale("log")
    axes.set_xlim(_LEAST, _MOST)
    axes.set_xticks([0.25, 0.5, 1, 2, 4], labels=["1/4", "1/2", "1", "2", "4"])
    axes.minorticks_off()
    axes.set_xlabel(say("model / published"))
    axes.set_ylim(place - 0.4, -0.8)
    axes.set_yticks([])
    axes.axvline(1, color=INK, linewidth=0.8)
    bare(axes)
    grid(axes, "x")
    return figure


def _row(axes: Axes, one: Beside, place: int) -> None:
    low, high = ((one.published_low - one.tolerance) / one.unit, (one.published_high + one.tolerance) / one.unit)
    draw_interval(axes, place, _inside(low), _inside(high), colour=RESTING, line=9)
    colour = _COLOURS[one.verdict]
    ratio = one.model / one.unit
    beyond = not _LEAST <= ratio <= _MOST
    if one.open is not None:
        least, most = (_inside(value / one.unit) for value in one.open)
        draw_interval(axes, place, least, most, colour=colour, line=0.7)
    draw_interval(
        axes, place, _inside(one.low / one.unit), _inside(one.high / one.unit), point=_inside(ratio), colour=colour,
        line=2, marker=(">" if ratio > _MOST else "<") if beyond else "o", clip=False,
    )  # fmt: skip
    axes.text(-0.03, place, one.label, transform=axes.get_yaxis_transform(), fontsize=SMALL, ha="right", va="center")
    said = f"{one.said[0]} | {one.said[1]}   {one.role}"
    axes.text(1.03, place, said, transform=axes.get_yaxis_transform(), fontsize=SMALL, va="center")


def _inside(value: float) -> float:
    return min(max(value, _LEAST), _MOST)
