"""Mistakes of the user, each said in one line: in a scenario, and in a policy that a scenario names."""

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

from sim.words.phrases import Phrase, either, phrase, tidied

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
    `read` (what was read, as it is printed) and `accepted` (what would be accepted instead); the last two are phrases
    where there are words in them, so `translate` puts the mistake into the language of whoever reads it.
    """

    def __init__(self, origin: Origin, field: str, read: str, accepted: str) -> None:
        self.origin = origin
        self.file, self.line, self.column = origin.file, origin.line, origin.column
        self.field, self.read, self.accepted = one_line(field), on_one_line(read), on_one_line(accepted)
        super().__init__(
            phrase(
                "{origin}: {field}: read {read}, accepted: {accepted}",
                origin=str(origin), field=self.field, read=self.read, accepted=self.accepted,
            )
        )  # fmt: skip

    @property
    def what(self) -> Phrase:
        """What was read and what is accepted, without the place."""
        return phrase("read {read}, accepted: {accepted}", read=self.read, accepted=self.accepted)

    def __reduce__(self) -> tuple[type["ScenarioError"], tuple[Origin, str, str, str]]:
        return type(self), (self.origin, self.field, self.read, self.accepted)


class GoneError(ScenarioError):
    """The name of something that was there, and that a file which extends it took out."""


class FaultError(ValueError):
    """What a model finds wrong with itself: the loader makes a `ScenarioError` of it, with file and line.

    Attributes: `at`, the dotted path of the value from the model that complains, empty for itself; `wrong`, what is
    wrong with it, None where `accepted` says it all; `accepted`, what would be accepted.
    """

    def __init__(self, accepted: Phrase, wrong: str | None = None, at: str = "") -> None:
        self.accepted, self.wrong, self.at = accepted, wrong, at
        what = accepted if wrong is None else phrase("{wrong}; {accepted}", wrong=wrong, accepted=accepted)
        super().__init__(phrase("{where}: {what}", where=at, what=what) if at else what)

    def under(self, at: str) -> "FaultError":
        """The same fault of a value at a path."""
        return FaultError(self.accepted, self.wrong, at)


class UnknownNameError(FaultError):
    """A name of something (`what`) that is nowhere: `name`, and the names that there are (`known`)."""

    def __init__(self, what: Phrase, name: str, known: Iterable[str], at: str = "") -> None:
        self.what, self.name, self.known = what, name, list(known)
        super().__init__(
            phrase("known: {known}", known=", ".join(self.known)),
            phrase("no {what} is named {name!r}", what=what, name=name),
            at,
        )

    def under(self, at: str) -> "UnknownNameError":
        """The same unknown name at a path."""
        return UnknownNameError(self.what, self.name, self.known, at)


class RunError(Exception):
    """A scenario that is sound and yet cannot be run as was asked; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


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


def describe(value: object) -> str:
    """In a few words what was read: ``'5 parsecs'``, ``-3``, ``a list of 2``, ``nothing``."""
    match value:
        case None:
            return phrase("nothing")
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value if len(value) <= 60 else value[:57] + "...")
        case dict():
            keys = clip(", ".join(str(key) for key in value))
            return phrase("a mapping with {keys}", keys=keys) if keys else phrase("an empty mapping")
        case list() | tuple():
            return phrase("a list of {n}", n=len(value)) if value else phrase("an empty list")
    return str(value)


def nearest(read: str, known: Iterable[str]) -> str:
    """What would be accepted in place of a name: the one meant by a slip, or the nearest and all, or all."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(read, names, n=2, cutoff=0.6)
    everything = clip(", ".join(names), MOST_NAMES)
    if len(close) == 1 and difflib.get_close_matches(read, close, cutoff=0.75):  # a slip of the hand, no other word
        return close[0]
    if close:
        return phrase("{close} (nearest of {everything})", close=either(close), everything=everything)
    return phrase("one of {names}", names=everything) if names else phrase("no key here")


def name_of(what: str, accepted: str) -> Phrase:
    """That the name of something is accepted, with what `nearest` says of it."""
    if what[0] in "aeiou":
        return phrase("the name of an {what}: {accepted}", what=what, accepted=accepted)
    return phrase("the name of a {what}: {accepted}", what=what, accepted=accepted)


def clip(text: str, most: int = 120) -> str:
    """Cut a text that is too long for one line of a message."""
    return text if len(text) <= most else text[: most - 3] + "..."


def on_one_line(text: str) -> str:
    """A text or a phrase on one line of printable characters."""
    return tidied(text, one_line) if isinstance(text, Phrase) else one_line(text)


def one_line(text: str) -> str:
    """Put a text on one line of printable characters."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
