"""Work as spells: from the log of people who begin, hand over, give up and finish."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.measure.work import DONE, ENDINGS, GAVE_UP, HANDED, STILL_WAITING, Work, work_of
from sim.scenario.loader import load
from sim.workflow.log import BEGIN, FINISH, HANDED_OVER, NONE, QUEUED, RENEGED


@pytest.fixture(scope="module", params=["city", "korea-2025-calls-25", "s06-pooled-agencies", "county"])
def run(request: pytest.FixtureRequest) -> Run:
    """Two days of a shipped scenario: teams, shift ends, callers who give up."""
    return simulate(load(request.param, ["horizon=2d"]).scenario)


@pytest.fixture(scope="module")
def work(run: Run) -> Work:
    """Its work."""
    return work_of(run.rows)


def test_every_beginning_and_every_queueing_is_in_one_spell(run: Run, work: Work) -> None:
    """Spells that began are the log's beginnings, those that did not are what left its queues, or waits still."""
    rows = run.rows
    began = work.begun >= 0
    assert np.count_nonzero(began) == len(rows.of(BEGIN))
    assert sorted(work.begun[began].tolist()) == sorted(rows.time[rows.of(BEGIN)].tolist())
    keys = np.concatenate([rows.key[rows.of(QUEUED)], rows.key[rows.of(HANDED_OVER)]])
    assert set(work.rows.key.tolist()) == set(keys.tolist())
    assert np.count_nonzero(work.ending == GAVE_UP) == len(rows.of(RENEGED))
    assert np.count_nonzero(work.ending == HANDED) >= len(rows.of(HANDED_OVER))


def test_people_are_as_long_at_work_as_the_log_says(run: Run, work: Work) -> None:
    """The time of all spells is that between all beginnings and all ends."""
    rows = run.rows
    ended = (work.begun >= 0) & (work.ended >= 0)
    lasted = int((work.ended - work.begun)[ended].sum())
    open_ = int(work.begun[(work.begun >= 0) & ~ended].sum())
    assert lasted == int(rows.time[rows.of(FINISH)].sum()) - (int(rows.time[rows.of(BEGIN)].sum()) - open_)
    assert lasted > 0


def test_a_spell_can_begin_before_it_begins_and_ends_after(work: Work) -> None:
    """Enabled, begun and ended are in this order."""
    began, ended = work.begun >= 0, work.ended >= 0
    assert (work.enabled >= 0).all()
    assert (work.begun >= work.enabled)[began].all()
    assert (work.ended >= np.maximum(work.begun, work.enabled))[ended].all()
    assert (work.ending[~ended & ~began] == STILL_WAITING).all()


def test_work_that_is_handed_over_goes_on_when_it_was(run: Run, work: Work) -> None:
    """The next spell of the same piece can begin at the instant at which the last one ended."""
    handed = np.flatnonzero(work.ending == HANDED)
    following = {(int(key), int(time)) for key, time in zip(work.rows.key, work.enabled, strict=True)}
    for row in handed.tolist():
        assert (int(work.rows.key[row]), int(work.ended[row])) in following
    assert len(handed) or not len(run.rows.of(HANDED_OVER))


def test_a_log_without_work_has_none(run: Run) -> None:
    """No rows, no spells."""
    assert len(work_of(run.rows.at(np.zeros(0, dtype=np.intp)))) == 0


def test_names_of_endings_are_in_the_order_of_their_numbers() -> None:
    """A number is the place of its name."""
    assert ENDINGS[DONE] == "completed"
    assert (ENDINGS[HANDED], ENDINGS[GAVE_UP]) == ("handed over at the end of a shift", "gave up")
    assert ENDINGS[STILL_WAITING] == "waiting at the end"
    assert NONE < 0
