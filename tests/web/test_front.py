"""The finding of the start page, and the style sheet of all pages."""

from __future__ import annotations

import re
from pathlib import Path

from sim.scenario import catalogue
from sim.web import app
from sim.web.front import SCENARIO, finding


def test_the_start_page_has_the_figures_of_the_city_as_its_file_tells_them() -> None:
    """Each stands in the head of the file, which another test holds to what is printed."""
    one = finding()
    assert one is not None
    text = " ".join(catalogue.find(SCENARIO).read_text(encoding="utf-8").split()).replace(" # ", " ")
    assert f"share recovered {one.share:.1f}% ({one.low:.1f} to {one.high:.1f})" in text
    assert f"paid by the victims {one.loss:,.0f} yuan" in text
    assert f"report to first stop, median {one.stop:g} min" in text
    assert one.command in text
    assert one.low < one.share < one.high


def test_only_an_at_rule_of_the_style_sheet_holds_others() -> None:
    """A brace that is missing would take all the rules after it away, and no browser says so."""
    sheet = (Path(app.__file__).parent / "static" / "style.css").read_text(encoding="utf-8")
    open_rules: list[str] = []
    for before, brace in re.findall(r"([^{}]*)([{}])", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        if brace == "{":
            assert all(one.startswith("@") for one in open_rules), open_rules
            open_rules.append(before.rpartition(";")[2].strip())
        else:
            open_rules.pop()
    assert open_rules == []
