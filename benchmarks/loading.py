"""What machine code costs a process before it runs: `python -m benchmarks.loading` prints one line of JSON.

Where it is not kept yet it is compiled; where it is, it is loaded.
"""

from __future__ import annotations

import json
import time

import sim.engine.run  # noqa: F401 (what every command loads is not counted)
from sim.engine.compiled.machine import machine

if __name__ == "__main__":
    start = time.process_time()
    machine()
    print(json.dumps({"seconds": time.process_time() - start}))
