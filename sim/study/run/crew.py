"""Workers that several askers share: whoever asks for the most urgent work is served first, then who waited longest.

A study has a pool of its own and uses all of it. Pages have many viewers who change their minds: each gets a `Share`, a
backend like any other, whose work ends at once when it is abandoned.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from sim.study.run.backends import Pool, R, T, Work


class AbandonedError(Exception):
    """Nobody waits for this work any more."""


@dataclass(eq=False)
class _Job:
    """One task that waits for a worker or is worked on."""

    share: Share
    work: Any
    task: Any
    told: SimpleQueue[tuple[Any, bool, Any]]
    """(the job, whether it is over, an item or what went wrong)."""


class Crew:
    """A number of processes that stay, each led by a thread of its own; they come when work first does."""

    def __init__(self, jobs: int, begin: Work[int, object] | None = None) -> None:
        """
        Args:
            jobs: processes.
            begin: done by each worker before all else.
        """
        self.jobs, self._begin = jobs, begin
        self._waiting: list[_Job] = []
        self._change = threading.Condition()
        self._turns = 0
        self._closed = False
        self._leaders: list[threading.Thread] = []

    def close(self) -> None:
        """Send the workers home; what waits is abandoned."""
        with self._change:
            self._closed = True
            for job in self._waiting:
                job.told.put((job, True, AbandonedError()))
            self._waiting.clear()
            self._change.notify_all()
        for one in self._leaders:
            one.join()

    def start(self) -> None:
        """Let the workers come now, so that whoever asks first need not wait for them."""
        with self._change:
            while not self._closed and len(self._leaders) < self.jobs:
                leader = threading.Thread(target=self._lead, name="crew", daemon=True)
                self._leaders.append(leader)
                leader.start()

    def give(self, job: _Job) -> None:
        """Let a job wait for its turn."""
        with self._change:
            if self._closed or job.share.abandoned:
                raise AbandonedError
            self.start()
            self._waiting.append(job)
            self._change.notify()

    def take_back(self, share: Share) -> None:
        """Let nothing of a share wait any more."""
        with self._change:
            self._waiting = [job for job in self._waiting if job.share is not share]

    def _next(self) -> _Job | None:
        """The job whose turn it is; None when all is over."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            job = min(self._waiting, key=lambda one: (one.share.urgency, one.share.served))
            self._waiting.remove(job)
            self._turns += 1
            job.share.served = self._turns
            return job

    def _lead(self) -> None:
        pool = Pool(1)
        try:
            if self._begin is not None:
                list(pool.map(self._begin, [0]))
            while (job := self._next()) is not None:
                wrong: BaseException | None = None
                try:
                    for _, item in pool.map(job.work, [job.task]):
                        job.told.put((job, False, item))
                except Exception as error:  # of the work, which whoever asked is told
                    wrong = error
                job.told.put((job, True, wrong))
        finally:
            pool.close()


class Share:
    """One asker's part of a crew: a backend for a runner.

    Attributes:
        urgency: work of a lower number is done first; may be changed between two pieces of work.
        served: when a worker last took something of it, counted in turns.
        patience: see `Backend`.
    """

    def __init__(self, crew: Crew, urgency: int = 0, patience: float | None = 0.25) -> None:
        self.crew, self.urgency, self.patience = crew, urgency, patience
        self.served = 0
        self.abandoned = False
        self._gone = threading.Event()
        self._told: SimpleQueue[tuple[Any, bool, Any]] = SimpleQueue()

    @property
    def workers(self) -> int:
        """Tasks of it that are done at a time, at most."""
        return self.crew.jobs

    def abandon(self) -> None:
        """Nobody waits for it any more: whoever is in `map` hears of it at once, a worker after its task."""
        self.abandoned = True
        self._gone.set()
        self.crew.take_back(self)
        self._told.put((None, True, AbandonedError()))

    def lull(self, seconds: float) -> None:
        """Ask for nothing for a while, so that workers are free for whoever changes their mind at once.

        Raises:
            AbandonedError: it was abandoned meanwhile.
        """
        if self._gone.wait(seconds):
            raise AbandonedError

    def map(self, work: Work[T, R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        """As `Backend.map`; one `map` of a share at a time.

        Raises:
            AbandonedError: it was abandoned.
        """
        waiting, out = iter(tasks), set[_Job]()
        while True:
            while len(out) < self.workers:
                task = next(waiting, None)
                if task is None:
                    break
                job = _Job(self, work, task, self._told)
                out.add(job)
                self.crew.give(job)
            if not out:
                return
            job, over, what = self._told.get()
            if self.abandoned:
                raise AbandonedError
            if job not in out:
                continue  # of an earlier `map` that was left half-way
            if not over:
                yield job.task, what
                continue
            out.discard(job)
            if what is not None:
                raise what

    def close(self) -> None:
        """Nothing: the workers are the crew's."""
