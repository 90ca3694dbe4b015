"""Quantities as a planner writes them: times, amounts of money, clock times and shares.

Inside the program a time is a whole number of milliseconds and money a whole number of fen
(1/100 yuan). Files and screens say ``35m``, ``50k yuan``, ``09:00``. Every ``format_*`` function
is the exact inverse of its ``parse_*``; the ``show_*`` functions round for people.
"""

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeGuard

from sim.words.letters import narrow
from sim.words.phrases import Phrase, phrase

MS: Final = 1
SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
YEAR: Final = 365 * DAY
"""For spreading costs; the calendar's own years are dates."""
MAX_DURATION: Final = 36_525 * DAY
"""The longest time, in ms: 100 years of 365.25 days."""

FEN: Final = 1
YUAN: Final = 100
MAX_MONEY: Final = 10**15
"""The largest amount, in fen: 10 trillion yuan (a float still holds it exactly)."""

ACCEPT_DURATION: Final = phrase("a time such as 35m, 48h, 1h30m, 2d or 90s")
ACCEPT_MONEY: Final = phrase("an amount such as 50k yuan, 1.6M yuan, 160 wan yuan or 12.34 yuan")
ACCEPT_CLOCK: Final = phrase("a time of day such as 09:00 (24:00 as an end)")

_LONGEST_TEXT = 64
_KEPT: Final = 4096
"""Texts whose quantity is kept: a scenario is read again for each change of it, with the same thousand texts."""
NUMBER_PATTERN: Final = r"[0-9]+(?:\.[0-9]+)?"
_UNIT_MS: dict[str, int] = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": MS}
_SPELT: dict[str, int] = {
    **_UNIT_MS,
    **dict.fromkeys(("w", "week", "weeks", "周", "星期", "个星期", "礼拜"), 7 * DAY),
    **dict.fromkeys(("day", "days", "天", "日"), DAY),
    **dict.fromkeys(("hour", "hours", "小时", "个小时", "时", "钟头", "个钟头"), HOUR),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分钟", "分"), MINUTE),
    **dict.fromkeys(("sec", "secs", "second", "seconds", "秒钟", "秒"), SECOND),
    "毫秒": MS,
}
"""Units as people write them; the first five are those that the program writes."""
UNIT_PATTERN: Final = "|".join(sorted(_SPELT, key=len, reverse=True))
_PART = re.compile(rf"({NUMBER_PATTERN})\s*({UNIT_PATTERN})\s*")
_DURATION = re.compile(rf"(?:{NUMBER_PATTERN}\s*(?:{UNIT_PATTERN})\s*)+")
_SCALE: dict[str, int] = {
    "": 1, "k": 1000, "K": 1000, "M": 10**6, "wan": 10**4, "yi": 10**8,
    "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9,
    "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
_CURRENCY: dict[str, int] = {
    **dict.fromkeys(("yuan", "元", "元整", "元人民币", "人民币", "RMB", "CNY"), YUAN),
    **dict.fromkeys(("fen", "分"), FEN),
}
SCALE_PATTERN, CURRENCY_PATTERN = (
    "|".join(sorted(filter(None, one), key=len, reverse=True)) for one in (_SCALE, _CURRENCY)
)
_AMOUNT = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_MONEY = re.compile(rf"({_AMOUNT})\s*({SCALE_PATTERN})?\s*({CURRENCY_PATTERN})")
_SIGNED_MONEY = re.compile(r"(?:¥|RMB|CNY|人民币)\s*([0-9].*?)(?:\s*元)?")
"""An amount behind the sign or the name of the currency, which then need not follow it."""
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_SPOKEN_CLOCK = re.compile(r"([0-9]{1,2})\s*[点时](?:整|钟|(半)|([0-9]{1,2})分?)?")
_NUMERALS = re.compile("[零〇一二两三四五六七八九十百千半]")
_ONE_SCRIPT: Final = str.maketrans(
    "\u9418\u500b\u6642\u9ede\u9031\u79ae\u842c\u5104\u5713\u5169\u5e63", "钟个时点周礼万亿元两币"
)
"""Letters of units and numbers in traditional Chinese, by number (the font has them not: they are read, never shown),
and as they are in simplified."""


class RefusedError(ValueError):
    """A value that was read and cannot be accepted.

    Attributes: ``read``, the offending value as it was given, or a phrase of it; ``accepted``, a phrase that says
    what would be accepted instead, with an example.
    """

    def __init__(self, read: object, accepted: Phrase) -> None:
        super().__init__(phrase("read {read!r}, accepted: {accepted}", read=read, accepted=accepted))
        self.read = read
        self.accepted = accepted

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[object, Phrase]]:
        return type(self), (self.read, self.accepted)


