"""The runner: the same result wherever and in whatever portions the runs are done, each of them once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sim.engine.choice import ENGINE
from sim.measure.ways import By
from sim.study.run import worker
from sim.study.run.runner import LONGEST, PORTION, TOGETHER, Arm, Runner, _chunks, _Pace
from sim.study.run.store import Header, Store
from tests.worlds import city

ARMS = [
    Arm("as it is", city()),
    Arm("slow", city(latency={"analyst": {"factor": 3.0}})),
    Arm("short", city(horizon="10h")),
    Arm("as it is again", city()),
]
HEADER = Header("sweep", 5, {"city": "0"})


@pytest.fixture(scope="module")
def expected() -> str:
    """What six replications of the arms give in this process, to the bit."""
    return repr(Runner(seed=5).run(ARMS, 6))


def test_a_pool_gives_the_same_to_the_bit(expected: str) -> None:
    """Three processes and one give the same metrics, and a kept pool gives them again."""
    with Runner(seed=5, jobs=3) as runner:
        assert repr(runner.run(ARMS, 6)) == expected
        assert repr(runner.run(ARMS, range(6))) == expected


@pytest.mark.parametrize("by", [None, "bank"])
def test_replications_may_be_asked_for_by_number(by: By | None) -> None:
    """Numbers in any order get the metrics that they have in the whole study."""
    runner = Runner(seed=5)
    whole = runner.run(ARMS[:2], 4, by=by)
    assert repr(runner.run(ARMS[:2], [3, 1], by=by)) == repr([whole[3], whole[1]])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_study_goes_on_where_it_was(tmp_path: Path, jobs: int, expected: str) -> None:
    """With a store, runs done before are not done again, others are, and all together are what they always are."""
    for arms, replications in ((ARMS[:1], range(2)), (ARMS[1:3], range(1, 4))):
        with Store.open(tmp_path, HEADER, resume=True) as store, Runner(seed=5, store=store) as runner:
            runner.run(arms, replications)
    told: list[tuple[float, int]] = []
    with (
        Store.open(tmp_path, HEADER, resume=True) as store,
        Runner(seed=5, jobs=jobs, store=store, progress=lambda done, total: told.append((done, total))) as runner,
    ):
        assert repr(runner.run(ARMS, 6)) == expected
    assert told[0] == (10, 24)  # 4 of arms 0 and 3, which are the same, and 6 of the others
    assert told[-1] == (24, 24)
    assert told == sorted(told)


def test_every_run_is_stored_before_the_next_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the run after the fifth, a study of runs made one by one has stored five."""
    monkeypatch.setenv(ENGINE, "reference")
    simulate_many, runs = worker.simulate_many, 0

    def five_times(*args: Any, **kwargs: Any) -> Any:
        nonlocal runs
        for run in simulate_many(*args, **kwargs):
            if runs == 5:
                raise KeyboardInterrupt
            runs += 1
            yield run

    monkeypatch.setattr(worker, "simulate_many", five_times)
    with Store.open(tmp_path, HEADER) as store:
        with pytest.raises(KeyboardInterrupt):
            Runner(seed=5, store=store).run(ARMS[1:3], 4)
        assert len(store.read(_digests(store), range(4), None)) == 5


def _digests(store: Store) -> Sequence[str]:
    from sim.engine.run import digest

    return [digest(arm.scenario) for arm in ARMS]


def test_arms_with_the_same_fraud_share_one_plan_a_replication(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three arms, two with the same fraud, each replication draws two plans."""
    drawn: list[int] = []
    draw = worker.draw_plans

    def counted(scenario: Any, seed: int, replications: Sequence[int]) -> Any:
        drawn.extend(replications)
        return draw(scenario, seed, replications)

    monkeypatch.setattr(worker, "draw_plans", counted)
    Runner(seed=5).run(ARMS[:3], 4)
    assert Counter(drawn) == {0: 4, 1: 2, 2: 2, 3: 2}  # the first once before, to see how many go together


@pytest.mark.parametrize("workers", [1, 2, 64])
@pytest.mark.parametrize("known", [set(), {(0, 0), (3, 1), (4, 0), (4, 1), (4, 2), (4, 3)}])
def test_portions_hold_each_missing_run_once(workers: int, known: set[tuple[int, int]]) -> None:
    """However many workers there are, the portions are the runs not known yet, each once, with its scenario."""
    chunks = list(_chunks([arm.scenario for arm in ARMS], range(5), known, _Pace(workers)))
    runs = [(r, a) for chunk in chunks for r in chunk.replications for a in chunk.arms]
    assert sorted(runs) == [(r, a) for r in range(5) for a in range(4) if (r, a) not in known]
    assert all(chunk.scenarios == tuple(ARMS[a].scenario for a in chunk.arms) for chunk in chunks)
    assert len(chunks) >= min(workers, len(runs))


def test_a_portion_is_as_long_as_it_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs are given out in portions of half a second, at least 32 of an arm; slow ones alone."""
    clock = [0.0]
    monkeypatch.setattr("sim.study.run.runner.time.monotonic", lambda: clock[0])

    def after(seconds: float) -> _Pace:
        """A pace of runs that take so long on each of 2 workers."""
        pace = _Pace(2)
        assert pace.replications(1) == 1  # nothing is known yet
        for _ in range(101):
            pace.one_done()
            clock[0] += seconds / 2
        return pace

    assert after(0.01).replications(1) == pytest.approx(PORTION / 0.01, rel=0.05)
    assert after(0.01).replications(5) == TOGETHER
    assert after(0.01).replications(100) == pytest.approx(LONGEST, abs=1)
    assert after(0.01).replications(10_000) == 1
    assert after(0.1).replications(1) == pytest.approx(PORTION / 0.1, abs=1)
    assert after(1.0).replications(1) == 1


def test_what_is_run_together_hangs_on_no_chunk_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few replications are taken to be as large as those before of that name and period, and come to the same."""
    scenario = city()
    fresh = [repr(one) for one in worker.run_chunk([scenario], 1, range(3))]
    for before in (1, 10**9):
        monkeypatch.setattr(worker, "_size", size := worker.Size())
        size.of, size.accounts = (scenario.name, scenario.horizon), before
        assert [repr(one) for one in worker.run_chunk([scenario], 1, range(3))] == fresh
        assert 0 < size.accounts < 10**9
