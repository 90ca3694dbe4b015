"""From pydantic's list of errors to the one line a planner can act on."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.scenario import shape, vocabulary
from sim.scenario.base import Model
from sim.scenario.encoding import character
from sim.scenario.errors import (
    FaultError,
    Origin,
    Path,
    ScenarioError,
    UnknownNameError,
    describe,
    dotted,
    name_of,
    nearest,
    split_path,
)
from sim.scenario.tree import Tree
from sim.words.language import key
from sim.words.letters import narrow
from sim.words.phrases import either, phrase, text_of
from sim.words.units import RefusedError

_ACCEPTED = {
    "int_type": key("a whole number"),
    "int_parsing": key("a whole number"),
    "int_from_float": key("a whole number"),
    "float_type": key("a number"),
    "float_parsing": key("a number"),
    "finite_number": key("a finite number"),
    "greater_than_equal": key("a value of at least {ge}"),
    "greater_than": key("a value above {gt}"),
    "less_than_equal": key("a value of at most {le}"),
    "less_than": key("a value below {lt}"),
    "bool_type": key("true or false"),
    "bool_parsing": key("true or false"),
    "string_type": key("text"),
    "string_too_long": key("text of at most {max_length} characters"),
    "string_too_short": key("text of at least {min_length} characters"),
    "list_type": key("a list"),
    "tuple_type": key("a list"),
    "too_short": key("a list of {min_length} or more"),
    "too_long": key("a list of {max_length} or fewer"),
    "dict_type": key("a mapping"),
    "model_type": key("a mapping"),
    "model_attributes_type": key("a mapping"),
    "datetime_type": key("a local date and time such as 2025-07-11T09:00"),
    "datetime_parsing": key("a local date and time such as 2025-07-11T09:00"),
    "datetime_from_date_parsing": key("a local date and time such as 2025-07-11T09:00"),
    "date_type": key("a date such as 2025-07-11"),
    "date_parsing": key("a date such as 2025-07-11"),
    "date_from_datetime_parsing": key("a date such as 2025-07-11"),
}
_BY_FAMILY = {
    "int": key("a whole number"), "float": key("a number"), "decimal": key("a number"),
    "finite": key("a finite number"), "bool": key("true or false"), "string": key("text"), "list": key("a list"),
    "tuple": key("a list"), "set": key("a list"), "dict": key("a mapping"), "mapping": key("a mapping"),
    "model": key("a mapping"), "dataclass": key("a mapping"),
    "datetime": _ACCEPTED["datetime_type"], "date": _ACCEPTED["date_type"], "timezone": _ACCEPTED["datetime_type"],
}  # fmt: skip
"""What is accepted in place of a value of an unforeseen kind, by the first word of the library's name for it."""
_BY_PATTERN = (
    ("^[a-z0-9][", key("a name of small letters, digits, - and _, starting with a letter or a digit")),
    (
        "^[a-z0-9\u4e00",
        key("a name of small letters, Chinese characters, digits, - and _, starting with neither - nor _"),
    ),
    ("^[a-z][", key("a name of small letters, digits, - and _, starting with a letter")),
    ("^[a-z0-9*", key("the name of a desk, where * and ? stand for any letters")),
    ("^[+-](0", key("an offset such as +08:00")),
    ("^(fifo", key("fifo, largest_first, freshest_first, most_at_risk, write_off, or FILE.py:FUNCTION")),
)
"""What the patterns of the models accept, in words, by how they begin; a test finds one that has none."""
_ANOTHER = key("another value")
_ANOTHER_FORM = key("text of another form")

Details = dict[str, Any]


def explain(error: ValidationError, model: type[BaseModel], tree: Tree) -> ScenarioError:
    """Say the error that helps most, with the place that wrote the value.

    `tree` is what `model` was given. An unknown key comes before the missing key it was meant to be, and
    of a union's branches only the one that fits best is heard.
    """
    errors: list[Details] = [{**e, "path": _clean(e["loc"], e["type"], tree)} for e in error.errors()]
    chosen = errors[0]
    rivals = _of_the_same_union(errors, tree)
    if rivals:
        chosen = _best_branch(rivals)
    if chosen["type"] == "missing":
        for other in rivals or errors:
            if other["type"] == "extra_forbidden" and other["loc"][:-1] == chosen["loc"][:-1]:
                chosen = other
                break
    keys = ("missing", "extra_forbidden")
    same = [e for e in rivals if e["path"] == chosen["path"] and e["type"] not in keys]
    return _one(chosen, same or [chosen], model, tree)


