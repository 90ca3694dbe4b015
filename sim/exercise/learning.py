"""Participation and results for a learning record: a table (CSV), and xAPI statements in a file.

The statements are those of the Experience API, version 1.0.3 (IEEE 9274.1.1 is its successor): each says who did what
with which result. A learning record store takes the file as it is, an array of statements. The same session gives the
same statements with the same ids, so that a store keeps each once. Times in them are simulated, and an
extension of each says so: when people sat there, no journal tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from sim.exercise import words
from sim.exercise.injects import Missing
from sim.exercise.models import Scoring
from sim.exercise.report_sheets import scores_sheet
from sim.exercise.review import Injected, Review, SeatScore
from sim.exercise.texts import Texts
from sim.report.findings import csv_text
from sim.scenario.models import Scenario
from sim.words.language import say
from sim.words.units import SECOND, YUAN

VERBS: Final = {
    "attended": ("http://adlnet.gov/expapi/verbs/attended", "attended", "参加了"),
    "scored": ("http://adlnet.gov/expapi/verbs/scored", "scored", "得分"),
    "answered": ("http://adlnet.gov/expapi/verbs/answered", "answered", "答复了"),
}
"""Verbs of the vocabulary that ADL publishes for xAPI: address, English, Chinese."""
KINDS: Final = {
    "exercise": "http://adlnet.gov/expapi/activities/simulation",
    "inject": "http://adlnet.gov/expapi/activities/interaction",
}
"""Kinds of activities of the same vocabulary."""
OWN: Final = "urn:fundfreeze"
"""Before names of our own."""


def results_csv(review: Review, scenario: Scenario) -> str:
    """Teams and people as the report counts them, with heads in the language of this context; it begins with a mark
    by which a spreadsheet knows its encoding."""
    sheet = scores_sheet(review, scenario)
    return "\ufeff" + csv_text.table(
        [say(one.head) for one in sheet.columns], [["" if it is None else it for it in row] for row in sheet.rows]
    )


def statements_json(review: Review) -> str:
    """The statements as text."""
    return json.dumps(list(statements(review)), ensure_ascii=False, indent=1) + "\n"


def statements(review: Review) -> Iterator[dict[str, Any]]:
    """What each who took part did: came, was scored, and answered, rightly or not; who did not is not said to have."""
    for seat in review.seats:
        yield _statement(review, seat, "attended", _exercise(review), _came(review, seat), review.ends)
        if seat.points is not None:
            scored = _scored(review.exercise.scoring, seat)
            yield _statement(review, seat, "scored", _exercise(review), scored, review.ends)
        for one in review.injects:
            if seat.name in (one.by, one.wrong_by):
                at = one.done_at if one.by == seat.name else one.wrong_at
                yield _statement(
                    review, seat, "answered", _inject(review, one), _answered(one, seat), at or one.fired_at
                )


def _statement(
    review: Review, seat: SeatScore, verb: str, about: dict[str, Any], result: dict[str, Any], at: int
) -> dict[str, Any]:
    """One statement.

    Args:
        at: ms since the scenario's start at which that was so.
    """
    iri, english, chinese = VERBS[verb]
    session = _session(review)
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{session}/{seat.seat}/{verb}/{about['id']}")),
        "version": "1.0.3",
        "timestamp": (review.began + timedelta(milliseconds=at)).isoformat(timespec="seconds"),
        "actor": {
            "objectType": "Agent", "name": seat.name, "account": {"homePage": f"{session}", "name": seat.seat},
        },
        "verb": {"id": iri, "display": {"en": english, "zh": chinese}},
        "object": about,
        "result": result,
        "context": {
            "registration": str(uuid5(NAMESPACE_URL, session)), "platform": "fundfreeze",
            "extensions": {
                f"{OWN}:role": words.told(review.exercise.role(seat.role).title), f"{OWN}:time": "simulated",
            },
        },
    }  # fmt: skip


def _session(review: Review) -> str:
    """A name for one session: of the exercise, its seed, and who decided what when."""
    done = [(one.at, one.seat, one.action, one.case, one.account, one.desk, one.note) for one in review.decisions]
    people = [(one.seat, one.name) for one in review.seats]
    exercise = review.exercise
    key = uuid5(NAMESPACE_URL, f"{exercise.name}/{exercise.seed}/{exercise.replication}/{people}/{done}")
    return f"{OWN}:session:{key}"


def _exercise(review: Review) -> dict[str, Any]:
    return _activity(f"exercise:{review.exercise.name}", review.exercise.title, "exercise")


def _inject(review: Review, one: Injected) -> dict[str, Any]:
    return _activity(f"exercise:{review.exercise.name}:inject:{one.id}", one.text, "inject")


def _activity(name: str, text: Texts, kind: str) -> dict[str, Any]:
    definition = {"name": {"en": text.en, "zh": text.zh}, "type": KINDS[kind]}
    return {"objectType": "Activity", "id": f"{OWN}:{name}", "definition": definition}


def _came(review: Review, seat: SeatScore) -> dict[str, Any]:
    """That somebody took part: to the end or not, with how many decisions."""
    seconds = (review.ends - review.starts) // SECOND
    return {
        "completion": review.ends >= review.exercise.ends,
        "extensions": {
            f"{OWN}:decisions": seat.decisions, f"{OWN}:decisions-too-late": seat.late,
            f"{OWN}:simulated-seconds": seconds, f"{OWN}:room-saved-yuan": review.scores.result // YUAN,
        },
    }  # fmt: skip


def _scored(scoring: Scoring, seat: SeatScore) -> dict[str, Any]:
    """The points that the own page tells, with the weights of what they are made of."""
    points = round(seat.points or 0.0, 1)
    return {
        "score": {"raw": points, "min": 0, "max": 100, "scaled": round(points / 100, 3)},
        "extensions": {
            f"{OWN}:weight-of-injects-done-in-time": scoring.injects if seat.expected else 0,
            f"{OWN}:weight-of-decisions-in-time": scoring.decisions if seat.decisions else 0,
        },
    }  # fmt: skip


def _answered(one: Injected, seat: SeatScore) -> dict[str, Any]:
    """Whether an inject was answered as it should be, in time; how long it took in simulated time."""
    mine = one.by == seat.name
    found: dict[str, Any] = {"success": mine and one.in_time}
    missing: list[Missing] = [] if mine else list(one.missing)
    if mine and one.done_at is not None:
        found["extensions"] = {f"{OWN}:simulated-seconds": (one.done_at - one.fired_at) // SECOND}
    elif missing and one.wrong_by == seat.name:
        found["extensions"] = {f"{OWN}:lacked": missing}
    return found
