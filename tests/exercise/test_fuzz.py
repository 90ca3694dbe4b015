"""Whatever anybody does to a session, in whatever order: its journal plays it again, and a refusal changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sim.exercise.acts import Refused
from sim.exercise.journal import FILE
from sim.exercise.load import Loaded
from sim.exercise.models import Effect
from sim.exercise.session import Seat, Session
from sim.exercise.texts import Texts
from sim.exercise.vocabulary import ALWAYS, MAY
from sim.fraud.plan import Plan, draw_plan
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import MINUTE, SECOND
from sim.workflow.log import NONE, Rows
from sim.workflow.program import Program, compile_routes
from tests.exercise.rooms import INJECTS, ROLES, log_of, room
from tests.worlds import criminals, listed, same_log, stop_everything, world

PEOPLE = [
    Seat("a", "clerk", "An"), Seat("a2", "clerk", "Ai"), Seat("a3", "clerk", "Ao"), Seat("b", "tracer", "Bo"),
    Seat("c", "tracer", "陈"), Seat("d", "driver", "Du"), Seat("e", "talker", "Er"), Seat("s", "second", "Su"),
    Seat("l", "facilitator", "Lu"), Seat("o", "observer", "Ou"), Seat("b", "clerk", "Bo"), Seat("k", "king", "Ko"),
]  # fmt: skip
"""Some of them want a seat that there is not, or another's."""
MORE_ROLES: dict[str, Any] = ROLES | {
    "talker": {"title": "Without a desk", "sees": ["cases", "queues"], "may": ["take", "stop", "team", "message"]},
    "second": {
        "title": "At others' desks", "desks": ["analyst", "police"], "sees": ["accounts"], "may": ["take", "policy"],
        "deadline": "1ms", "seats": 2,
    },
}  # fmt: skip
SAME_MS: list[dict[str, Any]] = [
    {"id": "odd", "at": "61001ms", "to": ["clerk"], "channel": "phone", "text": "Odd"},
    {
        "id": "same", "at": "61001ms", "to": ["tracer"], "channel": "phone", "text": "Same",
        "effect": {"staff": {"desk": "analyst", "heads": 1, "lasts": "1ms"}},
    },
    {
        "id": "either", "at": "61002ms", "when": {"undecided": 3}, "to": ["observer"], "channel": "radio",
        "text": "Either", "expect": {"action": "stop", "by": "tracer"}, "deadline": "1ms",
    },
    {"id": "known", "when": {"known": 3, "undecided_for": "2m"}, "to": ["driver"], "channel": "radio", "text": "Known"},
]  # fmt: skip
INJECT_IDS = [one["id"] for one in [*INJECTS, *SAME_MS]]


@cache
def drawn(variant: str, seed: int) -> tuple[Loaded, Plan, Program]:
    """A room of one kind, its fraud and its routes."""
    if variant == "over early":  # the horizon and every case are over long before the room is
        scenario = world(
            victims=listed(MINUTE, 11 * MINUTE, 25 * MINUTE), routes=stop_everything("5m"), horizon="30m",
            criminals=criminals(exits={"cash": {"share": 1.0, "dwell": "20m"}}),
            bank_profiles={"machine": {"staff": 2, "time": "10m"}},
        )  # fmt: skip
        roles = {
            name: role | {"desks": ["desk"] if "intake" in role.get("desks", ()) else []}
            for name, role in MORE_ROLES.items()
        }
        roles["tracer"] = roles["tracer"] | {"desks": ["bank:*"]}
        injects = [one for one in SAME_MS if "effect" not in one]
        loaded = room(scenario, seed=seed, starts=0, ends="2h", roles=roles, injects=injects, routes={})
    else:
        loaded = room(seed=seed, roles=MORE_ROLES, injects=[*INJECTS, *SAME_MS])
    scenario = loaded.scenario
    return loaded, draw_plan(scenario, seed, 0), compile_routes(scenario)


