"""The parts of a room's pages that change with every tick: each is made once, and then shown view after view."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from nicegui import ui

from sim.exercise import offers, words
from sim.exercise.seen import AccountSeen, ClockSeen, DeskSeen, View
from sim.web import flow, said
from sim.web.choices import Act, Choice, ChoiceData, on_keys
from sim.web.numbers import whole
from sim.web.parts import Line, Rows, Tag, box, button, details, heading, para
from sim.words import language as lang
from sim.words import names
from sim.words.language import capital, say
from sim.words.units import MINUTE
from sim.workflow.log import NONE

MOST_LINES: Final = 60
NOTICE: Final = 8.0
"""Seconds for which a notice is there."""


class Clock:
    """The clock of a room and whether it moves."""

    def __init__(self) -> None:
        with box("clock") as self.box:
            self._time = Tag("span", "", "time", role="timer")
            self._state = Tag("span", "", "tag", role="status")
            self._speed = Tag("span", "", "quiet")

    def show(self, view: ClockSeen) -> None:
        """Show the clock of a view, or a clock alone."""
        still = view["held"] or view["finished"]
        self.box.mark_as("held", still)
        self._time.set_text(lang.clock(datetime.fromisoformat(view["clock"])))
        self._state.set_text(said.state(held=view["held"], finished=view["finished"]))
        self._state.mark_as("warn", still)
        self._state.mark_as("good", not still)
        self._speed.set_text("" if still else said.speed(view["speed"]))


class Accounts:
    """The accounts that a role knows, those that can still be stopped first."""

    def __init__(self, act: Act | None) -> None:
        self._head = heading(2, say("Accounts"))
        with box("tasks long", role="group", tabindex=0, aria_label=say("Accounts")) as place:
            self._rows = Rows(place, lambda _: Choice(act), say("No account is known yet."))
        on_keys(place)

    def show(self, view: View) -> None:
        """Show the accounts of a view."""
        done = ("stopped", "frozen", "written off")
        accounts = sorted(view["accounts"], key=lambda one: (one["state"] in done, -one["known_at"], one["account"]))
        self._head.set_text(say("Accounts ({n})", n=len(accounts)))
        entries = []
        for one in accounts[:MOST_LINES]:
            facts = said.facts(one, view["now"], first=offers.put_first(view, one))
            if one["task"]:
                facts += say("; ") + self._task(one)
            actions = offers.left_about(view, one)
            data = ChoiceData(
                capital(words.subject(one["case"], one["account"])), facts, one["case"], one["account"], "", actions
            )
            entries.append((f"{one['case']}/{one['account']}", data))
        self._rows.show(entries)

    @staticmethod
    def _task(account: AccountSeen) -> str:
        where = said.desk(account["desk"]) if account["desk"] else ""
        return {
            "undecided": say("waits for a decision ({where})", where=where),
            "waiting": say("waits in the queue ({where})", where=where),
            "working": say("being worked on ({where})", where=where),
            "pending": say("waits for an answer"),
        }[account["task"]]


class Timeline:
    """What happened, and who decided what."""

    def __init__(self, start: datetime, title: str) -> None:
        self._start = start
        heading(2, title)
        with box("timeline", "ul", tabindex=0, aria_label=title) as place:
            self._rows = Rows(place, Line, say("Nothing yet."))

    def show(self, events: Sequence[tuple[int, str, str]]) -> None:
        """Show (ms, key, text), the latest first."""
        self._rows.show([(key, (said.at(self._start, ms), text)) for ms, key, text in events[:MOST_LINES]])


class Cases:
    """The cases that a role knows, and what it may do about the victim of each."""

    def __init__(self, act: Act | None = None) -> None:
        heading(2, say("Cases"))
        with box("tasks long", role="group", tabindex=0, aria_label=say("Cases")) as place:
            self._rows = Rows(place, lambda _: Choice(act), say("No case yet."))
        on_keys(place)

    def show(self, view: View) -> None:
        """Show the open cases of a view, the latest first, and then the others."""
        cases = sorted(view["cases"], key=lambda one: (not one["open"], -one["case"]))
        shown = [
            (
                f"{one['case']}",
                ChoiceData(
                    capital(words.subject(one["case"], NONE)),
                    said.case_facts(one),
                    one["case"],
                    NONE,
                    "",
                    offers.about_case(view, one),
                ),
            )
            for one in cases[:MOST_LINES]
        ]
        self._rows.show(shown)


class Flow:
    """The money-flow picture, and the list of its groups where it is too narrow for their names."""

    def __init__(self) -> None:
        heading(2, say("Where the money went"))
        self._summary = para("", "quiet")
        self._picture: ui.echart | None = None
        self._shown: Any = None
        with box("flow-box", role="group", tabindex=0, aria_label=say("Where the money went")):
            self._place = box("flow-picture", role="img")
            self._list = Tag("ol", "", "flow-list")

    def show(self, view: View) -> None:
        """Show the flows of a view, drawn again only where they changed."""
        flows = flow.flows_of(view)
        nodes = flow.nodes_of(view, flows)
        self._summary.set_text(flow.summary(view))
        if (flows, nodes) == self._shown:
            return
        self._shown = flows, nodes
        self._place.set(aria_label=flow.summary(view), hidden=not flows)
        options = flow.options(view)
        if self._picture is None:
            with self._place:
                self._picture = ui.echart(options, renderer="svg").classes("flow")
        else:
            self._picture.options.clear()
            self._picture.options.update(options)
            self._picture.update()
        self._picture.style(f"min-height: {flow.height_of(nodes)}px")
        self._list_of(nodes)

    def _list_of(self, nodes: Sequence[flow.Node]) -> None:
        self._list.classes(replace=f"flow-list {flow.width_of(nodes)[0]}")
        self._list.clear()
        with self._list:
            for node in nodes:
                with Tag("li"):
                    Tag("span", "", "dot").style(f"background: {node.dot}")
                    Tag("span", node.name)
                    Tag("strong", say(", ").join(filter(None, (node.said, node.left))))


class Notice:
    """What became of the last thing that somebody did: said aloud, and gone after a while, or when it is closed.

    Its line is there all the time: it neither covers anything nor moves what somebody is about to press.
    """

    def __init__(self) -> None:
        self._ends: asyncio.TimerHandle | None = None
        with box("notice-line") as self._box:
            self._text = Tag("p", "", role="status")
            self._close = button("×", self._gone, "close", aria_label=say("Close this notice"), hidden=True)

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Say it; an empty text takes away what was said before."""
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None
        self._text.set_text(text)
        self._close.set(hidden=not text)
        self._box.mark_as("bad", bool(text) and bad)
        self._box.mark_as("good", bool(text) and not bad)
        if text:
            self._ends = asyncio.get_running_loop().call_later(NOTICE, self._gone)

    def _gone(self) -> None:
        if not self._box.is_deleted:
            self.tell("")


