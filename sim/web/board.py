"""The facilitator's pages: the list of rooms, and the board from which a room is led."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Final

from fastapi import Request
from nicegui import ui

from sim import lang
from sim.exercise import words
from sim.exercise.load import list_exercises, load_exercise
from sim.exercise.models import POLICIES, Effect, PolicyChange, StaffChange, Texts
from sim.exercise.session import Refused
from sim.lang import named, say
from sim.web import live, said
from sim.web.parts import VALUE, Field, Rows, Tag, box, button, details, heading, link, on, para, subscribe
from sim.web.rooms import FACILITATOR, Place, Room, Rooms
from sim.web.seat import LONGEST_MESSAGE, link_of, panel
from sim.web.site import Site, not_there, page_of

SPEEDS: Final = (0.5, 1, 2, 5, 10, 20, 60)
"""Simulated seconds in a second."""
TRUTH: Final = 5.0
"""Seconds between two looks at the money as it really is: that takes longer than a view."""
CHANNELS: Final = ("message", "phone", "radio", "paper", "in_person")


def build(site: Site, rooms: Rooms) -> None:
    """Put the facilitator's pages into the framework's application."""

    @site.page("/rooms")
    def all_rooms(request: Request) -> None:
        with page_of(request, say("Exercises"), here="/rooms", facilitator=True):
            _kept(rooms)
            _choose(rooms)

    @site.page("/room/{room}/board")
    def board(request: Request, room: str) -> None:
        found = rooms.rooms.get(room)
        if found is None:
            gone = rooms.broken.get(room, say("There is no such room. It may have been closed."))
            not_there(request, gone, "/rooms", say("Back to the exercises"))
        else:
            _Board(request, site, rooms, found).show()


# -- rooms ------------------------------------------------------------------------------------------------


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
                view = room.session.view("facilitator")
                Tag("span", said.state(view), "tag")
                if room.origin:
                    Tag("span", say("a branch of {room}", room=room.origin), "tag")
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
            exercise = entry.exercise
            heading(3, words.told(exercise.title))
            if exercise.question is not None:
                para(words.told(exercise.question), "quiet")
            counts: dict[str, Field] = {}
            with box("fields"):
                for name, role in exercise.roles.items():
                    counts[name] = Field(
                        words.told(role.title), "1",
                        options=[(f"{n}", _seats(n)) for n in range(role.seats + 1)],
                    )  # fmt: skip
            mistake = Tag("p", "", "mistake", role="alert")

            def open_(name: str = entry.name, counts: dict[str, Field] = counts, mistake: Tag = mistake) -> None:
                try:
                    room = rooms.open(load_exercise(name), {role: int(one.value) for role, one in counts.items()})
                except (OSError, ValueError) as error:
                    mistake.set_text(str(error))
                else:
                    ui.navigate.to(f"/room/{room.id}/board")

            button(say("Open this room"), open_, "main")


def _seats(n: int) -> str:
    return say("nobody: the model plays it") if n == 0 else lang.counted(n, "{n} seat", "{n} seats")


# -- the board --------------------------------------------------------------------------------------------


class _Board:
    """One browser's board of one room."""

    def __init__(self, request: Request, site: Site, rooms: Rooms, room: Room) -> None:
        self.request, self.site, self.rooms, self.room = request, site, rooms, room
        self.start = room.session.scenario.start
        self._version = -1
        self._looked = 0.0
        self._always: list[Callable[[live.View], None]] = []
        self._changing: list[Callable[[live.View], None]] = []

    def show(self) -> None:
        """Fill the page, and keep it true as long as it is there."""
        with page_of(self.request, title_of(self.room), facilitator=True):
            self._fill()
        self._refresh()
        subscribe(self.room.changed, self._refresh)

    def _refresh(self) -> None:
        session = self.room.session
        view = session.view("facilitator")
        for show in self._always:
            show(view)
        if self._version != session.version:
            self._version = session.version
            for show in self._changing:
                show(view)

    def _fill(self) -> None:
        with box("panel sticky"), box("row apart"):
            clock = live.Clock()
            self._controls()
        self.notice = live.Notice()
        with box("panel", "section"):
            heading(2, say("The money as it really is"))
            self._money()
        with box("room"):
            with box("stack"):
                injects = panel(self._injects)
                tasks = panel(lambda: live.Tasks(None))
                picture = panel(live.Flow)
                accounts = panel(lambda: live.Accounts(None, lambda _: False))
            with box("stack"):
                decisions = panel(lambda: live.Timeline(self.start, say("Everybody's decisions")))
                panel(self._seats)
                messages = panel(lambda: live.Messages(self.start))
                panel(self._made_up)
                panel(self._conditions)
                cases = panel(live.Cases)
                desks = panel(live.Desks)
        self._always += [clock.show, self._show_controls, tasks.show, messages.show, self._show_money, self._show_seats]
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
            button(say("Go to the next decision"), lambda: self.do(self.room.to_next))
            speeds = sorted({*SPEEDS, session.speed})
            with Tag("label", "", "row"):
                Tag("span", say("Speed"))
                chosen = Tag("select", style="width:auto")
                with chosen:
                    for one in speeds:
                        Tag("option", say("{n:g} times", n=one), value=f"{one}", selected=one == session.speed)
            on(chosen, "change", lambda text: self.do(lambda: session.set_speed(float(text), FACILITATOR)), VALUE)
            link(say("Debrief"), f"/room/{self.room.id}/debrief", "button")

    def _hold_or_resume(self) -> None:
        session = self.room.session
        self.do(lambda: (session.resume if session.held else session.hold)(FACILITATOR))

    def _show_controls(self, view: live.View) -> None:
        self.hold.set_text(say("Resume") if view["held"] else say("Hold"))
        self.hold.set(disabled=view["finished"])

    # -- money -------------------------------------------------------------------------------------------------

    def _money(self) -> None:
        self._amounts: dict[str, Tag] = {}
        with box("figures", "dl"):
            for name, label in money_words().items():
                with box():
                    Tag("dt", label)
                    self._amounts[name] = Tag("dd")

    def _show_money(self, _: live.View) -> None:
        if monotonic() - self._looked < TRUTH:
            return
        self._looked = monotonic()
        for name, fen in self.room.session.truth()["money"].items():
            self._amounts[name].set_text(lang.money(fen))

    # -- seats -------------------------------------------------------------------------------------------------

    def _seats(self) -> None:
        heading(2, say("Seats"))
        para(say("Each link is the key to its seat: give it to one person alone."), "quiet")
        base = str(self.request.base_url).rstrip("/")
        with Tag("ul", "", "plain stack") as place:
            self._places = Rows(place, lambda seat: _SeatRow(self, base, self.room.places[seat]))

    def _show_seats(self, _: live.View) -> None:
        room = self.room
        self._places.show([(one.id, self._state_of(one)) for one in room.places.values()])

    def _state_of(self, place: Place) -> tuple[str, str, bool]:
        """(what is shown of a place, its class, whether somebody has it)."""
        if not place.name:
            return say("free: the model plays"), "tag", False
        if self.room.present[place.id]:
            return say("{name} is here", name=place.name), "tag good", True
        if place.id in self.room.session.seats:
            return say("{name} is away", name=place.name), "tag warn", True
        return say("{name} is gone: the model plays", name=place.name), "tag bad", True

    # -- injects -----------------------------------------------------------------------------------------------

    def _injects(self) -> _Injects:
        return _Injects(self)

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
            policy = Field(say("Served first"), POLICIES[0], options=[(one, named(one, "policy")) for one in POLICIES])
            button(say("Change it"), lambda: self._policy(where, policy))

    def _bank_down(self, bank: Field, lasts: Field) -> None:
        if (ms := _minutes(lasts)) is not None:
            self._change(Effect(bank_down=bank.value, lasts=ms))

    def _staff(self, desk: Field, heads: Field, lasts: Field) -> None:
        text = heads.value.strip()
        fits = text.lstrip("-").isdecimal() and text.count("-") <= 1 and 0 < abs(int(text)) <= 100
        heads.refuse("" if fits else say("read {read}, accepted: -100 to 100, but not 0", read=text or "nothing"))
        ms = _minutes(lasts)
        if fits and ms is not None:
            self._change(Effect(staff=StaffChange(desk=desk.value, heads=int(text), lasts=ms)))

    def _policy(self, desk: Field, policy: Field) -> None:
        chosen: Any = policy.value
        self._change(Effect(policy=PolicyChange(desk=desk.value, policy=chosen)))

    def _change(self, effect: Effect) -> None:
        self.do(lambda: self.room.session.change(effect, FACILITATOR), say("The conditions have changed."))


