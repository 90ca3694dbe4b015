"""Rules of moves: how a token goes from step to step, and what comes of its next event."""

from __future__ import annotations

from sim.engine.compiled.rules_calendar import next_open
from sim.engine.compiled.rules_choose import choose
from sim.engine.compiled.rules_desks import NEED, OK, ROOM, give_up, let_go_work
from sim.engine.compiled.rules_draws import AT_MOST, HAND_OVER, PATIENCE, WORK_TIME, drawn, lacks
from sim.engine.compiled.rules_effects import CHECK_ORDER, needs_check, on_account, on_case
from sim.engine.compiled.rules_knowledge import (
    ARRIVED,
    DONE,
    PASSED,
    RENEGE,
    SIGNALLED,
    TIMEOUT,
    await_no_more,
    await_signal,
    met,
    schedule,
    tell,
    unschedule,
)  # fmt: skip
from sim.engine.compiled.rules_money import write
from sim.engine.compiled.rules_tokens import (
    BEGIN_ROUTE,
    cancel,
    finish_token,
    go,
    queue_up,
    set_free,
    short,
    stack,
    start,
)  # fmt: skip
from sim.engine.compiled.state import State
from sim.fraud.settle import NEVER
from sim.workflow.knowledge import FREE
from sim.workflow.log import (
    ATTEMPTS,
    DESK_SHIFT,
    NONE,
    RENEGED,
    STEP_SHIFT,
    WAITING,
)  # fmt: skip
from sim.workflow.program import AWAIT, BANK, CANCEL, CASH_EXITS, CHOOSE, DO, START, THIS, VICTIM, WAIT, WORK


def walk(s: State) -> int:
    """Do what stands on the stack; returns OK, or what is missing."""
    now = s.now
    while s.n_stack > 0:
        if short(s):
            return ROOM
        n = s.n_stack - 1
        if s.stack_kind[n] == BEGIN_ROUTE:
            s.n_stack = n
            start(s, s.stack_one[n], s.stack_other[n])
            continue
        token, step = s.stack_one[n], s.stack_other[n]
        if s.t_serial[token] != s.stack_serial[n]:
            s.n_stack = n
            continue
        after = move(s, token, step, now)
        if after == NEED_DRAW:
            return NEED
        if after == GONE_ON:
            continue  # others come before it
        if after == GONE:
            s.n_stack = n
        else:
            s.stack_other[n] = after
    return OK


GONE, GONE_ON, NEED_DRAW = -1, -2, -3
"""What comes of a move besides the number of the next step: it waits or has ended; others come first; a draw is
missing."""


def move(s: State, token: int, step: int, now: int) -> int:
    """Move a token into a step; returns the next step, or what came of it. Nothing changes where a draw is missing."""
    attempt, count, loop = s.t_before[token] + 1, 0, s.again_of[step]
    if loop >= 0:
        count = s.t_counts[token * s.n_loops + loop] + 1
        if 0 <= s.attempts_of[step] < count:
            return s.exhausted_of[step]
        attempt = s.t_before[token] + count
    kind, subject = s.kind_of[step], s.t_subject[token]
    desk, to = s.desk_of[step], NONE
    if kind == WORK:
        if desk == BANK:
            desk = s.bank_desk[s.bank_of[subject]]
        if desk >= 0 and s.agency[desk] and lacks(s, HAND_OVER, step, attempt, subject):
            return NEED_DRAW
        if desk >= 0 and s.patient[step] and lacks(s, PATIENCE, step, attempt, subject):
            return NEED_DRAW
    elif kind == WAIT:
        if s.open_desk[step] < 0 and s.before_lapse[step] < 0 and lacks(s, WORK_TIME, step, attempt, subject):
            return NEED_DRAW
    elif kind == CHOOSE:
        to = choose(s, token, step, attempt, now)
        if to == NONE:
            return NEED_DRAW
    elif kind == DO:
        if s.effect_of[step] == CHECK_ORDER and needs_check(s, subject):
            return NEED_DRAW
    elif kind == AWAIT and s.limited[step] and lacks(s, AT_MOST, step, attempt, subject):
        return NEED_DRAW
    if loop >= 0:
        s.t_counts[token * s.n_loops + loop] = count
        s.t_looped[token] = 1
    s.t_step[token] = step
    s.t_key[token] = s.t_content[token] + ((step + 1) << STEP_SHIFT) + (attempt & ATTEMPTS)
    if kind == CHOOSE:
        return to
    if kind == WORK:
        return into_work(s, token, step, desk, attempt, now)
    if kind == START:
        return start_others(s, token, step)
    return into(s, token, step, kind, attempt, now)


