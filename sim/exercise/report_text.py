"""What an after-action report says in sentences: the finding, the dearest decisions, what was done about an inject."""

from __future__ import annotations

from typing import Final

from sim.exercise import words
from sim.exercise.decided import Decided
from sim.exercise.models import Exercise
from sim.exercise.review import Injected, Review
from sim.exercise.score import GOOD_PLAY, Scores
from sim.words import names
from sim.words.language import counted, duration, exact_money, key, money, percent, say
from sim.words.units import MINUTE, SECOND

LATE: Final = key(
    "Too late: nobody decided before the deadline, or work began half a minute or more later than it could have."
)
"""The one meaning of late, said wherever it is counted."""
UNMANNED: Final = key("nobody sat there: the model")
"""Of an inject of which the roles asked were empty."""
COUNTED: Final = key(
    "An inject counts only where somebody had a role that it asks, from its telling to its deadline; elsewhere the"
    " model plays. Where no inject counts, its weight is shared by the other parts of the score."
)
"""Which injects bring or cost points."""
UNSCORED: Final = {
    "early": key(
        "No score: the room was closed before its end, or is still open. It has one when it is played to its end."
    ),
    "empty": key("No score: nobody sat at a seat that decides."),
    "no_stake": key("No score: nothing that was tried saves more money than nobody's deciding does."),
}
"""Why a room has no score."""
SCALE: Final = key(
    "Points for money: none for what the same seats save when nobody decides and each decision waits for its deadline,"
    " 100 for the best play found with the same victims and the same luck."
)
"""What the points for money are held against."""
COSTS: Final = key(
    "Money and time lost by a decision: the exercise played again with the same luck and everything else as it was,"
    " this decision taken at the moment when it came up. Above zero: the wait has cost so much. Below zero: the wait"
    " has saved so much. Such losses do not add up: one late decision can hide another. An empty field: not played"
    " again."
)
"""What the amounts beside a decision are."""


def finding(review: Review) -> str:
    """What came of it, in one sentence: the headline."""
    scores = review.scores
    saved, stake = exact_money(scores.result), exact_money(at_stake(review))
    if scores.prevented:
        back = say("{saved} of {stake} came back or was never paid", saved=saved, stake=stake)
    else:
        back = say("{saved} of {stake} came back", saved=saved, stake=stake)
    more = scores.result - scores.baseline
    if more > 0:
        return say("{back}: {more} more than with nobody deciding", back=back, more=exact_money(more))
    if more < 0:
        return say("{back}: {less} less than with nobody deciding", back=back, less=exact_money(-more))
    return say("{back}: as much as with nobody deciding", back=back)


def at_stake(review: Review) -> int:
    """fen that the victims paid, or would have paid had nobody kept them from it."""
    return review.scores.loss + review.scores.prevented


def second_finding(review: Review) -> str:
    """What stood between the room and a better result, in a few sentences."""
    return words.sentences([_missed(review), _dearest(review), *_left(review)])


def _missed(review: Review) -> str:
    if not review.decisions:
        return say("There was nothing to decide.")
    missed = sum(is_missed(one) for one in review.decisions)
    if not missed:
        return say("No decision was left to the model.")
    return counted(missed, "One decision was left to the model.", "{n:,} decisions were left to the model.")


def _dearest(review: Review) -> str:
    first = dearest(review)
    if first is None:
        return no_dear_delay(review)
    cost = money(first.fen_lost or 0)
    if not whole_minutes(first):
        return say("The dearest delay cost {money}.", money=cost)
    return say("The dearest delay cost {money} and {time}.", money=cost, time=duration(whole_minutes(first)))


def dearest(review: Review) -> Decided | None:
    """The decision whose delay cost most; None where no single delay cost money."""
    first = max(review.decisions, key=lambda one: one.fen_lost or 0, default=None)
    return first if first is not None and (first.fen_lost or 0) > 0 else None


def no_dear_delay(review: Review) -> str:
    """That no single delay cost money, and what all of them did together: one late decision can hide another."""
    together = review.together
    if together is None or together.more <= 0:
        return say("No delay of a decision cost money.")
    return say("No single delay cost money; all together they cost {money}.", money=exact_money(together.more))


