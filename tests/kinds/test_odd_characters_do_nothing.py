"""Control, escape and bidirectional characters are refused where they are read; a path has no empty parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.exercise.load import load_exercise
from sim.scenario.encoding import HARMFUL
from sim.scenario.errors import ScenarioError, split_path
from sim.scenario.loader import load
from sim.scenario.whatifs import read_whatifs
from sim.study.ask.targets import read_targets
from sim.web.exercises import Exercises
from sim.web.scenarios import read, set_values
from sim.web.uploads import Uploads
from sim.words import language as lang

ODD = [
    "\x1b",
    "\x08",
    "\x00",
    "\x7f",
    "\x9b",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u2028",
    "\ud800",
    "\u180e",
    "\u206a",
    "\u3164",
    "\u2800",
    "\U000e0041",
]  # the last five cannot be seen at all
BASE = "schema_version: 1\nextends: wuhan-35min\nname: mine\ntitle: {title}\n"


def escaped(one: str) -> str:
    return f'"a\\U{ord(one):08x}b"'


@pytest.mark.parametrize("one", ODD, ids=lambda one: f"{ord(one):04x}")
def test_odd_characters_are_told_from_harmless_ones(one: str) -> None:
    """Each is found inside a text; a text of several lines, accents, Chinese and emoji is harmless."""
    found = HARMFUL.search(f"a{one}b")
    assert found is not None
    assert found[0] == one
    assert HARMFUL.search("a\n\tb \N{PLUS-MINUS SIGN} 反诈中心 \N{PILE OF POO} \N{ZERO WIDTH JOINER}") is None


@pytest.mark.parametrize("one", ODD, ids=lambda one: f"{ord(one):04x}")
def test_a_file_that_holds_one_is_refused(tmp_path: Path, one: str) -> None:
    """In a value, a key, a list: one line with the place and the character's number."""
    for text in (
        BASE.format(title=escaped(one)),
        BASE.format(title="t") + f"{escaped(one)}: 1\n",
        BASE.format(title="t") + f"holidays: [{escaped(one)}]\n",
    ):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=rf"the character U\+{ord(one):04X}|yaml: read") as caught:
            load(path)
        assert str(caught.value).isprintable()


def test_every_file_that_people_write_is_read_so(tmp_path: Path) -> None:
    """Exercises, what-ifs and targets are read by the same reader."""
    path = tmp_path / "mine.yaml"
    path.write_text('name: "a\\u202eb"\n', encoding="utf-8")
    readers: list[Callable[[Path], object]] = [load_exercise, read_whatifs, read_targets]
    for reader in readers:
        with pytest.raises(ScenarioError, match=r"U\+202E"):
            reader(path)


def test_a_file_that_is_not_there_is_called_what_it_is() -> None:
    """Of targets, not of a scenario."""
    with pytest.raises(ScenarioError, match="accepted: a file of targets, or one of china-joint"):
        read_targets("nosuch")


def test_a_title_is_one_line() -> None:
    """A title that its file folds over lines forges no line of the terminal."""
    assert lang.titled("A city\nVALID: yes\n") == "A city VALID: yes"


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "a\x1b[31m.yaml"),
        ("run", "wuhan-35min", "--out", "a\x1b]0;x\x07"),
        ("run", "wuhan-35min", "--out", "a\nb"),
        ("compare", "wuhan-35min", "--arm", "a\u202eb:horizon=1h"),
        ("compare", "wuhan-35min", "--arm", "a\nb:horizon=1h"),
        ("validate", "wuhan-35min", "--set", "title=a\x9bb"),
    ],
)
def test_a_command_line_that_holds_one_is_refused(fundfreeze: Callable[..., object], words: tuple[str, ...]) -> None:
    """Files, folders, arms and settings: one harmless line, exit 2, nothing written."""
    found = fundfreeze(*words)
    assert found.status == 2  # type: ignore[attr-defined]
    assert "read the character U+" in found.err or "read a line break" in found.err  # type: ignore[attr-defined]
    assert found.err.count("\n") == 1  # type: ignore[attr-defined]
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    "path", ["desks.analyst.queue.", "desks..analyst.queue", ".desks.analyst.queue", ".", "desks."]
)
def test_a_path_has_no_empty_parts(path: str) -> None:
    """Where a part is empty the setting is refused, on the command line and through the page."""
    assert "" in split_path(path)
    for value in ("fifo", "x.py:f"):
        for set_ in (
            lambda: load("china", [f"{path}={value}"]),  # noqa: B023 - called at once
            lambda: set_values(load("china"), [f"{path}={value}"]),  # noqa: B023 - called at once
            lambda: read("china", [f"{path}={value}"]),  # noqa: B023 - called at once
        ):
            with pytest.raises(ScenarioError, match=r"path=value|pages run no Python"):
                set_()


@pytest.mark.parametrize("path", ["desks.analyst.queue", " desks.analyst.queue ", "desks.analyst.queue[0]"])
def test_the_wall_of_the_pages_reads_paths_as_the_settings_do(tmp_path: Path, path: str) -> None:
    """Whatever way a policy in Python is asked for, a page runs and reads none."""
    (tmp_path / "x.py").write_text("def f(view): return 0\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        read("china", [f"{path}={tmp_path / 'x.py'}:f"])


def test_an_exercise_cannot_set_one_past_the_wall(tmp_path: Path) -> None:
    """The settings inside an uploaded exercise are read the same way."""
    exercises = Exercises(tmp_path / "exercises", Uploads(tmp_path / "scenarios", load))
    whole = (Path(__file__).parents[2] / "scenarios" / "exercises" / "wuhan-35min.yaml").read_text(encoding="utf-8")
    text, number = re.subn(r"^set:\n(?:[ #-].*\n)+", "", whole, flags=re.MULTILINE)
    assert number == 1
    for path in ("desks.analyst.queue", "desks.analyst.queue."):
        file = tmp_path / "mine.yaml"
        file.write_text(f"{text}\nset:\n  {path}: x.py:f\n", encoding="utf-8")
        with pytest.raises(ScenarioError, match=r"pages run no Python|path=value"):
            exercises.read(file)


def test_a_file_name_with_a_null_is_one_line(tmp_path: Path) -> None:
    """Also where no reader of YAML has seen the name before."""
    from sim.scenario.policy_file import named_policies
    from sim.scenario.tree import Layer, Provenance, tree_of

    tree = tree_of({"desks": {"analyst": {"queue": "a\0.py:f"}}}, Layer("mine", Provenance("")))
    with pytest.raises(ScenarioError, match="accepted: a policy") as caught:
        list(named_policies(tree, tmp_path))
    assert str(caught.value).isprintable()


def test_a_policy_nested_too_deep_is_one_line(tmp_path: Path) -> None:
    """A file of Python that its parser cannot follow is refused like any that is none."""
    (tmp_path / "deep.py").write_text("f = " + "(" * 5000 + "1" + ")" * 5000 + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="a policy in a file of Python"):
        load("china", [f"desks.analyst.queue={tmp_path / 'deep.py'}:f"])
