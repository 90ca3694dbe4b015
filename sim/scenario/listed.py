"""Victims listed one by one: in the scenario, or in a table beside it (CSV) for more than a file of YAML can hold."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.encoding import decoded
from sim.scenario.errors import FaultError, Origin, ScenarioError, describe, nearest
from sim.scenario.errors import Path as FieldPath
from sim.scenario.marks import FIRST, one_of
from sim.scenario.plain import read_plain, real
from sim.scenario.tree import Tree
from sim.words.letters import narrow
from sim.words.phrases import phrase
from sim.words.units import Duration, Money, RefusedError, parse_duration, parse_money

MOST_WRITTEN: Final = 20_000
"""Cases in a file of YAML: with all that may be said of each they are still within its bytes and values."""
MOST_ROWS: Final = 100_000
MOST_TOLD: Final = 20
"""Rows of a table of which it is told what is wrong with each."""
MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_PAYMENTS: Final = 200
_UNITS: Final = {"yuan": " yuan", "wan": " wan yuan", "fen": " fen", "s": "s", "min": "m", "h": "h", "d": "d"}
"""Endings of a head, such as loss_yuan, and the unit of the bare numbers below it."""


def lost(fen: int) -> int:
    """The loss of one case as it was read, if it is one: zero would be paid as a fen.

    Raises:
        RefusedError: it is zero.
    """
    if fen == 0:
        raise RefusedError("0 yuan", phrase("an amount above zero such as 50k yuan (leave out a case without a loss)"))
    return fen


def parse_loss(x: object) -> int:
    """Read the loss of one case, in fen."""
    return lost(parse_money(x))


class ListedCase(Model):
    """One named victim. What is left out is drawn from the scam."""

    at: Duration
    """First payment, from the scenario's start."""
    scam: Name
    loss: Annotated[Annotated[Money, AfterValidator(lost)] | None, FIRST] = None
    payments: Annotated[Annotated[int, Field(ge=1, le=_MOST_PAYMENTS)] | None, FIRST] = None
    discovery: Annotated[Duration | None, FIRST] = None
    report_lag: Annotated[Duration | None, FIRST] = None
    reports: bool | None = None


class ListedArrivals(Model):
    """A fixed list of victims."""

    cases: Annotated[list[ListedCase] | None, Field(max_length=MOST_WRITTEN), one_of("list")] = None
    file: Annotated[str | None, Field(min_length=1, max_length=1000), one_of("list")] = None
    """A table beside the scenario (CSV, with a head): a row for each case, a column for each of the names above; a unit
    may stand in the head, as in loss_yuan or at_min. At most 100,000 rows."""

    @model_validator(mode="after")
    def _one(self) -> ListedArrivals:
        if (self.cases is None) == (self.file is None):
            raise FaultError(phrase("either cases or file: TABLE.csv"), wrong=phrase("both cases and file, or neither"))
        return self

    @property
    def rows(self) -> tuple[ListedCase, ...]:
        """All cases, wherever they are listed.

        Raises:
            ScenarioError: the table has gone or was spoilt since the scenario was read.
        """
        return tuple(self.cases or ()) if self.file is None else table_of(Path(self.file)).cases

    def mistake(self, at: str, key: str, wrong: Mapping[int, FaultError]) -> FaultError:
        """What is wrong with one key of some cases, as a model says it: at the first one's path, or at their rows.

        Args:
            at: the path of these arrivals, from the model that complains.
            key: of the case.
            wrong: by the number of the case, from 0 and in order.
        """
        (number, first), *others = wrong.items()
        if self.file is None:
            return first.under(f"{at}.cases.{number}.{key}")
        row = table_of(Path(self.file)).numbers
        what = phrase("row {row}, {key}, {wrong}", row=row[number], key=key, wrong=first.wrong)
        if others:
            more = ", ".join(str(row[other]) for other, _ in others[: MOST_TOLD - 1])
            what = phrase("{first}, as in rows {rows}", first=what, rows=more)
            if (left := len(others) - MOST_TOLD + 1) > 0:
                what = phrase("{rows} and {left:,} more", rows=what, left=left)
        return FaultError(first.accepted, what, f"{at}.file")


