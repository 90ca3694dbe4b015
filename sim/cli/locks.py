"""Who may write into a folder: one program at a time, for it and all below it.

The kernel keeps the lock and drops it with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

FILE: Final = ".fundfreeze-lock"
"""Lies in a folder that is held. Where the holder was killed it stays, without a lock on it, and says nothing."""


class InUseError(Exception):
    """Another program holds the folder, one above it or one below it."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be, alone; what holds a folder above or below it is in the way as well.

    Raises:
        InUseError: another program has it.
        OSError: the folder cannot be written, or its disk knows no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for above in folder.resolve().parents:
            if (above / FILE).is_file():
                stack.enter_context(_locked(above / FILE, os.O_RDONLY, fcntl.LOCK_SH))
        stack.enter_context(_locked(folder / FILE, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX))
        try:
            yield
        finally:
            (folder / FILE).unlink(missing_ok=True)


@contextmanager
def _locked(path: Path, mode: int, kind: int) -> Iterator[None]:
    handle = os.open(path, mode, 0o666)
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(str(path.parent)) from None
        if os.fstat(handle).st_nlink == 0:  # whoever held it has just ended, and taken the file away
            raise InUseError(str(path.parent))
        yield
    finally:
        os.close(handle)
