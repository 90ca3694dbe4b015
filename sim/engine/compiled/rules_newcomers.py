"""Rules of newcomers: who is new at a desk, and how long work takes whoever begins it."""

from __future__ import annotations

from sim.engine.compiled.rules_draws import WORK_TIME, drawn
from sim.engine.compiled.state import State
from sim.workflow.log import ATTEMPTS


def slower(s: State, desk: int, person: int, now: int) -> float:
    """What the working times of a person are multiplied by now."""
    place = s.busy_first[desk] + person
    first, low, high = s.new_first[place], s.new_first[place], s.new_last[place]
    while low < high:
        middle = (low + high) >> 1
        if s.came[middle] <= now:
            low = middle + 1
        else:
            high = middle
    if low > first and now - s.came[low - 1] < s.new_for[desk]:
        factor: float = s.new_slower[desk]
        return factor
    return 1.0


def working_time(s: State, token: int, desk: int, now: int) -> int:
    """ms of work that nobody has begun yet, for whoever of a desk or of a team begins it now."""
    step = s.t_step[token]
    time = drawn(s, WORK_TIME, step, s.t_key[token] & ATTEMPTS, s.t_subject[token])
    if not s.newcomers:
        return time
    most = 1.0
    if s.t_team[token]:
        n = token * s.n_members
        for member in range(s.team_first[step], s.team_first[step + 1]):
            for _ in range(s.team_heads[member]):
                most = max(most, slower(s, s.team_desk[member], s.t_people[n], now))
                n += 1
    else:
        most = slower(s, desk, s.t_person[token], now)
    return round(time * most) if most > 1.0 else time
