"""Rosters: heads on duty at a desk as a step function of time.

A roster that is the same every week is kept as that week. One with holidays, dates, breaks, absence, outages or a
rule for the end of a shift is written out for the whole run.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import Keys, key_of, roots, uniform
from sim.scenario.models import Scenario
from sim.scenario.people import WEEKDAYS, Desk, Rostered, Shift, lanes_of, widths_of, worked_as
from sim.words.units import DAY
from sim.workflow.hours import Dates, begin_on, begins, spans_of
from sim.workflow.outages import outages_of
from sim.workflow.program import DeskSpec
from sim.workflow.turns import NO_TURNS, Turns

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
        times: Ints,
        heads: Ints,
        *,
        period: int | None = None,
        offset: int = 0,
        turns: Turns | None = None,
        widths: Sequence[int] = (),
        exact: bool = False,
    ) -> None:
        """
        Args:
            times: of the steps.
            heads: a row for each lane: heads from each step on.
            period: of a roster that repeats.
            offset: ms into the period at which the run begins.
            turns: the ends of shifts at which something happens.
            widths: the most people of each lane; none needed where there is one.
            exact: at each of the times something changes, or a shift ends.
        """
        self.ends = turns or NO_TURNS
        if not exact:
            new = self.ends.changes(times, heads)
            times, heads = times[new], heads[:, new]
        self.times, self.heads = times, heads
        self.period = period
        self.offset = offset
        self.firsts = (0, *accumulate(widths)) if len(widths) > 1 else (0,)
        """By lane: the number before that of its first person; last that before whoever is called in. One lane: (0,)"""

    @cached_property
    def _starts(self) -> list[int]:
        starts: list[int] = self.times.tolist()
        return starts

    @cached_property
    def _levels(self) -> list[Levels]:
        return list(zip(*self.heads.tolist(), strict=True))

    @cached_property
    def _heads(self) -> list[int]:
        heads: list[int] = self.heads.sum(axis=0).tolist()
        return heads

    @property
    def most(self) -> int:
        """The highest number that anybody of the roster has."""
        return self.firsts[-1] if len(self.firsts) > 1 else int(self.heads.max())

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

    def levels_at(self, times: Ints) -> Ints:
        """As `levels`, by lane and time."""
        into = (times + self.offset) % self.period if self.period else times
        return self.heads[:, np.searchsorted(self.times, into, side="right") - 1]

    def _place(self, time: int) -> int:
        into = (time + self.offset) % self.period if self.period else time
        return bisect_right(self._starts, into) - 1

    def turns(self, time: int) -> Collection[int]:
        """The lanes whose shift ends now; none where the desk has no rule for that."""
        return self.ends.lanes.get(time, ())

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
        """Times from 0 up to `until` at which the heads of some lane change, and the heads of all from each on."""
        starts, heads = self.times, self.heads
        if self.period:
            first, last = self.offset // self.period, (until + self.offset) // self.period
            rounds = np.arange(first, last + 1) * self.period - self.offset
            starts, heads = (rounds[:, None] + starts).ravel(), np.tile(heads, len(rounds))
            begin = int(np.searchsorted(starts, 0, side="right")) - 1
            starts, heads = np.maximum(starts[begin:], 0), heads[:, begin:]
        end = int(np.searchsorted(starts, until, "right"))
        starts, heads = starts[:end], heads[:, :end]
        new = np.append(True, (heads[:, 1:] != heads[:, :-1]).any(axis=0))
        return starts[new], heads[0][new] if len(heads) == 1 else heads[:, new].sum(axis=0)

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
    shared = shared_by_all(spec, Dates.of(scenario))
    return shared if isinstance(shared, Roster) else shared.rosters(roots(seed, [replication]))[0]


def shared_by_all(spec: DeskSpec, dates: Dates) -> Roster | Pattern:
    """What all replications share of a desk's roster: all of it, or its pattern."""
    if is_weekly(spec, dates):
        return weekly(spec.roster, dates.week_offset)
    pattern = Pattern(spec, dates)
    return pattern if pattern.replicated else pattern.rosters(roots(0, [0]))[0]


