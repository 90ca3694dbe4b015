"""A week of a centre: how much of the time of those on duty is taken, desk by desk and hour by hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.measure.diagnosis import Week
from sim.measure.hours import WEEK_HOURS
from sim.report.figures.style import SMALL, bare, head, new_figure, styled
from sim.words import names
from sim.words.colours import BUSY, QUIET
from sim.words.language import key, say, titled

_DAYS = (key("mon"), key("tue"), key("wed"), key("thu"), key("fri"), key("sat"), key("sun"))
_CLOSED = "#E9ECEF"


@styled
def week_figure(weeks: Sequence[Week], finding: str, title: str) -> Figure:
    """Draw the load of each desk where people are on duty, the busiest on top.

    Args:
        weeks: of desks with a number of people.
        finding: the title of the picture.
        title: of the scenario.

    Raises:
        ValueError: there is no desk.
    """
    shown = busiest_first(weeks)
    if not shown:
        raise ValueError("a picture of a week needs a desk")
    height = min(12.0, 2.2 + 0.42 * len(shown))
    figure = new_figure(height)
    axes = figure.add_axes((0.2, 0.75 / height, 0.68, (height - 2.0) / height))
    draw_week(axes, figure.add_axes((0.91, 0.75 / height, 0.012, (height - 2.0) / height)), shown, SMALL)
    subtitle = say("{title}: share of those on duty who are at work; grey where nobody is on duty", title=titled(title))
    head(figure, finding, subtitle, left=0.03)
    return figure


def busiest_first(weeks: Sequence[Week]) -> list[Week]:
    """Desks by the share of their hours on duty that is taken, the busiest first."""
    return sorted(weeks, key=lambda one: -np.nansum(one.work) / max(float(one.heads.sum()), 1e-9))


def draw_week(axes: Axes, key_axes: Axes, shown: Sequence[Week], size: float) -> None:
    """The cells of a week, a row for each desk, with names of desks and days, and the key of the shades.

    Args:
        key_axes: where the key stands.
        shown: from above.
        size: of the letters, in points.
    """
    colours = LinearSegmentedColormap.from_list("load", [QUIET, BUSY]).with_extremes(bad=_CLOSED)
    load = np.ma.masked_invalid(np.array([np.minimum(one.load, 1.0) for one in shown]))
    drawn = axes.imshow(load, aspect="auto", cmap=colours, vmin=0.0, vmax=1.0, interpolation="nearest",
                        extent=(0, WEEK_HOURS, len(shown), 0))  # fmt: skip
    axes.set_yticks([row + 0.5 for row in range(len(shown))], labels=[names.desk(one.desk) for one in shown])
    axes.set_xticks([24 * day for day in range(8)], labels=[])
    axes.set_xticks([24 * day + 12 for day in range(7)], labels=[say(day) for day in _DAYS], minor=True)
    axes.tick_params(axis="x", which="minor", length=0)
    for row in range(1, len(shown)):
        axes.axhline(row, color="white", linewidth=2.0)
    bare(axes)
    bar = key_axes.figure.colorbar(drawn, cax=key_axes)
    bar.set_ticks([0, 0.5, 1], labels=["0%", "50%", "100%"])
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=size)
