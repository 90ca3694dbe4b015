"""Mistakes as templates with values: where one is raised it is a phrase, and a phrase is said in either language."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.scenario.errors import FaultError, Origin, ScenarioError, UnknownNameError, nearest
from sim.scenario.tree import HARMFUL
from sim.study.run.errors import StudyError
from sim.words import language as lang
from sim.words.language import translate
from sim.words.phrases import Phrase, as_it_is, packed, phrase, text_of, tidied, unpacked
from sim.words.units import RefusedError, parse_duration

SIM = Path(lang.__file__).parent.parent
SOURCES = {path.relative_to(SIM).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SIM.rglob("*.py"))}
TEXTS_OF = {
    "StudyError": (0,), "UsageError": (0,), "StoppedError": (0,), "NoResponseError": (0,), "JournalError": (0,),
    "MissingError": (0,), "NoBrowserError": (0,), "MistypedError": (0,), "EngineError": (0,), "PolicyError": (0,),
    "RunError": (0,), "BadParameter": (0,), "ScenarioError": (2, 3), "GoneError": (2, 3), "FaultError": (0, 1),
    "UnknownNameError": (0,), "RefusedError": (0, 1),
}  # fmt: skip
"""What people are told by, and which of its arguments are words."""
WITHOUT_WORDS = {
    "scenario/listed.py": {"0 yuan"},  # an amount, as it would be written
    "scenario/victims.py": {"0 yuan"},
}
"""Texts that an exception takes as they are, and that are no words of any language."""


def raised(source: str) -> Iterator[ast.expr]:
    """The words with which a source makes the exceptions that people read; of a choice, both."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = [node.args[place] for place in TEXTS_OF.get(name, ()) if place < len(node.args)]
            words += [one.value for one in node.keywords if name in TEXTS_OF and one.arg in ("wrong", "accepted")]
            for one in words:
                yield from (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,)


def test_no_mistake_is_raised_with_a_finished_sentence() -> None:
    """An exception that people read is made of a phrase: no f-string, no text, no sum of texts stands in its place."""
    finished = (ast.JoinedStr, ast.BinOp, ast.Constant)
    left = {
        path: bare
        for path, source in SOURCES.items()
        if (
            bare := {
                ast.unparse(one)
                for one in raised(source)
                if isinstance(one, finished) and ast.unparse(one).strip("'") not in WITHOUT_WORDS.get(path, set())
            }
        )
    }
    assert left == {}


def test_a_finished_sentence_would_be_found() -> None:
    """The test above sees one in every place where words can stand."""
    source = 'raise StudyError(f"--x: {y}")\nraise FaultError(phrase("a"), wrong="b")\nScenarioError(at, f, "c" + d, e)'
    assert [type(one).__name__ for one in raised(source)] == ["JoinedStr", "Call", "Constant", "BinOp", "Name"]


def test_each_exception_for_people_still_exists() -> None:
    """The list above names classes that are there, and no other class of the sources takes a phrase."""
    classes = {
        node.name: ast.unparse(node)
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    }
    assert set(TEXTS_OF) - set(classes) == {"BadParameter"}  # typer's
    takes = {name for name, text in classes.items() if "super().__init__(why)" in text}
    assert takes <= set(TEXTS_OF)


def test_a_phrase_is_its_english() -> None:
    """As a text it is the English sentence: compared, printed, put into others and pickled like any other."""
    said = phrase("read {read!r}, accepted: {accepted}", read="x", accepted=phrase("a whole number"))
    assert said == "read 'x', accepted: a whole number"
    assert f"{said}!" == "read 'x', accepted: a whole number!"
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.template) == (said, said.template)
    assert phrase("a mapping with {braces}") == "a mapping with {braces}"  # without values braces are only braces


