"""Machine code is kept by a digest of all that it was made of."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import IO

import pytest

import sim
from sim.engine.compiled import folder as kept
from sim.engine.compiled import machine, ready
from tests.waiting import wait_until

SIM = Path(sim.__path__[0])
COMPILED = SIM / "engine" / "compiled"
NOT_COMPILED = "engine/compiled/state.py"
"""Only names types to the rules: what it does is done for them by `pointers.py`."""


def taken_over() -> set[str]:
    """The files of `sim` from which the rules, and what compiles with them, import anything."""
    sources = [*COMPILED.glob("rules_*.py"), COMPILED / "columns.py", COMPILED / "pointers.py"]
    modules = {
        node.module
        for source in sources
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim.")
    }
    return {f"{module.removeprefix('sim.').replace('.', '/')}.py" for module in modules}


def test_every_file_that_machine_code_is_made_of_is_in_its_digest() -> None:
    """A number that a rule imports is part of the machine code: with another, the code is made anew."""
    of_rules = {f"engine/compiled/{one.name}" for one in COMPILED.glob("rules_*.py")}
    others = taken_over() - of_rules - {"engine/compiled/columns.py", "engine/compiled/pointers.py", NOT_COMPILED}
    assert sorted(others) == sorted(kept.CONSTANTS)


@pytest.mark.parametrize("changed", ["engine/compiled/rules_loop.py", "engine/compiled/build.py", *kept.CONSTANTS])
def test_another_text_is_another_folder(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of those files says something else, machine code is looked for elsewhere."""
    before, read = kept.folder.__wrapped__(), Path.read_bytes

    def with_a_change(path: Path) -> bytes:
        return read(path) + b"\n" * (path == SIM / changed)

    monkeypatch.setattr(Path, "read_bytes", with_a_change)
    assert kept.folder.__wrapped__() != before


def test_the_same_text_in_another_place_is_the_same_folder(tmp_path: Path) -> None:
    """A second checkout of the same rules finds the machine code of the first."""
    (tmp_path / "sim").symlink_to(SIM)
    code = "from sim.engine.compiled.folder import folder; print(folder())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == kept.folder()


def test_what_two_need_at_once_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second waits for the code of the first, and takes it."""
    compiled, asked, go_on = list[str](), list[int](), Event()
    lock = machine.fcntl.flock

    def built(*entries: str) -> list[bytes]:
        compiled.append("once")
        wait_until(go_on.is_set)
        return [entry.encode() for entry in entries]

    def flock(file: IO[bytes], kind: int) -> None:
        asked.append(kind)
        lock(file, kind)

    monkeypatch.setattr(machine, "folder", lambda: tmp_path)
    monkeypatch.setattr(machine.fcntl, "flock", flock)
    monkeypatch.setitem(sys.modules, "sim.engine.compiled.build", SimpleNamespace(built=built))
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(machine._made) for _ in range(2)]
        wait_until(lambda: len(asked) == 2 or len(compiled) == 2)
        go_on.set()
        assert [one.result() for one in both] == [[b"duties_at", b"reset_at", b"run_at"]] * 2
    assert compiled == ["once"]


@pytest.mark.parametrize("spoil", ["cut", "of another processor", "half removed"])
def test_code_that_is_not_whole_or_for_another_processor_is_not_loaded(
    spoil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code cut short ended a command without a word, and one of another processor was waited for."""
    monkeypatch.setattr(machine, "folder", lambda: tmp_path)
    codes = [b"draw", b"start", b"go on"]
    machine._keep(codes)
    assert machine.kept() == codes
    assert ready.is_compiled()
    if spoil == "cut":
        (tmp_path / "run_at.o").write_bytes(b"go")
    elif spoil == "half removed":
        (tmp_path / "reset_at.o").unlink()
    else:
        monkeypatch.setattr(machine, "_processor", lambda: "another")
    assert machine.kept() is None
    assert not ready.is_compiled()
