"""Rules of seats: the tasks on which nobody has decided yet, at desks at which a person decides what is next."""

from __future__ import annotations

from sim.engine.compiled.state import State
from sim.fraud.settle import NEVER
from sim.workflow.log import NONE


def keep_undecided(s: State, token: int, desk: int, now: int) -> int:
    """A task waits at a desk until somebody decides, or its deadline is there."""
    n = s.n_undecided
    s.t_undecided[token], s.t_place_undecided[token], s.undecided[n] = 1, n, token
    s.t_desk[token], s.t_since[token], s.t_deadline[token] = desk, now, now + s.deadline[desk]
    s.n_undecided = n + 1
    s.overdue_at = min(s.overdue_at, s.t_deadline[token])
    return 0


def decided(s: State, token: int) -> int:
    """A task is undecided no more."""
    n, place = s.n_undecided - 1, s.t_place_undecided[token]
    last = s.undecided[n]
    s.undecided[place], s.t_place_undecided[last] = last, place
    s.t_undecided[token], s.n_undecided = 0, n
    if s.t_deadline[token] == s.overdue_at:
        first = NEVER
        for i in range(n):
            first = min(first, s.t_deadline[s.undecided[i]])
        s.overdue_at = first
    return 0


def next_overdue(s: State) -> int:
    """The task whose deadline is next."""
    first = NONE
    for i in range(s.n_undecided):
        token = s.undecided[i]
        if s.t_deadline[token] == s.overdue_at and (first < 0 or s.t_key[token] < s.t_key[first]):
            first = token
    return first
