"""Reading an exercise file, with the YAML, `extends`, `sources` and one-line errors of a scenario, and its scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path

from sim.exercise.difficulty import at
from sim.exercise.models import Exercise, Inject
from sim.exercise.shipped import folder, names
from sim.exercise.vocabulary import AT_OWN_DESKS
from sim.scenario import catalogue, loader
from sim.scenario.errors import Origin, ScenarioError, describe, dotted, name_of, nearest
from sim.scenario.errors import Path as FieldPath
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.scenario.plain import real
from sim.scenario.tree import Tree
from sim.words.phrases import Phrase, phrase
from sim.workflow.program import Program, compile_routes


@dataclass(frozen=True)
class Loaded:
    """An exercise, and the scenario that it is played over with the exercise's changes."""

    exercise: Exercise
    scenario: Scenario
    files: tuple[Path, ...] = ()
    """What was read, the exercise's own file first."""
    read: loader.Loaded[Exercise] | None = None
    """The exercise file with the memory of who wrote what; None where it was not read from a file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped exercise, as a list shows it."""

    name: str
    path: Path
    exercise: Exercise


def list_exercises() -> list[Entry]:
    """Every shipped exercise, sorted by name; only its own file is read.

    Raises:
        ScenarioError: a shipped file is broken.
    """
    paths = [folder() / f"{name}.yaml" for name in names()]
    return [entry_of(path) for path in paths]


def entry_of(path: Path) -> Entry:
    """A file as a list shows it.

    Raises:
        ScenarioError: it is no exercise.
    """
    return Entry(path.stem, path, loader.load(path, model=Exercise).scenario)


def load_exercise(
    name_or_path: str | Path, overrides: Sequence[str] = (), *, scenario_of: Callable[[str], Path | None] | None = None
) -> Loaded:
    """Read an exercise, shipped or from a file, and its scenario.

    Args:
        overrides: ``path=value`` each, such as ``seed=7`` or ``roles.analyst.deadline=2m``.
        scenario_of: the file of the scenario of a name, where only some may be played; None for none.

    Raises:
        ScenarioError: every mistake of the user, in one line.
    """
    path = catalogue.find(name_or_path, folder(), phrase("an exercise file"))
    read = loader.load(path, overrides, model=Exercise)
    exercise = read.scenario
    base = loader.load(_scenario_of(read, path, scenario_of))
    settings = read.tree.child("set")
    values = list(settings.value.items()) if settings is not None else []
    changed = loader.changed(base, values=values) if values else base
    as_written = exercise.model_copy(update={"difficulty": "normal"})
    made = Loaded(at(as_written, exercise.difficulty), changed.scenario, (*read.files, *base.files), read)
    for where, read_as, accepted in unfit(exercise, changed.scenario):
        raise ScenarioError(_origin(read.tree, where), dotted(where), read_as, accepted)
    return made


def unfit(exercise: Exercise, scenario: Scenario) -> Iterator[tuple[FieldPath, str, str]]:
    """Where an exercise does not fit its scenario: (path in the exercise, what was read, what is accepted)."""
    program = compile_routes(scenario)
    desks = [desk.name for desk in program.desks]
    for name, role in exercise.roles.items():
        for number, pattern in enumerate(role.desks):
            if not any(fnmatchcase(desk, pattern) for desk in desks):
                yield ("roles", name, "desks", number), describe(pattern), _one_of(phrase("desk"), pattern, desks)
    yield from _routes(exercise, scenario, program)
    for number in range(len(exercise.injects)):
        yield from unfit_inject(exercise, scenario, desks, number)
    limit = scenario.horizon + scenario.follow_up
    if exercise.ends > limit:
        yield ("ends",), phrase("a time after the scenario's follow-up"), phrase("a time before its end")


def unfit_inject(
    exercise: Exercise, scenario: Scenario, desks: Sequence[str], number: int
) -> Iterator[tuple[FieldPath, str, str]]:
    """Where an inject does not fit the scenario; see `unfit`.

    Args:
        desks: all that the scenario has.
        number: of the inject, from 0.
    """
    inject, where = exercise.injects[number], ("injects", number)
    yield from _expected_desk(exercise, scenario, desks, number)
    most = _most_cases(scenario)
    if inject.when is not None and inject.at is None and (inject.when.reported or 0) > most:
        yield (
            (*where, "when", "reported"),
            describe(inject.when.reported),
            phrase("at most {most}, all victims of the scenario", most=most),
        )
    effect = inject.effect
    if effect is None or effect.desk in desks:
        return
    if effect.bank_down is not None:
        banks = [desk.removeprefix("bank:") for desk in desks if desk.startswith("bank:")]
        accepted = _one_of(phrase("bank"), effect.bank_down, banks)
        yield (*where, "effect", "bank_down"), describe(effect.bank_down), accepted
    else:
        part = "staff" if effect.staff else "policy"
        yield (*where, "effect", part, "desk"), describe(effect.desk), _one_of(phrase("desk"), effect.desk, desks)


