"""Money that goes back to victims: from whom, to whom, how much to the fen, and never twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import Run, simulate
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE
from sim.workflow.effects import shared_out
from sim.workflow.log import FREEZE, HOLD, HOLD_END, PAID, RETURNED
from tests.worlds import (
    LAW,
    case,
    criminals,
    exponential,
    listed,
    on_accounts,
    outcomes,
    pause,
    sharing,
    told,
    until,
    victims,
    world,
)

STOP: dict[str, Any] = {"do": "place_hold"}
FREEZE_IT: dict[str, Any] = {"do": "file_freeze"}
PAY: dict[str, Any] = {"do": "return_money"}
AT_ONCE = {"stop": STOP, "file": FREEZE_IT, "pay": PAY}


def run_of(scenario: Scenario, *cards: tuple[int, ...]) -> tuple[Run, Plan]:
    """A run in which the accounts of some rows are one."""
    plan = sharing(draw_plan(scenario, 1, 0), *cards)
    return simulate(scenario, plan=plan), plan


def paid(run: Run) -> dict[int, int]:
    """fen paid back by case."""
    total: dict[int, int] = {}
    for _, number, account, fen in told(run, PAID):
        assert account == -1
        total[number] = total.get(number, 0) + fen
    return total


def returned(run: Run) -> dict[int, int]:
    """fen that left accounts by case."""
    total: dict[int, int] = {}
    for _, number, account, fen in told(run, RETURNED):
        assert account >= 1
        total[number] = total.get(number, 0) + fen
    return total


# -- one case --------------------------------------------------------------------------------------------


def test_the_money_of_one_case_goes_straight_back() -> None:
    """What one victim paid to an account nobody shares is paid back whole, once, though the bank is told twice."""
    run = simulate(world(law=LAW, routes=on_accounts({**AT_ONCE, "wait": pause("1h"), "twice": PAY})))
    assert told(run, RETURNED) == [(0, 0, 1, 100_000)]
    assert told(run, PAID) == [(0, 0, -1, 100_000)]


def test_only_what_lies_there_goes_back() -> None:
    """Of two parts of 500 yuan the one that has left before the stop is not returned."""
    hops = criminals(
        typical_transfer="500 yuan", most_fan_out=2, exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"],
        spacing="10m",
    )  # fmt: skip
    scenario = world(law=LAW, criminals=hops, victims=listed(0, report_lag="35m"), routes=on_accounts(AT_ONCE))
    assert told(simulate(scenario), RETURNED) == [(35, 0, 1, 50_000)]


def test_a_claim_is_what_was_paid_and_not_what_was_to_be_paid() -> None:
    """A payment that was prevented gives no claim: two who each paid 1,000 yuan share alike what is left of it."""
    thin = {"loss": "2000 yuan", "payments": 2}
    people = victims(
        {"list": {"cases": [case(0, **thin), case(0, loss="1000 yuan", payments=1)]}},
        payment_gap="3d", report_lag="1m", most_payments=2,
        third_party={"share": 1.0, "after": "30m"},
    )  # fmt: skip
    routes = on_accounts({"wait": pause("1h"), **AT_ONCE})
    routes["call"]["steps"] = {"safe": {"do": "dissuade"}, **routes["call"]["steps"]}
    routes["call"]["first"] = "safe"
    scenario = world(
        law=LAW, victims=people, routes=routes, criminals=criminals(exits={"cash": {"share": 1.0, "dwell": "2d"}})
    )
    plan = draw_plan(scenario, 1, 0)
    first = [int(plan.account_first[number]) + 1 for number in (0, 1)]
    run, _ = run_of(scenario, tuple(first))
    assert paid(run) == {0: 100_000, 1: 100_000}


@pytest.mark.parametrize(
    ("steps", "law", "back"),
    [
        ({"pay": PAY}, LAW, 0), ({"stop": STOP, "pay": PAY}, LAW, 0), ({"stop": STOP, "pay": PAY}, None, 100_000),
        ({"stop": STOP, "file": FREEZE_IT, "free": {"do": "release"}, "pay": PAY}, LAW, 0),
        (AT_ONCE, LAW, 100_000), (AT_ONCE, None, 100_000),
    ],
)  # fmt: skip
def test_only_what_is_kept_for_good_goes_back(steps: dict[str, Any], law: dict[str, Any] | None, back: int) -> None:
    """Nothing is returned from a free account or one whose stop will lapse; from a frozen one everything is."""
    run = simulate(world(law=law, routes=on_accounts(steps)))
    assert sum(paid(run).values()) == back


@pytest.mark.parametrize("then", ["release", "file_freeze"])
def test_an_account_from_which_money_was_returned_is_closed(then: str) -> None:
    """Neither a release nor a short freeze afterwards lets the money go out a second time."""
    steps = {**AT_ONCE, "then": {"do": then}, "wait": pause("20d")}
    run = simulate(world(law=LAW | {"freeze": "5d", "renewals": 1}, routes=on_accounts(steps)))
    assert run.times.tolist() == [0, NEVER]
    assert len(told(run, FREEZE)) == (2 if then == "file_freeze" else 1)  # there is nothing to renew
    assert not told(run, HOLD_END)


def test_a_return_is_signalled() -> None:
    """Who awaits the return goes on when the money is back."""
    steps = {"stop": STOP, "file": FREEZE_IT, "wait": pause("3h"), "pay": PAY, "hear": until("returned")}
    assert outcomes(simulate(world(law=LAW, routes=on_accounts(steps))))[-1] == (180, 0, "account.done")


# -- shared accounts -------------------------------------------------------------------------------------


def two_losses(**more: Any) -> Scenario:
    """A victim of 1,000 yuan in one payment and one of 2,000 yuan in two: accounts 1; and 3 and 4, all at once."""
    cases = [case(0, loss="1000 yuan", payments=1), case(0, loss="2000 yuan", payments=2)]
    return world(law=LAW, victims=victims({"list": {"cases": cases}}, most_payments=2), **more)


def test_a_shared_account_is_shared_out_by_losses_to_the_fen() -> None:
    """Of 2,000 yuan on one account a third goes to the loss of 1,000 yuan, two thirds to that of 2,000 yuan."""
    run, _ = run_of(two_losses(routes=on_accounts({"wait": pause("1m"), **AT_ONCE})), (1, 3))
    at_card = [(number, fen) for _, number, account, fen in told(run, RETURNED) if account == 1]
    assert sorted(at_card) == [(0, 100_000), (1, 100_000)]
    first_two = told(run, PAID)[:2]
    assert [(number, fen) for _, number, _, fen in first_two] == [(0, 66_667), (1, 133_333)]


def test_nobody_gets_more_than_was_lost() -> None:
    """Three thousand yuan of three victims on one account, one of whom tells nobody: two get 1,000 and not more."""
    people = victims({"list": {"cases": [case(0), case(0), case(0, reports=False)]}})
    run, plan = run_of(world(law=LAW, victims=people, routes=on_accounts(AT_ONCE)), (1, 3, 5))
    assert paid(run) == {0: 100_000, 1: 100_000}
    assert sum(returned(run).values()) == 200_000
    assert sorted(returned(run).values()) == [66_666, 66_667, 66_667]
    assert run.times.tolist() == [0, NEVER] * 3
    assert len(plan.victims) == 3


def test_a_later_claim_is_met_from_what_was_left() -> None:
    """The third victim reports five hours later and gets the 1,000 yuan that the first two could not claim."""
    people = victims({"list": {"cases": [case(0), case(0), case(0, report_lag="5h")]}})
    run, _ = run_of(world(law=LAW, victims=people, routes=on_accounts(AT_ONCE)), (1, 3, 5))
    assert told(run, PAID)[-1] == (300, 2, -1, 100_000)
    assert paid(run) == {0: 100_000, 1: 100_000, 2: 100_000}
    assert returned(run) == {0: 100_000, 1: 100_000, 2: 100_000}


def test_who_reports_after_the_return_has_no_say_in_it() -> None:
    """A share once paid stays paid: the first to report has his 1,000 yuan before the second claims the rest."""
    people = victims({"list": {"cases": [case(0), case(0, report_lag="2h")]}})
    run, _ = run_of(world(law=LAW, victims=people, routes=on_accounts(AT_ONCE)), (1, 3))
    assert told(run, PAID) == [(0, 0, -1, 100_000), (120, 1, -1, 100_000)]


def test_money_that_has_left_the_shared_account_claims_nothing_there() -> None:
    """The first victim's money has gone on: all that is there belongs to the second, who alone is paid."""
    people = victims({"list": {"cases": [case(0, report_lag="2h"), case(90 * MINUTE, report_lag="30m")]}})
    run, _ = run_of(world(law=LAW, victims=people, routes=on_accounts(AT_ONCE)), (1, 3))
    assert run.times.tolist() == [0, HOUR, 90 * MINUTE, NEVER]
    assert paid(run) == {1: 100_000}


