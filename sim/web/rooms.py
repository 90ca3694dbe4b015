"""Rooms: the exercises that are being played on this server, their seats, and the one clock that drives them all."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Final

from nicegui.event import Event

from sim.exercise.branch import Outcome, outcome_of
from sim.exercise.fits import check_size
from sim.exercise.load import Loaded
from sim.exercise.models import MOST_SEATS
from sim.exercise.session import JournalError, Refused, Seat, Session
from sim.lang import key
from sim.report.files import whole_or_absent, write_text
from sim.scenario.errors import one_line
from sim.scenario.units import HOUR, SECOND
from sim.web import aside

TICK: Final = 1.0
"""Seconds between two ticks of the clock."""
GRACE: Final = 60.0
"""Seconds for which a seat whose page is gone is kept; then the model plays it until its page is back."""
FURTHEST: Final = 2 * HOUR
"""Simulated ms that one step to the next decision goes at most."""
PLACES: Final = "places.json"
SLICE: Final = 0.02
"""Seconds that a step to the next decision works at once, before the other rooms have their turn."""
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
    playing_on: bool = False
    """Whether the model is at work on what came after the room: the truth is then told when it is done."""
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

    async def to_next(self) -> None:
        """Go to the next decision or inject, and stay there on hold; in slices, between which other rooms go on."""
        session = self.session
        if session.held:
            session.resume(FACILITATOR)
        limit, since = min(session.now + FURTHEST, session.exercise.ends), perf_counter()
        while not (session.held or session.finished or session.now >= limit or self.gone):
            if any(one.kind != "missed" for one in session.to_next(min(limit, session.now + SECOND))):
                break
            if perf_counter() - since > SLICE:
                await asyncio.sleep(0)
                since = perf_counter()
        if self.gone:
            return
        session.tick()
        if not session.finished:
            session.hold(FACILITATOR)

    async def finish(self) -> None:
        """Close the room, and let the model play on to the end of the follow-up beside the clocks.

        Raises:
            OSError: the journal cannot be written.
        """
        self.playing_on = True
        try:
            self.session.close(FACILITATOR)
            self.changed.emit()
            await aside.long(self.session.play_on)
        finally:
            self.playing_on = False

    # -- what it came to ---------------------------------------------------------------------------------------

    @property
    def moved_on(self) -> bool:
        """Whether anything was done since `outcome` was worked out."""
        return self._worked_out != len(self.session.journal.lines)

    async def work_out(self) -> None:
        """Work out `outcome` beside the clocks, unless nothing was done since the last time."""
        if self.moved_on and not self.playing_on:
            lines = len(self.session.journal.lines)
            self.outcome = await aside.long(outcome_of, self.session)
            self._worked_out = lines

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
        if not (self.session.finished or self.session.held):
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
        first = said.get("first", origin)
        texts = [origin, first, *(text for one in places.values() for text in (one.id, one.role, one.name))]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError
        return places, origin, first
    except OSError as error:
        raise JournalError(f"{PLACES} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise JournalError(f"{PLACES}: read a damaged file, accepted: the places of a room") from None


def _restored(place: Path) -> Room | str:
    """The room in a folder as it was, or in one line why it cannot be had."""
    try:
        places, origin, first = _kept_in(place)
        session = Session.load(place)
        strange = [one.role for one in places.values() if one.role not in (*session.exercise.roles, "observer")]
        if strange:
            known = ", ".join(session.exercise.roles)
            raise JournalError(f"{PLACES}: read the role {strange[0]}, accepted: {known}")
        return Room(place.name, place, session, places, origin, first)
    except (OSError, JournalError) as error:
        return one_line(str(error).replace(f"{place}/", ""))
    except Exception:  # whatever is wrong with one room, the others come up
        return "a damaged journal"


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
                found = str(error)
        if isinstance(found, Room):
            self.rooms[name] = found
        else:
            _log.error("%s cannot be opened: %s", name, one_line(found))
            self.broken[name] = found
        self.changed.emit()

    def open(self, loaded: Loaded, counts: Mapping[str, int]) -> Room:
        """A new room, on hold until the facilitator lets it begin.

        Raises:
            ScenarioError: it is too large.
            OSError: the data folder cannot be written.
        """
        return self._add(*self._opened(lambda: loaded, counts))

    async def open_beside(self, load: Callable[[], Loaded], counts: Mapping[str, int]) -> Room:
        """`open` beside the clocks, with the reading of the exercise.

        Raises:
            ScenarioError: it cannot be read, or is too large.
            OSError: the data folder cannot be written.
        """
        return self._add(*await aside.long(self._opened, load, counts))

    def _opened(self, load: Callable[[], Loaded], counts: Mapping[str, int]) -> tuple[Room, Path]:
        """A new room, and the folder in which its files are now."""
        loaded = load()
        check_size(loaded)
        name, folder = self._new(loaded.exercise.name)
        with whole_or_absent(folder) as beside:
            room = Room(name, beside, Session.start(loaded, beside, held=True), places_of(loaded, counts))
            room.keep()
        return room, folder

    async def branch_beside(self, room: Room, at: int) -> Room:
        """`branch` beside the clocks.

        Raises:
            OSError: the data folder cannot be written.
        """
        return self._add(*await aside.long(self._branched, room, at))

    def branch(self, room: Room, at: int) -> Room:
        """Another room, equal to a room up to `at` (ms), with the same places and free chairs, on hold.

        Raises:
            OSError: the data folder cannot be written.
        """
        return self._add(*self._branched(room, at))

    def _branched(self, room: Room, at: int) -> tuple[Room, Path]:
        name, folder = self._new(room.session.exercise.name)
        places = {one.id: replace(one, name="") for one in room.places.values()}
        with whole_or_absent(folder) as beside:
            session = room.session.branch(at, beside)
            if not session.finished:
                session.hold(FACILITATOR)
            made = Room(name, beside, session, places, room.id, room.first)
            made.keep()
        return made, folder

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
        self.broken.pop(name, None)
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
