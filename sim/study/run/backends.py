"""Where the work of a study is done: in this process or on a pool of processes (or on a cluster, see `cluster`).

Each backend maps a picklable generator function over tasks and tells (task, item) as the items come, in any order.
Tasks are taken one by one, when somebody is free for them. What comes does not depend on the backend.

A worker that dies is replaced and its task done again, so an item may come twice; it is the same both times.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, TypeVar

from sim.study.run.errors import StudyError
from sim.words.phrases import phrase

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[T], Iterable[R]]

MOST_DEATHS = 3
"""Workers that a task may cost."""


class Backend(Protocol):
    """A place to work in."""

    @property
    def workers(self) -> int:
        """Tasks that are done at a time."""

    @property
    def patience(self) -> float | None:
        """Seconds of work that are given out at once, at most, where others wait for the same workers; None: any."""

    def map(self, work: Work[T, R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Do every task, and tell its items as they come.

        Raises:
            StudyError: a task killed `MOST_DEATHS` workers, or there is nobody to work.
            Exception: what `work` raised.
        """

    def close(self) -> None:
        """Send the workers home; a backend that was closed can be used again."""


class InProcess:
    """This process."""

    workers, patience = 1, None

    def map(self, work: Work[T, R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        for task in tasks:
            for item in work(task):
                yield task, item

    def close(self) -> None:
        pass


# -- processes -------------------------------------------------------------------------------------------


class _Worker:
    """One process of a pool, and what it is doing."""

    def __init__(self, context: Any) -> None:
        self.pipe, far = context.Pipe()
        with _deaf_to_interrupts():
            self.process = context.Process(target=_serve, args=(far,), daemon=True)
            self.process.start()
        far.close()  # else its death would not end the pipe
        self.task: Any = None
        self.deaths = 0
        """Workers that its task has cost."""

    def give(self, work: Any, task: Any, deaths: int) -> None:
        self.task, self.deaths = task, deaths
        with suppress(OSError):  # a worker that died while it was idle: the pipe says so to whoever reads it
            self.pipe.send((work, task))

    def stop(self) -> int | None:
        """End it in whatever it does; its exit status (below 0: the signal that killed it)."""
        self.pipe.close()
        self.process.terminate()
        self.process.join()
        status: int | None = self.process.exitcode
        self.process.close()
        return status


class Pool:
    """A number of processes, kept from one `map` to the next."""

    patience = None

    def __init__(self, jobs: int) -> None:
        self.workers = jobs
        methods = multiprocessing.get_all_start_methods()
        self._context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        self._staff: list[_Worker] = []

    def map(self, work: Work[T, R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        waiting = iter(tasks)
        idle = self._staff
        busy: dict[Any, _Worker] = {}
        self._staff = []  # those of a `map` that is left half-way are not kept
        again: list[tuple[T, int]] = []
        try:
            while True:
                while len(busy) < self.workers:
                    given = again.pop() if again else next(((task, 0) for task in waiting), None)
                    if given is None:
                        break
                    worker = idle.pop() if idle else _Worker(self._context)
                    worker.give(work, *given)
                    busy[worker.pipe] = worker
                if not busy:
                    break
                for pipe in wait(list(busy)):
                    worker = busy[pipe]
                    try:
                        said, what = worker.pipe.recv()
                    except (EOFError, OSError):
                        del busy[pipe]
                        again.append((worker.task, _one_death_more(worker)))
                        continue
                    if said == _ITEM:
                        yield worker.task, what
                        continue
                    idle.append(busy.pop(pipe))
                    if said == _ERROR:
                        raise what
            self._staff, idle = idle, []
        finally:
            for worker in (*idle, *busy.values()):
                worker.stop()  # at once: a task may take minutes, and a worker writes nothing

    def close(self) -> None:
        while self._staff:
            self._staff.pop().stop()


_ITEM, _DONE, _ERROR = range(3)
"""What a worker says."""


def _one_death_more(worker: _Worker) -> int:
    status = worker.stop()
    if worker.deaths + 1 == MOST_DEATHS:
        raise StudyError(
            phrase(
                "a task ended {most} workers, the last with exit status {status}: not tried again",
                most=MOST_DEATHS, status=status,
            )
        )  # fmt: skip
    return worker.deaths + 1


def _serve(pipe: Connection) -> None:
    """The life of a worker: tasks come in, items go out, until the study ends in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops the workers
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            work, task = pipe.recv()
            try:
                for item in work(task):
                    pipe.send((_ITEM, item))
            except Exception as error:
                error.add_note("".join(traceback.format_exception(error)))
                pipe.send((_ERROR, error))
            else:
                pipe.send((_DONE, None))


def _leave_with_parent() -> None:
    """End this process when the one that started it has died, even in the middle of a task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: workers started in it are deaf to it while they start, the parent gets it after.

    Without this a worker that is still importing would answer Ctrl-C with a stack trace, and one that is being started
    would be forgotten.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    caught: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what a new process inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, signal.default_int_handler if handler is None else handler)
    if caught:
        signal.raise_signal(signal.SIGINT)
