"""A published figure against an assumption: what it would take to have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.style import BODY, bare, grid, head, new_figure, styled
from sim.words.colours import BLUE, INK, RESTING
from sim.words.language import capital, say
from sim.words.lines import wrapped

_FAR = 5.0
"""Times the line's highest point up to which the axis shows all of the interval evenly."""
_WIDE = 54
"""Letters of a panel's title in one line."""


@dataclass(frozen=True)
class Moved:
    """One figure at several values of an assumption."""

    title: str
    label: str
    """The figure and its unit."""
    axis: str
    """The assumption."""
    finding: str
    """What the panel shows."""
    published_low: float
    published_high: float
    """Infinite at an open end."""
    points: Sequence[tuple[float, ...]]
    """Factor of the assumption, the model's figure, the ends of its interval."""


@styled
def trade_figure(moved: Sequence[Moved], title: str, subtitle: str) -> Figure:
    """Draw each figure over its assumption, one beside the other.

    Raises:
        ValueError: there is none.
    """
    if not moved:
        raise ValueError("a picture of trade-offs needs at least one")
    titles = [_title(one) for one in moved]
    above = 1.1 + 0.2 * max(title.count("\n") + 1 for title in titles)
    height = above + 3.1
    figure = new_figure(height)
    head(figure, title, subtitle, left=0.03)
    width = 0.92 / len(moved)
    for number, one in enumerate(moved):
        axes = figure.add_axes((0.08 + number * width, 0.7 / height, width - 0.1, 2.4 / height))
        _panel(axes, one)
        axes.set_title(titles[number], loc="left", fontsize=BODY)
    return figure


def _title(one: Moved) -> str:
    lines = (part for said in (one.title, one.label, one.finding) for part in wrapped(capital(said), _WIDE))
    return "\n".join(lines)


def _panel(axes: Axes, one: Moved) -> None:
    factors, model, low, high = (list(column) for column in zip(*one.points, strict=True))
    least, most = max(one.published_low, 0), min(one.published_high, 2 * max(high))
    axes.axhspan(least, most, color=RESTING, linewidth=0)
    if least == most:
        axes.axhline(least, color=RESTING, linewidth=4)
    axes.fill_between(factors, low, high, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(factors, model, color=BLUE, marker="o", markersize=4)
    axes.axvline(1, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set_xscale("log")
    axes.set_xticks(factors, labels=[f"{factor:g}" for factor in factors])
    axes.minorticks_off()
    if max(high) > _FAR * max(model):  # a long tail would press the line flat
        axes.set_yscale("log")
        axes.minorticks_off()
    else:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.set_xlabel(say("{axis}, times what is assumed", axis=one.axis))
    bare(axes)
    grid(axes, "y")
