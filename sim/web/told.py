"""What is asked on a page, what it is told, and how a table of the terminal becomes one of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.markup import render
from rich.table import Table

from sim.report.findings.replay import Replay
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.run.runner import Runner
from sim.words import language as lang

Sources = Mapping[str, tuple[str, tuple[str, ...]]]
"""By arm: the scenario's name, and its changes."""


@dataclass(frozen=True)
class Asked:
    """What a question is asked about."""

    arms: Mapping[str, Loaded[Scenario]]
    """By name; the first is the centre as it is, the last what is asked about."""
    sources: Sources
    replications: int
    options: Mapping[str, str]
    """What else a kind is told, such as the desks of a roster."""
    runner: Runner

    @property
    def last(self) -> Loaded[Scenario]:
        """What is asked about."""
        return list(self.arms.values())[-1]


@dataclass(frozen=True)
class Told:
    """What is told of an answer, in one language."""

    finding: str
    more: list[str]
    """Further sentences."""
    tables: list[tuple[str, list[list[str]]]]
    """Caption, and rows of cells, the head first."""
    pictures: list[tuple[str, str]]
    """File in the folder of the language, and what it shows."""
    files: list[str]
    """Files in that folder that can be taken away, the one that people want first."""
    replays: list[Replay] = field(default_factory=list)
    """Cases that can be looked at moment by moment."""
    settings: list[str] = field(default_factory=list)
    """What makes the scenario that which was found, as ``path=value`` each."""
    level: str = ""
    """From what changes are told: what comes back as it is, in the runs of this study."""

    @classmethod
    def read(cls, kept: Mapping[str, Mapping[str, Any]]) -> Told:
        """What was kept, in the language of the context.

        Raises:
            KeyError, TypeError, ValueError: it is no such thing.
        """
        said = kept[lang.language()]
        made = cls(
            str(said["finding"]), [str(one) for one in said["more"]],
            [(str(caption), [[str(cell) for cell in row] for row in rows]) for caption, rows in said["tables"]],
            [(str(file), str(what)) for file, what in said["pictures"]], [str(one) for one in said["files"]],
            [Replay.read(one) for one in said.get("replays", [])], [str(one) for one in said.get("settings", [])],
            str(said.get("level", "")),
        )  # fmt: skip
        if not made.finding or any(not rows or len({len(row) for row in rows}) > 1 for _, rows in made.tables):
            raise ValueError
        return made

    def as_dict(self) -> dict[str, Any]:
        """The plain form, from which `read` makes the same again."""
        return asdict(self)


Tell = Callable[[Path], Told]
"""What writes an answer that was found into the folder of a language, and tells it in that language."""


def plain(table: Table) -> tuple[str, list[list[str]]]:
    """A table of the terminal as caption and rows of text, the head first."""
    columns = [[_text(column.header), *map(_text, column.cells)] for column in table.columns]
    return _text(table.title or ""), [list(row) for row in zip(*columns, strict=True)]


def _text(cell: object) -> str:
    return render(cell).plain if isinstance(cell, str) else str(cell)


def names_of(files: Sequence[Path]) -> list[str]:
    """What files are called."""
    return [path.name for path in files]


def pictures_of(files: Sequence[Path], shown: Mapping[str, str]) -> list[tuple[str, str]]:
    """Those pictures that were written, with what each shows."""
    there = set(names_of(files))
    return [(name, what) for name, what in shown.items() if name in there]
