"""A trainee's page: what the role of its seat knows, and the decisions that are its to take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from nicegui import app, ui

from sim.exercise import words
from sim.exercise.acts import Decision
from sim.exercise.models import Exercise
from sim.exercise.seen import ClockSeen, MessageSeen, View
from sim.exercise.session import Refused
from sim.exercise.talk import is_from
from sim.exercise.undecided import LeftToDesks
from sim.exercise.vocabulary import EVALUATOR
from sim.web import choices, deeds, flow, live, said
from sim.web.access import SEAT_COOKIE
from sim.web.after import of_whole, page_of_seat
from sim.web.beyond import beyond_the_tasks
from sim.web.evaluator import Evaluation
from sim.web.led_to import LedTo
from sim.web.parts import Field, Tag, box, button, go_on, heading, link, para
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import wait_page
from sim.web.site import Site, language_of, no_more, not_there, page_of
from sim.web.talk import Calls, Messages, Writing, to_be_heard
from sim.words import language as lang
from sim.words import names
from sim.words.language import say
from sim.words.units import MINUTE
from sim.workflow.log import NONE

T = TypeVar("T")

LONGEST_NAME: Final = 40
"""Characters."""


def build(site: Site, rooms: Rooms) -> None:
    """Put the pages of seats into the framework's application."""

    def held(request: Request, room: str, seat: str) -> Room | None:
        """The room of a seat that a request holds; None where it holds none there."""
        found = rooms.rooms.get(room)
        mine = found is not None and seat in found.places and site.access.holds_seat(room, seat, request.cookies)
        return found if mine else None

    @app.get("/join/{room}/{seat}/{token}")
    def join(request: Request, room: str, seat: str, token: str) -> Response:
        """The link of a seat: its secret moves into a cookie for this seat's page alone."""
        path = path_of(room, seat)
        answer = RedirectResponse(path, status_code=303)
        if site.access.opens(room, seat, token):
            answer.set_cookie(
                SEAT_COOKIE, token, path=path, httponly=True, samesite="lax", secure=request.url.scheme == "https"
            )
        return answer

    @app.get("/room/{room}/seat/{seat}/result")
    def result(request: Request, room: str, seat: str) -> Response:
        """The page of whoever sat there: what they did, to read and to print."""
        found = held(request, room, seat)
        if found is None or not found.session.finished:
            raise HTTPException(404)
        place = page_of_seat(found.folder, language_of(request), seat)
        if not (of_whole(found.folder, found.session.exercise.ends) and place.is_file()):
            raise HTTPException(404)
        return FileResponse(place, media_type="text/html", content_disposition_type="inline")

    @app.get("/room/{room}/seat/{seat}/guide")
    def guide(request: Request, room: str, seat: str) -> Response:
        """The guide of an evaluator, to print."""
        found = held(request, room, seat)
        if found is None or found.places[seat].role != EVALUATOR:
            raise HTTPException(404)
        with lang.using(language_of(request)):
            return guide_of(found)

    @ui.page("/room/{room}/seat/{seat}")
    def seat_page(request: Request, room: str, seat: str) -> None:
        with lang.using(language_of(request)):
            found = held(request, room, seat)
            if room in rooms.restoring and site.access.holds_seat(room, seat, request.cookies):
                wait_page(request, rooms, room, facilitator=False)
            elif found is None:
                gone = say("This is no seat of yours. Open the link that your facilitator gave you.")
                not_there(request, gone, "", "", facilitator=False)
            else:
                _Seat(request, site, rooms, found, seat).show()


def path_of(room: str, seat: str) -> str:
    """The address of a seat's page."""
    return f"/room/{room}/seat/{seat}"


def link_of(site: Site, room: str, seat: str) -> str:
    """The path with which somebody takes a seat: whoever has it has the seat."""
    return f"/join/{room}/{seat}/{site.access.token(room, seat)}"


def typed_name(field: Field) -> str:
    """The name in a field; empty where there is none, which is then said beside it."""
    name = " ".join(field.value.split())[:LONGEST_NAME]
    field.refuse("" if name else say("read nothing, accepted: a name"))
    return name


def guide_of(room: Room) -> Response:
    """The evaluation guide of a room, in the language of this context."""
    from sim.exercise.guide import guide  # with the libraries of the extra, which the server itself does not need

    return HTMLResponse(guide(room.session.loaded))


