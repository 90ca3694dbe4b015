"""Cut the Chinese font that ships with the package out of Noto Sans CJK.

    python tools/subset_font.py /usr/share/fonts/opentype/noto

writes into ``sim/report/fonts`` the regular font for pictures (otf) and pages (woff2): the characters of GB 2312 level
1, those that the catalogue and the shipped scenarios use besides, punctuation, full-width forms and Latin; and a bold
one for the titles of pictures, with what the catalogue uses alone. The same source gives the same bytes. Needs
fonttools and brotli; to be run when a text uses a character that the font has not (a test says so). It stands outside
the package, since nobody who only uses the program has a use for it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter, load_font, save_font

ROOT: Final = Path(__file__).parent.parent
FONTS: Final = ROOT / "sim" / "report" / "fonts"
NAME: Final = "Fundfreeze Sans SC"
"""A name of its own: a machine's own Noto Sans, of another version, is not taken for it."""
SIMPLIFIED: Final = 2
"""Number of Noto Sans CJK SC in the collection."""


def level_1() -> set[str]:
    """The 3,755 most frequent characters: rows 16 to 55 of GB 2312."""
    cells = (bytes((0xA0 + row, 0xA0 + cell)) for row in range(16, 56) for cell in range(1, 95))
    return set("".join(cell.decode("gb2312", errors="ignore") for cell in cells))


def signs() -> set[str]:
    """Latin with its accents, the dashes and quotes, the Chinese punctuation, signs and full-width forms of GB 2312."""
    rows = (bytes((0xA0 + row, 0xA0 + cell)) for row in (1, 3) for cell in range(1, 95))
    latin = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))
    return set("".join(cell.decode("gb2312") for cell in rows) + latin + "–—‘’“”…•−×÷≤≥¥￥·、。〇")


def used(*files: Path) -> set[str]:
    """What files are written with."""
    return {one for file in files for one in file.read_text(encoding="utf-8") if one.isprintable()}


def cut(source: Path, weight: str, characters: set[str], *forms: str) -> None:
    """Write one font in some forms."""
    options = Options()
    options.font_number = SIMPLIFIED
    options.layout_features = ["kern", "locl"]
    options.hinting = False
    options.desubroutinize = True  # compresses better as woff2
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "GDEF", "GPOS", "GSUB"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.recalc_timestamp = False
    options.notdef_outline = True
    font = load_font(source, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(font)
    file = f"{NAME.replace(' ', '')}-{weight}"
    for number, said in ((1, NAME), (2, weight), (3, f"{NAME} {weight}"), (4, f"{NAME} {weight}"), (6, file)):
        font["name"].setName(said, number, 3, 1, 0x409)
    missing = sorted(one for one in characters if ord(one) not in font.getBestCmap())
    if missing:
        sys.exit(f"{source} has no {' '.join(missing)}")
    for form in forms:
        options.flavor = "woff2" if form == "woff2" else None
        place = FONTS / f"{file}.{form}"
        save_font(font, place, options)
        print(f"{place.relative_to(ROOT)}: {place.stat().st_size:,} bytes, {len(characters):,} characters")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path, help="folder of NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc")
    folder = parser.parse_args().source
    catalogue, scenarios = ROOT / "sim" / "words" / "zh.yaml", sorted((ROOT / "scenarios").rglob("*.yaml"))
    cut(
        folder / "NotoSansCJK-Regular.ttc", "Regular", level_1() | signs() | used(catalogue, *scenarios), "otf", "woff2"
    )
    cut(folder / "NotoSansCJK-Bold.ttc", "Bold", used(catalogue), "otf")
