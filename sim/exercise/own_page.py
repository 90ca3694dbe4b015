"""A page for each who took part: the own result, the dearest minutes, what desks decided, and room to write.

It can be printed, and taken home. It tells nobody else's mistakes: only what its seat did, what its role was asked, and
what the whole room came to.
"""

from __future__ import annotations

from typing import Any, Final

from sim.exercise import otherwise, report_text, words
from sim.exercise.decided import Decided
from sim.exercise.models import Scoring
from sim.exercise.report_labels import HOT_WASH, SURVEY
from sim.exercise.report_page import fill
from sim.exercise.review import Injected, Review, SeatScore
from sim.scenario.models import Scenario
from sim.words.language import clock, counted, key, listed, money, say

DEAREST: Final = 3
"""Delays that are told."""
MOST_LEFT: Final = 8
"""Decisions left to desks that are told one by one, the dearest first."""
LABELS: Final = {
    "own": key("Your exercise"),
    "result": key("What you did"),
    "dearest": key("Your dearest minutes"),
    "dearest_key": key(
        "Each is this exercise played again with the same luck: this one decision taken in the moment when it came up."
        " The amounts do not add up: two delays may have cost the same money."
    ),
    "injects": key("What you were asked"),
    "left": key("What the desk decided in your place"),
    "time": key("time"),
    "inject": key("inject"),
    "expected": key("expected"),
    "actual": key("actual"),
    "what": key("what happened"),
    "lost_money": key("money lost"),
    "hot_wash": key("Hot wash"),
    "hot_wash_key": key("For yourself first, then aloud."),
    "survey": key("Debrief survey"),
    "survey_key": key("1: not at all; 5: entirely."),
    "statement": key("statement"),
}


def own_page(review: Review, scenario: Scenario, seats: list[SeatScore]) -> str:
    """A page for each of some people, each beginning on a sheet of its own, in the language of this context."""
    title = say("Your exercise: {title}", title=words.told(review.exercise.title))
    return fill(
        "own.html", title, LABELS, people=[_own(review, scenario, one) for one in seats],
        exercise=words.told(review.exercise.title), hot_wash=[*map(say, HOT_WASH)], survey=[*map(say, SURVEY)],
    )  # fmt: skip


def _own(review: Review, scenario: Scenario, seat: SeatScore) -> dict[str, Any]:
    """What the page of one seat shows."""

    def when(at: int) -> str:
        return clock(scenario.when(at))

    mine = [one for one in review.decisions if one.seat == seat.seat]
    left = [one for one in review.decisions if report_text.is_missed(one) and one.role == seat.role]
    dear = dearest_of([*mine, *left])
    shown = sorted(sorted(left, key=lambda one: -(one.fen_lost or 0))[:MOST_LEFT], key=lambda one: one.at)
    asked = [one for one in review.injects if seat.role in one.asked or one.by == seat.name]
    return {
        "who": say("{name} ({role})", name=seat.name, role=words.role(review.exercise, seat.role)),
        "room": words.sentences([report_text.finding(review) + say("."), report_text.score(review.scores)]),
        "result": result(seat, len(left)),
        "score": score(review.exercise.scoring, seat),
        "dear": [
            {"money": money(one.fen_lost or 0), "at": when(one.at), "text": report_text.decided(review.exercise, one),
             "waited": say("{time} after it came up", time=report_text.whole_seconds(one.waited)),
             "why": because(review, one)}
            for one in dear
        ],
        "no_dear": "" if dear else say("No delay of yours cost money by itself."),
        "injects": [_asked(review, one, when(one.fired_at)) for one in asked],
        "left": [
            {"at": when(one.at), "text": report_text.decided(review.exercise, one),
             "money": money(one.fen_lost) if one.fen_lost and one.fen_lost > 0 else ""}
            for one in shown
        ],
        "more": counted(
            len(left) - len(shown), "One more was left to it, at no more cost.",
            "{n:,} more were left to it, none at more cost.",
        ) if len(left) > len(shown) else "",
    }  # fmt: skip


def dearest_of(decisions: list[Decided]) -> list[Decided]:
    """Of some decisions those whose delay cost most money, the dearest first; none that cost nothing."""
    cost = [one for one in decisions if (one.fen_lost or 0) > 0]
    return sorted(cost, key=lambda one: (-(one.fen_lost or 0), one.at))[:DEAREST]


def because(review: Review, decided: Decided) -> str:
    """Why a delay cost what it did, and what luck had to do with it, in the words of the report.

    Only the dearest of the whole room are held against other plans: of another, that nobody knows is said.
    """
    for one in review.counterfactuals:
        if one.kind == "at_once" and one.decided is not None and _one(one.decided) == _one(decided):
            return words.sentences([part for part in (otherwise.reason(review, one), otherwise.luck(one)) if part])
    if all(one.odds is None for one in review.counterfactuals):
        return ""
    return say("It was not held against other plans: nobody knows whether it was bad luck.")


def _one(decided: Decided) -> tuple[object, ...]:
    return decided.number, decided.at, decided.desk, decided.case, decided.account


def score(scoring: Scoring, seat: SeatScore) -> str:
    """The points of one seat, and of what they are; empty where it has none."""
    if seat.points is None:
        return ""
    parts = []
    if seat.expected and scoring.injects:
        parts.append(say("what was asked of you, done in time (weight {weight})", weight=f"{scoring.injects:g}"))
    if seat.decisions and scoring.decisions:
        parts.append(say("decisions that were not too late (weight {weight})", weight=f"{scoring.decisions:g}"))
    points = f"{round(seat.points, 1):g}"
    return words.sentences([
        say("Your own score: {points} of 100, for {what}.", points=points, what=listed(parts)),
        say("The money is the whole room's, and no part of it."),
    ])  # fmt: skip


def result(seat: SeatScore, left: int) -> str:
    """What one seat did, in a few sentences."""
    parts = [counted(seat.decisions, "You decided once.", "You decided {n:,} times.")]
    if seat.late:
        parts.append(counted(seat.late, "One of your decisions was too late.", "{n:,} of them were too late."))
    if left:
        parts.append(
            counted(left, "One decision was left to the desk.", "{n:,} decisions were left to the desks of your role.")
        )
    if seat.expected:
        done = report_text.done_of(seat.done, seat.answered_late, seat.expected)
        parts.append(say("Of what was asked of you, done as it should be: {done}.", done=done))
    return words.sentences(parts)


def _asked(review: Review, one: Injected, at: str) -> dict[str, Any]:
    return {
        "at": at, "text": words.told(one.text), "expected": report_text.expected(review.exercise, one),
        "actual": report_text.actual(one), "failed": one.failed,
    }  # fmt: skip
