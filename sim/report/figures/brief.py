"""The three pictures of the pages for whoever decides: small, to be read on paper; their titles stand on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sim.measure.diagnosis import Week
from sim.report.figures.interval import draw_interval
from sim.report.figures.latency import latency_axis
from sim.report.figures.style import bare, grid, styled
from sim.report.figures.week import busiest_first, draw_week
from sim.report.findings import text
from sim.report.findings.latency import base_of, minutes_words
from sim.report.findings.waterfall import shrinks
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.colours import FAINT, GREEN, INK
from sim.words.language import percent, say

PAGE: Final = 7.1
"""Inches: the width of a page of A4 between its margins."""
LETTERS: Final = 8.0
"""Points."""
MOST_FATES: Final = 7
"""Rows of the picture of where the loss is; with a change beside it `MOST_PAIRS`."""
MOST_PAIRS: Final = 5
MOST_DESKS: Final = 5
_TICKS: Final = (0, 10, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080)


def _new(height: float) -> Figure:
    figure = Figure(figsize=(PAGE, height), dpi=100, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


@styled
def fates_figure(today: Mapping[str, Summary], then: Mapping[str, Summary] | None) -> Figure:
    """Draw where each 100 yuan of the loss are in the end: today, and with a change beside it.

    The largest fates, and of a change the cause of loss that it makes smaller by most.

    Args:
        today: share of the loss by `recovered`, a cause of loss, `held_elsewhere` or `still_moving`.
        then: the same with the change.
    """
    order = sorted((name for name in today if name != names.RECOVERED), key=lambda name: -today[name].mean)
    shown = [names.RECOVERED, *order[: (MOST_PAIRS if then else MOST_FATES) - 1]]
    if then and (less := shrinks(today, then)) and less not in shown:
        shown[-1] = less
    height = 0.4 + (0.44 if then else 0.24) * len(shown)
    figure = _new(height)
    axes = figure.add_axes((0.37, 0.34 / height, 0.60, (height - 0.38) / height))
    most = 0.0
    for row, name in enumerate(shown):
        for place, arm in enumerate([today, then] if then else [today]):
            if arm is None:
                continue
            one = arm.get(name, Summary(0, 0, 0, 0, 0, 0, 0))
            y = row + (0 if not then else -0.21 + 0.42 * place)
            colour = names.cause(name).colour
            axes.barh(y, one.mean, height=0.36 if then else 0.66, color=colour, linewidth=0, zorder=2,
                      alpha=0.5 if then and not place else 1.0)  # fmt: skip
            high = min(one.high, 1.0)  # NaN, of a single run, stays
            draw_interval(axes, y, max(one.low, 0.0), high, colour=INK, line=0.8, zorder=3)
            end = max(one.mean, 0.0 if np.isnan(high) else high)
            axes.annotate(percent(one.mean, 1), (end, y), xytext=(3, 0), textcoords="offset points",
                          va="center", fontsize=LETTERS, color=INK)  # fmt: skip
            most = max(most, end)
    axes.set_yticks(range(len(shown)), labels=[names.cause(name).label for name in shown], fontsize=LETTERS)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, 1.15 * most)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.tick_params(axis="x", labelsize=LETTERS - 1)
    grid(axes, "x")
    bare(axes)
    return figure


@styled
def curve_figure(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw the recovered share against the minutes from report to first stop, its band and today's point.

    Args:
        rows: of `curve.drawn`, in rising latency.
    """
    height = 2.0
    figure = _new(height)
    axes = figure.add_axes((0.075, 0.42 / height, 0.895, (height - 0.5) / height))
    minutes = np.array([row["response_latency_min"] for row in rows], dtype=float)
    share, low, high = (np.array([row[one] for row in rows], dtype=float) for one in ("recovered_share", "low", "high"))
    latency_axis(axes, minutes, as_set=False)
    ticks = [tick for tick in axes.get_xticks() if tick in _TICKS]
    axes.set_xticks(ticks, labels=[minutes_words(tick) for tick in ticks])
    axes.set_xlabel(say("from the report to the first stop"), fontsize=LETTERS)
    axes.fill_between(minutes, np.clip(low, 0, 1), np.clip(high, 0, 1), color=GREEN, alpha=0.22, linewidth=0)
    axes.plot(minutes, share, color=GREEN, linewidth=1.6)
    base = base_of(rows)
    axes.plot(minutes[base], share[base], "o", color=INK, markersize=5, zorder=5)
    said = say("today: {minutes}, {share}", minutes=minutes_words(minutes[base]), share=text.share(share[base]))
    axes.annotate(said, (minutes[base], share[base]), xytext=(7, 6), textcoords="offset points", fontsize=LETTERS,
                  color=INK, fontweight="bold", ha="left", va="bottom")  # fmt: skip
    axes.set_ylim(0, 1.25 * float(np.nanmax(np.clip(high, share, 1))))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.tick_params(labelsize=LETTERS - 1)
    return figure


@styled
def load_figure(weeks: Sequence[Week]) -> Figure:
    """Draw the load of the busiest desks over the hours of a week."""
    shown = busiest_first(weeks)[:MOST_DESKS]
    height = 0.4 + 0.21 * len(shown)
    figure = _new(height)
    axes = figure.add_axes((0.19, 0.24 / height, 0.71, (height - 0.3) / height))
    draw_week(axes, figure.add_axes((0.92, 0.24 / height, 0.014, (height - 0.3) / height)), shown, LETTERS - 1)
    axes.tick_params(axis="both", which="both", labelsize=LETTERS, labelcolor=INK, color=FAINT)
    return figure
