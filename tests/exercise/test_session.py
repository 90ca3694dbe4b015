"""A session: whatever is done to it, and however its clock is driven, its journal plays it again to the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.exercise.acts import Refused
from sim.exercise.journal import FILE, Journal, JournalError
from sim.exercise.models import Effect
from sim.exercise.session import Decision, Happening, Seat, Session
from sim.words import language as lang
from sim.words.language import translate
from sim.words.units import HOUR, MINUTE, SECOND
from sim.workflow.log import BEGIN, OVERDUE, QUEUED
from tests.examples import some
from tests.exercise.rooms import ENDS, ROLES, SEATS, STARTS, ask, log_of, play, room, told, without_deadlines
from tests.worlds import listed, same_log, stop_everything, world

SEEDS = st.integers(0, 2**32)


def played(seed: int, folder: Path | None = None, until: int = ENDS) -> tuple[Session, list[Happening]]:
    """A room played at random, and all that it was told."""
    session = Session.start(room(seed=seed % 50), folder, seats=SEATS)
    return session, [one for some in play(session, np.random.default_rng(seed), until) for one in some]


@settings(max_examples=some(8))
@given(seed=SEEDS)
def test_the_journal_gives_the_same_log_to_the_byte(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A session rebuilt from its journal has the same clock, decisions, views and engine log, and plays on alike."""
    folder = tmp_path_factory.mktemp("room")
    session, _ = played(seed, folder, until=STARTS + 90 * MINUTE)
    session.tick()
    again = Session.load(folder)
    assert (again.now, again.held, again.decisions, again.seats) == (
        session.now, session.held, session.decisions, session.seats
    )  # fmt: skip
    assert session.decisions
    for role in (*session.exercise.roles, "facilitator", "observer"):
        assert again.view(role) == session.view(role)
    assert log_of(again.finish("lead")) == log_of(session.finish("lead"))


class Watched(Session):
    """A session that remembers after which line of its journal each decision was acknowledged."""

    acknowledged: dict[int, int]

    def act(self, *args: Any, **wish: Any) -> Decision:
        """As `Session.act`."""
        decision = super().act(*args, **wish)
        self.__dict__.setdefault("acknowledged", {})[decision.number] = len(self.journal.lines)
        return decision


