"""The live page of a centre: whatever is changed, what comes back and what it costs is estimated while one looks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from nicegui import ui

from sim.report.findings import diagnosis as diagnosed
from sim.report.findings import estimate as said
from sim.report.findings.waterfall import waterfall_finding
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.study.ask.compare import TIMES
from sim.web import addresses, aside
from sim.web.asking import Asking
from sim.web.compiling import Compiling
from sim.web.estimate_arms import Arms, Kept, read, read_typed
from sim.web.estimate_centre import Centre, centre_of, scenario_of, tried
from sim.web.estimate_charts import (
    Shown,
    curve_options,
    desks_of,
    height_of_week,
    way_options,
    week_options,
)
from sim.web.estimate_inputs import Changes, Inputs
from sim.web.estimating import SEED, Answer, Estimators, Viewer
from sim.web.faults import refused_page, unreadable
from sim.web.parts import Field, Tag, box, details, heading, link, para, subscribe, table
from sim.web.scenarios import UPLOADED
from sim.web.site import Site, not_there, page_of
from sim.web.studies import Studies, Study
from sim.web.uploads import Uploads
from sim.web.work import CHANGED, Wanted
from sim.words import language as lang
from sim.words import names
from sim.words.language import say, titled, translate

ASKED_RUNS: Final = 50
"""Runs, or pairs of runs, of what is asked further."""


def build(site: Site, estimators: Estimators, uploads: Uploads, studies: Studies) -> None:
    """Put the live pages into the framework's application."""

    @site.page("/planner/live/{name}")
    async def live(request: Request, name: str) -> None:
        if name in catalogue.names():
            await live_page(request, estimators, studies, name, f"/planner/scenario/{name}")
        else:
            gone = say("There is no such scenario.")
            not_there(request, gone, "/planner", say("Back to the planner"))

    @site.page("/planner/live/upload/{name}")
    async def live_upload(request: Request, name: str) -> None:
        if (found := uploads.find(name)) is not None:
            await live_page(request, estimators, studies, found, f"/planner/upload/{name}")
        else:
            gone = say("There is no such file.")
            not_there(request, gone, "/planner", say("Back to the planner"))


async def live_page(
    request: Request, estimators: Estimators, studies: Studies, source: Path | str, address: str
) -> None:
    """Show the live page of a centre."""
    try:
        centre = await aside.short(centre_of, source, address)
    except (ScenarioError, OSError) as error:
        wrong = error if isinstance(error, ScenarioError) else unreadable(error)
        refused_page(request, wrong, "/planner", say("Back to the planner"))
        return
    with page_of(request, titled(centre.loaded.scenario.title), here="/planner", facilitator=True):
        said, known = request.query_params, {one.path: one for one in centre.fields}
        brought, typed = read(said.get("arms", ""), known), read_typed(said.get("typed", ""), known)
        await _Live(estimators, studies, centre, brought, typed, request.url.path).show()


