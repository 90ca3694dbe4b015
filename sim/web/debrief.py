"""The debriefing of a room: any moment of it again, what else might have been done, and branches side by side."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from subprocess import DEVNULL
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, Response
from nicegui import app, background_tasks

from sim.exercise import words
from sim.exercise.seen import View
from sim.exercise.session import Refused, Session
from sim.exercise.truth import Truth, truth_of
from sim.exercise.undecided import LeftToDesk
from sim.fraud.settle import NEVER
from sim.scenario.errors import clip
from sim.scenario.plain import read_plain
from sim.web import aside, live, said
from sim.web.after import AFTER, FORMS, SUMMARY, folder_of
from sim.web.board import money_words
from sim.web.happened import happened, missed_in
from sim.web.numbers import whole
from sim.web.parts import VALUE, Tag, box, button, confirmed, go_on, heading, link, on, para, show_value, subscribe
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.rooms_page import no_room, title_of
from sim.web.seat import panel
from sim.web.side_by_side import SideBySide
from sim.web.site import Site, language_of, no_more, page_of
from sim.web.work import FAILED
from sim.words import language as lang
from sim.words.language import say, translate
from sim.words.phrases import unpacked
from sim.words.units import SECOND

STEP = 10 * SECOND
"""ms from one place of the slider to the next."""
PLAYED = 3
"""Places from one moment that is played to the next."""
PACE = 1.0
"""Seconds for which each moment is shown at least."""


def build(site: Site, rooms: Rooms) -> None:
    """Put the page into the framework's application."""

    @site.page("/room/{room}/debrief")
    def debrief(request: Request, room: str) -> None:
        found = rooms.rooms.get(room)
        if found is None:
            no_room(request, rooms, room)
        else:
            _Debrief(request, rooms, found).show()

    @app.get("/room/{room}/people.{form}")
    def people(request: Request, room: str, form: str) -> Response:
        return _report_of(site, rooms, request, room, form, "people")

    @app.get("/room/{room}/report.{form}")
    def report(request: Request, room: str, form: str) -> Response:
        return _report_of(site, rooms, request, room, form)


def _report_of(site: Site, rooms: Rooms, request: Request, room: str, form: str, name: str = "report") -> Response:
    """A room's report, or the pages of its people, in the language of the request."""
    found = rooms.rooms.get(room) if site.facilitator(request) and form in FORMS else None
    if found is None:
        raise HTTPException(404)
    place = folder_of(found.folder, language_of(request)) / f"{name}.{form}"
    if not place.is_file():
        raise HTTPException(404)
    shown = "inline" if form == "html" else "attachment"
    file = f"{room}.{form}" if name == "report" else f"{room}-{name}.{form}"
    return FileResponse(place, media_type=FORMS[form], filename=file, content_disposition_type=shown)


