"""A country in one process: a thousand reports a day, about 32 accounts each, with twenty times a city's people.

It is the city with larger frauds and more of everything. A few days say what a report costs; a year (`--nation-days
365`) says whether it fits into memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from benchmarks.jobs import Job, column, in_rounds
from benchmarks.parts import NATION_A_REPORT, NATION_MB, Given
from benchmarks.table import Row, Section

PROVINCE = Path(__file__).resolve().parent.parent / "scenarios" / "province.yaml"
REPORTS = 1000 / 440
"""Times as many reports a day as in the province."""
WORK = 20
"""Times as many people, for ten times as many accounts to a report too."""
TYPICAL_TRANSFER = "2500 yuan"
"""About 32 accounts to a report; in the city, with 42,000 yuan, about 5."""
CITY_DAYS = 30
"""At least, of the city beside it: a few days of a small city cost little but their beginning."""
YEAR = 365
HEADS = ("staff", "crypto")
"""Keys under which a number of people stands."""
Tree = Any


def nation(given: Given, days: int) -> list[Section]:
    """What a report of the country costs, against one of the city."""
    file = str(write(given.folder))
    jobs = {
        "city": Job("benchmarks.city", ("compiled", "city", str(max(days, CITY_DAYS)))),
        "nation": Job("benchmarks.city", ("compiled", file, str(days))),
    }
    found = in_rounds(jobs, given.rounds)
    cost = {name: [one["all_seconds"] / one["cases"] for one in some] for name, some in found.items()}
    by_account = {name: [one["all_seconds"] / one["accounts"] for one in some] for name, some in found.items()}
    per_report = [a / b for a, b in zip(cost["nation"], cost["city"], strict=True)]
    first = found["nation"][0]
    rows = [
        Row("nation, plan + run + measure, milliseconds per report", [1000 * one for one in cost["nation"]]),
        Row("nation / city, cost per report", per_report, NATION_A_REPORT),
        Row("nation / city, cost per account", [a / b for a, b in zip(*reversed(by_account.values()), strict=True)]),
        Row("nation, peak memory, MB", column(found["nation"], "whole_mb"), NATION_MB if days >= YEAR else None,
            "" if days >= YEAR else f"judged on a year only; target {NATION_MB}"),
        Row("nation, bytes per account", [one["whole_mb"] * 2**20 / one["accounts"] for one in found["nation"]]),
    ]  # fmt: skip
    each = first["accounts"] / first["cases"]
    return [Section(f"National, {days} days: {first['cases']:,} reports, {each:.0f} accounts each", rows)]


def write(folder: Path) -> Path:
    """The scenario of a country, made from the province; the path of its file."""
    province: Tree = yaml.safe_load(PROVINCE.read_text(encoding="utf-8"))
    parts = {part: _more(province[part]) for part in ("desks", "bank_profiles")}
    for name, desk in province["desks"].items():
        if "surge" in desk:
            parts["desks"][name]["surge"]["above"] = desk["surge"]["above"] * WORK
            parts["desks"][name]["surge"]["heads"] = desk["surge"]["heads"] * WORK
    per_day = round(province["victims"]["arrivals"]["city"]["per_day"] * REPORTS)
    tree = {
        "schema_version": 1, "extends": str(PROVINCE), "name": "nation", "title": "A country",
        "question": "What does a report of a country cost?",
        "victims": {"arrivals": {"city": {"per_day": per_day}}},
        "criminals": {"typical_transfer": TYPICAL_TRANSFER}, **parts,
        "sources": {
            name: {"label": "assumed", "source": "a country of provinces"} for name in ("victims", "criminals", *parts)
        },
    }  # fmt: skip
    path = folder / "nation.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return path


def _more(tree: Tree) -> Tree:
    """The same with more heads wherever heads stand."""
    if isinstance(tree, list):
        return [_more(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    return {key: one * WORK if key in HEADS and isinstance(one, int) else _more(one) for key, one in tree.items()}
