"""What-ifs that planners name: changes of a scenario, as entries of a YAML file that anybody can edit.

    more-at-night:
      title: One trace analyst more at night
      label: assumed
      source: "one head more from 20:00 to 08:00"
      set:
        desks.analyst.shifts.1.staff: 4

`set` puts values at paths, as ``--set`` does. `like` lays the named parts of another scenario file on it first.
`against` is a `set` for what it is compared with, where that is not the scenario as it is: a thing that the scenario
has already is told by what it would be without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.scenario import catalogue
from sim.scenario.errors import GoneError, Origin, ScenarioError, describe, nearest
from sim.scenario.loader import LABELS, Loaded, Values, changed, load, read_file
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, Tree
from sim.words.phrases import phrase

FILE = "whatifs/centre.yaml"
"""The shipped what-ifs, beside the scenarios but no scenario."""
USUAL = "city"
"""The scenario that the shipped ones are written for."""
_TEXTS = ("title", "label", "source")
_KEYS = (*_TEXTS, "like", "set", "against")


@dataclass(frozen=True)
class WhatIf:
    """One change of a scenario."""

    name: str
    title: str
    provenance: Provenance
    parts: Sequence[Tree] = ()
    """Laid on the scenario first."""
    values: Values = ()
    against: Values = ()
    """Changes of what it is compared with; none: of the scenario as it is."""

    def on(self, loaded: Loaded[Scenario]) -> Scenario:
        """The scenario with this change."""
        return changed(loaded, parts=self.parts, values=self.values).scenario

    def without(self, loaded: Loaded[Scenario]) -> Scenario:
        """What it is compared with."""
        return changed(loaded, values=self.against).scenario if self.against else loaded.scenario

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
        loaded = changed(loaded, parts=one.parts, values=one.values)
    return loaded.scenario


@dataclass(frozen=True)
class LeftOut:
    """A what-if that a scenario has no place for, and why."""

    name: str
    why: ScenarioError


def fitting(whatifs: Iterable[WhatIf], loaded: Loaded[Scenario]) -> tuple[list[WhatIf], list[LeftOut]]:
    """Those that can be done to a scenario, and those that name what it does not have.

    What was taken out of the scenario, or what the shipped city has, is left out; what never was anywhere is a mistake.

    Raises:
        ScenarioError: of a what-if that fits neither.
    """
    fit: list[WhatIf] = []
    left: list[LeftOut] = []
    for one in whatifs:
        why = one.misfit(loaded)
        if why is None:
            fit.append(one)
            continue
        if not isinstance(why, GoneError) and one.misfit(load(USUAL)) is not None:
            raise why
        left.append(LeftOut(one.name, why))
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
    values, against = (_values(name, key, parts.get(key), said) for key in ("set", "against"))
    like = _like(name, parts.get("like"), file)
    if not (values or against or like):
        raise ScenarioError(
            at, name, phrase("no change"), phrase("set: {PATH: VALUE}, like: {FILE: [PART, ...]} or against")
        )
    return WhatIf(name, texts[0], said, like, values, against)


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
