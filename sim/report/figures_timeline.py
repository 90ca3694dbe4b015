"""The picture of one case: where its money was at every minute, and who was after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import text
from sim.report.case import Account, Case, gather
from sim.report.figures_style import (
    DPI,
    SMALL,
    WIDTH,
    Figure,
    Flag,
    bare,
    grid,
    head,
    hoist,
    new_figure,
    nice_step,
    styled,
    text_width,
    yuan_axis,
)
from sim.report.text import FAINT, GONE, HELD, INK, RESTING
from sim.response.run import Run
from sim.scenario.units import DAY, HOUR, MINUTE, YUAN, show_duration

_TOP, _ROW, _BOTTOM = 1.02, 0.2, 1.2
"""Inches above the rows, for each row of labels there, and below."""
_LEFT, _MIDDLE, _RIGHT = 0.14, 0.795, 0.985
"""Edges of the two panels as shares of the width."""
_TALLEST, _MOST = 0.5, 5.3
"""A row's largest height and the height of all of them, in inches."""
_SHAPES = ("v", "D", "s", "^", "P", "X")
"""Of the ways out, in the order of the scenario."""


@styled
def timeline(run: Run, case: int = 0) -> Figure:
    """Draw one case: accounts as rows by layer, time along them, and what became of the money beside them.

    Args:
        run: any run.
        case: row of the plan's victims.

    Raises:
        ValueError: there is no such case.
    """
    told = gather(run, case)
    rows = [told.accounts[0], *sorted(told.mules, key=lambda a: (a.layer, a.arrived[0].time, a.number))]
    scale = _time_scale(told)
    moments = _moments(told, scale)
    row_inches = min(_TALLEST, _MOST / (len(rows) + 0.5))
    panel = row_inches * (len(rows) + 0.5)
    figure = new_figure(panel + _TOP + _BOTTOM + _ROW * (1 + max(moment.row for moment in moments)))
    height = figure.get_figheight()
    bottom, share = _BOTTOM / height, panel / height
    axes = figure.add_axes((_LEFT, bottom, _MIDDLE - _LEFT, share))
    fates = figure.add_axes((_MIDDLE + 0.015, bottom, _RIGHT - _MIDDLE - 0.015, share))

    drawing = _Rows(run, told, rows, axes, scale, row_inches * DPI)
    drawing.draw()
    _time_axis(run, told, axes, scale)
    _flags(moments, axes, panel)
    _row_labels(rows, axes, row_inches * DPI)
    _fates(rows, fates, drawing.held_at_end)
    for one in (axes, fates):
        one.set_ylim(len(rows) - 0.25, -0.75)
    _key(run, told, figure, drawing.stages, drawing.numbered)
    head(figure, finding(told), _subtitle(run, told), left=0.02)
    return figure


def finding(told: Case) -> str:
    """What the picture shows, in one sentence computed from the case."""
    stops, loss = told.stops, told.loss
    if told.reported is None:
        return f"Nobody was told: {text.show_money(loss)} paid, nothing stopped"
    if not stops:
        return f"Not one account could be stopped; {text.millions(sum(told.exited.values()), loss)} left the banks"
    accounts = text.count(len({a.number for _, a, _ in stops}), "account")
    last = show_duration(round((stops[-1][0] - told.reported) / MINUTE) * MINUTE)
    if not told.held:
        return f"{accounts} stopped within {last} of the report, all of them too late: nothing left to hold"
    return f"{accounts} stopped within {last} of the report; {text.millions(told.held, loss)} held"


def _subtitle(run: Run, told: Case) -> str:
    layers = text.count(len({a.layer for a in told.mules}), "layer")
    found = sum(fen > 0 for _, _, fen in told.stops)
    money = f"{found} of {text.count(len(told.stops), 'stop')} found money. " if told.stops else ""
    return (
        f"{money}One simulated case: a row is an account that its money reached, {layers} deep. "
        f"{run.scenario.name}, seed {run.plan.seed}, replication {run.plan.replication}, case id {told.id}"
    )


# -- time along the axis ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """A stretch of time drawn to scale: [start, end) in ms, from `place` on."""

    start: int
    end: int
    place: float


@dataclass(frozen=True)
class _Scale:
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


