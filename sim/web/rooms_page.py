"""The list of rooms, and where a room is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from sim.exercise import words
from sim.exercise.drafts import texts
from sim.exercise.levels import LEVELS
from sim.exercise.load import Entry, Loaded
from sim.web import aside, said
from sim.web.exercises import Exercises
from sim.web.faults import refused_page
from sim.web.opening import Opening
from sim.web.parts import (
    Tag,
    box,
    confirmed,
    heading,
    link,
    para,
    subscribe,
    upload_form,
)
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.site import Site, not_there, page_of, to_pin
from sim.words import language as lang
from sim.words.language import say, translate


def build(site: Site, rooms: Rooms, exercises: Exercises) -> None:
    """Put the page into the framework's application."""

    @site.page("/rooms")
    async def all_rooms(request: Request) -> None:
        entries = await aside.short(exercises.all)
        with page_of(request, say("Exercises"), here="/rooms", facilitator=True):
            _kept(rooms)
            _own()
            await _choose(rooms, exercises, entries)

    @site.page("/rooms/upload/{name}")
    def refused(request: Request, name: str) -> None:
        if name in exercises.uploads.refused:
            refused_page(request, exercises.uploads.refused[name], "/rooms", say("Back to the exercises"))
        else:
            not_there(request, say("There is no such file."), "/rooms", say("Back to the exercises"))

    @app.post("/rooms/upload")
    async def upload(request: Request) -> Response:
        if not site.facilitator(request):
            return to_pin(request)
        name = await exercises.uploads.receive(request)
        to = f"/rooms/upload/{name}" if name in exercises.uploads.refused else "/rooms"
        return RedirectResponse(to, status_code=303)


def title_of(room: Room) -> str:
    """What a room is called: its own name, or what it plays; and its team."""
    about = room.about
    return say(", ").join(filter(None, (about.name or words.told(room.session.exercise.title), about.team_words)))


def day_of(room: Room) -> str:
    """The day for which a room is meant; empty where it has none."""
    return lang.date(datetime.fromisoformat(room.about.date)) if room.about.date else ""


def no_room(request: Request, rooms: Rooms, name: str) -> None:
    """The page in place of one of a room that is not there, or cannot be opened: it says why."""
    if name in rooms.restoring:
        wait_page(request, rooms, name)
        return
    gone = translate(rooms.broken.get(name, "")) or say("There is no such room. It may have been closed.")
    not_there(request, gone, "/rooms", say("Back to the exercises"))


def wait_page(request: Request, rooms: Rooms, name: str, *, facilitator: bool = True) -> None:
    """The page in place of one of a room that is being restored: the room's own follows as soon as it is ready."""

    def ready() -> None:
        if name not in rooms.restoring:
            ui.navigate.reload()

    with page_of(request, say("This room is being restored"), facilitator=facilitator, links=facilitator):
        para(say("The server was started again. The page of the room appears here by itself when it is ready."))
        Tag("progress", aria_label=say("Progress"))
    subscribe(rooms.changed, ready)


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
    if not rooms.rooms and not rooms.broken and not rooms.restoring:
        para(say("None yet: choose an exercise below."), "quiet")
    with Tag("ul", "", "plain stack"):
        for room in rooms.rooms.values():
            with Tag("li", "", "row"):
                link(title_of(room), f"/room/{room.id}/board", "button")
                level = LEVELS[room.session.exercise.difficulty]
                known = (room.id, day_of(room), say(level.name) if level.what else "")
                Tag("span", say(", ").join(filter(None, known)), "quiet")
                Tag("span", said.state(held=room.session.held, finished=room.session.finished), "tag")
                if room.about.group and not room.origin:
                    link(say("Teams side by side"), f"/teams/{room.about.group}")
                if room.origin:
                    Tag("span", say("a branch of {room}", room=room.origin), "tag")
                sure = say("Press again: {room} and its journal will be gone", room=room.id)
                confirmed(say("Delete"), sure, partial(rooms.close, room), say("Delete {title}", title=room.id))
        for name in sorted(rooms.restoring):
            with Tag("li", "", "row"):
                Tag("span", name)
                Tag("span", say("restoring"), "tag warn", role="status")
        for name, why in rooms.broken.items():
            with Tag("li", "", "row"):
                Tag("span", name)
                Tag("span", translate(why), "mistake")
                sure = say("Press again: {room} and its journal will be gone", room=name)
                confirmed(say("Delete"), sure, partial(rooms.close_broken, name), say("Delete {title}", title=name))


async def _choose(rooms: Rooms, exercises: Exercises, entries: Sequence[tuple[Entry, Callable[[], Loaded]]]) -> None:
    heading(2, say("Open a room"))
    for path, why in exercises.damaged.items():
        said_title = texts(await aside.short(exercises.title_of, path))[lang.LANGUAGES.index(lang.language())]
        _damaged(exercises, path, said_title, why)
    if not entries:
        para(say("No exercise is installed."), "quiet")
    for entry, load in entries:
        await aside.turn()
        with box("panel", "section") as panel:
            Opening(rooms, entry, load)
            if exercises.is_uploaded(entry):
                link(say("Edit"), f"/rooms/make/{entry.path.parent.name}", "button")
                title = words.told(entry.exercise.title)
                sure = say("Press again: this file will be gone")
                confirmed(say("Delete"), sure, partial(_delete, exercises, entry, panel),
                          say("Delete {title}", title=title))  # fmt: skip


def _damaged(exercises: Exercises, path: Path, title: str, why: str) -> None:
    """An uploaded file that cannot be read, or is not finished yet."""
    name = path.parent.name
    with box("panel row") as panel:
        Tag("span", title or name)
        Tag("span", translate(why), "mistake")
        link(say("Edit"), f"/rooms/make/{name}", "button")

        def delete() -> None:
            exercises.uploads.delete(path)
            panel.delete()

        confirmed(say("Delete"), say("Press again: this file will be gone"), delete, say("Delete {title}", title=name))


def _delete(exercises: Exercises, entry: Entry, panel: Tag) -> None:
    exercises.uploads.delete(entry.path)
    panel.delete()


def _own() -> None:
    """The ways to an exercise of one's own: above all that are shipped, or nobody finds them."""
    with box("panel", "section"):
        heading(2, say("Make your own exercise"))
        link(say("Make an exercise"), "/rooms/make", "button")
        para(
            say(
                "Or bring an exercise file in YAML, at most 256 KB, over a shipped scenario or one that was uploaded in"
                " the planner, by its name."
            )
        )
        upload_form("/rooms/upload", say("Exercise file"), say("Add this exercise"))
