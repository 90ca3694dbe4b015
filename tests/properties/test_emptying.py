"""How accounts empty: at the pace of their case, in debits under limits, and not to the last fen at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm

from sim.fraud.debits import LEFT_BEHIND, over_days
from sim.fraud.draws import key_of
from sim.fraud.plan import Plan, draw_plan
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE
from tests.examples import some
from tests.properties.elements import ELEMENTS, with_elements
from tests.properties.test_plan import check_money, check_preorder
from tests.worlds import branching, criminals, exponential, listed, victims, world

YUAN = 100


def one_credit(amount: int, **changes: Any) -> Plan:
    """The plan of one victim who pays an amount (yuan) at midnight; it leaves from layer 1 an hour later."""
    return draw_plan(world(victims=listed(0, loss=f"{amount} yuan"), criminals=criminals(**changes)), 1, 0)


def out_of_mules(plan: Plan) -> list[tuple[int, int]]:
    """(minutes after the credit, yuan) of everything that leaves layer 1."""
    t = plan.transfers
    below = np.flatnonzero(t.parent >= 0)
    return list(zip((t.dwell[below] // MINUTE).tolist(), (t.amount[below] // YUAN).tolist(), strict=True))


# -- debits ------------------------------------------------------------------------------------------------

DEBITS = {"limit": "400 yuan", "gap": "8m", "most": 8}


def test_a_leaving_credit_above_the_limit_leaves_in_even_debits_one_gap_after_the_other() -> None:
    """1,000 yuan at 400 a debit: three of 333 or 334 yuan, at 60, 68 and 76 minutes, to the fen."""
    plan = one_credit(1000, debits=DEBITS)
    assert out_of_mules(plan) == [(60, 333), (68, 333), (76, 333)]
    assert plan.transfers.amount[1:].tolist() == [33_334, 33_333, 33_333]
    assert len(plan.accounts) == 2
    check_money(plan)
    check_preorder(plan)


def test_a_way_out_has_a_limit_and_a_gap_of_its_own() -> None:
    """Cash by the withdrawal: 250 yuan at a time, and four times the gap."""
    cash = {"share": 1.0, "dwell": "1h", "limit": "250 yuan", "gap_factor": 4.0}
    plan = one_credit(1000, debits=DEBITS, exits={"cash": cash})
    assert out_of_mules(plan) == [(60, 250), (92, 250), (124, 250), (156, 250)]


def test_no_credit_leaves_in_more_debits_than_the_most() -> None:
    """With at most two debits each takes what it must, above the limit."""
    assert out_of_mules(one_credit(1000, debits=DEBITS | {"most": 2})) == [(60, 500), (68, 500)]


def test_what_is_above_the_limit_of_a_day_waits_for_the_next() -> None:
    """Three debits of 400 yuan at 700 a day: one each day, the next a gap after midnight."""
    plan = one_credit(1200, debits=DEBITS | {"per_day": "700 yuan"})
    assert out_of_mules(plan) == [(60, 400), (24 * 60 + 8, 400), (48 * 60 + 8, 400)]


@settings(max_examples=some(200))
@given(
    debits=st.lists(st.tuples(st.integers(0, 9 * HOUR), st.integers(1, 500)), min_size=1, max_size=30),
    begin=st.integers(0, 3 * DAY), per_day=st.integers(1, 900),
)  # fmt: skip
def test_no_day_sees_more_than_its_limit(debits: list[tuple[int, int]], begin: int, per_day: int) -> None:
    """Whatever the gaps: a day has no more than the limit, or one debit; none comes sooner, or before another."""
    gaps, amounts = np.array(debits, dtype=np.int64).T
    after = np.cumsum(gaps)
    new = over_days(per_day, np.array([begin]), after, amounts, np.array([len(debits)]))
    assert (new >= after).all()
    assert (np.diff(new) >= 0).all()
    day = (begin + new) // DAY
    for one in np.unique(day):
        mine = day == one
        assert amounts[mine].sum() <= per_day or mine.sum() == 1
    fits = [amounts[(begin + after) // DAY == one].sum() <= per_day for one in np.unique((begin + after) // DAY)]
    if all(fits):
        assert np.array_equal(new, after)


def test_onward_transfers_keep_the_limit_by_their_number() -> None:
    """A crew that would send all at once sends as many transfers as the limit asks, none above it."""
    onward = branching(typical_transfer="1M yuan", most_fan_out=60, exit_by_layer=[0.0, 1.0], debits=DEBITS)
    robbed = victims({"rate": {"per_day": 50.0}}, loss={"uniform": {"low": "100 yuan", "high": "20k yuan"}})
    plan = draw_plan(world(victims=robbed, criminals=onward), 3, 0)
    t = plan.transfers
    first = (t.parent >= 0) & (t.exit < 0) & (plan.accounts.layer[t.source] == 1)
    assert t.amount[first].max() <= 400 * YUAN
    credit = t.amount[t.target == t.source[first][0]][0]
    assert np.count_nonzero(t.source[first] == t.source[first][0]) == -(-credit // (400 * YUAN))


def test_debits_move_nothing_else() -> None:
    """Where the limit binds at ways out only, put together again the debits are the plan without, in every value."""
    without = with_elements(set(ELEMENTS) - {"debits", "day_limit", "rests", "pending"})
    gap = {"limit": "1M yuan", "gap": "8m", "most": 8}
    told = without.model_dump(mode="json", by_alias=True, exclude_none=True)
    told["criminals"] |= {"debits": gap}
    told["criminals"]["exits"]["cash"] |= {"limit": "100 yuan"}
    one, other = (draw_plan(scenario, 5, 1) for scenario in (without, Scenario.model_validate(told)))
    t, u = one.transfers, other.transfers
    assert len(u) > len(t)
    whole = np.append(True, (u.exit[1:] < 0) | (u.parent[1:] != u.parent[:-1]))
    total = np.add.reduceat(u.amount, np.flatnonzero(whole))
    assert np.array_equal(total, t.amount)
    for name in ("case", "source", "target", "exit", "dwell", "retry"):
        assert np.array_equal(getattr(u, name)[whole], getattr(t, name)), name
    assert all(np.array_equal(getattr(one.accounts, f), getattr(other.accounts, f)) for f in vars(one.accounts))


# -- rests -------------------------------------------------------------------------------------------------


def test_part_of_a_credit_stays_behind_and_leaves_late() -> None:
    """A tenth of 1,000 yuan leaves three days after the credit, the rest after an hour."""
    plan = one_credit(1000, rests={"share": 1.0, "part": 0.1, "dwell": "3d"})
    assert out_of_mules(plan) == [(60, 900), (3 * 24 * 60, 100)]
    check_money(plan)
    check_preorder(plan)


def test_rests_are_left_by_share_and_renumber_nobody() -> None:
    """On 40% of the credits something stays; what moves on has the keys, accounts and times that it had."""
    off = set(ELEMENTS) - {"rests", "debits", "day_limit", "pending"}
    one, other = (draw_plan(with_elements(on, horizon="20d"), 5, 1) for on in (off, off | {"rests"}))
    credit = other.transfers.target >= 0
    mules = other.transfers.target[credit & (other.accounts.bank[other.transfers.target] < 3)]
    late = {int(key_of(int(key), np.array([LEFT_BEHIND]))[0]) for key in other.accounts.key[mules[:2000]]}
    assert len(late) == len(mules[:2000])
    leaves = np.bincount(other.transfers.source, minlength=len(other.accounts))[mules]
    before = np.bincount(one.transfers.source, minlength=len(one.accounts))
    same = dict(zip(one.accounts.key.tolist(), before.tolist(), strict=True))
    more = [leaves[i] - same[key] for i, key in enumerate(other.accounts.key[mules].tolist()) if key in same]
    assert len(more) > 2000
    assert np.mean(np.array(more) == 1) == pytest.approx(0.4, abs=0.04)  # the fan-out follows what is left: 3 sigma
    shared = np.intersect1d(one.accounts.key, other.accounts.key, return_indices=True)[1:]
    for name in ("bank", "place", "layer", "innocent", "wrong", "objects_after"):
        values = [getattr(p.accounts, name)[i] for p, i in zip((one, other), shared, strict=True)]
        assert np.array_equal(*values), name


# -- pace --------------------------------------------------------------------------------------------------


def paced(spread: float, **scam: Any) -> Scenario:
    """Many victims of two losses, and criminals at a pace."""
    robbed = victims({"rate": {"per_day": 400.0}}, loss={"uniform": {"low": "1k yuan", "high": "9k yuan"}}, **scam)
    return world(victims=robbed, horizon="5d", criminals=branching(pace={"spread": spread}))


def test_the_pace_is_lognormal_with_median_one() -> None:
    """Its logarithm is normal with the given spread (Kolmogorov-Smirnov at 0.1%)."""
    plan = draw_plan(paced(1.3), 7, 0)
    assert kstest(np.log(plan.victims.pace), norm(0, 1.3).cdf).pvalue > 0.001


def test_one_pace_multiplies_every_dwell_of_its_case() -> None:
    """Each time that the crew takes is that of a crew of pace 1, times the case's factor, to the ms."""
    one, other = draw_plan(paced(0.0), 7, 0), draw_plan(paced(1.3), 7, 0)
    t = one.transfers
    payment = t.parent < 0
    factor = other.victims.pace[t.case]
    first = np.isin(np.arange(len(t)), np.unique(t.parent, return_index=True)[1]) & ~payment
    assert np.array_equal(other.transfers.dwell[payment], t.dwell[payment])
    assert np.array_equal(other.transfers.dwell[first], np.rint(t.dwell[first] * factor[first]))
    assert np.abs(other.transfers.dwell[~payment] - t.dwell[~payment] * factor[~payment]).max() <= 7  # of 6 sums
    assert np.array_equal(one.transfers.amount, other.transfers.amount)


