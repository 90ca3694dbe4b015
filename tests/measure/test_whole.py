"""With everything switched on: the ledger, the ceiling and the groups agree to the fen, on random luck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.measure.metrics import Measured, measure
from sim.measure.money import FROZEN, INTERCEPTED, MOVING, OUT, PREVENTED, UNDER_STOP, money_of
from sim.measure.split import OF_FEN, split
from sim.measure.ways import WAYS
from tests.measure.whole import whole

RUNS: list[tuple[int, bool]] = [(seed, seed % 2 == 0) for seed in range(8)]


@pytest.fixture(scope="module", params=RUNS, ids=lambda one: f"seed {one[0]}{' reacting' if one[1] else ''}")
def run(request: pytest.FixtureRequest) -> Run:
    seed, react = request.param
    return simulate(whole(react=react), seed)


@pytest.fixture(scope="module")
def measured(run: Run) -> Measured:
    return measure(run)


def test_every_part_acts() -> None:
    """Over a few runs each part of the ledger has money in it: none of the claims below is about nothing."""
    seen: dict[str, float] = {}
    for seed, react in RUNS:
        for name, value in measure(simulate(whole(react=react), seed)).metrics.items():
            seen[name] = seen.get(name, 0.0) + (0.0 if np.isnan(value) else value)
    names = (
        "frozen", "intercepted", "returned", "prevented", "prevented_cases", "recovered_early", "recovered",
        "leak.lapsed", "leak.released", "leak.never_reported", "leak.before_report", "leak.out_of_reach",
        "wrongful_accounts", "wrongful_days", "objections", "objection_work", "lapses", "freezes", "refused_orders",
        "alerts.warning", "alerts.lead", "alerts.alarm", "false_alerts.lead", "redials.intake", "cost",
    )  # fmt: skip
    assert [name for name in names if not seen.get(name)] == []


def test_the_ledger_closes_to_the_fen(run: Run, measured: Measured) -> None:
    """By case loss = recovered + leaks + still moving; what was intended is paid, prevented or due later."""
    leaks = np.sum(list(measured.leak.values()), axis=0)
    assert np.array_equal(measured.loss, measured.recovered + leaks + measured.moving)
    assert np.array_equal(measured.lost, leaks)
    assert (np.array(list(measured.leak.values())) >= 0).all()
    t = run.plan.transfers
    later = (t.parent < 0) & (run.times > run.end) & (run.times < NEVER)
    metrics = measured.metrics
    assert t.amount[t.parent < 0].sum() == round(100 * (metrics["loss"] + metrics["prevented"])) + t.amount[later].sum()


def test_recovered_is_no_more_than_the_ceiling(measured: Measured) -> None:
    """Case by case together, what was recovered without an early hold is no more than the ceiling without one."""
    assert measured.recovered.sum() - measured.early.sum() <= measured.recoverable.sum()
    assert (measured.recovered - measured.early <= measured.recoverable).all()
    assert measured.metrics["response_efficiency"] <= 1
    assert measured.recoverable.sum() > 0


def test_returned_is_what_the_log_says(run: Run, measured: Measured) -> None:
    """fen paid back are those of the log's rows: nothing paid back went on or is counted elsewhere."""
    from sim.workflow.log import PAID, RETURNED

    for kind in (RETURNED, PAID):
        assert run.rows.at(run.rows.of(kind)).value.sum() == round(100 * measured.metrics["returned"])


def test_nobody_outside_is_a_victim(run: Run, measured: Measured) -> None:
    """Bystanders have no loss and are in no count of victims; the three kinds of victims are all of them."""
    bystander = run.plan.victims.bystander > 0
    assert bystander.any()
    assert not any(mine[bystander].any() for mine in measured.people.values())
    people = measured.metrics
    assert people["victims"] == people["victims_whole"] + people["victims_part"] + people["victims_nothing"]


@pytest.mark.parametrize("by", WAYS)
def test_groups_sum_to_the_whole(run: Run, measured: Measured, by: str) -> None:
    """However a run is split, every amount and count of the groups sums to that of the whole, to the fen."""
    parts = split(run, measured, by)  # type: ignore[arg-type]
    whole_fen = {
        "loss": measured.loss, "recovered": measured.recovered, "stopped": measured.stopped,
        "still_moving": measured.moving, "held_elsewhere": measured.elsewhere,
        "prevented": measured.fate.fen(PREVENTED),
        **{f"leak.{name}": fen for name, fen in measured.leak.items()},
    }  # fmt: skip
    assert {name: fen.sum() for name, fen in parts.fen.items()} == {name: fen.sum() for name, fen in whole_fen.items()}
    assert sum(1 for fen in parts.fen["loss"] if fen) > (by != "day")  # the world lasts a day
    leaks = np.sum([fen for name, fen in parts.fen.items() if name.startswith("leak.")], axis=0)
    assert np.array_equal(
        parts.fen["loss"], parts.fen["recovered"] + leaks + parts.fen["held_elsewhere"] + parts.fen["still_moving"]
    )
    if by in OF_FEN:
        assert not parts.people
    else:
        assert {n: c.sum() for n, c in parts.people.items()} == {n: m.sum() for n, m in measured.people.items()}


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), react=st.booleans())
def test_money_is_conserved_at_every_instant(seed: int, react: bool) -> None:
    """At every instant: stolen = held + intercepted + returned + exited + still moving, and accounts agree on it."""
    run = simulate(whole(react=react), seed)
    plan, t = run.plan, run.plan.transfers
    instants = np.unique(np.concatenate([run.times[run.times <= run.end], run.rows.time]))
    for now in instants[:: max(1, len(instants) // 60)].tolist():
        fate, _ = money_of(run, now)
        done = run.times <= now
        stolen, exited = t.amount[done & (t.parent < 0)].sum(), t.amount[done & (t.exit >= 0)].sum()
        parts = [fate.fen(place).sum() for place in (FROZEN, UNDER_STOP, INTERCEPTED, OUT, MOVING)]
        assert fate.paid.sum() == stolen
        assert fate.out.sum() == exited
        assert stolen == sum(parts) + fate.returned.sum()
        assert (fate.returned >= 0).all()
        balance = np.zeros(len(plan.accounts), dtype=np.int64)
        np.add.at(balance, t.target[done & (t.target >= 0)], t.amount[done & (t.target >= 0)])
        np.subtract.at(balance, t.source[done], t.amount[done])
        resting = fate.fen(FROZEN, UNDER_STOP, INTERCEPTED, MOVING) + fate.returned
        on_account = np.zeros(len(plan.accounts), dtype=np.int64)
        np.add.at(on_account, t.source, resting)
        assert np.array_equal(on_account[plan.accounts.number > 0], balance[plan.accounts.number > 0])
