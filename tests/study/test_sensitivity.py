"""Sensitivity against the race in its simplest form: a stop L after the report saves exp(-L / m)."""

from __future__ import annotations

import builtins
from datetime import datetime
from math import exp
from typing import Any

import numpy as np
import pytest

from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.lab import Lab, movable
from sim.study.ask.screening import salib
from sim.study.ask.sensitivity import Sensitivity, sensitivity
from sim.study.ask.week import frame, representative_week
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.runner import Arm, Runner
from sim.words.units import MINUTE
from tests.worlds import criminals, exponential, stop_everything, victims, work, world

STATEMENT, DWELL = "routes.call.steps.statement.work.time", "criminals.exits.cash.dwell"


def race(minutes: int, name: str = "statement") -> Scenario:
    """Money rests for an hour on average; whatever is said takes a fixed time."""
    routes: dict[str, Any] = stop_everything(f"{minutes}m")
    steps = {name if key == "statement" else key: value for key, value in routes["call"]["steps"].items()}
    return world(
        victims=victims({"rate": {"per_day": 400.0}}),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(60 * MINUTE)}}),
        desks={"desk": {"staff": "unlimited"}, "idle": {"staff": 2, "wage": "40 yuan"}},
        routes=routes | {"call": {"subject": "case", "first": name, "steps": steps}},
    )


def study(*arms: Arm) -> Sensitivity:
    editor = Editor(arms[0].scenario)
    parameters = [editor.parameter(path) for path in (STATEMENT, DWELL, "desks.idle.wage")]
    with Runner(seed=1) as runner:
        return sensitivity(arms, parameters, "recovered_share", runner, trajectories=4, samples=8, replications=1)


@pytest.fixture(scope="module")
def alone() -> Sensitivity:
    return study(Arm("race", race(30)))


def test_the_bars_are_the_known_changes(alone: Sensitivity) -> None:
    """At half and at twice the latency, and the dwell, the share changes as exp(-L / m) does: 10 runs of 400 cases."""
    bars = {bar.parameter.path: bar for bar in alone.bars}
    base = exp(-0.5)
    for path, low, high in ((STATEMENT, exp(-0.25), exp(-1)), (DWELL, exp(-1), exp(-0.25))):
        assert bars[path].at_low.mean == pytest.approx(low - base, abs=0.025)
        assert bars[path].at_high.mean == pytest.approx(high - base, abs=0.025)
    assert alone.base.mean == pytest.approx(base, abs=0.025)


def test_what_cannot_matter_is_found_not_to_matter(alone: Sensitivity) -> None:
    """A wage recovers nothing: its effects and its bar are exactly zero, thanks to common random numbers."""
    [wage] = [one for one in alone.screened if one.parameter.path == "desks.idle.wage"]
    [bar] = [one for one in alone.bars if one.parameter.path == "desks.idle.wage"]
    assert alone.screened[-1] == wage
    assert (wage.mu_star, bar.reach) == (0, 0)
    assert min(one.mu_star for one in alone.screened[:-1]) > 0.1


def test_the_indices_share_the_variance(alone: Sensitivity) -> None:
    """The share depends on L / m only: both have the same index, and together they have all of it."""
    total = {one.parameter.path: one.total for one in alone.indices}
    assert total[STATEMENT] == pytest.approx(total[DWELL], abs=0.25)
    assert total["desks.idle.wage"] == pytest.approx(0, abs=1e-9)


def test_the_assumption_that_turns_two_arms_round_is_named() -> None:
    """A statement of 30 minutes beats a talk of 40; were it twice as long, it would not; the dwell turns nothing."""
    result = study(Arm("statement", race(30)), Arm("talk", race(40, "talk")))
    verdicts = {one.parameter.path: one.verdict for one in result.rankings}
    assert verdicts == {STATEMENT: "changes", DWELL: "stays", "desks.idle.wage": "stays"}
    [turned] = [one for one in result.rankings if one.verdict == "changes"]
    assert turned.base.mean == pytest.approx(exp(-2 / 3) - exp(-0.5), abs=0.025)
    assert turned.at_high.mean == pytest.approx(exp(-2 / 3) - exp(-1), abs=0.025)


