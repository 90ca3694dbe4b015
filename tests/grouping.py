"""Which tests go to one worker: those of one `xdist_group`, and those of a file that makes something once for all.

That is a fixture of the module, a server, a browser, or what a cached function returns: each worker would make it anew.

xdist's own `--dist loadgroup` writes the group behind the id of a test, which pytest 9.2 keeps elsewhere: each worker
made what is shared for its half of the tests.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from xdist.scheduler.loadscope import LoadScopeScheduling

OF_MODULES = ("server", "browser", "ticket", "desk", "facilitator")
"""Fixtures of `conftest.py` that are made once for a module."""


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of a group go to one worker, whatever their files; all others one by one to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(Path(self.config.rootpath), nodeid) or nodeid


def group_of(root: Path, nodeid: str) -> str:
    """The group of a test by its id; empty for none."""
    file, _, test = nodeid.partition("::")
    named = _groups(root / file)
    return named.get(test.partition("[")[0], named.get("", ""))


@cache
def _groups(file: Path) -> dict[str, str]:
    """The groups that a file of tests names: by test, and by nothing for all of it, which may be one by itself."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    found = {"": f"{file.parent.name}/{file.stem}"} if any(map(_is_shared, body)) else {}
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            found[""] = _group(node.value)
        elif isinstance(node, ast.FunctionDef):
            found[node.name] = max(map(_group, node.decorator_list), default="")
    return {name: group for name, group in found.items() if group}


def _is_shared(node: ast.stmt) -> bool:
    """Whether it makes something once for all tests of its file, or is a test that takes what is made so."""
    if not isinstance(node, ast.FunctionDef):
        return False
    marks = [ast.unparse(one) for one in node.decorator_list]
    takes = [one.arg for one in node.args.args]
    return "cache" in marks or any("scope='module'" in one for one in marks) or any(one in OF_MODULES for one in takes)


def _group(mark: ast.expr) -> str:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.xdist_group":
        return str(ast.literal_eval(mark.args[0]))
    return ""
