"""A room in real browsers: one facilitator and six trainees, what each can see, and how fast it comes."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Error

from sim.exercise.session import Session
from tests.web.conftest import PIN, Server, Visitor
from tests.web.room import SIX, clock, decide, open_room, room_id, sit

pytestmark = pytest.mark.xdist_group("room")  # one server, and one room that is played, for all of them

WATCH = """() => {
  window.seen = {};
  const heads = [...document.querySelectorAll('section h2')];
  const place = heads.find((head) => head.innerText === "Everybody's decisions").closest('section');
  new MutationObserver(() => {
    for (const item of place.querySelectorAll('li')) window.seen[item.innerText] ??= Date.now();
  }).observe(place, {childList: true, subtree: true, characterData: true});
}"""


@dataclass
class Played:
    """A room that was played to its end."""

    room: str
    facilitator: Visitor
    trainees: dict[str, Visitor]
    """By seat."""
    session: Session
    """Rebuilt from the journal after the end."""
    delays: list[float] = field(default_factory=list)
    """Seconds from a trainee's click until the facilitator's page showed the decision."""


@pytest.fixture(scope="module")
def played(server: Server, browser: Browser) -> Iterator[Played]:
    """An exercise from its opening to its end, with six trainees who take what they are asked."""
    facilitator = Visitor.come(browser, viewport={"width": 1280, "height": 900})
    facilitator.enter(server)
    links = open_room(facilitator, server, title=SIX, chairs={"Analyst": 3, "Bank desk": 2})
    room = room_id(facilitator)
    trainees = {
        seat: sit(browser, link, f"Trainee {number}")
        for number, (seat, link) in enumerate(links.items())
        if not seat.startswith("observer")
    }
    assert len(trainees) == 6
    board = facilitator.page
    board.evaluate(WATCH)
    board.get_by_label("Speed").select_option("60")
    board.get_by_role("button", name="Resume").click()
    clicks: list[float] = []
    until = time.monotonic() + 300
    while "the exercise is over" not in board.locator(".clock").inner_text():
        assert time.monotonic() < until
        for visitor in trainees.values():
            if visitor.page.locator(".task .left:not(:empty)").count():
                try:
                    visitor.page.set_default_timeout(500)
                    decide(visitor)
                    clicks.append(time.time())
                except Error:
                    pass  # its deadline has passed meanwhile
        board.wait_for_timeout(50)
    board.wait_for_timeout(500)
    seen = sorted(value / 1000 for value in board.evaluate("window.seen").values())
    delays = [min((shown - click for click in clicks if shown >= click), default=99.0) for shown in seen]
    session = Session.load(server.data / "rooms" / room)
    yield Played(room, facilitator, trainees, session, delays)
    for visitor in (facilitator, *trainees.values()):
        visitor.context.close()


def test_six_trainees_play_to_the_end(played: Played) -> None:
    """All seats were taken to the end, people in at least three roles decided, and every page says that it is over."""
    assert played.session.finished
    assert len(played.session.seats) == 6
    assert len({one.role for one in played.session.decisions}) >= 3
    for visitor in played.trainees.values():
        assert "the exercise is over" in visitor.page.locator(".clock").inner_text()


def test_a_decision_reaches_the_facilitator_within_a_second(played: Played) -> None:
    """The median time from a trainee's click to the facilitator's page is under a second."""
    median = statistics.median(played.delays)
    print(f"\nfrom click to board: median {median * 1000:.0f} ms of {len(played.delays)} decisions")
    assert len(played.delays) >= 5
    assert median < 1


def everything(visitor: Visitor) -> str:
    """All that a person's browser was ever sent over its sockets, and what the page holds now."""
    return "\n".join([*visitor.frames, visitor.page.content()])


def test_nobody_holds_what_the_role_may_not_know(played: Played) -> None:
    """Neither on the wire nor in the page of a trainee: notes, messages to others, hidden amounts, flows, secrets."""
    session = played.session
    told = {inject.inject.id: inject.inject for inject in session.injects}
    known = {(one["case"], one["account"]) for one in session.view("facilitator")["accounts"]}
    secrets = [cookie["value"] for cookie in played.facilitator.context.cookies()]
    for seat, visitor in played.trainees.items():
        held = everything(visitor)
        role = session.seats[seat].role
        duty = session.exercise.role(role)
        for inject in told.values():
            if inject.note is not None:
                assert inject.note.en not in held, (seat, inject.id)
            if role not in inject.to:
                assert inject.text.en not in held, (seat, inject.id)
        if "amounts" not in duty.sees:
            assert not re.search(r"\d yuan", held), seat
        if "flows" not in duty.sees:
            assert "sankey" not in held, seat
        if "accounts" not in duty.sees:
            assert "account " not in held, seat
        mentioned = {(int(b), int(a)) for a, b in re.findall(r"account (\d+) of case (\d+)", held)}
        assert mentioned <= known, seat
        for other in played.trainees:
            if other != seat:
                assert f"/seat/{other}" not in held, (seat, other)
        for secret in [PIN, *secrets]:
            assert secret not in held, seat


