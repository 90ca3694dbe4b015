"""Who is meant to be on duty, as people say it: a shift, and the whole roster of a desk or of a kind of bank."""

from __future__ import annotations

from collections.abc import Sequence

from sim.scenario.people import EVERY_DAY, Break, Day, Rostered, Shift
from sim.words.days import days_in_words
from sim.words.language import counted, duration, listed, say
from sim.words.spelling import format_clock
from sim.words.units import DAY


def roster(rostered: Rostered) -> str:
    """``08:00-20:00, 9 people; 20:00-08:00, 5 people``, or how many are there at all hours."""
    if rostered.shifts is not None:
        return shifts(rostered.shifts)
    if rostered.staff is None:
        return say("nothing")
    if rostered.staff == "unlimited":
        return say("as many people as it takes")
    return say("{people} at all hours", people=_people(rostered.staff))


def shifts(found: Sequence[Shift]) -> str:
    """One after the other, with their dates and breaks."""
    return say("; ").join(map(_whole, found))


def shift(days: Sequence[Day], start: int, end: int, staff: int) -> str:
    """``Monday to Friday 08:00-20:00, 6 people``.

    Args:
        days: on which it begins; of every day nothing is said.
        start: ms of the day.
        end: ms of the day; on the next where it is not after the start.
        staff: people.
    """
    clocks = "00:00-24:00" if (start, end) == (0, DAY) else f"{format_clock(start)}-{format_clock(end)}"
    hours = clocks if set(days) == set(EVERY_DAY) else f"{days_in_words(days)} {clocks}"
    return say("{hours}, {people}", hours=hours, people=_people(staff))


def _whole(one: Shift) -> str:
    words = shift(one.days, one.start, one.end, one.staff)
    if one.dates is not None:
        words = say("{shift}, from {first} to {last}", shift=words, first=one.dates.first, last=one.dates.last)
    return say("{shift} ({breaks})", shift=words, breaks=listed(list(map(_break, one.breaks)))) if one.breaks else words


def _break(one: Break) -> str:
    return say("{n} away from {at} for {time}", n=one.staff, at=format_clock(one.at), time=duration(one.lasts))


def _people(staff: int) -> str:
    return counted(staff, "{n:,} person", "{n:,} people")
