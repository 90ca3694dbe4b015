"""Each fitted law against its data: the share below each value."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from sim.report.figures.style import SMALL, bare, grid, head, new_figure, styled
from sim.report.findings import fields
from sim.report.findings.fits import headline, panels
from sim.study.ask.fits import Fit, FittedCentre, Unit
from sim.study.infer.rates import told_by
from sim.words.colours import BLUE, GREEN, VERMILLION
from sim.words.language import duration, language, money, say
from sim.words.lines import wrapped
from sim.words.units import DAY, HOUR, MINUTE, YUAN, format_money

_COLUMNS = 4
_TIMES = (1_000, MINUTE, 10 * MINUTE, HOUR, 4 * HOUR, DAY, 10 * DAY)
_AMOUNTS = (10 * YUAN, 1_000 * YUAN, 10_000 * YUAN, 100_000 * YUAN, 1_000_000 * YUAN)


@styled
def fits_figure(result: FittedCentre) -> Figure:
    """Draw the laws, largest samples first kept, and the day of the reports.

    Raises:
        ValueError: nothing can be drawn.
    """
    laws = panels(result)
    day = [fit for fit in result.fits if fit.profile]
    number = len(laws) + len(day)
    if not number:
        raise ValueError("a picture of fits needs at least one")
    rows = -(-number // _COLUMNS)
    figure = new_figure(1.6 + 1.9 * rows)
    height = figure.get_figheight()
    note = say("Share of the data below each value (squares: bands), the fitted law; grey: 90% interval of the median")
    head(figure, headline(result), note, left=0.04)
    for place in range(number):
        row, column = divmod(place, _COLUMNS)
        bottom = (height - 1.5 - 1.9 * (row + 1) + 0.55) / height
        axes = figure.add_axes((0.05 + column * 0.24, bottom, 0.2, 1.15 / height))
        if place < len(day):
            _day(axes, day[place])
        else:
            _law(axes, laws[place - len(day)])
        bare(axes)
        grid(axes)
        axes.tick_params(labelsize=SMALL - 1)
    return figure


def _title(axes: object, fit: Fit, what: str) -> None:
    lines = wrapped(say("{what} (n = {n:,})", what=what, n=fit.n), _LETTERS)
    axes.set_title("\n".join(lines), fontsize=SMALL - 1, loc="left")  # type: ignore[attr-defined]


_LETTERS = 44
"""Columns of a line of a title over one of four panels."""


def _day(axes: object, fit: Fit) -> None:
    for (_, shape), colour in zip(fit.profile, (BLUE, VERMILLION), strict=False):
        hours = np.arange(len(shape)) * 24 / len(shape)
        middle, low, high = (np.array([part[edge] for part in shape]) for edge in range(3))
        axes.fill_between(hours, low, high, step="post", color=colour, alpha=0.2, linewidth=0)  # type: ignore[attr-defined]
        axes.step(hours, middle, where="post", color=colour, linewidth=1.2)  # type: ignore[attr-defined]
    axes.set_xticks([0, 6, 12, 18, 24])  # type: ignore[attr-defined]
    axes.set_ylim(bottom=0)  # type: ignore[attr-defined]
    _title(axes, fit, say("payments by hour"))


def _law(axes: object, fit: Fit) -> None:
    assert fit.law is not None
    assert fit.seen is not None
    seen = fit.seen.grouped
    exact = seen.low == seen.high
    known = np.isfinite(seen.high)
    values = np.sort(seen.low[exact])
    ends = values if len(values) else seen.high[known]
    x = np.geomspace(max(ends.min(), 1.0), ends.max() if len(values) else seen.high[known].max(), 200)
    _, low, high = fit.law.quantile(0.5)
    axes.axvspan(low, high, color="#D9D9D9", linewidth=0)  # type: ignore[attr-defined]
    axes.plot(x, fit.law.cdf(x), color=BLUE, linewidth=1.3)  # type: ignore[attr-defined]
    if len(values):
        limit = seen.limit[exact]
        if np.isfinite(limit).any() and known.all():
            share = told_by(seen.low[exact], limit, values) * float(
                fit.law.cdf(np.array([limit[np.isfinite(limit)].max()]))[0]
            )
        else:
            share = _product_limit(seen.low, known, values, seen.weight)
        step = max(1, len(values) // 60)
        axes.plot(values[::step], share[::step], ".", color=VERMILLION, markersize=2.5)  # type: ignore[attr-defined]
    band = ~exact & known & (seen.low > 0)
    for edge in np.unique(seen.low[band]):
        below = float((seen.high[~exact] <= edge).sum()) / float((~exact).sum())
        axes.plot([edge], [below], "s", color=GREEN, markersize=3.5)  # type: ignore[attr-defined]
    axes.set_xscale("log")  # type: ignore[attr-defined]
    ticks = _TIMES if fit.unit == "ms" else _AMOUNTS
    inside = [tick for tick in ticks if x[0] <= tick <= x[-1]]
    axes.set_xticks(inside, labels=[_tick(tick, fit.unit) for tick in inside])  # type: ignore[attr-defined]
    axes.xaxis.set_minor_locator(NullLocator())  # type: ignore[attr-defined]
    axes.xaxis.set_minor_formatter(NullFormatter())  # type: ignore[attr-defined]
    axes.set_ylim(0, 1)  # type: ignore[attr-defined]
    _title(axes, fit, fields.called(fit.path))


def _tick(value: int, unit: Unit) -> str:
    """A time, or an amount in short: ``10k``, in Chinese ``1 万``."""
    if unit == "ms":
        return duration(value)
    if language() == "en":
        return format_money(value).removesuffix(" yuan")
    return money(value).removesuffix("元").strip()


def _product_limit(low: np.ndarray, ended: np.ndarray, at: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The share that ended by some times, where others were cut off (Kaplan and Meier, 1958)."""
    order = np.argsort(low, kind="stable")
    left = weight[order][::-1].cumsum()[::-1]
    stays = np.cumprod(1 - np.where(ended[order], weight[order], 0) / left)
    return 1 - stays[np.searchsorted(low[order], at, side="right") - 1]
