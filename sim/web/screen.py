"""What a projector shows of a room to everybody in it: time, money that is known, objectives. Nothing else is sent."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from sim.exercise import objectives, words
from sim.exercise.seen import View
from sim.web import live
from sim.web.board_seats import code_of_room
from sim.web.parts import Tag, box, heading, para
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import day_of, no_room, title_of
from sim.web.site import Site, no_more, page_of
from sim.web.standing import Known, money_of
from sim.words import language as lang
from sim.words.language import say


def build(site: Site, rooms: Rooms) -> None:
    """Put the page into the framework's application."""

    @site.page("/room/{room}/screen")
    def screen(request: Request, room: str) -> None:
        found = rooms.rooms.get(room)
        if found is None:
            no_room(request, rooms, room)
        else:
            _Screen(request, site, found).show()


def money_words(money: Known) -> Sequence[tuple[str, str]]:
    """(what it is, amount) of the money that is known."""
    return [
        (say("reported as paid"), lang.money(money.paid)), (say("found by stops"), lang.money(money.caught)),
        (say("known to be out"), lang.money(money.out)),
    ]  # fmt: skip


class _Screen:
    """One browser's view of one room, for a wall."""

    def __init__(self, request: Request, site: Site, room: Room) -> None:
        self.request, self.site, self.room = request, site, room
        self._version = -1

    def show(self) -> None:
        """Fill the page, and keep it true."""
        base = str(self.request.base_url).rstrip("/")
        exercise = self.room.session.exercise
        with page_of(self.request, title_of(self.room), links=False) as self.main:
            self.main.classes("wall")
            if day := day_of(self.room):
                para(day, "quiet")
            with box("panel row apart"):
                self._clock = live.Clock()
                self._left = Tag("strong", "", "left")
            self._door = box("panel", "section")
            with self._door:
                heading(2, say("Come in"))
                code_of_room(self.site, self.room, base)
            with box("panel", "section"):
                heading(2, say("The money that is known"))
                self._amounts: list[Tag] = []
                with box("figures", "dl"):
                    for label, _ in money_words(Known(0, 0, 0)):
                        with box():
                            Tag("dt", label)
                            self._amounts.append(Tag("dd"))
            with box("panel", "section"):
                heading(2, say("Objectives"))
                self._objectives: dict[str, Tag] = {}
                with Tag("ol", "", "objectives"):
                    for one in exercise.objectives:
                        with Tag("li"):
                            Tag("span", words.told(one.text))
                            self._objectives[one.id] = Tag("span", "", "tag")
        self._refresh()
        self.room.follow(self._refresh, self._clock.show)

    def _refresh(self) -> None:
        room, session = self.room, self.room.session
        if room.gone:
            no_more(self.main, say("This room was deleted"))
            return
        view: View = session.view("facilitator")
        self._clock.show(view)
        left = max(0, session.exercise.ends - session.now)
        self._left.set_text("" if session.finished else say("{time} left", time=lang.countdown(left)))
        self._door.set(hidden=session.finished or session.now > session.exercise.starts)
        if self._version == session.version:
            return
        self._version = session.version
        for place, (_, amount) in zip(self._amounts, money_words(money_of(view)), strict=True):
            place.set_text(amount)
        for one, found in zip(session.exercise.objectives, objectives.so_far(session), strict=True):
            self._objectives[one.id].set_text(objectives.told(one, found))
            self._objectives[one.id].mark_as("good", found.met)
