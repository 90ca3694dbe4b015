"""Rooms in real browsers: two teams of three with their evaluators, played to the end, and what one room does.

Nothing waits for a time: the clock of a room goes from decision to decision, or so slowly that people have time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from sim.exercise.session import Session
from tests.web import quick
from tests.web.conftest import PATIENCE, PIN, Server, Visitor, free_port
from tests.web.nursery import Nursery
from tests.web.room import check, clock, decide, room_id

pytestmark = pytest.mark.xdist_group("room")  # one server, and rooms that are played one after the other
expect.set_options(timeout=1000 * PATIENCE)

OVER: Final = "the exercise is over"
OPEN_TASK: Final = ".task .left:not(:empty)"
ROLES: Final = {"call-desk": "Call and audit desk", "analyst": "Analyst", "bank-desk": "Bank desk"}
FOR_ANALYSTS, FOR_ONE = "Only analysts read this", "Between the two of us"


@pytest.fixture(scope="module")
def server(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that offers the short exercise, too."""
    folder = tmp_path_factory.mktemp("web")
    made = Server(folder / "data", free_port(), nursery, options=["--exercises", str(quick.written(folder))])
    made.start()
    yield made
    made.end()


@dataclass
class Team:
    """A room of one team."""

    room: str
    board: Visitor
    people: dict[str, Visitor]
    """By seat."""

    def session(self, server: Server) -> Session:
        """Rebuilt from its journal."""
        return Session.load(server.data / "rooms" / self.room)


def come(context: BrowserContext, link: str, name: str) -> Visitor:
    """Somebody opens the link of a seat, in a browser that others may use, too, and sits down."""
    made = Visitor.in_context(context)
    made.page.goto(link)
    made.page.locator("section input").fill(name)
    made.page.locator("section button.main").click()
    made.page.wait_for_selector(".clock .time")
    return made


def come_by_code(context: BrowserContext, server: Server, code: str, role: str, name: str) -> Visitor:
    """Somebody types the code of a room and takes a free seat of a role."""
    made = Visitor.in_context(context)
    page = made.page
    page.goto(f"{server.url}/code")
    page.get_by_label("Code of your room").fill(code.lower())
    page.get_by_role("button", name="Come in").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name=role, exact=True).click()
    page.wait_for_selector(".clock .time")
    return made


def open_rooms(facilitator: Page, server: Server, teams: int, analysts: int = 1) -> None:
    """Open the short exercise for a number of teams."""
    facilitator.goto(f"{server.url}/rooms")
    panel = facilitator.locator("section.panel", has=facilitator.get_by_role("heading", name=quick.TITLE, exact=True))
    panel.get_by_label("Analyst").select_option(f"{analysts}")
    panel.locator("summary").click()
    panel.get_by_label("Teams").select_option(f"{teams}")
    panel.get_by_role("button", name="Open this room").click()


def links_of(board: Page) -> dict[str, str]:
    """The links of all seats on a board, by their ids."""
    board.wait_for_selector("a[href*='/join/']")
    links = [one.get_attribute("href") or "" for one in board.locator("a[href*='/join/']").all()]
    return {link.split("/")[-2]: link for link in links}


def to_decisions(board: Page, people: list[Visitor]) -> None:
    """Go from decision to decision until everybody has one and all that comes in the first minute was told."""
    for _ in range(60):
        time = clock_of(board)
        if time >= "10:01:00" and all(one.page.locator(OPEN_TASK).count() for one in people):
            return
        board.get_by_role("button", name="Go to the next decision").click()
        expect(board.locator(".clock .time")).not_to_have_text(time)
        expect(board.locator(".clock.held")).to_be_visible()
    raise AssertionError("somebody never had anything to decide")


def clock_of(page: Page) -> str:
    """The time that a page shows."""
    return page.locator(".clock .time").inner_text()


def let_go(board: Page, speed: str) -> None:
    """Let the clock of a room go on."""
    board.get_by_label("Speed").select_option(speed)
    board.get_by_role("button", name="Resume").click()
    expect(board.locator(".clock:not(.held)")).to_be_visible()


