"""Arms that a planner keeps on the live page: named, taken up again, compared with what is set now, in a link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sim.report.findings import arms as said
from sim.report.findings import comparison
from sim.scenario.errors import clip
from sim.study.ask.compare import TIMES
from sim.web import addresses
from sim.web.estimate_inputs import Inputs, change_words
from sim.web.estimating import Answer
from sim.web.form import settings_of
from sim.web.parts import Field, Tag, box, button, heading, link, para, table
from sim.words.language import capital, say

MOST: Final = 4
"""Arms that are kept: with the centre as it was and what is set now there are six."""
LONGEST: Final = 40
"""Characters of a name."""
MOST_TYPED: Final = 200
"""Values of an arm that a link may bring."""


@dataclass
class Kept:
    """One arm that is kept."""

    name: str
    typed: dict[str, str]


def read(text: str, known: Mapping[str, Any]) -> list[Kept]:
    """The arms of a link; whatever is none, or names a value that is not there, is left out.

    Args:
        text: of the address, anybody's claim.
        known: paths that may be changed.
    """
    brought = addresses.read(text)
    found: list[Kept] = []
    for one in brought if isinstance(brought, list) else []:
        name, typed = (one.get("name"), _typed(one.get("typed"), known)) if isinstance(one, dict) else (None, None)
        if isinstance(name, str) and typed is not None:
            found.append(Kept(_unlike(clip(name.strip(), LONGEST), found), typed))
    return found[:MOST]


def read_typed(text: str, known: Mapping[str, Any]) -> dict[str, str] | None:
    """What was typed, by path, as an address says it, with the same arguments as `read`; None where it says nothing."""
    return _typed(addresses.read(text), known)


def _typed(brought: Any, known: Mapping[str, Any]) -> dict[str, str] | None:
    """Values by path; None where it is anything else."""
    if not isinstance(brought, dict) or len(brought) > MOST_TYPED:
        return None
    right = all(path in known and isinstance(value, str) for path, value in brought.items())
    return dict(brought) if right else None


def _unlike(name: str, others: list[Kept]) -> str:
    """A name that no other arm has."""
    taken = {one.name for one in others} | {""}
    number = 1
    made = name
    while made in taken:
        number += 1
        made = f"{name} {number}".strip()
    return made


class Arms:
    """The panel of the arms that are kept."""

    def __init__(self, inputs: Inputs, kept: list[Kept], address: str, ask: Callable[[], Awaitable[None]]) -> None:
        """
        Args:
            inputs: of the page.
            kept: from the link that led here.
            address: of the page.
            ask: done when the arms have changed.
        """
        self._inputs, self.kept, self._address, self._ask = inputs, kept, address, ask
        self._last: object = None
        heading(2, say("Side by side"))
        self._finding = para("", "finding")
        self._finding.set(aria_live="polite")
        self._runs = para("", "quiet")
        self._table = box()
        self._list = box("stack")
        with box("row"):
            self._keep = button(say("Keep what is set now"), self._kept_now)
            self._link = link(say("Link to these arms"), address, "button")
        self._show_list()

    @property
    def said(self) -> list[dict[str, Any]]:
        """The arms as an address says them."""
        return [{"name": one.name, "typed": one.typed} for one in self.kept]

    def settings(self) -> list[tuple[str, list[str]]]:
        """By name, what each arm changes: all look at the period that is set now."""
        timed = {path: text for path, text in self._inputs.typed.items() if path in TIMES}
        return [
            (one.name, settings_of(self._inputs.fields, {**_timeless(one.typed), **timed})) for one in self.kept
        ]  # fmt: skip

    def show(self, answer: Answer) -> None:
        """Show how the arms compare."""
        self._show_runs(answer)
        if answer.arms is self._last:
            return
        self._last = answer.arms
        self._table.clear()
        names = list(dict.fromkeys(one.arm for one in answer.arms))
        if len(names) < 2:
            self._finding.set_text("")
            return
        told = said.finding(answer.arms)
        self._finding.set_text(capital(told) + say("."))
        with self._table:
            table(said.head(names), said.rows(answer.arms, names, answer.paybacks), say("Side by side"))
            if note := comparison.note(answer.arms):
                para(capital(note) + say("."), "quiet")

    def _show_runs(self, answer: Answer) -> None:
        """Say why levels differ from those above, as long as they do."""
        arms, above = (answer.arms[0].value.n if answer.arms else 0), (answer.estimate.n if answer.estimate else 0)
        self._runs.set_text(
            say(
                "So far from {n:,} runs, the figures above from {above:,}: levels differ by luck until both have as"
                " many.",
                n=arms, above=above,
            ) if arms and above and arms != above else ""
        )  # fmt: skip

    def _show_list(self) -> None:
        self._list.clear()
        with self._list:
            if not self.kept:
                para(say("Keep what is set now as an arm, go on turning, and both stand beside each other."), "quiet")
            for one in self.kept:
                with box("row"):
                    Field(say("Name"), one.name, on_change=partial(self._rename, one), maxlength=LONGEST)
                    button(say("Take up"), partial(self._take_up, one), aria_label=say("Take up {what}", what=one.name))
                    button(say("Remove"), partial(self._remove, one), aria_label=say("Remove {what}", what=one.name))
                    Tag("span", say("; ").join(self._words(one)), "quiet")
        self._keep.set(disabled=len(self.kept) >= MOST)
        self._show_link()

    def _words(self, one: Kept) -> list[str]:
        """What an arm changes, as people read it."""
        typed, inputs = _timeless(one.typed), self._inputs
        return [
            change_words(field, typed[field.path], inputs.names[field.path])
            for field in inputs.fields if field.differs(typed)
        ]  # fmt: skip

    def _show_link(self) -> None:
        self._link.set(href=addresses.address(self._address, arms=self.said))

    async def _kept_now(self) -> None:
        if len(self.kept) < MOST:
            number = len(self.kept) + 1
            typed = {one.path: self._inputs.typed[one.path] for one in self._inputs.changes}
            self.kept.append(Kept(_unlike(say("arm {n}", n=number), self.kept), typed))
            self._show_list()
            await self._ask()

    async def _rename(self, one: Kept, name: str) -> None:
        others = [other for other in self.kept if other is not one]
        one.name = _unlike(clip(name.strip(), LONGEST), others)
        self._show_link()
        await self._ask()

    async def _take_up(self, one: Kept) -> None:
        timed = {path: text for path, text in self._inputs.typed.items() if path in TIMES}
        await self._inputs.put({**_timeless(one.typed), **timed})

    async def _remove(self, one: Kept) -> None:
        self.kept.remove(one)
        self._show_list()
        await self._ask()


def _timeless(typed: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in typed.items() if path not in TIMES}
