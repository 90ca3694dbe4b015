"""Rules of what a step does, and of what a choose asks."""

from __future__ import annotations

from sim.fraud.settle import NEVER
from sim.response.compiled.rules_calendar import heads_at
from sim.response.compiled.rules_knowledge import keep_revealed, learn, loss, reveal
from sim.response.compiled.rules_money import balance, freeze, hold, leave_to_others, push, release, write
from sim.response.compiled.state import Column, State, load_real, load_whole
from sim.response.knowledge import FREE
from sim.response.log import CLARIFIED, CLEARED, NONE, PAID, REFUSED, RETURNED
from sim.scenario.workflow import SIGNALS

OPENED, SAFE, RELEASED, STOPPED_, ANSWERED, REFUSED_, CLARIFIED_, FROZEN_, RETURNED_, CONTESTED_ = (
    SIGNALS.index(name)
    for name in (
        "opened",
        "safe",
        "released",
        "stopped",
        "answered",
        "refused",
        "clarified",
        "frozen",
        "returned",
        "contested",
    )
)
EFFECT_NAMES = (
    "note_loss", "open_case", "dissuade", "protect", "let_pay", "place_hold", "reveal", "release", "check_order",
    "clarify", "file_freeze", "return_money", "intercept", "clear_innocent",
)  # fmt: skip
(
    NOTE_LOSS, OPEN_CASE, DISSUADE, PROTECT, LET_PAY, PLACE_HOLD, REVEAL, RELEASE, CHECK_ORDER, CLARIFY,
    FILE_FREEZE, RETURN_MONEY, INTERCEPT, CLEAR_INNOCENT,
) = range(len(EFFECT_NAMES))  # fmt: skip
PREDICATE_NAMES = (
    "layer_at_least", "amount_at_least", "caught_at_least", "found_at_least", "bank_profile", "bank_reachable",
    "desk_open", "elapsed_at_least", "places", "channels", "scams", "ages", "refused", "known_before", "held", "frozen",
    "contested", "disputed", "stops_left", "one_inflow", "reported", "third_party", "waiting",
)  # fmt: skip
(
    LAYER, AMOUNT, CAUGHT, FOUND, PROFILE, REACHABLE, DESK_OPEN, ELAPSED, PLACES, CHANNELS, SCAMS, AGES, IS_REFUSED,
    BEFORE, HELD, IS_FROZEN, IS_CONTESTED, IS_DISPUTED, STOPS_LEFT, ONE_INFLOW, REPORTED, THIRD_PARTY, WAITING,
) = range(len(PREDICATE_NAMES))  # fmt: skip
WORK_TIME, PATIENCE, HAND_OVER, AT_MOST, CHANCE, CHECK, BRIEFING, CALL_IN = range(8)
"""What a draw is for."""
HELD_FIRST, DISPUTED = 1, 2
"""What a filing finds of an account that somebody else has a right to."""
WHOLE = 4
"""Attempts whose draws are made for all subjects at once; later ones are rare."""


# -- draws ---------------------------------------------------------------------------------------------------


def table_of(s: State, what: int, step: int, attempt: int) -> int:
    """The place of a column of draws among all tables."""
    return (what * s.n_steps + step) * WHOLE + attempt - 1


