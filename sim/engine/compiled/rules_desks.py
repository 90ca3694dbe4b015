"""Rules of desks: who is on duty and who is free, who waits, and whose work is over."""

from __future__ import annotations

from sim.engine.compiled.rules_calendar import next_change, row_at
from sim.engine.compiled.rules_money import push, write
from sim.engine.compiled.rules_queue import join_queue, leave_queue
from sim.engine.compiled.rules_seats import decided, keep_undecided
from sim.engine.compiled.state import State
from sim.fraud.settle import NEVER
from sim.workflow.log import AWAY, CALLED_IN, DESK_SHIFT, FINISH, NONE, PERSON_SHIFT
from sim.workflow.rosters import UNLIMITED

OK, NEED, ROOM, OVER = range(4)
"""What the loop comes back with: all is done; a draw is missing; a column is too short; a rule's place is too small."""


# -- who is on duty ------------------------------------------------------------------------------------------


def bring_up(s: State, desk: int, now: int) -> int:
    """Bring a desk to the heads that its roster has now, with those who stay and those called in or away by order."""
    row, lanes = row_at(s, desk, now), s.lanes[desk]
    change = next_change(s, desk, now)
    s.valid_until[desk] = change
    place, first = s.cal_heads_first[desk] + (row - s.cal_first[desk]) * lanes, s.segment_first[desk]
    capacity, called, away = 0, in_house(s, desk), away_by_order(s, desk)
    left = -away
    for lane in range(lanes):
        left += s.cal_heads[place + lane]
    for lane in range(lanes):
        heads = s.cal_heads[place + lane]
        if away > 0:  # of whom an order took away the last ones go first
            heads = 0 if heads == UNLIMITED else max(0, min(heads, left))
            left -= s.cal_heads[place + lane]
        for stay in range(s.stays[desk]):
            heads = max(heads, s.stay_heads[(desk * s.most_stays + stay) * s.most_segments + lane])
        s.segment_heads[first + lane] = heads
        capacity += heads
    if lanes == 1:
        if capacity != UNLIMITED:
            capacity += called
            s.segment_heads[first] = capacity
    else:
        s.segment_heads[first + lanes] = called
        capacity += called
    s.capacity[desk] = capacity
    return 0


def in_house(s: State, desk: int) -> int:
    """Heads here beyond the roster, called in by the desk's own rule or by order."""
    called = s.called[desk]
    for i in range(desk * s.most_ordered, desk * s.most_ordered + s.n_ordered[desk]):
        called += max(0, s.ordered_heads[i])
    return called


def away_by_order(s: State, desk: int) -> int:
    """Heads whom an order took away."""
    away = 0
    for i in range(desk * s.most_ordered, desk * s.most_ordered + s.n_ordered[desk]):
        away -= min(0, s.ordered_heads[i])
    return away


def seat(s: State, desk: int, number: int) -> int:
    """The number of the so-manieth person on duty (the last one for more), NONE where nobody is."""
    first, segments = s.segment_first[desk], s.lanes[desk] + (1 if s.lanes[desk] > 1 else 0)
    last = NONE
    for i in range(first, first + segments):
        heads = s.segment_heads[i]
        if heads >= number:
            return s.segment_number[i] + number
        if heads > 0:
            last = s.segment_number[i] + heads
        number -= heads
    return last


def free_person(s: State, desk: int, least: int, backwards: bool) -> int:
    """The lowest free person on duty, or the highest with a number of at most `least`; NONE where nobody is free."""
    first, segments = s.segment_first[desk], s.lanes[desk] + (1 if s.lanes[desk] > 1 else 0)
    busy, found = s.busy_first[desk], NONE
    for i in range(first, first + segments):
        begin = s.segment_number[i] + 1
        for person in range(begin, begin + s.segment_heads[i]):
            if not s.busy[busy + person]:
                if not backwards:
                    return person
                if person <= least:
                    found = person
    return found


def free_heads(s: State, desk: int, enough: int) -> int:
    """How many are free at a desk; counted no further than is enough."""
    if s.capacity[desk] == UNLIMITED:
        return UNLIMITED
    if s.capacity[desk] - s.busy_count[desk] >= enough:  # of the busy, some may be there no more
        return enough
    first, segments = s.segment_first[desk], s.lanes[desk] + (1 if s.lanes[desk] > 1 else 0)
    busy, found = s.busy_first[desk], 0
    for i in range(first, first + segments):
        begin = s.segment_number[i] + 1
        for person in range(begin, begin + s.segment_heads[i]):
            if not s.busy[busy + person]:
                found += 1
                if found >= enough:
                    return found
    return found


