"""Mistakes in Chinese: that no phrase of ours is left in English, and what a line becomes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from string import Formatter

import pytest

from sim.scenario import explain as explain_module
from sim.scenario import yaml_events
from sim.words import language as lang
from sim.words.mistakes import explain

SIM = Path(lang.__file__).parent.parent
SOURCES = {path.relative_to(SIM).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SIM.rglob("*.py"))}
FOR_USERS = {"ScenarioError", "RefusedError", "UsageError", "StudyError", "NoResponseError", "PolicyError"}
"""Exceptions whose text a user reads; a ValueError too where a model of a scenario raises it."""
HELPERS = {"refused", "error"}
"""Functions that make one of them from phrases."""
OURS = lang.catalogue().mistakes["ours"]


def text_of(node: ast.AST) -> str | None:
    """A string of a source, with {} for what is put into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def texts(node: ast.AST) -> Iterator[str]:
    """All strings below a node, the outermost only."""
    found = text_of(node)
    if found is not None:
        yield found
        return
    for below in ast.iter_child_nodes(node):
        yield from texts(below)


def raised(path: str, source: str) -> Iterator[str]:
    """What the exceptions of a source say to a user, in the pieces in which it is told; X1, X2 ... for what varies."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = getattr(node.exc.func, "attr", getattr(node.exc.func, "id", ""))
            model = name == "ValueError" and path in MODELS
            if model or name in FOR_USERS | HELPERS:
                for text in (text for argument in node.exc.args for text in texts(argument)):
                    numbers = count(1)
                    filled = re.sub(r"{}", lambda _, numbers=numbers: f"X{next(numbers)}", text)  # type: ignore[misc]
                    if filled.endswith(" "):  # more is added to it
                        filled += "X"
                    # A model says PATH: what is wrong; what is right. The loader makes two phrases of it.
                    yield from _PATH.sub("", filled).split("; ") if model else [filled]


_PATH = re.compile(r"^[A-Za-z0-9_.]+: (?!\w+,)")
MODELS = {
    f"scenario/{name}.py"
    for name in ("banks", "base", "bounds", "criminals", "models", "people", "prevention", "victims", "workflow")
}


def in_english(line: str) -> list[str]:
    """Words of English that are left in a line: two or more in a row, other than what is to be typed."""
    return re.findall(
        r"(?<!--)\b[a-z]{2,} [a-z]{2,}[a-z ]*", re.sub(r"--[a-z-]+ \w+|pip install|fundfreeze [a-z]+", "", line)
    )


def test_no_phrase_of_a_mistake_is_left_in_english() -> None:
    """Each phrase of an exception that users read has Chinese."""
    with lang.using("zh"):
        left = {
            phrase: explain(phrase)
            for path, source in SOURCES.items()
            for phrase in raised(path, source)
            if in_english(explain(phrase))
        }
    assert left == {}


def test_no_phrase_of_the_catalogue_is_unused() -> None:
    """Each phrase of ours in the catalogue stands in a source."""
    said = "\n".join(
        text for source in SOURCES.values() for node in ast.walk(ast.parse(source)) for text in [text_of(node)] if text
    )
    patterns = {english: "[^\n]*".join(re.escape(part) for part in english.split("{}")) for english in OURS}
    assert [english for english, pattern in patterns.items() if not re.search(pattern, said)] == []


def test_what_a_parser_or_a_pattern_wants_has_chinese() -> None:
    """What is accepted in place of a library's own words is told in Chinese too."""
    said = [words for table in (yaml_events._ACCEPTED, explain_module._BY_PATTERN) for _, words in table]
    said += [*explain_module._ACCEPTED.values(), *explain_module._BY_FAMILY.values()]
    with lang.using("zh"):
        left = [words for words in said if in_english(explain(words.replace("{expected}", "'x'")))]
    assert left == []


@pytest.mark.parametrize("part", ["ours", "others"])
def test_a_chinese_phrase_has_all_that_varies(part: str) -> None:
    """Nothing that was read is lost on the way: {0}, {1} ... stand for each {} of the English, once each."""
    for english, chinese in lang.catalogue().mistakes[part].items():  # type: ignore[index]
        places = sorted(name for _, name, _, _ in Formatter().parse(chinese) if name is not None)
        assert places == [str(n) for n in range(english.count("{}"))], english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a.yaml:3:5: desks.intake.staff: read -3, accepted: a value of at least 1",
         "a.yaml:3:5: desks.intake.staff：读到 -3，应为：不小于 1 的值"),
        ("--set x=1: x: read an unknown path, accepted: y (nearest of y, z)",
         "--set x=1: x：读到 未知的路径，应为：y（最接近者；可选：y, z）"),
        ("--stage: no stage is named 'x'; known: all, bank", "--stage：没有名为 'x' 的环节；已有：all, bank"),
        ("Missing argument 'SCENARIO'.", "缺少参数 'SCENARIO'。"),
        ("something else entirely (x)", "something else entirely (x)"),
    ],
)  # fmt: skip
def test_a_line_is_told_phrase_by_phrase(english: str, chinese: str) -> None:
    """A line's values stay as they are, its phrases become Chinese, and what nobody knows is left alone."""
    assert explain(english) == english
    with lang.using("zh"):
        assert explain(english) == chinese
