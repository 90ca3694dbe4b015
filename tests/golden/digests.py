"""Digests of runs, and the file that keeps them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim.engine.run import Run
from sim.measure.metrics import measure
from sim.workflow.log import COLUMNS

FILE = Path(__file__).parent / "digests.json"

Digests = Mapping[str, str]
"""By what it is of: a few hex digits."""


def digests_of(run: Run) -> dict[str, str]:
    """Digests of a run: of its log, its settled transfers and its metrics."""
    rows = run.rows
    columns = [np.asarray(getattr(rows, name), dtype="<i8") for name in COLUMNS]
    metrics = measure(run).metrics
    told = "\n".join(f"{name} {float(value).hex()}" for name, value in sorted(metrics.items()))
    return {
        "rows": str(len(rows)),
        "log": _short(*(column.tobytes() for column in columns)),
        "times": _short(np.asarray(run.times, dtype="<i8").tobytes(), str(run.end).encode()),
        "metrics": _short(told.encode()),
    }


def _short(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.hexdigest()[:16]


def read() -> dict[str, Digests]:
    """The digests kept, by the name of the run."""
    kept: dict[str, Digests] = json.loads(FILE.read_text(encoding="utf-8"))
    return kept


def write(found: Mapping[str, Digests]) -> None:
    """Keep digests in place of those kept: a line for each run, so that a change shows which runs it moved."""
    lines = (f"{json.dumps(name)}: {json.dumps(dict(one))}" for name, one in found.items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
