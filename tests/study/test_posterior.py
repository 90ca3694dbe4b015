"""A posterior in a file, and the studies that carry it on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.posterior import Posterior
from sim.study.run.runner import Arm, Runner
from tests.study.one_case import DWELL, STATEMENT, one_case
from tests.study.test_experiment import same

DRAWS = np.array([[0.5, 1.0], [2.0, 3.0], [4.0, 0.3]])


def posterior(weights: tuple[float, ...] = (0.2, 0.5, 0.3)) -> Posterior:
    return Posterior({DWELL: "factor", STATEMENT: "factor"}, DRAWS, np.array(weights), "test")


def test_a_posterior_comes_back_from_its_file(tmp_path: Path) -> None:
    """Paths, kinds, draws, weights and source are the same to the bit."""
    file = tmp_path / "posterior.parquet"
    file.write_bytes(posterior().parquet())
    read = Posterior.read(file)
    assert (read.kinds, read.source) == (posterior().kinds, "test")
    assert np.array_equal(read.draws, DRAWS)
    assert read.weights == pytest.approx((0.2, 0.5, 0.3))


def test_another_posterior_has_another_digest(tmp_path: Path) -> None:
    """What is read from its file has the digest of what was written; other weights have another."""
    file = tmp_path / "posterior.parquet"
    file.write_bytes(posterior().parquet())
    read = Posterior.read(file).digest
    file.write_bytes(posterior((0.3, 0.5, 0.2)).parquet())
    assert read == posterior().digest != Posterior.read(file).digest


def test_draws_are_taken_by_their_weights() -> None:
    """Over 4,000 replications each draw comes as often as its weight, within three standard errors."""
    counts = np.bincount([posterior().chosen(1, r) for r in range(4000)], minlength=3) / 4000
    assert counts == pytest.approx([0.2, 0.5, 0.3], abs=0.024)


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_replication_takes_one_draw_for_all_arms(jobs: int) -> None:
    """A study with a posterior measures what single studies of the drawn scenarios measure."""
    arms = [Arm("one", one_case()), Arm("two", one_case().model_copy(update={"title": "Another"}))]
    with Runner(seed=5, jobs=jobs, posterior=posterior()) as runner:
        results = runner.run(arms, 3)
    for replication, row in enumerate(results):
        drawn = posterior().applied(Editor(one_case()), 5, replication)
        [[alone]] = Runner(seed=5).run([Arm("alone", drawn)], [replication])
        assert all(same(one, alone) for one in row)
    assert not same(results[0][0], results[1][0])


def test_a_scenario_without_the_parameters_is_refused() -> None:
    """A posterior of another world is told which path is missing."""
    other = Posterior({"criminals.nobody": "number"}, np.ones((1, 1)), np.ones(1))
    with pytest.raises(StudyError, match=r"criminals\.nobody: read an unknown path"):
        other.applied(Editor(one_case()), 1, 0)
    wrong = Posterior({DWELL: "time"}, np.ones((1, 1)), np.ones(1))
    with pytest.raises(StudyError, match="read a time, accepted: a factor"):
        wrong.applied(Editor(one_case()), 1, 0)


@pytest.mark.parametrize("content", [None, b"no parquet", "plain"])
def test_a_file_without_a_posterior_is_refused(tmp_path: Path, content: bytes | str | None) -> None:
    """No file, no Parquet, and Parquet of something else are each told in one line."""
    file = tmp_path / "posterior.parquet"
    if content == "plain":
        import polars as pl

        pl.DataFrame({"a": [1.0]}).write_parquet(file)
    elif isinstance(content, bytes):
        file.write_bytes(content)
    with pytest.raises(StudyError, match=r"--posterior: read .*accepted: the posterior\.parquet"):
        Posterior.read(file)
