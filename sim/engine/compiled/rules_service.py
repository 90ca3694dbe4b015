"""Rules of service: who begins, who is called in, and what the end of a shift does."""

from __future__ import annotations

from sim.engine.compiled.rules_calendar import row_at, turns_at
from sim.engine.compiled.rules_desks import (
    NEED,
    OK,
    OVER,
    ROOM,
    bring_up,
    changed,
    current,
    doing,
    expire,
    free_heads,
    free_person,
    in_house,
    join,
    let_go_work,
    seat,
    seize,
    take,
    watch,
)  # fmt: skip
from sim.engine.compiled.rules_draws import BRIEFING, CALL_IN, WORK_TIME, drawn, lacks
from sim.engine.compiled.rules_knowledge import DONE, schedule, unschedule
from sim.engine.compiled.rules_money import pop, push, write
from sim.engine.compiled.rules_newcomers import working_time
from sim.engine.compiled.rules_queue import at_stake, beginning, first_waiting, leave_queue, put_back, table_place
from sim.engine.compiled.rules_tokens import short, write_off
from sim.engine.compiled.state import State
from sim.workflow.log import ATTEMPTS, BEGIN, CALLED_IN, DESK_SHIFT, HANDED_OVER, NONE

HEAD = 1 << 40
"""What puts handed-over work before everything that waits."""


# -- who begins ----------------------------------------------------------------------------------------------


def team_short(s: State, step: int, now: int) -> bool:
    """Whether somebody of a step's team is not free."""
    for member in range(s.team_first[step], s.team_first[step + 1]):
        desk = s.team_desk[member]
        current(s, desk, now)
        if free_heads(s, desk, s.team_heads[member]) < s.team_heads[member]:
            return True
    return False


def lacks_time(s: State, token: int) -> bool:
    """Whether the time that a token's work will take was not drawn yet."""
    step = s.t_step[token]
    if s.handed_over[step] and s.t_times[token] > 0:
        return lacks(s, BRIEFING + s.t_times[token] - 1, step, s.t_key[token] & ATTEMPTS, s.t_subject[token])
    return lacks(s, WORK_TIME, step, s.t_key[token] & ATTEMPTS, s.t_subject[token])


def begin_work(s: State, token: int, desk: int, person: int, now: int) -> int:
    """Begin work on a waiting token; `person` was taken for it, NONE: whoever is next. Its draws are there."""
    step = s.t_step[token]
    s.waiting[desk] = s.waiting[desk] - 1
    unschedule(s, token)
    if s.team_first[step] < s.team_first[step + 1]:
        s.t_team[token] = 1
        n = 0
        for member in range(s.team_first[step], s.team_first[step + 1]):
            for _ in range(s.team_heads[member]):
                s.t_people[token * s.n_members + n] = seize(s, s.team_desk[member])
                n += 1
        n = 0
        for member in range(s.team_first[step], s.team_first[step + 1]):
            for _ in range(s.team_heads[member]):
                one = s.t_people[token * s.n_members + n]
                write(s, now, s.t_key[token], doing(BEGIN, s.team_desk[member], one), NONE)
                n += 1
    else:
        s.t_person[token] = seize(s, desk) if person == NONE else person
        write(s, now, s.t_key[token], doing(BEGIN, desk, s.t_person[token]), NONE)
    lasts = in_hand(s, token, desk, now) if s.handed_over[step] else working_time(s, token, desk, now)
    return schedule(s, token, DONE, now + lasts)


def in_hand(s: State, token: int, desk: int, now: int) -> int:
    """Work that can be handed over begins; returns how long it takes from here."""
    step = s.t_step[token]
    if s.team_first[step] < s.team_first[step + 1]:
        for member in range(s.team_first[step], s.team_first[step + 1]):
            if s.hands_over[s.team_desk[member]]:
                watch(s, s.team_desk[member], now)
    elif s.hands_over[desk]:
        watch(s, desk, now)
    times, attempt, subject = s.t_times[token], s.t_key[token] & ATTEMPTS, s.t_subject[token]
    if times > 0:
        lasts = s.t_left[token] + drawn(s, BRIEFING + times - 1, step, attempt, subject)
    else:
        lasts = working_time(s, token, desk, now)
    s.t_due[token], s.t_in_hand[token] = now + lasts, 1
    s.hand_before[token], s.hand_next[token] = NONE, s.hand_first
    if s.hand_first >= 0:
        s.hand_before[s.hand_first] = token
    s.hand_first = token
    return lasts