def _time_scale(told: Case) -> _Scale:
    """Cut out every quiet stretch that is longer than an hour and than all the rest together, the longest first."""
    times = {told.first_payment, *(m.time for m in told.moves), *(time for time, _, _ in told.stops)}
    if told.discovered <= told.end:
        times.add(told.discovered)
    for tasks in (told.tasks, *(a.tasks for a in told.mules)):
        times.update(
            t
            for task in tasks
            for t in (task.queued, task.begun, task.ended)
            if t is not None and t <= told.end
        )
    if told.reported is not None:
        times.add(told.reported)
    moments = sorted(times)
    gaps = sorted(((b - a, a, b) for a, b in zip(moments, moments[1:], strict=False)), reverse=True)
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
    return _Scale(pieces, room)


def _time_axis(run: Run, told: Case, axes: Axes, scale: _Scale) -> None:
    """Ticks in minutes since the report, with the clock below; a band where time was cut out."""
    zero = told.reported if told.reported is not None else told.first_payment
    width = (_MIDDLE - _LEFT) * WIDTH * DPI
    whole = sum(p.end - p.start for p in scale.pieces) / MINUTE
    step = round(
        nice_step(whole, int(width / 75), (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440, 2880))
        * MINUTE
    )
    ticks, labels, last = [], [], -1e9
    days: set[str] = set()
    for piece in scale.pieces:
        first = -(-(piece.start - zero) // step) * step + zero
        for time in range(first, piece.end, step):
            place = scale.at(time)
            if (place - last) / scale.end * width < 70:
                continue
            last = place
            when = run.scenario.when(time)
            day = f"{when.day} {text.MONTHS[when.month - 1][:3]}"
            new_day = "" if day in days else f"\n{day}"
            days.add(day)
            ticks.append(place)
            labels.append(f"{_since(time - zero)}\n{text.clock(when, seconds=False)}{new_day}")
    axes.set_xticks(ticks, labels=labels, linespacing=1.35)
    axes.set_xlim(scale.pieces[0].place, scale.end)
    since = "since the report" if told.reported is not None else "since first payment"
    for line, label in enumerate((since, "time of day")):
        axes.annotate(
            label, (0, 0), xycoords="axes fraction", xytext=(-8, -7.5 - 12.4 * line), textcoords="offset points",
            fontsize=SMALL, color=FAINT, ha="right", va="top", annotation_clip=False,
        )  # fmt: skip
    grid(axes, "x")
    for before, after in zip(scale.pieces, scale.pieces[1:], strict=False):
        left, right = after.place - scale.cut, after.place
        axes.axvspan(left, right, facecolor="#F4F4F4", edgecolor="#D0D0D0", hatch="//", linewidth=0, zorder=6)
        axes.text(
            (left + right) / 2, 0.5, f"{show_duration(after.start - before.end)} pass", rotation=90, ha="center", va="center",
            fontsize=SMALL, color=INK, transform=axes.get_xaxis_transform(), zorder=7,
            bbox={"facecolor": "#F4F4F4", "edgecolor": "none", "pad": 2},
        )  # fmt: skip


def _since(ms: int) -> str:
    """``-20 min``, ``0``, ``+3 h``, ``+1 d``: a tick."""
    if ms == 0:
        return "0"
    sign = "+" if ms > 0 else "\N{MINUS SIGN}"
    if abs(ms) < 3 * HOUR:
        return f"{sign}{abs(ms) // MINUTE} min"
    return sign + (f"{abs(ms) / DAY:g} d" if abs(ms) % DAY == 0 else show_duration(abs(ms)))


@dataclass(frozen=True)
class _Moment:
    """A vertical line with a label above it."""

    x: float
    label: str
    colour: str
    left: bool
    """Whether the label stands to the left of the line."""
    row: int
    """From the picture up."""


def _moments(told: Case, scale: _Scale) -> list[_Moment]:
    """First payment, discovery, report, first and last stop, with room for each label."""
    found: list[tuple[int, str, str, bool]] = [(told.first_payment, "first payment", FAINT, False)]
    if told.discovered <= told.end:
        found.append((told.discovered, "victim understands", FAINT, True))
    if told.reported is not None:
        found.append((told.reported, "REPORT", INK, False))
        stops = [time for time, _, _ in told.stops]
        for name, time in zip(
            ("first stop", "last stop"), dict.fromkeys((*stops[:1], *stops[-1:])), strict=False
        ):
            found.append(
                (
                    time,
                    f"{name}, {_since(round((time - told.reported) / MINUTE) * MINUTE)}",
                    HELD,
                    name == "last stop",
                )
            )
    width = (_MIDDLE - _LEFT) * WIDTH * DPI
    first = scale.pieces[0].place
    flags = [
        Flag((scale.at(t) - first) / (scale.end - first) * width, text_width(label, SMALL), left)
        for t, label, _, left in found
    ]
    places = hoist(flags, -40, width)
    return [
        _Moment(scale.at(time), label, colour, left, row)
        for (time, label, colour, _), (left, row) in zip(found, places, strict=True)
    ]


def _flags(moments: Sequence[_Moment], axes: Axes, panel: float) -> None:
    """Draw the moments over a panel of this height in inches."""
    across = axes.get_xaxis_transform()
    for one in moments:
        y = 1 + (0.06 + _ROW * one.row) / panel
        axes.axvline(one.x, color=one.colour, linewidth=1.3, zorder=2, alpha=0.9)
        top = y + 0.13 / panel
        axes.plot([one.x, one.x], [1, top], color=one.colour, linewidth=1.3, transform=across, clip_on=False)
        axes.annotate(
            one.label, (one.x, y), xycoords=across, xytext=(-3 if one.left else 3, 0), textcoords="offset points",
            fontsize=SMALL, color=one.colour, va="bottom", ha="right" if one.left else "left", annotation_clip=False,
            fontweight="bold" if one.label == "REPORT" else "normal",
        )  # fmt: skip


# -- the rows ---------------------------------------------------------------------------------------------


class _Rows:
    """Money and work along the rows. Each row has the money in its upper two thirds and the work below."""

    def __init__(
        self, run: Run, told: Case, rows: Sequence[Account], axes: Axes, scale: _Scale, pitch: float
    ) -> None:
        self.told, self.rows, self.axes, self.scale, self.program = told, rows, axes, scale, run.program
        self.pitch = pitch
        """Pixels from row to row."""
        self.row_of = {a.number: i for i, a in enumerate(rows)}
        self.end = scale.pieces[-1].end
        self.exits = list(run.scenario.criminals.exits)
        self.stages: list[str] = []
        """Leak names of the stages at which somebody worked."""
        self.numbered = False
        """Whether the number of a person stands anywhere."""
        self.largest = max((m.amount for m in told.moves), default=1)
        self.held_at_end = {a.number: a.balance() if a.held_at(told.end) else 0 for a in told.mules}

    def draw(self) -> None:
        """Everything along the rows."""
        self._bands()
        self._links()
        for account in self.rows:
            row = self.row_of[account.number]
            if account.number:
                self._rests(account, row)
                self._work(account, row)
                self._stops(account, row)
            else:
                self._case_work(row)
        self._arrivals()
        self._exits()

    def _bands(self) -> None:
        """Every other layer on a faint ground."""
        for layer in {a.layer for a in self.rows if a.layer % 2}:
            places = [i for i, a in enumerate(self.rows) if a.layer == layer]
            self.axes.axhspan(places[0] - 0.5, places[-1] + 0.5, color="#F6F7F9", linewidth=0, zorder=-2)

    def _bar(self, start: int, end: int, row: int, colour: str, zorder: float = 3) -> None:
        left, right = self.scale.at(start), self.scale.at(end)
        self.axes.barh(
            row - 0.16, right - left, height=0.4, left=left, color=colour, linewidth=0, zorder=zorder
        )

    def _rests(self, account: Account, row: int) -> None:
        for start, end, _, held in account.rests(self.told.end):
            if start < self.end:
                self._bar(start, min(end, self.end), row, HELD if held else RESTING)

    def _links(self) -> None:
        """Thin lines from the row a transfer leaves to the row it reaches."""
        lines = [
            [(x, self.row_of[m.source] - 0.16), (x, self.row_of[m.target] - 0.16)]
            for m in self.told.moves
            if m.target >= 0 and m.time < self.end
            for x in (self.scale.at(m.time),)
        ]
        self.axes.add_collection(
            LineCollection(lines, colors="#A9B0B8", linewidths=0.6, zorder=1), autolim=False
        )

    def _size(self, amount: int) -> float:
        """Marker area in square points: in proportion to the amount, within the row."""
        most = min(14.0, 0.95 * self.pitch * 72 / DPI) ** 2
        return max(2.5, most * amount / self.largest)

    def _arrivals(self) -> None:
        moves = [m for m in self.told.moves if m.target >= 0 and m.time < self.end]
        self.axes.scatter(
            [self.scale.at(m.time) for m in moves], [self.row_of[m.target] - 0.16 for m in moves],
            s=[self._size(m.amount) for m in moves], color="#5A6470", linewidths=0, zorder=5,
        )  # fmt: skip

    def _exits(self) -> None:
        for number, way in enumerate(self.exits):
            moves = [m for m in self.told.moves if m.way == way and m.time < self.end]
            self.axes.scatter(
                [self.scale.at(m.time) for m in moves], [self.row_of[m.source] - 0.16 for m in moves],
                s=max(16.0, min(60.0, (0.62 * self.pitch * 72 / DPI) ** 2)), marker=_SHAPES[number % len(_SHAPES)],
                color=GONE, linewidths=0, zorder=6,
            )  # fmt: skip

    def _stops(self, account: Account, row: int) -> None:
        """A bold tick where a stop lands; hollow where it found nothing."""
        for start, _, found in account.holds:
            x = self.scale.at(start)
            half = 0.4
            wide = max(2.0, min(3.5, self.pitch / 8))
            self.axes.plot(
                [x, x],
                [row - half, row + half],
                color="white",
                linewidth=wide + 1.6,
                zorder=6.4,
                solid_capstyle="butt",
            )
            colour = "#00684C" if found else "#9AA0A6"
            self.axes.plot(
                [x, x],
                [row - half, row + half],
                color=colour,
                linewidth=wide,
                zorder=6.5,
                solid_capstyle="butt",
            )

    def _work(self, account: Account, row: int) -> None:
        for task in account.tasks:
            self._strip(task.step, task.queued, task.begun, task.ended, row, [n for _, n in task.people])

    def _case_work(self, row: int) -> None:
        for task in self.told.tasks:
            self._strip(task.step, task.queued, task.begun, task.ended, row, [n for _, n in task.people])

    def _strip(
        self, step: int, queued: int, begun: int | None, ended: int | None, row: int, people: Sequence[int]
    ) -> None:
        """Waiting as a thin line, work as a thicker one in the stage's colour, with the person's number if it fits."""
        until = min(ended if ended is not None else self.end, self.end)
        begun = until if begun is None else min(begun, self.end)
        y, thick = row + 0.3, 0.24
        wait, work = (
            self.program.leak_wait[step],
            self.program.leak_work[step] or self.program.leak_wait[step],
        )
        left, middle, right = (self.scale.at(t) for t in (queued, begun, until))
        if middle > left:
            self.axes.barh(
                y, middle - left, height=0.07, left=left, color=text.cause(wait).colour, linewidth=0, zorder=4
            )
        if right > middle:
            if work not in self.stages:
                self.stages.append(work)
            self.axes.barh(
                y,
                right - middle,
                height=thick,
                left=middle,
                color=text.cause(work).colour,
                linewidth=0,
                zorder=4,
            )
            pixels = (right - middle) / self.scale.end * (_MIDDLE - _LEFT) * WIDTH * DPI
            if people and people[0] > 0 and self.pitch >= 30 and pixels >= 12:
                self.numbered = True
                self.axes.text(
                    (middle + right) / 2, y + 0.01, str(people[0]), fontsize=7, ha="center", va="center_baseline", zorder=4.5,
                )  # fmt: skip


def _row_labels(rows: Sequence[Account], axes: Axes, pitch: float) -> None:
    """The name of each row, every second where they are dense, and the layers further left."""
    every = 1 if pitch >= 9.2 else 2 if pitch >= 5 else 4
    size = min(SMALL, 0.88 * pitch * every * 72 / DPI)
    places = [i for i in range(len(rows)) if i == 0 or (i - 1) % every == every - 1]
    labels = ["" if rows[i].number == 0 else f"{rows[i].name} {_short(rows[i].bank)}" for i in places]
    axes.set_yticks(places, labels=labels, fontsize=size)
    axes.tick_params(axis="y", length=0, pad=4)
    axes.text(
        -0.008,
        0,
        "victim",
        transform=axes.get_yaxis_transform(),
        fontsize=SMALL,
        fontweight="bold",
        ha="right",
        va="center",
    )
    for layer in sorted({a.layer for a in rows if a.number}):
        mine = [i for i, a in enumerate(rows) if a.layer == layer]
        label = f"layer {layer}" if len(mine) * pitch >= 48 else str(layer)
        axes.text(
            -0.195, (mine[0] + mine[-1]) / 2, label, transform=axes.get_yaxis_transform(), fontsize=SMALL, fontweight="bold",
            rotation=90 if label != str(layer) else 0, ha="center", va="center", color=FAINT,
        )  # fmt: skip
    bare(axes)
    axes.tick_params(axis="x", length=3, color="#8A8A8A")


def _short(bank: str) -> str:
    """A bank's name, cut to fit beside a row."""
    return bank if len(bank) <= 14 else bank[:13] + "\N{HORIZONTAL ELLIPSIS}"


def _fates(rows: Sequence[Account], axes: Axes, held_at_end: dict[int, int]) -> None:
    """Beside each row: what arrived there, and what became of it."""
    for row, account in enumerate(rows):
        if account.number == 0:
            continue
        held = held_at_end[account.number] / YUAN
        out = sum(m.amount for m in account.left if m.way) / YUAN
        onward = sum(m.amount for m in account.left if not m.way) / YUAN
        rest = account.balance() / YUAN - held
        left = 0.0
        for amount, colour in ((held, HELD), (out, GONE), (rest, RESTING)):
            axes.barh(row, amount, left=left, height=0.66, color=colour, linewidth=0)
            left += amount
        axes.barh(row, onward, left=left, height=0.66, facecolor="none", edgecolor="#9AA0A6", linewidth=0.7)
    highest = max((sum(m.amount for m in a.arrived) for a in rows if a.number), default=YUAN) / YUAN
    axes.set_xlim(0, highest * 1.03)
    yuan_axis(axes, highest, most=2)
    axes.set_yticks([])
    bare(axes)
    grid(axes, "x")
    axes.axvline(0, color="#8A8A8A", linewidth=1)
    axes.text(
        0,
        1.0,
        "What arrived, and its end, yuan",
        transform=axes.transAxes,
        fontsize=SMALL,
        va="bottom",
        color=INK,
    )


def _key(run: Run, told: Case, figure: Figure, stages: Sequence[str], numbered: bool) -> None:
    """Two lines of signs below the picture: the money, then the people."""
    grey = "#5A6470"
    money: list[Line2D | Patch] = [
        Line2D([], [], marker="o", color=grey, linewidth=0, markersize=7, label="arrives (area: amount)"),
        Patch(color=RESTING, label="rests"),
        Patch(color=HELD, label="held"),
        Patch(facecolor="none", edgecolor="#9AA0A6", label="sent on"),
    ]
    used = set(told.exited)
    for number, way in enumerate(run.scenario.criminals.exits):
        if way in used:
            marker = _SHAPES[number % len(_SHAPES)]
            money.append(
                Line2D(
                    [],
                    [],
                    marker=marker,
                    color=GONE,
                    linewidth=0,
                    markersize=6,
                    label=f"leaves {text.way_out(way)}",
                )
            )
    people: list[Line2D | Patch] = []
    if told.stops:
        people.append(
            Line2D(
                [],
                [],
                marker="|",
                color="#00684C",
                linewidth=0,
                markersize=11,
                markeredgewidth=3,
                label="stop",
            )
        )
        people.append(
            Line2D(
                [],
                [],
                marker="|",
                color="#9AA0A6",
                linewidth=0,
                markersize=11,
                markeredgewidth=3,
                label="stop, nothing left",
            )
        )
    people += [
        Patch(color=text.cause(stage).colour, label=f"{text.words(stage)}: at work") for stage in stages
    ]
    if stages:
        people.append(Line2D([], [], color=grey, linewidth=1.5, label="thin: waiting"))
        if numbered:
            people.append(
                Line2D([], [], marker="$1$", color=INK, linewidth=0, markersize=5, label="which person")
            )
    height = figure.get_figheight()
    for signs, y in ((money, 0.36), (people, 0.13)):
        figure.legend(
            handles=signs, loc="center left", bbox_to_anchor=(0.015, y / height), ncols=max(1, len(signs)), fontsize=SMALL,
            handlelength=1.3, handletextpad=0.5, columnspacing=1.4, borderpad=0, borderaxespad=0,
        )  # fmt: skip