@given(claims=st.lists(st.integers(0, 10**12), max_size=12), data=st.data())
def test_shares_add_up_and_none_is_above_its_claim(claims: list[int], data: st.DataObject) -> None:
    """Shares sum to the total, each within one fen of its proportion and not above its claim."""
    total = data.draw(st.integers(0, sum(claims)))
    parts = shared_out(total, claims)
    assert sum(parts) == total
    for part, claim in zip(parts, claims, strict=True):
        assert 0 <= part <= claim
        assert abs(part * sum(claims) - total * claim) <= max(0, sum(claims) - 1)


# -- machines --------------------------------------------------------------------------------------------


def at_machine(
    profile: str | None = "machine", fails: float | None = None, seed: int = 1, delay: Any = "24h", **scam: Any
) -> Run:
    """A payment at a machine at 0, told after an hour unless said otherwise; it would go on after 24 h."""
    people = listed(0, rails={"machine": 1.0}, **{"report_lag": "1h"} | scam)
    people |= {"rails": {"machine": {"delay": delay, "profile": profile, "fails": fails}}}
    bank = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    routes = on_accounts({"bank": bank, "stop": STOP, "wait": pause("10d"), "answer": {"do": "reveal"}, "next": NEXT})
    return simulate(world(law=LAW, victims=people, routes=routes), seed)


