"""The runner of a study: which runs there are to do, in which portions, and their metrics in order.

A study only maps the single run. Its result does not depend on where, in which order or in which portions the runs are
done, nor on how many of them an earlier, interrupted study has left in the store.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby, islice
from typing import NamedTuple, Self

from sim.engine.compiled.ready import pace
from sim.engine.run import digest
from sim.measure.ways import By
from sim.scenario.models import Scenario
from sim.study.run.backends import Backend, InProcess, Pool, R, T, Work
from sim.study.run.cluster import Cluster
from sim.study.run.metric_names import chosen, matches
from sim.study.run.parameters import Editor
from sim.study.run.posterior import Posterior
from sim.study.run.store import Keeper
from sim.study.run.worker import Finished, Metrics, fraud_of, run_chunk

Progress = Callable[[float, int], None]
"""Called with (runs done, runs in all); a long run in this process is also told of in parts."""

PORTION = 0.5
"""Seconds of work that are given to a worker at once, where a run takes less: starting a portion costs some 20 ms."""
SMALL, TOGETHER, LONGEST = 0.05, 32, 8.0
"""Runs of fewer seconds than `SMALL` are given out at least `TOGETHER` of an arm at once, in portions of at most
`LONGEST` seconds: most of what one costs alone is the same for many."""
_PIECES_PER_WORKER = 4


@dataclass(frozen=True)
class Arm:
    """A scenario with the name that it has in a study."""

    name: str
    scenario: Scenario


class Chunk(NamedTuple):
    """A portion of the work: some replications under some arms."""

    arms: tuple[int, ...]
    """Places among the arms of the study."""
    replications: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    ahead: int = 0
    """Runs that are still to come to each worker, this portion's among them."""


class Row(NamedTuple):
    """Arms that are run on the same luck."""

    arms: Sequence[Arm]
    replications: Sequence[int]
    """Whose luck they meet, one after the other."""


