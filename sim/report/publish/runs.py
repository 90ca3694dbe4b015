"""The files of `fundfreeze run`: metrics, the scenario, groups, and on request the log of each run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Literal

from sim.engine.run import Run, simulate_one
from sim.report.findings.runs import Result, groups_csv
from sim.report.publish.files import write_bytes, write_text
from sim.report.publish.folders import METRICS
from sim.workflow.log import jsonl

LogForm = Literal["parquet", "jsonl", "none"]


def write(result: Result, folder: Path, *, log: LogForm = "none") -> list[Path]:
    """Write metrics.json, the resolved scenario.json and, on request, by-WAY.csv and log-NNNN files into a folder.

    A replication is simulated again for its log: the same seed, the same run. What an earlier run with other options
    left there goes, so that all files are of one run.

    Raises:
        OSError: a file cannot be written.
    """
    resolved = result.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    written = [
        write_text(folder / METRICS, json.dumps(result.as_dict(), ensure_ascii=False, indent=1) + "\n"),
        write_text(folder / "scenario.json", json.dumps(resolved, ensure_ascii=False, indent=1) + "\n"),
    ]
    if result.by is not None:
        written.append(write_text(folder / f"by-{result.by}.csv", groups_csv(result)))
    for replication in range(result.replications if log != "none" else 0):
        run = simulate_one(result.scenario, result.seed, replication)
        data = log_parquet(run) if log == "parquet" else "".join(jsonl(run.header, run.named_log())).encode()
        written.append(write_bytes(folder / f"log-{replication:04d}.{log}", data))
    for stale in {*folder.glob("by-*.csv"), *folder.glob("log-[0-9]*.parquet"), *folder.glob("log-[0-9]*.jsonl")}:
        if stale not in written:
            stale.unlink()
    return written


def log_parquet(run: Run) -> bytes:
    """The log of a run as a Parquet file, its header as the file's metadata."""
    import polars as pl  # costs 0.1 s and 50 MB that most commands do without

    buffer = io.BytesIO()
    frame = pl.DataFrame(
        run.named_log(),
        schema={
            "seq": pl.Int64, "time_ms": pl.Int64, "time": pl.String, "event": pl.String, "case": pl.Int64,
            "account": pl.Int32, "step": pl.String, "attempt": pl.Int16, "desk": pl.String, "person": pl.Int16,
            "value": pl.Int64,
        },
    )  # fmt: skip
    frame.write_parquet(buffer, metadata={"fundfreeze": json.dumps(run.header, ensure_ascii=False)})
    return buffer.getvalue()
