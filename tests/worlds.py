"""Small worlds for tests: plain mappings as a planner would write them, made into scenarios.

`world` starts from the smallest world there is (one victim, one payment, one exit, one bank that answers at once) and
replaces whole sections of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, simulate
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER, Hold, settle, settle_case
from sim.scenario.models import Scenario
from sim.words.units import MINUTE
from sim.workflow.log import BEGIN, COLUMNS, FINISH, HOLD, HOLD_END, OUTCOME, QUEUED, Rows

PLAIN = Path(__file__).parent / "baselines" / "plain"
"""Whole scenarios without any of the later elements: nothing prevents a payment, and all work is on reports."""

CASES = Path(__file__).parent / "cases"
"""Files as people bring them, each of which once failed."""

Ints = NDArray[np.int64]
AtStep = tuple[int, int, int, int]
"""(case, account, step, attempt)"""


def ms(time: float) -> str:
    """A time in ms as a file writes it."""
    return f"{round(time)}ms"


def fen(amount: int) -> str:
    """An amount in fen as a file writes it."""
    return f"{amount} fen"


def exponential(mean_ms: float) -> dict[str, Any]:
    """The exponential law with a mean in ms."""
    return {"exponential": {"mean": ms(mean_ms)}}


def case(at: int = 0, **more: Any) -> dict[str, Any]:
    """A listed victim whose first payment is `at` ms after the start."""
    return {"at": ms(at), "scam": "scam", **more}


def victims(arrivals: dict[str, Any], **scam: Any) -> dict[str, Any]:
    """Victims of one scam who pay 1,000 yuan at once and report in the same instant, unless told otherwise."""
    usual = {
        "loss": "1000 yuan", "typical_payment": "1000 yuan", "most_payments": 1, "payment_gap": 0, "discovery": 0,
        "report_lag": 0, "reports": 1.0,
    }  # fmt: skip
    return {"scams": {"scam": usual | scam}, "arrivals": arrivals}


def listed(*times: int, **scam: Any) -> dict[str, Any]:
    """Victims who pay (and report) at the given times, in ms."""
    return victims({"list": {"cases": [case(time) for time in times]}}, **scam)


def criminals(**changes: Any) -> dict[str, Any]:
    """Criminals who take a payment straight out of layer 1, an hour after it came, unless told otherwise."""
    return {
        "typical_transfer": "1000 yuan", "fan_out_spread": 0.0, "amount_spread": 0.0, "most_fan_out": 1,
        "exit_by_layer": [1.0], "deepest_layer": 1, "dwell_by_layer": ["1h"], "spacing": 0, "retry": "1m",
        "exits": {"cash": {"share": 1.0, "dwell": "1h"}},
    } | changes  # fmt: skip


def branching(**changes: Any) -> dict[str, Any]:
    """Criminals who spread the money over several layers with random amounts, dwell times and exits."""
    return criminals(
        typical_transfer="300 yuan", fan_out_spread=0.4, amount_spread=0.5, most_fan_out=6, exit_by_layer=[0.1, 0.4],
        deepest_layer=4, dwell_by_layer=[exponential(40 * 60_000), exponential(20 * 60_000)],
        spacing=exponential(30_000), retry=exponential(600_000),
        exits={"cash": {"share": 0.5, "dwell": exponential(3_600_000)}, "coin": {"share": 0.5, "dwell": "15m"}},
    ) | changes  # fmt: skip


def work(desk: str = "desk", time: Any = 0, **more: Any) -> dict[str, Any]:
    """A work step of one person of a desk."""
    step: dict[str, Any] = {key: more.pop(key) for key in ("to", "attempts", "on_exhausted") if key in more}
    return {"work": {"team": {desk: 1}, "time": time, **more}, "leak": {"wait": desk, "work": desk}, **step}


def pause(time: Any, **more: Any) -> dict[str, Any]:
    """A step at which a time passes."""
    return {"wait": {"for": time}, "leak": {"wait": "pause"}, **more}


def until(*signals: str, **more: Any) -> dict[str, Any]:
    """A step that awaits any of some signals."""
    return {"await": {"any": list(signals)}, "leak": {"wait": "pause"}, **more}


def route(steps: dict[str, Any], subject: str = "case") -> dict[str, Any]:
    """A route that begins at its first step and closes with an end, written if it is missing."""
    if "end" not in next(reversed(steps.values())):
        steps = {**steps, "done": {"end": "done"}}
    return {"subject": subject, "first": next(iter(steps)), "steps": steps}


CHASE = {"start": {"route": "account", "for": "each_revealed"}}
"""Starts the route `account` for every account newly known."""


def on_accounts(account: dict[str, Any], **others: Any) -> dict[str, Any]:
    """Routes: a report names its accounts at once, and each goes through the given steps."""
    return {
        "call": route({"open": {"do": "open_case"}, "chase": CHASE}),
        "account": route(account, "account"),
        **others,
    }


LAW = {"stop": "48h", "most_stops": 2, "freeze": "180d", "renewals": 0}
"""The law of China, with a freeze that is not renewed."""

ONE_PIECE_OF_WORK = {"call": route({"work": work(time="1m")})}


def stop_everything(statement: Any = 0) -> dict[str, Any]:
    """The shortest response there is: take the statement, then stop account after account as they become known."""
    bank = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    account = {"bank": bank, "stop": {"do": "place_hold"}, "answer": {"do": "reveal"}, "chase": CHASE}
    return {
        "call": route({"statement": work(time=statement), "open": {"do": "open_case"}, "chase": CHASE}),
        "account": route(account, "account"),
    }


def lapsed_lead(report: str, *, chased: bool) -> Run:
    """A lead stops the only account from 10 min to 48 h 10 min; who is told of it later may stop it, in 7 minutes.

    Args:
        report: from the payment at 0 to the report.
        chased: whether the report's own route stops the account again.
    """
    stop: dict[str, Any] = {"stop": {"do": "place_hold"}}
    routes = on_accounts({"bank": work(time="7m"), **(stop if chased else {})}, lead=route(stop, "lead"))
    leads = {"route": "lead", "share": 1.0, "after": "10m", "false_per_day": 0.0}
    told = world(
        law=LAW, victims=listed(0, report_lag=report), routes=routes, prevention={"leads": leads},
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": "100h"}}), follow_up="30d",
    )  # fmt: skip
    return simulate(told)


CITY_ROUTES = {
    "call": route(
        {
            "ask": work(
                "intake",
                exponential(4 * MINUTE),
                patience=exponential(3 * MINUTE),
                on_renege="gone",
                attempts=4,
                on_exhausted="lost",
            ),
            "open": {"do": "open_case"},
            "both": {"start": {"route": "field"}},
            "chase": {"start": {"route": "account", "for": "each_revealed"}},
            "hurry": {
                "await": {"any": ["stopped", "done(field)"], "at_most": exponential(20 * MINUTE), "on_timeout": "late"},
                "leak": {"wait": "hurry"},
            },
            "calm": {"cancel": {"route": "field"}},
            "opened": {"end": "opened"},
            "late": {"end": "late"},
            "gone": {"choose": [{"p": 0.25, "to": "lost"}, {"else": "pause"}]},
            "pause": {"wait": {"for": exponential(5 * MINUTE)}, "to": "ask", "leak": {"wait": "pause"}},
            "lost": {"end": "lost"},
        }
    ),
    "field": route(
        {
            "night": {"choose": [{"if": {"desk_open": "police"}, "to": "ride"}, {"else": "rest"}]},
            "rest": {"wait": {"until_open": "police"}, "leak": {"wait": "rest"}},
            "ride": {
                "work": {"team": {"police": 2, "car": 1}, "time": exponential(20 * MINUTE)},
                "leak": {"wait": "ride", "work": "ride"},
            },
        }
    ),
    "account": route(
        {
            "look": {
                "choose": [{"if": {"layer_at_least": 3, "elapsed_at_least": "5h"}, "to": "old"}, {"else": "entry"}]
            },
            "entry": work("analyst", exponential(3 * MINUTE)),
            "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
            "stop": {"do": "place_hold"},
            "objection": {"start": {"route": "review"}},
            "answer": {"do": "reveal"},
            "chase": {"start": {"route": "account", "for": "each_revealed"}},
            "stopped": {"end": "stopped"},
            "old": {"end": "old"},
        },
        "account",
    ),
    "review": route(
        {
            "think": {"wait": {"for": exponential(60 * MINUTE)}, "leak": {"wait": "review"}},
            "decide": {"choose": [{"p": 0.4, "to": "free"}, {"else": "keep"}]},
            "free": {"do": "release"},
            "regret": {"wait": {"for": exponential(10 * MINUTE)}, "leak": {"wait": "review"}},
            "again": {"do": "place_hold"},
            "keep": {"end": "kept"},
        },
        "account",
    ),
}
"""Every kind of step: people who give up and call again, teams, joins, time limits, cancelled work, holds that end."""

DAY_AND_NIGHT = [
    {"days": ["mon", "wed", "fri", "sun"], "from": "08:00", "to": "16:00", "staff": 3},
    {"days": ["tue", "thu", "sat"], "from": "07:30", "to": "15:00", "staff": 2},
    {"from": "16:00", "to": "23:00", "staff": 2},
    {"from": "23:00", "to": "06:00", "staff": 1},
]


def city(*, staff: Any = (2, 2, 1), queue: str = "fifo", react: bool = False, **sections: Any) -> Scenario:
    """A day in a small centre with some thirty victims, all kinds of steps and scarce people.

    Args:
        staff: heads at the intake, the analysts' desk and an asked bank, or "unlimited" for all desks.
        queue: the policy of the analysts.
        react: whether the criminals react to blocked transfers.
        sections: of the scenario, to replace.
    """
    intake, analyst, officer = (staff,) * 3 if isinstance(staff, str) else staff
    few = isinstance(staff, str)
    return world(
        **{
            "start": "2025-07-07T05:00:00", "horizon": "12h", "follow_up": "2d",
            "victims": victims(
                {"rate": {"per_day": 60.0}}, loss={"lognormal": {"median": "1k yuan", "p90": "4k yuan"}},
                most_payments=3, payment_gap=exponential(MINUTE),
                discovery=exponential(10 * MINUTE), report_lag=exponential(5 * MINUTE),
                reports=0.9,
            ),
            "criminals": branching(reaction={"notice": exponential(5 * MINUTE), "speed": 0.3} if react else None),
            "bank_profiles": {
                "machine": {"staff": "unlimited", "time": exponential(MINUTE)},
                "officer": {"staff": officer, "time": exponential(4 * MINUTE), "queue": "freshest_first"},
            },
            "banks": {
                "quick": {"share": 0.4, "profile": "machine"}, "slow": {"share": 0.5, "profile": "officer"},
                "far": {"share": 0.1},
            },
            "desks": {
                "intake": {"staff": intake},
                "analyst": {"staff": analyst, "queue": queue},
                "police": {"staff": "unlimited"} if few else {"shifts": DAY_AND_NIGHT},
                "car": {"staff": "unlimited" if few else 1},
            },
            "routes": CITY_ROUTES,
        }
        | sections
    )  # fmt: skip


def world(**sections: Any) -> Scenario:
    """The smallest world, with whole sections of it replaced."""
    return Scenario.model_validate(
        {
            "schema_version": 1, "name": "test", "title": "A test", "question": "Does it hold?",
            "start": "2025-07-07T00:00:00", "utc_offset": "+08:00", "horizon": "1d", "follow_up": "60d",
            "victims": listed(0), "criminals": criminals(),
            "bank_profiles": {"machine": {"staff": "unlimited", "time": 0}},
            "banks": {"bank": {"share": 1.0, "profile": "machine"}},
            "desks": {"desk": {"staff": 1}}, "on_report": "call", "routes": ONE_PIECE_OF_WORK,
        }
        | sections
    )  # fmt: skip


def sharing(plan: Plan, *cards: Sequence[int]) -> Plan:
    """The plan with some rows of its accounts made one and the same account."""
    card = plan.accounts.card.copy()
    for rows in cards:
        card[list(rows)] = min(rows)
    return replace(plan, accounts=replace(plan.accounts, card=card))


# -- reading a run ---------------------------------------------------------------------------------------


def same_log(one: Rows, other: Rows) -> bool:
    """Whether two logs are equal in every column of every row."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS)


