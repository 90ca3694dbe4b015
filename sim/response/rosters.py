"""Rosters: heads on duty at a desk as a step function of time.

A roster that is the same every week is kept as that week. One with holidays, dates, breaks, absence, outages or a
rule for the end of a shift is written out for the whole run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import draw
from sim.response.routes import DeskSpec
from sim.scenario.banks import Outage
from sim.scenario.distributions import DurationDist, sample_ms
from sim.scenario.models import Scenario
from sim.scenario.people import WEEKDAYS, Desk, Rostered, Shift, lanes_of, widths_of, worked_as
from sim.scenario.units import DAY

WEEK = 7 * DAY
UNLIMITED = 1 << 30

Ints = NDArray[np.int64]


Levels = tuple[int, ...]
"""Heads on duty, by lane."""


class Roster:
    """Heads on duty: steps (ms, heads from then on), the first at 0; of one week, or of the run since its start.

    Shifts that overlap are in different lanes, each with people of its own; all others are in one lane, in which who
    comes takes the seat of whoever goes.
    """

    def __init__(
        self,
        steps: Sequence[tuple[int, Levels]],
        *,
        period: int | None = None,
        offset: int = 0,
        turns: Mapping[int, Collection[int]] = MappingProxyType({}),
        widths: Sequence[int] = (),
    ) -> None:
        """
        Args:
            steps: times and the heads of each lane.
            period: of a roster that repeats.
            offset: ms into the period at which the run begins.
            turns: the lanes whose shift ends, by the time at which something happens then.
            widths: the most people of each lane; none needed where there is one.
        """
        self._starts = [time for time, _ in steps]
        self._levels = [levels for _, levels in steps]
        self._heads = [sum(levels) for levels in self._levels]
        self.period = period
        self.offset = offset
        self._turns = turns
        self.firsts = (0, *accumulate(widths)) if len(widths) > 1 else (0,)
        """By lane: the number before that of its first person; last that before whoever is called in. One lane: (0,)"""

    def rows(self) -> Iterator[tuple[int, Collection[int], Levels]]:
        """(ms into the period, lanes whose shift ends then, heads by lane from then on), in the order of time."""
        for time, levels in zip(self._starts, self._levels, strict=True):
            yield time, self._turns.get(time, ()), levels

    @property
    def most(self) -> int:
        """The highest number that anybody of the roster has."""
        return self.firsts[-1] if len(self.firsts) > 1 else max(self._heads)

    @property
    def lanes(self) -> int:
        """How many lanes there are."""
        return max(1, len(self.firsts) - 1)

    def at(self, time: int) -> int:
        """Heads on duty at a time (ms since the scenario's start)."""
        return self._heads[self._place(time)]

    def levels(self, time: int) -> Levels:
        """Heads on duty at a time, by lane."""
        return self._levels[self._place(time)]

    def _place(self, time: int) -> int:
        into = (time + self.offset) % self.period if self.period else time
        return bisect_right(self._starts, into) - 1

    def turns(self, time: int) -> Collection[int]:
        """The lanes whose shift ends now; none where the desk has no rule for that."""
        return self._turns.get(time, ())

    def lane_of(self, person: int) -> int:
        """The lane of a person by number; the number of lanes for whoever is called in beside several."""
        return bisect_left(self.firsts, person) - 1 if len(self.firsts) > 1 else 0

    def next_change(self, time: int) -> int | None:
        """The first time after `time` at which the heads change (or a shift ends); None if there is none."""
        if len(self._starts) == 1:
            return None
        round_, into = divmod(time + self.offset, self.period) if self.period else (0, time)
        place = bisect_right(self._starts, into)
        if place == len(self._starts):
            if not self.period:
                return None
            round_, place = round_ + 1, 0
            if self._levels[0] == self._levels[-1]:
                place = 1  # the week begins as it ended
        return round_ * (self.period or 0) + self._starts[place] - self.offset

    def written_out(self, until: int) -> tuple[Ints, Ints]:
        """Times from 0 up to `until` at which the heads change, and the heads from each on."""
        starts, heads = np.array(self._starts, dtype=np.int64), np.array(self._heads, dtype=np.int64)
        if self.period:
            first, last = self.offset // self.period, (until + self.offset) // self.period
            rounds = np.arange(first, last + 1) * self.period - self.offset
            starts, heads = (rounds[:, None] + starts).ravel(), np.tile(heads, len(rounds))
        kept = slice(max(0, int(np.searchsorted(starts, 0, side="right")) - 1), np.searchsorted(starts, until, "right"))
        starts, heads = np.maximum(starts[kept], 0), heads[kept]
        new = np.append(True, heads[1:] != heads[:-1])
        return starts[new], heads[new]

    def next_open(self, time: int) -> int | None:
        """The first time from `time` on with someone on duty; None if there is none ever."""
        opening: int | None = time
        for _ in range(len(self._starts) + 1):
            if opening is None or self.at(opening) > 0:
                return opening
            opening = self.next_change(opening)
        return None


def roster_of(spec: DeskSpec, scenario: Scenario, seed: int, replication: int) -> Roster:
    """The roster of a desk in one replication. Absence and outages are drawn by the desk's name and the day."""
    shifts = spec.roster.shifts or []
    by_date = any(
        shift.dates
        or shift.breaks
        or ("holiday" in shift.days and scenario.days_off)
        or (_minds_workdays(shift) and scenario.days_worked)
        for shift in shifts
    )
    if spec.outages or spec.roster.absence or by_date or _has_turns(spec.roster):
        return _dated(spec, scenario, seed, replication)
    return weekly(spec.roster, scenario.week_offset)


def _minds_workdays(shift: Shift) -> bool:
    """Whether it matters to a shift that a day of the weekend is worked."""
    return any((WEEKDAYS[day] in shift.days) != (WEEKDAYS[worked_as(day)] in shift.days) for day in range(7))


def weekly(rostered: Rostered, week_offset: int) -> Roster:
    """The roster of people whose shifts are the same every week.

    Args:
        rostered: only its staff and the weekdays, times and staff of its shifts are read.
        week_offset: ms from Monday 00:00 to the scenario's start.
    """
    if rostered.shifts is None:
        return Roster([(0, (_round_the_clock(rostered),))])
    lanes = lanes_of(rostered.shifts)
    widths = widths_of(rostered.shifts, lanes)
    changes: list[dict[int, int]] = [{0: 0} for _ in widths]
    for shift, lane in zip(rostered.shifts, lanes, strict=True):
        mine = changes[lane]
        for start, end in shift.spans():
            for time, change in ((start, shift.staff), (end, -shift.staff)):
                mine[time % WEEK] = mine.get(time % WEEK, 0) + change
            if end >= WEEK:  # on duty when the week begins
                mine[0] += shift.staff
    times = sorted(set().union(*changes))
    heads = np.cumsum([[mine.get(time, 0) for time in times] for mine in changes], axis=1)
    return Roster(_steps(times, heads), period=WEEK, offset=week_offset, widths=widths)


def _round_the_clock(rostered: Rostered) -> int:
    return UNLIMITED if rostered.staff == "unlimited" else int(rostered.staff or 0)


def _has_turns(rostered: Rostered) -> bool:
    """Whether something happens at the end of a shift besides people going home."""
    return isinstance(rostered, Desk) and rostered.shift_end is not None and rostered.shift_end.rule != "finish"


def _steps(times: Sequence[int], heads: Ints, turns: Collection[int] = ()) -> list[tuple[int, Levels]]:
    """Steps without those at which nothing changes; `heads` has a row for each lane."""
    steps: list[tuple[int, Levels]] = []
    for time, levels in zip(times, zip(*heads.tolist(), strict=True), strict=True):
        if not steps or steps[-1][1] != levels or time in turns:
            steps.append((time, levels))
    return steps


# -- written out day by day --------------------------------------------------------------------------------


def _dated(spec: DeskSpec, scenario: Scenario, seed: int, replication: int) -> Roster:
    """A roster for each day of the run."""
    rostered, limit = spec.roster, scenario.horizon + scenario.follow_up
    turns: dict[int, set[int]] = {}
    widths = [0]
    if rostered.shifts is None and not rostered.absence:
        steps = [(np.zeros(1, dtype=np.int64), np.array([_round_the_clock(rostered)]))]
    else:
        whole_day = Shift.model_validate({"from": "00:00", "to": "24:00", "staff": _round_the_clock(rostered) or 1})
        shifts = [whole_day] if rostered.shifts is None else rostered.shifts
        midnight = -(scenario.week_offset % DAY)
        days = np.arange(-1, (limit - midnight) // DAY + 1)  # a night shift of the day before may still go on
        dates = days + scenario.start.toordinal()
        lanes = lanes_of(shifts, bool(scenario.days_worked))
        widths = widths_of(shifts, lanes)
        changes = [[np.zeros((2, 1), dtype=np.int64)] for _ in widths]
        for shift, lane, mine in zip(shifts, lanes, _begins(shifts, dates, scenario), strict=True):
            begin = midnight + days[mine] * DAY + shift.start
            present = shift.staff - _absent(spec, shift, lane, dates[mine], seed, replication)
            changes[lane] += _changes(shift, begin, present)
            if _has_turns(rostered) and rostered.shifts is not None:
                for time in (begin + shift.length).tolist():
                    turns.setdefault(time, set()).add(lane)
        steps = [_added_up(np.concatenate(some, axis=1)) for some in changes]
    windows = _outages(spec, limit, seed, replication)
    times, heads = _side_by_side([_without(*one, windows) for one in steps])
    kept = times <= limit
    return Roster(_steps(times[kept].tolist(), heads[:, kept], turns), turns=turns, widths=widths)


def _side_by_side(steps: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """The times of several step functions together, and a row of heads for each."""
    if len(steps) == 1:
        return steps[0][0], steps[0][1][np.newaxis]
    times = np.unique(np.concatenate([some for some, _ in steps]))
    return times, np.stack([heads[np.searchsorted(some, times, side="right") - 1] for some, heads in steps])


def _begins(shifts: Sequence[Shift], dates: Ints, scenario: Scenario) -> list[NDArray[np.bool_]]:
    """By shift: the days (as ordinals) on which it begins."""
    holiday, worked = (
        np.isin(dates, [day.toordinal() for day in days]) for days in (scenario.days_off, scenario.days_worked)
    )
    if not any("holiday" in shift.days for shift in shifts):
        holiday[:] = False  # a desk without shifts for holidays treats them like any other day
    weekday = (dates - 1) % 7  # day 1 was a Monday
    weekday = np.where(worked, np.array([worked_as(day) for day in range(7)])[weekday], weekday)
    begins = []
    for shift in shifts:
        weekdays = [WEEKDAYS.index(day) for day in shift.days if day != "holiday"]
        mine = np.where(holiday, "holiday" in shift.days, np.isin(weekday, weekdays))
        if shift.dates is not None:
            mine &= (dates >= shift.dates.first.toordinal()) & (dates <= shift.dates.last.toordinal())
        begins.append(mine)
    return begins


def _absent(spec: DeskSpec, shift: Shift, lane: int, dates: Ints, seed: int, replication: int) -> Ints:
    """How many of a shift are absent on each of these days; each person of each day by a draw of its own."""
    if not spec.roster.absence:
        return np.zeros(len(dates), dtype=np.int64)
    people = np.arange(1, shift.staff + 1)
    purpose = f"absence:{spec.name}:{lane}" if lane else f"absence:{spec.name}"  # shifts may begin together
    u = draw(seed, replication, purpose, dates[:, None], shift.start, people)
    return np.asarray(np.count_nonzero(u < spec.roster.absence, axis=1))


def _changes(shift: Shift, begin: Ints, present: Ints) -> list[Ints]:
    """Changes of the heads (rows: ms, heads more) that a shift makes on the days it begins."""
    changes = [np.stack([begin, present]), np.stack([begin + shift.length, -present])]
    for one in shift.breaks or []:
        away = np.minimum(one.staff, present)
        since = begin + shift.into(one)
        changes += [np.stack([since, -away]), np.stack([since + one.lasts, away])]
    return changes


def _added_up(changes: Ints) -> tuple[Ints, Ints]:
    """Times from 0 on and the heads from each; changes before 0 are those that 0 begins with."""
    times, place = np.unique(np.maximum(changes[0], 0), return_inverse=True)
    change = np.zeros(len(times), dtype=np.int64)
    np.add.at(change, place, changes[1])
    return times, np.maximum(np.cumsum(change), 0)  # breaks that overlap may want more people than are present


# -- outages -----------------------------------------------------------------------------------------------


def _without(times: Ints, heads: Ints, windows: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """A step function with nobody in windows that are sorted and do not overlap."""
    if not windows:
        return times, heads
    starts, ends = np.array(windows, dtype=np.int64).T
    whole = np.unique(np.concatenate([times, starts, ends]))
    inside = np.searchsorted(starts, whole, side="right") > np.searchsorted(ends, whole, side="right")
    return whole, np.where(inside, 0, heads[np.searchsorted(times, whole, side="right") - 1])


def _outages(spec: DeskSpec, limit: int, seed: int, replication: int) -> list[tuple[int, int]]:
    """When a bank executes nothing, as [start, end) in order, those that overlap made one."""
    found = [
        window
        for number, outage in enumerate(spec.outages)
        for window in _windows(outage, spec.name, number, limit, seed, replication)
    ]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _windows(outage: Outage, name: str, number: int, limit: int, seed: int, replication: int) -> list[tuple[int, int]]:
    """The windows of one outage of a bank that begin by `limit`; each is drawn by its number."""

    def drawn(dist: DurationDist, what: str) -> int:
        u = draw(seed, replication, f"outage-{what}:{name}", number, len(windows))
        return int(sample_ms(dist, u)[0])

    windows: list[tuple[int, int]] = []
    start = outage.at if outage.every is None else drawn(outage.every, "gap")
    while start is not None and start <= limit:
        end = start + drawn(outage.lasts, "lasts")
        windows.append((start, end))
        start = None if outage.every is None else end + max(1, drawn(outage.every, "gap"))
    return windows
