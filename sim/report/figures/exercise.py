"""Pictures of an exercise: where the money was while the room decided, and what else the result could have been."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.figures.labels import spread
from sim.report.figures.style import DPI, WIDTH, bare, grid, new_figure, nice_step, styled, text_width
from sim.words.colours import BLUE, FAINT, GONE, GREEN, HELD, INK, RESTING, VERMILLION
from sim.words.language import clock, exact_money, key, money, percent, say
from sim.words.units import HOUR, MINUTE

_SIZE, _SMALL = 13.5, 12.0
"""Points: a page of A4 shows the picture at 60%, and these as 8 and 7 points."""
_LEFT, _RIGHT = 0.155, 0.8
_ROW = 0.34
"""Inches of a strip of marks."""
_APART = 16
"""px between the labels of an axis."""
_MARK = 26
"""px that the number of an inject takes; one that is nearer to another stands in one box with it."""
_GAP = 0.2
"""Inches between the picture and the strips."""


@dataclass(frozen=True)
class Moment:
    """The victims' money at a time (ms since the start), in fen."""

    at: int
    loss: int
    """Paid so far."""
    held: int
    """Under a stop or a freeze, or caught."""
    gone: int
    """Out of the banks."""


@dataclass(frozen=True)
class Mark:
    """Something that happened at a time: an inject with its number, or a decision."""

    at: int
    label: str = ""
    bad: bool = False
    """Late."""


@styled
def money_figure(
    moments: Sequence[Moment], rows: Mapping[str, Sequence[Mark]], start: int, end: int, when: Callable[[int], datetime]
) -> Figure:
    """Draw where the money was from the opening of a room to its close, over strips of what happened meanwhile.

    Args:
        moments: rising in time.
        rows: strips of marks by their names, the highest first.
        start, end: of the room, ms.
        when: the local time of an instant.

    Raises:
        ValueError: there is no moment.
    """
    if not moments:
        raise ValueError("a picture of the money needs a moment")
    end = max(end, start + MINUTE)  # a room that has not begun
    strips = _ROW * len(rows)
    height = 4.5 + strips
    figure = new_figure(height)
    bottom = (0.75 + strips + (_GAP if rows else 0)) / height
    axes = figure.add_axes((_LEFT, bottom, _RIGHT - _LEFT, 0.96 - bottom))
    drawn = _within(moments, start, end)
    x = [(one.at - start) / MINUTE for one in drawn]
    layers = (
        (key("held or caught"), HELD, [one.held for one in drawn]),
        (key("moving or resting"), RESTING, [one.loss - one.held - one.gone for one in drawn]),
        (key("gone"), GONE, [one.gone for one in drawn]),
    )
    axes.stackplot(
        x, *[amounts for _, _, amounts in layers], colors=[colour for _, colour, _ in layers],
        linewidth=0, step="post", zorder=2,
    )  # fmt: skip
    top = 1.06 * max(1, *(one.loss for one in drawn))
    axes.set_ylim(0, top)
    _money_axis(axes, top)
    grid(axes, "y")
    axes.set_xlim(0, (end - start) / MINUTE)
    _label_layers(axes, layers, height * (0.96 - bottom) * DPI, top)
    _time_ticks(axes, start, end, when, shown=not rows)
    if rows:
        _strips(figure, rows, start, end, when, 0.75 / height, strips / height)
    return figure


def _within(moments: Sequence[Moment], start: int, end: int) -> list[Moment]:
    """The moments of the room, with what held at its opening and at its close."""

    def at(time: int) -> Moment:
        before = [one for one in moments if one.at <= time] or [moments[0]]
        return Moment(time, before[-1].loss, before[-1].held, before[-1].gone)

    return [at(start), *(one for one in moments if start < one.at < end), at(end)]


def _money_axis(axes: Axes, top: float) -> None:
    steps = [factor * 10**power for power in range(2, 15) for factor in (1, 2, 2.5, 5)]
    step = nice_step(top, 5, steps)
    ticks = [step * i for i in range(int(top / step) + 1)]
    axes.set_yticks(ticks, labels=[money(tick) for tick in ticks], fontsize=_SMALL)


def _label_layers(axes: Axes, layers: Sequence[tuple[str, str, Sequence[int]]], pixels: float, top: float) -> None:
    """Name each layer at the right edge with its amount there; where they lie close, apart and tied."""
    base, shown = 0, []
    for label, colour, amounts in layers:
        shown.append(((base + amounts[-1] / 2) / top * pixels, f"{say(label)}\n{money(amounts[-1])}", colour))
        base += amounts[-1]
    line = 2.9 * _SIZE * DPI / 72
    places = spread([y for y, _, _ in shown], line, line / 2, pixels - line / 3)
    for (wanted, label, colour), y in zip(shown, places, strict=True):
        axes.annotate(
            label, (1, wanted / pixels), xycoords="axes fraction", xytext=(1.025, y / pixels), fontsize=_SIZE,
            textcoords="axes fraction", color=FAINT if colour == RESTING else colour, va="center", linespacing=1.2,
            arrowprops={"arrowstyle": "-", "color": "#B5B5B5", "linewidth": 0.8, "shrinkA": 2, "shrinkB": 0},
        )  # fmt: skip


