"""What happens to accounts and victims at one moment: freezes, refusals, returns, objections, alerts and prevention."""

from __future__ import annotations

from collections.abc import Iterable

from sim.fraud.settle import NEVER
from sim.report.findings.case import Account, Case
from sim.report.findings.story_lines import RESPONSE, Line, who
from sim.words.language import key, money, say
from sim.workflow.log import ALERT, CLARIFIED, CLEARED, CONTESTED, FREEZE, OBJECTION, PAID, REFUSED, RETURNED

_ALERTS = (
    key("A warning about the victim comes in."), key("A lead"),
    key("The victim's bank raises an alarm about a payment."),
)  # fmt: skip


def events(told: Case) -> Iterable[Line]:
    """Freezes, refusals, returns, objections and alerts; and what is done to the victim's own account."""
    for number, (time, kind, value) in enumerate(told.events):
        what = say("{money} are paid back to the victim.", money=money(value)) if kind == PAID else say(_ALERTS[value])
        yield Line(time, RESPONSE, 4000 + number, what)
    for account in told.accounts:
        for number, (time, kind, value) in enumerate(account.events):
            yield Line(time, RESPONSE, 40_000 + account.number * 100 + number, _event(account, kind, value))
    for start, end, _ in told.accounts[0].holds:
        yield Line(start, RESPONSE, 5000, say("The victim's own account is held: no payment leaves it."))
        if end < NEVER:
            yield Line(end, RESPONSE, 5001, say("The victim's own account is free again."))


def _event(account: Account, kind: int, value: int) -> str:
    return say(_EVENTS[kind], account=who(account), money=money(max(0, value)))


_EVENTS = {
    FREEZE: key("FREEZE {account}: filed by the police, {money} held."),
    REFUSED: key("The order about {account} does not pass the bank's check: refused."),
    CLARIFIED: key("The details of {account} are put right."),
    RETURNED: key("{money} leave {account} for victims."),
    OBJECTION: key("The holder of {account} objects to the stop."),
    CLEARED: key("The holder's own money on {account} is free again; the stolen money stays held."),
    CONTESTED: key("Another force held {account} first: {money} stay held there, by them."),
    ALERT: key("A lead shows {account} as suspicious."),
}
