"""The numbers of a scenario as parameters of a study: found by path, moved, and made into a scenario again.

A parameter is one number by its dotted path, as ``--set`` takes it, or a whole distribution: then its value is a factor
on all times or amounts in it (1 as the scenario has it), which keeps its form. Shares that sum to 1 move together: the
others are rescaled to fill up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf
from typing import Any, Final, Literal

from pydantic import ValidationError

from sim.scenario import marks, shape
from sim.scenario.distributions import Distribution
from sim.scenario.errors import ScenarioError, describe, dotted, nearest, split_path
from sim.scenario.explain import explain
from sim.scenario.merge import SET_BY_HAND, put
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, Scalar, Tree, tree_of
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase
from sim.words.units import (
    HOUR,
    MAX_DURATION,
    MAX_MONEY,
    MINUTE,
    SECOND,
    RefusedError,
    format_duration,
    format_money,
    parse_duration,
    parse_money,
)

Kind = Literal["time", "money", "number", "count", "factor"]


@dataclass(frozen=True)
class Parameter:
    """One number of a scenario."""

    path: str
    kind: Kind
    value: float
    """As the scenario has it: ms, fen, or the number itself; 1 for a factor."""
    least: float
    most: float
    """What its field accepts by itself."""
    group: tuple[str, ...] = ()
    """Paths, its own included, of the shares that sum to 1 with it (of a branch's chances: to at most 1)."""

    def clipped(self, value: float) -> float:
        """The nearest value that its field accepts; whole for a count, a time (ms) and an amount (fen)."""
        value = min(max(value, self.least), self.most)
        return value if self.kind in ("number", "factor") else float(round(value))

    def said(self, value: float) -> str:
        """A value as a file would write it, with the digits that people read."""
        if self.kind == "time":
            unit = 1 if value < MINUTE else SECOND if value < 2 * HOUR else MINUTE
            return format_duration(round(max(value, 0) / unit) * unit)
        if self.kind == "money":
            return format_money(round(float(f"{max(value, 0):.4g}")))
        return f"{value:,.0f}" if self.kind == "count" else f"{value:.4g}"

    def read(self, written: object) -> float:
        """A value from what a file would hold.

        Raises:
            RefusedError: it is no such quantity.
        """
        if self.kind == "time":
            return float(parse_duration(written))
        if self.kind == "money":
            return float(parse_money(written))
        if isinstance(written, bool) or not isinstance(written, int | float):
            raise RefusedError(written, phrase("a number such as {value:g}", value=self.value))
        return float(written)


def quantity(written: object, path: tuple[str, ...]) -> tuple[Kind, float] | None:
    """The kind and the value of a number as a scenario's dump writes it at a path; None for what is no number."""
    kind = unit_of(path)
    if isinstance(written, str) and kind in ("time", "money"):
        return kind, float(parse_duration(written) if kind == "time" else parse_money(written))
    if kind is None or isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return kind, float(written)


@lru_cache(maxsize=20_000)  # a study asks for the same few hundred in each of its thousands of settings
def unit_of(path: tuple[str, ...]) -> Kind | None:
    """What the field at a path counts, by its type; None for names, switches, days and times of day."""
    if is_distribution(path):
        path = (*path, "fixed")  # as a bare quantity is written
    readers = shape.validators(Scenario, path)
    return next((kind for reader, kind in _UNITS.items() if reader in readers), None)


_UNITS: Final[Mapping[object, Kind]] = {parse_duration: "time", parse_money: "money", float: "number", int: "count"}
"""What reads a field, and what it then counts."""


def _written(kind: Kind, value: float) -> Scalar:
    match kind:
        case "time":
            return format_duration(round(min(max(value, 0), MAX_DURATION)))
        case "money":
            return format_money(round(min(max(value, 0), MAX_MONEY)))
        case "count":
            return round(value)
    return value


_parts = lru_cache(maxsize=20_000)(split_path)  # as with `unit_of`
_SET: Final = tree_of(None, Layer("--set (by the study)", SET_BY_HAND))
"""Where a value that a study sets is said to be written."""


@dataclass(frozen=True)
class Editor:
    """A scenario whose numbers can be changed by path, with the checks that a file has to pass."""

    scenario: Scenario

    @cached_property
    def tree(self) -> Tree:
        """All that the scenario says, defaults too."""
        data = self.scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
        return tree_of(data, Layer(self.scenario.name, Provenance("")))

    @cached_property
    def _text(self) -> str:
        """All that the scenario says, to be read again and changed: much faster than a walk of the tree."""
        return json.dumps(self.tree.plain())

    def has(self, path: str) -> bool:
        """Whether there is a value at a path."""
        return self._node(path) is not None

    def at(self, path: str) -> object:
        """What is written at a path, as plain YAML; None where there is nothing."""
        node = self._node(path)
        return None if node is None else node.plain()

    def _node(self, path: str) -> Tree | None:
        if path not in self._nodes:
            parts = _parts(path)
            node, depth = self.tree.descend(parts)
            self._nodes[path] = node if depth == len(parts) else None
        return self._nodes[path]

    @cached_property
    def _nodes(self) -> dict[str, Tree | None]:
        """As `_found`: what stands at paths, None for nothing."""
        return {}

    def parameter(self, path: str) -> Parameter:
        """The parameter at a path.

        Raises:
            StudyError: there is nothing (the nearest names are told), or it is no number.
        """
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = self._parameter(path)
        return found

    @cached_property
    def _found(self) -> dict[str, Parameter]:
        """Parameters asked for before: a study asks for the same few hundred in each of its thousands of settings."""
        return {}

    def _parameter(self, path: str) -> Parameter:
        parts = _parts(path)
        node, depth = self.tree.descend(parts)
        if depth < len(parts) or not parts:
            known = (
                node.value
                if isinstance(node.value, dict)
                else range(len(node.value))
                if isinstance(node.value, list)
                else ()
            )
            said = nearest(parts[depth] if parts else "", map(str, known))
            where = phrase("{scenario}: {path}: read an unknown path", scenario=self.scenario.name, path=path)
            if depth:
                after = dotted(parts[:depth])
                raise StudyError(
                    phrase("{what}, accepted after {after}: {accepted}", what=where, after=after, accepted=said)
                )
            raise StudyError(phrase("{what}, accepted: {accepted}", what=where, accepted=said))
        path = dotted(parts)
        written = node.plain()
        if isinstance(written, dict) and is_distribution(parts):
            return Parameter(path, "factor", 1.0, 0.0, inf)
        found = quantity(written, parts)
        if found is None:
            accepted = phrase("the path of a number or of a distribution")
            raise StudyError(
                phrase(
                    "{name}: {path}: read {written}, accepted: {accepted}",
                    name=self.scenario.name, path=path, written=describe(written), accepted=accepted,
                )
            )  # fmt: skip
        kind, value = found
        least, most = shape.limits(Scenario, parts)
        if kind in ("time", "money"):
            least, most = max(least, 0.0), min(most, MAX_DURATION if kind == "time" else MAX_MONEY)
        return Parameter(path, kind, value, least, most, self._group(path))

    def _group(self, path: str) -> tuple[str, ...]:
        """The shares that sum to 1 with the one at a path."""
        parts = _parts(path)
        below: tuple[str, ...] = ()
        if marks.own(Scenario, parts[:-1], "sums"):  # a mapping of shares
            above = parts[:-1]
        elif marks.own(Scenario, parts, "sums"):
            above, below = parts[:-2], parts[-1:]
        else:
            return ()
        value = self.tree.descend(above)[0].value
        names = value if isinstance(value, dict) else range(len(value))
        return tuple(one for name in names if self.has(one := dotted((*above, name, *below))))

    def changed(self, values: Mapping[Parameter, float]) -> Scenario:
        """The scenario with some parameters set, each to a value in its own unit.

        Shares that sum to 1 with one that is set share what is left, in their proportions.

        Raises:
            ScenarioError: the model does not accept it; one line.
        """
        written = self._written(values)
        data = json.loads(self._text)
        for path, scalar in written:
            _store(data, _parts(path), scalar)
        try:
            return Scenario.model_validate(data)
        except ValidationError as error:
            tree = self.tree  # where each value was written is asked for only here: it costs more than the check
            for path, scalar in written:
                tree = put(tree, path, Tree(scalar, _SET.at, _SET.layer), Scenario)
            raise explain(error, Scenario, tree) from None

    def _written(self, values: Mapping[Parameter, float]) -> list[tuple[str, Scalar]]:
        """What is written where for some parameters to have some values."""
        moved = {parameter.path: value for parameter, value in values.items()}
        ordered = sorted(values.items(), key=lambda one: one[0].kind != "factor")  # factors first
        return [one for parameter, value in ordered for one in self._settings(parameter, value, moved)]

    def settings(self, values: Mapping[Parameter, float]) -> list[str]:
        """``PATH=VALUE`` for each value that `changed` writes: given with ``--set`` they make the same scenario."""
        return [f"{path}={scalar}" for path, scalar in self._written(values)]

    def _settings(self, parameter: Parameter, value: float, moved: Mapping[str, float]) -> Iterator[tuple[str, Scalar]]:
        if parameter.kind == "factor":
            whole = _parts(parameter.path)
            for path, scalar in leaves(self.tree.descend(whole)[0].plain(), whole):
                found = quantity(scalar, _parts(path))
                if found is not None and found[0] in ("time", "money"):  # a factor leaves shapes and shares alone
                    yield path, _written(found[0], found[1] * value)
            return
        yield parameter.path, _written(parameter.kind, value)
        first = next((path for path in parameter.group if path in moved), None)
        if parameter.path == first:  # once for the whole group
            before = sum(self._number(path) for path in parameter.group if path in moved)
            left = 1 - sum(moved[path] for path in parameter.group if path in moved)
            for path in parameter.group:
                if path not in moved:
                    yield path, self._number(path) * max(0.0, left) / (1 - before) if before < 1 else 0.0

    def _number(self, path: str) -> float:
        node = self._node(path)
        found = None if node is None else quantity(node.value, _parts(path))
        return found[1] if found else 0.0

    def scaled(self, factors: Mapping[Parameter, float]) -> dict[Parameter, float]:
        """The values that parameters have after a factor on each.

        A share that sums to 1 with others has its weight among them multiplied, and so has the chance of a branch;
        everything else is multiplied and clipped to what its field accepts.
        """
        by_path = {parameter.path: factor for parameter, factor in factors.items()}
        found = {}
        for parameter, factor in factors.items():
            value = parameter.value * factor
            if parameter.group:
                own = {path: self._number(path) for path in parameter.group}
                rest = max(0.0, 1 - sum(own.values()))
                value /= rest + sum(share * by_path.get(path, 1.0) for path, share in own.items())
            found[parameter] = parameter.clipped(value)
        return found


def _store(data: Any, path: Sequence[str], scalar: Scalar) -> None:
    """Write a value where plain data have one."""
    *above, last = path
    for key in above:
        data = data[int(key)] if isinstance(data, list) else data[key]
    data[int(last) if isinstance(data, list) else last] = scalar


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every plain value inside a value, with its path."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, str(key)))
    else:
        yield dotted(path), value


def refusal(editor: Editor, values: Mapping[Parameter, float]) -> ScenarioError | None:
    """What the model says against some values; None where it accepts them."""
    try:
        editor.changed(values)
    except ScenarioError as error:
        return error
    return None


# -- what a scenario assumes ------------------------------------------------------------------------------


def is_distribution(path: tuple[str, ...]) -> bool:
    return any(shape.is_model(kind, Distribution) for kind in shape.at(Scenario, path))
