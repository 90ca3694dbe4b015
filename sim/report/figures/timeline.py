"""The picture of one case: where its money was at every minute, and who was after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.engine.run import Run
from sim.report.figures.rows import SHAPES, Rows, label_rows
from sim.report.figures.style import (
    DPI,
    SMALL,
    WIDTH,
    bare,
    columns_that_fit,
    grid,
    head,
    new_figure,
    styled,
    yuan_axis,
)
from sim.report.figures.timeaxis import LABEL_ROW, LEFT, MIDDLE, RIGHT, draw_moments, moments_of, time_axis, time_scale
from sim.report.findings import text
from sim.report.findings.case import Account, Case, Task, gather
from sim.report.findings.timeline import finding
from sim.words import names
from sim.words.colours import GONE, HELD, INK, RESTING
from sim.words.language import counted, named, say
from sim.words.units import YUAN

_TOP, _BOTTOM = 1.02, 1.42
"""Inches above the rows and the labels there, and below."""
_TALLEST, _MOST = 0.5, 5.3
"""A row's largest height and the height of all of them, in inches."""


@styled
def timeline(run: Run, case: int = 0) -> Figure:
    """Draw one case: accounts as rows by layer, time along them, and what became of the money beside them.

    Args:
        run: any run.
        case: row of the plan's victims.

    Raises:
        ValueError: there is no such case.
    """
    told = _chase(run, gather(run, case))
    rows = [
        told.accounts[0],
        *sorted(told.mules, key=lambda a: (a.layer, a.arrived[0].time if a.arrived else 0, a.number)),
    ]
    scale = time_scale(told)
    moments = moments_of(told, scale)
    row_inches = min(_TALLEST, _MOST / (len(rows) + 0.5))
    panel = row_inches * (len(rows) + 0.5)
    figure = new_figure(panel + _TOP + _BOTTOM + LABEL_ROW * (1 + max(moment.row for moment in moments)))
    height = figure.get_figheight()
    bottom, share = _BOTTOM / height, panel / height
    axes = figure.add_axes((LEFT, bottom, MIDDLE - LEFT, share))
    fates = figure.add_axes((MIDDLE + 0.015, bottom, RIGHT - MIDDLE - 0.015, share))

    drawing = Rows(run, told, rows, axes, scale=scale, pitch=row_inches * DPI)
    drawing.draw()
    time_axis(run, told, axes, scale)
    draw_moments(moments, axes, panel)
    label_rows(rows, axes, row_inches * DPI)
    _fates(rows, fates, drawing.held_at_end)
    for one in (axes, fates):
        one.set_ylim(len(rows) - 0.25, -0.75)
    _key(run, told, figure, drawing.stages, drawing.numbered)
    head(figure, finding(told), _subtitle(run, told), left=0.02)
    return figure


def _chase(run: Run, told: Case) -> Case:
    """The case without the paper that follows a stop, which takes weeks; all of it where nothing else is done."""

    def chase(tasks: Sequence[Task]) -> list[Task]:
        return [task for task in tasks if not run.program.background[run.program.route[task.step]]]

    if not any(chase(tasks) for tasks in (told.tasks, *(account.tasks for account in told.accounts))):
        return told
    accounts = [replace(account, tasks=chase(account.tasks)) for account in told.accounts]
    return replace(told, tasks=chase(told.tasks), accounts=accounts)


def _subtitle(run: Run, told: Case) -> str:
    layers = counted(len({a.layer for a in told.mules}), "{n:,} layer", "{n:,} layers")
    found = sum(fen > 0 for _, _, fen in told.stops)
    if len(told.stops) == 1:
        caught = say("The stop found money. ") if found else say("The stop found nothing. ")
    else:
        caught = say("{n} of {all:,} stops found money. ", n=found, all=len(told.stops)) if told.stops else ""
    return caught + say(
        "One simulated case, a row for each account that its money reached, {layers} deep; {scenario}, seed {seed},"
        " replication {replication}, case id {id}",
        layers=layers, scenario=run.scenario.name, seed=run.plan.seed, replication=run.plan.replication, id=told.id,
    )  # fmt: skip


