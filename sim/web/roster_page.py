"""The roster of a centre as a grid: desks by the hours of a week, shifts as bars to drag or to move by keyboard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from nicegui import ui

from sim.report.publish import roster_sheet
from sim.report.publish.files import as_yaml
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import Loaded
from sim.scenario.models import MOST_TITLE, Scenario
from sim.study.ask.compare import TIMES
from sim.study.ask.shifts import LEGAL_HOURS, MOST_HOURS, Line, lines_of, roster_of, settings_of, weeks_of
from sim.study.run.errors import StudyError
from sim.web import addresses, aside
from sim.web.brought import no_sheet, sheet_field
from sim.web.estimate_arms import read_typed
from sim.web.faults import mistake, refused_page, unreadable
from sim.web.form import fields_of
from sim.web.form import settings_of as form_settings
from sim.web.own_centre import as_file, keep
from sim.web.parts import Field, Tag, box, button, details, go_on, heading, link, para
from sim.web.roster_desk import RosterDesk
from sim.web.said import refusal
from sim.web.scenarios import UPLOADED, read, set_values
from sim.web.site import Site, not_there, page_of
from sim.web.studies import Studies
from sim.web.uploads import Uploads
from sim.web.work import CHANGED, DamagedError, Wanted
from sim.words import language as lang
from sim.words import names
from sim.words.language import say, titled, translate
from sim.words.phrases import text_of

RUNS: Final = 50
"""Pairs of runs of a comparison."""


@dataclass(frozen=True)
class Whose:
    """The centre whose roster it is."""

    source: Path | str
    """A shipped scenario, or an uploaded file."""
    loaded: Loaded[Scenario]
    """As it was."""
    settings: Sequence[str] = ()
    """What is changed from the beginning, such as the roster that a search found."""
    back: str = ""
    here: str = ""
    """The address of the page alone."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """By path, what the live page had changed; among the settings too."""

    @property
    def beside(self) -> list[str]:
        """The settings that are of no roster."""
        return [one for one in self.settings if not one.startswith("desks.")]


def build(site: Site, studies: Studies, uploads: Uploads) -> None:
    """Put the pages into the framework's application."""

    @site.page("/planner/scenario/{name}/roster")
    async def shipped(request: Request, name: str) -> None:
        if name in catalogue.names():
            await _page(request, studies, uploads, name, (), f"/planner/live/{name}")
        else:
            not_there(request, say("There is no such scenario."), "/planner", say("Back to the planner"))

    @site.page("/planner/upload/{name}/roster")
    async def uploaded(request: Request, name: str) -> None:
        if (found := uploads.find(name)) is not None:
            await _page(request, studies, uploads, found, (), f"/planner/live/upload/{name}")
        else:
            not_there(request, say("There is no such file."), "/planner", say("Back to the planner"))

    @site.page("/planner/study/{name}/roster")
    async def proposed(request: Request, name: str) -> None:
        study = studies.get(name)
        try:
            settings = study.told.settings if study is not None and studies.state(study) == "done" else []
        except DamagedError:
            settings = []
        if study is None or not settings:
            not_there(request, say("There is no such study. It may have been deleted."), "/planner",
                      say("Back to the planner"))  # fmt: skip
            return
        last = study.request.arms[-1]
        source = study.folder / UPLOADED if last.scenario == UPLOADED else last.scenario
        await _page(request, studies, uploads, source, (*last.settings, *settings), f"/planner/study/{name}")


async def _page(
    request: Request, studies: Studies, uploads: Uploads, source: Path | str, settings: Sequence[str], back: str
) -> None:
    """Show the roster of a centre."""
    try:
        loaded = await aside.short(read, source)
        fields = {one.path: one for one in await aside.short(fields_of, loaded)}
        typed = read_typed(request.query_params.get("typed", ""), fields) or {}
        settings = (*settings, *form_settings(list(fields.values()), typed))
        now = (await aside.short(set_values, loaded, settings)).scenario
        lines = await aside.short(_drawn, loaded, request.query_params.get("drawn", ""), lines_of(now))
    except (ScenarioError, OSError) as error:
        wrong = error if isinstance(error, ScenarioError) else unreadable(error)
        refused_page(request, wrong, "/planner", say("Back to the planner"))
        return
    title = say("The roster: {title}", title=titled(loaded.scenario.title))
    with page_of(request, title, here="/planner", facilitator=True):
        back = addresses.address(back, typed=typed)
        _Roster(studies, uploads, Whose(source, loaded, settings, back, request.url.path, typed), lines).show()


