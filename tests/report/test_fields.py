"""What fields are called in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

import pytest
from pydantic import BaseModel

from sim.report.findings import fields
from sim.report.findings.answering import meaning
from sim.report.findings.changed import changes, in_words
from sim.report.findings.fields import called, label
from sim.report.findings.levers import banks
from sim.scenario import catalogue
from sim.scenario.distributions import KINDS
from sim.scenario.loader import load, resolve_tree
from sim.scenario.models import Scenario
from sim.study.run.assumptions import assumed
from sim.words.language import LANGUAGES, Language, using
from tests.worlds import CASES

SCENARIOS = [*catalogue.names(), str(CASES / "own-city.yaml")]
OWN = ("harbour", "delta", "wallet pay", "nobody")
"""Names of banks in the city of one's own: they are said as their author wrote them."""


def fields_of(kind: Any, seen: set[Any]) -> Iterator[str]:
    """The names of all fields in a model and the models in it, as files write them."""
    for one in get_args(kind):
        yield from fields_of(one, seen)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for name, field in kind.model_fields.items():
            yield field.alias or name
            yield from fields_of(field.annotation, seen)


def test_every_field_of_a_scenario_has_words_in_both_languages() -> None:
    """No name of a file is shown for want of words; what says nothing to people is left out of labels."""
    names = set(fields_of(Scenario, set())) - {"steps", "work", "of", *KINDS}
    assert names - set(fields.FIELDS) == set()
    with using("zh"):
        assert [name for name in names if re.search("[A-Za-z]{2}", fields.field(name).replace("UTC", ""))] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_value_is_called_in_chinese(name: str) -> None:
    """All of it: groups, names of desks, banks, rails and duties, fields; but for acronyms and a user's own names."""
    known = re.compile("|".join((*OWN, "UTC", "POS", "App")))
    with using("zh"):
        said = {label(tuple(line.path.split(".")), 0) for line in resolve_tree(load(name))}
    assert [one for one in said if re.search("[A-Za-z]{2}", known.sub("", one))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_of_bank_has_one_name_in_labels_and_in_choices(language: Language) -> None:
    """How it answers: whoever chose "by a desk at its head office" looks for no "remote"."""
    with using(language):
        for kind in load("city").scenario.bank_profiles:
            said = label(("bank_profiles", kind, "mismatch"), 1)
            assert said.startswith(meaning(kind)), kind
            assert banks(kind).find(meaning(kind)) >= 0


def test_no_assumption_is_a_bare_share_a_bare_time_or_a_bare_step() -> None:
    """Whoever reads what a result hangs on is told what the share is of, and how long of what."""
    with using("en"):
        said = {one.path: called(one.path) for name in SCENARIOS for one in assumed(load(name))[0]}
    bare = re.compile(
        "(^|, )(share|spread|time|for|every|after|gap|lasts|at most|delay|times|travel|a day|working time)$"
    )
    steps = {path for path, one in said.items() if path.startswith("routes.") and one.startswith("route ")}
    assert [one for path, one in said.items() if bare.search(one) and path not in steps] == []
    assert {path for path in said if path.startswith("routes.")} == steps
    assert all(name in fields.FIELDS for _, name in fields.CONTEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_two_assumptions_have_one_name(name: str, language: Language) -> None:
    """Whoever reads in a table what a result hangs on knows which value is meant."""
    paths = [one.path for one in assumed(load(name))[0]]
    with using(language):
        assert len({called(path) for path in paths}) == len(paths)


def test_a_bank_may_be_called_as_a_field_is() -> None:
    """Of a bank `banks` the share is a share, no bank of that name."""
    with using("zh"):
        assert label(("banks", "banks", "share"), 0) == "银行，各银行，占涉案账户的比例"


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [("en", "from", "shift 1, begins"), ("en", "to", "shift 1, ends"), ("zh", "from", "班次 1，开始"),
     ("zh", "to", "班次 1，结束")],
)  # fmt: skip
def test_the_times_of_a_shift_read_as_times(language: Literal["en", "zh"], name: str, words: str) -> None:
    """`from` and `to` of a shift are when it begins and ends, not from where and to whom."""
    with using(language):
        assert label(("desks", "officer", "shifts", "0", name), 2) == words


@pytest.mark.parametrize(
    ("language", "said"), [("en", "by officers who sit at the centre"), ("zh", "由驻中心的银行人员")]
)
def test_how_a_bank_answers_is_never_a_code(language: Language, said: str) -> None:
    """In what is changed, on pages of studies and in the director's two pages."""
    with using(language):
        before, after = load("city", ["banks.icbc.profile=remote"]), load("city", ["banks.icbc.profile=officer"])
        assert said in in_words(changes(before, after))
        assert "officer" not in in_words(changes(before, after)).replace(said, "")


def told(settings: Sequence[str]) -> list[tuple[str, str, str]]:
    """Every change of the city, in words: what, old and new."""
    return [(one.words, one.old, one.new) for one in changes(load("city"), load("city", settings))]


WEEK = (
    '[{from: "08:00", to: "20:00", days: [mon, tue, wed, thu, fri], staff: 6}, {from: "20:00", to: "08:00", staff: 1}]'
)
AUDIT = "08:00-20:00, 3 people; 20:00-08:00, 2 people"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ([f"desks.audit.shifts={WEEK}"], [("audit, roster", AUDIT,
         "Monday to Friday 08:00-20:00, 6 people; 20:00-08:00, 1 person")]),
        (["desks.audit.shifts=null", "desks.audit.staff=3"], [("audit, roster", AUDIT, "3 people at all hours")]),
        (["desks.audit.shifts[0].staff=4"], [("audit, shift 1, people on duty", "3", "4")]),
        (["desks.audit.shifts[1].breaks=[{at: '00:00', lasts: 1h, staff: 1}]"], [("audit, roster", AUDIT,
         "08:00-20:00, 3 people; 20:00-08:00, 2 people (1 away from 00:00 for 1 h)")]),
        (["desks.legal.shifts[0].days=[sat, sun]"], [("legal, shift 1, days", "Monday to Friday",
         "Saturday and Sunday")]),
        (["desks.liaison.absence=null"], [("liaison, share absent", "0.04", "nothing")]),
    ],
)  # fmt: skip
def test_a_roster_that_differs_is_told_as_people_say_it(
    settings: Sequence[str], said: list[tuple[str, str, str]]
) -> None:
    """One roster as one change, without brackets or codes of a file; a single number by itself."""
    assert told(settings) == said


def test_a_roster_is_told_in_chinese() -> None:
    with using("zh"):
        assert told([f"desks.audit.shifts={WEEK}"]) == [
            (
                "审核员，排班",
                "08:00-20:00，3 人；20:00-08:00，2 人",
                "星期一至星期五 08:00-20:00，6 人；20:00-08:00，1 人",
            )
        ]


def test_a_sentence_names_long_values_by_what_changed() -> None:
    """A question of the two pages has room for one number in place of another, and not for two rosters."""

    def said(*settings: str) -> str:
        return in_words(changes(load("city"), load("city", settings)))

    assert said("desks.audit.shifts[0].staff=4") == "audit, shift 1, people on duty: 4 in place of 3"
    assert said(f"desks.audit.shifts={WEEK}") == "audit, roster changed"
