"""Calibration: against answers known in closed form, and against truths that it is not told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm

from sim.scenario.errors import ScenarioError
from sim.study.ask.calibrate import calibrate, correlated, findings
from sim.study.ask.nearest import DRAWS, REPLICATIONS, nearest
from sim.study.ask.simulations import check_reachable, prior_draws, simulate, simulate_values
from sim.study.ask.targets import Observed, Targets, Unknown, problem_of, read_targets
from sim.study.infer.rejection import Accepted, accept, weighted_quantile
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.runner import Runner
from tests.study.one_case import DWELL, STATEMENT, one_case, problem, trials
from tests.worlds import world


def test_a_normal_mean_has_its_known_posterior() -> None:
    """Of a mean flat on (0, 1), seen with normal error, the quantiles are those of the normal cut to (0, 1)."""
    u = np.random.default_rng(1).uniform(size=(40_000, 1))
    seen = u + np.random.default_rng(2).normal(0, 0.1, u.shape)
    found = accept(u, seen, np.array([0.7]), share=0.05)
    ends = norm.cdf([0, 1], 0.7, 0.1)
    for q in (0.05, 0.5, 0.95):
        known = norm.ppf(ends[0] + q * (ends[1] - ends[0]), 0.7, 0.1)
        assert weighted_quantile(found.u[:, 0], found.weights, q) == pytest.approx(known, abs=0.01)


def test_numbers_that_say_nothing_leave_the_prior() -> None:
    """Where what is observed has nothing to do with a parameter, its posterior is as wide as the prior."""
    u = np.random.default_rng(1).uniform(size=(20_000, 1))
    found = accept(u, np.random.default_rng(2).normal(size=(20_000, 1)), np.array([0.0]))
    low, high = (weighted_quantile(found.u[:, 0], found.weights, q) for q in (0.05, 0.95))
    assert (high - low) / 0.9 == pytest.approx(1, abs=0.04)


def test_a_run_without_the_number_is_never_accepted() -> None:
    """A simulation in which a metric has no meaning cannot be what was observed; too few that have one are told."""
    u = np.linspace(0.01, 0.99, 400)[:, np.newaxis]
    numbers = np.where(u < 0.5, np.nan, u)
    assert (accept(u, numbers, np.array([0.5])).index >= 200).all()
    with pytest.raises(ValueError, match="37 of 400 simulations"):
        accept(u, np.where(u < 0.9, np.nan, u), np.array([0.95]))


def test_two_unknowns_of_which_only_the_sum_is_seen_are_known_only_together() -> None:
    """Their posterior correlation is near -1, and the pair is named; independent ones are not."""
    u = np.random.default_rng(1).uniform(size=(20_000, 2))
    asked = problem()
    found = accept(u, u.sum(axis=1, keepdims=True), np.array([1.0]), share=0.05)
    [(first, second, r)] = correlated(asked, found)
    assert {first, second} == {DWELL, STATEMENT}
    assert r < -0.95
    assert correlated(asked, Accepted(u, np.full(len(u), 1 / len(u)), np.arange(len(u)))) == ()


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of 30 simulated cases, the 90% interval of each parameter holds the truth in a number that is not below the
    0.5% quantile of 30 throws with chance 0.9, and is narrower than the prior's."""
    covered, widths = trials(30, 800)
    assert all(round(30 * share) >= binom.ppf(0.005, 30, 0.9) for share in covered)
    assert all(width < 0.8 for width in widths)


@pytest.mark.long
def test_intervals_hold_the_truth_in_85_to_95_of_100_cases() -> None:
    """Of 300 simulated cases, 85 to 95% have the truth inside each 90% interval, which is narrower than the prior's."""
    covered, widths = trials(300, 2000)
    assert all(0.85 <= share <= 0.95 for share in covered)
    assert all(width < 0.6 for width in widths)


def test_a_calibration_is_the_same_to_the_bit_here_and_on_a_pool() -> None:
    """Draws, luck and posterior depend on the seed only."""
    results = []
    for jobs in (1, 2):
        with Runner(seed=3, jobs=jobs) as runner:
            results.append(calibrate(problem(), runner, simulations=60, checks=5))
    one, other = results
    assert np.array_equal(one.posterior.draws, other.posterior.draws)
    assert np.array_equal(one.after, other.after, equal_nan=True)
    assert one.findings == other.findings


