"""Lines as somebody who plays alone reads them: help, tables, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from sim.exercise import otherwise, report_text
from sim.exercise.review import Review
from sim.words.language import (
    key,
    money,
    say,
)
from sim.words.lines import columns, padded, wrapped
from sim.workflow.log import NONE

WIDE: Final = 100
"""Columns of the text."""


Tone = Literal["late", "soon", "asks", "said"]
"""What a line is about: what came too late, what soon will, what asks for an answer, what else was said."""


class Line(str):
    """A line that a terminal may show in a colour of its own; its words say all that it says."""

    tone: Tone

    def __new__(cls, text: str, tone: Tone) -> Line:
        """A line about something."""
        made = super().__new__(cls, text)
        made.tone = tone
        return made


def toned(tone: Tone, lines: Iterable[str]) -> list[str]:
    """Lines that are all about the same."""
    return [Line(one, tone) for one in lines]


HELP: Final = (
    ("1", key("decide number 1 of the open decisions: it is next at its desk; it keeps its number while it is open")),
    ("3 1 4", key("decide several, in this order")),
    ("stop 2.7", key("account 7 of case 2 goes first at every desk")),
    ("call 2.7", key("call the bank of the account: it is next there")),
    ("team 2.7, team 2", key("a team to the account (cash on its way out), or to the victim of case 2")),
    ("drop 2.7", key("nobody follows the account any more")),
    ("order DESK POLICY", key("the desk serves by fifo, largest_first, freshest_first or most_at_risk")),
    ("staff DESK", key("call in staff for the desk")),
    ("say TEXT", key("tell everybody")),
    ("can", key("what can be done now, as it is typed")),
    ("next", key("on to the next decision or message, or to 10 s before one is taken from you or an answer is late")),
    ("wait 2m", key("let so much time pass, at most to 10 s before an answer is late")),
    ("look, cases, accounts, desks, messages", key("what is open, and what is known")),
    ("finish", key("close the exercise and see the score; before its end this is asked twice")),
    ("quit", key("leave it for now")),
)
"""What can be typed, and what it does."""


def closing(review: Review) -> list[str]:
    """What the trainee reads at the end: the score, and what else could have been."""
    rows = [(label.replace("\n", " "), money(fen)) for label, fen, _ in report_text.outcomes(review)]
    lines = ["", *wrapped(report_text.finding(review) + say("."), WIDE), ""]
    lines += [*table_lines(rows, right=(1,)), ""]
    lines += wrapped(report_text.score(review.scores), WIDE)
    lines += wrapped(say(report_text.LATE), WIDE)
    if review.counterfactuals:
        lines += ["", say("What else could have been, each played again with the same luck:")]
    for one in review.counterfactuals:
        said = f"{otherwise.gain(one)} ({otherwise.against(one)}): {otherwise.all_of(review, one)}"
        lines += wrapped(said, WIDE, "    ")
    if review.lucky is not None:
        lines += wrapped(otherwise.lucky(review), WIDE, "    ")
    return lines


def dotted(case: int, account: int) -> str:
    return str(case) if account == NONE else f"{case}.{account}"


def help_lines() -> list[str]:
    return table_lines([(typed, say(does)) for typed, does in HELP])


def paragraph(text: str) -> list[str]:
    return [line for part in text.splitlines() for line in (wrapped(part, WIDE) or [""])]


def table_lines(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows in columns of even width, without those that are empty everywhere."""
    if not rows:
        return []
    wide = [max(columns(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            padded(cell, width, right=place in right)
            for place, (cell, width) in enumerate(zip(row, wide, strict=True))
            if width
        ).rstrip()
        for row in rows
    ]


TASKS: Final = {
    "undecided": key("to be decided"),
    "waiting": key("waits"),
    "working": key("in hand"),
    "pending": key("later"),
}
