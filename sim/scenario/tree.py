"""YAML text as a tree of plain values that remembers where each was written.

Built from the parser's events, so that nothing is ever constructed from a tag, a duplicate key is
seen, and the cost of an alias is counted before it is followed. Plain scalars are read by the core
schema of YAML 1.2, where ``20:30`` and ``no`` are text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sim.scenario.encoding import HARMFUL, character
from sim.scenario.errors import Origin, Path, ScenarioError, describe, dotted
from sim.scenario.punctuation import Marked, marked
from sim.scenario.yaml_events import Event, NotYamlError, accepted_instead, events
from sim.words.letters import narrow
from sim.words.phrases import Phrase, phrase

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_VALUES: Final = 200_000
"""Of a file on disk, aliases followed."""
MAX_UPLOADED: Final = 20_000
"""Of a file that somebody sent to a server, which reads for all its guests."""
MAX_DEPTH: Final = 50

Scalar = str | int | float | bool | None

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,40}")
_OCT_OR_HEX = re.compile(r"0o[0-7]{1,16}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NUMBER = re.compile(rf"{_INT.pattern}|{_FLOAT.pattern}")
_WORD = frozenset("abcdeghijklmopqrsuvwxyzABCDEGHIJKLMOPQRSUVWXYZ")
"""How nothing begins that the core schema reads as a number, a truth or nothing."""
_INF_OR_NAN = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number comes from: its `label`, the `source` and, where given, a `note`."""

    label: str
    source: str = ""
    note: str = ""


@dataclass(slots=True)
class Layer:
    """One file, or one ``--set``: what its author says about the values written there."""

    name: str
    unlisted: Provenance
    sources: dict[tuple[str, ...], Provenance] = field(default_factory=dict)

    def provenance(self, path: Path) -> Provenance:
        """What the longest matching prefix in this layer's own sources says of a value written here."""
        names = tuple(str(part) for part in path)
        for length in range(len(names), 0, -1):
            if found := self.sources.get(names[:length]):
                return found
        return self.unlisted


