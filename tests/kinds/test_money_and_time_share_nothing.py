"""Money and time share no sampler, no limit and no rounding; what adds up is exact or refused at reading."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.fraud.groups import fen_by_group, ms_by_group, split
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.measure.numbers import yuan
from sim.scenario.bounds import MOST_LOST, MOST_PERIOD, MOST_STREAM
from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.sampling import most_mean_fen, sample_fen, sample_ms
from sim.words.units import DAY, MAX_DURATION, MAX_MONEY, YUAN
from sim.workflow.effects import shared_out

CASE = Path(__file__).parents[1] / "cases" / "five-large-losses.yaml"
HALF = np.array([0.5])


@pytest.mark.parametrize("written", ["500 yi yuan", "1000 yi yuan", "99,999.99 yi yuan", "10,000,000 M yuan"])
def test_a_loss_arrives_to_the_fen(written: str) -> None:
    """What each of five victims is said to lose is what each pays, however large."""
    scenario = load(str(CASE), [f"victims.scams.call.loss={written}"]).scenario
    asked = scenario.victims.scams["call"].loss.fixed
    assert asked is not None
    plan = draw_plan(scenario, 1, 0)
    paid = np.zeros(5, dtype=np.int64)
    roots = plan.transfers.parent < 0
    np.add.at(paid, plan.transfers.case[roots], plan.transfers.amount[roots])
    assert paid.tolist() == [asked] * 5
    assert plan.victims.loss.tolist() == [asked] * 5


@pytest.mark.parametrize("written", ["0 yuan", "0", '{"empirical": [[0.5, "0 yuan"], [1.0, "9 yuan"]]}'])
def test_a_loss_of_nothing_is_refused(written: str) -> None:
    """A payment is a fen at least, so a loss of 0 would be paid as another amount."""
    assert "victims.scams.call.loss" in refusal(str(CASE), f"victims.scams.call.loss={written}")
    listed = "victims.arrivals.listed.cases=[{at: 0m, scam: call, loss: 0 yuan}]"
    assert "victims.arrivals.listed.cases.0.loss" in refusal(str(CASE), listed)


def test_large_losses_keep_the_balance() -> None:
    """Every fen of five losses of 10 trillion yuan has one place at the end."""
    scenario = load(str(CASE), ["victims.scams.call.loss=10,000,000 M yuan"]).scenario
    found = measure(simulate(scenario, 1, 0)).metrics
    assert found["loss"] == 5 * MAX_MONEY / YUAN
    ends = sum(value for name, value in found.items() if name.startswith("leak."))
    assert round(found["recovered"] + ends + found["still_moving"], 2) == found["loss"]


def test_each_sampler_has_its_own_limit() -> None:
    """The limit of times is no limit of amounts, and the other way round."""
    assert MAX_DURATION != MAX_MONEY
    assert sample_fen(MoneyDist.parse("10,000,000 M yuan"), HALF).tolist() == [MAX_MONEY]
    assert sample_ms(DurationDist.parse("36525d"), HALF).tolist() == [MAX_DURATION]
    without_mean = {"loglogistic": {"median": "1 yi yuan", "shape": 0.1}}
    assert sample_fen(MoneyDist.parse(without_mean), np.array([1 - 1e-12])).tolist() == [MAX_MONEY]


def test_no_sampler_serves_the_other_quantity() -> None:
    """An amount drawn as a time, or a time as an amount, is refused wherever it is tried."""
    money, time = MoneyDist.parse("50 yuan"), DurationDist.parse("5m")
    group = np.zeros(1, dtype=np.int64)
    for wrong in (
        lambda: sample_ms(money, HALF), lambda: sample_fen(time, HALF),
        lambda: ms_by_group(group, [money], HALF), lambda: fen_by_group(group, [time], HALF),
    ):  # fmt: skip
        with pytest.raises(TypeError, match="where"):
            wrong()


@given(
    st.lists(st.tuples(st.integers(1, MAX_MONEY), st.integers(1, 200)), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.floats(0, 3),
)
def test_a_split_is_exact_at_the_limit(groups: list[tuple[int, int]], luck: object, spread: float) -> None:
    """Parts are of at least 0 fen and sum to their total, up to the largest amount."""
    totals, counts = (np.array(column, dtype=np.int64) for column in zip(*groups, strict=True))
    u = np.array([luck.uniform(1e-9, 1 - 1e-9) for _ in range(counts.sum())])  # type: ignore[attr-defined]
    parts = split(totals, counts, u, spread)
    assert parts.min() >= 0
    ends = np.cumsum(counts)
    assert [int(parts[end - count : end].sum()) for end, count in zip(ends, counts, strict=True)] == totals.tolist()


def test_a_split_that_rounds_up_gives_back() -> None:
    """Many parts of the largest amount come to exactly that amount, whatever their rounding."""
    u = np.random.default_rng(1).uniform(size=(300, 200))
    totals, counts = MAX_MONEY - np.arange(300, dtype=np.int64), np.full(300, 200)
    parts = split(totals, counts, u.ravel(), 3.0).reshape(300, 200)
    assert parts.min() >= 0
    assert (parts.sum(axis=1) == totals).all()


@given(st.lists(st.integers(0, MAX_MONEY), min_size=1, max_size=30), st.integers(0, 10**6))
def test_a_return_in_proportion_is_exact_at_the_limit(claims: list[int], parts: int) -> None:
    """Shares of a return sum to it and none is above its claim, where total times claim is far beyond 64 bits."""
    whole = sum(claims) * parts // 10**6
    shares = shared_out(whole, claims)
    assert sum(shares) == whole
    assert all(0 <= share <= claim for share, claim in zip(shares, claims, strict=True))


def test_a_sum_beyond_64_bits_is_exact() -> None:
    """Balances of innocent holders, whose number no scenario bounds, add up beyond 2^63."""
    balances = np.full(20_000, MAX_MONEY, dtype=np.int64)
    assert sum(balances.tolist()) == 20_000 * MAX_MONEY > 2**63
    of_one = np.zeros(len(balances), dtype=np.int64)
    assert yuan(of_one, balances, 1).tolist() == [20_000 * MAX_MONEY / YUAN]


@pytest.mark.parametrize(
    ("loss", "known"),
    [
        ("50 yuan", 5000),
        ({"uniform": {"low": "0 yuan", "high": "100 yuan"}}, 5000),
        ({"lognormal": {"median": "5k yuan", "p90": "80k yuan"}}, None),
        ({"mixture": [{"weight": 0.5, "of": "10 yuan"}, {"weight": 0.5, "of": "30 yuan"}]}, 2000),
    ],
)
def test_the_bound_of_a_mean_is_above_it_and_near(loss: object, known: int | None) -> None:
    """The bound that decides what is refused lies between the mean and a tenth more."""
    dist = MoneyDist.parse(loss)
    mean = dist.mean()
    assert known is None or mean == pytest.approx(known)
    assert mean * (1 - 1e-9) <= most_mean_fen(dist) <= 1.1 * mean


def refusal(name: str, *settings: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(name, list(settings))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_losses_that_do_not_fit_are_refused_at_reading() -> None:
    """Victims who may lose more than whole fen can hold are refused in one line that says what to do."""
    rate = ("victims.arrivals.city.per_day=40000", "horizon=366d", "victims.scams.loan.loss=1000 yi yuan")
    line = refusal("city", *rate)
    assert "victims: read losses of about" in line
    assert "fewer victims, a shorter horizon or smaller losses" in line
    assert load("city", [*rate[:2], "victims.scams.loan.loss=1M yuan"]).scenario.horizon == 366 * DAY


def test_listed_losses_are_counted_too() -> None:
    """A hundred victims at the largest amount fit, one more does not."""
    at_limit = MOST_LOST // MAX_MONEY
    fits = [{"at": "0m", "scam": "call", "loss": "10,000,000 M yuan"}] * at_limit
    read = f"victims.arrivals.listed.cases={str(fits).replace(chr(39), chr(34))}"
    plan = draw_plan(load(str(CASE), [read]).scenario, 1, 0)
    assert sum(plan.victims.loss.tolist()) == MOST_LOST
    more = str([*fits, fits[0]]).replace("'", '"')
    assert "victims: read losses" in refusal(str(CASE), f"victims.arrivals.listed.cases={more}")


@pytest.mark.parametrize(
    "law",
    [
        '{"loglogistic": {"median": "500 yi yuan", "shape": 0.3}}',
        '{"lognormal": {"median": "9,000 yi yuan", "p90": "90,000 yi yuan"}}',
        '{"mixture": [{"weight": 0.9, "of": "1 yuan"}, {"weight": 0.1, "of": {"exponential": {"mean": "9万亿元"}}}]}',
        '{"exponential": {"mean": "50,000 yi yuan"}}',
    ],
)
def test_a_law_that_the_limit_would_cut_is_refused(law: str) -> None:
    """One draw in six was cut to 10 trillion yuan in silence: another law than the one that was asked for."""
    for path in ("victims.scams.call.loss", "criminals.innocent.balance"):
        name = str(CASE) if path.startswith("victims") else "city"
        line = refusal(name, f"{path}={law}")
        assert f"{path}: read" in line
        assert "of the amounts above 10,000,000,000,000 yuan" in line


def test_a_refused_sum_is_round() -> None:
    """About so much, without the dust of a float: 10,000 losses of 10 trillion are no 100,000,000,000,000,016 yuan."""
    listed = ", ".join(["{at: 0m, scam: call}"] * 900)
    settings = ("victims.scams.call.loss=10,000,000 M yuan", f"victims.arrivals.listed.cases=[{listed}]")
    assert "losses of about 9,000,000,000,000,000 yuan in the period" in refusal(str(CASE), *settings)


def test_a_scenario_whose_losses_have_no_mean_is_read() -> None:
    """A law without a mean is bounded by the largest amount, and fits where its victims are few."""
    law = '{"loglogistic": {"median": "50k yuan", "shape": 0.9}}'
    assert load(str(CASE), [f"victims.scams.call.loss={law}"]).scenario.name == "renege"


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ("start=9999-12-31T00:00", "start"),
        ("start=0001-01-01T00:00", "start"),
        ("start=9899-12-31T23:00", "start"),
        ("horizon=36525d", "horizon"),
        ("follow_up=36525d", "follow_up"),
    ],
)
def test_a_period_that_leaves_the_calendar_is_refused(setting: str, where: str) -> None:
    """Start, horizon and follow-up together stay in the calendar, and in the bits that keys give to an instant."""
    assert f": {where}: read" in refusal(str(CASE), setting)


def test_the_longest_period_fits_its_bits() -> None:
    """Keys of holds and of leaks give 40 bits to an instant."""
    from sim.measure.holds import TIME_BITS

    assert MOST_PERIOD < 1 << TIME_BITS


def test_other_peoples_money_that_does_not_fit_is_refused_at_reading() -> None:
    """Streams that may bring an account more than whole fen can hold are refused in one line that says what to do."""
    line = refusal("china", "criminals.others.amount=10 yi yuan")
    assert "criminals.others.amount: read" in line
    assert "smaller amounts or fewer credits" in line
    without_mean = '{"loglogistic": {"median": "50k yuan", "shape": 0.5}}'
    assert "in one stream" in refusal("china", f"criminals.others.amount={without_mean}")
    assert load("china", ["criminals.others.amount=100k yuan"]).scenario.criminals.others is not None


def test_the_largest_streams_fit_one_account() -> None:
    """As many streams as a plan can have come to less than 64 bits hold, so one account's money is exact."""
    assert 10**7 * MOST_STREAM <= MOST_LOST < 2**63 // 2


def test_losses_behind_reports_count_whom_blocking_spares_and_third_parties_tell_of() -> None:
    """A hundred reports a day of a fraud that is blocked ninety-nine times in a hundred are ten thousand victims."""
    rate = {"per_day": 100, "counts": "reports"}
    settings = [
        f"victims.arrivals.city={json.dumps(rate)}", "horizon=366d", "victims.scams.loan.loss=300 yi yuan",
        "victims.scams.loan.share=0.198",
    ]  # fmt: skip
    assert load("city", [*settings, "prevention.blocking=null"]).scenario.horizon == 366 * DAY
    blocked = "prevention.blocking={share: 0.99}"
    assert "victims: read losses of about" in refusal("city", *settings, blocked)
    only = ["victims.scams.loan.reports=0.001", "victims.scams.loan.third_party={share: 1, after: 1h}"]
    assert load("city", [*settings, "prevention.blocking=null", *only]).scenario.horizon == 366 * DAY
