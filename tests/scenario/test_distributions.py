"""Each distribution's quantile, cdf and mean agree, and what makes no sense is refused."""

import math
import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError
from scipy import integrate

from sim.scenario.distributions import KINDS, DurationDist, MoneyDist
from sim.scenario.sampling import sample_ms
from sim.words.units import MAX_DURATION, MINUTE
from tests.effort import calls
from tests.examples import some

CONTINUOUS: dict[str, Any] = {
    "exponential": {"exponential": {"mean": "5m"}},
    "lognormal": {"lognormal": {"median": "3m", "p90": "8m"}},
    "loglogistic": {"loglogistic": {"median": "58m", "shape": 2.5}},
    "gamma": {"gamma": {"mean": "5m", "shape": 2}},
    "weibull": {"weibull": {"scale": "5m", "shape": 1.5}},
    "uniform": {"uniform": {"low": "1m", "high": "5m"}},
    "empirical": {"empirical": [[0, "0m"], [0.177, "1h"], [0.662, "12h"], [1, "10d"]]},
    "bands": {
        "bands": [
            {"to": "30m", "share": 0.26},
            {"to": "2h", "share": 0.3},
            {"to": "1d", "share": 0.24},
            {"to": "30d", "share": 0.2, "open": True},
        ]
    },
    "mixture": {
        "mixture": [
            {"weight": 0.5, "of": {"lognormal": {"median": "3m", "p90": "8m"}}},
            {"weight": 0.3, "of": {"gamma": {"mean": "2h", "shape": 0.7}}},
            {"weight": 0.2, "of": {"uniform": {"low": "1d", "high": "2d"}}},
        ]
    },
}
U = np.concatenate([np.linspace(0.0005, 0.9995, 999), [1e-9, 1e-6, 1 - 1e-6]])


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_cdf_undoes_quantile(kind: str) -> None:
    """The share below the u-quantile is u."""
    dist = DurationDist.parse(CONTINUOUS[kind])
    np.testing.assert_allclose(dist.cdf(dist.quantile(U)), U, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_quantile_undoes_cdf(kind: str) -> None:
    """The quantile of the share below x is x, wherever the law has mass."""
    dist = DurationDist.parse(CONTINUOUS[kind])
    x = dist.quantile(np.linspace(0.01, 0.99, 99))
    np.testing.assert_allclose(dist.quantile(dist.cdf(x)), x, rtol=1e-8)


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_quantile_rises(kind: str) -> None:
    """A larger u never gives a smaller value."""
    u = np.sort(np.random.default_rng(1).random(20_000))
    assert np.all(np.diff(DurationDist.parse(CONTINUOUS[kind]).quantile(u)) >= 0)


@pytest.mark.parametrize("kind", CONTINUOUS)
def test_mean_is_the_integral_of_the_quantile(kind: str) -> None:
    """The mean is the integral of the quantile function over (0, 1)."""
    dist = DurationDist.parse(CONTINUOUS[kind])
    edges = [0.0, 0.177, 0.5, 0.662, 0.8, 0.99, 0.9999, 0.999999, 1 - 1e-9]
    area = sum(
        integrate.quad(lambda u: float(dist.quantile(np.array([u]))[0]), a, b, limit=200)[0] for a, b in pairwise(edges)
    )
    assert area == pytest.approx(dist.mean(), rel=1e-3)


def test_every_kind_is_covered() -> None:
    """The tests above run for every kind of distribution but the fixed one."""
    assert {*CONTINUOUS, "fixed"} == set(KINDS)


def test_lognormal_meets_its_two_numbers() -> None:
    """Half the draws stay below the median and nine in ten below the p90."""
    dist = DurationDist.parse(CONTINUOUS["lognormal"])
    np.testing.assert_allclose(dist.quantile(np.array([0.5, 0.9])), [3 * MINUTE, 8 * MINUTE], rtol=1e-12)


def test_a_heavy_tail_has_no_mean() -> None:
    """A loglogistic of shape at most 1 has an infinite mean, and so has a mixture with it."""
    heavy = {"loglogistic": {"median": "58m", "shape": 0.6}}
    assert DurationDist.parse(heavy).mean() == math.inf
    mixed = {"mixture": [{"weight": 0.5, "of": heavy}, {"weight": 0.5, "of": "3m"}]}
    assert DurationDist.parse(mixed).mean() == math.inf


def test_a_bare_quantity_is_fixed() -> None:
    """A bare quantity gives the same value whatever the chance."""
    assert DurationDist.parse("3m") == DurationDist.parse({"fixed": "3m"})
    assert np.all(DurationDist.parse("3m").quantile(U) == 3 * MINUTE)
    assert MoneyDist.parse("5 fen").mean() == 5


def test_mixture_matches_its_recipe() -> None:
    """Drawing through the mixture's quantile is drawing a component and then from it (Kolmogorov-Smirnov)."""
    n = 40_000
    rng = np.random.default_rng(7)
    which, u = rng.random(n), rng.random(n)
    parts = [DurationDist.parse(part["of"]) for part in CONTINUOUS["mixture"]["mixture"]]
    recipe = np.where(
        which < 0.5, parts[0].quantile(u), np.where(which < 0.8, parts[1].quantile(u), parts[2].quantile(u))
    )
    drawn = DurationDist.parse(CONTINUOUS["mixture"]).quantile(rng.random(n))
    grid = np.sort(np.concatenate([recipe, drawn]))
    gap = np.abs(np.searchsorted(np.sort(recipe), grid, "right") - np.searchsorted(np.sort(drawn), grid, "right"))
    assert gap.max() / n < 1.95 * math.sqrt(2 / n)  # the 0.1% point of the two-sample statistic


def test_mixture_keeps_its_atoms() -> None:
    """A fixed component of weight 0.3 is hit by exactly that share of the uniforms."""
    dist = DurationDist.parse(
        {
            "mixture": [
                {"weight": 0.3, "of": "3m"},
                {"weight": 0.7, "of": {"uniform": {"low": "1m", "high": "5m"}}},
            ]
        }
    )
    u = (np.arange(100_000) + 0.5) / 100_000
    values = dist.quantile(u)
    assert np.mean(values == 3 * MINUTE) == pytest.approx(0.3, abs=1e-4)
    assert np.all(np.diff(values) >= 0)


def test_nested_mixtures_are_the_flat_one() -> None:
    """A mixture inside a mixture is the mixture with multiplied weights."""
    a, b, c = "1m", {"exponential": {"mean": "5m"}}, {"gamma": {"mean": "9m", "shape": 3}}
    inner = {"mixture": [{"weight": 0.25, "of": b}, {"weight": 0.75, "of": c}]}
    nested = DurationDist.parse({"mixture": [{"weight": 0.6, "of": a}, {"weight": 0.4, "of": inner}]})
    flat = DurationDist.parse(
        {"mixture": [{"weight": 0.6, "of": a}, {"weight": 0.1, "of": b}, {"weight": 0.3, "of": c}]}
    )
    np.testing.assert_allclose(nested.quantile(U), flat.quantile(U), rtol=1e-11)


@settings(max_examples=some(60), deadline=None)
@given(
    weight=st.floats(0.01, 0.99),
    median=st.integers(1, 10**9),
    ratio=st.floats(1.01, 1e3),
    shape=st.floats(0.3, 8),
    scale=st.integers(1, 10**9),
)
def test_any_mixture_is_inverted(weight: float, median: int, ratio: float, shape: float, scale: int) -> None:
    """However far apart its parts lie, a mixture's quantile is bracketed by the cdf around it."""
    p90 = int(median * ratio) + 1
    dist = DurationDist.parse(
        {
            "mixture": [
                {"weight": weight, "of": {"lognormal": {"median": f"{median}ms", "p90": f"{p90}ms"}}},
                {"weight": 1 - weight, "of": {"weibull": {"scale": f"{scale}ms", "shape": shape}}},
            ]
        }
    )
    u = np.linspace(0.001, 0.999, 200)
    x = dist.quantile(u)
    slack = 0.5 + 1e-12 * x
    assert np.all(dist.cdf(x - slack) <= u + 1e-12)
    assert np.all(dist.cdf(x + slack) >= u - 1e-12)
    assert np.all(np.diff(x) >= 0)


def test_mixture_is_cheap() -> None:
    """A mixture's quantile is found for all values together, and not for each: 400,000 cost as many calls as ten."""
    u = np.random.default_rng(3).random(400_000)
    dist = DurationDist.parse(CONTINUOUS["mixture"])
    dist.quantile(u[:10])  # what is imported late
    with calls() as few:
        dist.quantile(u[:10])
    with calls() as many:
        values = dist.quantile(u)
    assert many.many < 2 * few.many
    assert values.shape == u.shape


def test_samples_are_whole_and_bounded() -> None:
    """Samples are whole milliseconds, half rounds to even, and the longest is 100 years."""
    heavy = DurationDist.parse({"loglogistic": {"median": "58m", "shape": 0.1}})
    drawn = sample_ms(heavy, np.array([1e-12, 0.5, 1 - 1e-12]))
    assert drawn.dtype == np.int64
    assert drawn.tolist() == [0, 58 * MINUTE, MAX_DURATION]
    halves = DurationDist.parse({"uniform": {"low": "0m", "high": "4ms"}})
    assert sample_ms(halves, np.array([0.125, 0.375, 0.625])).tolist() == [0, 2, 2]


def test_the_shape_of_u_is_kept() -> None:
    """Values come back in the shape of the uniforms."""
    u = np.full((3, 2), 0.4)
    for written in (*CONTINUOUS.values(), "3m"):
        assert DurationDist.parse(written).quantile(u).shape == (3, 2)


class _Holder(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    time: DurationDist
    loss: MoneyDist


@pytest.mark.parametrize("kind", [*CONTINUOUS, "fixed"])
def test_distributions_come_back(kind: str) -> None:
    """A dumped distribution loads to the same one, and so does a pickled one."""
    written = CONTINUOUS.get(kind, "3m")
    held = _Holder.model_validate({"time": written, "loss": "5k yuan"})
    assert _Holder.model_validate(held.model_dump(mode="json")) == held
    held.time.mean()
    assert pickle.loads(pickle.dumps(held)) == held


def test_editors_get_a_schema() -> None:
    """The JSON schema of a model with distributions names every kind and no null."""
    schema = _Holder.model_json_schema()
    mapping = schema["$defs"][schema["properties"]["time"]["$ref"].rsplit("/", 1)[1]]["anyOf"][1]
    assert tuple(mapping["properties"]) == KINDS
    assert "null" not in str(schema)


def _deep(depth: int) -> Any:
    return "1m" if depth == 0 else {"mixture": [{"weight": 1, "of": _deep(depth - 1)}]}


def test_three_mixtures_deep_is_allowed() -> None:
    """A mixture of mixtures of mixtures is accepted."""
    assert DurationDist.parse(_deep(3)).depth == 3


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ({"lognormal": {"median": "8m", "p90": "3m"}}, "a p90 above the median (8m)"),
        ({"lognormal": {"median": "0m", "p90": "3m"}}, "a value above zero"),
        ({"mixture": [{"weight": 0.7, "of": "1m"}, {"weight": 0.4, "of": "1m"}]}, "weights that sum to 1"),
        ({"mixture": []}, "weights that sum to 1"),
        (_deep(4), "at most 3 deep"),
        (math.nan, "a finite time"),
        (math.inf, "a finite time"),
        ({"gamma": {"mean": "5m", "shape": math.nan}}, "finite"),
        ({"gamma": {"mean": "5m", "shape": 0}}, "a value above zero"),
        ("-3m", "a time of zero or more"),
        ({"exponential": {"mean": "-5m"}}, "a time of zero or more"),
        ({"exponential": {"mean": 5}}, "a time needs a unit"),
        ({"exponential": None}, "exactly one of"),
        ({"exponential": {"mean": "5m"}, "fixed": "3m"}, "exactly one of"),
        ({"normal": {"mean": "5m"}}, "exactly one of"),
        ({}, "exactly one of"),
        (None, "exactly one of"),
        ({"uniform": {"low": "5m", "high": "5m"}}, "a high above the low (5m)"),
        ({"empirical": [[0, "0m"], [0.5, "1h"], [0.5, "2h"], [1, "3h"]]}, "rise at every point"),
        ({"empirical": [[0, "2h"], [1, "1h"]]}, "do not fall"),
        ({"empirical": [[0.1, "0m"], [1, "1h"]]}, "from 0 to 1"),
        ({"empirical": [[0, "0m", 1], [1, "1h"]]}, "a pair"),
        ({"empirical": [[0, "0m"]]}, "from 0 to 1"),
        ({"bands": []}, "shares that sum to 1"),
        ({"bands": [{"to": "1h", "share": 0.5}, {"to": "2h", "share": 0.4}]}, "shares that sum to 1"),
        ({"bands": [{"to": "2h", "share": 0.5}, {"to": "1h", "share": 0.5}]}, "from the lowest to the highest"),
        ({"bands": [{"to": "0m", "share": 0.5}, {"to": "1h", "share": 0.5}]}, "from the lowest to the highest"),
        ({"bands": [{"to": "1h", "share": 1, "open": True}]}, "open: true in the last of several bands"),
        ({"bands": [{"to": "1h", "share": 0.5, "open": True}, {"to": "2h", "share": 0.5}]}, "open: true in the last"),
        ({"bands": [{"share": 1.0}]}, "Field required"),
    ],
)
def test_what_makes_no_sense_is_refused(written: Any, accepted: str) -> None:
    """A distribution that makes no sense is refused with what would be accepted."""
    with pytest.raises(ValidationError) as caught:
        DurationDist.parse(written)
    assert accepted in caught.value.errors()[0]["msg"]


def test_empirical_cdf_jumps_where_values_repeat() -> None:
    """A value repeated in an empirical law has that much probability of its own."""
    dist = MoneyDist.parse({"empirical": [[0, "0 fen"], [0.25, "2 fen"], [0.75, "2 fen"], [1, "4 fen"]]})
    x = np.array([-1, 0, 1, 1.999999, 2, 3, 4, 5])
    np.testing.assert_allclose(dist.cdf(x), [0, 0, 0.125, 0.25, 0.75, 0.875, 1, 1], atol=1e-6)
    assert dist.mean() == 2
