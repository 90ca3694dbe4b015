"""The Chinese font that ships with the package: that no box appears on a machine without fonts."""

from __future__ import annotations

import struct
from pathlib import Path

import matplotlib
import pytest
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont

from sim.report.figures.style import FONTS, render, styled
from sim.report.findings.text import METRICS
from sim.scenario import catalogue
from sim.scenario.whatifs import read_whatifs
from sim.words import language as lang

LATIN = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
REGULAR = FONTS / "FundfreezeSansSC-Regular.otf"


def characters(font: Path) -> set[str]:
    """What a font has a glyph for."""
    with TTFont(font, lazy=True) as read:
        return set(map(chr, read.getBestCmap()))


def test_every_character_that_is_shown_has_a_glyph() -> None:
    """All of the catalogue, of the shipped scenarios and exercises, and of the program's own texts can be drawn."""
    package = Path(lang.__file__).parent.parent
    files = [lang.CATALOGUE, *catalogue.folder().rglob("*.yaml"), *package.rglob("*.py")]
    used = {one for file in files for one in file.read_text(encoding="utf-8") if one.isprintable()}
    assert used - characters(REGULAR) - characters(LATIN) == set()


def test_bold_titles_are_bold_to_the_last_character() -> None:
    """What findings are made of, metrics and the titles of what planners ask, is there in bold: 益 and 费 were thin."""
    bold = characters(FONTS / "FundfreezeSansSC-Bold.otf")
    with lang.using("zh"):
        said = [metric.label for metric in METRICS.values()] + [lang.titled(one.title) for one in read_whatifs()]
    assert {one for words in said for one in words if "\u4e00" <= one <= "\u9fff"} - bold == set()


def test_what_pages_show_needs_the_one_font() -> None:
    """The font itself has what the catalogue and the scenarios are written with: a page has no Latin one beside it."""
    files = [lang.CATALOGUE, *catalogue.folder().rglob("*.yaml")]
    used = {one for file in files for one in file.read_text(encoding="utf-8") if one.isprintable()}
    assert used - characters(REGULAR) == set()


def test_names_of_places_and_people_have_glyphs() -> None:
    """The most frequent 3,755 characters are there, which a user's own titles are written with."""
    level_1 = {bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312") for row in range(16, 55) for cell in range(1, 95)}
    assert level_1 <= characters(REGULAR)


def test_the_font_of_the_pages_is_the_same_one() -> None:
    """The woff2 file holds a font of as many bytes as the otf file is, packed."""
    packed = REGULAR.with_suffix(".woff2").read_bytes()
    signature, _, length, _, _, unpacked = struct.unpack(">4sIIHHI", packed[:20])
    assert (signature, length) == (b"wOF2", len(packed))
    assert unpacked == pytest.approx(REGULAR.stat().st_size, rel=0.02)


def test_the_licence_goes_with_the_font() -> None:
    """The Open Font License stands beside the files, which weigh little over a megabyte and a half together."""
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(file.stat().st_size for file in FONTS.iterdir()) < 1_600_000


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_rare_characters_are_drawn_in_every_weight(weight: str) -> None:
    """A character that only the regular font has is drawn in a bold title too: a missing one would be a warning."""
    bold = characters(FONTS / "FundfreezeSansSC-Bold.otf")
    rare = next(one for one in sorted(characters(REGULAR) - bold) if "\u4e00" <= one <= "\u9fff")

    @styled
    def draw(text: str) -> bytes:
        figure = Figure(figsize=(1, 1))
        figure.text(0, 0.5, text, fontweight=weight)
        return render(figure, "png")

    assert draw(f"A {rare}") != draw("A")


@pytest.mark.parametrize(("weight", "file"), [("normal", LATIN), ("bold", LATIN.with_name("DejaVuSans-Bold.ttf"))])
def test_the_letters_are_of_matplotlib_not_of_the_system(weight: str, file: Path) -> None:
    """The same version of the Latin font on every machine, also where another one of its name is installed."""

    @styled
    def found() -> list[str]:
        return [findfont(FontProperties(family=name, weight=weight)) for name in matplotlib.rcParams["font.family"][:1]]

    assert found() == [str(file)]


def test_chinese_costs_english_pictures_nothing() -> None:
    """An English picture is drawn with the Latin font alone, so its bytes do not hang on the Chinese one."""

    @styled
    def draw() -> bytes:
        figure = Figure(figsize=(2, 1))
        figure.text(0, 0.5, "1,600,000 yuan", fontweight="bold")
        return render(figure, "svg")

    assert b"DejaVu" in draw()
    assert b"Fundfreeze" not in draw()