def _minutes(field: Field) -> int | None:
    ms = live.minutes(field.value)
    wrong = say("read {read}, accepted: 1 to 1,440", read=field.value or "nothing")
    field.refuse(wrong if ms is None else "")
    return ms


def _decisions(view: live.View) -> list[tuple[int, str, str]]:
    return [(one["at"], f"{one['number']}", said.decided(one)) for one in reversed(view["decided"])]


class _SeatRow:
    """One place on the board: who has it, and its link."""

    def __init__(self, board: _Board, base: str, place: Place) -> None:
        self._board, self._id = board, place.id
        title = f"{words.role(board.room.session.exercise, place.role)} {place.id.rpartition('-')[2]}"
        with box("", "li") as self.box:
            with box("row"):
                Tag("strong", title)
                self._state = Tag("span")
                self._free = button(say("Free this seat"), self._stand_up, aria_label=say("Free {seat}", seat=title))
            link(say("Link of {seat}", seat=title), base + link_of(board.site, board.room.id, place.id))

    def _stand_up(self) -> None:
        self._board.do(lambda: self._board.room.stand_up(self._id))

    def show(self, data: tuple[str, str, bool]) -> None:
        """Show (text, classes, whether it is taken)."""
        text, classes, taken = data
        self._state.set_text(text)
        for name in ("tag", "good", "warn", "bad"):
            self._state.mark_as(name, name in classes.split())
        self._free.set(hidden=not taken)


