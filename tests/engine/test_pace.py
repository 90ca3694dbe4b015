"""When a process goes over from the reference engine to machine code: where what is done or to come is worth it."""

from __future__ import annotations

import pytest

from sim.engine.compiled import ready
from sim.engine.compiled.ready import WORTH_COMPILING, WORTH_LOADING, Pace
from sim.study.run.runner import Arm, Runner
from tests.study.one_case import one_case


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine on which the rules were compiled before; what is compiled beside is told."""
    asked: list[str] = []
    monkeypatch.setattr(ready, "is_compiled", lambda: True)
    monkeypatch.setattr(ready, "compile_beside", lambda: asked.append("compile"))
    return asked


def test_many_runs_to_come_are_worth_machine_code_after_the_first(compiled: list[str]) -> None:
    """A study of two hundred short runs does not wait for a fifth of a second of slow ones; one of three stays."""
    many, few = Pace(), Pace()
    for pace, ahead in ((many, 200), (few, 3)):
        pace.ahead = ahead
        assert not pace.go_over()  # nothing is known of how long a run takes
        pace.one_done(0.05)
    assert many.go_over()
    assert not few.go_over()
    few.one_done(WORTH_LOADING)
    assert few.go_over()
    assert compiled == []


def test_a_large_plan_is_run_on_machine_code_at_once(compiled: list[str]) -> None:
    """One run of a city-year need not be over before it is known to be worth it; one of a case stays."""
    assert Pace().go_over(accounts=100_000)
    assert not Pace().go_over(accounts=100)
    assert compiled == []


def test_the_compiler_is_asked_once_and_not_waited_for(compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the machine code the work goes on as it is until the code is there."""
    monkeypatch.setattr(ready, "is_compiled", lambda: False)
    pace = Pace()
    pace.ahead = 10_000
    pace.one_done(WORTH_COMPILING / 2)
    assert not pace.go_over()
    assert compiled == []
    for _ in range(3):
        pace.one_done(WORTH_COMPILING)
        assert not pace.go_over()
    assert compiled == ["compile"]
    monkeypatch.setattr(ready, "is_compiled", lambda: True)
    assert pace.go_over()


def test_a_study_tells_how_many_runs_are_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first portion knows of all runs of the study, the last of its own alone."""
    told = []
    monkeypatch.setattr("sim.study.run.runner._run", lambda seed, by, chunk, part=None: told.append(chunk) or iter(()))
    with Runner() as runner, pytest.raises(KeyError):  # nothing comes back
        runner.run([Arm("a", one_case()), Arm("b", one_case())], 3)
    assert told[0].ahead == 6
    assert told[-1].ahead == len(told[-1].arms) * len(told[-1].replications)


def test_whoever_wants_no_machine_code_gets_none(compiled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As Numba's users ask for it: `NUMBA_DISABLE_JIT=1`."""
    monkeypatch.setattr(ready, "UNCOMPILED", True)
    pace = Pace()
    pace.one_done(2 * WORTH_COMPILING)
    assert not pace.go_over(10**9)
    assert not pace.load()
    assert not compiled
