"""What would help where nothing in the centre does: earlier reports, and large payments that wait."""

from __future__ import annotations

from typing import Any, Final

from sim.scenario.errors import ScenarioError
from sim.scenario.models import Scenario
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.words.units import HOUR, YUAN, format_money

EARLIER: Final = "earlier"
HELD: Final = "held"
SOONER: Final = 0.5
"""Of the times from the last payment until the victim understands, and from there to the report."""
LARGE: Final = 50_000 * YUAN
"""fen: payments from here on wait, as in the shipped what-ifs; where victims never pay as much, their typical one."""
WAITS: Final = 24 * HOUR
HELD_FOR: Final = f"{WAITS // HOUR}h"
"""As payments at machines wait in China since December 2016."""
_ROUTE: Final = "held-payment"


def outside(scenario: Scenario) -> dict[str, Scenario]:
    """By name: the scenario with something changed that is not the centre's. What it has no place for is left out."""
    found = {}
    for name, changed in _CHANGES.items():
        try:
            found[name] = changed(scenario)
        except (ScenarioError, StudyError, ValueError):
            continue  # listed victims, say, may have no time that could be shorter
    return found


def large(scenario: Scenario) -> int:
    """fen from which on a payment waits."""
    return min(LARGE, max(scam.typical_payment for scam in scenario.victims.scams.values()))


def _reported_earlier(scenario: Scenario) -> Scenario:
    editor = Editor(scenario)
    paths = [f"victims.scams.{name}.{part}" for name in scenario.victims.scams for part in ("discovery", "report_lag")]
    return editor.changed(editor.scaled({editor.parameter(path): SOONER for path in paths if editor.has(path)}))


def _large_payments_held(scenario: Scenario) -> Scenario:
    """Every large payment waits at the victim's bank; whoever has reported by its end does not pay."""
    data: Any = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    watch = {"detects": 1.0, "least": format_money(large(scenario)), "false_per_day": 0.0}
    for bank in data["banks"].values():
        bank["monitoring"] = watch
    data["routes"][_ROUTE] = {
        "subject": "victim", "first": "hold", "background": True,
        "steps": {
            "hold": {"wait": {"for": HELD_FOR}, "leak": {"wait": "alarm"}},
            "over": {"choose": [{"if": {"reported": True}, "to": "stop"}, {"else": "pay"}]},
            "stop": {"do": "dissuade"}, "kept": {"end": "dissuaded"},
            "pay": {"do": "let_pay"}, "paid": {"end": "paid_on"},
        },
    }  # fmt: skip
    data["prevention"] = (data.get("prevention") or {}) | {"alarms": {"route": _ROUTE}}
    return Scenario.model_validate(data)


_CHANGES: Final = {EARLIER: _reported_earlier, HELD: _large_payments_held}
MOST_OUTSIDE: Final = len(_CHANGES)
"""Changes beyond the centre that are tried, at most."""
