"""Rooms: the exercises that are being played on this server, their seats, and the one clock that drives them all."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, Final

from nicegui import run
from nicegui.event import Event

from sim.exercise.branch import Outcome, outcome_of
from sim.exercise.load import Loaded
from sim.exercise.models import MOST_SEATS
from sim.exercise.session import JournalError, Refused, Seat, Session
from sim.lang import key
from sim.report.files import whole_or_absent, write_text
from sim.scenario.errors import one_line
from sim.scenario.units import HOUR, SECOND

TICK: Final = 1.0
"""Seconds between two ticks of the clock."""
GRACE: Final = 60.0
"""Seconds for which a seat whose page is gone is kept; then the model plays it until its page is back."""
FURTHEST: Final = 2 * HOUR
"""Simulated ms that one step to the next decision goes at most."""
PLACES: Final = "places.json"
ROOM_ID: Final = re.compile(r"[a-z0-9-]{1,80}")
FACILITATOR: Final = key("the facilitator")
"""As the journal names who leads the room."""
RESTARTED: Final = key("the server, started again")
"""As the journal names what held the clock of a room that came back."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A chair for somebody, with a link of its own."""

    id: str
    role: str
    name: str = ""
    """Of whoever sat down there; empty before."""


@dataclass
class Room:
    """One exercise with its seats.

    Attributes:
        changed: told after every tick and every deed.
        present: how many pages show each place now.
    """

    id: str
    folder: Path
    session: Session
    places: dict[str, Place]
    origin: str = ""
    """The room that this one branched off; empty for none."""
    first: str = ""
    """The room with which its family of branches began; itself where it is none."""
    gone: bool = False
    """Whether it was deleted, so that nothing more can be done in it."""
    changed: Event[[]] = field(default_factory=Event)
    present: Counter[str] = field(default_factory=Counter)
    _gone: dict[str, float] = field(default_factory=dict)
    """Seconds (monotonic) since which a place that is taken has no page."""
    outcome: Outcome | None = None
    """What the room came to when that was last worked out."""
    _worked_out: int = -1
    """Lines that its journal had then."""

    def __post_init__(self) -> None:
        self.first = self.first or self.id

    # -- the clock ---------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether the clock moves."""
        return not self.session.held and not self.session.finished

    def go(self, seconds: float) -> None:
        """Let `seconds` of wall clock pass.

        Raises:
            OSError: the journal cannot be written.
        """
        session = self.session
        session.advance(session.now + round(seconds * session.speed * SECOND))
        session.tick()

    def to_next(self) -> None:
        """Go to the next decision or inject, and stay there on hold."""
        if self.session.held:
            self.session.resume(FACILITATOR)
        self.session.to_next(min(self.session.now + FURTHEST, self.session.exercise.ends))
        self.session.tick()
        if not self.session.finished:
            self.session.hold(FACILITATOR)

    # -- what it came to ---------------------------------------------------------------------------------------

    @property
    def moved_on(self) -> bool:
        """Whether anything was done since `outcome` was worked out."""
        return self._worked_out != len(self.session.journal.lines)

    async def work_out(self) -> None:
        """Work out `outcome` beside the clocks, unless nothing was done since the last time."""
        if self.moved_on:
            lines = len(self.session.journal.lines)
            found = await run.io_bound(outcome_of, self.session)
            if found is not None:  # else the server is about to end
                self.outcome, self._worked_out = found, lines

    # -- people ------------------------------------------------------------------------------------------------

    def sit(self, place: str, name: str) -> None:
        """Somebody takes a place, under a name.

        Raises:
            Refused: as `Session.join`.
            OSError: nothing can be written.
        """
        taken = replace(self.places[place], name=name)
        if taken.role != "observer":
            self.session.join(Seat(place, taken.role, name))
        self.places[place] = taken
        self.keep()
        self.changed.emit()

    def stand_up(self, place: str) -> None:
        """The facilitator frees a place: whoever opens its link is asked for a name again."""
        if place in self.session.seats:
            self.session.leave(place)
        self.places[place] = replace(self.places[place], name="")
        self.keep()
        self.changed.emit()

    def page_opened(self, place: str) -> None:
        """A page of a place is there; whoever sat there sits there again."""
        self.present[place] += 1
        self._gone.pop(place, None)
        at = self.places[place]
        over = self.gone or self.session.finished
        if at.name and at.role != "observer" and place not in self.session.seats and not over:
            self.session.join(Seat(place, at.role, at.name))
        self.changed.emit()

    def page_closed(self, place: str) -> None:
        """A page of a place is gone."""
        self.present[place] -= 1
        if self.present[place] <= 0:
            del self.present[place]
            self._gone[place] = monotonic()
        self.changed.emit()

    def send_away(self, now: float) -> None:
        """Let the model play the places whose pages have been gone for too long (`now`: monotonic seconds)."""
        for place in [place for place, since in self._gone.items() if now - since > GRACE]:
            del self._gone[place]
            if place in self.session.seats and not self.session.finished:
                self.session.leave(place)

    def restored(self) -> None:
        """After a restart: on hold, and every taken place waits for its page."""
        if not self.session.finished:
            self.session.hold(RESTARTED)
        self._gone = dict.fromkeys(self.session.seats, monotonic())

    # -- deeds -------------------------------------------------------------------------------------------------

    @contextmanager
    def deed(self) -> Iterator[Session]:
        """Do something to the session, and tell all pages at once, whether it was refused or not."""
        try:
            yield self.session
        finally:
            self.changed.emit()

    def keep(self) -> None:
        """Write down who sits where.

        Raises:
            OSError: it cannot be written.
        """
        said = {"origin": self.origin, "first": self.first, "places": [asdict(one) for one in self.places.values()]}
        write_text(self.folder / PLACES, json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def places_of(loaded: Loaded, counts: Mapping[str, int]) -> dict[str, Place]:
    """The places of a new room: of each role as many as asked for, and one for whoever watches."""
    found = []
    for role, most in [*((name, one.seats) for name, one in loaded.exercise.roles.items()), ("observer", MOST_SEATS)]:
        wanted = min(most, counts.get(role, 1))
        found += [Place(f"{role}-{number}", role) for number in range(1, wanted + 1)]
    return {one.id: one for one in found}


def _kept_in(folder: Path) -> tuple[dict[str, Place], str, str]:
    """What `Room.keep` wrote: the places, the room that this one branched off, and the first of its family.

    Raises:
        JournalError: it is not there, or damaged.
    """
    try:
        said = json.loads((folder / PLACES).read_text(encoding="utf-8"))
        places = {one["id"]: Place(**one) for one in said["places"]}
        origin = said.get("origin", "")
        return places, origin, said.get("first", origin)
    except OSError as error:
        raise JournalError(f"{PLACES} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JournalError(f"{PLACES}: read a damaged file, accepted: the places of a room") from None


class Rooms:
    """All rooms of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rooms: dict[str, Room] = {}
        self.broken: dict[str, str] = {}
        """Why a room could not be restored, in one line."""
        self.changed: Event[[]] = Event()

    def restore(self) -> None:
        """Open every room that is kept, each at the second at which it was, on hold."""
        for place in sorted(self.folder.glob("*/")):
            name = place.name
            if name.startswith("."):  # half made or half deleted when the server was killed
                shutil.rmtree(place, ignore_errors=True)
                continue
            try:
                places, origin, first = _kept_in(place)
                room = Room(name, place, Session.load(place), places, origin, first)
                room.restored()
            except Exception as error:  # whatever is wrong with one room, the others come up
                _log.error("%s cannot be opened: %s", name, one_line(repr(error)))
                known = isinstance(error, OSError | JournalError)
                self.broken[name] = str(error).replace(f"{place}/", "") if known else "a damaged journal"
                continue
            self.rooms[name] = room

    def open(self, loaded: Loaded, counts: Mapping[str, int]) -> Room:
        """A new room, on hold until the facilitator lets it begin.

        Raises:
            OSError: the data folder cannot be written.
        """
        name, folder = self._new(loaded.exercise.name)
        with whole_or_absent(folder) as beside:
            room = Room(name, beside, Session.start(loaded, beside, held=True), places_of(loaded, counts))
            room.keep()
        return self._add(room, folder)

    def branch(self, room: Room, at: int) -> Room:
        """Another room, equal to a room up to `at` (ms), with the same places and free chairs, on hold.

        Raises:
            OSError: the data folder cannot be written.
        """
        name, folder = self._new(room.session.exercise.name)
        places = {one.id: replace(one, name="") for one in room.places.values()}
        with whole_or_absent(folder) as beside:
            session = room.session.branch(at, beside)
            if not session.finished:
                session.hold(FACILITATOR)
            made = Room(name, beside, session, places, room.id, room.first)
            made.keep()
        return self._add(made, folder)

    def close(self, room: Room) -> None:
        """Take a room and all its files away.

        Raises:
            OSError: they cannot be deleted.
        """
        self._take_away(room.folder)
        del self.rooms[room.id]
        room.gone = True
        room.changed.emit()
        self.changed.emit()

    def close_broken(self, name: str) -> None:
        """Take the files of a room away that could not be restored.

        Raises:
            OSError: they cannot be deleted.
        """
        self._take_away(self.folder / name)
        del self.broken[name]
        self.changed.emit()

    def _take_away(self, folder: Path) -> None:
        gone = folder.with_name(f".{folder.name}")
        folder.rename(gone)  # at once: what is half deleted is never restored
        shutil.rmtree(gone, ignore_errors=True)

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
            await asyncio.sleep(due - monotonic())
            for room in list(self.rooms.values()):
                self._tick(room, monotonic())
                await asyncio.sleep(0)  # decisions come between two rooms

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
            room.session.held = True
        if room.running or room.session.version != before:
            room.changed.emit()


def refused_by(do: Callable[[], Any]) -> Refused | OSError | None:
    """Do something; what it was refused by, None where it was done."""
    try:
        do()
    except (Refused, OSError) as error:
        return error
    return None
