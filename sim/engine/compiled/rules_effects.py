"""Rules of what a step does to the money and the files."""

from __future__ import annotations

from sim.engine.compiled.rules_draws import CHECK, chance, lacks
from sim.engine.compiled.rules_knowledge import keep_revealed, learn, loss, reveal
from sim.engine.compiled.rules_money import balance, freeze, hold, leave_to_others, push, release, write
from sim.engine.compiled.state import Column, State
from sim.fraud.settle import NEVER
from sim.scenario.workflow import ACCOUNT_EFFECTS, CASE_EFFECTS, SIGNALS
from sim.workflow.effects import HELD_FIRST
from sim.workflow.knowledge import FREE
from sim.workflow.log import CLARIFIED, CLEARED, NONE, PAID, REFUSED, RETURNED

OPENED, SAFE, RELEASED, STOPPED_, ANSWERED, REFUSED_, CLARIFIED_, FROZEN_, RETURNED_, CONTESTED_ = (
    SIGNALS.index(name)
    for name in (
        "opened", "safe", "released", "stopped", "answered", "refused", "clarified", "frozen", "returned", "contested",
    )
)  # fmt: skip
EFFECT_NAMES = (*CASE_EFFECTS, *ACCOUNT_EFFECTS)
(
    NOTE_LOSS, OPEN_CASE, DISSUADE, PROTECT, LET_PAY, PLACE_HOLD, REVEAL, RELEASE, CHECK_ORDER, CLARIFY,
    FILE_FREEZE, RETURN_MONEY, INTERCEPT, CLEAR_INNOCENT,
) = range(len(EFFECT_NAMES))  # fmt: skip


def needs_check(s: State, account: int) -> bool:
    """Whether the next check of an account's order needs a draw that was not made yet."""
    if s.refusal_of[s.bank_of[account]] <= 0 or (s.wrong[account] and not s.right[account]):
        return False
    return lacks(s, CHECK, 0, s.checks[account] + 1, account)


def on_case(s: State, effect: int, token: int, case: int, now: int) -> int:
    """Carry out an effect on a case; returns the place of the signal that it raises, or NONE."""
    own = s.account_first[case]
    if effect == OPEN_CASE:
        before = s.reveal_last[token] if s.reveal_first[token] >= 0 else NONE
        reveal(s, token, own, now, now + 1)
        if s.reveal_first[token] < 0:
            return OPENED
        last = s.reveal_last[token]
        pending = s.reveal_next[before] if before >= 0 else s.reveal_first[token]
        while pending >= 0:
            after = s.reveal_next[pending] if pending != last else NONE
            if s.bank_of[pending] >= s.first_rail:
                for place in range(s.outgoing_first[pending], s.outgoing_first[pending + 1]):
                    onward = s.outgoing[place]
                    if s.times[onward] > now and learn(s, s.target[onward], 0, now, now):
                        keep_revealed(s, token, s.target[onward])
            pending = after
        return OPENED
    if effect == NOTE_LOSS:
        s.stated[case] = loss(s, case, now)
        return NONE
    if effect == LET_PAY:
        understood = s.discovered[case]
        if s.safe[case] or now >= understood or not release(s, own, now, NONE):
            return NONE
        if understood < NEVER:
            understand(s, understood, case)
        return RELEASED
    hold(s, own, now, NEVER)
    s.safe[case] = 1
    return SAFE


def place_hold(s: State, account: int, now: int) -> int:
    """The stop payment takes effect, as the law lets it."""
    card, bank = s.card_of[account], s.bank_of[account]
    if bank >= s.first_rail:
        if s.recall_fails[account]:
            return NONE
        hold(s, account, now, NEVER)
        return_money(s, account, now)
    elif not s.law or s.field_of[bank]:
        hold(s, account, now, NEVER)
    elif s.frozen[card] == 0:
        if s.stops[card] >= s.law_most:
            return NONE
        s.stops[card] = s.stops[card] + 1
        hold(s, account, now, now + s.law_stop)
    return STOPPED_


def check_order(s: State, account: int, now: int) -> int:
    """The bank checks the order; what does not match it must refuse."""
    number = s.checks[account] + 1
    s.checks[account] = number
    refused = s.wrong[account] != 0 and s.right[account] == 0
    likely = s.refusal_of[s.bank_of[account]]
    if likely > 0 and not refused:
        refused = chance(s, CHECK, 0, number, account) < likely
    s.refused[account] = 1 if refused else 0
    if not refused:
        return NONE
    write(s, now, s.content_of[account], REFUSED, NONE)
    return REFUSED_


