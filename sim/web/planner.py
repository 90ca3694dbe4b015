"""The planner: its list of scenarios and of studies, and the addresses of all its pages."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from nicegui import app, ui

from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError, one_line
from sim.web import aside, routes_page, shipped
from sim.web.estimating import Estimators
from sim.web.faults import refused_page
from sim.web.parts import Tag, box, button, confirmed, heading, link, para, subscribe, upload_form
from sim.web.planner_form import scenario_page
from sim.web.planner_study import damaged_page, state_words, study_page
from sim.web.scenarios import read
from sim.web.site import Site, language_of, not_there, page_of, to_pin
from sim.web.studies import Studies
from sim.web.study_report import file_of
from sim.web.uploads import Uploads
from sim.web.work import DamagedError, Wanted
from sim.words import language as lang
from sim.words.language import say, titled, translate

_log = logging.getLogger(__name__)


def build(site: Site, studies: Studies, uploads: Uploads, estimators: Estimators) -> None:
    """Put the planner's pages into the framework's application."""

    @site.page("/planner")
    async def planner(request: Request) -> None:
        estimators.crew.start()
        uploaded = await aside.short(_titles_of, uploads)
        shown = await aside.short(shipped.scenarios)
        with page_of(request, say("Planner"), here="/planner", facilitator=True):
            _own(uploads, uploaded)
            _shipped(shown)
            _kept(studies)
            _prove(studies)

    @site.page("/planner/scenario/{name}")
    async def scenario(request: Request, name: str) -> None:
        if name in catalogue.names():
            await scenario_page(request, studies, name)
        else:
            gone = say("There is no such scenario.")
            not_there(request, gone, "/planner", say("Back to the planner"))

    @site.page("/planner/upload/{name}")
    async def uploaded(request: Request, name: str) -> None:
        if name in uploads.refused:
            refused_page(request, uploads.refused[name], "/planner", say("Back to the planner"))
        elif (found := uploads.find(name)) is not None:
            await scenario_page(request, studies, found)
        else:
            gone = say("There is no such file.")
            not_there(request, gone, "/planner", say("Back to the planner"))

    routes_page.build(site, studies, uploads)

    @site.page("/planner/study/{name}")
    async def study(request: Request, name: str) -> None:
        found = studies.get(name)
        if name in studies.damaged:
            damaged_page(request, studies, name, studies.damaged[name])
        elif found is None:
            gone = say("There is no such study. It may have been deleted.")
            not_there(request, gone, "/planner", say("Back to the planner"))
        else:
            await study_page(request, studies, found, uploads)

    @app.post("/planner/upload")
    async def upload(request: Request) -> Response:
        if not site.facilitator(request):
            return to_pin(request)
        name = await uploads.receive(request)
        refused = name in uploads.refused
        return RedirectResponse(f"/planner/{'' if refused else 'live/'}upload/{name}", status_code=303)

    _build_files(site, studies, uploads)


def _build_files(site: Site, studies: Studies, uploads: Uploads) -> None:
    """The addresses of what can be taken away."""

    @app.get("/planner/upload/{name}/file")
    async def taken(request: Request, name: str) -> Response:
        found = uploads.find(name) if site.facilitator(request) else None
        if found is None:
            raise HTTPException(404)
        return await _file_of_centre(found)

    @app.get("/planner/study/{name}/file/{file}")
    def download(request: Request, name: str, file: str) -> Response:
        found = studies.get(name) if site.facilitator(request) else None
        if found is None or studies.state(found) != "done":
            raise HTTPException(404)
        try:
            with lang.using(language_of(request)):
                return file_of(found, file)
        except Exception as error:  # whatever is wrong with one study, it is no mistake of the page
            if not isinstance(error, DamagedError | OSError | HTTPException):
                _log.error("%s: %s", name, one_line(repr(error)))
            raise HTTPException(404) from None


async def _file_of_centre(found: Path) -> Response:
    """The file of an uploaded or made centre, under the name that it says."""
    try:
        called = (await aside.short(read, found)).scenario.name
    except ScenarioError:  # what is wrong with it may be what somebody wants to mend
        called = found.parent.name
    return FileResponse(found, media_type="application/yaml", filename=f"{called}.yaml")


# -- choosing ---------------------------------------------------------------------------------------------


def _titles_of(uploads: Uploads) -> list[tuple[Path, str]]:
    """Every uploaded scenario with what it is called; one that cannot be used any more by the name of its folder."""
    found = []
    for path in uploads.all():
        try:
            scenario = read(path).scenario
            title = titled(scenario.title) or scenario.name
        except Exception:  # its page says what is wrong with it
            title = path.parent.name
        found.append((path, title))
    return found


def _own(uploads: Uploads, uploaded: Sequence[tuple[Path, str]]) -> None:
    """The ways to a centre of one's own, and those that were brought before."""
    with box("panel", "section"):
        heading(2, say("Your own centre"))
        with box("row"):
            link(say("No file yet: answer ten questions"), "/planner/made", "button main")
            link(say("Own data: fit it"), "/planner/fit", "button")
        upload_form("/planner/upload", say("Scenario file"), say("Open this file"))
        para(
            say(
                "A scenario file in YAML, at most 256 KB. It may extend a shipped scenario; a policy written in Python"
                " works on the command line only."
            ),
            "help",
        )
        with Tag("ul", "", "plain stack"):
            for path, title in uploaded:
                _uploaded(uploads, path, title)