@dataclass(frozen=True)
class Runner:
    """Runs arms, here, on a pool or on a cluster, and remembers what is done where there is a store.

    Workers are kept from one `run` to the next until `close`, or the end of a `with`.
    """

    seed: int = 1
    jobs: int = 1
    """Processes; 1 runs in this one."""
    cluster: str | None = None
    """Address of a Dask scheduler, `tcp://...`, in place of the jobs."""
    backend: Backend | None = None
    """In place of both: workers that others use, too, and that are not sent home."""
    store: Keeper | None = None
    posterior: Posterior | None = None
    """What a calibration left open: each replication of `run` takes one draw of it, the same for all arms."""
    progress: Progress | None = None
    expect: Callable[[int], None] | None = None
    """Told by a study of several parts how many runs it has in all, once it knows."""
    bound: Callable[[int], None] | None = None
    """Told by a search how many runs there are at most, before it knows."""
    phase: Callable[[str], None] | None = None
    """Told by a study of several parts what it does next."""

    @property
    def workers(self) -> int:
        """Runs that are made at a time."""
        return self._backend.workers

    def begin(self, phase: str, runs: int = 0, *, at_most: int = 0) -> None:
        """A phase of a study begins.

        Args:
            phase: its name, to be said.
            runs: of this phase and all that come after it; 0 where that is known already, or not at all.
            at_most: in place of `runs` where only a bound of them is known.
        """
        if at_most and self.bound:
            self.bound(at_most)
        if runs and self.expect:
            self.expect(runs)
        if self.phase:
            self.phase(phase)

    def before(self, runs: int) -> Runner:
        """The same with the same workers, for a part of a study after which at most so many runs follow."""
        if (bound := self.bound) is None:
            return self

        def told(part: int) -> None:
            bound(part + runs)

        return replace(self, backend=self._backend, expect=told, bound=told)

    def run(
        self, arms: Sequence[Arm], replications: int | Sequence[int], *, by: By | None = None
    ) -> list[list[Metrics]]:
        """The metrics of each replication under each arm, with common random numbers.

        Args:
            arms: what to run on the same luck. Neighbours with the same fraud share one plan a replication.
            replications: how many, numbered from 0; or their numbers.
            by: how to split each run into groups; None for not at all.

        Returns:
            [replication][arm] -> metrics by name, in the order of the arguments.

        Raises:
            StudyError: nobody is there to work, or a run ends its worker again and again.
            PolicyError: a scenario's policy went wrong.
        """
        numbers = range(replications) if isinstance(replications, int) else replications
        if self.posterior is not None:
            return self.carry(self.posterior, arms, numbers, by=by)
        digests = [digest(arm.scenario) for arm in arms] if self.store else []
        found = self.store.read(digests, numbers, by) if self.store else {}
        known = {(r, a): found[one, r] for a, one in enumerate(digests) for r in numbers if (one, r) in found}
        total = len(numbers) * len(arms)
        if known:
            self._tell(len(known), total)
        here = isinstance(self._backend, InProcess)
        pace = _Pace(self._backend.workers, self._backend.patience, whole=here)
        chunks = _chunks([arm.scenario for arm in arms], numbers, known, pace)
        for chunk, (replication, place, metrics) in self._backend.map(
            self._work(by, known, total), self._told(chunks, total - len(known))
        ):
            pace.one_done()
            arm = chunk.arms[place]
            if self.store:
                self.store.write(digests[arm], replication, by, metrics)
            known[replication, arm] = metrics
            self._tell(len(known), total)
        return [[known[r, a] for a in range(len(arms))] for r in numbers]

    def carry(
        self, posterior: Posterior, arms: Sequence[Arm], replications: Sequence[int], *, by: By | None = None
    ) -> list[list[Metrics]]:
        """As `run`, each replication with one draw of a posterior, the same for all arms."""
        rows = self.run_rows(self._drawn(arms, replications, posterior), len(replications) * len(arms), by=by)
        return [row[0] for row in rows]

    def run_rows(
        self, rows: Iterable[Row], total: int, *, by: By | None = None, only: Collection[str] = ()
    ) -> list[list[list[Metrics]]]:
        """The metrics of rows that have each its own arms and its own luck.

        Args:
            rows: made one by one while the work goes on: thousands of scenarios need not be there at once.
            total: runs in all rows.
            by: as in `run`.
            only: metrics that are kept, as `sim.study.ask.reading` names them; nothing: all.

        Returns:
            [row][replication][arm] -> metrics by name.

        Raises:
            StudyError, PolicyError: as `run`.
        """
        known: dict[tuple[int, int], Metrics] = {}
        digests: dict[int, str] = {}
        asked: list[tuple[range, Sequence[int]]] = []

        def missing() -> Iterator[Chunk]:
            for arms, replications in rows:
                first = asked[-1][0].stop if asked else 0
                numbers = range(first, first + len(arms))
                asked.append((numbers, replications))
                if self.store:
                    own = {number: digest(arm.scenario) for number, arm in zip(numbers, arms, strict=True)}
                    digests.update(own)
                    if found := self._stored(own, replications, by, only):
                        known.update(found)
                        self._tell(len(known), total)
                left = [(r, tuple(number for number in numbers if (number, r) not in known)) for r in replications]
                for places, group in groupby(left, key=lambda one: one[1]):
                    if places:
                        scenarios = tuple(arms[number - first].scenario for number in places)
                        yield Chunk(places, tuple(r for r, _ in group), scenarios)

        for chunk, (replication, place, metrics) in self._backend.map(
            self._work(by, known, total), self._told(missing(), total)
        ):
            number, kept = chunk.arms[place], chosen(metrics, only)
            if self.store:
                self.store.write(digests[number], replication, by, kept)
            known[number, replication] = kept
            self._tell(len(known), total)
        return [[[known[number, r] for number in numbers] for r in replications] for numbers, replications in asked]

    def apply(self, work: Work[T, R], tasks: Sequence[T]) -> list[R]:
        """What one piece of work gives for each of some tasks, in their order.

        Args:
            work: picklable; yields one item.
            tasks: each another.

        Raises:
            StudyError, PolicyError: as `run`.
        """
        numbered = list(enumerate(tasks))
        found = {number: item for (number, _), item in self._backend.map(partial(_second, work), numbered)}
        return [found[number] for number, _ in numbered]

    def _stored(
        self, digests: Mapping[int, str], replications: Sequence[int], by: By | None, only: Collection[str]
    ) -> dict[tuple[int, int], Metrics]:
        """By (number of the arm, replication): what an interrupted study has left, if all that is asked is there."""
        assert self.store is not None
        found = self.store.read(digests.values(), replications, by)
        told = {
            (number, r): chosen(found[one, r], only)
            for number, one in digests.items()
            for r in replications
            if (one, r) in found
        }
        return {key: kept for key, kept in told.items() if all(any(matches(n, one) for n in kept) for one in only)}

    def _drawn(self, arms: Sequence[Arm], replications: Iterable[int], posterior: Posterior) -> Iterator[Row]:
        """For each replication the arms with one draw of the posterior, the same for all."""
        editors = [Editor(arm.scenario) for arm in arms]
        for replication in replications:
            drawn = (posterior.applied(editor, self.seed, replication) for editor in editors)
            yield Row([Arm(arm.name, one) for arm, one in zip(arms, drawn, strict=True)], [replication])

    def close(self) -> None:
        """Send the workers home, if any ever came and they are its own."""
        if self.backend is None and "_backend" in self.__dict__:
            self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _backend(self) -> Backend:
        if self.backend is not None:
            return self.backend
        if self.cluster is not None:
            return Cluster(self.cluster)
        return InProcess() if self.jobs == 1 else Pool(self.jobs)

    def _work(self, by: By | None, done: Sized, total: int) -> Callable[[Chunk], Iterator[Finished]]:
        """What a worker does with a chunk; a long run in this process tells how far it is."""
        if not isinstance(self._backend, InProcess):
            return partial(_run, self.seed, by)
        return partial(_run, self.seed, by, part=lambda share: self._tell(len(done) + share, total))

    def _told(self, chunks: Iterable[Chunk], runs: int) -> Iterator[Chunk]:
        """Portions that know how many runs are still to come."""
        for chunk in chunks:
            yield chunk._replace(ahead=-(-runs // self._backend.workers))
            runs -= len(chunk.arms) * len(chunk.replications)

    def _tell(self, done: float, total: int) -> None:
        if self.progress:
            self.progress(done, total)


def _second(work: Work[T, R], task: tuple[int, T]) -> Iterable[R]:
    """What is done with a task that has a number."""
    return work(task[1])


def _run(seed: int, by: By | None, chunk: Chunk, part: Callable[[float], None] | None = None) -> Iterator[Finished]:
    pace.ahead = chunk.ahead
    return run_chunk(chunk.scenarios, seed, chunk.replications, by, part)


class _Pace:
    """How fast runs come in, for portions of about `PORTION` seconds."""

    def __init__(self, workers: int, patience: float | None = None, *, whole: bool = False) -> None:
        """
        Args:
            patience: of the backend.
            whole: all runs are one portion: this process does them, and tells of each as it is done.
        """
        self.workers, self.patience, self.whole, self.runs, self.first = workers, patience, whole, 0, 0.0

    def one_done(self) -> None:
        self.runs += 1
        if self.runs == 1:
            self.first = time.monotonic()  # the workers have started

    def replications(self, arms: int) -> int:
        """How many replications of a number of arms make a portion."""
        if self.whole:
            return sys.maxsize
        if self.runs < 2:
            return 1
        run = (time.monotonic() - self.first) * self.workers / (self.runs - 1)
        if self.patience is not None:
            return max(1, int(self.patience / (run * arms + 1e-6)))
        together = min(TOGETHER, int(LONGEST / (run * arms + 1e-6))) if run < SMALL else 1
        return max(1, together, int(PORTION / (run * arms + 1e-6)))


def _chunks(
    scenarios: Sequence[Scenario], replications: Sequence[int], known: Container[tuple[int, int]], pace: _Pace
) -> Iterator[Chunk]:
    """The runs not known yet, in portions; the arms of a portion have the same fraud."""
    most = len(replications) if pace.workers == 1 else -(-len(replications) // (_PIECES_PER_WORKER * pace.workers))
    alone = pace.patience is not None
    pieces = [[a] for a in range(len(scenarios))] if alone else _pieces(scenarios, len(replications), pace.workers)
    for piece in pieces:
        missing = ((r, tuple(a for a in piece if (r, a) not in known)) for r in replications)
        for arms, group in groupby(missing, key=lambda one: one[1]):
            while arms and (portion := tuple(r for r, _ in islice(group, min(most, pace.replications(len(arms)))))):
                yield Chunk(arms, portion, tuple(scenarios[a] for a in arms))


def _pieces(scenarios: Sequence[Scenario], replications: int, workers: int) -> Iterator[Sequence[int]]:
    """The places of arms that share a plan; cut where there would be too few portions for all workers."""
    frauds = [fraud_of(scenario) for scenario in scenarios]
    groups = [list(group) for _, group in groupby(range(len(frauds)), key=frauds.__getitem__)]
    wanted = _PIECES_PER_WORKER * workers if workers > 1 else 1
    cuts = -(-wanted // max(1, replications * len(groups)))
    for group in groups:
        size = -(-len(group) // cuts)
        yield from (group[first : first + size] for first in range(0, len(group), size))
