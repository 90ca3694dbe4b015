"""A scenario with any of the elements that a plan may have, each of which can be left out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sim.scenario.models import Scenario
from tests.worlds import ONE_PIECE_OF_WORK, branching, exponential, route, victims, work, world

ELEMENTS = (
    "contact", "channels", "ages", "own_ages", "districts", "customers", "third_party", "wrong", "rails", "pending",
    "night", "places", "reuse", "innocent", "warnings", "leads", "monitoring", "pace", "debits", "day_limit", "rests",
    "others",
)  # fmt: skip
CHANNELS = {"call": 0.6, "branch": 0.3, "station": 0.1}
AGES = {"young": 0.2, "middle": 0.5, "old": 0.3}
OWN_AGES = {"old": 0.9, "young": 0.1}
DISTRICTS = {"east": 0.25, "west": 0.75}
CUSTOMERS = {"a": 0.1, "b": 0.2, "c": 0.7}
PLACES = {"town": 0.15, "province": 0.6, "elsewhere": 0.25}
PENDING = {"cash": 0.3, "coin": 0.7}
BY_HOUR = [0.0] * 8 + [1.0] * 10 + [3.0] * 4 + [0.0] * 2


def with_elements(on: Collection[str], *, per_day: float = 60.0, false: float = 40.0, **sections: Any) -> Scenario:
    """A scenario of two scams, three banks and two exits with some of the elements.

    Args:
        on: names out of `ELEMENTS`; `own_ages` needs `ages`, `day_limit` needs `debits`.
        per_day: victims a day.
        false: false alerts a day of each kind.
        sections: of the scenario, to replace.
    """

    def given(element: str, value: Any) -> Any:
        return value if element in on else None

    robbed = victims(
        {"rate": {"per_day": per_day}},
        share=0.4, loss={"lognormal": {"median": "2k yuan", "p90": "9k yuan"}}, typical_payment="900 yuan",
        most_payments=4, payment_gap=exponential(60_000), discovery=exponential(600_000),
        report_lag=exponential(300_000), reports=0.8,
        contact=given("contact", exponential(86_400_000)),
        third_party=given("third_party", {"share": 0.5, "after": "3m"}),
        wrong_details=given("wrong", 0.35),
        rails=given("rails", {"machine": 0.45, "wire": 0.2}),
        ages=given("own_ages", OWN_AGES),
        pace=given("pace", 0.4),
    )  # fmt: skip
    robbed["scams"]["other"] = robbed["scams"]["scam"] | {
        "share": 0.6, "contact": None, "third_party": None, "wrong_details": None, "rails": None, "ages": None,
        "pace": None,
    }  # fmt: skip
    robbed["channels"] = given(
        "channels", {name: {"share": s, "delay": "20m" if name == "station" else None} for name, s in CHANNELS.items()}
    )
    robbed["ages"] = given("ages", AGES)
    robbed["districts"] = given("districts", {name: {"share": share} for name, share in DISTRICTS.items()})
    robbed["rails"] = given(
        "rails",
        {
            "machine": {"delay": "24h", "profile": "machine"},
            "wire": {"delay": "3h", "profile": "machine", "fails": 0.4},
        },
    )
    pending = {
        name: given("pending", {"share": share, "dwell": "7m", "reach": reach})
        for (name, share), reach in zip(PENDING.items(), ("field", "machine"), strict=True)
    }
    money = branching(
        exits={
            "cash": {
                "share": 0.5,
                "dwell": exponential(3_600_000),
                "pending": pending["cash"],
                "limit": given("debits", "200 yuan"),
                "gap_factor": given("debits", 4.0),
            },
            "coin": {"share": 0.5, "dwell": "15m", "pending": pending["coin"]},
        },
        pace=given("pace", {"spread": 0.8, "by_amount": {"at": "2k yuan", "elasticity": -0.2}}),
        debits=given(
            "debits",
            {"limit": "400 yuan", "per_day": given("day_limit", "700 yuan"), "gap": exponential(480_000), "most": 5},
        ),
        rests=given("rests", {"share": 0.4, "part": 0.1, "dwell": {"loglogistic": {"median": "3h", "shape": 1.0}}}),
        others=given(
            "others",
            {
                "share": 0.5,
                "amount": {"lognormal": {"median": "500 yuan", "p90": "3k yuan"}},
                "gap": exponential(7_200_000),
                "dwell": exponential(3_600_000),
                "before": "6h",
                "after": "1d",
            },
        ),
        night=given("night", {"from": "22:00", "to": "06:00", "factor": 3.0}),
        places=given("places", PLACES),
        reuse=given("reuse", {"share": 0.6, "pool": 40, "lifetime": "6h"}),
        innocent=given(
            "innocent",
            {"share": 0.25, "balance": {"exponential": {"mean": "3k yuan"}}, "objects": 0.4, "objection": "2d"},
        ),
    )
    watch = {"detects": 0.5, "least": "1 yuan", "false_per_day": false, "ages": ["old"] if "ages" in on else None}
    banks = {
        name: {
            "share": share, "profile": profile,
            "customers": given("customers", CUSTOMERS[name]),
            "monitoring": given("monitoring", watch) if name != "b" else None,
        }
        for name, share, profile in (("a", 0.3, "machine"), ("b", 0.5, "machine"), ("c", 0.2, None))
    }  # fmt: skip
    alert = {"share": 0.5, "after": "1h", "false_per_day": false, "by_hour": BY_HOUR}
    return world(
        **{
            "start": "2025-07-07T05:17:00",
            "victims": robbed,
            "criminals": money,
            "banks": banks,
            "prevention": {
                "warnings": given("warnings", alert | {"route": "warn"}),
                "leads": given("leads", alert | {"route": "lead"}),
                "alarms": given("monitoring", {"route": "warn"}),
            },
            "routes": ONE_PIECE_OF_WORK | given_routes(on),
        }
        | sections
    )


def given_routes(on: Collection[str]) -> dict[str, Any]:
    """The routes that alerts lead to."""
    routes: dict[str, Any] = {}
    if {"warnings", "monitoring"} & set(on):
        routes["warn"] = route({"work": work(time="1m")}, "victim")
    if "leads" in on:
        routes["lead"] = route({"work": work(time="1m")}, "lead")
    return routes
