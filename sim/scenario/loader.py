"""Reading a scenario file: YAML, `extends`, `sources`, ``--set``, and the models behind them.

The way of a file: bytes -> tree with positions (`tree`) -> merged with what it extends (`merge`) ->
validated (the models) -> a mistake said in one line (`explain`). Nothing is written, nothing is run.
"""

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from pydantic import BaseModel, ValidationError

from sim.scenario import catalogue, shape
from sim.scenario.distributions import Distribution
from sim.scenario.encoding import decoded
from sim.scenario.errors import Origin, ScenarioError, describe, dotted, nearest, one_line, split_path
from sim.scenario.errors import Path as FieldPath
from sim.scenario.explain import explain
from sim.scenario.listed import named_tables
from sim.scenario.merge import merge, override, put
from sim.scenario.once import tree_of_file
from sim.scenario.plain import read_plain, real
from sim.scenario.policy_file import named_policies
from sim.scenario.tree import MAX_BYTES, MAX_VALUES, Provenance, Tree
from sim.words.phrases import phrase

if TYPE_CHECKING:
    from sim.scenario.models import Scenario

M = TypeVar("M", bound=BaseModel)

LABELS: Final = ("printed", "verified", "derived", "assumed")
"""What a `sources` entry may claim of a value."""
Values = Sequence[tuple[str, Tree]]
"""Dotted paths and what is put there."""
MOST_EXTENDS: Final = 20


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A scenario and the memory of who wrote what.

    `scenario` is the validated model, `data` the merged plain values it was made from and `files` the
    files read, the one that was asked for first.
    """

    scenario: M
    data: dict[str, Any]
    files: tuple[Path, ...]
    tree: Tree

    def origin(self, path: FieldPath) -> Origin | None:
        """Where the value at `path` was written; None for a model's default."""
        node, depth = self.tree.descend(path)
        return node.at if depth == len(path) or _inside_fixed(node, depth, path) else None

    def provenance(self, path: FieldPath) -> Provenance:
        """What the file that wrote the value at `path` says of its source.

        The label is one of LABELS, "not stated", "set by hand" or, for a model's default,
        "default".
        """
        node, depth = self.tree.descend(path)
        if depth == len(path) or _inside_fixed(node, depth, path):
            return node.layer.provenance(path)
        info = shape.default_field(type(self.scenario), path)
        extra = info.json_schema_extra if info is not None else None
        said = extra if isinstance(extra, dict) else {}
        return Provenance("default", str(said.get("source", "")), str(said.get("label", "")))


@dataclass(frozen=True, slots=True)
class Resolved:
    """One line of a resolved scenario: a value as a file would write it, and where it comes from."""

    path: str
    value: Any
    label: str
    source: str
    origin: Origin | None
    note: str = ""


@overload
def load(path: str | Path, overrides: Sequence[str] = ...) -> "Loaded[Scenario]": ...
@overload
def load(path: str | Path, overrides: Sequence[str] = ..., *, model: type[M]) -> Loaded[M]: ...
def load(path: str | Path, overrides: Sequence[str] = (), *, model: type[BaseModel] | None = None) -> "Loaded[Any]":
    """Read the scenario at `path` (or the shipped scenario of that name) and apply overrides in order.

    Each override is ``path=value``, such as ``desks.intake.staff=8``. `model` replaces the Scenario model.
    Raises `ScenarioError`, whose text is one line, for every mistake of the user.
    """
    if model is None:
        from sim.scenario import models  # a tool may load other models without these

        model = models.Scenario
    files: list[Path] = []
    unsourced: list[ScenarioError] = []
    tree = _read_chain(catalogue.find(path), model, None, files, [], unsourced)
    for setting in overrides:
        tree = override(tree, setting, model)
    loaded = _made(tree, tuple(files), model)
    if unsourced:  # said last: a misspelt key is the cause, its source without a value the symptom
        raise unsourced[0]
    return loaded


def keys(path: str | Path) -> set[str]:
    """The top keys of a file and of all that it extends, whatever they say.

    Raises:
        ScenarioError: one of these files cannot be read.
    """
    return {str(key) for key in _read_chain(catalogue.find(path), BaseModel, None, [], [], []).value}


def changed(
    loaded: Loaded[M], settings: Sequence[str] = (), parts: Sequence[Tree] = (), values: Values = ()
) -> Loaded[M]:
    """Another scenario made from one that was read: an arm of a comparison.

    Args:
        loaded: what to begin with; it stays as it is.
        settings: as the overrides of `load`.
        parts: trees laid on it first, as a file that extends it would be.
        values: (path, value) put in place next, one by one.

    Raises:
        ScenarioError: as `load`.
    """
    tree, model = loaded.tree, type(loaded.scenario)
    for part in parts:
        tree = merge(tree, part, model=model)
    for path, value in values:
        tree = put(tree, path, value, model)
    for setting in settings:
        tree = override(tree, setting, model)
    return _made(tree, loaded.files, model)


