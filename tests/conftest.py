"""Settings for all tests: how Hypothesis draws, that Ctrl-C is heeded, one thread for each process that multiplies,
that what is compiled is kept, and which tests go to one worker.

`make test` draws the same examples every time, so that a failure is a change's own; `make test-long` draws more and new
ones (`--hypothesis-profile=free`) and prints how to draw again what failed.
"""

import gc
import os
import signal
import sys
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import FREE, some
from tests.grouping import ByGroup

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before numpy is loaded. As many threads as cores in each of as many processes as cores wait for one another: a test
# that multiplies small matrices took five times as long.
os.environ.setdefault("FUNDFREEZE_PLANS", "2")  # of reports that commands and servers make: fifty take seconds each

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Where a shell forbids compiled files, each of the hundreds of processes that tests start would compile all of ours.

IN_FULL = 100
settings.register_profile(
    "same", max_examples=some(IN_FULL), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    FREE, max_examples=IN_FULL, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")  # unless the command line names another

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it sends to the background so, and every command that a test starts would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Garbage is looked for among what tests make: all that modules bring stays, and that costs a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    """Tests that share something go to one worker."""
    return ByGroup(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: whoever tests a page waits for a browser or a server now and then."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