def _shipped(shown: Sequence[catalogue.Entry]) -> None:
    with box("panel", "section"):
        heading(2, say("Or begin with a shipped scenario"))
        with Tag("ul", "", "plain columns"):
            for entry in shown:
                with Tag("li"):
                    link(titled(entry.title) or entry.name, f"/planner/live/{entry.name}")
                    if entry.question:
                        para(titled(entry.question), "quiet")


def _uploaded(uploads: Uploads, path: Path, title: str) -> None:
    """An uploaded scenario: its page says what is wrong with one that cannot be used any more."""
    name = path.parent.name
    with box("row", "li") as item:
        link(title, f"/planner/live/upload/{name}")
        Tag("span", say("uploaded"), "tag")

        def delete() -> None:
            uploads.delete(path)
            item.delete()

        confirmed(say("Delete"), say("Press again: this file will be gone"), delete, say("Delete {title}", title=title))


def _prove(studies: Studies) -> None:
    """The proof, as a study: it is of the model, and of no scenario."""

    def ask() -> None:
        asked = studies.ask("prove", [Wanted(BASE, BASE)], 1, 1, kind="prove")
        ui.navigate.to(f"/planner/study/{asked.id}")

    with box("panel", "section"):
        heading(2, say("How far can it be trusted?"))
        para(
            say("Every published figure beside the model's, from a fifth of the runs of the whole proof; some minutes.")
        )
        button(say("Hold the model against what is published"), ask)


BASE: Final = "china"


def _kept(studies: Studies) -> None:
    with box("panel", "section"):
        heading(2, say("Studies that are kept"))
        place = box()

        def show() -> None:
            place.clear()
            with place:
                _list_of(studies)

        show()
        subscribe(studies.changed, show)


def _damaged(studies: Studies) -> None:
    """The folders that hold no study that can be read: each stands alone, and can be taken away."""
    if not studies.damaged:
        return
    with Tag("ul", "", "plain stack"):
        for name, why in studies.damaged.items():
            with Tag("li", "", "row"):
                Tag("span", name)
                Tag("span", say("damaged"), "tag bad")
                Tag("span", translate(why), "mistake")
                sure = say("Press again: this study will be gone")
                confirmed(say("Delete"), sure, partial(studies.delete_folder, name), say("Delete {title}", title=name))


def _list_of(studies: Studies) -> None:
    found = studies.all()
    _damaged(studies)
    if not found:
        if studies.damaged:
            return
        para(say("None yet."), "quiet")
        return
    with box("table-box", role="group", tabindex=0, aria_label=say("Studies that are kept")), Tag("table"):
        with Tag("thead"), Tag("tr"):
            for head in (say("study"), say("asked for"), say("state"), say("delete")):
                Tag("th", head, scope="col")
        with Tag("tbody"):
            for study in found:
                state = studies.state(study)
                with Tag("tr"):
                    with Tag("th", scope="row"):
                        link(study.request.heading, f"/planner/study/{study.id}")
                        if study.request.about:
                            Tag("span", f" ({study.request.about})", "quiet")
                    Tag("td", study.request.asked)
                    with Tag("td"):
                        Tag("span", state_words(state), {"done": "tag good", "failed": "tag bad"}.get(state, "tag"))
                    with Tag("td"):
                        button(
                            say("Delete"), partial(studies.delete, study), "danger",
                            aria_label=say("Delete {title}", title=study.request.heading),
                        )  # fmt: skip
