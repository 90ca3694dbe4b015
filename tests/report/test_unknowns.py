"""Pictures and tables of sensitivity and calibration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from matplotlib.text import Text
from ruamel.yaml import YAML

from sim.report.figures import render
from sim.report.figures.calibration import Before, Predicted, posterior_figure, predictive_figure
from sim.report.figures.tornado import tornado_figure
from sim.report.findings import calibrations, sensitivities
from sim.report.findings.sensitivities import Drawn, hangs_most
from sim.report.publish.calibrations import write
from sim.scenario.loader import load
from sim.study.ask.calibrate import calibrate
from sim.study.ask.screening import Index, Screened
from sim.study.ask.sensitivity import Bar, Ranking, Sensitivity, end_values
from sim.study.infer.stats import Summary
from sim.study.run.parameters import Editor
from sim.study.run.runner import Runner
from sim.words.language import Language, using
from tests.study.one_case import DWELL, problem


def test_a_tornado_names_the_longest_bar_and_its_change() -> None:
    """The title says what the result hangs on most, with its half-width and unit; every bar has its end values."""
    bars = [
        Drawn("dwell", "0.5", "2", (-0.2, -0.23, -0.17), (0.15, 0.14, 0.16)),
        Drawn("wage", "20 yuan", "80 yuan", (0, 0, 0), (0, 0, 0)),
        Drawn("share", "0.1", "0.3", (0.05, 0.04, 0.06), (0.04, 0.03, 0.05)),
    ]
    figure = tornado_figure(bars, "recovered_share", 0.6, 20)
    said = [text.get_text() for text in figure.texts]
    assert said[0] == 'Share recovered hangs most on "dwell": -20.0 \N{PLUS-MINUS SIGN} 3.0 percentage points at 0.5'
    assert "n = 20" in said[1]
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.5", "2", "0.1 / 0.3"]
    unsure = [Drawn("luck", "0.5", "2", (-0.3, -0.7, 0.1), (0.0, 0.0, 0.0)), *bars]
    assert hangs_most(unsure, "recovered_share", 0.6) == said[0]  # the longest may be luck
    assert "cannot be told from luck" in hangs_most(unsure[:1], "recovered_share", 0.6)
    with pytest.raises(ValueError, match="at least one bar"):
        tornado_figure([], "recovered_share", 0.6, 20)


def test_the_same_calibration_gives_the_same_picture() -> None:
    """Bytes do not change from one drawing to the next; no picture is empty."""
    values = np.linspace(0, 1, 200)
    one = Before("dwell", ("10m", "35m", "1h"), "20m (12m to 30m)", values**2, np.full(200, 1 / 200), True)
    seen = Predicted("recovered", values, values / 2, 0.4, 0.1)
    for draw in (lambda: posterior_figure([one], "T", "S"), lambda: predictive_figure([seen], "T", "S")):
        assert render(draw(), "svg") == render(draw(), "svg")
    with pytest.raises(ValueError, match="at least one row"):
        posterior_figure([], "T", "S")


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (
            (0.004169, -0.0001436, 0.008481),
            "Whether now or then is better is open: then - now is 0.42 (-0.01 to 0.85) percentage points",
        ),
        ((0.0042, 0.001, 0.0074), "then is better by 0.42 (0.10 to 0.74) percentage points"),
        ((-0.0042, -0.0074, -0.001), "now is better by 0.42 (0.10 to 0.74) percentage points"),
    ],
)  # fmt: skip
def test_no_arm_is_better_while_zero_is_in_the_interval(base: tuple[float, float, float], words: str) -> None:
    """The difference of two arms has its unit, and its sign is that of the better one; with zero in it, it is open."""
    mean, low, high = base
    said = sensitivities.better(Summary(mean, low, high, mean, low, high, 20), "now", "then", "recovered_share")
    assert said == f"{words}, n = 20."


PATHS: Final = {
    "desks.analyst.shifts.0.staff": ("analyst, shift 1, people on duty", "研判员，班次 1，在岗人数"),
    "routes.call.steps.statement.work.time": ("route call, statement, working time", "接警流程，接听陈述，办理时间"),
}
"""Two assumptions, and what they are called in each language."""


def of_two(paths: Iterable[str] = PATHS) -> Sensitivity:
    """A study of two arms in which either assumption may turn the result."""
    editor = Editor(load("city").scenario)
    one = Summary(0.01, 0.004, 0.016, 0.01, 0.0, 0.02, 20)
    two = Summary(-0.01, -0.016, -0.004, -0.01, -0.02, 0.0, 20)
    moved = [editor.parameter(path) for path in paths]
    low, high = ([end_values(editor, each)[end] for each in moved] for end in (0, 1))
    return Sensitivity(
        arms=("city", "with the changes"), metric="recovered_share",
        screened=tuple(Screened(each, 0.01, 0.002, 0.001) for each in moved),
        indices=tuple(Index(each, 0.2, 0.1, 0.3, 0.1) for each in moved),
        bars=tuple(Bar(each, low[n], high[n], two, one) for n, each in enumerate(moved)),
        rankings=tuple(Ranking(each, low[n], high[n], two, one, one) for n, each in enumerate(moved)),
        base=one, left_out=(), evaluations=8, replications=2,
    )  # fmt: skip


@pytest.mark.parametrize(("language", "place"), [("en", 0), ("zh", 1)])
def test_assumptions_are_called_in_words(language: Language, place: int) -> None:
    """In the table, the verdicts, what can be run and the picture, with values and arms as people say them; no path."""
    result = of_two()
    with using(language):
        table, titles = sensitivities.main_table(result, titles={"city": "Our city"}), {"city": "Our city"}
        said = [str(table.title), *map(str, table.columns[0].cells), *map(str, table.columns[1].cells)]
        said += sensitivities.verdicts(result, titles)
        said += [line.partition("--set")[0] for line in sensitivities.applications(result, load("city").scenario)]
        figure = tornado_figure(sensitivities.drawn(result), result.metric, result.base.mean, 20)
        drawn = [text.get_text().replace("\n", " ") for text in figure.findobj(Text)]
        for names in PATHS.values():
            assert any(names[place] in line for line in said)
            assert names[place] in drawn
        assert not any(re.search(r"[a-z][._][a-z]", line) for line in (*said, *drawn))
        if language == "zh":
            known = re.compile("Our city|Sobol")
            assert [line for line in (*said, *drawn) if re.search("[A-Za-z]{3}", known.sub("", line))] == []
    assert "Our city" in said[0]


def test_the_terminal_has_the_path_below_the_name() -> None:
    """Whoever has files needs it to find the value again; the first line is still the name."""
    cells = [str(cell) for cell in sensitivities.main_table(of_two(), 80, paths=True).columns[0].cells]
    for cell, (path, (name, _)) in zip(cells, PATHS.items(), strict=True):
        lines = cell.splitlines()
        assert name == " ".join(lines[: -len(sensitivities.broken(path).splitlines())])
        assert "".join(lines).endswith(path)


def test_a_long_tail_leaves_the_rest_of_an_axis_readable() -> None:
    """Of a tail a hundred times as long as the middle the axis shows the beginning, and says where it ends."""
    tail = np.concatenate([np.linspace(30, 40, 180), np.full(20, 4000.0)])
    axes = predictive_figure([Predicted("last stop, min", tail, tail, 35, 1)], "T", "S").axes[0]
    assert axes.get_xlim()[1] < 100
    assert [text.get_text() for text in axes.texts][:2] == ["\N{RIGHTWARDS ARROW} 4,000"] * 2


def test_a_calibration_is_written_whole(tmp_path: Path) -> None:
    """The summary holds each parameter and observation; sentences say what is not identified; pictures are there."""
    with Runner(seed=1) as runner:
        result = calibrate(problem(), runner, simulations=100, checks=10)
    written = write(result, tmp_path)
    assert sorted(path.name for path in written) == [
        "posterior.parquet", "posterior.png", "posterior.svg", "predictive.png", "predictive.svg",
        "simulations.parquet", "summary.yaml",
    ]  # fmt: skip
    told = YAML(typ="safe").load(tmp_path / "summary.yaml")
    assert told["draws"] == 100
    assert told["parameters"][DWELL].keys() >= {"prior_90", "median", "posterior_90", "identified"}
    assert told["observations"].keys() == {"recovered_share", "accounts_stopped", "response_latency"}
    assert calibrations.main_table(result).row_count == 2


def test_few_draws_identify_nothing(tmp_path: Path) -> None:
    """With under 100 accepted, or under 50 inside all tolerances, nothing is called identified, and it is said."""
    with Runner(seed=1) as runner:
        result = calibrate(problem(), runner, simulations=100, checks=10)
    assert len(result.accepted.weights) < 100
    assert result.weak
    assert not any(one.identified for one in result.findings)
    assert "nothing is called identified" in calibrations.verdicts(result)[0]
    one = replace(result, within=0, worth=500.0)
    assert calibrations.verdicts(one)[0].startswith("None of 100 draws lies inside all tolerances")
    some = replace(one, within=49)
    assert calibrations.verdicts(some)[0].startswith("49 of 100 draws inside all tolerances, fewer than 50")
    held = tuple(replace(found, low=found.value, high=found.value) for found in result.left_out)
    enough = replace(
        one, within=50, left_out=held, findings=tuple(replace(found, sure=True) for found in result.findings)
    )
    assert not enough.weak
    open_ = [found.path for found in enough.findings if not found.identified]
    assert all(path in " ".join(calibrations.verdicts(enough)) for path in open_)


def test_the_axis_of_a_prior_has_values_between_its_ends() -> None:
    """Evenly in the prior's own scale."""
    values = np.linspace(0, 1, 200)
    one = Before("dwell", ("\N{MULTIPLICATION SIGN}0.5", "1", "2"), "1", values, np.full(200, 1 / 200), True)
    axes = posterior_figure([one], "T", "S").axes[0]
    assert list(axes.get_xticks()) == [0, 0.5, 1]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["\N{MULTIPLICATION SIGN}0.5", "1", "2"]


def test_a_long_path_is_broken_at_its_dots() -> None:
    """Never in the middle of a word; one part that is longer stays whole."""
    assert sensitivities.broken("victims.arrivals.resident.cases.0.payments") == (
        "victims.arrivals.\nresident.cases.0.\npayments"
    )
    assert sensitivities.broken("a.name_longer_than_a_line_of_twenty", 20) == "a.\nname_longer_than_a_line_of_twenty"
