"""An exercise in the making as the server keeps it: written at each change, whole, and read as any file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.exercise.drafts import Draft, copy_of, empty, free_id, well_formed
from sim.exercise.load import Loaded
from sim.report.publish.files import as_yaml
from sim.scenario import catalogue
from sim.scenario.errors import Origin, ScenarioError, describe, nearest, split_path
from sim.scenario.loader import load, read_file
from sim.scenario.models import Scenario
from sim.scenario.plain import read_plain
from sim.scenario.tree import MAX_UPLOADED
from sim.web import shipped
from sim.web.exercises import Exercises
from sim.web.guards import MOST_BYTES, TooLargeError
from sim.words.language import titled
from sim.words.phrases import phrase
from sim.workflow.program import compile_routes


@dataclass(frozen=True)
class Around:
    """What an exercise can name in its scenario."""

    desks: Sequence[str] = ()
    of_account: Sequence[str] = ()
    """Routes for an account."""
    of_case: Sequence[str] = ()

    @property
    def banks(self) -> list[str]:
        """Names of banks."""
        return [one.removeprefix("bank:") for one in self.desks if one.startswith("bank:")]

    @classmethod
    def of(cls, scenario: Scenario) -> Around:
        """What a scenario has."""
        program = compile_routes(scenario)
        routes = list(zip(program.route_names, program.of_account, strict=False))
        return cls([desk.name for desk in program.desks], [one for one, it in routes if it],
                   [one for one, it in routes if not it])  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What came of a look at an exercise in the making."""

    text: str
    """As its file has it."""
    loaded: Loaded | None = None
    """Where nothing is wrong."""
    wrong: ScenarioError | None = None
    around: Around | None = None
    """None where the scenario cannot be read."""
    trouble: str = ""
    """Why it could not be kept, as a phrase."""


class Making:
    """One file in the making."""

    def __init__(self, exercises: Exercises, name: str) -> None:
        self._exercises, self.name = exercises, name
        self._last = b""
        self._around: dict[str, Around] = {}

    @property
    def path(self) -> Path:
        """Where it lies."""
        found = self._exercises.uploads.find(self.name)
        return found or self._exercises.uploads.folder / self.name

    def opened(self) -> Draft:
        """What the file says, to be changed.

        Raises:
            ScenarioError: it cannot be read, or is no exercise.
            OSError: it is gone.
        """
        path = self.path
        self._last = read_plain(path, MOST_BYTES)
        tree = read_file(path, most=MAX_UPLOADED)
        draft = tree.plain()
        if not well_formed(draft):
            raise ScenarioError(Origin("upload"), "file", phrase("another kind of file"), phrase("an exercise file"))
        return draft  # type: ignore[no-any-return]

    def looked(self, draft: Draft, *, keep: bool = True) -> Look:
        """Keep an exercise as it is now, and say what is wrong with it. Takes a tenth of a second.

        Args:
            keep: whether to write it; else it is as it was opened.
        """
        text = as_yaml(_with_sources(draft))
        trouble = self._kept(text.encode()) if keep else ""
        around = self._around_of(draft.get("scenario"))
        if trouble:
            return Look(text, around=around, trouble=trouble)
        try:
            loaded = self._exercises.read(self.path)
            return Look(text, loaded, around=Around.of(loaded.scenario))
        except ScenarioError as error:
            return Look(text, wrong=error, around=around)

    def _kept(self, data: bytes) -> str:
        """Keep the file; why it was not kept, as a phrase."""
        try:
            if read_plain(self.path, MOST_BYTES) != self._last:
                return phrase("somebody else has changed this exercise meanwhile: open the page again to see it")
            self._exercises.uploads.put(data, self.name)
            self._last = data
        except TooLargeError:
            return phrase("more than {most} KB", most=MOST_BYTES // 1024)
        except FileNotFoundError:
            return phrase("somebody else has deleted this exercise meanwhile")
        except OSError as error:
            return error.strerror or phrase("the disk cannot be written")
        return ""

    def _around_of(self, scenario: Any) -> Around | None:
        """What can be named in a scenario; read once for each."""
        name = scenario if isinstance(scenario, str) else ""
        path = self._exercises.scenario_of(name)
        if path is None:
            return None
        if name not in self._around:
            try:
                self._around[name] = Around.of(load(path).scenario)
            except (ScenarioError, OSError):
                return None
        return self._around[name]


def _with_sources(draft: Draft) -> Mapping[str, Any]:
    """An exercise without what is said of the sources of values that it has no more."""
    sources = draft.get("sources")
    if not isinstance(sources, dict):
        return draft
    left = {path: one for path, one in sources.items() if _has(draft, split_path(str(path)))}
    rest = {name: one for name, one in draft.items() if name != "sources"}
    return rest | ({"sources": left} if left else {})


def _has(draft: Any, path: Sequence[str]) -> bool:
    value: Any = draft
    for part in path:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False
    return True


def begin_copy(exercises: Exercises, read: Callable[[], Loaded], bare: bool = False) -> str:
    """Keep a copy of an exercise, to be changed; the name under which it is kept.

    Args:
        exercises: that this server offers.
        read: reads the exercise whole.
        bare: whether only its cases, luck and times are copied.

    Raises:
        ScenarioError: it cannot be read.
        TooLargeError: it is larger than an upload may be.
        OSError: the data folder cannot be written.
    """
    return _begun(exercises, copy_of(read(), _free_name(exercises), bare=bare))


def begin_empty(exercises: Exercises, scenario: str) -> str:
    """Keep an exercise without roles and injects, to be filled in; the name under which it is kept.

    Raises:
        ScenarioError: the scenario cannot be read, or there is none.
        OSError: the data folder cannot be written.
    """
    path = exercises.scenario_of(scenario)
    if path is None:
        raise ScenarioError(Origin("upload"), "scenario", describe(scenario), nearest(scenario, catalogue.names()))
    return _begun(exercises, empty(_free_name(exercises), scenario, load(path).scenario))


def _begun(exercises: Exercises, draft: Draft) -> str:
    return exercises.uploads.put(as_yaml(draft).encode())


def _free_name(exercises: Exercises) -> str:
    return free_id("exercise", {one.exercise.name for one, _ in exercises.all()})


def scenarios_of(exercises: Exercises) -> list[tuple[str, str]]:
    """The scenarios that may be played: uploaded ones first."""
    others = [(one.name, titled(one.title) or one.name) for one in shipped.scenarios()]
    return [*((one, one) for one in exercises.scenarios()), *others]
