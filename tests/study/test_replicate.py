"""Replications until a number is known well enough."""

from __future__ import annotations

from math import nan

import pytest

from sim.study.ask.replicate import FIRST, Target, next_look, run_until
from sim.study.infer.stats import Summary, summary
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Runner
from tests.worlds import city

ARM = Arm("city", city())


@pytest.mark.parametrize(
    ("runs", "half_width", "look"),
    [
        (20, 0.9, 20),  # known well enough
        (20, 1.0, 20),  # just
        (20, 1.2, 29),  # 20 x 1.2 squared = 28.8
        (20, 3.0, 40),  # 180 asked for, but twice as many at most
        (20, 1.001, 21),
        (20, nan, 40),  # no two values yet
        (80, 3.0, 100),  # as many as there may be
    ],
)
def test_the_next_look_is_where_the_spread_asks_for_it(runs: int, half_width: float, look: int) -> None:
    """A half-width falls with the root of n, so n grows with the square of what is missing, within limits."""
    assert next_look(runs, half_width, 1.0, 100) == look


def test_replications_end_once_the_half_width_is_under_the_target() -> None:
    """The runs are the first n of the study, their interval as narrow as asked, whatever the jobs."""
    whole = [arms[0] for arms in Runner(seed=3).run([ARM], 300)]
    width = 1.5 * _half_width([one["recovered_share"] for one in whole])
    target = Target("recovered_share", width)
    runs = run_until(Runner(seed=3), ARM, target, 300)
    assert FIRST < len(runs) < 300
    assert repr(runs) == repr(whole[: len(runs)])
    assert _half_width([one["recovered_share"] for one in runs]) <= width
    with Runner(seed=3, jobs=2) as pool:
        assert len(run_until(pool, ARM, target, 300)) == len(runs)


def _half_width(values: list[float]) -> float:
    found = summary(values)
    return (found.high - found.low) / 2


def test_a_target_out_of_reach_ends_at_the_most_replications() -> None:
    """Where the target asks for more replications than there may be, there are that many."""
    assert len(run_until(Runner(seed=3), ARM, Target("recovered_share", 1e-9), 25)) == 25
    assert len(run_until(Runner(seed=3), ARM, Target("recovered_share", 1e-9), 7)) == 7


@pytest.mark.parametrize(
    "text", ["", "recovered_share", "=1", "recovered_share=", "loss=0", "loss=-1", "a=nan", "a=inf", "a=0%", "a=5k"]
)
def test_a_target_of_another_form_is_refused(text: str) -> None:
    """Only METRIC=HALFWIDTH with a positive number is a target."""
    with pytest.raises(StudyError, match=r"^--until: read '.*', accepted: METRIC=HALFWIDTH such as "):
        Target.read(text)


def test_a_target_is_read() -> None:
    """The number stands after the last equals sign."""
    assert Target.read("icbc/recovered=2.5e3") == Target("icbc/recovered", 2500.0)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("loss=50k yuan", Target("loss", 50_000, "yuan")),
        ("recovered_share=1%", Target("recovered_share", 0.01, "share")),
        ("response_latency=2m", Target("response_latency", 120, "s")),
        ("loss=50000", Target("loss", 50_000)),
    ],
)
def test_a_target_may_have_a_unit(text: str, target: Target) -> None:
    """Amounts, shares and times are read into the unit of the metric; a plain number is in that unit already."""
    assert Target.read(text) == target
    target.check_unit({"loss": "yuan", "recovered_share": "share", "response_latency": "s"}[target.metric])


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("loss=2m", "yuan", "a time for loss, accepted: an amount such as 50k yuan"),
        ("response_latency=1%", "s", "a share for response_latency, accepted: a time such as 2m"),
        ("victims=3 yuan", "count", "an amount for victims, accepted: a number without a unit"),
    ],
)
def test_a_unit_of_another_metric_is_refused(text: str, unit: str, said: str) -> None:
    """A time is no half-width of an amount: one line says in what the metric is measured."""
    with pytest.raises(StudyError, match=f"^--until: read {said}$"):
        Target.read(text).check_unit(unit)


@pytest.mark.parametrize(
    ("text", "half", "said"),
    [
        ("loss=500k yuan", 460_912.3, "loss: half-width 461,000 yuan of 500,000 yuan, reached (n = 20)"),
        ("recovered_share=1%", 0.012345, "recovered_share: half-width 1.23% of 1%, not reached (n = 20)"),
        ("response_latency=2m", 95.04, "response_latency: half-width 95 s of 120 s, reached (n = 20)"),
        ("victims=3", 0.0, "victims: half-width 0 of 3, reached (n = 20)"),
    ],
)
def test_the_verdict_is_in_the_unit_of_the_target(text: str, half: float, said: str) -> None:
    """Amounts are written out, shares in percent, both halves in the same unit and to three digits."""
    target = Target.read(text)
    assert target.verdict({target.metric: Summary(0.0, -half, half, 0.0, 0.0, 0.0, 20)}, {}) == said


def test_an_unknown_metric_is_refused_with_the_nearest_names() -> None:
    """A metric that no run has is said in one line."""
    with pytest.raises(StudyError, match=r"^--until: read 'recoverd_share', accepted: recovered_share"):
        run_until(Runner(seed=3), ARM, Target("recoverd_share", 0.1), 100)