def _made(tree: Tree, files: tuple[Path, ...], model: type[M]) -> Loaded[M]:
    """Validate a merged tree."""
    data = tree.plain()
    for where, policy in named_policies(tree, files[0].parent):
        data[where[0]][where[1]][where[2]] = policy
    for where, table in named_tables(tree, files[0].parent):
        data["victims"]["arrivals"][where[2]]["file"] = table
    try:
        return Loaded(model.model_validate(data), data, files, tree)
    except ValidationError as error:
        raise explain(error, model, tree) from None


def resolve_tree(loaded: Loaded[Any]) -> list[Resolved]:
    """Every value of the scenario, defaults too, with its provenance, in the order of the model.

    A distribution or a list of plain values is one line where all of it comes from one place.
    """
    data = loaded.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    return list(_resolve(loaded, (), data, (type(loaded.scenario),)))


def _resolve(loaded: Loaded[Any], path: FieldPath, value: Any, kinds: shape.Types) -> Iterator[Resolved]:
    if not isinstance(value, dict | list) or not value:
        said = loaded.provenance(path)
        if value in ({}, []) and said.label == "default":
            return
        yield Resolved(dotted(path), value, said.label, said.source, loaded.origin(path), said.note)
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    rows = [row for key, item in items for row in _resolve(loaded, (*path, key), item, shape.below(kinds, key))]
    one_thing = any(shape.is_model(kind, Distribution) for kind in kinds) or (
        isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    )
    places = {(row.label, row.source, row.note, row.origin and row.origin.file) for row in rows}
    if one_thing and len(places) == 1:
        yield replace(rows[0], path=dotted(path), value=value)
    else:
        yield from rows


def _inside_fixed(node: Tree, depth: int, path: FieldPath) -> bool:
    """Whether a path ends in `fixed` where its file wrote a bare quantity."""
    return depth == len(path) - 1 and path[-1] == "fixed" and not isinstance(node.value, dict | list)


# -- files -----------------------------------------------------------------------------------------------


def _read_chain(
    path: Path, model: type[BaseModel], asked: Origin | None, files: list[Path], chain: list[Path],
    unsourced: list[ScenarioError],
) -> Tree:  # fmt: skip
    """Read a file and, below it, what it extends; mistakes in `sources` are put into `unsourced`."""
    found = real(path)
    if found in chain:
        circle = " -> ".join(shown.name for shown in [*chain[chain.index(found) :], found])
        at = asked or Origin(_shown(path))
        raise ScenarioError(at, "extends", circle, phrase("a chain of files without a circle"))
    if len(chain) >= MOST_EXTENDS:
        accepted = phrase("at most {most} files that extend one another", most=MOST_EXTENDS)
        raise ScenarioError(asked or Origin(_shown(path)), "extends", describe(path.name), accepted)
    tree = read_file(path)
    files.append(path)
    own = dict(tree.value)
    base, sources, replaces = (own.pop(key, None) for key in ("extends", "sources", "replaces"))
    written = replace(tree, value=own)
    if sources is not None and sources.value is not None:
        try:
            tree.layer.sources.update(_read_sources(sources, written))
        except ScenarioError as error:
            unsourced.append(error)
    whole = _read_replaces(replaces, written, base)
    if base is None or base.value is None:
        return written
    if not isinstance(base.value, str):
        raise ScenarioError(base.at, "extends", describe(base.value), phrase("the name of one file such as china.yaml"))
    below = _read_chain(_beside(path, base), model, base.at, files, [*chain, found], unsourced)
    return merge(below, written, model=model, whole=whole)


def _read_replaces(replaces: Tree | None, written: Tree, base: Tree | None) -> set[FieldPath]:
    """The mappings of one file that stand in place of those of the file that it extends, as `replaces` lists them."""
    if replaces is None or replaces.value is None:
        return set()
    if not isinstance(replaces.value, list):
        accepted = phrase("a list of paths such as [banks]")
        raise ScenarioError(replaces.at, "replaces", describe(replaces.plain()), accepted)
    if base is None or base.value is None:
        accepted = phrase("replaces in a file that extends another")
        raise ScenarioError(replaces.at, "replaces", describe(replaces.plain()), accepted)
    found: set[FieldPath] = set()
    for number, entry in enumerate(replaces.value):
        path = split_path(entry.value) if isinstance(entry.value, str) else ()
        node, depth = written.descend(path)
        if not path or depth < len(path) or not isinstance(node.value, dict):
            known = node if depth < len(path) else written
            inside = nearest(path[depth] if depth < len(path) else "", map(str, _keys(known)))
            accepted = phrase("the path of a mapping in this file: {known}", known=inside)
            raise ScenarioError(entry.at, f"replaces.{number}", describe(entry.plain()), accepted)
        found.add(path)
    return found