def is_weekly(spec: DeskSpec, dates: Dates) -> bool:
    """Whether the roster of a desk is the same every week, in every replication."""
    shifts = spec.roster.shifts or []
    by_date = any(
        shift.dates
        or shift.breaks
        or ("holiday" in shift.days and dates.days_off)
        or (_minds_workdays(shift) and dates.days_worked)
        for shift in shifts
    )
    return not (spec.outages or spec.roster.absence or by_date or _has_turns(spec.roster))


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
        return Roster(np.zeros(1, dtype=np.int64), np.array([[_round_the_clock(rostered)]]))
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
    return Roster(np.array(times, dtype=np.int64), heads, period=WEEK, offset=week_offset, widths=widths)


def _round_the_clock(rostered: Rostered) -> int:
    return UNLIMITED if rostered.staff == "unlimited" else int(rostered.staff or 0)


def _has_turns(rostered: Rostered) -> bool:
    """Whether something happens at the end of a shift besides people going home."""
    return isinstance(rostered, Desk) and rostered.shift_end is not None and rostered.shift_end.rule != "finish"


# -- written out day by day --------------------------------------------------------------------------------


_KEPT, _MOST_KEPT = 2, 50_000
"""Of a pattern: lists of rosters of late that are kept, and steps that such a list may have (some 24 bytes each)."""


