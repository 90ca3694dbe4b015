"""A user's own queue policy that goes wrong is said in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_command_says_it_in_one_line(fundfreeze: Command, tmp_path: Path, jobs: int) -> None:
    """`run` with a policy that raises prints one line and ends with status 2, also from other processes."""
    (tmp_path / "mine.py").write_text("def mine(view):\n    return 1 / 0\n", encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("extends: china\nname: mine\ndesks:\n  audit: {queue: 'mine.py:mine'}\n", encoding="utf-8")
    answer = fundfreeze("run", scenario, "--replications", 2, "--jobs", jobs)
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert f"policy 'mine' of {tmp_path.resolve() / 'mine.py'} at 2" in answer.err
    assert "ZeroDivisionError" in answer.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_a_policy_prints_spoils_no_result(tmp_path: Path, jobs: str) -> None:
    """What a policy prints while it is loaded and asked goes to standard error: `--json` stays one JSON object."""
    text = "print('loaded')\ndef mine(view):\n    print('asked')\n    return view.queued\n"
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(
        "extends: wuhan-35min\nname: mine\ndesks:\n  audit: {queue: 'mine.py:mine'}\n", encoding="utf-8"
    )
    answer = subprocess.run(
        [sys.executable, "-m", "sim", "run", str(scenario), "--replications", "2", "--jobs", jobs, "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(answer.stdout)["replications"] == 2
    assert "loaded" in answer.stderr
    assert "asked" in answer.stderr
