"""The shipped scenarios: where they lie, what they ask, and how a name finds its file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.scenario.encoding import decoded
from sim.scenario.errors import Origin, ScenarioError, nearest
from sim.scenario.tree import MAX_BYTES, Layer, Provenance, read_tree
from sim.words.phrases import Phrase, phrase

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped scenario, as a list shows it."""

    name: str
    title: str
    question: str
    path: Path


def folder() -> Path:
    """The folder of the shipped scenarios: inside an installed package, else beside it in a checkout."""
    installed = _PACKAGE / "_scenarios"
    return installed if installed.is_dir() else _PACKAGE.parent / "scenarios"


def names(where: Path | None = None) -> list[str]:
    """The names of the shipped scenarios, sorted."""
    return sorted(path.stem for path in (where or folder()).glob("*.yaml"))


def list_scenarios(where: Path | None = None) -> list[Entry]:
    """Name, title and question of every shipped scenario, sorted by name.

    Only what the file itself says is read, so that one broken scenario never hides the others: its
    title is then empty.
    """
    entries = []
    for name in names(where):
        path = (where or folder()) / f"{name}.yaml"
        said = _head(path)
        entries.append(Entry(name, said.get("title", ""), said.get("question", ""), path))
    return entries


_A_SCENARIO: Final = phrase("a scenario file")


def find(name_or_path: str | Path, where: Path | None = None, what: Phrase = _A_SCENARIO) -> Path:
    """The file of a scenario: an existing path wins, else a shipped name with or without ``.yaml``.

    Args:
        where: the folder of what is shipped; None for that of the scenarios.
        what: is looked for, as a mistake calls it.

    Raises `ScenarioError` with the nearest names when there is neither.
    """
    text = str(name_or_path)
    if Path(text).is_file():
        return Path(text)
    shipped = names(where)
    if text.removesuffix(".yaml") in shipped:
        return (where or folder()) / f"{text.removesuffix('.yaml')}.yaml"
    if Path(text).is_dir():
        raise ScenarioError(
            Origin(text),
            "file",
            phrase("a folder"),
            phrase("{what}, or {known}", what=what, known=nearest("", shipped)),
        )
    known = nearest(Path(text).stem, shipped)
    raise ScenarioError(
        Origin(text), "file", phrase("no such file"), phrase("{what}, or {known}", what=what, known=known)
    )


def _head(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            text = decoded(file.read(MAX_BYTES), path.name)
        tree = read_tree(text, Layer(path.name, Provenance("")))
    except (ScenarioError, OSError):
        return {}
    data = tree.plain() if tree is not None else None
    if not isinstance(data, dict):
        return {}
    return {key: text for key, text in data.items() if isinstance(text, str)}
