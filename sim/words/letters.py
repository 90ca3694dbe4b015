"""Letters as a Chinese keyboard writes them, wide, and as they are read."""

from __future__ import annotations

from typing import Final

SPACES: Final = " \xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


def narrow(text: str) -> str:
    """A text with its wide letters, digits and marks in their usual form, and every space an ordinary one."""
    if text.isascii():
        return text
    return "".join(_narrow(one) for one in text)


def _narrow(one: str) -> str:
    if "\uff01" <= one <= "\uff5e":
        return chr(ord(one) - 0xFEE0)
    return {"−": "-", "￥": "¥", "。": "."}.get(one, " " if one in SPACES else one)
