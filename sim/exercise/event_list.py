"""The events list of an exercise (MSEL) as a sheet that a spreadsheet opens; `event_reading` reads it again."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final

from sim.exercise import words
from sim.exercise.drafts import Draft, order, texts
from sim.exercise.event_heads import HEADS, WIDE
from sim.exercise.event_words import title
from sim.study.run.errors import StudyError
from sim.words.language import say
from sim.words.phrases import phrase

MOST_CELL: Final = 32_767
"""Characters that a cell holds."""


def written(draft: Draft) -> bytes:
    """The injects of an exercise as xlsx, in the language of the context; no cell is a formula.

    Raises:
        StudyError: an inject says more than a cell holds.
    """
    from xlsxwriter import Workbook

    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(say("Injects"))
    bold = book.add_format({"bold": True, "bottom": 2, "text_wrap": True})
    cell = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    for place, (name, head) in enumerate(HEADS.items()):
        sheet.write_string(0, place, say(head), bold)
        sheet.set_column(place, place, WIDE.get(name, 14))
    injects = draft.get("injects", [])
    for number, place in enumerate(order(injects), start=1):
        cells = _cells(draft, injects[place])
        if max(map(len, cells.values())) > MOST_CELL:
            raise StudyError(phrase("inject {number} says more than a cell of a sheet holds", number=number))
        sheet.write_number(number, 0, number)
        for column, name in enumerate(HEADS):
            if cells.get(name):
                sheet.write_string(number, column, cells[name], cell)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return into.getvalue()


def _cells(draft: Draft, inject: Mapping[str, Any]) -> dict[str, str]:
    """The cells of an inject by our fields; what has no column of its own is told as JSON."""
    expect = inject.get("expect", {})
    text, note = texts(inject.get("text")), texts(inject.get("note"))
    by = expect.get("by")
    rest = {key: one for key, one in inject.items() if key not in _IN_COLUMNS}
    if more := {key: one for key, one in expect.items() if key not in ("action", "by")}:
        rest["expect"] = more
    tried = [one.get("id", "") for one in draft.get("objectives", []) if inject.get("id") in one.get("injects", [])]
    return {
        "id": str(inject.get("id", "")), "at": str(inject.get("at", "")),
        "to": say(", ").join(title(draft, str(one)) for one in inject.get("to", [])),
        "channel": _said(words.CHANNELS, inject.get("channel", "")),
        "text": text[0], "text_zh": text[1] if isinstance(inject.get("text"), dict) else "",
        "expect": _said(words.ACTIONS, expect.get("action", "any")) if "expect" in inject else "",
        "by": title(draft, str(by)) if by else "", "deadline": str(inject.get("deadline", "")),
        "objectives": say(", ").join(map(str, tried)),
        "note": note[0], "note_zh": note[1] if isinstance(inject.get("note"), dict) else "",
        "also": json.dumps(rest, ensure_ascii=False) if rest else "",
    }  # fmt: skip


_IN_COLUMNS: Final = ("id", "at", "to", "channel", "text", "expect", "deadline", "note")


def _said(of: Mapping[str, str], name: Any) -> str:
    return say(of[name]) if name in of else str(name)
