"""The calendar of a replication as columns of the state."""

from __future__ import annotations

import numpy as np

from sim.response.calendar import Calendar
from sim.response.compiled.state import State
from sim.response.rosters import Roster
from sim.response.routes import Program
from sim.scenario import people

_STAYS = 16


def put_calendar(s: State, program: Program, calendar: Calendar) -> None:
    """Write the rosters of all desks into the state."""
    rosters = [calendar[desk] for desk in range(len(program.desks))]
    starts, turns, heads, first, heads_first, segment_first = [], [], [], [], [], []
    segments: list[int] = []
    busy_first, people_in_all, rows, cells = [], 0, 0, 0
    for spec, roster in zip(program.desks, rosters, strict=True):
        first.append(rows)
        heads_first.append(cells)
        starts.append(roster.times)
        turns.append(roster.turn_bits)
        heads.append(roster.heads.T.ravel())
        rows, cells = rows + len(roster.times), cells + roster.heads.size
        segment_first.append(len(segments))
        segments += roster.firsts
        busy_first.append(people_in_all)
        people_in_all += _most_people(spec.roster, roster) + 1
    s.put("cal_first", first)
    s.put("cal_last", [*first[1:], rows])
    s.put("cal_start", np.concatenate(starts))
    s.put("cal_turn", np.concatenate(turns))
    s.put("cal_heads", np.concatenate(heads))
    s.put("cal_heads_first", heads_first)
    s.put("cal_period", [roster.period or 0 for roster in rosters])
    s.put("cal_offset", [roster.offset for roster in rosters])
    s.put("lanes", [roster.lanes for roster in rosters])
    s.put("segment_first", segment_first)
    s.put("segment_number", segments)
    s.fill("segment_heads", len(segments))
    s.put("busy_first", busy_first)
    s.fill("busy", people_in_all)
    s.n_people, s.most_stays = people_in_all, _STAYS
    s.most_segments = max(roster.lanes for roster in rosters) if rosters else 1
    s.fill("stay_until", s.n_desks * _STAYS)
    s.fill("stay_heads", s.n_desks * _STAYS * s.most_segments)


def _most_people(rostered: people.Rostered, roster: Roster) -> int:
    """The highest number that anybody of a desk has."""
    surge = rostered.surge.heads if isinstance(rostered, people.Desk) and rostered.surge else 0
    return min(roster.most, people.MOST_STAFF) + surge
