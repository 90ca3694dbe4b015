"""Workflows that could go round for ever are refused."""

import re
from collections.abc import Collection
from typing import Any

import pytest

from sim.scenario.workflow import Route
from sim.scenario.workflow_checks import check_routes

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


END = {"done": {"end": "done"}}
STOP: dict[str, Any] = {"subject": "account", "first": "stop", "steps": {"stop": {"do": "place_hold"}, **END}}


def awaits(signal: str) -> dict[str, Any]:
    wait = {"await": {"any": [signal]}, "leak": {"wait": "wait"}}
    return {"subject": "account", "first": "wait", "steps": {"wait": wait, **END}}


def starts(*routes: str, subject: str = "case", for_: str = "each_revealed", kind: str = "start") -> dict[str, Any]:
    steps = {f"to_{route}": {kind: {"route": route, "for": for_}} for route in routes}
    return {"subject": subject, "first": next(iter([*steps, "done"])), "steps": {**steps, **END}}


def check_all(sources: Collection[str] = (), **routes: dict[str, Any]) -> None:
    read = {name: Route.model_validate(route) for name, route in routes.items()}
    check_routes(read, desks={}, on_report="call", profiles={}, sources=sources)


@pytest.mark.parametrize(
    ("signal", "needs"), [("stopped", r"place_hold or intercept"), ("done(stop)", r"route 'stop'")]
)
def test_a_signal_is_raised_only_in_a_route_that_is_started(signal: str, needs: str) -> None:
    """A route with the effect counts once the report, another source or a chain of `start` steps reaches it."""
    chase = awaits(signal)
    said = rf"^routes\.chase\.steps\.wait\.await: nobody raises {re.escape(repr(signal))}; .* needs {needs} in a route"
    with pytest.raises(ValueError, match=said):
        check_all(call=starts("chase"), chase=chase, stop=STOP)
    with pytest.raises(ValueError, match=said):  # what would start it is itself never started
        check_all(call=starts("chase"), chase=chase, stop=STOP, idle=starts("stop"))
    check_all(call=starts("chase", "stop"), chase=chase, stop=STOP)
    between = starts("stop", subject="account", for_="this")
    check_all(call=starts("chase", "between"), chase=chase, between=between, stop=STOP)
    check_all(sources=["stop"], call=starts("chase"), chase=chase, stop=STOP)


def test_a_route_that_nothing_starts_may_await_what_another_raises() -> None:
    """A spare route may await what another spare route raises, but not what no route at all does."""
    check_all(call=starts(), chase=awaits("stopped"), stop=STOP)
    with pytest.raises(ValueError, match="nobody raises 'frozen'"):
        check_all(call=starts(), chase=awaits("frozen"), stop=STOP)


@pytest.mark.parametrize("kind", ["start", "cancel"])
def test_a_route_for_another_kind_of_subject_is_neither_started_nor_cancelled(kind: str) -> None:
    """A case has no token on a route for accounts to cancel, and cannot start one for itself."""
    said = rf"^routes\.call\.steps\.to_stop\.{kind}: route 'stop' is not for a subject of kind victim or case$"
    with pytest.raises(ValueError, match=said):
        check_all(call=starts("stop", for_="this", kind=kind), stop=STOP)
    check_all(call=starts("talk", for_="this", kind=kind), talk=starts(subject="victim"))