class _Live:
    """One browser's live page."""

    def __init__(
        self, estimators: Estimators, studies: Studies, centre: Centre, brought: list[Kept],
        typed: Mapping[str, str] | None, here: str,
    ) -> None:  # fmt: skip
        """
        Args:
            brought: the arms of the address.
            typed: what the address says was typed; None for nothing.
            here: the address alone.
        """
        self.centre, self._studies, self._brought, self._here = centre, studies, brought, here
        self.viewer: Viewer = estimators.open()
        self.inputs = Inputs(centre.fields, centre.kept if typed is None else typed, self._changed)
        self._asked = 0
        self._client = ui.context.client
        self._client.on_delete(lambda: estimators.leave(self.viewer))

    async def show(self) -> None:
        """Fill the page, and ask."""
        scenario = self.centre.loaded.scenario
        if scenario.question:
            para(titled(scenario.question), "lead")
        self.doubts = box("notice warn")
        Compiling()
        with box("live"):
            self.results = Results(self.viewer)
            with box("panel inputs-panel", "section"):
                self.inputs.show()
            self.results.pictures()
        with box("panel", "section"):
            self.changes = Changes(self.inputs, self.centre.kept)
        with box("panel", "section"):
            heading(2, say("The same on the command line, and more"))
            self.command = Tag("code", "", "command")
            with box("row"):
                self._further = {
                    at: link(words, at, "button") for at, words in (
                        (self.centre.address, say("Every value at once, and studies that are kept")),
                        (f"{self.centre.address}/roster", say("The roster: shifts as bars, hours and cost")),
                    )
                }  # fmt: skip
        with box("panel", "section"):
            Asking(self._ask, lambda: scenario_of(self.centre, self.inputs.settings))
        with box("panel", "section"):
            self.arms = Arms(self.inputs, self._brought, self._here, self._changed)
        subscribe(self.viewer.changed, self._show)
        await self._changed()

    async def _changed(self) -> None:
        """Ask anew: what was asked before is abandoned."""
        self._asked += 1
        if self._asked > 1:
            self._stay()
        asked = self._asked
        question, doubts, wrong = await aside.short(tried, self.centre, self.inputs.settings, self.arms.settings())
        if asked != self._asked or self.doubts.is_deleted:
            return
        self.inputs.refuse(wrong)
        self.changes.show()
        if question is None:
            self.viewer.stop()
            self.results.refused()
            return
        self.results.stale()
        for at, made in self._further.items():
            made.set(href=addresses.address(at, typed=self._typed))
        self.doubts.clear()
        with self.doubts:
            for line in doubts:
                para(say("warning: {text}", text=line))
        self.doubts.set_visibility(bool(doubts))
        self.viewer.ask(question)

    @property
    def _typed(self) -> Mapping[str, str]:
        """What is set, as an address says it; nothing where all is as it was."""
        return self.inputs.typed if self.inputs.typed != self.centre.kept else {}

    @property
    def _address(self) -> str:
        """The address with what is set and kept."""
        return addresses.address(self._here, typed=self._typed, arms=self.arms.said)

    def _stay(self) -> None:
        """Let the address say what is set and kept: a page that is loaded again is as it was."""
        addresses.stay(self._client, self._address)

    def _ask(self, kind: str, options: Mapping[str, str]) -> Study:
        """Ask for a study of the centre as it was and, where something was changed, as it is set now."""
        scenario, settings = self.centre.loaded.scenario, self.inputs.settings
        uploaded = self.centre.source if isinstance(self.centre.source, Path) else None
        source = UPLOADED if uploaded else str(self.centre.source)
        timed = [one for one in settings if one.partition("=")[0] in TIMES]
        arms = [Wanted(scenario.name, source, tuple(timed))]
        if len(timed) < len(settings):
            arms.append(Wanted(CHANGED, source, tuple(settings)))
        return self._studies.ask(scenario.title, arms, ASKED_RUNS, SEED, uploaded, kind, options, self._address)

    def _show(self) -> None:
        answer = self.viewer.answer
        self.results.show(answer)
        self.arms.show(answer)
        if answer.estimate is not None:
            self.command.set_text(self._command(answer.estimate.n))

    def _command(self, n: int) -> str:
        """What prints the same numbers."""
        source = self.centre.source if isinstance(self.centre.source, str) else "FILE.yaml"
        settings = "".join(f" --set {shlex.quote(one)}" for one in self.inputs.settings)
        return f"fundfreeze run {source}{settings} --replications {n} --seed {SEED}"


