"""Whether machine code is at hand: who has little to do must never wait for a compiler.

Small work begins on the reference engine. Once a process has, or sees, enough work to gain by it, it loads the machine
code that an earlier command has left; where there is none, another process compiles it beside, and the work goes over
to it when it is done. Every run is the same on either engine, so nobody sees when that was.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from sim.engine.compiled.folder import folder
from sim.engine.compiled.machine import kept, machine

UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
"""Whether rules are to be run as plain Python, as Numba's users ask for it."""
WORTH_LOADING = 0.2
"""Seconds of work on the reference engine, done or to come, for which loading the machine code pays."""
AN_ACCOUNT = 0.0001
"""Seconds that an account of a plan takes on the reference engine, at least, with all that is done for it."""
WORTH_COMPILING = 6.0
"""Seconds of such work after which the rules are compiled beside."""
_STALE = 900
"""Seconds after which a compiler that has not come to an end is taken for dead."""


class Pace:
    """How long this process has worked on the reference engine, and whether it has gone over."""

    def __init__(self) -> None:
        self.worked = 0.0
        self.runs = 0
        """Done on the reference engine."""
        self.ahead = 0
        """Runs that are still to come, as far as is known."""
        self._over = False
        self._asked = False
        self._compiler: subprocess.Popen[bytes] | None = None

    def one_done(self, seconds: float) -> None:
        """A run on the reference engine has taken so long."""
        self.worked += seconds
        self.runs += 1
        self.ahead = max(0, self.ahead - 1)

    def go_over(self, accounts: int = 0) -> bool:
        """Whether to run on machine code from now on.

        Args:
            accounts: of the plans that are to be run next.
        """
        if self._over:
            return True
        to_come = max(self.worked / self.runs * self.ahead if self.runs else 0.0, accounts * AN_ACCOUNT)
        if UNCOMPILED or self.worked + to_come < WORTH_LOADING or importlib.util.find_spec("numba") is None:
            return False
        if is_compiled():
            self._over = True
        elif self.worked >= WORTH_COMPILING and not self._asked:
            self._asked = True
            self._compiler = compile_beside()
            if self._compiler is not None:
                atexit.register(let_go, self._compiler)
        return self._over

    def load(self) -> bool:
        """Go over now, before there is any work, if there is machine code; else have it compiled beside.

        Returns:
            Whether runs are made by machine code from now on.
        """
        if not self._over and not UNCOMPILED and importlib.util.find_spec("numba") is not None:
            self._over = is_compiled()
            if self._over:
                machine()
            elif not self._asked:
                self._asked = True
                self._compiler = compile_beside()
                if self._compiler is not None:
                    atexit.register(let_go, self._compiler)
        return self._over


pace = Pace()
"""Of this process."""


def is_compiled() -> bool:
    """Whether the machine code of this version of the rules has been made for this processor, and is whole."""
    return kept() is not None


def compiling() -> float | None:
    """Seconds for which some process of this machine has been compiling the rules; None where none is at it."""
    if is_compiled():
        return None
    with suppress(OSError):
        since = time.time() - (folder() / "compiling").stat().st_mtime
        return max(0.0, since) if since <= _STALE else None
    return None


def compile_beside() -> subprocess.Popen[bytes] | None:
    """Compile the rules in another process, unless one is at it; it goes on when this one ends.

    Returns:
        The process; None where none was started.
    """
    lock = folder() / "compiling"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        if lock.exists() and time.time() - lock.stat().st_mtime > _STALE:
            lock.unlink()
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
    except OSError:
        return None  # somebody is at it, or nothing can be kept here
    root = str(Path(__file__).parents[3])
    with suppress(OSError):
        return subprocess.Popen(
            [sys.executable, "-m", "sim.engine.compiled"], cwd=root, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    return None


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Let a process work on when this one ends: a handle that is dropped before warns of it."""
    if process.poll() is None:
        process.returncode = 0
