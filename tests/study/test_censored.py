"""Laws fitted to what is known of each value: exact, in bands, cut off, or only seen where they are short."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from sim.scenario.models import Scenario
from sim.study.ask.cells import read_band
from sim.study.ask.fits import law_value
from sim.study.infer.censored import KINDS, Observed, fit_kind, fit_law
from sim.study.infer.paced import fit_paced
from sim.study.infer.rates import profile, rate, share, told_by
from sim.words.units import DAY, HOUR, MINUTE
from tests.worlds import world

RANDOM = 20260301
EDGES = np.array([0.0, 30.0, 60.0, 240.0, 1440.0, 4320.0, inf])
"""Bands that people remember, in minutes."""


def draws(kind: str, n: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values of a law, in minutes."""
    made = {
        "lognormal": lambda: rng.lognormal(np.log(120.0), 1.3, n), "weibull": lambda: 200 * rng.weibull(0.8, n),
        "loglogistic": lambda: 150 * (1 / rng.uniform(size=n) - 1) ** (-1 / 0.9),
        "gamma": lambda: rng.gamma(2.0, 80.0, n), "exponential": lambda: rng.exponential(90.0, n),
    }  # fmt: skip
    return np.asarray(made[kind]())


TRUTH = {
    "lognormal": {"median": 120.0, "p90": 120 * np.exp(1.3 * 1.2815515655)}, "weibull": {"scale": 200.0, "shape": 0.8},
    "loglogistic": {"median": 150.0, "shape": 0.9}, "gamma": {"mean": 160.0, "shape": 2.0},
    "exponential": {"mean": 90.0},
}  # fmt: skip


def seen(way: str, values: np.ndarray[tuple[int], np.dtype[np.float64]], rng: np.random.Generator) -> Observed:
    """What is known of values: all, bands, what had ended by a time, those that ended by the end of a file."""
    if way == "exact":
        return Observed.of(values)
    if way == "bands":
        place = np.searchsorted(EDGES, values, side="right") - 1
        return Observed.of(EDGES[place], EDGES[place + 1])
    until = rng.exponential(600.0, len(values)) + 1.0
    if way == "cut off":
        return Observed.of(np.minimum(values, until), np.where(values <= until, values, inf))
    mine = values <= until
    return Observed.of(values[mine], limit=until[mine])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["exact", "bands", "cut off", "told late"])
def test_a_law_is_found_again(kind: str, way: str) -> None:
    """Of many values every parameter is near the truth, whatever is known of each; the interval says how near."""
    rng = np.random.default_rng(RANDOM)
    fitted = fit_kind(kind, seen(way, draws(kind, 8000, rng), rng))
    assert fitted is not None
    for name, (value, low, high) in fitted.parameters.items():
        truth = TRUTH[kind][name]
        assert abs(value / truth - 1) < 0.12, name
        assert low < value < high
        assert abs(np.log(value / truth)) < 2.2 * np.log(high / low), name


@pytest.mark.parametrize("kind", ["lognormal", "loglogistic", "weibull", "gamma"])
def test_the_kind_is_chosen_by_likelihood(kind: str) -> None:
    """Of many values the kind they came from is chosen, though the model had another; and it is said by how much."""
    rng = np.random.default_rng(RANDOM + 1)
    usual = "loglogistic" if kind == "lognormal" else "lognormal"
    fitted = fit_law(Observed.of(draws(kind, 2000, rng)), list(KINDS), usual)
    assert fitted is not None
    assert fitted.kind == kind
    assert min(fitted.others.values()) > 0


def test_to_take_what_is_told_late_for_all_would_be_wrong() -> None:
    """Without its limits the same data give a median that is far too short: the correction matters."""
    rng = np.random.default_rng(RANDOM + 2)
    late = seen("told late", draws("loglogistic", 6000, rng), rng)
    right, wrong = fit_kind("loglogistic", late), fit_kind("loglogistic", Observed.of(late.low))
    assert right is not None
    assert wrong is not None
    assert wrong.quantile(0.5)[2] < 0.8 * 150 < right.quantile(0.5)[1] < 150 < right.quantile(0.5)[2]


