"""What the responders know: what victims reported and banks answered, and nothing else.

Policies, predicates and orders read this; the plan is read only by the effects that model a bank's answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.fraud.groups import filled
from sim.response.policies import View

UNKNOWN = -1


class Knowledge:
    """Columns by account (and by case), filled as answers come in."""

    def __init__(self, accounts: int, cases: int) -> None:
        self.known_at = filled(UNKNOWN, accounts)
        """ms at which the account became known; UNKNOWN before."""
        self.amount = filled(0, accounts)
        """fen reported to have arrived."""
        self.credited = filled(0, accounts)
        """ms of the last credit reported."""
        self.layer = filled(UNKNOWN, accounts)
        self.bank = filled(UNKNOWN, accounts)
        self.answered_until = filled(0, accounts)
        """The last answer on where its money went named the transfers before this ms."""
        self.reported_at = filled(UNKNOWN, cases)

    def learn(self, account: int, layer: int, bank: int, amount: int, credited: int, now: int) -> bool:
        """Note a credit on an account; True if the account was not known before."""
        self.amount[account] += amount
        if credited > self.credited[account]:
            self.credited[account] = credited
        if self.known_at[account] != UNKNOWN:
            return False
        self.known_at[account], self.layer[account], self.bank[account] = now, layer, bank
        return True

    def view_account(self, account: int, case: int, queued: int, now: int) -> View:
        """What a queue policy may see of an account of a case."""
        return View(
            queued, self.amount[account], self.credited[account], self.layer[account], self.bank[account],
            self.known_at[account], self.reported_at[case], now,
        )  # fmt: skip

    def view_case(self, case: int, queued: int, now: int) -> View:
        """What a queue policy may see of a case before its accounts are known."""
        reported = self.reported_at[case]
        return View(queued, 0, reported, UNKNOWN, UNKNOWN, reported, reported, now)

    def known_accounts(self) -> Sequence[int]:
        """The accounts known so far."""
        return [a for a, t in enumerate(self.known_at) if t != UNKNOWN]