def named_tables(tree: Tree, folder: Path) -> Iterator[tuple[FieldPath, str]]:
    """The places of all tables that a scenario names, and the same with an absolute path, each table read once.

    Args:
        tree: what was read; not yet validated.
        folder: where files named on the command line are looked for. One named in a file is beside that file.

    Raises:
        ScenarioError: no such table, or a row that cannot be read.
    """
    arrivals, _ = tree.descend(("victims", "arrivals"))
    for name, source in arrivals.value.items() if isinstance(arrivals.value, dict) else ():
        file = source.child("file")
        if file is None or not isinstance(file.value, str):
            continue
        path = real((Path(file.at.file).parent if file.at.line else folder) / file.value)
        if not path.is_file():
            beside = sorted(one.name for one in path.parent.glob("*.csv") if one.is_file())
            accepted = phrase("a table beside the scenario, in CSV")
            if beside:
                accepted = phrase("a table beside the scenario: {known}", known=nearest(file.value, beside))
            raise ScenarioError(file.at, f"victims.arrivals.{name}.file", describe(file.value), accepted)
        table_of(path)
        yield ("victims", "arrivals", name, "file"), str(path)


class Table(NamedTuple):
    """The cases of a table, and the row in which each stands."""

    cases: tuple[ListedCase, ...]
    numbers: tuple[int, ...]


