"""What stands in a workbook, read from its XML as a spreadsheet program reads it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Sheet:
    """Cells by row and column: a text, a number, or None; with the format that shows each."""

    cells: list[list[str | float | None]]
    formats: list[list[str]]
    frozen_rows: int
    widths: list[float]


def read(data: bytes) -> dict[str, Sheet]:
    """The sheets of a workbook by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [one.attrib["name"] for one in _xml(book, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
        texts = [
            "".join(part.text or "" for part in one.iter(f"{_MAIN}t"))
            for one in _xml(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")
        ]
        styles = _xml(book, "xl/styles.xml")
        codes = {one.attrib["numFmtId"]: one.attrib["formatCode"] for one in styles.iter(f"{_MAIN}numFmt")}
        cell_styles = styles.find(f"{_MAIN}cellXfs")
        assert cell_styles is not None
        forms = [codes.get(one.attrib["numFmtId"], "") for one in cell_styles]
        return {
            name: _sheet(_xml(book, f"xl/worksheets/sheet{number}.xml"), texts, forms)
            for number, name in enumerate(names, 1)
        }


def formulas(data: bytes) -> int:
    """How many formulas and links stand in the sheets of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [_xml(book, name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    return sum(1 for sheet in sheets for tag in ("f", "hyperlink") for _ in sheet.iter(_MAIN + tag))


def as_datetime(value: float) -> datetime:
    """The date and time of a number of days, to the second."""
    return datetime(1899, 12, 30) + timedelta(seconds=round(value * 86400))


def _xml(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))


def _sheet(xml: ElementTree.Element, texts: list[str], forms: list[str]) -> Sheet:
    columns = len(list(xml.iter(f"{_MAIN}col"))) or 1
    rows = list(xml.iter(f"{_MAIN}row"))
    wide = max([columns, *(_place(cell) + 1 for row in rows for cell in row)])
    cells: list[list[str | float | None]] = [[None] * wide for _ in rows]
    formats = [[""] * wide for _ in rows]
    for line, row in enumerate(rows):
        for cell in row:
            value = cell.find(f"{_MAIN}v")
            if value is not None and value.text is not None:
                shared = cell.attrib.get("t") == "s"
                cells[line][_place(cell)] = texts[int(value.text)] if shared else float(value.text)
                formats[line][_place(cell)] = forms[int(cell.attrib.get("s", "0"))]
    pane = xml.find(f"{_MAIN}sheetViews/{_MAIN}sheetView/{_MAIN}pane")
    frozen = int(float(pane.attrib.get("ySplit", "0"))) if pane is not None else 0
    widths = [
        float(one.attrib["width"])
        for one in xml.iter(f"{_MAIN}col")
        for _ in range(int(one.attrib["min"]), int(one.attrib["max"]) + 1)
    ]
    return Sheet(cells, formats, frozen, widths)


def _place(cell: ElementTree.Element) -> int:
    letters = "".join(one for one in cell.attrib["r"] if one.isalpha())
    place = 0
    for one in letters:
        place = 26 * place + ord(one) - ord("A") + 1
    return place - 1
