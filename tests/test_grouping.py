"""How tests are handed to workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grouping import group_of


def test_each_test_goes_with_the_group_that_it_is_marked_with(request: pytest.FixtureRequest) -> None:
    """What is read in the files of tests is what pytest knows of all that it has collected."""
    found = {item.nodeid: item.get_closest_marker("xdist_group") for item in request.session.items}
    marked = {nodeid: mark.args[0] for nodeid, mark in found.items() if mark is not None}
    groups = {nodeid: group_of(request.config.rootpath, nodeid) for nodeid in found}
    assert {nodeid: groups[nodeid] for nodeid in marked} == marked
    assert not {group for nodeid, group in groups.items() if nodeid not in marked} & set(marked.values())


TEST = "def test_one(): pass\n"
MADE_ONCE = (
    "@pytest.fixture(scope='module')\ndef made(): pass\n", "@cache\ndef made(): pass\n", "def test_two(server): pass\n"
)  # fmt: skip


@pytest.mark.parametrize("made", MADE_ONCE)
def test_what_is_made_once_for_a_file_is_made_by_one_worker(tmp_path: Path, made: str) -> None:
    """A file that shares something is a group by itself, but for the tests that are of another."""
    (tmp_path / "test_x.py").write_text(
        TEST + made + f"@pytest.mark.xdist_group('other')\n{TEST}".replace("one", "three")
    )
    (tmp_path / "test_y.py").write_text(f"@pytest.fixture\ndef made(): pass\n{TEST}")
    group = group_of(tmp_path, "test_x.py::test_one[a]")
    assert group
    assert group_of(tmp_path, "test_x.py::test_four") == group
    assert group_of(tmp_path, "test_x.py::test_three") == "other"
    assert group_of(tmp_path, "test_y.py::test_one") == ""
