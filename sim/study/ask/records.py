"""A centre's own files: what is read from them, row by row, and what is wrong with which line.

A file is CSV (UTF-8, UTF-16 or GBK) or xlsx. Only columns that are named here are read; every other one (names,
telephones, identity and account numbers) is dropped before anything is kept, and cases and people become numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.scenario.plain import read_plain
from sim.study.ask.cells import Band, codes_of, numbers_of, times_of, words_of
from sim.study.ask.csv_rows import Wrong
from sim.study.ask.forms import AMOUNT, CODE, REPORTS, TIME, TRANSFERS, WORD, WORK, Form
from sim.study.ask.sheet_cells import LOST, NO_VALUE
from sim.study.ask.tables import MOST_ABOVE, MOST_BYTES, Table, table_of
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
MOST_TOLD: Final = 20
"""Lines of which it is told what is wrong with each."""


@dataclass(frozen=True)
class Records:
    """What is kept of a file: a column for each field that it has, for the rows that can be read."""

    form: Form
    name: str
    """Of the file, without its folder."""
    columns: Mapping[str, Any]
    """Times in ms since 1970 as written there (NaN for none), amounts in fen, words as text ("" for none), codes as
    whole numbers (-1 for none), bands as `Band`."""
    n: int
    wrong: tuple[Wrong, ...]
    dropped: tuple[str, ...]
    """Heads of columns that were not read."""
    notes: tuple[str, ...] = ()
    """What else is to be told of the file (phrases)."""

    def __contains__(self, field: str) -> bool:
        return field in self.columns

    def times(self, field: str) -> Floats:
        """A column of times; NaN in every row where there is none."""
        found: Floats = self.columns.get(field, np.full(self.n, np.nan))
        return found

    def words(self, field: str) -> NDArray[np.str_]:
        """A column of words; empty where there is none."""
        found: NDArray[np.str_] = self.columns.get(field, np.full(self.n, ""))
        return found

    def codes(self, field: str) -> NDArray[np.int64]:
        """A column of codes; where there is none every row is by itself."""
        found: NDArray[np.int64] = self.columns.get(field, np.arange(self.n))
        return found


def read_records(path: Path, form: Form, *, heads: Mapping[str, str], offset: int, most_wrong: float = 0.2) -> Records:
    """Read a file.

    Args:
        path: CSV or xlsx.
        form: which kind of file it is.
        heads: by field, the head that the user says is its; the others are known by their names.
        offset: ms that local time is ahead of UTC: times with an offset of their own are turned into local ones.
        most_wrong: the largest share of rows that may be wrong.

    Raises:
        StudyError: it cannot be read, lacks what is needed, or has too many wrong rows.
    """
    return records_of(path.name, _bytes_of(path), form, heads=heads, offset=offset, most_wrong=most_wrong, option=True)


def columns_of(name: str, raw: bytes, form: Form) -> tuple[list[str], dict[str, str]]:
    """The heads of a table, and by field the head by which its column is known.

    Raises:
        StudyError: it is no table, or its first row is no head.
    """
    table = _table(name, raw, form, {})
    if not table.has_heads and not _known(table.heads, form, {}):
        raise _no_heads(name, form)
    return list(dict.fromkeys(filter(None, table.heads))), {
        field: table.heads[place] for field, place in _known(table.heads, form, {}).items()
    }


def records_of(
    name: str, raw: bytes, form: Form, *, heads: Mapping[str, str], offset: int, most_wrong: float = 0.2,
    option: bool = False,
) -> Records:  # fmt: skip
    """As `read_records`, of a file that is in memory.

    Args:
        name: of the file; its end says whether it is a sheet.
        raw: its bytes.
        form, heads, offset, most_wrong: as there.
        option: whether the heads are given by an option of a command, which a mistake may then name.

    Raises:
        StudyError: as there.
    """
    table = _table(name, raw, form, heads)
    columns = _columns(table, form, heads, name, option)
    kept: dict[str, Any] = {}
    bad: dict[int, str] = {}
    for field, place in columns.items():
        for row, why in _read(table.frame.to_series(place), field, table.heads[place], form, offset, kept):
            bad.setdefault(row, why)
    empty = np.ones(table.frame.height, dtype=bool)
    for field, values in kept.items():
        if field not in form.beside:
            empty &= _missing(values)
    empty[list(bad)] = False
    for row, why in _disordered(form, kept, {field: table.heads[place] for field, place in columns.items()}, empty):
        bad.setdefault(row, why)
    good = ~empty
    good[list(bad)] = False
    copies, counted = _copies(table, form, kept, good)
    good &= ~copies
    wrong = sorted([*table.wrong, *(Wrong(int(table.lines[row]), why) for row, why in bad.items())])
    rows = int((~empty).sum()) + len(table.wrong)
    if not rows or len(wrong) > most_wrong * rows:
        raise StudyError(_too_many(name, wrong, rows, most_wrong))
    unread = [place for place in range(len(table.heads)) if place not in columns.values()]
    return Records(
        form, name, {field: values[good] for field, values in kept.items()}, int(good.sum()), tuple(wrong),
        tuple(dict.fromkeys(table.heads[place] for place in unread if table.heads[place])),
        (*table.notes, *counted, *_without_heads(table, unread)),
    )  # fmt: skip


def _table(name: str, raw: bytes, form: Form, given: Mapping[str, str]) -> Table:
    """The table in a file, whose head is the row with most heads that are known or given."""
    wanted = {_plain(one) for one in given.values() if one}

    def known(heads: Sequence[str]) -> int:
        return len(_known(heads, form, {})) + len(wanted & {_plain(one) for one in heads})

    return table_of(name, raw, known)


def _disordered(
    form: Form, kept: Mapping[str, Any], heads: Mapping[str, str], empty: NDArray[np.bool_]
) -> Iterator[tuple[int, str]]:
    """Rows whose times are in the wrong order, or which lack the time that they need."""
    for first, second in form.in_order:
        if first in kept and second in kept:
            for row in np.flatnonzero(kept[first] > kept[second]).tolist():
                yield row, phrase("{second} before {first}", first=heads[first], second=heads[second])
    for field in form.needed[:1] if form not in (REPORTS, WORK) else ():  # of work that nobody began there is none
        if field in kept:
            for row in np.flatnonzero(_missing(kept[field]) & ~empty).tolist():
                yield row, phrase("no {field}", field=heads[field])


def _copies(
    table: Table, form: Form, kept: Mapping[str, Any], good: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], list[str]]:
    """The rows of reports that are left out as copies, and what is told of copies.

    A report with the case number and all other cells of a row above is that row again. Without a case number two
    cases may be alike: each counts. Of work and transfers with one, the fit takes rows that begin together for one.
    """
    import polars as pl

    again = np.zeros(len(good), dtype=bool)
    if form in (WORK, TRANSFERS) and "case" in kept:
        return again, []
    if table.frame.hash_rows().filter(good).n_unique() == good.sum():
        return again, []
    first = table.frame.filter(good).select(pl.struct(pl.all()).is_first_distinct()).to_series()
    again[good] = ~first.to_numpy()
    numbered = form is REPORTS and "case" in kept
    copies = again & (kept["case"] >= 0) if numbered else np.zeros_like(again)
    told: list[str] = []
    if (n := int(copies.sum())) == 1:
        told.append(phrase("one row is the same case as a row above, with the same cells; left out"))
    elif n:
        told.append(phrase("{n:,} rows are the same case as a row above, with the same cells; left out", n=n))
    if (n := int((again & ~copies).sum())) == 1:
        told.append(phrase("one row is an exact copy of another; both count"))
    elif n:
        told.append(phrase("{n:,} rows are exact copies of another; all of them count", n=n))
    return copies, told


def _without_heads(table: Table, unread: Sequence[int]) -> list[str]:
    """What is told of columns that have something in them and no head."""
    n = sum(
        bool((table.frame.to_series(place).str.strip_chars().fill_null("") != "").any())
        for place in unread
        if not table.heads[place]
    )
    if not n:
        return []
    return [phrase("a column without a head was not read") if n == 1 else
            phrase("{n} columns without a head were not read", n=n)]  # fmt: skip


def _missing(values: Any) -> NDArray[np.bool_]:
    """Rows whose cell is empty."""
    if isinstance(values, Band):
        return np.asarray(np.isnan(values.low))
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    return np.asarray(values == (-1 if values.dtype.kind == "i" else ""))


def _too_many(name: str, wrong: Sequence[Wrong], rows: int, most: float) -> Any:
    if not rows:
        return phrase("{file}: read no rows, accepted: a table with a head and a row for each case", file=name)
    return phrase(
        "{file}: {n:,} of {rows:,} rows cannot be read (line {line}: {why}), accepted: at most {most:.0%} of them",
        file=name, n=len(wrong), rows=rows, line=wrong[0].line, why=wrong[0].why, most=most,
    )  # fmt: skip


def _read(
    cells: pl.Series, field: str, head: str, form: Form, offset: int, kept: dict[str, Any]
) -> Iterator[tuple[int, str]]:
    """Put a column's values into `kept`, and tell the rows whose cells cannot be read."""
    kind = form.fields[field].kind
    if kind == CODE:
        kept[field], wrong = codes_of(cells)
    elif kind == WORD:
        kept[field], wrong = words_of(cells)
    elif kind == TIME:
        kept[field], wrong = times_of(cells, offset)
    elif kind == AMOUNT:
        kept[field], wrong = numbers_of(cells, head)
    else:
        kept[field], wrong = Band.of(cells)
    for row in wrong:
        if cells[row] == NO_VALUE:
            why = phrase("{head}: a formula without its value (open the workbook, save it)", head=head)
        elif cells[row] == LOST:
            why = phrase("{head}: a value that cannot be read", head=head)
        else:
            why = phrase("{head}: read {cell!r}", head=head, cell=_clipped(cells[row]))
        yield row, why


