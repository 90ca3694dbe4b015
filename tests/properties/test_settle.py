"""Settle: conservation of money, causality, monotony, and agreement with a slow second way of finding the times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.fraud.others import no_others
from sim.fraud.plan import Accounts, Plan, draw_plan
from sim.fraud.settle import NEVER, Hold
from sim.fraud.transfers import Transfers
from sim.fraud.victims import Victims
from sim.measure.holds import holds_from
from sim.measure.money import by_case, fate_of
from tests.examples import some
from tests.properties.forests import LATEST, Holds, holds_on, plans, settle_step_by_step
from tests.worlds import Ints, branching, exponential, left_behind, settle_all, victims, world

SPEEDS = st.sampled_from([None, 1.0, 0.5, 0.3, 0.01])


def check_conserved(plan: Plan, times: Ints, holds: Holds) -> None:
    """Walk through all instants with a ledger of accounts, beside the flags that the measures use."""
    t = plan.transfers
    happens = times < NEVER
    instants = np.unique(np.concatenate([times[happens], times[happens] - 1, [0, LATEST * 10]]))
    for now in instants.tolist():
        done = times <= now
        balance = np.zeros(len(plan.accounts), dtype=np.int64)
        np.add.at(balance, t.target[done & (t.exit < 0)], t.amount[done & (t.exit < 0)])
        np.subtract.at(balance, t.source[done], t.amount[done])
        on_mules = balance[plan.accounts.number > 0]
        assert (on_mules >= 0).all()
        stolen = t.amount[done & (t.parent < 0)].sum()
        exited = t.amount[done & (t.exit >= 0)].sum()
        assert stolen == on_mules.sum() + exited

        fate = fate_of(plan, times, holds_from(holds), now)
        under = np.zeros(len(plan.accounts), dtype=bool)
        for account, several in holds.items():
            under[account] = any(start <= now < end for start, end in several)
        assert by_case(plan, fate.paid).sum() == stolen
        assert by_case(plan, fate.out).sum() == exited
        assert by_case(plan, fate.held).sum() == balance[under & (plan.accounts.number > 0)].sum()
        assert by_case(plan, fate.moving).sum() == balance[~under & (plan.accounts.number > 0)].sum()
    for i in np.flatnonzero(happens).tolist():
        under_hold = any(start <= times[i] < end for start, end in holds.get(int(t.source[i]), ()))
        assert not under_hold, "a debit went during a hold"


@given(st.data(), plans(), SPEEDS)
def test_money_is_conserved_to_the_fen_at_every_instant(data: st.DataObject, plan: Plan, speed: float | None) -> None:
    """At every instant what was stolen is on accounts, held or moving, or has left, for any forest and any holds."""
    holds = data.draw(holds_on(plan))
    check_conserved(plan, settle_all(plan, holds, reaction=speed), holds)


@settings(max_examples=some(25))
@given(
    seed=st.integers(0, 2**32), spread=st.floats(0, 2), fan_out=st.integers(1, 8), deepest=st.integers(1, 4),
    leaves=st.floats(0.05, 1), react=st.booleans(), data=st.data(),
)  # fmt: skip
def test_money_of_drawn_plans_is_conserved(
    seed: int, spread: float, fan_out: int, deepest: int, leaves: float, react: bool, data: st.DataObject
) -> None:
    """Money is conserved to the fen at every instant of a drawn plan as well, under random holds."""
    scenario = world(
        horizon="2h",
        victims=victims(
            {"rate": {"per_day": 60.0}}, loss={"lognormal": {"median": "900 yuan", "p90": "9k yuan"}}, most_payments=4,
            typical_payment="700 yuan", payment_gap=exponential(60_000),
        ),
        criminals=branching(
            amount_spread=spread, fan_out_spread=spread, most_fan_out=fan_out, deepest_layer=deepest,
            exit_by_layer=[leaves], reaction={"notice": "5m", "speed": 0.25} if react else None,
        ),
    )  # fmt: skip
    plan = draw_plan(scenario, seed, 0)
    assume(len(plan.victims) > 0)
    hours = 4 * 3_600_000
    holds = data.draw(holds_on(plan, latest=hours))
    times = settle_all(plan, holds, reaction=0.25 if react else None)
    check_conserved(plan, times, holds)


@settings(max_examples=some(400))
@given(st.data(), plans(), st.sampled_from([1.0, 0.5, 0.3, 0.01]))
def test_settle_equals_going_through_time(data: st.DataObject, plan: Plan, speed: float) -> None:
    """Settling case by case gives the times that going through time instant by instant gives, with reaction too."""
    holds = data.draw(holds_on(plan))
    times = settle_all(plan, holds, reaction=speed)
    for case in range(len(plan.victims)):
        slow = settle_step_by_step(plan, holds, speed, case)
        mine = np.flatnonzero(plan.transfers.case == case).tolist()
        assert {i: int(times[i]) for i in mine if times[i] < NEVER} == slow


@settings(max_examples=some(300))
@given(st.data(), plans(), SPEEDS, st.integers(0, LATEST))
def test_settle_is_causal(data: st.DataObject, plan: Plan, speed: float | None, now: int) -> None:
    """Holds that start after an instant, and ends that come after it, change nothing that happens up to it."""
    holds = data.draw(holds_on(plan))
    known = {
        account: [(start, end if end <= now else NEVER) for start, end in several if start <= now]
        for account, several in holds.items()
    }
    for speed_now in {speed, None}:
        whole = settle_all(plan, holds, reaction=speed_now)
        so_far = settle_all(plan, known, reaction=speed_now)
        assert np.array_equal(np.minimum(whole, now + 1), np.minimum(so_far, now + 1))


@pytest.mark.parametrize(
    ("hold", "expected"), [((5, 8), 11), ((4, 5), 5), ((6, 8), 5), ((5, NEVER), NEVER), ((5, 6), 9)]
)
def test_a_hold_blocks_from_its_start_and_not_at_its_end(hold: Hold, expected: int) -> None:
    """A debit at a hold's start is blocked, one at its end goes; waiting money leaves a retry delay after the end."""
    plan = one_chain(dwell=[0, 5], retry=3)
    assert settle_all(plan, {1: [hold]}).tolist() == [0, expected]


