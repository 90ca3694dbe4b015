"""The start page: a finding first, then the ways on.

The finding is what came out of the shipped city-year, as the head of its file tells it with the command that prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from fastapi import Request

from sim.scenario import catalogue
from sim.scenario.plain import read_plain
from sim.web.lobby import code_form
from sim.web.parts import Tag, box, heading, link, para
from sim.web.site import Site, page_of
from sim.words.language import money, say
from sim.words.units import YUAN

SCENARIO: Final = "city"
_AMOUNT: Final = r"([\d,]+(?:\.\d+)?)"
_TOLD: Final = {
    "loss": rf"paid by the victims {_AMOUNT} yuan",
    "share": rf"share recovered {_AMOUNT}% \({_AMOUNT} to {_AMOUNT}\)",
    "stop": rf"report to first stop, median {_AMOUNT} min",
    "command": r"What came out \(`(fundfreeze [^`]+)`",
}
"""What is looked for in the head of the file, its lines joined."""


@dataclass(frozen=True)
class Finding:
    """What came out of a year of the city."""

    loss: float
    """Yuan that the victims paid."""
    share: float
    low: float
    high: float
    """Percent of it recovered, with its 95% interval."""
    stop: float
    """Minutes from report to first stop, median."""
    command: str
    """What prints it."""


@cache
def finding() -> Finding | None:
    """The finding that the head of the city's file holds; None where it holds none."""
    lines = read_plain(catalogue.find(SCENARIO)).decode().splitlines()
    head = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
    found = {name: re.search(pattern, head) for name, pattern in _TOLD.items()}
    loss, share, stop, command = (found[name] for name in ("loss", "share", "stop", "command"))
    if loss is None or share is None or stop is None or command is None:
        return None
    paid, back, low, high, minutes = (
        float(one.replace(",", "")) for one in (loss[1], share[1], share[2], share[3], stop[1])
    )
    return Finding(paid, back, low, high, minutes, command[1])


def start_page(site: Site, request: Request) -> None:
    """Show the start page."""
    inside = site.facilitator(request)
    with page_of(request, say("How fast must a fraud be answered?"), facilitator=inside):
        para(
            say("Simulate the race between stolen money and the people who chase it: for planners and for trainers."),
            "lead",
        )
        if (one := finding()) is not None:
            _show(one)
        with box("grid"):
            with box("panel", "section"):
                heading(2, say("Planner"))
                para(say("Turn a value of a centre, and see at once what comes back and what it costs."))
                with box("row"):
                    link(say("Open the planner"), "/planner", "button main")
                    link(say("Your own centre, from ten questions"), "/planner/made", "button")
            with box("panel", "section"):
                heading(2, say("Exercises"))
                para(say("Run an exercise with a room of trainees: they decide, the model plays everyone else."))
                link(say("Open the exercises"), "/rooms", "button main")
            with box("panel", "section"):
                heading(2, say("I am a trainee"))
                code_form()
                para(say("Or open the link that your facilitator gave you. It leads to your seat, and is yours alone."))
        if inside:
            link(say("Forget the PIN in this browser"), "/leave")


def _show(one: Finding) -> None:
    with box("panel front", "section"):
        said = say(
            "A city of 12 million loses {loss} a year to fraud, and {share:.0f}% of it comes back.",
            loss=money(one.loss * YUAN), share=one.share,
        )  # fmt: skip
        heading(2, said, "finding")
        bar = box("bar", role="img", aria_label=said)
        with bar:
            Tag("span", f"{one.share:.0f}%", "back").style(f"width: {one.share:.1f}%")
            Tag("span", say("gone"), "gone")
        para(
            say(
                "Half of all first stops come within {minutes:.0f} min of the report. What would a faster bank bring,"
                " two more analysts, an earlier call?",
                minutes=one.stop,
            )
        )
        link(say("Turn it and see"), f"/planner/live/{SCENARIO}", "button main")
        interval = say("95% interval of the share: {low:g}% to {high:g}%.", low=one.low, high=one.high)
        with Tag("p", "", "help"):
            Tag("span", interval + " " + say("Printed by") + " ")
            Tag("code", one.command)
