"""What the heads of the shipped scenarios say came out: by the command that the tool would run, and nothing else."""

from __future__ import annotations

import pytest

from sim.scenario import catalogue
from tools.what_came_out import OPENING, QUESTIONS, SCENARIOS, written


def head_of(name: str) -> str:
    """The comment at the head of a scenario file, on one line."""
    lines = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return " ".join(line.removeprefix("#").strip() for line in lines[:end])


def test_every_shipped_scenario_is_asked_once() -> None:
    """Nothing ships without a question, and nothing is asked twice."""
    assert sorted(one.name for one in QUESTIONS) == sorted(catalogue.names())


@pytest.mark.parametrize("name", catalogue.names())
def test_the_head_says_what_came_out_and_by_which_command(name: str) -> None:
    """One sentence, at the end of the head, with the command that gives its figures."""
    question = next(one for one in QUESTIONS if one.name == name)
    head = head_of(name)
    assert head.count(OPENING) == 1
    assert f"{OPENING} (`{question.command()}`;" in head


def test_what_came_out_takes_the_place_of_what_was_said_before() -> None:
    """The rest of the head and the file stay as they are."""
    text = f"# About.\n# {OPENING} (`old`): 1.\n# and more\nname: a  # {OPENING}\n"
    assert written(text, [f"# {OPENING}: 2."]) == f"# About.\n# {OPENING}: 2.\nname: a  # {OPENING}\n"
    assert written("# About.\nname: a\n", ["# new"]) == "# About.\n# new\nname: a\n"
