"""A small exercise with hostile texts in it, and what a room of three came to."""

from __future__ import annotations

from typing import Any

from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.exercise.review import Best, Decided, Injected, Money, Review, Row, Score
from sim.response.log import NONE
from sim.scenario import catalogue, loader
from sim.scenario.units import MINUTE, SECOND, YUAN

MARKUP = "</style></script><script>alert('x')</script><img src=x onerror=alert(1)>&\""
FORMULA = '=HYPERLINK("x","y")'


def loaded(**changes: Any) -> Loaded:
    """An exercise over the Wuhan case, with changed fields."""
    told: dict[str, Any] = {
        "schema_version": 1, "name": "small", "title": {"en": "Thirty-five minutes", "zh": "三十五分钟"},
        "question": {"en": "Can a room of three beat the model?", "zh": "三个人能赢过模型吗？"},
        "scenario": "wuhan-35min", "starts": "30m", "ends": "1h20m",
        "briefing": {"en": "A victim calls.\nTwo banks answer slowly.", "zh": "一名受害人来电。\n两家银行答复很慢。"},
        "objectives": [
            {"id": "first", "text": {"en": "Stop the largest account first.", "zh": "先止付最大的账户。"},
             "injects": ["bank-calls", "mayor"]},
            {"id": "talk", "text": {"en": "Keep the field team informed.", "zh": "让外勤组知情。"}},
        ],
        "roles": {
            "analyst": {"title": {"en": "Analyst", "zh": "研判员"}, "desks": ["analyst", "audit"],
                        "sees": ["cases", "accounts", "amounts"], "may": ["take", "stop", "message"],
                        "deadline": "3m", "seats": 2},
            "bank": {"title": {"en": "Bank desk", "zh": "银行联络员"}, "desks": ["bank:*"], "sees": ["accounts"],
                     "may": ["call_bank", "take"], "deadline": "4m"},
        },
        "injects": [
            {"id": "bank-calls", "at": "5m", "to": ["bank"], "channel": "phone", "deadline": "6m",
             "text": {"en": "The bank asks which account comes first.", "zh": "银行询问先办哪个账户。"},
             "expect": {"action": "call_bank", "desk": "bank:*"},
             "note": {"en": "Wait for an answer before you go on.", "zh": "得到答复后再继续。"}},
            {"id": "mayor", "at": "12m", "to": ["analyst", "bank"], "channel": "message", "deadline": "5m",
             "text": {"en": "The mayor's office wants a figure.", "zh": "市长办公室要一个数字。"},
             "expect": {"action": "message", "by": "analyst"}},
            {"id": "rumour", "manual": True, "to": ["analyst"], "channel": "in_person",
             "text": {"en": "A reporter stands at the door.", "zh": "记者到了门口。"}},
        ],
        "debrief": [{"id": "one", "text": {"en": "What surprised you?", "zh": "什么让你意外？"}}],
    }  # fmt: skip
    return Loaded(Exercise.model_validate(told | changes), loader.load(catalogue.find("wuhan-35min")).scenario)


def review(**changes: Any) -> Review:
    """What a room of three came to."""
    opened, ended = 30 * MINUTE, 80 * MINUTE

    def at(minutes: float) -> int:
        return opened + round(minutes * MINUTE)

    def decided(
        minutes: float, waited: float, name: str, role: str, what: str, account: int, desk: str, lost: int,
        late: bool = False, note: str = "",
    ) -> Decided:  # fmt: skip
        return Decided(
            at(minutes), at(minutes - waited), "" if not name else f"s-{role}", role, name, what, 1, account, desk,
            late, round(waited * MINUTE), waited if lost else 0.0, lost * YUAN, note,
        )  # fmt: skip

    decisions = [
        decided(1.5, 0.5, "Li Wei", "analyst", "take", 1, "analyst", 0),
        decided(4.0, 2.5, "Li Wei", "analyst", "stop", 2, "audit", 41_300, note=FORMULA),
        decided(7.2, 4.0, "", "bank", "call_bank", 1, "bank:icbc", 120_000, late=True),
        decided(9.0, 1.0, MARKUP, "bank", "call_bank", 3, "bank:ccb", 0),
        decided(15.0, 2.9, "Li Wei", "analyst", "take", 4, "analyst", 8_250),
        decided(22.0, 1.2, MARKUP, "bank", "call_bank", 4, "bank:abc", 2_000),
        decided(31.0, 0.6, "Zhao Min", "analyst", "take", 5, "analyst", 0),
    ]
    said = Decided(at(14), NONE, "s2", "analyst", "Zhao Min", "message", NONE, NONE, "", False, 0, 0.0, 0, MARKUP)
    injects = [
        Injected("bank-calls", at(5), ("bank",), "", at(11), at(9), MARKUP, True),
        Injected("mayor", at(12), ("analyst", "bank"), "", at(17), None, "", False),
        Injected("rumour", None, ("analyst",), "", None, None, "", None),
    ]
    money = [
        Money(at(m), round(loss * YUAN), round(held * YUAN), round(gone * YUAN))
        for m, loss, held, gone in [
            (-20, 400_000, 0, 0), (-10, 1_100_000, 0, 60_000), (0, 1_600_000, 0, 190_000), (3, 1_600_000, 0, 240_000),
            (6, 1_600_000, 210_000, 300_000), (11, 1_600_000, 500_000, 340_000), (19, 1_600_000, 700_000, 410_000),
            (27, 1_600_000, 840_000, 520_000), (40, 1_600_000, 905_000, 600_000), (55, 1_600_000, 905_000, 640_000),
        ]
    ]  # fmt: skip
    timeline = sorted(
        [
            *(Row(one.at, "decision", one.name, one.action, one.case, one.account, one.desk, one.note)
              for one in [*decisions, said]),
            *(Row(one.fired_at, "inject", "", one.id) for one in injects if one.fired_at is not None),
        ],
        key=lambda row: row.at,
    )  # fmt: skip
    whole: dict[str, Any] = {
        "opened": opened, "ended": ended, "loss": 1_600_000 * YUAN, "result": 905_123_45,
        "baseline": 812_000 * YUAN, "best": Best("largest_first", 948_000 * YUAN), "ceiling": 1_210_000 * YUAN,
        "scores": (
            Score("room", "", "", "", 71.0, 0.82, 0.5, 0.8), Score("team", "analyst", "analyst", "", 66.0, None, 0.0, 1.0),
            Score("team", "bank", "bank", "", 74.0, None, 1.0, 0.62),
            Score("seat", "s-analyst", "analyst", "Li Wei", 80.0, None, None, 1.0),
            Score("seat", "s2", "analyst", "Zhao Min", 90.0, None, None, 1.0),
            Score("seat", "s-bank", "bank", MARKUP, 74.0, None, 1.0, 0.62),
        ),
        "decisions": (*decisions, said), "injects": tuple(injects), "money": tuple(money), "timeline": tuple(timeline),
    }  # fmt: skip
    assert whole["opened"] % SECOND == 0
    return Review(**(whole | changes))