@pytest.mark.parametrize(
    ("made", "chinese"),
    [
        (phrase("read {read}, accepted: {accepted}", read="-3", accepted=phrase("a value of at least {ge}", ge=1)),
         "读到 -3，应为：不小于 1 的值"),
        (ScenarioError(Origin("a.yaml", 3, 5), "desks.intake.staff", phrase("an unknown key"), nearest("n", ["m"])),
         "a.yaml:3:5: desks.intake.staff：读到未知的键，应为：以下之一：m"),
        (UnknownNameError(phrase("stage"), "x", ["all", "bank"]), "没有名为 'x' 的环节；已有：all, bank"),
        (StudyError(phrase("{where}: {what}", where="--stage", what=RefusedError("x", phrase("a number")))),
         "--stage：读到 'x'，应为：数字"),
        (phrase("{path} cannot be read: {strerror}", path="j", strerror="Permission denied"), "无法读取 j：没有权限"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device"),
        ("something else entirely (x)", "something else entirely (x)"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_either_language(made: object, chinese: str) -> None:
    """Its values stay as they are, the phrases among them become Chinese, and what nobody knows is left alone."""
    assert translate(made) == str(made)
    with lang.using("zh"):
        assert translate(made) == chinese
        assert str(made) == str(made).encode("ascii").decode()  # its own text stays English


def test_a_mistake_of_a_model_holds_what_is_wrong_and_what_is_right() -> None:
    """Nobody has to take the sentence apart again."""
    fault = UnknownNameError(phrase("desk"), "x", ["intake"], "routes.a")
    assert (fault.at, fault.name, fault.known) == ("routes.a", "x", ["intake"])
    assert str(fault) == "routes.a: no desk is named 'x'; known: intake"
    assert str(fault.under("b")) == "b: no desk is named 'x'; known: intake"
    assert str(FaultError(phrase("a later time"), phrase("not after starts"), "ends")) == (
        "ends: not after starts; a later time"
    )


def test_what_an_exception_was_raised_with_is_found() -> None:
    """Whatever it is: a phrase, or the words of another program."""
    with pytest.raises(RefusedError) as error:
        parse_duration("35")
    assert text_of(error.value).values["accepted"] == "a time needs a unit such as 35m"
    assert text_of(ValueError("of another program")) == "of another program"


def test_another_process_reads_a_phrase_in_its_own_language() -> None:
    """Packed into a line of a file and unpacked it is the phrase it was; any other line is the text itself."""
    said = phrase("{where}: {what}", where="a", what=phrase("a list of {n}", n=3))
    assert "\n" not in packed(said)
    again = unpacked(packed(said))
    assert again == said
    with lang.using("zh"):
        assert translate(again) == "a：3 项的列表"
    for line in ("KeyError: 'x'", "", "{", '{"template": 3}', "[1]"):
        assert unpacked(line) == as_it_is(line)


def test_a_phrase_is_put_on_one_line_without_losing_its_template() -> None:
    """Only its values change; where the text around them would, it is the text alone."""
    said = phrase("{where}: {what}", where="a\nb", what="c")
    made = tidied(said, lambda text: HARMFUL.sub("", text.replace("\n", " ")))
    assert (made, made.template) == ("a b: c", said.template)
    assert tidied(said, str.upper) == "A\nB: C"
    said = phrase("{where}: read {read!r}", where="a\nb", read="c\n")
    assert tidied(said, lambda text: text.replace("\n", " ")).values == {"where": "a b", "read": "c\n"}
    made = tidied(phrase("{path} is there already", path=Path("/a/b")), lambda text: text.replace("/a/", ""))
    assert (made, made.template) == ("b is there already", "{path} is there already")
    assert isinstance(tidied(phrase("a {b}", b="c"), lambda text: text.replace("a ", "")), Phrase)


def bare(source: str) -> Iterator[str]:
    """Words of English among the values of mistakes: of a function's own texts, two words or more in a row."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        texts: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                texts.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and (name == "phrase" or name in TEXTS_OF):
                values = [keyword.value for keyword in node.keywords] + node.args[1 if name == "phrase" else 0 :]
                named = [text for value in values if isinstance(value, ast.Name) for text in texts.get(value.id, ())]
                yield from (text for value in (*values, *named) for text in written(value) if _WORDS.search(text))


_WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")


def written(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be, X for what is put into them."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr():
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        case ast.IfExp():
            yield from (*written(node.body), *written(node.orelse))
        case ast.BinOp():
            yield from (*written(node.left), *written(node.right))
        case ast.BoolOp():
            yield from (text for value in node.values for text in written(value))


def test_no_value_of_a_mistake_is_an_english_phrase() -> None:
    """Words among the values are phrases of their own, or they would be English in a Chinese line."""
    commands = {"fundfreeze play X"}  # to be typed
    assert {path: left for path, source in SOURCES.items() if (left := set(bare(source)) - commands)} == {}


def test_an_english_value_would_be_found() -> None:
    """The test above sees one that is written in place, chosen, or given a name first."""
    source = 'def f():\n    why = f"it raised {x}" if y else "a b"\n    phrase("{a}", a=why, b="for ever" + z)'
    assert list(bare(source)) == ["for ever", "it raised X"]
