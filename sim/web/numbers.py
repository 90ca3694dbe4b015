"""Whole numbers as people type them into a field, or as a request claims them."""

from __future__ import annotations

import re
from typing import Final

_WHOLE: Final = re.compile(r"[-+]?\d{1,20}")
"""A longer one is no number that any field takes, and a very long one is none that Python reads."""
_SIGNS: Final = str.maketrans("\N{MINUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH PLUS SIGN}", "--+")


def whole(text: str, least: int, most: int) -> int | None:
    """A whole number in ASCII or full-width digits, from `least` to `most`; None for anything else."""
    plain = text.strip().translate(_SIGNS)
    if not _WHOLE.fullmatch(plain):
        return None
    number = int(plain)
    return number if least <= number <= most else None