def test_a_metric_without_a_meaning_is_refused() -> None:
    """An unknown metric has its nearest told; one that is never there is no subject of a study."""
    editor = Editor(race(30))
    for metric, said in (
        ("recoverd_share", "--metric: read 'recoverd_share'"),
        ("wait.idle", "has no meaning in 100%"),
    ):
        with Runner() as runner, pytest.raises(StudyError, match=said):
            sensitivity(
                [Arm("race", race(30))], [editor.parameter(DWELL)], metric, runner, trajectories=2, samples=8,
            )  # fmt: skip
    with Runner() as runner, pytest.raises(StudyError, match="no number is labelled assumed"):
        sensitivity([Arm("race", race(30))], [], "recovered_share", runner)


def test_assumptions_that_the_model_couples_are_left_out_with_its_words() -> None:
    """People on a break cannot be more than the shift has: the break stays, the shift moves."""
    shift = {"from": "00:00", "to": "24:00", "staff": 3, "breaks": [{"at": "12:00", "lasts": "1h", "staff": 2}]}
    editor = Editor(world(desks={"desk": {"shifts": [shift]}}, routes={"call": _call()}))
    paths = ("desks.desk.shifts.0.staff", "desks.desk.shifts.0.breaks.0.staff")
    kept, left = movable([editor], [editor.parameter(path) for path in paths], seed=1)
    assert [one.path for one in kept] == [paths[0]]
    [out] = left
    assert out.path == paths[1]
    assert "at most the staff of the shift" in out.why


def _call() -> dict[str, Any]:
    return {"subject": "case", "first": "talk", "steps": {"talk": work(time="1m"), "done": {"end": "done"}}}


def test_the_representative_week_is_whole_and_has_no_holiday() -> None:
    """Of city's 2025 it begins on Monday 6 January; a case of listed victims and a short scenario stay as they are."""
    city = load("city").scenario
    assert representative_week(city) == ["start=2025-01-06T00:00", "horizon=7d"]
    assert datetime.fromisoformat("2025-01-06").weekday() == 0
    assert representative_week(load("wuhan-35min").scenario) == []
    assert representative_week(load("china").scenario) == []
    assert load("city", frame(load("china").scenario)).scenario.horizon == load("china").scenario.horizon


def test_without_salib_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra is named with its pip install."""
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("SALib"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StudyError, match=r"pip install 'fundfreeze\[sensitivity\]'"):
        salib()


def test_a_setting_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that the model accepts is built and checked once: hundreds of numbers take longer than a short run."""
    scenario = race(30)
    editor = Editor(scenario)
    built: list[object] = []
    validate = Scenario.model_validate
    monkeypatch.setattr(Scenario, "model_validate", lambda data: built.append(data) or validate(data))
    with Runner() as runner:
        lab = Lab((("race", editor),), "recovered_share", 1, runner)
        lab.evaluate([STATEMENT, DWELL], np.array([[1.0, -1.0], [0.5, 0.5]]))
    assert len(built) == 2


def test_a_study_says_how_many_runs_it_has_before_they_are_done() -> None:
    """Screening, indices and bars together, as soon as it is known what can be moved: 4 x 4 + 8 x 5 + 10 x 7."""
    told: list[tuple[str, int]] = []
    editor = Editor(race(30))
    parameters = [editor.parameter(path) for path in (STATEMENT, DWELL, "desks.idle.wage")]
    runner = Runner(
        expect=lambda runs: told.append(("expected", runs)), progress=lambda done, _: told.append(("done", int(done)))
    )
    with runner:
        sensitivity([Arm("race", race(30))], parameters, "recovered_share", runner, samples=8, replications=1)
    expected = next(place for place, (what, _) in enumerate(told) if what == "expected")
    assert told[expected] == ("expected", 4 * 4 + 8 * 5 + 10 * 7)
    assert sum(what == "done" and done >= 1 for what, done in told[expected:]) >= 4 * 4 + 8 * 5 + 10 * 7
