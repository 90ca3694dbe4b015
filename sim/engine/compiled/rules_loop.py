"""The loop: what comes next, of all that is on its way, until the run is over or something is missing."""

from __future__ import annotations

from sim.engine.compiled.rules_desks import NEED, OK, OVER, ROOM, doing, to_queue
from sim.engine.compiled.rules_draws import PATIENCE, lacks
from sim.engine.compiled.rules_knowledge import learn, loss, raise_on_account
from sim.engine.compiled.rules_money import balance, hold, lapse, next_lapse, pop, settle, write
from sim.engine.compiled.rules_moves import token_event, walk
from sim.engine.compiled.rules_orders import carry_out, set_policy
from sim.engine.compiled.rules_seats import next_overdue
from sim.engine.compiled.rules_service import change, serve
from sim.engine.compiled.rules_tokens import duty, short, start
from sim.engine.compiled.state import State
from sim.fraud.settle import NEVER
from sim.scenario.workflow import SIGNALS
from sim.workflow.knowledge import FREE, UNKNOWN
from sim.workflow.log import ALERT, CLOSED, FINISHED, NONE, OBJECTION, ORDER, OVERDUE, REPORT
from sim.workflow.sources import ALARM, ALARM_VALUE, BLOCKED, HELD, LEAD, LEAD_VALUE, REPORTED, WARNED, WARNING_VALUE

LAPSED_SIGNAL = SIGNALS.index("lapsed")
LAPSE, OUTSIDE_FIRST, UNDERSTOOD, TOKEN, CHANGE, OUTSIDE, DUTY, OBJECTED, ORDERED, OVERDUE_, HORIZON = range(11)
"""Sources of events, in the order in which those of one instant come."""


def run_on(s: State) -> int:
    """Go on with a run; returns OK at its end, or what is missing before it can go on."""
    while True:
        if s.n_stack > 0:
            code = walk(s)
            if code != OK:
                return code
        if s.order_pending:  # all that came of it at once is done
            write(s, s.now, s.order_content[s.order_pending - 1], ORDER, s.order_done)
            s.order_pending, s.check = 0, 1
        if s.check:
            s.check = 0
            waits = s.open_tokens or s.arrivals_left or s.temporary or s.next_order < s.last_order
            if s.horizon_passed and not (waits or s.finished):
                s.finished, s.end = 1, s.now
        if s.finished:
            return close(s)
        if short(s) or s.n_changes + 2 * s.n_desks + 8 > s.change_room:
            return ROOM
        if s.round_at < s.round_n:
            code = dispatch(s)
            if code != OK:
                return code
            continue
        source = next_source(s)
        time = s.next_time
        if s.dirty_n > 0 and time > s.now:
            for i in range(s.dirty_n):
                s.round_desks[i] = s.dirty_desks[i]
                s.dirty[s.dirty_desks[i]] = 0
            s.round_n, s.round_at, s.dirty_n = s.dirty_n, 0, 0
            s.passed_time, s.passed_desk = s.now, s.n_desks
            continue
        if time >= s.limit:
            s.finished, s.end = 1, s.limit
            continue
        s.now = time
        code = happen(s, source, time)
        if code != OK:
            return code


def dispatch(s: State) -> int:
    """Assign free people to waiting tokens, desk by desk, where somebody may begin."""
    while s.round_at < s.round_n:
        code = serve(s, s.round_desks[s.round_at], s.now)
        if code != OK:
            return code
        s.round_at = s.round_at + 1
    return OK


def next_source(s: State) -> int:
    """Which source has the next event; its time is then `next_time`."""
    time, source = next_lapse(s), LAPSE
    if s.next_arrival < s.last_arrival and s.arrival_time[s.next_arrival] < time:
        time, source = s.arrival_time[s.next_arrival], OUTSIDE
        if s.arrival_class[s.next_arrival] == 0:
            source = OUTSIDE_FIRST
    if s.n_understandings > 0:
        at = s.understanding_time[0]
        sooner = source == OUTSIDE or (
            source == OUTSIDE_FIRST and s.understanding_key[0] < s.arrival_key[s.next_arrival]
        )
        if at < time or (at == time and sooner):
            time, source = at, UNDERSTOOD
    if s.n_agenda > 0:
        at = s.agenda_time[0]
        if at < time or (at == time and source == OUTSIDE):
            time, source = at, TOKEN
    if s.n_changes > 0:
        at = s.change_time[0]
        if at < time or (at == time and source == OUTSIDE):
            time, source = at, CHANGE
    if s.next_duty < s.last_duty and s.duty_time[s.next_duty] < time:
        time, source = s.duty_time[s.next_duty], DUTY
    if s.n_objections > 0 and s.objection_time[0] < time:
        time, source = s.objection_time[0], OBJECTED
    if s.next_order < s.last_order and s.order_time[s.next_order] < time:
        time, source = s.order_time[s.next_order], ORDERED
    if s.overdue_at < time:
        time, source = s.overdue_at, OVERDUE_
    if not s.horizon_passed and s.horizon < time:
        time, source = s.horizon, HORIZON
    s.next_time = time
    return source


