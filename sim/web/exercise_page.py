"""Where a whole exercise is made: begun empty or as a copy, filled in, tried by automatic players, and played."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from nicegui import ui

from sim.exercise.models import CallIn, Exercise, Routes, Scoring
from sim.scenario.errors import ScenarioError
from sim.web import aside
from sim.web.exercise_entries import Entries, Kind
from sim.web.exercise_events import EventList
from sim.web.exercise_form import Draught, Options, Place
from sim.web.exercise_kinds import Kinds
from sim.web.exercise_making import Around, Look, Making, scenarios_of
from sim.web.exercise_try import Trying
from sim.web.exercise_wrong import label, wrong_words
from sim.web.exercises import Exercises
from sim.web.faults import refused_page, unreadable
from sim.web.parts import Field, Tag, box, button, details, heading, link, para
from sim.web.rooms import Rooms
from sim.web.site import Site, not_there, page_of
from sim.words import language as lang
from sim.words.language import counted, say, translate

ABOUT: Final = ("title", "question", "briefing", "scenario", "starts", "ends", "speed", "difficulty")
LULL: Final = 0.4
"""Seconds after a change in which nothing is done: who types goes on typing."""


def build(site: Site, rooms: Rooms, exercises: Exercises) -> None:
    """Put the page into the framework's application."""

    @site.page("/rooms/make/{name}")
    async def make(request: Request, name: str) -> None:
        if exercises.uploads.find(name) is None:
            gone = say("There is no such exercise. It may have been deleted.")
            not_there(request, gone, "/rooms", say("Back to the exercises"))
            return
        making = Making(exercises, name)
        try:
            draft = await aside.short(making.opened)
        except (ScenarioError, OSError) as error:
            wrong = error if isinstance(error, ScenarioError) else unreadable(error)
            refused_page(request, wrong, "/rooms", say("Back to the exercises"))
            return
        look = await aside.short(making.looked, deepcopy(draft), keep=False)
        scenarios = await aside.short(scenarios_of, exercises)
        with page_of(request, say("Make an exercise"), here="/rooms", facilitator=True):
            await _Editor(exercises, rooms, making, draft, scenarios).show(look)


