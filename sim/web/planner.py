"""The planner: choose a scenario, change it in a form, run it against what it was, and read what came of it."""

from __future__ import annotations

import io
import re
import secrets
import zipfile
from collections.abc import Callable
from functools import partial
from html import escape
from math import isnan
from pathlib import Path
from typing import Any, Final

from fastapi import Request, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response
from nicegui import app, ui

from sim import lang
from sim.lang import say, titled
from sim.report import comparison, tables, text
from sim.report.files import write_bytes
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.compare import Difference
from sim.web import labels
from sim.web.form import FormField, fields_of, settings_of, source_words
from sim.web.parts import Field, Tag, box, button, details, heading, link, on, para, subscribe, table
from sim.web.scenarios import UPLOADED, read, set_values
from sim.web.site import Site, language_of, not_there, page_of, to_pin
from sim.web.studies import MOST_REPLICATIONS, State, Studies, Study
from sim.web.work import COMPARED, Wanted, difference

UPLOADS: Final = "uploads"
UPLOAD_ID: Final = re.compile(r"[0-9a-f]{16}")


def build(site: Site, studies: Studies) -> None:
    """Put the planner's pages into the framework's application."""

    @site.page("/planner")
    def planner(request: Request) -> None:
        with page_of(request, say("Planner"), here="/planner", facilitator=True):
            _choose()
            _kept(studies)

    @site.page("/planner/scenario/{name}")
    def shipped(request: Request, name: str) -> None:
        _scenario_page(request, studies, name)

    @site.page("/planner/upload/{name}")
    def uploaded(request: Request, name: str) -> None:
        place = site.data / UPLOADS / name / UPLOADED
        _scenario_page(request, studies, place if UPLOAD_ID.fullmatch(name) and place.is_file() else name)

    @site.page("/planner/study/{name}")
    def study(request: Request, name: str) -> None:
        found = studies.get(name)
        if found is None:
            gone = say("There is no such study. It may have been deleted.")
            not_there(request, gone, "/planner", say("Back to the planner"))
        else:
            _study_page(request, studies, found)

    @app.post("/planner/upload")
    async def upload(request: Request, file: UploadFile) -> Response:
        if not site.facilitator(request):
            return to_pin(request)
        name = secrets.token_hex(8)
        write_bytes(site.data / UPLOADS / name / UPLOADED, await file.read())
        return RedirectResponse(f"/planner/upload/{name}", status_code=303)

    @app.get("/planner/study/{name}/file/{file}")
    def download(request: Request, name: str, file: str) -> Response:
        found = studies.get(name) if site.facilitator(request) else None
        if found is None or studies.state(found) != "done":
            return Response(status_code=404)
        with lang.using(language_of(request)):
            return _file(found, file)


# -- choosing ---------------------------------------------------------------------------------------------


def _choose() -> None:
    with box("panel", "section"):
        heading(2, say("Choose a scenario"))
        with Tag("ul", "", "plain stack"):
            for entry in catalogue.list_scenarios():
                with Tag("li"):
                    link(titled(entry.title) or entry.name, f"/planner/scenario/{entry.name}")
                    if entry.question:
                        para(titled(entry.question), "quiet")
    with box("panel", "section"):
        heading(2, say("Or bring your own"))
        para(
            say(
                "A scenario file in YAML, at most 256 KB. It may extend a shipped scenario; a policy written in Python"
                " works on the command line only."
            )
        )
        with Tag("form", "", "row", method="post", action="/planner/upload", enctype="multipart/form-data"):
            label = Tag("label", say("Scenario file"))
            chosen = Tag("input", type="file", name="file", accept=".yaml,.yml", required=True)
            label.set(for_=chosen.html_id)
            Tag("button", say("Open this file"), type="submit")


def state_words(state: State) -> str:
    """The state of a study as people read it."""
    return {
        "queued": say("waits for its turn"), "working": say("being run"), "done": say("done"),
        "failed": say("failed"), "stopped": say("stopped"),
    }[state]  # fmt: skip


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


