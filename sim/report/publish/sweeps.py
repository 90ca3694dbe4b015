"""The file of `fundfreeze sweep`: every metric of every run in long form."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.publish.files import write_bytes
from sim.study.ask.sweep import Point
from sim.study.run.worker import Metrics

if TYPE_CHECKING:
    pass
from sim.report.findings.sweeps import frame

FILE = "sweep.parquet"


def write(points: Sequence[Point], results: Sequence[Sequence[Metrics]], folder: Path) -> Path:
    """Write `frame` to sweep.parquet in a folder, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    buffer = io.BytesIO()
    frame(points, results).write_parquet(buffer)
    return write_bytes(folder / FILE, buffer.getvalue())
