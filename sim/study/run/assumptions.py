"""What a scenario assumes: its numbers that a study may move, and those it leaves as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario import marks
from sim.scenario.errors import dotted, split_path
from sim.scenario.loader import Loaded, resolve_tree
from sim.scenario.models import Scenario
from sim.study.run.parameters import Editor, Parameter, is_distribution, leaves, quantity


@dataclass(frozen=True)
class LeftOut:
    """A number that is assumed, and that a study does not move."""

    path: str
    why: str


def assumed(loaded: Loaded[Scenario], label: str = "assumed") -> tuple[list[Parameter], list[LeftOut]]:
    """Every number of a scenario whose source has a label, and those among them that a study does not move.

    A distribution is one parameter, its factor: its form (shape, spread, weights) is not moved. Names, switches, days
    and times of day are no numbers.
    """
    editor = Editor(loaded.scenario)
    paths = dict.fromkeys(
        path for line in resolve_tree(loaded) if line.label == label for path in _numbers(line.path, line.value)
    )
    moved: list[Parameter] = []
    left: list[LeftOut] = []
    for path in paths:
        if why := _why_not(editor, path):
            left.append(LeftOut(path, why))
        else:
            moved.append(editor.parameter(path))
    return moved, left


def _numbers(path: str, value: Any) -> Iterator[str]:
    """The paths of the parameters at or below a resolved value, or around it where it is inside a distribution."""
    parts = split_path(path)
    around = (parts[:depth] for depth in range(1, len(parts) + 1))
    dist = next((dotted(one) for one in around if is_distribution(one)), None)
    weights = marks.inherited(Scenario, parts, "study") == "weights"
    for below, scalar in leaves(value, parts):
        if quantity(scalar, split_path(below)) is not None:
            yield dist or (path if weights else below)


def _why_not(editor: Editor, path: str) -> str:
    """Why a study does not move a parameter; empty where it does."""
    parts = split_path(path)
    role = marks.inherited(Scenario, parts, "study")
    if role == "frame":
        return "frames the study"
    if role == "weights":
        return "relative weights of the hours: only their level counts, which is another number"
    parameter = editor.parameter(path)
    if parameter.group and parameter.value >= 1:
        return "a share of all: there is no other to take from"
    own = leaves(editor.tree.descend(parts)[0].plain(), parts)
    if not any(found[1] for at, one in own if (found := quantity(one, split_path(at)))):
        return "zero: a factor does not move it"
    return ""
