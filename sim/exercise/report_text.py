"""What an after-action report says in sentences: the finding, the dearest decisions, what was done about an inject."""

from __future__ import annotations

from typing import Final

from sim.exercise import words
from sim.exercise.load import Loaded
from sim.exercise.review import Decided, Injected, Review, Row, Score
from sim.lang import counted, duration, money, named, percent, say
from sim.scenario.units import MINUTE

DEAREST: Final = 3
"""Decisions of which the report says what another one would have saved."""


def finding(review: Review) -> str:
    """What came of it, in one sentence: the headline."""
    back = say("{back} of {loss} came back", back=money(review.result), loss=money(review.loss))
    more = review.result - review.baseline
    if more > 0:
        return say("{back}: {more} more than without this room", back=back, more=money(more))
    if more < 0:
        return say("{back}: {less} less than without this room", back=back, less=money(-more))
    return say("{back}: as much as without this room", back=back)


def second_finding(review: Review) -> str:
    """What stood between the room and a better result."""
    dear = dearest(review)
    late = [one for one in review.decisions if one.late]
    parts = []
    if late:
        parts.append(
            counted(len(late), "One decision was left to the model.", "{n:,} decisions were left to the model.")
        )
    else:
        parts.append(say("No decision was left to the model."))
    if dear:
        parts.append(say("The dearest delay cost {money} and {time}.", money=money(dear[0].fen_lost),
                         time=duration(whole_minutes(dear[0].minutes_lost))))  # fmt: skip
    else:
        parts.append(say("No delay of a decision cost money."))
    left = review.ceiling - review.result
    if review.ceiling > 0 and left > 0:
        share = percent(left / review.ceiling)
        parts.append(say("{money} more could have been kept from the first reports on ({share} of the ceiling).",
                         money=money(left), share=share))  # fmt: skip
    return say(" ").join(parts)


def dearest(review: Review) -> list[Decided]:
    """The decisions whose lateness cost most, the dearest first; none that cost nothing."""
    dear = sorted((one for one in review.decisions if one.fen_lost > 0), key=lambda one: (-one.fen_lost, one.at))
    return dear[:DEAREST]


def counterfactual(loaded: Loaded, one: Decided) -> str:
    """What a decision would have saved, taken when it came up."""
    who = person(loaded, one)
    what = decision(one)
    waited = duration(one.waited)
    if one.late:
        return say(
            "{who} did not decide ({what}) within {waited}: the model had to.", who=who, what=what, waited=waited
        )
    return say("{who} decided ({what}) {waited} after it came up.", who=who, what=what, waited=waited)


def person(loaded: Loaded, one: Decided) -> str:
    """Who decided: a person with the role, or the role alone where nobody did."""
    role = words.role(loaded.exercise, one.role)
    return say("{name} ({role})", name=one.name, role=role) if one.name else role


def decision(one: Decided) -> str:
    """What was decided about what."""
    about = [words.subject(one.case, one.account), words.desk(one.desk) if one.desk else ""]
    return ", ".join(filter(None, (words.action(one.action), *about)))


def whole_minutes(minutes: float) -> int:
    """Minutes as a time in ms, to the whole minute."""
    return round(minutes) * MINUTE


def outcomes(review: Review) -> list[tuple[str, int, bool]]:
    """What came back and what could have: (label, fen, whether it is this room's)."""
    return [
        (say("this room"), review.result, True),
        (say("without this room"), review.baseline, False),
        (say("best policy found: {name}", name=named(review.best.name, "policy")), review.best.value, False),
        (say("ceiling"), review.ceiling, False),
    ]


def expected(loaded: Loaded, one: Injected) -> str:
    """What a good room does about an inject."""
    planned = next((inject for inject in loaded.exercise.injects if inject.id == one.id), None)
    return words.expected(loaded.exercise, planned) if planned is not None else ""


def actual(loaded: Loaded, one: Injected) -> str:
    """What the room did about an inject."""
    if one.fired_at is None:
        return say("never told")
    if one.in_time is None:
        return ""
    if one.done_at is None:
        return say("not done")
    after = duration(one.done_at - one.fired_at)
    if one.in_time:
        return say("done by {who} after {time}", who=one.by, time=after)
    return say("done by {who} after {time}, too late", who=one.by, time=after)


def line(loaded: Loaded, one: Row) -> str:
    """A line of the timeline."""
    about = [words.subject(one.case, one.account), words.desk(one.desk) if one.desk else ""]
    return ", ".join(filter(None, (one.who, one.what, *about)))


def told_of(loaded: Loaded, one: Injected) -> str:
    """What the room was told by an inject."""
    planned = next((inject for inject in loaded.exercise.injects if inject.id == one.id), None)
    return words.told(planned.text) if planned is not None else one.id


def scored(one: Score) -> str:
    """Whose score it is."""
    if one.kind == "seat":
        return one.name
    return say("the whole room") if one.kind == "room" else say("team")
