"""Desks: people with one role, their rosters, and how their queue is served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.distributions import DurationDist
from sim.scenario.units import DAY, HOUR, MINUTE, Clock, Duration, Money, Share

MOST_STAFF = 10_000
"""More people than any centre has: a larger number is a slip of the keyboard."""

Staff = Annotated[int, Field(ge=1, le=MOST_STAFF, strict=True)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY: list[Day] = [*WEEKDAYS]


class Break(Model):
    """Some people of a shift away from the desk at the same time of day."""

    at: Clock
    lasts: Annotated[Duration, Field(gt=0)]
    staff: Staff
    """How many are away."""


class Dates(Model):
    """A range of calendar days, both included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> Dates:
        if self.last < self.first:
            raise ValueError(f"to: {self.last}, before its from; {self.first} or later")
        return self


class Shift(Model):
    """People on a desk from one time of day to another; over midnight where `to` is not after `from`."""

    days: Annotated[list[Day], Field(min_length=1, max_length=8)] = EVERY_DAY
    """Weekdays on which the shift begins. `holiday` is every day among the scenario's holidays: a desk with a shift
    for holidays has only those on such a day, a desk without one treats it like any other day."""
    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    staff: Staff
    dates: Dates | None = None
    """Only on these days; None: always."""
    breaks: Annotated[list[Break], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="after")
    def _breaks_fit(self) -> Shift:
        for number, one in enumerate(self.breaks or []):
            if self.into(one) + one.lasts > self.length:
                raise ValueError(f"breaks.{number}: a break beyond its shift; one inside the shift")
            away = self.away(one)
            if away > self.staff:
                raise ValueError(f"breaks.{number}.staff: {away} away at once; at most the staff of the shift")
        return self

    @property
    def length(self) -> int:
        """ms from its beginning to its end."""
        return self.end - self.start if self.end > self.start else self.end - self.start + DAY

    def away(self, one: Break) -> int:
        """How many are away at once when a break begins."""
        return sum(other.staff for other in self.breaks or [] if 0 <= self.into(one) - self.into(other) < other.lasts)

    def into(self, one: Break) -> int:
        """ms from the beginning of the shift to that of a break."""
        return (one.at - self.start) % DAY

    def spans(self) -> list[tuple[int, int]]:
        """The shift as [start, end) in milliseconds of a week from Monday 00:00; an end may pass the week."""
        starts = [WEEKDAYS.index(day) * DAY + self.start for day in self.days if day != "holiday"]
        return [(start, start + self.length) for start in sorted(starts)]


def _meetings(one: Shift, other: Shift) -> Iterator[tuple[int, int]]:
    """(place in _BEGINNINGS, ms of the day) at which `other` begins although `one` still goes on.

    Both begin on the same day, or `other` on the day after; then one of the two days may be a holiday and the other
    not. Only days on which both really begin count: a week of the days that their dates have in common.
    """
    for later in (0, 1):
        begins = other.start + later * DAY - one.start
        if not 0 <= begins < one.length:
            continue
        ranges = [(d.first - timedelta(days=gap), d.last - timedelta(days=gap))
                  for d, gap in ((one.dates, 0), (other.dates, later)) if d is not None]  # fmt: skip
        first = max((low for low, _ in ranges), default=_MONDAY)
        days = min((min(high for _, high in ranges) - first).days + 1, 7) if ranges else 7
        for day in (first + timedelta(days=number) for number in range(days)):
            weekday = (day.weekday() + later) % 7
            if WEEKDAYS[day.weekday()] in one.days and WEEKDAYS[weekday] in other.days:
                yield weekday, other.start
            eve = later == 1 and WEEKDAYS[day.weekday()] in one.days
            if "holiday" in other.days and ("holiday" in one.days or eve):
                yield _HOLIDAY, other.start
            if later == 1 and "holiday" in one.days and WEEKDAYS[weekday] in other.days:
                yield _HOLIDAY + 1 + weekday, other.start


_MONDAY = date(2001, 1, 1)
_HOLIDAY = len(WEEKDAYS)
_BEGINNINGS = (*WEEKDAYS, "a holiday", *(f"{day} after a holiday" for day in WEEKDAYS))
"""What a day can be on which a shift begins before another has ended."""


