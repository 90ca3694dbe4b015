"""Tornado: what each assumption alone would change, from half of it to twice, the longest bar on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.interval import draw_interval
from sim.report.figures.style import BODY, SMALL, bare, grid, head, new_figure, styled
from sim.report.findings import text
from sim.report.findings.sensitivities import Drawn, hangs_most
from sim.report.findings.tables import amount, with_unit
from sim.words.colours import BLUE, INK, ORANGE
from sim.words.language import say
from sim.words.lines import wrapped


@styled
def tornado_figure(bars: Sequence[Drawn], metric: str, base: float, n: int) -> Figure:
    """Draw the change of a metric at both ends of each assumption.

    Args:
        bars: the longest first.
        metric: its name.
        base: its mean as the scenario is.
        n: replications of each bar.

    Raises:
        ValueError: there is no bar.
    """
    if not bars:
        raise ValueError("a tornado needs at least one bar")
    what = text.metric(metric)
    scale, unit = (
        text.unit_scale(what.unit),
        say("percentage points") if what.unit == "share" else text.unit_word(what.unit),
    )
    figure = new_figure(2.2 + 0.62 * len(bars))
    height = figure.get_figheight()
    axes = figure.add_axes((0.36, 0.75 / height, 0.58, (height - 1.95) / height))
    for row, bar in enumerate(bars):
        _label_ends(axes, row, bar, scale)
        for end, colour in ((bar.at_low, ORANGE), (bar.at_high, BLUE)):
            mean, low, high = (scale * value for value in end)
            axes.barh(row, mean, height=0.62, color=colour, alpha=0.85, linewidth=0)
            draw_interval(axes, row, low, high, colour=INK, line=1.2)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_yticks(range(len(bars)), labels=["\n".join(wrapped(bar.label, _NAMES)) for bar in bars], fontsize=SMALL)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    reach = max(abs(scale * value) for bar in bars for end in (bar.at_low, bar.at_high) for value in end) or 1.0
    axes.set_xlim(-1.45 * reach, 1.45 * reach)
    bare(axes)
    grid(axes, "x")
    shown = amount(metric, base, 0.98 * base, 1.02 * base, unit=what.unit == "share")
    change = say("change of: {metric} (now {value})", metric=with_unit(what.label, unit), value=shown)
    axes.set_xlabel(change, fontsize=BODY)
    head(
        figure,
        hangs_most(bars, metric, base),
        say(
            "One assumption at a time; orange: half its value, blue: twice, a share at most 1. n = {n:,} each, the same"
            " luck; 95% intervals",
            n=n,
        ),
        left=0.03,
    )  # fmt: skip
    return figure


_NAMES: Final = 48
"""Columns of a line of a name beside the bars."""


def _label_ends(axes: Axes, row: int, bar: Drawn, scale: float) -> None:
    """Write the values of both ends outside of the bars; in one label where both lie on one side."""
    ends = [(bar.at_low, bar.low), (bar.at_high, bar.high)]
    for right in (False, True):
        mine = [(end, written) for end, written in ends if end[0] and (end[0] > 0) == right]
        if not mine:
            continue
        outside = max(0.0, *(end[2] for end, _ in mine)) if right else min(0.0, *(end[1] for end, _ in mine))
        axes.annotate(
            " / ".join(written for _, written in mine), (scale * outside, row), xytext=(5 if right else -5, 0),
            textcoords="offset points", ha="left" if right else "right", va="center", fontsize=SMALL,
        )  # fmt: skip
