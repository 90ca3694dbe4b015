"""The facilitator's board, from which a room is led: its clock, seats, injects, conditions and money."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from fastapi import Request
from nicegui import background_tasks

from sim.exercise import words
from sim.exercise.models import Effect
from sim.exercise.seen import View
from sim.exercise.session import Refused
from sim.exercise.texts import Texts
from sim.exercise.truth import Part, truth_of
from sim.exercise.vocabulary import ALWAYS
from sim.scenario.errors import clip
from sim.scenario.people import NAMED_POLICIES
from sim.web import aside, choices, live, said
from sim.web.board_changes import MOST_CHANGES, change_words, in_force
from sim.web.board_injects import Injects
from sim.web.numbers import whole
from sim.web.parts import Field, Line, Rows, Tag, box, button, details, heading, in_language, link, para, subscribe
from sim.web.room import FACILITATOR, Place, Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import no_room, title_of
from sim.web.seat import LONGEST_MESSAGE, link_of, panel
from sim.web.site import Site, no_more, page_of
from sim.words import language as lang
from sim.words.language import key, named, say
from sim.words.units import format_duration

SPEEDS: Final = (0.5, 1, 2, 5, 10, 20, 60)
"""Simulated seconds in a second."""
TRUTH: Final = 5.0
"""Seconds between two looks at the money as it really is: that takes longer than a view."""
CHANNELS: Final = ("message", "phone", "radio", "paper", "in_person")


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
        self._version = -1
        self._looked = 0.0
        self._always: list[Callable[[View], None]] = []
        self._changing: list[Callable[[View], None]] = []

    async def show(self) -> None:
        """Fill the page, and keep it true as long as it is there."""
        with page_of(self.request, title_of(self.room), facilitator=True) as self.main:
            await self._fill()
        await aside.turn()
        self._refresh()
        subscribe(self.room.changed, self._refresh)

    def _refresh(self) -> None:
        if self.room.gone:
            no_more(self.main, say("This room was deleted"), "/rooms", say("Back to the exercises"))
            return
        session = self.room.session
        view = session.view("facilitator")
        for show in self._always:
            show(view)
        if self._version != session.version:
            self._version = session.version
            for show in self._changing:
                show(view)

    async def _fill(self) -> None:
        with box("panel sticky controls"):
            clock = live.Clock()
            self.notice = live.Notice()
            self._controls()
        await aside.turn()
        with box("board"):
            with box("stack"):
                with box("panel few", "section"):
                    tasks = choices.Tasks(None)
                injects = panel(lambda: Injects(self.room.session, self.start, self.do))
            with box("stack"):
                with box("panel few", "section"):
                    self._money()
                picture = panel(live.Flow)
            with box("stack"):
                decisions = panel(lambda: live.Timeline(self.start, say("Everybody's decisions")))
                messages = panel(lambda: live.Messages(self.start))
        await aside.turn()
        with box("more"):
            with box("stack"):
                panel(self._made_up)
                await aside.turn()
                panel(self._conditions)
            await aside.turn()
            panel(self._seats)
            with box("stack"):
                accounts = panel(lambda: live.Accounts(None))
                cases = panel(live.Cases)
                desks = panel(live.Desks)
        self._always += [clock.show, self._show_controls, tasks.show, messages.show, self._show_money, self._show_seats]
        self._always.append(self._show_changes)
        self._changing += [picture.show, accounts.show, cases.show, desks.show, injects.show]
        self._changing.append(lambda view: decisions.show(_decisions(view)))

    def do(self, do: Callable[[], Any], done: str = "") -> bool:
        """Do something to the session and say what became of it; whether it was done."""
        try:
            with self.room.deed():
                do()
        except (Refused, OSError) as error:
            self.notice.tell(said.refusal(error), bad=True)
            return False
        self.notice.tell(done)
        return True

    # -- the clock ---------------------------------------------------------------------------------------------

    def _controls(self) -> None:
        session = self.room.session
        with box("row"):
            self.hold = button(say("Hold"), self._hold_or_resume, "main")
            self.next = button(say("Go to the next decision"), self._to_next)
            with box("row inline"):
                options = [(f"{one:g}", said.speed(one)) for one in sorted({*SPEEDS, session.speed})]
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

    # -- seats -------------------------------------------------------------------------------------------------

    def _seats(self) -> None:
        heading(2, say("Seats"))
        para(say("Each link is the key to its seat: give it to one person alone."), "quiet")
        base = str(self.request.base_url).rstrip("/")
        with Tag("ul", "", "plain stack") as place:
            self._places = Rows(place, lambda seat: _SeatRow(self, base, self.room.places[seat]))

    def _show_seats(self, _: View) -> None:
        room = self.room
        self._places.show([(one.id, self._state_of(one)) for one in room.places.values()])

    def _state_of(self, place: Place) -> tuple[str, str, bool]:
        """(what is shown of a place, its class, whether somebody has it); nobody plays who watches or leads."""
        decides = place.role not in ALWAYS
        if not place.name:
            return say("free: the model plays") if decides else say("free"), "tag", False
        if self.room.present[place.id]:
            return say("{name} is here", name=place.name), "tag good", True
        if place.id in self.room.session.seats:
            return say("{name} is away", name=place.name), "tag warn", True
        gone = key("{name} is gone: the model plays") if decides else key("{name} is gone")
        return say(gone, name=place.name), "tag bad", True

    # -- injects -----------------------------------------------------------------------------------------------

    def _made_up(self) -> None:
        heading(2, say("Tell them something else"))
        self.text = Field(say("What they are told"), rows=2, maxlength=LONGEST_MESSAGE)
        roles = self.room.session.exercise.roles
        everyone = [("", say("everybody")), *((name, words.role(self.room.session.exercise, name)) for name in roles)]
        with box("fields"):
            self.to = Field(say("To"), "", options=everyone)
            self.channel = Field(say("How"), CHANNELS[0], options=[(one, words.channel(one)) for one in CHANNELS])
        button(say("Tell them now"), self._tell)

    def _tell(self) -> None:
        text = " ".join(self.text.value.split())[:LONGEST_MESSAGE]
        if not text:
            self.text.refuse(say("read nothing, accepted: a text"))
            return
        self.text.refuse("")
        to = [self.to.value] if self.to.value else []
        channel: Any = self.channel.value
        session = self.room.session
        if self.do(
            lambda: session.inject(Texts(en=text, zh=text), FACILITATOR, to=to, channel=channel), say("They were told.")
        ):
            self.text.clear()

    # -- conditions --------------------------------------------------------------------------------------------

    def _conditions(self) -> None:
        heading(2, say("Change the conditions"))
        para(say("Who works and how; never the victims or their luck."), "quiet")
        names = [one["name"] for one in self.room.session.view("facilitator")["desks"]]
        banks = [name.removeprefix("bank:") for name in names if name.startswith("bank:")]
        desks = [(name, said.desk(name)) for name in names]
        with details(say("A bank goes down")):
            bank = Field(say("Bank"), banks[0], options=[(one, named(one, "bank")) for one in banks])
            lasts = Field(say("For how many minutes"), "10", type="number", min=1, max=1440)
            button(say("Take it down"), lambda: self._bank_down(bank, lasts))
        with details(say("Staff fall ill, or more come")):
            desk = Field(say("Desk"), desks[0][0], options=desks)
            heads = Field(say("People more, or fewer with a minus"), "-1", type="number", min=-100, max=100)
            long = Field(say("For how many minutes"), "60", type="number", min=1, max=1440)
            button(say("Change the staff"), lambda: self._staff(desk, heads, long))
        with details(say("Another rule of who is served first")):
            where = Field(say("Desk"), desks[0][0], options=desks)
            policy = Field(
                say("Served first"), NAMED_POLICIES[0], options=[(one, named(one, "policy")) for one in NAMED_POLICIES]
            )
            button(say("Change it"), lambda: self._policy(where, policy))
        heading(3, say("What is changed now"))
        with Tag("ul", "", "plain stack") as place:
            self._changes = Rows(place, Line, say("Nothing is changed."))

    def _show_changes(self, _: View) -> None:
        session = self.room.session
        shown = [
            (f"{number}", (said.at(self.start, one.at), change_words(self.start, one)))
            for number, one in in_force(session.steered, session.now)
        ]
        self._changes.show(shown[:MOST_CHANGES])

    def _bank_down(self, bank: Field, lasts: Field) -> None:
        if (ms := _minutes(lasts)) is not None:
            self._change({"bank_down": bank.value, "lasts": format_duration(ms)})

    def _staff(self, desk: Field, heads: Field, lasts: Field) -> None:
        number = whole(heads.value, -100, 100)
        shown = clip(heads.value.strip(), 40) or say("an empty field")
        heads.refuse("" if number else say("read {read}, accepted: -100 to 100, but not 0", read=shown))
        ms = _minutes(lasts)
        if number and ms is not None:
            self._change({"staff": {"desk": desk.value, "heads": number, "lasts": format_duration(ms)}})

    def _policy(self, desk: Field, policy: Field) -> None:
        self._change({"policy": {"desk": desk.value, "policy": policy.value}})

    def _change(self, effect: dict[str, Any]) -> None:
        """Do what an exercise file would write as an `effect`."""
        read = Effect.model_validate(effect)
        self.do(lambda: self.room.session.change(read, FACILITATOR), say("The conditions have changed."))


def _minutes(field: Field) -> int | None:
    ms = live.minutes(field.value)
    wrong = say("read {read}, accepted: 1 to 1,440", read=clip(field.value.strip(), 40) or say("an empty field"))
    field.refuse(wrong if ms is None else "")
    return ms


def _decisions(view: View) -> list[tuple[int, str, str]]:
    return [(one["at"], f"{one['number']}", said.decided(one)) for one in reversed(view["decided"])]


class _SeatRow:
    """One place on the board: who has it, and its link."""

    def __init__(self, board: Board, base: str, place: Place) -> None:
        self._board, self._id = board, place.id
        title = f"{words.role(board.room.session.exercise, place.role)} {place.id.rpartition('-')[2]}"
        with box("", "li") as self.box:
            with box("row"):
                Tag("strong", title)
                self._state = Tag("span")
            with box("row apart"):
                link(say("Link of {seat}", seat=title), base + link_of(board.site, board.room.id, place.id))
                self._free = button(say("Free this seat"), self._stand_up, aria_label=say("Free {seat}", seat=title))

    def _stand_up(self) -> None:
        self._board.do(lambda: self._board.room.stand_up(self._id))

    def show(self, data: tuple[str, str, bool]) -> None:
        """Show (text, classes, whether it is taken)."""
        text, classes, taken = data
        self._state.set_text(text)
        for name in ("tag", "good", "warn", "bad"):
            self._state.mark_as(name, name in classes.split())
        self._free.set(hidden=not taken)


def money_words() -> dict[Part, str]:
    """What the truth tells of the money, in the order in which it is shown."""
    return {
        "loss": say("paid so far"), "moving": say("still in banks, free to go"), "held": say("held by stops"),
        "gone": say("out of the banks"),
    }  # fmt: skip
