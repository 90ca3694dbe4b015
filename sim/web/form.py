"""A scenario as the fields of a form: every value of its resolved tree, with its choices, its unit and its source.

A change is what ``--set path=value`` is on the command line, so a form can do neither more nor less.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args, get_origin

from sim.report.findings.answering import Way, chosen, ways_of
from sim.scenario import marks, shape
from sim.scenario.distributions import KINDS, Distribution
from sim.scenario.errors import dotted, split_path
from sim.scenario.loader import Loaded, Resolved, resolve_tree
from sim.scenario.made import NOBODY, SOURCES
from sim.scenario.models import Scenario
from sim.scenario.people import EVERY_DAY, NAMED_POLICIES, Day
from sim.scenario.ranges import range_at
from sim.scenario.tree import Layer, Provenance, read_tree
from sim.web import unwritten
from sim.words import language as lang
from sim.words import names
from sim.words.days import are_days, days_in_words
from sim.words.language import key, say, translate
from sim.words.units import DAY, parse_duration, parse_money

DAY_SETS: Final = (EVERY_DAY, EVERY_DAY[:5], EVERY_DAY[:6], EVERY_DAY[5:], [*EVERY_DAY[5:], "holiday"])
"""Days of a shift that are offered beside those that it has; any others are drawn on the page of the roster."""

CHOICES: Final = {
    "victims": key("victims"), "reports": key("reports"), "true": key("yes"), "false": key("no"),
    "finish": key("the work in hand is finished"), "hand_over": key("the work in hand is handed over"),
    "overtime": key("nobody goes before the queue is empty"),
}  # fmt: skip
"""What a value may be, in words."""


@dataclass(frozen=True)
class FormField:
    """One value that can be changed."""

    path: str
    value: str
    """As a file writes it."""
    label: str
    """Of its source: printed, verified, derived, assumed ..."""
    source: str
    choices: tuple[str, ...]
    """What it may be; empty where it is free."""
    textual: bool
    """Whether it is text, which is never read as a number or a list."""
    ways: Mapping[str, Way] = field(default_factory=dict, compare=False)
    """Of the bank profiles that it may be: how each answers."""
    others: tuple[str, ...] = field(default=(), compare=False)
    """Of a value of a bank profile: who answers so beside banks, as `Scenario.holders` names them."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The path, part by part."""
        return tuple(self.path.split("."))

    @property
    def group(self) -> str:
        """The part of the scenario that it belongs to; empty for what is of the whole."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def first(self) -> bool:
        """Whether planners change it first; of a distribution, its mean or its median."""
        if marks.inherited(Scenario, self.parts, "form") != "first":
            return False
        around = (kind for end in (-1, -2) for kind in shape.at(Scenario, self.parts[:end]))
        return not any(shape.is_model(kind, Distribution) for kind in around) or bool(
            marks.own(Scenario, self.parts, "level")
        )

    @property
    def dozen(self) -> bool:
        """Whether it is among the few that planners turn before all others."""
        return self.first and bool(marks.inherited(Scenario, self.parts, "dozen"))

    @property
    def range(self) -> str:
        """What it may be, in the language of the context; empty where that is plain or free."""
        if self.choices:
            return ""
        if not self.value and (accepted := unwritten.accepted(self.parts)):
            return accepted
        with suppress(ValueError):
            long = parse_duration(self.value) >= DAY
            return say("a time such as {example}", example="90d" if long else "35m")
        with suppress(ValueError):
            parse_money(self.value)
            return say("an amount such as 50k yuan")
        return translate(range_at(Scenario, self.parts))

    @property
    def source_words(self) -> str:
        """Its source, in the language of the context where it is one of ours."""
        return say(self.source) if self.source in SOURCES else self.source

    def setting(self, text: str) -> str:
        """The change of the value to what somebody typed, as ``path=value``."""
        if self.textual:
            return f"{self.path}={json.dumps(text, ensure_ascii=False)}"
        return f"{self.path}={unwritten.as_file(self.parts, text.strip())}"

    def differs(self, typed: Mapping[str, str]) -> bool:
        """Whether what was typed, by path, is a change of it."""
        return typed.get(self.path, self.value) != self.value

    def options(self, value: str) -> list[tuple[str, str]] | None:
        """What it may be and what it is now, each in words; None where it is typed."""
        if not self.choices:
            return None
        return [(one, self.choice_words(one)) for one in dict.fromkeys([*self.choices, value])]

    def choice_words(self, choice: str) -> str:
        """A choice as people read it."""
        if self.ways:
            return chosen(NOBODY if choice == "null" else choice, self.ways.get(choice))
        if (days := _days(choice)) is not None:
            return days_in_words(days)
        if _names_policy(self.parts):
            return names.policy(choice)
        return say(CHOICES[choice]) if choice in CHOICES else choice.replace("_", " ")

    def in_words(self) -> str:
        """The value as people say it, where that differs from how a file writes it."""
        with suppress(ValueError):
            return lang.duration(parse_duration(self.value))
        with suppress(ValueError):
            return lang.money(parse_money(self.value))
        return ""


def fields_of(loaded: Loaded[Scenario]) -> list[FormField]:
    """The fields of a scenario in the order of its model."""
    ways = ways_of(loaded.scenario)
    lines = resolve_tree(loaded)
    written = {line.path for line in lines}
    lines += [Resolved(path, value, "default", "", None) for path, value in _shown() if path not in written]
    for parts in unwritten.offered(loaded.scenario):
        around = f"{dotted(parts[:-1])}."
        place = max((at for at, line in enumerate(lines) if line.path.startswith(around)), default=len(lines) - 1)
        lines.insert(place + 1, Resolved(dotted(parts), "", "default", "", None))
    others: dict[str | None, list[str]] = {}
    for holder in loaded.scenario.holders[len(loaded.scenario.banks) :]:
        others.setdefault(holder.profile, []).append(holder.name)
    found = [one for line in lines for one in _fields(line, ways)]
    found = [
        replace(one, others=tuple(others.get(one.parts[1], ()))) if one.group == "bank_profiles" else one
        for one in found
    ]
    return [one for one in found if marks.inherited(Scenario, one.parts, "form") not in ("never", "built")]


def _shown() -> Iterator[tuple[str, Any]]:
    """Values that a file rarely writes and a planner likes to turn, as the model has them."""
    for name, info in shape.fields(Scenario).items():
        if (below := marks.said(info, "shown")) is not None:
            for kind in shape.at(Scenario, (name, below)):
                yield from ((dotted((name, below, key)), one) for key, one in kind().model_dump(mode="json").items())


def _names_policy(path: Sequence[str]) -> bool:
    return bool(marks.own(Scenario, tuple(path), "policy"))


def _fields(line: Resolved, ways: Mapping[str, Way]) -> Iterator[FormField]:
    """The fields of a line of the resolved tree.

    Args:
        line: with its path and value.
        ways: by bank profile of the scenario, how it answers.
    """
    for path, value in _leaves(line.path, line.value):
        parts = split_path(path)
        kinds = shape.at(Scenario, parts)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        choices = NAMED_POLICIES if text in NAMED_POLICIES and _names_policy(parts) else _choices(kinds, text)
        if marks.own(Scenario, parts, "profile"):
            yield FormField(path, text, line.label, line.source, ("null", *ways), textual=False, ways=ways)
            continue
        if list[Day] in kinds:
            choices = tuple(dict.fromkeys(json.dumps(one) for one in (*DAY_SETS, value)))
        yield FormField(path, text, line.label, line.source, choices, _textual(text))


def _days(text: str) -> Sequence[str] | None:
    """The days of the week that a file writes so; None for anything else."""
    with suppress(ValueError):
        if are_days(days := json.loads(text)):
            return [str(day) for day in days]
    return None


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a distribution one by one; anything else as it is."""
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in KINDS:
        below = value[kind]
        if isinstance(below, dict):
            yield from ((f"{path}.{kind}.{name}", one) for name, one in below.items())
            return
        if not isinstance(below, list):
            yield f"{path}.{kind}", below
            return
    yield path, value


def _choices(kinds: shape.Types, text: str) -> tuple[str, ...]:
    """What the types at a path list one by one, where they list everything."""
    found: list[str] = []
    for kind in kinds:
        if _is_literal(kind):
            found += [str(one) for one in get_args(kind)]
        elif kind is bool:
            found += ["true", "false"]
    others = [kind for kind in kinds if not _is_literal(kind) and kind not in (bool, str)]
    return tuple(dict.fromkeys(found)) if text in found and not others else ()


def _is_literal(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is Literal


def _textual(text: str) -> bool:
    """Whether a value is text that YAML, unquoted, would read as something else, such as the time 20:30."""
    try:
        tree = read_tree(text, Layer("", Provenance("")), single=True)
    except ValueError:
        return True
    return tree is not None and isinstance(tree.value, str) and tree.value != text


def settings_of(fields: Sequence[FormField], typed: Mapping[str, str]) -> list[str]:
    """The changes of a form as ``path=value``, in the order of its fields.

    Args:
        fields: of the scenario.
        typed: what was typed, by path; what is typed as it was is no change.
    """
    return [one.setting(typed[one.path]) for one in fields if one.differs(typed)]
