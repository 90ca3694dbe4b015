"""The seats on the facilitator's board, and how people come to them: a code, a picture of it, and links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import segno

from sim.exercise import words
from sim.exercise.seen import View
from sim.web import codes
from sim.web.access import is_loopback
from sim.web.deeds import Do
from sim.web.parts import Field, Rows, Tag, box, button, confirmed, details, heading, link, para
from sim.web.places import LONGEST, Place
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.seat import link_of
from sim.web.site import Site
from sim.words.language import key, say


class Door:
    """How people come in: the code of the room, and what the room is called."""

    def __init__(self, site: Site, rooms: Rooms, room: Room, base: str, do: Do) -> None:
        """
        Args:
            base: the server's address as the facilitator's browser has it.
        """
        self._site, self._rooms, self._room, self._base, self._do = site, rooms, room, base, do
        self._shown: tuple[Any, ...] = ()
        heading(2, say("Come in"))
        self._place = box()
        with box("row"):
            link(say("View for the projector"), f"/room/{room.id}/screen", "button", target="_blank")
            if room.about.group:
                link(say("Teams side by side"), f"/teams/{room.about.group}", "button")
            if room.origin:
                button(say("Call the people of the first room here"), self._call_people)
        with details(say("Name and date of this room")):
            self._name = Field(say("Name"), room.about.name, maxlength=LONGEST)
            self._date = Field(say("Date"), room.about.date, type="date")
            button(say("Keep them"), self._rename)

    def show(self, _: View) -> None:
        """Show the code of now."""
        room = self._room
        shown = room.about.codes, room.session.finished
        if shown == self._shown:
            return
        self._shown = shown
        self._place.clear()
        with self._place:
            if room.session.finished:
                para(say("The exercise is over: nobody comes in any more."), "quiet")
                return
            code_of_room(self._site, room, self._base)
        with self._place, box("row"):
            confirmed(say("Another code"), say("Press again: the code of now opens nothing any more"), self._renew)

    def _renew(self) -> None:
        about = self._room.about
        self._do(lambda: self._room.call(replace(about, codes=about.codes + 1)), say("The room has another code."))

    def _rename(self) -> None:
        about = self._room.about.named(self._name.value, self._date.value)
        if self._do(lambda: self._room.call(about), say("The room is called so now.")):
            self._rooms.changed.emit()

    def _call_people(self) -> None:
        self._do(lambda: self._rooms.call_people(self._room), say("The pages of the first room lead here now."))


def code_of_room(site: Site, room: Room, base: str) -> None:
    """The code of a room, where it is typed, and the same as a picture for the camera of a telephone."""
    code = site.access.code(room.id, room.about.codes)
    with box("door"):
        picture = segno.make_qr(f"{base}/code/{code}", error="m").svg_data_uri(scale=4, border=2)
        Tag("img", src=picture, alt=say("The address with the code, for a camera"))
        with box():
            Tag("strong", codes.shown(code), "code")
            para(say("Type it at {address}", address=f"{base}/code"))
            host = base.partition("://")[2].partition(":")[0]
            if is_loopback(host):
                para(say("This address is right on this machine only."), "quiet")


class Seats:
    """All places of a room: who has each, and its link."""

    def __init__(self, site: Site, room: Room, base: str, do: Do) -> None:
        self._room = room
        heading(2, say("Seats"))
        para(say("Each link is the key to its seat: give it to one person alone."), "quiet")
        with Tag("ul", "", "plain stack") as place:
            self._places = Rows(place, lambda seat: _SeatRow(site, room, base, room.places[seat], do))

    def show(self, _: View) -> None:
        """Show who has which place now."""
        self._places.show([(one.id, state_of(self._room, one)) for one in self._room.places.values()])


def state_of(room: Room, place: Place) -> tuple[str, str, bool]:
    """(what is shown of a place, its class, whether somebody has it); nobody plays who watches or leads."""
    decides = not place.watches
    if not place.name:
        return say("free: the model plays") if decides else say("free"), "tag", False
    if room.present[place.id]:
        return say("{name} is here", name=place.name), "tag good", True
    if place.id in room.session.seats:
        return say("{name} is away", name=place.name), "tag warn", True
    gone = key("{name} is gone: the model plays") if decides else key("{name} is gone")
    return say(gone, name=place.name), "tag bad", True


class _SeatRow:
    """One place on the board: who has it, and its link."""

    def __init__(self, site: Site, room: Room, base: str, place: Place, do: Do) -> None:
        self._room, self._id, self._do = room, place.id, do
        title = f"{words.role(room.session.exercise, place.role)} {place.id.rpartition('-')[2]}"
        with box("", "li") as self.box:
            with box("row"):
                Tag("strong", title)
                self._state = Tag("span")
            with box("row apart"):
                link(say("Link of {seat}", seat=title), base + link_of(site, room.id, place.id))
                self._free = button(say("Free this seat"), self._stand_up, aria_label=say("Free {seat}", seat=title))

    def _stand_up(self) -> None:
        self._do(lambda: self._room.stand_up(self._id))

    def show(self, data: tuple[str, str, bool]) -> None:
        """Show (text, classes, whether it is taken)."""
        text, classes, taken = data
        self._state.set_text(text)
        for name in ("tag", "good", "warn", "bad"):
            self._state.mark_as(name, name in classes.split())
        self._free.set(hidden=not taken)
