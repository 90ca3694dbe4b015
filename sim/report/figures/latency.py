"""The picture of the central question: what does response latency do to recovered funds?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import asinh, sinh
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from sim.report.figures.labels import Labels
from sim.report.figures.style import (
    DPI,
    HEIGHT,
    SMALL,
    WIDTH,
    columns_that_fit,
    grid,
    head,
    ink_on,
    new_figure,
    styled,
    text_width,
)
from sim.report.findings import text
from sim.report.findings.latency import Row, base_of, finding, minutes_words
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.colours import HELD, INK, PURPLE
from sim.words.language import key, listed, named, say
from sim.words.names import OTHERS, RECOVERED

_LINEAR = 20.0
"""Minutes up to which the axis is about linear; beyond, about logarithmic."""
_TICKS = (0, 5, 10, 20, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080)
_LEFT, _RIGHT, _TALL = 0.075, 0.975, 0.385
"""Edges of both panels and height of the upper one, as shares of the picture."""

_THIN = 0.01
"""A cause that nowhere takes this share of the loss is drawn with the other thin ones."""


@styled
def latency_figure(
    rows: Sequence[Row],
    points: Sequence[Mapping[str, Any]] = (),
    *,
    title: str = "",
    subtitle: str = "",
    loss: int = 0,
    own: Mapping[str, Summary] | None = None,
) -> Figure:
    """Draw recovered share against response latency, and below it the fate of every yuan.

    Args:
        rows: in rising latency; each with `response_latency_min` (report to first stop), `containment_min`
            (and `containment_median_min`),
            `recovered_share` with `low` and `high` (95% interval), `recoverable_share`, `n`, `factor`,
            `added_min`, `stage`, and `leak`, a mapping from cause to its share of the loss (`still_moving`
            may be among them). `as_set` says that the latency is that of the setting, not as measured.
        points: printed cases, each with `label`, `recovered_share` and either `response_latency_min` or
            `containment_min` (then it stands where the rows have that containment).
        title, subtitle: instead of the computed ones.
        loss: fen lost in all per replication, to say the finding in yuan too.
        own: metrics of the scenario as it is over more replications, where a report tells those; the rows then stand as
            what each changes of them (`curve.anchored`).

    Raises:
        ValueError: there is no row.
    """
    if not rows:
        raise ValueError("a picture of latency needs at least one row")
    figure = new_figure()
    above = figure.add_axes((_LEFT, 0.475, _RIGHT - _LEFT, _TALL))
    below = figure.add_axes((_LEFT, 0.145, _RIGHT - _LEFT, 0.255))
    minutes = np.array([row["response_latency_min"] for row in rows], dtype=float)
    latency_axis(above, minutes)
    latency_axis(below, minutes, as_set=any(row.get("as_set") for row in rows))
    _recovered(above, rows, minutes, points, own)
    small = _fates(below, rows, minutes)
    _key(figure, small)
    head(figure, title or finding(rows, loss), subtitle or _subtitle(rows, paired=own is not None), left=0.03)
    return figure


def _subtitle(rows: Sequence[Row], *, paired: bool) -> str:
    counts = sorted({int(row["n"]) for row in rows})
    n = f"{counts[0]:,}"
    if len(counts) > 1:
        n = say("{low} to {high}", low=n, high=f"{counts[-1]:,}")
    stages = {row["stage"] for row in rows}
    if stages == {"all"}:
        slower = say("all stages sped up or slowed down")
    else:
        slower = say("sped up or slowed down at: {stages}", stages=listed(sorted(named(s, "stage") for s in stages)))
    told = key("Mean of {n} replications per point, band: 95% interval; {slower}. Share of all that victims paid.")
    if paired:
        told = key(
            "Band: 95% interval of what each point changes, {n} pairs; {slower}. Share of all that victims paid."
        )
    return say(told, n=n, slower=slower) + _span(rows)


DAY_LATER = 1440.0
"""Minutes of response latency to which the curve is meant to go."""


def _span(rows: Sequence[Row]) -> str:
    """Why the curve ends before 24 hours, where it does: nothing where it goes that far."""
    last, base = float(rows[-1]["response_latency_min"]), rows[base_of(rows)]
    if last >= 0.95 * DAY_LATER or len(rows) < 2:
        return ""
    reached = minutes_words(last)
    if rows[-1] is base:
        return say(" It ends at {reached}: no slower response was run.", reached=reached)
    as_set = base["response_latency_min"] * rows[-1]["factor"] + rows[-1]["added_min"]
    if as_set < 0.95 * DAY_LATER:
        return say(" It ends at {reached}: no slower response was run.", reached=reached)
    return say(
        " Set up to {set}, it ends at {reached} as measured: the slowest cases get no stop.",
        set=minutes_words(as_set), reached=reached,
    )  # fmt: skip


# -- the axis ---------------------------------------------------------------------------------------------


def _forward(minutes: Any) -> Any:
    return np.arcsinh(np.asarray(minutes) / _LINEAR)


def _back(place: Any) -> Any:
    return np.sinh(np.asarray(place)) * _LINEAR


def latency_axis(axes: Axes, minutes: Any, *, as_set: bool | None = None) -> None:
    """0 to the last row in minutes as people say them, wide near zero and narrow beyond; None for no labels."""
    labels = as_set is not None
    last = max(float(minutes.max()), 10.0)
    axes.set_xscale("function", functions=(_forward, _back))
    axes.set_xlim(0, sinh(asinh(last / _LINEAR) * 1.015) * _LINEAR)
    ticks = [tick for tick in _TICKS if tick <= last * 1.02]
    axes.set_xticks(ticks, labels=[minutes_words(tick) for tick in ticks] if labels else [""] * len(ticks))
    axes.minorticks_off()
    grid(axes, "both")
    if labels:
        axes.set_xlabel(say(_AS_SET if as_set else _MEASURED))


_MEASURED = key("Response latency: from the report to the first stop (wide near zero, narrow beyond)")
_AS_SET = key(
    "Response latency as set: the scenario's own times a factor, plus the minutes added (wide near zero, narrow"
    " beyond).\n"
    "As measured it does not rise from point to point: the slowest cases get no stop, and stages after the first stop"
    " do not count."
)


def _pixels(axes: Axes, minutes: float) -> float:
    """Place of a latency across the panel, in pixels."""
    whole = (_RIGHT - _LEFT) * WIDTH * DPI
    return asinh(minutes / _LINEAR) / asinh(axes.get_xlim()[1] / _LINEAR) * whole


# -- the panels -------------------------------------------------------------------------------------------


def _recovered(
    axes: Axes, rows: Sequence[Row], minutes: Any, points: Sequence[Mapping[str, Any]],
    own: Mapping[str, Summary] | None,
) -> None:  # fmt: skip
    share = np.array([row["recovered_share"] for row in rows])
    ceiling = np.array([row["recoverable_share"] for row in rows])
    low, high = (np.array([row[key] for row in rows], dtype=float) for key in ("low", "high"))
    low, high = (
        np.where(np.isnan(edge), share, np.clip(edge, 0, 1)) for edge in (low, high)
    )  # a single replication has no interval
    axes.fill_between(minutes, low, high, color=HELD, alpha=0.22, linewidth=0)
    axes.plot(minutes, share, color=HELD, linewidth=2.2, marker="o", markersize=4.5, zorder=4)
    axes.plot(minutes, ceiling, color=INK, linewidth=1.4, linestyle=(0, (5, 3)))
    printed = [point["recovered_share"] for point in points]
    axes.set_ylim(0, min(1.0, 1.28 * float(max(ceiling.max(), high.max(), *printed, 0.05))))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(say("recovered share of the loss"))

    places = np.array([_pixels(axes, float(m)) for m in minutes])
    labels = Labels(axes, ((_RIGHT - _LEFT) * WIDTH * DPI, _TALL * HEIGHT * DPI), places)
    labels.avoid(low, high)
    labels.avoid(ceiling, ceiling)
    placed = [(point, _latency_of(point, rows, minutes)) for point in points]
    for point, at in placed:
        if at is None:
            axes.axhline(point["recovered_share"], color=PURPLE, linewidth=1.6, linestyle=":")
            labels.line(point["recovered_share"])
            labels.put(point["label"], 0.7 * places[-1], point["recovered_share"], "#8A3F68", tied=False)
    far = len(rows) - 1
    labels.put(
        say("ceiling: every account within reach stopped at the report"),
        float(places[far]),
        float(ceiling[far]),
        INK,
        tied=False,
    )
    base = base_of(rows)
    if rows[base]["factor"] == 1 and rows[base]["added_min"] == 0:
        axes.plot(
            minutes[base], share[base], marker="o", markersize=10, markerfacecolor="white", markeredgecolor=HELD,
            markeredgewidth=2.4, zorder=5,
        )  # fmt: skip
        label = _as_it_is(rows[base], float(minutes[base]), own)
        labels.put(label, places[base], float(share[base]), "#00684C")
    for point, at in placed:
        if at is not None:
            style: dict[str, Any] = {
                "marker": "D",
                "markersize": 9,
                "color": PURPLE,
                "markeredgecolor": "white",
                "zorder": 6,
            }
            axes.plot(at, point["recovered_share"], **style)
            labels.put(point["label"], _pixels(axes, at), point["recovered_share"], "#8A3F68")


def _as_it_is(row: Row, minutes: float, own: Mapping[str, Summary] | None) -> str:
    """The label of the scenario as it is, of the replications that told it elsewhere."""
    share, first, last, n = row["recovered_share"], minutes * 60, _contained(row) * 60, int(row["n"])
    if own is not None:
        first, last = own["response_latency"].mean, own["containment_time"].median
        share, n = own["recovered_share"].mean, own["recovered_share"].n
    return say(
        "as the scenario is: {share} recovered, first stop at {first}, last at {last} (median); n = {n:,}",
        share=text.share(share), first=text.in_short("response_latency", first),
        last=text.in_short("containment_time", last), n=n,
    )  # fmt: skip


def _latency_of(point: Mapping[str, Any], rows: Sequence[Row], minutes: Any) -> float | None:
    """Where a printed case stands: at its latency, or where the rows have its containment; None where they do not."""
    at, contained = point.get("response_latency_min"), point.get("containment_min")
    if at is not None or contained is None:
        return at
    times = np.array([_contained(row) for row in rows], dtype=float)
    order = np.argsort(times)
    return (
        float(np.interp(contained, times[order], minutes[order])) if times.min() <= contained <= times.max() else None
    )


def _contained(row: Row) -> float:
    """Minutes from the report to the last stop, at the median where the row has it: a few stops come days later."""
    return float(row.get("containment_median_min", row["containment_min"]))


def _fates(axes: Axes, rows: Sequence[Row], minutes: Any) -> list[str]:
    """Stack recovered and every cause; returns the causes that had no room for their label."""
    fates = list(names.stacking_order([RECOVERED, *(name for row in rows for name in row["leak"])]))
    shares = {
        name: np.array(
            [row["recovered_share"] if name == RECOVERED else row["leak"].get(name, 0.0) for row in rows],
            dtype=float,
        )
        for name in fates
    }
    thin = [name for name in fates if 0.0005 < shares[name].max() < _THIN and name != RECOVERED]
    fates = [name for name in fates if shares[name].max() >= _THIN or name == RECOVERED]
    if len(thin) > 1:  # one area for all that could hardly be seen
        shares[OTHERS] = np.sum([shares[name] for name in thin], axis=0)
        fates.append(OTHERS)
    else:
        fates += thin
    total = np.zeros(len(rows))
    tall = 0.255 * HEIGHT * DPI
    fine = np.linspace(_forward(minutes[0]), _forward(minutes[-1]), 200)
    places = np.array([_pixels(axes, float(m)) for m in _back(fine)])
    small = []
    for name in fates:
        cause = names.cause(name)
        axes.fill_between(
            minutes,
            total,
            total + shares[name],
            color=cause.colour,
            edgecolor="white",
            linewidth=0.5,
        )
        bottom, thick = (np.interp(fine, _forward(minutes), v) for v in (total, shares[name]))
        place = _room(places, bottom * tall, (bottom + thick) * tall, text_width(cause.label, SMALL) + 8)
        if place is None:
            small.append(name)
        else:
            x, y = place
            axes.annotate(
                cause.label, (0, 0), xycoords="axes pixels", xytext=(x, y), textcoords="axes pixels",
                ha="center", va="center",
                fontsize=SMALL, color=ink_on(cause.colour),
            )  # fmt: skip
        total += shares[name]
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_ylabel(say("fate of the loss"))
    return small


def _room(x: Any, bottom: Any, top: Any, wide: float) -> tuple[float, float] | None:
    """The middle of the highest box of this width that fits between two lines; None where none is 13 pixels high."""
    best: tuple[float, float, float] | None = None
    for i in range(len(x)):
        inside = (x >= x[i]) & (x <= x[i] + wide)
        if x[i] + wide > x[-1]:
            break
        low, high = float(bottom[inside].max()), float(top[inside].min())
        if best is None or high - low > best[0]:
            best = high - low, float(x[i]) + wide / 2, (low + high) / 2
    return (best[1], best[2]) if best is not None and best[0] >= 13 else None


def _key(figure: Figure, small: Sequence[str]) -> None:
    """The causes whose areas are too thin for a label."""
    if not small:
        return
    labels = [names.cause(name).label for name in reversed(small)]
    signs: list[Patch | Line2D] = [
        Patch(color=names.cause(name).colour, label=label) for name, label in zip(reversed(small), labels, strict=True)
    ]
    figure.legend(
        handles=signs, loc="lower left", bbox_to_anchor=(_LEFT - 0.005, 0.005),
        ncols=columns_that_fit(labels, (1 - _LEFT) * WIDTH * DPI, 5),
        fontsize=SMALL,
        handlelength=1.2, handletextpad=0.5, columnspacing=1.4, borderpad=0,
    )  # fmt: skip
