"""Published figures against the model's: each in its own scale, published as 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite, sqrt
from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.figures.interval import draw_interval
from sim.report.figures.style import BODY, SMALL, WIDTH, bare, columns_that_fit, grid, head, new_figure, styled
from sim.words.colours import BLUE, GREEN, INK, PURPLE, RESTING, VERMILLION
from sim.words.language import say

_LEAST, _MOST = 0.25, 4.0
"""What is further off is drawn at the edge, with an arrow's head."""
_COLOURS = {"inside": BLUE, "outside": VERMILLION, "says little": PURPLE, "direction only": GREEN}
_LEFT, _ACROSS = 0.36, 0.29
"""Where the axes begin and how wide they are, as parts of the picture's width."""
_COLUMNS: Final = (0.665, 0.8, 0.905)
"""Where the columns beside them begin: published, model, role."""


@dataclass(frozen=True)
class Beside:
    """A published figure and the model's, in one unit."""

    part: str
    label: str
    published_low: float
    published_high: float
    """Infinite at an open end."""
    tolerance: float
    model: float
    low: float
    high: float
    verdict: str
    role: str
    said: tuple[str, str]
    """Published and model, as people read them."""
    single: bool
    """Whether it is one case, whose interval is that of its plays."""
    open: tuple[float, float] | None = None
    """90% of what the calibrations leave open."""

    @property
    def unit(self) -> float:
        """What is drawn as 1: the middle of what is published, as the axis has it, or its only end."""
        ends = [end for end in (self.published_low, self.published_high) if isfinite(end)]
        return sqrt(ends[0] * ends[-1]) or sum(ends) / len(ends)

    @property
    def beyond(self) -> bool:
        """Whether the model's figure is too far off to be drawn in its place."""
        return not _LEAST <= self.model / self.unit <= _MOST


@styled
def published_figure(
    marks: Sequence[Beside], title: str, subtitle: str, verdicts: Sequence[tuple[str, str]], heads: Sequence[str]
) -> Figure:
    """Draw every comparison as a row, grouped, below a key.

    Args:
        marks: what is drawn.
        title: the finding.
        subtitle: what is drawn.
        verdicts: each verdict and its words in the key.
        heads: of the columns with what is published, the model's figure and the role.

    Raises:
        ValueError: there is nothing to compare.
    """
    if not marks:
        raise ValueError("a picture of comparisons needs at least one")
    groups = [(part, list(rows)) for part, rows in groupby(marks, key=lambda one: one.part)]
    lines = len(marks) + len(groups)
    signs = _signs(marks, verdicts, heads[0])
    across = columns_that_fit([str(sign.get_label()) for sign in signs], 0.94 * WIDTH * 100, 4)
    top = 1.3 + 0.22 * -(-len(signs) // across)
    figure = new_figure(top + 0.75 + 0.27 * lines)
    height = figure.get_figheight()
    head(figure, title, subtitle, left=0.03)
    key_at = (0.02, 1 - 0.8 / height)
    figure.legend(handles=signs, loc="upper left", bbox_to_anchor=key_at, ncols=across, fontsize=SMALL)
    axes = figure.add_axes((_LEFT, 0.6 / height, _ACROSS, 1 - (top + 0.6) / height))
    for at, words in zip(_COLUMNS, heads, strict=True):
        _beside(axes, at, -0.75, words, bold=True)
    place = 0
    for part, rows in groups:
        _beside(axes, 0.01, place, part, bold=True, size=BODY)
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


def _signs(marks: Sequence[Beside], verdicts: Sequence[tuple[str, str]], published: str) -> list[Artist]:
    """The key: what is published, colours by verdict, shapes by what the dot is; only what is drawn."""
    band = say("{published}, with its tolerance (as 1)", published=published)
    signs: list[Artist] = [Patch(color=RESTING, label=band)]
    there = {one.verdict for one in marks}
    signs += [_dot(_COLOURS[verdict], "o", words) for verdict, words in verdicts if verdict in there]
    if any(one.single for one in marks):
        signs.append(_dot(INK, "D", say("a single case: median and middle 90% of its plays")))
    if any(one.beyond for one in marks):
        signs.append(_dot(INK, ">", say("further off than is drawn")))
    if any(one.open for one in marks):
        signs.append(Line2D([], [], color=INK, linewidth=0.7, label=say("90% of what the calibrations leave open")))
    return signs


def _dot(colour: str, marker: str, words: str) -> Line2D:
    return Line2D([], [], color=colour, linewidth=2, marker=marker, markersize=6, label=words)


def _row(axes: Axes, one: Beside, place: int) -> None:
    low, high = ((one.published_low - one.tolerance) / one.unit, (one.published_high + one.tolerance) / one.unit)
    draw_interval(axes, place, _inside(low), _inside(high), colour=RESTING, line=9)
    colour = _COLOURS[one.verdict]
    ratio = one.model / one.unit
    if one.open is not None:
        least, most = (_inside(value / one.unit) for value in one.open)
        draw_interval(axes, place, least, most, colour=colour, line=0.7)
    shape = "D" if one.single else "o"
    draw_interval(
        axes, place, _inside(one.low / one.unit), _inside(one.high / one.unit), point=_inside(ratio), colour=colour,
        line=2, marker=(">" if ratio > _MOST else "<") if one.beyond else shape, clip=False,
    )  # fmt: skip
    axes.text(-0.03, place, one.label, transform=axes.get_yaxis_transform(), fontsize=SMALL, ha="right", va="center")
    for at, words in zip(_COLUMNS, (*one.said, one.role), strict=True):
        _beside(axes, at, place, words)


def _beside(axes: Axes, at: float, place: float, words: str, *, bold: bool = False, size: float = SMALL) -> None:
    """Words in a row, from a part of the picture's width on."""
    axes.text(
        (at - _LEFT) / _ACROSS, place, words, transform=axes.get_yaxis_transform(), fontsize=size,
        fontweight="bold" if bold else "normal", va="center",
    )  # fmt: skip


def _inside(value: float) -> float:
    return min(max(value, _LEAST), _MOST)
