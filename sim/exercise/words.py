"""What the parts of an exercise are called when people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sim.exercise import levels
from sim.exercise.acts import TEXTS as REASONS
from sim.exercise.acts import Refused
from sim.exercise.expect import Expect, Says, Which
from sim.exercise.models import Effect, Exercise, Inject, When
from sim.exercise.texts import Texts
from sim.words import names
from sim.words.language import clock, counted, date, duration, key, language, listed, money, say
from sim.workflow.log import NONE

ACTIONS: Final = {
    "take": key("take the task next"),
    "stop": key("stop the account"),
    "team": key("send a team"),
    "call_bank": key("call the bank"),
    "call_in": key("call in staff"),
    "policy": key("change the order of work"),
    "write_off": key("write the account off"),
    "message": key("tell the others"),
    "any": key("decide anything"),
    "default": key("nobody decided"),
}
"""Every action as something that one is asked to do."""
CHANNELS: Final = {
    "phone": key("by telephone"),
    "radio": key("by radio"),
    "message": key("by message"),
    "paper": key("on paper"),
    "in_person": key("in person"),
}

AUTOMATIC: Final = key(
    "The automatic players of a dry run are told which kind of action each inject expects. That is why they answer"
    " every inject in time: their score is no measure of a room of people."
)
"""What whoever leads an exercise should know of a dry run."""


LACKS: Final = {
    "desk": key("another desk was meant"),
    "account": key("another account was meant"),
    "before": key("other decisions came first"),
    "to": key("it does not say for whom it is"),
    "bank": key("it names another bank, or none"),
    "time": key("it names no time"),
    "amount": key("it names no amount"),
    "rubric": key("it does not say what matters"),
    "without": key("it says what it should not"),
    "tick": key("whoever leads did not let it count"),
}
"""What an answer lacks."""
_PICKS: Final = {
    "largest": key("the largest account"),
    "smallest": key("the smallest account"),
    "freshest": key("the account that was paid last"),
    "oldest": key("the account that was paid first"),
}


def lacking(missing: Sequence[str]) -> str:
    """What an answer lacks, in words."""
    return listed([say(LACKS[one]) for one in missing])


def told(of: Texts) -> str:
    """A text of an exercise in the language of this context."""
    return of.zh if language() == "zh" else of.en


def sentences(parts: Sequence[str]) -> str:
    """Sentences after one another: English parts them, Chinese does not."""
    return (" " if language() == "en" else "").join(parts)


def span(exercise: Exercise, opens: datetime, closes: datetime) -> str:
    """When a room plays, and at which difficulty where that is not the exercise as it is written."""
    said = say(
        "{date}, {start} to {end} of simulated time ({length}).", date=date(opens), start=clock(opens),
        end=clock(closes), length=duration((closes - opens) // timedelta(milliseconds=1)),
    )  # fmt: skip
    return sentences([said, *filter(None, [levels.told(exercise.difficulty)])])


def role(exercise: Exercise, name: str) -> str:
    """The title of a role."""
    return told(exercise.role(name).title)


def roles(exercise: Exercise, several: Sequence[str]) -> str:
    """The titles of several roles."""
    return listed([role(exercise, name) for name in several])


def action(name: str) -> str:
    """An action as something that one is asked to do."""
    return say(ACTIONS[name])


def channel(name: str) -> str:
    """By which channel something is told."""
    return say(CHANNELS[name])


def subject(case: int, account: int) -> str:
    """A case, or an account of it, by the numbers that people are shown; empty for neither."""
    if case == NONE:
        return ""
    if account == NONE:
        return say("case {case}", case=case)
    return say("account {account} of case {case}", account=account, case=case)


def expected(exercise: Exercise, expect: Expect | None, within: int | None) -> str:
    """What a good room does about an inject; empty where nothing is expected.

    Args:
        within: ms that it has for it; None for no deadline.
    """
    if expect is None:
        return ""
    said = action(expect.action)
    if expect.desk is not None:
        said = say("{action} at {desk}", action=said, desk=names.place(expect.desk))
    if expect.account is not None:
        said = say("{action}: {what}", action=said, what=which(expect.account))
    if expect.says is not None:
        said = say("{action}: {what}", action=said, what=says(exercise, expect.says))
    if expect.before is not None:
        said = say("{action}, before decision {n} since then", action=said, n=expect.before)
    if expect.by_hand:
        said = say("{action} (whoever leads ticks it)", action=said)
    if expect.by is not None:
        said = say("{role}: {action}", role=role(exercise, expect.by), action=said)
    if within is not None:
        said = say("{action}, within {time}", action=said, time=duration(within))
    return said


def hint(exercise: Exercise, message: str) -> str:
    """What a message asks for, where the room is told; empty for nothing.

    Args:
        message: its id, as a view has it.
    """
    if not levels.LEVELS[exercise.difficulty].hints:
        return ""
    expect = next((one.expect for one in exercise.injects if one.id == message), None)
    return expected(exercise, expect, None)


def which(one: Which) -> str:
    """Which account is meant."""
    parts = [say(_PICKS[one.pick]) if one.pick else say("an account")]
    if one.bank is not None:
        parts.append(say("at {bank}", bank=names.owner(one.bank)))
    if one.not_bank is not None:
        parts.append(say("not at {bank}", bank=names.owner(one.not_bank)))
    if one.layer is not None:
        parts.append(say("of layer {n}", n=one.layer))
    if one.cash is not None:
        parts.append(say("cash on its way out") if one.cash else say("no cash"))
    if one.stopped is not None:
        parts.append(say("already stopped") if one.stopped else say("not yet stopped"))
    return say(", ").join(parts)


def says(exercise: Exercise, one: Says) -> str:
    """What a message must say."""
    parts = [say("to {who}", who=role(exercise, one.to))] if one.to is not None else []
    parts += [which(one.account)] if one.account is not None else []
    parts += [names.owner(one.bank)] if one.bank is not None else []
    parts += [say("a time")] if one.time else []
    parts += [] if one.amount is None else [say("an amount") if one.amount else say("no amount")]
    parts += [told(it.text).rstrip(".。") for it in one.rubric]
    return say(", ").join(parts)


def in_order(exercise: Exercise) -> list[Inject]:
    """The injects in the order of their times; those without one come last, as the file has them."""
    return sorted(exercise.injects, key=lambda one: (one.at is None, one.at or 0))


def numbers(exercise: Exercise, made_up: Sequence[str] = ()) -> dict[str, str]:
    """What each inject is called by on the board, on paper and in the report: its place in the exercise.

    Args:
        made_up: ids of those that whoever leads made up, in order: they are called +1, +2.
    """
    found = {one.id: f"{number}" for number, one in enumerate(in_order(exercise), 1)}
    others = [name for name in made_up if name not in found]
    return found | {name: f"+{number}" for number, name in enumerate(others, 1)}


def condition(when: When) -> str:
    """What must be so before an inject comes."""
    said: Mapping[str, Callable[[int], str]] = {
        "reported": lambda n: counted(n, "one case is reported", "{n:,} cases are reported"),
        "known": lambda n: counted(n, "one account is known", "{n:,} accounts are known"),
        "stopped": lambda n: counted(n, "one account is stopped", "{n:,} accounts are stopped"),
        "undecided": lambda n: counted(n, "one decision is open", "{n:,} decisions are open"),
        "undecided_for": lambda ms: say("a decision has been open for {time}", time=duration(ms)),
        "waiting": lambda n: counted(n, "one task waits at a desk", "{n:,} tasks wait at a desk"),
        "paid_at_least": lambda fen: say("victims have named {money}", money=money(fen)),
        "caught_at_least": lambda fen: say("{money} has been found on what was stopped", money=money(fen)),
    }
    return say(
        "as soon as {what}",
        what=listed([said[name](getattr(when, name)) for name in said if name in when.model_fields_set]),
    )


def effect(of: Effect) -> str:
    """A change of conditions; on paper the facilitator acts it out."""
    where = names.place(of.desk)
    if of.bank_down is not None:
        return say("{desk} cannot be reached for {time}", desk=where, time=duration(of.lasts or 0))
    if of.policy is not None:
        return say("{desk} works in this order: {policy}", desk=where, policy=names.policy(of.policy.policy))
    assert of.staff is not None  # a model allows exactly one
    heads, lasts = of.staff.heads, of.staff.lasts
    if heads < 0:
        said = counted(-heads, "{desk}: one person fewer", "{desk}: {n} people fewer", desk=where)
    else:
        said = counted(heads, "{desk}: one person more", "{desk}: {n} people more", desk=where)
    return say("{what}, for {time}", what=said, time=duration(lasts)) if lasts else said


def refused(error: Refused) -> str:
    """Why a decision was not taken."""
    return say(REASONS[error.code], **error.params) if error.params else say(REASONS[error.code])
