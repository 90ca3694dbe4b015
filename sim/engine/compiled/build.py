"""Making the machine code of the rules: Numba turns them into LLVM's language, LLVM makes one whole of each entry.

Numba alone would leave each rule a function that may fail, called by address, with wrappers for Python. Here all but
the entry are made inner functions and are optimised once more together: what cannot fail is seen not to, and code that
needs nothing from outside is left. It is loaded without Numba.
"""

from __future__ import annotations

from types import FunctionType, ModuleType
from typing import Any

import numba
from llvmlite import binding as llvm

from sim.engine.compiled import (
    pointers,
    rules_calendar,
    rules_choose,
    rules_desks,
    rules_draws,
    rules_duties,
    rules_effects,
    rules_knowledge,
    rules_laws,
    rules_loop,
    rules_money,
    rules_moves,
    rules_newcomers,
    rules_orders,
    rules_queue,
    rules_seats,
    rules_service,
    rules_tokens,
)  # fmt: skip

RULES: tuple[ModuleType, ...] = (
    rules_money, rules_knowledge, rules_calendar, rules_laws, rules_draws, rules_duties, rules_effects, rules_choose,
    rules_queue, rules_seats, rules_desks, rules_tokens, rules_moves, rules_newcomers, rules_service, rules_orders,
    rules_loop,
)  # fmt: skip


def built(*entries: str) -> list[bytes]:
    """Object files with one function each, of the name of its entry in `pointers`, for the processor of this machine.

    A function takes where to put its result, where to put an error (there is none) and the address of a state's block,
    and returns 0.
    """
    space = _rules()
    return [_object(name, _in_llvm(getattr(pointers, name), space)) for name in entries]


def _rules() -> dict[str, Any]:
    """The names of `pointers` and of all rules, with rules to be compiled in the place of those in Python."""
    inner = numba.njit(
        no_cpython_wrapper=True, no_cfunc_wrapper=True, nogil=True, error_model="numpy", boundscheck=False
    )
    spaces = {module: dict(vars(module)) for module in (*RULES, pointers)}
    made: dict[str, Any] = {}
    for module in (*RULES, pointers):
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and name not in made:
                made[name] = inner(FunctionType(value.__code__, spaces[module], name))
    for space in spaces.values():
        space.update((name, rule) for name, rule in made.items() if name in space)
    return spaces[pointers] | {name: made[name] for name in ("reset", "settle_all", "run_on", "draw_duties")}


def _in_llvm(entry: Any, space: dict[str, Any]) -> str:
    """An entry with all that it calls, as LLVM's text."""
    outer = FunctionType(entry.__code__, space, entry.__name__)
    outer.__qualname__ = entry.__qualname__
    compiled = numba.njit(numba.int64(numba.int64), nogil=True, error_model="numpy", boundscheck=False)(outer)
    (text,) = compiled.inspect_llvm().values()
    return str(text)


def _object(name: str, text: str) -> bytes:
    """One whole of an entry's text, as an object file."""
    module = llvm.parse_assembly(text)
    for function in module.functions:
        if function.is_declaration:
            continue
        if function.name.startswith(_MANGLED) and f"8pointers{len(name)}{name}" in function.name:
            function.name = name
        else:
            function.linkage = "internal"
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3, reloc="pic",
        codemodel="small", jit=True,
    )  # fmt: skip
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


_MANGLED = "_ZN3sim"
"""How Numba begins the name of a function of ours; its wrappers for Python and C have other names."""
