"""What a step does to the world: small functions, one table. An engine calls them by name and never touches money."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sim.fraud.draws import uniform, uniform_one
from sim.fraud.groups import Floats, Ints
from sim.fraud.settle import NEVER
from sim.scenario.criminals import Claims
from sim.scenario.workflow import SIGNALS
from sim.workflow.knowledge import FREE
from sim.workflow.log import CLARIFIED, CLEARED, NONE, PAID, REFUSED, RETURNED, content
from sim.workflow.world import World

SIGNAL: Mapping[str, int] = {name: 1 << bit for bit, name in enumerate(SIGNALS)}
"""By name: the bit of a signal."""

Effect = Callable[[World, int, int], tuple[str, list[int]]]
"""(world, subject, now) -> (signal raised or "", accounts newly known)"""
Outcome = tuple[str, list[int]]
NOTHING: Outcome = ("", [])


# -- on a case -------------------------------------------------------------------------------------------


def note_loss(world: World, case: int, now: int) -> Outcome:
    """The statement says how much was paid so far: queues can rank the case before its accounts are on file."""
    world.knowledge.stated[case] = world.loss(case, now)
    return NOTHING


def open_case(world: World, case: int, now: int) -> Outcome:
    """The victim's statement is on file: the accounts that took the payments so far are known.

    Of a transfer that is still under way on a rail, the victim also knows the account it will reach.
    """
    new = world.reveal(world.account_first[case], now, now + 1)
    for pending in [account for account in new if world.bank[account] >= world.first_rail]:
        for onward in world.forest.outgoing(pending):
            target = world.forest.target[onward]
            if world.times[onward] > now and world.learn(target, 0, now, now):
                new.append(target)
    return "opened", new


def dissuade(world: World, case: int, now: int) -> Outcome:
    """The victim understands and pays no more: what is not yet paid is prevented."""
    world.hold(world.account_first[case], now)
    world.safe.add(case)
    return "safe", []


def let_pay(world: World, case: int, now: int) -> Outcome:
    """The bank lets a held payment of the victim go; one who understands meanwhile does not pay any more."""
    understood = int(world.plan.victims.discovered[case])
    if case in world.safe or now >= understood:
        return NOTHING
    if not world.release(world.account_first[case], now):
        return NOTHING
    if understood < NEVER:
        world.at_last(understood, case)
    return "released", []


# -- on an account ---------------------------------------------------------------------------------------


def place_hold(world: World, account: int, now: int) -> Outcome:
    """The stop payment takes effect: the account can receive but not pay (PBoC notice Yinfa [2016] 86).

    It holds for the law's time and may be repeated as often as the law says; without a law it is permanent, and so is
    what a field team lays hands on. A transfer that is still under way on a rail is recalled: its money is back with
    the victim at once, unless the recall fails.
    """
    law, knowledge, card = world.law, world.knowledge, world.card[account]
    if world.bank[account] >= world.first_rail:
        fails = world.recall_fails[world.bank[account] - world.first_rail]
        if fails and uniform_one(int(world.plan.accounts.key[account]), "recall") < fails:
            return NOTHING
        world.hold(account, now)
        return_money(world, account, now)
    elif law is None or world.field[world.bank[account]]:
        world.hold(account, now)
    elif not knowledge.frozen[card]:
        if knowledge.stops[card] >= law.most_stops:
            return NOTHING
        knowledge.stops[card] += 1
        world.hold(account, now, now + law.stop)
    return "stopped", []


def reveal(world: World, account: int, now: int) -> Outcome:
    """The bank answers where the money went; a debit of this very instant may yet be blocked, so it is not named."""
    return "answered", world.reveal(account, now, now)


def release(world: World, account: int, now: int) -> Outcome:
    """The hold on the account is lifted."""
    return ("released", []) if world.release(account, now) else NOTHING


def check_order(world: World, account: int, now: int) -> Outcome:
    """The bank checks name, account, amount and time against the order; a mismatch it must refuse (as `place_hold`).

    Details given wrong never match before they are put right; right ones fail with the profile's chance, and a bank
    may refuse a matching order for want of paper. Each check of an account has a draw of its own.
    """
    chance = world.refuses[world.bank[account]]
    number = world.checks[account] = world.checks.get(account, 0) + 1
    refused = bool(world.plan.accounts.wrong[account]) and account not in world.right
    if chance > 0 and not refused:
        refused = uniform_one(int(world.plan.accounts.key[account]), f"check:{number}") < chance
    world.knowledge.refused[account] = refused
    if not refused:
        return NOTHING
    world.log.buffer += (now, world.key[account], REFUSED, NONE)
    return "refused", []


def clarify(world: World, account: int, now: int) -> Outcome:
    """The account's details are put right with the victim or at a branch."""
    world.right.add(account)
    world.knowledge.refused[account] = False
    world.log.buffer += (now, world.key[account], CLARIFIED, NONE)
    return "clarified", []


