"""A study's time is told before it starts, with a smaller one where it is long; its progress names the phase."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from sim.fraud.plan import draw_plan
from sim.scenario.loader import load
from sim.study.ask.size import Size, size_of
from sim.web import outlook
from sim.web.studies import Studies, Study
from sim.web.work import Request, Wanted
from sim.words.units import DAY


@pytest.mark.parametrize("name", ["wuhan-35min", "city", "korea-2025-calls", "stop-first"])
def test_the_size_of_a_scenario_is_told_from_a_piece_of_it(name: str) -> None:
    """Within a third of what is drawn, without drawing it."""
    scenario = load(name).scenario
    told, plan = size_of(scenario), draw_plan(scenario, 1, 0)
    assert told.victims == pytest.approx(len(plan.victims), rel=0.33)
    assert told.accounts == pytest.approx(len(plan.accounts), rel=0.33)


def test_a_size_until_a_moment_counts_the_victims_before_it() -> None:
    """A tenth of the year has a tenth of them."""
    scenario = load("city").scenario
    assert size_of(scenario, scenario.horizon // 10).victims == pytest.approx(size_of(scenario).victims / 10, rel=0.05)


def test_time_grows_with_runs_arms_and_size() -> None:
    """Each alone makes it longer."""
    size = Size(100, 300)
    base = outlook.seconds_of(size, 1, 100)
    assert outlook.seconds_of(size, 2, 100) > base
    assert outlook.seconds_of(size, 1, 200) > base
    assert outlook.seconds_of(Size(1000, 3000), 1, 100) > base
    assert outlook.seconds_of(size, 1, 100, pace=3.0) > base


@pytest.mark.parametrize("name", ["wuhan-35min", "china", "county", "city"])
def test_the_time_that_is_said_grows_with_replications(name: str) -> None:
    """Also for a case of seconds: six, a hundred and a thousand replications are told apart."""
    size = size_of(load(name).scenario)
    for arms in (1, 2):
        said = [outlook.ms_of(outlook.seconds_of(size, arms, n)) for n in (6, 100, 1000)]
        assert said == sorted(set(said))


def test_what_is_said_never_shrinks_with_the_seconds() -> None:
    """The steps of an estimate fit together: more seconds are never fewer in words."""
    said = [outlook.ms_of(0.5 * n) for n in range(1, 400_000)]
    assert all(before <= after for before, after in pairwise(said))


def test_a_smaller_study_is_offered_where_it_is_long() -> None:
    """It is done in about three minutes; a short study has no such offer."""
    small, city, year = Size(8, 60), Size(35_000, 100_000), 365 * DAY
    assert outlook.smaller(small, 2, 100, DAY) is None
    fewer = outlook.smaller(small, 2, 10_000, DAY, pace=50)
    assert fewer is not None
    assert fewer.horizon is None
    assert fewer.replications < 10_000
    shorter = outlook.smaller(city, 2, 1000, year)
    assert shorter is not None
    assert shorter.horizon is None or shorter.horizon < year
    assert max(fewer.seconds, shorter.seconds) < outlook.LONG / 2


def test_what_studies_took_here_corrects_what_is_foretold(tmp_path: Path) -> None:
    """The pace of the youngest study that tells one; a damaged one tells none."""
    for name, text in (("1", '{"pace": 3.5}'), ("2", '{"pace": null}'), ("3", "5"), ("4", '{"pace": -1}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text(text)
    assert Studies(tmp_path).pace == 3.5


def test_progress_names_its_phase_and_the_time_that_is_left(tmp_path: Path) -> None:
    """As the study writes them; a damaged file is a study that has just begun."""
    study = Study("s", tmp_path, Request("t", (Wanted("a", "b"),), 5, 1, ""))
    for said in ({"phase": "runs", "done": 2, "total": 5, "left": 12.5}, {"phase": "pictures", "done": 5, "total": 5}):
        (tmp_path / "progress.json").write_text(json.dumps(said))
        assert (study.phase, study.left) == (said["phase"], said.get("left"))
    (tmp_path / "progress.json").write_text('{"phase": "runs", "done": 3, "total": 0, "at_most": true}')
    assert (study.progress, study.at_most) == ((3, 0), True)
    for damage in ("5", "null", "", "[]", '{"phase": [], "left": "x", "done": {}, "total": 1}'):
        (tmp_path / "progress.json").write_text(damage)
        assert (study.phase, study.left, study.progress, study.at_most) == ("start", None, (0, 0), False)
