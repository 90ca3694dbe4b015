"""What may be changed where something binds: how banks answer, as pages call it; where nobody was added, and why."""

from __future__ import annotations

from typing import Final

from sim.measure.lapses import UNDECIDED
from sim.report.findings import answering
from sim.study.ask.diagnose import Diagnosis
from sim.words import names
from sim.words.language import listed, named, percent, say

FASTER: Final = ("officer", "interface")
"""Kinds of bank that a centre can ask its banks for: an officer on site, a dedicated line."""

_WORTH_NAMING: Final = 0.01
"""Of the money that lapsed: what is less is not told."""


def banks(kind: str) -> str:
    """``banks that answer by letter``: a kind of bank as the pages' inputs name it; by its own name elsewhere."""
    if answering.known(kind):
        return say("banks that answer {how}", how=answering.meaning(kind))
    return say("banks of the kind {what}", what=named(kind, "profile"))


def changeable(result: Diagnosis) -> list[str]:
    """What a centre can change of what binds, a sentence or two for each kind of it that does not say so itself."""
    return [one for one in (_of_banks(result), _of_lapses(result)) if one]


def _of_banks(result: Diagnosis) -> str:
    """A sentence that names the lever where a kind of bank binds; empty elsewhere."""
    scenario = result.scenario
    binding = next((one.constraint.name for one in result.binding if one.constraint.kind == "bank"), None)
    if binding is None or not answering.known(binding):
        return ""
    ways = answering.ways_of(scenario)
    faster = [one for one in FASTER if one in ways and one != binding and ways[one].half < ways[binding].half]
    if not faster:
        return ""
    told = [answering.chosen(one, ways[one]) for one in faster]
    return say("What can be changed at these banks is how they answer: {ways}.", ways=say("; or ").join(told))


def _of_lapses(result: Diagnosis) -> str:
    """Where the lapse of stops binds: what lapsed, and what a centre can do about it; empty elsewhere."""
    if not result.lapsed or not any(one.constraint.kind == "lapse" for one in result.binding):
        return ""
    ends = [(name, percent(share, 0)) for name, share in result.lapsed.items() if share >= _WORTH_NAMING]
    named_ends = [say('{share} ended as "{outcome}"', share=share, outcome=named(name, "outcome"))
                  for name, share in ends if name != UNDECIDED]  # fmt: skip
    late = [say("{share} was not decided in time", share=share) for name, share in ends if name == UNDECIDED]
    routes = {name: one for name, one in result.scenario.routes.items()
              if any(step.do == "file_freeze" for step in one.steps.values())}  # fmt: skip
    work = [step.work for route in routes.values() for step in route.steps.values() if step.work]
    desks = dict.fromkeys(desk for one in work for desk in one.team or ())
    return say(
        "Of the money that lapsed, {ways}. How long a stop lasts is law; a centre can change who files the freeze"
        " ({desks}) and for what it is filed (the route {routes} of the workflow).",
        ways=listed([*named_ends, *late]), desks=listed([names.desk(one) for one in desks]),
        routes=listed([named(one, "route") for one in routes]),
    )  # fmt: skip


def ample_at(result: Diagnosis, desk: str) -> str:
    """That more people at a desk, busy as it is, would save next to nothing; empty where that was not found."""
    if not any(one.kind == "heads" and one.name == desk for one in result.slack):
        return ""
    return say("With people enough at {desk} next to nothing more would be saved.", desk=names.desk(desk))


def untried(result: Diagnosis) -> list[str]:
    """Why there is no row of one person more for the other desks, a sentence for each reason."""
    tried = {one.name for one in result.nexts if one.kind != "bank"}
    here = [one for one in result.weeks if one.desk in result.scenario.desks and one.heads.any()]
    slack = {one.name for one in result.slack if one.kind in ("heads", "hours")}
    ample = [one.desk for one in here if one.desk in slack - tried]
    calm = [one.desk for one in here if one.desk not in slack | tried and not one.pressed]
    told = []
    if ample:
        told.append(say("Not tried at {desks}: with people enough there next to nothing more would be saved.",
                        desks=_busy(result, ample)))  # fmt: skip
    if calm:
        told.append(say("Not tried at {desks}: nobody waits a minute there, and half of the people are never at work.",
                        desks=listed([names.desk(one) for one in calm])))  # fmt: skip
    return told


def _busy(result: Diagnosis, desks: list[str]) -> str:
    """Desks, each with how busy it is at most."""
    week = {one.desk: one for one in result.weeks}
    return listed([say("{desk} ({share} at work in its busiest hour)", desk=names.desk(one),
                       share=percent(min(week[one].busiest, 1.0), 0)) for one in desks])  # fmt: skip
