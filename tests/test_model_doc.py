"""docs/model.md: its table of defaults is that of the shipped scenario, its figures are those of the last proof."""

from __future__ import annotations

import csv
import re
from functools import cache

import pytest

from tools.model_defaults import ROOT, made


def test_the_table_of_defaults_is_made_from_the_scenario() -> None:
    """Each line of `sources` in china.yaml stands in the document as it is in the file."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert text == made(text)
    assert "`criminals.pace`" in text


@cache
def proof() -> dict[str, dict[str, str]]:
    """The rows of the last proof, by name."""
    with (ROOT / "results" / "validation" / "table.csv").open(encoding="utf-8") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def elsewhere(quantity: str) -> dict[str, str]:
    """What the last proof says of a quantity in other places, by name of the number."""
    summary = (ROOT / "results" / "validation" / "summary.md").read_text(encoding="utf-8")
    (found,) = re.findall(
        rf"^- {quantity}, \d+ places: .*; its error is a factor of ([\d.]+), "
        r"that of the other places' mean ([\d.]+); .*, ([\d.,]+) to ([\d.,]+)%?$",
        summary, re.MULTILINE,
    )  # fmt: skip
    return dict(zip(("error", "mean", "low", "high"), found, strict=True))


def figures() -> dict[str, str]:
    """The figures of the last proof that documents repeat, as they write them."""
    rows = proof().values()
    apart = [row["verdict"] for row in rows if row["role"] == "kept apart"]
    abroad = [row for row in rows if row["quantity"] == "saved" and row["place"]]
    least = min(float(row["published_low"]) for row in abroad)
    most = max(float(row["published_high"]) for row in abroad)
    saved = elsewhere("saved for victims, of what was lost")
    found = {
        "inside": str(apart.count("inside")),
        "judged": str(apart.count("inside") + apart.count("outside")),
        "places": str(len({row["place"] for row in rows if row["place"]})),
        "abroad": f"{100 * least:.0f} to {most:.0%}",
        "next": f"{float(saved['low']):.0f} to {float(saved['high']):.0f}%",
        "city": f"{float(proof()['city-recovered']['model']):.1%}",
    }
    for name in ("malaysia", "yunnan-stopped", "yunnan-frozen", "shanghai-frozen", "within-six-hours", "later"):
        found[name] = f"{float(proof()[name]['model']):.0%}"
    for name, quantity in QUANTITIES.items():
        for of in ("error", "mean"):
            factor = float(elsewhere(quantity)[of])
            found[f"{name} {of}"] = f"{factor:.1f}" if factor < 10 else f"{factor:.0f}"
    return found


QUANTITIES = {
    "saved": "saved for victims, of what was lost",
    "frozen": "frozen, of what was stopped",
    "returned": "returned, of what was stopped",
    "account": "money on a stopped account",
}
SAYINGS = {
    "README.md": (
        "of {judged} figures that nothing was fitted to {inside} do",
        "nine places abroad of which nothing was used hold {abroad}, where the model's city stops {malaysia}; "
        "its error there is a factor of {saved error} in the odds, that of their own mean {saved mean}.",
        "may be {next}",
    ),
    "docs/model.md": (
        "are {judged} figures, {inside} inside, and {places} places",
        "nine places abroad hold {abroad}, the model's city stops {malaysia}.",
        "a factor of {saved error} in the odds, that of the places' own mean {saved mean}.",
        "{city} recovered in `city` are {next}",
        "a factor of {frozen error} off; their mean {frozen mean};",
        "off by a factor of {returned error} in the odds, where the mean of the places is off by {returned mean}.",
        "off by {account error}, their mean by {account mean}.",
        "stops {yunnan-stopped} and freezes {yunnan-frozen}.",
        "`city` freezes {shanghai-frozen} of what was lost",
        "{within-six-hours} of what is told within six hours is held and {later} of the rest.",
    ),
}
"""What documents repeat of a proof, by file."""


@pytest.mark.parametrize(("file", "saying"), [(file, one) for file, said in SAYINGS.items() for one in said])
def test_a_document_repeats_the_figures_of_the_last_proof(file: str, saying: str) -> None:
    """What docs/model.md and the README say of the proof is what `results/validation` holds."""
    text = " ".join((ROOT / file).read_text(encoding="utf-8").replace("**", "").split())
    assert saying.format(**figures()) in text
