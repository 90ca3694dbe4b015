"""The language in which people read: every text in English and in Chinese.

A text is called by what it says in English: ``say("{n:,} accounts stopped", n=3)``. The Chinese stands in one
catalogue, ``zh.yaml`` beside this file, which is read only when somebody asks for Chinese. The language belongs to
the context (a thread, a task, a page), so two readers of one server do not meet. Files, logs and exceptions stay
English: only what is shown goes through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Final, Literal, cast, get_args

from sim.words.phrases import NAME, Phrase, either, phrase, text_of
from sim.words.spelling import HOUR, MINUTE, SECOND, YUAN, show_duration, show_money

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE_NAMES: Final[Mapping[Language, str]] = {"en": "English", "zh": "中文"}
"""Each language in its own words, for a switch."""
CATALOGUE: Final = Path(__file__).with_name("zh.yaml")

_current: ContextVar[Language] = ContextVar("language", default="en")


def language() -> Language:
    """The language of this context."""
    return _current.get()


def program() -> list[str]:
    """How a command begins that answers in the language of this context: ``fundfreeze --lang zh``."""
    return ["fundfreeze"] if language() == "en" else ["fundfreeze", "--lang", language()]


def accept(asked: str) -> Language:
    """A language by its code: ``zh``, and also ``zh-CN`` or ``zh_CN.UTF-8`` as systems and browsers write it.

    Raises:
        ValueError: there are no texts in it; the message says what was read and what is accepted.
    """
    code = asked.strip().lower().replace("_", "-").partition("-")[0].partition(".")[0]
    for known in LANGUAGES:
        if code == known:
            return known
    raise ValueError(phrase("read {read!r}, accepted: {accepted}", read=asked, accepted=either(LANGUAGES)))


def speak(lang: Language) -> None:
    """From now on this context reads `lang`."""
    _current.set(lang)


@contextmanager
def using(lang: Language) -> Iterator[None]:
    """Speak `lang` inside the block, and what was spoken before after it."""
    before = _current.set(lang)
    try:
        yield
    finally:
        _current.reset(before)


# -- texts ------------------------------------------------------------------------------------------------


Kind = Literal[
    "age", "arm", "bank", "channel", "desk", "district", "event", "exit", "metric", "outcome", "place", "policy",
    "profile", "rail", "route", "scam", "skill", "stage", "step",
]  # fmt: skip
"""What a name of the configuration names: a scam called ``police`` is not the desk of that name."""


@dataclass(frozen=True)
class Catalogue:
    """The Chinese of every text."""

    texts: dict[str, dict[str, str]]
    """By the part of the program that shows them, then by the English."""
    names: dict[Kind, dict[str, str]]
    """Names of the configuration that are read as words: desks, banks, stages, scams, policies."""
    titles: dict[str, str]
    """Titles and questions of the shipped scenarios and exercises, by the English."""
    others: dict[str, str]
    """What the system and other programs say, in whole texts."""

    @property
    def flat(self) -> dict[str, str]:
        """The texts of all parts."""
        return {english: said for part in self.texts.values() for english, said in part.items()}


@cache
def catalogue() -> Catalogue:
    """The catalogue as the file has it, read once."""
    import yaml  # only where somebody asks for Chinese

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # absent where PyYAML was built without libyaml
    return Catalogue(**yaml.load(CATALOGUE.read_text(encoding="utf-8"), loader))  # every value is text


@cache
def _texts() -> dict[str, str]:
    return catalogue().flat


def say(text: str, /, **values: object) -> str:
    """A text in the language of this context; a text without Chinese stays English.

    Args:
        text: the English, a format string where there are values.
        values: what its placeholders stand for. Without any, braces are only braces.
    """
    if _current.get() == "en":
        return text.format(**values) if values else text
    text = _texts().get(text, text)
    return _joined(text, values) if values else text


def translate(text: object) -> str:
    """A phrase, or what an exception says, in the language of this context; any other text as it is.

    What another program or the system says (``No space left on device``) is looked up as a whole.
    """
    if isinstance(text, BaseException):
        text = text_of(text)
    if _current.get() == "en":
        return str(text)
    if isinstance(text, Phrase) and text.template == NAME and text.values["kind"] in get_args(Kind):
        return named(str(text.values["name"]), cast("Kind", text.values["kind"]))
    if isinstance(text, Phrase):
        values = {n: translate(one) if isinstance(one, str) else one for n, one in text.values.items()}
        return say(text.template, **values)
    return catalogue().others.get(str(text), str(text))


def _joined(text: str, values: Mapping[str, object]) -> str:
    """A Chinese text with its values: a blank where characters meet letters or digits, none between characters."""
    said = ""
    for literal, name, form, conversion in Formatter().parse(text):
        said = _meeting(said, literal)
        if name is not None:
            value = f"{{{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}}}".format(**values)
            said = _meeting(said, value)
    return said


def _meeting(before: str, after: str) -> str:
    """Two parts of a text after one another."""
    if re.fullmatch(_APART, before[-1:] + after[:1]):
        return f"{before} {after}"
    if re.fullmatch(_TOGETHER, before[-2:] + after[:1]):
        return before[:-1] + after
    if re.fullmatch(_TOGETHER, before[-1:] + after[:2]):
        return before + after[1:]
    return before + after


_APART: Final = "[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]"  # compiled only where Chinese is read
_TOGETHER: Final = "[\u4e00-\u9fff] [\u4e00-\u9fff]"


def key(text: str) -> str:
    """Mark the English of a text that is said later, as ``say(label)``: the catalogue's tests then know of it."""
    return text