class Desks:
    """The desks that have people or work, behind an expander."""

    def __init__(self) -> None:
        with details(say("Desks")), box("table-box", role="group", tabindex=0, aria_label=say("Desks")), Tag("table"):
            with Tag("thead"), Tag("tr"):
                for head in (say("desk"), say("on duty"), say("at work"), say("waiting"), say("served first")):
                    Tag("th", head, scope="col")
            with Tag("tbody") as body:
                self._rows = Rows(body, lambda _: _Desk())

    def show(self, view: View) -> None:
        """Show the desks of a view; a bank only while it has work."""
        shown = [
            one for one in view["desks"]
            if one["waiting"] or one["busy"] or not names.is_asked(one["name"])
        ]  # fmt: skip
        self._rows.show([(one["name"], one) for one in shown])


class _Desk:
    """One row of the desks."""

    def __init__(self) -> None:
        with Tag("tr") as self.box:
            self._cells = [Tag("th", scope="row"), *(Tag("td") for _ in range(4))]

    def show(self, one: DeskSeen) -> None:
        heads = say("enough") if one["heads"] is None else f"{one['heads']}"
        policy = names.policy(one["policy"])
        texts = (said.desk(one["name"]), heads, f"{one['busy']}", f"{one['waiting']}", policy)
        for cell, text in zip(self._cells, texts, strict=True):
            cell.set_text(text)


def minutes(text: str) -> int | None:
    """ms of a whole number of minutes; None where it is none from 1 to 1,440."""
    found = whole(text, 1, 1440)
    return None if found is None else found * MINUTE
