"""In what one scenario differs from another, value by value and in words, and where the values of one come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.report.findings import answering, fields, on_duty
from sim.scenario import catalogue
from sim.scenario.errors import dotted
from sim.scenario.loader import Loaded, Resolved, load, resolve_tree
from sim.scenario.models import Scenario
from sim.scenario.people import Rostered
from sim.words import names
from sim.words.days import are_days, days_in_words
from sim.words.language import say
from sim.words.lines import columns

Table = Sequence[Sequence[str]]
"""Rows of cells, the head first."""


@dataclass(frozen=True)
class Change:
    """One value that differs from another scenario."""

    path: str
    words: str
    old: str
    new: str
    source: str
    """Label and source of the new value; empty where there is none any more."""


def changes(old: Loaded[Scenario], new: Loaded[Scenario]) -> list[Change]:
    """Every value of a scenario that another has not, in the order of the model; one that is gone is told as well.

    What is gone as a whole, such as a bank with all that was said of it, is told once; so is a roster of which more
    than one value differs.
    """
    before = {line.path: line for line in resolve_tree(old)}
    after = {line.path: line for line in resolve_tree(new)}
    found: list[Change] = []
    for path in dict.fromkeys([*before, *after]):
        one, other = before.get(path), after.get(path)
        if other is None and (gone := _gone(path, before, after)):
            if gone not in {told.path for told in found}:
                n = sum(line.startswith(f"{gone}.") for line in before)
                found.append(Change(gone, fields.called(gone), say("{n:,} values", n=n), say("nothing"), ""))
            continue
        if path in _NAMES or (one is not None and other is not None and one.value == other.value):
            continue
        if _inside(path, before, after):
            continue
        source = "" if other is None else _source(other)
        found.append(Change(path, fields.called(path), _value(path, one), _value(path, other), source))
    return _rosters_as_one(found, old.scenario, new.scenario)


def _rosters_as_one(found: Sequence[Change], old: Scenario, new: Scenario) -> list[Change]:
    """Changes in which a roster of which several values differ, or one that is no single value, is one change."""
    of = {one.path: _roster(one.path, old, new) for one in found}
    inside: dict[str, list[Change]] = {}
    for one in found:
        inside.setdefault(of[one.path], []).append(one)
    told: list[Change] = []
    for one in found:
        desk = of[one.path]
        mine = inside[desk]
        if not desk or (len(mine) == 1 and one.path.rpartition(".")[2] in _SINGLE):
            told.append(one)
        elif one is mine[0]:
            was, now = (on_duty.roster(who) if (who := _at(desk, its)) else say("nothing") for its in (old, new))
            words = say("{what}, {part}", what=fields.label(tuple(desk.split(".")), 1), part=say("roster"))
            source = next((line.source for line in mine if line.source), "")
            told.append(Change(f"{desk}.shifts", words, was, now, source))
    return told


_SINGLE: Final = ("days", "from", "to", "staff")
"""Values of a shift that say by themselves what is changed."""


def _roster(path: str, old: Scenario, new: Scenario) -> str:
    """The path of the desk or kind of bank of whose roster a value is a part; empty for any other value."""
    parts = path.split(".")
    for end in range(1, len(parts)):
        if parts[end] in ("staff", "shifts"):
            above = ".".join(parts[:end])
            if _at(above, old) or _at(above, new):
                return above
    return ""


def _at(path: str, scenario: Scenario) -> Rostered | None:
    """Who is on duty at a path; None where it is anything else."""
    found: Any = scenario
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
    return found if isinstance(found, Rostered) else None


def beyond_shipped(loaded: Loaded[Scenario]) -> tuple[list[Change], str]:
    """In what a scenario differs from the nearest shipped one below it, and its title; nothing where there is none."""
    below = next((path for path in loaded.files if path.resolve().parent == catalogue.folder().resolve()), None)
    if below is None:
        return [], ""
    shipped = load(str(below))
    return changes(shipped, loaded), shipped.scenario.title or shipped.scenario.name


def in_words(changes: Sequence[Change]) -> str:
    """Changes as a sentence names them: two of them, and how many more there are; of long values only what."""
    few = [
        say("{what}: {new} in place of {old}", what=one.words, old=one.old, new=one.new)
        if columns(one.old + one.new) <= _SHORT else say("{what} changed", what=one.words)
        for one in changes[:2]
    ]  # fmt: skip
    more = say(" and {n:,} more", n=len(changes) - 2) if len(changes) > 2 else ""
    return say("; ").join(few) + more


_SHORT: Final = 72
"""Columns of an old and a new value that a sentence has room for."""
_NAMES: Final = ("name", "title", "question")


def _inside(path: str, before: Mapping[str, Resolved], after: Mapping[str, Resolved]) -> bool:
    """Whether a path is told as a part of one above it, which one of the two scenarios tells as a whole."""
    parts = path.split(".")
    above = {dotted(tuple(parts[:end])) for end in range(1, len(parts))}
    return bool(above & before.keys()) and bool(above & after.keys())


def _gone(path: str, before: Mapping[str, Resolved], after: Mapping[str, Resolved]) -> str:
    """The largest part of the old scenario around a value of which the new one has nothing; empty where that is the
    value alone, or a whole section."""
    parts = path.split(".")
    for end in range(2, len(parts)):
        above = ".".join(parts[:end])
        if above not in before and not any(other == above or other.startswith(f"{above}.") for other in after):
            return above
    return ""


def _value(path: str, line: Resolved | None) -> str:
    """As a file writes it; how a bank answers in words."""
    if line is None:
        return say("nothing")
    return answering.worded(tuple(path.split(".")), str(line.value)) or _written(line.value)


def _written(value: Any) -> str:
    """A value as a file writes it, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_written(one)}" for name, one in value.items()) + "}"
    if are_days(value):
        return days_in_words(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(line: Resolved) -> str:
    label_ = names.source_label(line.label)
    return say("{label}: {source}", label=label_, source=line.source) if line.source else label_


def sources(loaded: Loaded[Scenario]) -> tuple[Table, str]:
    """Where the values of a scenario come from: each source with what stands on it, and how many have which label."""
    lines = resolve_tree(loaded)
    by: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        if line.source:
            by.setdefault((line.label, line.source), []).append(line.path)
    rows: list[list[str]] = [[say("source"), say("label"), say("values")]]
    for (label_, source), paths in by.items():
        few = say("; ").join(map(fields.called, paths[:2])) + (
            say(" and {n:,} more", n=len(paths) - 2) if len(paths) > 2 else ""
        )
        rows.append([source, names.source_label(label_), few])
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.label] = counts.get(line.label, 0) + 1
    told = say(", ").join(
        say("{n:,} {label}", n=n, label=names.source_label(one)) for one, n in counts.items() if one != "not stated"
    )
    return rows, say("Of {n:,} values: {counts}.", n=len(lines), counts=told)