def introduce(exercise: Exercise) -> None:
    """What whoever comes into a room reads first."""
    with box("panel", "section"):
        heading(2, words.told(exercise.title))
        if exercise.question is not None:
            para(words.told(exercise.question), "lead")
        para(words.told(exercise.briefing))
        heading(3, say("What the room is to learn"))
        with Tag("ul"):
            for one in exercise.objectives:
                Tag("li", words.told(one.text))


class _Seat:
    """One browser's page of one seat."""

    def __init__(self, request: Request, site: Site, rooms: Rooms, room: Room, seat: str) -> None:
        self.request, self.site, self.rooms = request, site, rooms
        self.room = room
        self.seat = seat
        self.role = room.places[seat].role
        self.watches = room.places[seat].watches
        self.sees = "observer" if self.watches else self.role
        self.exercise = room.session.exercise
        self.duty = self.exercise.role(self.role)
        self.title = words.told(self.duty.title)
        self._sat: bool | None = None
        self._clock: live.Clock | None = None
        self._led = room.about.moved_to
        """The branch to which this page was led."""
        self._version: tuple[int, int] | None = None
        """Version of the session, and its minute, of what is shown."""
        self._always: list[Callable[[View], None]] = []
        self._changing: list[Callable[[View], None]] = []

    def show(self) -> None:
        """Fill the page, and keep it true as long as it is there."""
        client = ui.context.client
        with page_of(self.request, self.title, links=False) as self.main:
            self.place = box()
        self._refresh()
        self.room.follow(self._refresh, self._show_clock)
        client.on_connect(lambda: self.room.page_opened(self.seat))
        client.on_disconnect(lambda: self.room.page_closed(self.seat))

    def _show_clock(self, now: ClockSeen) -> None:
        if self._clock is not None:
            self._clock.show(now)

    def _refresh(self) -> None:
        if self.room.gone:
            no_more(self.main, say("This room was deleted"))
            return
        sat = bool(self.room.places[self.seat].name)
        if sat != self._sat:
            self._sat, self._version = sat, None
            self.place.clear()
            with self.place:
                self._desk() if sat else self._lobby()
        if self.room.about.moved_to != self._led:
            self._led = self.room.about.moved_to
            if link_on := self._link_on():
                go_on(link_on, self.main)
        if not sat:
            return
        view = self._view()
        for show in self._always:
            show(view)
        version = self.room.session.version, view["now"] // MINUTE  # ages of money change with the minute
        if self._version != version:
            self._version = version
            for show in self._changing:
                show(view)

    def _link_on(self) -> str:
        """Where this seat goes on, if the room's people were called to a branch; empty where they were not."""
        branch = self.rooms.rooms.get(self.room.about.moved_to)
        return "" if branch is None or self.seat not in branch.places else link_of(self.site, branch.id, self.seat)

    # -- before ------------------------------------------------------------------------------------------------

    def _lobby(self) -> None:
        introduce(self.exercise)
        with box("panel", "section"):
            heading(2, say("Take your seat"))
            self.name = Field(
                say("Your name, as the others see it"), maxlength=LONGEST_NAME, autocomplete="name", on_enter=self._sit
            )
            button(say("Sit down"), self._sit, "main")

    def _sit(self) -> None:
        name = typed_name(self.name)
        if not name:
            return
        try:
            self.room.sit(self.seat, name)
        except (Refused, OSError) as error:
            self.name.refuse(said.refusal(error))

    # -- at work -----------------------------------------------------------------------------------------------

    def _view(self) -> View:
        return self.room.session.view(self.sees, "" if self.watches else self.seat)

    def _desk(self) -> None:
        session, view = self.room.session, self._view()
        start = session.scenario.start
        act = None if self.watches else self._act
        may_write = "message" in self.duty.may
        with box("panel sticky"):
            self._clock = live.Clock()
            with box("row"):
                Tag("strong", self.room.places[self.seat].name)
                Tag("span", self.title, "tag")
            self.notice = live.Notice()
            self._always, self._changing = [self._clock.show], []
            if not self.watches:
                answers = self._answer if may_write else None
                self._changing.append(Calls(session, self.seat, self.role, self._hear, answers).show)
            with box("row"):
                self._over = para(say("The exercise is over. Your own result is here as soon as the report is made."))
                result = f"{path_of(self.room.id, self.seat)}/result"
                self._result = link(say("Your own result, to read and to print"), result, "button main", hidden=True)
                if link_on := self._link_on():
                    link(say("Go on in the branch to which you were called"), link_on, "button main")
        writing: Writing

        def answer(message: str) -> None:
            writing.answer(message)

        with box("room"):
            with box("stack"):
                if self.role == EVALUATOR:
                    of = f"{path_of(self.room.id, self.seat)}/guide"
                    sheet = panel(lambda: Evaluation(session, start, self._name, of, self._do))
                    self._changing.append(sheet.show)
                tasks = panel(lambda: choices.Tasks(act, self._gone, several=self._has_several_desks(view)))
                if "accounts" in view:
                    self._changing.append(panel(lambda: live.Accounts(act)).show)
                if {"call_in", "policy"} & {*self.duty.may} and self.duty.desks:
                    panel(lambda: beyond_the_tasks(self.duty, view, self._act))
            with box("stack"):
                answers_to = answer if may_write else None
                messages = panel(lambda: Messages(self.exercise, start, answers_to, self._silent, self._is_own))
                if may_write:
                    writing = panel(self._writing)
                    self._changing.append(writing.show)
                if not self.watches:
                    left = LeftToDesks(session, self.duty)
                    self._changing.append(panel(lambda: LedTo(start, left)).show)
                if flow.has_flows(view):
                    self._changing.append(panel(live.Flow).show)
                if "cases" in view:
                    self._changing.append(panel(lambda: live.Cases(act if "team" in self.duty.may else None)).show)
                timeline = panel(lambda: live.Timeline(start, say("What happened")))
                self._changing.append(panel(live.Desks).show)
        self._changing.append(lambda view: timeline.show(said.timeline(view, self.exercise)))
        self._always += [tasks.show, messages.show, self._show_over]

    def _writing(self) -> Writing:
        heading(2, say("Write"))
        return Writing(self.room.session, self.seat, self._write)

    def _silent(self, one: MessageSeen) -> bool:
        return not self.watches and to_be_heard(self.room.session, self.role, one)

    def _is_own(self, message: str) -> bool:
        return is_from(message, self.seat, self.room.session.decisions)

    def _name(self) -> str:
        return self.room.places[self.seat].name

    def _show_over(self, view: View) -> None:
        """Once the room is over: where whoever sits here reads what came of it."""
        over, folder = view["finished"] and not self.watches, self.room.folder
        page = page_of_seat(folder, lang.language(), self.seat)
        there = over and page.is_file() and of_whole(folder, self.exercise.ends)
        self._over.set(hidden=there or not over)
        self._result.set(hidden=not there)

    def _has_several_desks(self, view: View) -> bool:
        """Whether tasks come from desks that have to be told apart; an account says its bank itself."""
        own = [one["name"] for one in view["desks"] if self.duty.has(one["name"])]
        return self.watches or sum(not names.is_asked(name) for name in own) > 1

    def _write(self, note: str, to: str = "", reply: str = "") -> bool:
        return self._act("message", note=note, to=to, reply=reply)

    def _answer(self, message: str, text: str) -> bool:
        return self._write(text, reply=message)

    def _hear(self, inject: str) -> bool:
        return self._do(lambda: self.room.session.talk.hear(self.seat, inject))

    def _do(self, do: Callable[[], object], done: str = "") -> bool:
        """Do something that is no decision, and say what became of it; whether it was done."""
        return deeds.done(self.room, self.notice, do, done)

    def _gone(self, task: str) -> None:
        """Say why a decision that somebody was about to take is no longer open."""
        taken = next((one for one in reversed(self.room.session.decisions) if one.task == task), None)
        if taken is None:
            self.notice.tell(said.refused("over"), bad=True)
        elif taken.seat != self.seat:
            self.notice.tell(said.refused("taken", who=taken.name), bad=True)

    def _act(
        self, action: str, case: int = NONE, account: int = NONE, desk: str = "", *, policy: str = "", note: str = "",
        to: str = "", reply: str = "",
    ) -> bool:  # fmt: skip
        """Decide, and say what became of it; whether it was done."""

        def decide() -> Decision:
            return self.room.session.act(
                self.seat, action, case=case, account=account, desk=desk, policy=policy, note=note, to=to, reply=reply
            )

        def words_of(made: Decision) -> str:
            if to:
                return say("Sent.")
            return said.done(action, case=made.case, account=made.account, place=made.desk, policy=policy)

        return deeds.done(self.room, self.notice, decide, words_of)


def panel(make: Callable[[], T]) -> T:
    """A part of a page in a panel of its own."""
    with box("panel", "section"):
        return make()
