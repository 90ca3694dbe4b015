"""Desks: people with one role, their rosters, and how their queue is served."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.distributions import DurationDist
from sim.scenario.units import DAY, HOUR, Clock, Duration, Money, Share

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

    def spans(self) -> list[tuple[int, int]]:
        """The shift as [start, end) in milliseconds of a week from Monday 00:00; an end may pass the week."""
        length = self.end - self.start if self.end > self.start else self.end - self.start + DAY
        starts = [WEEKDAYS.index(day) * DAY + self.start for day in self.days if day != "holiday"]
        return [(start, start + length) for start in sorted(starts)]


class Rostered(Model):
    """Either the same staff round the clock (`staff`), or `shifts`; `unlimited` staff never lets anyone wait."""

    staff: Staff | Literal["unlimited"] | None = None
    shifts: Annotated[list[Shift], Field(min_length=1, max_length=200)] | None = None
    absence: Share | None = None
    """Probability that a person is absent from a shift (sickness, leave, training)."""

    @model_validator(mode="after")
    def _one_roster(self) -> Rostered:
        if (self.staff is None) == (self.shifts is None):
            raise ValueError("both staff and shifts, or neither; either staff (round the clock) or shifts")
        week = 7 * DAY
        spans = sorted(span for shift in self.shifts or [] for span in shift.spans())
        for (_, end), (start, _) in zip(spans, [*spans[1:], *((s + week, e) for s, e in spans[:1])], strict=True):
            if start < end:
                when = f"{WEEKDAYS[start // DAY % 7]} {start // HOUR % 24:02d}:{start // 60_000 % 60:02d}"
                raise ValueError(f"shifts: two that overlap on {when}; shifts that do not overlap")
        return self

    @property
    def most(self) -> int:
        """The most people who are ever on duty at once."""
        if self.shifts is None:
            return MOST_STAFF if self.staff == "unlimited" else int(self.staff or 0)
        return max(shift.staff for shift in self.shifts)


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
    """How many of those on duty have a skill that a work step may ask for; who has a rare one has the others too."""
    shift_end: ShiftEnd | None = None
    """None: the work in hand is finished."""
    surge: Surge | None = None
    hand_over: DurationDist | None = None
    """A desk of another agency: until a piece of work has reached it."""
    wage: Money | None = None
    """For an hour on duty."""
    overtime_wage: Money | None = None
    """For an hour beyond the shift, and for an hour of staff called in; None: as `wage`."""
    set_up: Money | None = None
    """Once, for each person of the largest shift."""
