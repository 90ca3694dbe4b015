"""Time along the axis of one case: minutes since the report, quiet times cut out, and the moments that matter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sim.engine.run import Run
from sim.report.figures.labels import Flag, hoist
from sim.report.figures.style import DPI, SMALL, WIDTH, grid, nice_step, text_width
from sim.report.findings.case import Case
from sim.words.colours import FAINT, HELD, INK
from sim.words.language import clock, day_of_year, duration, key, say
from sim.words.units import DAY, HOUR, MINUTE

LEFT, MIDDLE, RIGHT = 0.143, 0.79, 0.975
"""Edges of the two panels as shares of the width."""
LABEL_ROW = 0.2
"""Inches for each row of labels above the picture."""


@dataclass(frozen=True)
class _Piece:
    """A stretch of time drawn to scale: [start, end) in ms, from `place` on."""

    start: int
    end: int
    place: float


@dataclass(frozen=True)
class Scale:
    """Minutes along the axis, with long times in which nothing happens cut out."""

    pieces: Sequence[_Piece]
    cut: float
    """Minutes' worth of room that a cut takes."""

    def at(self, time: int) -> float:
        """Place of a time (ms) on the axis."""
        for piece in reversed(self.pieces):
            if time >= piece.start:
                return piece.place + (min(time, piece.end) - piece.start) / MINUTE
        return self.pieces[0].place

    @property
    def end(self) -> float:
        last = self.pieces[-1]
        return last.place + (last.end - last.start) / MINUTE


