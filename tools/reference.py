"""docs/reference.md and docs/reference-exercises.md: every value of a file, made from the models and their marks.

python tools/reference.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import TypeAliasType

from sim.exercise.meanings import EXERCISE
from sim.exercise.models import Exercise
from sim.scenario import marks, shape
from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.explain import by_kind
from sim.scenario.loader import Resolved, load, resolve_tree
from sim.scenario.meanings import LAW, meaning
from sim.scenario.models import Scenario
from sim.scenario.ranges import Limits
from sim.words.units import format_clock, format_duration, format_money, parse_clock, parse_duration, parse_money

ROOT = Path(__file__).resolve().parent.parent
SCENARIO, EXERCISES = ROOT / "docs" / "reference.md", ROOT / "docs" / "reference-exercises.md"
MOST_SHOWN = 3
"""Different values of a shipped scenario that are shown one by one."""
PREFERRED = ("desks", "routes", "victims", "criminals")
"""Where a part that stands in several places is described."""
_READERS = {
    "parse_duration": ("a time such as 35m", format_duration),
    "parse_money": ("an amount such as 50k yuan", format_money),
    "parse_clock": ("a time of day such as 09:00", format_clock),
}  # fmt: skip
_PLAIN = {
    "int": "a whole number", "float": "a number", "str": "text", "bool": "true or false",
    "date": "a date such as 2025-07-11", "datetime": "a local date and time such as 2025-07-11T09:00",
    "Any": "any value",
}  # fmt: skip


@dataclass
class Section:
    """A part of a file: a model, and where it stands."""

    model: type[BaseModel]
    paths: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where it is described: the place that readers look at first, else the shortest."""
        return min(self.paths, key=lambda one: (one.split(".")[0] not in PREFERRED, one.count("."), len(one), one))

    @property
    def head(self) -> str:
        """Its heading; of two that may stand at one place each says what it is."""
        kind = {"ListedArrivals": " (a list)", "RateArrivals": " (a rate)"}.get(self.model.__name__, "")
        return f"`{self.path}`{kind}" if self.path else "The whole file"


# -- the parts of a file -----------------------------------------------------------------------------------


def sections(root: type[BaseModel]) -> list[Section]:
    """Every model below one, in the order of its fields, but for those of laws."""
    found: dict[type[BaseModel], Section] = {}

    def walk(model: type[BaseModel], path: str) -> None:
        section = found.setdefault(model, Section(model))
        section.paths.append(path)
        for name, info in shape.fields(model).items():
            for kind, below in _models(info.annotation, f"{path}.{name}".lstrip(".")):
                if not issubclass(kind, LAW):
                    walk(kind, below)

    walk(root, "")
    return sorted(found.values(), key=lambda one: list(found).index(one.model))


def _models(annotation: Any, path: str) -> Iterator[tuple[type[BaseModel], str]]:
    """The models inside an annotation, each with its path: NAME stands for a key, [] for an entry of a list."""
    for kind in shape.unwrap(annotation):
        origin = get_origin(kind)
        if shape.is_model(kind):
            yield kind, path
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            yield from _models(get_args(kind)[1], f"{path}.NAME")
        elif isinstance(origin, type) and issubclass(origin, Sequence):
            yield from _models(get_args(kind)[0], f"{path}[]")


# -- what is accepted --------------------------------------------------------------------------------------


def accepted(info: FieldInfo, places: Mapping[type[BaseModel], Section]) -> str:
    """Unit and range of a field, in words; of a part of the file, where that is described."""
    said = _said(Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation)
    below = [places[kind] for kind, _ in _models(info.annotation, "") if kind in places]
    links = " or ".join(f"[{one.head.replace('`', '')}](#{_anchor(one.head)})" for one in below)
    return f"{said}: {links}" if links else said


def _said(annotation: Any) -> str:
    if isinstance(annotation, TypeAliasType):
        return _said(annotation.__value__)
    parts: list[Any] = []
    while get_origin(annotation) is Annotated:
        annotation, *around = get_args(annotation)
        parts += [one for part in around for one in (part.metadata if isinstance(part, FieldInfo) else [part])]
    args = [one for one in get_args(annotation) if one is not type(None)]
    if _is_union(annotation):
        return " or ".join(dict.fromkeys(_said(Annotated[(one, *parts)] if parts else one) for one in args))
    name, show = next(
        ((words, show) for one in parts for key, (words, show) in _READERS.items() if _reads(one, key)), ("", str)
    )
    return (name or _kind(annotation, parts)) + _limits(parts, show, words=annotation is str)


def _is_union(annotation: Any) -> bool:
    return str(get_origin(annotation)) in ("typing.Union", "<class 'types.UnionType'>")


def _reads(part: Any, name: str) -> bool:
    return getattr(getattr(part, "func", None), "__name__", "") == name


