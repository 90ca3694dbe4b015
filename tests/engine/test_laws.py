"""Times that rules compute themselves are those that are drawn, to the ms, or are left to be drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.engine.compiled.laws import row_of
from sim.engine.compiled.rules_laws import normal_quantile, time_of
from sim.engine.compiled.state import State, keyed_uniform
from sim.fraud.draws import number_of, uniform
from sim.scenario.distributions import DurationDist
from sim.scenario.sampling import sample_ms
from sim.words.units import MAX_DURATION
from sim.workflow.log import NONE

KEYS = np.random.default_rng(5).integers(0, 1 << 63, 4000, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


def drawn_by_rules(dist: DurationDist, keys: np.ndarray, purpose: str, scale: float | None = None) -> list[int]:
    """ms by key as rules compute them, NONE where they leave it; with another scale than the law's, if one is given."""
    row = row_of(dist)
    assert row is not None
    row = row if scale is None else (row[0], scale, row[2])
    s = State()
    s.put("case_key", keys.view(np.int64))
    for name, value in zip(("law_kind", "law_scale", "law_sigma"), row, strict=True):
        s.put(name, [value])
    for name, value in (("law_subject", 0), ("law_purpose", number_of(purpose)), ("law_changed", 0)):
        s.put(name, [value])
    s.timed_law = NONE
    return [time_of(s, 0, case) for case in range(len(keys))]


@pytest.mark.parametrize("tail", [0, 1e-3, 1e-9, 1e-15])
def test_the_normal_quantile_is_that_of_scipy(tail: float) -> None:
    u = np.concatenate([np.linspace(0.001, 0.999, 2000), np.linspace(tail / 10, tail, 200)])
    u = u[(u > 0) & (u < 1)]
    for one in (u, 1 - u):
        assert [normal_quantile(p) for p in one.tolist()] == pytest.approx(ndtri(one), rel=2e-15, abs=2e-15)


@pytest.mark.parametrize("key", [1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_a_uniform_number_hangs_on_all_bits_of_key_and_purpose(key: int) -> None:
    whole = np.array([key], dtype=np.uint64)
    for purpose in ("time:entry:1", "time:entry:2", "choose:route:1", "check:3"):
        assert keyed_uniform(int(whole.view(np.int64)[0]), number_of(purpose)) == uniform(whole, purpose)[0]


@settings(deadline=None)
@given(
    st.one_of(
        st.builds(
            lambda median, more: {"lognormal": {"median": f"{median}ms", "p90": f"{median + median * more}ms"}},
            st.integers(1, 90_000_000), st.integers(1, 40),
        ),
        st.builds(lambda mean: {"exponential": {"mean": f"{mean}ms"}}, st.integers(1, 900_000_000)),
        st.builds(lambda time: {"fixed": f"{time}ms"}, st.integers(0, 900_000_000)),
    ),
    st.text("abc", max_size=3),
)  # fmt: skip
def test_a_computed_time_is_the_drawn_one_or_is_left(written: dict, name: str) -> None:
    dist = DurationDist.parse(written)
    expected = sample_ms(dist, uniform(KEYS, name)).tolist()
    found = drawn_by_rules(dist, KEYS, name)
    assert all(ms in (NONE, right) for ms, right in zip(found, expected, strict=True))
    assert sum(ms == NONE and right < 1e9 for ms, right in zip(found, expected, strict=True)) <= 0.01 * len(found)


def test_what_lies_on_the_edge_of_a_ms_is_left_to_be_drawn() -> None:
    """Half a ms after rounding could go either way, by a last digit that two ways of computing need not share."""
    dist = DurationDist.parse({"exponential": {"mean": "1h"}})
    u = uniform(KEYS, "edge")
    edge = float(-((np.rint(-3_600_000 * np.log1p(-u[0]))) + 0.5) / np.log1p(-u[0]))
    assert drawn_by_rules(dist, KEYS[:1], "edge", edge) == [NONE]


def test_a_time_that_is_cut_to_the_longest_is_left_to_be_drawn() -> None:
    """Of a law with a heavy tail some times are longer than a time may be; a study that shortens all showed it."""
    dist = DurationDist.parse({"lognormal": {"median": "11d", "p90": "508d"}})
    u = uniform(KEYS, "tail")
    assert (dist.quantile(u) > MAX_DURATION).any()
    found = drawn_by_rules(dist, KEYS, "tail")
    assert all(ms in (NONE, right) for ms, right in zip(found, sample_ms(dist, u).tolist(), strict=True))


@pytest.mark.parametrize(
    "written",
    [
        {"gamma": {"mean": "5m", "shape": 2}},
        {"mixture": [{"weight": 0.5, "of": "5m"}, {"weight": 0.5, "of": "1h"}]},
        {"lognormal": {"median": "400d", "p90": "900d"}},
    ],
)
def test_other_laws_and_very_long_times_are_drawn(written: dict) -> None:
    assert row_of(DurationDist.parse(written)) is None
