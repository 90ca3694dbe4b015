"""The picture of a comparison: for each arm the paired difference and its interval, metric beside metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isnan
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.measure.ways import By
from sim.report.figures.interval import draw_interval
from sim.report.figures.style import BODY, DPI, SMALL, WIDTH, bare, grid, head, new_figure, styled, text_width
from sim.report.findings import text
from sim.report.findings.comparison import arm_name, finding, group_of, is_reference, money_finding, row_name, verdict
from sim.report.findings.precision import Cells, Key, cells
from sim.report.findings.tables import with_unit
from sim.study.ask.compare import Difference, more_is_better
from sim.study.ask.whatifs import TOGETHER
from sim.study.run.metric_names import MONEY
from sim.words.colours import FAINT, GREEN, INK, VERMILLION
from sim.words.language import counted, language, say
from sim.words.lines import columns, wrapped

MOST_PANELS: Final = 3
MOST_ROWS: Final = 24
"""With groups: those that differ most."""
_COLOURS: Final = {"better": GREEN, "worse": VERMILLION, "open": FAINT}
_NAMES: Final = 0.25
"""Share of the width for the names of the arms."""


@styled
def comparison_figure(
    rows: Sequence[Difference],
    *,
    seed: int = 1,
    titles: Mapping[str, str] | None = None,
    by: By | None = None,
    left_out: int = 0,
    said: Sequence[str] = (),
    lead: str = "",
) -> Figure:
    """Draw the differences of all arms from what they are compared with, one panel for each of the first metrics.

    Args:
        rows: of one comparison; where it has groups, the first metric is drawn group by group.
        seed: of the study, to be said.
        titles: of arms by name, to be said in place of the names.
        by: what the groups are, to say them in the reader's language.
        left_out: how many arms were asked for that have no place in the scenario.
        said: what stands above, the finding first; what `comparison` finds where nothing is given.
        lead: the metric that is drawn first; the first of the rows where none is given.

    Raises:
        ValueError: there is no difference to draw.
    """
    metrics = _drawn(rows, lead)
    drawn = {metric: _rows(rows, metric) for metric in metrics}
    places = list(dict.fromkeys((row.arm, row.group) for mine in drawn.values() for row in mine))
    if not places:
        raise ValueError("a picture of a comparison needs an arm and another to compare it with")
    title, *more = said or (finding(rows, titles), *money_finding(rows, titles)[:1])
    lines = _lines(more)
    height = min(14.0, 2.4 + 0.52 * len(places)) + _LINE * max(0, len(lines) - 1)
    figure = new_figure(height)
    wide = (0.98 - _NAMES) / len(metrics)
    called = {row.arm: row_name(row, titles) for mine in drawn.values() for row in mine}
    names = [_name(called[arm], group_of(by, group) if by else group) for arm, group in places]
    against = list(dict.fromkeys(row.against for mine in drawn.values() for row in mine))
    other = arm_name(against[0], titles) if len(against) == 1 else say("what each is told against")
    top, shown = 1.3 + _LINE * max(0, len(lines) - 1), cells(rows)
    for number, metric in enumerate(metrics):
        left = _NAMES + number * wide
        axes = figure.add_axes((left, 0.95 / height, wide - 0.025, (height - 0.95 - top) / height))
        _panel(axes, metric, drawn[metric], places, len(metrics), shown)
        axes.set_yticks(range(len(places)), labels=names if number == 0 else [""] * len(names))
        axes.annotate(_short(other), (0, 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 2),
                      textcoords="offset points", ha="center", fontsize=SMALL - 1, color=FAINT)  # fmt: skip
    head(figure, title.rstrip(".\N{IDEOGRAPHIC FULL STOP}"), _subtitle(rows, drawn, other, seed, left_out), left=0.03)
    for number, line in enumerate(lines):
        size = min(BODY, BODY * _ROOM / text_width(line, BODY))
        figure.text(0.03, 1 - (0.94 + _LINE * number) / height, line, fontsize=size, color=INK, va="center")
    return figure


_LINE: Final = 0.21
"""Inches that a line of what is said below the title takes."""
_ROOM: Final = 0.94 * WIDTH * DPI
"""Pixels that such a line has."""
MOST_LINES: Final = 2


def _drawn(rows: Sequence[Difference], lead: str) -> list[str]:
    """The metrics that have a panel: cost and net benefit where they are told, and with groups only the first."""
    asked = list(dict.fromkeys(row.metric for row in rows))
    others = [metric for metric in asked if metric not in MONEY]
    metrics = [*others[: MOST_PANELS - len(MONEY)], *MONEY] if {*MONEY} <= {*asked} and others else asked[:MOST_PANELS]
    if lead in asked:
        metrics = [lead, *(metric for metric in metrics if metric != lead)][:MOST_PANELS]
    return metrics[:1] if any(row.group for row in rows) else metrics


def _lines(said: Sequence[str]) -> list[str]:
    """Sentences in at most two lines; what has no room stands beside the picture."""
    lines: list[str] = []
    for one in said:
        joined = f"{lines[-1]} {one}" if lines and language() == "en" else f"{lines[-1]}{one}" if lines else one
        if lines and text_width(joined, BODY) <= _ROOM:
            lines[-1] = joined
        elif len(lines) < MOST_LINES:
            lines.append(one)
        else:
            break
    return lines


def _subtitle(
    rows: Sequence[Difference], drawn: Mapping[str, Sequence[Difference]], other: str, seed: int, left_out: int
) -> str:
    """What is drawn: what zero, dots, lines and colours are, how many runs, and what is not here."""
    n = max((row.change.n for row in rows), default=0)
    subtitle = say(
        "Difference from {other}, same luck; dot: mean of {n:,} pairs, line: 95% interval; green better, red worse,"
        " grey open; seed {seed}",
        other=other, n=n, seed=seed,
    )  # fmt: skip
    if any(row.apart for mine in drawn.values() for row in mine):
        subtitle = say(
            "Difference from {other}: mean of {n:,} replications with its 95% interval, seed {seed}; arms with victims"
            " of their own share no luck with it",
            other=other, n=n, seed=seed,
        )  # fmt: skip
    if len(drawn) < len({row.metric for row in rows}):
        subtitle += say("; the other metrics stand in the table")
    if left_out:
        subtitle += counted(
            left_out, "; {n:,} change does not fit and is left out", "; {n:,} changes do not fit and are left out"
        )
    return subtitle


def _short(name: str) -> str:
    """What zero is, over each panel: nothing where its name would run into the next one's."""
    return say("0: {what}", what=name) if columns(name) <= _OVER else "0"