def table_of(path: Path) -> Table:
    """The cases of a table, read again only when the file has changed.

    Raises:
        ScenarioError: it cannot be read, or a row cannot; the line is that of the row.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise ScenarioError(
            Origin(path.name), "file", phrase("nothing ({strerror})", strerror=error.strerror), phrase("a table")
        ) from None
    if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
        accepted = phrase("a table of at most {most:,} bytes", most=MOST_BYTES)
        raise ScenarioError(Origin(path.name), "file", phrase("{st_size:,} bytes", st_size=status.st_size), accepted)
    return _cases(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _cases(path: Path, changed: int, size: int) -> Table:
    text = decoded(read_plain(path, MOST_BYTES), path.name)
    first = text.partition("\n")[0]
    mark = max(",;\t，；", key=first.count)  # of none: the first
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    cases: list[ListedCase] = []
    numbers: list[int] = []
    wrong: list[ScenarioError] = []
    try:
        columns = _columns([narrow(cell).strip() for cell in next(rows, [])], path.name)
        for row in rows:
            if not any(map(str.strip, row)):
                continue
            number = rows.line_num
            if len(cases) == MOST_ROWS:
                raise ScenarioError(
                    Origin(path.name, number, 1),
                    "file",
                    phrase("more rows"),
                    phrase("at most {most:,} rows", most=MOST_ROWS),
                )
            try:
                cases.append(_case(row, columns, number, path.name))
                numbers.append(number)
            except ScenarioError as error:
                wrong.append(error)
    except csv.Error:  # of a cell without an end, or longer than any name or number
        read = phrase("a cell that is not closed, or is longer than {most:,} characters", most=csv.field_size_limit())
        raise ScenarioError(Origin(path.name, rows.line_num, 1), "row", read, phrase("a row of a table")) from None
    if wrong:
        raise _of_all(wrong)
    return Table(tuple(cases), tuple(numbers))


def _of_all(wrong: Sequence[ScenarioError]) -> ScenarioError:
    """One mistake that tells those of all rows."""
    first, *others = wrong
    accepted = first.accepted
    for one in others[: MOST_TOLD - 1]:
        accepted = phrase(
            "{accepted}; row {line}, {field}: read {read}, accepted: {instead}",
            accepted=accepted, line=one.line, field=one.field, read=one.read, instead=one.accepted,
        )  # fmt: skip
    if (left := len(others) - MOST_TOLD + 1) > 0:
        accepted = phrase("{accepted}; and {left:,} more rows", accepted=accepted, left=left)
    return ScenarioError(first.origin, first.field, first.read, accepted)


_BARE: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]+(\.[0-9]+)?")
"""A number without a unit. Its commas part thousands: a decimal comma is none, and 1,5 must not be read as 15."""

Column = tuple[str, str, Callable[[str], Any]]
"""Head, field, and what reads a cell."""


def _columns(head: list[str], file: str) -> list[Column]:
    fields = list(ListedCase.model_fields)
    columns: list[Column] = []
    for name in head:
        field, _, unit = name.rpartition("_")
        if name in fields or field not in fields or unit not in _UNITS:
            field, unit = name, ""
        if field not in fields:
            raise ScenarioError(
                Origin(file, 1, 1), "file", phrase("the head {name}", name=describe(name)), nearest(name, fields)
            )
        if field in [one for _, one, _ in columns]:
            raise ScenarioError(
                Origin(file, 1, 1), "file", phrase("the head {name} a second time", name=name), phrase("each head once")
            )
        columns.append((name, field, cache(_reader(field, _UNITS.get(unit, "")))))
    for needed in ("at", "scam"):
        if needed not in [field for _, field, _ in columns]:
            heads = ", ".join(head)
            read = phrase("the heads {heads}", heads=describe(heads)) if heads else phrase("no heads")
            accepted = phrase("a head {needed} (of {known})", needed=needed, known=", ".join(fields))
            raise ScenarioError(Origin(file, 1, 1), "file", read, accepted)
    return columns


def _case(row: list[str], columns: list[Column], number: int, file: str) -> ListedCase:
    values: dict[str, Any] = {}
    if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
        accepted = phrase("{n} cells, as in the head", n=len(columns))
        raise ScenarioError(Origin(file, number, 1), "row", phrase("{n} cells", n=len(row)), accepted)
    for place, (head, field, read) in enumerate(columns):
        cell = narrow(row[place]).strip() if place < len(row) else ""
        if not cell and field not in ("at", "scam"):
            continue
        try:
            values[field] = read(cell)
        except RefusedError as error:
            raise ScenarioError(Origin(file, number, place + 1), head, describe(error.read), error.accepted) from None
    return ListedCase.model_construct(**values)


def _reader(field: str, unit: str) -> Callable[[str], Any]:
    """What reads a cell of a column whose bare numbers have a unit."""

    def quantity(parse: Callable[[object], int]) -> Callable[[str], int]:
        def read(cell: str) -> int:
            bare = _BARE.fullmatch(cell)
            if bare and float(bare[0].replace(",", "")) == 0:
                return parse(0)
            if bare and unit and parse is parse_duration:
                return parse(bare[0].replace(",", "") + unit)
            return parse(cell + unit if bare else cell)

        return read

    if field == "at":
        return _since_start(quantity(parse_duration))
    if field == "scam":
        return _name
    if field == "payments":
        return _payments
    if field == "reports":
        return _yes_or_no
    return quantity(parse_loss if field == "loss" else parse_duration)


def _since_start(read: Callable[[str], int]) -> Callable[[str], int]:
    """As `read`, but of a whole date it is said what to write: it cannot be known here when the scenario starts."""

    def at(cell: str) -> int:
        if re.match(r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}", cell):
            raise RefusedError(
                cell, phrase("a time since the start such as 26h (take the start off the date, under a head at_h)")
            )
        return read(cell)

    return at


def _name(cell: str) -> str:
    if not re.fullmatch(r"[^\W_][\w-]{0,59}", cell):
        raise RefusedError(cell, phrase("the name of a scam"))
    return cell


def _payments(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", cell) or not 1 <= int(cell) <= _MOST_PAYMENTS:
        raise RefusedError(cell, phrase("a whole number from 1 to {most}", most=_MOST_PAYMENTS))
    return int(cell)


def _yes_or_no(cell: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "是": True, "false": False, "no": False, "0": False, "否": False}
    if cell.lower() not in known:
        raise RefusedError(cell, phrase("true or false"))
    return known[cell.lower()]
