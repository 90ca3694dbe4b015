"""What a step does to the world: small functions over arrays, one table.

`World` is the state that effects act on: the holds, the settled transfers and what is known. An engine calls
effects by name; it never touches money itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.fraud.groups import column, filled
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Holds, settle, settle_case
from sim.response.knowledge import Knowledge
from sim.response.log import HOLD, HOLD_END, KNOWN, NONE, Log, content

STOPPED, ANSWERED, RELEASED, OPENED = (1 << bit for bit in range(4))


class World:
    """Holds, settled transfers and knowledge of one run."""

    def __init__(self, plan: Plan, log: Log, speed: float = 1.0) -> None:
        self.plan = plan
        self.forest = plan.columns
        self.log = log
        self.speed = speed
        self.holds = Holds(len(plan.accounts))
        self.times = filled(NEVER, len(plan.transfers))
        """ms at which each transfer happens, given the holds so far."""
        settle(self.forest, {}, 0, len(self.times), self.times)
        self.case_of = column(plan.accounts.case)
        self.number = column(plan.accounts.number)
        self.key = column(content(plan.accounts.case, plan.accounts.number))
        """By account: the part of a log key that names it."""
        self.layer = column(plan.accounts.layer)
        self.bank = column(plan.accounts.bank)
        self.account_first = column(plan.account_first)
        self.transfer_first = column(plan.transfer_first)
        self.notice_after = column(plan.victims.notice_after)
        self.knowledge = Knowledge(len(self.case_of), len(plan.victims))

    def hold(self, account: int, now: int) -> None:
        """Begin a hold without an end; one in force already goes on."""
        if not self.holds.begin(account, now):
            return
        react = self.notice_after[self.case_of[account]] < NEVER
        found = self._hold(account, now) if react else self._cut(account, now)
        self.log.buffer += (now, self.key[account], HOLD, found)

    def release(self, account: int, now: int) -> None:
        """End the hold in force, if there is one: waiting money goes after its retry delay."""
        if not self.holds.end(account, now):
            return
        self.log.buffer += (now, self.key[account], HOLD_END, NONE)
        self._resettle(account)

    def reveal(self, account: int, now: int, until: int) -> list[int]:
        """An answer: where the account's money went before `until`. Returns the accounts new to the responders."""
        forest, times, knowledge = self.forest, self.times, self.knowledge
        since, new = knowledge.answered_until[account], list[int]()
        knowledge.answered_until[account] = until
        for i in forest.outgoing(account):
            target = forest.target[i]
            if since <= times[i] < until and target >= 0:
                known = knowledge.learn(target, self.layer[target], self.bank[target], forest.amount[i], times[i], now)
                if known:
                    new.append(target)
                self.log.buffer += (now, self.key[target], KNOWN, forest.amount[i])
        return new

    def _cut(self, account: int, now: int) -> int:
        """A new hold without an end or reaction: what would still go never goes. Returns the fen found (as `_hold`)."""
        forest, times, found = self.forest, self.times, 0
        for i in forest.outgoing(account):
            if times[i] >= now:
                parent = forest.parent[i]
                if parent >= 0 and times[parent] <= now:
                    found += forest.amount[i]
                if times[i] < NEVER:  # what `settle` would say of the subtree
                    times[i : i + forest.size[i]] = filled(NEVER, forest.size[i])
        return found

    def _hold(self, account: int, now: int) -> int:
        """A new hold where criminals react. Returns the fen found: credited up to now, and not gone before now."""
        forest, times = self.forest, self.times
        found = sum(
            forest.amount[i]
            for i in forest.outgoing(account)
            if times[i] >= now and forest.parent[i] >= 0 and times[forest.parent[i]] <= now
        )
        self._resettle(account)
        return found

    def _resettle(self, account: int) -> None:
        """Bring `times` of a case up to date after a change of its holds; nothing before now can change."""
        case = self.case_of[account]
        settle_case(
            self.forest, self.holds, self.transfer_first[case], self.transfer_first[case + 1], self.times,
            self.speed, self.notice_after[case],
        )  # fmt: skip


Effect = Callable[[World, int, int], tuple[int, list[int]]]
"""(world, subject, now) -> (signals raised, accounts newly known)"""


def open_case(world: World, case: int, now: int) -> tuple[int, list[int]]:
    """The victim's statement is on file: the accounts that took the payments are known."""
    return OPENED, world.reveal(world.account_first[case], now, now + 1)


def place_hold(world: World, account: int, now: int) -> tuple[int, list[int]]:
    """The stop payment takes effect: the account can receive but not pay (PBoC notice Yinfa [2016] 86)."""
    world.hold(account, now)
    return STOPPED, []


def reveal(world: World, account: int, now: int) -> tuple[int, list[int]]:
    """The bank answers where the money went; a debit of this very instant may yet be blocked, so it is not named."""
    return ANSWERED, world.reveal(account, now, now)


def release(world: World, account: int, now: int) -> tuple[int, list[int]]:
    """The hold on the account is lifted."""
    world.release(account, now)
    return RELEASED, []


EFFECTS: Mapping[str, Effect] = {
    "open_case": open_case,
    "place_hold": place_hold,
    "reveal": reveal,
    "release": release,
}
