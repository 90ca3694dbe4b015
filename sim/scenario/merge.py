"""Merging scenario trees: what `extends` and ``--set`` do, with the memory of who wrote what."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from sim.scenario import marks, shape
from sim.scenario.distributions import KINDS, Distribution
from sim.scenario.errors import GoneError, Origin, Path, ScenarioError, describe, dotted, nearest, split_path
from sim.scenario.tree import MAX_DEPTH, Layer, Provenance, Tree, read_tree
from sim.words.phrases import phrase

SET_BY_HAND: Final = Provenance("set by hand")


def merge(
    base: Tree, over: Tree, path: Path = (), *, model: type[BaseModel] = BaseModel, whole: Collection[Path] = ()
) -> Tree:
    """Lay `over` on `base`: mappings merge, everything else replaces, and null removes a key.

    Of keys that exclude each other the last one written stands: who turns a lognormal time into an exponential one need
    not unset the lognormal.

    Args:
        path: of both, in the model.
        model: what the whole is read as; its marks say which keys exclude each other.
        whole: paths of mappings that replace instead: what `over` has there, and nothing else.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    if path in whole:
        gone = {key: over.at for key in (*base.value, *base.removed) if key not in over.value}
        return replace(over, removed=gone | over.removed)
    merged, keys = dict(base.value), {**base.keys, **over.keys}
    removed = {key: at for key, at in base.removed.items() if key not in over.value} | over.removed
    for key in _excluded(merged, over.value, shape.at(model, path)):
        del merged[key]
    for key, tree in over.value.items():
        if tree.value is None:
            merged.pop(key, None)
        else:
            below = (*path, key)
            merged[key] = merge(merged[key], tree, below, model=model, whole=whole) if key in merged else tree
    return replace(over, value=merged, keys=keys, removed=removed)


def _excluded(base: dict[str, Tree], over: dict[str, Tree], kinds: shape.Types) -> list[str]:
    """The keys of a mapping that those written over it replace."""
    given = {key for key, tree in over.items() if tree.value is not None}
    gone = {key for group in marks.groups(kinds) if not given.isdisjoint(group) for key in group}
    return [key for key in base if key in gone and key not in over]


def override(tree: Tree, setting: str, model: type[BaseModel]) -> Tree:
    """Apply one ``path=value``; the value is YAML and replaces what was there (null removes it).

    Raises `ScenarioError` for a path that neither the scenario nor the model knows, with the nearest names.
    """
    layer = Layer(f"--set {setting}", SET_BY_HAND)
    at = Origin(layer.name)
    name, equals, text = setting.partition("=")
    if not equals:
        raise ScenarioError(at, "--set", describe(setting), phrase("path=value such as desks.intake.staff=8"))
    return put(tree, name, read_tree(text, layer, single=True) or Tree(None, at, layer), model)


def put(tree: Tree, name: str, value: Tree, model: type[BaseModel]) -> Tree:
    """Put a value at a dotted path, in place of what was there (null removes it).

    Raises:
        ScenarioError: as `override`.
    """
    path = split_path(name)
    if not path or len(path) > MAX_DEPTH or not all(path):
        raise ScenarioError(value.at, "--set", describe(name), phrase("path=value such as desks.intake.staff=8"))
    return _set(tree, path, 0, value, model)


def _set(tree: Tree, path: tuple[str, ...], depth: int, value: Tree, model: type[BaseModel]) -> Tree:
    if depth == len(path):
        return value
    key, here = path[depth], path[: depth + 1]
    if isinstance(tree.value, list):
        if tree.child(key) is None:
            last = len(tree.value) - 1
            known = (
                phrase("an index from 0 to {last}", last=last) if tree.value else phrase("no index: the list is empty")
            )
            raise ScenarioError(value.at, dotted(here), describe(key), known)
        listed = list(tree.value)
        listed[int(key)] = _set(listed[int(key)], path, depth + 1, value, model)
        return replace(tree, value=listed)
    kinds = shape.at(model, path[:depth])
    if not isinstance(tree.value, dict):
        if key not in KINDS or not any(shape.is_model(kind, Distribution) for kind in kinds):
            accepted = phrase("{path}=VALUE: nothing is inside it", path=dotted(path[:depth]))
            raise ScenarioError(value.at, dotted(here), describe(key), accepted)
        tree = Tree({}, value.at, value.layer)
    child = tree.child(key)
    if child is None:
        _check_new(tree, here, value.at, model)
    new = child is None or depth + 1 == len(path)
    below = _set(child or Tree({}, value.at, value.layer), path, depth + 1, value, model)
    entries, keys, removed = dict(tree.value), dict(tree.keys), dict(tree.removed)
    if below.value is None:
        entries.pop(key, None)
        removed[key] = value.at
    else:
        for other in _excluded(entries, {key: below}, kinds):
            del entries[other]
        entries[key] = below
        keys[key] = value.at if new else keys[key]
    return replace(tree, value=entries, keys=keys, removed=removed)


def _check_new(tree: Tree, path: tuple[str, ...], at: Origin, model: type[BaseModel]) -> None:
    """Refuse a key written nowhere, unless the model has it or it would be the first of its mapping."""
    mapping, key = path[:-1], path[-1]
    kinds = shape.at(model, mapping)
    fields = shape.names(kinds)
    free = any(not shape.is_model(kind) for kind in kinds)
    if key not in fields and not (free and (not tree.value or marks.own(model, mapping, "named"))):
        mistake = GoneError if key in tree.removed else ScenarioError
        raise mistake(at, dotted(path), phrase("an unknown path"), nearest(key, [*tree.value, *fields]))