@dataclass(slots=True)
class Tree:
    """One value and where it was written; never changed after it is built, so aliases may share it.

    `value` is a scalar, a dict of Trees or a list of Trees; `keys` says where each key of a dict was
    written and `removed` where a key was set to null; `size` counts the values inside, aliases followed.
    """

    value: Any
    at: Origin
    layer: Layer
    keys: dict[str, Origin] = field(default_factory=dict)
    removed: dict[str, Origin] = field(default_factory=dict)
    size: int = 1

    def child(self, key: str | int) -> "Tree | None":
        """The value under a key (or index, also as text), or None."""
        if isinstance(self.value, dict):
            return self.value.get(str(key))
        if isinstance(self.value, list) and str(key).isdecimal() and int(key) < len(self.value):
            return self.value[int(key)]  # type: ignore[no-any-return]
        return None

    def plain(self) -> Any:
        """The value without its positions; a key whose value is null is left out."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items() if tree.value is not None}
        if isinstance(self.value, list):
            return [tree.plain() for tree in self.value]
        return self.value

    def written(self) -> Any:
        """As a file says it: null for a key that is taken away from what the file extends."""
        if isinstance(self.value, dict):
            gone = {key: None for key in self.removed if key not in self.value}
            return {key: tree.written() for key, tree in self.value.items()} | gone
        return self.plain()

    def descend(self, path: Path) -> tuple["Tree", int]:
        """The tree at the end of `path`, or the last one on the way, and how many parts of it were found."""
        tree = self
        for depth, part in enumerate(path):
            below = tree.child(part)
            if below is None:
                return tree, depth
            tree = below
        return tree, len(path)


def tree_of(value: Any, layer: Layer) -> Tree:
    """Plain values as a tree, all written at one place (inverse of `Tree.plain`)."""
    at = Origin(layer.name)
    if isinstance(value, dict):
        entries = {str(key): tree_of(item, layer) for key, item in value.items()}
        size = 1 + sum(entry.size for entry in entries.values())
        removed = {key: at for key, tree in entries.items() if tree.value is None}
        return Tree(entries, at, layer, dict.fromkeys(entries, at), removed, size)
    if isinstance(value, list):
        listed = [tree_of(item, layer) for item in value]
        return Tree(listed, at, layer, size=1 + sum(entry.size for entry in listed))
    return Tree(value, at, layer)


def read_tree(text: str, layer: Layer, *, single: bool = False, most: int = MAX_VALUES) -> Tree | None:
    """Parse one YAML document; None for an empty one.

    Args:
        single: it is a value on the command line: its positions are not counted in lines.
        most: values that it may have, aliases followed.

    Raises `ScenarioError` for text that is not YAML, characters that nobody can see, tags, duplicate keys,
    several documents, and for more than so many values or 50 levels.
    """
    source = marked(text)
    if found := HARMFUL.search(text):
        before = text[: found.start()]
        at = (
            Origin(layer.name)
            if single
            else Origin(layer.name, before.count("\n") + 1, found.start() - before.rfind("\n"))
        )
        raise ScenarioError(
            at,
            "yaml",
            phrase("the character {character}", character=character(found[0])),
            phrase("the line without it"),
        )
    builder = _Builder(layer, source, single, most)
    try:
        return builder.document(events(source.text))
    except NotYamlError as error:
        lines = source.text.split("\n")
        line = lines[error.line] if error.line < len(lines) else ""
        read = describe(line.strip()) if line.strip() else phrase("the end of the text")
        accepted = accepted_instead(error.problem, line[error.column : error.column + 1])
        raise ScenarioError(builder.place(error.line, error.column), "yaml", read, accepted) from None


class _Builder:
    def __init__(self, layer: Layer, text: Marked, single: bool, most: int) -> None:
        self.layer, self.text, self.single, self.most = layer, text, single, most
        self.name = layer.name
        self.anchors: dict[str, Tree] = {}
        self.count = 0
        self.last = self.place(0, 0)
        """Where the last thing that was written begins: an empty value stands there."""

    def place(self, line: int, column: int) -> Origin:
        if self.single:
            return Origin(self.name)
        if self.text.shifts:
            column = self.text.column(line, column)
        return Origin(self.name, line + 1, column + 1)

    def origin(self, mark: Any) -> Origin:
        return self.place(mark.line, mark.column)

    def document(self, events: Iterator[Event]) -> Tree | None:
        tree = None
        for event in events:
            if _kind(event) == "DocumentStart":
                if tree is not None:
                    raise self.error(event, (), phrase("a second document"), phrase("one document in a file"))
                if event.version or event.tags:
                    at = self.place(
                        next(n for n, one in enumerate(self.text.text.split("\n")) if one.startswith("%")), 0
                    )
                    raise ScenarioError(at, "yaml", phrase("a directive"), phrase("plain YAML 1.2 without directives"))
                tree = self.build(next(events), events, ())
        return None if tree is None or tree.value is None else tree

    def error(self, event: Event, path: Path, read: str, accepted: Phrase) -> ScenarioError:
        return ScenarioError(self.origin(event.start_mark), dotted(path) or "yaml", read, accepted)

    def build(self, event: Event, events: Iterator[Event], path: Path) -> Tree:
        kind = _kind(event)
        if kind != "Scalar" or event.value or event.style not in _PLAIN:
            self.last = self.origin(event.start_mark)
        at = self.last  # the parsers place what is not there differently
        if kind == "Alias":
            if event.anchor not in self.anchors:
                raise self.error(
                    event,
                    path,
                    f"*{event.anchor}",
                    phrase("the name of an anchor completed above"),
                )
            return self.counted(self.anchors[event.anchor], event, path)
        tag = event.tag
        if tag is not None and tag != "!":
            raise self.error(event, path, phrase("the tag {tag}", tag=tag), phrase("plain values without tags"))
        if len(path) > MAX_DEPTH:
            deep = phrase("values nested at most {most} deep", most=MAX_DEPTH)
            raise self.error(event, path[:3], phrase("a deeper value"), deep)
        if kind == "Scalar":
            plain = tag is None and event.style in _PLAIN
            text = self.text_of(event, path)
            tree = Tree(_scalar(text) if plain else text, at, self.layer)
        elif kind == "SequenceStart":
            tree = self.sequence(events, at, path)
        elif kind == "MappingStart":
            tree = self.mapping(events, at, path)
        else:  # the parser yields nothing else here
            raise self.error(event, path, describe(str(event)), phrase("a value"))
        if event.anchor is not None:
            self.anchors[event.anchor] = tree
        return self.counted(tree, event, path, new=True)

    def text_of(self, event: Event, path: Path) -> str:
        """The text of a scalar; a quoted one may spell out characters that no file may have."""
        text: str = event.value
        if event.style == ">":
            text = text.replace("\a", "")  # the parser in Python marks the folds of a folded text with it
        if found := HARMFUL.search(text):
            raise self.error(
                event,
                path[:3],
                phrase("the character {character}", character=character(found[0])),
                phrase("text without it"),
            )
        return text

    def counted(self, tree: Tree, event: Event, path: Path, *, new: bool = False) -> Tree:
        self.count += 1 if new else tree.size
        if self.count > self.most:
            read = (
                phrase("too many values")
                if new
                else phrase("*{anchor}, which stands for too many values", anchor=event.anchor)
            )
            raise self.error(event, path[:3], read, phrase("at most {most:,} values, aliases followed", most=self.most))
        return tree

    def sequence(self, events: Iterator[Event], at: Origin, path: Path) -> Tree:
        entries: list[Tree] = []
        size = 1
        while _kind(event := next(events)) != "SequenceEnd":
            entry = self.build(event, events, (*path, len(entries)))
            entries.append(entry)
            size += entry.size
        return Tree(entries, at, self.layer, size=size)

    def mapping(self, events: Iterator[Event], at: Origin, path: Path) -> Tree:
        entries: dict[str, Tree] = {}
        keys: dict[str, Origin] = {}
        removed: dict[str, Origin] = {}
        size = 1
        while _kind(event := next(events)) != "MappingEnd":
            if _kind(event) != "Scalar" or event.tag is not None:
                raise self.error(event, path, phrase("a key that is not a plain word"), phrase("a key such as intake"))
            key = self.text_of(event, path)
            if key in entries:
                first = keys[key]
                read = phrase("{key} a second time", key=key)
                if first.line:
                    read = phrase("{what} (first in line {line})", what=read, line=first.line)
                raise self.error(event, (*path, key), read, phrase("each key once"))
            if key == "<<":
                raise self.error(
                    event, (*path, key), phrase("a merge key"), phrase("extends: FILE, or the keys written out")
                )
            keys[key] = self.last = self.origin(event.start_mark)
            entries[key] = entry = self.build(next(events), events, (*path, key))
            size += entry.size
            if entry.value is None:
                removed[key] = keys[key]
        return Tree(entries, at, self.layer, keys, removed, size)


_PLAIN: Final = (None, "")
"""The style of a scalar without quotes, in either library."""


def _kind(event: Event) -> str:
    """What an event is, in the words of either library."""
    kind: str = type(event).__name__[:-5]  # without "Event"
    return kind


def _scalar(text: str) -> Scalar:
    """Read a plain scalar by the core schema of YAML 1.2 (section 10.3.2); a number may have wide digits and signs."""
    value: Scalar = text
    if text[:1] in _WORD:
        return text
    if not text.isascii() and _NUMBER.fullmatch(narrowed := narrow(text)):
        text = narrowed
    if _NULL.fullmatch(text):
        value = None
    elif text in _BOOL:
        value = _BOOL[text]
    elif _INT.fullmatch(text):
        value = int(text)
    elif _OCT_OR_HEX.fullmatch(text):
        value = int(text, 0)
    elif _FLOAT.fullmatch(text):
        value = float(text)
    elif _INF_OR_NAN.fullmatch(text):
        value = float(text.replace(".", "", 1))
    return value
