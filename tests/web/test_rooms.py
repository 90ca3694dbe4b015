"""Rooms without a browser: their clock, their people, their files; and what pages say of a view."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from sim.exercise import offers
from sim.exercise.branch import Outcome
from sim.exercise.load import load_exercise
from sim.exercise.models import Effect, PolicyChange
from sim.exercise.records import Steered
from sim.exercise.session import Refused, Session
from sim.web import flow, said
from sim.web.access import Access
from sim.web.board_changes import change_words, doubt, in_force
from sim.web.board_seats import state_of
from sim.web.choices import ORDERS
from sim.web.choices import place_of as task_place
from sim.web.happened import happened, missed_in
from sim.web.room import GRACE, Room
from sim.web.rooms import Rooms
from sim.web.seat import link_of
from sim.web.side_by_side import rows_of
from sim.web.site import Site
from sim.words import language as lang
from sim.words.colours import FAINT
from sim.words.units import HOUR, MINUTE, SECOND
from tests.waiting import until


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """The rooms of an empty folder."""
    return Rooms(tmp_path / "rooms")


@pytest.fixture
def room(rooms: Rooms) -> Room:
    """A room of the Wuhan exercise with one chair a role, nobody there yet."""
    return rooms.open(load_exercise("wuhan-35min"), {})


def test_a_new_room_is_on_hold_with_its_places(room: Room) -> None:
    """One place for each role and one to watch from; nobody sits there, and the clock waits."""
    assert list(room.places) == ["call-desk-1", "analyst-1", "bank-desk-1", "observer-1", "evaluator-1"]
    assert room.session.held
    assert room.session.seats == {}
    assert room.session.now == 45 * MINUTE


def test_as_many_places_as_asked_for_up_to_what_the_exercise_has(rooms: Rooms) -> None:
    """A role of nobody is the model's; a role has no more chairs than the exercise allows."""
    room = rooms.open(load_exercise("bank-outage"), {"analyst": 9, "call-desk": 0})
    assert sum(place.role == "analyst" for place in room.places.values()) == 3
    assert not any(place.role == "call-desk" for place in room.places.values())


def test_the_clock_goes_at_its_speed_and_stands_on_hold(room: Room) -> None:
    """A second of the wall is `speed` seconds of the room."""
    room.session.resume("test")
    room.session.set_speed(10, "test")
    room.go(3)
    assert room.session.now == 45 * MINUTE + 30 * SECOND
    room.session.hold("test")
    room.go(3)
    assert room.session.now == 45 * MINUTE + 30 * SECOND


def test_a_step_to_the_next_decision_ends_on_hold(room: Room) -> None:
    """The room stops where something is to be decided or was told."""
    room.sit("call-desk-1", "Li")
    for _ in range(10):
        asyncio.run(room.to_next())
        if room.session.view("call-desk")["decisions"]:
            break
    assert room.session.view("call-desk")["decisions"]
    assert room.session.held


def test_one_clock_drives_all_rooms_and_tells_their_pages(rooms: Rooms) -> None:
    """Each running room is told of once a second; one on hold is not."""
    one, other, still = (rooms.open(load_exercise("wuhan-35min"), {}) for _ in range(3))
    told: list[str] = []
    for room in (one, other, still):
        room.ticked.subscribe(lambda name=room.id: told.append(name))
    one.session.resume("test")
    other.session.resume("test")

    async def serve() -> None:
        serving = asyncio.create_task(rooms.serve())
        await until(lambda: all(told.count(room.id) >= 2 for room in (one, other)))
        serving.cancel()

    asyncio.run(serve())
    assert one.session.now == other.session.now == 45 * MINUTE + 2 * one.session.speed * SECOND
    assert [told.count(room.id) for room in (one, other, still)] == [2, 2, 0]