def single_of(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """The place of a draw made singly; NONE where it was not made yet."""
    mark = (what << 40) + (step << 20) + attempt
    place = (subject * 7919 + mark * 31 + (mark >> 20)) & (s.single_room - 1)
    while s.single_what[place] != NONE:
        if s.single_what[place] == mark and s.single_subject[place] == subject:
            return place
        place = (place + 1) & (s.single_room - 1)
    return NONE


def lacks(s: State, what: int, step: int, attempt: int, subject: int) -> bool:
    """Whether a draw was not made yet; then it is asked for."""
    if attempt <= WHOLE and what <= CHECK:
        if s.tables[table_of(s, what, step, attempt)] != 0:
            return False
    elif single_of(s, what, step, attempt, subject) >= 0:
        return False
    s.need_what, s.need_step, s.need_attempt, s.need_subject = what, step, attempt, subject
    return True


def drawn(s: State, what: int, step: int, attempt: int, subject: int) -> int:
    """A time that was drawn."""
    if attempt <= WHOLE and what <= CHECK:
        return load_whole(s, table_of(s, what, step, attempt), subject)
    return s.single_whole[single_of(s, what, step, attempt, subject)]


def chance(s: State, what: int, step: int, attempt: int, subject: int) -> float:
    """A uniform number that was drawn."""
    if attempt <= WHOLE:
        return load_real(s, table_of(s, what, step, attempt), subject)
    return s.single_real[single_of(s, what, step, attempt, subject)]


# -- effects -------------------------------------------------------------------------------------------------


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


# -- predicates ----------------------------------------------------------------------------------------------


def holds(s: State, test: int, case: int, account: int, card: int, now: int) -> bool:
    """Whether a predicate holds of a subject."""
    which, arg = s.test_of[test], s.test_arg[test]
    if which <= REACHABLE or which == PLACES:
        if account < 0:
            return False
        if which == LAYER:
            return s.k_layer[account] >= arg
        if which == AMOUNT:
            return s.k_amount[account] >= arg
        if which == CAUGHT:
            return s.caught[account] >= arg
        if which == FOUND:
            return s.found[card] >= arg
        if which == PLACES:
            return s.k_place[account] >= 0 and (arg >> s.k_place[account]) & 1 == 1
        bank = s.k_bank[account]
        if which == PROFILE:
            return bank >= 0 and s.bank_profile[bank] == arg
        return bank >= 0 and (s.bank_desk[bank] >= 0) == (arg == 1)
    if which == DESK_OPEN:
        return heads_at(s, arg, now) > 0
    if which == WAITING:
        return s.waiting[arg] >= s.test_other[test]
    if which == ELAPSED:
        since = s.reported_at[case]
        if since < 0:
            since = s.alerted_at[case]
        return now - since >= arg
    if which == CHANNELS:
        return s.channel[case] >= 0 and (arg >> s.channel[case]) & 1 == 1
    if which == SCAMS:
        return s.scam[case] >= 0 and (arg >> s.scam[case]) & 1 == 1
    if which == AGES:
        return s.age[case] >= 0 and (arg >> s.age[case]) & 1 == 1
    return flag(s, which, case, account, card) == (arg == 1)


def flag(s: State, which: int, case: int, account: int, card: int) -> bool:
    """What a predicate of yes or no says."""
    if which == IS_REFUSED:
        return account >= 0 and s.refused[account] != 0
    if which == BEFORE:
        return account >= 0 and s.known_before[account] != 0
    if which == HELD:
        return s.until[card] != FREE
    if which == IS_FROZEN:
        return s.frozen[card] > 0 or (s.until[card] != FREE and s.most_stops < 0 and not s.contested[card])
    if which == IS_CONTESTED:
        return s.contested[card] != 0
    if which == IS_DISPUTED:
        return s.disputed[card] != 0
    if which == STOPS_LEFT:
        return s.most_stops < 0 or s.stops[card] < s.most_stops
    if which == ONE_INFLOW:
        return s.cases_on[card] <= 1
    if which == REPORTED:
        return s.reported_at[case] >= 0
    return s.third[case] != 0


def choose(s: State, token: int, step: int, attempt: int, now: int) -> int:
    """The step a choose leads to: the first of its lines whose tests hold or that chance picks; NONE lacks a draw."""
    subject, case, account = s.t_subject[token], s.t_case[token], NONE
    card = s.account_first[case]
    if s.t_account[token] >= 0:
        account = subject
        card = s.card_of[subject]
    below, u = 0.0, -1.0
    last = s.line_first[step + 1]
    for line in range(s.line_first[step], last):
        p = s.line_p[line]
        if p < 1:
            if u < 0:
                if lacks(s, CHANCE, step, attempt, subject):
                    return NONE
                u = chance(s, CHANCE, step, attempt, subject)
            below += p
            if u < below:
                return s.line_to[line]
        else:
            every = True
            for test in range(s.test_first[line], s.test_first[line + 1]):
                if not holds(s, test, case, account, card, now):
                    every = False
                    break
            if every:
                return s.line_to[line]
    return s.line_to[last - 1]