def test_what_is_checked_would_be_seen(played: Played) -> None:
    """The same search finds all of it with the facilitator, who may know it."""
    held = everything(played.facilitator)
    assert any(inject.inject.note and inject.inject.note.en in held for inject in played.session.injects)
    assert re.search(r"\d yuan", held)
    assert "sankey" in held
    assert "/join/" in held


def test_no_request_leaves_the_machine(played: Played, server: Server) -> None:
    """Pages, pictures, fonts and sockets of all seven come from this server alone."""
    for visitor in (played.facilitator, *played.trainees.values()):
        assert visitor.requests
        strangers = [
            url for url in visitor.requests
            if not url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:"))
        ]  # fmt: skip
        assert strangers == []


def test_no_page_has_complained(played: Played, server: Server) -> None:
    """No console of a browser shows an error or a warning, and the server wrote no error."""
    for visitor in (played.facilitator, *played.trainees.values()):
        assert visitor.mistakes == []
    assert server.errors == ""


@pytest.fixture
def room(server: Server, browser: Browser, facilitator: Visitor) -> Iterator[Played]:
    """A fresh room with two analysts and a call desk, on hold at its opening."""
    links = open_room(facilitator, server, title=SIX, chairs={"Analyst": 3, "Bank desk": 2})
    seats = {seat: sit(browser, links[seat], seat) for seat in ("call-desk-1", "analyst-1", "analyst-2")}
    name = room_id(facilitator)
    yield Played(name, facilitator, seats, Session.load(server.data / "rooms" / name))
    for visitor in seats.values():
        visitor.context.close()


def test_what_has_not_come_is_on_no_page(room: Played) -> None:
    """At the opening nobody but the facilitator holds a message that is still to come."""
    coming = [one.inject.text.en for one in room.session.injects if one.state == "planned"]
    assert len(coming) >= 5
    for seat, visitor in room.trainees.items():
        assert [text for text in coming if text in everything(visitor)] == [], seat
    assert all(text in everything(room.facilitator) for text in coming)


def to_a_shared_account(room: Played) -> None:
    """Go from decision to decision until both analysts have one, which is then on hold."""
    board = room.facilitator.page
    for _ in range(40):
        if room.trainees["analyst-1"].page.locator(".task .left:not(:empty)").count():
            return
        before = clock(room.facilitator)
        board.get_by_role("button", name="Go to the next decision").click()
        board.wait_for_function(f"document.querySelector('.clock .time').innerText !== '{before}'")
        board.wait_for_timeout(150)
    raise AssertionError("the analysts never had anything to decide")


def test_hold_stops_every_clock_at_once(room: Played) -> None:
    """A second after Hold all pages show the same time, and it is still that two seconds later."""
    board = room.facilitator.page
    board.get_by_label("Speed").select_option("60")
    board.get_by_role("button", name="Resume").click()
    board.wait_for_timeout(2500)
    board.get_by_role("button", name="Hold", exact=True).click()
    board.locator(".clock.held").wait_for()
    board.wait_for_timeout(300)
    everybody = [room.facilitator, *room.trainees.values()]
    shown = [clock(one) for one in everybody]
    assert len(set(shown)) == 1
    assert shown[0] != "14:30:00"
    board.wait_for_timeout(2000)
    assert [clock(one) for one in everybody] == shown
    assert all("on hold" in one.page.locator(".clock").inner_text() for one in everybody)


def test_nobody_decides_on_hold(room: Played) -> None:
    """A decision on hold is refused with the reason, and is none."""
    to_a_shared_account(room)
    analyst = room.trainees["analyst-1"]
    decide(analyst)
    analyst.page.get_by_text("The exercise is on hold").wait_for()
    assert room.facilitator.page.get_by_text("Trainee").count() == 0


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(room: Played, server: Server) -> None:
    """Two analysts with the same account open: the first click counts once, the second says who was first."""
    to_a_shared_account(room)
    one, other = room.trainees["analyst-1"], room.trainees["analyst-2"]
    for visitor in (one, other):
        visitor.page.locator(".task .head").first.click()
        visitor.page.locator(".choices button").first.wait_for()
    board = room.facilitator.page
    board.get_by_label("Speed").select_option("0.5")
    board.get_by_role("button", name="Resume").click()
    one.page.locator(".clock:not(.held)").wait_for()
    keep = other.page.evaluate_handle("document.querySelector('.choices button')")
    # Both clicks are on their way before either page can have heard of the other's.
    one.page.evaluate("setTimeout(() => document.querySelector('.choices button').click(), 100); 0")
    keep.evaluate("(b) => { setTimeout(() => b.click(), 100); }")
    board.wait_for_timeout(1000)
    said = [visitor.page.locator(".notice-line p").inner_text() for visitor in (one, other)]
    session = Session.load(server.data / "rooms" / room.room)
    assert len(session.decisions) == 1
    assert sum("Decided:" in text for text in said) == 1
    assert sum("has decided that already" in text for text in said) == 1


