"""The page of one study: how far it is, what came of it, and what can be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import Request
from nicegui import ui

from sim.report.findings import comparison, tables, text
from sim.scenario.plain import read_plain
from sim.study.ask.brief import LOOKED_AT
from sim.study.ask.compare import Difference
from sim.study.run.metric_names import of_each
from sim.web import aside, asked_changes, outlook
from sim.web.asking import Asking, Known
from sim.web.parts import Tag, box, button, confirmed, details, heading, link, para, subscribe, table
from sim.web.questions import RUN
from sim.web.replaying import Replaying
from sim.web.scenarios import UPLOADED
from sim.web.site import own_path, page_of
from sim.web.studies import State, Studies, Study
from sim.web.study_report import difference_heads, difference_rows, number_row, sentence
from sim.web.told import Told
from sim.web.uploads import Uploads
from sim.web.work import COMPARED, RESULT, DamagedError, difference, loaded_of, titles_of
from sim.words import language as lang
from sim.words.language import key, say, translate
from sim.words.phrases import text_of


def state_words(state: State) -> str:
    """The state of a study as people read it."""
    words = {
        "queued": say("waits for its turn"), "working": say("being run"), "done": say("done"),
        "failed": say("failed"), "stopped": say("stopped by hand"),
    }  # fmt: skip
    return words[state]


async def study_page(request: Request, studies: Studies, study: Study, uploads: Uploads) -> None:
    """What was asked, how far it is, and what came of it."""
    changed = await aside.short(asked_changes.of_arms, study.request, study.folder)
    with page_of(request, study.request.heading, here="/planner", facilitator=True):
        para(
            say("Asked for {asked}", asked=study.request.asked) if study.request.kind in WITHOUT_RUNS else
            say(
                "{runs}, seed {seed}, asked for {asked}", seed=study.request.seed, asked=study.request.asked,
                runs=lang.counted(study.request.replications, "{n:,} replication", "{n:,} replications"),
            ),
            "quiet",
        )  # fmt: skip
        if study.request.about:
            para(study.request.about, "quiet")
        _back(study.request.back)
        for lines in changed:
            if lines:
                with details(say("What was changed ({n})", n=len(lines))), Tag("ul"):
                    for line in lines:
                        Tag("li", line)
        place = box()
        last: list[Any] = []

        def show() -> None:
            state = studies.state(study)
            told = [state, study.progress, study.phase, studies.ahead(study)]
            if last == told:
                return
            if state in ("queued", "working") and last and last[0] == state:
                _progress_of(study, studies.ahead(study), *bars)
            else:
                place.clear()
                with place:
                    bars[:] = _state_of(studies, study, state, uploads)
            last[:] = told

        bars: list[Tag] = []
        show()
        subscribe(studies.changed, show)


def _back(address: str) -> None:
    """The way back to the page of the centre on which a study was asked."""
    path = own_path(address).partition("?")[0]
    if not path.startswith("/planner/"):
        return
    words = say("Back to the form of this centre")
    if path.startswith("/planner/live/"):
        words = say("Back to the live page of this centre")
    elif path.endswith(("/roster", "/routes")):
        words = say("Back to the roster") if path.endswith("/roster") else say("Back to the routes")
    link(words, address)


def damaged_page(request: Request, studies: Studies, name: str, why: str) -> None:
    """The page of a folder that holds no study that can be read."""
    with page_of(request, name, here="/planner", facilitator=True):
        _damaged(studies, name, why)


def _damaged(studies: Studies, name: str, why: str) -> None:
    def delete() -> None:
        ui.navigate.to("/planner")
        studies.delete_folder(name)

    with box("panel", "section"):
        heading(2, say("This study is damaged"))
        para(translate(why), "mistake")
        para(say("Nothing else is touched by it: it can be deleted and asked for anew."))
        with box("row"):
            confirmed(say("Delete"), say("Press again: this study will be gone"), delete)
            link(say("Back to the planner"), "/planner", "button")


def _state_of(studies: Studies, study: Study, state: State, uploads: Uploads) -> list[Tag]:
    """What a study's page shows in a state; returns the progress bar and the text beside it."""
    if state == "done":
        inside = box("stack")
        try:
            with inside:
                if study.request.kind == RUN:
                    _result(studies, study, study.result)
                    _ask_more(studies, study)
                else:
                    _told(studies, study, study.told, uploads)
        except Exception as error:  # whatever is wrong with one result, its page says so
            inside.clear()
            with inside:
                wrong = error if isinstance(error, DamagedError) else DamagedError(RESULT)
                _damaged(studies, study.id, text_of(wrong))
        return []
    with box("panel", "section", aria_live="polite"):
        heading(2, state_words(state).capitalize())
        bars: list[Tag] = []
        if state in ("queued", "working"):
            bars = [Tag("progress", aria_label=say("Progress")), Tag("p")]
            _progress_of(study, studies.ahead(study), *bars)
            button(say("Stop"), lambda: studies.stop(study), "danger")
        else:
            if state == "failed":
                para(translate(study.mistake), "mistake")
            else:
                para(say("Every finished run is kept: it goes on where it was stopped."))
            with box("row"):
                button(say("Go on"), lambda: studies.go_on(study), "main")
                _delete_button(studies, study)
    return bars


