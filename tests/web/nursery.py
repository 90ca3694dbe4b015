"""Servers of tests in processes of their own, forked from one that has loaded what they need (`served.py`)."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.web.served import Asked


class Forked:
    """A process that is not a child of this one, to be used as one that is."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._file = os.pidfd_open(pid)

    def ended(self, within: float = 0.0) -> bool:
        """Whether it has ended, after some seconds at most."""
        return bool(select.select([self._file], [], [], within)[0])

    def send_signal(self, number: signal.Signals) -> None:
        """As of `subprocess.Popen`."""
        signal.pidfd_send_signal(self._file, number)

    def end(self, within: float) -> None:
        """Ask it to end, and wait for that; seconds."""
        if not self.ended():
            self.send_signal(signal.SIGTERM)
            assert self.ended(within), "a server does not end"

    def __del__(self) -> None:
        os.close(self._file)


class Nursery:
    """The process from which servers are forked."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.served"], cwd=root, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def start(self, words: Sequence[str], errors: Path) -> Forked:
        """A command in a process of its own.

        Args:
            errors: the file to which it adds what it complains of.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(Asked(words=[*words], errors=str(errors))), file=self._process.stdin, flush=True)
        return Forked(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it; servers go on."""
        self._process.communicate()