def _time_ticks(axes: Axes, start: int, end: int, when: Callable[[int], datetime], *, shown: bool) -> None:
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
    step = int(nice_step((end - start) / MINUTE, 9, steps))
    ticks = list(range(0, int((end - start) / MINUTE) + 1, step))
    labels = [f"{clock(when(start + tick * MINUTE), seconds=False)}\n{_since(tick)}" for tick in ticks]
    axes.set_xticks(ticks, labels=labels if shown else [], fontsize=_SMALL, linespacing=1.3)
    if not shown:
        axes.tick_params(axis="x", length=0)


def _since(minutes: int) -> str:
    if minutes == 0:
        return say("opening")
    hours, rest = divmod(minutes, HOUR // MINUTE)
    return say("+{n} h", n=hours) if hours and not rest else say("+{n} min", n=minutes)


def _strips(
    figure: Figure, rows: Mapping[str, Sequence[Mark]], start: int, end: int, when: Callable[[int], datetime],
    bottom: float, tall: float,
) -> None:  # fmt: skip
    axes = figure.add_axes((_LEFT, bottom, _RIGHT - _LEFT, tall))
    for y, marks in enumerate(rows.values()):
        axes.axhline(y, color="#E3E3E3", linewidth=0.8, zorder=1)
        wide = (_RIGHT - _LEFT) * WIDTH * DPI
        boxes: list[list[Mark]] = []
        for mark in sorted(marks, key=lambda one: one.at):
            x = (mark.at - start) / MINUTE
            colour = VERMILLION if mark.bad else BLUE
            if not mark.label:
                axes.plot(x, y, marker="D" if mark.bad else "|", markersize=8 if mark.bad else 13, color=colour,
                          markeredgewidth=1.8, zorder=3)  # fmt: skip
                continue
            axes.axvline(x, ymin=1 - (y + 0.5) / len(rows), color="#B5B5B5", linewidth=0.8, zorder=1)
            before = boxes[-1] if boxes else []
            taken = len(before) * _MARK
            if before and (mark.at - before[0].at) / (end - start) * wide < taken:
                before.append(mark)
            else:
                boxes.append([mark])
        for box in boxes:
            axes.text((box[0].at - start) / MINUTE, y, ", ".join(one.label for one in box), fontsize=_SMALL,
                      color="white", ha="center" if len(box) == 1 else "left", va="center", zorder=4,
                      bbox={"boxstyle": "round,pad=0.22", "edgecolor": "none",
                            "facecolor": VERMILLION if any(one.bad for one in box) else BLUE})  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, (end - start) / MINUTE)
    axes.set_yticks(range(len(rows)), labels=list(rows), fontsize=_SMALL)
    axes.tick_params(axis="y", pad=16)  # room for a mark at the opening
    _time_ticks(axes, start, end, when, shown=True)
    bare(axes)


@styled
def outcomes_figure(bars: Sequence[tuple[str, int, bool]], stake: int) -> Figure:
    """Draw what was saved in this exercise beside what else could have been, each with its share of what was at stake.

    Args:
        bars: (label, fen, whether it is the room's own result), from the top.
        stake: fen that the victims paid, or would have.
    """
    height = 0.55 + 0.5 * len(bars)
    figure = new_figure(height)
    axes = figure.add_axes((0.245, 0.42 / height, 0.715, (height - 0.5) / height))
    most = max([amount for _, amount, _ in bars] + [1])
    wide, longest = 0.715 * WIDTH * DPI, 1.0
    for y, (_, amount, own) in enumerate(bars):
        said = exact_money(amount) + (f" ({percent(amount / stake)})" if stake else "")
        axes.barh(y, amount, height=0.62, color=GREEN if own else "#A9B0B8", linewidth=0, zorder=3)
        axes.annotate(
            said, (amount, y), xytext=(7, 0), textcoords="offset points", va="center", zorder=5, fontsize=_SIZE,
            color=INK, fontweight="bold" if own else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        # As far as the longest label needs, which may be bold.
        longest = max(longest, amount * wide / (wide - 1.15 * text_width(said, _SIZE) - 20))
    axes.set_yticks(range(len(bars)), labels=[label for label, _, _ in bars], fontsize=_SIZE)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, longest)
    steps = [factor * 10**power for power in range(2, 15) for factor in (1, 2, 2.5, 5)]
    label = text_width(money(longest), _SMALL) + _APART
    step = nice_step(most, min(5, most / longest * wide / label), steps)
    margin = 0.04 * WIDTH * DPI  # beyond the axes, for half of the last label
    ticks = [
        tick
        for tick in (step * i for i in range(int(longest / step) + 1))
        if tick / longest * wide + text_width(money(tick), _SMALL) / 2 <= wide + margin
    ]
    axes.set_xticks(ticks, labels=[money(tick) for tick in ticks], fontsize=_SMALL)
    grid(axes, "x")
    bare(axes)
    return figure
