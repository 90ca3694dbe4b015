"""The workflow of a scenario, seen: each route as a graph with counts, waits and leaks; a click changes a step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fastapi import Request
from nicegui import ui

from sim.report.findings import routes as said
from sim.report.publish.files import as_yaml
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.ask.passage import passage
from sim.study.ask.week import goes_on, representative_week
from sim.web import aside
from sim.web.faults import label_of, refused_page, unreadable
from sim.web.form import FormField, fields_of
from sim.web.parts import LETTERS, Field, Tag, box, button, go_on, heading, link, para
from sim.web.said import refusal
from sim.web.scenarios import UPLOADED, read, set_values
from sim.web.site import Site, not_there, page_of
from sim.web.studies import Studies
from sim.web.uploads import Uploads
from sim.web.values import Values
from sim.web.work import CHANGED, Wanted
from sim.words.language import named, say, titled

REPLICATIONS = 100
"""Of the comparison that is asked for here."""
_THEME = {
    "startOnLoad": False, "securityLevel": "strict", "theme": "neutral", "flowchart": {"useMaxWidth": False},
    "fontFamily": LETTERS,
}  # fmt: skip


def build(site: Site, studies: Studies, uploads: Uploads) -> None:
    """Put the pages of routes into the framework's application."""

    @site.page("/planner/scenario/{name}/routes")
    async def shipped(request: Request, name: str) -> None:
        if name in catalogue.names():
            await _page(request, studies, name, f"/planner/scenario/{name}")
        else:
            not_there(request, say("There is no such scenario."), "/planner", say("Back to the planner"))

    @site.page("/planner/upload/{name}/routes")
    async def uploaded(request: Request, name: str) -> None:
        if name in uploads.refused or (found := uploads.find(name)) is None:
            not_there(request, say("There is no such file."), "/planner", say("Back to the planner"))
        else:
            await _page(request, studies, found, f"/planner/upload/{name}")


async def _page(request: Request, studies: Studies, source: Path | str, back: str) -> None:
    """The page of a scenario's routes.

    Args:
        source: a shipped scenario, or an uploaded file.
        back: the address of its form.
    """
    try:
        loaded, fields = await aside.short(_looked_at, source)
    except (ScenarioError, OSError) as error:
        wrong = error if isinstance(error, ScenarioError) else unreadable(error)
        refused_page(request, wrong, "/planner", say("Back to the planner"))
        return
    title = say("How cases go: {title}", title=titled(loaded.scenario.title))
    with page_of(request, title, here="/planner", facilitator=True):
        link(say("All values of this scenario"), back)
        shown = _Routes(studies, source, loaded, fields, request.url.path)
        shown.show()
        await shown.count()


def _looked_at(source: Path | str) -> tuple[Loaded[Scenario], list[FormField]]:
    loaded = read(source)
    return loaded, fields_of(loaded)


def _counted(loaded: Loaded[Scenario], settings: Sequence[str]) -> said.Told:
    """A week of a scenario as it is changed, or all of a shorter one, counted.

    Raises:
        ScenarioError: it cannot be used so.
    """
    changed = set_values(loaded, settings)
    scenario = set_values(changed, representative_week(changed.scenario)).scenario
    return said.Told(scenario, passage(scenario), by_day=goes_on(scenario))