def _left(review: Review) -> list[str]:
    left = review.scores.ceiling - review.scores.result
    if left <= 0:
        return []
    share = percent(left / review.scores.ceiling)
    return [say("{money} more could have been kept from the first reports on ({share} of the ceiling).",
                money=exact_money(left), share=share)]  # fmt: skip


def whole_minutes(one: Decided) -> int:
    """The time lost by a decision in ms, to the whole minute."""
    return round(one.minutes_lost or 0.0) * MINUTE


def whole_seconds(ms: int) -> str:
    """A time to the second; empty for none."""
    seconds = round(ms / SECOND)
    return "" if not ms else duration(seconds * SECOND) if seconds else say("{n} s", n=0)


def is_missed(one: Decided) -> bool:
    """Whether nobody decided in time, and the desk's own order of work had to."""
    return one.seat == ""


def outcomes(review: Review) -> list[tuple[str, int, bool]]:
    """What came back and what could have: (label, fen, whether it is this room's)."""
    scores = review.scores
    return [
        (say("this room"), scores.result, True),
        (say("nobody decides"), scores.baseline, False),
        (say("the model alone"), scores.alone, False),
        (say("best play found:\n{name}", name=best_play(scores)), scores.best, False),
        (say("ceiling"), scores.ceiling, False),
    ]


def best_play(scores: Scores) -> str:
    """What the best play found is called."""
    return say("automatic good play") if scores.best_play == GOOD_PLAY else names.policy(scores.best_play)


def score(scores: Scores) -> str:
    """The points of a room in a sentence, or why it has none."""
    if scores.total is None:
        return say(UNSCORED[scores.unscored])
    parts = [
        (key("money {points:.0f}"), scores.recovered_points), (key("injects {points:.0f}"), scores.injects_points),
        (key("decisions in time {points:.0f}"), scores.decisions_points),
    ]  # fmt: skip
    told = [say(part, points=points) for part, points in parts if points is not None]
    said = say("Score: {total:.0f} of 100 ({parts}).", total=scores.total, parts=say(", ").join(told))
    none = [say("No inject asked anybody who sat there.")] if scores.injects_points is None else []
    return words.sentences([said, *none])


# -- decisions -------------------------------------------------------------------------------------------------


def person(exercise: Exercise, one: Decided) -> str:
    """Who decided: a person with the role, or the role alone where nobody did."""
    role = words.role(exercise, one.role) if one.role else ""
    return say("{name} ({role})", name=one.name, role=role) if one.name and role else one.name or role


def decision(one: Decided) -> str:
    """What was decided about what."""
    about = [words.subject(one.case, one.account), names.place(one.desk) if one.desk else ""]
    return say(", ").join(filter(None, (words.action(one.action), *about)))


def decided(exercise: Exercise, one: Decided) -> str:
    """A decision, or that there was none, as a sentence."""
    if is_missed(one):
        about = words.subject(one.case, one.account)
        return say("nobody decided about {about} at {desk} in time", about=about, desk=names.place(one.desk))
    return say("{who}: {decision}", who=person(exercise, one), decision=decision(one))


# -- injects ---------------------------------------------------------------------------------------------------


def expected(exercise: Exercise, one: Injected) -> str:
    """What a good room does about an inject; empty where nothing was expected."""
    within = None if one.deadline is None else one.deadline - one.fired_at
    return words.expected(exercise, one.expected, within)


def done_of(done: int, late: int, of: int) -> str:
    """How many of the injects after which something was expected were answered; empty for none."""
    if not of:
        return ""
    in_time = say("{done} of {n}", done=done, n=of)
    return say("{done}, {late} late", done=in_time, late=late) if late else in_time


def actual(one: Injected) -> str:
    """What the room did about an inject; empty where nothing was expected."""
    if one.expected is None:
        return ""
    if one.unmanned:
        return say(UNMANNED)
    if one.done_at is None:
        if one.judged_by_nobody:
            return say("answered by {who}; nobody judged whether that was right", who=one.judged_by_nobody)
        why = words.lacking(one.missing)
        return say("answered wrongly by {who}: {why}", who=one.wrong_by, why=why) if why else say("not done")
    waited = one.done_at - one.fired_at
    if waited < SECOND:
        return say("done by {who} at once", who=one.by)
    after = whole_seconds(waited)
    if one.in_time:
        return say("done by {who} after {time}", who=one.by, time=after)
    return say("answered late, by {who} after {time}", who=one.by, time=after)