NEXT = {"start": {"route": "account", "for": "each_revealed"}}


def test_a_transfer_pending_at_a_machine_is_cancelled_and_paid_back_at_once() -> None:
    """Stopped within its day, it never reaches the mule, and the victim has the money back; no stop of it lapses."""
    run = at_machine()
    assert told(run, RETURNED) == [(60, 0, 1, 100_000)]
    assert told(run, PAID) == [(60, 0, -1, 100_000)]
    assert run.times.tolist() == [0, NEVER, NEVER]
    assert [account for _, _, account, _ in told(run, HOLD_END)] == [2]  # the mule's, which the victim named as well


def test_a_transfer_that_the_machine_has_carried_out_cannot_be_cancelled() -> None:
    """Told after 24 h and a ms, the machine finds nothing to cancel, and the mule's money has a day's start less."""
    run = at_machine(report_lag="86400001ms")
    assert told(run, HOLD)[0] == (24 * 60, 0, 1, 0)
    assert not told(run, PAID)
    assert run.times.tolist()[:2] == [0, 24 * HOUR]


def test_a_machine_that_nobody_can_ask_cancels_nothing() -> None:
    """Without a profile the pending transfer is out of reach; the mule's account is stopped before it comes."""
    run = at_machine(profile=None)
    assert told(run, HOLD) == [(60, 0, 2, 0)]
    assert not told(run, PAID)
    assert run.times.tolist() == [0, 24 * HOUR, 49 * HOUR + MINUTE]


def test_a_recall_fails_with_its_chance_and_then_the_payment_arrives() -> None:
    """Where it always fails nothing is held on the rail; at 30% about as many fail, each for good."""
    run = at_machine(fails=1.0)
    assert [account for _, _, account, _ in told(run, HOLD)] == [2]
    assert run.times.tolist()[:2] == [0, 24 * HOUR]
    back = [bool(told(at_machine(fails=0.3, seed=seed), PAID)) for seed in range(400)]
    assert abs(sum(back) - 280) < 3.3 * (400 * 0.3 * 0.7) ** 0.5


def test_a_wire_can_be_recalled_until_it_settles() -> None:
    """Wires settle after a drawn time: those told before it come back whole, the others arrive."""
    runs = [at_machine(delay=exponential(HOUR), seed=seed) for seed in range(200)]
    settles = [int(run.plan.transfers.dwell[1]) for run in runs]
    assert [bool(told(run, PAID)) for run in runs] == [delay >= HOUR for delay in settles]
    assert 40 < sum(delay >= HOUR for delay in settles) < 110  # 37% of 200
