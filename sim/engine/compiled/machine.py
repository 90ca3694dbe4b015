"""The rules as machine code: made once for each version of them and kept, then loaded without Numba in no time."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sim.engine.compiled.folder import folder

Entry = Callable[[int], int]
"""A rule of the whole state, by the address of its block."""
_ENTRIES = "duties_at", "reset_at", "run_at"
_TYPE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int64), ctypes.POINTER(ctypes.c_void_p), ctypes.c_int64)
"""Where to put the result, where to put an error, the address."""


@cache
def machine() -> tuple[Entry, Entry, Entry]:
    """The rules that draw other work, start a run and go on with it, as machine code: other threads go on meanwhile.

    Raises:
        ImportError: Numba is not there.
    """
    from llvmlite import binding as llvm

    codes = kept() or _made()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    for code in codes:
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    duties_at, reset_at, run_at = (_entry(engine, name) for name in _ENTRIES)
    return duties_at, reset_at, run_at


def _processor() -> str:
    from llvmlite import binding as llvm

    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


def _made() -> list[bytes]:
    """The code, made and kept by whoever comes first: others wait, and would need as long themselves."""
    with ExitStack() as stack:
        with suppress(OSError):
            folder().mkdir(parents=True, exist_ok=True)
            fcntl.flock(stack.enter_context((folder() / "lock").open("ab")), fcntl.LOCK_EX)
        codes = kept()
        if codes is None:
            from sim.engine.compiled.build import built

            codes = built(*_ENTRIES)
            _keep(codes)
        return codes


def _entry(engine: Any, name: str) -> Entry:
    call = _TYPE(engine.get_function_address(name))

    def entry(address: int) -> int:
        result, error = ctypes.c_int64(), ctypes.c_void_p()
        if call(ctypes.byref(result), ctypes.byref(error), address):
            raise RuntimeError(f"{name} failed")  # no rule raises anything
        return result.value

    entry.engine = engine  # type: ignore[attr-defined]  # it owns the code
    return entry


def kept() -> list[bytes] | None:
    """The code kept for this processor; None where there is none, it was made for another, or it is not whole."""
    with suppress(OSError):
        said = (folder() / "done").read_text(encoding="utf-8")
        codes = [(folder() / f"{name}.o").read_bytes() for name in _ENTRIES]
        if said == _seal(codes):
            return codes
    return None


def _seal(codes: list[bytes]) -> str:
    """The processor for which code was made, and a digest of it."""
    return f"{_processor()}\n{hashlib.sha256(b''.join(codes)).hexdigest()}"


def _keep(codes: list[bytes]) -> None:
    """Keep code for all commands to come: whoever finds the last file finds all."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        for name, code in zip(_ENTRIES, codes, strict=True):
            _write(folder() / f"{name}.o", code)
        _write(folder() / "done", _seal(codes).encode())
    except OSError:
        print(f"fundfreeze: {folder()} cannot be written, so the engine is compiled each time", file=sys.stderr)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as made:
        try:
            made.write(content)
            made.close()
            os.replace(made.name, path)
        except OSError:
            os.unlink(made.name)
            raise