def _kind(annotation: Any, parts: Sequence[Any]) -> str:
    origin: Any = get_origin(annotation)
    args = get_args(annotation)
    if annotation in (DurationDist, MoneyDist):
        return "a [law](#laws) of times" if annotation is DurationDist else "a [law](#laws) of amounts"
    if shape.is_model(annotation):
        return "a mapping"
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a mapping of names to {_plural(_said(args[1]))}"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return f"a list of {_plural(_said(args[0]))}"
    shares = [(one.ge, one.le) for one in [Limits(parts)] if annotation is float]
    if shares == [(0, 1)]:
        return "a share"
    for pattern in (one.pattern for one in parts if annotation is str and getattr(one, "pattern", None)):
        if pattern.startswith(("^[a-z0-9][", "^[a-z0-9\u4e00", "^[a-z][")):
            return "a name"
        return str(by_kind("string_pattern_mismatch", {"pattern": pattern}))
    return _PLAIN.get(getattr(annotation, "__name__", str(annotation)), str(annotation))


def _plural(said: str) -> str:
    first, _, rest = said.partition(" such as ")
    words = {
        "a mapping": "mappings", "a name": "names", "a share": "shares (0 to 1)",
        "a time": "times", "an amount": "amounts", "a number": "numbers", "a whole number": "whole numbers",
        "text": "texts", "a date": "dates", "a time of day": "times of day", "any value": "any values",
    }  # fmt: skip
    for one, several in words.items():
        if first == one or first.startswith(f"{one},") or first.startswith(f"{one} ("):
            return several + first[len(one) :].removeprefix(" (0 to 1)") + (f" such as {rest}" if rest else "")
    return said.removeprefix("a ")


def _limits(parts: Sequence[Any], show: Any, *, words: bool) -> str:
    """The range of a number, or of how many there are, behind what is accepted; of words not how long they may be."""
    one = Limits(parts)

    def said(value: Any) -> str:
        plain = f"{int(value):,}" if value == int(value) else f"{value:g}"
        return plain if show is str or not value else str(show(value))

    if one.ge is not None and one.le is not None:
        return f" ({said(one.ge)} to {said(one.le)})"
    bounds = [
        f"{how} {said(value)}"
        for how, value in (("at least", one.ge), ("above", one.gt), ("at most", one.le), ("below", one.lt))
        if value is not None
    ]
    if not words and (one.longest is not None or (one.shortest or 0) > 1):
        many = f"at most {one.longest:,}" if one.longest is not None else f"at least {one.shortest}"
        bounds.append(str(one.shortest) if one.shortest == one.longest else many)
    return f" ({', '.join(bounds)})" if bounds else ""


# -- what a shipped scenario says --------------------------------------------------------------------------


def shipped(lines: Sequence[Resolved]) -> dict[str, list[Resolved]]:
    """The values of a scenario by the path of a section and the name of a field there."""
    found: dict[str, list[Resolved]] = {}
    for line in lines:
        parts = line.path.split(".")
        for end in range(1, len(parts) + 1):
            found.setdefault(_general(parts[:end]), []).append(line)
    return found


def _general(parts: Sequence[str]) -> str:
    """A path in which NAME stands for a key of a mapping and [] for an entry of a list."""
    kinds: shape.Types = (Scenario,)
    said = ""
    for part in parts:
        if any(shape.is_model(kind) and part in shape.fields(kind) for kind in kinds):
            said += f".{part}"
        elif part.isdecimal():
            said += "[]"
        else:
            said += ".NAME"
        kinds = shape.below(kinds, part)
    return said.lstrip(".")


def values(rows: Sequence[Resolved], path: str) -> str:
    """What a scenario has at a path: its values, or from which to which."""
    own = [row for row in rows if _general(row.path.split(".")).startswith(path)]
    texts = list(dict.fromkeys(_text(row.value) for row in own))
    if not texts:
        return ""
    if len(texts) <= MOST_SHOWN and sum(map(len, texts)) < 90:
        return "; ".join(f"`{one}`" for one in texts)
    for read in (float, parse_duration, parse_money, parse_clock):
        try:
            ordered = sorted(texts, key=read)
        except ValueError:
            continue
        return f"`{ordered[0]}` to `{ordered[-1]}`"
    short = next((one for one in texts if len(one) < 60), "")
    return (f"`{short}` and others" if short else "various") if len(texts) > 1 else "see the file"


def sources(rows: Sequence[Resolved]) -> str:
    """Where the values come from, each origin once."""
    said = list(dict.fromkeys(f"{row.label}: {row.source}" if row.source else row.label for row in rows))
    said = [one for one in said if one not in ("default", "not stated")]
    more = f" (and {len(said) - 2} more)" if len(said) > 2 else ""
    return "; ".join(said[:2]) + more


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")


# -- the pages ---------------------------------------------------------------------------------------------


def default_of(info: FieldInfo, left_out: str) -> str:
    """What holds where a file says nothing."""
    if info.is_required():
        return "needed"
    default = info.default_factory() if info.default_factory else info.default  # type: ignore[call-arg]
    if default is None or default is PydanticUndefined:
        return left_out or "nothing"
    if default in ({}, []) or isinstance(default, BaseModel):
        return left_out or "none"
    text = _text(default)
    for part in info.metadata:
        for key, (_, show) in _READERS.items():
            if _reads(part, key):
                text = str(show(default))
    if isinstance(default, list) and len(default) > 8 and len(set(map(str, default))) == 1:
        text = f"{len(default)} times {default[0]:g}"
    return f"`{text}`"