def test_a_trainee_decides_by_keyboard_alone(room: Played) -> None:
    """Arrow down, Enter, 1: the first open decision is taken without a mouse."""
    to_a_shared_account(room)
    board, page = room.facilitator.page, room.trainees["analyst-1"].page
    board.get_by_label("Speed").select_option("0.5")
    board.get_by_role("button", name="Resume").click()
    page.locator(".clock:not(.held)").wait_for()
    for _ in range(40):  # from the top of the page to the list, as a keyboard goes
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('head')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.locator(".choices button").first.wait_for()
    page.keyboard.press("1")
    page.get_by_text("Decided:").wait_for()


def test_a_trainee_who_reloads_or_drops_off_has_the_seat_again(room: Played, server: Server) -> None:
    """After a reload, and in a new page of the same browser, the seat is there under its name."""
    analyst = room.trainees["analyst-1"]
    analyst.page.reload()
    analyst.page.locator(".clock .time").wait_for()
    assert "analyst-1" in analyst.page.locator(".sticky").inner_text()
    address = analyst.page.url
    analyst.page.close()
    room.facilitator.page.get_by_text("analyst-1 is away").wait_for()
    again = analyst.context.new_page()
    again.goto(address)
    again.locator(".clock .time").wait_for()
    room.facilitator.page.get_by_text("analyst-1 is here").wait_for()
    assert len(Session.load(server.data / "rooms" / room.room).seats) == 3


@pytest.mark.parametrize("other", ["call-desk-1", "analyst-2", "bank-desk-1", "observer-1"])
def test_another_seat_cannot_be_had_by_editing_the_address(room: Played, server: Server, other: str) -> None:
    """With the cookie of one seat every other seat says that it is not yours, and so does the board."""
    page = room.trainees["analyst-1"].page
    page.goto(f"{server.url}/room/{room.room}/seat/{other}")
    page.get_by_text("This is no seat of yours").wait_for()
    page.goto(f"{server.url}/room/{room.room}/board")
    assert page.url.startswith(f"{server.url}/enter")
    page.goto(f"{server.url}/join/{room.room}/{other}/{'A' * 43}")
    page.get_by_text("This is no seat of yours").wait_for()


def test_what_is_typed_is_never_markup(room: Played) -> None:
    """A message with a script and an image in it arrives as the text that it is."""
    text = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script> {{ 1 + 1 }}'
    sender, reader = room.trainees["call-desk-1"].page, room.trainees["analyst-1"].page
    room.facilitator.page.get_by_role("button", name="Resume").click()
    sender.locator(".clock:not(.held)").wait_for()
    sender.get_by_label("Message to everybody").fill(text)
    sender.get_by_role("button", name="Send", exact=True).click()
    for page in (reader, room.facilitator.page):
        page.get_by_text(text).first.wait_for()
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img").count() == 0


def test_killed_and_started_again_at_the_same_second(room: Played, server: Server) -> None:
    """kill -9 in mid-exercise: the room is there again, on hold, at its second, and no decision is lost."""
    to_a_shared_account(room)
    board = room.facilitator.page
    board.get_by_label("Speed").select_option("0.5")
    board.get_by_role("button", name="Resume").click()
    room.trainees["analyst-1"].page.locator(".clock:not(.held)").wait_for()
    decide(room.trainees["analyst-1"])
    room.trainees["analyst-1"].page.get_by_text("Decided:").wait_for()
    board.wait_for_timeout(1500)
    shown = clock(room.facilitator)
    server.kill()
    session = Session.load(server.data / "rooms" / room.room)
    assert len(session.decisions) == 1
    server.start()  # the pages find it again by themselves
    board.locator(".clock.held").wait_for()
    assert abs(seconds(clock(room.facilitator)) - seconds(shown)) <= 1
    board.get_by_text("analyst-1 took").first.wait_for()
    for seat, visitor in room.trainees.items():
        visitor.page.locator(".clock.held").wait_for()
        board.get_by_text(f"{seat} is here").wait_for()
        assert visitor.page.locator(".sticky").inner_text().count(seat) == 1


def seconds(time_of_day: str) -> int:
    """``09:45:01`` as seconds of the day."""
    hours, minutes, rest = time_of_day.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)
