"""Folders of a data folder, in which anything may have happened to a file: read without harm, and taken away whole."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Final

MOST: Final = 256 * 1024 * 1024
"""Bytes of a file of ours: the journal of a day in a room has some hundred thousand."""


def read_kept(path: Path, most: int = MOST) -> bytes:
    """What a regular file holds.

    A pipe nobody writes to, a device without end or a file of gigabytes would hold up whoever reads it for good.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger than `most` bytes.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            code = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EINVAL
            raise OSError(code, os.strerror(code))
        if found.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return file.read(most)


def take_away(folder: Path) -> None:
    """Take a folder away, whatever it is and whatever is in it; one that somebody else took away is gone as well.

    It is renamed first, so that nobody finds it half deleted.

    Raises:
        OSError: it cannot be deleted.
    """
    gone = folder.with_name(f".gone-{secrets.token_hex(8)}")  # a name may be as long as names can be
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    if gone.is_dir() and not gone.is_symlink():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        gone.unlink(missing_ok=True)
