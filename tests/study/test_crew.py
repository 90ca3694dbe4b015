"""Workers that several askers share."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from sim.scenario.loader import load
from sim.study.run.crew import AbandonedError, Crew, Share, _Job
from sim.study.run.recent import Recent
from sim.study.run.runner import Arm, Runner


def doubled(number: int) -> Iterator[int]:
    """Work that a worker can be sent."""
    yield 2 * number


def refused(number: int) -> Iterator[int]:
    """Work that goes wrong."""
    raise ValueError(f"no {number}")
    yield number


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(1)
    yield made
    made.close()


def test_runs_are_those_of_any_other_backend(crew: Crew) -> None:
    """Metrics and their order are those of a study in this process, to the bit; a second time nothing is run."""
    scenario = load("wuhan-35min").scenario
    arms = [Arm("as it is", scenario), Arm("slower", load("wuhan-35min", ["latency.all.factor=2"]).scenario)]
    recent = Recent(100)
    shared = Runner(seed=3, backend=Share(crew), store=recent).run(arms, 3)
    assert repr(shared) == repr(Runner(seed=3).run(arms, 3))
    assert recent.runs == 6
    crew.close()  # nobody is there to run anything
    assert repr(Runner(seed=3, backend=Share(crew), store=recent).run(arms, 3)) == repr(shared)


def test_the_most_urgent_is_served_first(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is done by urgency, whoever came first; of two as urgent, whoever was served longest ago."""
    monkeypatch.setattr(crew, "start", lambda: None)  # the workers come when all wait
    shares = {name: Share(crew, urgency) for name, urgency in (("diagnosis", 3), ("curve", 2), ("other curve", 2))}
    for name in ("diagnosis", "curve", "curve", "other curve", "estimate"):
        share = shares.get(name) or Share(crew, 0)
        crew.give(_Job(share, doubled, name, SimpleQueue()))
    found = [crew._next() for _ in range(5)]
    assert [one.task for one in found if one] == ["estimate", "curve", "other curve", "curve", "diagnosis"]


def test_what_is_abandoned_ends_at_once(crew: Crew) -> None:
    """Whoever waits hears of it, nothing of it waits for a worker, and others are served."""
    share = Share(crew)
    told = share.map(doubled, range(1000))
    assert next(told) == (0, 0)
    share.abandon()
    with pytest.raises(AbandonedError):
        next(told)
    assert crew._waiting == []
    with pytest.raises(AbandonedError):
        list(share.map(doubled, [1]))
    assert [item for _, item in Share(crew).map(doubled, [4, 5])] == [8, 10]


def test_a_mistake_of_the_work_is_told_to_whoever_asked(crew: Crew) -> None:
    """The crew goes on."""
    with pytest.raises(ValueError, match="no 7"):
        list(Share(crew).map(refused, [7]))
    assert [item for _, item in Share(crew).map(doubled, [1])] == [2]


def test_recent_runs_are_forgotten_arm_by_arm() -> None:
    """The arm that was longest not asked for goes whole."""
    recent = Recent(4)
    for arm in ("a", "b"):
        for replication in (0, 1):
            recent.write(arm, replication, None, {"loss": float(replication)})
    recent.read(["a"], [0], None)
    recent.write("c", 0, None, {"loss": 9.0})
    assert set(recent.read(["a", "b", "c"], range(2), None)) == {("a", 0), ("a", 1), ("c", 0)}
    assert recent.runs == 3
    assert recent.read(["a"], [0], "bank") == {}