def _beside(path: Path, base: Tree) -> Path:
    """The file that `extends` names: beside the file that says so, else in the catalogue."""
    for name in (base.value, f"{base.value}.yaml"):
        if (path.parent / name).is_file():
            return path.parent / name
    stem = base.value.removesuffix(".yaml")
    if stem in catalogue.names():
        return catalogue.folder() / f"{stem}.yaml"
    beside = {file.name for file in path.parent.glob("*.yaml") if file.name != path.name}
    known = nearest(base.value, sorted(beside | set(catalogue.names())))
    accepted = phrase("a file beside this one, or {known}", known=known)
    raise ScenarioError(base.at, "extends", describe(base.value), accepted)


def read_file(path: Path, *, most: int = MAX_VALUES) -> Tree:
    """One file as a tree, without what it extends.

    Args:
        most: values that it may have, aliases followed.

    Raises:
        ScenarioError: it cannot be read, or is no mapping.
    """
    name = _shown(path)
    try:
        raw = read_plain(path, MAX_BYTES)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.EISDIR):
            raise ScenarioError(
                Origin(name, 1, 1), "file", phrase("no plain file"), phrase("a scenario file")
            ) from None
        if error.errno == errno.EFBIG:
            raise _too_large(name, path.stat().st_size) from None
        read = phrase("nothing ({strerror})", strerror=error.strerror)
        raise ScenarioError(Origin(name, 1, 1), "file", read, phrase("a file that can be read")) from None
    tree = tree_of_file(decoded(raw, name), name, most)
    accepted = phrase("a mapping of keys such as name: town")
    if tree is None:
        raise ScenarioError(Origin(name, 1, 1), "file", phrase("an empty file"), accepted)
    if not isinstance(tree.value, dict):
        raise ScenarioError(tree.at, "file", describe(tree.plain()), accepted)
    return tree


def _too_large(name: str, size: int) -> ScenarioError:
    accepted = phrase("a file of at most {most:,} bytes", most=MAX_BYTES)
    return ScenarioError(Origin(name, 1, 1), "file", phrase("{size:,} bytes", size=size), accepted)


def _shown(path: Path) -> str:
    """A path as messages show it: from the working directory where it lies below that."""
    try:
        return one_line(str(real(path).relative_to(Path.cwd())))
    except (ValueError, OSError):
        return one_line(str(path))


# -- sources ---------------------------------------------------------------------------------------------


def _read_sources(sources: Tree, written: Tree) -> dict[tuple[str, ...], Provenance]:
    """Check one file's `sources`: each key covers a value of that file, each entry has label and source."""
    if not isinstance(sources.value, dict):
        wanted = phrase("a mapping of path: {label, source}")
        raise ScenarioError(sources.at, "sources", describe(sources.plain()), wanted)
    found = {}
    for key, entry in sources.value.items():
        path, at = split_path(key), sources.keys[key]
        node, depth = written.descend(path)
        if not path or depth < len(path):
            accepted = nearest(path[depth] if path else "", [str(name) for name in _keys(node)])
            if depth:
                accepted = phrase("in {path}: {accepted}", path=dotted(path[:depth]), accepted=accepted)
            raise ScenarioError(at, f"sources.{key}", phrase("a path that has no value in this file"), accepted)
        found[path] = _provenance(key, entry, at)
    return found


def _provenance(key: str, entry: Tree, at: Origin) -> Provenance:
    shape_wanted = f"{{label: {'|'.join(LABELS)}, source: TEXT, note: TEXT}}"
    if not isinstance(entry.value, dict):
        raise ScenarioError(at, f"sources.{key}", describe(entry.plain()), shape_wanted)
    said: dict[str, Tree] = entry.value
    for name, part in said.items():
        if name not in ("label", "source", "note"):
            accepted = nearest(name, ["label", "source", "note"])
            raise ScenarioError(entry.keys[name], f"sources.{key}.{name}", phrase("an unknown key"), accepted)
        if not isinstance(part.value, str) or not part.value.strip():
            raise ScenarioError(part.at, f"sources.{key}.{name}", describe(part.plain()), phrase("text"))
    for name in ("label", "source"):
        if name not in said:
            raise ScenarioError(at, f"sources.{key}.{name}", phrase("nothing"), phrase("a value: this key is required"))
    if said["label"].value not in LABELS:
        label = said["label"]
        raise ScenarioError(label.at, f"sources.{key}.label", describe(label.value), nearest(label.value, LABELS))
    return Provenance(said["label"].value, said["source"].value, said["note"].value if "note" in said else "")


def _keys(node: Tree) -> list[str | int]:
    if isinstance(node.value, dict):
        return list(node.value)
    return list(range(len(node.value))) if isinstance(node.value, list) else []