class Pattern:
    """What all replications share of a roster that is written out day by day: whose shift is when, and its breaks."""

    def __init__(self, spec: DeskSpec, dates: Dates) -> None:
        self._spec, self._limit = spec, dates.limit
        self._drawn: dict[bytes, list[Roster]] = {}
        rostered = spec.roster
        self._steady = rostered.shifts is None and not rostered.absence
        self._turns = NO_TURNS
        self._widths = [0]
        self.replicated = bool(spec.outages or rostered.absence)
        """Whether replications differ."""
        if self._steady:
            return
        shifts = rostered.shifts
        if shifts is None:
            whole_day = {"from": "00:00", "to": "24:00", "staff": _round_the_clock(rostered) or 1}
            shifts = [Shift.model_validate(whole_day)]
        lanes = lanes_of(shifts, bool(dates.days_worked))
        self._widths = widths_of(shifts, lanes)
        none = np.zeros(len(self._widths), dtype=np.int64)
        changes = [np.stack([none, np.arange(len(none)), none, none, none])]
        """Rows: ms, lane, whose day, heads more (1) or fewer (-1), how many at most."""
        self._shifts: list[tuple[str, Ints, int, int]] = []
        """(purpose of the draws, dates, start, staff) of each shift; its days stand one after the other."""
        count = 0
        turns: dict[int, set[int]] = {}
        for shift, lane, days in zip(shifts, lanes, begins(shifts, dates), strict=True):
            begin = np.array(begin_on(shift, days, dates), dtype=np.int64)
            number = np.arange(count, count + len(begin))
            count += len(begin)
            purpose = f"absence:{spec.name}:{lane}" if lane else f"absence:{spec.name}"  # shifts may begin together
            self._shifts.append((purpose, np.array(days, dtype=np.int64), shift.start, shift.staff))
            for since, lasts, way, heads in spans_of(shift):
                for time, more in ((begin + since, way), (begin + since + lasts, -way)):
                    same = [np.full(len(time), value) for value in (lane, more, heads)]
                    changes.append(np.stack([time, same[0], number, same[1], same[2]]))
            if _has_turns(rostered) and rostered.shifts is not None:
                for time in (begin + shift.length).tolist():
                    turns.setdefault(time, set()).add(lane)
        self._turns = Turns(turns)
        at, of_lane, self._whose, self._sign, self._most = np.concatenate(changes, axis=1)
        self._times, place = np.unique(np.maximum(at, 0), return_inverse=True)  # what was before 0 is so at 0
        order = np.argsort(place + of_lane * len(self._times), kind="stable")
        self._whose, self._sign, self._most = self._whose[order], self._sign[order], self._most[order]
        cells = np.arange(len(self._widths) * len(self._times))
        self._last = np.searchsorted((place + of_lane * len(self._times))[order], cells, side="right") - 1
        """By lane and time: the last change up to then."""
        self._staff = np.concatenate([np.full(len(dates), staff) for _, dates, _, staff in self._shifts])

    def rosters(self, keys: Keys) -> list[Roster]:
        """The rosters in several replications; those of late are kept, as arms of a study ask for the same again.

        Args:
            keys: what all draws of each replication hang on (see `draws.roots`).
        """
        name = keys.tobytes()
        found = self._drawn.get(name)
        if found is None:
            found = self._made(keys)
            if sum(len(one.times) for one in found) <= _MOST_KEPT:
                before = self._drawn if len(self._drawn) < _KEPT else {}
                self._drawn = {**before, name: found}
        return found

    def _made(self, keys: Keys) -> list[Roster]:
        windows = outages_of(self._spec, self._limit, keys)
        if self._steady:
            times = np.zeros(1, dtype=np.int64)
            heads = np.full((len(keys), 1, 1), _round_the_clock(self._spec.roster))
        else:
            present = np.pad(self._present(keys), ((0, 0), (0, 1)))  # one day more, for a roster that has none
            change = self._sign * np.minimum(self._most, present[:, self._whose])
            sums = np.cumsum(change, axis=1)[:, self._last].reshape(len(keys), len(self._widths), -1)
            sums[:, 1:] -= sums[:, :-1, -1:].copy()  # each lane begins anew
            times, heads = self._times, np.maximum(sums, 0)  # breaks that overlap may want more people than there are
        kept = slice(0, int(np.searchsorted(times, self._limit, side="right")))
        times, heads = times[kept], heads[:, :, kept]
        change, steady = self._turns.changes(times, heads), None
        found = []
        for mine, new, down in zip(heads, change, windows, strict=True):
            if down:
                at, level = _without(times, mine, down)
                last = slice(0, int(np.searchsorted(at, self._limit, side="right")))
                found.append(Roster(at[last], level[:, last], turns=self._turns, widths=self._widths))
            elif self._steady and steady is not None:
                found.append(steady)  # the same roster in every replication without an outage
            else:
                steady = Roster(times[new], mine[:, new], turns=self._turns, widths=self._widths, exact=True)
                found.append(steady)
        return found

    def _present(self, keys: Keys) -> Ints:
        """By replication: how many of a shift are there on each of its days; absence is drawn person by person."""
        share = self._spec.roster.absence
        if not share:
            return np.broadcast_to(self._staff, (len(keys), len(self._staff)))
        absent = []
        for purpose, dates, start, staff in self._shifts:
            day = key_of(key_of(keys[:, None], dates[None, :]), np.full((1, 1), start))
            u = uniform(key_of(day[:, :, None], np.arange(1, staff + 1)[None, None, :]), purpose)
            absent.append(np.count_nonzero(u < share, axis=2))
        return np.asarray(self._staff - np.concatenate(absent, axis=1))


def _without(times: Ints, heads: Ints, windows: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """A step function with nobody in windows that are sorted and do not overlap."""
    if not windows:
        return times, heads
    starts, ends = np.array(windows, dtype=np.int64).T
    whole = np.unique(np.concatenate([times, starts, ends]))
    inside = np.searchsorted(starts, whole, side="right") > np.searchsorted(ends, whole, side="right")
    return whole, np.where(inside, 0, heads[:, np.searchsorted(times, whole, side="right") - 1])
