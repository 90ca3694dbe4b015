"""When somebody is there in an ordinary week, of a desk or of a kind of bank, as people say it."""

from __future__ import annotations

from sim.scenario.people import WEEKDAYS, Rostered
from sim.words.days import days_in_words
from sim.words.language import listed, say
from sim.words.spelling import format_clock
from sim.words.units import DAY

Spans = tuple[tuple[int, int], ...]
"""Of a day: [start, end) in ms from its midnight, in order and apart."""
Week = tuple[Spans, ...]
"""Of Monday to Sunday."""
_WEEK = len(WEEKDAYS) * DAY


def week_of(rostered: Rostered) -> Week:
    """When somebody is meant to be there; shifts of certain dates and breaks are no part of an ordinary week."""
    if rostered.shifts is None:
        return (((0, DAY),),) * len(WEEKDAYS)
    begun = [span for shift in rostered.shifts if shift.staff and not shift.dates for span in shift.spans()]
    spans = sorted([*begun, *((start - _WEEK, end - _WEEK) for start, end in begun)])  # what Sunday night goes on with
    together: list[tuple[int, int]] = []
    for start, end in spans:
        if together and start <= together[-1][1]:
            together[-1] = (together[-1][0], max(together[-1][1], end))
        else:
            together.append((start, end))
    return tuple(
        tuple((max(start - at, 0), min(end - at, DAY)) for start, end in together if start < at + DAY and end > at)
        for at in range(0, _WEEK, DAY)
    )


def in_words(week: Week) -> str:
    """``at all hours``; ``only 09:00-17:00 Monday to Friday``; ``at no time``."""
    if all(day == ((0, DAY),) for day in week):
        return say("at all hours")
    days: dict[Spans, list[str]] = {}
    for name, spans in zip(WEEKDAYS, week, strict=True):
        if spans:
            days.setdefault(spans, []).append(name)
    parts = [
        say("{hours} {days}", days=days_in_words(names),
            hours=listed([f"{format_clock(start)}-{format_clock(end)}" for start, end in spans]))
        for spans, names in days.items()
    ]  # fmt: skip
    return say("only {when}", when=listed(parts)) if parts else say("at no time")