def happen(s: State, source: int, now: int) -> int:
    """Let the next event of a source happen."""
    if source == TOKEN:
        token_event(s, s.agenda[0], now)
        return OK
    if source == CHANGE:
        return change(s, now)
    if source == LAPSE:
        return lapses(s, now)
    if source == UNDERSTOOD:
        case = s.understanding_key[0]
        pop(s.understanding_time, s.understanding_key, s.n_understandings)
        s.n_understandings = s.n_understandings - 1
        hold(s, s.account_first[case], now, NEVER)
        s.safe[case] = 1
        return OK
    if source != OUTSIDE_FIRST:
        s.passed_time, s.passed_desk = now, s.n_desks
    if source == DUTY:
        place = s.next_duty
        s.next_duty = place + 1
        if s.patient[s.duty_step[place]] and lacks(s, PATIENCE, s.duty_step[place], 1, place):
            s.next_duty = place
            return NEED
        duty(s, place, now)
        return OK
    if source == OBJECTED:
        account = s.objection_key[0]
        pop(s.objection_time, s.objection_key, s.n_objections)
        s.n_objections = s.n_objections - 1
        if s.since[account] == now - s.objects_after[account]:
            write(s, now, s.content_of[account], OBJECTION, NONE)
            start(s, s.objections_route, account)
        return OK
    if source == ORDERED:
        place = s.next_order
        s.next_order, s.order_pending = place + 1, place + 1
        s.order_done = carry_out(s, place, now)
        return OK
    if source == OVERDUE_:
        token = next_overdue(s)
        write(s, now, s.t_key[token], doing(OVERDUE, s.t_desk[token], NONE), NONE)
        to_queue(s, token, 0)
        return OK
    s.check = 1
    if source == HORIZON:
        s.horizon_passed = 1
        return OK
    place = s.next_arrival
    s.next_arrival, s.arrivals_left = place + 1, s.arrivals_left - 1
    return arrive(s, s.arrival_kind[place], s.arrival_subject[place], now)


def lapses(s: State, now: int) -> int:
    """The holds that end by themselves at this instant, card by card."""
    due = 0
    while s.stop_n < s.stop_m and s.stop_time[s.stop_n] == now:
        due = insert(s, due, s.stop_card[s.stop_n], now)
        s.stop_n = s.stop_n + 1
    while s.freeze_n < s.freeze_m and s.freeze_time[s.freeze_n] == now:
        due = insert(s, due, s.freeze_card[s.freeze_n], now)
        s.freeze_n = s.freeze_n + 1
    if due >= s.due_room:
        return OVER
    for i in range(due):
        if lapse(s, s.due_cards[i], now):
            raise_on_account(s, LAPSED_SIGNAL, s.due_cards[i])
    s.check = 1
    return OK


def insert(s: State, n: int, card: int, now: int) -> int:
    """Put a card whose hold ends now into the sorted list of those, once; returns how many there are then."""
    if s.until[card] != now or n >= s.due_room:
        return n
    place = n
    while place > 0 and s.due_cards[place - 1] > card:
        place -= 1
    if place > 0 and s.due_cards[place - 1] == card:
        return n
    for i in range(n, place, -1):
        s.due_cards[i] = s.due_cards[i - 1]
    s.due_cards[place] = card
    return n + 1


# -- what comes from outside ---------------------------------------------------------------------------------


def arrive(s: State, kind: int, subject: int, now: int) -> int:
    """Something comes from outside: a report, an alert, or a victim who is out of the criminals' reach."""
    if kind == REPORTED:
        return reported(s, subject, now)
    if kind == BLOCKED:
        hold(s, s.account_first[subject], now, NEVER)
        s.safe[subject] = 1
        return OK
    if kind == HELD:
        own = s.source[subject]
        if s.times[subject] == now:  # else it was put off or prevented by a hold before
            hold(s, own, now, NEVER)
            alert(s, s.case_of[own], ALARM_VALUE, now, NONE)
            start(s, s.alarm_route, s.case_of[own])
        return OK
    if kind == LEAD:
        return on_lead(s, subject, now)
    if kind == ALARM:
        hold(s, s.account_first[subject], now, NEVER)
        alert(s, subject, ALARM_VALUE, now, NONE)
        start(s, s.alarm_route, subject)
    elif kind == WARNED:
        alert(s, subject, WARNING_VALUE, now, NONE)
        start(s, s.warning_route, subject)
    return OK


