"""What tests cost is counted with the processes that they start."""

from __future__ import annotations

import subprocess
import sys

from tests.cost import spent

WORK = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_the_time_of_a_process_counts_while_it_lives_and_once_it_has_ended() -> None:
    """Of one that somebody waits for, and not twice."""
    before = spent()
    with subprocess.Popen([sys.executable, "-c", WORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        living = spent() - before
        worker.communicate(b"\n")
    assert 0.28 <= living <= spent() - before < 2 * living
