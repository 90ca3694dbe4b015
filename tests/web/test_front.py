"""The finding of the start page."""

from __future__ import annotations

from sim.scenario import catalogue
from sim.web.front import SCENARIO, finding


def test_the_start_page_has_the_figures_of_the_city_as_its_file_tells_them() -> None:
    """Each stands in the head of the file, which another test holds to what is printed."""
    one = finding()
    assert one is not None
    text = " ".join(catalogue.find(SCENARIO).read_text(encoding="utf-8").split()).replace(" # ", " ")
    assert f"share recovered {one.share:g}% ({one.low:.1f} to {one.high:.1f})" in text
    assert f"paid by the victims {one.loss:,.0f} yuan" in text
    assert f"report to first stop, median {one.stop:g} min" in text
    assert one.command in text
    assert one.low < one.share < one.high
