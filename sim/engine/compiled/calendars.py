"""The calendars of replications as columns of the state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engine.compiled.state import State
from sim.scenario import people
from sim.workflow.calendar import Calendar
from sim.workflow.program import Program
from sim.workflow.rosters import Roster

_STAYS = 16


class Calendars:
    """The rosters of all desks in some replications: written once, turned to one replication after the other."""

    def __init__(self, s: State, program: Program, calendars: Sequence[Calendar], called: Sequence[int]) -> None:
        """
        Args:
            called: by desk, heads that orders call in, at most.
        """
        self._s = s
        runs, desks = len(calendars), len(program.desks)
        self._first, self._last, self._heads_first = np.zeros((3, runs, desks), dtype=np.int64)
        starts, turns, heads = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
        segment_first, busy_first = [], []
        segments: list[int] = []
        people_in_all, rows, cells = 0, 0, 0
        for desk, spec in enumerate(program.desks):
            rosters = [calendar[desk] for calendar in calendars]
            different = list({id(roster): roster for roster in rosters}.values())
            places = {}
            for roster in different:
                places[id(roster)] = (rows, rows + len(roster.times), cells)
                rows, cells = rows + len(roster.times), cells + roster.heads.size
            mine = np.array([places[id(roster)] for roster in rosters])
            self._first[:, desk], self._last[:, desk], self._heads_first[:, desk] = mine.T
            times = np.concatenate([roster.times for roster in different])
            starts.append(times)
            turns.append(different[0].ends.bits_at(times))
            heads += [roster.heads.T.ravel() for roster in different]
            segment_first.append(len(segments))
            segments += rosters[0].firsts
            busy_first.append(people_in_all)
            people_in_all += max(_most_people(spec.roster, roster) for roster in different) + called[desk] + 1
        first = [calendars[0][desk] for desk in range(desks)]
        s.put("cal_start", np.concatenate(starts))
        s.put("cal_turn", np.concatenate(turns))
        s.put("cal_heads", np.concatenate(heads))
        s.put("cal_period", [roster.period or 0 for roster in first])
        s.put("cal_offset", [roster.offset for roster in first])
        s.put("lanes", [roster.lanes for roster in first])
        s.put("segment_first", segment_first)
        s.put("segment_number", segments)
        s.put("busy_first", busy_first)
        s.fill("busy", people_in_all)
        s.n_people, s.most_stays = people_in_all, _STAYS
        s.most_segments = max((roster.lanes for roster in first), default=1)
        s.fill("segment_heads", len(segments))
        s.fill("stay_until", s.n_desks * _STAYS)
        s.fill("stay_heads", s.n_desks * _STAYS * s.most_segments)

    def begin(self, replication: int) -> None:
        """Turn the state to one of the replications."""
        s = self._s
        s.put("cal_first", self._first[replication])
        s.put("cal_last", self._last[replication])
        s.put("cal_heads_first", self._heads_first[replication])
        for column in (s.segment_heads, s.stay_until, s.stay_heads):
            column[:] = 0


def _most_people(rostered: people.Rostered, roster: Roster) -> int:
    """The highest number that anybody of a desk has."""
    surge = rostered.surge.heads if isinstance(rostered, people.Desk) and rostered.surge else 0
    return min(roster.most, people.MOST_STAFF) + surge
