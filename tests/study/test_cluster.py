"""The workers of a Dask cluster: as good as any, and what is wrong with them in one line and in time."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import LocalCluster

from sim.study.run import cluster
from sim.study.run.cluster import Cluster
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Runner
from tests.study.test_backends import failing, squares
from tests.worlds import city


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two workers on this machine."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        yield local.scheduler_address


def dies_once(task: Path) -> Iterator[int]:
    if not task.exists():
        task.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    yield 1


def deadly(_: int) -> Iterator[int]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield 0


def test_a_cluster_gives_the_same_to_the_bit(address: str) -> None:
    """Runs on a cluster are those of this process."""
    arms = [Arm("as it is", city()), Arm("slow", city(latency={"analyst": {"factor": 3.0}}))]
    with Runner(seed=5, cluster=address) as runner:
        assert repr(runner.run(arms, 5)) == repr(Runner(seed=5).run(arms, 5))


def test_every_item_of_every_task_comes_once_from_a_cluster(address: str) -> None:
    """More tasks than workers, from any iterator, each give all their items."""
    there = Cluster(address)
    found = list(there.map(squares, iter(range(9))))
    there.close()
    assert sorted(found) == sorted((task, task * n) for task in range(9) for n in range(3))


def test_what_a_task_raises_on_a_cluster_comes_out(address: str) -> None:
    """An exception of a task on a cluster is raised here."""
    there = Cluster(address)
    with pytest.raises(LookupError, match="task 4"):
        list(there.map(failing, [4]))
    there.close()


def test_a_worker_of_a_cluster_that_dies_is_replaced(address: str, tmp_path: Path) -> None:
    """A task whose worker is killed is done by another; one that kills all is an error in one line."""
    there = Cluster(address)
    assert list(there.map(dies_once, [tmp_path / "died"])) == [(tmp_path / "died", 1)]
    with pytest.raises(StudyError, match=r"^--cluster: a task ended its worker again and again: .*$"):
        list(there.map(deadly, [0]))
    assert len(list(there.map(squares, [1]))) == 3
    there.close()


def test_workers_of_another_version_are_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker with another version of the program does no work."""
    monkeypatch.setattr(cluster, "__version__", "999.0")
    there = Cluster(address)
    with pytest.raises(StudyError, match=r"its workers have version .*, this is 999\.0"):
        list(there.map(squares, [1]))
    there.close()


def test_a_scheduler_without_workers_is_an_error_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for workers that do not come."""
    monkeypatch.setattr(cluster, "WITHOUT_WORKERS", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address=":0") as local,
        pytest.raises(StudyError, match="the scheduler has no workers"),
    ):
        Cluster(local.scheduler_address)


@contextmanager
def listening(answer: bytes) -> Iterator[str]:
    """The address of somebody who is no scheduler, and says `answer` to whoever calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        callers: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                callers.append(caller)
                caller.sendall(answer)

        served = threading.Thread(target=serve)
        served.start()
        try:
            yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            served.join()
            for caller in callers:
                caller.close()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["silent", "a web server"])
def test_somebody_who_is_no_scheduler_is_told_from_one(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence, or another protocol, is one line, in time."""
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    with (
        listening(answer) as elsewhere,
        pytest.raises(StudyError, match=r"no scheduler answers there \(.+\); accepted"),
    ):
        Cluster(elsewhere)


@pytest.mark.parametrize("read", ["nonsense", "foo://here:1", "tcp://", "tcp://127.0.0.1:1", "tcp://no.such.host:1"])
def test_an_address_without_a_scheduler_is_an_error_in_one_line(read: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with an address is said in one line that repeats it."""
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    began = time.monotonic()
    with pytest.raises(StudyError) as caught:
        Runner(cluster=read).run([Arm("a", city())], 1)
    assert str(caught.value).startswith(f"--cluster: read {read!r}: no scheduler answers there (")
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < 10


def test_nobody_waits_longer_than_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits for a scheduler and its workers together are below 30 s, and are waited once, not again at close."""
    assert cluster.CONNECT + cluster.WITHOUT_WORKERS < 30
    monkeypatch.setattr(cluster, "CONNECT", 3.0)
    monkeypatch.setattr(cluster, "WITHOUT_WORKERS", 1.0)
    with LocalCluster(n_workers=0, dashboard_address=":0") as local:
        began = time.monotonic()
        with (
            pytest.raises(StudyError, match="the scheduler has no workers"),
            Runner(cluster=local.scheduler_address) as r,
        ):
            r.run([Arm("a", city())], 1)
        assert time.monotonic() - began < 3.0 + 1.0 + 1.5
