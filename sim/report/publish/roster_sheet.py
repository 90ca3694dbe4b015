"""A roster as a sheet that a spreadsheet opens: a row for each shift, written and read again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.scenario.people import EVERY_DAY, MOST_STAFF, Day
from sim.study.ask.sheet import sheet_of
from sim.study.ask.shifts import DAYS, Line
from sim.study.run.errors import StudyError
from sim.words.language import key, say
from sim.words.letters import narrow
from sim.words.phrases import phrase
from sim.words.units import DAY, MINUTE, RefusedError, format_clock, parse_clock

HEADS: Final = (key("desk"), key("days"), key("begins"), key("ends"), key("people"), key("also"))
"""Of the columns; the last holds what else a shift has (dates, breaks), as JSON."""
MOST_LINES: Final = 1000
MOST_INSIDE: Final = 20_000_000
"""Bytes of all that is packed in a sheet."""
_IN_CHINESE: Final[Mapping[str, Day]] = dict(zip("一二三四五六日", EVERY_DAY, strict=True))


def written(lines: Sequence[Line]) -> bytes:
    """The sheet as xlsx, its heads in the language of the context; no cell is a formula."""
    from xlsxwriter import Workbook

    into = io.BytesIO()
    book = Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(say("roster"))
    bold = book.add_format({"bold": True, "bottom": 2})
    for place, head in enumerate(HEADS):
        sheet.write_string(0, place, say(head), bold)
        sheet.set_column(place, place, (16, 32, 10, 10, 10, 40)[place])
    for row, line in enumerate(lines, start=1):
        cells = [line.desk, " ".join(line.days), format_clock(line.start), format_clock(line.end)]
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell)
        sheet.write_number(row, 4, line.staff)
        if line.rest:
            sheet.write_string(row, 5, json.dumps(dict(line.rest), ensure_ascii=False))
    sheet.freeze_panes(1, 0)
    book.close()
    return into.getvalue()


def read(data: bytes, desks: Sequence[str]) -> list[Line]:
    """The shifts of a sheet.

    Args:
        data: an xlsx file.
        desks: those that the scenario has.

    Raises:
        StudyError: it cannot be read, or a row says something else; in one line that names it.
    """
    heads, *rows = sheet_of(phrase("roster"), data, most=MOST_INSIDE, or_csv=False).rows() or [()]
    columns = _columns([_cell(one) for one in heads])
    if not 0 < len(rows) <= MOST_LINES:
        raise StudyError(phrase("roster: read {n} rows, accepted: 1 to {most:,}", n=len(rows), most=MOST_LINES))
    cells = [{head: _cell(row[place]) for head, place in columns.items()} for row in rows]
    return [_line(one, number, desks) for number, one in enumerate(cells, start=2) if any(one.values())]


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """The place of each column by its head in English, from heads of either language."""
    from sim.words import language as lang

    found: dict[str, int] = {}
    for head in HEADS:
        known = {head}
        for language in lang.LANGUAGES:
            with lang.using(language):
                known.add(say(head))
        place = next((place for place, one in enumerate(heads) if one.strip().lower() in known), None)
        if place is not None:
            found[head] = place
        elif head != HEADS[-1]:
            raise StudyError(phrase("roster: read no column {head}, accepted: {heads}", head=head,
                                    heads=", ".join(HEADS)))  # fmt: skip
    return found


def _cell(value: Any) -> str:
    return "" if value is None else narrow(str(value)).strip()


def _line(cells: Mapping[str, str], number: int, desks: Sequence[str]) -> Line:
    def wrong(head: str, accepted: object) -> StudyError:
        return StudyError(
            phrase("roster, line {line}: {head}: read {read!r}, accepted: {accepted}", line=number, head=phrase(head),
                   read=cells.get(head, "")[:60], accepted=accepted)
        )  # fmt: skip

    if cells["desk"] not in desks:
        raise wrong("desk", ", ".join(desks))
    days = _days(cells["days"])
    if days is None:
        raise wrong("days", ", ".join(DAYS))
    times = [clock_of(cells[head]) for head in ("begins", "ends")]
    if times[0] is None or times[0] == DAY:
        raise wrong("begins", phrase("a time of day such as 08:00"))
    if times[1] is None:
        raise wrong("ends", phrase("a time of day such as 08:00"))
    people = cells["people"].removesuffix(".0")
    if not people.isdecimal() or not people.isascii() or not 0 < len(people) < 6 or not 0 < int(people) <= MOST_STAFF:
        raise wrong("people", phrase("1 to {most:,}", most=MOST_STAFF))
    try:
        rest = json.loads(cells.get("also") or "{}")
    except (ValueError, RecursionError):
        rest = None
    if not isinstance(rest, dict) or not set(rest) <= {"dates", "breaks"}:
        raise wrong("also", phrase("nothing, or what this program wrote there"))
    return Line(cells["desk"], days, times[0], times[1], int(people), tuple(rest.items()))


def _days(text: str) -> tuple[Day, ...] | None:
    """Days as `mon tue`, `mon-fri` or in Chinese; nothing: every day. None for anything else."""
    found: list[Day] = []
    for word in filter(None, re.split(r"[\s,、;]+", text.lower())):
        first, dash, last = word.partition("-")
        ends = [_day(first), _day(last)] if dash else [_day(word)]
        named = [one for one in ends if one is not None]
        if len(named) < len(ends) or (dash and "holiday" in named):
            return None
        places = [DAYS.index(one) for one in named]
        if places != sorted(places):
            return None
        found += DAYS[places[0] : places[-1] + 1]
    return tuple(one for one in DAYS if one in found) if found else tuple(EVERY_DAY)


def _day(word: str) -> Day | None:
    plain = re.sub("^(周|星期)", "", word)
    if plain in _IN_CHINESE:
        return _IN_CHINESE[plain]
    if word in ("节假日", "holidays"):
        return "holiday"
    return next((one for one in DAYS if one == word), None)


def clock_of(text: str) -> int | None:
    """ms of the day of `08:00`, of `1899-12-31 08:00:00`, or of a part of a day as spreadsheets keep times.

    None for anything else.
    """
    if re.fullmatch(r"0?\.\d{1,17}|0|1", text):
        return round(float(text) * DAY / MINUTE) * MINUTE
    try:
        return parse_clock(re.sub(r"^\d{4}-\d\d-\d\d |\.0+$", "", text))
    except RefusedError:
        return None
