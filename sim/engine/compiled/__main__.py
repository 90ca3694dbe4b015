"""`python -m sim.engine.compiled`: compile the rules, for all commands to come."""

from __future__ import annotations

import os
from contextlib import suppress

from sim.engine.compiled.folder import folder
from sim.engine.compiled.machine import machine

if __name__ == "__main__":
    with suppress(OSError):
        os.nice(5)
    try:
        machine()
    finally:
        (folder() / "compiling").unlink(missing_ok=True)