def _one(chosen: Details, alternatives: list[Details], model: type[BaseModel], tree: Tree) -> ScenarioError:
    path: Path = chosen["path"]
    kind = chosen["type"]
    if kind == "extra_forbidden":
        accepted = _in_place_of(str(path[-1]), shape.at(model, path[:-1]))
        read = _with_odd(phrase("an unknown key"), str(path[-1]))
        return ScenarioError(_key_origin(tree, path), dotted(path), read, accepted)
    if kind == "missing":
        removed = tree.descend(path[:-1])[0].removed.get(str(path[-1]))
        read = "null" if removed is not None else phrase("nothing")
        at = removed or _key_origin(tree, path[:-1])
        return ScenarioError(at, dotted(path), read, phrase("a value: this key is required"))
    if path and path[-1] == "[key]":
        path = path[:-1]
        accepted = _instead_of_key(str(path[-1]), tree.descend(path[:-1])[0]) or _accepted(chosen)[0]
        return ScenarioError(
            _key_origin(tree, path), dotted(path), _with_odd(describe(str(path[-1])), str(path[-1])), accepted
        )
    path, accepted, summary = _from_message(chosen, path, tree)
    if len(alternatives) > 1:
        accepted = either(dict.fromkeys(_accepted(other)[0] for other in alternatives))
    node, depth = tree.descend(path)
    if depth < len(path):
        removed = node.removed.get(str(path[depth]))
        read = summary or ("null" if removed is not None else phrase("nothing"))
        at = removed or _key_origin(tree, path[:depth])
        return ScenarioError(at, dotted(path), read, accepted)
    scalar = not isinstance(node.value, dict | list)
    at = node.at if scalar else _key_origin(tree, path)
    read = describe(node.value) if scalar else summary or describe(node.plain())
    if isinstance(node.value, str) and (hinted := _hint(node.value, chosen, accepted)) != accepted:
        accepted = hinted
    elif isinstance(node.value, str):
        read = _with_odd(read, node.value)
    return ScenarioError(at, dotted(path) or "scenario", read, accepted)


def _with_odd(read: str, text: str) -> str:
    """What was read, with the name of the first mark or digit in its text that no keyboard for ASCII has."""
    found = next((one for one in text if not one.isascii() and not unicodedata.category(one).startswith("L")), None)
    return phrase("{read} ({character})", read=read, character=character(found)) if found else read


def _nearest(read: str, known: list[str]) -> str:
    """As `nearest`, and a Chinese word is told the one that it stands for."""
    found = [one for one in vocabulary.meant(read) if one in known]
    return either(found) if found else nearest(read, known)


def _instead_of_key(read: str, mapping: Tree) -> str:
    """What a key that is no name in the file's own letters stands for, or ''."""
    meant = vocabulary.meant(read)
    return either([one for one in meant if one in mapping.value] or meant) if meant else ""


def _hint(read: str, chosen: Details, accepted: str) -> str:
    """What is accepted, said for what was read: the English of a Chinese word, the share of a percentage."""
    kind = chosen["type"]
    if kind in ("float_type", "int_type", "float_parsing", "int_parsing") and (
        percent := _PERCENT.fullmatch(narrow(read))
    ):
        share = _plain(float(percent[1]) / 100)
        return phrase("{accepted} ({share} for {percent})", accepted=accepted, share=share, percent=percent[0])
    names = ("literal_error", "bool_type", "bool_parsing", "string_pattern_mismatch")
    meant = vocabulary.meant(read) if kind in names else []
    fits = [one for one in meant if repr(one) in accepted or one in accepted.split(", ")]
    fits = fits or (meant if kind != "literal_error" else [])
    return phrase("{word} ({accepted})", word=either(fits), accepted=accepted) if fits else accepted


_PERCENT = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*%\s*")


def _in_place_of(key: str, kinds: shape.Types) -> str:
    """What is accepted in place of an unknown key: what has taken the place of a key of older files, or the nearest."""
    moved = [kind.MOVED[key] for kind in kinds if shape.is_model(kind, Model) and key in kind.MOVED]
    return moved[0] if moved else _nearest(key, shape.names(kinds))


