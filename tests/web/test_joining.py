"""How people come into a room: its code, the lobby, a branch to which they are called, and teams on one luck."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

import pytest

from sim.exercise.load import load_exercise
from sim.web import codes
from sim.web.access import Access, key_of
from sim.web.codes import (
    AT_ONCE,
    EVERY,
    LENGTH,
    LETTERS,
    LONGEST,
    TOGETHER,
    Doorkeeper,
    TooManyCodesError,
    plain,
    shown,
)
from sim.web.lobby import offered
from sim.web.places import About
from sim.web.rooms import Rooms
from sim.web.rooms_page import title_of
from sim.web.standing import Watch
from sim.web.teams_page import heads, ranked, row_of
from sim.words import language as lang
from sim.words.units import MINUTE
from tests.web.conftest import PIN, Server

TRIES = 1000


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """The rooms of an empty folder."""
    return Rooms(tmp_path / "rooms")


# -- codes -------------------------------------------------------------------------------------------------


def test_a_code_is_short_and_typed_as_people_type() -> None:
    """Six letters and digits that cannot be taken for each other; case, blanks and full width do not matter."""
    access = Access(PIN, b"k" * 32)
    code = access.code("room", 0)
    assert len(code) == LENGTH
    assert set(code) <= set(LETTERS)
    assert plain(f" {shown(code).lower()} ") == code
    assert plain("".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in code)) == code
    assert len({access.code(room, number) for room in "abc" for number in range(50)}) == 150


class _Hall:
    """A door whose clock goes on while somebody waits at it."""

    def __init__(self) -> None:
        self.now, self.waited = 1000.0, 0.0
        self.access = Access(PIN, b"k" * 32, door=Doorkeeper(lambda: self.now, self._wait))
        self.right = self.access.code("room", 0)

    async def _wait(self, seconds: float) -> None:
        self.waited += seconds
        self.now += seconds

    def comes(self, code: str, address: str = "10.0.0.9") -> bool:
        """Whether somebody comes in with a code."""
        return asyncio.run(self.access.finds(code, {"room": 0}, address)) == "room"


def test_a_code_tried_a_thousand_times_lets_nobody_in_nor_locks_the_right_one_out() -> None:
    """From one address, as fast as can be: guesses are slowed down, and among them the right one is taken each time."""
    hall = _Hall()
    for number in range(TRIES):
        assert not hall.comes(codes.code_of(number.to_bytes(8, "big")))
        hall.now += 0.001
        if number % 100 == 99:
            assert hall.comes(hall.right)
    assert hall.waited >= (TRIES - AT_ONCE) * EVERY - TRIES * 0.001
    before = hall.waited
    assert hall.comes(hall.right, "10.0.0.10")  # who has typed nothing wrong does not wait
    assert hall.waited == before


def test_a_code_waits_its_turn_and_is_refused_where_too_many_wait() -> None:
    """A hundred browsers that guess at once: what would wait for more than a few seconds is told when to try again."""

    async def stay(_: float) -> None:
        await asyncio.Event().wait()

    async def many() -> int:
        access = Access(PIN, b"k" * 32, door=Doorkeeper(lambda: 1000.0, stay))
        for _ in range(AT_ONCE):
            assert await access.finds("WRONG2", {"room": 0}, "10.0.0.9") == ""
        waiting = []
        try:
            while True:
                guess = asyncio.create_task(access.finds("WRONG2", {"room": 0}, "10.0.0.9"))
                await asyncio.sleep(0)
                if guess.done():
                    with pytest.raises(TooManyCodesError) as told:
                        guess.result()
                    assert told.value.seconds == EVERY
                    return len(waiting)
                waiting.append(guess)
        finally:
            for one in waiting:
                one.cancel()

    assert asyncio.run(many()) == round(LONGEST / EVERY)


def test_right_codes_use_no_try_up() -> None:
    """A class behind one address comes in at once, however many they are."""
    hall = _Hall()
    assert all(hall.comes(hall.right) for _ in range(2 * AT_ONCE))
    assert hall.waited == 0


def test_many_addresses_together_slow_down_only_those_that_guess() -> None:
    """When all together have used their tries up, an address with a wrong one behind it waits, a new one does not."""
    hall = _Hall()
    for number in range(TOGETHER * AT_ONCE):
        assert not hall.comes("WRONG2", f"10.0.{number % (2 * TOGETHER)}.1")
    assert hall.waited == 0
    assert hall.comes(hall.right, "11.1.0.1")
    assert hall.waited == 0
    hall.comes("WRONG2", "10.0.3.1")
    assert hall.waited > 0


class _Stay(HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: object) -> None:
        return None


def answer_to(opener: OpenerDirector, url: str, code: str | None = None) -> tuple[int, str, str]:
    """(status, where it leads, cookie) of a request, or of a typed code."""
    data = None if code is None else urlencode({"code": code}).encode()
    try:
        with opener.open(Request(url, data)) as answer:
            return answer.status, "", answer.headers.get("set-cookie", "")
    except HTTPError as error:
        return error.code, error.headers.get("location", ""), error.headers.get("set-cookie", "")


def test_a_thousand_codes_typed_at_a_server_open_nothing_and_the_right_one_still_does(server: Server) -> None:
    """Over HTTP, by fifty browsers at once: each leads back to the form without a cookie; then the right one leads to
    the lobby, which opens."""
    room = Rooms(server.data / "rooms").open(load_exercise("wuhan-35min"), {})
    server.kill()
    server.start()
    right = Access(PIN, key_of(server.data)).code(room.id, 0)
    stay = build_opener(_Stay)
    guesses = [codes.code_of((number + 1).to_bytes(8, "big")) for number in range(TRIES)]
    assert right not in guesses
    with ThreadPoolExecutor(50) as browsers:
        for status, to, cookie in browsers.map(partial(answer_to, stay, f"{server.url}/code"), guesses):
            assert (status, cookie) == (303, "")
            assert to.startswith("/code?wrong=")
    assert answer_to(stay, f"{server.url}/room/{room.id}/lobby")[0] == 404

    assert answer_to(stay, f"{server.url}/code/{right}")[1] == f"/room/{room.id}/lobby"
    visitor = build_opener(HTTPCookieProcessor())
    with visitor.open(f"{server.url}/code/{right}") as page:
        text = page.read().decode()
    assert page.status == 200
    assert "Wuhan" in text
    assert "/join/" not in text


def test_another_code_takes_the_place_of_the_old_one(rooms: Rooms) -> None:
    """The old one, and whoever came as far as the lobby with it, is outside; a restored room has the new one."""
    access = Access(PIN, b"k" * 32)
    room = rooms.open(load_exercise("wuhan-35min"), {})
    old = access.code(room.id, 0)
    room.call(About(codes=1))
    assert asyncio.run(access.finds(old, rooms.codes(), "here")) == ""
    assert not access.in_lobby(room.id, 1, {"fundfreeze-lobby": access.lobby(room.id, 0)})
    again = Rooms(rooms.folder)
    again.restore()
    assert asyncio.run(access.finds(access.code(room.id, 1), again.codes(), "here")) == room.id
    room.session.close("test")
    assert rooms.codes() == {}


def test_a_code_opens_no_chair_from_which_all_is_seen(rooms: Rooms) -> None:
    """Seats that decide alone, as many as are free: observers and evaluators need a link of their own."""
    room = rooms.open(load_exercise("wuhan-35min"), {})
    assert offered(room) == {"call-desk": 1, "analyst": 1, "bank-desk": 1}
    room.sit("analyst-1", "Li")
    assert offered(room) == {"call-desk": 1, "analyst": 0, "bank-desk": 1}


def test_no_file_of_a_room_holds_its_code(rooms: Rooms) -> None:
    """Whoever reads the data folder without the key comes in nowhere."""
    room = rooms.open(load_exercise("wuhan-35min"), {}, About("Class of May", "2026-05-04"))
    code = Access(PIN, b"k" * 32).code(room.id, 0)
    assert all(code not in path.read_text() for path in room.folder.iterdir())


# -- names, branches, teams --------------------------------------------------------------------------------


def test_a_room_keeps_its_name_and_date(rooms: Rooms) -> None:
    """As typed, without what is none; also after a restart."""
    room = rooms.open(load_exercise("wuhan-35min"), {}, About().named("  Class   of May ", "2026-05-04"))
    assert title_of(room) == "Class of May"
    again = Rooms(rooms.folder)
    again.restore()
    assert again.rooms[room.id].about == room.about == About("Class of May", "2026-05-04")
    assert About().named("x" * 500, "tomorrow") == About("x" * 80)


def test_people_are_carried_into_a_branch_and_called_there(rooms: Rooms) -> None:
    """Each has the seat under the same name; only when called do their pages lead there; a restart keeps it."""
    room = rooms.open(load_exercise("wuhan-35min"), {})
    room.sit("analyst-1", "Li")
    room.sit("evaluator-1", "Eva")
    room.session.resume("test")
    room.go(60)
    branch = rooms.branch(room, 46 * MINUTE)
    assert {one.id: one.name for one in branch.places.values() if one.name} == {"analyst-1": "Li", "evaluator-1": "Eva"}
    assert [one.name for one in branch.session.seats.values()] == ["Li"]
    assert room.about.moved_to == ""
    rooms.call_people(branch)
    assert room.about.moved_to == branch.id
    again = Rooms(rooms.folder)
    again.restore()
    assert again.rooms[room.id].about.moved_to == branch.id
    assert again.rooms[branch.id].places == branch.places


def test_teams_meet_the_same_luck_and_stand_side_by_side(rooms: Rooms) -> None:
    """Undisturbed, their logs are the same to the byte; the board of results ranks them once all are over."""
    abouts = [About(group="g", team=letter) for letter in "AB"]
    made = [room for room, _ in (rooms._opened(lambda: load_exercise("wuhan-35min"), {}, abouts))]
    for room in made:
        rooms._add(room, rooms.folder / room.id)
    one, other = rooms.teams("g")
    assert [one.about.team, other.about.team] == ["A", "B"]
    for room in (one, other):
        room.session.resume("test")
        room.go(600)
    assert one.session.run().rows.time.tolist() == other.session.run().rows.time.tolist()
    other.sit("analyst-1", "Li")
    other.session.act("analyst-1", "message", note="x")
    rows = [row_of(room, Watch(room).now()) for room in (one, other)]
    assert all(len(row) == len(heads()) for row in rows)
    assert [row[0] for row in rows] == ["Team A", "Team B"]
    assert [room.about.team for room, _ in ranked([(room, Watch(room).now()) for room in (one, other)])] == [
        "A", "B",
    ]  # fmt: skip
    with lang.using("zh"):
        assert row_of(one, Watch(one).now())[0] == "A 队"
        assert title_of(other).endswith("B 队")
    assert (rows[0][-2], rows[0][-1]) == ("", "")
    one.session.finish("test")
    assert row_of(one, Watch(one).now())[-2:] == ["being worked out", "in its report, once made"]
    assert rooms.teams("") == []
