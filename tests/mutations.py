"""Valid files of users, spoilt in the ways in which people, programs and attackers spoil them.

    for one in mutations("scenario", 50, seed=1):
        path.write_bytes(one.data)  # one.how says what was done to which file

Half of the mutations change the text (lines, marks, characters, encodings), half the values that it stands for. The
same kind, number and seed give the same files.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from math import inf, isfinite, isnan, nan
from typing import Any, Final, Literal

from sim.scenario import catalogue
from sim.scenario.tree import Layer, Provenance, read_tree

Kind = Literal["scenario", "exercise", "target", "whatif"]

SOURCES: Final[dict[Kind, tuple[str, ...]]] = {
    "scenario": (
        "china.yaml", "city.yaml", "korea-2015.yaml", "korea-2025-calls.yaml", "s01-rapid-response.yaml",
        "s12-bank-training.yaml", "s13-dissuasion.yaml", "s15-cross-border.yaml", "stop-first.yaml", "wuhan-35min.yaml",
    ),
    "exercise": (
        "exercises/bank-outage.yaml", "exercises/courier-and-cash.yaml", "exercises/keeps-paying.yaml",
        "exercises/night-of-two.yaml", "exercises/wuhan-35min.yaml",
    ),
    "target": (
        "targets/korea-2015-refunds.yaml", "targets/korea-2025-calls.yaml", "targets/uk-2025-residence.yaml",
        "targets/wuhan-35min.yaml",
    ),
    "whatif": ("whatifs/centre.yaml",),
}  # fmt: skip
"""Shipped files that are spoilt, by kind."""


@dataclass(frozen=True)
class Mutation:
    """One spoilt file."""

    how: str
    """What was done to which file, for the message of a failing test."""
    data: bytes


def mutations(kind: Kind, n: int, seed: int) -> Iterator[Mutation]:
    """So many spoilt files of a kind, the same ones for the same seed."""
    for number in range(n):
        chance = random.Random(f"{kind} {seed} {number}")
        source = chance.choice(SOURCES[kind])
        mutate = chance.choice((*_TEXTUAL, *_BY_VALUE))
        data = mutate(_text(source), chance)
        name = getattr(mutate, "__name__", "").strip("_")
        yield Mutation(f"{source}: {name} ({kind} {seed} {number})", data)


@cache
def _text(source: str) -> str:
    return (catalogue.folder() / source).read_text(encoding="utf-8")


@cache
def _plain(text: str) -> str:
    tree = read_tree(text, Layer("", Provenance("")))
    assert tree is not None
    return json.dumps(tree.plain())


# -- of the text -------------------------------------------------------------------------------------------

ODD: Final = (
    "\0", "\a", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u200b", "\u202e", "\u2028", "\u3000", "\ufeff", "\ufffe", "\t",
    "：", "，", "“", "（", "３", "－", "−", "％", "￥", "Ａ", "十", "é", "\U0001f600", "'", '"', "[", "{", "}", "|",
    ">", "&a ", "*a", "!!python/object:os.system ", "%", "@", "`", "#", "? ", "- ", ": ", "\\", "\r", "\n",
)  # fmt: skip
"""What is put between the characters of a file."""


def _lines(change: Callable[[list[str], random.Random], None]) -> Callable[[str, random.Random], bytes]:
    def mutate(text: str, chance: random.Random) -> bytes:
        lines = text.split("\n")
        change(lines, chance)
        return "\n".join(lines).encode("utf-8", "surrogatepass")

    mutate.__name__ = change.__name__
    return mutate


def _place(lines: list[str], chance: random.Random) -> int:
    """A line that says something."""
    return chance.choice([n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")])


@_lines
def _without_a_line(lines: list[str], chance: random.Random) -> None:
    del lines[_place(lines, chance)]


@_lines
def _a_line_twice(lines: list[str], chance: random.Random) -> None:
    here = _place(lines, chance)
    lines.insert(here, lines[here])


@_lines
def _lines_swapped(lines: list[str], chance: random.Random) -> None:
    one, other = _place(lines, chance), _place(lines, chance)
    lines[one], lines[other] = lines[other], lines[one]


@_lines
def _indented(lines: list[str], chance: random.Random) -> None:
    here = _place(lines, chance)
    lines[here] = chance.choice((" ", "\t", "   ", "\u3000", "\xa0")) + lines[here]


@_lines
def _odd_characters(lines: list[str], chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 3))):
        here = _place(lines, chance)
        column = chance.randint(0, len(lines[here]))
        lines[here] = lines[here][:column] + chance.choice(ODD) + lines[here][column:]


@_lines
def _full_width(lines: list[str], chance: random.Random) -> None:
    here = _place(lines, chance)
    lines[here] = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in lines[here])


@_lines
def _a_mark_lost(lines: list[str], chance: random.Random) -> None:
    here = _place(lines, chance)
    marks = [n for n, one in enumerate(lines[here]) if one in ":{}[]\"',-"]
    if marks:
        gone = chance.choice(marks)
        lines[here] = lines[here][:gone] + lines[here][gone + 1 :]


@_lines
def _a_word_of_yaml(lines: list[str], chance: random.Random) -> None:
    here = chance.choice((0, _place(lines, chance)))
    word = chance.choice(
        ("%YAML 1.1", "---", "...", "- - -", "<<: {a: 1}", "? [a]", "!!set {}", "&a [*a]", "*no", "null")
    )
    lines.insert(here, word)


@_lines
def _alias_bomb(lines: list[str], chance: random.Random) -> None:
    width = chance.choice((2, 9))
    bomb = ["&b0 [x, x, x, x, x, x, x, x, x]"]
    bomb += [f"&b{n} [{', '.join([f'*b{n - 1}'] * width)}]" for n in range(1, 40)]
    lines.extend(["bomb:", *("  - " + one for one in bomb)])


def _cut_off(text: str, chance: random.Random) -> bytes:
    data = text.encode()
    return data[: chance.randint(0, len(data))]


def _another_encoding(text: str, chance: random.Random) -> bytes:
    code = chance.choice(("gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "big5"))
    return (text + "\n# 夜班\n").encode(code, "replace")


def _bytes_of_no_text(text: str, chance: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(chance.choice((1, 20))):
        data.insert(chance.randint(0, len(data)), chance.randint(0, 255))
    return bytes(data)


def _other_ends_of_lines(text: str, chance: random.Random) -> bytes:
    return text.replace("\n", chance.choice(("\r\n", "\r", "\x85", "\u2028", "\v"))).encode()


# -- of the values -----------------------------------------------------------------------------------------

WRONG: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1.5, 1e308, -0.0, 10**400, 2**63, nan, inf, "", " ", "x", "x" * 10_000, "NaN", "nan",
    "1e999h", "-5m", "99999999999d", "35m", "50k yuan", "1e400 yuan", "09:00", "25:00", "2025-02-30",
    "9999-12-31T23:59", "0001-01-01", "夜班", "十五分钟", "３", "a.b", "../../etc/passwd", "x.py:f", "a\0.py:f",
    "\x1b[2J", "\u202eabc", "\ud83d\ude00",
    [], {}, [[]], [None], {"": ""}, {"a": {"b": {"c": 1}}}, ["x"] * 30_000, list(range(24)), {"fixed": "1h"},
    {"lognormal": {"median": 0, "p90": "1m"}}, {"mixture": []}, {"__class__": "x"}, [0.5, 0.5], {"from": 1, "to": 2},
)  # fmt: skip
"""What stands in the place of a value."""
NAMES: Final = (
    "", " ", "x" * 5000, "夜班", "a.b", "a b", "A", "-", "_", "0", "true", "null", "~", "1e3", "<<", "__class__",
    "a\nb", "\x1b[31m", "\u202e", "intake：", "'", '"', "[0]", "../x", "=", "*", "&", "{}", "{0}", "%s", "\0",
)  # fmt: skip
"""What stands in the place of a key."""
Values = dict[str, Any]


def _values(change: Callable[[Values, random.Random], None]) -> Callable[[str, random.Random], bytes]:
    def mutate(text: str, chance: random.Random) -> bytes:
        data = json.loads(_plain(text))
        change(data, chance)
        return written(data).encode("utf-8", "surrogatepass")

    mutate.__name__ = change.__name__
    return mutate


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every mapping or list with each of its keys or indices."""
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(below, dict | list):
            yield from _places(below)


