"""From pydantic's list of errors to the one line a planner can act on."""

import re
import unicodedata
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.scenario import shape, vocabulary
from sim.scenario.base import Model
from sim.scenario.encoding import character
from sim.scenario.errors import Origin, Path, ScenarioError, dotted, name_of, nearest, say, split_path
from sim.scenario.tree import Tree
from sim.words.letters import narrow
from sim.words.units import RefusedError

_ACCEPTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "greater_than_equal": "a value of at least {ge}",
    "greater_than": "a value above {gt}",
    "less_than_equal": "a value of at most {le}",
    "less_than": "a value below {lt}",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "string_too_long": "text of at most {max_length} characters",
    "string_too_short": "text of at least {min_length} characters",
    "literal_error": "{expected}",
    "list_type": "a list",
    "tuple_type": "a list",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of {max_length} or fewer",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "datetime_type": "a local date and time such as 2025-07-11T09:00",
    "datetime_parsing": "a local date and time such as 2025-07-11T09:00",
    "datetime_from_date_parsing": "a local date and time such as 2025-07-11T09:00",
    "date_type": "a date such as 2025-07-11",
    "date_parsing": "a date such as 2025-07-11",
    "date_from_datetime_parsing": "a date such as 2025-07-11",
}
_BY_FAMILY = {
    "int": "a whole number", "float": "a number", "decimal": "a number", "finite": "a finite number",
    "bool": "true or false", "string": "text", "list": "a list", "tuple": "a list", "set": "a list",
    "dict": "a mapping", "mapping": "a mapping", "model": "a mapping", "dataclass": "a mapping",
    "datetime": _ACCEPTED["datetime_type"], "date": _ACCEPTED["date_type"], "timezone": _ACCEPTED["datetime_type"],
}  # fmt: skip
"""What is accepted in place of a value of an unforeseen kind, by the first word of the library's name for it."""
_BY_PATTERN = (
    ("^[a-z0-9][", "a name of small letters, digits, - and _, starting with a letter or a digit"),
    ("^[a-z][", "a name of small letters, digits, - and _, starting with a letter"),
    ("^[a-z0-9*", "the name of a desk, where * and ? stand for any letters"),
    ("^[+-](0", "an offset such as +08:00"),
    ("^(fifo", "fifo, largest_first, freshest_first, most_at_risk, write_off, or FILE.py:FUNCTION"),
)
"""What the patterns of the models accept, in words, by how they begin; a test finds one that has none."""
_LEADING_PATH = re.compile(r"([A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+|\[\d+\])*): (.+)", re.DOTALL)

_UNKNOWN_NAME = re.compile(r"no (.+) is named '(.*)'")

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
        read = f"an unknown key{_odd(str(path[-1]))}"
        return ScenarioError(_key_origin(tree, path), dotted(path), read, accepted)
    if kind == "missing":
        removed = tree.descend(path[:-1])[0].removed.get(str(path[-1]))
        read = "null" if removed is not None else "nothing"
        at = removed or _key_origin(tree, path[:-1])
        return ScenarioError(at, dotted(path), read, "a value: this key is required")
    if path and path[-1] == "[key]":
        path = path[:-1]
        accepted = _instead_of_key(str(path[-1]), tree.descend(path[:-1])[0]) or _accepted(chosen)[0]
        return ScenarioError(_key_origin(tree, path), dotted(path), say(str(path[-1])) + _odd(str(path[-1])), accepted)
    path, accepted, summary = _from_message(chosen, path, tree)
    if len(alternatives) > 1:
        accepted = " or ".join(dict.fromkeys(_accepted(other)[0] for other in alternatives))
    node, depth = tree.descend(path)
    if depth < len(path):
        removed = node.removed.get(str(path[depth]))
        read = summary or ("null" if removed is not None else "nothing")
        at = removed or _key_origin(tree, path[:depth])
        return ScenarioError(at, dotted(path), read, accepted)
    scalar = not isinstance(node.value, dict | list)
    at = node.at if scalar else _key_origin(tree, path)
    read = say(node.value) if scalar else summary or say(node.plain())
    if isinstance(node.value, str) and (hinted := _hint(node.value, chosen, accepted)) != accepted:
        accepted = hinted
    elif isinstance(node.value, str):
        read += _odd(node.value)
    return ScenarioError(at, dotted(path) or "scenario", read, accepted)


