"""The list of rooms, and where a room is opened."""

from __future__ import annotations

from functools import partial

from fastapi import Request
from nicegui import ui

from sim import lang
from sim.exercise import words
from sim.exercise.load import Entry, list_exercises, load_exercise
from sim.lang import say
from sim.web import said
from sim.web.parts import Field, Tag, box, button, confirmed, heading, link, para, subscribe
from sim.web.rooms import Room, Rooms
from sim.web.site import Site, page_of


def build(site: Site, rooms: Rooms) -> None:
    """Put the page into the framework's application."""

    @site.page("/rooms")
    def all_rooms(request: Request) -> None:
        with page_of(request, say("Exercises"), here="/rooms", facilitator=True):
            _kept(rooms)
            _choose(rooms)


def title_of(room: Room) -> str:
    """What a room plays."""
    return words.told(room.session.exercise.title)


def _kept(rooms: Rooms) -> None:
    with box("panel", "section"):
        heading(2, say("Rooms"))
        place = box()

        def show() -> None:
            place.clear()
            with place:
                _list_of(rooms)

        show()
        subscribe(rooms.changed, show)


def _list_of(rooms: Rooms) -> None:
    if not rooms.rooms and not rooms.broken:
        para(say("None yet: choose an exercise below."), "quiet")
    with Tag("ul", "", "plain stack"):
        for room in rooms.rooms.values():
            with Tag("li", "", "row"):
                link(title_of(room), f"/room/{room.id}/board", "button")
                Tag("span", room.id, "quiet")
                Tag("span", said.state(room.session.view("facilitator")), "tag")
                if room.origin:
                    Tag("span", say("a branch of {room}", room=room.origin), "tag")
                sure = say("Press again: {room} and its journal will be gone", room=room.id)
                confirmed(say("Delete"), sure, partial(rooms.close, room), say("Delete {title}", title=room.id))
        for name, why in rooms.broken.items():
            with Tag("li", "", "row"):
                Tag("span", name)
                Tag("span", why, "mistake")


def _choose(rooms: Rooms) -> None:
    heading(2, say("Open a room"))
    entries = list_exercises()
    if not entries:
        para(say("No exercise is installed."), "quiet")
    for entry in entries:
        with box("panel", "section"):
            _Opening(rooms, entry)


class _Opening:
    """One exercise, and how many chairs its room is to have."""

    def __init__(self, rooms: Rooms, entry: Entry) -> None:
        self._rooms, self._entry, exercise = rooms, entry, entry.exercise
        heading(3, words.told(exercise.title))
        if exercise.question is not None:
            para(words.told(exercise.question), "quiet")
        with box("fields"):
            self._counts = {
                name: Field(words.told(role.title), "1", options=[(f"{n}", _seats(n)) for n in range(role.seats + 1)])
                for name, role in exercise.roles.items()
            }
        self._mistake = Tag("p", "", "mistake", role="alert")
        button(say("Open this room"), self._open, "main")

    def _open(self) -> None:
        counts = {role: int(one.value) for role, one in self._counts.items()}
        try:
            room = self._rooms.open(load_exercise(self._entry.name), counts)
        except (OSError, ValueError) as error:
            self._mistake.set_text(str(error))
        else:
            ui.navigate.to(f"/room/{room.id}/board")


def _seats(n: int) -> str:
    return say("nobody: the model plays it") if n == 0 else lang.counted(n, "{n} seat", "{n} seats")
