"""The ways to a centre of one's own, as a planner sees them in a browser."""

from __future__ import annotations

import pytest

from tests.examples import shortly
from tests.web.conftest import Server, Visitor
from tests.web.test_pages_in_browser import check


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


def test_the_way_to_ones_own_exercise_stands_above_those_that_are_shipped(server: Server, facilitator: Visitor) -> None:
    """And the way to bring one: below a list of seven nobody finds them."""
    page = facilitator.page
    page.goto(f"{server.url}/rooms")
    ways = [page.get_by_role("link", name="Make an exercise"), page.get_by_role("button", name="Add this exercise")]
    first = page.get_by_role("button", name="Open this room").first.bounding_box()
    assert first is not None
    for way in ways:
        place = way.bounding_box()
        assert place is not None
        assert place["y"] < min(first["y"], 900)
    check(page)


def test_a_made_centre_leads_from_what_was_assumed_to_where_it_is_turned(server: Server, facilitator: Visitor) -> None:
    """By keyboard, too: what is pressed among the assumptions has the focus among the inputs."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/made")
    page.get_by_role("button", name="Make the centre").click()
    page.get_by_role("link", name="what was assumed").click()
    page.get_by_role("button", name="car: none").first.press("Enter")
    turned = page.get_by_label("car, wage, an hour")
    turned.wait_for()
    page.wait_for_function("one => document.activeElement === one", arg=turned.element_handle())
    turned.fill("50 yuan")
    page.get_by_text("car, wage, an hour: nothing → 50 yuan").wait_for()
    check(page)
    assert facilitator.mistakes == []


CUT = """() => [...document.querySelectorAll("select")].filter(list => {
    const style = getComputedStyle(list), pen = document.createElement("canvas").getContext("2d")
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const room = list.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20
    const text = list.selectedOptions[0].text, note = list.parentElement.querySelector(".note")
    const told = note && note.innerText === text && note.scrollWidth <= note.clientWidth + 1
    return pen.measureText(text).width > room + 2 && !told
}).map(list => list.selectedOptions[0].text)"""
"""What is chosen in lists that cut it, and that stands nowhere else; 20 px are the arrow's."""


@pytest.mark.parametrize(
    ("path", "language"),
    shortly(
        [(path, language) for path in ("/planner/made", "/planner/live/wuhan-35min") for language in ("en", "zh")],
        ("/planner/made", "zh"), ("/planner/live/wuhan-35min", "en"),
    ),
)  # fmt: skip
def test_what_is_chosen_can_be_read_whole(server: Server, facilitator: Visitor, path: str, language: str) -> None:
    """Of every list, whatever is chosen in it, on a screen and on a phone; and no page finds anything of axe."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next={path}")
    if "live" in path:
        page.get_by_role("searchbox").fill("profile")
        page.get_by_role("button", name={"en": "cheapest roster", "zh": "达标的最低成本编制"}[language]).click()
    page.locator("select").nth(4).wait_for()
    most = max(one.locator("option").count() for one in page.locator("select").all())
    for place in range(most):
        for one in page.locator("select").all():
            if place < one.locator("option").count():
                one.select_option(index=place)
        page.wait_for_function("[...document.querySelectorAll('.note')].length > 0")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(f"({CUT})().length === 0")
    check(page)
    assert facilitator.mistakes == []
