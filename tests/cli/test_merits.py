"""Seeds of an exercise in a terminal: heads whole, figures that read as sentences, and what is not listed is said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sim.cli import merits
from sim.exercise.seeds import Faces
from sim.words.language import say


@pytest.mark.parametrize("many", [1, merits.BEST + 1])
def test_seeds_are_told(many: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On eighty columns no word of a head is broken; one report is one; of more seeds than rows the best are listed."""
    figures = {"accepted": True, "good": 80.0, "first_come": 40.0, "careless": 12.0, "nobody": 0.0, "best_saves": 10**8,
               "nobody_saves": 0, "unmet": ["a-long-name"], "most_idle": 0.3, "thoughtless": 1.0}  # fmt: skip
    found: Any = [SimpleNamespace(seed=seed, **figures) for seed in range(many)]
    monkeypatch.setattr(merits.seeds, "merits", lambda *_, **__: iter(found))
    monkeypatch.setattr(merits.seeds, "faces", lambda *_: Faces(1, 2, 10**8, 1))
    monkeypatch.setenv("COLUMNS", "80")
    merits.find("wuhan-35min", many, 1)
    out = capsys.readouterr().out
    for word in f"{say('first come')} {say('decisions are worth')} {say('injects not met')}".split():
        assert word in out
    told = "faces 1 report and 2 named accounts; the largest victim paid 1,000,000 yuan; good play takes 1 decision."
    assert told in out
    assert ("The best 7 are listed." in out) == (many > merits.BEST)
