"""Tiny hand-made worlds whose every moment is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.engine.run import Run, simulate
from sim.scenario.models import Scenario


def _scenario(**changes: Any) -> Scenario:
    """One victim pays 10,000 yuan at 9:00; report 9:30, statement 9:35, each account 6 minutes from known to stop."""
    steps = {
        "statement": {"work": {"team": {"intake": 1}, "time": "5m"}, "leak": {"wait": "intake", "work": "intake"}},
        "open": {"do": "open_case"},
        "chase": {"start": {"route": "account", "for": "each_revealed"}},
        "done": {"end": "opened"},
    }
    account = {
        "entry": {"work": {"team": {"analyst": 1}, "time": "4m"}, "leak": {"wait": "entry", "work": "entry"}},
        "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
        "stop": {"do": "place_hold"},
        "answer": {"do": "reveal"},
        "chase": {"start": {"route": "account", "for": "each_revealed"}},
        "done": {"end": "stopped"},
    }
    payments = changes.pop("payments", 1)
    told: dict[str, Any] = {
        "schema_version": 1, "name": "tiny", "title": "A tiny case", "question": "What happens?",
        "start": "2025-07-11T09:00", "utc_offset": "+08:00", "horizon": "1h", "follow_up": "1d",
        "victims": {
            "scams": {"plain": {
                "loss": "10k yuan", "typical_payment": "10k yuan", "payment_gap": "2m", "discovery": "20m",
                "report_lag": "10m",
            }},
            "arrivals": {"one": {"cases": [{"at": "0m", "scam": "plain", "payments": payments}]}},
        },
        "criminals": {
            "typical_transfer": "10k yuan", "fan_out_spread": 0.0, "amount_spread": 0.0, "most_fan_out": 1,
            "exit_by_layer": [1.0], "deepest_layer": 1, "dwell_by_layer": ["20m"], "spacing": "1m", "retry": "1m",
            "exits": {"cash": {"share": 1, "dwell": "3h"}},
        },
        "bank_profiles": {"officer": {"staff": 1, "time": "2m"}},
        "banks": {"icbc": {"share": 1, "profile": "officer"}},
        "desks": {"intake": {"staff": 1}, "analyst": {"staff": 1}},
        "on_report": "call",
        "routes": {
            "call": {"subject": "case", "first": "statement", "steps": steps},
            "account": {"subject": "account", "first": "entry", "steps": account},
        },
    }  # fmt: skip
    told["criminals"].update(changes.pop("criminals", {}))
    told["victims"]["scams"]["plain"].update(changes.pop("scam", {}))
    return Scenario.model_validate(told | changes)


@pytest.fixture(scope="session")
def world() -> Callable[..., Run]:
    """Run a changed tiny scenario: world(criminals={...}, scam={...}, payments=2, ...)."""
    return lambda **changes: simulate(_scenario(**changes), seed=1)


@pytest.fixture(scope="session")
def caught(world: Callable[..., Run]) -> Run:
    """One account, cash after 3 hours: the stop at 9:41 catches everything."""
    return world()


@pytest.fixture(scope="session")
def too_late(world: Callable[..., Run]) -> Run:
    """Two layers: sent on at 9:20, out as cash at 9:30, ten minutes before the first stop."""
    changes = {"exit_by_layer": [0.0, 1.0], "deepest_layer": 2, "exits": {"cash": {"share": 1, "dwell": "10m"}}}
    return world(criminals=changes)


@pytest.fixture(scope="session")
def forest(world: Callable[..., Run]) -> Run:
    """Four payments that fan out in three layers: some money caught, some not."""
    changes = {
        "typical_transfer": "700 yuan", "exit_by_layer": [0.0, 0.4], "deepest_layer": 3, "most_fan_out": 4,
        "amount_spread": 0.3,
        "exits": {"cash": {"share": 0.5, "dwell": "10m"}, "crypto": {"share": 0.5, "dwell": "5m"}},
        "dwell_by_layer": [{"uniform": {"low": "5m", "high": "60m"}}],
    }  # fmt: skip
    return world(payments=4, criminals=changes)
