"""A user's own policy is found beside the file that names it, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load

POLICY = "def oldest(view):\n    return view.queued\n\nname = 3\n"
SCENARIO = "extends: china\nname: mine\ndesks:\n  audit: {queue: %s}\n"


def written(folder: Path, queue: str, policy: str = POLICY) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mine.py").write_text(policy, encoding="utf-8")
    path = folder / "mine.yaml"
    path.write_text(SCENARIO % queue, encoding="utf-8")
    return path


def test_a_policy_is_named_with_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is looked for beside the scenario that names it, also where another file extends that scenario."""
    base = written(tmp_path / "base", "mine.py:oldest")
    above = tmp_path / "above.yaml"
    above.write_text("extends: base/mine.yaml\nname: above\n", encoding="utf-8")
    expected = f"{tmp_path.resolve()}/base/mine.py:oldest"
    assert load(base).scenario.desks["audit"].queue == expected
    monkeypatch.chdir(tmp_path)
    assert load("above.yaml").scenario.desks["audit"].queue == expected
    by_hand = load("above.yaml", ["bank_profiles.officer.queue=base/mine.py:oldest"])
    assert by_hand.scenario.bank_profiles["officer"].queue == expected


@pytest.mark.parametrize(
    ("queue", "policy", "accepted"),
    [
        ("none.py:oldest", POLICY, "can be read"),
        ("mine.py:odlest", POLICY, "oldest"),
        ("mine.py:oldest", "def oldest(view:\n", "line 1"),
        ("mine.py:oldest", "import os\n", "one of os"),
    ],
)
def test_a_policy_that_is_not_there_is_refused(tmp_path: Path, queue: str, policy: str, accepted: str) -> None:
    """No file, no such function, or no Python: one line with the place in the scenario."""
    path = written(tmp_path, queue, policy)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    error = caught.value
    assert (error.file, error.line, error.column) == (str(path), 4, 18)
    assert (error.field, error.read) == ("desks.audit.queue", repr(queue))
    assert accepted in error.accepted
    assert "\n" not in str(error)


def test_reading_a_scenario_does_not_run_its_policy(tmp_path: Path) -> None:
    """A file that would raise when run is accepted: it is not run to validate a scenario."""
    assert load(written(tmp_path, "mine.py:oldest", POLICY + "raise SystemExit\n")).scenario


@pytest.mark.parametrize(
    ("policy", "wrong"),
    [
        ("oldest = 3\n", "1:1: 3 is no function"),
        ("def oldest(view): return 0\noldest: list = [1, 2]\n", "2:1: [1, 2] is no function"),
        ("class oldest: ...\n", "1:1: a class"),
        ("async def oldest(view): return 0\n", "1:1: an async function"),
        ("\ndef oldest(): return 0\n", "2:1: it takes ()"),
        ("def oldest(view, now): return 0\n", "1:1: it takes (view, now)"),
        ("def oldest(view, *, now): return 0\n", "1:1: it takes (view, *, now)"),
        ("def oldest(**view): return 0\n", "1:1: it takes (**view)"),
        ("oldest = lambda a, b: 0\n", "1:1: it takes (a, b)"),
    ],
)
def test_a_policy_that_cannot_be_called_with_a_view_is_refused(tmp_path: Path, policy: str, wrong: str) -> None:
    """No function, or one of another number of arguments: one line with its place in the scenario and the file."""
    path = written(tmp_path, "mine.py:oldest", policy)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    error = caught.value
    assert str(error).startswith(f"{path}:4:18: desks.audit.queue: read 'mine.py:oldest', accepted: a policy that is a")
    assert f"({tmp_path.resolve() / 'mine.py'}:{wrong})" in error.accepted
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "policy",
    [
        "def oldest(view, weight=2, *, night=True): return 0\n",
        "def oldest(view, /): return 0\n",
        "def oldest(*views): return 0\n",
        "oldest = lambda view: 0\n",
        "oldest = 3\ndef oldest(view): return 0\n",
        "from functools import partial\noldest = partial(max, 3)\n",
        "from math import floor as oldest\n",
        "def twice(f): ...\n@twice\ndef oldest(a, b): return 0\n",
        "oldest = 3\nif oldest:\n    def oldest(view): return 0\n",
    ],
)
def test_a_policy_that_may_be_called_with_a_view_is_accepted(tmp_path: Path, policy: str) -> None:
    """One positional argument, others with defaults, and whatever cannot be told without running the file."""
    assert load(written(tmp_path, "mine.py:oldest", policy)).scenario