def serve(s: State, desk: int, now: int) -> int:
    """Assign the free people of a desk to who waits there; returns OK, or that a draw is missing."""
    current(s, desk, now)
    if s.special[desk]:
        if s.waiting[desk] > 0 and free_heads(s, desk, 1) > 0:
            code = serve_by_rules(s, desk, now)
            if code != OK:
                return code
        return review(s, desk, now)
    while s.queue[desk] >= 0 and free_heads(s, desk, 1) > 0:
        if short(s):
            return ROOM
        token = s.queue[desk]
        if team_short(s, s.t_step[token], now):
            break  # the first in the queue waits for the others of its team
        if lacks_time(s, token):
            return NEED
        leave_queue(s, token, desk)
        begin_work(s, token, desk, NONE, now)
    return OK


def serve_by_rules(s: State, desk: int, now: int) -> int:
    """As `serve`, at a desk with skills, a policy asked again, work handed over or people beyond the roster."""
    if s.asked_again[desk] and weigh(s, desk, now) != OK:
        return ROOM
    skipped, code = NONE, OK
    while free_heads(s, desk, 1) > 0:
        if short(s):
            code = ROOM
            break
        token = first_waiting(s, desk)
        if token < 0:
            break
        step, person = s.t_step[token], NONE
        skip = False
        if s.skill_of[step] == NONE:
            if team_short(s, step, now):
                break
        elif s.skilled[desk]:
            person = free_person(s, desk, seat(s, desk, s.skill_of[step]), True)
            skip = person < 0
        else:
            skip = True
        if not skip and lacks_time(s, token):
            code = NEED
            break
        beginning(s, token, desk, skip)
        if skip:
            s.hand_next[token] = skipped  # free meanwhile: a token that waits has nothing in hand
            skipped = token
        else:
            if person >= 0:
                take(s, desk, person)
            begin_work(s, token, desk, person, now)
    while skipped >= 0:
        token = skipped
        skipped = s.hand_next[token]
        put_back(s, token, desk)
    return code


# -- the end of a shift, and who is called in ----------------------------------------------------------------


def review(s: State, desk: int, now: int) -> int:
    """Call people in where too many wait, send home who stayed where none does."""
    if s.surge_above[desk] >= 0 and not s.expected[desk] and s.waiting[desk] > s.surge_above[desk]:
        if lacks(s, CALL_IN, desk, s.calls[desk], s.first_case):
            return NEED
        after = drawn(s, CALL_IN, desk, s.calls[desk], s.first_case)
        s.calls[desk] = s.calls[desk] + 1
        s.expected[desk] = 1
        push(s.change_time, s.change_key, s.n_changes, now + after, s.n_desks + desk)
        s.n_changes = s.n_changes + 1
    if s.stays[desk] > 0 and s.waiting[desk] == 0:
        s.stays[desk] = 0
        bring_up(s, desk, now)
        changed(s, desk)
    return OK


def change(s: State, now: int) -> int:
    """The next change of a desk: of its roster, by people called in who come or go, who stayed, or by order."""
    key = s.change_key[0]
    pop(s.change_time, s.change_key, s.n_changes)
    s.n_changes = s.n_changes - 1
    desk, kind = key % s.n_desks, key // s.n_desks
    if kind == 0:
        return shift(s, desk, now)
    if kind == 1:
        came = s.called[desk] == 0 and s.expected[desk] == 1
        s.called[desk] = s.surge_heads[desk] if came else 0
        if came:
            push(s.change_time, s.change_key, s.n_changes, now + s.surge_lasts[desk], key)
            s.n_changes = s.n_changes + 1
        else:
            s.expected[desk] = 0
        write(s, now, s.nobody, CALLED_IN + ((desk + 1) << DESK_SHIFT), in_house(s, desk))
    elif kind == 3:
        return expire(s, desk, now)
    else:
        kept, width = 0, s.most_segments
        for i in range(s.stays[desk]):
            one, to = desk * s.most_stays + i, desk * s.most_stays + kept
            if s.stay_until[one] > now:
                s.stay_until[to] = s.stay_until[one]
                for lane in range(width):
                    s.stay_heads[to * width + lane] = s.stay_heads[one * width + lane]
                kept += 1
        s.stays[desk] = kept
    bring_up(s, desk, now)
    changed(s, desk)
    return OK