def parse_duration(x: object) -> int:
    """Read a time such as ``"35m"``, ``"1h30m"`` or ``"1.5h"`` (or the bare number 0) as milliseconds.

    Units are d, h, m, s and ms, or their words in English and Chinese, each at most once and from the largest down.
    Raises `RefusedError` for a missing unit, a negative time, a fraction of a ms, or more than 100 years.
    """
    if _is_number(x):
        if x == 0:
            return 0
        finite = math.isfinite(x)
        raise RefusedError(
            x, phrase("a time needs a unit such as 35m") if finite else phrase("a finite time such as 35m")
        )
    if not isinstance(x, str) or len(x) > _LONGEST_TEXT:
        raise RefusedError(x, ACCEPT_DURATION)
    return _duration_of(x)


@lru_cache(maxsize=_KEPT)
def _duration_of(x: str) -> int:
    text = _plain(x)
    if text.startswith("-"):
        raise RefusedError(x, phrase("a time of zero or more such as 35m"))
    if not _DURATION.fullmatch(text):
        if re.fullmatch(NUMBER_PATTERN, text):
            raise RefusedError(x, phrase("a time needs a unit such as 35m"))
        if _NUMERALS.search(text):
            raise RefusedError(x, phrase("a time in digits such as 15分钟 or 1h30m"))
        raise RefusedError(x, ACCEPT_DURATION)
    total, last = Fraction(0), 14 * DAY
    for number, unit in _PART.findall(text):
        if _SPELT[unit] >= last:
            raise RefusedError(x, phrase("a time with its units from the largest down, each once, such as 1h30m"))
        last = _SPELT[unit]
        total += Fraction(number) * last
    if total.denominator != 1:
        raise RefusedError(x, phrase("a time in whole milliseconds such as 250ms"))
    if total > MAX_DURATION:
        raise RefusedError(x, phrase("a time of at most 100 years (36525d)"))
    return int(total)