def on_account(s: State, effect: int, token: int, account: int, now: int) -> int:
    """Carry out an effect on an account; returns the place of the signal that it raises, or NONE."""
    if effect == PLACE_HOLD:
        return place_hold(s, account, now)
    if effect == REVEAL:
        reveal(s, token, account, now, now)
        return ANSWERED
    if effect == CHECK_ORDER:
        return check_order(s, account, now)
    if effect == RELEASE:
        return RELEASED if release(s, account, now, NONE) else NONE
    if effect == CLARIFY:
        s.right[account], s.refused[account] = 1, 0
        write(s, now, s.content_of[account], CLARIFIED, NONE)
        return CLARIFIED_
    if effect == FILE_FREEZE:
        return file_freeze(s, account, now)
    if effect == RETURN_MONEY:
        return return_money(s, account, now)
    if effect == INTERCEPT:
        return intercept(s, account, now)
    if s.until[s.card_of[account]] != FREE:
        write(s, now, s.content_of[account], CLEARED, NONE)
    return NONE


def file_freeze(s: State, account: int, now: int) -> int:
    """Police file the freeze; only now does anybody learn who else has a right to what lies there."""
    card = s.card_of[account]
    if s.claim_of[card] != 0 and s.until[card] != FREE and s.frozen[card] == 0:
        if s.claim_of[card] == HELD_FIRST:
            if not s.contested[card]:
                leave_to_others(s, account, now)
            return CONTESTED_
        s.disputed[card] = 1
        return NONE
    until = now + s.law_freeze if s.law else NEVER
    return FROZEN_ if freeze(s, account, now, until, 0) else NONE


def intercept(s: State, account: int, now: int) -> int:
    """A field team is there: a courier is caught, or at a branch or machine whoever comes to take the cash."""
    if s.field_of[s.bank_of[account]]:
        hold(s, account, now, NEVER)
        return STOPPED_
    caught = NONE
    row = s.card_of[account]
    while row >= 0:
        for place in range(s.outgoing_first[row], s.outgoing_first[row + 1]):
            target = s.target[s.outgoing[place]]
            if target >= 0 and s.field_of[s.bank_of[target]]:
                hold(s, target, now, NEVER)
                caught = STOPPED_
        row = s.card_next[row]
    return caught


def return_money(s: State, account: int, now: int) -> int:
    """Money goes back to the cases that lost it, in proportion to what they have lost and not got back."""
    card = s.card_of[account]
    if s.contested[card] or (s.until[card] < NEVER and s.frozen[card] == 0):
        return NONE
    rows, cases, lies, claimed = 0, 0, 0, 0
    row = card
    while row >= 0:
        fen = balance(s, row, now)
        if fen > 0:
            s.share_row[rows], s.share_fen[rows] = row, fen
            rows, lies = rows + 1, lies + fen
            case = s.case_of[row]
            if s.reported_at[case] >= 0 and (cases == 0 or s.share_case[cases - 1] != case):
                claim = loss(s, case, now) - s.paid[case]
                if claim > 0:
                    s.share_case[cases], s.share_claim[cases] = case, claim
                    cases, claimed = cases + 1, claimed + claim
        row = s.card_next[row]
    pot = min(lies, claimed)
    if pot == 0:
        return NONE
    hold(s, account, now, NEVER)
    shared_out(s, s.share_claim, cases, pot, claimed)
    for i in range(cases):
        case = s.share_case[i]
        s.paid[case] = s.paid[case] + s.share_part[i]
        write(s, now, s.case_content[case], PAID, s.share_part[i])
    if s.innocent[account]:
        write(s, now, s.content_of[account], CLEARED, NONE)
    shared_out(s, s.share_fen, rows, pot, lies)
    for i in range(rows):
        row = s.share_row[i]
        s.returned[row] = s.returned[row] + s.share_part[i]
        s.is_returned[row] = 1
        write(s, now, s.content_of[row], RETURNED, s.share_part[i])
    return RETURNED_


def shared_out(s: State, claims: Column, n: int, total: int, whole: int) -> int:
    """Share fen out in proportion to n claims, by the largest remainder, into `share_part`.

    The product of two amounts needs more than 64 bits: it is built up bit by bit, and divided on the way.
    """
    left = total
    for i in range(n):
        part, rest = 0, 0
        for bit in range(62, -1, -1):
            part, rest = 2 * part, 2 * rest
            if rest >= whole:
                part, rest = part + 1, rest - whole
            if (total >> bit) & 1:
                rest += claims[i]
                part, rest = part + rest // whole, rest % whole
        s.share_part[i], s.share_rest[i] = part, rest
        left -= part
    while left > 0:
        best = 0
        for i in range(1, n):
            if s.share_rest[i] > s.share_rest[best]:
                best = i
        s.share_part[best] = s.share_part[best] + 1
        s.share_rest[best] = NONE
        left -= 1
    return 0


def understand(s: State, time: int, case: int) -> int:
    """See to it that a victim's own account is held for good at a time: then the victim understands."""
    push(s.understanding_time, s.understanding_key, s.n_understandings, time, case)
    s.n_understandings = s.n_understandings + 1
    return 0
