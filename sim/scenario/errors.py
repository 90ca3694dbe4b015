"""Mistakes of the user, each said in one line: in a scenario, and in a policy that a scenario names."""

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

Path = tuple[str | int, ...]
"""The way to a value inside a scenario: keys of mappings and indices of lists."""
MOST_NAMES = 1_000
"""Characters of a list of names in a message: all shipped scenarios are told."""


class Origin(NamedTuple):
    """Where a value was written. Line and column count from 1; both are 0 for a ``--set``."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class ScenarioError(ValueError):
    """A user's mistake in a scenario; `str()` is one line to print as it is, without a stack trace.

    Attributes: `file`, `line`, `column` (from 1; 0 for the command line), `field` (dotted path),
    `read` (what was read, as it is printed) and `accepted` (what would be accepted instead).
    """

    def __init__(self, origin: Origin, field: str, read: str, accepted: str) -> None:
        self.origin = origin
        self.file, self.line, self.column = origin.file, origin.line, origin.column
        self.field, self.read, self.accepted = one_line(field), one_line(read), one_line(accepted)
        super().__init__(f"{origin}: {self.field}: read {self.read}, accepted: {self.accepted}")

    def __reduce__(self) -> tuple[type["ScenarioError"], tuple[Origin, str, str, str]]:
        return type(self), (self.origin, self.field, self.read, self.accepted)


class GoneError(ScenarioError):
    """The name of something that was there, and that a file which extends it took out."""


class RunError(Exception):
    """A scenario that is sound and yet cannot be run as was asked; `str()` is one line."""


class EngineError(RunError):
    """The engine that was asked for cannot run the scenario."""


class PolicyError(RunError):
    """A user's policy that cannot be loaded, raises, or answers nonsense.

    `str()` is one line: the policy, its file, the simulated moment, and what went wrong.
    """


def dotted(path: Iterable[str | int]) -> str:
    """A path as it is written in messages, in `sources` and after ``--set``: ``victims.scams.loan.loss``."""
    return ".".join(str(part) for part in path)


def split_path(text: str) -> tuple[str, ...]:
    """Read a dotted path, with ``[i]`` or ``.0.`` for the entries of lists; every part comes back as text.

    A part that is empty stays empty (``desks.`` has two), and so is the name of nothing.
    """
    text = text.strip()
    return tuple(re.sub(r"\[(\d+)\]", r".\1", text).split(".")) if text else ()


def say(value: object) -> str:
    """Say in a few words what was read: ``'5 parsecs'``, ``-3``, ``a list of 2``, ``nothing``."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value if len(value) <= 60 else value[:57] + "...")
        case dict():
            keys = clip(", ".join(str(key) for key in value))
            return f"a mapping with {keys}" if keys else "an empty mapping"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
    return str(value)


def nearest(read: str, known: Iterable[str]) -> str:
    """What would be accepted in place of a name: the one meant by a slip, or the nearest and all, or all."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(read, names, n=2, cutoff=0.6)
    everything = clip(", ".join(names), MOST_NAMES)
    if len(close) == 1 and difflib.get_close_matches(read, close, cutoff=0.75):  # a slip of the hand, no other word
        return close[0]
    if close:
        return f"{' or '.join(close)} (nearest of {everything})"
    return f"one of {everything}" if names else "no key here"


def name_of(what: str, accepted: str) -> str:
    """That the name of something is accepted, with what `nearest` says of it."""
    return f"the name of an {what}: {accepted}" if what[0] in "aeiou" else f"the name of a {what}: {accepted}"


def clip(text: str, most: int = 120) -> str:
    """Cut a text that is too long for one line of a message."""
    return text if len(text) <= most else text[: most - 3] + "..."


def one_line(text: str) -> str:
    """Put a text on one line of printable characters."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
