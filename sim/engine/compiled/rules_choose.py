"""Rules of what a choose asks, and where it leads."""

from __future__ import annotations

from sim.engine.compiled.rules_calendar import heads_at
from sim.engine.compiled.rules_draws import CHANCE, chance, lacks
from sim.engine.compiled.state import State
from sim.workflow.knowledge import FREE
from sim.workflow.log import NONE

PREDICATE_NAMES = (
    "layer_at_least", "amount_at_least", "caught_at_least", "found_at_least", "bank_profile", "bank_reachable",
    "desk_open", "elapsed_at_least", "places", "channels", "scams", "ages", "refused", "known_before", "held", "frozen",
    "contested", "disputed", "stops_left", "one_inflow", "reported", "third_party", "waiting",
)  # fmt: skip
(
    LAYER, AMOUNT, CAUGHT, FOUND, PROFILE, REACHABLE, DESK_OPEN, ELAPSED, PLACES, CHANNELS, SCAMS, AGES, IS_REFUSED,
    BEFORE, HELD, IS_FROZEN, IS_CONTESTED, IS_DISPUTED, STOPS_LEFT, ONE_INFLOW, REPORTED, THIRD_PARTY, WAITING,
) = range(len(PREDICATE_NAMES))  # fmt: skip


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
