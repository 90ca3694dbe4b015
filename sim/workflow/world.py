"""The world that effects act on: holds, settled transfers, and the responders' files.

Only the effects call it. What it does to money it leaves to `settle`; what it finds out it writes into the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.fraud.groups import column, filled
from sim.fraud.others import leaves_at
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Holds, settle, settle_case
from sim.scenario.models import Scenario
from sim.workflow.ends import Ends
from sim.workflow.knowledge import FREE, Knowledge
from sim.workflow.log import CONTESTED, FREEZE, HOLD, HOLD_END, KNOWN, NONE, OTHERS, Log, content

LAPSED_BY_ITSELF = 1
"""Value of the log's `hold_end` row for a hold that was not ended by anybody."""

Timetable = Callable[[int, int], None]
"""Called with (ms, account): something will happen to the account then."""


class World:
    """Holds, settled transfers and knowledge of one run."""

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        log: Log,
        at_end: Callable[[int], None],
        at_objection: Timetable,
        at_last: Timetable,
    ) -> None:
        """
        Args:
            scenario: its law, banks and criminals are read.
            plan: the truth.
            log: written by every change.
            at_end: asked to see to `ends` at a time (ms).
            at_objection: asked to let the holder of an account object at a time.
            at_last: asked to hold a victim's own account for good at a time: then the victim understands.
        """
        self.scenario = scenario
        self.plan = plan
        self.forest = plan.forest
        self.log = log
        self.law = scenario.law
        self.claims = scenario.criminals.claims
        reaction = scenario.criminals.reaction
        self.speed = reaction.speed if reaction else 1.0
        self.at_objection, self.at_last = at_objection, at_last
        self.holds = Holds(len(plan.accounts))
        self.others = len(plan.others) > 0
        self.times = filled(NEVER, len(plan.transfers))
        """ms at which each transfer happens, given the holds so far."""
        settle(self.forest, {}, 0, len(self.times), self.times)
        self.case_of = column(plan.accounts.case)
        self.number = column(plan.accounts.number)
        self.key = column(content(plan.accounts.case, plan.accounts.number))
        """By account: the part of a log key that names it."""
        self.layer = column(plan.accounts.layer)
        self.bank = column(plan.accounts.bank)
        self.place = column(plan.accounts.place)
        self.card = column(plan.accounts.card)
        self.shared = _shared(plan)
        """By card that several rows are: those rows."""
        self.refuses = [
            0.0 if holder.profile is None else scenario.bank_profiles[holder.profile].refuses
            for holder in scenario.holders
        ]
        """By holder: the chance that an order with right details is refused there."""
        self.field = [holder.field for holder in scenario.holders]
        self.first_rail = scenario.first_rail
        self.recall_fails = [rail.fails or 0.0 for rail in (scenario.victims.rails or {}).values()]
        self.own = column(plan.accounts.innocent)
        """By account: fen of the holder's own that lie there, and never move."""
        self.objects_after = column(plan.accounts.objects_after)
        self.account_first = column(plan.account_first)
        self.transfer_first = column(plan.transfer_first)
        self.notice_after = column(plan.victims.notice_after)
        self.knowledge = Knowledge(len(self.case_of), len(plan.victims))
        self.blocked: dict[int, int] = {}
        """By case whose criminals react: ms of the first transfer of theirs that was, or will be, blocked."""
        self.ends = Ends(self.knowledge.until.__getitem__, at_end)
        """When the holds in force will end by themselves."""
        self.temporary = 0
        """Cards under a stop that will lapse."""
        self.checks: dict[int, int] = {}
        """By account: how often its bank has checked an order."""
        self.right: set[int] = set()
        """Accounts whose details were given wrong and have been put right."""
        self.safe: set[int] = set()
        """Cases whose victim will pay no more."""
        self.returned: dict[int, int] = {}
        """By account: fen that have gone to victims from there."""
        self.paid: dict[int, int] = {}
        """By case: fen paid back to its victim."""

    # -- holds ---------------------------------------------------------------------------------------------

    def rows_of(self, account: int) -> Sequence[int]:
        """All rows that are the same account."""
        return self.shared.get(self.card[account], (account,))

    def hold(self, account: int, now: int, until: int = NEVER) -> None:
        """Hold an account until a time (ms); one in force goes on until then. Everybody's money on it is held."""
        card = self.card[account]
        in_force = self.knowledge.until[card]
        if in_force == NEVER:
            return
        if until == NEVER and in_force == FREE:  # the usual case without a law, and nothing to see to
            self.knowledge.until[card] = NEVER
        else:
            self._until(card, until, frozen=self.knowledge.frozen[card])
        if in_force != FREE:
            return
        rows = self.shared.get(card, (account,))
        others = sum(self.others_on(row, now) for row in rows) if self.others else 0
        total = self.own[card] + others
        for row in rows:
            self.holds.begin(row, now)
            found = self._cut(row, now) if self.notice_after[self.case_of[row]] == NEVER else self._hold(row, now)
            self.knowledge.caught[row] = found
            total += found
            self.log.buffer += (now, self.key[row], HOLD, found)
        self.knowledge.found[card] = total
        if self.others:  # a bank tells of all that it finds, whosever it is
            everything = others + sum(self.knowledge.caught[row] for row in rows)
            for row in rows:
                self.knowledge.caught[row] = everything
            if others:
                self.log.buffer += (now, self.key[account], OTHERS, others)
        if self.objects_after[card] != NEVER:
            self.at_objection(now + self.objects_after[card], account)

    def freeze(self, account: int, now: int, until: int, renewals: int = 0) -> bool:
        """Let the hold in force go on as a freeze until a time (ms), a permanent one for good; False where none is.

        Args:
            renewals: how often the freeze has been renewed; one filed anew has its renewals before it.
        """
        card = self.card[account]
        if self.knowledge.until[card] == FREE:
            return False
        self._until(card, NEVER if self.knowledge.until[card] == NEVER else until, frozen=1 + renewals)
        for row in self.rows_of(account):
            self.log.buffer += (now, self.key[row], FREEZE, self.balance(row, now))
        return True

    def give_up(self, account: int, now: int) -> None:
        """Leave an account to the force that held it first: nothing moves there any more, and nothing is ours."""
        card = self.card[account]
        self._until(card, NEVER, frozen=0)
        self.knowledge.contested[card] = 1
        for row in self.rows_of(account):
            self.log.buffer += (now, self.key[row], CONTESTED, self.balance(row, now))

    def release(self, account: int, now: int, value: int = NONE) -> bool:
        """End the hold in force; waiting money goes after its retry delay. False where there is none to end: an account
        from which money was returned is closed, one that another force held first is not ours to open.
        """
        card = self.card[account]
        if self.knowledge.until[card] == FREE or self.knowledge.contested[card]:
            return False
        if any(row in self.returned for row in self.rows_of(account)):
            return False
        self._until(card, FREE, frozen=0)
        for row in self.rows_of(account):
            self.holds.end(row, now)
            self.log.buffer += (now, self.key[row], HOLD_END, value)
            self._let_go(row, now)
        return True

    def end_of_hold(self, card: int, now: int) -> bool:
        """The time at which a hold ends by itself, unless it was renewed; True where it did."""
        knowledge = self.knowledge
        if knowledge.until[card] != now:
            return False
        if self.law is not None and 0 < knowledge.frozen[card] <= self.law.renewals:
            self.freeze(card, now, now + self.law.freeze, renewals=knowledge.frozen[card])
            return False
        return self.release(card, now, LAPSED_BY_ITSELF)

    def undecided(self, now: int) -> set[int]:
        """Cases with money under a stop that will lapse: nobody knows yet whether it is saved."""
        knowledge = self.knowledge
        temporary = (
            card for card, until in enumerate(knowledge.until) if FREE < until < NEVER and not knowledge.frozen[card]
        )
        rows = (row for card in temporary for row in self.rows_of(card)) if self.temporary else ()
        return {self.case_of[row] for row in rows if self.balance(row, now) > 0}

    def _until(self, card: int, until: int, *, frozen: int) -> None:
        """Write down until when a card is held, and see to it that the hold then ends."""
        knowledge = self.knowledge
        self.temporary -= FREE < knowledge.until[card] < NEVER and not knowledge.frozen[card]
        knowledge.until[card], knowledge.frozen[card] = until, frozen
        self.temporary += FREE < until < NEVER and not frozen
        if FREE < until < NEVER:
            self.ends.add(until, card, frozen=frozen > 0)

    # -- money ---------------------------------------------------------------------------------------------

    def balance(self, account: int, now: int) -> int:
        """fen of the account's case that lie on it: credited up to now, and not gone before now nor returned."""
        forest, times = self.forest, self.times
        lies = sum(
            forest.amount[i]
            for i in forest.outgoing(account)
            if times[i] >= now and forest.parent[i] >= 0 and times[forest.parent[i]] <= now
        )
        return lies - self.returned.get(account, 0)

    def others_on(self, account: int, now: int) -> int:
        """fen of other people's, from the streams of one row of an account, that lie there before a hold begins now."""
        others, holds = self.plan.others, self.holds.get(account)
        first, last = others.first[account : account + 2].tolist()
        columns = (others.came, others.amount, others.due, others.retry)
        flows = zip(*(column[first:last].tolist() for column in columns), strict=True)
        return sum(fen for came, fen, due, retry in flows if came <= now <= leaves_at(due, retry, holds))

    def _cut(self, account: int, now: int) -> int:
        """A new hold where nobody reacts: what would still go does not. Returns the fen found (as `balance`)."""
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
        """A new hold where criminals react. Returns the fen found.

        Where it blocks nothing earlier than was blocked before, they notice nothing earlier.
        """
        times, first = self.times, self.blocked.get(self.case_of[account], NEVER)
        if all(times[i] >= first for i in self.forest.outgoing(account) if times[i] >= now):
            return self._cut(account, now)
        found = self.balance(account, now)
        self._resettle(self.case_of[account])
        return found

    def _let_go(self, account: int, now: int) -> None:
        """A hold has ended: what waited goes. A block that lay ahead may now never come, and not be noticed."""
        case = self.case_of[account]
        after, first = self.notice_after[case], self.blocked.get(case, NEVER)
        if after < NEVER and first >= now:
            self._resettle(case)
            return
        notice = first + after if first < NEVER and after < NEVER else NEVER
        for i in self.forest.outgoing(account):
            if self.times[i] >= now:
                settle(self.forest, self.holds, i, i + self.forest.size[i], self.times, self.speed, notice)

    def _resettle(self, case: int) -> None:
        """Bring `times` of a whole case up to date after a change of its holds; nothing before now can change."""
        self.blocked[case] = settle_case(
            self.forest, self.holds, self.transfer_first[case], self.transfer_first[case + 1], self.times,
            self.speed, self.notice_after[case],
        )  # fmt: skip

    # -- knowledge -----------------------------------------------------------------------------------------

    def reveal(self, account: int, now: int, until: int) -> list[int]:
        """An answer: where the account's money went before `until`. Returns the accounts new to the responders."""
        forest, times, answered = self.forest, self.times, self.knowledge.answered_until
        since, new = answered[account], list[int]()
        answered[account] = until
        for i in forest.outgoing(account):
            if since <= times[i] < until:
                target = forest.target[i]
                if target >= 0 and self.learn(target, forest.amount[i], times[i], now):
                    new.append(target)
        return new

    def learn(self, account: int, amount: int, credited: int, now: int) -> bool:
        """A credit on an account becomes known; True where the account was not known before."""
        self.log.buffer += (now, self.key[account], KNOWN, amount)
        if self.shared and self.card[account] in self.shared:
            self.knowledge.named_by(account, self.card[account], self.case_of[account])
        return self.knowledge.learn(
            account, self.layer[account], self.bank[account], self.place[account], amount, credited, now
        )

    def loss(self, case: int, now: int) -> int:
        """fen that the victim of a case has paid up to now."""
        payments = self.forest.outgoing(self.account_first[case])
        return sum(self.forest.amount[i] for i in payments if self.times[i] <= now)


def _shared(plan: Plan) -> dict[int, list[int]]:
    """By card that is more than one row: its rows."""
    card = plan.accounts.card
    shared: dict[int, list[int]] = {}
    if (card != np.arange(len(card))).any():
        several = np.flatnonzero(np.bincount(card, minlength=len(card))[card] > 1)
        for row, of in zip(several.tolist(), card[several].tolist(), strict=True):
            shared.setdefault(of, []).append(row)
    return shared
