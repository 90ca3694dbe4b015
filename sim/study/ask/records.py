"""A centre's own files: what is read from them, row by row, and what is wrong with which line.

A file is CSV (UTF-8, UTF-16 or GBK) or xlsx. Only columns that are named here are read; every other one (names,
telephones, identity and account numbers) is dropped before anything is kept, and cases and people become numbers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.encoding import decoded
from sim.scenario.errors import ScenarioError
from sim.scenario.plain import read_plain
from sim.study.ask.cells import Band, numbers_of, times_of, words_of
from sim.study.ask.forms import AMOUNT, CODE, FORMS, REPORTS, TIME, WORD, WORK, Form
from sim.study.ask.sheet import sheet_of
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase, text_of

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
MOST_BYTES: Final = 1 << 30
MOST_TOLD: Final = 20
"""Lines of which it is told what is wrong with each."""


class Wrong(NamedTuple):
    """A line that cannot be read, and why."""

    line: int
    why: str


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
    return records_of(path.name, _bytes_of(path), form, heads=heads, offset=offset, most_wrong=most_wrong)


def columns_of(name: str, raw: bytes, form: Form) -> tuple[list[str], dict[str, str]]:
    """The heads of a table, and by field the head by which its column is known.

    Raises:
        StudyError: it is no table.
    """
    heads = list(_frame(name, raw).columns)
    return heads, _known(heads, form, {}, name)


def records_of(
    name: str, raw: bytes, form: Form, *, heads: Mapping[str, str], offset: int, most_wrong: float = 0.2
) -> Records:
    """As `read_records`, of a file that is in memory.

    Args:
        name: of the file; its end says whether it is a sheet.
        raw: its bytes.
        form, heads, offset, most_wrong: as there.

    Raises:
        StudyError: as there.
    """
    frame = _frame(name, raw)
    columns, dropped = _mapped(frame.columns, form, heads, name)
    kept: dict[str, Any] = {}
    bad: dict[int, str] = {}
    for field, head in columns.items():
        for row, why in _read(frame[head], field, head, form, offset, kept):
            bad.setdefault(row, why)
    n = len(frame)
    empty = np.ones(n, dtype=bool)
    for values in kept.values():
        empty &= _missing(values)
    empty[list(bad)] = False
    for first, second in form.in_order:
        if first in kept and second in kept:
            late = np.flatnonzero(kept[first] > kept[second])
            for row in late.tolist():
                bad.setdefault(row, phrase("{second} before {first}", first=columns[first], second=columns[second]))
    for field in form.needed[:1] if form is not REPORTS else ():
        if field in kept:
            for row in np.flatnonzero(_missing(kept[field]) & ~empty).tolist():
                if form is not WORK:  # of work that nobody began there is none
                    bad.setdefault(row, phrase("no {field}", field=columns[field]))
    good = ~empty
    good[list(bad)] = False
    rows = n - int(empty.sum())
    if not rows or len(bad) > most_wrong * rows:
        raise StudyError(_too_many(name, bad, rows, most_wrong))
    return Records(
        form, name, {field: values[good] for field, values in kept.items()}, int(good.sum()),
        tuple(Wrong(row + 2, why) for row, why in sorted(bad.items())), dropped,
    )  # fmt: skip


def _missing(values: Any) -> NDArray[np.bool_]:
    """Rows whose cell is empty."""
    if isinstance(values, Band):
        return np.asarray(np.isnan(values.low))
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    return np.asarray(values == (-1 if values.dtype.kind == "i" else ""))


def _too_many(name: str, bad: Mapping[int, str], rows: int, most: float) -> Any:
    if not rows:
        return phrase("{file}: read no rows, accepted: a table with a head and a row for each case", file=name)
    first = min(bad)
    return phrase(
        "{file}: {n:,} of {rows:,} rows cannot be read (line {line}: {why}), accepted: at most {most:.0%} of them",
        file=name, n=len(bad), rows=rows, line=first + 2, why=bad[first], most=most,
    )  # fmt: skip


def _read(
    cells: pl.Series, field: str, head: str, form: Form, offset: int, kept: dict[str, Any]
) -> Iterator[tuple[int, str]]:
    """Put a column's values into `kept`, and tell the rows whose cells cannot be read."""
    kind = form.fields[field].kind
    if kind == CODE:
        text = cells.cast(str) if cells.dtype != str else cells
        codes = text.rank("dense").cast(int)
        kept[field] = codes.fill_null(-1).to_numpy().astype(np.int64)
        return
    if kind == WORD:
        kept[field] = words_of(cells)
        return
    if kind == TIME:
        kept[field], wrong = times_of(cells, offset)
    elif kind == AMOUNT:
        kept[field], wrong = numbers_of(cells, head)
    else:
        kept[field], wrong = Band.of(cells)
    for row in wrong:
        yield row, phrase("{head}: read {cell!r}", head=head, cell=_clipped(cells[row]))


