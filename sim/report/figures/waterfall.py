"""The way from the loss to what is recovered, cause by cause; and what a minute is worth at each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.figures.interval import draw_interval
from sim.report.figures.style import SMALL, bare, grid, head, new_figure, styled
from sim.report.findings import text
from sim.report.findings.waterfall import NO_LOSS, minute_finding, waterfall_finding
from sim.study.ask.minute import Minute, Step
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.colours import FAINT, INK, VERMILLION
from sim.words.language import language, named, percent, say, titled


@styled
def waterfall_figure(steps: Sequence[Step], title: str) -> Figure:
    """Draw the loss, what every cause takes of it, and what is left in the end.

    Args:
        steps: of `waterfall`: the loss first, recovered last.
        title: of the scenario.

    Raises:
        ValueError: nothing was lost.
    """
    loss, *leaks, recovered = steps
    if not loss.amount.mean > 0:
        raise ValueError("a waterfall needs a loss")
    leaks.sort(key=lambda step: (step.name in NO_LOSS, -step.amount.mean))
    loss, *leaks, recovered = shown = [replace(s, amount=_shown(s.amount)) for s in (loss, *leaks, recovered)]
    height = min(12.0, 2.0 + 0.36 * len(shown))
    figure = new_figure(height)
    axes = figure.add_axes((0.27, 0.6 / height, 0.69, (height - 1.65) / height))
    left, furthest = loss.amount.mean, 0.0
    for y, step in enumerate(shown):
        whole = step in (loss, recovered)
        start = 0.0 if whole else left - step.amount.mean
        colour = INK if step is loss else names.cause(step.name).colour
        axes.barh(y, step.amount.mean, left=start, height=0.66, color=colour, linewidth=0, zorder=3)
        low, high = max(step.amount.low, 0.0), step.amount.high  # NaN, of a single run, stays
        if not whole:
            low, high = left - high, left - low  # of what is left after it
        draw_interval(axes, y, low, high, colour=FAINT, line=1.4, cap="projecting", zorder=4)
        if not whole:
            axes.plot([left, left], [y - 1.33, y + 0.33], color="#A9B0B8", linewidth=0.7, zorder=2)
            left = start
        end = max(high if not isnan(high) else 0.0, start + step.amount.mean)
        share = step.share.mean
        said = say("{mean} ({interval})", mean=_yuan(step.amount), interval=percent(share, 1))
        right = whole or start < 0.6 * loss.amount.mean
        near = end if right else min(start, start if isnan(low) else low)
        axes.annotate(
            said, (near, y), xytext=(5 if right else -5, 0), textcoords="offset points",
            ha="left" if right else "right", va="center", fontsize=SMALL, color=INK, zorder=5,
        )  # fmt: skip
        furthest = max(furthest, end)
    labels = [text.metric("loss").label if s is loss else names.cause(s.name).label for s in shown]
    axes.set_yticks(range(len(shown)), labels=labels)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(0, 1.25 * furthest)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel(say("{unit} in a replication", unit=text.unit_word("yuan")))
    grid(axes, "x")
    bare(axes)
    subtitle = say(
        "{title}: means of {n:,} replications with 95% intervals; in brackets the mean of each one's share of its loss",
        title=titled(title), n=loss.amount.n,
    )  # fmt: skip
    head(figure, waterfall_finding(steps), subtitle, left=0.03)
    return figure


def _shown(one: Summary) -> Summary:
    """An amount in the unit in which people read it."""
    scale = text.unit_scale("yuan")
    return replace(one, mean=one.mean * scale, low=one.low * scale, high=one.high * scale)


def _yuan(one: Summary) -> str:
    """An amount with the digits that its interval supports."""
    half = (one.high - one.low) / 2
    if isnan(half):
        return text.thousands(one.mean) if language() == "en" else f"{one.mean:,.4g}"
    return text.rounded(one.mean, half)


@styled
def minute_figure(rows: Sequence[Minute], title: str, added: float) -> Figure:
    """Draw the value of a minute at each stage with its interval, dearest first.

    Args:
        rows: of `values_of_a_minute`.
        title: of the scenario.
        added: minutes that each stage was slowed down by.

    Raises:
        ValueError: there is no row.
    """
    if not rows:
        raise ValueError("a picture of the value of a minute needs a stage")
    height = min(12.0, 2.0 + 0.36 * len(rows))
    figure = new_figure(height)
    axes = figure.add_axes((0.2, 0.6 / height, 0.74, (height - 1.65) / height))
    for y, row in enumerate(rows):
        value = row.value
        sure = value.low > 0 or value.high < 0
        colour = VERMILLION if sure else FAINT
        draw_interval(axes, y, value.low, value.high, point=value.mean, colour=colour, line=2.4, size=6.5, zorder=3)
    axes.axvline(0, color=INK, linewidth=1.0, zorder=2)
    axes.set_yticks(range(len(rows)), labels=[named(row.stage, "stage") for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.set_xlabel(
        say("yuan not recovered for each minute more and each reported case ({n:g} minutes were added)", n=added)
    )
    grid(axes, "x")
    bare(axes)
    n = rows[0].value.n
    subtitle = say("{title}: mean of {n:,} pairs on the same luck, 95% intervals", title=titled(title), n=n)
    head(figure, minute_finding(rows), subtitle, left=0.03)
    return figure
