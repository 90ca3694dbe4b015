"""What a study says on the error stream beside its progress, of which a slow machine hears more than a fast one."""

from __future__ import annotations

import re

_PROGRESS = re.compile(r"about .+ for [\d,]+ runs|.+: [\d,]+( of [\d,]+)? runs, .+ (left|so far)")


def complaints(said: str) -> list[str]:
    """The lines of an error stream that tell no progress."""
    return [line for line in said.splitlines() if not _PROGRESS.fullmatch(line)]