def test_very_many_observations_are_taken_together_without_a_change() -> None:
    """Grouped, the fit of 60,000 values is that of the closed form to a thousandth."""
    values = np.random.default_rng(RANDOM + 3).lognormal(5.0, 1.0, 60_000)
    seen_ = Observed.of(values)
    assert seen_.grouped.n == 60_000
    assert len(seen_.grouped.low) < 2_000
    fitted = fit_kind("lognormal", seen_)
    assert fitted is not None
    assert fitted.parameters["median"][0] == pytest.approx(np.exp(np.log(values).mean()), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fitted_law_is_a_law_of_a_scenario(kind: str) -> None:
    """It is read again, and its quantiles are those that were fitted."""
    rng = np.random.default_rng(RANDOM + 4)
    fitted = fit_kind(kind, Observed.of(draws(kind, 500, rng) * MINUTE))
    assert fitted is not None
    scenario: Scenario = world(
        bank_profiles={"machine": {"staff": 1, "time": law_value(fitted, "ms"), "queue": "fifo"}}
    )
    law = scenario.bank_profiles["machine"].time
    for part in (0.5, 0.9):
        assert float(law.quantile(np.array([part]))[0]) == pytest.approx(fitted.quantile(part)[0], rel=0.01)


def test_nothing_is_fitted_to_what_tells_nothing() -> None:
    """All still lasting: no law."""
    assert fit_law(Observed.of(np.ones(50), np.full(50, inf)), list(KINDS)) is None


def test_a_pace_of_cases_is_told_from_luck() -> None:
    """Medians, shapes and the spread of the pace are found again; taken for luck, the shapes would be flat."""
    rng = np.random.default_rng(RANDOM + 5)
    case = np.repeat(np.arange(300), 6)
    kind = rng.integers(0, 2, len(case))
    luck = (1 / rng.uniform(size=len(case)) - 1) ** (-1 / 1.6)
    time = np.array([20.0, 52.0])[kind] * luck * np.exp(1.46 * rng.normal(size=300))[case]
    until = rng.exponential(300.0, len(case))
    made = fit_paced(np.minimum(time, until), time <= until, kind, case, 2, None)
    for (value, low, high), truth in zip(
        [*made.median, *made.shape, made.spread], [20, 52, 1.6, 1.6, 1.46], strict=True
    ):
        assert abs(np.log(value / truth)) < 1.3 * np.log(high / low)
    alone = fit_paced(np.minimum(time, until), time <= until, kind, case, 2, 0.0)
    assert alone.shape[0][2] < 1.3


def test_shares_and_rates_have_intervals_of_nominal_coverage() -> None:
    """Nine in ten intervals of a share and of a rate hold the truth, give or take what chance does to 4,000."""
    rng = np.random.default_rng(RANDOM + 6)
    some = rng.binomial(80, 0.2, 4000)
    counts = rng.poisson(30, 4000)
    held = [
        np.mean([low <= 0.2 <= high for _, low, high in (share(int(one), 80) for one in some)]),
        np.mean([low <= 3.0 <= high for _, low, high in (rate(int(one), 10.0) for one in counts)]),
    ]  # fmt: skip
    assert all(0.88 < one < 0.93 for one in held)


def test_what_is_told_late_is_counted_in() -> None:
    """The share told by each delay is the true one of delays up to the last, though only the early ones were seen."""
    rng = np.random.default_rng(RANDOM + 7)
    delay, limit = rng.lognormal(0, 1.5, 20_000), rng.uniform(0, 30, 20_000)
    mine = delay <= limit
    at = np.array([0.1, 1.0, 5.0, 20.0])
    found = told_by(delay[mine], limit[mine], at)
    true = np.array([(delay <= one).mean() for one in at]) / (delay <= 30).mean()
    assert np.abs(found - true).max() < 0.02
    assert (delay[mine,] <= 1).mean() > true[1] + 0.02  # as they come it would be too many


def test_days_off_have_a_shape_of_their_own_where_the_data_say_so() -> None:
    """One shape for all days where they are alike, two where they are not; the rates are those of each kind of day."""
    rng = np.random.default_rng(RANDOM + 8)
    kind = np.arange(140) % 7
    day, night = np.repeat([1.8, 0.2], 24), np.repeat([0.2, 1.8], 24)
    for shapes, split in (((day, day), False), ((day, night), True)):
        level = np.where(kind >= 5, 20.0, 40.0)[:, np.newaxis] / 48
        counts = rng.poisson(np.where((kind >= 5)[:, np.newaxis], shapes[1], shapes[0]) * level)
        made = profile(counts, np.ones((140, 48)), kind, frozenset({5, 6}))
        assert made.split is split
        assert made.days[2][1] < 40 < made.days[2][2]
        assert made.days[6][1] < 20 < made.days[6][2]


BANDS = {
    "30m-1h": (30 * MINUTE, HOUR), "1 to 2 hours": (HOUR, 2 * HOUR), "within 30 min": (0, 30 * MINUTE),
    "over 3 days": (3 * DAY, inf), ">24h": (DAY, inf), "2h": (2 * HOUR, 2 * HOUR), "1.5-2h": (1.5 * HOUR, 2 * HOUR),
    "30分钟至1小时": (30 * MINUTE, HOUR), "半小时以内": (0, 30 * MINUTE), "24小时以上": (DAY, inf),
    "1-3天": (DAY, 3 * DAY), "约２小时": (2 * HOUR, 2 * HOUR), "soon": None, "3-1h": None, "5": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize("text", BANDS)
def test_bands_are_read_as_people_write_them(text: str) -> None:
    """In English and Chinese; what is no time is none."""
    assert read_band(text) == BANDS[text]