def _progress_of(study: Study, ahead: int, bar: Tag, beside: Tag) -> None:
    done, total = study.progress
    bar.set(max=total or 1, value=round(done, 2) if total else None)
    running = say("Running: {done:,} runs so far.", done=int(done))
    if total:
        of = key("Running: {done:,} of at most {total:,} runs.") if study.at_most else key(
            "Running: {done:,} of {total:,} runs.")  # fmt: skip
        running = say(of, done=int(done), total=total)
    words = {
        "start": say("Being prepared."), "runs": running, "pictures": say("All runs are done; the pictures are drawn.")
    }[study.phase]  # fmt: skip
    left = study.left
    if left is not None:
        about = key("At most about {time} left.") if study.at_most else key("About {time} left.")
        words += " " + say(about, time=lang.duration(outlook.ms_of(left)))
    if ahead:
        words = lang.counted(ahead, "One study is worked on before it.", "{n:,} studies are worked on before it.")
    beside.set_text(words)


def _delete_button(studies: Studies, study: Study) -> None:
    def delete() -> None:
        ui.navigate.to("/planner")  # before this page hears of it, and with it the button is gone
        studies.delete(study)

    button(say("Delete"), delete, "danger")


def _told(studies: Studies, study: Study, told: Told, uploads: Uploads) -> None:
    """The answer to a question: the finding first, then what it stands on, and what can be taken away."""
    here = f"/planner/study/{study.id}/file"
    with box("notice"):
        Tag("strong", told.finding)
        most = LINES.get(study.request.kind, MOST_LINES)
        for line in told.more[:most]:
            para(line)
        if told.level:
            para(told.level, "quiet")
    with box("row"):
        pages = told.files[:1] if study.request.kind == "brief" else []
        for name in pages:
            link(say("Download {file}", file=name), f"{here}/{name}", "button main", download=name)
        if study.request.kind == "fit":
            button(say("Open as a centre of its own"), partial(_open, study, uploads), "main")
        if told.settings:
            link(say("Show it in the roster"), f"/planner/study/{study.id}/roster", "button")
        every = "button" if pages else "button main"
        link(say("Download everything"), f"{here}/study.zip", every, download="study.zip")
        _delete_button(studies, study)
    if study.request.kind == "fit":
        with details(say("The scenario that was made")):
            Tag("pre", read_plain(study.folder / lang.language() / CENTRE).decode(), "code", tabindex=0)
    if told.replays:
        with box("panel", "section"):
            Replaying(told.replays)
    with details(say("Pictures ({n})", n=len(told.pictures))) if told.replays else box():
        for file, what in told.pictures:
            _picture(f"{here}/{file}", what)
    for caption, (head, *rows) in told.tables:
        with box("panel", "section"), details(caption) if len(rows) > MOST_ROWS else box():
            first, *others = head
            heads = [first or say("what"), *(one or say("note") for one in others)]
            table(heads, rows, caption, numbers=not told.replays)
    rest = told.more[most:]
    if rest:
        with details(say("More ({n})", n=len(rest))), Tag("ul"):
            for line in rest:
                Tag("li", line)
    if len(told.files) > 1:
        with details(say("Files ({n})", n=len(told.files)), open_=study.request.kind == "export"), Tag("ul"):
            for name in told.files:
                with Tag("li"):
                    link(name, f"{here}/{name}", download=name)


