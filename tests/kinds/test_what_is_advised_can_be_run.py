"""Kind: what a study prints to be applied is accepted by `run`, and is what the study simulated."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.report.findings import calibrations, sensitivities
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.people import WEEKDAYS
from sim.study.ask.heads import lost_skills, settings_of, variables_of, with_heads
from sim.study.ask.sensitivity import Ranking
from sim.study.ask.sweep import arms_of, grid, hypercube, read_axis, read_range
from sim.study.infer.stats import Summary
from sim.study.run.assumptions import assumed
from sim.study.run.parameters import Editor, Parameter
from tests.cli.conftest import Command
from tests.examples import some
from tests.worlds import work, world

SMALL = ["--set", "horizon=6h", "--set", "follow_up=2d"]


def clock(slot: int) -> str:
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


@st.composite
def shifts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Shifts between cuts through the day, some over midnight, on some days or dates, some with breaks."""
    cuts = sorted(draw(st.sets(st.integers(0, 47), min_size=2, max_size=5)))
    spans = [*pairwise(cuts), *([(cuts[-1], cuts[0])] if draw(st.booleans()) else [])]
    made = []
    for start, end in spans:
        shift: dict[str, Any] = {"from": clock(start), "to": clock(end), "staff": draw(st.integers(1, 6))}
        if draw(st.booleans()):
            shift["days"] = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True))
        if draw(st.booleans()):
            shift["dates"] = {"from": "2025-07-01", "to": f"2025-07-{draw(st.integers(1, 31)):02d}"}
        if draw(st.booleans()):
            away = draw(st.integers(1, shift["staff"]))
            shift["breaks"] = [{"at": clock(start), "lasts": "30m", "staff": away}]
        made.append(shift)
    return made


@st.composite
def centres(draw: st.DrawFn) -> dict[str, Any]:
    """A scenario with one desk to be staffed: a roster, and any of skills, surge, absence and a team."""
    desk: dict[str, Any] = {"wage": "60 yuan"}
    if draw(st.booleans()):
        desk["shifts"] = draw(shifts())
        most = max(one["staff"] for one in desk["shifts"])
    else:
        most = desk["staff"] = draw(st.integers(1, 6))
    if draw(st.booleans()):
        names = draw(st.lists(st.sampled_from(["crypto", "law", "dialect"]), min_size=1, unique=True))
        desk["skills"] = {name: draw(st.integers(1, most)) for name in names}
    surge = draw(st.integers(0, 3))
    if surge:
        desk["surge"] = {"above": 3, "heads": surge, "after": "20m", "lasts": "2h"}
    if draw(st.booleans()):
        desk["absence"] = 0.1
    step = work("desk", "5m")
    step["work"]["team"] = {"desk": draw(st.integers(1, most + surge))}
    steps = {"ask": step, "done": {"end": "done"}}
    made = world(routes={"call": {"subject": "case", "first": "ask", "steps": steps}}, desks={"desk": desk})
    return made.model_dump(mode="json", by_alias=True, exclude_none=True)


