"""What the README tells people to type works."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.exercise.load import load_exercise
from sim.exercise.players import dry_run
from sim.scenario.loader import load, resolve_tree
from tests.cli.conftest import Command
from tests.cli.documented import typed

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


SERVERS = ("serve",)
"""Commands that do not end by themselves: tests/web starts them."""


def commands() -> Iterator[str]:
    """Every `fundfreeze ...` that the README gives, in backticks or as a block."""
    yield from re.findall(r"`fundfreeze ([^`]+)`", README)
    yield from re.findall(r"^ {4}fundfreeze (.+)$", README, re.MULTILINE)


def scenario_of_the_readme() -> str:
    """The YAML under "A scenario in YAML"."""
    found = re.search(r"^## A scenario in YAML\n+```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_scenario_of_the_readme_is_valid(fundfreeze: Command) -> None:
    """Saved as a file it validates, it can be run, and what it says of its source is shown."""
    Path("night.yaml").write_text(scenario_of_the_readme(), encoding="utf-8")
    answer = fundfreeze("validate", "night.yaml")
    assert answer.status == 0
    assert answer.out.startswith("night-shift: valid")
    assert fundfreeze("run", "night.yaml", "--replications", 1, "--jobs", 1).status == 0
    lines = [line for line in resolve_tree(load("night.yaml")) if line.path.startswith("desks.analyst")]
    night = [line for line in lines if line.origin and line.origin.file == "night.yaml"]
    assert len(night) == 7
    assert {(line.label, line.source) for line in night} == {("assumed", "our own roster")}


@pytest.mark.parametrize("command", [one for one in commands() if one.split()[0] not in SERVERS])
def test_a_command_of_the_readme_works(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Typed as it stands, over few replications of a day and with a real FILE and DIR, it ends with status 0."""
    Path("FILE").write_text(scenario_of_the_readme(), encoding="utf-8")
    if command.startswith("review"):
        dry_run(load_exercise("wuhan-35min"), folder=Path("DIR"))
    typed(fundfreeze, monkeypatch, command)


def test_the_readme_gives_a_command_for_everything(fundfreeze: Command) -> None:
    """The README names every command that the program lists."""
    listed = re.search(r"Commands:\n(.*)", fundfreeze().out, re.DOTALL)
    assert listed
    names = set(re.findall(r"^  ([a-z]+) ", listed[1], re.MULTILINE))
    assert {"validate", "run", "latency", "report"} <= names
    assert names - {"version"} == {command.split()[0] for command in commands()}


def test_the_readme_says_of_a_city_what_is_in_results() -> None:
    """The share that a city gets back, and the least and the most of its kinds of fraud, are those of results/city."""
    folder = ROOT / "results" / "city"
    whole = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["metrics"]["recovered_share"]
    lines = (folder / "by-scam.csv").read_text(encoding="utf-8").splitlines()
    shares = {line.split(",")[0]: float(line.split(",")[2]) for line in lines if ",recovered_share," in line}
    low, high = f"{100 * whole['low']:.1f}", f"{100 * whole['high']:.1f}"
    assert f"{whole['mean']:.1%} comes back ({low} to {high})" in README
    assert min(shares, key=shares.__getitem__) == "investment"
    assert f"from {shares['investment']:.1%} where victims invest" in README
    assert max(shares, key=shares.__getitem__) == "boss"
    assert f"to {shares['boss']:.1%} where a boss" in README


def test_the_readme_names_only_targets_that_are_there() -> None:
    """Every `make ...` of the README is a target of the Makefile."""
    named = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", README, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def test_the_readme_points_at_files_that_are_there() -> None:
    """Every link within the repository leads to a file."""
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