def _clipped(cell: object) -> str:
    """A cell to be told of: what may name a person (many digits) is not."""
    text = re.sub(r"\d{7,}", "...", str(cell))
    return text if len(text) <= 30 else text[:29] + "..."


# -- the table --------------------------------------------------------------------------------------------


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise StudyError(phrase("{file}: more than {most:,} bytes", file=path.name, most=MOST_BYTES))
        return read_plain(path, MOST_BYTES)
    except OSError as error:
        raise _no_table(path.name, error.strerror or error) from None


def _no_table(name: str, why: object) -> StudyError:
    return StudyError(phrase("{file}: {why}; accepted: a table with a head, as CSV or xlsx", file=name, why=why))


def _frame(name: str, raw: bytes) -> pl.DataFrame:
    """All cells of a file, as text or as the sheet has them."""
    import polars as pl  # costs 0.1 s and 50 MB that most commands do without

    try:
        if name.lower().endswith((".xlsx", ".xlsm", ".xls")):
            return sheet_of(name, raw, most=MOST_BYTES, or_csv=True, as_text=False)
        text = _text(name, raw)
        first = text.partition("\n")[0]
        mark = max(",;\t，", key=first.count)
        if mark == "，":
            text, mark = text.replace("，", ","), ","
        text = re.sub(r"(?m)^\r?$(?=\r?\n)", mark, text)  # an empty line has its number, too
        return pl.read_csv(io.BytesIO(text.encode()), separator=mark, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError as error:
        raise _no_table(name, str(error).split("\n")[0]) from None


def _text(name: str, raw: bytes) -> str:
    """The text of a table: UTF-8, what begins with a mark, else GBK where the head is one of ours."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
        head = text.partition("\n")[0]
        known = {one for form in FORMS.values() for field in form.fields.values() for one in field.heads}
        if any(cell.strip().strip('"') in known for cell in re.split("[,;\t，]", head)):
            return text
    except UnicodeDecodeError:
        pass
    try:
        return decoded(raw, name)
    except ScenarioError as error:
        raise StudyError(text_of(error)) from None


def _mapped(
    heads: Sequence[str], form: Form, given: Mapping[str, str], name: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """By field: the head of its column; and the heads of those that are not read."""
    found = _known(heads, form, given, name)
    if not any(field in found for field in form.needed):
        raise StudyError(
            phrase(
                "{file}: read the heads {heads}, accepted: {needed} (or --column {field}=HEAD)",
                file=name, heads=", ".join(heads)[:200], needed=", ".join(form.fields), field=form.needed[0],
            )
        )  # fmt: skip
    return found, tuple(head for head in heads if head not in found.values())


def _known(heads: Sequence[str], form: Form, given: Mapping[str, str], name: str) -> dict[str, str]:
    """By field: the head of its column, given or known by its name; an empty one that is given: none."""
    plain = {_plain(re.sub("[（(].*[)）]", "", head)): head for head in reversed(heads)}  # a unit may stand behind it
    plain |= {_plain(head): head for head in reversed(heads)}
    found: dict[str, str] = {}
    for field, (_, known) in form.fields.items():
        if field in given:
            if not given[field]:
                continue
            if _plain(given[field]) not in plain:
                raise StudyError(
                    phrase(
                        "--column {field}={head}: read a head that {file} has not, accepted: {heads}",
                        field=field, head=given[field], file=name, heads=", ".join(heads),
                    )
                )  # fmt: skip
            found[field] = plain[_plain(given[field])]
            continue
        for one in (field, *known):
            if _plain(one) in plain and plain[_plain(one)] not in found.values():
                found[field] = plain[_plain(one)]
                break
    return found


def _plain(head: str) -> str:
    return re.sub(r"[\s_]+", " ", head.strip().strip("\ufeff").lower().replace("(", "（").replace(")", "）"))
