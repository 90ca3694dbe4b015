"""What both models simulate: thirty reports a day of a large fraud, about 32 mule accounts each.

Two staffings of the same fraud. `low`: the same people round the clock, about 27% of their time at work. `busy`: about
80%, most of them in the day shift while the reports keep coming in the evening, so a backlog grows every evening and
is worked off during the next day. The bench prints the utilisation it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sim.scenario.models import Scenario

Load = Literal["low", "busy"]


def _day_and_night(day: int, night: int) -> dict[str, Any]:
    return {
        "shifts": [
            {"from": "08:00", "to": "18:00", "staff": day},
            {"from": "18:00", "to": "08:00", "staff": night},
        ]
    }


DESKS: Mapping[Load, Mapping[str, Any]] = {
    "low": {"intake": {"staff": 2}, "analyst": {"staff": 5}, "audit": {"staff": 3}},
    "busy": {"intake": {"staff": 2}, "analyst": _day_and_night(3, 1), "audit": {"staff": 1}},
}

_WORKFLOW: Mapping[str, Any] = {
    "call": {
        "subject": "case",
        "first": "statement",
        "steps": {
            "statement": {
                "work": {"team": {"intake": 1}, "time": {"lognormal": {"median": "6m", "p90": "10m"}}},
                "leak": {"wait": "intake", "work": "intake"},
            },
            "open": {"do": "open_case"},
            "chase": {"start": {"route": "account", "for": "each_revealed"}},
            "done": {"end": "opened"},
        },
    },
    "account": {
        "subject": "account",
        "first": "entry",
        "steps": {
            "entry": {
                "work": {"team": {"analyst": 1}, "time": {"lognormal": {"median": "2m", "p90": "4m"}}},
                "leak": {"wait": "entry", "work": "entry"},
            },
            "audit": {
                "work": {"team": {"audit": 1}, "time": {"lognormal": {"median": "1m", "p90": "2m"}}},
                "leak": {"wait": "audit", "work": "audit"},
            },
            "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
            "stop": {"do": "place_hold"},
            "answer": {"do": "reveal"},
            "chase": {"start": {"route": "account", "for": "each_revealed"}},
            "done": {"end": "stopped"},
        },
    },
}


def scenario(load: Load, days: int) -> Scenario:
    """The workload of a number of days under one of the two staffings."""
    return Scenario.model_validate(
        {
            "schema_version": 1,
            "name": f"bench-{load}",
            "title": "Thirty large frauds a day",
            "question": "What does a simulated case cost?",
            "start": "2025-01-06T00:00",
            "utc_offset": "+08:00",
            "horizon": f"{days}d",
            "follow_up": "30d",
            "victims": {
                "scams": {
                    "large": {
                        "loss": {"lognormal": {"median": "1.6M yuan", "p90": "2.4M yuan"}},
                        "typical_payment": "200k yuan",
                        "most_payments": 20,
                        "payment_gap": {"exponential": {"mean": "8m"}},
                        "discovery": {"lognormal": {"median": "40m", "p90": "4h"}},
                        "report_lag": {"lognormal": {"median": "12m", "p90": "60m"}},
                    }
                },
                "arrivals": {
                    "city": {
                        "per_day": 30,
                        "by_hour": [2, 1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 7, 7, 8, 8, 8, 8, 7, 8, 9, 8, 6, 4],
                    }
                },
            },
            "criminals": {
                "typical_transfer": "140k yuan",
                "fan_out_spread": 0.3,
                "amount_spread": 0.3,
                "most_fan_out": 60,
                "exit_by_layer": [0.05, 0.5, 0.6],
                "deepest_layer": 8,
                "dwell_by_layer": [
                    {"loglogistic": {"median": "22m", "shape": 1.5}},
                    {"loglogistic": {"median": "15m", "shape": 1.5}},
                ],
                "spacing": {"exponential": {"mean": "30s"}},
                "retry": {"exponential": {"mean": "10m"}},
                "exits": {
                    "cash": {"share": 0.3, "dwell": {"lognormal": {"median": "40m", "p90": "2h"}}},
                    "crypto": {"share": 0.4, "dwell": {"lognormal": {"median": "15m", "p90": "60m"}}},
                    "pos": {"share": 0.15, "dwell": {"lognormal": {"median": "10m", "p90": "40m"}}},
                    "abroad": {"share": 0.15, "dwell": {"lognormal": {"median": "30m", "p90": "2h"}}},
                },
            },
            "bank_profiles": {
                "interface": {"staff": "unlimited", "time": {"lognormal": {"median": "1m", "p90": "2m"}}},
                "officer": {"staff": 2, "time": {"lognormal": {"median": "2m", "p90": "4m"}}},
                "remote": {"staff": 2, "time": {"lognormal": {"median": "6m", "p90": "12m"}}},
            },
            "banks": {
                "icbc": {"share": 0.16, "profile": "officer"},
                "ccb": {"share": 0.14, "profile": "officer"},
                "abc": {"share": 0.14, "profile": "officer"},
                "boc": {"share": 0.10, "profile": "officer"},
                "bocom": {"share": 0.06, "profile": "officer"},
                "postal": {"share": 0.12, "profile": "interface"},
                "joint-stock": {"share": 0.13, "profile": "remote"},
                "rural": {"share": 0.10, "profile": "remote"},
                "payment-firms": {"share": 0.05, "profile": "remote"},
            },
            "desks": DESKS[load],
            "on_report": "call",
            "routes": _WORKFLOW,
        }
    )
