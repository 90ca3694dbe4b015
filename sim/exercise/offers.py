"""The acts that a seat may try now: one list, by a view alone, for pages, the terminal and automatic players.

Nobody can do what is not on it: a page has a button for each, a player chooses among them. What is on it may still be
refused, since a view does not tell all that the engine knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NotRequired, TypedDict

from sim.exercise.seen import AccountSeen, CaseSeen, Seen, TaskSeen
from sim.scenario.people import NAMED_POLICIES
from sim.workflow.log import NONE

OF_HOLDERS = ("bank:", "exit:")
"""How the names of desks begin that can be called."""


class Asked(TypedDict):
    """What is asked for, as arguments of `Session.act`."""

    action: str
    case: NotRequired[int]
    account: NotRequired[int]
    desk: NotRequired[str]
    policy: NotRequired[str]
    heads: NotRequired[int]
    note: NotRequired[str]


def offers(view: Seen) -> Iterator[Asked]:
    """Every act that a view's role may try: about open decisions, accounts, cases, and at its own desks.

    The text of a message, and how many people are called in, are for whoever acts to say.
    """
    known = {(one["case"], one["account"]): one for one in view.get("accounts", ())}
    for task in view["decisions"]:
        account = known.get((task["case"], task["account"]))
        for action in about(view, account, task):
            yield {"action": action, "case": task["case"], "account": task["account"], "desk": task["desk"]}
    for (case, number), account in known.items():
        for action in about(view, account):
            yield {"action": action, "case": case, "account": number}
    for one in view.get("cases", ()):
        for action in about_case(view, one):
            yield {"action": action, "case": one["case"], "account": NONE}
    for desk in own_desks(view):
        if "call_in" in view["may"]:
            yield {"action": "call_in", "desk": desk}
        if "policy" in view["may"]:
            for policy in NAMED_POLICIES:
                yield {"action": "policy", "desk": desk, "policy": policy}
    if "message" in view["may"]:
        yield {"action": "message"}


def key_of(wish: Asked) -> tuple[str, int, int, str, str]:
    """What tells two acts apart, whoever wrote them down: a desk counts only where an act is about a desk."""
    of_desk = wish["action"] in ("take", "call_in", "policy")
    return (
        wish["action"], wish.get("case", NONE), wish.get("account", NONE), wish.get("desk", "") if of_desk else "",
        wish.get("policy", ""),
    )  # fmt: skip


def about(view: Seen, account: AccountSeen | None, task: TaskSeen | None = None) -> list[str]:
    """The actions that a view's role may try about an account, or about the case of a task.

    Args:
        account: None where the task is of a case, or its account is not shown to the role.
        task: the open decision; None where there is none.
    """
    may = view["may"]
    found = ["take"] if "take" in may and task is not None else []
    if account is None:
        of_case = task is not None and task["account"] == NONE
        return found + (["team"] if "team" in may and of_case else [])
    waits = account["task"] in ("undecided", "waiting")
    if "stop" in may and account["state"] not in ("stopped", "frozen") and (waits or not account["task"]):
        found.append("stop")
    if "call_bank" in may and waits and account["desk"].startswith(OF_HOLDERS):
        found.append("call_bank")
    if "take" in may and task is None and account["task"] == "waiting" and account["desk"] in own_desks(view):
        found.append("take")
    own_task = task is not None and task["desk"] in own_desks(view)
    if "team" in may and (own_task or (account["field"] and not account["task"])):
        found.append("team")
    if "write_off" in may and waits:
        found.append("write_off")
    return found


def put_first(view: Seen, account: AccountSeen) -> bool:
    """Whether somebody decided, as far as the role sees, to stop an account first, and its desk has not begun yet."""
    if account["state"] != "known" or account["task"] not in ("undecided", "waiting"):
        return False
    subject = account["case"], account["account"]
    opened = max((one["opened"] for one in view["decisions"] if (one["case"], one["account"]) == subject), default=0)
    return any(
        one["action"] == "stop" and (one.get("case"), one.get("account")) == subject and one["at"] >= opened
        for one in view["decided"]
    )


def left_about(view: Seen, account: AccountSeen | None, task: TaskSeen | None = None) -> list[str]:
    """Those of `about` without what was decided before and would be refused: to put an account first again."""
    found = about(view, account, task)
    return [one for one in found if one != "stop" or account is None or not put_first(view, account)]


def about_case(view: Seen, case: CaseSeen) -> list[str]:
    """The actions that a view's role may try about a case without an open decision: a team to its victim."""
    if "team" not in view["may"] or not case["visits"] or case["safe"]:
        return []
    sent = any(one["action"] == "team" and (one.get("case"), one.get("account", NONE)) == (case["case"], NONE)
               for one in view["decided"])  # fmt: skip
    return [] if sent else ["team"]


def own_desks(view: Seen) -> list[str]:
    """The desks for which a view's role decides."""
    return [one["name"] for one in view["desks"] if one["own"]]
