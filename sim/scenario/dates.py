"""Dates and moments as people and their programs write them.

A file says ``2025-07-11T09:00``. What Chinese files and spreadsheets have in its place is read where it means one day
alone (``2025/7/11``, ``2025年7月11日 9点``); a bare number is refused with the day that it would mean.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Final

from pydantic import BeforeValidator

from sim.words.language import key
from sim.words.letters import narrow
from sim.words.phrases import Phrase, phrase
from sim.words.units import HOUR, MINUTE, SECOND, RefusedError, parse_clock

_DAY: Final = re.compile(r"([0-9]{4})\s*(?:[-/.]|年)\s*([0-9]{1,2})\s*(?:[-/.]|月)\s*([0-9]{1,2})(?:日|号)?")
_CHINA: Final = timezone(timedelta(hours=8))
_MOMENT: Final = key("a local date and time such as {example}")
_DATE: Final = key("a date such as {example}")


def read_moment(x: object) -> object:
    """A date and time in the form that the model reads; what is none is left for the model to refuse.

    Raises:
        RefusedError: it is a number; the message has the moment that it would mean.
    """
    if (number := _number(x)) is not None:
        raise RefusedError(x, _meant(number, _MOMENT, "2025-07-11T09:00", "%Y-%m-%dT%H:%M"))
    found = _day(x)
    if found is None:
        return x
    day, rest = found
    rest = rest.removeprefix("T").strip()
    try:
        ms = parse_clock(rest) if rest else 0
    except RefusedError:
        return f"{day}T{rest}"
    return f"{day}T{ms // HOUR:02d}:{ms % HOUR // MINUTE:02d}:{ms % MINUTE // SECOND:02d}"


def read_day(x: object) -> object:
    """A date in the form that the model reads; as `read_moment`."""
    if (number := _number(x)) is not None:
        raise RefusedError(x, _meant(number, _DATE, "2025-07-11", "%Y-%m-%d"))
    found = _day(x)
    return x if found is None else found[0] + found[1]


def _number(x: object) -> float | None:
    """A bare number, also as text; None for anything else."""
    if isinstance(x, str):
        text = narrow(x).strip()
        return float(text) if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,10})?", text) else None
    return x if isinstance(x, int | float) and not isinstance(x, bool) else None


def _day(x: object) -> tuple[str, str] | None:
    """The day that a text begins with, and the rest of it."""
    if not isinstance(x, str):
        return None
    text = narrow(x).strip()
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = found.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}", text[found.end() :].strip()


def _meant(x: float, accepted: str, example: str, form: str) -> Phrase:
    """What is accepted in place of a number, and the moment that other programs mean by it."""
    try:
        if 20_000 <= x < 80_000:
            day = datetime(1899, 12, 30) + timedelta(days=x)
            return phrase(accepted, example=phrase("{day} (which is this number in Excel)", day=day.strftime(form)))
        if 19_000_101 <= x < 21_000_101:
            return phrase(accepted, example=datetime.strptime(str(int(x)), "%Y%m%d").strftime(form))
        if 10**8 <= x < 10**14:
            moment = datetime.fromtimestamp(x / (1000 if x >= 10**11 else 1), UTC).astimezone(_CHINA)
            said = phrase("{day} (which is this number as a Unix time, in China)", day=moment.strftime(form))
            return phrase(accepted, example=said)
    except (ValueError, OverflowError, OSError):
        pass
    return phrase(accepted, example=example)


Moment = Annotated[datetime, BeforeValidator(read_moment)]
"""A local date and time in a model."""

CalendarDay = Annotated[date, BeforeValidator(read_day)]
"""A date in a model."""
