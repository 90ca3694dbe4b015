"""Texts in lines of so many columns of a terminal, in either language."""

from __future__ import annotations

import re
import textwrap
from typing import Final
from unicodedata import east_asian_width

from sim.words.language import language


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two each."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def padded(text: str, wide: int, *, right: bool = False) -> str:
    """A text filled up with spaces to so many columns, at its end or (`right`) before it."""
    spaces = " " * (wide - columns(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, wide: int, indent: str = "") -> list[str]:
    """A text in lines of at most so many columns, all but the first behind an indent.

    English breaks between words; Chinese between any two characters, but not before a mark that closes; neither inside
    ``n = 400``.
    """
    kept = text.replace(" = ", f"{_GLUE}={_GLUE}")
    if kept != text:
        return [line.replace(_GLUE, " ") for line in wrapped(kept, wide, indent)]
    if language() == "en":
        return textwrap.wrap(text, wide, subsequent_indent=indent, replace_whitespace=False)
    lines, line = [], ""
    for piece in re.findall(_PIECES, text):
        if line.strip() and columns(line + piece.rstrip()) > wide:
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


_GLUE: Final = "\ue000"
"""A space at which no line ends."""
_CLOSING: Final = "，。、；：！？）】》”’%"
_PIECES: Final = (
    r"\s*(?:[（【《“‘]?[\u2e80-\u9fff](?:（[^（）\s]{1,6}）)?"
    rf"|[^\s\u2e80-\u9fff{_CLOSING}]+|[{_CLOSING}])[{_CLOSING}]*|\s+"
)
"""A word or one Chinese character, with the spaces before it and the marks that may not part from it."""
