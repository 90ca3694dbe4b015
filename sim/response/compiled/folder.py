"""Where the machine code of this version of the rules is kept."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """The folder of this version: what Numba keeps does not see that a rule in another file has changed."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in (
        *sorted(here.glob("rules_*.py")),
        *(here / name for name in ("columns.py", "pointers.py", "machine.py")),
    ):
        digest.update(file.read_bytes())
    digest.update(str(here).encode())
    base = os.environ.get("FUNDFREEZE_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fundfreeze" / digest.hexdigest()[:16]