def test_at_a_tick_every_clock_goes_on_before_any_page_is_drawn(rooms: Rooms) -> None:
    """Then each page is drawn once, in a turn of its own, between which the server does what else there is."""
    drawn: list[str] = []
    turns: list[int] = []
    turn = 0
    for room in [rooms.open(load_exercise("wuhan-35min"), {}) for _ in range(2)]:
        for _ in range(3):
            room.follow(lambda: turns.append(turn) or drawn.append("page"), lambda _: drawn.append("clock"))  # type: ignore[func-returns-value]
        room.session.resume("test")

    async def serve() -> None:
        nonlocal turn
        serving = asyncio.create_task(rooms.serve())
        while drawn.count("page") < 6:
            await asyncio.sleep(0)
            turn += 1
        serving.cancel()

    asyncio.run(serve())
    assert drawn == ["clock"] * 6 + ["page"] * 6
    assert len(set(turns)) == 6


def test_a_room_that_goes_wrong_does_not_stop_the_others(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is put on hold; the other's clock goes on."""
    wrong, well = (rooms.open(load_exercise("wuhan-35min"), {}) for _ in range(2))
    for room in (wrong, well):
        room.session.resume("test")
    monkeypatch.setattr(wrong.session.engine, "advance", lambda _: 1 / 0)

    async def serve() -> None:
        serving = asyncio.create_task(rooms.serve())
        await until(lambda: well.session.now >= 45 * MINUTE + 2 * well.session.speed * SECOND)
        serving.cancel()

    asyncio.run(serve())
    assert wrong.session.held
    assert well.session.now == 45 * MINUTE + 2 * well.session.speed * SECOND


def test_a_restored_room_is_on_hold_at_its_second_with_its_people(rooms: Rooms, room: Room) -> None:
    """Another server finds the room as it was, with nothing but its folder."""
    room.sit("analyst-1", "Li")
    room.session.resume("test")
    room.go(7)
    again = Rooms(rooms.folder)
    again.restore()
    found = again.rooms[room.id]
    assert found.session.held
    assert found.session.now == room.session.now
    assert found.places == room.places
    assert list(found.session.seats) == ["analyst-1"]


def test_a_room_is_seen_only_when_it_is_whole(rooms: Rooms, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a branch is made no room's folder is there; what a killed server left half made goes at the start."""
    seen: list[list[str]] = []
    keep = Room.keep

    def watched(one: Room) -> None:
        keep(one)
        seen.append([path.name for path in rooms.folder.iterdir() if not path.name.startswith(".")])

    monkeypatch.setattr(Room, "keep", watched)
    branch = rooms.branch(room, 45 * MINUTE)
    assert seen == [[room.id]]
    branch.session.resume("test")
    assert "resume" in (rooms.folder / branch.id / "journal.jsonl").read_text()
    (rooms.folder / ".half-made").mkdir()
    (rooms.folder / ".half-made" / ".journal.jsonl.x.part").touch()
    again = Rooms(rooms.folder)
    again.restore()
    assert {path.name for path in rooms.folder.iterdir()} == set(again.rooms) == {room.id, branch.id}


@pytest.mark.parametrize("damage", ["nonsense", "[]", "{}", '{"places": [{"seat": "a"}]}'])
def test_damaged_places_are_told_as_such_and_can_be_deleted(rooms: Rooms, room: Room, damage: str) -> None:
    """It is not the journal that is damaged; and the broken room is taken away with all its files."""
    (room.folder / "places.json").write_text(damage)
    again = Rooms(rooms.folder)
    again.restore()
    assert again.broken == {room.id: "places.json: read a damaged file, accepted: the places of a room"}
    again.close_broken(room.id)
    assert again.broken == {}
    assert list(rooms.folder.iterdir()) == []


def test_a_room_without_places_is_not_hidden(rooms: Rooms, room: Room) -> None:
    """Its journal may be worth something: it is told beside the others."""
    (room.folder / "places.json").unlink()
    again = Rooms(rooms.folder)
    again.restore()
    assert again.broken == {room.id: "places.json cannot be read: No such file or directory"}


def test_a_broken_room_does_not_hide_the_others(rooms: Rooms, room: Room) -> None:
    """What cannot be read is told in a line beside the rooms that can."""
    other = rooms.open(load_exercise("wuhan-35min"), {})
    (other.folder / "journal.jsonl").write_text("nonsense\n")
    again = Rooms(rooms.folder)
    again.restore()
    assert list(again.rooms) == [room.id]
    assert "\n" not in again.broken[other.id]


def test_a_seat_without_a_page_is_the_model_s_after_a_while_and_its_own_again(room: Room) -> None:
    """A short drop-off changes nothing; a long one gives the desk to the model until the page is back."""
    room.page_opened("analyst-1")
    room.sit("analyst-1", "Li")
    room.page_closed("analyst-1")
    room.send_away(monotonic() + GRACE - 1)
    assert "analyst-1" in room.session.seats
    room.send_away(monotonic() + GRACE + 1)
    assert "analyst-1" not in room.session.seats
    room.page_opened("analyst-1")
    assert room.session.seats["analyst-1"].name == "Li"


def test_two_pages_of_a_seat_are_one_person(room: Room) -> None:
    """A phone beside a computer: the seat is only gone when both are."""
    room.page_opened("analyst-1")
    room.page_opened("analyst-1")
    room.sit("analyst-1", "Li")
    room.page_closed("analyst-1")
    assert room.present["analyst-1"] == 1
    room.send_away(monotonic() + 10 * GRACE)
    assert "analyst-1" in room.session.seats


def test_a_freed_seat_is_anybody_s(room: Room) -> None:
    """After the facilitator has freed it, the next one with the link gives a name."""
    room.sit("analyst-1", "Li")
    room.stand_up("analyst-1")
    assert room.session.seats == {}
    assert room.places["analyst-1"].name == ""
    room.sit("analyst-1", "Wang")
    assert room.session.seats["analyst-1"].name == "Wang"


def test_the_board_lists_what_is_changed_until_it_is_over(room: Room) -> None:
    """The latest first, each only while it lasts, and of two orders of work at one desk the later."""
    session = room.session
    session.resume("test")
    session.change(Effect.model_validate({"bank_down": "icbc", "lasts": "2m"}), "test")
    session.change(Effect(policy=PolicyChange(desk="analyst", policy="fifo")), "test")
    session.change(Effect(policy=PolicyChange(desk="analyst", policy="largest_first")), "test")

    def desks() -> list[str]:
        listed = [one for _, one in in_force(session.steered, session.now) if one.by == "test"]
        return [f"{one.effect.desk}, {one.until}" for one in listed if one.effect is not None]

    assert desks() == ["analyst, None", f"bank:icbc, {session.now + 2 * MINUTE}"]
    session.advance(session.now + 2 * MINUTE)
    assert desks() == ["analyst, None"]


def test_whoever_watches_takes_no_part(room: Room) -> None:
    """An observer is no seat of the session."""
    room.sit("observer-1", "Chen")
    assert room.session.seats == {}


@pytest.mark.parametrize(
    ("place", "gone", "free"),
    [("observer-1", "Chen is gone", "free"),
     ("analyst-1", "Chen is gone: the model plays", "free: the model plays")],
)  # fmt: skip
def test_nobody_plays_an_observer_who_left(room: Room, place: str, gone: str, free: str) -> None:
    """The board says of a seat that the model plays it, and of who only watched that it is gone."""
    assert state_of(room, room.places[place])[0] == free
    room.sit(place, "Chen")
    room.page_opened(place)
    room.page_closed(place)
    room.send_away(monotonic() + GRACE + 1)
    assert state_of(room, room.places[place])[0] == gone


def test_a_branch_leaves_the_room_as_it_is(rooms: Rooms, room: Room) -> None:
    """It begins at its moment with the same people, and counts as family of the first."""
    room.sit("analyst-1", "Li")
    room.session.resume("test")
    room.go(60)
    branch = rooms.branch(room, 45 * MINUTE + 30 * SECOND)
    twig = rooms.branch(branch, 45 * MINUTE + 10 * SECOND)
    assert (branch.session.now, twig.session.now) == (45 * MINUTE + 30 * SECOND, 45 * MINUTE + 10 * SECOND)
    assert room.session.now == 45 * MINUTE + 60 * room.session.speed * SECOND
    assert branch.places == twig.places == room.places
    assert rooms.family(twig) == [room, branch, twig]


def test_branches_stand_beside_the_room_that_each_left(rooms: Rooms, room: Room) -> None:
    """A row says from which room and when, what it comes to in the end, and how much more than that room."""
    room.session.resume("test")
    room.go(120)
    room.session.finish("test")
    branch = rooms.branch(room, 45 * MINUTE + 60 * SECOND)
    twig = rooms.branch(branch, 45 * MINUTE + 30 * SECOND)
    assert [row[-1] for row in rows_of([room, branch, twig])] == ["being worked out"] * 3

    async def work_out() -> None:
        for one in (room, branch, twig):
            await one.work_out()

    asyncio.run(work_out())
    assert not any(one.moved_on for one in (room, branch, twig))
    assert branch.outcome is not None
    assert branch.outcome.saved > 0
    assert twig.outcome is not None
    twig.outcome = replace(twig.outcome, saved=branch.outcome.saved + 100_000)
    comes = lang.exact_money(branch.outcome.saved)
    rows = rows_of([room, branch, twig])
    assert [row[1] for row in rows] == ["", f"{room.id} at 09:46:00", f"{branch.id} at 09:45:30"]
    assert [row[2] for row in rows] == ["ended", "09:46:00", "09:45:30"]
    assert [row[5] for row in rows] == [comes, comes, lang.exact_money(twig.outcome.saved)]
    assert [row[6] for row in rows] == ["", "the same", "1,000 yuan more"]
    assert rows_of([room, twig])[1][6] == "that room was deleted"
    again = Rooms(rooms.folder)
    again.restore()
    kin = again.family(again.rooms[twig.id])
    assert kin[0].id == room.id
    assert {one.id: one.origin for one in kin} == {room.id: "", branch.id: room.id, twig.id: branch.id}


def test_what_a_room_came_to_is_worked_out_once_for_all_who_ask(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several pages ask at the same time, and again before anything was done."""
    asked: list[Session] = []

    def outcome_of(session: Session) -> Outcome:
        asked.append(session)
        return Outcome(1, 2, 3)

    monkeypatch.setattr("sim.web.room.outcome_of", outcome_of)

    async def ask() -> None:
        await asyncio.gather(*(room.work_out() for _ in range(3)))
        await room.work_out()

    asyncio.run(ask())
    assert asked == [room.session]
    assert room.outcome == Outcome(1, 2, 3)


def test_a_closed_room_leaves_nothing(rooms: Rooms, room: Room) -> None:
    """Its folder is gone."""
    rooms.close(room)
    assert list(rooms.folder.iterdir()) == []


def test_a_link_holds_the_token_and_the_room_s_files_do_not(room: Room, tmp_path: Path) -> None:
    """Whoever reads a room's folder has no seat."""
    site = Site(tmp_path, Access("271828", b"k" * 32))
    token = link_of(site, room.id, "analyst-1").rpartition("/")[2]
    assert site.access.opens(room.id, "analyst-1", token)
    assert all(token not in path.read_text() for path in room.folder.iterdir())


# -- what pages say --------------------------------------------------------------------------------------


def in_the_middle(room: Room) -> Room:
    """A room twenty minutes later, in which an analyst sits."""
    room.sit("analyst-1", "Li")
    room.session.resume("test")
    room.session.advance(65 * MINUTE)
    return room


def test_the_flow_picture_keeps_all_money(room: Room) -> None:
    """What goes from the victims into the picture is what they have paid; no group gives more than it got."""
    view = in_the_middle(room).session.view("facilitator")
    flows = flow.flows_of(view)
    paid = sum(size for (start, _), size in flows.items() if start == "the victims")
    assert paid == sum(one["amount"] for one in view["flows"] if one["source"] == 0)
    groups = {end for ends in flows for end in ends if end.startswith("layer")}
    assert groups
    for group in groups:
        into = sum(size for (_, end), size in flows.items() if end == group)
        assert sum(size for (start, _), size in flows.items() if start == group) <= into


def test_the_flow_picture_is_a_sankey_without_cycles(room: Room) -> None:
    """Every node is named once and every link goes between named nodes."""
    option = flow.options(in_the_middle(room).session.view("facilitator"))
    series = option["baseOption"]["series"][0]
    names = [node["name"] for node in series["data"]]
    assert len(names) == len(set(names))
    assert all(link["source"] in names and link["target"] in names for link in series["links"])
    json.dumps(option)


def test_a_group_shows_what_of_it_is_still_there(room: Room) -> None:
    """An account that was stopped when nearly all had gone on is green only for what was found, and says that share."""
    account = {"case": 1, "bank": "icbc", "layer": 1, "amount": 1000, "caught": 20, "state": "stopped"}
    flows = [
        {"case": 1, "source": 0, "target": 1, "amount": 1000, "way": ""},
        {"case": 1, "source": 1, "target": 2, "amount": 900, "way": ""},
    ]
    view: Any = {
        "accounts": [account | {"account": 1}, account | {"account": 2, "layer": 2, "amount": 900, "state": "known"}],
        "flows": flows,
    }
    victims, first, second = flow.nodes_of(view, flow.flows_of(view))
    assert (first.there, first.left, second.there, second.left) == (0.02, "2% held", 1.0, "")
    assert (victims.fill, second.fill) == (victims.colour, second.colour)
    stops = [(one["offset"], one["color"]) for one in first.fill["colorStops"]]
    assert stops == [(0, flow.WENT_ON), (0.98, flow.WENT_ON), (0.98, first.colour), (1, first.colour)]
    data = flow.options(view)["baseOption"]["series"][0]["data"]
    assert data[1]["label"]["formatter"].splitlines()[-1] == "2% held"
    links = flow.options(view)["baseOption"]["series"][0]["links"]
    assert {one["lineStyle"]["color"] for one in links if one["source"] == first.name} == {FAINT}
    two = [one for one in flows if one["source"] == 0]
    assert flow.width_of(flow.nodes_of(view | {"flows": two}, {(victims.name, first.name): 1000})) == ("two", 380)


@pytest.mark.parametrize(("lasts", "until"), [("2h", "until 13:00:00"), ("24h", "until 12 Jul, 11:00:00")])
def test_a_change_that_ends_on_another_day_says_which(lasts: str, until: str) -> None:
    """A bank that is down for 24 h is so until tomorrow."""
    start = datetime(2025, 7, 11)
    effect = Effect.model_validate({"bank_down": "icbc", "lasts": lasts})
    assert change_words(start, Steered(11 * HOUR, "change", "test", effect=effect)).endswith(until)


@pytest.mark.parametrize(("speed", "text"), [(1, "real time"), (4.95, "5 times"), (0.5, "0.5 times"), (60, "60 times")])
def test_a_speed_is_a_number_that_people_say(speed: float, text: str) -> None:
    """Of two digits."""
    assert said.speed(speed).startswith(text)


def test_a_role_without_amounts_is_drawn_in_transfers(room: Room) -> None:
    """Where amounts are not seen, none is said."""
    view = in_the_middle(room).session.view("analyst")
    bare = {
        **view,
        "flows": [{key: value for key, value in one.items() if key != "amount"} for one in view["flows"]],
        "accounts": [{k: v for k, v in one.items() if k not in ("amount", "caught")} for one in view["accounts"]],
    }
    assert "yuan" not in json.dumps(flow.options(bare)) + flow.summary(bare)
    assert "yuan" in flow.summary(view)


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_a_refusal_is_a_sentence(language: lang.Language) -> None:
    """Each code says something of its own, as a whole sentence."""
    with lang.using(language):
        told = {code: said.refused(code, who="Li", at=0) for code in ("taken", "held", "over", "finished", "not_yours")}
    assert len(set(told.values())) == len(told)
    assert "Li" in told["taken"]
    assert all(text.endswith((".", "。")) for text in told.values())


def test_a_refusal_of_the_disk_is_said_as_well() -> None:
    """A journal that cannot be written is no silent loss."""
    assert "No space left" in said.refusal(OSError(28, "No space left on device"))
    assert said.refusal(Refused("held")) == said.refused("held")


def test_what_was_put_first_says_so_and_is_not_offered_again(room: Room) -> None:
    """Until its desk begins: the card said "not stopped", and had the same button, which was then refused."""
    session = in_the_middle(room).session

    def waits() -> Any:
        view = session.view("analyst")
        return next((one for one in view["accounts"] if "stop" in offers.about(view, one) and one["task"] and not
                     one["desk"].startswith("analyst")), None)  # fmt: skip

    account = waits()
    assert account is not None
    before = session.view("analyst")
    assert not offers.put_first(before, account)
    session.act("analyst-1", "stop", case=account["case"], account=account["account"])
    view = session.view("analyst")
    same = next(
        one for one in view["accounts"] if (one["case"], one["account"]) == (account["case"], account["account"])
    )
    assert offers.put_first(view, same)
    assert "stop" not in offers.left_about(view, same)
    assert "not stopped, put first" in said.facts(same, session.now, first=True)
    with pytest.raises(Refused, match="has decided that already"):
        session.act("analyst-1", "stop", case=account["case"], account=account["account"])


def test_only_what_may_be_tried_is_offered(room: Room) -> None:
    """A stopped account is not stopped again; a role without the right has no button for it."""
    view = in_the_middle(room).session.view("analyst")
    for account in view["accounts"]:
        offered = offers.about(view, account)
        assert not (account["state"] in ("stopped", "frozen") and "stop" in offered)
        assert set(offered) <= set(view["may"])
    assert offers.about({"may": [], "desks": []}, view["accounts"][0]) == []


@pytest.mark.parametrize(
    ("effect", "asked"),
    [
        ({"staff": {"desk": "analyst", "heads": -1, "lasts": "60m"}}, False),
        ({"staff": {"desk": "analyst", "heads": -90, "lasts": "60m"}}, True),
        ({"staff": {"desk": "analyst", "heads": 90}}, True),
        ({"bank_down": "icbc", "lasts": "40m"}, False),
        ({"bank_down": "icbc", "lasts": "24h"}, True),
        ({"policy": {"desk": "analyst", "policy": "fifo"}}, False),
    ],
)
def test_only_an_absurd_change_is_asked_about(room: Room, effect: dict[str, Any], asked: bool) -> None:
    """Nobody left, many times as many, or a bank down for longer than the exercise; not what happens every day."""
    view = room.session.view("facilitator")
    assert bool(doubt(Effect.model_validate(effect), view, 50 * MINUTE)) == asked


def test_tasks_are_sorted_as_asked(room: Room) -> None:
    """By deadline, by number, or by amount: each order is that of its own figure, and all have the same tasks."""
    view = in_the_middle(room).session.view("facilitator")
    accounts = {(one["case"], one["account"]): one for one in view["accounts"]}
    cases = {one["case"]: one for one in view["cases"]}
    by = {
        name: sorted(view["decisions"], key=partial(task_place, name, accounts, cases)) for name in ORDERS
    }  # fmt: skip
    assert len(view["decisions"]) >= 4
    assert len({tuple(one["id"] for one in tasks) for tasks in by.values()}) == len(ORDERS)
    assert [one["deadline"] for one in by["deadline"]] == sorted(one["deadline"] for one in view["decisions"])
    numbers = [(one["case"], one["account"]) for one in by["number"]]
    assert numbers == sorted(numbers)
    amounts = [accounts[one["case"], one["account"]]["amount"] for one in by["amount"] if one["account"] >= 0]
    assert amounts == sorted(amounts, reverse=True)


def test_money_has_its_age(room: Room) -> None:
    """An account says how long ago its money came, to the minute."""
    view = in_the_middle(room).session.view("analyst")
    one = view["accounts"][0]
    assert "arrived just now" in said.facts(one, one["credited"] + MINUTE - 1)
    assert "arrived 12 min ago" in said.facts(one, one["credited"] + 12 * MINUTE + 1)


def test_the_replay_tells_injects_changes_and_what_was_missed(room: Room) -> None:
    """All of them up to the moment, the latest first, injects under the numbers that they have everywhere."""
    session = in_the_middle(room).session
    session.change(Effect.model_validate({"bank_down": "icbc", "lasts": "2m"}), "test")
    session.conditions.end(len(session.steered) - 1, "test")
    session.inject("Made up", "test")
    missed = missed_in(session)
    assert missed
    found = happened(session, session.view("facilitator"), missed)
    texts = [text for _, _, text in found]
    assert [at for at, _, _ in found] == sorted((at for at, _, _ in found), reverse=True)
    assert "Inject +1: Made up" in texts
    assert any(text.startswith("Inject 1: ") for text in texts)
    assert "Ended at once: ICBC cannot be reached for 2 min" in texts
    assert sum("Nobody decided about" in text for text in texts) >= 1
