"""Rules of queues: heaps that hang on the tokens themselves, or lists that are weighed whenever someone is free."""

from __future__ import annotations

from sim.engine.compiled.state import State
from sim.scenario.people import NAMED_POLICIES
from sim.workflow.log import NONE

FIFO, LARGEST_FIRST, FRESHEST_FIRST, MOST_AT_RISK = range(len(NAMED_POLICIES))


def join_queue(s: State, token: int, desk: int) -> int:
    """Put a token into the queue of a desk."""
    s.t_waits[token], s.t_skip[token] = 1, 0
    s.q_left[token], s.q_right[token], s.q_up[token] = NONE, NONE, NONE
    head = s.queue[desk]
    if s.asked_again[desk]:
        s.q_right[token] = head
        if head >= 0:
            s.q_left[head] = token
        s.queue[desk] = token
        return 0
    s.t_priority[token] = priority(s, token, s.policy_of[desk])
    s.queue[desk] = merged(s, head, token)
    return 0


def priority(s: State, token: int, policy: int) -> int:
    """What a policy that is asked once says of a token; the smallest is served first."""
    if policy == FIFO:
        return s.t_since[token]
    case = s.t_case[token]
    if policy == LARGEST_FIRST:
        if s.t_account[token] >= 0:
            return -s.k_amount[s.t_subject[token]]
        return -max(0, s.stated[case]) if case >= 0 else 0
    if s.t_account[token] >= 0:
        return -s.k_credited[s.t_subject[token]]
    return -s.reported_at[case] if case >= 0 else -s.t_since[token]


def before(s: State, one: int, other: int) -> bool:
    """Whether a token is served before another of the same queue."""
    if s.t_rank[one] != s.t_rank[other]:
        return s.t_rank[one] < s.t_rank[other]
    if s.t_priority[one] != s.t_priority[other]:
        return s.t_priority[one] < s.t_priority[other]
    if s.t_since[one] != s.t_since[other]:
        return s.t_since[one] < s.t_since[other]
    return s.t_key[one] < s.t_key[other]


def merged(s: State, one: int, other: int) -> int:
    """The root of two skew heaps made one."""
    if one < 0:
        return other
    if other < 0:
        return one
    if before(s, other, one):
        one, other = other, one
    root = one
    s.q_up[root] = NONE
    while True:
        below = s.q_right[one]
        s.q_right[one] = s.q_left[one]
        if below < 0:
            s.q_left[one], s.q_up[other] = other, one
            return root
        if before(s, other, below):
            below, other = other, below
        s.q_left[one], s.q_up[below] = below, one
        one = below


def leave_queue(s: State, token: int, desk: int) -> int:
    """Take a token out of the queue of a desk."""
    s.t_waits[token] = 0
    left, right, up = s.q_left[token], s.q_right[token], s.q_up[token]
    if s.asked_again[desk]:
        if left >= 0:
            s.q_right[left] = right
        else:
            s.queue[desk] = right
        if right >= 0:
            s.q_left[right] = left
        return 0
    rest = merged(s, left, right)
    if rest >= 0:
        s.q_up[rest] = up
    if up < 0:
        s.queue[desk] = rest
    elif s.q_left[up] == token:
        s.q_left[up] = rest
    else:
        s.q_right[up] = rest
    return 0


def first_waiting(s: State, desk: int) -> int:
    """Who is next at a desk, of those not passed over; NONE where nobody is."""
    if not s.asked_again[desk]:
        return s.queue[desk]
    first, token = NONE, s.queue[desk]
    while token >= 0:
        if not s.t_skip[token] and (first < 0 or weighs_more(s, token, first)):
            first = token
        token = s.q_right[token]
    return first


def weighs_more(s: State, one: int, other: int) -> bool:
    """Whether a token is served before another where the policy is asked again."""
    if s.t_rank[one] != s.t_rank[other]:
        return s.t_rank[one] < s.t_rank[other]
    if s.t_weight[one] != s.t_weight[other]:
        return s.t_weight[one] > s.t_weight[other]
    if s.t_since[one] != s.t_since[other]:
        return s.t_since[one] < s.t_since[other]
    return s.t_key[one] < s.t_key[other]


def beginning(s: State, token: int, desk: int, skip: bool) -> int:
    """Take a token out of its queue: for good, or until the others have been asked."""
    if skip and s.asked_again[desk]:
        s.t_skip[token] = 1
        return 0
    return leave_queue(s, token, desk)


def put_back(s: State, token: int, desk: int) -> int:
    """Put a token that was passed over back into its queue."""
    if s.asked_again[desk]:
        s.t_skip[token] = 0
        return 0
    s.t_waits[token] = 1
    s.q_left[token], s.q_right[token], s.q_up[token] = NONE, NONE, NONE
    s.queue[desk] = merged(s, s.queue[desk], token)
    return 0


# -- what is at risk -----------------------------------------------------------------------------------------


def place_of_age(s: State, age: int) -> int:
    """Place of an age in the tables of what is at risk."""
    low, high = 0, s.ages
    while high - low > 1:
        middle = (low + high) >> 1
        if s.age_edge[middle] <= age:
            low = middle
        else:
            high = middle
    return low


def table_place(s: State, token: int, now: int) -> int:
    """The place of a token's account in the tables, of a case by what was stated; NONE where nothing is at risk."""
    case = s.t_case[token]
    if s.t_account[token] < 0:
        if case < 0 or s.stated[case] < 0:
            return NONE
        return place_of_age(s, max(0, now - s.reported_at[case]))
    if s.k_layer[s.t_subject[token]] < 1:
        return NONE
    account = s.t_subject[token]
    layer = min(s.k_layer[account], s.layers) - 1
    return layer * s.ages + place_of_age(s, max(0, now - s.k_credited[account]))


def at_stake(s: State, token: int) -> float:
    """fen that are reported to have come to a token's account, or that its victim has stated."""
    if s.t_account[token] >= 0:
        return float(s.k_amount[s.t_subject[token]])
    return float(s.stated[s.t_case[token]])
