"""Where the shipped exercises lie, and how their files are told from those of scenarios: without reading any model."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import catalogue, loader


def folder() -> Path:
    """The folder of the shipped exercises."""
    return catalogue.folder() / "exercises"


def names() -> list[str]:
    """The names of the shipped exercises, sorted."""
    return catalogue.names(folder())


def is_exercise(name_or_path: str | Path) -> bool:
    """Whether a name or a file is an exercise's: it has roles or names a scenario, itself or in what it extends.

    Raises:
        ScenarioError: the file cannot be read.
    """
    text = str(name_or_path)
    if Path(text).is_file():
        return not loader.keys(text).isdisjoint(("roles", "scenario"))
    name = text.removesuffix(".yaml")
    return name in names() and name not in catalogue.names()