def state_of(session: Session) -> dict[str, Any]:
    """All of a session that anybody can see, the clock apart."""
    return {
        "views": {role: session.view(role) for role in (*session.exercise.roles, *ALWAYS)},
        "decisions": list(session.decisions), "seats": dict(session.seats), "seated": session.seated,
        "injects": deepcopy(session.injects),
    }  # fmt: skip


def up_to(rows: Rows, at: int) -> Rows:
    """The rows of a log before a moment."""
    return rows.part(0, int((rows.time < at).sum()))


class Rooms(RuleBasedStateMachine):
    """One room, to which everything is done that can be."""

    def __init__(self) -> None:
        super().__init__()
        self.folders = tempfile.TemporaryDirectory()
        self.session: Session
        self.now = 0
        self.acknowledged: list[tuple[int, int]] = []
        """(lines of the journal, decisions) after each decision."""

    @initialize(variant=st.sampled_from(["usual", "usual", "over early"]), seed=st.integers(0, 5), held=st.booleans())
    def open(self, variant: str, seed: int, held: bool) -> None:
        """Open the room, perhaps with the clock on hold."""
        loaded, plan, program = drawn(variant, seed)
        self.session = Session.start(
            loaded, self.folder / "first", seats=PEOPLE[:1], held=held, plan=plan, program=program
        )
        self.now = self.session.now

    @property
    def folder(self) -> Path:
        """Of this room's journals."""
        return Path(self.folders.name)

    def attempt(self, what: Callable[[], Any]) -> None:
        """Do something; where it is refused, nothing that anybody sees has changed, but perhaps the clock by 1 ms."""
        session = self.session
        before, lines, now = state_of(session), len(session.journal.lines), session.now
        try:
            what()
        except Refused:
            if session.now == now:
                assert state_of(session) == before
                assert len(session.journal.lines) == lines or session.engine.finished
            else:  # the engine was asked in vain, and its instant has passed
                assert session.now == now + 1
                after = state_of(session)
                assert [after[name] for name in ("decisions", "seats")] == [
                    before[name] for name in ("decisions", "seats")
                ]
        else:
            if len(session.decisions) > len(before["decisions"]):
                self.acknowledged.append((len(session.journal.lines), len(session.decisions)))

    # -- the clock -------------------------------------------------------------------------------------------

    @rule(
        ms=st.one_of(st.integers(0, 3), st.sampled_from([997, SECOND, 9999, 61_000, 61_001, 5 * MINUTE, 40 * MINUTE]))
    )
    def advance(self, ms: int) -> None:
        """Let the clock go on."""
        self.session.advance(self.session.now + ms)

    @rule(ms=st.integers(1, 10 * MINUTE))
    def to_next(self, ms: int) -> None:
        """On to the next decision."""
        limit = self.session.now + ms
        self.session.to_next(limit)
        assert self.session.now <= limit

    @precondition(lambda self: not self.session.finished)
    @rule()
    def step(self) -> None:
        """A step; while nothing happens any more it ends with the room."""
        self.session.step()

    @rule(what=st.sampled_from(["hold", "resume", "tick"]))
    def stand(self, what: str) -> None:
        """Hold, go on, or note where the clock is."""
        self.session.tick() if what == "tick" else getattr(self.session, what)("lead")

    @rule(speed=st.sampled_from([0.001, 0.01, 2.5, 3600, float("nan"), float("inf")]))
    def set_speed(self, speed: float) -> None:
        """Another speed; one that cannot be is refused and changes nothing."""
        before, lines = self.session.speed, len(self.session.journal.lines)
        if 0.01 <= speed <= 3600:
            self.session.set_speed(speed, "lead")
        else:
            with pytest.raises(ValueError, match=r"accepted: 0\.01 to 3600"):
                self.session.set_speed(speed, "lead")
            assert (self.session.speed, len(self.session.journal.lines)) == (before, lines)

    # -- people ----------------------------------------------------------------------------------------------

    @rule(seat=st.sampled_from(PEOPLE))
    def join(self, seat: Seat) -> None:
        """Somebody sits down, or comes back."""
        self.attempt(lambda: self.session.join(seat))

    @rule(seat=st.sampled_from(["a", "a2", "b", "c", "d", "e", "s", "nobody"]))
    def leave(self, seat: str) -> None:
        """Somebody leaves."""
        self.attempt(lambda: self.session.leave(seat))

    @rule(data=st.data())
    def act_on_what_is_seen(self, data: st.DataObject) -> None:
        """Somebody decides on something that the view shows."""
        if not self.session.seats:
            return
        seat = data.draw(st.sampled_from(sorted(self.session.seats)))
        view = self.session.view(self.session.seats[seat].role)
        shown = [*view["decisions"], *view.get("accounts", ())]
        shown += [{"case": one["case"], "account": NONE} for one in view.get("cases", ())]
        if shown:
            one = data.draw(st.sampled_from(shown))
            action = data.draw(st.sampled_from(["take", "stop", "team", "call_bank", "write_off"]))
            desk = data.draw(st.sampled_from(["", one.get("desk", "")]))
            self.attempt(lambda: self.session.act(seat, action, case=one["case"], account=one["account"], desk=desk))

    @rule(
        seat=st.sampled_from(["a", "b", "c", "d", "e", "s", "l", "o", "nobody"]),
        action=st.sampled_from([*MAY, "dance", "_order", ""]), case=st.integers(-2, 8), account=st.integers(-1, 8),
        desk=st.sampled_from(["", "analyst", "intake", "bank:b", "police", "moon", "bank:*"]),
        policy=st.sampled_from(["", *NAMED_POLICIES, "sim.policies:mine"]), heads=st.sampled_from([-5, 0, 1, 10**9]),
        note=st.sampled_from(["", " ", "一句话", "\n\r\u2028\x00\x85", "\ud800", "x" * 5000]),
    )  # fmt: skip
    def act_at_random(self, seat: str, **wish: Any) -> None:
        """Somebody asks for anything at all."""
        self.attempt(lambda: self.session.act(seat, **wish))

    # -- the facilitator -------------------------------------------------------------------------------------

    @rule(
        what=st.sampled_from([*INJECT_IDS, "A word", Texts(en="One", zh="一")]),
        to=st.sampled_from([(), ("clerk",), ("king",)]),
        effect=st.sampled_from([None, {"bank_down": "b", "lasts": "3m"}, {"bank_down": "moon", "lasts": "1m"}]),
    )
    def inject(self, what: str | Texts, to: tuple[str, ...], effect: dict[str, Any] | None) -> None:
        """An inject of the exercise, or one made up."""
        change = None if effect is None else Effect.model_validate(effect)
        self.attempt(lambda: self.session.inject(what, "lead", to=to, effect=change))

    @rule(what=st.sampled_from(["skip_inject", "hold_inject"]), inject=st.sampled_from([*INJECT_IDS, "none"]))
    def settle(self, what: str, inject: str) -> None:
        """An inject is not to fire, or only by hand."""
        self.attempt(lambda: getattr(self.session, what)(inject, "lead"))

    @rule(data=st.data(), heads=st.sampled_from([-1000, -1, 0, 1, 50]), ms=st.sampled_from([0, 1, 7 * MINUTE]))
    def change(self, data: st.DataObject, heads: int, ms: int) -> None:
        """Conditions change, at any desk by its name, and at some that are not there."""
        names = [desk.name for desk in self.session.engine.program.desks]
        desk = data.draw(st.sampled_from([*names, "moon", ""]))
        effects: list[dict[str, Any]] = [
            {"staff": {"desk": desk, "heads": heads, "lasts": f"{ms}ms"}},
            {"policy": {"desk": desk, "policy": data.draw(st.sampled_from(NAMED_POLICIES))}},
        ]
        if desk.startswith("bank:"):
            effects.append({"bank_down": desk.removeprefix("bank:"), "lasts": f"{max(ms, 1)}ms"})
        effect = Effect.model_validate(data.draw(st.sampled_from(effects)))
        self.attempt(lambda: self.session.change(effect, "lead"))

    # -- the journal -----------------------------------------------------------------------------------------

    @rule(go_on=st.booleans())
    def load(self, go_on: bool) -> None:
        """Rebuilt from its journal it is the same for everybody; perhaps it goes on in place of the first."""
        session = self.session
        session.tick()
        again = Session.load(self.place)
        assert state_of(again) == state_of(session)
        assert (again.now, again.held, again.speed) == (session.now, session.held, session.speed)
        assert log_of(again.run()) == log_of(session.run())
        if go_on:
            self.session = again

    @property
    def place(self) -> Path:
        """The folder of the session's journal."""
        assert self.session.journal.path is not None
        return self.session.journal.path.parent

    @rule(share=st.floats(0, 1))
    def kill(self, share: float) -> None:
        """Killed at any byte of a line, all that was acknowledged before is there, and nothing else."""
        data = (self.place / FILE).read_bytes()
        head = data.index(b"\n") + 1
        cut = head + round(share * (len(data) - head))
        with tempfile.TemporaryDirectory() as name:
            (Path(name) / FILE).write_bytes(data[:cut])
            again = Session.load(Path(name))
        lines = data[head:cut].count(b"\n")
        assert again.journal.lines == self.session.journal.lines[:lines]
        kept = max((number for after, number in self.acknowledged if after <= lines), default=0)
        assert again.decisions == self.session.decisions[:kept]

    @rule(share=st.floats(0, 1))
    def branch(self, share: float) -> None:
        """A branch from any moment has the decisions and the log up to then; the session itself stays as it is."""
        session = self.session
        before, lines, starts = state_of(session), len(session.journal.lines), session.exercise.starts
        at = starts + round(share * (session.now - starts))
        branch = session.branch(at)
        assert branch.now == at
        assert branch.decisions == [one for one in session.decisions if one.at < at]
        assert same_log(up_to(branch.run().rows, at), up_to(session.run().rows, at))
        branch.advance(branch.now + 3 * MINUTE)
        assert (state_of(session), len(session.journal.lines)) == (before, lines)

    @rule()
    @precondition(lambda self: self.session.now > self.session.exercise.starts + 30 * MINUTE)
    def finish(self) -> None:
        """Close the room."""
        self.session.finish("lead")
        assert self.session.finished

    @invariant()
    def the_clock_never_goes_back(self) -> None:
        """Not past the end of the room either."""
        assert self.now <= self.session.now <= self.session.exercise.ends
        self.now = self.session.now

    @invariant()
    def orders_belong_to_decisions_that_were_taken(self) -> None:
        """Of what was refused none is left."""
        assert {one.decision for one in self.session.given} <= {0, *(one.number for one in self.session.decisions)}

    def teardown(self) -> None:
        """However it was driven, the journal gives the same log to the byte to its end."""
        if hasattr(self, "session"):
            self.session.finish("lead")
            again = Session.load(self.place)
            assert log_of(again.run()) == log_of(self.session.run())
            assert state_of(again) == state_of(self.session)
        self.folders.cleanup()


def fuzz(rooms: int, steps: int) -> None:
    """Fuzz so many rooms, each with so many things done."""
    run_state_machine_as_test(
        Rooms,
        settings=settings(
            max_examples=rooms, stateful_step_count=steps, suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # to make a failure shorter takes minutes
        ),
    )  # fmt: skip


def test_whatever_is_done_the_journal_plays_it_again() -> None:
    """The short form."""
    fuzz(30, 25)


@pytest.mark.long
def test_whatever_is_done_the_journal_plays_it_again_at_length() -> None:
    """The full form."""
    fuzz(600, 50)
