"""What the picture of one case shows, in a sentence."""

from __future__ import annotations

from sim.report.findings import text
from sim.report.findings.case import Case
from sim.words.language import counted, duration, money, say
from sim.words.units import MINUTE


def finding(told: Case) -> str:
    """What the picture shows, in one sentence computed from the case."""
    stops, loss = told.stops, told.loss
    if told.bystander:
        return say("A false alert: nobody robs this person")
    if not loss:
        return say("Nothing paid: {money} kept from the criminals in time", money=money(told.prevented))
    if told.reported is None:
        return say("Not reported: {money} paid, nothing stopped", money=money(loss))
    if not stops:
        left = text.part_of(sum(told.exited.values()), loss)
        return say("Not one account could be stopped; {money} left the banks", money=left)
    accounts = counted(len({a.number for _, a, _ in stops}), "{n:,} account", "{n:,} accounts")
    late = stops[-1][0] - told.reported
    stopped = say("{accounts} stopped before the report", accounts=accounts)
    if late >= 0:
        whole = round(late / MINUTE) * MINUTE or late  # as the picture's axis and its marks have it
        stopped = say("{accounts} stopped within {time} of the report", accounts=accounts, time=duration(whole))
    if not told.held:
        return say("{stopped}, all of them too late: nothing left to hold", stopped=stopped)
    if told.held == loss:
        return say("{stopped}; all {money} held", stopped=stopped, money=money(loss))
    return say("{stopped}; {money} held", stopped=stopped, money=text.part_of(told.held, loss))
