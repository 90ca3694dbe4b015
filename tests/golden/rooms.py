"""Shipped exercises led and played automatically: digests of what every role saw, of the journal and of the scores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from sim.exercise.load import load_exercise
from sim.exercise.models import Effect
from sim.exercise.players import everybody
from sim.exercise.score import scores_of
from sim.exercise.session import Happening, Session
from sim.exercise.shipped import names
from sim.exercise.vocabulary import ALWAYS
from sim.words.units import MINUTE, SECOND

REACTION = 40 * SECOND
EVERY = 10 * SECOND
LOOK = 5 * MINUTE
"""ms of simulated time between two looks at the views of all roles."""
LEADER = "lead"

Room = Callable[[], dict[str, str]]


def rooms() -> Iterator[tuple[str, Room]]:
    """(name, what plays it and makes the digests), in a fixed order."""
    for name in names():
        yield f"room {name}", partial(_room, name)


class _Digest:
    """A digest that grows."""

    def __init__(self) -> None:
        self._of = hashlib.sha256()

    def add(self, seen: Any) -> None:
        """Take in what JSON can say."""
        self._of.update(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode())

    def __str__(self) -> str:
        return self._of.hexdigest()[:16]


def _room(name: str) -> dict[str, str]:
    """What came of one exercise; whoever leads it, and people who leave and come back, do all that can be done."""
    loaded = load_exercise(name)
    exercise, players = loaded.exercise, everybody(loaded.exercise, REACTION)
    views, told = _Digest(), _Digest()
    session = Session.start(loaded, seats=[player.seat for player in players], held=True)
    session.resume(LEADER)
    looked = 0
    while not session.finished:
        told.add([asdict(one) for one in session.advance(session.now + EVERY)])
        for player in players:
            if not session.finished and player.seat.id in session.seats:
                player.play(session)
        passed = session.now - exercise.starts
        if passed // LOOK > looked:
            looked = passed // LOOK
            told.add([asdict(one) for one in _led(session, looked, players[0].seat.id)])
            if looked == 4 and players[0].seat.id not in session.seats:
                session.join(players[0].seat)
            _look(session, views)
    _look(session, views)
    branched = _Digest()
    other = session.branch((exercise.starts + exercise.ends) // 2)
    _look(other, branched)
    session.finish(LEADER)
    _look(session, views)
    scores = _Digest()
    scores.add(asdict(scores_of(session, session.run(), 0.5)))
    journal = _Digest()
    journal.add(session.journal.lines)
    given = _Digest()
    given.add([[asdict(one) for one in session.given], [asdict(one) for one in session.decisions],
               [asdict(one) | {"effect": one.effect and one.effect.model_dump(mode="json")}
                for one in session.steered]])  # fmt: skip
    found = {"views": views, "told": told, "branched": branched, "journal": journal, "given": given, "scores": scores}
    return {"decisions": str(len(session.decisions))} | {part: str(digest) for part, digest in found.items()}


def _led(session: Session, looked: int, seat: str) -> list[Happening]:
    """One thing after the other that whoever leads can do."""
    planned = [one.inject.id for one in session.injects if one.state == "planned"]
    desk = session.view("facilitator")["desks"][0]["name"]
    match looked:
        case 1:
            session.hold(LEADER)
            session.set_speed(20.0, LEADER)
            session.advance(session.now + MINUTE)  # nothing moves
            session.resume(LEADER)
            session.inject("Made up on the spot", LEADER)
        case 2:
            session.change(Effect.model_validate({"staff": {"desk": desk, "heads": -1, "lasts": "10m"}}), LEADER)
            if planned:
                session.hold_inject(planned[-1], LEADER)
        case 3:
            session.leave(seat)
            held = [one.inject.id for one in session.injects if one.state == "held"]
            if held:
                session.inject(held[0], LEADER)
        case 4:
            if planned:
                session.skip_inject(planned[-1], LEADER)
        case 5:
            session.tick()
            return [*session.step(), *session.to_next(session.now + 2 * MINUTE)]
    return []


def _look(session: Session, digest: _Digest) -> None:
    for role in (*session.exercise.roles, *ALWAYS):
        digest.add(session.view(role))
    digest.add(session.truth())
