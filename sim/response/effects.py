"""What a step does to the world: small functions over arrays, one table.

`World` is the state that effects act on: the holds, the settled transfers and what is known. An engine calls
effects by name; it never touches money itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Hold, settle, settle_case
from sim.response.knowledge import Knowledge
from sim.response.log import HOLD, HOLD_END, KNOWN, NONE, Log
from sim.scenario.workflow import SIGNALS

STOPPED, ANSWERED, RELEASED, OPENED = (1 << bit for bit in range(len(SIGNALS)))


class World:
    """Holds, settled transfers and knowledge of one run."""

    def __init__(self, plan: Plan, log: Log, speed: float = 1.0) -> None:
        self.plan = plan
        self.forest = plan.lists
        self.log = log
        self.speed = speed
        self.holds: dict[int, list[Hold]] = {}
        self.times: list[int] = [NEVER] * len(plan.transfers)
        """ms at which each transfer happens, given the holds so far."""
        settle(self.forest, {}, 0, len(self.times), self.times)
        self.case_of: list[int] = plan.accounts.case.tolist()
        self.number: list[int] = plan.accounts.number.tolist()
        self.layer: list[int] = plan.accounts.layer.tolist()
        self.bank: list[int] = plan.accounts.bank.tolist()
        self.account_first: list[int] = plan.account_first.tolist()
        self.transfer_first: list[int] = plan.transfer_first.tolist()
        self.notice_after: list[int] = plan.victims.notice_after.tolist()
        self.knowledge = Knowledge(len(self.case_of), len(plan.victims))

    def hold(self, account: int, now: int) -> None:
        """Begin a hold without an end; one in force already goes on."""
        holds = self.holds.setdefault(account, [])
        if holds and holds[-1][1] > now:
            return
        found = self._balance(account, now)
        holds.append((now, NEVER))
        self.log.buffer += (now, HOLD, self.case_of[account], self.number[account], NONE, NONE, NONE, NONE, found)
        self._resettle(account, now)

    def release(self, account: int, now: int) -> None:
        """End the hold in force, if there is one: waiting money goes after its retry delay."""
        holds = self.holds.get(account)
        if not holds or holds[-1][1] <= now:
            return
        start = holds.pop()[0]
        if start < now:
            holds.append((start, now))
        self.log.buffer += (now, HOLD_END, self.case_of[account], self.number[account], NONE, NONE, NONE, NONE, NONE)
        self._resettle(account, now)

    def reveal(self, account: int, now: int, until: int) -> list[int]:
        """An answer: where the account's money went before `until`. Returns the accounts new to the responders."""
        forest, times, knowledge = self.forest, self.times, self.knowledge
        since, new = knowledge.answered_until[account], []
        knowledge.answered_until[account] = until
        for i in forest.outgoing[account]:
            target = forest.target[i]
            if since <= times[i] < until and target >= 0:
                known = knowledge.learn(target, self.layer[target], self.bank[target], forest.amount[i], times[i], now)
                if known:
                    new.append(target)
                self.log.buffer += (
                    now, KNOWN, self.case_of[target], self.number[target], NONE, NONE, NONE, NONE, forest.amount[i],
                )  # fmt: skip
        return new

    def _balance(self, account: int, now: int) -> int:
        """Fen on a mule account: credited up to now, and not gone before now."""
        forest, times, total = self.forest, self.times, 0
        for i in forest.outgoing[account]:
            if times[i] >= now and times[forest.parent[i]] <= now:
                total += forest.amount[i]
        return total

    def _resettle(self, account: int, now: int) -> None:
        """Bring `times` up to date after a change of the account's holds; nothing before now can change."""
        forest, times = self.forest, self.times
        case = self.case_of[account]
        if self.notice_after[case] < NEVER or self.holds[account][-1:] != [(now, NEVER)]:
            settle_case(
                forest, self.holds, self.transfer_first[case], self.transfer_first[case + 1], times,
                self.speed, self.notice_after[case],
            )  # fmt: skip
            return
        for i in forest.outgoing[account]:  # a new permanent hold without reaction: only what would still go is cut
            if now <= times[i] < NEVER:
                settle(forest, self.holds, i, i + forest.size[i], times)


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

