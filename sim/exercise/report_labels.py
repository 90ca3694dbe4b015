"""The fixed texts of the after-action report: headings, ratings, questions."""

from __future__ import annotations

from typing import Final

from sim.words.language import key

RATINGS: Final = (
    ("P", key("performed without challenges")),
    ("S", key("performed with some challenges")),
    ("M", key("performed with major challenges")),
    ("U", key("unable to be performed")),
)
"""Ratings of an objective, as HSEEP has them."""


SURVEY: Final = (
    key("The situation was like those of my work."),
    key("I knew what was expected of my role."),
    key("I had the information that I needed to decide."),
    key("The pace left time to think, and no time to waste."),
    key("I will do something differently from tomorrow on."),
)


HOT_WASH: Final = (key("What went well?"), key("What did not, and why?"), key("What do we change, and by when?"))
"""Questions of every hot wash, before the exercise's own."""


LABELS: Final = {
    "report": key("After-action report"),
    "saved": key("What another decision would have saved"),
    "money": key("Where the money was"),
    "outcomes": key("What was saved, and what could have been"),
    "scores": key("Scores"),
    "who": key("who"),
    "role": key("role"),
    "points": key("score"),
    "left": key("left to the model"),
    "too_late": key("too late"),
    "expected_done": key("expected after injects, done in time"),
    "part": key("part of the score"),
    "weight": key("weight"),
    "kind": key("kind"),
    "msel": key("Expected and actual, inject by inject (MSEL)"),
    "number": key("no."),
    "time": key("time"),
    "to": key("to"),
    "inject": key("inject"),
    "expected": key("expected"),
    "actual": key("actual"),
    "objectives": key("Objectives"),
    "objective": key("objective"),
    "evidence": key("what the exercise showed"),
    "rating": key("Rating"),
    "other_notes": key("Further notes of evaluators"),
    "strengths": key("Strengths"),
    "strength": key("strength"),
    "evidence_of": key("what shows it"),
    "plan": key("Improvement plan (AAR/IP)"),
    "area": key("area for improvement"),
    "measure": key("corrective action"),
    "owner": key("responsible"),
    "start": key("start"),
    "done_by": key("done by"),
    "hot_wash": key("Hot wash"),
    "survey": key("Debrief survey"),
    "statement": key("statement"),
    "remarks": key("What should be different next time?"),
    "waited": key("waited"),
    "lost_time": key("minutes lost"),
    "lost_money": key("money lost"),
    "dearest": key("dearest decision"),
    "timeline": key("Timeline of injects, decisions and money"),
    "event": key("what happened"),
    "how": key("How the figures were made"),
    "participants": key("Took part:"),
    "comma": key(", "),
    "semicolon": key("; "),
    "stop": key("."),
    "never_told": key("never told"),
    "decisions_n": key("decisions"),
    "nothing_saved": key("Nothing could be decided here."),
    "saved_key": key(
        "Each is this exercise played again: the same victims, the same luck and everything else as it was, with this"
        " one thing decided otherwise."
    ),
    "money_key": key(
        "Numbers: injects as in the list below, orange where what was expected was not done in time. Blue lines:"
        " decisions in time; orange diamonds: decisions that were too late."
    ),
    "room_key": key("The whole room. Points out of 100; the total is weighted."),
    "people_key": key(
        "Teams and people. Points out of 100, by the weights of the exercise: what was expected after injects, and"
        " decisions that were not too late. The money is the whole room's, and no part of them."
    ),
    "type_here": key("Type into the fields and print, or write on the printed page: the page itself keeps nothing."),
    "hot_wash_key": key("Right after the exercise, with everybody who took part."),
    "survey_key": key("1: not at all; 5: entirely."),
    "since": key("since the opening"),
}
