"""What CONTRIBUTING.md names is there, and the ways that it describes are those that the program goes."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sim.exercise.review import review
from sim.exercise.session import Session
from tests.cli.conftest import Command, fundfreeze
from tests.exercise.rooms import SEATS, room

__all__ = ["fundfreeze"]

ROOT = Path(__file__).parent.parent
SIM = ROOT / "sim"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACE = re.compile(r"`([\w./-]+(?:\.py|\.yaml|\.md|/))(?:::?([\w.]+))?`")
"""A file or folder in backticks; after a colon what stands in it."""
PLACES = sorted(set(PLACE.findall(TEXT)))
QUESTIONS = {
    "a predicate of a `choose`": "workflow/predicates.py:PREDICATES",
    "who is served first (a desk's rule)": "workflow/policies.py:POLICIES",
    "a metric": "measure/metrics.py:measure",
    "a word of a page": "words/zh.yaml",
    "a study": "study/ask/",
    "where a stop lapses": "workflow/world.py:World.end_of_hold",
}
"""What a newcomer asks, and where the answer is."""


def path_of(name: str) -> Path | None:
    """A file or folder as CONTRIBUTING.md names it: of `sim`, of the tests, or of the whole."""
    return next((base / name for base in (SIM, ROOT / "tests", ROOT) if (base / name).exists()), None)


@cache
def defined(path: Path) -> frozenset[str]:
    """What a source defines at its top level and in its classes."""

    def names(body: list[ast.stmt], before: str = "") -> Iterator[str]:
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    yield before + node.name
                    if isinstance(node, ast.ClassDef):
                        yield from names(node.body, f"{before}{node.name}.")
                case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                    yield before + name

    return frozenset(names(ast.parse(path.read_text(encoding="utf-8")).body))


@pytest.mark.parametrize(("file", "name"), PLACES, ids=[":".join(filter(None, place)) for place in PLACES])
def test_what_is_named_is_there(file: str, name: str) -> None:
    """Every file and folder is there, and defines what is said to stand in it."""
    path = path_of(file)
    assert path is not None
    assert not name or name in defined(path)


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items())
def test_a_newcomer_finds_it_in_one_step(question: str, answer: str) -> None:
    """One row of the table begins with the question, and its first places are where to go."""
    rows = re.findall(rf"^\| {re.escape(question)} \| (.+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 1
    assert answer in [":".join(filter(None, place)) for place in PLACE.findall(rows[0])]


def test_the_picture_shows_the_layers_in_their_order() -> None:
    """The picture names each package once, in the order that the imports keep to."""
    from tests.test_layers import ORDER

    picture = TEXT.split("```")[1]
    assert tuple(re.findall(r"^(\w+) ", picture, re.MULTILINE)) == ORDER


# -- the ways ------------------------------------------------------------------------------------------------


def way(title: str) -> list[str]:
    """FILE:NAME of every function that a numbered way under a title goes through, in its order."""
    _, _, after = TEXT.partition(f"\n**{title}**")
    steps = re.search(r"^1\. .*?(?=\n\n)", after, re.MULTILINE | re.DOTALL)
    assert steps
    places = [(file, name) for file, name in PLACE.findall(steps[0]) if name]
    return [f"{file}:{name}" for file, name in places if is_function(name)]


def is_function(name: str) -> bool:
    """Whether a name is one of a function or a method."""
    return name.rpartition(".")[2][:1].islower()


@contextmanager
def called() -> Iterator[dict[str, None]]:
    """FILE:NAME of every function of ours that was called meanwhile, by its first call."""
    seen: dict[str, None] = {}
    start = f"{SIM}/"

    def note(frame: FrameType, event: str, _: Any) -> None:
        if frame.f_code.co_filename.startswith(start):
            seen.setdefault(f"{frame.f_code.co_filename[len(start) :]}:{frame.f_code.co_qualname}")

    before = sys.gettrace()
    sys.settrace(note)
    try:
        yield seen
    finally:
        sys.settrace(before)


def check_way(title: str, seen: dict[str, None], *, besides: frozenset[str] = frozenset()) -> None:
    """What a way names was called, in its order.

    Args:
        besides: what it names beside the way, such as the other of two beginnings.
    """
    named = [one for one in way(title) if one not in besides]
    assert len(named) >= 6
    assert [one for one in named if one not in seen] == []
    assert [one for one in seen if one in named] == named


def test_a_payment_goes_the_way_that_is_described(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """One case run on the reference engine and shown: each room is entered, none before the one above it."""
    monkeypatch.setenv("FUNDFREEZE_ENGINE", "reference")
    with called() as seen:
        assert fundfreeze("run", "wuhan-35min", "--replications", 2, "--jobs", 1).status == 0
    check_way("One payment, from file to ledger.", seen)


def test_an_order_goes_the_way_that_is_described() -> None:
    """A trainee takes the first task of the room; the view and the review then tell of it."""
    session = Session.start(room(), seats=SEATS)
    while not session.view("clerk")["decisions"]:
        session.step()
    task = session.view("clerk")["decisions"][0]
    with called() as seen:
        session.act("a", "take", case=task["case"])
        session.view("clerk")
        session.finish("a")
        review(session, most=0)
    check_way("One order, from a trainee to the log.", seen, besides=frozenset({"exercise/typed.py:read_subject"}))


def test_a_study_goes_the_way_that_is_described(fundfreeze: Command) -> None:
    """A short search for a roster: from the options to the files."""
    words = ("--desks", "analyst", "--maximise", "net", "--set", "horizon=30m", "--set", "follow_up=1h")
    few = ("--most-runs", 100, "--most", 2, "--replications", 2, "--jobs", 1)
    with called() as seen:
        assert fundfreeze("staff", "city", *words, *few).status == 0
    check_way("One study of staff.", seen)


@pytest.mark.parametrize("wrong", ["reversed", "left out"])
def test_another_way_is_seen(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called in another order, or never, fails."""
    named = way("One study of staff.")
    seen = dict.fromkeys(reversed(named) if wrong == "reversed" else named[1:])
    with pytest.raises(AssertionError):
        check_way("One study of staff.", seen)
