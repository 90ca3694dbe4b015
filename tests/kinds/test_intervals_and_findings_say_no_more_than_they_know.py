"""Intervals stay within what can be; identified needs a real posterior; a headline names the first row."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from ruamel.yaml import YAML

from sim.report.findings import calibrations, fields, groups, sensitivities, tables, text
from sim.report.findings.runs import Result, groups_csv
from sim.scenario.loader import load
from sim.study.ask.calibrate import ENOUGH, INSIDE, Calibration
from sim.study.ask.left_out import left_out
from sim.study.ask.screening import Index, Screened
from sim.study.ask.sensitivity import Bar, Sensitivity
from sim.study.ask.staff import Change, Told, levels_of
from sim.study.infer.stats import Summary, summary
from sim.study.run.parameters import Editor, Parameter
from tests.study import one_case
from tests.study.one_case import problem

pytestmark = pytest.mark.xdist_group("one-calibration")  # one worker makes it, for all that look at it
RESULTS = Path(__file__).parents[2] / "results"
COMMITTED = sorted(file.parent.name for file in (RESULTS / "calibration").glob("*/summary.yaml"))
SHARES = ("recovered_share", "answered_share.intake", "response_efficiency")


def printed(table: object) -> str:
    out = StringIO()
    Console(file=out, width=200).print(table)
    return out.getvalue()


# -- intervals -------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.sampled_from(SHARES))
def test_an_interval_of_a_share_stays_a_share(values: list[float], name: str) -> None:
    """Whatever few runs gave, what is shown lies between 0 and 100%: by ± where that fits, else by its ends."""
    one = summary(values)
    shown = tables.with_interval(name, one.mean, one.low, one.high)
    if "(" in shown:
        low, high = (float(end) for end in shown.partition("(")[2].rstrip(")").split(" to "))
        assert 0 <= low <= high <= 100
    elif "\N{PLUS-MINUS SIGN}" in shown:
        mean, half = (float(part) for part in shown.split(" \N{PLUS-MINUS SIGN} "))
        assert mean - half >= -0.1
        assert mean + half <= 100.1
    kept = text.bounded(name, one)
    assert 0 <= kept.low <= kept.mean <= kept.high <= 1


def test_eleven_percent_plus_or_minus_89_is_said_otherwise() -> None:
    """The ends are shown where half the interval would leave the share."""
    assert tables.with_interval("recovered_share", 0.11, -0.78, 1.0) == "11 (0 to 100)"
    assert tables.with_interval("loss", 50.0, -10.0, 110.0) == "50 (0 to 110)"
    assert text.plus_minus(0.07, 0.13, least=0.0, most=1.0) == "0.07 (0.00 to 0.20)"
    assert text.plus_minus(0.5, 0.1, least=0.0, most=1.0) == "0.50 \N{PLUS-MINUS SIGN} 0.10"


def test_tables_and_files_of_a_run_keep_to_it() -> None:
    """Two runs far apart: no table of groups, no JSON and no CSV goes beyond what can be."""
    one = {"loss": summary([0.0, 1000.0]), "recovered_share": summary([0.0, 0.22]), "prevented": summary([0.0, 0.0])}
    people = dict.fromkeys(("victims_whole", "victims_part", "victims_nothing"), summary([1.0, 1.0]))
    found = Result(load("wuhan-35min").scenario, 1, 2, one, "scam", {"call": {**one, **people}})
    said = printed(groups.table("scam", found.groups))
    assert "10 (0 to 100)" in said
    for part in (found.as_dict()["metrics"], found.as_dict()["groups"]["call"]):
        assert part["recovered_share"]["low"] == 0.0
        assert part["recovered_share"]["high"] == 1.0
        assert part["loss"]["low"] == 0.0
    assert ",-" not in groups_csv(found)


def test_no_goal_is_a_share_below_nothing() -> None:
    """Two rosters, two runs each: an interval that reaches below 0 reaches no goal, and no file shows it."""
    shares = (summary([0.0, 0.2]), summary([0.3, 0.32]))
    empty = summary([1.0, 1.0])
    change = Change(empty, empty, empty)
    rungs = [
        Told((heads,), empty, empty, empty, share, None, None, change, {}) for heads, share in enumerate(shares, 1)
    ]
    assert shares[0].low < 0
    levels = levels_of(rungs)
    assert levels
    assert all(level.value > 0 and level.rung is rungs[1] for level in levels)
    assert levels_of([rungs[0], rungs[0]]) == []


# -- calibration -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calibrated() -> Calibration:
    """The one-case model, whose two unknowns three numbers tell of, with a real posterior."""
    return one_case.calibrated()


def test_identified_needs_fifty_runs_inside_all_tolerances(calibrated: Calibration) -> None:
    """With them, and every observation led to by the others, something may be identified; with 49 nothing is."""
    assert calibrated.within >= INSIDE
    assert len(calibrated.accepted.weights) >= ENOUGH
    assert not calibrated.weak
    assert any(one.identified for one in calibrated.findings)
    assert replace(calibrated, within=INSIDE - 1).weak
    said = calibrations.verdicts(replace(calibrated, within=INSIDE - 1))
    assert "fewer than 50: nothing is called identified" in said[0]


def test_identified_needs_shrinkage(calibrated: Calibration) -> None:
    """A narrow interval whose variance is still the prior's is not identified."""
    known = next(one for one in calibrated.findings if one.identified)
    assert known.shrinkage > 0.5
    assert not replace(known, shrinkage=0.49).identified
    assert not replace(known, narrowing=0.81).identified
    assert not replace(known, sure=False).identified
    assert f"{known.shrinkage:.0%}" in printed(calibrations.main_table(calibrated))


