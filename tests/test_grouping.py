"""How tests are handed to workers."""

from __future__ import annotations

import pytest

from tests.grouping import group_of


def test_each_test_goes_with_the_group_that_it_is_marked_with(request: pytest.FixtureRequest) -> None:
    """What is read in the files of tests is what pytest knows of all that it has collected."""
    found = {item.nodeid: item.get_closest_marker("xdist_group") for item in request.session.items}
    marked = {nodeid: mark.args[0] for nodeid, mark in found.items() if mark is not None}
    assert {nodeid: group for nodeid in found if (group := group_of(request.config.rootpath, nodeid))} == marked
