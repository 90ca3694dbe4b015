"""What tests cost in processor time, with all that they start: `python -m pytest -p tests.cost FOLDER`.

It tells the dearest. What a browser or a server of a test computes does not count for the worker that waits for it, and
waiting costs nothing: how long a test takes (`--durations`) says little of either.
"""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Generator

import pytest

SPENT = "processor time"
"""The property of a report of a test."""
TOLD = 20
"""So many are told."""
_TICK = os.sysconf("SC_CLK_TCK")


def spent() -> float:
    """Seconds of processor time of this process, of its children that have ended, and of all below it that live."""
    ours = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in ours) + sum(map(_ticks, _below(os.getpid()))) / _TICK


def _below(pid: int) -> list[int]:
    """The processes that a process has started, that these have started, and so on."""
    found = [int(one) for task in _listed(f"/proc/{pid}/task") for one in _read(f"{task}/children").split()]
    return found + [one for child in found for one in _below(child)]


def _ticks(pid: int) -> int:
    """What one has spent itself, and those of its children for which it has waited."""
    numbers = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, numbers[11:15]))


def _listed(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in os.listdir(folder)]
    except OSError:  # it has ended meanwhile
        return []


def _read(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace") as opened:
            return opened.read()
    except OSError:
        return ""


def _counted(item: pytest.Item) -> Generator[None, object, object]:
    before = spent()
    try:
        return (yield)
    finally:
        item.user_properties.append((SPENT, max(0.0, spent() - before)))  # who ends unwaited for takes its time along


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Count what is made for a test."""
    return (yield from _counted(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count the test."""
    return (yield from _counted(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Count what is taken down after a test."""
    return (yield from _counted(item))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell the dearest tests, and what all of them cost; those of one name together."""
    cost: Counter[str] = Counter()
    many: Counter[str] = Counter()
    for report in terminalreporter.stats.get("", ()):
        if report.when == "teardown":
            name = report.nodeid.partition("[")[0]
            many[name] += 1
            cost[name] += sum(seconds for what, seconds in report.user_properties if what == SPENT)
    terminalreporter.section(f"{SPENT}: {sum(cost.values()):.0f} s")
    for name, seconds in cost.most_common(TOLD):
        terminalreporter.write_line(f"{seconds:6.1f} s {many[name]:4d}  {name}")