def play(team: Team) -> None:
    """Everybody does what the first minute asks for, and takes a decision."""
    board, people = team.board.page, team.people
    trainees = [people[f"{role}-1"] for role in ROLES]
    to_decisions(board, trainees)
    let_go(board, "0.5")
    caller, analyst, banker = (one.page for one in trainees)
    expect(caller.get_by_text("Your telephone rings")).to_be_visible()
    assert quick.RINGS not in everything(people["call-desk-1"])  # nobody has picked up yet
    press_until(caller, "Take the call", caller.locator(".timeline li", has_text=quick.RINGS).first)
    caller.get_by_role("button", name="Answer the message").first.click()
    write(caller, "Coming", "everybody")
    visitor = banker.get_by_role("dialog")
    expect(visitor).to_contain_text(quick.STANDS)
    visitor.get_by_label("What you answer").fill("Done, chief")
    visitor.get_by_role("button", name="Answer aloud").click()
    expect(visitor).to_be_hidden()
    write(banker, FOR_ANALYSTS, "Analyst")
    expect(analyst.locator(".timeline li", has_text=FOR_ANALYSTS).first).to_be_visible()
    write(analyst, FOR_ONE, "Call desk 1 (Call and audit desk)")
    for one in trainees:
        decide(one)
        expect(one.page.get_by_text("Decided:")).to_be_visible()
    expect(board.get_by_text("took").first).to_be_visible()


def press_until(page: Page, button: str, seen: Locator) -> None:
    """Press a button until what it leads to is seen: on a busy machine a page may just have been loaded again."""
    for _ in range(5):
        if page.get_by_role("button", name=button).is_visible():
            page.get_by_role("button", name=button).click()
        try:
            expect(seen).to_be_visible(timeout=1000 * PATIENCE / 5)
        except AssertionError:
            continue
        return
    expect(seen).to_be_visible()


def write(page: Page, text: str, to: str) -> None:
    """Write a message."""
    page.get_by_label("To whom").select_option(label=to)
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".notice-line", has_text="Sent")).to_be_visible()


def rate(evaluator: Page) -> None:
    """Note what was seen, and rate the objective."""
    evaluator.get_by_label("A note, at the time of now", exact=True).fill("They answered at once")
    evaluator.get_by_role("button", name="Write down: A note, at the time of now").click()
    expect(evaluator.locator(".timeline li", has_text="They answered at once").first).to_be_visible()
    evaluator.get_by_label("Rating").select_option("S")
    expect(evaluator.get_by_text("Rated.")).to_be_visible()


@dataclass
class Played:
    """Two teams that played to the end."""

    teams: list[Team]
    results: Page
    """The board of results."""
    sessions: list[Session] = field(default_factory=list)


@pytest.fixture(scope="module")
def played(server: Server, browser: Browser) -> Iterator[Played]:
    """Six trainees in two teams on the same luck, two evaluators and one facilitator, from the opening to the end."""
    leader = Visitor.come(browser, viewport={"width": 1280, "height": 900})
    leader.enter(server)
    open_rooms(leader.page, server, 2)
    leader.page.wait_for_url("**/teams/*")
    boards = [one.get_attribute("href") for one in leader.page.locator("a[href$='/board']").all()]
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    teams = []
    for board in boards:
        lead = Visitor.in_context(leader.context)
        lead.page.goto(f"{server.url}{board}")
        links, code = links_of(lead.page), lead.page.locator(".code").first.inner_text()
        people = {"call-desk-1": come_by_code(context, server, code, ROLES["call-desk"], "Call desk 1")}
        for seat in ("analyst-1", "bank-desk-1", "evaluator-1"):
            people[seat] = come(context, links[seat], seat)
        teams.append(Team(room_id(lead), lead, people))
    for team in teams:
        play(team)
        rate(team.people["evaluator-1"].page)
        let_go_on_to_the_end(team.board.page)
    for team in teams:
        for visitor in (team.board, *team.people.values()):
            expect(visitor.page.locator(".clock")).to_contain_text(OVER)
    yield Played(teams, leader.page, [one.session(server) for one in teams])
    context.close()
    leader.context.close()


