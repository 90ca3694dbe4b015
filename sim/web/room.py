"""One room: a session, the places of the people in it, and its clock as the server drives it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Final

from nicegui.event import Event

from sim.exercise.branch import Outcome, outcome_of
from sim.exercise.seen import ClockSeen
from sim.exercise.session import Seat, Session
from sim.web import aside
from sim.web.parts import subscribe
from sim.web.places import About, Place, keep
from sim.words.language import key
from sim.words.units import HOUR, SECOND

GRACE: Final = 60.0
"""Seconds for which a seat whose page is gone is kept; then the model plays it until its page is back."""


FURTHEST: Final = 2 * HOUR
"""Simulated ms that one step to the next decision goes at most."""


SLICE: Final = 0.02
"""Seconds that a step to the next decision works at once, before the other rooms have their turn."""


FACILITATOR: Final = key("the facilitator")
"""As the journal names who leads the room."""


RESTARTED: Final = key("the server, started again")
"""As the journal names what held the clock of a room that came back."""


@dataclass
class Room:
    """One exercise with its seats.

    Attributes:
        changed: told after every deed.
        ticked: told after every tick.
        present: how many pages show each place now.
    """

    id: str
    folder: Path
    session: Session
    places: dict[str, Place]
    about: About = field(default_factory=About)
    playing_on: bool = False
    """Whether the model is at work on what came after the room: the truth is then told when it is done."""
    gone: bool = False
    """Whether it was deleted, so that nothing more can be done in it."""
    changed: Event[[]] = field(default_factory=Event)
    ticked: Event[[]] = field(default_factory=Event)
    _waiting: dict[Event[[]], None] = field(default_factory=dict)
    """What draws a page anew, of those that wait for it since a tick."""
    present: Counter[str] = field(default_factory=Counter)
    _gone: dict[str, float] = field(default_factory=dict)
    """Seconds (monotonic) since which a place that is taken has no page."""
    outcome: Outcome | None = None
    """What the room came to when that was last worked out."""
    _worked_out: int = -1
    """Lines that its journal had then."""
    _at_work: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Kept while `outcome` is worked out: whoever else wants it meanwhile waits for that one."""

    @property
    def origin(self) -> str:
        """The room that this one branched off; empty for none."""
        return self.about.origin

    @property
    def first(self) -> str:
        """The room with which its family of branches began; itself where it is none."""
        return self.about.first or self.id

    # -- its pages ---------------------------------------------------------------------------------------------

    def follow(self, draw: Callable[[], None], clock: Callable[[ClockSeen], None] | None = None) -> None:
        """Keep the page in whose making this is called true to the room, as long as the page lives.

        A deed is on all pages at once. What a tick brings would keep every clock waiting if all were drawn at once: the
        clocks go on first, and then page after page is drawn (`draw_next`).

        Args:
            draw: draws the page anew.
            clock: shows the clock, on a page that has one.
        """
        turn: Event[[]] = Event()

        def ticked() -> None:
            if clock is not None:
                clock(self.session.views.clock())
            self._waiting[turn] = None

        subscribe(turn, draw)
        subscribe(self.changed, draw)
        subscribe(self.ticked, ticked)

    def draw_next(self) -> bool:
        """Draw the page that has waited longest since a tick; whether there was one."""
        if not self._waiting:
            return False
        turn = next(iter(self._waiting))
        del self._waiting[turn]
        turn.emit()
        return True

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
        """Work out `outcome` beside the clocks, unless nothing was done since the last time; for all who ask, once."""
        async with self._at_work:
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
        if not taken.watches:
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
        if at.name and not at.watches and place not in self.session.seats and not over:
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

    def free(self, role: str) -> Place | None:
        """The first place of a role that nobody has; None where there is none."""
        return next((one for one in self.places.values() if one.role == role and not one.name), None)

    def restored(self) -> None:
        """After a restart: on hold, and every taken place waits for its page."""
        if not (self.session.finished or self.session.held):
            self.session.hold(RESTARTED)
        self.wait_for_pages()

    def wait_for_pages(self) -> None:
        """Whoever sits here has no page yet: after a while the model plays the place, until its page is there."""
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
        """Write down who sits where, and what the room is called.

        Raises:
            OSError: it cannot be written.
        """
        keep(self.folder, self.places, self.about)

    def call(self, about: About) -> None:
        """Change what the room is called, or to whom it belongs.

        Raises:
            OSError: it cannot be written; then it stays as it was.
        """
        keep(self.folder, self.places, about)
        self.about = about
        self.changed.emit()
