"""Folders of a data folder, in which anything may have happened to a file: taken away whole."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path


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
