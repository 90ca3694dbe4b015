"""Machine code is kept by a digest of all that it was made of."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim
from sim.engine.compiled import folder as kept

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
