"""Later rounds of a calibration: drawn from what is not ruled out, and weighed so that the answer stays the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from sim.study.ask.calibrate import calibrate
from sim.study.ask.simulations import prior_draws, simulate
from sim.study.ask.targets import Problem, Targets, problem_of
from sim.study.infer.rejection import accept, weighted_quantile
from sim.study.infer.sequential import FROM_PRIOR, FROM_TENTH, LEAST, LUCK, Proposal, importance, places_to_look_at
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.runner import Arm, Row, Runner
from sim.study.run.store import Header, Store
from tests.study.one_case import calibrated, one_case, problem


def told(seed: int, draws: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Places in the prior, and one run of each: the first number is the first parameter, the second their product."""
    chance = np.random.default_rng(seed)
    u = chance.uniform(size=(draws, 2))
    true = np.column_stack([u[:, 0], u[:, 0] * u[:, 1]])
    return u, (true + chance.normal(0, 0.02, true.shape))[:, np.newaxis]


def after(u: np.ndarray, runs: np.ndarray, observed: tuple[float, float], tolerance: float) -> Proposal:
    """What two numbers, seen with an error inside a tolerance, do not rule out."""
    return Proposal.after(u, runs, np.array(observed), np.full(2, tolerance), np.ones(len(u)), places_to_look_at(2))


def drawn(proposal: Proposal, number: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return proposal.draws(lambda _: chance.uniform(size=(number, 2)), chance.uniform(size=number))


def test_what_is_not_ruled_out_is_what_tolerance_and_luck_explain() -> None:
    """The region's edges are where the true means are a tolerance and the luck of a run off."""
    proposal = after(*told(3), (0.5, 0.25), 0.05)
    reach = 0.05 + LUCK * 0.02
    grid = (np.arange(200) + 0.5) / 200
    u = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1).reshape(-1, 2)
    off = np.maximum(abs(u[:, 0] - 0.5), abs(u[:, 0] * u[:, 1] - 0.25)) / reach
    kept = proposal.off(u) <= proposal.furthest[1]
    assert proposal.furthest[1] == 1
    assert kept[off < 0.9].all()
    assert not kept[off > 1.1].any()
    assert proposal.share == pytest.approx((0.1, (off <= 1).mean()), rel=0.1)


def test_where_all_would_be_ruled_out_the_nearest_places_are_left() -> None:
    """Numbers that no place gives, and tight ones: some of the prior is always left, and it is the nearest."""
    proposal = after(*told(3), (1.5, -1.0), 0.001)
    assert LEAST <= proposal.share[1] < 2 * LEAST
    assert proposal.furthest[1] > 1
    off = proposal.off(drawn(proposal, 2_000, 4))
    assert (off <= proposal.furthest[0]).mean() == pytest.approx(1 - FROM_PRIOR * 0.9, abs=0.03)
    assert (off <= proposal.furthest[1]).mean() == pytest.approx(1 - FROM_PRIOR - FROM_TENTH * 0.95, abs=0.04)


def test_the_density_of_a_proposal_is_that_of_its_draws() -> None:
    """The share of draws in a box is the integral of the density over it."""
    proposal = after(*told(3), (0.5, 0.25), 0.05)
    u = drawn(proposal, 200_000, 4)
    grid = (np.arange(400) + 0.5) / 400
    box = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1).reshape(-1, 2)
    density = proposal.density(box)
    assert density.mean() == pytest.approx(1, abs=0.02)
    for low, high in ((0.0, 0.45), (0.45, 0.52), (0.52, 1.0)):
        share = ((u[:, 0] > low) & (u[:, 0] < high)).mean()
        inside = (box[:, 0] > low) & (box[:, 0] < high)
        assert density[inside].sum() / len(box) == pytest.approx(share, abs=0.01)


def test_weighed_rounds_stand_for_the_prior() -> None:
    """Draws of the prior and of two proposals, weighed together, have the moments of the flat prior."""
    first = np.random.default_rng(1).uniform(size=(20_000, 2))
    rounds = [
        (None, 20_000), (after(*told(3), (0.3, 0.2), 0.1), 20_000), (after(*told(5), (0.8, 0.3), 0.1), 20_000)
    ]  # fmt: skip
    u = np.vstack([first, *(drawn(one, n, n + i) for i, (one, n) in enumerate(rounds) if one is not None)])
    weights = importance(u, rounds)
    assert weights.mean() == pytest.approx(1, abs=0.02)
    for column in u.T:
        assert np.average(column, weights=weights) == pytest.approx(1 / 2, abs=0.01)
        assert np.average(column**2, weights=weights) == pytest.approx(1 / 3, abs=0.01)
    assert u[:, 1].var() < 0.075  # as they were drawn they do not: a flat one has 1 / 12
    assert importance(first, [(None, 20_000)]).tolist() == [1.0] * 20_000


def test_a_second_round_gives_the_known_posterior_and_more_draws_of_it() -> None:
    """Of a mean seen with normal error the quantiles are the known ones, and more draws lie where they are."""
    chance = np.random.default_rng(2)
    first = chance.uniform(size=(6_000, 2))
    seen = first + chance.normal(0, 0.02, first.shape)
    target = np.array([0.7, 0.4])
    proposal = Proposal.after(
        first, seen[:, np.newaxis], target, np.full(2, 0.03), np.ones(6_000), places_to_look_at(2)
    )
    u = np.vstack([first, drawn(proposal, 6_000, 5)])
    both = np.vstack([seen, u[6_000:] + chance.normal(0, 0.02, (6_000, 2))])
    found = accept(u, both, target, importance=importance(u, [(None, 6_000), (proposal, 6_000)]))
    for q in (0.05, 0.5, 0.95):
        assert weighted_quantile(found.u[:, 0], found.weights, q) == pytest.approx(norm.ppf(q, 0.7, 0.02), abs=0.005)
    close = (np.abs(both - target) < 0.02).all(axis=1)
    assert close[6_000:].sum() > 4 * close[:6_000].sum()


@pytest.mark.xdist_group("one-calibration")
def test_rounds_of_a_calibration_come_closer() -> None:
    """More of the last round than of the first lies near what was observed; where draws are few there is one round."""
    found = calibrated(4)
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
