"""Words that people write as answers: what they say and what they only mention, whom, when and how much they name."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from sim.exercise.expect import Says
from sim.exercise.injects import answer_to
from sim.exercise.judging import unsaid
from sim.exercise.load import load_exercise
from sim.exercise.models import Exercise, Inject
from sim.exercise.naming import named_in, names_amount, names_time
from sim.exercise.report_text import actual
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.words.language import using
from sim.words.units import MINUTE
from tests.exercise.rooms import SEATS, STARTS, room
from tests.exercise.sentences import SENTENCES


@cache
def shipped() -> dict[str, Exercise]:
    """All shipped exercises, read once."""
    return {name: load_exercise(name).exercise for name in names()}


@cache
def asking(inject: str) -> tuple[Says, Exercise]:
    """What an inject of a shipped exercise asks to be said."""
    of = [(one, exercise) for exercise in shipped().values() for one in exercise.injects]
    found: tuple[Inject, Exercise] = next(it for it in of if it[0].id == inject)
    assert found[0].expect is not None
    assert found[0].expect.says is not None
    return found[0].expect.says, found[1]


def kind_of(missing: list[str]) -> str:
    """Right, wrong, or open: for whoever leads to judge."""
    return "right" if not missing else "open" if missing == ["tick"] else "wrong"


@pytest.mark.parametrize(("inject", "kind", "note"), SENTENCES)
def test_an_answer_is_what_its_words_say(inject: str, kind: str, note: str) -> None:
    """Whole words, neither turned down nor put off, and nothing forbidden beside them; what is open is not right."""
    says, exercise = asking(inject)
    assert kind_of(list(unsaid(says, note, exercise, []))) == kind


@pytest.mark.parametrize("name", names())
def test_what_a_good_player_says_is_right(name: str) -> None:
    """The first of its words is no denial of itself, in either language of any criterion."""
    exercise = shipped()[name]
    for inject in exercise.injects:
        if inject.expect is None or inject.expect.says is None:
            continue
        for one in inject.expect.says.rubric:
            alone = Says(rubric=[one])
            wrong = [word for word in one.words if "..." not in word and [*unsaid(alone, word, exercise, [])]]
            assert wrong == [], inject.id


@pytest.mark.parametrize(
    ("note", "accounts"),
    [
        ("9.10", {(9, 10)}), ("It is 9.10.", {(9, 10)}), ("9.10 and 9.12", {(9, 10), (9, 12)}),
        ("9.10、9.12", {(9, 10), (9, 12)}), ("9.10 is not stopped", {(9, 10)}), ("account 9.10", {(9, 10)}),
        ("account 10 of case 9", {(9, 10)}), ("account 10 in case 9", {(9, 10)}),
        ("Account no. 10 (case 9)", {(9, 10)}), ("account number 10, case 9", {(9, 10)}),
        ("case 9 account 10", {(9, 10)}), ("case 9, account 10", {(9, 10)}), ("case 9's account 10", {(9, 10)}),
        ("the 10th account of case 9", {(9, 10)}), ("accounts 10 and 11 of case 9", {(9, 10), (9, 11)}),
        ("the account 10 in the case 9", {(9, 10)}), ("案件9的10号账户", {(9, 10)}), ("账户10（案件9）", {(9, 10)}),
        ("账户10(案件9)", {(9, 10)}), ("案件9账户10", {(9, 10)}), ("案件9的账户10", {(9, 10)}),
        ("案件 4 账户 5", {(4, 5)}), ("9号案10号账户", {(9, 10)}), ("第9案第10号账户", {(9, 10)}),
        ("9号案件的第10个账户", {(9, 10)}), ("账户10，案件9", {(9, 10)}), ("10号账户（9号案）", {(9, 10)}),
        ("案件9的10号、11号账户", {(9, 10), (9, 11)}), ("案件编号9，账户编号10", {(9, 10)}),
        ("not 9.10 but 9.11", {(9, 11)}), ("不是9.10，是9.11", {(9, 11)}), ("9.11 instead of 9.10", {(9, 11)}),
        ("25.01万元", set()), ("查到25.01万元还在", set()), ("25.01 yuan", set()), ("25.1万元", set()),
        ("¥25.10", set()), ("RMB 25.10", set()), ("25.10 million", set()), ("10.05 left", set()), ("9.5%", set()),
        ("用时2.5小时", set()), ("10:30", set()), ("case 9", set()), ("10号账户", set()), ("9,10", set()),
        ("2025.7.11", set()),
    ],
)  # fmt: skip
def test_an_account_is_named_as_people_write_it(note: str, accounts: set[tuple[int, int]]) -> None:
    """By number and in words of both languages, one or several; an amount, a share and a date are none."""
    assert named_in(note) == accounts


@pytest.mark.parametrize(
    ("note", "named"),
    [
        *((one, True) for one in (
            "14:05", "十点零五", "10点5分", "10点05", "10：05", "十点半", "两点钟", "八点回来", "今晚9点", "下午三点",
            "半小时后", "一小时", "一刻钟", "3分钟", "中午十二点", "at noon", "half past eight", "eight o'clock",
            "8 pm", "in a quarter of an hour", "20 min", "in an hour", "half an hour", "in two hours",
            "forty-five minutes",
        )),
        *((one, False) for one in (
            "soon", "一会儿", "快一点", "有一点", "三点意见", "七点五万元", "25:99", "9.10", "5人", "3 hackers",
            "until 3", "很快", "later", "16:9x", "account 2.7", "the first hour", "minutes", "点名", "25.01万元",
            "两点要求", "稍后",
        )),
    ],
)  # fmt: skip
def test_a_time_is_named_as_people_write_it(note: str, named: bool) -> None:
    """A moment or a length of time, in digits or words; no amount, no ratio and no point of a list."""
    assert names_time(note) == named


@pytest.mark.parametrize(
    ("note", "named"),
    [
        *((one, True) for one in (
            "1.6M", "1.6 million", "160万", "一百六十万", "十二万元", "120,000 yuan", "¥100", "￥1,000", "RMB 500",
            "300k", "100元", "三百万元", "五块钱", "half a million", "one point six million", "a million", "25.01万元",
            "two hundred thousand", "8千元", "一亿元",
        )),
        *((one, False) for one in (
            "40 minutes", "5m", "12 m away", "in 5 min", "2.7", "千万不要", "万一", "数百万", "millions", "一块去",
            "9.10", "14:05", "much", "不少", "case 9", "3 kids", "4 months", "百分之百", "几万", "元旦",
        )),
    ],
)  # fmt: skip
def test_an_amount_is_named_as_people_write_it(note: str, named: bool) -> None:
    """With its unit, in digits or words; no time and no turn of speech."""
    assert names_amount(note) == named


@pytest.mark.parametrize(
    ("asked", "note", "lacks"),
    [
        ({"bank": "icbc"}, "not ICBC, CCB", ["bank"]), ({"bank": "icbc"}, "不是工行", ["bank"]),
        ({"bank": "icbc"}, "ICBC's line", []), ({"to": "tracer"}, "retracers wanted", ["to"]),
        ({"amount": False}, "160万", ["without"]),
        ({"amount": False}, "no sums here", []),
        ({"rubric": [{"text": "x", "words": ["a"], "without": ["b"]}]}, "a b", ["without"]),
        ({"rubric": [{"text": "x", "words": ["a"], "without": ["b"]}]}, "a, not b", []),
        ({"rubric": [{"text": "x", "words": ["a"]}, {"text": "y", "words": ["b"]}], "least": 1}, "not a, b", []),
        ({"rubric": [{"text": "x", "words": ["a...c"]}]}, "a b c", []),
        ({"rubric": [{"text": "x", "words": ["a...c"]}]}, "a b, c", ["rubric"]),
        ({"rubric": [{"text": "x", "without": ["b"]}]}, "b", ["without"]),
    ],
)  # fmt: skip
def test_what_is_named_and_what_is_forbidden(asked: dict[str, Any], note: str, lacks: list[str]) -> None:
    """Names are whole words that are not turned down; what a criterion forbids makes an answer wrong."""
    assert list(unsaid(Says.model_validate(asked), note, room().exercise, [])) == lacks


def test_what_the_words_leave_open_waits_for_whoever_leads() -> None:
    """Neither right nor wrong: the facilitator and the trainee are told, and the report, until it is judged."""
    rubric = {"text": "delays it", "words": ["delay"]}
    ask = {"id": "ask", "at": "60m", "to": ["tracer"], "channel": "phone", "text": "Now", "deadline": "50m",
           "expect": {"action": "message", "says": {"rubric": [rubric]}}}  # fmt: skip
    session = Session.start(room(seed=5, injects=[ask]), seats=SEATS)
    session.advance(STARTS + 61 * MINUTE)
    session.act("b", "message", note="Perhaps you may delay it")
    (status,) = session.injects

    def states() -> tuple[str, bool, str | None]:
        message = next(one for one in session.view("tracer")["messages"] if one["id"] == "ask")
        inject = next(one for one in session.view("facilitator")["injects"] if one["id"] == "ask")
        return message["state"], message.get("to_judge", False), inject.get("to_judge")

    who = session.decisions[-1].name
    assert (states(), answer_to(status, session.decisions)) == (("open", True, who), None)
    with using("en"):
        assert actual(review(session, most=0).injects[0]) == f"answered by {who}; nobody judged whether that was right"
    session.judge("ask", False, "lead")
    assert states() == ("wrong", False, None)
    session.judge("ask", True, "lead")
    assert states() == ("done", False, None)
