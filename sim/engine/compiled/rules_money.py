"""Rules of money and holds: what a hold keeps, what goes when it ends, and what is settled anew."""

from __future__ import annotations

from sim.engine.compiled.state import Column, State
from sim.fraud.settle import NEVER
from sim.workflow.knowledge import FREE
from sim.workflow.log import CONTESTED, FREEZE, HOLD, HOLD_END, NONE, OTHERS

LAPSED = 1


def write(s: State, time: int, key: int, doing: int, value: int) -> int:
    """A row of the log; room for it was seen to before."""
    n = s.log_n
    s.log_time[n], s.log_key[n], s.log_doing[n] = time, key, doing
    if value != NONE:
        s.log_valued[s.log_values], s.log_value[s.log_values] = n, value
        s.log_values = s.log_values + 1
    s.log_n = n + 1
    return 0


def settle(s: State, first: int, last: int, speed: float, notice: int) -> int:
    """Settle transfers [first, last), whole subtrees; returns the first ms at which one was blocked, or NEVER."""
    blocked = NEVER
    for i in range(first, last):
        above = s.parent[i]
        begin = 0
        if above >= 0:
            begin = s.times[above]
        if begin >= NEVER:
            s.times[i] = NEVER
            continue
        t = begin + s.dwell[i]
        if t > notice and above >= 0:  # a victim does not pay faster
            since = max(begin, notice)
            t = since + int(speed * (t - since))
        of = s.source[i]
        hold = s.ended_first[of]
        while hold >= 0 and t >= s.ended_start[hold]:
            if t < s.ended_end[hold]:
                blocked = min(blocked, t)
                t = s.ended_end[hold] + s.retry[i]
            hold = s.ended_next[hold]
        if hold < 0 and t >= s.since[of]:
            blocked = min(blocked, t)
            t = NEVER
        s.times[i] = t
    return blocked


def resettle(s: State, case: int) -> int:
    """Settle a whole case after a change of its holds, with the reaction of its criminals."""
    first, last = s.transfer_first[case], s.transfer_first[case + 1]
    blocked = settle(s, first, last, 1.0, NEVER)
    after = s.notice_after[case]
    if blocked < NEVER and after < NEVER:
        settle(s, first, last, s.reals[0], blocked + after)
    s.blocked[case] = blocked
    return 0


def balance(s: State, account: int, now: int) -> int:
    """fen of the account's case that lie on it: credited up to now, and not gone before now nor returned."""
    lies = 0
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if s.times[i] >= now and s.parent[i] >= 0 and s.times[s.parent[i]] <= now:
            lies += s.amount[i]
    return lies - s.returned[account]


def cut(s: State, account: int, now: int) -> int:
    """A new hold where nobody reacts: what would still go does not. Returns the fen found."""
    found = 0
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if s.times[i] >= now:
            above = s.parent[i]
            if above >= 0 and s.times[above] <= now:
                found += s.amount[i]
            if s.times[i] < NEVER:
                for j in range(i, i + s.size[i]):
                    s.times[j] = NEVER
    return found


def hold_watched(s: State, account: int, now: int) -> int:
    """A new hold where criminals react; where it blocks nothing earlier than before, they notice nothing earlier."""
    case = s.case_of[account]
    first = s.blocked[case]
    later = True
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if s.times[i] >= now and s.times[i] < first:
            later = False
    if later:
        return cut(s, account, now)
    found = balance(s, account, now)
    resettle(s, case)
    return found


def let_go(s: State, account: int, now: int) -> int:
    """A hold has ended: what waited goes. A block that lay ahead may now never come, and not be noticed."""
    case = s.case_of[account]
    after, first = s.notice_after[case], s.blocked[case]
    if after < NEVER and first >= now:
        return resettle(s, case)
    notice = NEVER
    if first < NEVER and after < NEVER:
        notice = first + after
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if s.times[i] >= now:
            settle(s, i, i + s.size[i], s.reals[0], notice)
    return 0


# -- holds -------------------------------------------------------------------------------------------------


def set_until(s: State, card: int, until: int, frozen: int) -> int:
    """Write down until when a card is held, and see to it that the hold then ends."""
    before = s.until[card]
    if FREE < before < NEVER and s.frozen[card] == 0:
        s.temporary = s.temporary - 1
    s.until[card], s.frozen[card] = until, frozen
    if FREE < until < NEVER:
        if frozen == 0:
            s.temporary = s.temporary + 1
            s.stop_time[s.stop_m], s.stop_card[s.stop_m] = until, card
            s.stop_m = s.stop_m + 1
        else:
            s.freeze_time[s.freeze_m], s.freeze_card[s.freeze_m] = until, card
            s.freeze_m = s.freeze_m + 1
    return 0


def hold(s: State, account: int, now: int, until: int) -> int:
    """Hold an account until a time; one in force goes on until then. Everybody's money on it is held."""
    card = s.card_of[account]
    in_force = s.until[card]
    if in_force == NEVER:
        return 0
    set_until(s, card, until, s.frozen[card])
    if in_force != FREE:
        return 0
    others = 0
    if s.has_others:
        row = card
        while row >= 0:
            others += others_on(s, row, now)
            row = s.card_next[row]
    row, found_here, all_here = card, 0, s.innocent[card] + others
    while row >= 0:
        s.since[row] = now
        found = cut(s, row, now) if s.notice_after[s.case_of[row]] == NEVER else hold_watched(s, row, now)
        s.caught[row] = found
        found_here += found
        write(s, now, s.content_of[row], HOLD, found)
        row = s.card_next[row]
    s.found[card] = all_here + found_here
    if s.has_others:  # a bank tells of all that it finds, whosever it is
        row = card
        while row >= 0:
            s.caught[row] = others + found_here
            row = s.card_next[row]
        if others:
            write(s, now, s.content_of[account], OTHERS, others)
    if s.objects_after[card] != NEVER and s.objections_route >= 0:
        push(s.objection_time, s.objection_key, s.n_objections, now + s.objects_after[card], account)
        s.n_objections = s.n_objections + 1
    return 0


