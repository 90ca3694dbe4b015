"""A small city with every element on, and a response that uses every effect; stops lapse within hours."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.scenario.criminals import Reaction
from sim.scenario.models import Scenario
from sim.scenario.prevention import Blocking, LineCut
from sim.words.units import MINUTE
from tests.properties.elements import ELEMENTS, with_elements
from tests.worlds import CHASE, exponential, pause, route, until, work

CASH = {"start": {"route": "field", "for": "each_cash_exit_known"}}
BANK = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
RIDE = {
    "work": {"team": {"police": 2, "car": 1}, "time": exponential(20 * MINUTE), "travel": True},
    "leak": {"wait": "ride", "work": "ride"},
}
LEARNING = {"turnover": 50.0, "slower": 1.5, "for": "9d"}
LAPSING = {"stop": "3h", "most_stops": 2, "freeze": "6h", "renewals": 1}

ROUTES: dict[str, Any] = {
    "call": route(
        {
            "ask": work("desk", exponential(4 * MINUTE), patience=exponential(30 * MINUTE), on_renege="lost"),
            "open": {"do": "open_case"},
            "visit": {"start": {"route": "visit"}},
            "chase": CHASE,
            "hurry": {
                "await": {
                    "any": ["returned", "done(account)"], "at_most": exponential(300 * MINUTE), "on_timeout": "lost",
                },
                "leak": {"wait": "hurry"},
            },
            "calm": {"cancel": {"route": "visit"}},
            "done": {"end": "done"},
            "lost": {"end": "lost"},
        }
    ),
    "visit": route({"ride": RIDE, "tell": {"do": "dissuade"}}, "victim"),
    "account": route(
        {
            "old": {
                "choose": [
                    {"if": {"known_before": True, "held": True}, "to": "ask"},
                    {"p": 0.3, "to": "send"},
                    {"else": "entry"},
                ]
            },
            "send": {"start": {"route": "branch"}},
            "entry": work("desk", exponential(3 * MINUTE)),
            "bank": BANK | {"attempts": 3, "on_exhausted": "refused"},
            "check": {"do": "check_order"},
            "result": {"choose": [{"if": {"refused": True}, "to": "wrong"}, {"else": "stop"}]},
            "wrong": {"start": {"route": "clarify"}},
            "right": {
                "await": {"any": ["clarified"], "at_most": "2h", "on_timeout": "refused"},
                "leak": {"wait": "refused"}, "to": "bank",
            },
            "stop": {"do": "place_hold"},
            "paper": {"start": {"route": "freeze"}},
            "watch": {"start": {"route": "lapse"}, "to": "answer"},
            "ask": BANK,
            "answer": {"do": "reveal"},
            "chase": CHASE,
            "cash": CASH,
            "done": {"end": "done"},
            "refused": {"end": "refused"},
        },
        "account",
    ),
    "branch": route({"ride": RIDE, "catch": {"do": "intercept"}}, "account"),
    "clarify": route(
        {
            "how": {"choose": [{"p": 0.7, "to": "right"}, {"else": "wait"}]},
            "wait": pause(exponential(60 * MINUTE)),
            "right": {"do": "clarify"},
        },
        "account",
    ),
    "freeze": route(
        {
            "ripe": {"wait": {"before_lapse": "1h"}, "leak": {"wait": "paper"}},
            "paper": work("desk", exponential(30 * MINUTE)),
            "file": {"do": "file_freeze"},
            "notice": pause(exponential(240 * MINUTE)),
            "pay": {"do": "return_money"},
        },
        "account",
    ),
    "lapse": route(
        {
            "over": until("lapsed", "frozen", "released", attempts=4, on_exhausted="gone"),
            "then": {
                "choose": [
                    {"if": {"held": True}, "to": "gone"},
                    {"if": {"stops_left": True}, "to": "bank"},
                    {"else": "gone"},
                ]
            },
            "bank": BANK,
            "again": {"do": "place_hold"},
            "paper": {"start": {"route": "freeze"}, "to": "over"},
            "gone": {"end": "gone"},
        },
        "account",
    ),
    "field": route({"ride": RIDE, "catch": {"do": "intercept"}, "pay": {"do": "return_money"}}, "cash_exit"),
    "warn": route(
        {
            "ask": work("desk", exponential(10 * MINUTE)),
            "heard": {"choose": [{"p": 0.3, "to": "tell"}, {"p": 0.2, "to": "protect"}, {"else": "pay"}]},
            "tell": {"do": "dissuade"},
            "safe": {"end": "safe"},
            "protect": {"do": "protect"},
            "held": {"end": "held"},
            "pay": {"do": "let_pay"},
        },
        "victim",
    ),
    "lead": route(
        {
            "look": work("desk", exponential(5 * MINUTE)), "bank": BANK, "stop": {"do": "place_hold"},
            "watch": {"start": {"route": "lapse"}}, "answer": {"do": "reveal"}, "chase": CHASE,
        },
        "lead",
    ),
    "review": route(
        {
            "inquiry": work("desk", exponential(20 * MINUTE)),
            "finding": {"choose": [{"p": 0.3, "to": "free"}, {"p": 0.4, "to": "clear"}, {"else": "keep"}]},
            "free": {"do": "release"},
            "freed": {"end": "freed"},
            "clear": {"do": "clear_innocent"},
            "keep": {"end": "keep"},
        },
        "account",
    ),
}  # fmt: skip


def whole(
    *, staff: int | str = 2, react: bool = True, law: bool = True, per_day: float = 15.0, learns: bool = True
) -> Scenario:
    """The city.

    Args:
        staff: heads of each desk.
        react: whether criminals react.
        law: whether stops lapse.
        per_day: victims a day.
        learns: whether people of two desks come and go, unless they are unlimited.
    """
    new = {"learning": LEARNING} if learns and staff != "unlimited" else {}
    scenario = with_elements(
        ELEMENTS, per_day=per_day, false=4.0,
        law=LAPSING if law else None,
        objections={"route": "review"},
        desks={
            "desk": {"staff": staff, **new},
            "police": {"staff": 2 if staff == 1 else staff},
            "car": {"staff": staff, **new},
        },
        bank_profiles={"machine": {"staff": 1, "time": exponential(5 * MINUTE), "mismatch": 0.2, "refusal": 0.1}},
        routes=ROUTES if law else {name: one for name, one in ROUTES.items() if name != "lapse"} | _permanent(),
    )  # fmt: skip
    reaction = Reaction.model_validate({"notice": exponential(10 * MINUTE), "speed": 0.25}) if react else None
    innocent = scenario.criminals.innocent
    assert innocent is not None
    assert scenario.prevention is not None
    soon = type(innocent).model_validate(
        {"share": 0.5, "balance": "300 yuan", "objects": 0.8, "objection": exponential(60 * MINUTE)}
    )
    cut = LineCut.model_validate({"share": 0.2, "after": exponential(720 * MINUTE)})
    prevention = {"blocking": Blocking(share=0.1), "line_cut": cut}
    return scenario.model_copy(
        update={
            "criminals": scenario.criminals.model_copy(update={"reaction": reaction, "innocent": soon}),
            "prevention": scenario.prevention.model_copy(update=prevention),
        }
    )


def _permanent() -> dict[str, Any]:
    """The route `lapse` where nothing lapses."""
    return {"lapse": route({"over": until("frozen", "released")}, "account")}


WHOLE: Any = st.builds(
    whole,
    staff=st.sampled_from([1, 2, "unlimited"]),
    react=st.booleans(),
    law=st.sampled_from([True, True, False]),
    per_day=st.sampled_from([4.0, 15.0]),
    learns=st.booleans(),
)
"""The city with few or many people, with and without reaction and law."""
