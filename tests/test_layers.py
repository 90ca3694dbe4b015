"""The order of the packages, circles, and sizes: read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ORDER = ("words", "scenario", "fraud", "workflow", "engine", "measure", "study", "report", "exercise", "web", "cli")
"""Each may import itself and those before it; what stands in `sim` itself may import all."""
WITHIN = {"study": ("infer", "run", "ask"), "report": ("findings", "figures", "publish")}
"""The order of the folders inside a package; what stands beside them may be imported by all of them."""
ONLY_IN = {
    "simpy": ("engine/reference.py", "engine/tokens.py"),
    "numba": ("engine/compiled/*.py",),
    "llvmlite": ("engine/compiled/*.py",),
    "matplotlib": ("report/figures/*.py",),
    "nicegui": ("web/*.py",),
    "fastapi": ("web/*.py",),
    "starlette": ("web/*.py",),
    "pm4py": (),  # its licence (AGPL) allows it in tests only
}
LINES, STATEMENT = 350, 70
"""The most lines of a file and of a function."""
LONGER = {
    "engine/reference.py": "the interpreter of the workflow, to be read from top to bottom",
    "engine/reference.py:__init__": "all that a run holds, named in one place",
    "engine/reference.py:_go": "one branch for each kind of step, in the order in which a route walks them",
    "workflow/program.py:compile_routes": "each column of the program, side by side",
    "workflow/world.py:__init__": "all that may change in a run, named in one place",
}
"""Files and functions (FILE:NAME) that are longer, each with its reason."""
SIM = Path(__file__).parent.parent / "sim"
FILES = {path.relative_to(SIM).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SIM.rglob("*.py"))}


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
    """Packages of ours that a source of `package` imports although they come later, and later folders of its own."""
    later = ORDER[ORDER.index(package) + 1 :]
    ours = [module for module in imports(source, within) if module[0] == "sim" and len(module) > 1]
    order = WITHIN.get(package, ())
    folder = within[2] if len(within) > 2 else ""
    after = order[order.index(folder) + 1 :] if folder in order else order
    return [module[1] for module in ours if module[1] in later] + [
        f"{package}.{module[2]}" for module in ours if len(module) > 2 and module[1] == package and module[2] in after
    ]


def strangers(file: str, source: str, within: tuple[str, ...]) -> list[str]:
    """Modules that a source imports although only other files may."""
    used = {module[0] for module in imports(source, within)}
    return [name for name, files in ONLY_IN.items() if name in used and not any(Path(file).match(f) for f in files)]


def circle(files: Mapping[str, str]) -> list[str]:
    """Files of a package that import each other, in a circle; none where there is no circle.

    Args:
        files: text by path below the package.
    """
    module = {("sim", *Path(name).with_suffix("").parts): name for name in files if not name.endswith("__init__.py")}

    def needs(name: str) -> Iterable[str]:
        for parts in imports(files[name], ("sim", *Path(name).parts[:-1])):
            other = module.get(parts) or module.get(parts[:-1])
            if other and other != name:
                yield other

    try:
        TopologicalSorter({name: set(needs(name)) for name in module.values()}).prepare()
    except CycleError as error:
        return list(dict.fromkeys(error.args[1]))
    return []


def too_long(name: str, source: str) -> Iterator[str]:
    """The file, and its functions, where they are longer than may be."""
    if source.count("\n") > LINES:
        yield name
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno >= STATEMENT:
                yield f"{name}:{node.name}"


@pytest.mark.parametrize("name", FILES)
def test_imports_follow_the_order_of_the_packages(name: str) -> None:
    """No file imports a package that comes after its own, nor a library that other files have for themselves."""
    parts = Path(name).parts
    source, within = FILES[name], ("sim", *parts[:-1])
    assert len(parts) == 1 or parts[0] in ORDER
    if len(parts) > 1:
        assert against_order(parts[0], source, within) == []
    assert strangers(name, source, within) == []


def test_no_files_import_each_other() -> None:
    """Each file can be read after those that it imports, wherever the imports stand in it."""
    assert circle(FILES) == []


def test_files_and_functions_are_short_or_say_why() -> None:
    """What is longer than a few screens stands in the list with its reason, and nothing else does."""
    assert sorted(one for name, source in FILES.items() for one in too_long(name, source)) == sorted(LONGER)
    assert all(LONGER.values())


@pytest.mark.parametrize(
    ("package", "source", "found"),
    [
        ("scenario", "from sim.fraud.plan import Plan", ["fraud"]),
        ("fraud", "def f():\n    import sim.engine.reference", ["engine"]),
        ("fraud", "from sim import workflow", ["workflow"]),
        ("workflow", "from sim.engine.run import Run", ["engine"]),
        ("fraud", "from ..measure import money", ["measure"]),
        ("measure", "from sim.cli.app import main", ["cli"]),
        ("fraud", "from sim.words.units import MS\nfrom . import draws\nfrom sim.fraud import plan", []),
        ("web", "import sim.exercise.session, sim.report", []),
    ],
)
def test_an_import_against_the_order_is_seen(package: str, source: str, found: list[str]) -> None:
    """The reader of imports finds each way to write one that goes against the order, and no other."""
    assert against_order(package, source, ("sim", package)) == found


def test_an_import_against_the_order_of_folders_is_seen() -> None:
    """Findings know no pictures, pictures write no files, and no run knows what is asked."""
    findings, asking = ("sim", "report", "findings"), ("sim", "study", "ask")
    assert against_order("report", "from sim.report.figures import timeline", findings) == ["report.figures"]
    assert against_order("report", "from sim.report.publish.files import write_text", findings) == ["report.publish"]
    assert against_order("study", "from sim.study.run.runner import Runner", asking) == []


def test_a_circle_is_seen() -> None:
    """Of two files or of more, also where one of them imports only for its types."""
    two = {"web/a.py": "from sim.web import b", "web/b.py": "if TYPE_CHECKING:\n    from sim.web.a import A"}
    assert sorted(circle(two)) == ["web/a.py", "web/b.py"]
    assert circle(two | {"web/b.py": "from sim.web.c import C", "web/c.py": ""}) == []


def test_what_is_too_long_is_seen() -> None:
    """A file by its lines, a function by its own."""
    assert [*too_long("a.py", "x = 1\n" * (LINES + 1))] == ["a.py"]
    assert [*too_long("a.py", "def f():\n" + "    x = 1\n" * STATEMENT)] == ["a.py:f"]
    assert [*too_long("a.py", "def f():\n" + "    x = 1\n" * (STATEMENT - 1))] == []


def test_a_library_in_the_wrong_file_is_seen() -> None:
    """SimPy belongs to the reference engine and its tokens, matplotlib to the figures."""
    assert strangers("engine/run.py", "import simpy.core", ("sim", "engine")) == ["simpy"]
    assert strangers("engine/reference.py", "from simpy import Event", ("sim", "engine")) == []
    assert strangers("report/figures/map.py", "import matplotlib", ("sim", "report", "figures")) == []
    assert strangers("report/findings/tables.py", "from matplotlib import pyplot", ("sim", "report", "findings")) == [
        "matplotlib"
    ]