def test_one_parameter_more_changes_no_other_draw() -> None:
    """Draws are by key: those of a parameter do not depend on which others there are."""
    asked = problem()
    fewer = replace(asked, unknowns=asked.unknowns[1:])
    assert np.array_equal(prior_draws(asked, 50, 1)[:, 1], prior_draws(fewer, 50, 1)[:, 0])


def test_an_observation_that_no_run_reaches_is_refused_with_what_they_reach() -> None:
    """A share of 1.5 cannot come of any run; the message says between what the runs lie."""
    asked = replace(problem(), observed=(Observed("share", "recovered_share", 0, 1.5, 0.1, ""),))
    with pytest.raises(StudyError, match=r"observations.share: read 1.5, which no run reaches; .*0.2 to 0.9 in 3 runs"):
        check_reachable(asked, np.array([[0.2], [0.9], [np.nan]]))
    check_reachable(asked, np.array([[0.2], [1.41]]))  # within its tolerance


def test_a_whole_parameter_is_equally_likely_at_each_number() -> None:
    """A count with a flat prior from 1 to 4 takes each of the four in a quarter of the draws."""
    one = Unknown(Editor(world(desks={"desk": {"staff": 2}})).parameter("desks.desk.staff"), 1, 4, False)
    values, counts = np.unique(one.at((np.arange(1000) + 0.5) / 1000), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert counts.tolist() == [250] * 4


def test_findings_say_what_was_not_identified() -> None:
    """A posterior equal to the prior is not identified; one of a tenth of its width is."""
    flat = np.linspace(0.0005, 0.9995, 1000)
    accepted = Accepted(np.column_stack([flat, 0.5 + 0.1 * (flat - 0.5)]), np.full(1000, 0.001), np.arange(1000))
    first, second = findings(problem(), accepted)
    assert (first.identified, second.identified) == (False, True)
    assert (first.narrowing, second.narrowing) == pytest.approx((1, 0.1), abs=0.01)
    assert (first.low, first.high) == pytest.approx(first.prior, rel=1e-2)


# -- targets ----------------------------------------------------------------------------------------------

OBSERVED = {"recovered_share": {"value": 0.5, "tolerance": 0.1}}


def targets(**changes: Any) -> Targets:
    written: dict[str, Any] = {
        "schema_version": 1, "name": "test", "title": "A test", "scenario": "wuhan-35min",
        "parameters": {"criminals.dwell_by_layer.0": {"log_uniform": [0.5, 2.0]}}, "observations": OBSERVED,
    }  # fmt: skip
    return Targets.model_validate(written | changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"parameters": {"criminals.dwel": {"uniform": [1, 2]}}}, "read an unknown path, .*dwell_by_layer"),
        ({"parameters": {"name": {"uniform": [1, 2]}}}, "name: read 'wuhan-35min', accepted: the path of a number"),
        ({"parameters": {"criminals.exit_by_layer.0": {"uniform": [0.5, 1.5]}}}, "read 0.5 to 1.5, .*between 0 and 1"),
        ({"parameters": {"criminals.night.factor": {"log_uniform": [0, 2]}}}, "two values, the lower first, both"),
        ({"parameters": {"desks.intake.surge.lasts": {"uniform": ["2h", 3]}}}, "read 3.0, accepted: a time"),
        ({"parameters": {"routes.account.steps.wallet.work.team.analyst": {"uniform": [1, 3]}}}, "one person"),
        ({"observations": {"x": {"value": "1 parsec", "tolerance": 1}}}, "observations.x.value: read '1 parsec', acc"),
        ({"observations": {"x": {"value": 1, "tolerance": 0}}}, "observations.x.tolerance: read 0.*above zero"),
    ],
)  # fmt: skip
def test_a_mistake_in_targets_is_one_line(changes: dict[str, Any], said: str) -> None:
    """Each mistake names the file, the place, what was read and what is accepted."""
    with pytest.raises(StudyError, match=said) as caught:
        problem_of(targets(**changes), "file.yaml")
    assert str(caught.value).startswith("file.yaml: ")
    assert "\n" not in str(caught.value)


def test_an_unknown_metric_is_told_the_nearest() -> None:
    """The first run shows which metrics there are."""
    asked = replace(problem(), observed=(Observed("a", "recoverd_share", 0, 0.5, 0.1, ""),))
    with Runner() as runner, pytest.raises(StudyError, match=re.escape("observations.a.metric: read 'recoverd_share'")):
        calibrate(asked, runner, simulations=100)