def current(s: State, desk: int, now: int) -> int:
    """See to it that a desk has the heads of this moment."""
    if now >= s.valid_until[desk]:
        bring_up(s, desk, now)
    return 0


def seize(s: State, desk: int) -> int:
    """Take the next free person of a desk; 0 where there is no end of people."""
    if s.capacity[desk] == UNLIMITED:
        return 0
    person = free_person(s, desk, UNLIMITED, s.skilled[desk] != 0)
    return take(s, desk, person)


def take(s: State, desk: int, person: int) -> int:
    """A person is at work from now on."""
    s.busy[s.busy_first[desk] + person] = 1
    s.busy_count[desk] = s.busy_count[desk] + 1
    return person


def give_back(s: State, desk: int, person: int) -> int:
    """A person is free again."""
    if person:
        s.busy[s.busy_first[desk] + person] = 0
        s.busy_count[desk] = s.busy_count[desk] - 1
    return 0


# -- what orders change --------------------------------------------------------------------------------------


def heads_ordered(s: State, desk: int, heads: int, lasts: int, now: int) -> int:
    """Give a desk more heads than its roster has, or fewer, for a time; 0: to the end."""
    place = desk * s.most_ordered + s.n_ordered[desk]
    s.ordered_until[place], s.ordered_heads[place] = NEVER, heads
    s.n_ordered[desk] = s.n_ordered[desk] + 1
    if lasts > 0:
        s.ordered_until[place] = now + lasts
        push(s.change_time, s.change_key, s.n_changes, now + lasts, 3 * s.n_desks + desk)
        s.n_changes = s.n_changes + 1
    return changed_by_order(s, desk, now)


def heads_ended(s: State, desk: int, heads: int, lasts: int, now: int) -> int:
    """End now what would have lasted so long yet (0: to the end); 1, or 0 where it is not in force."""
    until = now + lasts if lasts > 0 else NEVER
    for i in range(desk * s.most_ordered, desk * s.most_ordered + s.n_ordered[desk]):
        if s.ordered_until[i] == until and s.ordered_heads[i] == heads:
            s.ordered_heads[i] = 0
            changed_by_order(s, desk, now)
            return 1
    return 0


def expire(s: State, desk: int, now: int) -> int:
    """What was ordered for a time is over; of what was ended before, nobody hears."""
    first, kept, ended = desk * s.most_ordered, 0, NONE
    for i in range(first, first + s.n_ordered[desk]):
        if s.ordered_until[i] == now and s.ordered_heads[i] == 0:
            ended = i
    for i in range(first, first + s.n_ordered[desk]):
        if s.ordered_until[i] > now or (ended >= 0 and i != ended):
            s.ordered_until[first + kept], s.ordered_heads[first + kept] = s.ordered_until[i], s.ordered_heads[i]
            kept += 1
    s.n_ordered[desk] = kept
    if ended >= 0:
        return OK
    return changed_by_order(s, desk, now)


def changed_by_order(s: State, desk: int, now: int) -> int:
    """An order has changed the heads of a desk."""
    write(s, now, s.nobody, AWAY + ((desk + 1) << DESK_SHIFT), away_by_order(s, desk))
    write(s, now, s.nobody, CALLED_IN + ((desk + 1) << DESK_SHIFT), in_house(s, desk))
    bring_up(s, desk, now)
    changed(s, desk)
    return OK


# -- what waits ----------------------------------------------------------------------------------------------


def soil(s: State, desk: int) -> int:
    """Somebody may begin at a desk at the end of this instant: it takes its place among those desks, by number."""
    if s.dirty[desk]:
        return 0
    s.dirty[desk] = 1
    place = s.dirty_n
    while place > 0 and s.dirty_desks[place - 1] > desk:
        s.dirty_desks[place] = s.dirty_desks[place - 1]
        place -= 1
    s.dirty_desks[place] = desk
    s.dirty_n = s.dirty_n + 1
    return 0


def changed(s: State, desk: int) -> int:
    """People of a desk came or went: the queues that wait for them may go on."""
    for i in range(s.wakes_first[desk], s.wakes_first[desk + 1]):
        if s.waiting[s.wakes[i]] > 0 or s.special[s.wakes[i]]:
            soil(s, s.wakes[i])
    return 0


