"""Rules of work that is no case: when each piece comes in, of all replications of a batch before the first one runs.

They are those of `arrivals.points`, hour after hour: what comes in of all duties in an hour is put in order at once.
"""

from __future__ import annotations

import math

from sim.engine.compiled.state import State, keyed_key, keyed_uniform
from sim.fraud.arrivals import IN_CELL, LEVEL, MOMENT, MOST_IN_CELL, WITHIN_CELL
from sim.fraud.draws import number_of
from sim.words.units import HOUR
from sim.workflow.log import ACCOUNT_SHIFT, CASE_SHIFT

_IN_CELL, _LEVEL, _MOMENT = number_of(IN_CELL), number_of(LEVEL), number_of(MOMENT)
_PLACE = 32
"""Bits of a piece's place among those of its hour, behind the ms at which it comes in."""


def draw_duties(s: State) -> int:
    """Write down the pieces of work of all replications, each in the order of time; how many they are.

    Those for which there is no room are only counted.
    """
    n = 0
    for run in range(s.n_runs):
        s.duty_first[run] = n
        for duty in range(s.n_duties):
            s.duty_pieces[duty] = 0
        for hour in range(s.n_hours):
            many = 0
            for duty in range(s.n_duties):
                many = draw_hour(s, run, duty, hour, many)
            in_order(s, many)
            for i in range(many):
                write_duty(s, n, run, hour, s.hour_at[i])
                n += 1
    s.duty_first[s.n_runs] = n
    return n


def draw_hour(s: State, run: int, duty: int, hour: int, many: int) -> int:
    """Draw what comes in of a duty in an hour, behind what was drawn of the hour; how many pieces that has then."""
    owner = s.duty_owner[run * s.n_duties + duty]
    most, parts = float(s.duty_most[duty * s.n_hours + hour]), s.duty_parts[duty]
    first = s.duty_rates_first[duty] + hour * parts
    for band in range(math.ceil(most)):
        cell = (hour << s.band_bits) + band
        u = keyed_uniform(keyed_key(owner, cell), _IN_CELL)
        count = 0
        while count < MOST_IN_CELL and s.in_cell[count] < u:
            count += 1
        for number in range(count):
            key = keyed_key(owner, (cell << WITHIN_CELL) + number)
            level = band + keyed_uniform(key, _LEVEL)
            if level >= most:  # it comes at no moment of the hour
                continue
            moment = keyed_uniform(key, _MOMENT)
            ms = int(moment * HOUR)
            at = hour * HOUR - s.duty_into + ms
            if level < s.duty_rates[first + int(moment * parts)] and at >= 0 and at < s.duties_until:
                s.hour_at[many] = (ms << _PLACE) + many
                s.hour_key[many], s.hour_duty[many] = key, duty
                many += 1
    return many


def in_order(s: State, many: int) -> int:
    """Put the pieces of an hour in order (Shell, "A high-speed sorting procedure", Communications of the ACM 2, 1959):
    by time, then as they were drawn."""
    gap = 1
    while 3 * gap + 1 < many:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, many):
            one, j = s.hour_at[i], i
            while j >= gap and s.hour_at[j - gap] > one:
                s.hour_at[j] = s.hour_at[j - gap]
                j -= gap
            s.hour_at[j] = one
        gap //= 3
    return 0


def write_duty(s: State, n: int, run: int, hour: int, one: int) -> int:
    """Write down a piece of work of a replication: its ms and its place in the hour stand in one number."""
    place = one & ((1 << _PLACE) - 1)
    duty = s.hour_duty[place]
    piece = s.duty_pieces[duty]
    s.duty_pieces[duty] = piece + 1
    if n < s.duty_room:
        s.duty_time[n], s.duty_key[n] = hour * HOUR - s.duty_into + (one >> _PLACE), s.hour_key[place]
        s.duty_step[n], s.duty_rank[n] = s.duty_step_first + duty, s.rank_of_duty[duty]
        s.duty_content[n] = (-run << CASE_SHIFT) + ((piece + 1) << ACCOUNT_SHIFT)
    return 0
