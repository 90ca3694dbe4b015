"""How trainees come in: a code is typed, or scanned, and opens the lobby of its room, where each takes a free seat."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from sim.exercise import words
from sim.exercise.session import Refused
from sim.web import said
from sim.web.access import LOBBY_COOKIE
from sim.web.codes import LENGTH, TooManyCodesError
from sim.web.numbers import whole
from sim.web.parts import Field, Tag, box, button, go_on, heading, para
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import title_of
from sim.web.seat import LONGEST_NAME, introduce, link_of, typed_name
from sim.web.site import Site, language_of, no_more, not_there, page_of
from sim.words import language as lang
from sim.words.language import say

LONGEST_WAIT: Final = 3600
"""Seconds that an address may say that somebody has to wait."""


def build(site: Site, rooms: Rooms) -> None:
    """Put the pages into the framework's application."""

    async def enter(request: Request, code: str) -> Response:
        """The answer to a code: its room's lobby, or the form again."""
        try:
            room = await site.access.finds(code, rooms.codes(), request.client.host if request.client else "")
        except TooManyCodesError as error:
            return RedirectResponse(f"/code?{urlencode({'wrong': error.seconds})}", status_code=303)
        if not room:
            return RedirectResponse(f"/code?{urlencode({'wrong': 'code'})}", status_code=303)
        answer = RedirectResponse(path_of(room), status_code=303)
        answer.set_cookie(
            LOBBY_COOKIE, site.access.lobby(room, rooms.rooms[room].about.codes), path=path_of(room), httponly=True,
            samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    @ui.page("/code")
    def ask(request: Request, wrong: str = "") -> None:
        with lang.using(language_of(request)), page_of(request, say("Come into a room")), box("panel", "section"):
            code_form(wrong)
            para(say("Whoever leads the exercise shows the code, or gives you a link of your own."), "quiet")

    @app.post("/code")
    async def typed(request: Request, code: Annotated[str, Form(max_length=100)]) -> Response:
        return await enter(request, code)

    @app.get("/code/{code}")
    async def scanned(request: Request, code: str) -> Response:
        return await enter(request, code)

    @ui.page("/room/{room}/lobby")
    def lobby(request: Request, room: str) -> None:
        with lang.using(language_of(request)):
            found = rooms.rooms.get(room)
            if found is None or not site.access.in_lobby(room, found.about.codes, request.cookies):
                gone = say("This room is not open to you. Type the code that your facilitator shows.")
                not_there(request, gone, "/code", say("Type a code"), facilitator=False)
            else:
                _Lobby(request, site, found).show()


def path_of(room: str) -> str:
    """The address of a room's lobby."""
    return f"/room/{room}/lobby"


def code_form(wrong: str = "") -> None:
    """Where a code is typed.

    Args:
        wrong: what was wrong with the last one: seconds until the next is looked at, or anything else; empty: nothing.
    """
    with Tag("form", "", "row", method="post", action="/code"):
        with box("field"):
            label = Tag("label", say("Code of your room"))
            field = Tag(
                "input", "", "code", name="code", required=True, maxlength=20, autocomplete="off",
                autocapitalize="characters", spellcheck="false", size=LENGTH + 2,
            )  # fmt: skip
            label.set(for_=field.html_id)
            told = say("No room has this code. It has six letters and digits.") if wrong else ""
            if seconds := whole(wrong, 1, LONGEST_WAIT):
                told = say("Too many wrong codes came from here: press again in {seconds} s.", seconds=seconds)
            mistake = Tag("span", told, "mistake", role="alert")
            field.set(aria_describedby=mistake.html_id, aria_invalid="true" if wrong else None)
        Tag("button", say("Come in"), "main", type="submit")


def offered(room: Room) -> dict[str, int]:
    """The free seats that a code opens, by role: whoever watches or rates sees all, and needs a link of the own."""
    places = [one for one in room.places.values() if not one.watches]
    roles = dict.fromkeys(one.role for one in places)
    return {role: sum(one.role == role and not one.name for one in places) for role in roles}


class _Lobby:
    """One browser's page before a seat is taken."""

    def __init__(self, request: Request, site: Site, room: Room) -> None:
        self.request, self.site, self.room = request, site, room

    def show(self) -> None:
        """Fill the page, and keep the free seats true."""
        with page_of(self.request, title_of(self.room), links=False) as self.main:
            introduce(self.room.session.exercise)
            with box("panel", "section"):
                heading(2, say("Take your seat"))
                self.name = Field(say("Your name, as the others see it"), maxlength=LONGEST_NAME, autocomplete="name")
                self.place = box("stack")
        self._free: dict[str, int] | None = None
        self._refresh()
        self.room.follow(self._refresh)

    def _refresh(self) -> None:
        if self.room.gone or self.room.session.finished:
            no_more(self.main, say("This room is closed"))
            return
        free = offered(self.room)
        if free == self._free:
            return
        self._free = free
        self.place.clear()
        with self.place:
            for role, number in free.items():
                if number:
                    left = lang.counted(number, "{n} seat is free", "{n} seats are free")
                    with box("row"):
                        button(words.role(self.room.session.exercise, role), partial(self._sit, role), "main")
                        Tag("span", left, "quiet")
            if not any(free.values()):
                para(say("Every seat is taken: ask whoever leads to free one."))

    def _sit(self, role: str) -> None:
        name = typed_name(self.name)
        place = self.room.free(role)
        if not name or place is None:
            return
        try:
            self.room.sit(place.id, name)
        except (Refused, OSError) as error:
            self.name.refuse(said.refusal(error))
            return
        go_on(link_of(self.site, self.room.id, place.id), self.main)
