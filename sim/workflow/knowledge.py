"""What the responders know: what victims reported and banks answered, what they did themselves, and nothing else.

Policies, predicates and orders read this; the plan is read only by the effects that model a bank's answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.fraud.groups import filled
from sim.workflow.policies import View

UNKNOWN = -1
FREE = -1
"""In `until`: no hold is in force."""


class Knowledge:
    """Columns by account row, by card (the first row that is the same account) and by case."""

    def __init__(self, accounts: int, cases: int) -> None:
        self.known_at = filled(UNKNOWN, accounts)
        """ms at which the account became known; UNKNOWN before."""
        self.known_before = bytearray(accounts)
        """1 where it was known through another case or a lead when this case named it."""
        self.amount = filled(0, accounts)
        """fen reported to have arrived."""
        self.credited = filled(0, accounts)
        """ms of the last credit reported."""
        self.layer = filled(UNKNOWN, accounts)
        self.bank = filled(UNKNOWN, accounts)
        self.place = filled(UNKNOWN, accounts)
        self.answered_until = filled(0, accounts)
        """The last answer on where its money went named the transfers before this ms."""
        self.refused = bytearray(accounts)
        """1 where the bank's last check refused the order."""
        self.until = filled(FREE, accounts)
        """By card: ms at which the hold in force ends (NEVER for a permanent one); FREE where none is in force."""
        self.frozen = filled(0, accounts)
        """By card: 1 where the hold in force is a freeze, and one more for each renewal; 0 where it is a stop only."""
        self.contested = bytearray(accounts)
        """By card: 1 where a filing found that another force held it first."""
        self.disputed = bytearray(accounts)
        """By card: 1 where a filing found that nobody can prove whose money it is."""
        self.found = filled(0, accounts)
        """By card: fen of anybody's that its bank found on it when the hold began."""
        self.caught = filled(0, accounts)
        """By account: fen that its bank found on it when the hold began; where others' money comes there, all of it."""
        self.stops = filled(0, accounts)
        """By card: stop payments used."""
        self.written_off: set[int] = set()
        """Accounts given up as not worth while."""
        self.cases_on: dict[int, set[int]] = {}
        """By card that cases share: those of them that named it."""
        self.by_lead: set[int] = set()
        """Accounts known from a lead alone."""
        self.reported_at = filled(UNKNOWN, cases)
        self.stated: dict[int, int] = {}
        """By case whose statement was noted: fen that its victim had paid by then."""
        self.alerted_at = filled(UNKNOWN, cases)
        """ms at which a warning, lead or alarm about the case came."""
        self.channel = filled(UNKNOWN, cases)
        self.scam = filled(UNKNOWN, cases)
        self.age = filled(UNKNOWN, cases)
        self.third_party = bytearray(cases)

    def told(self, case: int, channel: int, scam: int, age: int, third_party: int) -> None:
        """Note what a report or an alert says of a case."""
        self.channel[case], self.scam[case], self.age[case] = channel, scam, age
        self.third_party[case] = third_party

    def learn(self, account: int, layer: int, bank: int, place: int, amount: int, credited: int, now: int) -> bool:
        """Note a credit on an account; True if no case had named the account before."""
        if self.known_at[account] == UNKNOWN:
            self.known_at[account], self.layer[account], self.bank[account] = now, layer, bank
            self.amount[account], self.credited[account], self.place[account] = amount, credited, place
            return True
        if credited > self.credited[account]:
            self.credited[account] = credited
        if account in self.by_lead:
            self.by_lead.remove(account)
            self.known_before[account], self.amount[account] = 1, amount
            return True
        self.amount[account] += amount
        return False

    def named_by(self, account: int, card: int, case: int) -> None:
        """Note that a case named an account that cases share."""
        cases = self.cases_on.setdefault(card, set())
        if cases and case not in cases:
            self.known_before[account] = 1
        cases.add(case)

    def view_account(self, account: int, case: int, queued: int, now: int) -> View:
        """What a queue policy may see of an account of a case."""
        return View(
            queued, self.amount[account], self.credited[account], self.layer[account], self.bank[account],
            self.known_at[account], self.reported_at[case], now,
        )  # fmt: skip

    def view_case(self, case: int, queued: int, now: int) -> View:
        """What a queue policy may see of a case before its accounts are known."""
        reported = self.reported_at[case]
        if case in self.stated:  # it went to layer-1 accounts, of which the bank is yet to be named
            return View(queued, self.stated[case], reported, 1, UNKNOWN, reported, reported, now)
        return View(queued, 0, reported, UNKNOWN, UNKNOWN, reported, reported, now)

    def known_accounts(self) -> Sequence[int]:
        """The accounts known so far."""
        return [a for a, t in enumerate(self.known_at) if t != UNKNOWN]