def let_go_on_to_the_end(board: Page) -> None:
    """The rest of a room as fast as it can go."""
    board.get_by_label("Speed").select_option("60")


def everything(visitor: Visitor) -> str:
    """All that a person's page was ever sent over its sockets, and what it holds now."""
    return "\n".join([*visitor.frames, visitor.page.content()])


def test_two_teams_play_to_the_end(played: Played) -> None:
    """Six trainees in two rooms sat there to the end, each decided and wrote; what they answered counts."""
    for session in played.sessions:
        assert session.finished
        assert {one.role for one in session.seats.values()} == set(ROLES)
        takers = {one.role for one in session.decisions if one.action != "message"}
        assert takers == {one.role for one in session.decisions} == set(ROLES)
        answered = {one.inject.id for one in session.injects if one.attempts}
        assert {"rings", "stands"} <= answered
        assert {(inject, one.seat) for (inject, _), one in session.talk.heard.items()} == {
            ("rings", "call-desk-1"), ("stands", "bank-desk-1"),
        }  # fmt: skip


def test_teams_met_the_same_luck_and_stand_side_by_side(played: Played) -> None:
    """The same victims at the same times; the board of results says of both what came back."""
    one, other = (session.engine.plan.victims for session in played.sessions)
    assert one.reported.tolist() == other.reported.tolist()
    rows = played.results.locator(".standing tbody tr")
    expect(rows).to_have_count(2)
    for row in rows.all():
        expect(row.locator("td").nth(6)).to_contain_text("yuan")
        expect(row).to_contain_text(OVER)
    check(played.results)


def test_evaluators_noted_and_rated(played: Played) -> None:
    """Each with the time of the room, for the report."""
    for session in played.sessions:
        assert [(one.objective, one.text, one.by) for one in session.evaluation.notes] == [
            ("speak", "They answered at once", "evaluator-1")
        ]
        assert session.exercise.starts < session.evaluation.notes[0].at < session.exercise.ends
        assert session.evaluation.of("speak")["S"] == ["evaluator-1"]


def test_a_message_to_one_role_is_on_no_other_s_wire(played: Played) -> None:
    """Neither in a frame nor in the page of any other role or of the other team; who leads and who rates read all."""
    for team in played.teams:
        held = {seat: everything(visitor) for seat, visitor in team.people.items()}
        assert {seat for seat, text in held.items() if FOR_ANALYSTS in text} == {
            "analyst-1", "bank-desk-1", "evaluator-1",
        }  # fmt: skip
        assert {seat for seat, text in held.items() if FOR_ONE in text} == {"analyst-1", "call-desk-1", "evaluator-1"}
        assert FOR_ANALYSTS in everything(team.board)
        assert FOR_ONE in everything(team.board)


def test_nobody_holds_what_the_role_may_not_know(played: Played) -> None:
    """Neither on the wire nor in the page of a trainee: notes, messages to others, hidden flows, secrets."""
    secrets = [cookie["value"] for cookie in played.teams[0].board.context.cookies()]
    for team, session in zip(played.teams, played.sessions, strict=True):
        known = {(one["case"], one["account"]) for one in session.view("facilitator")["accounts"]}
        for seat, visitor in team.people.items():
            held = everything(visitor)
            assert quick.NOTE not in held, seat
            if seat in session.seats:
                role = session.seats[seat].role
                for status in session.injects:
                    assert role in status.inject.to or status.inject.text.en not in held, (seat, status.inject.id)
                assert "flows" in session.exercise.role(role).sees or "sankey" not in held, seat
            mentioned = {(int(b), int(a)) for a, b in re.findall(r"account (\d+) of case (\d+)", held)}
            assert mentioned <= known, seat
            assert not [other for other in team.people if other != seat and f"/seat/{other}" in held], seat
            assert not [secret for secret in (PIN, *secrets) if secret in held], seat


