"""Standard streams that take every text: what their encoding lacks is written another way, never a reason to fail."""

from __future__ import annotations

import codecs
import re
import sys
from io import TextIOWrapper
from typing import Final

HANDLER: Final = "fundfreeze"
_PLAIN: Final = {
    "\N{PLUS-MINUS SIGN}": "+/-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MINUS SIGN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...", "\N{MULTIPLICATION SIGN}": "x", "\N{RIGHTWARDS ARROW}": "->",
    "\N{NO-BREAK SPACE}": " ", "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"', "\N{MIDDLE DOT}": ".",
    "\N{BULLET}": "*", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=",
    "\N{BOX DRAWINGS HEAVY HORIZONTAL}": "-", "\N{BOX DRAWINGS LIGHT HORIZONTAL}": "-", "\N{BLACK CIRCLE}": "*",
}  # fmt: skip
"""Signs that have a plain form; of other characters the number is written, as JSON does it."""

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
"""What `typer.style` puts around words."""


def any_text() -> None:
    """Let standard output and standard error write any text in their own encoding, and standard input read any bytes.

    A result that took an hour must not be lost because a terminal, or the file it is redirected to, is not UTF-8.
    """
    codecs.register_error(HANDLER, _otherwise)
    for stream, errors in ((sys.stdout, HANDLER), (sys.stderr, HANDLER), (sys.stdin, "replace")):
        if isinstance(stream, TextIOWrapper):  # a test, or a program around this one, may have put something else there
            stream.reconfigure(errors=errors)


def echo(text: object = "", *, err: bool = False) -> None:
    """Write a line to standard output or standard error, in the encoding of that stream, at once.

    The command line's framework has its own, which takes ASCII for a mistake and writes UTF-8 among the lines in it.
    Where there is no terminal, the line has no colours.
    """
    stream = sys.stderr if err else sys.stdout
    print(text if stream.isatty() else _COLOUR.sub("", str(text)), file=stream, flush=True)


def _otherwise(error: UnicodeError) -> tuple[str, int]:
    """What is written for characters that an encoding lacks, and where it goes on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(one) or _number(one) for one in error.object[error.start : error.end]), error.end


def _number(one: str) -> str:
    """``\\u8bc8``; beyond the first plane the two halves, as JSON has them."""
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
