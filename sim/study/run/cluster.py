"""The workers of a Dask cluster, as a backend like the others."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sim import __version__
from sim.study.run.backends import Work
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase

T = TypeVar("T")
R = TypeVar("R")

CONNECT = 12.0
"""Seconds to wait for the scheduler."""
WITHOUT_WORKERS = 15.0
"""Seconds to wait where a cluster has no worker; with the above, less than half a minute."""
_AHEAD = 2
"""Tasks given out for each worker, so that none waits for the next."""


class Cluster:
    """The workers of a Dask scheduler, which gives the tasks of those that die to others."""

    patience = None

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            StudyError: Dask is not installed, or there is no scheduler or no worker at the address.
        """
        self.address = address
        self._distributed = _distributed()
        last = time.monotonic() + CONNECT + WITHOUT_WORKERS
        try:
            asyncio.run(_shake_hands(self._distributed, address))  # a client that fails here takes long to give up
            left = min(CONNECT, last - time.monotonic())
            self._client = self._distributed.Client(address, timeout=left, set_as_default=False)
        except Exception as error:  # whatever may answer there: each protocol fails in its own way
            reason = phrase("no scheduler answers there ({error})", error=_first_line(error))
            raise StudyError(
                phrase(
                    "--cluster: read {address!r}: {reason}; accepted: the address of a Dask scheduler,"
                    " tcp://HOST:PORT",
                    address=address, reason=reason,
                )
            ) from None  # fmt: skip
        try:
            self._client.wait_for_workers(1, timeout=max(0.1, min(WITHOUT_WORKERS, last - time.monotonic())))
        except TimeoutError:
            self._client.close(timeout=1)
            raise StudyError(phrase("--cluster: {address}: the scheduler has no workers", address=address)) from None
        self.workers = self._threads()

    def map(self, work: Work[T, R], tasks: Iterable[T]) -> Iterator[tuple[T, R]]:
        """Do every task, and tell its items when all of them are there.

        Raises:
            StudyError: a task ended its worker again and again, the workers have another version, or all are gone.
            Exception: what `work` raised.
        """
        waiting = iter(tasks)
        given: dict[Any, T] = {}
        done: SimpleQueue[Any] = SimpleQueue()
        seen = time.monotonic()
        try:
            while True:
                for task in islice(waiting, _AHEAD * self.workers - len(given)):
                    future = self._client.submit(_items, work, task, __version__, pure=False)
                    given[future] = task
                    future.add_done_callback(done.put)
                if not given:
                    return
                try:
                    future = done.get(timeout=1)
                except Empty:
                    seen = time.monotonic() if self._threads() else seen
                    if time.monotonic() - seen > WITHOUT_WORKERS:
                        raise StudyError(
                            phrase("--cluster: {address}: all its workers are gone", address=self.address)
                        ) from None
                    continue
                seen = time.monotonic()
                task = given.pop(future)
                for item in self._result(future):
                    yield task, item
        finally:
            self._client.cancel(list(given))

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        self._client.close()

    def _threads(self) -> int:
        return sum(worker["nthreads"] for worker in self._client.scheduler_info(n_workers=-1)["workers"].values())

    def _result(self, future: Any) -> Any:
        try:
            return future.result()
        except self._distributed.KilledWorker as error:
            raise StudyError(
                phrase("--cluster: a task ended its worker again and again: {error}", error=_first_line(error))
            ) from None
        except (self._distributed.CancelledError, self._distributed.comm.CommClosedError) as error:
            raise StudyError(
                phrase(
                    "--cluster: {address}: lost on the way ({error})", address=self.address, error=_first_line(error)
                )
            ) from None
        except ImportError as error:
            raise StudyError(phrase("--cluster: its workers lack something: {error}", error=error)) from None


async def _shake_hands(distributed: Any, address: str) -> None:
    async with asyncio.timeout(CONNECT):  # its own time-out is not for somebody who listens and says nothing
        comm = await distributed.comm.connect(address, timeout=CONNECT)
        comm.abort()


def _items(work: Work[T, R], task: T, version: str) -> list[R]:
    """What a worker does with a task, if it has the same program as whoever asks."""
    if version != __version__:
        raise StudyError(
            phrase(
                "--cluster: its workers have version {version}, this is {theirs}",
                version=__version__, theirs=version,
            )
        )  # fmt: skip
    return list(work(task))


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError:
        raise StudyError(
            phrase("--cluster: Dask is not installed; pip install 'fundfreeze[cluster]' brings it")
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said in our one line
    return distributed


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
