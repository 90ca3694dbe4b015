"""Scenarios that come through the web: chosen from the catalogue or uploaded, and changed value by value.

What somebody uploads or types is data: it may extend only a shipped scenario, and may name no Python file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sim.scenario import catalogue
from sim.scenario.errors import Origin, ScenarioError, describe, nearest, split_path
from sim.scenario.loader import Loaded, changed, load, read_file
from sim.scenario.merge import SET_BY_HAND
from sim.scenario.models import Scenario
from sim.scenario.tree import MAX_UPLOADED, Layer, Tree, read_tree
from sim.words.phrases import phrase

UPLOADED: Final = "uploaded.yaml"
"""What the file of an upload is called in the folder of its own."""


def read(source: Path | str, settings: Sequence[str] = ()) -> Loaded[Scenario]:
    """A scenario with changes, as `loader.load` reads it.

    Args:
        source: the name of a shipped scenario, or the path of an uploaded file, alone in its folder.
        settings: ``path=value`` each.

    Raises:
        ScenarioError: a mistake, a file that extends anything but a shipped scenario, or a policy in Python.
    """
    if isinstance(source, str):
        if source not in catalogue.names():
            raise ScenarioError(Origin(source), "scenario", describe(source), nearest(source, catalogue.names()))
    else:
        check_regular(source)
        tree = read_file(source, most=MAX_UPLOADED)
        check_base(tree)
        check_policies(tree)
    return set_values(load(source), settings)


def check_regular(path: Path) -> None:
    """Refuse what stands in the place of an uploaded file and is none: reading it might never end.

    Raises:
        ScenarioError: as said.
    """
    if path.exists() and not path.is_file():
        raise ScenarioError(Origin("upload"), "file", phrase("a damaged file"), phrase("a file in YAML"))


def set_values(loaded: Loaded[Scenario], settings: Sequence[str]) -> Loaded[Scenario]:
    """A scenario with changes of somebody who fills in a form.

    Raises:
        ScenarioError: as `read`.
    """
    for setting in settings:
        path, _, text = setting.partition("=")
        tree = read_tree(text, Layer(path, SET_BY_HAND), single=True)
        if tree is not None:
            check_policies(tree, (split_path(path) or ("",))[-1].strip())
    return changed(loaded, settings)


def check_base(tree: Tree) -> None:
    """Refuse a file that extends anything but a shipped scenario.

    Raises:
        ScenarioError: as said.
    """
    base = tree.child("extends")
    if base is None or base.value is None:
        return
    name = base.value if isinstance(base.value, str) else ""
    if name.removesuffix(".yaml") not in catalogue.names():
        raise ScenarioError(base.at, "extends", describe(base.value), nearest(name, catalogue.names()))


def check_policies(tree: Tree, key: str = "") -> None:
    """Refuse a queue policy that is a function in a Python file, and a table of cases in another file.

    Raises:
        ScenarioError: as said.
    """
    for where, file in _found(tree, key, "file"):
        raise ScenarioError(file.at, where, describe(file.plain()), phrase("cases: [...]: pages read no other file"))
    for where, queue in _found(tree, key, "queue"):
        if isinstance(queue.value, str) and ".py" in queue.value:
            accepted = phrase("fifo, largest_first, freshest_first or most_at_risk: pages run no Python")
            raise ScenarioError(queue.at, where, describe(queue.value), accepted)


def _found(tree: Tree, key: str, wanted: str) -> Iterator[tuple[str, Tree]]:
    """Every value with a wanted key, wherever it stands."""
    if key == wanted:
        yield key, tree
    if isinstance(tree.value, dict):
        for name, below in tree.value.items():
            yield from _found(below, name, wanted)
    elif isinstance(tree.value, list):
        for below in tree.value:
            yield from _found(below, "", wanted)
