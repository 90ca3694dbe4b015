"""Cells of a centre's own files: times, amounts and bands as people write them, whole columns at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from sim.words.letters import narrow
from sim.words.quantities import SECONDS, read_quantity
from sim.words.units import DAY, HOUR, MINUTE, YUAN, RefusedError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

_OFFSET: Final = r"(Z|[+-]\d{2}:?\d{2})$"
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")


def times_of(cells: pl.Series, offset: int) -> tuple[Floats, list[int]]:
    """Times in ms since 1970, local (NaN for an empty cell), and the rows that hold something else.

    Args:
        cells: text, or times as a sheet has them.
        offset: ms that local time is ahead of UTC, for cells that name an offset of their own.
    """
    import polars as pl

    if isinstance(cells.dtype, pl.Datetime | pl.Date):
        there = cells.cast(pl.Datetime("ms"))
        return there.dt.epoch("ms").cast(pl.Float64).fill_null(np.nan).to_numpy(), []
    text = cells.cast(pl.String).str.strip_chars()
    text = pl.select(pl.when(text == "").then(None).otherwise(text)).to_series()
    ahead = text.str.extract(_OFFSET, 1)
    plain = text
    if ahead.is_not_null().any():
        plain = text.str.replace(_OFFSET, "")
    if plain.str.contains("[年月日T/.]").any():
        plain = (
            plain.str.replace_all("[年月/]", "-").str.replace("日", " ").str.replace("T", " ")
            .str.replace(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})", "${1}-${2}-${3}").str.replace_all(r"\s+", " ")
        )  # fmt: skip
    found = plain.str.to_datetime(_FORMATS[0], strict=False, time_unit="ms")
    for form in _FORMATS[1:]:
        if (left := found.is_null() & plain.is_not_null()).any():
            again = plain.str.to_datetime(form, strict=False, time_unit="ms")
            found = pl.select(pl.when(left).then(again).otherwise(found)).to_series()
    ms = found.dt.epoch("ms").cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    if ahead.is_not_null().any():
        shifts = {one: offset - _ms_of(one) for one in ahead.drop_nulls().unique().to_list()}
        for one, shift in shifts.items():
            ms[(ahead == one).fill_null(False).to_numpy()] += shift
    wrong = np.flatnonzero(np.isnan(ms) & text.is_not_null().to_numpy())
    return ms, wrong.tolist()


def _ms_of(written: str) -> int:
    """An offset from UTC such as +08:00, in ms."""
    if written == "Z":
        return 0
    digits = written[1:].replace(":", "")
    size = int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE
    return -size if written[0] == "-" else size


def numbers_of(cells: pl.Series, head: str) -> tuple[Floats, list[int]]:
    """Amounts in fen (NaN for an empty cell), and the rows that hold something else or nothing above zero.

    Bare numbers are yuan, or what the head says: 万元, fen.
    """
    import polars as pl

    unit = YUAN * 10_000 if "万" in head else 1 if "fen" in head or "分" in head else YUAN
    if cells.dtype.is_numeric():
        values, there = cells.cast(pl.Float64).to_numpy() * unit, cells.is_not_null().to_numpy()
    else:
        text = cells.str.strip_chars()
        there = ((text != "") & text.is_not_null()).fill_null(False).to_numpy()
        bare = text.str.replace_all(r"[,，\s¥￥元]|yuan", "")
        tens = bare.str.ends_with("万").fill_null(False).to_numpy()
        values = bare.str.strip_suffix("万").cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        values = values * np.where(tens, YUAN * 10_000, unit)
    values = np.where(there, values, np.nan)
    wrong = there & ~((values > 0) & np.isfinite(values))
    return np.where(wrong, np.nan, np.round(values)), np.flatnonzero(wrong).tolist()


def words_of(cells: pl.Series) -> NDArray[np.str_]:
    """Words without blanks around them; empty for an empty cell."""
    import polars as pl

    text = cells.cast(pl.String).fill_null("").str.strip_chars()
    return np.asarray(text.to_numpy(), dtype=np.str_)


@dataclass(frozen=True)
class Band:
    """Times of which only a band is known: ms, high inf where they are only known to be longer; NaN for no cell."""

    low: Floats
    high: Floats

    def __getitem__(self, rows: Any) -> Band:
        return Band(self.low[rows], self.high[rows])

    @classmethod
    def of(cls, cells: pl.Series) -> tuple[Self, list[int]]:
        """A column of bands, and the rows that hold none."""
        import polars as pl

        text = cells.cast(pl.String).fill_null("").str.strip_chars()
        known = {one: read_band(one) for one in text.unique().to_list()}
        pairs = [known[one] for one in text.to_list()]
        wrong = [row for row, (pair, one) in enumerate(zip(pairs, text.to_list(), strict=True)) if one and pair is None]
        low, high = np.array([(np.nan, np.nan) if pair is None else pair for pair in pairs]).reshape(-1, 2).T
        return cls(low, high), wrong


_MONTH: Final = ("month", "months", "个月")
"""A unit that no duration of a scenario has: people remember "a month", which is 30 days here."""
_QUANTITY: Final = r"(\d+(?:\.\d+)?|半)\s*([a-z]+|[个分钟小时秒天日周月]+)?"
_RANGE: Final = re.compile(rf"{_QUANTITY}\s*(?:-|–|—|~|～|to|至|到)\s*{_QUANTITY}")
_BELOW: Final = re.compile(rf"(?:<=?|≤|under|within|up to|less than)\s*{_QUANTITY}|{_QUANTITY}\s*(?:以内|之内|内|以下)")
_ABOVE: Final = re.compile(rf"(?:>=?|≥|over|above|more than)\s*{_QUANTITY}|{_QUANTITY}\s*(?:以上|之后|以后|\+)")
_ONE: Final = re.compile(rf"(?:about|约|大约)?\s*{_QUANTITY}")


def read_band(text: str) -> tuple[float, float] | None:
    """A band of times in ms: ``30m-1h``, ``1 to 2 hours``, ``within 30 min``, ``24小时以上``; None where it is none.

    A single time is a band without width.
    """
    text = narrow(text).strip().lower()
    if found := _RANGE.fullmatch(text):
        second = _ms(found[3], found[4])
        first = _ms(found[1], found[2] or found[4])
        return (first, second) if first is not None and second is not None and first < second else None
    if found := _BELOW.fullmatch(text):
        size = _ms(found[1] or found[3], found[2] or found[4])
        return None if not size else (0.0, size)
    if found := _ABOVE.fullmatch(text):
        size = _ms(found[1] or found[3], found[2] or found[4])
        return None if size is None else (size, inf)
    if found := _ONE.fullmatch(text):
        size = _ms(found[1], found[2])
        return None if not size else (size, size)
    return None


def _ms(number: str, unit: str | None) -> float | None:
    written = "0.5" if number == "半" else number
    if unit in _MONTH:
        return float(written) * 30 * DAY
    try:
        return read_quantity(f"{written}{unit or ''}", SECONDS).whole
    except RefusedError:
        return None