class _Debrief:
    """One browser's debriefing of one room."""

    def __init__(self, request: Request, rooms: Rooms, room: Room) -> None:
        self.request, self.rooms, self.room = request, rooms, room
        self.at = room.session.now
        self.start = room.session.scenario.start
        self._busy = self._playing = False

    def show(self) -> None:
        """Fill the page."""
        with page_of(self.request, say("Debrief: {title}", title=title_of(self.room)), facilitator=True) as self.main:
            with box("panel sticky"):
                with box("row"):
                    link(say("Back to the board"), f"/room/{self.room.id}/board", "button")
                    self._end = confirmed(
                        say("End the exercise"), say("Press again: nobody can decide after that"), self._finish
                    )
                self.notice = live.Notice()
            with box("room"):
                with box("panel", "section", aria_live="polite"):
                    self._report = box()
                self._questions()
            with box("panel", "section"):
                self._replay()
            with box("panel", "section"):
                self._family = SideBySide(self.rooms, self.room)
        self._show_report()
        background_tasks.create(self._show_family(), name="side by side")
        subscribe(self.rooms.changed, self._show_family)
        background_tasks.create(self._go_to(self.at), name="replay")

    async def _finish(self) -> None:
        try:
            with self.room.deed():
                await self.room.finish()
        except (Refused, OSError) as error:
            self.notice.tell(said.refusal(error), bad=True)
            return
        self.notice.tell(say("The exercise has ended; the model played on to the end of the follow-up."))
        await self._show_family()

    # -- the report --------------------------------------------------------------------------------------------

    def _show_report(self, *, making: bool = False) -> None:
        place = folder_of(self.room.folder, lang.language())
        self._report.clear()
        with self._report:
            heading(2, say("What it came to"))
            if making:
                para(say("Every decision that waited is played again: this takes a minute or two."))
                Tag("progress", aria_label=say("Progress"))
                return
            if (place / SUMMARY).exists():
                with box("stack") as shown:
                    try:
                        self._summary(json.loads(read_plain(place / SUMMARY)))
                    except Exception:  # whatever is wrong with a kept report, it can be made again
                        shown.clear()
                        with shown:
                            para(say("The report that was kept is damaged: make it again."), "mistake")
                with box("row"):
                    for form in FORMS:
                        if (place / f"report.{form}").is_file():
                            file = f"/room/{self.room.id}/report.{form}"
                            link(say("The report as {form}", form=form.upper()), file, "button")
                    if (place / "people.html").is_file():
                        file = f"/room/{self.room.id}/people.html"
                        link(say("A page for each who took part, to print"), file, "button")
            failed = self.room.folder / AFTER / FAILED
            if failed.is_file():
                why = unpacked(read_plain(failed).decode(errors="replace"))
                para(clip(translate(why), 400), "mistake")
            para(say("The report says what each decision cost, against what the model alone would have done."), "quiet")
            button(say("Make the report"), self._make, "main")

    def _summary(self, said_: dict[str, Any]) -> None:
        with box(f"notice {said_['verdict']}"):
            Tag("strong", said_["finding"], "finding")
            para(said_["against"])
        para(said_["score"])
        para(said_["late"], "quiet")
        with box("figures", "dl"):
            for label, amount in said_["outcomes"]:
                with box():
                    Tag("dt", label)
                    Tag("dd", amount)
        if said_["otherwise"]:
            heading(3, say("What else could have been"))
            with Tag("ol"):
                for amount, text in said_["otherwise"]:
                    with Tag("li"):
                        Tag("strong", amount)
                        Tag("span", f" {text}")

    async def _make(self) -> None:
        """Make the report outside the server's process, so that no clock waits for it."""
        self._show_report(making=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sim.web.after", str(self.room.folder.resolve()), stdout=DEVNULL, stderr=DEVNULL
        )
        await process.wait()
        self.room.changed.emit()  # pages of seats show the way to their own results
        if not self._report.is_deleted:
            self._show_report()

    def _questions(self) -> None:
        questions = self.room.session.exercise.debrief
        if questions:
            with box("panel", "section"):
                heading(2, say("Questions for the room"))
                with Tag("ol"):
                    for one in questions:
                        Tag("li", words.told(one.text))

    # -- replay ------------------------------------------------------------------------------------------------

    def _replay(self) -> None:
        session = self.room.session
        first, last = session.exercise.starts, max(session.now, session.exercise.starts + STEP)
        heading(2, say("Replay"))
        with box("field"):
            label = Tag("label", say("Moment of the exercise"))
            self.slider = Tag("input", type="range", min=first, max=last, step=STEP, autocomplete="off")
            self.slider.set(**{"^value": self.at})
            label.set(for_=self.slider.html_id)
        on(self.slider, "change", self._slid, VALUE)
        with box("row"):
            for words, by in (
                (say("A minute earlier"), -6), (say("Ten seconds earlier"), -1), (say("Ten seconds later"), 1),
                (say("A minute later"), 6),
            ):  # fmt: skip
                button(words, partial(self._go_by, by))
            self._play = button(say("Play"), self._play_or_pause)
            button(say("Branch from this moment"), self._branch, "main")
        with box("clock"):
            self.clock = Tag("span", "", "time", role="timer")
        self.money = box("figures", "dl")
        with box("room"):
            with box("stack"):
                self.flow = panel(live.Flow)
            with box("stack"):
                self.decisions = panel(lambda: live.Timeline(self.start, say("What happened until then")))

    async def _slid(self, value: str) -> None:
        at = whole(value, 0, NEVER)
        if at is not None:
            await self._go_to(at)

    async def _go_by(self, steps: int) -> None:
        await self._go_to(self.at + steps * STEP)

    async def _play_or_pause(self) -> None:
        """Show one moment after the other, from the beginning where the last one is shown; or stop there."""
        self._playing = not self._playing
        if not self._playing:
            return
        self._play.set_text(say("Pause"))
        if self.at >= self.room.session.now:
            await self._go_to(self.room.session.exercise.starts)
        while self._playing and self.at < self.room.session.now and not self.slider.is_deleted:
            await asyncio.gather(self._go_by(PLAYED), asyncio.sleep(PACE))
        self._playing = False
        if not self.slider.is_deleted:
            self._play.set_text(say("Play"))

    async def _go_to(self, at: int) -> None:
        """Show a moment. It is played again beside the clocks; of those asked for meanwhile the last is shown."""
        session = self.room.session
        self.at = min(max(at, session.exercise.starts), session.now)
        if self._busy:
            return
        self._busy, shown = True, -1
        try:
            while shown != self.at:
                shown = self.at
                if shown >= session.now and self.room.playing_on:
                    self.notice.tell(say("The model plays on to the end of the follow-up; then this can be seen."))
                    return
                found: Moment
                if shown >= session.now:  # of a room that goes on: what is seen is taken at once
                    view, missed = session.view("facilitator"), missed_in(session)
                    found = view, await aside.short(truth_of, session.run(), session.now, session.known), missed
                else:
                    found = await aside.short(moment, session, shown)
                if self.slider.is_deleted:  # the page is gone
                    return
                self._show_moment(*found)
        finally:
            self._busy = False

    def _show_moment(self, view: View, truth: Truth, missed: list[LeftToDesk]) -> None:
        self.clock.set_text(said.at(self.start, view["now"]))
        self.flow.show(view)
        self.decisions.show(happened(self.room.session, view, missed))
        self.money.clear()
        with self.money:
            for name, label in money_words().items():
                with box():
                    Tag("dt", label)
                    Tag("dd", lang.money(truth["money"][name]))
        show_value(self.slider, self.at)

    # -- branches ----------------------------------------------------------------------------------------------

    async def _branch(self) -> None:
        self.notice.tell(say("The branch is being opened."))
        try:
            made = await self.rooms.branch_beside(self.room, self.at)
        except OSError as error:
            self.notice.tell(said.refusal(error), bad=True)
            return
        go_on(f"/room/{made.id}/board", self.main)

    async def _show_family(self) -> None:
        if self.room.gone:
            no_more(self.main, say("This room was deleted"), "/rooms", say("Back to the exercises"))
            return
        self._end.set(hidden=self.room.session.finished)
        await self._family.show()


Moment = tuple[View, Truth, list[LeftToDesk]]
"""The facilitator's view, the truth, and what nobody had decided in time."""


def moment(session: Session, at: int) -> Moment:
    """A session as it was at a moment before now (ms)."""
    then = session.branch(at)
    return then.view("facilitator"), then.truth(), missed_in(then)
