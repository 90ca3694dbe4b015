"""What makes a page self-contained: its pictures and its Chinese letters stand in it."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Final

FONTS: Final = Path(__file__).with_name("fonts")
CHINESE: Final = "Fundfreeze Sans SC"
"""Noto Sans CJK cut down by tools/subset_font.py: what DejaVu Sans has no glyph for is shown with it."""
_REGULAR: Final = FONTS / "FundfreezeSansSC-Regular.otf"
_CHARACTERS: Final = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"


def font_face(text: str) -> str:
    """The style rule with those letters of the package's Chinese font that a text uses; empty where it has none.

    A page of a few hundred characters then carries some 100 kB of them, and no reader's machine needs a font.
    """
    used = set(re.findall(_CHARACTERS, text))
    if not used:
        return ""
    from fontTools.subset import Options, Subsetter  # loaded only for Chinese
    from fontTools.ttLib import TTFont

    options = Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    with TTFont(_REGULAR, recalcTimestamp=False) as font:
        cut = Subsetter(options)
        cut.populate(text="".join(sorted(used)))
        cut.subset(font)
        font.flavor = "woff"
        into = io.BytesIO()
        font.save(into)
    data = base64.b64encode(into.getvalue()).decode()
    return f'@font-face{{font-family:"{CHINESE}";src:url(data:font/woff;base64,{data}) format("woff")}}'


def inline_svg(svg: bytes, name: str, label: str) -> str:
    """A picture of `render` as an element of a page, with the words that stand for it.

    Args:
        name: that no other picture of the page has; it keeps their ids apart.
        label: what a reader who does not see it is told, escaped already.
    """
    drawn = svg.decode()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<style.*?</style>", "", drawn, flags=re.DOTALL)  # it would be of the whole page
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r' xmlns(:xlink)?="[^"]*"', "", drawn)
    drawn = drawn.replace("xlink:href=", "href=")
    drawn = re.sub(r'\bid="', f'id="{name}-', drawn)
    drawn = re.sub(r'href="#', f'href="#{name}-', drawn)
    drawn = drawn.replace("url(#", f"url(#{name}-")
    drawn = re.sub(r'<svg([^>]*?) width="[^"]*"', r"<svg\1", drawn, count=1)
    drawn = re.sub(r'<svg([^>]*?) height="[^"]*"', r"<svg\1", drawn, count=1)
    told = f'role="img" aria-label="{label}"'
    return drawn.replace("<svg", f'<svg {told} stroke-linejoin="round" stroke-linecap="butt"', 1)


def css_string(text: str) -> str:
    """A text as a string of a style sheet in a page: nothing in it ends the string or the sheet."""
    safe = "".join(c if c.isalnum() or c in " .,:;-()" else f"\\{ord(c):06x} " for c in text)
    return f'"{safe}"'
