"""Commands that documents tell people to type, over few runs of a short time where others test the whole."""

from __future__ import annotations

import io
import re
import shlex
import sys
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import pytest

from sim.exercise.merit import merit_of
from sim.exercise.paper_trial import bounds_of
from tests.cli.conftest import Command
from tests.study.one_case import diagnosed

ROOT = Path(__file__).parent.parent.parent
DAY: tuple[str | int, ...] = ("--replications", 2, "--jobs", 1, "--set", "horizon=1d")
FEW: dict[str, tuple[str | int, ...]] = {
    **dict.fromkeys(("run", "compare", "sweep", "whatifs", "latency --stages"), DAY),
    "calibrate": ("--simulations", 100, "--jobs", 1),
    "prove": ("united-kingdom", "--quick", 0.2, "--jobs", 1),
    "export": ("--set", "horizon=1h"),
    "diagnose": ("--replications", 10, "--jobs", 1),
    "sensitivity": ("--set", "horizon=1d", "--trajectories", 2, "--samples", 8, "--replications", 1, "--jobs", 1),
}
"""By command: what makes it short."""


def typed(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str, *, begun: bool = False) -> None:
    """Type a command as it stands; it ends with status 0 and complains of nothing.

    Args:
        begun: whether a study ends where it would begin, with the word ``begun``.
    """
    if command.startswith("staff"):  # tested elsewhere, and slow
        command = re.sub(r"horizon=\w+", "horizon=6h", command)
        command += " --set follow_up=1d --most-runs 100 --replications 2 --jobs 1"
    if command.startswith(("report", "latency")):  # run elsewhere, and slow: here only the words matter

        def written(*_: Any, **__: Any) -> list[Path]:
            return []

        monkeypatch.setattr("sim.report.publish.dossier.write", written)
        monkeypatch.setattr("sim.report.publish.curve.write", written)
    if command.startswith("prove"):  # queues and other programs are looked at elsewhere
        for part in ("verify", "cross_checks"):
            monkeypatch.setattr(f"sim.study.ask.prove.{part}", list[Any])
    if command.startswith("diagnose"):  # of the smallest case: whole centres are diagnosed elsewhere
        monkeypatch.setattr("sim.study.ask.diagnose.diagnose", lambda *_: diagnosed())
    if command.startswith("brief"):  # likewise
        monkeypatch.setattr("sim.study.ask.brief.brief", lambda *_: None)
        monkeypatch.setattr("sim.report.findings.brief.answer", lambda _: ("an answer",))
        monkeypatch.setattr("sim.report.publish.brief.write", lambda *_: ([], ""))
    if command.startswith("exercises"):  # a check of all plays for half an hour; tests/cli/test_exercise.py has it
        command = re.sub(r"--seeds \d+", "--seeds 1", command)
        monkeypatch.setattr("sim.cli.merits.check", lambda *_: print("held"))
    monkeypatch.setattr("sim.exercise.merit.AT_ONCE", 1)  # of plays, of which others try as many as are needed
    monkeypatch.setattr("sim.exercise.seeds.merit_of", partial(merit_of, tries=1))
    monkeypatch.setattr("sim.exercise.paper_page.bounds_of", lambda *of: bounds_of(*of[:3], tries=0))
    if command.startswith("fit"):  # the files of a made-up centre stand for the user's
        for kind in ("reports", "work", "answers", "transfers"):
            command = command.replace(f"--{kind} FILE", f"--{kind} {ROOT / 'docs' / 'own-centre' / kind}.csv")
    if command.startswith("play") and "--auto" not in command:
        monkeypatch.setattr(sys, "stdin", io.StringIO("quit\n"))
    monkeypatch.setattr("sim.cli.options._LONG", inf)  # on a busy machine a study would say how long it will take
    words = shlex.split(command)
    few = FEW.get("latency --stages" if "--stages" in words else words[0], ())
    answer = fundfreeze(*words, *few)
    if begun and answer.err == "begun\n":
        return
    assert (answer.status, answer.err) == (0, ""), command
    assert answer.out or words[0] == "latency"