def others_on(s: State, account: int, now: int) -> int:
    """fen of other people's, from the streams of one row of an account, that lie there before a hold begins now."""
    lies = 0
    for i in range(s.others_first[account], s.others_first[account + 1]):
        if s.o_came[i] > now:
            continue
        due = s.o_due[i]
        hold_ = s.ended_first[account]
        while hold_ >= 0 and due >= s.ended_start[hold_]:
            if due < s.ended_end[hold_]:
                due = s.ended_end[hold_] + s.o_retry[i]
            hold_ = s.ended_next[hold_]
        if hold_ < 0 and due >= s.since[account]:
            due = NEVER
        if now <= due:
            lies += s.o_amount[i]
    return lies


def freeze(s: State, account: int, now: int, until: int, renewals: int) -> int:
    """Let the hold in force go on as a freeze, a permanent one for good; 0 where none is."""
    card = s.card_of[account]
    if s.until[card] == FREE:
        return 0
    if s.until[card] == NEVER:
        until = NEVER
    set_until(s, card, until, 1 + renewals)
    row = card
    while row >= 0:
        write(s, now, s.content_of[row], FREEZE, balance(s, row, now))
        row = s.card_next[row]
    return 1


def leave_to_others(s: State, account: int, now: int) -> int:
    """Leave an account to the force that held it first: nothing moves there any more, and nothing is ours."""
    card = s.card_of[account]
    set_until(s, card, NEVER, 0)
    s.contested[card] = 1
    row = card
    while row >= 0:
        write(s, now, s.content_of[row], CONTESTED, balance(s, row, now))
        row = s.card_next[row]
    return 0


def release(s: State, account: int, now: int, value: int) -> int:
    """End the hold in force; 0 where there is none to end: an account from which money was returned is closed."""
    card = s.card_of[account]
    if s.until[card] == FREE or s.contested[card]:
        return 0
    row = card
    while row >= 0:
        if s.is_returned[row]:
            return 0
        row = s.card_next[row]
    set_until(s, card, FREE, 0)
    row = card
    while row >= 0:
        end_hold(s, row, now)
        write(s, now, s.content_of[row], HOLD_END, value)
        let_go(s, row, now)
        row = s.card_next[row]
    return 1


def end_hold(s: State, row: int, now: int) -> int:
    """A hold in force becomes one that ended; one that ended as it began is none."""
    start = s.since[row]
    if start == NEVER:
        return 0
    s.since[row] = NEVER
    if start < now:
        n = s.n_ended
        s.ended_start[n], s.ended_end[n], s.ended_next[n] = start, now, NONE
        if s.ended_first[row] < 0:
            s.ended_first[row] = n
        else:
            s.ended_next[s.ended_last[row]] = n
        s.ended_last[row] = n
        s.n_ended = n + 1
    return 0


def lapse(s: State, card: int, now: int) -> int:
    """The time at which a hold ends by itself, unless it was renewed; 1 where it did."""
    if s.until[card] != now:
        return 0
    if s.law and 0 < s.frozen[card] <= s.law_renewals:
        freeze(s, card, now, now + s.law_freeze, s.frozen[card])
        return 0
    return release(s, card, now, LAPSED)


def next_lapse(s: State) -> int:
    """The next ms at which a hold ends by itself; entries that were renewed or released are dropped on the way."""
    while s.stop_n < s.stop_m and s.until[s.stop_card[s.stop_n]] != s.stop_time[s.stop_n]:
        s.stop_n = s.stop_n + 1
    while s.freeze_n < s.freeze_m and s.until[s.freeze_card[s.freeze_n]] != s.freeze_time[s.freeze_n]:
        s.freeze_n = s.freeze_n + 1
    time = NEVER
    if s.stop_n < s.stop_m:
        time = s.stop_time[s.stop_n]
    if s.freeze_n < s.freeze_m:
        time = min(time, s.freeze_time[s.freeze_n])
    return time


# -- heaps of (time, key) ----------------------------------------------------------------------------------


def push(times: Column, keys: Column, n: int, time: int, key: int) -> int:
    """Put an entry into a heap of n entries."""
    place = n
    while place > 0:
        above = (place - 1) >> 1
        if times[above] < time or (times[above] == time and keys[above] <= key):
            break
        times[place], keys[place] = times[above], keys[above]
        place = above
    times[place], keys[place] = time, key
    return 0


def pop(times: Column, keys: Column, n: int) -> int:
    """Take the first entry out of a heap of n entries."""
    last = n - 1
    time, key = times[last], keys[last]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        if below + 1 < last:
            one, other = times[below], times[below + 1]
            if other < one or (other == one and keys[below + 1] < keys[below]):
                below += 1
        if time < times[below] or (time == times[below] and key <= keys[below]):
            break
        times[place], keys[place] = times[below], keys[below]
        place = below
    if last > 0:
        times[place], keys[place] = time, key
    return 0
