"""What somebody who plays alone knows, as tables of lines; times are in ms since the scenario's start."""

from __future__ import annotations

from sim.exercise import words
from sim.exercise.seen import AccountSeen, CaseSeen
from sim.exercise.solo_lines import TASKS, dotted, table_lines
from sim.exercise.together import Together
from sim.words import names
from sim.words.language import brief, money, named, say
from sim.workflow.log import NONE


def of_account(one: AccountSeen, now: int) -> tuple[str, ...]:
    """Bank, layer, amount, age of an account."""
    return (
        names.owner(one["bank"]),
        say("layer {n}", n=one["layer"]),
        money(one["amount"]) if "amount" in one else "",
        say("{time} ago", time=brief(max(0, now - one["credited"]))),
    )


def of_case(one: CaseSeen | None, now: int) -> tuple[str, ...]:
    """Scam, no layer, amount, age of a case; empty where the role does not see it."""
    if one is None:
        return "", "", "", ""
    told = one["alerted_at"] if one["reported_at"] is None else one["reported_at"]
    return (
        named(one["scam"], "scam") if one["scam"] else "",
        "",
        money(one["paid"]) if one.get("paid") else "",
        "" if told is None else say("{time} ago", time=brief(max(0, now - told))),
    )


def case_lines(view: Together, now: int) -> list[str]:
    """The cases that are known."""
    rows = [
        (
            words.subject(one["case"], NONE), *of_case(one, now),
            say("open") if one["open"] else say("closed"), say("victim safe") if one["safe"] else "",
        )
        for one in view.cases
    ]  # fmt: skip
    return table_lines(rows, right=(3,)) or [say("No case is known.")]


def account_lines(view: Together, now: int) -> list[str]:
    """The accounts that are known."""
    rows = []
    for one in view.accounts:
        state, task = names.state(one["state"]), TASKS.get(one["task"], "")
        desk = names.place(one["desk"]) if one["desk"] else ""
        doing = say(task) if task else ""
        rows.append((dotted(one["case"], one["account"]), *of_account(one, now), state, doing, desk))
    return table_lines(rows, right=(3,)) or [say("No account is known.")]


def desk_lines(view: Together) -> list[str]:
    """The desks, how busy each is, and whom it serves first."""
    rows = [
        (
            one["name"], names.place(one["name"]),
            say("always enough people") if one["heads"] is None
            else say("{busy} of {heads} busy", busy=one["busy"], heads=one["heads"]),
            say("{n} waiting", n=one["waiting"]), names.policy(one["policy"]),
        )
        for one in view.desks
    ]  # fmt: skip
    return table_lines(rows) or [say("No desk is seen.")]
