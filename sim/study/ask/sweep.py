"""A sweep: one scenario under many settings, on a grid or in a Latin hypercube, all on the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import product
from math import isfinite, prod
from typing import Final, Literal

import numpy as np

from sim.fraud.draws import key_of, root, uniform
from sim.scenario import shape
from sim.scenario.errors import describe, dotted, split_path
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm
from sim.words.language import key
from sim.words.phrases import either, phrase
from sim.words.quantities import NUMBER, SECONDS, SHARE, YUAN, read_quantity
from sim.words.units import format_duration, format_money, parse_duration, parse_money

NAMING: Final = ("schema_version", "extends", "name", "title", "question", "sources")
"""Fields that say which scenario it is and where it is from; no run depends on them."""
MOST_POINTS = 100_000
"""More would fill a disk rather than answer a question."""
Kind = Literal["whole", "number", "time", "money"]


@dataclass(frozen=True)
class Axis:
    """One value that a sweep changes, and what it is to be, as YAML."""

    path: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """One value that a sweep changes between two bounds."""

    path: str
    low: float
    high: float
    kind: Kind = "number"
    """Times are in ms, money in fen; like whole numbers, they stay whole."""

    def at(self, share: float) -> str:
        """The value at a share of the way, 0 to below 1, as YAML; of whole numbers all are as likely, bounds too."""
        if self.kind == "number":
            return self.written(self.low + share * (self.high - self.low))
        return self.written(self.low + share * (self.high - self.low + 1) // 1)

    def written(self, value: float) -> str:
        """A value of this kind as YAML."""
        match self.kind:
            case "number":
                return np.format_float_positional(value, precision=12, trim="-")
            case "time":
                return format_duration(int(value))
            case "money":
                return format_money(int(value))
        return str(int(value))


@dataclass(frozen=True)
class Point:
    """One setting of a sweep: by path, the value as YAML."""

    settings: dict[str, str]

    def __str__(self) -> str:
        return ", ".join(f"{path}={value}" for path, value in self.settings.items())


def read_axis(text: str) -> Axis:
    """Read PATH=A,B,C; commas within brackets, braces or quotes part nothing.

    Raises:
        StudyError: it is not of that form, or has no value.
    """
    path, text_of_values = _path_and_rest(text, key("PATH=A,B,C such as desks.analyst.staff=4,6,8"))
    values = tuple(part.strip() for part in _parts(text_of_values))
    if not all(values):
        raise StudyError(
            phrase(
                "--vary: read {text}, an empty grid; accepted: PATH=A,B,C with a value at each place",
                text=describe(text),
            )
        )
    return Axis(path, tuple(dict.fromkeys(values)))


def read_range(text: str) -> Range:
    """Read PATH=LOW:HIGH: two numbers, two times or two amounts of money.

    Raises:
        StudyError: it is not of that form.
    """
    accepted = phrase("PATH=LOW:HIGH such as desks.analyst.staff=4:8 or criminals.retry=5m:1h")
    path, bounds = _path_and_rest(text, accepted)
    low, _, high = bounds.partition(":")
    for kind, read in _READERS.items():
        with suppress(ValueError):
            found = Range(path, read(low.strip()), read(high.strip()), kind)
            if isfinite(found.low) and isfinite(found.high) and found.low < found.high:
                return found
    raise StudyError(
        phrase("--vary: read {text}, accepted with --hypercube: {accepted}", text=describe(text), accepted=accepted)
    )


def _in(*units: str) -> Callable[[str], float]:
    """A reader of bounds in some units; nothing needs none."""
    return lambda text: 0 if text == "0" else read_quantity(text, *units).whole


_READERS: Mapping[Kind, Callable[[str], float]] = {
    "whole": int, "number": _in(NUMBER, SHARE), "time": _in(SECONDS), "money": _in(YUAN)
}  # fmt: skip
_FIELDS: Final[Mapping[object, Kind]] = {int: "whole", float: "number", parse_duration: "time", parse_money: "money"}
"""What reads a field, and the kind of its values."""
_BOUNDS: Final[Mapping[Kind, str]] = {
    "whole": phrase("whole bounds"), "number": phrase("bounds that are numbers such as 0.5:2"),
    "time": phrase("bounds with a unit such as 5m:1h"), "money": phrase("bounds with a unit such as 5k yuan:50k yuan"),
}  # fmt: skip


def fitted(one: Range) -> Range:
    """A range of the kind of its field: whole bounds of a share or a speed bound all numbers between them.

    Raises:
        StudyError: the bounds are of no kind that the field takes.
    """
    taken = {kind for read in shape.validators(Scenario, split_path(one.path)) if (kind := _FIELDS.get(read))}
    if one.kind == "whole" and "number" in taken:
        return replace(one, kind="number")
    if one.kind == "number" and "whole" in taken and one.low.is_integer() and one.high.is_integer():
        return replace(one, kind="whole")
    if taken and one.kind not in taken:
        read = f"{one.path}={one.written(one.low)}:{one.written(one.high)}"
        accepted = either(_BOUNDS[kind] for kind in sorted(taken))
        raise StudyError(
            phrase("--vary: read {read}, accepted with --hypercube: {accepted}", read=read, accepted=accepted)
        )
    return one


def grid(axes: Sequence[Axis]) -> list[Point]:
    """Every combination; the last axis varies fastest.

    Raises:
        StudyError: nothing varies, a path is given twice, or there are more than `MOST_POINTS`.
    """
    paths = _distinct([axis.path for axis in axes])
    points = prod(len(axis.values) for axis in axes)
    if points > MOST_POINTS:
        raise StudyError(
            phrase(
                "--vary: a grid of {points:,} points, accepted: at most {most:,}, or --hypercube N",
                points=points, most=MOST_POINTS,
            )
        )  # fmt: skip
    return [Point(dict(zip(paths, values, strict=True))) for values in product(*(axis.values for axis in axes))]


def hypercube(ranges: Sequence[Range], points: int, seed: int) -> list[Point]:
    """A Latin hypercube: each of `points` equal parts of each range holds one point (McKay, Beckman, Conover 1979).

    One range more changes no other range's values.

    Raises:
        StudyError: nothing varies, or a path is given twice.
    """
    paths = _distinct([one.path for one in ranges])
    keys = key_of(root(seed, 0), np.arange(points))
    shares = [
        (np.argsort(uniform(keys, f"sweep order {path}")).argsort() + uniform(keys, f"sweep place {path}")) / points
        for path in paths
    ]
    return [
        Point({one.path: one.at(float(share[number])) for one, share in zip(ranges, shares, strict=True)})
        for number in range(points)
    ]


def arms_of(scenario: str, overrides: Sequence[str], points: Sequence[Point]) -> list[Arm]:
    """The scenario of each point, named by its settings.

    Raises:
        ScenarioError: a path or a value that a scenario cannot have.
    """
    return [
        Arm(str(point), load(scenario, [*overrides, *(f"{p}={v}" for p, v in point.settings.items())]).scenario)
        for point in points
    ]


def _path_and_rest(text: str, accepted: str) -> tuple[str, str]:
    path, equals, rest = text.partition("=")
    if not equals or not path.strip():
        raise StudyError(
            phrase("--vary: read {text}, accepted: {accepted}", text=describe(text), accepted=phrase(accepted))
        )
    parts = split_path(path)
    if parts and parts[0] in NAMING:
        raise StudyError(
            phrase(
                "--vary: read {parts}, which names the scenario, accepted: a path that changes its runs",
                parts=dotted(parts),
            )
        )
    return dotted(parts), rest


def _parts(text: str) -> list[str]:
    """Split at the commas that are in no bracket and in no quotes."""
    parts, depth, quote = [""], 0, ""
    for c in text:
        if c == "," and not depth and not quote:
            parts.append("")
            continue
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        else:
            depth += (c in "[{") - (c in "]}")
        parts[-1] += c
    return parts


def _distinct(paths: Sequence[str]) -> Sequence[str]:
    if not paths:
        raise StudyError(phrase("--vary: read nothing, an empty grid; accepted: --vary PATH=A,B,C at least once"))
    for path in paths:
        if paths.count(path) > 1:
            raise StudyError(
                phrase(
                    "--vary: read {path!r} {times} times, accepted: each path once", path=path, times=paths.count(path)
                )
            )
    return paths