@settings(max_examples=some(20))
@given(seed=SEEDS, share=st.floats(0, 1))
def test_a_session_killed_at_any_byte_is_rebuilt(
    seed: int, share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut off anywhere behind its first line, a journal gives the session up to its last whole line, and goes on.

    Each decision that was acknowledged by then is there, and nobody else's.
    """
    folder = tmp_path_factory.mktemp("room")
    session = Watched.start(room(seed=seed % 50), folder, seats=SEATS)
    assert isinstance(session, Watched)
    for _ in play(session, np.random.default_rng(seed), STARTS + HOUR):
        pass
    data = (folder / FILE).read_bytes()
    head = data.index(b"\n") + 1
    cut = head + round(share * (len(data) - head))
    (folder / FILE).write_bytes(data[:cut])
    whole = data[head:cut].count(b"\n")
    again = Session.load(folder)
    there = [one for one in session.decisions if session.acknowledged[one.number] <= whole]
    assert again.decisions == there
    assert again.journal.lines == session.journal.lines[:whole]
    again.tick()
    ask(again, "a", {"action": "message", "note": "back"})
    assert Session.load(folder).now == again.now


def test_a_journal_with_a_broken_line_in_the_middle_is_refused(tmp_path: Path) -> None:
    """A line that is no line of a journal is named with its number; a folder without a journal is named, too."""
    played(1, tmp_path, until=STARTS + HOUR)
    lines = (tmp_path / FILE).read_bytes().splitlines(keepends=True)
    (tmp_path / FILE).write_bytes(b"".join([*lines[:3], b"{oops\n", *lines[3:]]))
    with pytest.raises(JournalError, match=r"journal\.jsonl:4: read '\{oops'"):
        Session.load(tmp_path)
    with pytest.raises(JournalError, match="cannot be read"):
        Session.load(tmp_path / "nothing")


@pytest.mark.parametrize("back", [1, HOUR])
def test_a_journal_whose_times_go_back_is_refused(tmp_path: Path, back: int) -> None:
    """Two programs that wrote one journal, or damage: one line names the first line that goes back; nothing is lost."""
    session = Session.start(room(), tmp_path, seats=SEATS)
    for minutes in (5, 10):
        session.advance(STARTS + minutes * MINUTE)
        session.tick()
    path = tmp_path / FILE
    number = len(session.journal.lines) + 2
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": session.now - back, "do": "tick"}) + "\n")
    before = path.read_bytes()
    with pytest.raises(JournalError) as error:
        Session.load(tmp_path)
    assert str(error.value) == (
        f"{path}:{number}: read a line of {session.now - back} ms after one of {session.now} ms, accepted: times that"
        " never go back; the file is damaged, or two programs have written to it"
    )
    with lang.using("zh"):
        assert "不会倒退的时刻" in translate(error.value)
    assert path.read_bytes() == before


def test_a_session_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """A second session in the same folder is refused, and the first one's journal stays as it was."""
    Session.start(room(), tmp_path, seats=SEATS)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(FileExistsError, match="a folder of its own"):
        Session.start(room(), tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_line_that_cannot_be_written_is_not_there_and_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses a line, the action is not taken and the journal ends with the line before."""
    session = Session.start(room(), tmp_path, seats=SEATS)
    session.advance(STARTS + 30 * MINUTE)
    before = (tmp_path / FILE).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sim.exercise.journal.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            session.act("a", "message", note="hello")
    assert (tmp_path / FILE).read_bytes() == before
    assert session.decisions == []
    session.act("a", "message", note="hello")
    assert len(Journal.read(tmp_path).lines) == len(SEATS) + 1


@settings(max_examples=some(8))
@given(seed=SEEDS, way=st.sampled_from(["straight", "sliced", "next", "step"]))
def test_any_pace_gives_the_same_log_and_the_same_happenings(seed: int, way: str) -> None:
    """Straight on, in random slices, from decision to decision or step by step: one log, one list of happenings."""
    luck = np.random.default_rng(seed)
    loaded = room(seed=seed % 50)
    plain, other = Session.start(loaded, seats=SEATS), Session.start(loaded, seats=SEATS)
    first: list[Happening] = []
    while not plain.finished:
        first += plain.advance(plain.now + 10 * SECOND)
    second: list[Happening] = []
    while not other.finished:
        if way == "straight":
            second += other.advance(ENDS)
        elif way == "sliced":
            second += other.advance(other.now + int(luck.integers(1, 20 * MINUTE)))
        elif way == "next":
            second += other.to_next(ENDS)
        else:
            second += other.step()
    assert told(first) == told(second)
    assert {one.kind for one in first} >= {"opened", "missed", "inject", "ended"}
    assert log_of(plain.finish("")) == log_of(other.finish(""))


def test_to_next_stops_where_a_decision_opens_or_an_inject_fires() -> None:
    """It stops in the very second, and says what opened or fired."""
    session = Session.start(room(), seats=SEATS)
    kinds = set()
    while not session.finished:
        told = session.to_next(ENDS)
        news = [one for one in told if one.kind != "missed"]
        assert news
        assert all(session.now - SECOND <= one.at <= session.now for one in news[1:] or news if one.at > STARTS)
        kinds |= {one.kind for one in news}
    assert kinds == {"opened", "inject", "ended"}


@pytest.mark.parametrize("seats", [[], SEATS])
def test_with_no_time_to_decide_it_is_the_batch_run(seats: list[Seat]) -> None:
    """With deadlines of zero and nobody acting, whoever sits there, the log is the plain run's, byte for byte."""
    injects = [
        {"id": "word", "at": "5m", "to": ["clerk"], "channel": "phone", "text": "A word"},
        {"id": "seen", "when": {"known": 3}, "to": ["tracer"], "channel": "phone", "text": "Three accounts"},
    ]
    for seed in range(3):
        loaded = room(seed=seed, injects=injects, roles=without_deadlines())
        session = Session.start(loaded, seats=seats)
        while not session.finished:
            session.advance(session.now + 7 * MINUTE)
        assert log_of(session.finish("")) == log_of(simulate(loaded.scenario, seed))


def test_the_default_policy_acts_at_the_deadline() -> None:
    """A task that nobody takes is worked on at its deadline, not before; with nobody seated it is at once."""
    session = Session.start(room(seed=3), seats=SEATS)
    session.advance(ENDS)
    rows = session.run().rows
    names = [desk.name for desk in session.engine.program.desks]
    queued = dict(zip(rows.key[rows.of(QUEUED)].tolist(), rows.time[rows.of(QUEUED)].tolist(), strict=True))
    waits = {"intake": 5 * MINUTE, "analyst": 10 * MINUTE, "police": 8 * MINUTE, "legal": 8 * MINUTE}
    seen = set()
    for row in rows.of(OVERDUE).tolist():
        desk = names[rows.desk[row]]
        opened = queued[int(rows.key[row])]
        assert rows.time[row] - opened == waits.get(desk, 10 * MINUTE)
        begun = rows.time[(rows.key == rows.key[row]) & (rows.kind == BEGIN)]
        assert all(at >= rows.time[row] for at in begun.tolist())
        seen.add(desk)
    assert {"intake", "analyst"} <= seen


def open_task(session: Session, role: str) -> dict[str, object]:
    """Go on until the role has an open decision, and give it."""
    while not session.view(role)["decisions"]:
        session.to_next(ENDS)
    return session.view(role)["decisions"][0]  # type: ignore[no-any-return]


def test_of_two_who_decide_on_the_same_account_one_wins() -> None:
    """The second is told who has decided and when, and nothing of hers is done."""
    session = Session.start(room(seed=5), seats=SEATS)
    task = open_task(session, "tracer")
    wish = {"action": "take", "case": task["case"], "account": task["account"], "desk": task["desk"]}
    done = session.act("b", **wish)  # type: ignore[arg-type]
    lines = len(session.journal.lines)
    with pytest.raises(Refused) as refused:
        session.act("c", **wish)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.params) == ("taken", {"who": "Bo", "at": done.at})
    assert str(refused.value) == "Bo has decided that already"
    assert len(session.journal.lines) == lines
    assert session.decisions == [done]


def test_what_was_taken_is_served_next() -> None:
    """A task is worked on as soon as somebody is free, before all that was not taken."""
    session = Session.start(room(seed=5), seats=SEATS)
    task = open_task(session, "tracer")
    assert not session.view("tracer")["decided"]
    at = session.act("b", "take", case=task["case"], account=task["account"]).at  # type: ignore[arg-type]
    session.advance(session.now + 1)
    rows = session.run().rows
    begun = rows.time[rows.of(BEGIN)]
    assert at in begun.tolist()


def test_while_held_nothing_moves_and_nobody_decides() -> None:
    """A hold stops the clock for good until it is lifted; a decision is refused, and taken afterwards."""
    session = Session.start(room(seed=5), seats=SEATS)
    task = open_task(session, "tracer")
    wish = {"action": "take", "case": task["case"], "account": task["account"]}
    session.hold("lead")
    now, rows = session.now, len(session.engine.log)
    for move in (lambda: session.advance(ENDS), session.step, lambda: session.to_next(ENDS)):
        move()
    assert (session.now, len(session.engine.log), session.view("clerk")["held"]) == (now, rows, True)
    with pytest.raises(Refused, match="on hold"):
        session.act("b", **wish)  # type: ignore[arg-type]
    session.resume("lead")
    assert session.act("b", **wish).at == now  # type: ignore[arg-type]


@settings(max_examples=some(8))
@given(seed=SEEDS, share=st.floats(0, 1))
def test_a_branch_equals_the_original_up_to_its_moment(seed: int, share: float) -> None:
    """Its log, decisions and views are those that the original had then; the original stays as it is."""
    luck = np.random.default_rng(seed)
    session = Session.start(room(seed=seed % 50), seats=SEATS)
    moment = STARTS + round(share * 100 * MINUTE)
    for _ in play(session, luck, moment - SECOND):  # a decision takes a ms or so
        pass
    session.advance(moment)
    views = {role: session.view(role) for role in (*session.exercise.roles, "facilitator")}
    rows, decisions = session.run().rows, list(session.decisions)
    for _ in play(session, luck, ENDS):
        pass
    before = log_of(session.run())
    branch = session.branch(moment)
    assert branch.now == moment
    assert branch.decisions == decisions
    assert same_log(branch.run().rows, rows)
    for role, view in views.items():
        assert branch.view(role) | {"held": view["held"]} == view
    for _ in play(branch, luck, ENDS):
        pass
    assert log_of(session.run()) == before
    assert np.array_equal(branch.engine.plan.transfers.dwell, session.engine.plan.transfers.dwell)


@pytest.mark.parametrize(
    "effect",
    [
        {"bank_down": "b", "lasts": "50m"},
        {"staff": {"desk": "analyst", "heads": -1, "lasts": "1h"}},
        {"policy": {"desk": "analyst", "policy": "freshest_first"}},
    ],
)
def test_a_change_of_conditions_leaves_victims_and_luck(effect: dict[str, object]) -> None:
    """The same victims report at the same moments, and all is as it was up to the change; then it is not."""
    with_it, without = (Session.start(room(seed=4, roles=without_deadlines())) for _ in range(2))
    for session in (with_it, without):
        session.advance(STARTS + 20 * MINUTE)
    with_it.change(Effect.model_validate(effect), "lead")
    runs = [session.finish("") for session in (with_it, without)]
    plans = [run.plan for run in runs]
    for name in ("reported", "first_payment", "loss", "key"):
        assert np.array_equal(getattr(plans[0].victims, name), getattr(plans[1].victims, name))
    for name in ("amount", "dwell", "target", "retry"):
        assert np.array_equal(getattr(plans[0].transfers, name), getattr(plans[1].transfers, name))
    rows = [run.rows.part(0, int(np.searchsorted(run.rows.time, STARTS + 20 * MINUTE))) for run in runs]
    assert same_log(*rows)
    assert len(rows[0]) > 100


def test_a_bank_that_is_down_answers_nobody_meanwhile() -> None:
    """Nobody at the bank begins anything until it is back, and then somebody does."""
    session = Session.start(room(seed=4, roles=without_deadlines()))
    session.advance(STARTS + 20 * MINUTE)
    session.change(Effect.model_validate({"bank_down": "b", "lasts": "100m"}), "lead")
    down, up = session.now, session.now + 100 * MINUTE
    rows = session.finish("").rows
    desk = [one.name for one in session.engine.program.desks].index("bank:b")
    begun = rows.time[(rows.kind == BEGIN) & (rows.desk == desk)]
    assert len(begun) > 3
    assert not ((begun > down) & (begun < up)).any()


def test_a_role_that_nobody_has_is_played_by_the_model() -> None:
    """Decisions open only while somebody sits there; when the last one leaves, the model has what was open."""
    session = Session.start(room(seed=5))
    session.advance(STARTS + HOUR)
    assert session.engine.undecided() == []
    session.join(SEATS[1])
    open_task(session, "tracer")
    session.leave("b")
    session.advance(session.now + 1)
    assert session.engine.undecided() == []


def test_seats_are_limited_and_kept() -> None:
    """One more than there are seats is refused; who comes back to a seat has it, and no other role."""
    session = Session.start(room(), seats=SEATS)
    with pytest.raises(Refused) as refused:
        session.join(Seat("e", "driver", "Er"))
    assert refused.value.code == "full"
    session.join(Seat("d", "driver", "Du Wei"))
    assert session.seats["d"].name == "Du Wei"
    with pytest.raises(Refused, match="nobody here knows"):
        session.join(Seat("d", "tracer", "Du"))
    with pytest.raises(Refused, match="nobody here knows"):
        session.join(Seat("f", "king", "Fu"))


@pytest.mark.parametrize(
    ("seat", "wish", "code"),
    [
        ("a", {"action": "stop", "case": 1, "account": 1}, "not_yours"),
        ("a", {"action": "take", "case": 99}, "unknown"),
        ("b", {"action": "take", "case": 1, "account": 900}, "unknown"),
        ("b", {"action": "take", "case": 1, "desk": "intake"}, "not_yours"),
        ("b", {"action": "policy", "desk": "intake", "policy": "fifo"}, "not_yours"),
        ("b", {"action": "policy", "desk": "moon", "policy": "fifo"}, "unknown"),
        ("b", {"action": "policy", "desk": "analyst", "policy": "largest_first"}, "nothing_to_do"),
        ("b", {"action": "policy", "desk": "analyst", "policy": "sim.policies:mine"}, "unknown"),
        ("b", {"action": "message", "note": "  "}, "nothing_to_do"),
        ("b", {"action": "message", "note": "x" * 4001}, "too_long"),
        ("b", {"action": "dance"}, "not_yours"),
        ("z", {"action": "message", "note": "hello"}, "unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(seat: str, wish: dict[str, object], code: str) -> None:
    """Each refusal has its code, and neither the journal nor the log knows of it."""
    session = Session.start(room(seed=5), seats=SEATS)
    session.advance(STARTS + 90 * MINUTE)
    before = len(session.journal.lines), len(session.engine.log)
    with pytest.raises(Refused) as refused:
        session.act(seat, **wish)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert (len(session.journal.lines), len(session.engine.log)) == before


def test_a_closed_room_takes_nothing_more() -> None:
    """After its end nobody sits down, decides, injects or changes conditions; the clock stands."""
    session = Session.start(room(), seats=SEATS)
    session.advance(ENDS + HOUR)
    assert session.finished
    assert session.now == ENDS
    for ask_ in (
        lambda: session.act("a", "message", note="late"),
        lambda: session.join(Seat("x", "clerk", "Xu")),
        lambda: session.inject("spare", "lead"),
        lambda: session.change(Effect.model_validate({"bank_down": "b", "lasts": "1m"}), "lead"),
    ):
        with pytest.raises(Refused, match="is over"):
            ask_()


def test_injects_are_fired_skipped_and_held_by_hand() -> None:
    """One skipped never fires, one held only by hand, one fired by hand not again; each is told to its roles."""
    session = Session.start(room(seed=5), seats=SEATS)
    session.skip_inject("many", "lead")
    session.hold_inject("slow", "lead")
    session.inject("spare", "lead")
    made = session.inject("Quiet, please", "lead", to=["clerk"])
    session.advance(STARTS + 110 * MINUTE)
    states = {one.inject.id: one.state for one in session.injects}
    assert states == {"first": "fired", "slow": "held", "many": "skipped", "spare": "fired", made: "fired"}
    assert [one["id"] for one in session.view("clerk")["messages"]] == ["first", made]
    assert [one["id"] for one in session.view("driver")["messages"]] == ["spare"]
    for inject in ("spare", "many"):
        with pytest.raises(Refused, match="nothing to do"):
            session.inject(inject, "lead")
    session.inject("slow", "lead")
    assert [one["id"] for one in session.view("tracer")["messages"]] == ["slow"]


def test_an_inject_fires_when_its_condition_holds_or_its_time_has_come() -> None:
    """On the grid of ten seconds at which so many accounts are known, at the latest at its own time."""
    session = Session.start(room(seed=5, roles=without_deadlines()))
    status = next(one for one in session.injects if one.inject.id == "many")
    known = 0
    while status.state == "planned":
        known = len(session.known.accounts)
        session.advance((session.now // (10 * SECOND) + 1) * 10 * SECOND)
    assert (known < 40 <= len(session.known.accounts)) or status.fired_at == STARTS + 100 * MINUTE
    assert status.fired_at == session.now


@pytest.mark.parametrize(
    ("what", "more", "code"),
    [
        ("A word", {"effect": {"bank_down": "moon", "lasts": "1m"}}, "unknown"),
        ("A word", {"effect": {"staff": {"desk": "moon", "heads": 1}}}, "unknown"),
        ("A word", {"to": ["king"]}, "unknown"),
        (" ", {}, "nothing_to_do"),
        ("x" * 4001, {}, "too_long"),
    ],
)
def test_an_inject_made_up_wrongly_is_refused_and_leaves_nothing(
    what: str, more: dict[str, Any], code: str, tmp_path: Path
) -> None:
    """Nobody is told, and the journal can be played again."""
    session = Session.start(room(), tmp_path, seats=SEATS)
    if "effect" in more:
        more = {"effect": Effect.model_validate(more["effect"])}
    lines = len(session.journal.lines)
    with pytest.raises(Refused) as refused:
        session.inject(what, "lead", **more)
    assert refused.value.code == code
    assert len(session.journal.lines) == lines
    assert len(Session.load(tmp_path).injects) == len(session.exercise.injects)


def test_a_made_up_inject_has_an_id_of_its_own() -> None:
    """Even where the exercise has one that is called as the first made up would be."""
    inject = {"id": "made-up-1", "manual": True, "to": ["clerk"], "channel": "radio", "text": "Mine"}
    session = Session.start(room(injects=[inject]), seats=SEATS)
    assert [session.inject("Other", "lead"), session.inject("Third", "lead")] == ["made-up-2", "made-up-3"]


def test_half_a_character_is_kept_from_the_journal_and_the_views(tmp_path: Path) -> None:
    """What no encoding has becomes a question mark in names and words, and the session is rebuilt."""
    session = Session.start(room(), tmp_path, seats=[Seat("a", "clerk", "A\ud800")])
    session.act("a", "message", note="half \udfff")
    assert (session.seats["a"].name, session.decisions[0].note) == ("A?", "half ?")
    assert Session.load(tmp_path).decisions == session.decisions


def test_a_route_that_the_scenario_lacks_is_nothing_to_do(tmp_path: Path) -> None:
    """Where no route visits victims a team to one is refused, and the journal has no line of it."""
    session = Session.start(room(seed=5, routes={"visit": "nowhere"}), tmp_path, seats=SEATS)
    session.advance(STARTS + 30 * MINUTE)
    case = next(one["case"] for one in session.view("driver")["cases"] if not one["safe"])
    with pytest.raises(Refused, match="nothing to do"):
        session.act("d", "team", case=case)
    assert Session.load(tmp_path).decisions == []


def test_what_a_role_starts_it_does_not_take_at_anothers_desk() -> None:
    """An account stopped by somebody without its first desk is undecided there, and its own role decides."""
    may = ["stop", "message"]
    chief = {"title": "Chief", "sees": ["cases", "accounts"], "may": may}
    session = Session.start(room(seed=5, roles=ROLES | {"chief": chief}), seats=[*SEATS, Seat("x", "chief", "Xu")])
    while not (free := [one for one in session.view("chief")["accounts"] if not one["task"] and not one["until"]]):
        session.advance(session.now + 10 * SECOND)
    one = free[0]
    session.act("x", "stop", case=one["case"], account=one["account"])
    session.advance(session.now + 1)
    opened = [(task["case"], task["account"]) for task in session.view("tracer")["decisions"]]
    assert (one["case"], one["account"]) in opened


def test_a_session_whose_run_is_over_before_it_closes(tmp_path: Path) -> None:
    """Orders are nothing to do any more, words can be said, conditions change nothing, and all is played again."""
    scenario = world(victims=listed(MINUTE), routes=stop_everything("5m"), horizon="10m")
    roles = {"clerk": ROLES["clerk"] | {"desks": ["desk"], "may": ["take", "policy", "message"]}}
    session = Session.start(room(scenario, starts=0, ends="2h", roles=roles, injects=[]), tmp_path, seats=[SEATS[0]])
    session.advance(HOUR)
    assert session.engine.finished
    with pytest.raises(Refused, match="nothing to do"):
        session.act("a", "policy", desk="desk", policy="largest_first")
    session.act("a", "message", note="all quiet")
    assert not session.change(Effect.model_validate({"staff": {"desk": "desk", "heads": 1}}), "lead")
    session.advance(3 * HOUR)
    assert session.now == session.exercise.ends
    assert log_of(Session.load(tmp_path).finish("")) == log_of(session.finish(""))


def test_injects_due_at_one_ms_fire_there_in_steps_of_a_ms_and_within_a_decision() -> None:
    """Straight on, ms by ms, or with somebody speaking and deciding around it: at its own ms, once, with its effect."""
    due = STARTS + 10 * MINUTE + 1
    effect = {"staff": {"desk": "analyst", "heads": 1, "lasts": "1ms"}}
    common = {"at": "10m 1ms", "to": ["tracer"], "channel": "phone"}
    injects = [{"id": "one", "text": "One", "effect": effect} | common, {"id": "two", "text": "Two"} | common]
    logs = []
    for way in ("straight", "steps", "decision"):
        session = Session.start(room(seed=5, injects=injects), seats=SEATS)
        session.advance(due - 3)
        if way == "decision":
            session.advance(due - 1)
            session.act("b", "policy", desk="analyst", policy="fifo")
            assert session.now == due
            session.act("b", "policy", desk="analyst", policy="largest_first")
        while session.now < due + 3:
            session.advance(due + 3 if way == "straight" else session.now + 1)
        assert [(one.state, one.fired_at) for one in session.injects] == [("fired", due)] * 2
        assert [one.order.at for one in session.given if one.by == "conditions"] == [due]
        logs.append(log_of(session.run()))
    assert logs[0] == logs[1] != logs[2]


def test_a_role_is_there_as_long_as_one_of_its_people_is() -> None:
    """One of two leaves and the desks stay theirs; when both have left the model has them, until one comes back."""
    session = Session.start(room(seed=5), seats=SEATS)
    session.advance(STARTS + 30 * MINUTE)
    desks = session.seated
    session.leave("b")
    assert session.seated == desks
    session.leave("c")
    assert {"analyst", "bank:a"} & {*session.seated} == set()
    session.join(SEATS[2])
    session.join(SEATS[1])
    assert session.seated == desks
    task = open_task(session, "tracer")
    assert session.act("c", "take", case=task["case"], account=task["account"]).name == "Chen"  # type: ignore[arg-type]
