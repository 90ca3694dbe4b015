"""YAML text as a tree of plain values that remembers where each was written.

Built from the parser's events, so that nothing is ever constructed from a tag, a duplicate key is
seen, and the cost of an alias is counted before it is followed. Plain scalars are read by the core
schema of YAML 1.2, where ``20:30`` and ``no`` are text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from sim.scenario.characters import ACCEPTED, character, odd
from sim.scenario.errors import Origin, Path, ScenarioError, dotted, say

MAX_BYTES: Final = 1024 * 1024
MAX_VALUES: Final = 200_000
MAX_DEPTH: Final = 50

Scalar = str | int | float | bool | None

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,40}")
_OCT_OR_HEX = re.compile(r"0o[0-7]{1,16}|0x[0-9a-fA-F]{1,16}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
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


@dataclass(frozen=True, slots=True)
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
        return Tree(entries, at, layer, dict.fromkeys(entries, at), size=size)
    if isinstance(value, list):
        listed = [tree_of(item, layer) for item in value]
        return Tree(listed, at, layer, size=1 + sum(entry.size for entry in listed))
    return Tree(value, at, layer)


def read_tree(text: str, layer: Layer, *, single: bool = False) -> Tree | None:
    """Parse one YAML document; None for an empty one.

    `single` is for a value on the command line: its positions are not counted in lines.
    Raises `ScenarioError` for text that is not YAML, tags, duplicate keys, several documents, and for
    more than 200,000 values (aliases followed) or 50 levels.
    """
    builder = _Builder(layer, single)
    try:
        return builder.document(YAML(pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = builder.origin(mark) if mark is not None else Origin(layer.name, 1, 1)
        lines = text.splitlines()
        line = lines[mark.line].strip() if mark is not None and mark.line < len(lines) else ""
        accepted = f"YAML 1.2 ({error.problem or error.context})"
        raise ScenarioError(at, "yaml", say(line) if line else "the end of the text", accepted) from None
    except ReaderError as error:
        before = text[: error.position]
        at = builder.place(before.count("\n"), len(before) - before.rfind("\n") - 1)
        raise ScenarioError(at, "yaml", f"the character U+{ord(text[error.position]):04X}", "text") from None


class _Builder:
    def __init__(self, layer: Layer, single: bool) -> None:
        self.layer, self.single = layer, single
        self.anchors: dict[str, Tree] = {}
        self.count = 0

    def place(self, line: int, column: int) -> Origin:
        return Origin(self.layer.name) if self.single else Origin(self.layer.name, line + 1, column + 1)

    def origin(self, mark: Any) -> Origin:
        return self.place(mark.line, mark.column)

    def document(self, events: Iterator[Any]) -> Tree | None:
        tree = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if tree is not None:
                    raise self.error(event, (), "a second document", "one document in a file")
                if event.version or event.tags:
                    raise self.error(event, (), "a directive", "plain YAML 1.2 without directives")
                tree = self.build(next(events), events, ())
        return None if tree is None or tree.value is None else tree

    def error(self, event: Any, path: Path, read: str, accepted: str) -> ScenarioError:
        return ScenarioError(self.origin(event.start_mark), dotted(path) or "yaml", read, accepted)

    def harmless(self, event: Any, text: str, path: Path) -> str:
        """A text as it is, if nothing in it does anything to whoever shows it."""
        if (found := odd(text)) is not None:
            raise self.error(event, path, character(found), ACCEPTED)
        return text

    def build(self, event: Any, events: Iterator[Any], path: Path) -> Tree:
        at = self.origin(event.start_mark)
        if isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                raise self.error(event, path, f"*{event.anchor}", "the name of an anchor completed above")
            return self.counted(self.anchors[event.anchor], event, path)
        tag = event.tag
        if tag is not None and tag != "!":
            raise self.error(event, path, f"the tag {tag}", "plain values without tags")
        if len(path) > MAX_DEPTH:
            raise self.error(event, path[:3], "a deeper value", f"values nested at most {MAX_DEPTH} deep")
        match event:
            case ScalarEvent():
                plain = event.style in (None, "") and tag is None
                text = event.value.replace("\a", "")  # ruamel.yaml marks the folds of a folded text with it
                text = self.harmless(event, text, path)
                tree = Tree(_scalar(text) if plain else text, at, self.layer)
            case SequenceStartEvent():
                tree = self.sequence(events, at, path)
            case MappingStartEvent():
                tree = self.mapping(events, at, path)
            case _:  # the parser yields nothing else here
                raise self.error(event, path, say(str(event)), "a value")
        if event.anchor is not None:
            self.anchors[event.anchor] = tree
        return self.counted(tree, event, path, new=True)

    def counted(self, tree: Tree, event: Any, path: Path, *, new: bool = False) -> Tree:
        self.count += 1 if new else tree.size
        if self.count > MAX_VALUES:
            read = "too many values" if new else f"*{event.anchor}, which stands for too many values"
            raise self.error(event, path[:3], read, f"at most {MAX_VALUES:,} values, aliases followed")
        return tree

    def sequence(self, events: Iterator[Any], at: Origin, path: Path) -> Tree:
        entries: list[Tree] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            entries.append(self.build(event, events, (*path, len(entries))))
        return Tree(entries, at, self.layer, size=1 + sum(entry.size for entry in entries))

    def mapping(self, events: Iterator[Any], at: Origin, path: Path) -> Tree:
        entries: dict[str, Tree] = {}
        keys: dict[str, Origin] = {}
        removed: dict[str, Origin] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or event.tag is not None:
                raise self.error(event, path, "a key that is not a plain word", "a key such as intake")
            key: str = self.harmless(event, event.value, path)
            if key in entries:
                first = keys[key]
                read = f"{key} a second time" + (f" (first in line {first.line})" if first.line else "")
                raise self.error(event, (*path, key), read, "each key once")
            if key == "<<":
                raise self.error(event, (*path, key), "a merge key", "extends: FILE, or the keys written out")
            keys[key] = self.origin(event.start_mark)
            entries[key] = self.build(next(events), events, (*path, key))
            if entries[key].value is None:
                removed[key] = keys[key]
        size = 1 + sum(entry.size for entry in entries.values())
        return Tree(entries, at, self.layer, keys, removed, size)


def _scalar(text: str) -> Scalar:
    """Read a plain scalar by the core schema of YAML 1.2 (section 10.3.2)."""
    value: Scalar = text
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
