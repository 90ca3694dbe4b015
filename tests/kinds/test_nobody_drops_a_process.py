"""A process that is started is waited for or let go: no handle is dropped while its process works."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

from sim.web.studies import Studies
from sim.web.work import Wanted
from tests.waiting import until

LET_GO = """
import subprocess, sys
import sim.engine.compiled.ready as ready
one = subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(20)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
)
ready.compile_beside = lambda: one
ready.is_compiled = lambda: False
ready.importlib.util.find_spec = lambda name: True
pace = ready.Pace()
pace.worked = 1000.0
assert not pace.go_over()
print(one.pid, flush=True)
"""


def test_a_compiler_that_works_on_is_let_go() -> None:
    """A command that ends before the rules are compiled says nothing of it."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", LET_GO], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0
    assert ended.stderr == ""


def test_a_server_that_ends_waits_for_the_study_that_it_kills(tmp_path: Path) -> None:
    """The worker is gone, and no handle of it is left that would warn."""

    async def begin_and_end() -> None:
        studies = Studies(tmp_path)
        studies.ask("Wuhan", [Wanted("wuhan-35min", "wuhan-35min")], 400, 1)
        service = asyncio.create_task(studies.serve())
        await until(lambda: studies._process is not None)
        service.cancel()
        with suppress(asyncio.CancelledError):
            await service

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        asyncio.run(begin_and_end())
        gc.collect()
    assert [str(one.message) for one in said if "still running" in str(one.message)] == []
