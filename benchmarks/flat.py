"""The simple workload in C (`flat.c`), compiled where there is a compiler: what the work costs without any engine."""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.usual_model import drawn
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.workflow.program import Program
from sim.workflow.rosters import UNLIMITED, weekly

SOURCE = Path(__file__).with_name("flat.c")
DESKS = ("intake", "analyst", "audit")
"""Those with a number of their own in C; the desks of banks follow."""
Ints = NDArray[np.int64]

_NUMBERS = ("cases", "accounts", "transfers", "desks", "never", "limit")
_GIVEN = ("first_account", "reported", "arrivals")
_COLUMNS = (
    "bank_desk", "outgoing_first", "entry", "audit", "execution", "statement", "outgoing", "parent", "target", "amount",
    "dwell", "size", "heads", "change_first", "change_time", "change_heads", "times", "stop_account", "stop_time",
)  # fmt: skip
_COLUMN = ctypes.POINTER(ctypes.c_int64)


class World(ctypes.Structure):
    """What `flat.c` calls a World."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _NUMBERS),
        *((name, _COLUMN) for name in _GIVEN),
        ("n_arrivals", ctypes.c_int64),
        *((name, _COLUMN) for name in _COLUMNS),
        *((name, ctypes.c_int64) for name in ("stops", "exited", "recovered")),
    )


def compiler() -> str | None:
    """The C compiler of this machine: CC, or cc; None where there is none."""
    return shutil.which(os.environ.get("CC", "cc"))


def flat(scenario: Scenario, plan: Plan, program: Program) -> tuple[float, Ints, int, int] | None:
    """Processor seconds, stops as rows (account, ms), fen that left, and fen that are still on accounts.

    None where there is no C compiler. Everything is given as columns before the clock starts.
    """
    cc = compiler()
    if cc is None:
        return None
    columns = _columns(scenario, plan, program)
    world = World(
        len(plan.victims), len(plan.accounts), len(plan.transfers), len(columns["heads"]), NEVER,
        scenario.horizon + scenario.follow_up, n_arrivals=len(columns["arrivals"]),
        **{name: column.ctypes.data_as(_COLUMN) for name, column in columns.items()},
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        made = Path(folder) / "flat.so"
        subprocess.run([cc, "-O3", "-shared", "-fPIC", "-o", made, SOURCE], check=True)
        run: Any = ctypes.CDLL(str(made)).run
        run.restype = None
        gc.collect()
        start = time.process_time()
        run(ctypes.byref(world))
        seconds = time.process_time() - start
    stops = np.stack([columns[name][: world.stops] for name in ("stop_account", "stop_time")], axis=1)
    return seconds, stops, world.exited, world.recovered


def _columns(scenario: Scenario, plan: Plan, program: Program) -> dict[str, Ints]:
    """The workload as columns of 64-bit whole numbers, by their names in C."""
    workload, transfers = drawn(scenario, plan, program), plan.transfers
    reported = np.array(workload.reported, dtype=np.int64)
    order = np.lexsort((np.arange(len(reported)), reported))
    by_source = np.argsort(transfers.source, kind="stable")
    limited = [
        n for n, spec in enumerate(program.desks) if weekly(spec.roster, scenario.week_offset).at(0) != UNLIMITED
    ]
    named = [next(n for n in limited if program.desks[n].name == name) for name in DESKS]
    numbers = [*named, *(n for n in limited if n not in named)]
    place = {number: at for at, number in enumerate(numbers)}
    bank_desk = np.array([place.get(number, -1) for number in program.bank_desk], dtype=np.int64)
    rosters = [_roster(scenario, program, number) for number in numbers]
    mine: dict[str, Any] = {
        "first_account": plan.account_first[:-1], "reported": reported, "arrivals": order[reported[order] < NEVER],
        "bank_desk": np.where(plan.accounts.bank < 0, -1, bank_desk[plan.accounts.bank]),
        "outgoing": by_source,
        "outgoing_first": np.searchsorted(transfers.source[by_source], np.arange(len(plan.accounts) + 1)),
        "heads": [heads for heads, _ in rosters],
        "change_first": np.cumsum([0, *(len(changes) for _, changes in rosters)]),
        "change_time": [time for _, changes in rosters for time, _ in changes],
        "change_heads": [heads for _, changes in rosters for _, heads in changes],
        "times": np.zeros(len(transfers)), "stop_account": np.zeros(len(plan.accounts)),
        "stop_time": np.zeros(len(plan.accounts)),
        **{name: getattr(workload, name) for name in ("entry", "audit", "execution", "statement")},
        **{name: getattr(transfers, name) for name in ("parent", "target", "amount", "dwell", "size")},
    }  # fmt: skip
    return {name: np.ascontiguousarray(column, dtype=np.int64) for name, column in mine.items()}


def _roster(scenario: Scenario, program: Program, number: int) -> tuple[int, list[tuple[int, int]]]:
    """Heads of a desk at the start, and each later change of them as (ms, heads)."""
    roster = weekly(program.desks[number].roster, scenario.week_offset)
    changes: list[tuple[int, int]] = []
    at = roster.next_change(0)
    while at is not None and at < scenario.horizon + scenario.follow_up:
        changes.append((at, roster.at(at)))
        at = roster.next_change(at)
    return roster.at(0), changes
