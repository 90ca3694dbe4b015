"""The exercises that a server offers: shipped ones, those of whoever started it, and uploaded ones.

What somebody uploads is data, as in `scenarios`: it is played over a shipped or an uploaded scenario, and names no
Python file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sim.exercise.load import Entry, Loaded, entry_of, load_exercise
from sim.exercise.shipped import is_exercise
from sim.scenario import catalogue
from sim.scenario.errors import Origin, ScenarioError, describe, split_path
from sim.scenario.loader import read_file
from sim.scenario.tree import MAX_UPLOADED
from sim.web import shipped
from sim.web.scenarios import check_policies, check_regular
from sim.web.uploads import Uploads
from sim.words.phrases import phrase


def own(place: Path) -> list[Entry]:
    """The exercises of a file, or of a folder in which other YAML files may lie: each can be played.

    Raises:
        ScenarioError: one of them is wrong, or there is none.
    """
    paths = [place]
    if place.is_dir():
        paths = [path for path in sorted(place.glob("*.yaml")) if is_exercise(path)]
    if not paths:
        accepted = phrase("an exercise file, or a folder of them")
        raise ScenarioError(Origin(str(place)), "file", phrase("a folder without an exercise"), accepted)
    for path in paths:
        load_exercise(path)
    return [entry_of(path) for path in paths]


class Exercises:
    """What a room can be opened for.

    Attributes:
        uploads: of exercises.
    """

    def __init__(self, folder: Path, scenarios: Uploads, own_ones: Sequence[Entry] = ()) -> None:
        """
        Args:
            folder: of the uploaded exercises.
            scenarios: that were uploaded.
            own_ones: of whoever started the server, who may name any file.
        """
        self._scenarios, self._own = scenarios, list(own_ones)
        self.uploads = Uploads(folder, self.read)
        self.damaged: dict[Path, str] = {}
        """Uploaded files that could not be read when `all` looked last, with why in one line."""

    def all(self) -> list[tuple[Entry, Callable[[], Loaded]]]:
        """Every exercise with what reads it whole, uploaded ones first."""
        uploaded: list[tuple[Entry, Callable[[], Loaded]]] = []
        self.damaged = {}
        for path in self.uploads.all():
            try:
                check_regular(path)
                uploaded.append((entry_of(path), partial(self.read, path)))
            except ScenarioError as error:  # of another version of this program, or damaged
                self.damaged[path] = phrase("{where}: {what}", where=error.field, what=error.what)
            except Exception as error:  # whatever is wrong with one file, the others are offered
                self.damaged[path] = phrase("a damaged file ({kind})", kind=type(error).__name__)
        others = (*self._own, *shipped.exercises())
        return [*uploaded, *((one, partial(load_exercise, one.path)) for one in others)]

    def is_uploaded(self, entry: Entry) -> bool:
        """Whether an exercise was uploaded, and can be taken away."""
        return entry.path.parent.parent == self.uploads.folder

    def read(self, path: Path) -> Loaded:
        """An uploaded exercise whole, over a shipped or an uploaded scenario.

        Raises:
            ScenarioError: what is wrong with it.
        """
        check_regular(path)
        tree = read_file(path, most=MAX_UPLOADED)
        base = tree.child("extends")
        if base is not None and base.value is not None:
            raise ScenarioError(
                base.at, "extends", describe(base.plain()), phrase("an exercise file that stands alone")
            )
        settings = tree.child("set")
        if settings is not None and isinstance(settings.value, dict):
            for name, value in settings.value.items():
                check_policies(value, (split_path(name) or ("",))[-1].strip())
        return load_exercise(path, scenario_of=self.scenario_of)

    def scenario_of(self, name: str) -> Path | None:
        """The file of a shipped scenario, or the youngest uploaded one of this name; nothing else."""
        name = name.removesuffix(".yaml")
        if name in catalogue.names():
            return catalogue.folder() / f"{name}.yaml"
        for path in self._scenarios.all():
            if self._said(path, "name") == name:
                return path
        return None

    def scenarios(self) -> list[str]:
        """The names of all uploaded scenarios that can be named."""
        names = [self._said(path, "name") for path in self._scenarios.all()]
        return sorted({one for one in names if isinstance(one, str)})

    def title_of(self, path: Path) -> Any:
        """What an uploaded exercise calls itself, also where it cannot be played; None for nothing."""
        return self._said(path, "title")

    @staticmethod
    def _said(path: Path, key: str) -> Any:
        """What an uploaded file says below a key; None where it is damaged, which its own page says."""
        with suppress(ScenarioError, OSError):
            check_regular(path)
            found = read_file(path, most=MAX_UPLOADED).child(key)
            return None if found is None else found.plain()
        return None