def time_scale(told: Case) -> Scale:
    """Cut out every quiet stretch that is longer than an hour and than all the rest together, the longest first."""
    times = {told.first_payment, *(m.time for m in told.moves), *(time for time, _, _ in told.stops)}
    if told.discovered <= told.end:
        times.add(told.discovered)
    for tasks in (told.tasks, *(a.tasks for a in told.mules)):
        times.update(
            t for task in tasks for t in (task.queued, task.begun, task.ended) if t is not None and t <= told.end
        )
    if told.reported is not None:
        times.add(told.reported)
    moments = sorted(times)
    gaps = sorted(((b - a, a, b) for a, b in itertools.pairwise(moments)), reverse=True)
    left = moments[-1] - moments[0]
    cuts = []
    for gap, start, end in gaps:
        if gap < HOUR or gap < 0.4 * left:
            break
        cuts.append((start, end))
        left -= gap
    margin = max(MINUTE, left // 40)
    room = 0.08 * (left + 2 * margin) / MINUTE
    edges = [moments[0] - margin]
    for start, end in sorted(cuts):
        edges += [start + min(margin, (end - start) // 3), end - min(margin, (end - start) // 3)]
    edges.append(moments[-1] + margin)
    pieces, place = [], 0.0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        pieces.append(_Piece(start, end, place))
        place += (end - start) / MINUTE + room
    return Scale(pieces, room)


def time_axis(run: Run, told: Case, axes: Axes, scale: Scale) -> None:
    """Ticks in minutes since the report, with the clock below; a band where time was cut out."""
    zero = told.reported if told.reported is not None else told.first_payment
    width = (MIDDLE - LEFT) * WIDTH * DPI
    whole = sum(p.end - p.start for p in scale.pieces) / MINUTE
    step = round(
        nice_step(whole, int(width / 75), (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440, 2880)) * MINUTE
    )
    ticks, labels, last, said = [], [], -1e9, ""
    days: set[str] = set()
    for piece in scale.pieces:
        first = -(-(piece.start - zero) // step) * step + zero
        for time in range(first, piece.end, step):
            place = scale.at(time)
            since = _since(time - zero)
            pixels, half = place / scale.end * width, max(30, text_width(since, SMALL) / 2)
            if not half < pixels < width - 15 or pixels - half < last + 6:
                continue
            last = pixels + half
            when = run.scenario.when(time)
            day = day_of_year(when)
            new_day = "" if day in days else f"\n{day}"
            days.add(day)
            ticks.append(place)
            since, said = (since, since) if since != said else ("", said)
            labels.append(f"{since}\n{clock(when, seconds=False)}{new_day}")
    axes.set_xticks(ticks, labels=labels, linespacing=1.35)
    axes.set_xlim(scale.pieces[0].place, scale.end)
    since = say("since the report") if told.reported is not None else say("since first payment")
    for line, label in enumerate((since, say("time of day"))):
        axes.annotate(
            label, (0, 0), xycoords="axes fraction", xytext=(-8, -7.5 - 12.4 * line), textcoords="offset points",
            fontsize=SMALL, color=FAINT, ha="right", va="top", annotation_clip=False,
        )  # fmt: skip
    grid(axes, "x")
    for before, after in zip(scale.pieces, scale.pieces[1:], strict=False):
        left, right = after.place - scale.cut, after.place
        axes.axvspan(left, right, facecolor="#F4F4F4", edgecolor="#D0D0D0", hatch="//", linewidth=0, zorder=6)
        axes.text(
            (left + right) / 2, 0.5, say("{time} pass", time=duration(after.start - before.end)), rotation=90,
            ha="center", va="center",
            fontsize=SMALL, color=INK, transform=axes.get_xaxis_transform(), zorder=7,
            bbox={"facecolor": "#F4F4F4", "edgecolor": "none", "pad": 2},
        )  # fmt: skip


def _since(ms: int) -> str:
    """``-20 min``, ``0``, ``+3 h``, ``+1 d``: a tick."""
    if ms == 0:
        return "0"
    sign = "+" if ms > 0 else "\N{MINUS SIGN}"
    if abs(ms) < 3 * HOUR:
        return sign + say("{n} min", n=abs(ms) // MINUTE)
    return sign + (say("{n:g} d", n=abs(ms) / DAY) if abs(ms) % DAY == 0 else duration(abs(ms)))


@dataclass(frozen=True)
class Moment:
    """A vertical line with a label above it."""

    x: float
    label: str
    colour: str
    left: bool
    """Whether the label stands to the left of the line."""
    row: int
    """From the picture up."""


def moments_of(told: Case, scale: Scale) -> list[Moment]:
    """First payment, discovery, report, first and last stop, with room for each label."""
    found: list[tuple[int, str, str, bool]] = [(told.first_payment, say("first payment"), FAINT, False)]
    if told.discovered <= told.end:
        found.append((told.discovered, say("victim understands"), FAINT, True))
    if told.reported is not None:
        found.append((told.reported, say("REPORT"), INK, False))
        stops = [time for time, _, _ in told.stops]
        names = (key("first stop, {since}"), key("last stop, {since}"))
        for number, time in enumerate(dict.fromkeys((*stops[:1], *stops[-1:]))):
            since = _since(round((time - told.reported) / MINUTE) * MINUTE)
            found.append((time, say(names[number], since=since), HELD, number == 1))
    width = (MIDDLE - LEFT) * WIDTH * DPI
    first = scale.pieces[0].place
    flags = [
        Flag((scale.at(t) - first) / (scale.end - first) * width, text_width(label, SMALL) * _bold(label), left)
        for t, label, _, left in found
    ]
    places = hoist(flags, -40, width)
    return [
        Moment(scale.at(time), label, colour, left, row)
        for (time, label, colour, _), (left, row) in zip(found, places, strict=True)
    ]


def _bold(label: str) -> float:
    """How much wider than plain text of its length a label is: bold capitals are."""
    return 1.35 if label.isupper() else 1.0


def draw_moments(moments: Sequence[Moment], axes: Axes, panel: float) -> None:
    """Draw the moments over a panel of this height in inches."""
    across = axes.get_xaxis_transform()
    for one in moments:
        y = 1 + (0.06 + LABEL_ROW * one.row) / panel
        axes.axvline(one.x, color=one.colour, linewidth=1.3, zorder=2, alpha=0.9)
        top = y + 0.13 / panel
        axes.plot([one.x, one.x], [1, top], color=one.colour, linewidth=1.3, transform=across, clip_on=False)
        axes.annotate(
            one.label, (one.x, y), xycoords=across, xytext=(-3 if one.left else 3, 0), textcoords="offset points",
            fontsize=SMALL, color=one.colour, va="bottom", ha="right" if one.left else "left", annotation_clip=False,
            fontweight="bold" if one.label == say("REPORT") else "normal",
        )  # fmt: skip
