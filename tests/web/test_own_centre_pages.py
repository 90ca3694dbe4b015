"""The ways to a centre of one's own, as a planner sees them in a browser."""

from __future__ import annotations

import pytest

from tests.web.conftest import Server, Visitor


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("ten questions", "Open this file")), ("zh", ("十个问题", "打开此文件"))]
)
def test_the_planner_begins_with_the_ways_to_ones_own(
    server: Server, facilitator: Visitor, language: str, words: tuple[str, str]
) -> None:
    """Without scrolling; what is shipped comes below."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next=/planner")
    ways = [page.get_by_role("link", name=words[0]), page.get_by_role("button", name=words[1])]
    ends = []
    for way in ways:
        place = way.bounding_box()
        assert place is not None
        ends.append(place["y"] + place["height"])
    first = page.locator("a[href='/planner/live/china']").bounding_box()
    assert first is not None
    assert max(ends) < min(first["y"], 900)