def _list_of(studies: Studies) -> None:
    found = studies.all()
    if not found:
        para(say("None yet."), "quiet")
        return
    with box("table-box", role="region", tabindex=0, aria_label=say("Studies that are kept")), Tag("table"):
        with Tag("thead"), Tag("tr"):
            for head in (say("study"), say("asked for"), say("state"), say("delete")):
                Tag("th", head, scope="col")
        with Tag("tbody"):
            for study in found:
                state = studies.state(study)
                with Tag("tr"):
                    with Tag("th", scope="row"):
                        link(study.request.title, f"/planner/study/{study.id}")
                    Tag("td", study.request.asked)
                    with Tag("td"):
                        Tag("span", state_words(state), {"done": "tag good", "failed": "tag bad"}.get(state, "tag"))
                    with Tag("td"):
                        button(
                            say("Delete"), partial(studies.delete, study), "danger",
                            aria_label=say("Delete {title}", title=study.request.title),
                        )  # fmt: skip


# -- changing ---------------------------------------------------------------------------------------------


def _scenario_page(request: Request, studies: Studies, source: Path | str) -> None:
    try:
        loaded = read(source)
    except ScenarioError as error:
        with page_of(request, say("This file cannot be used"), here="/planner", facilitator=True):
            with box("notice bad", role="alert"):
                para(f"{error.field}: " + say("read {read}, accepted: {accepted}", **_said(error)))
                if error.line:
                    para(say("Line {line}, column {column} of the file.", line=error.line, column=error.column))
            para(say("Mend it and open it again; nothing else was changed."))
            link(say("Back to the planner"), "/planner", "button")
        return
    with page_of(request, titled(loaded.scenario.title), here="/planner", facilitator=True):
        para(titled(loaded.scenario.question), "lead")
        _Form(studies, source, loaded).show()


def _said(error: ScenarioError) -> dict[str, str]:
    return {"read": error.read, "accepted": error.accepted}


