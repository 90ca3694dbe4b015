"""Rules of the calendar: heads at a desk at a time, and when they change."""

from __future__ import annotations

from sim.engine.compiled.state import State
from sim.fraud.settle import NEVER


def row_at(s: State, desk: int, time: int) -> int:
    """The row of the calendar that holds at a desk at a time."""
    first, period = s.cal_first[desk], s.cal_period[desk]
    into = time
    if period:
        into = (time + s.cal_offset[desk]) % period
    low, high = first, s.cal_last[desk]
    while high - low > 1:
        middle = (low + high) >> 1
        if s.cal_start[middle] <= into:
            low = middle
        else:
            high = middle
    return low


def heads_in(s: State, desk: int, row: int) -> int:
    """Heads on duty in a row of the calendar."""
    lanes, heads = s.lanes[desk], 0
    place = s.cal_heads_first[desk] + (row - s.cal_first[desk]) * lanes
    for lane in range(lanes):
        heads += s.cal_heads[place + lane]
    return heads


def heads_at(s: State, desk: int, time: int) -> int:
    """Heads on duty at a desk at a time."""
    return heads_in(s, desk, row_at(s, desk, time))


def differs(s: State, desk: int, one: int, other: int) -> bool:
    """Whether two rows of the calendar have other heads."""
    lanes, first = s.lanes[desk], s.cal_heads_first[desk]
    for lane in range(lanes):
        one_place = first + (one - s.cal_first[desk]) * lanes + lane
        if s.cal_heads[one_place] != s.cal_heads[first + (other - s.cal_first[desk]) * lanes + lane]:
            return True
    return False


def next_change(s: State, desk: int, time: int) -> int:
    """The first time after `time` at which the heads change or a shift ends; NEVER if there is none."""
    first, last, period = s.cal_first[desk], s.cal_last[desk], s.cal_period[desk]
    if last - first == 1:
        return NEVER
    row = row_at(s, desk, time)
    rounds = 0
    if period:
        rounds = (time + s.cal_offset[desk]) // period
    before, row = row, row + 1
    for _ in range(last - first + 1):
        if row == last:
            if not period:
                return NEVER
            rounds, row = rounds + 1, first
        if s.cal_turn[row] or differs(s, desk, before, row):
            return rounds * period + s.cal_start[row] - s.cal_offset[desk]
        before, row = row, row + 1
    return NEVER


def next_open(s: State, desk: int, time: int) -> int:
    """The first time from `time` on with someone on duty; NEVER if there is none."""
    opening = time
    for _ in range(s.cal_last[desk] - s.cal_first[desk] + 1):
        if opening == NEVER or heads_at(s, desk, opening) > 0:
            return opening
        opening = next_change(s, desk, opening)
    return NEVER


def turns_at(s: State, desk: int, time: int) -> int:
    """The lanes (bits) whose shift ends at a time; only rosters without a period have such turns."""
    if s.cal_period[desk]:
        return 0
    row = row_at(s, desk, time)
    return s.cal_turn[row] if s.cal_start[row] == time else 0
