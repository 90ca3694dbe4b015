"""When somebody is there in an ordinary week, in words."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.findings.answering import chosen, ways_of
from sim.report.findings.attended import in_words, week_of
from sim.scenario.banks import BankProfile
from sim.scenario.loader import load
from sim.words import language as lang
from sim.words.units import DAY

WEEK = ["mon", "tue", "wed", "thu", "fri"]
END = ["sat", "sun", "holiday"]


def told(*shifts: dict[str, Any]) -> str:
    """Of a bank with these shifts."""
    time = {"lognormal": {"median": "4m", "p90": "8m"}}
    return in_words(week_of(BankProfile.model_validate({"time": time, "shifts": shifts})))


@pytest.mark.parametrize(
    ("shifts", "said"),
    [
        ([{"from": "08:00", "to": "20:00"}, {"from": "20:00", "to": "08:00"}], "at all hours"),
        ([{"from": "08:00", "to": "20:00"}, {"from": "20:00", "to": "24:00"}], "only 08:00-24:00 every day"),
        ([{"from": "18:00", "to": "02:00"}], "only 00:00-02:00 and 18:00-24:00 every day"),
        (
            [{"from": "09:00", "to": "17:00", "days": WEEK}, {"from": "10:00", "to": "12:00", "days": END}],
            "only 09:00-17:00 Monday to Friday and 10:00-12:00 Saturday and Sunday",
        ),
        ([{"from": "22:00", "to": "06:00", "days": ["sun"]}], "only 00:00-06:00 Monday and 22:00-24:00 Sunday"),
        (
            [{"from": "08:00", "to": "20:00", "dates": {"first": "2026-01-05", "last": "2026-01-06"}}],
            "at no time",
        ),
    ],
)  # fmt: skip
def test_hours_are_those_of_an_ordinary_week(shifts: list[dict[str, Any]], said: str) -> None:
    """Shifts that follow each other are one time, a night goes on after midnight; certain dates are no part."""
    assert told(*({"staff": 1, **one} for one in shifts)) == said


def test_whoever_has_no_shifts_is_always_there() -> None:
    """A number of people, or a machine."""
    city = load("city").scenario
    assert week_of(city.bank_profiles["payment"]) == (((0, DAY),),) * 7


def test_a_way_to_answer_says_how_when_and_how_soon() -> None:
    """As the city has them, in both languages."""
    ways = ways_of(load("city").scenario)
    assert chosen("remote", ways["remote"]) == (
        "by a desk at its head office: half of the stops within 4 min 30 s, only 08:00-24:00 every day"
    )
    assert chosen("nobody", None) == "it does not answer"
    with lang.using("zh"):
        assert chosen("letter", ways["letter"]) == "凭函件：半数止付在 4 小时内完成，仅星期一至星期五 09:00-17:00 有人"
