"""Characters that do something to a terminal, a page or a reader beyond being shown.

Controls and escapes move a cursor or forge lines, marks of direction turn the text behind them around, halves of
surrogates cannot be written in any encoding. A file or a command line that holds one is refused where it is read, so
that titles, names and arms are harmless in whatever is made of them.
"""

from __future__ import annotations

from typing import Final
from unicodedata import category

LINES: Final = "\t\n\r"
"""Controls that texts of several lines need."""
_DIRECTION: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ODD: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
ACCEPTED: Final = "text without control, escape or bidirectional characters"


def odd(text: str, allowed: str = LINES) -> str | None:
    """The first character of a text that is not harmless; None where there is none.

    Args:
        allowed: controls that may stand there.
    """
    if text.isprintable():
        return None
    return next((one for one in text if one not in allowed and (category(one) in _ODD or one in _DIRECTION)), None)


def character(one: str) -> str:
    """A character as a mistake calls it: ``the character U+202E``."""
    return f"the character U+{ord(one):04X}"