def watch(s: State, desk: int, now: int) -> int:
    """Put the next change of a desk's roster on the clock: somebody waits or works there."""
    if s.watched[desk]:
        return 0
    since = now + 1
    if now > s.passed_time or (now == s.passed_time and desk > s.passed_desk):
        since = now
    change = next_change(s, desk, since - 1)
    if change < NEVER:
        s.watched[desk] = 1
        push(s.change_time, s.change_key, s.n_changes, change, desk)
        s.n_changes = s.n_changes + 1
    return 0


def join(s: State, token: int, desk: int, since: int, rank: int) -> int:
    """Put a token into a desk's queue, as one that waits since a time."""
    s.t_desk[token], s.t_since[token], s.t_rank[token] = desk, since, rank
    expect(s, desk)
    join_queue(s, token, desk)
    return soil(s, desk)


def expect(s: State, desk: int) -> int:
    """One more waits for a desk: from now on the changes of its roster matter, and those of its teams' desks."""
    s.waiting[desk] = s.waiting[desk] + 1
    if s.waiting[desk] == 1:
        for i in range(s.feeds_first[desk], s.feeds_first[desk + 1]):
            watch(s, s.feeds[i], s.now)
    return 0


def await_decision(s: State, token: int, desk: int, now: int) -> int:
    """Keep a task that arrives at a desk with a seat until somebody decides."""
    keep_undecided(s, token, desk, now)
    return expect(s, desk)


def to_queue(s: State, token: int, before: int) -> int:
    """Put a task that is decided on into the queue, as one that waits since it opened, so many ranks before its own."""
    decided(s, token)
    desk = s.t_desk[token]
    s.waiting[desk] = s.waiting[desk] - 1
    return join(s, token, desk, s.t_since[token], s.t_own_rank[token] - before)


def move_in_queue(s: State, token: int, before: int) -> int:
    """Put a waiting token so many ranks before its own."""
    desk = s.t_desk[token]
    leave_queue(s, token, desk)
    s.waiting[desk] = s.waiting[desk] - 1
    return join(s, token, desk, s.t_since[token], s.t_own_rank[token] - before)


def give_up(s: State, token: int) -> int:
    """Take a token out of its queue without work: a team at the head may have kept the others waiting."""
    if s.t_undecided[token]:
        decided(s, token)
        s.waiting[s.t_desk[token]] = s.waiting[s.t_desk[token]] - 1
    elif s.t_waits[token]:
        desk = s.t_desk[token]
        leave_queue(s, token, desk)
        s.waiting[desk] = s.waiting[desk] - 1
        s.t_times[token] = 0
        if s.waiting[desk] > 0 or s.special[desk]:
            soil(s, desk)
    return 0


def let_go_work(s: State, token: int, now: int) -> int:
    """End the work on a token, if there is any: its people are free again."""
    if s.t_in_hand[token]:
        out_of_hand(s, token)
    if s.t_team[token]:
        s.t_team[token] = 0
        step, n = s.t_step[token], 0
        for member in range(s.team_first[step], s.team_first[step + 1]):
            desk = s.team_desk[member]
            for _ in range(s.team_heads[member]):
                person = s.t_people[token * s.n_members + n]
                n += 1
                write(s, now, s.t_key[token], doing(FINISH, desk, person), NONE)
                give_back(s, desk, person)
                changed(s, desk)
    elif s.t_person[token] >= 0:
        desk, person = s.t_desk[token], s.t_person[token]
        write(s, now, s.t_key[token], doing(FINISH, desk, person), NONE)
        s.t_person[token] = NONE
        give_back(s, desk, person)
        if s.teams:
            changed(s, desk)
        elif s.waiting[desk] > 0:
            soil(s, desk)
    return 0


def doing(kind: int, desk: int, person: int) -> int:
    """Kind, desk and person of a log row as one number."""
    return kind + ((desk + 1) << DESK_SHIFT) + ((person + 1) << PERSON_SHIFT)


def out_of_hand(s: State, token: int) -> int:
    """Work that could be handed over is so no more."""
    before, after = s.hand_before[token], s.hand_next[token]
    if before >= 0:
        s.hand_next[before] = after
    else:
        s.hand_first = after
    if after >= 0:
        s.hand_before[after] = before
    s.t_in_hand[token] = 0
    return 0
