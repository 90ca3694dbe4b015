"""Reading an events list (MSEL), also one that was made elsewhere.

What such a sheet says in words of its own is kept: a cell that is no value of ours stays as it is typed and is told
with its line, and a column that is not known goes into the note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sim.exercise import words
from sim.exercise.drafts import ANSWER, Draft, free_id, text_of, texts, well_formed
from sim.exercise.event_heads import HEADS
from sim.exercise.event_rows import heads_in, known_in
from sim.exercise.event_words import meant, plain, title, titles
from sim.exercise.models import Inject
from sim.exercise.vocabulary import ALWAYS
from sim.report.publish.roster_sheet import clock_of
from sim.study.ask.sheet import sheet_of
from sim.study.run.errors import StudyError
from sim.words.language import say
from sim.words.letters import narrow
from sim.words.phrases import Phrase, phrase
from sim.words.units import DAY, MINUTE, SECOND, format_duration, parse_duration

MOST_INSIDE: Final = 20_000_000
"""Bytes of all that is packed in a sheet."""
MOST_ROWS: Final = 1_000
_EVERYBODY: Final = ("all", "everybody", "everyone", "all roles", "所有人", "全体", "全部", "各席位", "所有席位")


class Mistake(NamedTuple):
    """What is wrong in one line of a sheet."""

    line: int
    head: str
    what: Phrase


@dataclass(frozen=True)
class Sheet:
    """A sheet that was brought: its heads, its rows, and the lines in which these stand."""

    heads: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    line: int
    """Of the heads."""
    above: Sequence[tuple[int, str]]
    """What stands above the heads, by line: it is no inject."""

    @property
    def known(self) -> dict[str, int]:
        """By field of ours: the place of the column that is known by its head."""
        return known_in(self.heads)


@dataclass
class Brought:
    """What a sheet says."""

    injects: list[dict[str, Any]] = field(default_factory=list)
    tries: dict[str, list[str]] = field(default_factory=dict)
    """By objective: the injects that try it."""
    mistakes: list[Mistake] = field(default_factory=list)


def sheet(data: bytes) -> Sheet:
    """The rows of an xlsx file, and the heads above them.

    Raises:
        StudyError: it cannot be read, or has no rows.
    """
    name = phrase("events list")
    frame = sheet_of(name, data, most=MOST_INSIDE, or_csv=False)
    rows = [["" if one is None else str(one).strip() for one in row] for row in frame.rows()]
    if len(rows) > MOST_ROWS:
        raise StudyError(phrase("{file}: read {n:,} rows, accepted: at most {most:,}", file=name, n=len(rows),
                                most=MOST_ROWS))  # fmt: skip
    first = heads_in(rows)
    said = [(line, row) for line, row in enumerate(rows, start=1) if any(row)]
    found = [(line, row) for line, row in said if line > first + 1]
    if first < 0 or not found:
        raise StudyError(phrase("{file}: read no rows, accepted: a head and a row for each inject", file=name))
    above = [(line, " | ".join(filter(None, row))) for line, row in said if line <= first]
    return Sheet([re.sub(r"\s+", " ", one) for one in rows[first]], found, first + 1, above)


def read(of: Sheet, columns: Mapping[str, int], draft: Draft, *, opens: int | None = None) -> Brought:
    """The injects of a sheet.

    Args:
        of: the sheet.
        columns: the place of the column of each field that it has.
        draft: the exercise that they are for; its roles and objectives are named in the sheet.
        opens: where times are those of a clock: ms since midnight at which the room opens; None: they count from its
            opening, as those that begin with a plus always do.
    """
    made = Brought()
    reader = _Reader(of, columns, draft, opens, made)
    for line, row in of.rows:
        reader.row(line, row)
    return made


def by_the_clock(of: Sheet, columns: Mapping[str, int], opens: int) -> bool:
    """Whether the times of a sheet look like those of a clock, and not like times after the opening.

    Args:
        opens: ms since midnight at which the room opens.
    """
    place = columns.get("at", -1)
    clocks = [clock_of(narrow(row[place])) for _, row in of.rows if 0 <= place < len(row)]
    found = [one for one in clocks if one is not None]
    return bool(found) and min(found) >= opens > 0


class _Reader:
    """Reads the rows of one sheet one after the other."""

    def __init__(self, of: Sheet, columns: Mapping[str, int], draft: Draft, opens: int | None, made: Brought) -> None:
        self._heads, self._columns, self._draft, self._opens, self._made = of.heads, columns, draft, opens, made
        roles = draft.get("roles", {})
        self._roles = {name: {plain(name), *map(plain, titles(draft, name))} for name in [*roles, *ALWAYS]}
        self._line = 0

    def row(self, line: int, row: Sequence[str]) -> None:
        """One row as an inject."""
        self._line = line
        cells = {name: row[place] for name, place in self._columns.items() if place < len(row) and row[place]}
        rest = self._rest(cells.get("also", ""))
        made: dict[str, Any] = {"id": self._id(cells)}
        notes = [cells.get("note", "")]
        if "at" in cells:
            made["at"] = self._moment("at", cells["at"])
        elif not rest.keys() & {"when", "manual"}:
            self._wrong("at", "", phrase("a time such as 8m, 0:08 or 10:20"))
        made["to"] = self._to(cells.get("to", ""))
        made["channel"] = self._one_of("channel", cells.get("channel", "message"), words.CHANNELS)
        made["text"] = text_of(cells.get("text", ""), cells.get("text_zh", "")) or ""
        if not made["text"]:
            self._wrong("text", "", phrase("text that is not empty"))
        expect = self._expect(cells, notes) | rest.pop("expect", {})
        if expect:
            made["expect"] = expect
            made["deadline"] = self._moment("deadline", cells["deadline"]) if "deadline" in cells else ANSWER
        self._objectives(made["id"], cells.get("objectives", ""), notes)
        known = set(self._columns.values())
        notes += [f"{self._heads[n]}: {cell}" for n, cell in enumerate(row) if cell and n not in known]
        note = text_of("\n".join(filter(None, notes)), cells.get("note_zh", ""))
        self._made.injects.append(made | ({"note": note} if note else {}) | rest)

    def _wrong(self, name: str, read: str, accepted: object) -> None:
        head = self._heads[self._columns[name]] if name in self._columns else say(HEADS[name])
        said = phrase("read {read!r}, accepted: {accepted}", read=read[:60], accepted=accepted)
        if not read:
            said = phrase("read nothing, accepted: {accepted}", accepted=accepted)
        self._made.mistakes.append(Mistake(self._line, head, said))

    def _id(self, cells: Mapping[str, str]) -> str:
        taken = [one["id"] for one in self._made.injects]
        wanted = re.sub("[^a-z0-9_-]+", "-", narrow(cells.get("id", "")).lower()).strip("-")[:60]
        return wanted if wanted and wanted not in taken else free_id("inject", taken)

    def _rest(self, text: str) -> dict[str, Any]:
        """What this program wrote into the last column."""
        if not text:
            return {}
        with suppress(ValueError, RecursionError):
            found = json.loads(text)
            if well_formed(found, (Inject,)) and set(found) <= {"when", "or_never", "manual", "effect", "expect"}:
                return found  # type: ignore[no-any-return]
        self._wrong("also", text, phrase("nothing, or what this program wrote there"))
        return {}

    def _moment(self, name: str, text: str) -> str:
        """A time after the opening, or for an answer, as a file has it; what cannot be read stays as it is."""
        said = narrow(text).lower()
        cell = re.sub(r"^(startex|t)?\s*\+\s*", "", said)
        with suppress(ValueError):
            return format_duration(parse_duration(cell))
        if re.fullmatch(r"[1-9]\d{0,4}(\.\d{1,9})?|0(\.0{1,9})?", cell):
            return format_duration(round(float(cell) * MINUTE / SECOND) * SECOND)
        clock = clock_of(cell)
        if clock is None:
            self._wrong(name, text, phrase("a time such as 8m, 0:08 or 10:20"))
            return text
        if name == "at" and self._opens is not None and cell == said:
            clock = (clock - self._opens) % DAY
        return format_duration(clock)

    def _to(self, text: str) -> list[str]:
        if plain(text) in _EVERYBODY:
            return list(self._draft.get("roles", {}))
        parts = [one for part in re.split(r"[,，、;；/\n]", text) for one in self._apart(part)]
        if not parts:
            self._wrong("to", "", self._all_roles)
        return list(dict.fromkeys(self._role("to", one) for one in parts))

    def _apart(self, text: str) -> Iterator[str]:
        """The roles of a part of a cell; a title may have an "and" of its own."""
        pieces = re.split("( and | & |和|及)", text)
        while pieces:
            several = range(len(pieces), 0, -2)
            long = next((n for n in several if self._found("".join(pieces[:n]))), 1)
            one, pieces = "".join(pieces[:long]).strip(), pieces[long + 1 :]
            if one:
                yield one

    def _found(self, text: str) -> str | None:
        return next((one for one, titles in self._roles.items() if plain(text) in titles), None)

    def _role(self, name: str, text: str) -> str:
        found = self._found(text)
        if found is None:
            self._wrong(name, text, self._all_roles)
        return found or text

    @property
    def _all_roles(self) -> str:
        return say(", ").join(title(self._draft, one) for one in self._roles)

    def _one_of(self, name: str, text: str, of: Mapping[str, str]) -> str:
        found = meant(text, of)
        if found is None:
            self._wrong(name, text, say(", ").join(map(say, of.values())))
        return found or text

    def _expect(self, cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
        """What is expected: an act of ours, or words that whoever leads ticks."""
        text = cells.get("expect", "")
        by = {"by": self._role("by", cells["by"])} if "by" in cells else {}
        if not text:
            return by
        found = meant(text, words.ACTIONS)
        if found is None:
            notes.append(say("Expected: {text}", text=text))
            return {"action": "any", "tick": True} | by
        return {"action": found} | by

    def _objectives(self, inject: str, text: str, notes: list[str]) -> None:
        """Note which objectives an inject tries; one that is not there goes into the note."""
        whole = [text] if self._objective(text) else re.split(r"[,，、;；\n]", text)  # a text may have a comma
        for part in filter(None, (one.strip() for one in whole)):
            if named := self._objective(part):
                self._made.tries.setdefault(named, []).append(inject)
            else:
                notes.append(say("Objective: {text}", text=part))

    def _objective(self, text: str) -> str:
        """The id of the objective that a cell names by id, number or text; empty for none."""
        for number, one in enumerate(self._draft.get("objectives", []), 1):
            if plain(text) in (one.get("id"), f"{number}", *map(plain, filter(None, texts(one.get("text"))))):
                return str(one.get("id", ""))
        return ""