_OVER: Final = 24


def _rows(rows: Sequence[Difference], metric: str) -> list[Difference]:
    mine = [row for row in rows if row.metric == metric and not is_reference(row) and not isnan(row.change.mean)]
    mine.sort(key=lambda row: bool(row.group))
    if len(mine) > MOST_ROWS:
        most = sorted(mine, key=lambda row: -abs(row.change.mean))[:MOST_ROWS]
        mine = [row for row in mine if row in most]
    return mine


def _name(arm: str, group: str) -> str:
    return "\n".join(wrapped(say("{group}: {arm}", group=group, arm=arm) if group else arm, 36))


def _panel(
    axes: Axes, metric: str, rows: Sequence[Difference], places: Sequence[tuple[str, str]], panels: int,
    shown: Mapping[Key, Cells],
) -> None:  # fmt: skip
    """Dots, intervals and their numbers; zero is what the arms are compared with."""
    known = text.metric(metric)
    scale = text.unit_scale(known.unit)
    edges = [edge * scale for row in rows for edge in (row.change.low, row.change.high, row.change.mean, 0.0)]
    low, high = (f([edge for edge in edges if not isnan(edge)], default=0.0) for f in (min, max))
    room = 0.35 * ((high - low) or 1.0)  # for the numbers over the outermost dots
    axes.set_xlim(low - room, high + room)
    for row in rows:
        y, colour = places.index((row.arm, row.group)), _COLOURS[verdict(row)]
        low, high, mean = (scale * one for one in (row.change.low, row.change.high, row.change.mean))
        draw_interval(axes, y, low, high, point=mean, colour=colour, line=2.6, size=7, zorder=3)
        mine = shown[row.arm, metric, row.group]
        size, interval = mine.change_words(unit=panels == 1), mine.interval_words()  # else the axis says the unit
        said = say("{mean} ({interval})", mean=size, interval=interval)
        axes.annotate(
            said, (_inside(row.change.mean * scale, said, axes), y), xytext=(0, 7), textcoords="offset points",
            ha="center", va="bottom", fontsize=SMALL - 1, color=INK, zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.axvline(0, color=INK, linewidth=1.0, zorder=2)
    for place in (n for n, (arm, _) in enumerate(places) if arm == TOGETHER):  # no change that anybody can choose
        axes.axhspan(place - 0.55, place + 0.5, color=_BAND, linewidth=0, zorder=-1)
    grid(axes, "x")
    bare(axes)
    axes.set_ylim(len(places) - 0.5, -0.7)
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.set_xticks(_ticks(axes, 6 if panels == 1 else 4))
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))
    what = with_unit(known.label, text.change_word(known.unit))
    better = say("{metric} (more is better)", metric=what)
    label = better if more_is_better(metric) else say("{metric} (less is better)", metric=what)
    axes.set_xlabel("\n".join(wrapped(label, 90 if panels == 1 else 66 // panels)))


def _inside(x: float, said: str, axes: Axes) -> float:
    """Where the middle of a label must be for all of it to be over its own panel."""
    figure = axes.figure
    left, right = axes.get_xlim()
    room = axes.get_position().width * figure.get_figwidth()  # type: ignore[union-attr]  # inches
    half = min(0.5, columns(said) * _SIGN / room / 2) * (right - left)
    return min(max(x, left + half), right - half)


_BAND: Final = "#EEF1F4"
_SIGN: Final = 0.068
"""Inches that one sign of a label takes, about."""


def _ticks(axes: Axes, most: int) -> list[float]:
    """At most so many numbers of an axis, so few that none runs into the next one or out of the panel."""
    left, right = axes.get_xlim()
    room = axes.get_position().width * axes.figure.get_figwidth()  # type: ignore[union-attr]  # inches
    best: list[float] = [0.0]
    for bins in range(most, 1, -1):
        found = {float(one): (len(_tick(one, None)) + 1) * _LETTER / room * (right - left) for one in
                 MaxNLocator(bins, min_n_ticks=2).tick_values(left, right)}  # fmt: skip
        kept = [one for one, wide in found.items() if left <= one - wide / 2 and one + wide / 2 <= right]
        clear = all(other - one >= (found[one] + found[other]) / 2 for one, other in pairwise(kept))
        if clear and len(kept) > len(best):
            best = kept
    return best


_LETTER: Final = 0.08
"""Inches that a digit of an axis takes."""


def _tick(value: float, _: object) -> str:
    return "0" if not value else f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.4g}"
