"""The order of the packages, read from their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ORDER = ("scenario", "fraud", "response", "measure", "study", "report", "exercise", "web")
"""Each may import itself and those before it; `cli` and what stands in `sim` itself may import all."""
ONLY_IN = {
    "simpy": ("response/engine.py", "response/desks.py", "response/tokens.py"),
    "matplotlib": ("report/figures*.py",),
    "numba": ("response/compiled/*.py",),
    "llvmlite": ("response/compiled/*.py",),
    "nicegui": ("web/*.py",),
    "fastapi": ("web/*.py",),
    "starlette": ("web/*.py",),
}
SIM = Path(__file__).parent.parent / "sim"
FILES = sorted(SIM.rglob("*.py"))


def imports(source: str, package: tuple[str, ...] = ("sim",)) -> Iterator[tuple[str, ...]]:
    """Every module that a source imports, as its parts; relative imports are resolved from `package`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple((node.module or "").split(".")) if node.module else ()
            yield from ((*base, alias.name) for alias in node.names)


def against_order(package: str, source: str, within: tuple[str, ...]) -> list[str]:
    """Packages of ours that a source of `package` imports although they come later."""
    later = ORDER[ORDER.index(package) + 1 :]
    ours = [module[1] for module in imports(source, within) if module[0] == "sim" and len(module) > 1]
    return [name for name in ours if name in (*later, "cli")]


def strangers(file: str, source: str, within: tuple[str, ...]) -> list[str]:
    """Modules that a source imports although only other files may."""
    used = {module[0] for module in imports(source, within)}
    return [name for name, files in ONLY_IN.items() if name in used and not any(Path(file).match(f) for f in files)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SIM).as_posix())
def test_imports_follow_the_order_of_the_packages(path: Path) -> None:
    """No file imports a package that comes after its own, nor a library that other files have for themselves."""
    parts = path.relative_to(SIM).parts
    source, within = path.read_text(encoding="utf-8"), ("sim", *parts[:-1])
    assert len(parts) == 1 or parts[0] in ORDER
    if len(parts) > 1:
        assert against_order(parts[0], source, within) == []
    assert strangers("/".join(parts), source, within) == []


def test_the_texts_stand_below_all_that_say_them() -> None:
    """The catalogue of texts needs nothing of ours but units and YAML, so that every package may say something."""
    source = (SIM / "lang.py").read_text(encoding="utf-8")
    ours = {module[:3] for module in imports(source) if module[0] == "sim"}
    assert ours == {("sim", "scenario", "spelling"), ("sim", "scenario", "tree")}


@pytest.mark.parametrize(
    ("package", "source", "found"),
    [
        ("scenario", "from sim.fraud.plan import Plan", ["fraud"]),
        ("fraud", "def f():\n    import sim.response.engine", ["response"]),
        ("fraud", "from sim import response", ["response"]),
        ("fraud", "from ..measure import money", ["measure"]),
        ("measure", "from sim.cli import main", ["cli"]),
        ("fraud", "from sim.scenario.units import MS\nfrom . import draws\nfrom sim.fraud import plan", []),
        ("web", "import sim.exercise.session, sim.report", []),
    ],
)
def test_an_import_against_the_order_is_seen(package: str, source: str, found: list[str]) -> None:
    """The reader of imports finds each way to write one that goes against the order, and no other."""
    assert against_order(package, source, ("sim", package)) == found


def test_a_library_in_the_wrong_file_is_seen() -> None:
    """SimPy belongs to the engine and its desks, matplotlib to the figures."""
    assert strangers("response/run.py", "import simpy.core", ("sim", "response")) == ["simpy"]
    assert strangers("response/engine.py", "from simpy import Event", ("sim", "response")) == []
    assert strangers("report/figures_map.py", "import matplotlib", ("sim", "report")) == []
    assert strangers("report/tables.py", "from matplotlib import pyplot", ("sim", "report")) == ["matplotlib"]