def test_what_is_checked_would_be_seen(played: Played) -> None:
    """The same search finds all of it with the facilitator, who may know it."""
    held = everything(played.teams[0].board)
    assert all(text in held for text in (quick.NOTE, quick.RINGS, quick.COMES, "sankey", "/join/"))
    assert re.search(r"account (\d+) of case (\d+)", held)


def test_no_request_leaves_the_machine_and_no_page_complains(played: Played, server: Server) -> None:
    """Pages, pictures, fonts and sockets of all come from this server alone; no console shows an error or a warning."""
    for team in played.teams:
        for visitor in (team.board, *team.people.values()):
            assert visitor.requests
            ours = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
            assert [url for url in visitor.requests if not url.startswith(ours)] == []
            assert visitor.mistakes == []
    assert server.errors == ""


# -- one room ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room(server: Server, browser: Browser) -> Iterator[Team]:
    """A room with a call desk and two analysts, who have browsers of their own, on hold at its opening."""
    leader = Visitor.come(browser, viewport={"width": 1280, "height": 900})
    leader.enter(server)
    open_rooms(leader.page, server, 1, analysts=2)
    leader.page.wait_for_url("**/board")
    links = links_of(leader.page)
    contexts = [browser.new_context(locale="en-US") for _ in range(2)]
    people = {
        seat: come(contexts[seat == "analyst-1"], links[seat], seat)
        for seat in ("call-desk-1", "analyst-1", "analyst-2")
    }
    yield Team(room_id(leader), leader, people)
    for context in (*contexts, leader.context):
        context.close()


def to_a_shared_account(room: Team) -> None:
    """Go on until both analysts have a decision, which is then on hold."""
    board = room.board.page
    if "held" not in (board.locator(".clock").get_attribute("class") or ""):
        board.get_by_role("button", name="Hold", exact=True).click()
    expect(board.locator(".clock.held")).to_be_visible()
    for _ in range(40):
        if room.people["analyst-1"].page.locator(OPEN_TASK).count():
            return
        before = clock(room.board)
        board.get_by_role("button", name="Go to the next decision").click()
        expect(board.locator(".clock .time")).not_to_have_text(before)
        expect(board.locator(".clock.held")).to_be_visible()
    raise AssertionError("the analysts never had anything to decide")


def test_what_has_not_come_is_on_no_page(room: Team) -> None:
    """Nobody but the facilitator holds a message that is still to come."""
    for seat, visitor in room.people.items():
        assert quick.COMES not in everything(visitor), seat
    assert quick.COMES in everything(room.board)


def test_nobody_decides_on_hold(room: Team, server: Server) -> None:
    """A decision on hold is refused with the reason, and is none."""
    to_a_shared_account(room)
    analyst = room.people["analyst-1"]
    decide(analyst)
    expect(analyst.page.get_by_text("The exercise is on hold")).to_be_visible()
    assert room.session(server).decisions == []
    analyst.page.keyboard.press("Escape")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(room: Team, server: Server) -> None:
    """Two analysts with the same account open: the first click counts once, the second says who was first."""
    to_a_shared_account(room)
    one, other = room.people["analyst-1"], room.people["analyst-2"]
    for visitor in (one, other):
        visitor.page.locator(".task .head", has=visitor.page.locator(OPEN_TASK.split()[-1])).first.click()
        visitor.page.locator(".choices button").first.wait_for()
    let_go(room.board.page, "0.5")
    for visitor in (one, other):
        visitor.page.locator(".clock:not(.held)").wait_for()
    keep = other.page.evaluate_handle("document.querySelector('.choices button')")
    # Both clicks are on their way before either page can have heard of the other's.
    one.page.evaluate("setTimeout(() => document.querySelector('.choices button').click(), 100); 0")
    keep.evaluate("(b) => { setTimeout(() => b.click(), 100); }")
    for visitor in (one, other):
        expect(visitor.page.locator(".notice-line p")).to_contain_text(re.compile("Decided:|has decided that already"))
    said = [visitor.page.locator(".notice-line p").inner_text() for visitor in (one, other)]
    assert sum("Decided:" in text for text in said) == 1
    assert len([one for one in room.session(server).decisions if one.action == "take"]) == 1


