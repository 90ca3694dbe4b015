"""What all commands share: their options, a user's mistakes, the folder for results, and the progress bar."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

ScenarioArg = Annotated[str, typer.Argument(metavar="SCENARIO", help="A YAML file, or the name of a shipped scenario.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value, such as desks.analyst.staff=8."),
]
Replications = Annotated[int, typer.Option("--replications", min=1, max=1_000_000, help="Runs with different luck.")]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**63 - 1, help="Names the luck: the same seed, the same result.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=0, max=512, help="Processes; 0 takes one per core.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.")]


class UsageError(Exception):
    """A mistake of the user that is no mistake in a scenario file."""


def jobs_of(jobs: int) -> int:
    """Processes to use for `--jobs`."""
    return jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1


@contextmanager
def writing(folder: Path | None) -> Iterator[None]:
    """Refuse an unwritable folder before the work, and say a failing write in one line."""
    try:
        if folder is not None:
            above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
            with TemporaryDirectory(dir=above, prefix=".fundfreeze-"):
                pass  # only a try tells whether it can be written
        yield
    except OSError as error:
        if folder is None:
            raise
        raise UsageError(
            f"--out: read {str(folder)!r}: {error.strerror or error}; accepted: a folder that can be written"
        ) from None


@contextmanager
def with_a_response() -> Iterator[None]:
    """A scenario in which there is no response to speed up or slow down is the user's to change."""
    from sim.study.latency import NoResponseError

    try:
        yield
    except NoResponseError as error:
        raise UsageError(str(error)) from None


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float, int], None] | None]:
    """A progress bar with the time left, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("time left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