class _Form:
    """One browser's form of one scenario."""

    def __init__(self, studies: Studies, source: Path | str, loaded: Loaded[Scenario]) -> None:
        self.studies = studies
        self.source = source
        self.loaded = loaded
        self.fields = fields_of(loaded)
        self.typed: dict[str, str] = {}
        self.shown: dict[str, Field] = {}
        self.wrong: ScenarioError | None = None

    def show(self) -> None:
        """Fill the page."""
        para(
            say(
                "Change what you like: times are written as 35m or 48h, amounts as 50k yuan, shares as 0.25."
                " A star marks what you changed."
            )
        )
        known = [group for group in labels.GROUPS if group]
        groups = dict.fromkeys(field.group for field in self.fields)
        for group in sorted(groups, key=lambda one: (["", *known, one].index(one), one)):
            self._group(group, [field for field in self.fields if field.group == group])
        self._run_panel()

    def _group(self, group: str, fields: list[FormField]) -> None:
        with Tag("fieldset", "", "panel"):
            Tag("legend", say(labels.GROUPS[group]) if group in labels.GROUPS else labels.field(group))
            first = [field for field in fields if field.first or not group]
            with box("fields"):
                for field in first:
                    self._field(field, 1 if group else 0)
            rest = [field for field in fields if field not in first]
            parts = list(dict.fromkeys(field.parts[1] for field in rest))
            if rest:
                with self._lazy(say("More values ({n})", n=len(rest)), lambda: self._parts(rest, parts)):
                    pass

    def _parts(self, fields: list[FormField], parts: list[str]) -> None:
        """The values behind a group's expander, by what they belong to."""
        for part in parts:
            mine = [field for field in fields if field.parts[1] == part]
            if len(parts) == 1 or len(mine) < 4:
                with box("fields"):
                    for field in mine:
                        self._field(field, 1)
                continue
            named = labels.part(mine[0].parts, 1)
            with self._lazy(f"{named} ({len(mine)})", partial(self._all, mine)):
                pass

    def _all(self, fields: list[FormField]) -> None:
        with box("fields"):
            for field in fields:
                self._field(field, 2)

    @staticmethod
    def _lazy(summary: str, fill: Callable[[], None]) -> Tag:
        """An expander that is filled when it is first opened: a city has a thousand values."""
        made = details(summary)
        with made:
            inside = box()

        def opened(_: object) -> None:
            if not inside.default_slot.children:
                with inside:
                    fill()

        on(made, "toggle", opened)
        return made

    def _field(self, field: FormField, skip: int) -> None:
        said = field.in_words()
        options = [(one, field.choice_words(one)) for one in field.choices] if field.choices else None
        shown = Field(
            labels.label(field.parts, skip), self.typed.get(field.path, field.value), options=options,
            help_=" - ".join(part for part in (said, source_words(field)) if part),
            on_change=partial(self._changed, field), spellcheck="false", autocomplete="off",
        )  # fmt: skip
        self.shown[field.path] = shown
        shown.box.mark_as("changed", self._is_changed(field))

    def _is_changed(self, field: FormField) -> bool:
        return self.typed.get(field.path, field.value) != field.value

    def _changed(self, field: FormField, text: str) -> None:
        self.typed[field.path] = text
        self.shown[field.path].box.mark_as("changed", self._is_changed(field))
        self._check(field.path)

    def settings(self) -> list[str]:
        """What was changed, as ``path=value``."""
        return settings_of(self.fields, self.typed)

    def _check(self, path: str) -> None:
        """Say a mistake beside its field, or beside the one that was changed last."""
        self.wrong = None
        try:
            set_values(self.loaded, self.settings())
        except ScenarioError as error:
            self.wrong = error
        at = self._place(self.wrong, path) if self.wrong else ""
        for name, field in self.shown.items():
            wrong = self.wrong if name == at else None
            field.refuse(say("read {read}, accepted: {accepted}", **_said(wrong)) if wrong else "")
        self.trouble.set_text(say("One value cannot be used: {field}.", field=self.wrong.field) if self.wrong else "")

    def _place(self, error: ScenarioError, path: str) -> str:
        """The field beside which a mistake is said."""
        inside = [name for name in self.shown if name == error.field or error.field.startswith(f"{name}.")]
        return max(inside, key=len) if inside else path

    def _run_panel(self) -> None:
        name = self.loaded.scenario.name
        with box("panel", "section"):
            heading(2, say("Run it"))
            with box("fields"):
                self.replications = Field(
                    say("Replications"), "100", type="number", min=1, max=MOST_REPLICATIONS,
                    help_=say("Runs with different luck; more give narrower intervals."),
                )  # fmt: skip
                self.seed = Field(
                    say("Seed"), "1", type="number", min=0,
                    help_=say("Names the luck: the same seed, the same result."),
                )  # fmt: skip
                others = [one for one in catalogue.list_scenarios() if one.name != name]
                self.rival = Field(
                    say("Compare with"), "unchanged",
                    options=[
                        ("unchanged", say("what it was before the changes")), ("", say("nothing")),
                        *((one.name, titled(one.title) or one.name) for one in others),
                    ],
                    help_=say("All that are compared meet the same victims and the same luck."),
                )  # fmt: skip
            self.trouble = Tag("p", "", "mistake", role="alert")
            button(say("Run"), self._run, "main")

    def _run(self) -> None:
        self._check(next(reversed(self.typed), ""))
        numbers = [self._number(self.replications, 1, MOST_REPLICATIONS), self._number(self.seed, 0, 2**63 - 1)]
        replications, seed = numbers
        if self.wrong is not None or replications is None or seed is None:
            return
        settings = tuple(self.settings())
        name, source = self.loaded.scenario.name, self.source if isinstance(self.source, str) else UPLOADED
        arms = [Wanted(name, source)]
        if settings:
            changed = Wanted(say("with the changes"), source, settings)
            arms = [arms[0], changed] if self.rival.value == "unchanged" else [changed]
        if self.rival.value not in ("", "unchanged"):
            arms.append(Wanted(self.rival.value, self.rival.value))
        title = lang.listed([titled(self.loaded.scenario.title), *(one.name for one in arms[1:])])
        upload = self.source if isinstance(self.source, Path) else None
        study = self.studies.ask(title, arms, replications, seed, upload)
        ui.navigate.to(f"/planner/study/{study.id}")

    @staticmethod
    def _number(field: Field, least: int, most: int) -> int | None:
        text = field.value.strip()
        fits = text.isdecimal() and len(text) < 20 and least <= int(text) <= most
        field.refuse("" if fits else say("read {read}, accepted: {low:,} to {high:,}", read=text, low=least, high=most))
        return int(text) if fits else None