class _Editor:
    """One browser's exercise."""

    def __init__(
        self, exercises: Exercises, rooms: Rooms, making: Making, draft: dict[str, Any], scenarios: Options
    ) -> None:  # fmt: skip
        self._making, self._kinds = making, Kinds(scenarios)
        self._of = self._kinds.of = Draught(draft, self._changed, self._kinds.options)
        self._asked = self._looked = 0
        """Changes, and those of them that the last look has seen."""
        self._one_at_a_time = asyncio.Lock()
        self._lists: dict[str, Entries] = {}
        self._look: Look | None = None
        self._trying = Trying(rooms, exercises, making, self._take_seed, self._current)
        self._file: Tag | None = None

    async def show(self, look: Look) -> None:
        """Fill the page."""
        self._kinds.around = look.around or Around()
        with box("panel sticky", "section"), box("wide"):
            self._state = Tag("p", "", "finding", role="status")
        self._about = para("", "quiet")
        with box("panel", "section"):
            heading(2, say("1. What it is about"))
            with box("fields"):
                self._of.fields(Exercise, (), ABOUT)
            with details(say("Seed, name of the file, note for whoever leads")), box("fields inset"):
                self._of.fields(Exercise, (), ("seed", "name", "made"))
        await aside.turn()
        with box("panel", "section"):
            heading(2, say("2. Who sits in the room"))
            self._list("roles", self._kinds.roles(), "injects")
            self._nested("call_in", CallIn)
            self._nested("routes", Routes)
        with box("panel", "section"):
            heading(2, say("3. What they are to learn"))
            self._list("objectives", self._kinds.objectives())
        await aside.turn()
        with box("panel", "section"):
            heading(2, say("4. What happens: injects"))
            self._list("injects", self._kinds.injects(), "objectives")
            EventList(self._of, self._brought, self._opens)
        with box("panel", "section"):
            heading(2, say("5. Score and debriefing"))
            self._nested("scoring", Scoring)
            heading(3, label(("debrief",), Exercise))
            self._list("debrief", self._kinds.questions())
        with box("panel", "section"):
            heading(2, say("6. Try it, and open a room"))
            self._trying.show()
        with box("panel", "section"):
            heading(2, say("The file"))
            self._as_file()
        link(say("Back to the exercises"), "/rooms", "button")
        self._tell(look)

    def _list(self, name: str, kind: Kind, naming: str = "") -> None:
        """Put a list on the page, and show the list that names its entries anew when they change."""

        def changed() -> None:
            if naming:
                self._lists[naming].show()

        self._lists[name] = Entries(self._of, (name,), kind, changed)

    def _nested(self, name: str, model: Any) -> None:
        with details(label((name,), Exercise)), box("fields inset"):
            self._of.fields(model, (name,))

    def _as_file(self) -> None:
        with box("row"):
            button(say("Download the file (YAML)"), self._download)
            button(say("Show the file"), self._shown)
        self._file_place = box()

    def _shown(self) -> None:
        self._file_place.clear()
        with self._file_place:
            self._file = Tag("pre", "" if self._look is None else self._look.text, "code", tabindex=0)

    async def _download(self) -> None:
        look = await self._current()
        if look is not None:
            name = self._of.get(("name",))
            ui.download(look.text.encode(), f"{name if isinstance(name, str) else 'exercise'}.yaml")

    # -- changes -----------------------------------------------------------------------------------------------

    async def _take_seed(self, seed: int) -> None:
        """Another seed is that of the exercise."""
        field = self._of.shown["seed"]
        assert isinstance(field, Field)
        field.put(f"{seed}")
        await self._of.put(("seed",), seed)

    async def _brought(self) -> None:
        """A sheet has taken the place of the injects."""
        for name in ("objectives", "injects"):
            self._lists[name].show()
        await self._changed(("injects",))

    def _inside(self, where: str, what: str) -> str:
        """A mistake with the name of its value."""
        parts = where.split(".")
        entry = self._kinds.name(parts[0], parts[1]) if len(parts) > 1 and parts[0] in self._lists else ""
        named = [entry, label(parts, Exercise, skip=2 if entry else 0)]
        return say("{who}: {text}", who=say(", ").join(filter(None, named)) or where, text=what)

    def _opens(self) -> int | None:
        """ms since midnight at which the room opens; None where that is not known."""
        loaded = None if self._look is None else self._look.loaded
        if loaded is None:
            return None
        at = loaded.scenario.when(loaded.exercise.starts)
        return ((at.hour * 60 + at.minute) * 60 + at.second) * 1000

    async def _changed(self, place: Place) -> None:
        """Keep what was changed and say what is wrong with it, once whoever types has stopped for a moment."""
        if place[:1] == ("injects",) and place[2:3] == ("expect",):
            self._of.answer_has_a_time(place[:2])
        self._asked += 1
        asked = self._asked
        for entries in self._lists.values():
            entries.tell()
        self._state.set_text(say("What you changed is being kept …"))
        await asyncio.sleep(LULL)
        if asked == self._asked:
            await self._current()

    async def _current(self) -> Look | None:
        """The exercise as it is on the page now, kept and looked at: what was changed a moment ago is in it."""
        async with self._one_at_a_time:
            while self._looked != self._asked:
                self._looked = self._asked
                look = await aside.short(self._making.looked, deepcopy(self._of.tree))
                if self._looked == self._asked and not self._state.is_deleted:
                    self._tell(look)
        return self._look

    def _tell(self, look: Look) -> None:
        """Say whether it can be played, and what is wrong beside the field where it is."""
        self._look = look
        if look.around is not None and look.around != self._kinds.around:
            self._kinds.around = look.around
            for name in ("roles", "injects"):
                self._lists[name].show()
        wrong = look.wrong
        inside = "" if wrong is None else self._inside(wrong.field, wrong_words(wrong))
        self._of.refuse(wrong, inside)
        if look.trouble:
            said = say("Not kept: {why}", why=translate(look.trouble))
        elif wrong is not None:
            said = say("Not finished: {what}", what=inside)
        else:
            said = say("It can be played.")
        self._state.set_text(said)
        self._state.mark_as("mistake", bool(look.trouble))
        self._about.set_text("" if look.loaded is None else _when(look))
        if self._file is not None and not self._file.is_deleted:
            self._file.set_text(look.text)
        self._trying.tell(look)


def _when(look: Look) -> str:
    """When the room is open, and how large it is."""
    assert look.loaded is not None
    exercise, scenario = look.loaded.exercise, look.loaded.scenario
    opens, closes = scenario.when(exercise.starts), scenario.when(exercise.ends)
    span = exercise.ends - exercise.starts
    return say(
        "The room opens on {date} at {opens} and closes at {closes}: {span} of the case in {own} of your time."
        " {roles}, {injects}. Kept on this server at {now}.", date=lang.date(opens),
        opens=lang.clock(opens, seconds=False), closes=lang.clock(closes, seconds=False), span=lang.duration(span),
        own=lang.duration(span / exercise.speed), roles=counted(len(exercise.roles), "{n} role", "{n} roles"),
        injects=counted(len(exercise.injects), "{n} inject", "{n} injects"), now=lang.clock(datetime.now()),
    )  # fmt: skip
