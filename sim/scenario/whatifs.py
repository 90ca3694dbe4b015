"""What-ifs that planners name: changes of a scenario, as entries of a YAML file that anybody can edit.

    more-at-night:
      title: One trace analyst more at night
      label: assumed
      source: "one head more from 20:00 to 08:00"
      add:
        desks.analyst.shifts: [{from: "20:00", to: "08:00", staff: 1}]

`set` puts values at paths, as ``--set`` does. `add` puts more behind the lists at paths: one head more is so whatever
the roster, where a number would be one more than somebody's. `like` lays the named parts of another scenario file on it
first. `against` is a `set` for what it is compared with, where that is not the scenario as it is: a thing that the
scenario has already is told by what it would be without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.scenario import catalogue
from sim.scenario.errors import GoneError, Origin, ScenarioError, describe, nearest, split_path
from sim.scenario.loader import LABELS, Loaded, Values, changed, load, read_file
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, Tree
from sim.words.phrases import phrase

FILE = "whatifs/centre.yaml"
"""The shipped what-ifs, beside the scenarios but no scenario."""
USUAL = "city"
"""The scenario that the shipped ones are written for."""
_TEXTS = ("title", "label", "source")
_KEYS = (*_TEXTS, "like", "set", "add", "against")


@dataclass(frozen=True)
class WhatIf:
    """One change of a scenario."""

    name: str
    title: str
    provenance: Provenance
    parts: Sequence[Tree] = ()
    """Laid on the scenario first."""
    values: Values = ()
    added: Values = ()
    """Lists whose items come behind those that the scenario has there."""
    against: Values = ()
    """Changes of what it is compared with; none: of the scenario as it is."""

    def on(self, loaded: Loaded[Scenario]) -> Scenario:
        """The scenario with this change."""
        return self.laid_on(loaded).scenario

    def laid_on(self, loaded: Loaded[Scenario]) -> Loaded[Scenario]:
        """The same, to be changed on.

        Raises:
            ScenarioError: a value does not fit, or there is no list to add to.
        """
        made = changed(loaded, parts=self.parts, values=self.values) if self.parts or self.values else loaded
        longer = [(path, _longer(made.tree, path, more)) for path, more in self.added]
        return changed(made, values=longer) if longer else made

    def without(self, loaded: Loaded[Scenario]) -> Scenario:
        """What it is compared with."""
        return changed(loaded, values=self.against).scenario if self.against else loaded.scenario

    @property
    def touched(self) -> set[str]:
        """The parts of a scenario that it changes."""
        paths = {path.partition(".")[0] for path, _ in (*self.values, *self.added)}
        return paths | {str(name) for part in self.parts for name in part.value}

    def misfit(self, loaded: Loaded[Scenario]) -> ScenarioError | None:
        """Why a scenario has no place for this change; None where it has."""
        try:
            self.on(loaded)
            self.without(loaded)
        except ScenarioError as error:
            return error
        return None


def combined(whatifs: Iterable[WhatIf], loaded: Loaded[Scenario]) -> Scenario:
    """The scenario with all changes, in order: where two touch the same value the later one is left."""
    for one in whatifs:
        loaded = one.laid_on(loaded)
    return loaded.scenario


def _longer(tree: Tree, path: str, more: Tree) -> Tree:
    """The list at a path of a scenario, and more items."""
    parts = split_path(path)
    there, depth = tree.descend(parts)
    if depth < len(parts) or not isinstance(there.value, list):
        raise ScenarioError(
            more.at, path, phrase("nothing to add to"), phrase("the path of a list that the scenario has")
        )
    return replace(more, value=[*there.value, *more.value], size=there.size + more.size)


@dataclass(frozen=True)
class LeftOut:
    """A what-if that a scenario has no place for, or has already."""

    name: str
    title: str
    why: ScenarioError | None
    """Why there is no place; None where it changes nothing."""

    @property
    def missing(self) -> str:
        """The path of what the scenario has not; `NOTHING` where it lacks nothing."""
        return NOTHING if self.why is None else self.why.field


NOTHING = "nothing"
"""Said of a what-if that changes nothing."""


def fitting(whatifs: Iterable[WhatIf], loaded: Loaded[Scenario]) -> tuple[list[WhatIf], list[LeftOut]]:
    """Those that can be done to a scenario, and those that name what it does not have, or that change nothing of it.

    What was taken out of the scenario, or what the shipped city has, is left out; what never was anywhere is a mistake.

    Raises:
        ScenarioError: of a what-if that fits neither.
    """
    fit: list[WhatIf] = []
    left: list[LeftOut] = []
    for one in whatifs:
        why = one.misfit(loaded)
        if why is None:
            if one.on(loaded) != one.without(loaded):
                fit.append(one)
            else:
                left.append(LeftOut(one.name, one.title, None))
            continue
        if not isinstance(why, GoneError) and one.misfit(load(USUAL)) is not None:
            raise why
        left.append(LeftOut(one.name, one.title, why))
    return fit, left


def read_whatifs(path: str | Path | None = None, names: Sequence[str] = ()) -> list[WhatIf]:
    """Read what-ifs from a file, all or those named, in the order of the file.

    Args:
        path: of the file; None for the shipped ones.
        names: of those wanted; none for all.

    Raises:
        ScenarioError: the file, an entry or a name is not as it should be, in one line.
    """
    file = catalogue.folder() / FILE if path is None else Path(path)
    tree = read_file(file)
    found = [_entry(str(name), entry, tree.keys[name], file) for name, entry in tree.value.items()]
    for name in names:
        if name not in tree.value:
            raise ScenarioError(
                Origin(str(file)), name, phrase("no what-if of this name"), nearest(name, map(str, tree.value))
            )
    return [one for one in found if not names or one.name in names]


def _entry(name: str, entry: Tree, at: Origin, file: Path) -> WhatIf:
    if not isinstance(entry.value, dict):
        raise ScenarioError(at, name, describe(entry.plain()), phrase("a mapping with title, label, source and set"))
    parts: Mapping[str, Tree] = entry.value
    for key in parts:
        if key not in _KEYS:
            raise ScenarioError(entry.keys[key], f"{name}.{key}", phrase("an unknown key"), nearest(str(key), _KEYS))
    texts = [_text(name, key, parts.get(key), at) for key in _TEXTS]
    if texts[1] not in LABELS:
        raise ScenarioError(parts["label"].at, f"{name}.label", describe(texts[1]), nearest(texts[1], LABELS))
    said = Provenance(texts[1], texts[2])
    values, added, against = (_values(name, key, parts.get(key), said) for key in ("set", "add", "against"))
    for path, more in added:
        if not isinstance(more.value, list):
            raise ScenarioError(
                more.at, f"{name}.add.{path}", describe(more.plain()), phrase("a list of what is added")
            )
    like = _like(name, parts.get("like"), file)
    if not (values or added or against or like):
        raise ScenarioError(
            at, name, phrase("no change"), phrase("set: {PATH: VALUE}, like: {FILE: [PART, ...]}, add or against")
        )
    return WhatIf(name, texts[0], said, like, values, added, against)


def _text(name: str, key: str, tree: Tree | None, at: Origin) -> str:
    if tree is None or not isinstance(tree.value, str) or not tree.value.strip():
        read = phrase("nothing") if tree is None else describe(tree.plain())
        raise ScenarioError(
            at if tree is None else tree.at, f"{name}.{key}", read, phrase("text: this key is required")
        )
    return tree.value


def _values(name: str, key: str, tree: Tree | None, said: Provenance) -> Values:
    if tree is None:
        return ()
    if not isinstance(tree.value, dict):
        raise ScenarioError(tree.at, f"{name}.{key}", describe(tree.plain()), phrase("a mapping of paths to values"))
    layer = replace(tree.layer, unlisted=said)
    return [(str(path), _said(value, layer)) for path, value in tree.value.items()]


def _said(tree: Tree, layer: Layer) -> Tree:
    """The tree with every value in it of another layer, which says where it comes from."""
    value = tree.value
    if isinstance(value, dict):
        value = {key: _said(one, layer) for key, one in value.items()}
    elif isinstance(value, list):
        value = [_said(one, layer) for one in value]
    return replace(tree, value=value, layer=layer)


def _like(name: str, tree: Tree | None, file: Path) -> list[Tree]:
    """The parts of other files, each as a file that has nothing else."""
    if tree is None:
        return []
    if not isinstance(tree.value, dict):
        raise ScenarioError(
            tree.at, f"{name}.like", describe(tree.plain()), phrase("a mapping such as stop-first: [routes]")
        )
    found = []
    for scenario, parts in tree.value.items():
        beside = file.parent / str(scenario)
        other = read_file(beside if beside.is_file() else catalogue.find(str(scenario)))
        wanted = [str(part.value) for part in parts.value] if isinstance(parts.value, list) else [str(parts.value)]
        for part in wanted:
            if part not in other.value:
                raise ScenarioError(parts.at, f"{name}.like.{scenario}", describe(part), nearest(part, other.value))
        found.append(replace(other, value={part: other.value[part] for part in wanted}))
    return found