def _clipped(cell: object) -> str:
    """A cell to be told of: what may name a person (many digits) is not."""
    text = re.sub(r"\d{7,}", "...", str(cell))
    return text if len(text) <= 30 else text[:29] + "..."


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StudyError(phrase("{file}: more than {most:,} bytes", file=path.name, most=MOST_BYTES))
        return read_plain(path, MOST_BYTES)
    except OSError as error:
        raise StudyError(
            phrase("{file}: {why}; accepted: a table with a head, as CSV or xlsx", file=path.name,
                   why=error.strerror or error)
        ) from None  # fmt: skip


# -- heads ------------------------------------------------------------------------------------------------


def _columns(table: Table, form: Form, given: Mapping[str, str], name: str, option: bool) -> dict[str, int]:
    """By field: the place of its column.

    Raises:
        StudyError: a head that is given is not there, or none is known of those that are needed.
    """
    found = _known(table.heads, form, given)
    shown = ", ".join(filter(None, table.heads))[:200]
    for field, head in given.items():
        if head and field in form.fields and field not in found:
            raise StudyError(
                phrase("--column {field}={head}: read a head that {file} has not, accepted: {heads}",
                       field=field, head=head, file=name, heads=shown)
                if option
                else phrase("{file}: no column has the head {head}", file=name, head=head)
            )  # fmt: skip
    if any(field in found for field in form.needed):
        return found
    if not table.has_heads:
        raise _no_heads(name, form)
    accepted = ", ".join(form.fields)
    if option:
        accepted = phrase("{needed} (or --column {field}=HEAD)", needed=accepted, field=form.needed[0])
    raise StudyError(phrase("{file}: read the heads {heads}, accepted: {needed}", file=name, heads=shown,
                            needed=accepted))  # fmt: skip


def _no_heads(name: str, form: Form) -> StudyError:
    return StudyError(
        phrase("{file}: no row of the first {most} of any sheet has heads that are known, accepted: a head in the"
               " first row of the first sheet, such as {needed}", file=name, most=MOST_ABOVE,
               needed=", ".join(form.fields))
    )  # fmt: skip


def _known(heads: Sequence[str], form: Form, given: Mapping[str, str]) -> dict[str, int]:
    """By field: the place of the column that is given, or known by its head; an empty one that is given: none."""
    places = [(place, _plain(head)) for place, head in reversed(list(enumerate(heads))) if head]  # the first wins
    plain = {re.sub("（.*）", "", head).strip(): place for place, head in places}  # a unit may stand behind it
    plain |= {head: place for place, head in places}
    found: dict[str, int] = {}
    for field, (_, known) in form.fields.items():
        names = (given[field],) if field in given else (field, *known)
        there = (plain.get(one) for one in map(_plain, names) if one)
        place = next((one for one in there if one is not None and one not in found.values()), None)
        if place is not None:
            found[field] = place
    return found


def _plain(head: str) -> str:
    return re.sub(r"[\s_]+", " ", head.strip().strip("\ufeff").lower().replace("(", "（").replace(")", "）"))
