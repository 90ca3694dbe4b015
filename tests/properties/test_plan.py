"""A drawn plan: the shape of the forest, its amounts, its victims."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2, kstest

from sim.fraud.plan import Plan, draw_plan, draw_plans
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR
from tests.examples import some
from tests.golden.plays import shortened
from tests.worlds import branching, case, criminals, exponential, fen, listed, victims, world

BY_HOUR = [2.0, 1, 1, 1, 0, 0, 2, 3, 5, 8, 9, 9, 7, 7, 8, 8, 8, 8, 7, 8, 9, 8, 6, 4]
BY_WEEKDAY = [1.0, 1, 1, 1, 2, 0.5, 0]


@st.composite
def plans_drawn(draw: st.DrawFn) -> tuple[Scenario, Plan]:
    """Plans of random scenarios: losses from a fen up, up to eight layers, wide and narrow fan-outs."""
    median = draw(st.sampled_from([1, 7, 1000, 300_000, 20_000_000]))
    scenario = world(
        horizon=draw(st.sampled_from(["1h", "90m", "1d"])),
        start=f"2025-07-{draw(st.integers(1, 28)):02d}T{draw(st.integers(0, 23)):02d}:17:03",
        victims=victims(
            {
                "rate": {"per_day": draw(st.floats(1, 60))},
                "list": {"cases": [case(at) for at in draw(st.lists(st.integers(0, HOUR - 1), max_size=3))]},
            },
            loss={"lognormal": {"median": fen(median), "p90": fen(median * 9)}},
            typical_payment=fen(draw(st.sampled_from([1, 500, 200_000]))),
            most_payments=draw(st.integers(1, 12)),
            payment_gap=exponential(60_000),
            discovery=exponential(draw(st.sampled_from([1, HOUR]))),
            reports=draw(st.sampled_from([0.0, 0.5, 1.0])),
        ),
        criminals=branching(
            typical_transfer=fen(draw(st.sampled_from([1, 100, 50_000]))),
            fan_out_spread=draw(st.floats(0, 2)),
            amount_spread=draw(st.floats(0, 3)),
            most_fan_out=draw(st.integers(1, 7)),
            exit_by_layer=draw(st.lists(st.floats(0.3, 1), min_size=1, max_size=4)),
            deepest_layer=draw(st.integers(1, 6)),
            reaction=draw(st.sampled_from([None, {"notice": "5m", "speed": 0.5}])),
        ),
        banks={"a": {"share": 0.3, "profile": "machine"}, "b": {"share": 0.7}},
    )
    plan = draw_plan(scenario, draw(st.integers(0, 2**40)), draw(st.integers(0, 1000)))
    assume(len(plan.victims) > 0)
    return scenario, plan


@settings(max_examples=some(60))
@given(plans_drawn())
def test_amounts_of_children_sum_to_their_parents_to_the_fen(drawn: tuple[Scenario, Plan]) -> None:
    """What an account gets it forwards in whole: outgoing amounts sum to the credit, payments to the loss."""
    check_money(drawn[1])


def check_money(plan: Plan) -> None:
    """Money is conserved at every account and for every victim, to the fen."""
    t = plan.transfers
    below = np.zeros(len(t), dtype=np.int64)
    inner = t.parent >= 0
    np.add.at(below, t.parent[inner], t.amount[inner])
    assert np.array_equal(below[t.exit < 0], t.amount[t.exit < 0])
    assert (below[t.exit >= 0] == 0).all()
    assert (t.amount >= 0).all()
    paid = np.zeros(len(plan.victims), dtype=np.int64)
    np.add.at(paid, t.case[~inner], t.amount[~inner])
    assert np.array_equal(paid, plan.victims.loss)


@settings(max_examples=some(60))
@given(plans_drawn())
def test_a_plan_is_a_forest_in_preorder(drawn: tuple[Scenario, Plan]) -> None:
    """Parents stand before children, subtrees are whole ranges of the given sizes, and every credit goes on."""
    scenario, plan = drawn
    check_preorder(plan)
    t, a = plan.transfers, plan.accounts
    inner = t.parent >= 0
    assert (np.bincount(t.parent[inner], minlength=len(t))[t.exit < 0] <= scenario.criminals.most_fan_out).all()
    assert np.array_equal(a.layer[t.target[t.exit < 0]], a.layer[t.source[t.exit < 0]] + 1)
    assert a.layer.max() <= scenario.criminals.deepest_layer


def check_preorder(plan: Plan) -> None:
    """The columns of the transfers tell of one forest in preorder, case by case."""
    t = plan.transfers
    rows = np.arange(len(t))
    inner = t.parent >= 0
    assert (t.parent < rows).all()
    size = np.ones(len(t), dtype=np.int64)
    for i in reversed(range(len(t))):
        if t.parent[i] >= 0:
            size[t.parent[i]] += size[i]
    assert np.array_equal(size, t.size)
    around: list[int] = []  # the transfers whose ranges are open
    for i in range(len(t)):
        while around and i >= around[-1] + t.size[around[-1]]:
            around.pop()
        assert t.parent[i] == (around[-1] if around else -1)
        around.append(i)
    assert np.array_equal(t.case[inner], t.case[t.parent[inner]])
    assert (np.bincount(t.parent[inner], minlength=len(t))[t.exit < 0] >= 1).all()
    assert (np.bincount(t.parent[inner], minlength=len(t))[t.exit >= 0] == 0).all()
    assert np.array_equal(plan.transfer_first, np.searchsorted(t.case, np.arange(len(plan.victims) + 1)))
    assert np.array_equal(t.target < 0, t.exit >= 0)
    assert np.array_equal(t.source[inner], t.target[t.parent[inner]])
    assert np.array_equal(t.source[~inner], plan.account_first[t.case[~inner]])
    assert (t.dwell >= 0).all()
    assert (t.retry >= 0).all()


@settings(max_examples=some(60))
@given(plans_drawn())
def test_accounts_are_numbered_layer_by_layer(drawn: tuple[Scenario, Plan]) -> None:
    """In each case account 0 is the victim's own, deeper accounts have higher numbers, and each takes one credit."""
    _, plan = drawn
    a, t = plan.accounts, plan.transfers
    for row in range(len(plan.victims)):
        mine = slice(*plan.account_first[row : row + 2].tolist())
        assert np.array_equal(a.number[mine], np.arange(mine.stop - mine.start))
        assert (np.diff(a.layer[mine]) >= 0).all()
        assert (a.case[mine] == row).all()
    assert np.array_equal(a.layer == 0, a.number == 0)
    assert np.array_equal(a.bank < 0, a.number == 0)
    assert plan.account_first[-1] == len(a)
    assert np.array_equal(np.sort(t.target[t.target >= 0]), np.flatnonzero(a.number > 0))
    assert len(np.unique(a.key)) == len(a)


