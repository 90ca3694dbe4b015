"""Rules of tokens: how a subject moves along its routes, and what is on its way to happen."""

from __future__ import annotations

from sim.engine.compiled.rules_desks import await_decision, give_up, join, let_go_work
from sim.engine.compiled.rules_draws import PATIENCE, drawn
from sim.engine.compiled.rules_knowledge import (
    RENEGE,
    await_no_more,
    raise_on_case,
    raise_on_row,
    schedule,
    unschedule,
)  # fmt: skip
from sim.engine.compiled.rules_money import write
from sim.engine.compiled.state import State
from sim.workflow.log import (
    ATTEMPTS,
    CANCELLED,
    CLOSED,
    DESK_SHIFT,
    NONE,
    OUTCOME,
    QUEUED,
    STEP_SHIFT,
)  # fmt: skip

GO, BEGIN_ROUTE = range(2)
"""What stands on the stack: a token that goes on at a step; a route that is to be started for a subject."""


def stack(s: State, kind: int, one: int, other: int, serial: int) -> int:
    """Put something on the stack of what is yet to be done at this instant."""
    n = s.n_stack
    s.stack_kind[n], s.stack_one[n], s.stack_other[n], s.stack_serial[n] = kind, one, other, serial
    s.n_stack = n + 1
    return 0


def go(s: State, token: int, step: int) -> int:
    """Let a token move on at a step."""
    unschedule(s, token)
    return stack(s, GO, token, step, s.t_serial[token])


def start(s: State, route: int, subject: int) -> int:
    """Put a subject on a route, unless it is on it already."""
    place = s.route_base[route] + subject
    if s.token_at[place] >= 0:
        return 0
    n = s.n_free - 1
    s.n_free = n
    token = s.free_tokens[n]
    s.token_at[place] = token
    s.next_serial = s.next_serial + 1
    s.t_serial[token], s.t_route[token], s.t_subject[token], s.t_before[token] = (
        s.next_serial, route, subject, s.used[place]
    )  # fmt: skip
    if s.of_account[route]:
        case = s.case_of[subject]
        s.t_account[token], s.t_content[token] = s.number[subject], s.content_of[subject]
    else:
        case = subject
        s.t_account[token], s.t_content[token] = NONE, s.case_content[case]
    s.t_case[token], s.t_key[token], s.t_step[token], s.t_own_rank[token] = case, s.t_content[token], NONE, 0
    fresh(s, token)
    for loop in range(s.n_loops):
        s.t_counts[token * s.n_loops + loop] = 0
    s.open_tokens = s.open_tokens + 1
    s.open_by_case[case] = s.open_by_case[case] + 1
    if s.done_awaited[route]:
        s.route_open[route * s.n_cases + case] = s.route_open[route * s.n_cases + case] + 1
        bit = 1 << (s.done_bit + route)
        if s.of_account[route]:
            s.raised[subject] = s.raised[subject] & ~bit
        s.raised_case[case] = s.raised_case[case] & ~bit
    return stack(s, GO, token, s.first_of[route], s.t_serial[token])


def fresh(s: State, token: int) -> int:
    """Bring what a token has besides its subject to its beginning."""
    s.t_desk[token], s.t_person[token], s.t_place[token], s.t_waits[token] = NONE, NONE, NONE, 0
    s.reveal_first[token], s.reveal_last[token], s.t_undecided[token] = NONE, NONE, 0
    s.t_in_hand[token], s.t_team[token], s.t_times[token], s.t_awaits[token], s.t_looped[token] = 0, 0, 0, 0, 0
    return 0


def set_free(s: State, token: int) -> int:
    """A token is no more: its place is free for another."""
    s.t_serial[token] = NONE
    s.free_tokens[s.n_free] = token
    s.n_free = s.n_free + 1
    return 0


