"""Settings for all tests: how Hypothesis draws, that Ctrl-C is heeded, and one thread for each process that multiplies.

`make test` draws the same examples every time, so that a failure is a change's own; `make test-long` draws new ones
(`--hypothesis-profile=free`) and prints how to draw again what failed.
"""

import ast
import os
import signal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadscope import LoadScopeScheduling

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before numpy is loaded. As many threads as cores in each of as many processes as cores wait for one another: a test
# that multiplies small matrices took five times as long.
os.environ.setdefault("FUNDFREEZE_PLANS", "2")  # of reports that commands and servers make: fifty take seconds each

settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("free", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")  # unless the command line names another

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it sends to the background so, and every command that a test starts would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of one `xdist_group` go to one worker, whatever their files.

    xdist's own `--dist loadgroup` writes the group behind the id of a test, which pytest 9.2 keeps elsewhere: each
    worker started a server, and played a room, for its half of a file.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        named = groups(Path(self.config.rootpath) / file)
        return named.get(test.partition("[")[0], named.get("", nodeid))


@cache
def groups(file: Path) -> dict[str, str]:
    """The groups that a file of tests names: by test, and by nothing for all of it."""
    found: dict[str, str] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            found[""] = _group(node.value)
        elif isinstance(node, ast.FunctionDef):
            found[node.name] = max(map(_group, node.decorator_list), default="")
    return {name: group for name, group in found.items() if group}


def _group(mark: ast.expr) -> str:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.xdist_group":
        return str(ast.literal_eval(mark.args[0]))
    return ""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """How tests are handed to the workers."""
    return ByGroup(config, log)
