"""Rules of tokens: how a subject moves along its routes, and what is on its way to happen."""

from __future__ import annotations

from sim.fraud.settle import NEVER
from sim.response.compiled.rules_calendar import next_open
from sim.response.compiled.rules_desks import NEED, OK, ROOM, give_up, join, let_go_work
from sim.response.compiled.rules_effects import (
    AT_MOST,
    CHECK_ORDER,
    HAND_OVER,
    PATIENCE,
    WORK_TIME,
    choose,
    drawn,
    lacks,
    needs_check,
    on_account,
    on_case,
)  # fmt: skip
from sim.response.compiled.rules_knowledge import (
    ARRIVED,
    DONE,
    PASSED,
    RENEGE,
    SIGNALLED,
    TIMEOUT,
    await_no_more,
    await_signal,
    met,
    raise_on_case,
    raise_on_row,
    schedule,
    tell,
    unschedule,
)  # fmt: skip
from sim.response.compiled.rules_money import write
from sim.response.compiled.state import State
from sim.response.knowledge import FREE
from sim.response.log import (
    ATTEMPTS,
    CANCELLED,
    CLOSED,
    DESK_SHIFT,
    NONE,
    OUTCOME,
    QUEUED,
    RENEGED,
    STEP_SHIFT,
    WAITING,
)  # fmt: skip
from sim.response.routes import AWAIT, BANK, CANCEL, CASH_EXITS, CHOOSE, DO, START, THIS, VICTIM, WAIT, WORK

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
    s.t_case[token], s.t_key[token], s.t_step[token] = case, s.t_content[token], NONE
    s.t_desk[token], s.t_person[token], s.t_place[token], s.t_waits[token] = NONE, NONE, NONE, 0
    s.reveal_first[token], s.reveal_last[token] = NONE, NONE
    s.t_in_hand[token], s.t_team[token], s.t_times[token], s.t_awaits[token], s.t_looped[token] = 0, 0, 0, 0, 0
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
    s.t_serial[token] = NONE
    s.free_tokens[s.n_free] = token
    s.n_free = s.n_free + 1
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
    left = s.t_desk[token] if s.t_waits[token] else NONE
    give_up(s, token)
    let_go_work(s, token, now)
    write(s, now, s.t_key[token], CANCELLED + ((left + 1) << DESK_SHIFT), NONE)
    return remove(s, token, now)


# -- moves ---------------------------------------------------------------------------------------------------


def short(s: State) -> bool:
    """Whether a column that a step may add to is nearly full."""
    return (
        s.log_n + s.margin > s.log_room or s.n_free < s.margin or s.n_stack + s.margin > s.stack_room
        or s.n_objections + s.margin > s.objection_room or s.stop_m + s.margin > s.stop_room
        or s.freeze_m + s.margin > s.freeze_room or s.n_ended + s.margin > s.ended_room
        or s.n_understandings + s.margin > s.understanding_room
    )  # fmt: skip


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


EFFECTS_ON_CASES = 4
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


def queue_up(s: State, token: int, desk: int, now: int) -> int:
    """Put a token into the queue of a desk."""
    step = s.t_step[token]
    write(s, now, s.t_key[token], QUEUED + ((desk + 1) << DESK_SHIFT), NONE)
    join(s, token, desk, now, 0)
    if s.patient[step]:
        lasts = drawn(s, PATIENCE, step, s.t_key[token] & ATTEMPTS, s.t_subject[token])
        schedule(s, token, RENEGE, now + lasts)
    return 0


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


# -- what becomes due ----------------------------------------------------------------------------------------


def token_event(s: State, token: int, now: int) -> int:
    """The next event of a token has come."""
    event, step = s.t_event[token], s.t_step[token]
    unschedule(s, token)
    if event == DONE:
        let_go_work(s, token, now)
        return go(s, token, s.next_of[step])
    if event in (PASSED, SIGNALLED):
        return go(s, token, s.next_of[step])
    if event == TIMEOUT:
        await_no_more(s, token)
        return go(s, token, s.timeout_of[step])
    if event == RENEGE:
        give_up(s, token)
        write(s, now, s.t_key[token], RENEGED + ((s.t_desk[token] + 1) << DESK_SHIFT), NONE)
        return go(s, token, s.renege_of[step])
    return queue_up(s, token, s.t_desk[token], now)