def duty(s: State, place: int, now: int) -> int:
    """A piece of work that is no case comes in: no run waits for it."""
    n = s.n_free - 1
    s.n_free = n
    token = s.free_tokens[n]
    step = s.duty_step[place]
    s.next_serial = s.next_serial + 1
    s.t_serial[token], s.t_route[token], s.t_subject[token] = s.next_serial, NONE, place
    s.t_before[token], s.t_account[token], s.t_case[token], s.t_step[token] = 0, NONE, NONE, step
    s.t_content[token], s.t_own_rank[token] = s.duty_content[place], s.duty_rank[place]
    s.t_key[token] = s.t_content[token] + ((step + 1) << STEP_SHIFT) + 1
    fresh(s, token)
    return queue_up(s, token, s.desk_of[step], now)


def remove(s: State, token: int, now: int) -> int:
    """Take a token off the board."""
    case, route, subject = s.t_case[token], s.t_route[token], s.t_subject[token]
    unschedule(s, token)
    if s.t_awaits[token]:
        await_no_more(s, token)
    place = s.route_base[route] + subject
    s.token_at[place] = NONE
    most = 1
    if s.t_looped[token]:
        most = 0
        for loop in range(s.n_loops):
            most = max(most, s.t_counts[token * s.n_loops + loop])
    s.used[place] = s.used[place] + most
    set_free(s, token)
    s.open_tokens = s.open_tokens - 1
    s.open_by_case[case] = s.open_by_case[case] - 1
    if s.done_awaited[route]:
        bit = 1 << (s.done_bit + route)
        if s.of_account[route]:
            raise_on_row(s, bit, NONE, subject)
        else:
            raise_on_case(s, bit, case)
        left = s.route_open[route * s.n_cases + case] - 1
        s.route_open[route * s.n_cases + case] = left
        if left == 0 and s.of_account[route]:
            raise_on_case(s, bit, case)
    if s.open_by_case[case] == 0:
        write(s, now, s.case_content[case], CLOSED, 0)
        if s.open_tokens == 0:
            s.check = 1
    return 0


def finish_token(s: State, token: int, now: int) -> int:
    """A token has come to its end."""
    write(s, now, s.t_key[token] - (s.t_key[token] & ATTEMPTS), OUTCOME, NONE)
    return remove(s, token, now)


def write_off(s: State, token: int, now: int) -> int:
    """End a token that leaves its queue as nearly hopeless."""
    desk = s.t_desk[token]
    give_up(s, token)
    write(s, now, s.t_key[token], OUTCOME + ((desk + 1) << DESK_SHIFT), NONE)
    if s.t_account[token] >= 0:
        s.written_off[s.t_subject[token]] = 1
    return remove(s, token, now)


def cancel(s: State, route: int, subject: int, now: int) -> int:
    """Stop a subject's token on a route, whatever it is doing."""
    token = s.token_at[s.route_base[route] + subject]
    if token < 0:
        return 0
    left = s.t_desk[token] if s.t_waits[token] or s.t_undecided[token] else NONE
    give_up(s, token)
    let_go_work(s, token, now)
    write(s, now, s.t_key[token], CANCELLED + ((left + 1) << DESK_SHIFT), NONE)
    return remove(s, token, now)


def short(s: State) -> bool:
    """Whether a column that a step may add to is nearly full."""
    return (
        s.log_n + s.margin > s.log_room or s.n_free < s.margin or s.n_stack + s.margin > s.stack_room
        or s.n_objections + s.margin > s.objection_room or s.stop_m + s.margin > s.stop_room
        or s.freeze_m + s.margin > s.freeze_room or s.n_ended + s.margin > s.ended_room
        or s.n_understandings + s.margin > s.understanding_room
    )  # fmt: skip


def queue_up(s: State, token: int, desk: int, now: int) -> int:
    """Put a token into the queue of a desk, or before whoever decides there: of a duty nobody does."""
    step = s.t_step[token]
    write(s, now, s.t_key[token], QUEUED + ((desk + 1) << DESK_SHIFT), NONE)
    if s.deadline[desk] > 0 and s.t_case[token] >= 0:
        await_decision(s, token, desk, now)
    else:
        join(s, token, desk, now, s.t_own_rank[token])
    if s.patient[step]:
        lasts = drawn(s, PATIENCE, step, s.t_key[token] & ATTEMPTS, s.t_subject[token])
        schedule(s, token, RENEGE, now + lasts)
    return 0
