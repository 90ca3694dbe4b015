"""Whole numbers as people type them into a field, or as a request claims them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,20}")
"""A longer one is no number that any field takes, and a very long one is none that Python reads."""


def whole(text: str, least: int, most: int) -> int | None:
    """A whole number in ASCII or full-width digits, from `least` to `most`; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    if not _WHOLE.fullmatch(plain):
        return None
    number = int(plain)
    return number if least <= number <= most else None
