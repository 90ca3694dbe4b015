"""A study as the servers of tests run it: forked from the process from which they have their workers, too.

It takes its turn with everything else. A study that runs only when nothing else does never ends beside the workers of
the tests, which leave no core alone.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from sim.web import studies, work


class Begun:
    """In place of the `subprocess.Popen` of `python -m sim.web.work FOLDER`, which would have to load everything."""

    def __init__(self, words: Sequence[str], *, stderr: IO[bytes], **_: object) -> None:
        assert list(words[1:3]) == ["-m", studies.WORKER]
        context = multiprocessing.get_context("forkserver")
        ready, far = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(Path(words[3]), str(stderr.name), far))
        self._process.start()
        far.close()
        ready.recv()  # from now on it can be killed with all that it starts
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status; below 0 the signal that killed it, None while it works."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """As of `subprocess.Popen`."""
        return self.returncode

    def wait(self) -> None:
        """As of `subprocess.Popen`."""
        self._process.join()


def _work(folder: Path, errors: str, ready: Connection) -> None:
    """The life of a study that was started alone: a session, streams and workers of its own."""
    from tests.web.served import workers_at_hand

    os.setsid()
    ready.send(True)
    said = os.open(errors, os.O_WRONLY | os.O_APPEND)
    os.dup2(said, 2)
    workers_at_hand()
    work.step_back = lambda: None
    sys.exit(work.main(folder))