# -- reading ----------------------------------------------------------------------------------------------


def _study_page(request: Request, studies: Studies, study: Study) -> None:
    with page_of(request, study.request.title, here="/planner", facilitator=True):
        para(
            say(
                "{n:,} replications, seed {seed}, asked for {asked}", n=study.request.replications,
                seed=study.request.seed, asked=study.request.asked,
            ),
            "quiet",
        )  # fmt: skip
        for arm in study.request.arms:
            if arm.settings:
                with details(say("What was changed ({n})", n=len(arm.settings))), Tag("ul"):
                    for setting in arm.settings:
                        Tag("li", setting.replace("=", ": ", 1))
        place = box()
        last: list[Any] = []

        def show() -> None:
            state = studies.state(study)
            told = [state, study.progress]
            if last == told:
                return
            if state == "working" and last and last[0] == "working":
                _progress_of(study, *bars)
            else:
                place.clear()
                with place:
                    bars[:] = _state_of(studies, study, state)
            last[:] = told

        bars: list[Tag] = []
        show()
        subscribe(studies.changed, show)


def _state_of(studies: Studies, study: Study, state: State) -> list[Tag]:
    """What a study's page shows in a state; returns the progress bar and the text beside it."""
    if state == "done":
        _result(studies, study)
        return []
    with box("panel", "section", aria_live="polite"):
        heading(2, state_words(state).capitalize())
        bars: list[Tag] = []
        if state in ("queued", "working"):
            bars = [Tag("progress", aria_label=say("Progress")), Tag("p")]
            _progress_of(study, *bars)
            button(say("Stop"), lambda: studies.stop(study), "danger")
        else:
            if state == "failed":
                para(study.mistake, "mistake")
            else:
                para(say("Every finished run is kept: it goes on where it was stopped."))
            with box("row"):
                button(say("Go on"), lambda: studies.go_on(study), "main")
                _delete_button(studies, study)
    return bars


def _progress_of(study: Study, bar: Tag, beside: Tag) -> None:
    done, total = study.progress
    bar.set(max=total or 1, value=round(done, 2) if total else None)
    beside.set_text(say("{done:,} of {total:,} runs", done=int(done), total=total) if total else "")


def _delete_button(studies: Studies, study: Study) -> None:
    def delete() -> None:
        studies.delete(study)
        ui.navigate.to("/planner")

    button(say("Delete"), delete, "danger")


def _result(studies: Studies, study: Study) -> None:
    result = study.result
    rows = [difference(one) for one in result["differences"]]
    here = f"/planner/study/{study.id}/file"
    if rows:
        with box("notice good"):
            Tag("strong", comparison.finding(rows))
        _picture(f"{here}/comparison.svg", say("How the scenarios compare"))
        for metric in COMPARED:
            _difference_table(metric, [row for row in rows if row.metric == metric])
    for number, (arm, metrics) in enumerate(result["arms"].items()):
        with box("panel", "section"):
            heading(2, arm)
            shown = tables.estimates(metrics)
            _numbers({name: shown[name] for name in tables.HEADLINE if name in shown}, say("In short"))
            if (study.folder / f"loss-{number}-en.svg").exists():
                _picture(f"{here}/loss-{number}.svg", say("The way of the loss"))
            rest = {name: one for name, one in shown.items() if name not in tables.HEADLINE}
            with details(say("Every figure")):
                _numbers(rest, say("Every figure"))
    with box("row"):
        link(say("Download the report"), f"{here}/report.html", "button main", download="report.html")
        link(say("Download everything"), f"{here}/study.zip", "button", download="study.zip")
        _delete_button(studies, study)


def _picture(path: str, what: str) -> None:
    with Tag("figure", "", "picture"):
        Tag("img", src=path, alt=what)


def _numbers(metrics: dict[str, tables.Estimate], caption: str) -> None:
    table(
        ("", say("unit"), say("mean"), say("95% interval")),
        ((words_, unit, mean, span) for words_, unit, mean, span in map(number_row, metrics.items())),
        caption,
    )


