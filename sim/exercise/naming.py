"""The times, amounts and accounts that a message names, in the ways in which people write them in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sim.exercise.stance import plain, turned_down

_TENS: Final = "一二三四五六七八九十"
_WORD: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety)"
)
_COUNT: Final = rf"(?:\d+|[{_TENS}两百半]+|{_WORD}|half an?|an(?= hour))"
_LENGTH: Final = r"(?:m|min|mins|minutes?|h|hours?|分钟?|个?半?小时|刻钟)(?![a-z])"
_HOUR: Final = rf"(?:[{_TENS}两]{{1,3}}|\d{{1,2}})[点时]"
_DAYTIME: Final = "(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|夜里)"
_TIME: Final = re.compile(
    r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)|(?<!\d)(?:[01]?\d|2[0-4])[点时](?![意建要])"
    rf"|{_DAYTIME}{_HOUR}|{_HOUR}(?:半|整|钟|[一三]刻|[零〇{_TENS}\d]+分)"
    rf"|{_HOUR}[零〇]?[{_TENS}\d]+(?![{_TENS}\d]*[万千百亿元块%])|(?<![{_TENS}])(?:[三四五六七八九]|十[一二]?)点(?![意建要{_TENS}])"
    rf"|\b{_COUNT} ?{_LENGTH}|{_COUNT} ?{_LENGTH}|quarter of an hour|\b(?:noon|midnight)\b|正午|午夜|零点"
    rf"|\b(?:half|quarter) (?:past|to) (?:{_WORD}|\d{{1,2}})\b|\b(?:{_WORD}|\d{{1,2}}) ?(?:o'clock|[ap]\.?m\b)"
)
"""A moment (`14:05`, 十点零五) or a length of time (`40 minutes`)."""
_AMOUNT: Final = re.compile(
    r"\d[\d,.]*\s*(?:k|thousand|million|billion|yuan|rmb|cny|[万千百亿]*(?:元|块)|[万千百亿]+)(?![a-z])"
    r"|\d[\d,.]*\s*(?-i:M)(?![A-Za-z])|(?:[¥￥]|(?:rmb|cny|yuan) ?)\s*\d[\d,.]*"
    rf"|(?:{_WORD}|half a|\ba)(?:[ -](?:{_WORD}|hundred|point))*[ -](?:thousand|million|billion)(?![a-z])"
    rf"|(?<![数几百])[{_TENS}两][{_TENS}两零百千点]*(?:[万亿]+(?:多?[元块])?|元|块钱)",
    re.IGNORECASE,
)
"""An amount of money."""
_NUMBERS: Final = r"\d+(?:号?(?: ?[,、和及&] ?| and )\d+)*"
_CASE: Final = r"(?:案件?(?:编号|号)? ?第? ?(\d+)(?!\.\d) ?号?|第? ?(\d+) ?号?案件?)"
_HELD: Final = rf"(?:账[户号](?:编号)? ?第? ?({_NUMBERS}) ?号?|第? ?({_NUMBERS}) ?[号个]?(?:收款)?账[户号])"
_NO: Final = r"(?:no\.? |number |nr\.? |# ?)?"
_MEASURE: Final = "(?:percent|per cent|times|倍|成|小时|分钟|hours?|minutes?|days?)"
_ACCOUNTS: Final = [
    (re.compile(rf"(?<![\d.:])([1-9]\d*)\.([1-9]\d*)(?!\d|\.\d|%| ?{_MEASURE})"), False),
    (re.compile(rf"\baccounts? {_NO}({_NUMBERS}) ?[,(]? ?(?:of|in|from|under|at)? ?(?:the )?case {_NO}(\d+)"), True),
    (re.compile(rf"\bcase {_NO}(\d+)(?:'s)? ?[,:/(]? ?(?:the )?accounts? {_NO}({_NUMBERS})"), False),
    (re.compile(rf"\b(\d+)(?:st|nd|rd|th) account (?:of|in|from) (?:the )?case {_NO}(\d+)"), True),
    (re.compile(rf"{_CASE} ?(?:[的之里中,:/(]|下的|里的|中的)? ?{_HELD}"), False),
    (re.compile(rf"{_HELD} ?[,(、]? ?(?:属于?|来自|在)? ?{_CASE}"), True),
]  # fmt: skip
"""(pattern with the numbers of a case and of accounts, whether the accounts come first)."""


def names_time(note: str) -> bool:
    """Whether a message names a moment or a length of time."""
    return bool(_TIME.search(plain(_without_amounts(note))))


def names_amount(note: str) -> bool:
    """Whether a message names an amount of money."""
    return bool(_AMOUNT.search(note))


def named_in(note: str) -> set[tuple[int, int]]:
    """(case, account) of the accounts that a message names and does not turn down."""
    return set(_accounts(plain(_without_amounts(note))))


def _accounts(text: str) -> Iterator[tuple[int, int]]:
    for pattern, account_first in _ACCOUNTS:
        for found in pattern.finditer(text):
            first, second = [one for one in found.groups() if one]
            case, accounts = (second, first) if account_first else (first, second)
            if not turned_down(text[: found.start()]):
                yield from ((int(case), int(one)) for one in re.findall(r"\d+", accounts))


def _without_amounts(note: str) -> str:
    """A message in which `25.01 yuan` is no account of case 25."""
    return _AMOUNT.sub(" ; ", note)
