"""What one printed case cannot tell: the spread that chance alone gives, and two sets of assumptions that both fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.report.figures.style import (
    BODY,
    DPI,
    SMALL,
    WIDTH,
    bare,
    grid,
    head,
    new_figure,
    styled,
    text_width,
    yuan_axis,
)
from sim.report.findings import text
from sim.report.findings.tables import with_unit
from sim.words.colours import BLUE, FAINT, INK, ORANGE
from sim.words.language import capital, listed, percent, say

Samples = Mapping[str, Sequence[float]]
"""By metric: one value per replication, in the unit in which it is measured."""


@styled
def spread_figure(
    samples: Samples, printed: Mapping[str, float] | None = None, *, title: str = "", subtitle: str = ""
) -> Figure:
    """Draw the distribution of each metric over replications, with the printed value marked.

    Args:
        samples: by metric (see `text.METRICS`), one value per replication, in yuan, seconds, shares or counts.
        printed: by metric, the value that the sources print, in the same unit.
        title, subtitle: instead of the computed ones.

    Raises:
        ValueError: there is no metric, or one without a value.
    """
    _check(samples)
    printed = printed or {}
    figure = new_figure(5.4)
    for number, name in enumerate(samples):
        axes = figure.add_axes(_panel(number, len(samples), 0.15, 0.55))
        values = _shown(name, samples[name])
        span = _span([values], printed.get(name), name)
        _distribution(axes, values, span, BLUE, count=name in text.METRICS and text.metric(name).unit == "count")
        axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
        _mark(axes, name, printed.get(name), 0.93)
        _bottom(axes, name, span)
        axes.set_title(_said(name, values), fontsize=BODY, loc="left", pad=9)
    n = max(len(values) for values in samples.values())
    head(
        figure, title or finding(samples, printed),
        subtitle
        or say("{n:,} replications of one scenario: only the luck differs. Dark: middle 90%; triangle: median", n=n),
        left=0.03,
    )  # fmt: skip
    return figure


@styled
def two_sets_figure(
    first: tuple[str, Samples], second: tuple[str, Samples], printed: Mapping[str, float] | None = None, *,
    title: str = "", subtitle: str = "",
) -> Figure:  # fmt: skip
    """Draw the distributions of two sets of parameters one above the other, on common axes.

    Args:
        first, second: (what the set is called, its samples by metric).
        printed: by metric, the value that the sources print.
        title, subtitle: instead of the computed ones.

    Raises:
        ValueError: a set is empty, or the two do not hold the same metrics.
    """
    for _, samples in (first, second):
        _check(samples)
    if list(first[1]) != list(second[1]):
        raise ValueError(f"the two sets hold different metrics: {', '.join(first[1])}; {', '.join(second[1])}")
    printed = printed or {}
    figure = new_figure(7.2)
    for number, name in enumerate(first[1]):
        both = [_shown(name, samples[name]) for _, samples in (first, second)]
        span = _span(both, printed.get(name), name)
        for row, (values, colour) in enumerate(zip(both, (BLUE, ORANGE), strict=True)):
            axes = figure.add_axes(_panel(number, len(first[1]), 0.5 - 0.385 * row, 0.27))
            _distribution(axes, values, span, colour, count=text.metric(name).unit == "count")
            axes.set_ylim(0, axes.get_ylim()[1] * (1.42 if row == 0 else 1.1))
            _mark(axes, name, printed.get(name), 0.9 if row == 0 else None)
            axes.set_title(_said(name, values, short=True), fontsize=SMALL + 0.5, loc="left", pad=5)
            _bottom(axes, name, span, label=row == 1)
    for row, (label, _) in enumerate((first, second)):
        place = 0.5 - 0.385 * row + 0.27 + 0.062
        figure.text(
            0.035,
            place,
            label,
            fontsize=BODY + 0.5,
            fontweight="bold",
            color="#004B75" if row == 0 else "#8A5A00",
            va="center",
        )
    n = max(len(values) for values in first[1].values())
    head(
        figure, title or _two_finding(first, second, printed),
        subtitle or say("{n:,} replications of each set. Dark: the middle 90%; triangle: median", n=n), left=0.035,
    )  # fmt: skip
    return figure


def finding(samples: Samples, printed: Mapping[str, float]) -> str:
    """Whether the printed values lie within what chance alone gives."""
    known = [name for name in samples if name in printed]
    name = known[0] if known else next(iter(samples))
    low, high = np.quantile(_shown(name, samples[name]), (0.05, 0.95))
    by_luck = say(
        "Luck alone: {metric} {low} to {high}, nine times in ten",
        metric=text.metric(name).label, low=_number(name, low), high=_number(name, high),
    )  # fmt: skip
    if not known:
        return by_luck
    outside = [one for one in known if not _inside(samples[one], printed[one])]
    if not outside:
        return say("{finding}; every printed value lies in its range", finding=by_luck)
    labels = listed([text.metric(one).label for one in outside])
    return say("Printed, but outside what luck alone gives nine times out of ten: {metrics}", metrics=labels)


def _two_finding(first: tuple[str, Samples], second: tuple[str, Samples], printed: Mapping[str, float]) -> str:
    both = [name for name in first[1] if name in printed]
    fits = [all(_inside(samples[name], printed[name]) for name in both) for _, samples in (first, second)]
    if both and all(fits):
        return say("Both sets of assumptions fit the printed case: it cannot tell them apart")
    if both and any(fits):
        name = (first, second)[fits.index(True)][0]
        return say('Only "{title}" holds every printed value in its middle 90%', title=name)
    if not both:
        return say("Two sets of assumptions, side by side")
    return say("Neither set holds every printed value in its middle 90%")


def _inside(values: Sequence[float], printed: float) -> bool:
    low, high = np.quantile(np.asarray(values, dtype=float), (0.05, 0.95))
    return bool(low <= printed <= high)


# -- one panel --------------------------------------------------------------------------------------------


def _check(samples: Samples) -> None:
    if not samples or any(not len(values) for values in samples.values()):
        raise ValueError("a picture of a spread needs at least one metric and a value for each")


def _panel(number: int, of: int, bottom: float, height: float) -> tuple[float, float, float, float]:
    wide = (0.95 - 0.04 * (of - 1)) / of
    return (0.03 + number * (wide + 0.04), bottom, wide - 0.005, height)


def _shown(name: str, values: Sequence[float]) -> NDArray[np.float64]:
    """Values in the unit in which people read them."""
    return np.asarray(values, dtype=float) * text.unit_scale(text.metric(name).unit)


def _number(name: str, shown: float) -> str:
    """`text.in_short` of a value in the unit that people read."""
    return text.in_short(name, shown / text.unit_scale(text.metric(name).unit))


_ROOM = 200
"""Width of the name of a metric, as `text_width` has it, beside which its median has room above a panel."""
_BOLD = 1.15
"""Width of bold letters to that of others."""


def _said(name: str, values: NDArray[np.float64], *, short: bool = False) -> str:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    scale = text.unit_scale(text.metric(name).unit)
    least, most, half = (text.in_short(name, value / scale, unit=False) for value in (low, high, middle))
    alone = say("median {median}, middle 90%: {low} to {high}", median=half, low=least, high=most)
    if short:
        return alone
    label = text.metric(name).label
    if text_width(label, BODY) > _ROOM:
        return f"{capital(label)}\n{alone}"
    return say(
        "{metric}: median {median},\nmiddle 90%: {low} to {high}",
        metric=capital(label), median=text.in_short(name, middle / scale), low=least,
        high=text.in_short(name, high / scale),
    )  # fmt: skip


def _span(several: Sequence[NDArray[np.float64]], printed: float | None, name: str) -> tuple[float, float]:
    """The common axis: from zero for amounts, to a little beyond the largest value, or where the long tail begins."""
    highest = max(float(values.max()) for values in several)
    usual = max(float(np.quantile(values, 0.9)) for values in several)
    if highest > 4 * usual > 0:
        highest = 1.2 * usual
    if printed is not None:
        highest = max(highest, printed * text.unit_scale(text.metric(name).unit))
    return (0.0, highest * 1.06 if highest else 1.0)


def _distribution(
    axes: Axes, values: NDArray[np.float64], span: tuple[float, float], colour: str, *, count: bool
) -> None:
    """Bars whose middle 90% is dark; whole counts get bars of whole numbers."""
    width = (span[1] - span[0]) / 36
    if count:
        width = max(1.0, round(width))
        edges = np.arange(-0.5, span[1] + width, width)
    else:
        edges = np.arange(0, span[1] + width, width)
    heights, edges = np.histogram(values, bins=edges)
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    centres = (edges[:-1] + edges[1:]) / 2
    dark = (centres >= low - width / 2) & (centres <= high + width / 2)
    for chosen, alpha in ((dark, 0.85), (~dark, 0.3)):
        axes.bar(centres[chosen], heights[chosen], width=width * 0.92, color=colour, alpha=alpha, linewidth=0)
    across = axes.get_xaxis_transform()
    axes.plot(middle, 0.03, marker="^", markersize=9, color=INK, markeredgecolor="white", transform=across, zorder=5)
    axes.set_xlim(*span)
    beyond = values[values > span[1]]
    if len(beyond):
        axes.text(
            0.99, 0.72,
            say(
                "{share} further right,\nup to {highest:,.0f}",
                share=percent(len(beyond) / len(values)), highest=beyond.max(),
            ),
            transform=axes.transAxes, fontsize=SMALL, color=FAINT, ha="right", va="top",
        )  # fmt: skip


def _mark(axes: Axes, name: str, printed: float | None, height: float | None) -> None:
    """A line at the printed value, and its label unless it stands elsewhere."""
    if printed is None:
        return
    place = printed * text.unit_scale(text.metric(name).unit)
    axes.axvline(place, color=INK, linewidth=1.8, linestyle=(0, (4, 2)), ymax=0.98)
    if height is None:
        return
    label = say("printed: {value}", value=_number(name, place))
    low, high = axes.get_xlim()
    room = axes.get_position().width * WIDTH * DPI
    left = (place - low) / (high - low) * room + _BOLD * text_width(label, SMALL) + 8 > room
    axes.annotate(
        label, (place, height), xycoords=axes.get_xaxis_transform(), xytext=(-5 if left else 5, 0),
        textcoords="offset points",
        ha="right" if left else "left", va="center", fontsize=SMALL, color=INK, fontweight="bold",
    )  # fmt: skip


def _bottom(axes: Axes, name: str, span: tuple[float, float], *, label: bool = True) -> None:
    unit = text.metric(name).unit
    bare(axes)
    grid(axes, "x")
    axes.set_yticks([])
    axes.axhline(0, color="#8A8A8A", linewidth=1)
    if unit == "yuan":
        yuan_axis(axes, span[1], most=4)
    if label:
        axes.set_xlabel(with_unit(text.metric(name).label, text.unit_word(unit)), fontsize=SMALL + 0.5)