def into(s: State, token: int, step: int, kind: int, attempt: int, now: int) -> int:
    """Move a token into an effect, a wait, a join, a cancellation or its end."""
    case, subject = s.t_case[token], s.t_subject[token]
    if kind == DO:
        effect = s.effect_of[step]
        of_case = effect < EFFECTS_ON_CASES
        signal = on_case(s, effect, token, subject, now) if of_case else on_account(s, effect, token, subject, now)
        tell(s, signal, of_case, case, subject)
        return s.next_of[step]
    if kind == WAIT:
        write(s, now, s.t_key[token], WAITING, NONE)
        until = wait_until(s, token, step, attempt, now)
        if until < NEVER:
            schedule(s, token, PASSED, until)
        return GONE
    if kind == AWAIT:
        if met(s, token):
            return s.next_of[step]
        write(s, now, s.t_key[token], WAITING, NONE)
        await_signal(s, token)
        if s.limited[step]:
            schedule(s, token, TIMEOUT, now + drawn(s, AT_MOST, step, attempt, subject))
        return GONE
    if kind == CANCEL:
        serial = s.t_serial[token]
        cancel(s, s.start_route[step], subject, now)
        return s.next_of[step] if s.t_serial[token] == serial else GONE
    finish_token(s, token, now)
    return GONE


EFFECTS_ON_CASES = 5
"""So many effects, the first ones, are on a case."""


def wait_until(s: State, token: int, step: int, attempt: int, now: int) -> int:
    """When a wait is over; NEVER if it is not."""
    desk, before = s.open_desk[step], s.before_lapse[step]
    if before != NONE:
        until = s.until[s.card_of[s.t_subject[token]]]
        return now if until in (FREE, NEVER) else max(now, until - before)
    if desk >= 0:
        return next_open(s, desk, now)
    return now + drawn(s, WORK_TIME, step, attempt, s.t_subject[token])


def into_work(s: State, token: int, step: int, desk: int, attempt: int, now: int) -> int:
    """Move a token to the desk of a piece of work; a bank that cannot be asked is out of reach."""
    if desk < 0:
        s.t_key[token] = s.t_content[token]
        finish_token(s, token, now)
        return GONE
    s.t_times[token] = 0
    if s.agency[desk]:
        write(s, now, s.t_key[token], WAITING, NONE)
        s.t_desk[token] = desk
        schedule(s, token, ARRIVED, now + drawn(s, HAND_OVER, step, attempt, s.t_subject[token]))
        return GONE
    queue_up(s, token, desk, now)
    return GONE


def start_others(s: State, token: int, step: int) -> int:
    """Start a route for a subject, its victim, or what a token has revealed; it goes on once they have gone as far as
    they can."""
    route, whom, after = s.start_route[step], s.start_for[step], s.next_of[step]
    s.stack_other[s.n_stack - 1] = after
    if whom == THIS:
        return begin_route(s, route, s.t_subject[token])
    if whom == VICTIM:
        return begin_route(s, route, s.t_case[token])
    first = s.n_stack
    split = s.cash_exits or whom == CASH_EXITS
    row = s.reveal_first[token]
    s.reveal_first[token], s.reveal_last[token] = NONE, NONE
    while row >= 0:
        later = s.reveal_next[row]
        if split and (s.field_of[s.bank_of[row]] != 0) != (whom == CASH_EXITS):
            s.reveal_next[row] = NONE
            if s.reveal_first[token] < 0:
                s.reveal_first[token] = row
            else:
                s.reveal_next[s.reveal_last[token]] = row
            s.reveal_last[token] = row
        else:
            begin_route(s, route, row)
        row = later
    last = s.n_stack - 1
    while first < last:  # the first is on top
        one, other = s.stack_other[first], s.stack_other[last]
        s.stack_other[first], s.stack_other[last] = other, one
        first, last = first + 1, last - 1
    return GONE_ON


def begin_route(s: State, route: int, subject: int) -> int:
    """See to it that a route is started for a subject before all else that stands on the stack."""
    stack(s, BEGIN_ROUTE, route, subject, NONE)
    return GONE_ON


def token_event(s: State, token: int, now: int) -> int:
    """The next event of a token has come."""
    event, step = s.t_event[token], s.t_step[token]
    unschedule(s, token)
    if event == DONE:
        let_go_work(s, token, now)
        if s.t_case[token] < 0:  # a duty: that was all of it
            return set_free(s, token)
        return go(s, token, s.next_of[step])
    if event in (PASSED, SIGNALLED):
        return go(s, token, s.next_of[step])
    if event == TIMEOUT:
        await_no_more(s, token)
        return go(s, token, s.timeout_of[step])
    if event == RENEGE:
        give_up(s, token)
        write(s, now, s.t_key[token], RENEGED + ((s.t_desk[token] + 1) << DESK_SHIFT), NONE)
        if s.t_case[token] < 0:
            return set_free(s, token)
        return go(s, token, s.renege_of[step])
    return queue_up(s, token, s.t_desk[token], now)