HELD_FIRST, DISPUTED = 1, 2
"""What a filing finds of an account that somebody else has a right to."""


def found_by_filing(claims: Claims, u: Floats) -> Ints:
    """HELD_FIRST, DISPUTED or 0 for nothing, of each account whose card has such a uniform number."""
    either = claims.held_first + claims.disputed
    return np.where(u < claims.held_first, HELD_FIRST, np.where(u < either, DISPUTED, 0))


def file_freeze(world: World, account: int, now: int) -> Outcome:
    """Police file the judicial freeze; a stop that has lapsed before leaves nothing to freeze.

    Only now does anybody learn whether another force held the account first, which then has it for good, or whether
    nobody can prove whose money it is: then there is no freeze, and the stop lapses.
    """
    knowledge, card = world.knowledge, world.card[account]
    if world.claims is not None and knowledge.until[card] != FREE and not knowledge.frozen[card]:
        found = found_by_filing(world.claims, uniform(world.plan.accounts.key[card : card + 1], "claim"))[0]
        if found == HELD_FIRST:
            if not knowledge.contested[card]:
                world.give_up(account, now)
            return "contested", []
        if found == DISPUTED:
            knowledge.disputed[card] = 1
            return NOTHING
    until = NEVER if world.law is None else now + world.law.freeze
    return ("frozen", []) if world.freeze(account, now, until) else NOTHING


def return_money(world: World, account: int, now: int) -> Outcome:
    """Frozen money, or what a field team took, goes back: direct where one case is on the account, else in proportion
    to what the cases that are reported have lost and not got back, and never more than that (rules on the return of
    frozen money, China, 2016). The account is closed, the holder's own money free. From an account under a stop that
    will lapse nothing is returned.
    """
    knowledge, card = world.knowledge, world.card[account]
    if knowledge.contested[card] or (knowledge.until[card] < NEVER and not knowledge.frozen[card]):
        return NOTHING
    rows = [(row, fen) for row in world.rows_of(account) if (fen := world.balance(row, now)) > 0]
    cases = sorted({case for row, _ in rows if knowledge.reported_at[case := world.case_of[row]] >= 0})
    claims = {case: fen for case in cases if (fen := world.loss(case, now) - world.paid.get(case, 0)) > 0}
    pot = min(sum(fen for _, fen in rows), sum(claims.values()))
    if not pot:
        return NOTHING
    world.hold(account, now)  # what is left, and what may still come, stays there
    for case, fen in zip(claims, shared_out(pot, list(claims.values())), strict=True):
        world.paid[case] = world.paid.get(case, 0) + fen
        world.log.buffer += (now, content(case), PAID, fen)
    if world.plan.accounts.innocent[account]:
        world.log.buffer += (now, world.key[account], CLEARED, NONE)  # what is the holder's own is free
    for (row, _), fen in zip(rows, shared_out(pot, [fen for _, fen in rows]), strict=True):
        world.returned[row] = world.returned.get(row, 0) + fen
        world.log.buffer += (now, world.key[row], RETURNED, fen)
    return "returned", []


def shared_out(total: int, claims: list[int]) -> list[int]:
    """Share fen out in proportion to claims, by the largest remainder; no share is above its claim.

    Args:
        total: at most the sum of the claims.
    """
    whole = sum(claims)
    if not whole:
        return [0] * len(claims)
    parts = [total * claim // whole for claim in claims]
    by_remainder = sorted(range(len(claims)), key=lambda i: (-(total * claims[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def intercept(world: World, account: int, now: int) -> Outcome:
    """A field team is there: a courier is caught, or at a branch or machine whoever comes to take the cash."""
    caught = [account] if world.field[world.bank[account]] else []
    if not caught:
        targets = (world.forest.target[i] for row in world.rows_of(account) for i in world.forest.outgoing(row))
        caught = [target for target in targets if target >= 0 and world.field[world.bank[target]]]
    for one in caught:
        world.hold(one, now)
    return ("stopped", []) if caught else NOTHING


def clear_innocent(world: World, account: int, now: int) -> Outcome:
    """The holder's own money is free again; the stolen money stays held, so that no signal tells of a release."""
    if world.knowledge.until[world.card[account]] != FREE:
        world.log.buffer += (now, world.key[account], CLEARED, NONE)
    return NOTHING


EFFECTS: Mapping[str, Effect] = {
    "note_loss": note_loss,
    "open_case": open_case,
    "dissuade": dissuade,
    "protect": dissuade,  # a protective stop on the victim's own card: the same for the money
    "let_pay": let_pay,
    "place_hold": place_hold,
    "reveal": reveal,
    "release": release,
    "check_order": check_order,
    "clarify": clarify,
    "file_freeze": file_freeze,
    "return_money": return_money,
    "intercept": intercept,
    "clear_innocent": clear_innocent,
}
