"""Workflows that could go round for ever are refused."""

from typing import Any

import pytest

from sim.scenario.workflow import Route, check_routes

WORK = {"work": {"desk": "bank_of_account", "time": "1m"}, "leak": {"wait": "bank", "work": "bank"}}


def check(steps: dict[str, Any]) -> None:
    call = Route.model_validate({"subject": "case", "first": "done", "steps": {"done": {"end": "done"}}})
    route = Route.model_validate({"subject": "account", "first": next(iter(steps)), "steps": steps})
    check_routes({"call": call, "account": route}, desks={}, on_report="call", profiles={})


def test_a_circle_through_the_way_of_the_exhausted_is_refused() -> None:
    """A step whose attempts are used up passes its token on at once, so a circle of such ways never ends."""
    again = {**WORK, "attempts": 2, "on_exhausted": "other"}
    other = {**WORK, "attempts": 2, "on_exhausted": "again"}
    with pytest.raises(ValueError, match=r"a cycle of steps with no .*again"):
        check({"again": again, "other": other, "done": {"end": "done"}})


def test_a_circle_with_work_and_a_limit_in_it_is_accepted() -> None:
    """Trying again a limited number of times, with time between, is what limits are for."""
    check(
        {
            "again": {**WORK, "attempts": 3, "on_exhausted": "done"},
            "which": {"choose": [{"p": 0.5, "to": "again"}, {"else": "done"}]},
            "done": {"end": "done"},
        }
    )