def format_duration(ms: int) -> str:
    """Write a time of `ms` milliseconds so that `parse_duration` reads the same number: ``"1h30m"``.

    Raises ValueError for a negative number.
    """
    if ms < 0:
        raise ValueError(f"a time cannot be negative: {ms} ms")
    if ms == 0:
        return "0m"
    parts, rest = [], int(ms)
    for unit, size in _UNIT_MS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def show_duration(ms: float) -> str:
    """Say a time of `ms` milliseconds to a person, in its two leading units: ``"1 h 35 min"``.

    Days start at 72 hours, since people in this trade say 48 h. Rounds half to even; not for reading back.
    """
    if ms < 0:
        return "-" + show_duration(-ms)
    if ms < SECOND:
        return f"{round(ms)} ms" if ms else "0 min"
    for least, big, big_name, small, small_name in (
        (72 * HOUR, DAY, "d", HOUR, "h"),
        (HOUR, HOUR, "h", MINUTE, "min"),
        (MINUTE, MINUTE, "min", SECOND, "s"),
    ):
        # Compared after rounding: 59 min 59.9 s is said "1 h", never "60 min".
        whole = round(ms / small)
        if whole * small >= least:
            count, rest = divmod(whole, big // small)
            return f"{count} {big_name} {rest} {small_name}" if rest else f"{count} {big_name}"
    return f"{round(ms / SECOND)} s"


def parse_money(x: object) -> int:
    """Read an amount such as ``"50k yuan"``, ``"50,000 yuan"``, ``"160 wan yuan"`` or ``"5 fen"`` as fen.

    The bare number 0 is accepted too. Raises `RefusedError` for a missing currency, a negative amount,
    a fraction of a fen, or more than 10 trillion yuan.
    """
    if _is_number(x):
        if x == 0:
            return 0
        accepted = phrase("an amount needs a unit such as 50k yuan")
        raise RefusedError(x, accepted if math.isfinite(x) else phrase("a finite amount such as 50k yuan"))
    if not isinstance(x, str) or len(x) > _LONGEST_TEXT:
        raise RefusedError(x, ACCEPT_MONEY)
    return _money_of(x)


@lru_cache(maxsize=_KEPT)
def _money_of(x: str) -> int:
    text = _plain(x)
    if signed := _SIGNED_MONEY.fullmatch(text):
        text = f"{signed[1]}元"
    if text.startswith("-"):
        raise RefusedError(x, phrase("an amount of zero or more such as 50k yuan"))
    match = _MONEY.fullmatch(text)
    if not match:
        if without := re.fullmatch(rf"[0-9][0-9,.]*\s*({SCALE_PATTERN})?", text):
            example = "50k yuan" if (without[1] or "k").isascii() else f"{text}元"
            raise RefusedError(x, phrase("an amount needs a unit such as {example}", example=example))
        if _NUMERALS.match(text):
            raise RefusedError(x, phrase("an amount in digits such as 5万元 or 50k yuan"))
        raise RefusedError(x, ACCEPT_MONEY)
    number, scale, currency = match.groups()
    fen = Fraction(number.replace(",", "")) * _SCALE[scale or ""] * _CURRENCY[currency]
    if fen.denominator != 1:
        raise RefusedError(x, phrase("an amount in whole fen such as 12.34 yuan"))
    if fen > MAX_MONEY:
        raise RefusedError(x, phrase("an amount of at most 10,000,000,000,000 yuan"))
    return int(fen)


def format_money(fen: int) -> str:
    """Write `fen` so that `parse_money` reads the same number: ``"50,000 yuan"``, ``"12.34 yuan"``.

    Raises ValueError for a negative number.
    """
    if fen < 0:
        raise ValueError(f"an amount cannot be negative: {fen} fen")
    yuan, rest = divmod(int(fen), YUAN)
    return f"{yuan:,}.{rest:02d} yuan" if rest else f"{yuan:,} yuan"


def show_money(fen: float) -> str:
    """Say `fen` to a person in whole yuan: ``"1,600,000 yuan"`` (below 100 yuan with its fen)."""
    if fen < 0:
        return "-" + show_money(-fen)
    if fen % YUAN and fen < 100 * YUAN:
        return f"{fen / YUAN:,.2f} yuan"
    return f"{round(fen / YUAN):,} yuan"


def parse_clock(x: object) -> int:
    """Read a time of day such as ``"09:00"``, ``"23:59:30"`` or ``"8点半"`` as milliseconds since midnight.

    ``"24:00"`` is accepted as an end. Raises `RefusedError` for anything else.
    """
    text = _plain(x) if isinstance(x, str) else ""
    spoken = _SPOKEN_CLOCK.fullmatch(text)
    match = _CLOCK.fullmatch(text)
    if spoken:
        hour, minute, second = int(spoken[1]), 30 if spoken[2] else int(spoken[3] or 0), 0
    elif match:
        hour, minute, second = (int(part or 0) for part in match.groups())
    else:
        raise RefusedError(x, ACCEPT_CLOCK)
    ms = hour * HOUR + minute * MINUTE + second * SECOND
    if minute > 59 or second > 59 or ms > DAY:
        raise RefusedError(x, ACCEPT_CLOCK)
    return ms


def format_clock(ms: int) -> str:
    """Write `ms` since midnight so that `parse_clock` reads the same number: ``"09:00"``.

    Raises ValueError outside one day or for a fraction of a second.
    """
    if not 0 <= ms <= DAY or ms % SECOND:
        raise ValueError(f"not a time of day in whole seconds: {ms} ms")
    hour, rest = divmod(int(ms), HOUR)
    minute, rest = divmod(rest, MINUTE)
    return f"{hour:02d}:{minute:02d}" + (f":{rest // SECOND:02d}" if rest else "")


def _plain(text: str) -> str:
    """A quantity in narrow letters and in one script."""
    return narrow(text).translate(_ONE_SCRIPT).strip()


def _is_number(x: object) -> TypeGuard[int | float]:
    return isinstance(x, int | float) and not isinstance(x, bool)
