"""Exercise files: read like scenarios, with every mistake said in one line that names its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sim.exercise.load import list_exercises, load_exercise
from sim.exercise.shipped import names
from sim.exercise.texts import Texts
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load, resolve_tree

LEAST = """schema_version: 1
name: small
title: {en: Small, zh: 小}
scenario: wuhan-35min
set:
  horizon: 1h
starts: 20m
ends: 50m
briefing: Listen
objectives:
  - {id: one, text: Decide}
roles:
  analyst:
    title: Analyst
    desks: [analyst, "bank:*"]
    may: [take, stop]
    deadline: 1m
injects:
  - id: call
    at: 5m
    to: [analyst]
    channel: phone
    text: {en: A call, zh: 来电}
    expect: {action: take}
    deadline: 2m
"""


def written(folder: Path, text: str) -> Path:
    """An exercise file."""
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_gives_its_exercise_and_its_scenario(tmp_path: Path) -> None:
    """A plain text serves both languages, `set` changes the scenario, and overrides come last."""
    loaded = load_exercise(written(tmp_path, LEAST), ["seed=9", "roles.analyst.deadline=3m"])
    assert loaded.exercise.title.zh == "小"
    assert loaded.exercise.briefing.en == loaded.exercise.briefing.zh == "Listen"
    assert loaded.scenario.horizon == 3_600_000
    assert (loaded.exercise.seed, loaded.exercise.roles["analyst"].deadline) == (9, 180_000)


def test_an_exercise_extends_another(tmp_path: Path) -> None:
    """What a file does not say is what the file says that it extends."""
    written(tmp_path, LEAST)
    longer = tmp_path / "longer.yaml"
    longer.write_text("extends: small.yaml\nname: longer\nends: 55m\n", encoding="utf-8")
    exercise = load_exercise(longer).exercise
    assert (exercise.name, exercise.ends, exercise.injects[0].id) == ("longer", 55 * 60_000, "call")


def test_a_scenario_beside_the_exercise_is_found(tmp_path: Path) -> None:
    """A scenario that no shipped one is named like is looked for beside the file."""
    (tmp_path / "mine.yaml").write_text("extends: wuhan-35min\nname: mine\n", encoding="utf-8")
    loaded = load_exercise(written(tmp_path, LEAST.replace("scenario: wuhan-35min", "scenario: mine")))
    assert loaded.scenario.name == "mine"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("desks: [analyst,", "desks: [analist,", 15, "read 'analist', accepted: the name of a desk: analyst"),
        ('"bank:*"', '"bnak:*"', 15, "read 'bnak:*', accepted: the name of a desk:"),
        ("horizon: 1h", "horizn: 1h", 6, "read an unknown path, accepted: horizon"),
        ("horizon: 1h", "horizon: 1 parsec", 6, "accepted: a time such as"),
        ("text: Decide}", "text: Decide, injects: [cal]}", 11, "accepted: the name of an inject: call"),
        ("to: [analyst]", "to: [chief]", 21, "the name of a role: one of analyst"),
        ("may: [take, stop]", "may: [take, dance]", 16, "read 'dance'"),
        ("may: [take, stop]", "may: [take, call_in]", 16, "call_in without what it brings"),
        ("ends: 50m", "ends: 10m", 8, "a later time"),
        ("ends: 50m", "ends: 1000d", 8, "a time before its end"),
        ("scenario: wuhan-35min", "scenario: wuhan-35mins", 4, "wuhan-35min"),
        ("    at: 5m\n", "", 19, "an inject that never fires"),
        ("    at: 5m\n", "    at: 5m\n    manual: true\n", 21, "manual alone, or at and when (true beside"),
        ("    deadline: 2m\n", "", 19, "deadline goes with expect"),
        ("action: take}", "action: team}", 24, "no role may team"),
        ("    text: {en: A call, zh: 来电}", "    text: ''", 23, "text that is not empty"),
        ("    at: 5m\n", "    at: 5m\n    effect: {bank_down: icbb, lasts: 5m}\n", 21, "the name of a bank: icbc"),
        ("    at: 5m\n", "    at: 5m\n    effect: {bank_down: icbc}\n", 21, "lasts goes with bank_down"),
        ("    at: 5m\n", "    at: 5m\n    when: {}\n", 21, "no condition"),
        ("  analyst:\n    title", "  facilitator:\n    title", 13, "every exercise has this role"),
        ("title: Analyst", "titel: Analyst", 14, "read an unknown key, accepted: title"),
        ("{en: Small, zh: 小}", "{en: Small}", 3, "this key is required"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """File and line, what was read and what would be accepted."""
    assert old in LEAST
    path = written(tmp_path, LEAST.replace(old, new, 1))
    with pytest.raises(ScenarioError) as error:
        load_exercise(path)
    assert "\n" not in str(error.value)
    assert says in str(error.value)
    assert f"{path}:{line}:" in str(error.value)


TWO = LEAST.replace("injects:", "  second: {title: Second, may: [take, team, message]}\ninjects:")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("action: take}", "action: take, by: second}", 25, "second can never do take"),
        ("action: take}", "action: team, by: analyst}", 25, "analyst can never do team"),
        ("to: [analyst]", "to: [second]", 25, "second can never do take"),
        ("to: [analyst]", "to: [observer]", 22, "a role of the exercise too, or expect.by"),
        (
            "action: take}",
            "action: take, desk: police}",
            25,
            "read 'police', accepted: a desk at which a role asked can",
        ),
        ("action: take}", "action: message, by: second, desk: audit}", 25, "no desk: what is expected is done at none"),
        ("action: take}", 'action: take, desk: "bank:icbb"}', 25, "the name of a desk: bank:icbc"),
        ("    at: 5m\n", "    when: {reported: 5}\n", 21, "at most 1, all victims of the scenario"),
    ],
)
def test_what_nobody_asked_can_ever_do_is_refused(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """An inject that no room could answer, or that could never come, is one line with its place."""
    assert old in TWO
    path = written(tmp_path, TWO.replace(old, new, 1))
    with pytest.raises(ScenarioError) as error:
        load_exercise(path)
    assert "\n" not in str(error.value)
    assert says in str(error.value)
    assert f"{path}:{line}:" in str(error.value)


@pytest.mark.parametrize(
    ("may", "expect"),
    [
        ("[take, stop]", "{action: stop, desk: audit}"), ("[call_bank]", "{action: call_bank, desk: 'bank:icbc'}"),
        ("[take]", "{action: any, desk: 'bank:*'}"), ("[take, message]", "{action: message}"),
    ],
)  # fmt: skip
def test_what_somebody_asked_can_do_is_taken(tmp_path: Path, may: str, expect: str) -> None:
    """A stop goes to any desk at which the account waits, a call to any bank."""
    text = LEAST.replace("may: [take, stop]", f"may: {may}").replace("{action: take}", expect)
    assert load_exercise(written(tmp_path, text)).exercise.injects[0].expect is not None


def test_a_wrong_name_is_told_the_shipped_ones() -> None:
    """Who misspells an exercise is told the nearest."""
    with pytest.raises(ScenarioError, match="wuhan-35min"):
        load_exercise("wuhan35")


def test_the_shipped_exercises_are_listed() -> None:
    """All five, by name, with their titles in both languages."""
    assert names() == [
        "bank-outage", "county-night", "courier-and-cash", "keeps-paying", "night-of-two", "week-of-warnings",
        "wuhan-35min",
    ]  # fmt: skip
    assert all(entry.exercise.title.en != entry.exercise.title.zh for entry in list_exercises())


@pytest.mark.parametrize("name", names())
def test_every_value_of_a_shipped_exercise_says_where_it_comes_from(name: str) -> None:
    """Each is printed, derived or assumed, with its source; what the newspaper did not print is not called printed."""
    entry = next(entry for entry in list_exercises() if entry.name == name)
    lines = resolve_tree(load(entry.path, model=type(entry.exercise)))  # type: ignore[arg-type]
    about = ("schema_version", "name", "routes.")
    left = [one for one in lines if one.origin is not None and not one.path.startswith(about)]
    assert len(left) > 80
    assert [one.path for one in left if one.label not in ("printed", "derived", "assumed") or not one.source] == []
    assert all(one.label == "assumed" for one in left if one.path.startswith(("injects", "roles", "scoring")))


def test_a_folded_chinese_text_has_no_blank_after_its_marks() -> None:
    """What YAML puts in place of an end of line is no blank in Chinese; other blanks stay."""
    told = Texts(en="One. Two.", zh="几分钟前。 你们，在听 A 组")
    assert (told.en, told.zh) == ("One. Two.", "几分钟前。你们，在听 A 组")
    for name in names():
        texts = json.dumps(load_exercise(name).exercise.model_dump(mode="json"), ensure_ascii=False)
        assert not re.search("[\u4e00-\u9fff。，；：] [\u4e00-\u9fff]", texts), name
