"""Where the machine code of this version of the rules is kept."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

CONSTANTS = (
    "engine/orders.py", "fraud/arrivals.py", "fraud/draws.py", "fraud/settle.py", "scenario/people.py",
    "scenario/workflow.py", "words/units.py", "workflow/effects.py", "workflow/knowledge.py", "workflow/log.py",
    "workflow/program.py", "workflow/rosters.py", "workflow/sources.py",
)  # fmt: skip
"""Files of `sim` whose numbers the rules take over: compiled, they are part of the machine code."""


@cache
def folder() -> Path:
    """The folder of this version of the rules, wherever they lie: a second checkout finds what the first has made.

    Raises:
        PackageNotFoundError: Numba is not there.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in (
        *sorted(here.glob("rules_*.py")),
        *(here / name for name in ("columns.py", "pointers.py", "build.py")),
        *(here.parent.parent / name for name in CONSTANTS),
    ):
        digest.update(file.read_bytes())
    for what in (version("numba"), sys.implementation.cache_tag, platform.node()):  # of one Numba and one processor
        digest.update(what.encode())
    base = os.environ.get("FUNDFREEZE_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "fundfreeze" / digest.hexdigest()[:16]
