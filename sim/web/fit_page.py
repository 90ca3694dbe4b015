"""Own data on a page: files are brought, their columns named, and what they tell is fitted and kept.

What is brought stays in memory until it is fitted, `PATIENCE` at most; then nothing of it is left but the answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from sim.scenario import catalogue
from sim.study.ask.forms import FORMS, Form
from sim.web import aside, fitting, shipped
from sim.web.fitting import Brought, Heads
from sim.web.guards import MOST_FILES, TooLargeError
from sim.web.parts import Field, Tag, box, button, go_on, heading, link, para
from sim.web.said import refusal
from sim.web.site import Site, not_there, page_of, to_pin
from sim.web.studies import Studies
from sim.web.work import Wanted
from sim.words.language import key, say, titled, translate

MOST_WAITING: Final = 4
"""Groups of files that are held in memory at a time; the oldest goes first."""
PATIENCE: Final = 900.0
"""Seconds that they are held."""
BASE: Final = "city"
KINDS: Final = {
    "reports": key("Reports: when paid, found out, reported; channel, scam, amount"),
    "work": key("Work: case, step, queued, begun, ended, person"),
    "answers": key("Answers of banks: bank, sent, answered, result"),
    "transfers": key("Transfers: when money came, when it left, how; case, account, layer"),
}  # fmt: skip


@dataclass
class Waiting:
    """Files that wait for their columns to be named."""

    files: Sequence[Brought]
    heads: Sequence[Heads]
    base: str


class Desk:
    """The files that wait, by a name that nobody guesses."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def put(self, one: Waiting) -> str:
        """Hold some files for `PATIENCE`, whether or not anybody asks for them; their name. Of the event loop."""
        while len(self._waiting) >= MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        name = secrets.token_hex(8)
        self._waiting[name] = one
        asyncio.get_running_loop().call_later(PATIENCE, self.drop, name)
        return name

    def get(self, name: str) -> Waiting | None:
        """The files of a name; None where there are none any more."""
        return self._waiting.get(name)

    def drop(self, name: str) -> None:
        """Forget files."""
        self._waiting.pop(name, None)


class _InMemory(MultiPartParser):
    """A form whose files never reach a disk."""

    spool_max_size = MOST_FILES + 1


def build(site: Site, studies: Studies) -> None:
    """Put the pages into the framework's application."""
    desk = Desk()

    @site.page("/planner/fit")
    def bring(request: Request) -> None:
        with page_of(request, say("Own data"), here="/planner", facilitator=True):
            _bring()

    @app.post("/planner/fit/files")
    async def brought(request: Request) -> Response:
        if not site.facilitator(request):
            return to_pin(request)
        files, base = await _sent(request)
        heads = await aside.elsewhere(fitting.heads_of, files) if files else []
        name = desk.put(Waiting(files, heads, base)) if files else "none"
        return RedirectResponse(f"/planner/fit/{name}", status_code=303)

    @site.page("/planner/fit/{name}")
    def name_columns(request: Request, name: str) -> None:
        waiting = desk.get(name)
        if waiting is None:
            gone = say("There are no files here. Files are held for a quarter of an hour and kept nowhere.")
            not_there(request, gone, "/planner/fit", say("Bring files"))
            return
        with page_of(request, say("Which column is which"), here="/planner", facilitator=True):
            _Columns(desk, name, waiting, studies)


def _bring() -> None:
    para(
        say(
            "Bring what your centre has, each file by itself and all of them optional: CSV (UTF-8 or GBK) or xlsx,"
            " together at most {most:,} MB. Columns are known by their heads, or you say which is which.",
            most=MOST_FILES // 1_000_000,
        ),
        "lead",
    )
    para(
        say(
            "Names, telephones and identity numbers are not read, numbers of cases and accounts only told apart: files"
            " stay in memory until they are fitted, and nothing is kept but the fitted values. Larger files:"
            " fundfreeze fit on the command line."
        )
    )
    with (
        box("panel", "section"),
        Tag("form", method="post", action="/planner/fit/files", enctype="multipart/form-data"),
    ):
        for kind, words in KINDS.items():
            with box("field"):
                label = Tag("label", say(words))
                chosen = Tag("input", type="file", name=kind, accept=".csv,.txt,.tsv,.xlsx")
                label.set(for_=chosen.html_id)
        with box("field"):
            label = Tag("label", say("Everything that the files do not tell is of"))
            with Tag("select", name="base") as select:
                for entry in shipped.scenarios():
                    Tag("option", titled(entry.title) or entry.name, value=entry.name, selected=entry.name == BASE)
            label.set(for_=select.html_id)
        Tag("button", say("Look at these files"), "main", type="submit")


