"""Marks of YAML as a Chinese keyboard writes them: ``：`` for a colon, ``，`` for a comma, a wide space to indent.

They are read where their meaning is plain: at the beginning of a line, after a key, inside brackets. Text keeps its
own marks: quoted, in a block below ``|``, or as a plain value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_SUSPECT: Final = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000\uff01-\uff5e]")


@dataclass
class Marked:
    """A text whose marks are YAML's own."""

    text: str
    shifts: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """By line (from 0): columns from which on the text stands further right than it was written, and by how much."""

    def column(self, line: int, column: int) -> int:
        """The column in which something was written."""
        return column - sum(min(by, column - at) for at, by in self.shifts.get(line, ()) if column > at)


def marked(text: str) -> Marked:
    """Read the marks of a Chinese keyboard as those of YAML, where they can mean nothing else."""
    if not _SUSPECT.search(text):
        return Marked(text)
    from sim.scenario.punctuation_of_lines import Reader  # few texts need its patterns, which take time to compile

    reader = Reader()
    return Marked("\n".join([reader.line(number, line) for number, line in enumerate(text.split("\n"))]), reader.shifts)
