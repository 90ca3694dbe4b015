"""The live page of a centre: whatever is changed, what comes back and what it costs is estimated while one looks."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import Request
from nicegui import ui

from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.study.ask.compare import TIMES
from sim.study.ask.staff import utilisations
from sim.web import addresses, aside
from sim.web.asking import Asking, Known
from sim.web.compiling import Compiling
from sim.web.estimate_arms import Arms, Kept, read, read_typed
from sim.web.estimate_centre import Centre, centre_of, scenario_of, tried
from sim.web.estimate_inputs import Changes, Inputs, busy
from sim.web.estimate_results import Results
from sim.web.estimating import SEED, Estimators, Viewer
from sim.web.faults import refused_page, unreadable
from sim.web.not_asked import NotAsked
from sim.web.own_centre import keep_changes
from sim.web.parts import Tag, box, go_on, heading, link, para, subscribe
from sim.web.scenarios import UPLOADED
from sim.web.site import Site, not_there, page_of
from sim.web.studies import Studies, Study
from sim.web.uploads import Uploads
from sim.web.work import CHANGED, Wanted
from sim.words.language import say, titled

ASKED_RUNS: Final = 50
"""Runs, or pairs of runs, of what is asked further."""


def build(site: Site, estimators: Estimators, uploads: Uploads, studies: Studies) -> None:
    """Put the live pages into the framework's application."""

    @site.page("/planner/live/{name}")
    async def live(request: Request, name: str) -> None:
        if name in catalogue.names():
            await live_page(request, estimators, studies, uploads, name, f"/planner/scenario/{name}")
        else:
            gone = say("There is no such scenario.")
            not_there(request, gone, "/planner", say("Back to the planner"))

    @site.page("/planner/live/upload/{name}")
    async def live_upload(request: Request, name: str) -> None:
        if (found := uploads.find(name)) is not None:
            await live_page(request, estimators, studies, uploads, found, f"/planner/upload/{name}")
        else:
            gone = say("There is no such file.")
            not_there(request, gone, "/planner", say("Back to the planner"))


async def live_page(
    request: Request, estimators: Estimators, studies: Studies, uploads: Uploads, source: Path | str, address: str
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
        await _Live(estimators, studies, uploads, centre, brought, typed, request.url.path).show()


class _Live:
    """One browser's live page."""

    def __init__(
        self, estimators: Estimators, studies: Studies, uploads: Uploads, centre: Centre, brought: list[Kept],
        typed: Mapping[str, str] | None, here: str,
    ) -> None:  # fmt: skip
        """
        Args:
            brought: the arms of the address.
            typed: what the address says was typed; None for nothing.
            here: the address alone.
        """
        self.centre, self._studies, self._uploads = centre, studies, uploads
        self._brought, self._here = brought, here
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
        not_asked = NotAsked(self.centre.fields, self.inputs, self.centre.address)
        not_asked.lead()
        self.doubts = box("notice warn")
        Compiling()
        with box("live"):
            self.results = Results(self.viewer)
            with box("panel inputs-panel", "section"):
                self.inputs.show()
            self.results.pictures()
        not_asked.show()
        with box("panel", "section"):
            self.changes = Changes(self.inputs, self.centre.kept, self._keep)
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
                if isinstance(self.centre.source, Path):
                    link(say("Take the file of this centre"), f"{self.centre.address}/file", "button", download="")
        with box("panel", "section"):
            Asking(self._ask, lambda: scenario_of(self.centre, self.inputs.settings), self._known)
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

    async def _keep(self) -> None:
        """Make what is set a centre of its own, and open it: what is compared then begins from there.

        Raises:
            ScenarioError: a value is wrong.
            OSError: the data folder cannot be written.
        """
        own = {path for path, text in self.centre.kept.items() if self.inputs.typed.get(path) == text}
        mine = [one for one in self.inputs.settings if one.partition("=")[0] not in own]
        address = await keep_changes(self._uploads, self.centre.source, self.centre.loaded, mine)
        go_on(address, self.doubts)

    def _utilisation(self) -> Mapping[str, float]:
        """By desk, as far as it is known."""
        estimate = self.viewer.answer.estimate
        return utilisations(estimate.runs) if estimate else {}

    def _known(self) -> Known:
        """What is known of the desks so far."""
        found = self.viewer.answer.diagnosis
        return Known(self._utilisation(), found.worth_a_person if found else None)

    def _show(self) -> None:
        answer = self.viewer.answer
        self.results.show(answer)
        self.arms.show(answer)
        if answer.estimate is not None:
            self.inputs.press(busy(self._utilisation()))
            self.command.set_text(self._command(answer.estimate.n))

    def _command(self, n: int) -> str:
        """What prints the same numbers."""
        settings = "".join(f" --set {shlex.quote(one)}" for one in self.inputs.settings)
        return f"fundfreeze run {shlex.quote(self.centre.file)}{settings} --replications {n} --seed {SEED}"
