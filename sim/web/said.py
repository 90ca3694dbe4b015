"""What a room's pages say of tasks, accounts, decisions and messages, in the language of the context."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sim.exercise import words
from sim.exercise.acts import TEXTS
from sim.exercise.models import Exercise
from sim.exercise.seen import AccountSeen, CaseSeen, DecisionSeen, InjectSeen, MessageSeen, Seen, TextSeen
from sim.exercise.session import Refused
from sim.words import language as lang
from sim.words import names
from sim.words.language import capital, key, named, say, translate
from sim.words.names import is_way_out, layer
from sim.words.units import MINUTE
from sim.workflow.log import NONE


def refusal(error: Refused | OSError) -> str:
    """Why something was not done."""
    if isinstance(error, OSError):
        return say(
            "It could not be written down, so it was not done: {why}",
            why=translate(os.strerror(error.errno)) if error.errno else error,
        )
    return refused(error.code, **error.params)


def refused(code: str, **params: object) -> str:
    """A refusal by its code, as a sentence."""
    text = TEXTS[code]
    return capital(say(text, **params)) + say(".")


def text_of(texts: TextSeen) -> str:
    """A text of an exercise."""
    return texts["zh"] if lang.language() == "zh" else texts["en"]


def desk(name: str) -> str:
    """A desk."""
    return holder(name) if is_way_out(name) else names.place(name)


def holder(name: str) -> str:
    """Where an account is."""
    if name.startswith("exit:"):
        return say("on the way out: {way}", way=named(name.removeprefix("exit:"), "exit"))
    return names.owner(name) if name.startswith("rail:") else named(name, "bank")


def step(name: str) -> str:
    """What is to be done, from `route.step`."""
    return named(name.rpartition(".")[2], "step")


def facts(account: AccountSeen, now: int, *, first: bool = False) -> str:
    """What is known of an account, in one line, with the age of its money.

    Args:
        now: ms since the scenario's start.
        first: whether somebody has decided that it is stopped first.
    """
    parts = [holder(account["bank"]), layer(account["layer"], card=not is_way_out(account["bank"]))]
    age = max(0, now - account["credited"]) // MINUTE * MINUTE
    amount = lang.money(account["amount"]) if account.get("amount") else say("money")
    if age:
        parts.append(say("{amount} arrived {time} ago", amount=amount, time=lang.duration(age)))
    else:
        parts.append(say("{amount} arrived just now", amount=amount))
    parts.append(names.state(account["state"]))
    if first:
        parts.append(say("put first"))
    if account.get("caught"):
        parts.append(say("{amount} found", amount=lang.money(account["caught"])))
    return say(", ").join(parts)


def too_late(one: InjectSeen, now: int) -> bool:
    """Whether what was expected after an inject was not done before its deadline, and nothing waits to be judged."""
    over = one["deadline"] is not None and one["deadline"] < now
    return over and one["done_at"] is None and one["wrong_at"] is None and not one["said"]


def case_facts(case: CaseSeen) -> str:
    """What is known of a case, in one line."""
    parts = [named(case["scam"], "scam")] if case["scam"] else []
    if case["age"]:
        parts.append(say("victim {age}", age=_age(case["age"])))
    parts.append(named(case["channel"], "channel") if case["channel"] else say("named by a warning or a lead"))
    if case.get("paid"):
        parts.append(say("{amount} paid", amount=lang.money(case["paid"])))
    if case["safe"]:
        parts.append(say("the victim pays no more"))
    return say(", ").join(parts)


def _age(band: str) -> str:
    """An age band: the hyphen of ``41-65`` is no space."""
    return band if lang.language() == "en" else named(band, "age")


ACTIONS: Final = {
    "take": key("Do it next"),
    "stop": key("Stop the account first"),
    "team": key("Send a team"),
    "call_bank": key("Call the bank"),
    "write_off": key("Give it up"),
    "call_in": key("Call in staff"),
    "policy": key("Change who is served first"),
    "message": key("Write to everybody"),
}
"""What a button says."""
DONE: Final = {
    "take": key("{name} took {what}"),
    "stop": key("{name} ordered a stop of {what}"),
    "team": key("{name} sent a team to {what}"),
    "call_bank": key("{name} called the bank about {what}"),
    "write_off": key("{name} gave up {what}"),
    "call_in": key("{name} called in staff: {desk}"),
    "policy": key("{name} set who is served first: {desk}, {policy}"),
    "message": key("{name} wrote: {note}"),
}
"""What became of it."""


def done(action: str, *, case: int, account: int, place: str, policy: str) -> str:
    """What the one who decided is told."""
    if action == "message":
        return say("Sent to everybody.")
    what = words.subject(case, account) or desk(place)
    if action == "policy":
        what = say("{desk}, {policy}", desk=what, policy=named(policy, "policy"))
    return say("Decided: {action}, {what}.", action=say(ACTIONS[action]), what=what)


def whom(exercise: Exercise, one: DecisionSeen | MessageSeen) -> str:
    """To whom a message goes that is not for everybody: a person by name, or all of a role."""
    return one.get("to_name") or words.role(exercise, one["to"])


def decided(one: DecisionSeen, exercise: Exercise) -> str:
    """What somebody decided."""
    if "to" in one:
        return say("{name} wrote to {whom}: {note}", name=one["name"], whom=whom(exercise, one), note=one["note"])
    hidden = "case" not in one or ("account" not in one and one["action"] != "team")
    what = say("a task") if hidden else words.subject(one["case"], one.get("account", NONE))
    return say(
        DONE[one["action"]], name=one["name"], what=what, note=one["note"],
        desk=desk(one["desk"]) if one["desk"] else "", policy=named(one["policy"], "policy"),
    )  # fmt: skip


def state(*, held: bool, finished: bool) -> str:
    """Whether the clock moves."""
    if finished:
        return say("the exercise is over")
    return say("on hold") if held else say("running")


def speed(times: float) -> str:
    """How fast the clock of a room goes, in two digits: five times where a level of difficulty has made it 4.95."""
    return say("real time") if times == 1 else say("{n:g} times real time", n=float(f"{times:.2g}"))


def at(start: datetime, ms: int) -> str:
    """The time of day at `ms` since the scenario's start."""
    return lang.clock(start + timedelta(milliseconds=ms))


