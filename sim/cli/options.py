"""What the commands share: their options, and what each does before and around its work."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.progress import shown
from sim.cli.terminal import echo
from sim.study.run.whole import Whole
from sim.words.language import duration, key, say
from sim.words.phrases import Phrase, phrase

if TYPE_CHECKING:
    from sim.scenario.loader import Loaded
    from sim.scenario.models import Scenario
    from sim.study.run.runner import Runner

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
ClusterOption = Annotated[
    str | None,
    typer.Option("--cluster", metavar="tcp://HOST:PORT", help="A Dask scheduler to work in place of --jobs."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the study that --out holds, if there is one.")]
PosteriorOption = Annotated[
    Path | None,
    typer.Option("--posterior", metavar="FILE", help="What calibrate left open: a draw of it for each replication."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.")]


class UsageError(Exception):
    """A mistake of the user that is no mistake in a scenario file."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


class StoppedError(Exception):
    """Ctrl-C where there is more to say than that it was pressed; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


def jobs_or_cores(jobs: int) -> int:
    """A number of processes, where 0 stands for one per core that this process may use."""
    if jobs:
        return jobs
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def writing(folder: Path | None, option: str = "--out") -> Iterator[None]:
    """Refuse an unwritable folder before the work, and say a failing write in one line.

    Args:
        option: that named the folder.
    """
    try:
        if folder is not None:
            from tempfile import TemporaryDirectory

            above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
            with TemporaryDirectory(dir=above, prefix=".fundfreeze-"):
                pass  # only a try tells whether it can be written
        yield
    except OSError as error:
        if folder is None:
            raise
        raise UsageError(
            phrase(
                "{option}: read {folder!r}: {why}; accepted: a folder that can be written",
                option=option, folder=str(folder), why=error.strerror or error,
            )
        ) from None  # fmt: skip


@contextmanager
def alone(folder: Path | None, option: str = "--out") -> Iterator[None]:
    """Refuse a folder that cannot be written, or into which a server or a player at a terminal writes.

    Raises:
        UsageError: as said.
    """
    from sim.cli.locks import InUseError, held

    with ExitStack() as stack:
        try:
            with writing(folder, option):
                if folder is not None:
                    stack.enter_context(held(folder))
        except InUseError:
            raise UsageError(
                phrase(
                    "{option}: read {folder!r}, which another server, or a player at a terminal, uses; accepted:"
                    " another folder, or this one once the other has ended",
                    option=option, folder=str(folder),
                )
            ) from None  # fmt: skip
        yield


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[float, int], None]]:
    """How far a piece of work is, with the time left: a bar on a terminal, else a line now and then."""
    whole = Whole(say(what))
    with shown(whole) as changed:

        def tell(done: float, total: int) -> None:
            whole.tell(done, total)
            changed()

        yield tell


@dataclass
class Forecast:
    """Says once, after the first runs, how long a study of several parts will take in all, where that is long."""

    expected: int = 0
    """Runs of the whole study; 0 where nobody has said."""
    clock: Callable[[], float] = time.monotonic
    _first: tuple[float, float] | None = None
    """When the first runs were done, and how many: before that, the workers started."""

    def expect(self, runs: int) -> None:
        """From here on so many runs are to do."""
        self.expected, self._first = runs, None

    def tell(self, done: float) -> None:
        """So many runs of the part under way are done."""
        if not self.expected:
            return
        now = self.clock()
        if self._first is None:
            self._first = now, done
        elif now - self._first[0] >= _LISTEN and done - self._first[1] >= max(_FEWEST, _PART * self.expected):
            left = (now - self._first[0]) / (done - self._first[1]) * self.expected
            if left >= _LONG:
                time_ = duration(1000 * (round(left, -1) if left < 600 else 60 * round(left / 60)))
                echo(say("about {time} for {runs:,} runs", time=time_, runs=self.expected), err=True)
            self.expected = 0


_LISTEN, _LONG = 3.0, 20.0
"""Seconds after which the pace is known, and of a study that is worth a word."""
_FEWEST, _PART = 2.0, 0.02
"""Runs after which the pace is known, and as a share of all: a study may begin with its longest, and tell of parts."""


@contextmanager
def study(
    command: str, arms: Mapping[str, Scenario], *, seed: int, jobs: int, cluster: str | None = None,
    store: Path | None = None, resume: bool = False, what: str = key("runs"), posterior: Path | None = None,
    settings: Iterable[str] = (), out: Path | None = None,
) -> Iterator[Runner]:  # fmt: skip
    """The runner of a command: its workers, its progress bar, and the store of what is done.

    Args:
        command: its name.
        arms: the scenarios that were asked for, by name.
        store: the folder that keeps every finished run; None for nothing kept.
        resume: whether the folder may hold this study already.
        posterior: the file of a calibration whose uncertainty the study carries; None for none.
        settings: PATH=VALUE, or paths, that the user or the study sets: a posterior must leave them alone.
        out: the folder of the results; None for the one of the store.

    Raises:
        StudyError: the results would be mixed with those of another scenario, the posterior cannot be read or does not
            fit, the folder holds another study, or nobody is there to work.
        UsageError: the folder cannot be written.
    """
    from sim.engine.run import digest
    from sim.report.publish import folders
    from sim.study.run.parameters import Editor
    from sim.study.run.posterior import Posterior
    from sim.study.run.runner import Runner
    from sim.study.run.store import Header, Store, holds_study

    note_doubts(*arms.values())
    drawn = Posterior.read(posterior) if posterior else None
    if drawn is not None:
        drawn.check_free(settings)
        drawn.check_alike(arms)
        for arm in arms.values():  # before any work: does it fit?
            drawn.applied(Editor(arm), seed, 0)
    results = out or store
    if results is not None and not (store and holds_study(store)):  # else the store tells
        folders.check(results, arms, seed)
    with ExitStack() as stack:
        stack.enter_context(writing(store))
        header = Header(
            command, seed, {name: digest(arm) for name, arm in arms.items()}, posterior=drawn.digest if drawn else ""
        )
        kept = stack.enter_context(Store.open(store, header, resume=resume)) if store else None
        whole, forecast = Whole(say(what)), Forecast()
        changed = stack.enter_context(shown(whole))

        def progress(done: float, total: int) -> None:
            forecast.tell(done)
            whole.tell(done, total)
            changed()

        def expect(runs: int) -> None:
            forecast.expect(runs)
            whole.expect(runs)

        def bound(runs: int) -> None:
            whole.expect(runs, at_most=True)

        def phase(name: str) -> None:
            whole.begin(say(name))
            changed()

        yield stack.enter_context(
            Runner(
                seed=seed, jobs=jobs_or_cores(jobs), cluster=cluster, store=kept, posterior=drawn, progress=progress,
                expect=expect, bound=bound, phase=phase,
            )
        )  # fmt: skip


def load(path: str, settings: Iterable[str] = ()) -> Loaded[Scenario]:
    """A scenario by its file or its name, changed by settings; the models are loaded with the first one that is read.

    Raises:
        ScenarioError: any mistake of the user, in one line.
    """
    gc.disable()  # as in `sim.__main__`: what the models bring stays
    try:
        from sim.scenario import loader

        return loader.load(path, [*settings])
    finally:
        gc.enable()


def note_doubts(*scenarios: Scenario) -> None:
    """Say on the error stream what valid scenarios can hardly mean, each line once."""
    from sim.report.findings.doubts import doubts_of

    for line in dict.fromkeys(line for scenario in scenarios for line in doubts_of(scenario)):
        echo(say("warning: {text}", text=line), err=True)