def test_a_scam_and_an_amount_may_have_a_pace_of_their_own() -> None:
    """The scam's factor, and (loss / at) to the power of the elasticity, multiply what was drawn."""
    one = draw_plan(paced(1.3), 7, 0).victims
    by_scam = draw_plan(paced(1.3, pace=0.25), 7, 0).victims
    assert np.allclose(by_scam.pace, one.pace * 0.25)
    scenario = paced(1.3)
    money = branching(pace={"spread": 1.3, "by_amount": {"at": "4k yuan", "elasticity": -0.5}})
    told = scenario.model_dump(mode="json", by_alias=True, exclude_none=True) | {"criminals": money}
    by_amount = draw_plan(Scenario.model_validate(told), 7, 0).victims
    assert np.allclose(by_amount.pace, one.pace * (one.loss / 400_000) ** -0.5)
    off = draw_plan(world(victims=listed(0, pace=0.25), criminals=criminals()), 1, 0)
    assert off.victims.pace.tolist() == [1.0]
    assert off.transfers.dwell.tolist() == [0, HOUR]


def test_gaps_between_debits_keep_the_pace() -> None:
    """A crew twice as slow takes twice the gaps; what stays behind does not wait for it."""
    slow = listed(0, loss="1k yuan", pace=2.0)
    money = criminals(
        pace={"spread": 0.0}, debits=DEBITS, rests={"share": 1.0, "part": 0.1, "dwell": "3d"},
        spacing=exponential(MINUTE),
    )  # fmt: skip
    plan = draw_plan(world(victims=slow, criminals=money), 1, 0)
    assert out_of_mules(plan) == [(120, 300), (136, 300), (152, 300), (3 * 24 * 60, 100)]
