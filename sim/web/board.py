"""The facilitator's board, from which a room is led: its clock, seats, injects, conditions and money."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from fastapi import Request
from nicegui import background_tasks

from sim.exercise.levels import told
from sim.exercise.models import Exercise
from sim.exercise.seen import View
from sim.exercise.session import Refused
from sim.exercise.truth import Part, truth_of
from sim.web import aside, choices, deeds, live, said
from sim.web.board_changes import Conditions
from sim.web.board_editing import Editing
from sim.web.board_injects import Injects, MadeUp
from sim.web.board_seats import Door, Seats
from sim.web.parts import Field, Tag, box, button, heading, in_language, link, para
from sim.web.room import FACILITATOR, Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import no_room, title_of
from sim.web.seat import panel
from sim.web.site import Site, no_more, page_of
from sim.web.talk import Messages
from sim.words import language as lang
from sim.words.language import say
from sim.words.units import MINUTE

SPEEDS: Final = (0.5, 1, 2, 5, 10, 20, 60)
"""Simulated seconds in a second."""
TRUTH: Final = 5.0
"""Seconds between two looks at the money as it really is: that takes longer than a view."""


def build(site: Site, rooms: Rooms) -> None:
    """Put the facilitator's pages into the framework's application."""

    @site.page("/room/{room}/board")
    async def board(request: Request, room: str) -> None:
        found = rooms.rooms.get(room)
        if found is None:
            no_room(request, rooms, room)
        else:
            await Board(request, site, rooms, found).show()


class Board:
    """One browser's board of one room."""

    def __init__(self, request: Request, site: Site, rooms: Rooms, room: Room) -> None:
        self.request, self.site, self.rooms, self.room = request, site, rooms, room
        self.start = room.session.scenario.start
        self._version: tuple[int, int] | None = None
        """Version of the session, and its minute, of what is shown."""
        self._looked = 0.0
        self._always: list[Callable[[View], None]] = []
        self._changing: list[Callable[[View], None]] = []

    async def show(self) -> None:
        """Fill the page, and keep it true as long as it is there."""
        with page_of(self.request, title_of(self.room), facilitator=True) as self.main:
            await self._fill()
        await aside.turn()
        self._refresh()
        self.room.follow(self._refresh, self._clock.show)

    def _refresh(self) -> None:
        if self.room.gone:
            no_more(self.main, say("This room was deleted"), "/rooms", say("Back to the exercises"))
            return
        session = self.room.session
        view = session.view("facilitator")
        for show in self._always:
            show(view)
        version = session.version, view["now"] // MINUTE  # ages of money change with the minute
        if self._version != version:
            self._version = version
            for show in self._changing:
                show(view)

    async def _fill(self) -> None:
        base = str(self.request.base_url).rstrip("/")
        with box("panel sticky controls"):
            self._clock = live.Clock()
            self.notice = live.Notice()
            self._controls()
        editing = Editing(self.room.session, self.do)
        await aside.turn()
        with box("led"):
            with box("board"):
                with box("stack"):
                    with box("panel few", "section"):
                        tasks = choices.Tasks(None)
                    injects = panel(lambda: Injects(self.room.session, self.start, self.do, editing))
                with box("stack"):
                    with box("panel few", "section"):
                        self._money()
                    picture = panel(live.Flow)
                with box("stack"):
                    decisions = panel(lambda: live.Timeline(self.start, say("Everybody's decisions")))
                    messages = panel(lambda: Messages(self.room.session.exercise, self.start))
            await aside.turn()
            with box("come"):
                seats = panel(lambda: Seats(self.site, self.room, base, self.do))
                door = panel(lambda: Door(self.site, self.rooms, self.room, base, self.do))
        await aside.turn()
        with box("more"):
            with box("stack"):
                panel(lambda: MadeUp(self.room.session, self.do))
            await aside.turn()
            with box("stack"):
                conditions = panel(lambda: Conditions(self.room.session, self.start, self.do))
                desks = panel(live.Desks)
            with box("stack"):
                accounts = panel(lambda: live.Accounts(None))
                cases = panel(live.Cases)
        self._always += [self._clock.show, self._show_controls, tasks.show, messages.show, self._show_money]
        self._always += [seats.show, door.show]
        self._always.append(conditions.show)
        self._changing += [picture.show, accounts.show, cases.show, desks.show, injects.show]
        self._changing.append(lambda view: decisions.show(_decisions(view, self.room.session.exercise)))

    def do(self, do: Callable[[], Any], done: str = "") -> bool:
        """Do something to the session and say what became of it; whether it was done."""
        return deeds.done(self.room, self.notice, do, done)

    # -- the clock ---------------------------------------------------------------------------------------------

    def _controls(self) -> None:
        session = self.room.session
        if level := told(session.exercise.difficulty):
            para(level, "quiet")
        with box("row"):
            self.hold = button(say("Hold"), self._hold_or_resume, "main")
            self.next = button(say("Go to the next decision"), self._to_next)
            with box("row inline"):
                others = [one for one in SPEEDS if said.speed(one) != said.speed(session.speed)]
                options = [(f"{one:g}", said.speed(one)) for one in sorted([*others, session.speed])]
                Field(say("Speed"), f"{session.speed:g}", options=options, on_change=self._set_speed)
            link(say("Debrief"), f"/room/{self.room.id}/debrief", "button")

    async def _to_next(self) -> None:
        try:
            with self.room.deed():
                await self.room.to_next()
        except (Refused, OSError) as error:
            self.notice.tell(said.refusal(error), bad=True)

    def _set_speed(self, text: str) -> None:
        self.do(lambda: self.room.session.set_speed(float(text), FACILITATOR))

    def _hold_or_resume(self) -> None:
        session = self.room.session
        self.do(lambda: (session.resume if session.held else session.hold)(FACILITATOR))

    def _show_controls(self, view: View) -> None:
        self.hold.set_text(say("Resume") if view["held"] else say("Hold"))
        for one in (self.hold, self.next):
            one.set(disabled=view["finished"])

    # -- money -------------------------------------------------------------------------------------------------

    def _money(self) -> None:
        heading(2, say("The money as it really is"))
        self._amounts: dict[Part, Tag] = {}
        with box("figures", "dl"):
            for name, label in money_words().items():
                with box():
                    Tag("dt", label)
                    self._amounts[name] = Tag("dd")

    def _show_money(self, _: View) -> None:
        if monotonic() - self._looked < TRUTH or self.room.playing_on:
            return
        self._looked = monotonic()
        background_tasks.create(in_language(self._look_at_money)(), name="the money")

    async def _look_at_money(self) -> None:
        """Tell the money as it really is, of what the engine had written down at this moment."""
        session = self.room.session
        found = await aside.short(truth_of, session.run(), session.now, session.known)
        if not self.main.is_deleted:
            for name, amount in self._amounts.items():
                amount.set_text(lang.money(found["money"][name]))


def _decisions(view: View, exercise: Exercise) -> list[tuple[int, str, str]]:
    return [(one["at"], f"{one['number']}", said.decided(one, exercise)) for one in reversed(view["decided"])]


def money_words() -> dict[Part, str]:
    """What the truth tells of the money, in the order in which it is shown."""
    return {
        "loss": say("paid so far"), "moving": say("still in banks, free to go"), "held": say("held by stops"),
        "gone": say("out of the banks"),
    }  # fmt: skip