def timeline(view: Seen, exercise: Exercise) -> list[tuple[int, str, str]]:
    """(ms, id, text) of what a role knows to have happened, the latest first."""
    found: list[tuple[int, str, str]] = []
    for case in view.get("cases", ()):
        what = words.subject(case["case"], NONE)
        if case["reported_at"] is not None:
            found.append((case["reported_at"], f"r{case['case']}", capital(say("{what} was reported", what=what))))
        elif case["alerted_at"] is not None:
            found.append((case["alerted_at"], f"a{case['case']}", capital(say("{what} was named", what=what))))
    together: dict[tuple[int, int], list[AccountSeen]] = {}
    for one in view.get("accounts", ()):
        together.setdefault((one["known_at"], one["case"]), []).append(one)
    for (known_at, number), accounts in together.items():
        found.append((known_at, f"k{number}/{accounts[0]['account']}", _became_known(accounts)))
    found += [(one["at"], f"d{one['number']}", decided(one, exercise)) for one in view["decided"]]
    return sorted(found, key=lambda it: (-it[0], it[1]))


def _became_known(accounts: Sequence[AccountSeen]) -> str:
    """That accounts of one case became known at one moment, and at which banks."""
    first = accounts[0]
    where = lang.listed(list(dict.fromkeys(holder(one["bank"]) for one in accounts)))
    if len(accounts) == 1:
        return capital(
            say("{what} became known: {where}", what=words.subject(first["case"], first["account"]), where=where)
        )
    return say("{n} accounts of case {case} became known: {where}", n=len(accounts), case=first["case"], where=where)