def _any(data: Values, chance: random.Random, kind: type | tuple[type, ...] = (dict, list)) -> tuple[Any, Any]:
    """Some place, the deep ones no likelier than the top."""
    every = [place for place in _places(data) if isinstance(place[0], kind)]
    return chance.choice(every if chance.random() < 0.7 else every[: 1 + len(every) // 8])


@_values
def _a_key_dropped(data: Values, chance: random.Random) -> None:
    where, key = _any(data, chance)
    del where[key]


@_values
def _a_key_renamed(data: Values, chance: random.Random) -> None:
    where, key = _any(data, chance, dict)
    where[chance.choice(NAMES)] = where.pop(key)


@_values
def _values_swapped(data: Values, chance: random.Random) -> None:
    (one, key), (other, second) = _any(data, chance), _any(data, chance)
    one[key], other[second] = json.loads(json.dumps((other[second], one[key])))


@_values
def _wrong_values(data: Values, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        where, key = _any(data, chance)
        where[key] = deepcopy(chance.choice(WRONG))  # a later change may fall into it, even put it into itself


@_values
def _a_number_changed(data: Values, chance: random.Random) -> None:
    numbers = [place for place in _places(data) if isinstance(place[0][place[1]], int | float)]
    if numbers:
        where, key = chance.choice(numbers)
        where[key] *= chance.choice((-1, 0, 1e-300, 0.1, 1000, 1e18, 1e300))


@_values
def _nested(data: Values, chance: random.Random) -> None:
    where, key = _any(data, chance)
    for _ in range(chance.choice((1, 60, 2000))):
        where[key] = [where[key]] if chance.random() < 0.5 else {"a": where[key]}


@_values
def _a_list_longer(data: Values, chance: random.Random) -> None:
    lists = [place for place in _places(data) if isinstance(place[0][place[1]], list)]
    if lists:
        where, key = chance.choice(lists)
        where[key] = where[key] * chance.choice((2, 500))


def written(value: Any) -> str:
    """YAML of plain values, in blocks as people write it where that is possible."""
    return "\n".join(_block(value, 0)) + "\n"


def _block(value: Any, indent: int) -> Iterator[str]:
    room = "  " * min(indent, 40)
    if isinstance(value, dict) and value and indent < 40:
        for key, below in value.items():
            flat = not isinstance(below, dict | list) or not below
            yield f"{room}{json.dumps(key, ensure_ascii=False)}:" + (f" {_flow(below)}" if flat else "")
            if not flat:
                yield from _block(below, indent + 1)
    elif isinstance(value, list) and value and indent < 40:
        for below in value:
            yield f"{room}- {_flow(below)}"
    else:
        yield f"{room}{_flow(value)}"


def _flow(value: Any) -> str:
    """A value on one line; written without recursion, so that depth costs nothing."""
    said: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Mark):
            said.append(one)
        elif isinstance(one, list):
            inside = [part for item in one for part in (item, _Mark(", "))][:-1]
            waiting.extend(reversed([_Mark("["), *inside, _Mark("]")]))
        elif isinstance(one, dict):
            inside = [part for k, v in one.items() for part in (_Mark(json.dumps(k) + ": "), v, _Mark(", "))][:-1]
            waiting.extend(reversed([_Mark("{"), *inside, _Mark("}")]))
        elif isinstance(one, float) and not isfinite(one):
            said.append(".nan" if isnan(one) else ".inf")
        else:
            said.append(json.dumps(one, ensure_ascii=False))
    return "".join(said)


class _Mark(str):
    """A mark of the syntax among values."""

    __slots__ = ()


_TEXTUAL: Final = (
    _without_a_line, _a_line_twice, _lines_swapped, _indented, _odd_characters, _odd_characters, _full_width,
    _a_mark_lost, _a_word_of_yaml, _alias_bomb, _cut_off, _another_encoding, _bytes_of_no_text, _other_ends_of_lines,
)  # fmt: skip
_BY_VALUE: Final = (
    _a_key_dropped, _a_key_dropped, _a_key_renamed, _a_key_renamed, _values_swapped, _values_swapped, _wrong_values,
    _wrong_values, _wrong_values, _wrong_values, _a_number_changed, _a_number_changed, _nested, _a_list_longer,
)  # fmt: skip