@settings(max_examples=some(60))
@given(plans_drawn())
def test_victims_pay_then_understand_then_report(drawn: tuple[Scenario, Plan]) -> None:
    """Ids rise, first payments are within the horizon, and nobody reports before the last payment and the discovery."""
    scenario, plan = drawn
    v, t = plan.victims, plan.transfers
    assert (np.diff(v.id) > 0).all()
    assert (v.first_payment >= 0).all()
    assert (v.first_payment < scenario.horizon).all()
    roots = np.flatnonzero(t.parent < 0)
    first, last = np.full(len(v), NEVER), np.zeros(len(v), dtype=np.int64)
    np.minimum.at(first, t.case[roots], t.dwell[roots])
    np.maximum.at(last, t.case[roots], t.dwell[roots])
    assert np.array_equal(first, v.first_payment)
    assert np.array_equal(last, v.last_payment)
    assert (v.discovered >= v.last_payment).all()
    assert (v.reported >= v.discovered).all()
    assert np.array_equal(v.notice_after < NEVER, np.full(len(v), scenario.criminals.reaction is not None))
    payments = np.bincount(t.case[roots], minlength=len(v))
    assert (payments <= scenario.victims.scams["scam"].most_payments).all()


def rate(per_day: float, days: int, start: str = "2025-07-07T05:30:00", **source: Any) -> Scenario:
    return world(
        start=start,
        horizon=f"{days}d",
        victims=victims({"rate": {"per_day": per_day, "by_hour": BY_HOUR, "by_weekday": BY_WEEKDAY, **source}}),
    )