def reported(s: State, case: int, now: int) -> int:
    """A victim reports; who was saved before the first payment has nothing to report."""
    understood = s.safe[case] or now >= s.discovered[case]
    if understood and loss(s, case, now) == 0:
        return OK
    s.reported_at[case] = now
    note_case(s, case)
    write(s, now, s.case_content[case], REPORT, NONE)
    start(s, s.report_route, case)
    return OK


def note_case(s: State, case: int) -> int:
    """Note what a report or an alert says of a case."""
    s.channel[case], s.scam[case], s.age[case] = s.channel_of[case], s.scam_of[case], s.age_of[case]
    s.third[case] = s.third_of[case]
    return 0


def alert(s: State, case: int, value: int, now: int, account: int) -> int:
    """A warning, a lead or an alarm reaches the responders; a lead shows an account, not whom it robs."""
    if s.alerted_at[case] == UNKNOWN:
        s.alerted_at[case] = now
    if value != LEAD_VALUE:
        note_case(s, case)
    content = s.case_content[case]
    if account >= 0:
        content = s.content_of[account]
    write(s, now, content, ALERT, value)
    return 0


def on_lead(s: State, account: int, now: int) -> int:
    """A platform shows an account that it has seen credited; what it has not seen it cannot show."""
    credit, credited = NONE, now
    if s.outgoing_first[account] < s.outgoing_first[account + 1]:
        credit = s.parent[s.outgoing[s.outgoing_first[account]]]
    if credit >= 0:
        credited = s.times[credit]
    if credited > now:
        return OK
    alert(s, s.case_of[account], LEAD_VALUE, now, account)
    if s.known_at[account] == UNKNOWN:
        amount = 0
        if credit >= 0:
            amount = s.amount[credit]
        learn(s, account, amount, credited, now)
        s.by_lead[account] = 1
        start(s, s.lead_route, account)
    return OK


# -- the end -------------------------------------------------------------------------------------------------


def close(s: State) -> int:
    """The end of the run: who is still cut off, and the last rows."""
    if s.log_n + s.last_case - s.first_case + 8 > s.log_room:
        return ROOM
    for case in range(s.first_case, s.last_case):
        s.cut_off[case] = 1 if s.open_by_case[case] > 0 else 0
    if s.temporary:
        for card in range(s.account_first[s.first_case], s.account_first[s.last_case]):
            if FREE < s.until[card] < NEVER and s.frozen[card] == 0:
                row = card
                while row >= 0:
                    if balance(s, row, s.end) > 0:
                        s.cut_off[s.case_of[row]] = 1
                    row = s.card_next[row]
    for case in range(s.first_case, s.last_case):
        if s.cut_off[case]:
            write(s, s.end, s.case_content[case], CLOSED, 1)
    write(s, s.end, s.nobody, FINISHED, NONE)
    return OK


def reset(s: State) -> int:
    """Bring all that is not of the plan to the start of a run; the log goes on."""
    s.now, s.end, s.passed_time, s.passed_desk = 0, 0, -1, 0
    s.horizon_passed, s.finished, s.check, s.open_tokens, s.temporary = 0, 0, 0, 0, 0
    s.n_agenda, s.n_stack, s.n_objections, s.n_understandings, s.n_changes = 0, 0, 0, 0, 0
    s.stop_n, s.stop_m, s.freeze_n, s.freeze_m, s.n_ended, s.hand_first = 0, 0, 0, 0, 0, NONE
    s.round_n, s.round_at, s.dirty_n, s.order_pending = 0, 0, 0, 0
    s.n_undecided, s.overdue_at, s.taken = 0, NEVER, 0
    s.n_free = s.n_tokens
    for token in range(s.n_tokens):
        s.free_tokens[token] = s.n_tokens - 1 - token
        s.t_place[token], s.t_serial[token] = NONE, NONE
    for desk in range(s.n_desks):
        s.capacity[desk], s.valid_until[desk], s.waiting[desk], s.queue[desk], s.busy_count[desk] = 0, 0, 0, NONE, 0
        s.dirty[desk], s.watched[desk], s.calls[desk] = 0, 0, 0
        s.expected[desk], s.called[desk], s.stays[desk], s.n_ordered[desk] = 0, 0, 0, 0
        s.deadline[desk] = s.deadline_at_first[desk]
        set_policy(s, desk, s.policy_at_first[desk])
    for person in range(s.n_people):
        s.busy[person] = 0
    return OK


def settle_all(s: State) -> int:
    """Settle all transfers of a run without a hold."""
    settle(s, s.transfer_first[s.first_case], s.transfer_first[s.last_case], 1.0, NEVER)
    return OK
