"""Ctrl-C: one line, exit status 130, and files that are whole or absent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.__main__ import main
from tests.cli.conftest import Command, everything_in

LINE = "interrupted: nothing half-written was left\n"
AT_WORK = """
import sys
from sim.cli import app as cli
from sim.study.run import backends, worker

def told(module, name):
    one = getattr(module, name)
    def wrapper(*args, **kwargs):
        print("at work", flush=True)
        return one(*args, **kwargs)
    setattr(module, name, wrapper)

told(worker, "simulate_many")  # in this process
told(backends, "wait")    # once the others were given their work
cli.main()
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_a_long_run_at_once(tmp_path: Path, jobs: int) -> None:
    """A run of hours, interrupted at work, exits 130 with one line and leaves --out as it was, whatever the --jobs."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("of an earlier run")
    words = ["run", "wuhan-35min", "--replications", "1000000", "--jobs", str(jobs), "--out", str(out)]
    run = subprocess.Popen(
        [sys.executable, "-c", AT_WORK, *words], cwd=tmp_path, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "at work\n"
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the workers too
        _, err = run.communicate(timeout=60)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
    assert err == LINE
    assert run.returncode == 130
    assert everything_in(out) == ["notes.txt"]
    assert (out / "notes.txt").read_text() == "of an earlier run"


COMMANDS: dict[str, list[str | int]] = {
    "run": ["run", "wuhan-35min", "--replications", 2, "--jobs", 1],
    "latency": ["latency", "wuhan-35min", "--replications", 2, "--jobs", 1],
    "story": ["story", "wuhan-35min"],
    "report": ["report", "wuhan-35min", "--replications", 2, "--latency-replications", 2, "--jobs", 1],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_ctrl_c_at_work_leaves_no_file(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Interrupted while it simulates, each command exits 130 with the same line, and nothing lies in --out."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.study.run.worker.simulate_many", interrupt)
    monkeypatch.setattr("sim.report.publish.dossier.simulate_one", interrupt)
    answer = fundfreeze(*COMMANDS[command], "--out", "out")
    assert (answer.status, answer.out, answer.err) == (130, "", LINE)
    assert everything_in(Path()) == []


@pytest.mark.parametrize(("command", "files"), [("run", 4), ("story", 4)])
def test_ctrl_c_between_writes_leaves_whole_files(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str, files: int
) -> None:
    """Interrupted at its k-th file, a command leaves the k - 1 files before it, each as it would have been."""
    monkeypatch.setattr("sim.report.figures.render", lambda _, form: form.encode())  # drawn elsewhere, and slow
    words = [*COMMANDS[command], *(["--log", "jsonl"] if command == "run" else [])]
    assert fundfreeze(*words, "--out", "whole").status == 0
    whole = {name: Path("whole", name).read_bytes() for name in everything_in(Path("whole"))}
    assert len(whole) == files
    replace = os.replace
    for k in range(files):
        moved: list[str] = []

        def interrupt(source: str, target: str, moved: list[str] = moved, k: int = k) -> None:
            if len(moved) == k:
                raise KeyboardInterrupt
            moved.append(Path(target).name)
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", interrupt)
            answer = fundfreeze(*words, "--out", f"cut-{k}")
        assert (answer.status, answer.out, answer.err) == (130, "", LINE)
        left = {name: Path(f"cut-{k}", name).read_bytes() for name in everything_in(Path(f"cut-{k}"))}
        assert sorted(left) == sorted(moved)
        assert left == {name: whole[name] for name in left}
        assert len(left) == k


@pytest.mark.parametrize("step", ["any_text", "_check_words", "_main"])
def test_no_moment_of_the_start_has_a_traceback(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Whichever step of the command line is interrupted, it ends with the status, also before it looks for Ctrl-C."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f"sim.cli.app.{step}", interrupted)
    monkeypatch.setattr("sys.argv", ["fundfreeze", "version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
