"""Places to work in: every item of every task, once more where a worker died, and nobody left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.study.run.backends import MOST_DEATHS, Backend, InProcess, Pool
from sim.study.run.errors import StudyError


def squares(task: int) -> Iterator[int]:
    yield from (task * n for n in range(3))


def deadly_at_first(task: tuple[Path, int]) -> Iterator[int]:
    """Dies in the middle of a task as often as asked; files remember how often it has."""
    folder, times = task
    died = len(list(folder.iterdir()))
    yield 1
    if died < times:
        (folder / str(died)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    yield 2


def failing(task: int) -> Iterator[int]:
    yield task
    raise LookupError(f"task {task}")


def endless(_: int) -> Iterator[int]:
    while True:
        yield os.getpid()


@pytest.mark.parametrize("backend", [InProcess(), Pool(2)], ids=["in process", "pool"])
def test_every_item_of_every_task_comes_once(backend: Backend) -> None:
    """Tasks taken from any iterator, more than there are workers, each give all their items, with their task."""
    for _ in range(2):  # the workers of a pool serve again
        found = list(backend.map(squares, iter(range(7))))
        assert sorted(found) == sorted((task, task * n) for task in range(7) for n in range(3))
    backend.close()
    assert not multiprocessing.active_children()


def test_a_worker_that_dies_is_replaced_and_its_task_done_again(tmp_path: Path) -> None:
    """A task whose worker is killed twice in the middle comes to its end, and the others lose nothing."""
    calm = tmp_path / "calm"
    wild = tmp_path / "wild"
    calm.mkdir()
    wild.mkdir()
    pool = Pool(2)
    tasks = [(calm, 0), (wild, MOST_DEATHS - 1), *[(calm, 0)] * 4]
    found = list(pool.map(deadly_at_first, tasks))
    pool.close()
    assert [item for task, item in found if task[0] == calm].count(2) == 5
    assert {item for task, item in found if task[0] == wild} == {1, 2}


def test_a_task_that_kills_its_workers_is_an_error_in_one_line(tmp_path: Path) -> None:
    """After three dead workers a task is given up; nobody works on after that."""
    with pytest.raises(StudyError, match=r"^a task ended 3 workers, the last with exit status -9: .*$"):
        list(Pool(2).map(deadly_at_first, [(tmp_path, MOST_DEATHS)]))
    assert len(list(tmp_path.iterdir())) == MOST_DEATHS
    assert not multiprocessing.active_children()


def test_a_worker_killed_while_idle_costs_no_task_its_life() -> None:
    """Workers killed between two maps are replaced, as often as it may be."""
    pool = Pool(2)
    for _ in range(MOST_DEATHS + 1):
        assert len(list(pool.map(squares, range(4)))) == 12
        for worker in multiprocessing.active_children():
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()
    assert len(list(pool.map(squares, range(4)))) == 12
    pool.close()


def test_what_a_task_raises_comes_out_with_the_place_where_it_was() -> None:
    """An exception in a worker is raised here, its trace among its notes, and the workers are gone."""
    with pytest.raises(LookupError, match="task 0") as caught:
        list(Pool(2).map(failing, [0]))
    assert "in failing" in caught.value.__notes__[0]
    assert not multiprocessing.active_children()


def test_a_map_left_half_way_leaves_nobody_at_work() -> None:
    """Who stops taking items stops the workers too, even in the middle of an endless task."""
    found = Pool(2).map(endless, range(2))
    assert next(found)[1] != os.getpid()
    found.close()  # type: ignore[attr-defined]  # it is a generator
    assert not multiprocessing.active_children()
