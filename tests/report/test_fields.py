"""What fields are called in words."""

from __future__ import annotations

from typing import Literal

import pytest

from sim.report.findings.fields import label
from sim.words.language import using


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [("en", "from", "shift 1, begins"), ("en", "to", "shift 1, ends"), ("zh", "from", "班次 1，开始"),
     ("zh", "to", "班次 1，结束")],
)  # fmt: skip
def test_the_times_of_a_shift_read_as_times(language: Literal["en", "zh"], name: str, words: str) -> None:
    """`from` and `to` of a shift are when it begins and ends, not from where and to whom."""
    with using(language):
        assert label(("desks", "officer", "shifts", "0", name), 2) == words