def capital(words: str) -> str:
    """Words as they begin a line or a sentence."""
    return words[:1].upper() + words[1:]


def counted(n: int, one: str, many: str, /, **values: object) -> str:
    """``counted(2, "{n:,} account", "{n:,} accounts")``: ``2 accounts``; the catalogue holds the plural alone."""
    return one.format(n=n, **values) if n == 1 and _current.get() == "en" else say(many, n=n, **values)


def knows(name: str, kind: Kind) -> bool:
    """Whether the catalogue has words for a name."""
    return name in catalogue().names.get(kind, {})


def named(name: str, kind: Kind) -> str:
    """A name of the configuration as words: ``out_of_reach`` is ``out of reach``; the bank ``icbc`` is 工商银行.

    A number at the end of a known name is said after it (``street-07``); a name that a user gave to something of his
    own stays as it is.
    """
    if _current.get() != "en":
        names = catalogue().names.get(kind, {})
        known = names.get(name)
        if known is None and (numbered := _NUMBERED.fullmatch(name)) and numbered[1] in names:
            known = f"{names[numbered[1]]} {numbered[2]}"
        if known is not None:
            return known
    elif kind == "bank" and name in _BANKS:
        return _BANKS[name]
    return name.replace("_", " ").replace("-", " ")


_BANKS: Final = {
    "icbc": "ICBC", "ccb": "China Construction Bank", "abc": "Agricultural Bank of China", "boc": "Bank of China",
    "bocom": "Bank of Communications", "postal": "Postal Savings Bank", "joint-stock": "joint-stock banks",
    "rural": "rural banks", "village": "village banks",
}  # fmt: skip
"""Banks that a scenario calls by their short names, in English."""


_NUMBERED: Final = re.compile(r"(.+)-(\d+)")


def titled(title: str) -> str:
    """The title or the question of a shipped scenario; of a user's own, as it is written, on one line."""
    title = " ".join(title.split())
    return title if _current.get() == "en" else catalogue().titles.get(title, title)


# -- quantities -------------------------------------------------------------------------------------------


def money(fen: float) -> str:
    """An amount of `fen`: ``1,600,000 yuan``; ``160 万元``, ``8,500 元``."""
    if _current.get() == "en":
        return show_money(fen)
    if fen < 0:
        return "-" + money(-fen)
    if fen % YUAN and fen < 100 * YUAN:
        return f"{fen / YUAN:,.2f} 元"
    for size, unit in ((10**8, "亿元"), (10**4, "万元")):
        hundredths = round(100 * fen / YUAN / size)  # compared after rounding: 9,999.999 万元 is said 1 亿元
        if hundredths >= 100:
            return f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{round(fen / YUAN):,} 元"


def exact_money(fen: int) -> str:
    """An amount to the whole yuan in every language, for amounts that stand beside their difference.

    `money` has two decimals of a 万元: with it 281 万元 and 281 万元 would stand beside a difference of 49 元.
    """
    yuan = round(fen / YUAN)
    if _current.get() == "en" or abs(yuan) < 10**4:
        return money(yuan * YUAN)
    return f"{Decimal(yuan).scaleb(-4):,f}".rstrip("0").rstrip(".") + " 万元"


def duration(ms: float) -> str:
    """A time of `ms` milliseconds in its two leading units: ``1 h 35 min``; ``1 小时 35 分钟``."""
    shown = show_duration(ms)
    return shown if _current.get() == "en" else " ".join(_UNITS.get(part, part) for part in shown.split(" "))


_UNITS: Final = {"d": "天", "h": "小时", "min": "分钟", "s": "秒", "ms": "毫秒"}


def brief(ms: int) -> str:
    """A short time in a dense line: ``38 s``, ``4.1 min``, ``2 h 10 min``."""
    if ms < MINUTE:
        return say("{n} s", n=round(ms / SECOND))
    return say("{n:.1f} min", n=ms / MINUTE) if ms < 100 * MINUTE else duration(ms)


MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = (
    key("Monday"), key("Tuesday"), key("Wednesday"), key("Thursday"), key("Friday"), key("Saturday"), key("Sunday"),
)  # fmt: skip


def date(when: datetime) -> str:
    """``Friday 11 July 2025``; ``2025年7月11日 星期五``. Whatever the machine's own language is."""
    if _current.get() == "en":
        return f"{_WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"
    return f"{when.year}年{when.month}月{when.day}日 {say(_WEEKDAYS[when.weekday()])}"


def day_of_year(when: datetime) -> str:
    """``11 Jul``; ``7月11日``."""
    return f"{when.day} {MONTHS[when.month - 1][:3]}" if _current.get() == "en" else f"{when.month}月{when.day}日"


def clock(when: datetime, *, seconds: bool = True) -> str:
    """``14:05:32``, in every language."""
    return f"{when.hour:02d}:{when.minute:02d}" + (f":{when.second:02d}" if seconds else "")


def countdown(ms: int) -> str:
    """Time left, short and of even width: ``4:05``, ``1:04:05``; 0 once it is over."""
    minutes, seconds = divmod(max(0, -(-ms // SECOND)), 60)
    hours, minutes = divmod(minutes, HOUR // MINUTE)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def percent(share: float, digits: int = 0) -> str:
    """``56%``, in every language."""
    return f"{100 * share:.{digits}f}%"


def listed(parts: Sequence[str]) -> str:
    """``A1, A2 and A3``; ``A1、A2、A3``."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    if _current.get() == "en":
        return ", ".join(parts[:-1]) + " and " + parts[-1]
    return "、".join(parts)