@settings(max_examples=some(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=centres(), choice=st.data())
def test_every_roster_of_the_search_is_accepted_with_the_settings_told(
    data: dict[str, Any], choice: st.DataObject, tmp_path: Path
) -> None:
    """For random desks and rosters the settings give `run` the very desks that were simulated."""
    file = tmp_path / "centre.yaml"
    with file.open("w", encoding="utf-8") as out:
        YAML(typ="safe", pure=True).dump(data, out)
    before = load(file).scenario
    variables = variables_of(before, ["desk"])
    heads = tuple(choice.draw(st.integers(one.least, 9), label=one.label) for one in variables)
    told = settings_of(before, variables, heads)
    simulated, loaded = with_heads(before, variables, heads), load(file, told).scenario
    assert loaded.model_dump() == simulated.model_dump()
    assert (not told) == (heads == tuple(one.now(before) for one in variables))


@given(data=centres(), choice=st.data())
@settings(max_examples=some(40))
def test_no_skill_is_lost_in_silence(data: dict[str, Any], choice: st.DataObject) -> None:
    """Whatever differs between the desks besides heads is told as a lost skill."""
    before = Scenario.model_validate(data)
    desk = before.desks["desk"]
    assume(desk.skills)
    variables = variables_of(before, ["desk"])
    heads = tuple(choice.draw(st.integers(one.least, 6)) for one in variables)
    after = with_heads(before, variables, heads).desks["desk"].skills
    lost = {skill: (now, left) for _, skill, now, left in lost_skills(before, variables, heads)}
    assert desk.skills
    assert after == {name: lost[name][1] if name in lost else heads for name, heads in desk.skills.items()}


@pytest.mark.parametrize("more", [["--desks", "analyst"], ["--desks", "analyst,car", "--set", "desks.car.staff=6"]])
def test_run_takes_the_line_that_staff_prints(fundfreeze: Command, more: list[str]) -> None:
    """The line printed is a command of one line, and its run has the roster of the study."""
    study = fundfreeze("staff", "city", *SMALL, *more, "--maximise", "net", "--most-runs", 100, "--replications", 2,
                       "--jobs", 1, "--out", "DIR")  # fmt: skip
    assert study.status == 0, study.err
    [line] = [one for one in study.out.splitlines() if one.startswith("To run it: fundfreeze run ")]
    words = shlex.split(line.removeprefix("To run it: fundfreeze "))
    run = fundfreeze(*words, "--replications", 1, "--out", "RUN")
    assert (run.status, run.err) == (0, "")
    roster = Path("DIR/roster.csv").read_text(encoding="utf-8").splitlines()[1:]
    told = [int(one.split(",")[3]) for one in roster]
    desks = json.loads(Path("RUN/scenario.json").read_text(encoding="utf-8"))["desks"]
    names = dict.fromkeys(one.split(",")[0] for one in roster)
    rosters = [desks[name].get("shifts") or [desks[name]] for name in names]
    ran = [one["staff"] for roster in rosters for one in roster]
    assert ran == told


def test_a_point_of_a_sweep_is_what_its_settings_say() -> None:
    """What a sweep prints of a point, given with --set, is the scenario that it ran."""
    axes = [read_axis("desks.car.staff=2,5"), read_axis("law.stop=24h,48h")]
    ranges = [read_range("desks.analyst.absence=0.01:0.2"), read_range("desks.analyst.wage=40 yuan:80 yuan")]
    for points in (grid(axes), hypercube(ranges, 4, 1)):
        for point, arm in zip(points, arms_of("city", (), points), strict=True):
            said = [f"{path}={value}" for path, value in point.settings.items()]
            assert load("city", said).scenario == arm.scenario


def test_the_settings_of_an_assumption_make_the_scenario_that_was_simulated() -> None:
    """A number, a share among others, a distribution as a whole: with the lines told, `run` has the same scenario."""
    loaded = load("wuhan-35min")
    editor = Editor(loaded.scenario)
    kinds: dict[tuple[str, bool], Parameter] = {}
    for one in assumed(loaded)[0]:
        kinds.setdefault((one.kind, bool(one.group)), one)
    assert {kind for kind, _ in kinds} >= {"time", "number", "factor"}
    end = Summary(mean=-5.0, low=-6.0, high=-4.0, median=-5.0, p05=-6.0, p95=-4.0, n=9)
    for one in kinds.values():
        values = editor.scaled({one: 0.5})
        ranking = Ranking(one, values[one], values[one], end, end, replace(end, mean=5.0, low=4.0, high=6.0))
        told: Any = SimpleNamespace(rankings=[ranking])
        for line in sensitivities.applications(told, loaded.scenario):
            said = [word for word in shlex.split(line.rpartition(": ")[2]) if word != "--set"]
            assert load("wuhan-35min", said).scenario == editor.changed(values), one.path


def test_a_calibration_tells_how_its_posterior_is_carried() -> None:
    """By the command for a shipped scenario, by the option for one's own."""
    shipped = load("wuhan-35min").scenario
    own = shipped.model_copy(update={"name": "mine"})
    for scenario, said in ((shipped, "fundfreeze run wuhan-35min --posterior"), (own, "any run with --posterior")):
        told: Any = SimpleNamespace(problem=SimpleNamespace(editors=(Editor(scenario),)))
        [line] = calibrations.applications(told, Path("C/posterior.parquet"))
        assert f"{said} C/posterior.parquet" in line
