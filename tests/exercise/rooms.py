"""Small exercises for tests, played over the small worlds, and random rooms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from sim.engine.run import Run
from sim.exercise.acts import Refused
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.session import Happening, Seat, Session
from sim.scenario.models import Scenario
from sim.words.units import HOUR, SECOND
from sim.workflow.log import jsonl
from tests.measure.whole import whole
from tests.worlds import ms

ALL_SEES = ["cases", "amounts", "accounts", "flows", "queues", "field", "banks"]
ROLES: dict[str, Any] = {
    "clerk": {
        "title": "Clerk", "desks": ["intake"], "sees": ["cases"], "may": ["take", "message"], "deadline": "5m",
        "seats": 2,
    },
    "tracer": {
        "title": "Tracer", "desks": ["analyst", "bank:*"], "sees": ["cases", "amounts", "accounts", "flows"],
        "may": ["take", "stop", "call_bank", "write_off", "policy", "call_in", "message"], "deadline": "10m",
        "seats": 3,
    },
    "driver": {
        "title": "Driver", "desks": ["police", "legal"], "sees": ["cases", "accounts", "field"],
        "may": ["take", "team", "message"], "deadline": "8m",
    },
}  # fmt: skip
INJECTS: list[dict[str, Any]] = [
    {"id": "first", "at": "0m", "to": ["clerk"], "channel": "paper", "text": "Begin"},
    {
        "id": "slow", "at": "37m", "to": ["tracer"], "channel": "phone", "text": "One of you is ill",
        "effect": {"staff": {"desk": "analyst", "heads": -1, "lasts": "40m"}}, "expect": {"action": "any"},
        "deadline": "9m",
    },
    {"id": "many", "when": {"known": 40}, "at": "100m", "to": ["tracer"], "channel": "message", "text": "Many"},
    {"id": "spare", "manual": True, "to": ["driver"], "channel": "radio", "text": "A car more"},
]  # fmt: skip
SEATS = [Seat("a", "clerk", "An"), Seat("b", "tracer", "Bo"), Seat("c", "tracer", "Chen"), Seat("d", "driver", "Du")]
STARTS, ENDS = 8 * HOUR, 10 * HOUR


def room(scenario: Scenario | None = None, **changes: Any) -> Loaded:
    """An exercise over a scenario, by default over two days of a small town in which every element acts."""
    told = {
        "schema_version": 1, "name": "room", "title": "A room", "scenario": "none", "starts": ms(STARTS),
        "ends": ms(ENDS), "briefing": "Listen", "objectives": [{"id": "one", "text": "Decide"}], "roles": ROLES,
        "injects": INJECTS, "call_in": {"heads": 2, "after": "15m", "lasts": "2h"},
        "routes": {"visit": "visit"},
    }  # fmt: skip
    return Loaded(Exercise.model_validate(told | changes), whole() if scenario is None else scenario)


def without_deadlines(roles: dict[str, Any] = ROLES) -> dict[str, Any]:
    """The same roles with no time to decide: the model plays them all."""
    return {name: role | {"deadline": 0} for name, role in roles.items()}


def log_of(run: Run) -> str:
    """The log of a run as it is written to a file."""
    return "".join(jsonl(run.header, run.named_log()))


def wishes_of(session: Session, luck: np.random.Generator) -> list[tuple[str, dict[str, Any]]]:
    """What anybody may ask for now: (seat, what it asks for), sensible or not, in a random order."""
    found: list[tuple[str, dict[str, Any]]] = []
    for seat in session.seats.values():
        view = session.view(seat.role)
        found += [
            (seat.id, {"action": "take", "case": one["case"], "account": one["account"]}) for one in view["decisions"]
        ]
        for action in ("stop", "call_bank", "write_off", "team"):
            found += [
                (seat.id, {"action": action, "case": one["case"], "account": one["account"]})
                for one in view.get("accounts", ())[-4:]
            ]
        found += [
            (seat.id, {"action": "policy", "desk": "analyst", "policy": "fifo"}),
            (seat.id, {"action": "call_in", "desk": "analyst"}),
            (seat.id, {"action": "message", "note": "说一声"}),
            (seat.id, {"action": "team", "case": 1}),
        ]  # fmt: skip
    return [found[place] for place in luck.permutation(len(found)).tolist()]


def play(session: Session, luck: np.random.Generator, until: int, often: int = 240) -> Iterator[list[Happening]]:
    """Play at random: trainees decide, sit down and leave, the facilitator holds, injects and changes conditions.

    Args:
        often: seconds of simulated time between two things done, on average.
    """
    while session.now < until and not session.finished:
        yield session.advance(min(until, session.now + int(luck.exponential(often) * SECOND) + 1))
        if session.finished:
            return
        what = luck.random()
        if what < 0.05:
            session.hold("lead")
            session.change(_effect(luck), "lead")
            session.resume("lead")
        elif what < 0.1 and session.seats:
            session.leave(next(iter(session.seats)))
        elif what < 0.2:
            missing = [seat for seat in SEATS if seat.id not in session.seats]
            if missing:
                session.join(missing[0])
        elif what < 0.25:
            session.inject("Something else", "lead")
        elif what < 0.3:
            session.tick()
        else:
            tried = wishes_of(session, luck)[:3]
            for seat, wish in tried:
                ask(session, seat, wish)


def _effect(luck: np.random.Generator) -> Any:
    from sim.exercise.models import Effect

    choices: Sequence[dict[str, Any]] = (
        {"bank_down": "b", "lasts": "20m"},
        {"staff": {"desk": "police", "heads": -2, "lasts": "30m"}},
        {"policy": {"desk": "analyst", "policy": "freshest_first"}},
    )
    return Effect.model_validate(choices[int(luck.integers(0, len(choices)))])


def ask(session: Session, seat: str, wish: dict[str, Any]) -> bool:
    """Let somebody decide; False where it is refused."""
    try:
        session.act(seat, **wish)
    except Refused:
        return False
    return True


def told(happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """Happenings as plain data."""
    return [asdict(one) for one in happenings]