async def _open(study: Study, uploads: Uploads) -> None:
    """Keep the scenario that was fitted as a file of its own, and open its live page."""
    name = await uploads.add(read_plain(study.folder / lang.language() / CENTRE))
    ui.navigate.to(f"/planner/{'' if name in uploads.refused else 'live/'}upload/{name}")


CENTRE: Final = "centre.yaml"
"""What the scenario of a fit is called."""
WITHOUT_RUNS: Final = ("fit", "story", "export", "prove")
"""Kinds of which a number of replications says nothing."""
MOST_ROWS: Final = 20
"""Rows of a table that is open from the beginning."""
MOST_LINES: Final = 3
"""Sentences beside a finding that are read at once."""
LINES: Final = {"brief": 2 + LOOKED_AT}
"""By kind, where they are others: whatever an answer hangs on is read with it."""


def _ask_more(studies: Studies, study: Study) -> None:
    """What else can be asked of the same centre, with its changes: each is a study of its own."""
    request = study.request
    upload = study.folder / UPLOADED

    def ask(kind: str, options: Mapping[str, str]) -> Study:
        return studies.ask(
            request.title, request.arms, request.replications, request.seed,
            upload if upload.is_file() else None, kind, options, request.back,
        )  # fmt: skip

    with box("panel", "section"):
        Asking(ask, lambda: loaded_of(request, study.folder)[-1].scenario, lambda: Known(_utilisation(study)))


def _utilisation(study: Study) -> dict[str, float]:
    """By desk, the share of the rostered time that is worked in the arm that was named last."""
    metrics = study.result["arms"][study.request.arms[-1].name]
    return {desk: one["mean"] for desk, one in of_each(metrics, "utilisation").items()}


def _result(studies: Studies, study: Study, result: dict[str, Any]) -> None:
    rows = [difference(one) for one in result["differences"]]
    titles = titles_of(result["titles"])
    here = f"/planner/study/{study.id}/file"
    if rows:
        better = any(comparison.verdict(row) == "better" for row in rows if row.metric == rows[0].metric)
        with box("notice good" if better else "notice"):
            Tag("strong", comparison.finding(rows, titles))
            for line in comparison.money_finding(rows, titles):
                para(line)
        _picture(f"{here}/comparison.svg", say("How the scenarios compare"))
        for metric in COMPARED:
            difference_table(rows, metric, titles)
    known = comparison.means_of(rows)
    for number, (arm, metrics) in enumerate(result["arms"].items()):
        with box("panel", "section"):
            heading(2, titles[arm])
            shown = tables.estimates(metrics)
            said = {name: words for (of, name), words in known.items() if of == arm}
            _numbers({name: shown[name] for name in tables.HEADLINE if name in shown}, said, say("In short"))
            if (study.folder / f"loss-{number}-en.svg").exists():
                _picture(f"{here}/loss-{number}.svg", say("The way of the loss"))
            rest = {name: one for name, one in shown.items() if name not in tables.HEADLINE}
            with details(say("Every figure")):
                _numbers(rest, said, say("Every figure"))
    with box("row"):
        link(say("Download the report"), f"{here}/report.html", "button main", download="report.html")
        link(say("Download everything"), f"{here}/study.zip", "button", download="study.zip")
        _delete_button(studies, study)


def _picture(path: str, what: str) -> None:
    """A picture in the language of the context, which its address says: a browser keeps what it has seen at one."""
    with Tag("figure", "", "picture", tabindex=0):
        Tag("figcaption", say("Slide it sideways to see all of it."))
        Tag("img", src=f"{path}?{lang.language()}", alt=what)


def _numbers(metrics: dict[str, tables.Estimate], said: dict[str, str], caption: str) -> None:
    table(
        (say("figure"), say("unit"), say("mean"), say("95% interval")),
        (number_row(one, said) for one in metrics.items()),
        caption,
    )
    if "cost" in metrics:
        para(sentence(text.not_counted()), "quiet")


def difference_table(rows: list[Difference], metric: str, titles: dict[str, str]) -> None:
    """One metric of all arms, and how far each is from what it is compared with; nothing where no row has it."""
    if not any(row.metric == metric for row in rows):
        return
    table(difference_heads(), difference_rows(rows, metric, titles), text.metric(metric).label)
    if metric == "cost":
        para(sentence(comparison.note(rows, titles)), "quiet")
