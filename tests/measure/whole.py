"""A small centre with every element of the response switched on."""

from __future__ import annotations

from typing import Any

from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE
from tests.properties.elements import ELEMENTS, with_elements
from tests.worlds import exponential, route, work

CHASE = {"start": {"route": "account", "for": "each_revealed"}}
FIELD = {"start": {"route": "field", "for": "each_cash_exit_known"}}


def timed(stage: str, time: Any, **more: Any) -> dict[str, Any]:
    """A wait with a stage of its own."""
    return {"wait": {"for": time}, "leak": {"wait": stage}, **more}


ROUTES: dict[str, Any] = {
    "call": route(
        {
            "ask": work("intake", exponential(4 * MINUTE), patience="90s", on_renege="pause", attempts=3,
                        on_exhausted="lost") | {"within": "10m"},
            "open": {"do": "open_case"},
            "field": FIELD,
            "chase": CHASE,
            "visit": {"start": {"route": "visit", "for": "victim"}},
            "opened": {"end": "opened"},
            "pause": timed("pause", exponential(5 * MINUTE), to="ask"),
            "lost": {"end": "lost"},
        }
    ),
    "account": route(
        {
            "entry": work("analyst", exponential(3 * MINUTE)),
            "bank": {
                "work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}, "attempts": 5,
                "on_exhausted": "given_up",
            },
            "check": {"do": "check_order"},
            "fits": {"choose": [{"if": {"refused": True}, "to": "clarify"}, {"else": "stop"}]},
            "clarify": timed("refused", exponential(30 * MINUTE)),
            "right": {"do": "clarify", "to": "bank"},
            "stop": {"do": "place_hold"},
            "freeze": {"start": {"route": "freeze"}},
            "answer": {"do": "reveal"},
            "field": FIELD,
            "chase": CHASE,
            "done": {"end": "stopped"},
            "given_up": {"end": "given_up"},
        },
        "account",
    ),
    "freeze": route(
        {
            "which": {"choose": [{"p": 0.7, "to": "before"}, {"else": "forgotten"}]},
            "before": {"wait": {"before_lapse": "8h"}, "leak": {"wait": "freeze"}},
            "legal": work("legal", exponential(3 * HOUR)),
            "file": {"do": "file_freeze"},
            "notice": timed("notice", exponential(2 * DAY)),
            "some": {"choose": [{"p": 0.5, "to": "return"}, {"else": "kept"}]},
            "return": {"do": "return_money"},
            "kept": {"end": "kept"},
            "forgotten": {"end": "forgotten"},
        },
        "account",
    ) | {"background": True},
    "field": route(
        {"ride": {"work": {"team": {"police": 2, "car": 1}, "time": exponential(5 * MINUTE)},
                  "leak": {"wait": "ride", "work": "ride"}},
         "catch": {"do": "intercept"}},
        "cash_exit",
    ),
    "visit": route({"go": work("police", exponential(20 * MINUTE)), "protect": {"do": "protect"}}, "victim")
    | {"background": True},
    "warn": route(
        {
            "call": work("intake", exponential(2 * MINUTE)),
            "hears": {"choose": [{"p": 0.4, "to": "dissuade"}, {"else": "insists"}]},
            "dissuade": {"do": "dissuade", "to": "done"},
            "insists": {"do": "let_pay"},
            "done": {"end": "warned"},
        },
        "victim",
    ) | {"background": True},
    "lead": route({"look": work("analyst", exponential(5 * MINUTE)), "go": {"start": {"route": "account"}}}, "lead"),
    "object": route(
        {
            "hear": work("legal", exponential(HOUR)),
            "which": {"choose": [{"p": 0.4, "to": "clear"}, {"p": 0.5, "to": "free"}, {"else": "no"}]},
            "clear": {"do": "clear_innocent", "to": "no"},
            "free": {"do": "release"},
            "no": {"end": "heard"},
        },
        "account",
    ) | {"background": True},
}  # fmt: skip


def whole(*, react: bool = False, **sections: Any) -> Scenario:
    """Two days of a small town, in which every element acts often.

    Args:
        react: whether the criminals react to blocked transfers.
        sections: of the scenario, to replace.
    """
    base = with_elements(ELEMENTS, per_day=40.0, false=10.0)
    told = base.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"routes", "desks"})
    prevention = told["prevention"] | {
        "blocking": {"share": 0.1}, "line_cut": {"share": 0.1, "after": "10h", "scams": ["scam"]},
    }  # fmt: skip
    innocent = told["criminals"]["innocent"] | {"objects": 0.8, "objection": exponential(HOUR)}
    reaction = {"notice": exponential(5 * MINUTE), "speed": 0.3}
    shifts = [{"from": "08:00", "to": "18:00", "staff": 2}, {"from": "18:00", "to": "08:00", "staff": 1}]
    return Scenario.model_validate(
        told
        | {
            "horizon": "1d", "follow_up": "400d", "routes": ROUTES, "on_report": "call",
            "desks": {
                "intake": {"staff": 1, "wage": "60 yuan"}, "analyst": {"shifts": shifts, "queue": "largest_first"},
                "legal": {"staff": 2}, "police": {"staff": 4}, "car": {"staff": 2},
            },
            "bank_profiles": {
                "machine": {"staff": "unlimited", "time": exponential(MINUTE), "mismatch": 0.1, "refusal": 0.1}
            },
            "law": {"stop": "48h", "most_stops": 2, "freeze": "30d", "renewals": 1},
            "prevention": prevention, "objections": {"route": "object"},
            "criminals": told["criminals"] | {"innocent": innocent} | ({"reaction": reaction} if react else {}),
        }
        | sections
    )  # fmt: skip
