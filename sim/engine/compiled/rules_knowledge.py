"""Rules of knowledge and signals: what banks answer, what is known of it, and who hears what has happened."""

from __future__ import annotations

from sim.engine.compiled.rules_money import write
from sim.engine.compiled.state import State
from sim.scenario.workflow import SIGNALS
from sim.workflow.knowledge import UNKNOWN
from sim.workflow.log import KNOWN, NONE


def note(s: State, account: int, amount: int, credited: int, now: int) -> int:
    """Note a credit on an account; 1 if no case had named the account before."""
    if s.known_at[account] == UNKNOWN:
        s.known_at[account], s.k_layer[account], s.k_bank[account] = now, s.layer_of[account], s.bank_of[account]
        s.k_amount[account], s.k_credited[account], s.k_place[account] = amount, credited, s.place_of[account]
        return 1
    if credited > s.k_credited[account]:
        s.k_credited[account] = credited
    if s.by_lead[account]:
        s.by_lead[account] = 0
        s.known_before[account], s.k_amount[account] = 1, amount
        return 1
    s.k_amount[account] = s.k_amount[account] + amount
    return 0


def named_by(s: State, account: int) -> int:
    """Note that a case named an account that cases share."""
    card, case = s.card_of[account], s.case_of[account]
    row, mine = card, False
    while row >= 0:
        if s.named[row] and s.case_of[row] == case:
            mine = True
        row = s.card_next[row]
    s.named[account] = 1
    if not mine:
        if s.cases_on[card] > 0:
            s.known_before[account] = 1
        s.cases_on[card] = s.cases_on[card] + 1
    return 0


def learn(s: State, account: int, amount: int, credited: int, now: int) -> int:
    """A credit on an account becomes known; 1 where the account was not known before."""
    write(s, now, s.content_of[account], KNOWN, amount)
    if s.card_next[s.card_of[account]] >= 0:
        named_by(s, account)
    return note(s, account, amount, credited, now)


def keep_revealed(s: State, token: int, account: int) -> int:
    """Add an account to those newly known through a token."""
    s.reveal_next[account] = NONE
    if s.reveal_first[token] < 0:
        s.reveal_first[token] = account
    else:
        s.reveal_next[s.reveal_last[token]] = account
    s.reveal_last[token] = account
    return 0


def reveal(s: State, token: int, account: int, now: int, until: int) -> int:
    """An answer: where the account's money went before `until`; what is new is the token's."""
    since = s.answered_until[account]
    s.answered_until[account] = until
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if since <= s.times[i] < until:
            target = s.target[i]
            if target >= 0 and learn(s, target, s.amount[i], s.times[i], now):
                keep_revealed(s, token, target)
    return 0


def loss(s: State, case: int, now: int) -> int:
    """fen that the victim of a case has paid up to now."""
    account, paid = s.account_first[case], 0
    for place in range(s.outgoing_first[account], s.outgoing_first[account + 1]):
        i = s.outgoing[place]
        if s.times[i] <= now:
            paid += s.amount[i]
    return paid


# -- signals -----------------------------------------------------------------------------------------------


def met(s: State, token: int) -> bool:
    """Whether the signals that a token's step awaits are there."""
    step, subject = s.t_step[token], s.t_subject[token]
    if s.t_account[token] >= 0:
        have = s.raised[subject] | (s.raised_case[s.t_case[token]] & s.of_case)
    else:
        have = s.raised_case[subject]
    have &= s.awaited[step]
    if s.awaits_all[step]:
        return have == s.awaited[step]
    return have != 0


def raise_on_row(s: State, bit: int, place: int, account: int) -> int:
    """Latch a signal on an account and wake its tokens that awaited it; what it contradicts is no longer so."""
    kept = s.raised[account]
    if kept == 0 and bit & s.awaited_all == 0:
        return 0
    if place >= 0:
        kept &= ~s.clears[place]
    s.raised[account] = kept | bit
    for route in range(s.n_routes):
        if s.of_account[route]:
            token = s.token_at[s.route_base[route] + account]
            if token >= 0 and s.t_awaits[token] and met(s, token):
                wake(s, token)
    return 0


def raise_on_case(s: State, bit: int, case: int) -> int:
    """Latch a signal on a case and wake the tokens that awaited it; a case keeps what it has."""
    kept = s.raised_case[case]
    if kept == 0 and bit & s.awaited_all == 0:
        return 0
    s.raised_case[case] = kept | bit
    token = s.awaiting[case]
    while token >= 0:
        after = s.await_next[token]
        if met(s, token):
            wake(s, token)
        token = after
    return 0