class _Injects:
    """The injects of an exercise: what has come, what will, and what was expected."""

    def __init__(self, board: _Board) -> None:
        heading(2, say("Injects"))
        with Tag("ul", "", "plain stack") as place:
            self._rows = Rows(place, lambda name: _InjectRow(board, name), say("This exercise has none."))

    def show(self, view: live.View) -> None:
        """Show the injects of a facilitator's view."""
        coming = sorted(view["injects"], key=lambda one: one["state"] in ("fired", "skipped"))
        self._rows.show([(one["id"], one) for one in coming])


class _InjectRow:
    """One inject, and what the facilitator may do with it."""

    def __init__(self, board: _Board, name: str) -> None:
        self._board = board
        session = board.room.session
        with box("task", "li") as self.box:
            with box("row apart"):
                self._what = Tag("span", "", "what")
                self._state = Tag("span", "", "tag")
            self._text = para("")
            self._note = para("", "quiet")
            self._answer = para("", "quiet")
            with box("choices") as self._choices:
                for label, spoken, do in (
                    (say("Send now"), say("Send {id} now", id=name), session.inject),
                    (say("Hold it"), say("Hold {id}", id=name), session.hold_inject),
                    (say("Skip it"), say("Skip {id}", id=name), session.skip_inject),
                ):
                    button(label, partial(board.do, partial(do, name, FACILITATOR)), aria_label=spoken)

    def show(self, one: live.View) -> None:
        """Show what has become of it."""
        board = self._board
        to = lang.listed([words.role(board.room.session.exercise, role) for role in one["to"]])
        self._what.set_text(
            say("{id}, {channel}, to {who}", id=one["id"], channel=words.channel(one["channel"]), who=to)
        )
        self._state.set_text(self._state_of(one))
        self._state.mark_as("good", one["state"] == "fired")
        self._text.set_text(said.text_of(one["text"]))
        self._note.set_text(say("For you: {note}", note=said.text_of(one["note"])) if one["note"] else "")
        self._answer.set_text(self._answered(one))
        self._choices.set(hidden=one["state"] in ("fired", "skipped"))

    def _state_of(self, one: live.View) -> str:
        start = self._board.start
        if one["state"] == "fired":
            return say("told at {time}", time=said.at(start, one["fired_at"]))
        if one["state"] in ("held", "skipped"):
            return {"held": say("held: by hand only"), "skipped": say("skipped")}[one["state"]]
        if one["manual"]:
            return say("by hand only")
        if one["due"] is not None:
            return say("comes at {time}", time=said.at(start, one["due"]))
        return say("comes on its condition")

    def _answered(self, one: live.View) -> str:
        if one["expect"] is None or one["state"] != "fired":
            return ""
        if one["done_at"] is not None:
            return say(
                "Done by {name} at {time}.", name=one["done_by"], time=said.at(self._board.start, one["done_at"])
            )
        wanted = one["expect"]["action"]
        what = say("any decision") if wanted == "any" else say(said.ACTIONS[wanted])
        return say("Expected: {what}, by {time}.", what=what, time=said.at(self._board.start, one["deadline"]))


def money_words() -> dict[str, str]:
    """What the truth tells of the money, in the order in which it is shown."""
    return {
        "loss": say("paid so far"), "moving": say("still in banks, free to go"), "held": say("held by stops"),
        "gone": say("out of the banks"),
    }  # fmt: skip
