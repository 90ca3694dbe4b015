"""docs/model.md: its table of defaults is that of the shipped scenario."""

from __future__ import annotations

from tools.model_defaults import ROOT, made


def test_the_table_of_defaults_is_made_from_the_scenario() -> None:
    """Each line of `sources` in china.yaml stands in the document as it is in the file."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert text == made(text)
    assert "`criminals.pace`" in text
