"""A scenario as the fields of a form: every value of its resolved tree, with its choices, its unit and its source.

A change is what ``--set path=value`` is on the command line, so a form can do neither more nor less.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

from sim.exercise.models import POLICIES
from sim.scenario import shape
from sim.scenario.distributions import KINDS
from sim.scenario.loader import Loaded, Resolved, resolve_tree
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, read_tree
from sim.words import language as lang
from sim.words.language import named, say
from sim.words.units import parse_duration, parse_money

FIXED: Final = ("schema_version", "name", "title", "question", "utc_offset", "printed")
"""Parts that no what-if changes."""
FIRST: Final = re.compile(
    "|".join(
        (
            r"horizon|follow_up",
            r"desks\.[^.]+\.(staff|absence|queue|shifts\.\d+\.staff)",
            r"routes\.[^.]+\.steps\.[^.]+\.work\.time\.[^.]+\.(mean|median|fixed|value)|routes\..*\.work\.time\.fixed",
            r"bank_profiles\.[^.]+\.(staff|shifts\.\d+\.staff|time\.[^.]+\.(median|mean))",
            r"prevention\.[^.]+\.(share|per_day)",
            r"law\.[^.]+(\.[^.]+)?",
            r"latency\..*",
            r"victims\.arrivals\.[^.]+\.(per_day|cases\.\d+\.(loss|payments|discovery|report_lag))",
            r"victims\.channels\.[^.]+\.share",
            r"victims\.scams\.[^.]+\.reports",
            r"criminals\.(typical_transfer|deepest_layer|reaction\.speed|reuse\.share)",
        )
    )
)
"""Values that planners change first; the others stand behind an expander."""
DEFAULTS: Final = (("latency.all.factor", 1.0), ("latency.all.add", "0m"))
"""Values that a file rarely writes and a planner likes to turn."""
TURNED: Final = re.compile(r".*\.(work\.(time|patience|team)|p|attempts|at_most|wait\.for|until_open)(\..*)?")
"""What of the routes is a number to turn; the rest is how they are built, and is changed in a file."""


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
        """Whether planners change it first."""
        return FIRST.fullmatch(self.path) is not None

    def setting(self, text: str) -> str:
        """The change of the value to what somebody typed, as ``path=value``."""
        return f"{self.path}={json.dumps(text, ensure_ascii=False) if self.textual else text.strip()}"

    def choice_words(self, choice: str) -> str:
        """A choice as people read it."""
        return named(choice, "policy") if self.parts[-1] == "queue" else choice.replace("_", " ")

    def in_words(self) -> str:
        """The value as people say it, where that differs from how a file writes it."""
        with suppress(ValueError):
            return lang.duration(parse_duration(self.value))
        with suppress(ValueError):
            return lang.money(parse_money(self.value))
        return ""


def fields_of(loaded: Loaded[Scenario]) -> list[FormField]:
    """The fields of a scenario in the order of its model."""
    lines = [line for line in resolve_tree(loaded) if line.path.split(".")[0] not in FIXED]
    written = {line.path for line in lines}
    lines += [Resolved(path, value, "default", "", None) for path, value in DEFAULTS if path not in written]
    found = [field for line in lines for field in _fields(line)]
    return [one for one in found if one.group != "routes" or TURNED.fullmatch(one.path)]


def _fields(line: Resolved) -> Iterator[FormField]:
    for path, value in _leaves(line.path, line.value):
        kinds = shape.at(Scenario, path.split("."))
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        choices = POLICIES if path.endswith(".queue") and text in POLICIES else _choices(kinds, text)
        yield FormField(path, text, line.label, line.source, choices, _textual(text))


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


def settings_of(fields: Sequence[FormField], typed: dict[str, str]) -> list[str]:
    """The changes of a form as ``path=value``, in the order of its fields.

    Args:
        fields: of the scenario.
        typed: what was typed, by path; what is typed as it was is no change.
    """
    return [one.setting(typed[one.path]) for one in fields if typed.get(one.path, one.value) != one.value]


def source_words(field: FormField) -> str:
    """What kind of figure a value is."""
    known = {
        "printed": say("printed"), "verified": say("verified"), "derived": say("derived"), "assumed": say("assumed"),
        "default": say("default"),
    }  # fmt: skip
    return known.get(field.label, field.label)
