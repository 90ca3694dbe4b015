"""What happens to accounts and victims at one moment: freezes, refusals, returns, objections, alerts and prevention."""

from __future__ import annotations

from collections.abc import Iterable

from sim.fraud.settle import NEVER
from sim.report.case import Account, Case
from sim.report.story_lines import RESPONSE, Line, who
from sim.response.log import ALERT, CLARIFIED, CLEARED, FREEZE, OBJECTION, PAID, REFUSED, RETURNED
from sim.scenario.units import show_money

_ALERTS = ("A warning about the victim comes in.", "A lead", "The victim's bank raises an alarm about a payment.")


def events(told: Case) -> Iterable[Line]:
    """Freezes, refusals, returns, objections and alerts; and what is done to the victim's own account."""
    for number, (time, kind, value) in enumerate(told.events):
        what = f"{show_money(value)} are paid back to the victim." if kind == PAID else _ALERTS[value]
        yield Line(time, RESPONSE, 4000 + number, what)
    for account in told.accounts:
        for number, (time, kind, value) in enumerate(account.events):
            yield Line(time, RESPONSE, 40_000 + account.number * 100 + number, _event(account, kind, value))
    for start, end, _ in told.accounts[0].holds:
        yield Line(start, RESPONSE, 5000, "The victim's own account is held: no payment leaves it.")
        if end < NEVER:
            yield Line(end, RESPONSE, 5001, "The victim's own account is free again.")


def _event(account: Account, kind: int, value: int) -> str:
    name = who(account)
    return {
        FREEZE: f"FREEZE {name}: filed by the police, {show_money(max(0, value))} held.",
        REFUSED: f"The order about {name} does not pass the bank's check: refused.",
        CLARIFIED: f"The details of {name} are put right.",
        RETURNED: f"{show_money(max(0, value))} leave {name} for victims.",
        OBJECTION: f"The holder of {name} objects to the stop.",
        CLEARED: f"The holder's own money on {name} is free again; the stolen money stays held.",
        ALERT: f"A lead shows {name} as suspicious.",
    }[kind]
