"""What was changed on a page, kept as a centre of its own among the uploaded files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.report.publish.files import as_yaml
from sim.scenario.loader import Loaded, read_file
from sim.scenario.merge import merge
from sim.scenario.models import MOST_TITLE, Scenario
from sim.scenario.tree import Layer, Provenance, tree_of
from sim.web import aside
from sim.web.scenarios import UPLOADED, set_values
from sim.web.uploads import Uploads
from sim.web.values import tree_of as changed_values


def as_file(
    source: Path | str, loaded: Loaded[Scenario], settings: Sequence[str], *, title: str, name: str,
    desks: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The text of a scenario file with what was changed.

    Args:
        source: what was changed: a shipped scenario, or an uploaded file.
        loaded: it, read.
        settings: the changes, as ``path=value``.
        title: of the new one.
        name: of the new one, where it is made of a shipped scenario.
        desks: rosters in place of those that the settings have; None for none.

    Raises:
        ScenarioError: a value is wrong.
    """
    change = changed_values(set_values(loaded, settings), settings)
    if desks is not None:
        change = {**change, "desks": desks}
    layer = Layer(UPLOADED, Provenance("assumed"))
    if isinstance(source, str):
        base = tree_of({"schema_version": 1, "extends": source, "name": name[:60]}, layer)
    else:
        base = read_file(source)
    return as_yaml(merge(base, tree_of({"title": title, **change}, layer), model=Scenario).written())


def next_title(title: str) -> str:
    """``Our centre`` is followed by ``Our centre (2)``, that by ``Our centre (3)``."""
    found = re.fullmatch(r"(.*) \((\d{1,4})\)", title)
    stem, number = (found[1], int(found[2])) if found else (title, 1)
    tail = f" ({number + 1})"
    return stem[: MOST_TITLE - len(tail)] + tail


async def keep(uploads: Uploads, text: str) -> str:
    """Keep a file; the address of its live page.

    Raises:
        ScenarioError: the file is wrong.
        OSError: the data folder cannot be written.
    """
    name = await uploads.add(text.encode())
    if (wrong := uploads.refused.get(name)) is not None:
        raise wrong
    return f"/planner/live/upload/{name}"


async def keep_changes(uploads: Uploads, source: Path | str, loaded: Loaded[Scenario], settings: Sequence[str]) -> str:
    """Keep a centre as it is set on a page; the address of its live page.

    Raises:
        ScenarioError: a value is wrong.
        OSError: the file cannot be read, or the data folder not be written.
    """
    title, name = next_title(loaded.scenario.title), f"my-{loaded.scenario.name}"
    return await keep(uploads, await aside.short(as_file, source, loaded, settings, title=title, name=name))
