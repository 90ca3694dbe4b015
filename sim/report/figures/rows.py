"""The rows of one case: money arriving, resting, held and leaving, and below it who worked on the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from sim.engine.run import Run
from sim.report.figures.labels import spread
from sim.report.figures.style import DPI, SMALL, WIDTH, bare, ink_on
from sim.report.figures.timeaxis import LEFT, MIDDLE, Scale
from sim.report.findings.case import Account, Case, Task
from sim.words import names
from sim.words.colours import FAINT, GONE, HELD, RESTING
from sim.words.language import say
from sim.words.lines import columns

SHAPES = ("v", "D", "s", "^", "P", "X")
"""Of the ways out, in the order of the scenario."""


class Rows:
    """Money and work along the rows. Each row has the money in its upper two thirds and the work below."""

    def __init__(
        self, run: Run, told: Case, rows: Sequence[Account], axes: Axes, *, scale: Scale, pitch: float
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
        self.axes.barh(row - 0.16, right - left, height=0.4, left=left, color=colour, linewidth=0, zorder=zorder)

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
        self.axes.add_collection(LineCollection(lines, colors="#A9B0B8", linewidths=0.6, zorder=1), autolim=False)

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
                s=max(16.0, min(60.0, (0.62 * self.pitch * 72 / DPI) ** 2)), marker=SHAPES[number % len(SHAPES)],
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
            self._strip(task, row)

    def _case_work(self, row: int) -> None:
        for task in self.told.tasks:
            self._strip(task, row)

    def _strip(self, task: Task, row: int) -> None:
        """Waiting as a thin line, work as a thicker one in the stage's colour, with the person's number if it fits."""
        step, people = task.step, [number for _, number in task.people]
        until = min(self.end if task.ended is None else task.ended, self.end)
        begun = until if task.begun is None else min(task.begun, self.end)
        y, thick = row + 0.3, 0.24
        wait, work = (
            self.program.leak_wait[step],
            self.program.leak_work[step] or self.program.leak_wait[step],
        )
        left, middle, right = (self.scale.at(t) for t in (task.queued, begun, until))
        if middle > left:
            self.axes.barh(
                y, middle - left, height=0.07, left=left, color=names.cause(wait).colour, linewidth=0, zorder=4
            )
        if right > middle:
            if work not in self.stages:
                self.stages.append(work)
            self.axes.barh(
                y,
                right - middle,
                height=thick,
                left=middle,
                color=names.cause(work).colour,
                linewidth=0,
                zorder=4,
            )
            pixels = (right - middle) / self.scale.end * (MIDDLE - LEFT) * WIDTH * DPI
            if people and people[0] > 0 and self.pitch >= 30 and pixels >= 12:
                self.numbered = True
                self.axes.text(
                    (middle + right) / 2, y + 0.01, str(people[0]), fontsize=7, ha="center",
                    va="center_baseline", zorder=4.5, color=ink_on(names.cause(work).colour),
                )  # fmt: skip


def label_rows(rows: Sequence[Account], axes: Axes, pitch: float) -> None:
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
        say("victim"),
        transform=axes.get_yaxis_transform(),
        fontsize=SMALL,
        fontweight="bold",
        ha="right",
        va="center",
    )
    bold: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(),
        "fontsize": SMALL,
        "fontweight": "bold",
        "va": "center",
    }
    axes.text(-0.19, 0, say("layer"), color=FAINT, ha="center", **bold)
    groups = {
        layer: [i for i, a in enumerate(rows) if a.number and a.layer == layer]
        for layer in range(1, 1 + max(a.layer for a in rows))
    }
    middles = spread([(mine[0] + mine[-1]) / 2 for mine in groups.values() if mine], 13 / pitch, 0, len(rows))
    for layer, place in zip((layer for layer, mine in groups.items() if mine), middles, strict=True):
        axes.text(-0.19, place, str(layer), color=FAINT, ha="center", **bold)
    bare(axes)
    axes.tick_params(axis="x", length=3, color="#8A8A8A")


def _short(bank: str) -> str:
    """A bank's name, cut to fit beside a row."""
    return bank if columns(bank) <= 14 else bank[:13] + "\N{HORIZONTAL ELLIPSIS}"
