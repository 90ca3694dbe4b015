"""The rules as machine code: compiled by Numba once for each version of them, and kept for the next time.

Each rule is compiled where another calls it, without a wrapper of its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from sim.engine.compiled import (
    rules_calendar,
    rules_choose,
    rules_desks,
    rules_draws,
    rules_effects,
    rules_knowledge,
    rules_loop,
    rules_money,
    rules_moves,
    rules_queue,
    rules_service,
    rules_tokens,
)  # fmt: skip
from sim.engine.compiled.folder import folder

RULES: tuple[ModuleType, ...] = (
    rules_money, rules_knowledge, rules_calendar, rules_draws, rules_effects, rules_choose, rules_queue, rules_desks,
    rules_tokens, rules_moves, rules_service, rules_loop,
)  # fmt: skip
Entry = Callable[[int], int]
"""A rule of the whole state, by the address of its block."""


@cache
def machine() -> tuple[Entry, Entry]:
    """The rules that start a run and go on with it, as machine code.

    Raises:
        ImportError: Numba is not there.
    """
    import numba

    from sim.engine.compiled import pointers

    numba.config.CACHE_DIR = str(_writable(folder()))
    inner = numba.njit(
        no_cpython_wrapper=True, no_cfunc_wrapper=True, nogil=True, error_model="numpy", boundscheck=False
    )
    spaces = {module: dict(vars(module)) for module in (*RULES, pointers)}
    """By module: its names, with rules in machine code in the place of those in Python."""
    made: dict[str, Any] = {}
    for module in (*RULES, pointers):
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and name not in made:
                made[name] = inner(FunctionType(value.__code__, spaces[module], name))
    for space in spaces.values():
        space.update((name, rule) for name, rule in made.items() if name in space)
    space = spaces[pointers]
    space.update({name: made[name] for name in ("reset", "settle_all", "run_on")})

    def entry(rule: Any) -> Entry:
        outer = FunctionType(rule.__code__, space, rule.__name__)
        outer.__qualname__ = rule.__qualname__
        compiled: Entry = numba.njit(
            numba.int64(numba.int64), nogil=True, cache=True, error_model="numpy", boundscheck=False
        )(outer)
        return compiled

    entries = entry(pointers.reset_at), entry(pointers.run_at)
    with suppress(OSError):
        (folder() / "done").touch()
    return entries


def _writable(where: Path) -> Path:
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError:
        print(f"fundfreeze: {where} cannot be written, so the engine is compiled each time", file=sys.stderr)
        return Path(tempfile.mkdtemp(prefix="fundfreeze-"))
    return where