def shift(s: State, desk: int, now: int) -> int:
    """The roster of a desk changes while somebody waits or works there."""
    s.watched[desk] = 0
    s.passed_time, s.passed_desk = now, desk
    ended = turns_at(s, desk, now)
    if ended and s.hands_over[desk]:
        hand_over(s, desk, ended, now)
    elif ended and now and s.overtime_of[desk] > 0 and s.waiting[desk] > 0:
        row, before, lanes = row_at(s, desk, now), row_at(s, desk, now - 1), s.lanes[desk]
        first = s.cal_heads_first[desk] - s.cal_first[desk] * lanes
        place = (desk * s.most_stays + s.stays[desk]) * s.most_segments
        fewer = False
        for lane in range(lanes):
            heads = s.cal_heads[first + before * lanes + lane]
            less = (ended >> lane) & 1 == 1 and s.cal_heads[first + row * lanes + lane] < heads
            s.stay_heads[place + lane] = heads if less else 0
            fewer = fewer or less
        if fewer:
            s.stay_until[desk * s.most_stays + s.stays[desk]] = now + s.overtime_of[desk]
            s.stays[desk] = s.stays[desk] + 1
            push(s.change_time, s.change_key, s.n_changes, now + s.overtime_of[desk], 2 * s.n_desks + desk)
            s.n_changes = s.n_changes + 1
            if s.stays[desk] == s.most_stays:
                return OVER
    bring_up(s, desk, now)
    changed(s, desk)
    wanted = s.hands_over[desk] and s.busy_count[desk] > 0
    for i in range(s.wakes_first[desk], s.wakes_first[desk + 1]):
        wanted = wanted or s.waiting[s.wakes[i]] > 0
    if wanted:
        watch(s, desk, now)
    return OK


def leaves(s: State, desk: int, person: int, ended: int) -> bool:
    """Whether a person goes home when the shifts of some lanes end."""
    lanes = s.lanes[desk]
    if lanes == 1:
        return person > in_house(s, desk)
    for lane in range(lanes):
        if s.segment_number[s.segment_first[desk] + lane + 1] >= person:
            return (ended >> lane) & 1 == 1
    return False


def hand_over(s: State, desk: int, ended: int, now: int) -> int:
    """Put what the people of a desk who leave have in hand back to the head of its queue, as work left."""
    while True:
        first, token = NONE, s.hand_first
        while token >= 0:
            if going_home(s, token, desk, ended) and (first < 0 or s.t_key[token] < s.t_key[first]):
                first = token
            token = s.hand_next[token]
        if first < 0:
            return 0
        left = s.t_due[first] - now
        let_go_work(s, first, now)
        write(s, now, s.t_key[first], doing(HANDED_OVER, s.t_desk[first], NONE), left)
        unschedule(s, first)
        times = s.t_times[first] + 1
        s.t_left[first], s.t_times[first] = left, times
        join(s, first, s.t_desk[first], now, s.t_own_rank[first] - HEAD)


def going_home(s: State, token: int, desk: int, ended: int) -> bool:
    """Whether somebody of a desk who works on a token goes home now."""
    if not s.t_team[token]:
        return s.t_desk[token] == desk and leaves(s, desk, s.t_person[token], ended)
    step, n = s.t_step[token], 0
    for member in range(s.team_first[step], s.team_first[step + 1]):
        for _ in range(s.team_heads[member]):
            if s.team_desk[member] == desk and leaves(s, desk, s.t_people[token * s.n_members + n], ended):
                return True
            n += 1
    return False


# -- what is hopeless ----------------------------------------------------------------------------------------


def weigh(s: State, desk: int, now: int) -> int:
    """Ask the policy of a desk for all who wait there, once the nearly hopeless are dropped."""
    if s.drop_above[desk] >= 0 and drop_hopeless(s, desk, now) != OK:
        return ROOM
    token = s.queue[desk]
    while token >= 0:
        place = table_place(s, token, now)
        s.t_weight[token] = 0.0
        if place >= 0:
            s.t_weight[token] = at_stake(s, token) * s.rate[place]
        token = s.q_right[token]
    return OK


def drop_hopeless(s: State, desk: int, now: int) -> int:
    """End the tokens of accounts of which least is expected, while too many wait; handed-over work stays."""
    live, token = 0, s.queue[desk]
    while token >= 0:
        live += 1
        place = table_place(s, token, now)
        s.t_weight[token] = 0.0
        if place >= 0:
            s.t_weight[token] = at_stake(s, token) * s.expected_left[place]
        token = s.q_right[token]
    for _ in range(live - s.drop_above[desk]):
        first, token = NONE, s.queue[desk]
        while token >= 0:
            hopeless = s.t_rank[token] >= 0 and s.t_account[token] >= 0 and s.t_weight[token] < s.drop_least[desk]
            if hopeless and (first < 0 or hopes_less(s, token, first)):
                first = token
            token = s.q_right[token]
        if first < 0:
            return OK
        if short(s):
            return ROOM
        write_off(s, first, now)
    return OK


def hopes_less(s: State, one: int, other: int) -> bool:
    """Whether less is expected of a token than of another."""
    if s.t_weight[one] != s.t_weight[other]:
        return s.t_weight[one] < s.t_weight[other]
    if s.t_since[one] != s.t_since[other]:
        return s.t_since[one] < s.t_since[other]
    return s.t_key[one] < s.t_key[other]
