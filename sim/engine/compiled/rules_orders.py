"""Rules of orders: what a decision from outside does, and the changes of desks that it may ask for."""

from __future__ import annotations

from sim.engine.compiled.rules_desks import heads_ended, heads_ordered, move_in_queue, soil, to_queue
from sim.engine.compiled.rules_effects import place_hold
from sim.engine.compiled.rules_knowledge import tell
from sim.engine.compiled.rules_queue import FIFO, MOST_AT_RISK, join_queue, leave_queue
from sim.engine.compiled.rules_tokens import cancel, start, write_off
from sim.engine.compiled.state import State
from sim.engine.orders import ACTIONS, FRONT
from sim.workflow.log import NONE

STOP, START, CANCEL, PRIORITISE, TAKE, WRITE_OFF, HEADS, END_HEADS, POLICY, DEADLINE = range(len(ACTIONS))


def carry_out(s: State, place: int, now: int) -> int:
    """Carry out an order; 1, or 0 where it names what the responders do not know or what is not there."""
    action, case, subject = s.order_action[place], s.order_case[place], s.order_subject[place]
    of_account = s.order_of_account[place]
    if action >= HEADS:
        return change_desk(s, place, action, s.order_desk[place], now)
    if subject < 0 or (s.reported_at[case] < 0 and s.alerted_at[case] < 0):
        return 0
    if of_account and s.known_at[subject] < 0:
        return 0
    if action == STOP:
        if not of_account or s.bank_desk[s.k_bank[subject]] < 0:
            return 0
        signal = place_hold(s, subject, now)
        tell(s, signal, 0, case, subject)
        return 1 if signal >= 0 else 0
    if action in (PRIORITISE, TAKE, WRITE_OFF):
        return about_waiting(s, place, action, subject, of_account, now)
    route = s.order_route[place]
    if s.of_account[route] != of_account or (s.token_at[s.route_base[route] + subject] < 0) != (action == START):
        return 0
    if action == START:
        start(s, route, subject)
    else:
        cancel(s, route, subject, now)
    return 1


def about_waiting(s: State, place: int, action: int, subject: int, of_account: int, now: int) -> int:
    """Change the place of whatever waits of a subject, or end it; 1 where anything did."""
    done = 0
    for route in range(s.n_routes):
        if s.of_account[route] != of_account:
            continue
        token = s.token_at[s.route_base[route] + subject]
        if token < 0 or not (s.t_waits[token] or s.t_undecided[token]):
            continue
        if action == WRITE_OFF:
            write_off(s, token, now)
        elif action == PRIORITISE:
            s.t_own_rank[token] = s.order_rank[place]
            if not s.t_undecided[token]:
                move_in_queue(s, token, 0)
        elif s.t_desk[token] == s.order_desk[place]:
            before = FRONT - s.taken
            if s.t_undecided[token]:
                to_queue(s, token, before)
            else:
                move_in_queue(s, token, before)
            s.taken = s.taken + 1
        else:
            continue
        done = 1
    return done


def change_desk(s: State, place: int, action: int, desk: int, now: int) -> int:
    """Change the heads of a desk, its policy, or how long somebody has to decide there; 0 where nothing is to end."""
    if action == HEADS:
        heads_ordered(s, desk, s.order_heads[place], s.order_lasts[place], now)
    elif action == END_HEADS:
        return heads_ended(s, desk, s.order_heads[place], s.order_lasts[place], now)
    elif action == POLICY:
        serve_by(s, desk, s.order_policy[place])
    else:
        s.deadline[desk] = s.order_lasts[place]
        if s.order_lasts[place] == 0:
            nobody_decides(s, desk)
    return 1


def nobody_decides(s: State, desk: int) -> int:
    """From now on nobody sits at a desk: its policy decides about all that waits there undecided."""
    place = 0
    while place < s.n_undecided:
        token = s.undecided[place]
        if s.t_desk[token] == desk:
            to_queue(s, token, 0)  # the last of the undecided has its place now
        else:
            place += 1
    return 0


def serve_by(s: State, desk: int, policy: int) -> int:
    """Serve a desk by another policy from now on; who waits keeps the rank that orders gave."""
    chain = NONE
    while s.queue[desk] >= 0:
        token = s.queue[desk]
        leave_queue(s, token, desk)
        s.hand_next[token] = chain  # free meanwhile: a token that waits has nothing in hand
        chain = token
    set_policy(s, desk, policy)
    while chain >= 0:
        token = chain
        chain = s.hand_next[token]
        join_queue(s, token, desk)
    return soil(s, desk)


def set_policy(s: State, desk: int, policy: int) -> int:
    """Note which policy a desk is served by, and so which loop serves it."""
    again = 1 if policy == MOST_AT_RISK else 0
    s.asked_again[desk], s.policy_of[desk] = again, FIFO if again else policy
    s.special[desk] = 1 if again or s.ruled[desk] else 0
    return 0