def test_a_trainee_decides_by_keyboard_alone(room: Team) -> None:
    """Arrow down, Enter, 1: the first open decision is taken without a mouse, and the keyboard stays in the list."""
    to_a_shared_account(room)
    page = room.people["analyst-1"].page
    let_go(room.board.page, "0.5")
    page.locator(".clock:not(.held)").wait_for()
    page.locator("body").evaluate("(b) => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    for _ in range(40):  # from the top of the page to the list, as a keyboard goes
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('head')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.locator(".choices button").first.wait_for()
    taken = page.evaluate("document.activeElement.closest('.task').querySelector('.what').innerText")
    page.keyboard.press("1")
    expect(page.get_by_text("Decided:")).to_be_visible()
    expect(page.locator(".tasks .what", has_text=re.compile(f"^{re.escape(taken)}$"))).to_have_count(0)
    page.wait_for_function("document.activeElement.closest('.tasks') !== null")


def test_hold_stops_every_clock(room: Team) -> None:
    """After Hold all pages come to the same time, and stay there."""
    board = room.board.page
    to_a_shared_account(room)
    before = clock(room.board)
    let_go(board, "2")
    expect(board.locator(".clock .time")).not_to_have_text(before)
    board.get_by_role("button", name="Hold", exact=True).click()
    everybody = [room.board, *room.people.values()]
    for one in everybody:
        expect(one.page.locator(".clock.held")).to_be_visible()
    shown = clock(room.board)
    assert shown != before
    for one in everybody:
        expect(one.page.locator(".clock .time")).to_have_text(shown)
        expect(one.page.locator(".clock")).to_contain_text("on hold")


def test_what_is_typed_is_never_markup(room: Team) -> None:
    """A message with a script and an image in it arrives as the text that it is."""
    text = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script> {{ 1 + 1 }}'
    sender, reader = room.people["call-desk-1"].page, room.people["analyst-1"].page
    to_a_shared_account(room)
    let_go(room.board.page, "0.5")
    sender.locator(".clock:not(.held)").wait_for()
    write(sender, text, "everybody")
    for page in (reader, room.board.page):
        page.get_by_text(text).first.wait_for()
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img:not([alt*='address'])").count() == 0


def test_a_wrong_change_is_asked_about_and_ended(room: Team, server: Server) -> None:
    """Sending all analysts home is asked about first; done all the same, it is ended with a click."""
    board = room.board.page
    board.get_by_text("Staff fall ill, or more come").click()
    panel = board.locator("section.panel", has=board.get_by_role("heading", name="Change the conditions"))
    panel.get_by_label("Desk", exact=True).first.select_option("analyst")
    panel.get_by_label("People more, or fewer").fill("-90")
    panel.get_by_label("For how many minutes").nth(1).fill("2")
    panel.get_by_role("button", name="Change the staff").click()
    expect(panel.get_by_text("This leaves nobody at analyst. Is it meant?")).to_be_visible()
    assert [one for one in room.session(server).steered if one.kind == "change"] == []
    panel.get_by_role("button", name="It is meant: do it").click()
    panel.get_by_role("button", name="End now").click()
    expect(panel.get_by_text("Nothing is changed.")).to_be_visible()
    assert [one.kind for one in room.session(server).steered if one.effect is not None] == ["change", "end"]


def test_an_inject_is_changed_on_the_board(room: Team, server: Server) -> None:
    """Its text and its recipients; what the exercise would not take is refused with the field that is wrong."""
    board = room.board.page
    board.get_by_role("button", name="Inject 5: change it").click()
    form = board.locator("section.panel", has=board.get_by_role("button", name="Keep the change"))
    form.get_by_label("What they are told", exact=True).fill("Changed on the day")
    form.get_by_label("When, after the opening", exact=True).fill("0")
    form.get_by_role("button", name="Keep the change").click()
    told = "When, after the opening: read '0m', accepted: a time to come"
    expect(form.get_by_text(told)).to_be_visible()
    form.get_by_label("When, after the opening", exact=True).fill("5")
    for title in ROLES.values():
        form.get_by_label(title, exact=True).set_checked(title == "Analyst")
    form.get_by_role("button", name="Keep the change").click()
    expect(board.get_by_text("Changed on the day")).to_be_visible()
    changed = room.session(server).injects[-1].inject
    assert (changed.text.en, changed.to) == ("Changed on the day", ["analyst"])


def test_a_message_that_was_not_sent_is_there_after_a_reload(room: Team) -> None:
    """What was written stands there again, and is sent; a page that is loaded again then has an empty field."""
    page = room.people["analyst-1"].page
    page.get_by_label("Message", exact=True).fill("Half a sentence")
    page.reload()
    expect(page.get_by_label("Message", exact=True)).to_have_value("Half a sentence")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    expect(page.get_by_text("Half a sentence").first).to_be_visible()
    page.reload()
    page.locator(".clock .time").wait_for()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")


def test_a_trainee_who_reloads_or_drops_off_has_the_seat_again(room: Team, server: Server) -> None:
    """After a reload, and in a new page of the same browser, the seat is there under its name."""
    analyst = room.people["analyst-1"]
    analyst.page.reload()
    analyst.page.locator(".clock .time").wait_for()
    expect(analyst.page.locator(".sticky")).to_contain_text("analyst-1")
    address = analyst.page.url
    analyst.page.close()
    room.board.page.get_by_text("analyst-1 is away").wait_for()
    room.people["analyst-1"] = again = Visitor.in_context(analyst.context)
    again.page.goto(address)
    again.page.locator(".clock .time").wait_for()
    room.board.page.get_by_text("analyst-1 is here").wait_for()
    assert len(room.session(server).seats) == 3


def test_another_seat_cannot_be_had_by_editing_the_address(room: Team, server: Server) -> None:
    """With the cookie of one seat every other seat says that it is not yours, and so do board, projector and teams."""
    visitor = Visitor.in_context(room.people["analyst-1"].context)
    for other in ("call-desk-1", "analyst-2", "bank-desk-1", "observer-1", "evaluator-1"):
        for address in (f"/room/{room.room}/seat/{other}", f"/join/{room.room}/{other}/{'A' * 43}"):
            visitor.page.goto(f"{server.url}{address}")
            expect(visitor.page.get_by_text("This is no seat of yours")).to_be_visible()
        assert visitor.context.request.get(f"{server.url}/room/{room.room}/seat/{other}/guide").status == 404
    for inside in ("board", "screen", "debrief"):
        visitor.page.goto(f"{server.url}/room/{room.room}/{inside}")
        assert visitor.page.url.startswith(f"{server.url}/enter")
    visitor.page.goto(f"{server.url}/room/{room.room}/lobby")
    expect(visitor.page.get_by_text("This room is not open to you")).to_be_visible()
    visitor.page.close()


def test_killed_and_started_again_at_the_same_second(room: Team, server: Server) -> None:
    """kill -9 in mid-exercise: the room is there again, on hold, at its second, and no decision is lost."""
    to_a_shared_account(room)
    board = room.board.page
    let_go(board, "0.5")
    before = len(room.session(server).decisions)
    room.people["analyst-1"].page.locator(".clock:not(.held)").wait_for()
    decide(room.people["analyst-1"])
    expect(room.people["analyst-1"].page.get_by_text("Decided:")).to_be_visible()
    server.kill()
    session = room.session(server)
    assert len(session.decisions) == before + 1
    server.start()  # the pages find it again by themselves
    board.locator(".clock.held").wait_for()
    expect(board.locator(".clock .time")).to_have_text(session.view("facilitator")["clock"][11:19])
    for seat, visitor in room.people.items():
        visitor.page.locator(".clock.held").wait_for()
        board.get_by_text(f"{seat} is here").wait_for()
        expect(visitor.page.locator(".sticky")).to_contain_text(seat)