class _Roster:
    """One browser's roster."""

    def __init__(self, studies: Studies, uploads: Uploads, whose: Whose, lines: Sequence[Line]) -> None:
        self._studies, self._uploads, self._whose = studies, uploads, whose
        scenario = whose.loaded.scenario
        self._before = lines_of(scenario)
        self._names = list(dict.fromkeys(one.desk for one in self._before))
        self._start = list(lines)
        self._limit = LEGAL_HOURS
        self._asked = 0
        self._desks: dict[str, RosterDesk] = {}

    @property
    def lines(self) -> list[Line]:
        """All shifts as they are drawn now."""
        return [line for desk in self._desks.values() for line in desk.lines]

    def show(self) -> None:
        """Fill the page."""
        para(
            say(
                "Each bar is a shift: drag it or its ends, or move it with the arrow keys (Shift: its end; up and down:"
                " people). Half hours; what is changed stands beside what it was."
            ),
            "lead",
        )
        with box("panel", "section"):
            self._finding = para("", "finding")
            self._finding.set(role="status")
            self._trouble = Tag("p", "", "mistake", role="alert")
            with box("fields"):
                Field(
                    say("Hours that a person may work a week"), f"{self._limit:g}", type="number", min=1, max=168,
                    on_change=self._limited, help_=say(
                        "China: 40 on average (working hours of 1995), at most {most:g} (Labour Law, article 36).",
                        most=MOST_HOURS,
                    ),
                )  # fmt: skip
        for name in self._names:
            mine, was = ([one for one in lines if one.desk == name] for lines in (self._start, self._before))
            with box("panel", "section"):
                self._desks[name] = RosterDesk(name, mine, was, self._changed)
        with box("panel", "section"):
            self._take_away()
        self._change = box("panel", "section")
        self._tell()

    def _take_away(self) -> None:
        heading(2, say("As a sheet"))
        with box("row"):
            button(say("Download the roster (xlsx)"), self._download)
            sheet_field(say("Bring a roster (xlsx)"), self._brought)
        self._sheet = Tag("p", "", "mistake", role="alert")

    def _limited(self, text: str) -> None:
        try:
            limit = float(text)
        except ValueError:
            return
        if 1 <= limit <= 168:
            self._limit = limit
            self._tell()

    async def _changed(self) -> None:
        """Look at what was drawn, beside the event loop, and say what is wrong with it."""
        self._asked += 1
        asked = self._asked
        self._tell()
        wrong = await aside.short(_tried, self._whose.loaded, self._settings())
        if asked == self._asked and not self._trouble.is_deleted:
            self._trouble.set_text("" if wrong is None else mistake(wrong, ""))
            self._offer(wrong is None)
            if wrong is None:
                addresses.stay(self._change.client, self._address())

    def _address(self) -> str:
        """The address that has all that is shown."""
        return addresses.address(self._whose.here, typed=self._whose.typed, drawn=self._settings())

    def _settings(self) -> list[str]:
        """The changes, as ``path=value`` each."""
        return [
            f"desks.{desk}.{field}={json.dumps(value)}"
            for desk, roster in settings_of(self._before, self.lines).items() for field, value in roster.items()
            if value != roster_of(desk, self._before)[field]
        ]  # fmt: skip

    def _tell(self) -> None:
        """Say what a week costs, was and is."""
        scenario = self._whose.loaded.scenario
        now, was = (weeks_of(scenario, lines, self._limit) for lines in (self.lines, self._before))
        for week in now:
            old = next((one for one in was if one.desk == week.desk), None)
            self._desks[week.desk].tell(week, old, self._limit)
        cost, before = (sum(one.cost for one in weeks) for weeks in (now, was))
        people = sum(one.needed for one in now)
        self._finding.set_text(
            say(
                "A week costs {cost} ({change} against what it was); so that nobody works longer than {limit:g} hours a"
                " week it takes {people:,} people.",
                cost=lang.money(100 * cost), change=_signed(cost - before), limit=self._limit, people=people,
            )
        )  # fmt: skip
        self._offer(True)

    def _offer(self, valid: bool) -> None:
        """Offer to try what was drawn."""
        changed = settings_of(self._before, self.lines)
        self._change.clear()
        with self._change:
            heading(2, say("What is changed"))
            if not changed:
                para(say("Nothing yet."), "quiet")
                link(say("Back"), self._whose.back, "button")
                return
            with Tag("ul"):
                for desk in changed:
                    Tag("li", say("{group}: {what}", group=names.desk(desk), what=self._desks[desk].differs))
            shown = as_yaml({"desks": {desk: _shown(roster) for desk, roster in changed.items()}})
            with details(say("As a file writes it")):
                Tag("pre", shown, "code", tabindex=0)
            if valid:
                with box("row"):
                    button(say("Compare with what it was"), self._compare, "main")
                    button(say("Open as a centre of its own"), self._open)
            link(say("Back"), self._whose.back, "button")

    def _compare(self) -> None:
        whose = self._whose
        upload = whose.source if isinstance(whose.source, Path) else None
        source = UPLOADED if upload else str(whose.source)
        other = whose.beside
        arms = [Wanted(whose.loaded.scenario.name, source, tuple(other)),
                Wanted(CHANGED, source, (*other, *self._settings()))]  # fmt: skip
        try:
            study = self._studies.ask(whose.loaded.scenario.title, arms, RUNS, 1, upload, back=self._address())
        except OSError as error:
            self._trouble.set_text(refusal(error))
            return
        go_on(f"/planner/study/{study.id}", self._change)

    async def _open(self) -> None:
        """Keep the centre with this roster as a file of its own, and open its live page."""
        text = await aside.short(_as_file, self._whose, settings_of(self._before, self.lines))
        try:
            address = await keep(self._uploads, text)
        except OSError as error:
            self._trouble.set_text(refusal(error))
        except ScenarioError as error:
            self._trouble.set_text(mistake(error, ""))
        else:
            go_on(address, self._change)

    async def _download(self) -> None:
        ui.download(await aside.short(roster_sheet.written, self.lines), "roster.xlsx")

    async def _brought(self, data: bytes) -> None:
        """Draw the roster of a sheet; desks that it does not name stay as they are."""
        if not data:
            self._sheet.set_text(no_sheet())
            return
        try:
            lines = await aside.short(roster_sheet.read, data, self._names)
        except StudyError as error:
            self._sheet.set_text(translate(text_of(error)))
            return
        self._sheet.set_text("")
        for name in dict.fromkeys(one.desk for one in lines):
            self._desks[name].put([one for one in lines if one.desk == name])
        await self._changed()