def number_row(item: tuple[str, tables.Estimate]) -> tuple[str, str, str, str]:
    """A metric as label, unit, mean and 95% interval."""
    name, one = item
    metric = text.metric(name)
    low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
    span = tables.interval(name, one["mean"], low, high) if "low" in one else "-"
    return metric.label, text.UNIT_WORDS[metric.unit], tables.amount(name, one["mean"], low, high), span


def _difference_table(metric: str, rows: list[Difference]) -> None:
    if not rows:
        return
    table(
        (say("scenario"), say("mean"), say("difference"), say("95% interval"), say("best, %")),
        (
            (
                row.arm,
                tables.amount(metric, row.value.mean, row.value.low, row.value.high, unit=True),
                "" if comparison.is_reference(row) else comparison.change_words(metric, row.change),
                "" if comparison.is_reference(row) else comparison.interval_words(metric, row.change),
                "-" if isnan(row.best) else f"{100 * row.best:.0f}",
            )
            for row in rows
        ),
        text.metric(metric).label,
    )


# -- taking away -----------------------------------------------------------------------------------------


def _file(study: Study, name: str) -> Response:
    """A file of a study: a picture in the language of the context, the report, or everything."""
    language = lang.language()
    pictures = {
        f"{stem}.svg": study.folder / f"{stem}-{language}.svg"
        for stem in ("comparison", *(f"loss-{n}" for n in range(len(study.request.arms))))
    }
    if name in pictures and pictures[name].is_file():
        return FileResponse(pictures[name], media_type="image/svg+xml")
    if name == "report.html":
        return Response(report(study), media_type="text/html", headers={"content-disposition": "attachment"})
    if name == "study.zip":
        return Response(archive(study), media_type="application/zip")
    return Response(status_code=404)


def report(study: Study) -> str:
    """A study as one HTML file that needs nothing else, in the language of the context."""
    result, language = study.result, lang.language()
    rows = [difference(one) for one in result["differences"]]
    parts = [f"<h1>{escape(study.request.title)}</h1>"]
    parts.append(
        f"<p>{escape(say('{n:,} replications, seed {seed}, asked for {asked}', n=study.request.replications, seed=study.request.seed, asked=study.request.asked))}</p>"
    )
    if rows:
        parts.append(f"<p><strong>{escape(comparison.finding(rows))}</strong></p>")
        parts.append(_svg(study.folder / f"comparison-{language}.svg"))
    for number, (arm, metrics) in enumerate(result["arms"].items()):
        parts += [f"<h2>{escape(arm)}</h2>", _svg(study.folder / f"loss-{number}-{language}.svg")]
        head = (say("figure"), say("unit"), say("mean"), say("95% interval"))
        parts.append(_html_table(head, [number_row(one) for one in tables.estimates(metrics).items()]))
    for arm in study.request.arms:
        if arm.settings:
            changes = "".join(f"<li>{escape(one)}</li>" for one in arm.settings)
            parts.append(f"<h2>{escape(say('What was changed ({n})', n=len(arm.settings)))}</h2><ul>{changes}</ul>")
    style = (
        "body{font-family:system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.45}"
        "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #bbb;padding:.3rem .6rem;text-align:left}"
        "td+td{text-align:right}svg{max-width:100%;height:auto}"
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(study.request.title)}</title>'
        f"<style>{style}</style></head><body>{''.join(parts)}</body></html>"
    )


def _svg(path: Path) -> str:
    """A picture to stand inside HTML; empty where there is none."""
    if not path.is_file():
        return ""
    drawn = path.read_text(encoding="utf-8")
    return drawn[drawn.index("<svg") :]


def _html_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = "".join(f"<th>{escape(one)}</th>" for one in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def archive(study: Study) -> bytes:
    """A study as a zip file: the report, the pictures, the figures, and what was asked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("report.html", report(study))
        for path in sorted(study.folder.iterdir()):
            if path.suffix in (".svg", ".csv", ".json", ".yaml"):
                file.write(path, path.name)
    return buffer.getvalue()