def _fates(rows: Sequence[Account], axes: Axes, held_at_end: dict[int, int]) -> None:
    """Beside each row: what arrived there, and what became of it."""
    unit = text.unit_scale("yuan") / YUAN
    for row, account in enumerate(rows):
        if account.number == 0:
            continue
        held = held_at_end[account.number] * unit
        out = sum(m.amount for m in account.left if m.way) * unit
        onward = sum(m.amount for m in account.left if not m.way) * unit
        rest = account.balance() * unit - held
        left = 0.0
        for amount, colour in ((held, HELD), (out, GONE), (rest, RESTING)):
            axes.barh(row, amount, left=left, height=0.66, color=colour, linewidth=0)
            left += amount
        axes.barh(row, onward, left=left, height=0.66, facecolor="none", edgecolor="#9AA0A6", linewidth=0.7)
    highest = max([YUAN, *(sum(m.amount for m in a.arrived) for a in rows if a.number)]) * unit
    axes.set_xlim(0, highest * 1.03)
    yuan_axis(axes, highest, most=2)
    axes.set_yticks([])
    bare(axes)
    grid(axes, "x")
    axes.axvline(0, color="#8A8A8A", linewidth=1)
    axes.text(
        0,
        1.0,
        say("What arrived, and its end, {unit}", unit=text.unit_word("yuan")),
        transform=axes.transAxes,
        fontsize=SMALL,
        va="bottom",
        color=INK,
    )


def _key(run: Run, told: Case, figure: Figure, stages: Sequence[str], numbered: bool) -> None:
    """Two lines of signs below the picture: the money, then the people."""
    grey = "#5A6470"
    ways: list[Line2D | Patch] = [
        Line2D([], [], marker="o", color=grey, linewidth=0, markersize=7, label=say("arrives (area: amount)")),
        Patch(color=RESTING, label=say("rests")),
        Patch(color=HELD, label=say("held")),
        Patch(facecolor="none", edgecolor="#9AA0A6", label=say("sent on")),
    ]
    used = set(told.exited)
    for number, way in enumerate(run.scenario.criminals.exits):
        if way in used:
            marker = SHAPES[number % len(SHAPES)]
            ways.append(
                Line2D(
                    [],
                    [],
                    marker=marker,
                    color=GONE,
                    linewidth=0,
                    markersize=6,
                    label=say("leaves {way_out}", way_out=names.way_out(way)),
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
                label=say("stop"),
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
                label=say("stop, nothing left"),
            )
        )
    people += [
        Patch(color=names.cause(stage).colour, label=say("{stage}: at work", stage=named(stage, "stage")))
        for stage in stages
    ]
    if stages:
        people.append(Line2D([], [], color=grey, linewidth=1.5, label=say("thin: waiting")))
        if numbered:
            people.append(Line2D([], [], marker="$1$", color=INK, linewidth=0, markersize=5, label=say("which person")))
    height = figure.get_figheight()
    lines = [*_lines(ways), *_lines(people)]
    for number, signs in enumerate(lines):
        figure.legend(
            handles=signs, loc="center left", bbox_to_anchor=(0.015, (0.1 + 0.2 * (len(lines) - 1 - number)) / height),
            ncols=len(signs), fontsize=SMALL,
            handlelength=1.3, handletextpad=0.5, columnspacing=1.4, borderpad=0, borderaxespad=0,
        )  # fmt: skip


def _lines(signs: Sequence[Line2D | Patch]) -> list[list[Line2D | Patch]]:
    """Signs of a key in lines that fit beside each other."""
    lines: list[list[Line2D | Patch]] = [[]]
    for sign in signs:
        labels = [str(one.get_label()) for one in (*lines[-1], sign)]
        if lines[-1] and columns_that_fit(labels, 0.97 * WIDTH * DPI, len(labels)) < len(labels):
            lines.append([])
        lines[-1].append(sign)
    return [line for line in lines if line]
