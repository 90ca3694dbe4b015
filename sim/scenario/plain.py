"""Files that somebody names or leaves lying about: only a plain one is read, and no path leads in a circle."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

MOST: Final = 256 * 1024 * 1024
"""Bytes of a file of ours: the journal of a day in a room has some hundred thousand."""
NO_PLAIN_FILE: Final = "no plain file"


def read_plain(path: Path, most: int = MOST) -> bytes:
    """What a plain file holds.

    A pipe nobody writes to, a device without end or a file of gigabytes would hold up whoever reads it for good.

    Raises:
        OSError: it cannot be read, is no plain file, or is larger than `most` bytes.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, NO_PLAIN_FILE)
        if found.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        return file.read(most)


def real(path: Path) -> Path:
    """The absolute path without links; of links in a circle the path as it was written, at which nothing is found."""
    return Path(os.path.realpath(path))
