"""What a seat's decisions have led to so far, and what its desks decided because nobody did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sim.exercise import words
from sim.exercise.seen import AccountSeen, DecisionSeen, View
from sim.exercise.undecided import LeftToDesk, LeftToDesks
from sim.web import said
from sim.web.parts import Line, Rows, box, heading, para
from sim.words import language as lang
from sim.words.language import say
from sim.words.names import state
from sim.workflow.log import NONE

LATEST = 12
"""Lines that are shown."""
ABOUT_MONEY = ("take", "stop", "call_bank", "team", "write_off")


class LedTo:
    """The panel of a seat's page: the latest first."""

    def __init__(self, start: datetime, left: LeftToDesks) -> None:
        self._start, self._left = start, left
        heading(2, say("What came of it"))
        self._count = para("", "quiet")
        with box("timeline", "ul", tabindex=0, aria_label=say("What came of it")) as place:
            self._rows = Rows(place, Line, say("Nothing yet."))

    def show(self, view: View) -> None:
        """Show what came of the decisions of a view's role."""
        left = self._left.so_far()
        self._count.set_text(counted(len(left)))
        accounts = {(one["case"], one["account"]): one for one in view.get("accounts", ())}
        found = [(at, f"left {number}", text) for number, (at, text) in enumerate(together(left))]
        for decision in view["decided"]:
            text = led_to(decision, accounts) if decision["role"] == view["role"] else ""
            if text:
                found.append((decision["at"], f"made {decision['number']}", text))
        latest = sorted(found, key=lambda it: -it[0])[:LATEST]
        self._rows.show([(name, (said.at(self._start, at), text)) for at, name, text in latest])


def counted(left: int) -> str:
    """How many decisions the desks took in their people's place."""
    if not left:
        return say("No decision of yours was left to a desk so far.")
    return lang.counted(
        left, "One decision of yours was left to the desk.", "{n:,} decisions of yours were left to the desks."
    )


def together(left: Sequence[LeftToDesk]) -> list[tuple[int, str]]:
    """(ms, text): what a desk decided about accounts of one case at one moment is one line."""
    found: dict[tuple[int, str, int], list[LeftToDesk]] = {}
    for one in left:
        found.setdefault((one.at, one.desk, one.case), []).append(one)
    return [(at, missed(*ones)) for (at, _, _), ones in found.items()]


def missed(one: LeftToDesk, *more: LeftToDesk) -> str:
    """That a desk decided, because nobody did in time.

    Args:
        more: others of the same moment, desk and case.
    """
    if more:
        about = say("{n} accounts of case {case}", n=1 + len(more), case=one.case)
    else:
        about = words.subject(one.case, one.account) or say("a task")
    return say(
        "Nobody decided about {about} in time: {desk} takes it in its own order.", about=about, desk=said.desk(one.desk)
    )


def led_to(one: DecisionSeen, accounts: dict[tuple[int, int], AccountSeen]) -> str:
    """What has come of a decision about an account so far; empty where it was about none that is seen."""
    account = accounts.get((one.get("case", NONE), one.get("account", NONE)))
    if account is None or one["action"] not in ABOUT_MONEY:
        return ""
    what = say("{action}, {what}", action=say(said.ACTIONS[one["action"]]), what=words.subject(*_of(account)))
    now = [state(account["state"])]
    if account.get("caught"):
        now.append(say("{amount} found", amount=lang.money(account["caught"])))
    elif account["task"]:
        now.append(say("its work is not done yet"))
    return say("{name}: {what}. So far: {now}.", name=one["name"], what=what, now=say(", ").join(now))


def _of(account: AccountSeen) -> tuple[int, int]:
    return account["case"], account["account"]