class Results:
    """What came of it, drawn again as it sharpens; only what has changed is sent."""

    def __init__(self, viewer: Viewer) -> None:
        self._last = Answer()
        self.viewer = viewer
        with box("panel now", "section"):
            heading(2, say("What comes back, and what it costs"))
            self._state = Tag("p", say("The first estimate is being made."), "state", role="status")
            self._finding = Tag("p", "", "finding")
            self._figures = box("cards", "dl")
            self._diagnosis = Tag("p", "", "finding binds", aria_live="polite")
            self._mistake = Tag("p", "", "mistake", role="alert")

    def pictures(self) -> None:
        """Make room for the pictures."""
        with box("stack pictures"):
            with box("charts"):
                self.curve = Chart(say("The sooner, the more"), 300)
                self.way = Chart(say("Where the money goes"), 380)
            self.week = WeekChart()

    def stale(self) -> None:
        """Say that what is shown is of what was asked before."""
        self._state.set_text(say("A new estimate is being made."))
        self._state.mark_as("settled", False)

    def refused(self) -> None:
        """Say that what was changed last is not estimated."""
        self._state.set_text(say("What was changed last is not estimated: a value of it cannot be used."))
        self._state.mark_as("settled", False)

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        last, self._last = self._last, answer
        self._mistake.set_text(say("This cannot be estimated: {what}", what=translate(answer.mistake))
                               if answer.mistake else "")  # fmt: skip
        if answer.estimate is not None and answer.estimate is not last.estimate:
            estimate = answer.estimate
            self._state.set_text(said.precision(estimate).capitalize())
            self._state.mark_as("settled", estimate.settled)
            self._finding.set_text(said.in_short(estimate))
            self._cards(said.figures(estimate))
            if estimate.of("recovered_share").n:
                rows = [(said.step_label(one), said.step_value(one)) for one in said.shortened(estimate.way)]
                self.way.show(
                    way_options(estimate.way), waterfall_finding(estimate.way) + say("."),
                    (say("cause"), say("share of the loss")), rows,
                )  # fmt: skip
        if answer.curve and (answer.curve is not last.curve or answer.estimate is not last.estimate):
            times = [
                (f"{row.factor:g}", f"{row.response_latency_min:.1f}", said.share_words(row)) for row in answer.curve
            ]
            head = (
                say("times of the response, as a multiple"), say("min from report to first stop"), say("recovered, %"),
            )  # fmt: skip
            options = curve_options(answer.curve, answer.estimate)
            self.curve.show(options, said.curve_finding(answer.curve), head, times)
        if answer.weeks and answer.weeks is not last.weeks:
            self.week.show(answer.weeks)
        self._diagnose(answer)

    def _diagnose(self, answer: Answer) -> None:
        if answer.diagnosis is not None:
            pairs = say("({n:,} pairs of runs)", n=answer.diagnosis.n)
            self._diagnosis.set_text(f"{diagnosed.finding(answer.diagnosis)} {pairs}")
        elif answer.estimate is not None:
            self._diagnosis.set_text(say("What binds is looked for once the estimate is settled."))
        self._diagnosis.mark_as("quiet", answer.diagnosis is None)

    def _cards(self, figures: Sequence[said.Figure]) -> None:
        self._figures.clear()
        with self._figures:
            for one in figures:
                with box("card"):
                    Tag("dt", one.label)
                    Tag("dd", one.value, "value")
                    if one.interval:
                        Tag("dd", one.interval, "quiet")
                    if one.change:
                        Tag("dd", one.change, {"better": "tag good", "worse": "tag bad"}.get(one.verdict, "tag"))


class Chart:
    """A picture with its finding above it, and its numbers as a table for whoever does not see it."""

    def __init__(self, title: str, height: int) -> None:
        self.height = height
        with box("panel", "section") as self.box:
            heading(2, title)
            self._finding = para(say("Being made."), "quiet")
            self.tools = box("row")
            self.place = box("chart", role="img", aria_label=title)
            with details(say("As a table")):
                self._table = box()
        self._chart: ui.echart | None = None
        self._title = title

    def show(
        self, options: dict[str, Any], finding: str, head: Sequence[str], rows: Sequence[Sequence[str]],
        height: int | None = None,
    ) -> None:  # fmt: skip
        """Draw, and say."""
        self._finding.set_text(finding)
        self.place.set(aria_label=finding)
        if self._chart is None:
            with self.place:
                self._chart = ui.echart(options, renderer="svg")
        else:
            self._chart.options.clear()
            self._chart.options.update(options)
            self._chart.update()
        self._chart.style(f"height: {height or self.height}px; width: 100%")
        self._table.clear()
        with self._table:
            table(head, rows, self._title)


class WeekChart:
    """The picture of a week, of which one chooses what it shows."""

    def __init__(self) -> None:
        self._weeks: Sequence[Any] = ()
        self._shown: Shown = "load"
        self._chart = Chart(say("A week, hour by hour"), 300)
        with self._chart.tools:
            self._choice = Field(
                say("Show"), "load",
                options=[
                    ("load", say("how busy people are")), ("wait", say("how long is waited")),
                    ("heads", say("how many people are there")),
                ],
                on_change=self._choose,
            )  # fmt: skip

    def _choose(self, shown: str) -> None:
        self._shown = shown  # type: ignore[assignment]
        if self._weeks:
            self.show(self._weeks)

    def show(self, weeks: Sequence[Any]) -> None:
        """Draw a week."""
        self._weeks = weeks
        rows = [
            (names.desk(one.desk), f"{max(one.heads):.0f}", lang.percent(one.busiest), f"{one.mean_wait / 60:.1f}")
            for one in desks_of(weeks)
        ]  # fmt: skip
        head = (say("desk"), say("most people"), say("busiest hour"), say("mean wait, min"))
        self._chart.show(week_options(weeks, self._shown), said.week_finding(weeks), head, rows, height_of_week(weeks))