class _Routes:
    """One browser's view of one scenario's routes."""

    def __init__(
        self, studies: Studies, source: Path | str, loaded: Loaded[Scenario], fields: list[FormField], here: str
    ) -> None:
        self.studies = studies
        self.source, self.here = source, here
        self.loaded = loaded
        self.values = Values(loaded, fields, self._heard)
        self.route = next(iter(loaded.scenario.routes))
        self.told: said.Told | None = None

    def show(self) -> None:
        """Fill the page with all but the counts."""
        para(
            say(
                "A week of this scenario, counted once: how often each step is reached, how long people wait for it and"
                " how long it takes, and how much money leaves for good in the meantime. Choose a step to change it."
            )
        )
        options = [(name, named(name, "route")) for name in self.loaded.scenario.routes]
        self.choice = Field(say("Route"), self.route, options=options, on_change=self._choose)
        self.place = box("stack", aria_live="polite")
        self.chosen = box("panel", "section")
        self.chosen.set_visibility(False)
        self.change = box("panel", "section")
        self.change.set_visibility(False)

    async def count(self) -> None:
        """Count anew, with what was changed; said meanwhile."""
        self.place.clear()
        with self.place:
            para(say("A week is being run ..."), "quiet")
        try:
            told = await aside.long(_counted, self.loaded, self.values.settings())
        except ScenarioError as error:
            if not self.place.is_deleted:
                self.place.clear()
                with self.place:
                    para(say("One value cannot be used: {field}.", field=label_of(error)), "mistake")
            return
        if self.place.is_deleted:
            return
        self.told = told
        if self.route not in told.routes and told.routes:
            self.route = told.routes[0]
            self.choice.put(self.route)
        self._draw()

    def _choose(self, route: str) -> None:
        self.route = route
        self.chosen.set_visibility(False)
        if self.told:
            self._draw()

    def _draw(self) -> None:
        told = self.told
        assert told is not None
        self.place.clear()
        with self.place:
            para(said.finding(told, self.route), "lead")
            with box(
                "graph",
                role="group",
                tabindex=0,
                aria_label=say("The route as a graph; its steps stand in the table below"),
            ):
                ui.mermaid(
                    said.diagram(told, self.route),
                    config=_THEME,
                    on_node_click=lambda event: self._pick(event.node_id.rpartition("-")[2]),
                )
            self._table(told)

    def _table(self, told: said.Told) -> None:
        heads = said.heads(told)
        caption = say("The steps of this route")
        with box("table-box", role="group", tabindex=0, aria_label=caption), Tag("table"):
            Tag("caption", caption)
            with Tag("thead"), Tag("tr"):
                for number, head in enumerate(heads):
                    Tag("th", head, "" if number < 2 else "number", scope="col")
            with Tag("tbody"):
                for step, (name, *cells) in said.cells_by_step(told, self.route):
                    with Tag("tr"):
                        with Tag("th", scope="row"):
                            button(name, partial(self._pick, f"s{step}"), "plain-button")
                        for number, cell in enumerate(cells):
                            Tag("td", cell, "" if not number else "number")

    def _pick(self, node: str) -> None:
        """Show what of a step can be changed: its own values, and the people who do it."""
        steps = {f"s{step}": step for step in (self.told.passage.steps_of(self._number()) if self.told else ())}
        if self.told is None or node not in steps:
            return  # no page of ours sends that
        step = self.told.step(steps[node])
        name = self.told.passage.program.names[steps[node]].split(".", 1)[1]
        prefixes = [f"routes.{self.route}.steps.{name}."]
        fields = [one for one in self.values.fields if one.path.startswith(prefixes[0])]
        desks = list((step.work.team or {}) if step.work else ())
        self.chosen.clear()
        with self.chosen:
            heading(2, say("Step: {name}", name=named(name, "step")))
            if not fields and not desks:
                para(say("Nothing of this step is a number: what it does follows from the case."))
            with box("fields"):
                for field in fields:
                    self.values.field(field, 4)
            for desk in desks:
                heading(3, say("Who does it: {desk}", desk=named(desk, "desk")))
                with box("fields"):
                    for field in self.values.fields:
                        if field.path.startswith(f"desks.{desk}.") and field.first:
                            self.values.field(field, 2)
        self.chosen.set_visibility(True)
        ui.run_javascript(f"document.getElementById('{self.chosen.html_id}').scrollIntoView({{block: 'nearest'}})")

    def _number(self) -> int:
        return list(self.loaded.scenario.routes).index(self.route)

    def _heard(self) -> None:
        """Say what was changed as YAML, and offer to count or to compare."""
        settings, wrong = self.values.settings(), self.values.wrong
        self.change.set_visibility(bool(settings))
        self.change.clear()
        if not settings:
            return
        with self.change:
            heading(2, say("What is changed"))
            if wrong is not None:
                para(say("One value cannot be used: {field}.", field=label_of(wrong)), "mistake")
                return
            head = {"schema_version": 1, "extends": self.loaded.scenario.name, "name": "changed"}
            Tag("pre", as_yaml({**head, **self.values.tree}), "code", tabindex=0)
            with box("row"):
                button(say("Count again"), self.count)
                button(say("Compare with what it was"), self._compare, "main")
            self.trouble = Tag("p", "", "mistake", role="alert")

    def _compare(self) -> None:
        name, source = self.loaded.scenario.name, self.source if isinstance(self.source, str) else UPLOADED
        arms = [Wanted(name, source), Wanted(CHANGED, source, tuple(self.values.settings()))]
        upload = self.source if isinstance(self.source, Path) else None
        try:
            study = self.studies.ask(self.loaded.scenario.title, arms, REPLICATIONS, 1, upload, back=self.here)
        except OSError as error:
            self.trouble.set_text(refusal(error))
            return
        go_on(f"/planner/study/{study.id}", self.place)