def _odd(read: str) -> str:
    """The first mark or digit in a text that no keyboard for ASCII has, by its name; '' where there is none."""
    found = next((one for one in read if not one.isascii() and not unicodedata.category(one).startswith("L")), None)
    return f" ({character(found)})" if found else ""


def _nearest(read: str, known: list[str]) -> str:
    """As `nearest`, and a Chinese word is told the one that it stands for."""
    found = [one for one in vocabulary.meant(read) if one in known]
    return " or ".join(found) or nearest(read, known)


def _instead_of_key(read: str, mapping: Tree) -> str:
    """What a key that is no name in the file's own letters stands for, or ''."""
    meant = vocabulary.meant(read)
    return " or ".join([one for one in meant if one in mapping.value] or meant)


def _hint(read: str, chosen: Details, accepted: str) -> str:
    """What is accepted, said for what was read: the English of a Chinese word, the share of a percentage."""
    kind = chosen["type"]
    if kind in ("float_type", "int_type", "float_parsing", "int_parsing") and (
        percent := _PERCENT.fullmatch(narrow(read))
    ):
        return f"{accepted} ({_plain(float(percent[1]) / 100)} for {percent[0]})"
    names = ("literal_error", "bool_type", "bool_parsing", "string_pattern_mismatch")
    meant = vocabulary.meant(read) if kind in names else []
    fits = [one for one in meant if repr(one) in accepted or one in accepted.split(", ")] or meant
    return f"{' or '.join(fits)} ({accepted})" if fits else accepted


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
    def misfit(branch: str) -> tuple[int, int, int]:
        mine = [rival for rival in rivals if rival["branch"] == branch]
        unknown = sum(rival["type"] == "extra_forbidden" for rival in mine)
        missing = sum(rival["type"] == "missing" for rival in mine)
        shallow = min(len(rival["path"]) for rival in mine)
        return unknown + missing, -shallow, len(mine)

    best = min(dict.fromkeys(rival["branch"] for rival in rivals), key=misfit)
    return next(rival for rival in rivals if rival["branch"] == best)


def _accepted(details: Details) -> tuple[str, str]:
    """What would be accepted, and a summary of what was read (or '')."""
    context = details.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, RefusedError):
        return cause.accepted, cause.read if isinstance(cause.read, str) else ""
    if isinstance(cause, ValueError):
        return str(cause), ""
    kind = details["type"]
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return next((said for start, said in _BY_PATTERN if pattern.startswith(start)), "text of another form"), ""
    if kind == "string_too_short" and context.get("min_length") == 1:
        return "text that is not empty", ""
    if kind in _ACCEPTED:
        return _ACCEPTED[kind].format(**{key: _plain(value) for key, value in context.items()}), ""
    return _BY_FAMILY.get(kind.partition("_")[0], "another value"), ""


def _plain(value: object) -> object:
    """A limit as a planner writes it: 3, not 3.0."""
    return f"{value:g}" if isinstance(value, float) else value


def _from_message(details: Details, path: Path, tree: Tree) -> tuple[Path, str, str]:
    """Path, what is accepted and summary; a validator's text may open with the path it is about.

    Such a text reads ``PATH: what is wrong; what is accepted`` with PATH from the model that complains.
    Of a mapping, what is wrong is what was read; a single value is shown itself.
    """
    accepted, summary = _accepted(details)
    found = _LEADING_PATH.fullmatch(accepted)
    if isinstance(details.get("ctx", {}).get("error"), RefusedError):
        return path, accepted, summary
    if found:
        inner = split_path(found[1])
        if tree.descend((*path, *inner))[1] > len(path):
            path, accepted = (*path, *inner), found[2]
    wrong, semicolon, right = accepted.partition("; ")
    unknown = _UNKNOWN_NAME.fullmatch(wrong)
    if unknown and right.startswith("known: "):
        accepted = _nearest(unknown[2], right.removeprefix("known: ").split(", "))
        return path, name_of(unknown[1], accepted), repr(unknown[2])
    if semicolon:
        if isinstance(tree.descend(path)[0].value, dict | list):
            return path, right, wrong
        accepted = f"{right} ({wrong})"
    return path, accepted, summary


def _key_origin(tree: Tree, path: Path) -> Origin:
    """Where the key at the end of `path` was written, by the last file that did."""
    node, depth = tree.descend(path[:-1])
    if path and depth == len(path) - 1 and str(path[-1]) in node.keys:
        return node.keys[str(path[-1])]
    return tree.descend(path)[0].at
