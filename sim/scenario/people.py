"""Desks: people with one role, their rosters, and how their queue is served."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.dates import CalendarDay
from sim.scenario.distributions import DurationDist
from sim.scenario.errors import FaultError
from sim.scenario.marks import DOZEN, FIRST, OFFERED, POLICY, one_of
from sim.words.phrases import phrase
from sim.words.units import DAY, YEAR, Clock, Duration, Money, Share

MOST_STAFF = 10_000
"""More people than any centre has: a larger number is a slip of the keyboard."""

SET_UP_YEARS = 5.0
"""Years that a car, a desk and its training serve where nobody says how many (assumed)."""

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

    first: Annotated[CalendarDay, Field(alias="from")]
    last: Annotated[CalendarDay, Field(alias="to")]

    @model_validator(mode="after")
    def _in_order(self) -> "Dates":
        if self.last < self.first:
            wrong = phrase("{last}, before its from", last=self.last)
            raise FaultError(phrase("{first} or later", first=self.first), wrong, "to")
        return self


class Shift(Model):
    """People on a desk from one time of day to another; over midnight where `to` is not after `from`."""

    days: Annotated[list[Day], Field(min_length=1, max_length=8)] = EVERY_DAY
    """Weekdays on which the shift begins. `holiday` is every day among the scenario's holidays: a desk with a shift
    for holidays has only those on such a day, a desk without one treats it like any other day."""
    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    staff: Annotated[Staff, FIRST, DOZEN]
    dates: Dates | None = None
    """Only on these days; None: always."""
    breaks: Annotated[list[Break] | None, Field(min_length=1, max_length=20), OFFERED] = None

    @model_validator(mode="after")
    def _breaks_fit(self) -> "Shift":
        for number, one in enumerate(self.breaks or []):
            if self.into(one) + one.lasts > self.length:
                wrong = phrase("a break beyond its shift")
                raise FaultError(phrase("one inside the shift"), wrong, f"breaks.{number}")
            away = self.away(one)
            if away > self.staff:
                wrong = phrase("{away} away at once", away=away)
                raise FaultError(phrase("at most the staff of the shift"), wrong, f"breaks.{number}.staff")
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


def _meet(one: Shift, other: Shift, workdays: bool) -> bool:
    """Whether `other` begins on some day while `one` still goes on.

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
        for weekday in ((first.weekday() + number) % 7 for number in range(days)):
            mine = [kind for kind in _kinds(weekday, workdays) if kind in one.days]
            theirs = [kind for kind in _kinds((weekday + later) % 7, workdays) if kind in other.days]
            if (mine and theirs) if later else set(mine) & set(theirs):
                return True
    return False


_MONDAY = date(2001, 1, 1)


def worked_as(weekday: int) -> int:
    """The weekday whose shifts a make-up working day has: Saturday those of Friday, Sunday those of Monday."""
    return {5: 4, 6: 0}.get(weekday, weekday)


def _kinds(weekday: int, workdays: bool) -> list[Day]:
    """What a day of the calendar can be: its weekday, a holiday, or a make-up working day."""
    kinds: list[Day] = [WEEKDAYS[weekday], "holiday"]
    return [*kinds, WEEKDAYS[worked_as(weekday)]] if workdays and weekday > _FRIDAY else kinds


_FRIDAY = 4


def lanes_of(shifts: Sequence[Shift], workdays: bool = False) -> list[int]:
    """For each shift a number such that no two with the same number overlap: 0 for all where none overlap.

    Args:
        shifts: of one desk.
        workdays: whether the calendar has make-up working days.
    """
    lanes: list[list[Shift]] = []
    found = []
    for shift in shifts:
        free = (
            number
            for number, lane in enumerate(lanes)
            if not any(_meet(shift, other, workdays) or _meet(other, shift, workdays) for other in lane)
        )
        number = next(free, len(lanes))
        if number == len(lanes):
            lanes.append([])
        lanes[number].append(shift)
        found.append(number)
    return found


def widths_of(shifts: Sequence[Shift], lanes: Sequence[int]) -> list[int]:
    """The people of the largest shift in each lane."""
    return [
        max(shift.staff for shift, lane in zip(shifts, lanes, strict=True) if lane == number)
        for number in range(max(lanes) + 1)
    ]


def _most_at_once(shifts: Sequence[Shift]) -> int:
    """The most people of these shifts who are ever there together, on ordinary days and on holidays."""
    if not any(lanes_of(shifts)):
        return max(shift.staff for shift in shifts)
    edges = {_MONDAY} | {
        day for shift in shifts if shift.dates for day in (shift.dates.first, shift.dates.last + timedelta(days=1))
    }
    holiday: list[Day] = ["holiday"] if any("holiday" in shift.days for shift in shifts) else []
    most = 0
    for today in {edge + timedelta(days=number) for edge in edges for number in range(8)}:
        eve = today - timedelta(days=1)
        for kinds in product((WEEKDAYS[eve.weekday()], *holiday), (WEEKDAYS[today.weekday()], *holiday)):
            there = [
                (shift.start - gap, shift.start - gap + shift.length, shift.staff)
                for day, kind, gap in ((eve, kinds[0], DAY), (today, kinds[1], 0))
                for shift in shifts
                if kind in shift.days and (shift.dates is None or shift.dates.first <= day <= shift.dates.last)
            ]
            for begin, _, _ in there:
                most = max(most, sum(staff for start, end, staff in there if start <= begin < end))
    return most


