"""The scene of a session: all that is known in the room at its moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.engine.reference import Engine
from sim.engine.seats import Undecided
from sim.engine.sight import Known, Sights
from sim.exercise.acts import Decision
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.injects import Status
from sim.exercise.models import Exercise
from sim.exercise.talk import Address
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.workflow.program import Program


@dataclass(frozen=True)
class Outside:
    """What of a scenario lies outside the centre's rooms."""

    banks: frozenset[str]
    """Desks of holders."""
    field: frozenset[str]
    """Holders that only a field team can reach."""
    field_desks: frozenset[str]
    """Desks whose people go out."""
    visits: bool
    """Whether there is a route on which a team goes to a victim."""

    @classmethod
    def of(cls, scenario: Scenario, program: Program, exercise: Exercise) -> Outside:
        """What lies outside in a scenario that is played."""
        steps = (step for route in scenario.routes.values() for step in route.steps.values())
        teams = [step.work.team for step in steps if step.work and step.work.travel and step.work.team]
        return cls(
            banks=frozenset(desk.name for desk in program.desks[len(scenario.desks) :]),
            field=frozenset(holder.name for holder in scenario.holders if holder.field),
            field_desks=frozenset(name for team in teams for name in team),
            visits=(exercise.routes.visit, False) in zip(program.route_names, program.of_account, strict=False),
        )


@dataclass(frozen=True)
class Scene:
    """All that views of one moment are made of."""

    known: Known
    """What responders know."""
    undecided: Sequence[Undecided]
    decisions: Sequence[Decision]
    injects: Sequence[Status]
    outside: Outside
    addresses: Mapping[int, Address]
    """To whom messages go, by the number of the decision."""


class Scenes:
    """The scene of now; made anew only when something has changed."""

    def __init__(
        self, engine: Engine, outside: Outside, clock: Clock, book: Book, decisions: Sequence[Decision],
        injects: Sequence[Status], addresses: Mapping[int, Address],
    ) -> None:  # fmt: skip
        """
        Args:
            decisions, injects, addresses: as they are at every moment; they grow.
        """
        self._engine = engine
        self._sights = Sights(engine)
        self._outside = outside
        self._clock = clock
        self._book = book
        self.decisions = decisions
        self.injects = injects
        self._addresses = addresses
        self._kept: tuple[int, int, Scene] | None = None
        """The scene of a version, until a moment (ms)."""
        self._open: tuple[tuple[int, int, int], list[Undecided]] | None = None
        """The open decisions of a moment: ms, and how long the log and the list of decisions were."""
        self._last: Known | None = None
        """What was known when the room was over."""

    def now(self) -> Scene:
        """The scene of this moment."""
        kept = self._kept
        if kept is not None and kept[0] == self._book.version:
            if self._clock.now < kept[1]:
                return kept[2]
            self._book.version += 1
        undecided = self.undecided()
        # A deadline passes without a word in the log where nobody is free: then the scene is another.
        until = min((one.deadline + 1 for one in undecided), default=NEVER)
        known = self._sights.now() if self._last is None else self._last
        scene = Scene(known, undecided, self.decisions, self.injects, self._outside, self._addresses)
        self._kept = self._book.version, until, scene
        return scene

    def undecided(self) -> list[Undecided]:
        """The tasks on which nobody has decided yet; asked once for all who look at the same moment."""
        if self._clock.closed:
            return []
        moment = self._clock.now, len(self._engine.log), len(self.decisions)
        if self._open is None or self._open[0] != moment:
            self._open = moment, self._engine.undecided()
        return self._open[1]

    def keep_last(self) -> None:
        """What is known now stays what is known, however far the engine goes on."""
        self._last = self.now().known