def rows_of(rows: Rows, kind: int) -> list[tuple[int, ...]]:
    """The rows of one kind as tuples (time, kind, case, account, step, attempt, desk, person, value)."""
    columns = [getattr(rows, name)[rows.of(kind)].tolist() for name in COLUMNS]
    return list(zip(*columns, strict=True))


def outcomes(run: Run) -> list[tuple[int, int, str]]:
    """(minute, case, step) of every token that came to an end."""
    return [(row[0] // MINUTE, row[2], run.program.names[row[4]]) for row in rows_of(run.rows, OUTCOME)]


def told(run: Run, kind: int) -> list[tuple[int, int, int, int]]:
    """(minute, case, account, value) of every row of one kind."""
    return [(row[0] // MINUTE, row[2], row[3], row[8]) for row in rows_of(run.rows, kind)]


def moments(rows: Rows, kind: int) -> dict[AtStep, int]:
    """When each token's stay at a step had a row of this kind (the first, where a team has several)."""
    found: dict[AtStep, int] = {}
    for stay, row in zip(stays(rows, kind), rows_of(rows, kind), strict=True):
        found.setdefault(stay, row[0])
    return found


def stays(rows: Rows, kind: int) -> list[AtStep]:
    """The (case, account, step, attempt) of every row of one kind, in order."""
    return [(row[2], row[3], row[4], row[5]) for row in rows_of(rows, kind)]


def service_times(rows: Rows) -> dict[AtStep, int]:
    """How long each finished piece of work took, in ms."""
    begun, ended = moments(rows, BEGIN), moments(rows, FINISH)
    return {stay: ended[stay] - begun[stay] for stay in ended}


def waits(rows: Rows) -> dict[AtStep, int]:
    """How long each begun piece of work had waited, in ms."""
    joined, begun = moments(rows, QUEUED), moments(rows, BEGIN)
    return {stay: begun[stay] - joined[stay] for stay in begun}


def holds_of(run: Run) -> dict[int, list[Hold]]:
    """The holds of a run by account, as its log tells them."""
    return holds_in(run.rows, run.plan)


def holds_in(rows: Rows, plan: Plan) -> dict[int, list[Hold]]:
    """The holds by account that a log tells of; one that ended as it began is none."""
    holds: dict[int, list[Hold]] = {}
    for i in np.flatnonzero((rows.kind == HOLD) | (rows.kind == HOLD_END)):
        account, time = int(plan.account_first[rows.case[i]] + rows.account[i]), int(rows.time[i])
        mine = holds.setdefault(account, [])
        if rows.kind[i] == HOLD:
            mine.append((time, NEVER))
        else:
            start = mine.pop()[0]
            mine += [(start, time)] * (start < time)
    return holds


def settle_all(plan: Plan, holds: dict[int, list[Hold]], *, reaction: float | None = None) -> Ints:
    """Settle every case from nothing; `reaction` is the criminals' speed factor, None for none."""
    times = [NEVER] * len(plan.transfers)
    for row in range(len(plan.victims)):
        first, last = plan.transfer_first[row : row + 2].tolist()
        if reaction is None:
            settle(plan.forest, holds, first, last, times)
        else:
            settle_case(plan.forest, holds, first, last, times, reaction, int(plan.victims.notice_after[row]))
    return np.array(times, dtype=np.int64)


def left_behind(plan: Plan, times: Sequence[int] | Ints) -> Ints:
    """Fen by case that arrived on a mule account and never leave it."""
    times = np.asarray(times)
    parent = plan.transfers.parent
    arrived = (parent >= 0) & (times[parent] < NEVER)
    kept = arrived & (times >= NEVER)
    total = np.zeros(len(plan.victims), dtype=np.int64)
    np.add.at(total, plan.transfers.case[kept], plan.transfers.amount[kept])
    return total


def ceiling(scenario: Scenario, plan: Plan) -> Ints:
    """Fen by case that permanent holds on every reachable account from the report on would keep, without reaction."""
    reachable = np.array([holder.profile is not None or holder.field for holder in scenario.holders])
    holds: dict[int, list[Hold]] = {}
    for account in np.flatnonzero(plan.accounts.bank >= 0).tolist():
        reported = int(plan.victims.reported[plan.accounts.case[account]])
        if reported < NEVER and reachable[plan.accounts.bank[account]]:
            holds[account] = [(reported, NEVER)]
    return left_behind(plan, settle_all(plan, holds))
