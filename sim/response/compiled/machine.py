"""The rules as machine code: compiled by Numba once for each version of them, and kept for the next time.

One namespace holds all rules: each is compiled where another calls it, without a wrapper of its own.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from sim.response.compiled import (
    columns,
    rules_calendar,
    rules_desks,
    rules_effects,
    rules_knowledge,
    rules_loop,
    rules_money,
    rules_queue,
    rules_service,
    rules_tokens,
    state,
)  # fmt: skip

RULES: tuple[ModuleType, ...] = (
    rules_money, rules_knowledge, rules_calendar, rules_effects, rules_queue, rules_desks, rules_tokens, rules_service,
    rules_loop,
)  # fmt: skip
Entry = Callable[[int], int]
"""A rule of the whole state, by the address of its block."""


def folder() -> Path:
    """Where the machine code of this version of the rules is kept."""
    digest = hashlib.sha256()
    for module in (columns, state, *RULES):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).with_name("pointers.py").read_bytes())
    base = os.environ.get("FUNDFREEZE_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fundfreeze" / digest.hexdigest()[:16]


@cache
def machine() -> tuple[Entry, Entry]:
    """The rules that start a run and go on with it, as machine code.

    Raises:
        ImportError: Numba is not there.
    """
    import numba

    from sim.response.compiled import pointers

    numba.config.CACHE_DIR = str(_writable(folder()))
    names: dict[str, Any] = {}
    rules: dict[str, FunctionType] = {}
    for module in RULES:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                rules[name] = value
            elif isinstance(value, (int, float)):
                names[name] = value
    names |= {
        "state_at": pointers.state_at,
        "column_at": pointers.column_at,
        "reals_at": pointers.reals_at,
        "range": range,
        "min": min,
        "max": max,
    }
    inner = numba.njit(
        no_cpython_wrapper=True, no_cfunc_wrapper=True, nogil=True, error_model="numpy", boundscheck=False
    )
    rules["load_whole"], rules["load_real"] = pointers.load_whole, pointers.load_real
    for name, rule in rules.items():
        names[name] = inner(FunctionType(rule.__code__, names, name))

    def entry(rule: FunctionType) -> Entry:
        outer = FunctionType(rule.__code__, names, rule.__name__)
        outer.__qualname__ = rule.__qualname__
        made: Entry = numba.njit(
            numba.int64(numba.int64), nogil=True, cache=True, error_model="numpy", boundscheck=False
        )(outer)
        return made

    return entry(pointers.reset_at), entry(pointers.run_at)


def _writable(where: Path) -> Path:
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError:
        print(f"fundfreeze: {where} cannot be written, so the engine is compiled each time", file=sys.stderr)
        return Path(tempfile.mkdtemp(prefix="fundfreeze-"))
    return where
