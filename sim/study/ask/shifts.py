"""Rosters as a planner draws them: a line for each shift, what a week of it costs, and how long each person works.

A person's hours are those of whom the shifts are shared out among: how many people a desk employs is no part of a
scenario, which only knows who is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Final, get_args

from pydantic import ValidationError

from sim.scenario.models import Scenario
from sim.scenario.people import EVERY_DAY, Day, Desk, Shift
from sim.words.units import DAY, HOUR, YUAN, format_clock, format_duration

LEGAL_HOURS: Final = 40.0
"""A week, on average: State Council of China, Regulation on Working Hours of Staff and Workers (1995), article 3."""
MOST_HOURS: Final = 44.0
"""The most a week on average: Labour Law of China, article 36."""
HOURS: Final = 7 * 24
WEEK: Final = 7 * DAY
DAYS: Final[tuple[Day, ...]] = get_args(Day)


@dataclass(frozen=True)
class Line:
    """One shift of a desk. Times are ms of the day; the end lies on the next day where it is not after the start."""

    desk: str
    days: tuple[Day, ...]
    start: int
    end: int
    staff: int
    rest: tuple[tuple[str, Any], ...] = ()
    """What else the file says of it (dates, breaks): kept as it is."""

    @property
    def length(self) -> int:
        """ms."""
        return self.end - self.start if self.end > self.start else self.end - self.start + DAY

    @property
    def week(self) -> float:
        """Hours of a week that somebody who is there on all its days works."""
        return self.length / HOUR * sum(day in EVERY_DAY for day in self.days)

    @property
    def breaks(self) -> list[Any]:
        """As a file has them."""
        return list(dict(self.rest).get("breaks", ()))

    def settled(self) -> Line:
        """The same without the breaks that no longer fit: beyond its times, or with more people away than it has."""
        kept: list[Any] = []
        for one in self.breaks:
            with suppress(ValidationError):
                Shift.model_validate({**self.plain(), "breaks": [*kept, one]})
                kept.append(one)
        rest = {name: value for name, value in self.rest if name != "breaks"} | ({"breaks": kept} if kept else {})
        return self if len(kept) == len(self.breaks) else replace(self, rest=tuple(rest.items()))

    def plain(self) -> dict[str, Any]:
        """As a file has it."""
        days = {} if set(self.days) == set(EVERY_DAY) else {"days": list(self.days)}
        times = {"from": format_clock(self.start), "to": format_clock(self.end), "staff": self.staff}
        return {**days, **times, **dict(self.rest)}


def lines_of(scenario: Scenario) -> list[Line]:
    """The shifts of all desks that have a number of people; who is there round the clock has one shift of 24 hours."""
    found = []
    for name, desk in scenario.desks.items():
        if desk.shifts is None and isinstance(desk.staff, int):
            found.append(Line(name, tuple(EVERY_DAY), 0, DAY, desk.staff))
        found += [_line(name, shift) for shift in desk.shifts or ()]
    return found


def _line(desk: str, shift: Shift) -> Line:
    rest: dict[str, Any] = {}
    if shift.dates is not None:
        rest["dates"] = {"from": shift.dates.first.isoformat(), "to": shift.dates.last.isoformat()}
    if shift.breaks is not None:
        rest["breaks"] = [
            {"at": format_clock(one.at), "lasts": format_duration(one.lasts), "staff": one.staff}
            for one in shift.breaks
        ]  # fmt: skip
    return Line(desk, tuple(shift.days), shift.start, shift.end, shift.staff, tuple(rest.items()))


def roster_of(desk: str, lines: Sequence[Line]) -> dict[str, Any]:
    """The `staff` and `shifts` of a desk, as a file has them: round the clock every day is `staff`."""
    mine = [one for one in lines if one.desk == desk]
    if len(mine) == 1 and mine[0].length == DAY and set(mine[0].days) == set(EVERY_DAY) and not mine[0].rest:
        return {"staff": mine[0].staff, "shifts": None}
    return {"staff": None, "shifts": [one.plain() for one in mine]}


def changed_desks(before: Sequence[Line], now: Sequence[Line]) -> list[str]:
    """The desks whose shifts are not what they were."""
    desks = dict.fromkeys(one.desk for one in (*before, *now))
    return [desk for desk in desks
            if [one for one in before if one.desk == desk] != [one for one in now if one.desk == desk]]  # fmt: skip


@dataclass(frozen=True)
class DeskWeek:
    """A week of one desk, on ordinary days, without absence and overtime."""

    desk: str
    heads: tuple[int, ...]
    """On duty in each hour from Monday 00:00: the fewest in that hour."""
    hours: float
    """Of work in a week, by all together."""
    cost: float
    """Yuan a week: wages, and the week's part of the places."""
    needed: int
    """The fewest people among whom nobody works longer than the limit."""


def weeks_of(scenario: Scenario, lines: Sequence[Line], limit: float = LEGAL_HOURS) -> list[DeskWeek]:
    """A week of every desk that has lines.

    Args:
        scenario: whose wages count.
        lines: the shifts.
        limit: hours that a person may work a week.
    """
    return [
        _week(scenario.desks[desk], desk, [one for one in lines if one.desk == desk], limit)
        for desk in dict.fromkeys(one.desk for one in lines)
    ]


def _week(desk: Desk, name: str, lines: Sequence[Line], limit: float) -> DeskWeek:
    hours = 0.0
    more = Counter(dict.fromkeys(range(0, WEEK, HOUR), 0))
    for line in lines:
        hours += line.week * line.staff
        for day in (EVERY_DAY.index(one) for one in line.days if one in EVERY_DAY):
            for begins in (day * DAY + line.start, day * DAY + line.start - WEEK):  # Sunday's night ends on Monday
                more[max(begins, 0)] += line.staff
                more[max(begins + line.length, 0)] -= line.staff
    heads: list[int] = []
    there = largest = 0
    for at in sorted(at for at in more if at < WEEK):
        there += more[at]
        largest = max(largest, there)
        if at % HOUR == 0:
            heads.append(there)
        heads[-1] = min(heads[-1], there)
    cost = ((desk.wage or 0) * hours + desk.set_up_for(WEEK, largest)) / YUAN
    needed = max(ceil(hours / limit - 1e-9), largest)
    return DeskWeek(name, tuple(heads), hours, cost, needed)


def hours_each(week: DeskWeek, people: int) -> float:
    """Hours a week of each of so many people who share a desk's shifts evenly."""
    return week.hours / people


def settings_of(before: Sequence[Line], now: Sequence[Line]) -> dict[str, Mapping[str, Any]]:
    """By desk: the roster of those that are not what they were."""
    return {desk: roster_of(desk, now) for desk in changed_desks(before, now)}
