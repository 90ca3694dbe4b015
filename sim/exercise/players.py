"""Automatic players: each decides from its role's view alone, like a trainee who never tires.

How each plays is its style (`styles`). A good one is told what each inject asks for, and nothing else of the exercise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.exercise.acts import Refused
from sim.exercise.expect import Expect
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.session import Seat, Session
from sim.exercise.styles import LAST_MOMENT, Luck, Style, asked_for, waits_for_nothing
from sim.words.units import SECOND

REACTION = 20 * SECOND
"""ms of simulated time that a player needs between two decisions."""
LOOK = 5 * SECOND
"""ms of simulated time between two looks of a player."""
OWN_REACTION = 5 * SECOND
"""ms of the trainees' own time that a decision takes at least."""
OWN_LOOK = SECOND
"""ms of the trainees' own time between two looks at least."""


def reaction_of(exercise: Exercise) -> int:
    """ms of simulated time between two decisions of a player: where the clock runs fast, people need more of it."""
    return max(REACTION, round(OWN_REACTION * exercise.speed))


def look_of(exercise: Exercise) -> int:
    """ms of simulated time between two looks of a player."""
    return max(LOOK, round(OWN_LOOK * exercise.speed) // SECOND * SECOND)


@dataclass
class Player:
    """Somebody at a seat. It remembers when it decided, and knows nothing else but the view and what is expected."""

    seat: Seat
    reaction: int = REACTION
    expected: Mapping[str, Expect] = field(default_factory=dict)
    """What each inject asks for, by its id."""
    style: Style = "good"
    luck: Luck = ()
    """Of whoever presses buttons at random."""
    ready: int = 0
    """ms from which it decides again."""
    _idle_at: object = None
    """The list in a view with which there was nothing to do: as long as the session shows the very same, so it is."""

    def play(self, session: Session) -> None:
        """Decide once, if it is ready and there is anything to decide."""
        if session.now < self.ready or self.style == "nobody":
            return
        if self.style == "careless" and not session.views.presses(self.seat.role, LAST_MOMENT):
            return
        view = session.view(self.seat.role)
        if view["decisions"] is self._idle_at:
            return
        asked = list(asked_for(self.style, view, self.expected, self.luck))
        if not asked and waits_for_nothing(self.style, view):
            self._idle_at = view["decisions"]
        for wish in asked:
            try:
                session.act(self.seat.id, **wish)
            except Refused:
                continue
            self.ready = session.now + self.reaction
            return


def expected_of(exercise: Exercise) -> dict[str, Expect]:
    """What each inject of an exercise asks for, by its id."""
    return {one.id: one.expect for one in exercise.injects if one.expect is not None}


def everybody(exercise: Exercise, reaction: int = REACTION, *, style: Style = "good", luck: int = 0) -> list[Player]:
    """A player for every seat of every role of an exercise.

    Args:
        reaction: ms of simulated time that a player needs between two decisions.
        luck: which of many equal rooms it is.
    """
    expected = expected_of(exercise)
    seats = [
        Seat(f"auto-{role}-{number}", role, f"{role} {number}")
        for role, one in exercise.roles.items()
        for number in range(1, one.seats + 1)
    ]
    return [Player(seat, reaction, expected, style, (exercise.seed, luck, place)) for place, seat in enumerate(seats)]


def _tick(session: Session) -> None:
    """Whoever leads ticks what a good room has answered, where only a person can judge it."""
    for status in session.injects:
        waits = status.inject.expect is not None and status.inject.expect.by_hand and status.ticked is None
        if waits and any(set(one.missing) <= {"rubric"} for one in status.attempts):
            session.judge(status.inject.id, True, "auto")


def dry_run(
    loaded: Loaded, *, style: Style = "good", luck: int = 0, reaction: int = 0, folder: Path | None = None,
    until: int | None = None, play_on: bool = True, like: Session | None = None,
) -> Session:  # fmt: skip
    """Play an exercise to its end with an automatic player at every seat, and fire what only a facilitator fires.

    Args:
        style: how all of them play.
        luck: which of many equal rooms it is, where the style has any.
        reaction: ms of simulated time that a player needs between two decisions; 0: as people do.
        folder: for the journal.
        until: ms after the opening at which the room is closed; None: at its end.
        play_on: whether the model then goes on to the end of the follow-up.
        like: a session of the same exercise, whose plan is drawn and whose workflow is compiled already.
    """
    exercise, every = loaded.exercise, look_of(loaded.exercise)
    reaction = reaction or reaction_of(exercise)
    players = everybody(exercise, reaction, style=style, luck=luck)
    plan, program = (None, None) if like is None else (like.engine.plan, like.engine.program)
    session = Session.start(loaded, folder, seats=[player.seat for player in players], plan=plan, program=program)
    middle = (exercise.starts + exercise.ends) // 2
    closes = exercise.ends if until is None else exercise.starts + until
    while not session.finished and session.now < closes:
        session.advance((session.now // every + 1) * every)
        if session.now >= middle:
            for status in [one for one in session.injects if one.inject.manual and one.state == "planned"]:
                session.inject(status.inject.id, "auto")
        for player in sorted(players, key=lambda one: one.ready):  # who has waited longest sees it first
            if not session.finished:
                player.play(session)
        if style == "good":
            _tick(session)
    session.close("auto")
    if play_on:
        session.play_on()
    return session