def wake(s: State, token: int) -> int:
    """Let a token go on at this instant: what it awaited has come."""
    await_no_more(s, token)
    schedule(s, token, SIGNALLED, s.now)
    return 0


def await_signal(s: State, token: int) -> int:
    """Let a token wait for the signals of its step: those of a case are told to all that hang on the case's list."""
    s.t_awaits[token] = 1
    if s.t_account[token] < 0 or s.awaited[s.t_step[token]] & s.of_case:
        case = s.t_case[token]
        head = s.awaiting[case]
        s.await_before[token], s.await_next[token] = NONE, head
        if head >= 0:
            s.await_before[head] = token
        s.awaiting[case] = token
        s.t_awaits[token] = 2
    return 0


def await_no_more(s: State, token: int) -> int:
    """Let a token wait for signals no more."""
    if s.t_awaits[token] == 2:
        before, after = s.await_before[token], s.await_next[token]
        if before >= 0:
            s.await_next[before] = after
        else:
            s.awaiting[s.t_case[token]] = after
        if after >= 0:
            s.await_before[after] = before
    s.t_awaits[token] = 0
    return 0


def raise_on_account(s: State, place: int, account: int) -> int:
    """Raise a signal on an account in every case that knows it, and on those cases."""
    bit = 1 << place
    if bit & s.matter:
        row = s.card_of[account]
        while row >= 0:
            if s.known_at[row] != UNKNOWN:
                raise_on_row(s, bit, place, row)
                if bit & s.matter_to_cases:
                    raise_on_case(s, bit, s.case_of[row])
            row = s.card_next[row]
    return 0


def tell(s: State, place: int, of_case: int, case: int, subject: int) -> int:
    """Raise the signal of an effect, where it matters to anybody."""
    if place < 0:
        return 0
    if (1 << place) & s.matter:
        if of_case:
            raise_on_case(s, 1 << place, case)
        else:
            raise_on_account(s, place, subject)
    if place == STOPPED and s.stop_is_freeze:
        raise_on_account(s, FROZEN, subject)
    return 0


# -- tokens' events ----------------------------------------------------------------------------------------


def sooner(s: State, place: int, time: int, key: int) -> bool:
    """Whether the event at a place of the agenda comes before another one, of a token's key."""
    at = s.agenda_time[place]
    return at < time or (at == time and s.t_key[s.agenda[place]] < key)


def put_at(s: State, place: int, token: int, time: int) -> int:
    """Put a token's event at a place of the agenda."""
    s.agenda[place], s.agenda_time[place], s.t_place[token] = token, time, place
    return 0


def sift(s: State, token: int, place: int) -> int:
    """Bring a token to its place in the agenda, from a place that is empty."""
    time, key = s.t_time[token], s.t_key[token]
    while place > 0:
        above = (place - 1) >> 1
        if sooner(s, above, time, key):
            break
        put_at(s, place, s.agenda[above], s.agenda_time[above])
        place = above
    n = s.n_agenda
    while True:
        below = 2 * place + 1
        if below >= n:
            break
        if below + 1 < n and sooner(s, below + 1, s.agenda_time[below], s.t_key[s.agenda[below]]):
            below += 1
        if not sooner(s, below, time, key):
            break
        put_at(s, place, s.agenda[below], s.agenda_time[below])
        place = below
    return put_at(s, place, token, time)


def schedule(s: State, token: int, event: int, time: int) -> int:
    """Put the next event of a token on the agenda, in place of the one that is there."""
    unschedule(s, token)
    s.t_event[token], s.t_time[token] = event, time
    s.n_agenda = s.n_agenda + 1
    return sift(s, token, s.n_agenda - 1)


def unschedule(s: State, token: int) -> int:
    """Take the next event of a token off the agenda, if there is one."""
    place = s.t_place[token]
    if place < 0:
        return 0
    s.t_place[token] = NONE
    s.n_agenda = s.n_agenda - 1
    if place < s.n_agenda:
        sift(s, s.agenda[s.n_agenda], place)
    return 0


PASSED, DONE, SIGNALLED, RENEGE, TIMEOUT, ARRIVED = range(6)
"""What the next event of a token is."""
STOPPED, FROZEN = SIGNALS.index("stopped"), SIGNALS.index("frozen")