class Rostered(Model):
    """Either the same staff round the clock (`staff`), or `shifts`; `unlimited` staff never lets anyone wait."""

    staff: Staff | Literal["unlimited"] | None = None
    shifts: Annotated[list[Shift], Field(min_length=1, max_length=200)] | None = None
    absence: Share | None = None
    """Probability that a person is absent from a shift (sickness, leave, training); round the clock: from a day."""

    @model_validator(mode="after")
    def _one_roster(self) -> Rostered:
        if (self.staff is None) == (self.shifts is None):
            raise ValueError("both staff and shifts, or neither; either staff (round the clock) or shifts")
        if self.staff == "unlimited" and self.absence is not None:
            raise ValueError("absence: people who are absent from unlimited staff; a number of staff, or no absence")
        pairs = product(enumerate(self.shifts or []), repeat=2)
        meetings = [found for (i, one), (j, other) in pairs if i != j for found in _meetings(one, other)]
        if meetings:
            day, time = min(meetings)
            when = f"{_BEGINNINGS[day]} {time // HOUR:02d}:{time % HOUR // MINUTE:02d}"
            raise ValueError(f"shifts: two that overlap on {when}; shifts that do not overlap")
        return self

    @property
    def largest(self) -> int:
        """The people of the largest shift."""
        if self.shifts is None:
            return MOST_STAFF if self.staff == "unlimited" else int(self.staff or 0)
        return max(shift.staff for shift in self.shifts)

    @property
    def most(self) -> int:
        """The most people who are ever there at once."""
        return self.largest


class ShiftEnd(Model):
    """What happens to the work in hand, and in the queue, when a shift ends."""

    rule: Literal["finish", "hand_over", "overtime"]
    """finish: the work in hand is finished, then home. hand_over: it goes back to the head of the queue and whoever
    takes it over needs `briefing` on top of what is left. overtime: nobody goes home before the queue is empty, for
    `most` at most."""
    briefing: DurationDist | None = None
    most: Duration | None = None

    @model_validator(mode="after")
    def _complete(self) -> ShiftEnd:
        if (self.rule == "hand_over") != (self.briefing is not None):
            raise ValueError("briefing goes with rule: hand_over, and is needed there")
        if (self.rule == "overtime") != (self.most is not None):
            raise ValueError("most goes with rule: overtime, and is needed there")
        return self


class Surge(Model):
    """Staff called in when the queue is long."""

    above: Annotated[int, Field(ge=0, le=1_000_000)]
    """More than this many waiting calls them."""
    heads: Staff
    after: DurationDist
    """From the call until they are there."""
    lasts: Annotated[Duration, Field(gt=0)]
    """Then they go; a queue that is long again calls them again."""


class Learning(Model):
    """People come and go, and who is new is slower for a while."""

    turnover: Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)]
    """How often a year each place changes hands; 1: nearly all within a year."""
    slower: Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)]
    """Working times of a newcomer are multiplied by this; of a team with one too."""
    for_: Annotated[Duration, Field(alias="for", gt=0)]
    """So long after coming."""


class WriteOff(Model):
    """In a surge the nearly hopeless is dropped; read by `queue: write_off`."""

    above: Annotated[int, Field(ge=0, le=1_000_000)]
    """Only while more than this many wait."""
    least: Money
    """An account with less than this expected to be still there is written off."""


QueuePolicy = Annotated[
    str,
    Field(
        pattern=r"^(fifo|largest_first|freshest_first|most_at_risk|write_off|[^:]+\.py:[A-Za-z_][A-Za-z0-9_]*)$",
        max_length=500,
    ),
]
"""A policy of `response.policies`, or `FILE.py:FUNCTION` beside the scenario file."""


class Desk(Rostered):
    """A group of people with one role, one queue and one roster. Its name is the role."""

    queue: QueuePolicy = "fifo"
    write_off: WriteOff | None = None
    skills: Annotated[dict[Name, Staff], Field(min_length=1, max_length=20)] | None = None
    """How many of those on duty have a skill that a work step may ask for; who has a rare one has the others too.
    None: everybody can do everything."""
    shift_end: ShiftEnd | None = None
    """None: the work in hand is finished."""
    surge: Surge | None = None
    learning: Learning | None = None
    """None: nobody is ever new."""
    hand_over: DurationDist | None = None
    """A desk of another agency: until a piece of work has reached it."""
    wage: Money | None = None
    """For an hour on duty."""
    overtime_wage: Money | None = None
    """For an hour beyond the shift, and for an hour of staff called in; None: as `wage`."""
    set_up: Money | None = None
    """Once, for each person of the largest shift."""

    @model_validator(mode="after")
    def _fits(self) -> Desk:
        if (self.queue == "write_off") != (self.write_off is not None):
            raise ValueError(f"write_off goes with queue: write_off, and is needed there; queue is {self.queue}")
        for what in ("skills", "shift_end", "surge", "learning", "hand_over"):
            if self.staff == "unlimited" and getattr(self, what) is not None:
                raise ValueError(f"{what}: of a desk with unlimited staff; a number of staff, or no {what}")
        for name, heads in (self.skills or {}).items():
            if heads > super().most:
                raise ValueError(f"skills.{name}: {heads} of a desk with {super().most}; at most {super().most}")
        return self

    @property
    def most(self) -> int:
        """The most people who are ever there at once, those called in too."""
        return super().most + (self.surge.heads if self.surge else 0)