def _expected_desk(
    exercise: Exercise, scenario: Scenario, desks: Sequence[str], number: int
) -> Iterator[tuple[FieldPath, str, str]]:
    """An expected desk that is not there, or at which nobody who is asked can do what is expected."""
    inject = exercise.injects[number]
    wanted = inject.expect.desk if inject.expect else None
    if wanted is None:
        return
    within = _within_reach(exercise, inject, scenario, desks)
    if not any(fnmatchcase(desk, wanted) for desk in desks):
        accepted = _one_of(phrase("desk"), wanted, desks)
    elif any(fnmatchcase(desk, wanted) for desk in within):
        return
    else:
        accepted = (
            phrase("a desk at which a role asked can do that: {wanted}", wanted=nearest(wanted, within))
            if within
            else _NO_DESK
        )
    yield ("injects", number, "expect", "desk"), describe(wanted), accepted


_NO_DESK = phrase("no desk: what is expected is done at none")


def _within_reach(exercise: Exercise, inject: Inject, scenario: Scenario, desks: Sequence[str]) -> list[str]:
    """The desks at which some role asked can do what is expected: at its own, or wherever an account's task waits."""
    assert inject.expect is not None
    found: set[str] = set()
    for role in (exercise.roles[name] for name in inject.asked(list(exercise.roles))):
        may = set(role.may) if inject.expect.action == "any" else {inject.expect.action} & set(role.may)
        found |= {desk for desk in desks if may & {*AT_OWN_DESKS, "team"} and role.has(desk)}
        found |= {desk for desk in desks if "call_bank" in may and desk not in scenario.desks}
        found |= set(desks) if may & {"stop", "write_off"} else set()
    return [desk for desk in desks if desk in found]


def _most_cases(scenario: Scenario) -> float:
    """At most so many victims report, as far as the scenario says."""
    arrivals = scenario.victims.arrivals.values()
    return sum(len(one.rows) if isinstance(one, ListedArrivals) else inf for one in arrivals)


def _routes(exercise: Exercise, scenario: Scenario, program: Program) -> Iterator[tuple[FieldPath, str, str]]:
    """Routes that an action of some role would start, and that are not there or are not for such a subject."""
    may = {action for role in exercise.roles.values() for action in role.may}
    wanted = [("stop", "stop", True), ("team", "team", True), ("team", "visit", False)]
    for action, field, of_account in wanted:
        name = getattr(exercise.routes, field)
        fitting = [
            route for route, it in zip(program.route_names, program.of_account, strict=False) if it == of_account
        ]
        written = field in exercise.routes.model_fields_set
        if (written or action in may) and name not in fitting and (written or field != "visit"):
            yield ("routes", field), describe(name), _one_of(phrase("route"), name, fitting)


def _one_of(what: Phrase, read: str, known: Sequence[str]) -> str:
    return name_of(what, nearest(read, known))


def _scenario_of(read: loader.Loaded[Exercise], path: Path, scenario_of: Callable[[str], Path | None] | None) -> Path:
    """The scenario's file: a shipped one by its name, else one beside the exercise, or what somebody else finds."""
    name = read.scenario.scenario
    if scenario_of is not None:
        if found := scenario_of(name):
            return found
        accepted = phrase("a scenario uploaded to this server, or {name}", name=nearest(name, catalogue.names()))
        raise ScenarioError(_origin(read.tree, ("scenario",)), "scenario", describe(name), accepted)
    if name in catalogue.names():
        return catalogue.folder() / f"{name}.yaml"
    for beside in (path.parent / name, path.parent / f"{name}.yaml"):
        if beside.is_file() and real(beside) != real(path):
            return beside
    accepted = phrase(
        "a file beside this one, or {known}", known=nearest(name.removesuffix(".yaml"), catalogue.names())
    )
    raise ScenarioError(_origin(read.tree, ("scenario",)), "scenario", describe(name), accepted)


def _origin(tree: Tree, path: FieldPath) -> Origin:
    """Where the value at a path was written, or what is nearest above it."""
    return tree.descend(path)[0].at
