"""Later rounds of a calibration: drawn near what came close, and weighed so that the answer stays the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from sim.study.ask.calibrate import calibrate
from sim.study.ask.simulations import prior_draws, simulate
from sim.study.ask.targets import Problem, Targets, problem_of
from sim.study.infer.rejection import Accepted, accept, weighted_quantile
from sim.study.infer.sequential import Proposal, importance
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.runner import Arm, Row, Runner
from sim.study.run.store import Header, Store
from tests.study.one_case import calibrated, one_case, problem


def near(centre: float, width: float, parameters: int = 1) -> Proposal:
    """A proposal around draws that lie within a width of a place."""
    u = np.clip(np.random.default_rng(3).normal(centre, width, (800, parameters)), 0.01, 0.99)
    return Proposal.around(u, Accepted(u, np.full(800, 1 / 800), np.arange(800)))


def drawn(proposal: Proposal, number: int, parameters: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return proposal.draws(
        chance.uniform(size=number), chance.uniform(size=(number, parameters)),
        chance.uniform(size=(number, parameters)), chance.uniform(size=number),
    )  # fmt: skip


def test_the_density_of_a_proposal_is_that_of_its_draws() -> None:
    """The share of draws in a box is the integral of the density over it."""
    proposal = near(0.3, 0.1)
    u = drawn(proposal, 200_000, 1, 4)[:, 0]
    grid = (np.arange(20_000) + 0.5) / 20_000
    density = proposal.density(grid[:, np.newaxis])
    assert density.mean() == pytest.approx(1, abs=2e-3)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 1.0)):
        inside = (grid > low) & (grid < high)
        assert density[inside].sum() / 20_000 == pytest.approx(((u > low) & (u < high)).mean(), abs=5e-3)


def test_weighed_rounds_stand_for_the_prior() -> None:
    """Draws of the prior and of two proposals, weighed together, have the moments of the flat prior."""
    first = np.random.default_rng(1).uniform(size=(20_000, 2))
    rounds = [(None, 20_000), (near(0.3, 0.1, 2), 20_000), (near(0.8, 0.05, 2), 20_000)]
    u = np.vstack([first, *(drawn(one, n, 2, n + i) for i, (one, n) in enumerate(rounds) if one is not None)])
    weights = importance(u, rounds)
    assert weights.mean() == pytest.approx(1, abs=0.02)
    for column in u.T:
        assert np.average(column, weights=weights) == pytest.approx(1 / 2, abs=0.01)
        assert np.average(column**2, weights=weights) == pytest.approx(1 / 3, abs=0.01)
    assert u[:, 0].mean() < 0.55  # as they were drawn they do not
    assert importance(first, [(None, 20_000)]).tolist() == [1.0] * 20_000


def test_a_second_round_gives_the_known_posterior_and_more_draws_of_it() -> None:
    """Of a mean seen with normal error the quantiles are the known ones, and more draws lie where they are."""
    chance = np.random.default_rng(2)
    first = chance.uniform(size=(6_000, 1))
    seen = first + chance.normal(0, 0.02, first.shape)
    target = np.array([0.7])
    proposal = Proposal.around(first, accept(first, seen, target))
    u = np.vstack([first, drawn(proposal, 6_000, 1, 5)])
    both = np.vstack([seen, u[6_000:] + chance.normal(0, 0.02, (6_000, 1))])
    found = accept(u, both, target, importance=importance(u, [(None, 6_000), (proposal, 6_000)]))
    for q in (0.05, 0.5, 0.95):
        assert weighted_quantile(found.u[:, 0], found.weights, q) == pytest.approx(norm.ppf(q, 0.7, 0.02), abs=0.004)
    close = (np.abs(both - 0.7) < 0.02)[:, 0]
    assert close[6_000:].sum() > 2 * close[:6_000].sum()


@pytest.mark.xdist_group("one-calibration")
def test_rounds_of_a_calibration_come_closer() -> None:
    """More of the last round than of the first lies near what was observed; where draws are few there is one round."""
    found = calibrated()
    with Runner(seed=2) as runner:
        small = calibrate(problem(), runner, simulations=120, rounds=5, checks=2)
    assert (found.first, len(found.shown), small.first) == (500, 1500, 120)
    assert small.importance.tolist() == [1.0] * 120
    apart = np.abs(found.shown - [one.value for one in found.problem.observed]) / [0.3, 30, 900]
    near = (apart < 1).all(axis=1)
    first, last = near[:500], near[-333:]
    assert first.sum() > 20
    assert last.mean() > 1.5 * first.mean()
    assert found.worth > 30


def cases(plays: int) -> Problem:
    """The one case played several times, beside the same as a world that is run once."""
    asked, editor = problem(), Editor(one_case())
    share = replace(asked.observed[0], name="world", scenario=1)
    return replace(asked, editors=(*asked.editors, editor), observed=(*asked.observed, share), plays=(plays, 1))


def test_each_play_of_a_case_is_a_row_of_its_own() -> None:
    """Plays have luck of their own; what was observed elsewhere is the same in all rows of a draw."""
    asked = cases(3)
    with Runner(seed=1) as runner:
        u = prior_draws(asked, 4, 1)
        shown = simulate(asked, u, runner).reshape(4, 3, 4)
        found = calibrate(asked, runner, simulations=100, checks=1)
    assert all(len(set(draw[:, 3].tolist())) == 1 for draw in shown)
    assert any(len(set(draw[:, 0].tolist())) == 3 for draw in shown)
    assert (found.simulations, found.runs, len(found.shown), len(found.u)) == (100, 400, 300, 300)
    assert found.worth <= 100
    assert (found.u[0] == found.u[2]).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"plays": {"wuhan": 3}}, "plays.wuhan: read 'wuhan', accepted: wuhan-35min"),
        ({"plays": {"wuhan-35min": 3}, "replications": 2}, "replications: read 2, accepted: 1 where there are plays"),
    ],
)
def test_a_mistake_in_plays_is_one_line(changes: dict[str, object], said: str) -> None:
    """A scenario that nothing was observed of, and a mean of what is not to be averaged, are refused."""
    written = {
        "schema_version": 1, "name": "test", "title": "A test", "scenario": "wuhan-35min",
        "parameters": {"criminals.dwell_by_layer.0": {"log_uniform": [0.5, 2.0]}},
        "observations": {"recovered_share": {"value": 0.5, "tolerance": 0.1}},
    }  # fmt: skip
    with pytest.raises(StudyError, match=said):
        problem_of(Targets.model_validate(written | changes), "file.yaml")


def test_only_what_is_asked_is_kept_and_a_kept_run_that_lacks_it_is_done_again(tmp_path: Path) -> None:
    """A store that an earlier question left goes on to serve a wider one, with the same numbers."""
    scenario, header = one_case(), Header("test", 1, {})
    rows = [Row([Arm("one", scenario)], [0, 1])]
    with Runner(seed=1) as runner:
        [[[whole], _]] = runner.run_rows(rows, 2)
    for only in (["recovered_share"], ["recovered_share", "stage.*"]):
        with Store.open(tmp_path, header, resume=True) as store, Runner(seed=1, store=store) as runner:
            [[[kept], [other]]] = runner.run_rows(rows, 2, only=only)
        assert (
            kept.keys()
            == other.keys()
            == {n for n in whole if n == "recovered_share" or n.startswith("stage.")}
            & ({"recovered_share"} if len(only) == 1 else set(whole))
        )
        assert all(whole[name] == value for name, value in kept.items())