def test_each_observation_is_left_out_once(calibrated: Calibration) -> None:
    """What was observed in the model's own runs is what the others lead to, and it is said."""
    assert [one.name for one in calibrated.left_out] == [one.name for one in calibrated.problem.observed]
    assert all(one.held for one in calibrated.left_out)
    assert "Each observation, left out" in calibrations.verdicts(calibrated)[-3]
    told = calibrations.summary(calibrated)["left_out"]
    assert all(one["held"] for one in told.values())


def test_an_observation_that_the_others_contradict_identifies_nothing(calibrated: Calibration) -> None:
    """It is named with what the others lead to."""
    first, *others = calibrated.left_out
    wrong = replace(calibrated, left_out=(replace(first, value=first.high + 1), *others))
    assert wrong.weak
    said = " ".join(calibrations.verdicts(wrong))
    assert "contradict each other" in said
    assert f"{first.name}, left out, is" in said


def test_the_check_finds_a_contradiction() -> None:
    """Two numbers that are always equal, observed far apart, contradict each other; near each other they do not."""
    asked = problem()
    asked = replace(asked, observed=asked.observed[:2])
    luck = np.random.default_rng(1)
    truth = luck.uniform(size=3000)
    numbers = np.column_stack([truth, truth + luck.normal(0, 0.02, 3000)])

    def held(one: float, other: float) -> list[bool]:
        observed = np.array([one, other])
        values = (replace(o, value=v) for o, v in zip(asked.observed, observed, strict=True))
        return [o.held for o in left_out(replace(asked, observed=tuple(values)), numbers, observed)]

    assert held(0.5, 0.51) == [True, True]
    assert held(0.2, 0.8) == [False, False]


def test_one_observation_cannot_be_checked(calibrated: Calibration) -> None:
    """It is said that the check cannot be made."""
    asked = replace(calibrated.problem, observed=calibrated.problem.observed[:1])
    assert left_out(asked, calibrated.before[:, :1], np.array([0.5])) == ()
    alone = replace(calibrated, problem=asked, left_out=())
    assert "cannot be made" in calibrations.verdicts(alone)[-3]
    assert "cannot be made" in calibrations.summary(alone)["left_out"]


def test_there_are_committed_calibrations() -> None:
    """The rule below is held on something."""
    assert COMMITTED


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_calibrations_follow_the_rule(name: str) -> None:
    """Nothing is called identified in results/ on fewer than fifty draws inside all tolerances."""
    told = YAML(typ="safe").load(RESULTS / "calibration" / name / "summary.yaml")
    shown = (RESULTS / "calibration" / name / "table.txt").read_text(encoding="utf-8")
    identified = [path for path, one in told["parameters"].items() if one["identified"]]
    assert told["draws_within_all_tolerances"] >= INSIDE or not told["may_identify"]
    assert isinstance(told["left_out"], dict) or not told["may_identify"]
    assert told["may_identify"] or not identified
    assert ("nothing is called identified" in shown) == (not told["may_identify"])
    assert shown.count(" yes ") == len(identified)
    assert "left out" in shown or "leaving an observation out" in shown


# -- sensitivity -----------------------------------------------------------------------------------------


def test_the_headline_of_a_tornado_is_the_first_row_of_its_table() -> None:
    """Also where the screening ranks otherwise than the tornado's bars."""
    editor = Editor(load("china").scenario)
    paths = ("criminals.exit_by_layer.0", "criminals.exit_by_layer.1")
    one, other = (editor.parameter(path) for path in paths)

    def change(mean: float) -> Summary:
        return Summary(mean, mean - 0.01, mean + 0.01, mean, mean, mean, 10)

    found = Sensitivity(
        metric="recovered_share", arms=("china",), base=change(0.4),
        screened=(Screened(one, 0.3, 0.1, 0.1), Screened(other, 0.2, 0.1, 0.1)),
        indices=(Index(one, 0.1, 0.1, 0.02, 0.1), Index(other, 0.1, 0.1, 0.2, 0.1)),
        bars=(Bar(other, 0.5, 2, change(-0.2), change(0.1)), Bar(one, 0.5, 2, change(0.1), change(0.0))),
        rankings=(), left_out=(), evaluations=10, replications=1,
    )  # fmt: skip
    said = printed(sensitivities.main_table(found))
    assert said.index(fields.called(other.path)) < said.index(fields.called(one.path))
    assert "0.02 (0.00 to 0.12)" in said


def test_json_is_json(calibrated: Calibration) -> None:
    """The summary of a calibration can be written in any form."""
    assert json.loads(json.dumps(calibrations.summary(calibrated)))["targets"] == "one-case"


def test_a_share_is_shown_in_percent() -> None:
    """An assumption between 0 and 1 is a share: 0.055 beside a result in percent was read as another unit."""
    share = Parameter("criminals.rest.share", "number", 0.055, 0, 1)
    assert [sensitivities.shown(share, value) for value in (0.055, 1.0, 0.1234)] == ["5.5%", "100%", "12.3%"]
    assert sensitivities.shown(Parameter("victims.pace.sigma", "number", 1.46, 0, inf), 1.46) == "1.46"