class Rostered(Model):
    """Either the same staff round the clock (`staff`), or `shifts`; `unlimited` staff never lets anyone wait.

    Shifts may overlap: their heads add up, and absence, breaks and the end of a shift are those of its own people.
    """

    staff: Annotated[Staff | Literal["unlimited"] | None, one_of("roster"), FIRST, DOZEN] = None
    shifts: Annotated[list[Shift] | None, Field(min_length=1, max_length=200), one_of("roster")] = None
    absence: Annotated[Share | None, FIRST, OFFERED] = None
    """Probability that a person is absent from a shift (sickness, leave, training); round the clock: from a day."""

    @model_validator(mode="after")
    def _one_roster(self) -> "Rostered":
        if (self.staff is None) == (self.shifts is None):
            wrong = phrase("both staff and shifts, or neither")
            raise FaultError(phrase("either staff (round the clock) or shifts"), wrong)
        if self.staff == "unlimited" and self.absence is not None:
            wrong = phrase("people who are absent from unlimited staff")
            raise FaultError(phrase("a number of staff, or no absence"), wrong, "absence")
        for workdays in (False, True) if self.shifts else ():
            people = sum(widths_of(self.shifts or [], lanes_of(self.shifts or [], workdays)))
            if people > MOST_STAFF:
                wrong = phrase("{people:,} people in shifts that overlap", people=people)
                raise FaultError(phrase("at most {most:,}", most=MOST_STAFF), wrong, "shifts")
        return self

    @property
    def largest(self) -> int:
        """The people of the largest shift; of the most that are there together where shifts overlap."""
        if self.shifts is None:
            return MOST_STAFF if self.staff == "unlimited" else int(self.staff or 0)
        return _most_at_once(self.shifts)

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
    def _complete(self) -> "ShiftEnd":
        if (self.rule == "hand_over") != (self.briefing is not None):
            raise FaultError(phrase("briefing goes with rule: hand_over, and is needed there"))
        if (self.rule == "overtime") != (self.most is not None):
            raise FaultError(phrase("most goes with rule: overtime, and is needed there"))
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


NamedPolicy = Literal["fifo", "largest_first", "freshest_first", "most_at_risk"]
"""Whom a desk serves first; an order may change it to any of these."""
NAMED_POLICIES: tuple[NamedPolicy, ...] = get_args(NamedPolicy)
QueuePolicy = Annotated[
    str,
    Field(
        pattern=rf"^({'|'.join(NAMED_POLICIES)}|write_off|[^:]+\.py:[A-Za-z_][A-Za-z0-9_]*)$",
        max_length=500,
    ),
]
"""A policy of `workflow/policies.py`, or `FILE.py:FUNCTION` beside the scenario file."""


class Desk(Rostered):
    """A group of people with one role, one queue and one roster. Its name is the role."""

    queue: Annotated[QueuePolicy, POLICY, FIRST] = "fifo"
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
    wage: Annotated[Money | None, OFFERED] = None
    """For an hour on duty."""
    overtime_wage: Money | None = None
    """For an hour beyond the shift, and for an hour of staff called in; None: as `wage`."""
    set_up: Money | None = None
    """To buy a place for each person of the largest shift, or of the most there together where shifts overlap; a
    period is charged its part of `set_up_years`."""
    set_up_years: Annotated[float, Field(gt=0, le=100)] | None = None
    """Years of use over which `set_up` is spread; None: 5."""

    @model_validator(mode="after")
    def _fits(self) -> "Desk":
        if (self.queue == "write_off") != (self.write_off is not None):
            wrong = phrase("write_off goes with queue: write_off, and is needed there")
            raise FaultError(phrase("queue is {queue}", queue=self.queue), wrong)
        for what in ("skills", "shift_end", "surge", "learning", "hand_over"):
            if self.staff == "unlimited" and getattr(self, what) is not None:
                wrong = phrase("of a desk with unlimited staff")
                raise FaultError(phrase("a number of staff, or no {what}", what=what), wrong, what)
        for name, heads in (self.skills or {}).items():
            if heads > self.rostered:
                wrong = phrase("{heads} of a desk with {most}", heads=heads, most=self.rostered)
                raise FaultError(phrase("at most {most}", most=self.rostered), wrong, f"skills.{name}")
        return self

    @property
    def rostered(self) -> int:
        """The most people on the roster at once, without those called in: as many can have a skill."""
        return super().most

    def set_up_for(self, lasts: int, heads: int) -> float:
        """The part of the set-up cost of so many people that a period of `lasts` ms is charged, in fen."""
        years = SET_UP_YEARS if self.set_up_years is None else self.set_up_years
        return (self.set_up or 0) * heads * lasts / (years * YEAR)

    @property
    def most(self) -> int:
        """The most people who are ever there at once, those called in too."""
        return super().most + (self.surge.heads if self.surge else 0)