@pytest.mark.parametrize("per_day", [3.0, 700.0])
def test_a_rate_source_reproduces_its_profile(per_day: float) -> None:
    """Victims by hour of the day and by weekday follow the profile, and none comes at rate 0 (chi-square, joint 1%)."""
    weeks = 4 if per_day > 100 else 500
    scenario = rate(per_day, 7 * weeks)
    times = draw_plan(scenario, 3, 0).victims.first_payment + scenario.week_offset
    by_hour, by_day = np.bincount(times % DAY // HOUR, minlength=24), np.bincount(times // DAY % 7, minlength=7)
    for counts, weights in ((by_hour, np.array(BY_HOUR)), (by_day, np.array(BY_WEEKDAY))):
        some = weights > 0
        expected = per_day * 7 * weeks * weights[some] / weights.sum()
        assert counts[~some].sum() == 0
        # Poisson numbers with known means: no degree of freedom is lost to their sum.
        assert chi2.sf(((counts[some] - expected) ** 2 / expected).sum(), some.sum()) > 0.01 / 4


def test_a_rate_source_is_a_poisson_process() -> None:
    """Counts of hours vary as much as they should, and times between victims at a constant rate are exponential."""
    scenario = world(horizon="400d", victims=victims({"rate": {"per_day": 36.0}}))
    times = draw_plan(scenario, 5, 0).victims.first_payment
    counts = np.bincount(times // HOUR, minlength=400 * 24)
    dispersion = counts.var() / counts.mean()
    assert abs(dispersion - 1) < 2.58 * np.sqrt(2 / len(counts))
    assert kstest(np.diff(np.sort(times)), "expon", args=(0, DAY / 36)).pvalue > 0.01


@pytest.mark.parametrize(("low", "high"), [(0.0, 5.0), (5.0, 5.5), (20.0, 90.0), (90.0, 3000.0)])
def test_a_raised_rate_adds_victims_and_moves_none(low: float, high: float) -> None:
    """Every victim of a lower rate is there at a higher one, with the same id, time, money and tree; more come."""
    few, many = (draw_plan(rate(per_day, 14), 3, 2) for per_day in (low, high))
    assert len(few.victims) < len(many.victims)
    there = np.searchsorted(many.victims.id, few.victims.id)
    check_same_cases(few, np.arange(len(few.victims)), many, there)


def check_same_cases(one: Plan, rows: NDArray[np.integer], other: Plan, there: NDArray[np.integer]) -> None:
    """Cases `rows` of one plan and `there` of the other are equal but for where they stand in the plan."""
    for name in type(one.victims).__dataclass_fields__:
        assert np.array_equal(getattr(one.victims, name)[rows], getattr(other.victims, name)[there]), name
    for a, b in zip(rows.tolist(), there.tolist(), strict=True):
        for firsts, table in (("transfer_first", "transfers"), ("account_first", "accounts")):
            mine = slice(*getattr(one, firsts)[a : a + 2].tolist())
            its = slice(*getattr(other, firsts)[b : b + 2].tolist())
            for name in type(getattr(one, table)).__dataclass_fields__:
                x, y = getattr(getattr(one, table), name)[mine], getattr(getattr(other, table), name)[its]
                if name == "parent":
                    x, y = np.maximum(x - mine.start, -1), np.maximum(y - its.start, -1)
                elif name in ("source", "target"):
                    x = np.where(x < 0, -1, x - one.account_first[a])
                    y = np.where(y < 0, -1, y - other.account_first[b])
                if name not in ("case", "card"):
                    assert np.array_equal(x, y), name


@given(st.integers(0, 2**63), st.integers(0, 2**31))
@settings(max_examples=some(20))
def test_the_same_seed_and_replication_draw_the_same_plan(seed: int, replication: int) -> None:
    """A plan drawn twice is the same, and another replication is another plan."""
    scenario = world(victims=listed(0, 5, 9, loss={"exponential": {"mean": "5k yuan"}}), criminals=branching())
    one, again, other = (draw_plan(scenario, seed, r) for r in (replication, replication, replication + 1))
    check_same_cases(one, np.arange(3), again, np.arange(3))
    assert not np.array_equal(one.victims.loss, other.victims.loss)


def test_what_a_list_gives_is_not_drawn() -> None:
    """Loss, payments, discovery, report lag and reporting of a listed victim are taken as given."""
    given_case = case(7, loss="123.45 yuan", payments=3, discovery="11m", report_lag="4m", reports=True)
    silent = case(9, reports=False)
    scenario = world(
        victims=victims({"list": {"cases": [given_case, silent]}}, reports=0.5, payment_gap="1m"), criminals=criminals()
    )
    v = draw_plan(scenario, 1, 0).victims
    assert (v.loss[0], v.first_payment[0], v.last_payment[0]) == (12_345, 7, 7 + 120_000)
    assert (v.discovered[0], v.reported[0]) == (v.last_payment[0] + 660_000, v.last_payment[0] + 900_000)
    assert v.reported[1] == NEVER


def _same(one: Any, other: Any) -> bool:
    """Whether two tables, or numbers, are equal in all their columns."""
    if not is_dataclass(one):
        return bool(np.array_equal(one, other))
    return all(_same(getattr(one, column.name), getattr(other, column.name)) for column in fields(one))


@pytest.mark.parametrize("name", ["wuhan-35min", "city", "korea-2015"])
def test_plans_drawn_together_are_those_drawn_singly(name: str) -> None:
    """Replications whose forests grow together are the same to the bit."""
    scenario = shortened(name)
    together = draw_plans(scenario, 7, [3, 4, 8])
    assert all(_same(one, draw_plan(scenario, 7, number)) for number, one in zip([3, 4, 8], together, strict=True))