async def _sent(request: Request) -> tuple[list[Brought], str]:
    """The files of a form, in memory, and the name of the base.

    Raises:
        TooLargeError: they are too large together.
    """
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=len(KINDS), max_fields=4).parse()
    except (MultiPartException, KeyError, ValueError, AssertionError):
        return [], BASE
    found = []
    try:
        for kind in KINDS:
            file = form.get(kind)
            if isinstance(file, UploadFile) and file.filename:
                found.append(
                    Brought(kind, file.filename.replace("\\", "/").rpartition("/")[2][-100:], await file.read())
                )
        base = form.get("base")
    finally:
        await form.close()
    if sum(len(one.data) for one in found) > MOST_FILES:
        raise TooLargeError
    return found, base if isinstance(base, str) and base in catalogue.names() else BASE


class _Columns:
    """One browser's naming of columns."""

    def __init__(self, desk: Desk, name: str, waiting: Waiting, studies: Studies) -> None:
        self._desk, self._name, self._waiting, self._studies = desk, name, waiting, studies
        self._fields: dict[tuple[str, str], Field] = {}
        self._dropped: dict[str, Tag] = {}
        """By kind of file: where it is said which columns are not read."""
        for one, heads in zip(waiting.files, waiting.heads, strict=True):
            with box("panel", "section"):
                heading(2, one.name)
                if heads.known is None:
                    para(translate(heads.wrong), "mistake")
                else:
                    self._ask(FORMS[one.kind], heads)
        self._trouble = Tag("p", "", "mistake", role="alert")
        self._state = Tag("p", "", "quiet", role="status")
        with box("row"):
            self._go = button(say("Fit"), self._fit, "main")
            link(say("Bring other files"), "/planner/fit", "button")
        if all(heads.known is None for heads in waiting.heads):
            self._go.set(disabled=True)

    def _ask(self, form: Form, heads: Heads) -> None:
        assert heads.known is not None
        para(say(KINDS[form.name]), "quiet")
        options = [("", say("none")), *((one, one) for one in heads.columns if one)]
        with box("fields"):
            for name in form.fields:
                self._fields[form.name, name] = Field(
                    say(_FIELDS[name]), heads.known.get(name, ""), options=options,
                    on_change=lambda _: self._drop(form.name, heads),
                )  # fmt: skip
        self._dropped[form.name] = para("", "quiet")
        self._drop(form.name, heads)

    def _drop(self, kind: str, heads: Heads) -> None:
        """Say which columns of a file are not read."""
        lost = unread(heads, self._columns(kind).values())
        self._dropped[kind].set_text(
            say("Not read, and kept nowhere: {heads}.", heads=say(", ").join(lost)) if lost else say("All are read.")
        )

    def _columns(self, kind: str) -> dict[str, str]:
        """By field of a kind of file: the head of its column, or nothing for none."""
        return {name: made.value for (of, name), made in self._fields.items() if of == kind}

    async def _fit(self) -> None:
        self._trouble.set_text("")
        self._state.set_text(say("Being fitted."))
        self._go.set(disabled=True)
        files = [one for one, heads in zip(self._waiting.files, self._waiting.heads, strict=True)
                 if heads.known is not None]  # fmt: skip
        columns = {one.kind: self._columns(one.kind) for one in files}
        found = await aside.elsewhere(fitting.fitted, files, self._waiting.base, columns)
        if self._trouble.is_deleted:
            return
        self._state.set_text("")
        self._go.set(disabled=False)
        if found.wrong:
            self._trouble.set_text(translate(found.wrong))
            return
        try:
            study = self._studies.keep("fit", [Wanted(self._waiting.base, self._waiting.base)],
                                       ", ".join(one.name for one in files)[:200], found.told, found.files)  # fmt: skip
        except OSError as error:
            self._trouble.set_text(refusal(error))
            return
        self._desk.drop(self._name)
        go_on(f"/planner/study/{study.id}", self._trouble)


def unread(heads: Heads, read: Collection[str]) -> list[str]:
    """The heads of a file whose columns are not read."""
    return [head for head in heads.columns if head and head not in read]


_FIELDS: Final = {
    "first_paid": key("first payment"), "paid": key("payment, or money came"), "found": key("found out"),
    "reported": key("reported"), "found_after": key("found out after (a band)"),
    "reported_after": key("reported after (a band)"), "channel": key("channel"), "scam": key("kind of scam"),
    "amount": key("amount"), "case": key("case number"), "account": key("account number"), "step": key("step"),
    "queued": key("queued"), "begun": key("begun"), "ended": key("ended"), "person": key("person"),
    "ending": key("how it ended"), "bank": key("bank"), "sent": key("sent"), "answered": key("answered"),
    "result": key("result"), "left": key("money left"), "stopped": key("stopped"), "how": key("how it left"),
    "layer": key("layer"),
}  # fmt: skip
"""What the columns of files are called (case, account and person numbers are only told apart, never kept)."""
