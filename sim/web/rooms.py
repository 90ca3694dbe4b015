"""Rooms: the exercises that are being played on this server, their seats, and the one clock that drives them all."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from nicegui.event import Event

from sim.exercise.fits import check_size
from sim.exercise.load import Loaded
from sim.exercise.session import JournalError, Session
from sim.report.publish.files import whole_or_absent
from sim.report.publish.kept import take_away
from sim.scenario.errors import one_line
from sim.web import aside, garbage
from sim.web.places import FILE as PLACES
from sim.web.places import WATCHING, About, kept_in, places_of
from sim.web.room import FACILITATOR, Room
from sim.words.phrases import phrase, text_of, tidied

TICK: Final = 1.0
"""Seconds between two ticks of the clock."""

NAMELESS: Final = About()

_log = logging.getLogger(__name__)


def _restored(place: Path) -> Room | str:
    """The room in a folder as it was, or in one line why it cannot be had."""
    try:
        places, about = kept_in(place)
        session = Session.load(place)
        strange = [one.role for one in places.values() if one.role not in (*session.exercise.roles, *WATCHING)]
        if strange:
            known = ", ".join(session.exercise.roles)
            raise JournalError(
                phrase(
                    "{places}: read the role {strange}, accepted: {known}",
                    places=PLACES, strange=strange[0], known=known,
                )
            )  # fmt: skip
        return Room(place.name, place, session, places, about)
    except (OSError, JournalError) as error:
        return tidied(text_of(error), lambda text: one_line(text.replace(f"{place}/", "")))
    except Exception:  # whatever is wrong with one room, the others come up
        return phrase("a damaged journal")


class Rooms:
    """All rooms of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rooms: dict[str, Room] = {}
        self.broken: dict[str, str] = {}
        """Why a room could not be restored, in one line."""
        self.restoring: set[str] = set()
        """Rooms that are not ready yet."""
        self.changed: Event[[]] = Event()

    def _found(self) -> list[Path]:
        """The folders of all rooms that are kept; what was half made or half deleted is taken away."""
        for half in self.folder.glob(".*/"):
            shutil.rmtree(half, ignore_errors=True)
        return sorted(one for one in self.folder.glob("*/") if one.is_dir() and not one.name.startswith("."))

    def restore(self) -> None:
        """Open every room that is kept, each at the second at which it was, on hold."""
        for place in self._found():
            self._came_back(place.name, _restored(place))

    async def restore_beside(self) -> None:
        """`restore` beside the clocks: until a room is ready it is in `restoring`."""
        places = self._found()
        self.restoring.update(place.name for place in places)
        for place in places:
            found = await aside.long(_restored, place)
            if place.name in self.restoring:  # else it was deleted meanwhile
                self._came_back(place.name, found)

    def _came_back(self, name: str, found: Room | str) -> None:
        """Take up a room that was restored, or why it could not be."""
        self.restoring.discard(name)
        if isinstance(found, Room):
            try:
                found.restored()
            except OSError as error:
                found = text_of(error)
        if isinstance(found, Room):
            self.rooms[name] = found
        else:
            _log.error("%s cannot be opened: %s", name, one_line(found))
            self.broken[name] = found
        self.changed.emit()

    def open(self, loaded: Loaded, counts: Mapping[str, int], about: About = NAMELESS) -> Room:
        """A new room, on hold until the facilitator lets it begin.

        Raises:
            ScenarioError: it is too large.
            OSError: the data folder cannot be written.
        """
        return self._add(*self._opened(lambda: loaded, counts, [about])[0])

    async def open_beside(
        self, load: Callable[[], Loaded], counts: Mapping[str, int], abouts: Sequence[About] = (NAMELESS,)
    ) -> list[Room]:
        """`open` beside the clocks, with the reading of the exercise: a room for each of `abouts`, all on one luck.

        Raises:
            ScenarioError: it cannot be read, or is too large.
            OSError: the data folder cannot be written.
        """
        return [self._add(*one) for one in await aside.long(self._opened, load, counts, abouts)]

    def _opened(
        self, load: Callable[[], Loaded], counts: Mapping[str, int], abouts: Sequence[About]
    ) -> list[tuple[Room, Path]]:
        """New rooms, each with the folder in which its files are now; all of them or none."""
        loaded = load()
        check_size(loaded)
        made: list[tuple[Room, Path]] = []
        try:
            for about in abouts:
                name, folder = self._new(loaded.exercise.name)
                engine = made[0][0].session.engine if made else None
                plan, program = (engine.plan, engine.program) if engine else (None, None)
                with whole_or_absent(folder) as beside:
                    session = Session.start(loaded, beside, held=True, plan=plan, program=program)
                    room = Room(name, beside, session, places_of(loaded, counts), about)
                    room.keep()
                made.append((room, folder))
        except OSError:
            for _, folder in made:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return made

    async def branch_beside(self, room: Room, at: int) -> Room:
        """`branch` beside the clocks.

        Raises:
            OSError: the data folder cannot be written.
        """
        return self._add(*await aside.long(self._branched, room, at))

    def branch(self, room: Room, at: int) -> Room:
        """Another room, equal to a room up to `at` (ms), on hold, with the same people: each place waits for its page.

        Raises:
            OSError: the data folder cannot be written.
        """
        return self._add(*self._branched(room, at))

    def _branched(self, room: Room, at: int) -> tuple[Room, Path]:
        name, folder = self._new(room.session.exercise.name)
        about = replace(room.about, origin=room.id, first=room.first, moved_to="", codes=0)
        with whole_or_absent(folder) as beside:
            session = room.session.branch(at, beside)
            if not session.finished:
                session.hold(FACILITATOR)
            made = Room(name, beside, session, dict(room.places), about)
            made.wait_for_pages()
            made.keep()
        return made, folder

    def call_people(self, to: Room) -> None:
        """Let the people of the room that a branch left go on in the branch: their pages lead them there.

        Raises:
            OSError: it cannot be written.
        """
        origin = self.rooms.get(to.origin)
        if origin is not None:
            origin.call(replace(origin.about, moved_to=to.id))

    def teams(self, group: str) -> list[Room]:
        """The rooms of several teams on the same luck, by the teams' names; branches are not among them."""
        mine = [one for one in self.rooms.values() if group and one.about.group == group and not one.origin]
        return sorted(mine, key=lambda one: (one.about.team, one.id))

    def codes(self) -> dict[str, int]:
        """The rooms that can be entered with a code, and the number of each one's code."""
        return {one.id: one.about.codes for one in self.rooms.values() if not one.session.finished}

    def close(self, room: Room) -> None:
        """Take a room and all its files away.

        Raises:
            OSError: they cannot be deleted.
        """
        take_away(room.folder)
        self.rooms.pop(room.id, None)
        room.gone = True
        room.changed.emit()
        self.changed.emit()

    def close_broken(self, name: str) -> None:
        """Take the files of a room away that could not be restored.

        Raises:
            OSError: they cannot be deleted.
        """
        take_away(self.folder / name)
        self.broken.pop(name, None)
        self.changed.emit()

    def family(self, room: Room) -> Sequence[Room]:
        """A room and all that branched off the same one, the first one first."""
        kin = [one for one in self.rooms.values() if one.first == room.first]
        return sorted(kin, key=lambda one: one.id != one.first)

    def _new(self, exercise: str) -> tuple[str, Path]:
        name = f"{exercise[:40]}-{secrets.token_hex(3)}"
        return name, self.folder / name

    def _add(self, room: Room, folder: Path) -> Room:
        """Take up a room whose files are in a folder now."""
        room.folder = folder
        room.session.journal.moved_to(folder)
        self.rooms[room.id] = room
        self.changed.emit()
        return room

    # -- the clock ---------------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Drive the clock of every room until the server ends."""
        due = monotonic()
        while True:
            due = max(due + TICK, monotonic())  # after a hiccup the clock goes on from where it is
            await self._draw(due)
            await asyncio.sleep(due - monotonic())
            for room in list(self.rooms.values()):
                self._tick(room, monotonic())
                await asyncio.sleep(0)  # decisions come between two rooms
            garbage.search_when_still(still=not any(room.running for room in self.rooms.values()))

    async def _draw(self, due: float) -> None:
        """Let the pages that wait be drawn until the clocks go on (`due`, monotonic s): of each room one, in turn."""
        waiting = True
        while waiting and monotonic() < due:
            waiting = False
            for room in list(self.rooms.values()):
                if monotonic() < due and room.draw_next():
                    waiting = True
                    await asyncio.sleep(0)  # clocks are sent, and decisions come, between two pages

    def _tick(self, room: Room, now: float) -> None:
        before = room.session.version
        try:
            room.send_away(now)
            if room.running:
                room.go(TICK)
        except OSError as error:
            _log.error("%s: %s", room.id, error)
            return
        except Exception:  # whatever is wrong with one room, the others' clocks go on
            _log.exception("%s is put on hold", room.id)
            room.session.stand_still()
        if room.running or room.session.version != before:
            room.ticked.emit()
