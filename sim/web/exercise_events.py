"""The events list of an exercise in the making as a sheet: taken away, and brought from wherever it was made."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, Final

from nicegui import ui

from sim.exercise import event_list, event_reading
from sim.exercise.event_heads import HEADS
from sim.exercise.event_reading import Brought, Sheet
from sim.study.run.errors import StudyError
from sim.web import aside
from sim.web.brought import no_sheet, sheet_field
from sim.web.exercise_form import Draught, cut
from sim.web.parts import Field, Tag, box, button, details, heading, para
from sim.words.language import counted, say, translate
from sim.words.phrases import text_of

NEEDED = ("at", "to", "text")
"""Columns without which a sheet says little: it is asked which they are."""
MOST_ABOVE: Final = 120
"""Characters that are shown of a line above the heads."""


class EventList:
    """The sheet's part of the page."""

    def __init__(self, of: Draught, changed: Callable[[], Any], opens: Callable[[], int | None]) -> None:
        """
        Args:
            of: the exercise.
            changed: what is done when a sheet has taken the place of the injects.
            opens: ms since midnight at which the room opens; None where that is not known.
        """
        self._of, self._changed, self._opens = of, changed, opens
        self._before: dict[str, Any] = {}
        """The lists that a sheet has taken the place of."""
        with details(say("As a sheet: the events list (MSEL)")):
            para(
                say(
                    "Download the injects, or bring a list that was made elsewhere: one inject a row, heads in English"
                    " or Chinese. It takes the place of the injects above."
                ),
                "quiet",
            )
            with box("row"):
                button(say("Download the events list (xlsx)"), self._download)
                sheet_field(say("Bring an events list (xlsx)"), self._brought)
            self._trouble = Tag("p", "", "mistake", role="alert")
            self._place = box()

    async def _download(self) -> None:
        self._trouble.set_text("")
        try:
            data = await aside.short(event_list.written, deepcopy(self._of.tree))
        except StudyError as error:
            self._trouble.set_text(translate(text_of(error)))
            return
        ui.download(data, f"{self._of.get(('name',))}-msel.xlsx")

    async def _brought(self, data: bytes) -> None:
        self._place.clear()
        self._trouble.set_text("" if data else no_sheet())
        if not data:
            return
        try:
            sheet = await aside.short(event_reading.sheet, data)
        except StudyError as error:
            self._trouble.set_text(translate(text_of(error)))
            return
        if self._place.is_deleted:
            return
        known = sheet.known
        unknown = [one for place, one in enumerate(sheet.heads) if one and place not in known.values()]
        if unknown or not all(name in known for name in NEEDED):
            self._ask(sheet)
        else:
            await self._take(sheet, known, self._by_the_clock(sheet, known))

    def _by_the_clock(self, sheet: Sheet, columns: dict[str, int]) -> bool:
        opens = self._opens()
        return opens is not None and event_reading.by_the_clock(sheet, columns, opens)

    def _ask(self, sheet: Sheet) -> None:
        """Ask which column is which."""
        known = sheet.known
        options = [("", say("none")), *((f"{place}", one) for place, one in enumerate(sheet.heads) if one)]
        with self._place:
            heading(3, say("Which column is which"))
            _left_out(sheet)
            para(say("What stands in columns that are not named here goes into the note of each inject."), "quiet")
            fields: dict[str, Field] = {}
            with box("fields"):
                for name, head in HEADS.items():
                    if name != "number":
                        place = known.get(name)
                        now = "" if place is None else f"{place}"
                        fields[name] = Field(say(head), now, options=options)
                clock = self._by_the_clock(sheet, known)
                kinds = [("", say("counted from the opening")), ("clock", say("times of day"))]
                times = Field(say("Times such as 10:20 are"), "clock" if clock else "", options=kinds)

            async def take() -> None:
                columns = {name: int(one.value) for name, one in fields.items() if one.value}
                await self._take(sheet, columns, times.value == "clock")

            button(counted(len(sheet.rows), "Take this row", "Take these {n} rows"), take, "main")

    async def _take(self, sheet: Sheet, columns: dict[str, int], clock: bool) -> None:
        opens = self._opens() if clock else None
        read = partial(event_reading.read, opens=opens)
        found = await aside.short(read, sheet, columns, deepcopy(self._of.tree))
        if self._place.is_deleted:
            return
        tree = self._of.tree
        self._before = deepcopy({name: tree[name] for name in ("injects", "objectives") if name in tree})
        tree["injects"] = found.injects
        for one in tree.get("objectives", []):
            _tries(one, found, "objectives" in columns)
        self._say(sheet, found)
        await self._changed()

    def _say(self, sheet: Sheet, found: Brought) -> None:
        """Say what was taken over, and what is wrong in which line."""
        self._place.clear()
        with self._place:
            para(counted(len(found.injects), "One inject was taken over.", "{n} injects were taken over."), "finding")
            _left_out(sheet)
            if found.mistakes:
                para(
                    counted(
                        len(found.mistakes),
                        "One cell is no value of an exercise. It is kept as it stands: mend it above.",
                        "{n} cells are no values of an exercise. They are kept as they stand: mend them above.",
                    )
                )  # fmt: skip
                with Tag("ul"):
                    for one in found.mistakes:
                        said = say(
                            "Line {line}, {head}: {what}", line=one.line, head=one.head, what=translate(one.what)
                        )
                        Tag("li", said, "mistake")
            button(say("Take the sheet back"), self._back)

    async def _back(self) -> None:
        """Put the lists back that were there before."""
        for name in ("injects", "objectives"):
            self._of.tree.pop(name, None)
        self._of.tree.update(self._before)
        self._place.clear()
        await self._changed()


def _left_out(sheet: Sheet) -> None:
    """Say what stands above the heads that were taken: where they are not the heads, an inject is among it."""
    if not sheet.above:
        return
    para(
        counted(
            len(sheet.above),
            "The heads are those of line {line}. The line above them is no inject:",
            "The heads are those of line {line}. The {n} lines above them are no injects:",
            line=sheet.line,
        )
    )
    with Tag("ul"):
        for line, text in sheet.above:
            Tag("li", say("Line {line}: {text}", line=line, text=cut(text, MOST_ABOVE)))


def _tries(objective: dict[str, Any], found: Brought, said: bool) -> None:
    """Let an objective be tried by the injects that a sheet names for it, else by those that are still there."""
    ids = {one["id"] for one in found.injects}
    tried = found.tries.get(str(objective.get("id")), []) if said else objective.get("injects", [])
    objective["injects"] = [one for one in tried if one in ids]
