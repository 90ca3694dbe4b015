"""Every value of a shipped scenario says where it comes from."""

from __future__ import annotations

import pytest

from sim.scenario import catalogue
from sim.scenario.loader import LABELS, load, resolve_tree

ABOUT = ("schema_version", "name", "title", "question")
"""What a file says of itself."""


@pytest.mark.parametrize("name", catalogue.names())
def test_every_value_has_a_label_and_a_source(name: str) -> None:
    """Each value, defaults too, is printed, verified, derived or assumed, and names its source."""
    lines = [line for line in resolve_tree(load(name)) if line.path not in ABOUT]
    assert len(lines) > (50 if name.startswith(("korea-2025-calls", "haryana")) else 80)  # little but a call desk
    assert [line.path for line in lines if line.label not in LABELS or not line.source.strip()] == []


@pytest.mark.parametrize("name", catalogue.names())
def test_every_value_says_the_file_and_line_that_wrote_it(name: str) -> None:
    """No value of a shipped scenario comes from the program: a planner finds each in a file."""
    loaded = load(name)
    files = {file.name for file in loaded.files}
    for line in resolve_tree(loaded):
        assert line.origin is not None, line.path
        assert line.origin.file.rpartition("/")[2] in files
        assert line.origin.line > 0


def test_what_the_newspaper_printed_is_labelled_so() -> None:
    """The loss and the three figures of the Wuhan case are printed, with the newspaper's day, and nothing else is."""
    lines = {line.path: line for line in resolve_tree(load("wuhan-35min")) if line.label == "printed"}
    figures = {f"printed.{name}" for name in ("accounts_stopped", "containment_time", "recovered")}
    case = "victims.arrivals.resident.cases.0"
    assert set(lines) == figures | {f"{case}.loss", f"{case}.reports"}
    assert all("Changjiang Daily, 24 July 2025" in line.source for line in lines.values())