def _clean(loc: Path, kind: str, tree: Tree) -> Path:
    """The path without the names of union branches and of our wrapping, which are not in the file."""
    node: Tree | None = tree
    path: list[str | int] = []
    for number, part in enumerate(loc):
        below = node.child(part) if node is not None else None
        last = number == len(loc) - 1
        if below is not None:
            path.append(part)
            node = below
        elif last and (kind == "missing" or part == "[key]"):
            path.append(part)
    return tuple(path)


def _of_the_same_union(errors: list[Details], tree: Tree) -> list[Details]:
    """All errors of the union that the first error is in; an empty list when it is in none."""
    node: Tree | None = tree
    loc = errors[0]["loc"]
    for number, part in enumerate(loc):
        below = node.child(part) if node is not None else None
        if below is None:
            last = number == len(loc) - 1
            if part == "[key]" or (last and errors[0]["type"] == "missing"):
                return []
            group = [e for e in errors if e["loc"][:number] == loc[:number] and len(e["loc"]) > number]
            rivals = [{**e, "branch": str(e["loc"][number])} for e in group]
            return rivals if len({rival["branch"] for rival in rivals}) > 1 else []
        node = below
    return []


def _best_branch(rivals: list[Details]) -> Details:
    def misfit(branch: str) -> tuple[int, int, int, int]:
        mine = [rival for rival in rivals if rival["branch"] == branch]
        unknown = sum(rival["type"] == "extra_forbidden" for rival in mine)
        missing = sum(rival["type"] == "missing" for rival in mine)
        shallow = min(len(rival["path"]) for rival in mine)
        return unknown + missing, unknown, -shallow, len(mine)  # what was written tells more than what was not

    best = min(dict.fromkeys(rival["branch"] for rival in rivals), key=misfit)
    return next(rival for rival in rivals if rival["branch"] == best)


def _accepted(details: Details) -> tuple[str, str]:
    """What would be accepted, and a summary of what was read (or '')."""
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, RefusedError):
        return cause.accepted, cause.read if isinstance(cause.read, str) else ""
    if isinstance(cause, ValueError):
        return text_of(cause), ""
    return by_kind(details["type"], context), ""


def by_kind(kind: str, context: Mapping[str, Any]) -> str:
    """What the library would accept, by its name for the mistake and the limits that it gives."""
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return phrase(next((words for start, words in _BY_PATTERN if pattern.startswith(start)), _ANOTHER_FORM))
    if kind == "string_too_short" and context.get("min_length") == 1:
        return phrase("text that is not empty")
    if kind == "literal_error":
        *others, last = str(context["expected"]).rsplit(" or ", 1)
        return phrase("{one} or {other}", one=others[0], other=last) if others else last
    if kind in _ACCEPTED:
        return phrase(_ACCEPTED[kind], **{name: _plain(value) for name, value in context.items() if name != "error"})
    family, _, _ = kind.partition("_")
    return phrase(_BY_FAMILY.get(family, _ANOTHER))


def _plain(value: object) -> object:
    """A limit as a planner writes it: 3, not 3.0."""
    return f"{value:g}" if isinstance(value, float) else value


def _from_message(details: Details, path: Path, tree: Tree) -> tuple[Path, str, str]:
    """Path, what is accepted and summary; a model's own fault may name the path, from itself, that it is about.

    Of a mapping, what is wrong is what was read; a single value is shown itself.
    """
    accepted, summary = _accepted(details)
    fault = details.get("ctx", {}).get("error")
    if not isinstance(fault, FaultError):
        return path, accepted, summary
    wrong, right = fault.wrong, fault.accepted
    inner = split_path(fault.at)
    below = tree.descend((*path, *inner))[1] > len(path)
    if below:
        path = (*path, *inner)
    if isinstance(fault, UnknownNameError) and (below or not inner):
        return path, name_of(fault.what, _nearest(fault.name, fault.known)), repr(fault.name)
    if wrong is None:
        return path, right if below else accepted, summary
    if not below and inner:
        wrong = phrase("{where}: {what}", where=fault.at, what=wrong)
    if isinstance(tree.descend(path)[0].value, dict | list):
        return path, right, wrong
    return path, phrase("{accepted} ({wrong})", accepted=right, wrong=wrong), summary


def _key_origin(tree: Tree, path: Path) -> Origin:
    """Where the key at the end of `path` was written, by the last file that did."""
    node, depth = tree.descend(path[:-1])
    if path and depth == len(path) - 1 and str(path[-1]) in node.keys:
        return node.keys[str(path[-1])]
    return tree.descend(path)[0].at
