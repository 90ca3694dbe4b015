"""What the fields of an exercise are called on the page where one is made."""

from __future__ import annotations

from typing import Any, Final

from sim.exercise import words
from sim.exercise.pack import SEES
from sim.words import names
from sim.words.language import key, say

LABELS: Final = {
    "Exercise.title": key("Title"), "Exercise.question": key("What the room is to find out, in one sentence"),
    "Exercise.briefing": key("Briefing: what everybody is told before the clock runs"),
    "Exercise.name": key("Name of the file"), "Exercise.scenario": key("Scenario"),
    "Exercise.starts": key("The room opens, after the scenario's start"),
    "Exercise.ends": key("The room closes, after the scenario's start"),
    "Exercise.speed": key("Speed: seconds of the case in a second"),
    "Exercise.difficulty": key("Difficulty"),
    "Exercise.seed": key("Seed: which victims and which luck"), "Exercise.replication": key("Run of that seed"),
    "Exercise.made": key("For whoever leads: how it was made, what it does not show"),
    "Exercise.objectives": key("Objectives"), "Exercise.roles": key("Roles"), "Exercise.injects": key("Injects"),
    "Exercise.call_in": key("When a role calls in staff"), "Exercise.routes": key("Routes that decisions start"),
    "Exercise.scoring": key("Weights of the score"), "Exercise.debrief": key("Questions of the debriefing"),
    "Objective.text": key("What the room is to learn"), "Objective.injects": key("Injects that try it"),
    "Role.title": key("What the chair is called"), "Role.desks": key("Decides for these desks"),
    "Role.sees": key("Its page shows"), "Role.may": key("It may"), "Role.deadline": key("Time to decide"),
    "Role.seats": key("The most people who sit there at once"),
    "CallIn.heads": key("How many come"), "CallIn.after": key("After"), "CallIn.lasts": key("For how long"),
    "Inject.text": key("What they are told"), "Inject.to": key("Who is told"), "Inject.channel": key("How"),
    "Inject.at": key("When, after the opening"),
    "Inject.when": key("Or as soon as (all that is filled in); the time above is then the latest"),
    "Inject.or_never": key("Never, where that was not so by the time above"),
    "Inject.manual": key("Only when whoever leads sends it"),
    "Inject.expect": key("What a good room does about it"),
    "Inject.deadline": key("Time to do it"), "Inject.note": key("For whoever leads"),
    "Inject.effect": key("What changes with it"),
    "When.reported": key("cases reported, at least"), "When.known": key("accounts known, at least"),
    "When.stopped": key("accounts stopped, at least"), "When.undecided": key("decisions open, at least"),
    "When.undecided_for": key("a decision open for at least"),
    "When.waiting": key("tasks waiting at one desk, at least"),
    "When.paid_at_least": key("payments named by victims, at least"),
    "When.caught_at_least": key("money found on what was stopped, at least"),
    "Expect.action": key("The act"), "Expect.by": key("Only by"), "Expect.desk": key("Only at"),
    "Expect.account": key("Only about an account that is"), "Expect.says": key("Only in words that name"),
    "Expect.before": key("Before so many other decisions since then"),
    "Expect.tick": key("Only once whoever leads has ticked it"),
    "Which.pick": key("of all that fit"), "Which.bank": key("held by"), "Which.not_bank": key("not held by"),
    "Which.layer": key("so many transfers from the victim"), "Which.cash": key("cash on its way out"),
    "Which.stopped": key("already stopped"),
    "Says.to": key("a role"), "Says.account": key("an account that is"), "Says.bank": key("a bank"),
    "Says.time": key("a time of day or a span"), "Says.amount": key("an amount of money; no: none may be named"),
    "Says.rubric": key("these things"), "Says.least": key("so many of them at least"),
    "Criterion.text": key("What whoever leads looks for"),
    "Criterion.words": key("Words any of which tick it, with commas; none: ticked by hand"),
    "Criterion.without": key("Words none of which may be said, with commas"),
    "Effect.bank_down": key("A bank that nobody reaches"), "Effect.lasts": key("For how long is it down"),
    "Effect.staff": key("More or fewer people"), "Effect.policy": key("Another order of work"),
    "StaffChange.desk": key("Desk"), "StaffChange.heads": key("People more, or fewer with a minus"),
    "StaffChange.lasts": key("For how long; nothing: to the end"),
    "PolicyChange.desk": key("Desk"), "PolicyChange.policy": key("Served first"),
    "Routes.stop": key("To stop an account"), "Routes.team": key("To send a team for cash"),
    "Routes.visit": key("To send a team to a victim"),
    "Objective.first_stop": key("Measured: the first stop of each case so soon after its report"),
    "Scoring.recovered": key("Money that came back"), "Scoring.injects": key("Injects answered in time"),
    "Scoring.decisions": key("Decisions that were not late"), "Question.text": key("Question"),
}  # fmt: skip
"""By model and field; what is not here is on no form."""
HELP: Final = {
    "Exercise.name": key("small letters, digits and -; it names the file and the rooms"),
    "Exercise.seed": key("a whole number: another one is another morning"),
    "Exercise.speed": key("1: as in life; 2: twice as fast"),
    "Role.deadline": key("then the desk goes on by itself; nothing: at once"),
    "Expect.action": key("nothing: no answer is expected"),
    "Scoring.recovered": key("what they sum to does not matter"),
}  # fmt: skip
"""Below the label of some fields."""
TIME: Final = key("8 or 8m are minutes; also 90s, 1h30m")
"""Below the label of a time."""
_PICKS: Final = {
    "largest": key("the largest"), "smallest": key("the smallest"), "freshest": key("paid last"),
    "oldest": key("paid first"),
}  # fmt: skip


def value_words(field: str, value: str) -> str:
    """What one of the values of a field is called.

    Args:
        field: as in `LABELS`.
        value: as a file has it.
    """
    known: dict[str, Any] = {
        "Role.sees": SEES, "Role.may": words.ACTIONS, "Expect.action": words.ACTIONS,
        "Inject.channel": words.CHANNELS, "Which.pick": _PICKS,
    }  # fmt: skip
    if field == "PolicyChange.policy":
        return names.policy(value)
    of = known.get(field, {})
    return say(of[value]) if value in of else value.replace("_", " ")