def test_a_reaction_hurries_only_what_is_left_after_the_notice() -> None:
    """Of a dwell of 20 from 0, blocked money noticed at 8 leaves 12 to go, and half speed makes that 6."""
    plan = one_chain(dwell=[0, 20], retry=0, notice_after=3, other_dwell=5)
    assert settle_all(plan, {2: [(0, NEVER)]}, reaction=0.5).tolist() == [0, 14, 0, NEVER]


def one_chain(dwell: list[int], retry: int, notice_after: int = NEVER, other_dwell: int | None = None) -> Plan:
    """A payment and an exit (and, if asked for, a second payment and exit) of one victim, 10 fen each."""
    pairs = 1 if other_dwell is None else 2
    dwell = dwell if other_dwell is None else [*dwell, 0, other_dwell]

    def ints(*values: int) -> Ints:
        return np.array(values, dtype=np.int64)

    count = 2 * pairs
    keys = np.arange(1 + pairs, dtype=np.uint64)
    return Plan(
        seed=1,
        replication=0,
        victims=Victims(
            id=ints(1), key=keys[:1], scam=ints(0), loss=ints(10 * pairs), first_payment=ints(0), last_payment=ints(0),
            discovered=ints(0), reported=ints(0), notice_after=ints(notice_after), pace=np.ones(1),
            **{name: ints(0) for name in ("contact", "third_party", "channel", "age", "district", "bank", "bystander")},
        ),
        accounts=Accounts(
            case=ints(*[0] * (1 + pairs)), number=ints(*range(1 + pairs)), layer=ints(0, *[1] * pairs),
            bank=ints(-1, *[0] * pairs), key=keys, card=np.arange(1 + pairs),
            **{name: ints(*[0] * (1 + pairs)) for name in ("place", "wrong", "innocent")},
            objects_after=ints(*[NEVER] * (1 + pairs)),
        ),
        transfers=Transfers(
            case=ints(*[0] * count), parent=ints(*[-1, 0, -1, 2][:count]), source=ints(*[0, 1, 0, 2][:count]),
            target=ints(*[1, -1, 2, -1][:count]), exit=ints(*[-1, 0, -1, 0][:count]), amount=ints(*[10] * count),
            dwell=ints(*dwell), retry=ints(*[retry] * count), size=ints(*[2, 1, 2, 1][:count]),
            key=np.arange(count, dtype=np.uint64),
        ),
        account_first=ints(0, 1 + pairs),
        transfer_first=ints(0, count),
        others=no_others(1 + pairs),
    )  # fmt: skip


def joined(several: list[Hold]) -> list[Hold]:
    """The union of holds as sorted holds that do not touch."""
    union: list[Hold] = []
    for start, end in sorted(several):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


@settings(max_examples=some(300))
@given(st.data(), plans(), st.integers(0, LATEST), st.integers(0, LATEST))
def test_an_earlier_permanent_hold_never_keeps_less(data: st.DataObject, plan: Plan, one: int, other: int) -> None:
    """With all else fixed and no reaction, a permanent hold that starts earlier never leaves less money on accounts."""
    holds = data.draw(holds_on(plan))
    mules = np.flatnonzero(plan.accounts.number > 0).tolist()
    assume(mules)
    account = data.draw(st.sampled_from(mules))
    early, late = sorted((one, other))
    kept = [
        left_behind(plan, settle_all(plan, holds | {account: joined([*holds.get(account, []), (start, NEVER)])})).sum()
        for start in (early, late)
    ]
    assert kept[0] >= kept[1]
