"""Cells of a centre's own files: times, amounts and bands as people write them, whole columns at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from sim.study.ask.sheet_cells import ERROR
from sim.words.letters import narrow
from sim.words.quantities import SECONDS, read_quantity
from sim.words.units import DAY, HOUR, MINUTE, YUAN, RefusedError

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

_OFFSET: Final = r"(Z|[+-]\d{2}:?\d{2})$"
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
_BEGIN: Final = 631_152_000_000
_END: Final = 4_102_444_800_000
"""1990 and 2100, in ms: a time outside of them is a time of day without a date, or a slip."""
_EPOCH: Final = 25_569
"""Days from that on which spreadsheets begin to count to 1970."""
UNKNOWN: Final = frozenset(
    [
        "-", "--", "—", "——", "–", "/", "\\", "?", "？", "??", "？？", ".", "...", "…", "n/a", "na", "none", "null",
        "nil", "nan", "unknown", "not known", "unclear", "not clear", "not stated", "not sure", "no data", "不详",
        "未知", "不明", "不清楚", "不清", "不确定", "不记得", "记不清", "无", "暂无", "未填", "未填写", "待查",
        "待核实", "待核", "待定", "无法确定",
    ]
)  # fmt: skip
"""What people write where they do not know a time, an amount or a number: the same as an empty cell."""


def known(cells: pl.Series) -> pl.Series:
    """Cells without blanks around them; null where nothing stands in them, or that it is not known."""
    import polars as pl

    text = cells.cast(pl.String).str.strip_chars()
    none = (text == "") | text.str.to_lowercase().is_in(list(UNKNOWN))
    return pl.select(pl.when(none).then(None).otherwise(text)).to_series()


def times_of(cells: pl.Series, offset: int) -> tuple[Floats, list[int]]:
    """Times in ms since 1970, local (NaN for a cell that is empty or says "not known"), and the rows that hold no time.

    Args:
        cells: text.
        offset: ms that local time is ahead of UTC, for cells that name an offset of their own.
    """
    import polars as pl

    text = cells.cast(pl.String).str.strip_chars()
    text = pl.select(pl.when(text == "").then(None).otherwise(text)).to_series()
    ahead = text.str.extract(_OFFSET, 1)
    plain = text
    if ahead.is_not_null().any():
        plain = text.str.replace(_OFFSET, "")
    if plain.str.contains("[年月日T/.]").any():
        plain = _with_dashes(plain)
    ms = _parsed(plain)
    left = np.flatnonzero(np.isnan(ms) & text.is_not_null().to_numpy())
    if len(left):
        left = left[known(text.gather(left)).is_not_null().to_numpy()]
        ms[left] = _parsed_otherwise(plain.gather(left))
    if ahead.is_not_null().any():
        shifts = {one: offset - _ms_of(one) for one in ahead.drop_nulls().unique().to_list()}
        for one, shift in shifts.items():
            ms[(ahead == one).fill_null(False).to_numpy()] += shift
    strange = (ms < _BEGIN) | (ms >= _END)
    ms[strange] = np.nan
    return ms, np.union1d(left[np.isnan(ms[left])], np.flatnonzero(strange)).tolist()


def _with_dashes(text: pl.Series) -> pl.Series:
    """Dates of other forms in that of 2026-03-01, with one blank before the time."""
    return (
        text.str.replace_all("[年月/]", "-").str.replace("日", " ").str.replace("T", " ")
        .str.replace(r"^(\d{4})\.(\d{1,2})\.(\d{1,2})", "${1}-${2}-${3}").str.replace_all(r"\s+", " ")
    )  # fmt: skip


def _parsed(text: pl.Series) -> Floats:
    """Times of the two usual forms in ms; NaN for any other."""
    import polars as pl

    found = text.str.to_datetime(_FORMATS[0], strict=False, time_unit="ms")
    for form in _FORMATS[1:]:
        if (left := found.is_null() & text.is_not_null()).any():
            again = text.str.to_datetime(form, strict=False, time_unit="ms")
            found = pl.select(pl.when(left).then(again).otherwise(found)).to_series()
    return found.dt.epoch("ms").cast(pl.Float64).fill_null(np.nan).to_numpy().copy()


def _parsed_otherwise(text: pl.Series) -> Floats:
    """Times as some people and programs write them in ms: 12时05分, 20260301120500, days since 1899-12-30."""
    import polars as pl

    digits = text.map_elements(narrow, return_dtype=pl.String).str.strip_chars()
    clock = (
        _with_dashes(digits).str.replace("[时点]整?$", ":00").str.replace("[时点]", ":").str.replace("分$", "")
        .str.replace("分", ":").str.strip_suffix("秒")
        .str.replace(r"^(\d{4})(\d\d)(\d\d) ?(\d\d):?(\d\d)$", "${1}-${2}-${3} ${4}:${5}")
        .str.replace(r"^(\d{4})(\d\d)(\d\d) ?(\d\d):?(\d\d):?(\d\d)$", "${1}-${2}-${3} ${4}:${5}:${6}")
    )  # fmt: skip
    days = digits.str.extract(r"^(\d{5}(?:\.\d+)?)$", 1).cast(pl.Float64).fill_null(np.nan).to_numpy()
    serial = np.round((days - _EPOCH) * (DAY / 1000)) * 1000  # such a number is exact to the second, no further
    return np.asarray(np.where(np.isnan(days), _parsed(clock), serial))


def _ms_of(written: str) -> int:
    """An offset from UTC such as +08:00, in ms."""
    if written == "Z":
        return 0
    digits = written[1:].replace(":", "")
    size = int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE
    return -size if written[0] == "-" else size


_THOUSANDS: Final = r"^\D*\d{1,3}(?:[,，]\s?\d{3})+(?:\.\d*)?\D*$"


def numbers_of(cells: pl.Series, head: str) -> tuple[Floats, list[int]]:
    """Amounts in fen (NaN for a cell that is empty or says "not known"), and the rows that hold none above zero.

    Bare numbers are yuan, or what the head says: 万元, fen.
    """
    import polars as pl

    unit = YUAN * 10_000 if "万" in head else 1 if "fen" in head or "分" in head else YUAN
    text = cells.cast(pl.String).str.strip_chars()
    there = ((text != "") & text.is_not_null()).fill_null(False).to_numpy()
    bare = text.str.replace_all(r"(?i)[,，\s¥￥元圆]|yuan|cny|rmb|人民币", "")
    if (split := text.str.contains("[,，]").fill_null(False)).any():  # of thousands alone: 12,5 is no 125
        bare = pl.select(pl.when(split & ~text.str.contains(_THOUSANDS)).then(pl.lit("?")).otherwise(bare)).to_series()
    tens = bare.str.ends_with("万").fill_null(False).to_numpy()
    values = bare.str.strip_suffix("万").cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    values = np.where(there, values * np.where(tens, YUAN * 10_000, unit), np.nan)
    wrong = np.flatnonzero(there & ~((values > 0) & np.isfinite(values)))
    values = np.asarray(np.round(values), dtype=np.float64)
    values[wrong] = np.nan
    return values, wrong[known(text.gather(wrong)).is_not_null().to_numpy()].tolist()


def words_of(cells: pl.Series) -> tuple[NDArray[np.str_], list[int]]:
    """Words without blanks around them, empty for an empty cell, and the rows that hold an error."""
    import polars as pl

    text = cells.cast(pl.String).fill_null("").str.strip_chars()
    return np.asarray(text.to_numpy(), dtype=np.str_), _errors(text)


def codes_of(cells: pl.Series) -> tuple[NDArray[np.int64], list[int]]:
    """A whole number for each word, -1 for a cell that is empty or "not known", and the rows that hold an error."""
    text = known(cells)
    codes = text.rank("dense").cast(int)
    return codes.fill_null(-1).to_numpy().astype(np.int64), _errors(text)


def _errors(text: pl.Series) -> list[int]:
    return np.flatnonzero(text.str.contains(ERROR).fill_null(False).to_numpy()).tolist()


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

        text = cells.cast(pl.String).fill_null("").str.strip_chars().to_list()
        bands = {one: read_band(one) for one in set(text)}
        pairs = [bands[one] for one in text]
        wrong = [row for row, (pair, one) in enumerate(zip(pairs, text, strict=True))
                 if pair is None and one and one.lower() not in UNKNOWN]  # fmt: skip
        low, high = np.array([(np.nan, np.nan) if pair is None else pair for pair in pairs]).reshape(-1, 2).T
        return cls(low, high), wrong


_MONTH: Final = ("month", "months", "个月")
"""A unit that no duration of a scenario has: people remember "a month", which is 30 days here."""
_QUANTITY: Final = r"(\d+(?:\.\d+)?|半)\s*([a-z]+|[个分钟小时秒天日周月]+)?"
_RANGE: Final = re.compile(rf"{_QUANTITY}\s*(?:-|–|—|~|～|to|至|到)\s*{_QUANTITY}")
_BELOW: Final = re.compile(
    r"(?:<=?|≤|under|within|up to|less than|at most|not more than|不到|不足|小于|少于|短于|不超过|至多|最多)"
    rf"\s*{_QUANTITY}"
    rf"|{_QUANTITY}\s*(?:以内|之内|内|以下|不到|or less|at most)"
)
_ABOVE: Final = re.compile(
    r"(?:>=?|≥|over|above|more than|longer than|at least|not less than"
    r"|超过|超出|大于|多于|长于|至少|最少|不少于|不低于)"
    rf"\s*{_QUANTITY}(?:\s*(?:以上|or more))?|{_QUANTITY}\s*(?:以上|之后|以后|多|余|\+|or more|or longer|and more|plus)"
)
_ONE: Final = re.compile(
    rf"(?:about|around|roughly|approximately|approx\.?|ca\.?|nearly|some|~|≈|约|大约|大概|差不多|将近|近)?\s*{_QUANTITY}"
    r"\s*(?:左右|上下|前后|or so|approximately)?"
)
_AT_ONCE: Final = frozenset(["at once", "immediately", "right away", "立即", "立刻", "马上", "当时", "当场", "随即"])
_ARTICLE: Final = re.compile(r"\b(half )?(?:an?|one) (?=[a-z])")
_DIGITS: Final = {one: number for number, one in enumerate("零一二三四五六七八九")} | {"两": 2}
_IN_CHINESE: Final = re.compile(
    r"([一二三四五六七八九]?十)?([一二两三四五六七八九])?(?=个|小时|钟头|分|天|日|周|月|秒)"
)


def read_band(text: str) -> tuple[float, float] | None:
    """A band of times in ms: ``30m-1h``, ``1 to 2 hours``, ``within 30 min``, ``24小时以上``; None where it is none.

    A single time (``an hour``, ``1小时左右``, ``0``) is a band without width.
    """
    text = _IN_CHINESE.sub(_number, narrow(text).strip().lower()).replace("钟头", "小时")
    text = _ARTICLE.sub(lambda found: "0.5 " if found[1] else "1 ", text)
    if text in _AT_ONCE:
        return 0.0, 0.0
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
        size = 0.0 if not found[2] and not float(found[1].replace("半", "1")) else _ms(found[1], found[2])
        return None if size is None else (size, size)
    return None


def _number(found: re.Match[str]) -> str:
    """A number up to ninety-nine that is written out in Chinese."""
    tens, ones = found[1], found[2]
    if not tens:
        return str(_DIGITS[ones]) if ones else ""
    return str(10 * _DIGITS.get(tens[0], 1) + _DIGITS.get(ones or "零", 0))


def _ms(number: str, unit: str | None) -> float | None:
    written = "0.5" if number == "半" else number
    if unit in _MONTH:
        return float(written) * 30 * DAY
    try:
        return read_quantity(f"{written}{unit or ''}", SECONDS).whole
    except RefusedError:
        return None
