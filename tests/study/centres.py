"""Made-up centres of which it is known what binds, or that nothing does: by their loads, not by a study.

A report is taken down (intake), its accounts are entered (analyst), checked (audit) and stopped at a bank. What binds
has about the work that all its people can do, or more, or is a wait of an hour or so; everybody else has at most half
of it.
"""

from __future__ import annotations

from math import ceil
from random import Random
from typing import Any, Final

from sim.scenario.models import Scenario
from sim.study.ask.relief import Constraint
from sim.words.units import DAY, MINUTE
from tests.worlds import CHASE, criminals, exponential, pause, route, victims, work, world

BINDING: Final = {
    "intake": Constraint("heads", "intake"), "analyst": Constraint("heads", "analyst"),
    "audit": Constraint("heads", "audit"), "officer": Constraint("bank", "officer"),
    "night": Constraint("hours", "analyst"), "paper": Constraint("rule", "pause"),
}  # fmt: skip
"""By what a centre is made for: what then binds."""
SLACK: Final = 0.5
"""The largest share of their time for which those who do not bind have work."""


def binding(what: str, number: int) -> Scenario:
    """A centre held back by one thing.

    Args:
        what: of `BINDING`.
        number: which of its kind: rates, working times and loads differ.
    """
    chance = Random(f"{what} {number}")
    reports = chance.uniform(60, 150)
    minutes = {desk: chance.uniform(3, 20) for desk in ("intake", "analyst", "audit", "officer")}
    heads = {desk: ceil(_load(reports, time) / SLACK) for desk, time in minutes.items()}
    if what in heads:  # with work for all their time, or more
        heads[what] = chance.randint(1, 3)
        minutes[what] = heads[what] * chance.uniform(0.95, 1.4) * DAY / MINUTE / reports
    closed = what == "night"
    steps = {"paper": pause(f"{chance.randint(45, 180)}m")} if what == "paper" else {}
    return centre(reports, minutes, heads, steps, closed=closed, dwell=chance.randint(60, 180))


def free(number: int) -> Scenario:
    """A centre in which nothing binds.

    Of an even number money is gone long before anybody reports, and some desk is busy all the same. Of an odd number
    nobody waits, and money leaves so late that all is stopped; a desk of papers has more work than it can do.
    """
    chance = Random(f"free {number}")
    reports = chance.uniform(60, 150)
    late = number % 2 == 0
    minutes = {desk: chance.uniform(2, 6) for desk in ("intake", "analyst", "audit", "officer")}
    heads = {desk: ceil(_load(reports, time) / SLACK) + 1 for desk, time in minutes.items()}
    more: dict[str, Any] = {}
    if late:
        busy = chance.choice(list(heads))
        heads[busy] = 1
        minutes[busy] = chance.uniform(0.8, 1.2) * DAY / MINUTE / reports
        more["report_lag"] = {"uniform": {"low": "30m", "high": "2d"}}
    dwell = chance.randint(10, 40) if late else chance.randint(6_000, 12_000)
    return centre(reports, minutes, heads, {}, dwell=dwell, papers=not late, **more)


def centre(
    reports: float, minutes: dict[str, float], heads: dict[str, int], steps: dict[str, Any], *, dwell: float,
    closed: bool = False, papers: bool = False, **scam: Any,
) -> Scenario:  # fmt: skip
    """A centre of two days.

    Args:
        reports: a day.
        minutes: of work by desk, on average; `officer` is the people of the banks.
        heads: by desk.
        steps: more steps before the bank is asked.
        dwell: minutes for which, on average, money stays on an account.
        closed: whether nobody enters accounts from 18:00 to 09:00.
        papers: whether every case also goes to a desk with far too few people, beside the chase.
        scam: what else is known of the victims.
    """
    time = {desk: exponential(one * MINUTE) for desk, one in minutes.items()}
    bank = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    account = {
        "entry": work("analyst", time["analyst"]), "check": work("audit", time["audit"]), **steps, "bank": bank,
        "stop": {"do": "place_hold"}, "answer": {"do": "reveal"}, "chase": CHASE,
    }  # fmt: skip
    file = {"file": {"start": {"route": "papers"}}} if papers else {}
    call = {"ask": work("intake", time["intake"]), "open": {"do": "open_case"}, **file, "chase": CHASE}
    routes = {"call": route(call), "account": route(account, "account")}
    desks: dict[str, Any] = {name: {"staff": heads[name], "wage": "60 yuan"} for name in ("intake", "analyst", "audit")}
    if closed:
        shift = {"from": "09:00", "to": "18:00", "staff": heads["analyst"] * 4}
        desks["analyst"] = {"shifts": [shift], "wage": "60 yuan"}
    if papers:
        routes["papers"] = route({"write": work("papers", "2h")}) | {"background": True}
        desks["papers"] = {"staff": 1, "wage": "60 yuan"}
    return world(
        horizon="2d", follow_up="10d", routes=routes, desks=desks,
        victims=victims({"rate": {"per_day": reports}}, **scam),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(dwell * MINUTE)}}),
        bank_profiles={"officer": {"staff": heads["officer"], "time": time["officer"]}},
        banks={"bank": {"share": 1.0, "profile": "officer"}},
    )  # fmt: skip


def _load(reports: float, minutes: float) -> float:
    """People kept busy."""
    return reports * minutes * MINUTE / DAY
