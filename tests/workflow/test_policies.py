"""Policies that are asked again: what is at risk, what is written off, and a user's own."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, digest, simulate
from sim.measure.metrics import measure
from sim.scenario.distributions import DurationDist
from sim.scenario.errors import PolicyError
from sim.words.units import HOUR, MINUTE, SECOND, YUAN
from sim.workflow.log import BEGIN, OUTCOME
from sim.workflow.policies import View
from sim.workflow.ranking import AtRisk
from tests.worlds import case, city, criminals, exponential, route, rows_of, victims, work, world

ROUTES = {
    "call": route({"open": {"do": "open_case"}, "chase": {"start": {"route": "account", "for": "each_revealed"}}}),
    "account": route({"work": work(time="10m")}, "account"),
}


def queue_of(policy: str, cases: list[dict[str, Any]], dwell: Any, **desk: Any) -> Run:
    """One person works on one account of each case, 10 minutes each; money leaves layer 1 after `dwell`."""
    return simulate(
        world(
            victims=victims({"list": {"cases": cases}}),
            criminals=criminals(dwell_by_layer=[dwell], exits={"cash": {"share": 1.0, "dwell": dwell}}),
            desks={"desk": {"staff": 1, "queue": policy, **desk}},
            routes=ROUTES,
        )
    )


def order_of(run: Run) -> list[int]:
    return [row[2] for row in rows_of(run.rows, BEGIN)]


def account(amount: int, credited: int, now: int, layer: int = 1) -> View:
    return View(0, amount, credited, layer, 0, 0, 0, now)


@pytest.mark.parametrize("law", [exponential(HOUR), {"lognormal": {"median": "20m", "p90": "3h"}}])
def test_what_is_at_risk_follows_the_law_of_the_dwell_time(law: dict[str, Any]) -> None:
    """Expected balance and the rate at which it goes are amount * (1 - cdf) and amount * density, within 1%."""
    dist = DurationDist.parse(law)
    at_risk = AtRisk([DurationDist.parse("1m"), dist])
    for age in (SECOND, 5 * MINUTE, HOUR, 5 * HOUR):
        for layer in (2, 3):
            view = account(1000, 7, 7 + age, layer)
            below = dist.cdf(np.array([age * 0.999, age, age * 1.001]))
            assert at_risk.balance(view) == pytest.approx(1000 * (1 - below[1]), rel=0.01)
            assert at_risk.rate(view) == pytest.approx(1000 * (below[2] - below[0]) / (0.002 * age), rel=0.015)


def test_nothing_is_at_risk_where_nothing_is_known_or_left() -> None:
    """A case without accounts and money past its latest dwell time have neither balance nor rate."""
    at_risk = AtRisk([DurationDist.parse("10m")])
    for view in (View(0, 0, 5, now=HOUR), account(1000, 0, HOUR), account(1000, 0, 10**15)):
        assert at_risk.balance(view) == at_risk.rate(view) == 0
    assert at_risk.balance(account(1000, 0, 5 * MINUTE)) == 1000


def test_most_at_risk_is_asked_again_when_someone_is_free() -> None:
    """By the exponential law with mean 10 min, 3,000 yuan of 20 minutes ago are worth less than 1,000 just credited."""
    cases = [
        case(0, loss="1 yuan"),
        case(1 * SECOND, loss="3000 yuan"),
        case(2 * SECOND, loss="9000 yuan"),
        case(14 * MINUTE, loss="1000 yuan"),
    ]
    assert order_of(queue_of("most_at_risk", cases, exponential(10 * MINUTE))) == [0, 2, 3, 1]
    assert order_of(queue_of("largest_first", cases, exponential(10 * MINUTE))) == [0, 2, 1, 3]
    assert 3000 * math.exp(-2) < 1000 * math.exp(-0.6)


def test_equal_risks_are_served_as_they_came() -> None:
    """Accounts with the same number are served in the order of joining."""
    cases = [case(second * SECOND, report_lag="5m") for second in (0, 1, 2, 3)]
    assert order_of(queue_of("most_at_risk", cases, "9h")) == [0, 1, 2, 3]


# -- writing off -----------------------------------------------------------------------------------------


def surge(above: int, least: str) -> Run:
    """One is worked on while four wait: with 8, 1, 2 and 4 thousand yuan, of which half is left when he is free."""
    cases = [case(0)] + [case(second * SECOND, loss=f"{k}k yuan") for second, k in ((1, 8), (2, 1), (3, 2), (4, 4))]
    half = exponential(10 * MINUTE / math.log(2))
    return queue_of("write_off", cases, half, write_off={"above": above, "least": least})


def outcomes(run: Run) -> dict[int, str]:
    return {row[2]: run.program.outcome[row[4]] for row in rows_of(run.rows, OUTCOME) if row[3] == 1}


def test_the_nearly_hopeless_is_written_off_in_a_surge() -> None:
    """With less than 1,500 yuan expected, the 1,000 and 2,000 are dropped, and the others served by what is at risk."""
    run = surge(2, "1500 yuan")
    assert outcomes(run) == {0: "done", 2: "written_off", 3: "written_off", 1: "done", 4: "done"}
    assert order_of(run) == [0, 1, 4]
    dropped = [row for row in rows_of(run.rows, OUTCOME) if row[6] >= 0]
    assert [(row[0], row[2], row[6]) for row in dropped] == [(10 * MINUTE, 2, 0), (10 * MINUTE, 3, 0)]


def test_no_more_is_written_off_than_stands_above_the_threshold() -> None:
    """With three allowed to wait only the one of which least is expected is dropped; with four, none."""
    assert [c for c, how in outcomes(surge(3, "1500 yuan")).items() if how == "written_off"] == [2]
    assert "written_off" not in outcomes(surge(4, "1500 yuan")).values()


def test_what_a_written_off_account_loses_is_booked_as_that() -> None:
    """Money that leaves after its account was dropped is lost to `written_off`, earlier money to the queue."""
    run = surge(2, "1500 yuan")
    leaks = measure(run).leaks
    cause = {int(run.plan.transfers.case[t]): leaks.causes[c] for t, c in zip(leaks.transfer, leaks.cause, strict=True)}
    times = {int(run.plan.transfers.case[t]): int(run.times[t]) for t in leaks.transfer.tolist()}
    for row in (2, 3):
        assert cause[row] == ("written_off" if times[row] > 10 * MINUTE else "desk")
    assert any(times[row] > 10 * MINUTE for row in (2, 3))
    booked = sum(yuan for name, yuan in measure(run).metrics.items() if name.startswith("leak."))
    assert booked * YUAN == run.plan.transfers.amount[leaks.transfer].sum()


# -- a user's own ----------------------------------------------------------------------------------------

CASES = [case(0), case(1 * SECOND, loss="2 yuan"), case(2 * SECOND, loss="9 yuan"), case(3 * SECOND, loss="5 yuan")]


def own(folder: Path, body: str) -> str:
    path = folder / "mine.py"
    path.write_text(f"def mine(view):\n    {body}\n", encoding="utf-8")
    return f"{path}:mine"


def test_a_function_of_the_user_decides_who_is_next(tmp_path: Path) -> None:
    """The smallest number is served first, equal numbers in the order of joining."""
    assert order_of(queue_of(own(tmp_path, "return view.amount"), CASES, "9h")) == [0, 1, 3, 2]
    assert order_of(queue_of(own(tmp_path, "return 0.5"), CASES, "9h")) == [0, 1, 2, 3]


def test_a_policy_is_told_what_is_known_and_the_moment(tmp_path: Path) -> None:
    """It sees the amount, layer and bank of the account, when it was known and reported, and the present moment."""
    seen = "(view.queued, view.amount, view.credited, view.layer, view.bank, view.known_at, view.reported_at, view.now)"
    policy = own(tmp_path, f"raise ValueError({seen})")
    with pytest.raises(PolicyError, match=r"ValueError: \(5000, 200, 0, 1, 0, 5000, 5000, 5000\)"):
        queue_of(policy, [case(0, loss="2 yuan", report_lag="5s")], "9h")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", "it raised ZeroDivisionError: division by zero"),
        ("return None", "it returned nothing, not a finite number"),
        ("return 'soon'", "it returned 'soon', not a finite number"),
        ("return float('nan')", "it returned nan, not a finite number"),
        ("return True", "it returned true, not a finite number"),
        ("return view.times", "it raised AttributeError: 'View' object has no attribute 'times'"),
        ("return view.plan", "it raised AttributeError: 'View' object has no attribute 'plan'"),
        ("raise KeyError('two\\nlines')", "it raised KeyError"),
        ("raise SystemExit(3)", "it raised SystemExit: 3"),
    ],
)
def test_a_policy_that_goes_wrong_is_named_with_its_file_and_the_moment(tmp_path: Path, body: str, said: str) -> None:
    """What it raises, what it answers that is no number, and a look at the truth: one line says who, where and when."""
    policy = own(tmp_path, body)
    with pytest.raises(PolicyError) as caught:
        queue_of(policy, [case(HOUR)], "9h")
    start = f"policy 'mine' of {tmp_path / 'mine.py'} at 2025-07-07T01:00:00.000+08:00: {said}"
    assert str(caught.value).startswith(start)
    assert "\n" not in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("start", "said"), [("import nothing_of_this_name", "ModuleNotFound"), ("raise SystemExit(3)", "SystemExit: 3")]
)
def test_a_file_that_fails_when_it_is_loaded_is_named(tmp_path: Path, start: str, said: str) -> None:
    """What a policy's file raises when it is run is said in the same way, at the start."""
    path = tmp_path / "mine.py"
    path.write_text(f"{start}\ndef mine(view): return 0\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=rf"at 2025-07-07T00:00:00.000\+08:00: it cannot be loaded \({said}"):
        queue_of(f"{path}:mine", CASES, "9h")


def test_a_digest_tells_what_a_policy_says_and_not_where_it_lies(tmp_path: Path) -> None:
    """A scenario with a policy of the user's has one digest in every folder, and another once the policy changes."""

    def digest_in(folder: str, text: str) -> str:
        place = tmp_path / folder
        place.mkdir()
        (place / "mine.py").write_text(text, encoding="utf-8")
        return digest(city(queue=f"{place / 'mine.py'}:next_one"))

    same = "def next_one(view):\n    return view.queued\n"
    assert digest_in("here", same) == digest_in("there", same)
    assert digest_in("elsewhere", same.replace("queued", "amount")) != digest_in("anywhere", same)