def kind_of(root: type[BaseModel], path: str) -> str:
    """Marks of a field that a reader should know."""
    parts = tuple(part for part in path.replace("[]", ".0").split(".") if part)
    said = []
    if root is Scenario and marks.inherited(root, parts, "form") == "first":
        said.append("planners turn it first")
    if marks.own(root, parts, "sums"):
        said.append("shares that sum to 1")
    if marks.own(root, parts, "study") == "weights":
        said.append("only proportions count")
    return "; ".join(said)


def table(
    root: type[BaseModel], section: Section, found: Mapping[str, list[Resolved]],
    places: Mapping[type[BaseModel], Section],
) -> list[str]:  # fmt: skip
    """The rows of a section, as Markdown."""
    beside = root is Scenario
    head = ["value", "meaning", "accepted", "left out"] + (["in `china`", "source"] if beside else [])
    rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, info in section.model.model_fields.items():
        key = info.alias or name
        path = f"{section.path}.{key}".lstrip(".")
        says, left_out = meaning(section.model, name, EXERCISE)
        note = kind_of(root, path)
        cells = [f"`{key}`", says + (f" ({note})" if note else ""), accepted(info, places), default_of(info, left_out)]
        if beside:
            parted = any(kind in places for kind, _ in _models(info.annotation, ""))
            rows_of = [] if parted else found.get(path, [])
            cells += [values(rows_of, path), sources(rows_of)]
        rows.append("| " + " | ".join(one.replace("|", "\\|").replace("\n", " ") for one in cells) + " |")
    return rows


def laws() -> list[str]:
    """The section of laws: the kinds, and what each is made of."""
    rows = [
        "## Laws",
        "",
        "A duration or an amount is fixed (`time: 3m`) or drawn: a mapping with one key, the kind.",
        "",
    ]
    rows += ["| kind | meaning | parameters |", "|---|---|---|"]
    for name, info in DurationDist.model_fields.items():
        made = [kind for kind, _ in _models(info.annotation, name)]
        parts = [
            f"`{key}`: {meaning(kind, key).says.rstrip('.')}{'' if one.is_required() else ' (may be left out)'}"
            for kind in made
            for key, one in kind.model_fields.items()
        ]
        rows.append(f"| `{name}` | {meaning(DurationDist, name).says} | {'; '.join(parts)} |")
    return [*rows, ""]


def page(root: type[BaseModel], title: str, opening: Sequence[str]) -> str:
    """A whole page of a kind of file."""
    parts = sections(root)
    found = shipped(resolve_tree(load("china"))) if root is Scenario else {}
    lines = [f"# {title}", "", *opening, "", "Sections:", ""]
    places = {one.model: one for one in parts}
    lines += [f"- [{one.head.replace('`', '')}](#{_anchor(one.head)})" for one in parts]
    lines += ["- [Laws](#laws)", ""] if root is Scenario else [""]
    for one in parts:
        says = " ".join((one.model.__doc__ or "").partition("\n\n")[0].split())
        lines += [f"## {one.head}", "", says, ""]
        others = [path for path in one.paths if path != one.path]
        if others:
            lines += ["The same at " + ", ".join(f"`{path}`" for path in sorted(set(others))) + ".", ""]
        lines += [*table(root, one, found, places), ""]
    return "\n".join(lines + (laws() if root is Scenario else [])).rstrip("\n") + "\n"


def _anchor(head: str) -> str:
    """The name that readers of Markdown give a heading."""
    return "".join(one for one in head.lower().replace(" ", "-") if one.isalnum() or one in "-_")


def made() -> dict[Path, str]:
    """Both pages by their file."""
    scenario = [
        "Every value that a scenario file may have: what it means, what is accepted, what holds where it is left out,",
        "and what the shipped scenario `china` has there, with its source. `NAME` stands for a name of yours, `[]` for",
        "each entry of a list. `fundfreeze show SCENARIO --sources` prints the values of any scenario with their",
        "sources and lines, `fundfreeze schema` the same rules for your editor. Made by `python tools/reference.py`.",
        "",
        "Times are written as `35m`, `48h`, `1h30m`, `2d`; amounts as `50k yuan`, `1.6M yuan`, `12.34 yuan`; shares as",
        "`0.25`. A name has small letters, digits, `-` and `_`, and starts with a letter or a digit. `null` takes away",
        "what the file below it wrote. Values of an exercise: [reference-exercises.md](reference-exercises.md).",
    ]
    exercise = [
        "Every value that an exercise file may have. `NAME` stands for a name of yours, `[]` for each entry of a list.",
        "A text is one text, or `{en: ..., zh: ...}`.",
        "[The example to read](../scenarios/exercises/wuhan-35min.yaml). Made by `python tools/reference.py`.",
    ]
    return {
        SCENARIO: page(Scenario, "Every value of a scenario", scenario),
        EXERCISES: page(Exercise, "Every value of an exercise", exercise),
    }


if __name__ == "__main__":
    for file, text in made().items():
        file.write_text(text, encoding="utf-8")
