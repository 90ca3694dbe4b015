"""What a good trainee would do at a seat, by its role's view alone: what matters most first.

Of the exercise it is told only what each inject asks for; about what to do it, the view tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from sim.exercise.expect import Expect, Says
from sim.exercise.offers import Asked, key_of, offers
from sim.exercise.picking import ordered, picked
from sim.exercise.seen import AccountSeen, TaskSeen, View
from sim.words.units import MINUTE
from sim.workflow.log import NONE

_CROWD = 3
"""Tasks that wait for each head of a desk before staff is called in."""
DUTY = {"en": "Received.", "zh": "收到。"}
"""A word that says nothing but that it was heard."""


def wishes(view: View, expected: Mapping[str, Expect]) -> list[Asked]:
    """What a role might do now, by a view of it, what matters most first: answers to injects, tasks, staff.

    Nothing that a seat's page has no button for.
    """
    offered = {key_of(one) for one in offers(view)}
    return [wish for wish in _wishes(view, expected) if key_of(wish) in offered]


def _wishes(view: View, expected: Mapping[str, Expect]) -> list[Asked]:
    """`wishes`, whether they can be had or not."""
    may = frozenset(view["may"])
    found = [*_answers(view, may, expected)]
    if "take" in may:
        found += _takes(view)
    if "call_in" in may and not any(one["action"] == "call_in" for one in view["decided"]):
        found += [
            {"action": "call_in", "desk": desk["name"]}
            for desk in view["desks"]
            if desk["heads"] and desk["waiting"] > _CROWD * desk["heads"]
        ]
    return found


def _answers(view: View, may: frozenset[str], expected: Mapping[str, Expect]) -> Iterator[Asked]:
    """What each message that waits for an answer asks for, the latest first; a word where that is not known."""
    for one in reversed(view["messages"]):
        if one["state"] not in ("open", "wrong") or one.get("deadline", view["now"]) < view["now"]:
            continue
        expect = expected.get(one["id"], Expect())
        if expect.by not in (None, view["role"]):
            continue
        if expect.action in ("any", "message") and "message" in may and not expect.desk:
            note = DUTY["en"] if expect.says is None else saying(expect.says, view)
            said = [it for it in view["decided"] if it["action"] == "message" and it["at"] >= one["at"]]
            if not any(note in it["note"] for it in said):
                yield {"action": "message", "note": note}
            continue
        for action in _ANYTHING if expect.action == "any" else (expect.action,):
            if action in may and action in _ANSWERS:
                yield from _meant(_ANSWERS[action](view), expect, view)


def _meant(found: list[Asked], expect: Expect, view: View) -> Iterator[Asked]:
    """Of some wishes, those at the desk and about the account that are expected."""
    found = [wish for wish in found if expect.desk is None or fnmatchcase(wish["desk"], expect.desk)]
    if expect.account is not None:
        offered = {key_of(one) for one in offers(view)}
        possible = {_subject(one) for one in found if key_of(one) in offered}
        known = [one for one in view.get("accounts", ()) if (one["case"], one["account"]) in possible]
        of = {_subject(one): one for one in found}
        found = [of[one["case"], one["account"]] for one in ordered(expect.account, known)]
    yield from found


def _subject(wish: Asked) -> tuple[int, int]:
    return wish.get("case", NONE), wish.get("account", NONE)


def saying(says: Says, view: View) -> str:
    """A message that says what it should, of what a role knows."""
    parts = [f"{says.to}:"] if says.to is not None else []
    if says.account is not None:
        parts += [f"{case}.{account}" for case, account in sorted(picked(says.account, view.get("accounts", ())))[:1]]
    parts += [says.bank] if says.bank is not None else []
    parts += [view["clock"][11:16]] if says.time else []
    parts += ["100,000 yuan"] if says.amount else []
    parts += [one.words[0] for one in says.rubric if one.words]
    return " ".join(parts) or DUTY["en"]


# -- what answers which action ---------------------------------------------------------------------------------


def _takes(view: View) -> list[Asked]:
    """The open decisions, the most urgent first."""
    return [about("take", one) for one in sorted(view["decisions"], key=lambda one: _urgency(view, one))]


def _stops(view: View) -> list[Asked]:
    return [about("stop", one) for one in _urgent(view) if one["state"] not in ("stopped", "frozen")]


def _calls(view: View) -> list[Asked]:
    return [about("call_bank", one) for one in _urgent(view) if one["task"] in ("undecided", "waiting")]


def _write_offs(view: View) -> list[Asked]:
    """The least urgent first."""
    return [about("write_off", one) for one in reversed(_urgent(view)) if one["task"] in ("undecided", "waiting")]


def _teams(view: View) -> list[Asked]:
    """To what a team waits for, to cash on its way out, then to victims who may still pay."""
    waiting = [about("team", one) for one in sorted(view["decisions"], key=lambda one: _urgency(view, one))]
    cash = [about("team", one) for one in _urgent(view) if not one["task"]]
    people: list[Asked] = [
        {"action": "team", "case": one["case"], "desk": ""} for one in view.get("cases", ()) if not one["safe"]
    ]
    return waiting + cash + people


def _calls_in(view: View) -> list[Asked]:
    """To the desk with the longest queue for its people first."""
    staffed = [desk for desk in view["desks"] if desk["heads"] is not None]
    staffed.sort(key=lambda desk: -desk["waiting"] / max(desk["heads"] or 0, 1))
    return [{"action": "call_in", "desk": desk["name"]} for desk in staffed]


def _policies(view: View) -> list[Asked]:
    """At the desk with the longest queue first: the largest first, or where that is so already, the freshest."""
    return [
        {"action": "policy", "desk": desk["name"], "policy": policy}
        for desk in sorted(view["desks"], key=lambda desk: -desk["waiting"])
        for policy in ("largest_first", "freshest_first")
        if policy != desk["policy"]
    ]


_ANSWERS: Mapping[str, Callable[[View], list[Asked]]] = {
    "take": _takes, "stop": _stops, "call_bank": _calls, "write_off": _write_offs, "team": _teams,
    "call_in": _calls_in, "policy": _policies,
}  # fmt: skip


_ANYTHING = ("policy", "call_bank", "take")
"""What is tried where anything about a desk answers."""


def about(action: str, one: TaskSeen | AccountSeen) -> Asked:
    """An action on an open decision, or on an account."""
    return {"action": action, "desk": one["desk"], "case": one["case"], "account": one["account"]}


def _urgent(view: View) -> list[AccountSeen]:
    """The accounts that a view shows, the most urgent first."""
    return sorted(view.get("accounts", ()), key=lambda one: _weight(view, one))


def _urgency(view: View, one: TaskSeen) -> tuple[float, int]:
    """Of an open decision; a case that nobody has heard yet comes before every account."""
    for account in view.get("accounts", ()):
        if (account["case"], account["account"]) == (one["case"], one["account"]):
            return _weight(view, account), one["opened"]
    return (-float("inf") if one["account"] == NONE else 0.0), one["opened"]


def _weight(view: View, account: AccountSeen) -> float:
    """The more money came, and the later it came, the sooner (the lower); what is not known counts as nothing."""
    return -account.get("amount", 1) / max(view["now"] - account["credited"], MINUTE)