def _drawn(loaded: Loaded[Scenario], said: str, lines: Sequence[Line]) -> Sequence[Line]:
    """The shifts that an address says were drawn; others where it says nothing that could be drawn here."""
    settings = addresses.read(said)
    if not (isinstance(settings, list) and settings and all(isinstance(one, str) for one in settings)):
        return lines
    if not all(one.startswith("desks.") for one in settings):
        return lines
    try:
        drawn = lines_of(set_values(loaded, settings).scenario)
    except ScenarioError:
        return lines
    return drawn if {one.desk for one in drawn} == {one.desk for one in lines} else lines


def _shown(roster: Any) -> Any:
    """A roster without the lines that only take something away."""
    return {name: value for name, value in roster.items() if value is not None}


def _signed(yuan: float) -> str:
    return "+" * (yuan > 0) + lang.money(100 * round(yuan)) if round(yuan) else say("no change")


def _tried(loaded: Loaded[Scenario], settings: Sequence[str]) -> ScenarioError | None:
    try:
        set_values(loaded, settings)
    except ScenarioError as error:
        return error
    return None


def _as_file(whose: Whose, desks: Any) -> str:
    """The text of a scenario file with another roster."""
    scenario = whose.loaded.scenario
    title = say("{title}, another roster", title=scenario.title)[:MOST_TITLE]
    lasting = [one for one in whose.beside if one.partition("=")[0] not in TIMES]  # how long is looked at is the page's
    return as_file(whose.source, whose.loaded, lasting, title=title, name=f"{scenario.name}-roster", desks=desks)