def test_units_become_those_of_the_metrics() -> None:
    """35m is 2,100 seconds, 0.9M yuan is 900,000, and a scenario of an observation's own has a place of its own."""
    observations = {
        "containment_time": {"value": "35m", "tolerance": "1m"},
        "late": {"metric": "recovered", "value": "0.9M yuan", "tolerance": 1, "scenario": "wuhan-35min-rival"},
    }
    asked = problem_of(targets(observations=observations), "file.yaml")
    assert [(one.metric, one.scenario, one.value, one.tolerance) for one in asked.observed] == [
        ("containment_time", 0, 2100.0, 60.0), ("recovered", 1, 900_000.0, 1.0),
    ]  # fmt: skip
    assert [editor.scenario.name for editor in asked.editors] == ["wuhan-35min", "wuhan-35min-rival"]


@pytest.mark.parametrize(
    "name", ["china-joint", "wuhan-35min", "korea-2015-refunds", "uk-2025-residence", "korea-2025-calls"]
)
def test_the_shipped_targets_fit_their_scenarios(name: str) -> None:
    """Every path, prior and scenario that shipped targets name is there."""
    asked = read_targets(name)
    assert asked.unknowns
    assert all(one.source for one in asked.observed)


def test_a_mistake_in_the_form_names_file_and_line(tmp_path: Path) -> None:
    """A prior that is neither flat nor log-flat is refused where it is written."""
    file = tmp_path / "t.yaml"
    head = "schema_version: 1\nname: t\ntitle: T\nscenario: china\nparameters:\n"
    file.write_text(f"{head}  criminals.retry: {{flat: [1, 2]}}\nobservations: {{a: {{value: 1, tolerance: 1}}}}\n")
    with pytest.raises(ScenarioError, match=r"t\.yaml:6:"):
        read_targets(str(file))


def test_the_draws_of_a_calibration_stay_inside_the_priors() -> None:
    """Regression adjustment never moves a parameter out of its prior."""
    with Runner(seed=1) as runner:
        result = calibrate(problem(), runner, simulations=100, checks=1)
    for column, one in zip(result.posterior.draws.T, result.problem.unknowns, strict=True):
        assert one.low <= column.min() <= column.max() <= one.high
    assert result.posterior.weights.sum() == pytest.approx(1)
    assert one_case() == result.problem.editors[0].scenario


def test_the_nearest_draws_are_run_again_beside_the_scenario() -> None:
    """Observed is what the scenario's own values show in the mean: then hardly a draw is nearer on the same luck; with
    what mules of half the speed and a call of three times the length show, most of the nearest are."""
    asked = problem()
    u = prior_draws(asked, 100, 1)
    own = np.array([[one.parameter.value for one in asked.unknowns]])
    with Runner(seed=1) as runner:
        shown = simulate(asked, u, runner)
        means = simulate_values(asked, np.repeat(own, 30, axis=0), range(500, 530), runner).mean(axis=0)
        others = simulate_values(asked, np.repeat(own * [2.0, 3.0], 30, axis=0), range(500, 530), runner).mean(axis=0)
        true, far = (
            replace(asked, observed=tuple(replace(o, value=float(v)) for o, v in zip(asked.observed, at, strict=True)))
            for at in (means, others)
        )
        near, off = (nearest(one, u, shown, runner, 600, DRAWS) for one in (true, far))
        again = simulate_values(
            true, np.repeat(near.values[:1], REPLICATIONS, axis=0), range(600, 600 + REPLICATIONS), runner
        )
    assert near.of == DRAWS + 1
    assert near.place <= 3
    assert off.place > off.of / 2
    assert (np.diff(near.distance) >= 0).all()
    distance = (again.mean(axis=0) - [o.value for o in true.observed]) / [o.tolerance for o in true.observed]
    assert near.distance[0] == pytest.approx(float(np.sqrt((distance**2).mean())))


def test_a_case_says_nothing_of_the_nearest_draws() -> None:
    """What was observed of one case is left out of the distance, for its mean was never observed."""
    asked = replace(problem(), editors=problem().editors * 2, plays=(4, 1))
    first, second, third = asked.observed
    asked = replace(asked, observed=(first, replace(second, scenario=1), third))
    u = prior_draws(asked, 20, 1)
    with Runner(seed=1) as runner:
        found = nearest(asked, u, simulate(asked, u, runner), runner, 100, 3)
        again = simulate_values(
            asked, np.repeat(found.values[:1], REPLICATIONS, axis=0), range(100, 100 + REPLICATIONS), runner
        )
    assert found.distance[0] == pytest.approx(abs(float(again[:, 1].mean()) - second.value) / second.tolerance)
