"""What the fields of a scenario are called in a form, and who a path names."""

from __future__ import annotations

from typing import Final

from sim.scenario.distributions import KINDS
from sim.words.language import Kind, key, named, say

GROUPS: Final = {
    "": key("The whole"),
    "desks": key("Desks and their people"),
    "routes": key("What is done, step by step"),
    "bank_profiles": key("How banks answer"),
    "banks": key("Banks"),
    "prevention": key("Prevention"),
    "law": key("Stops and freezes"),
    "latency": key("Speed of the response"),
    "victims": key("Victims and their reports"),
    "criminals": key("Criminals"),
    "objections": key("Objections"),
    "duties": key("Work that is no case"),
    "printed": key("Printed figures, for comparison"),
}
"""The parts of a scenario in the order of a form; what a file has beyond them follows."""

FIELDS: Final = {
    "above": key("from this many waiting"),
    "absence": key("share absent"),
    "accounts_stopped": key("accounts stopped"),
    "add": key("time added to each piece of work"),
    "after": key("after"),
    "ages": key("ages"),
    "alarms": key("alarms"),
    "all": key("all stages"),
    "amount_spread": key("spread of amounts"),
    "arrivals": key("arrivals"),
    "at": key("at"),
    "attempts": key("attempts"),
    "balance": key("balance"),
    "blocking": key("blocking at the source"),
    "breaks": key("breaks"),
    "briefing": key("briefing"),
    "by_hour": key("by hour of the day"),
    "counts": key("counted are"),
    "by_weekday": key("by weekday"),
    "cases": key("case"),
    "channels": key("channel"),
    "choose": key("choice"),
    "contact": key("from first contact to payment"),
    "containment_time": key("report to last stop"),
    "customers": key("share of the city's customers"),
    "dates": key("dates"),
    "days": key("days"),
    "deepest_layer": key("deepest layer"),
    "delay": key("delay"),
    "detects": key("share detected"),
    "discovery": key("from the last payment to understanding"),
    "districts": key("district"),
    "dwell": key("time that money stays"),
    "dwell_by_layer": key("time that money stays, by layer"),
    "every": key("every"),
    "exit_by_layer": key("share that leaves, by layer"),
    "exits": key("way out"),
    "factor": key("times"),
    "false_per_day": key("false alarms a day"),
    "fan_out_spread": key("spread of the fan-out"),
    "first": key("first step"),
    "fixed": key("always"),
    "follow_up": key("longest follow-up after that"),
    "for": key("for"),
    "freeze": key("freeze"),
    "from": key("from"),
    "heads": key("people"),
    "high": key("at most"),
    "calendar": key("calendar"),
    "holidays": key("holidays"),
    "workdays": key("make-up working days"),
    "horizon": key("period of payments"),
    "innocent": key("innocent money"),
    "lasts": key("lasts"),
    "leads": key("leads"),
    "leak": key("stage"),
    "least": key("from this amount"),
    "lifetime": key("lifetime of an account"),
    "line_cut": key("cutting the line"),
    "loss": key("loss"),
    "low": key("at least"),
    "mean": key("mean"),
    "median": key("median"),
    "mismatch": key("share with wrong details"),
    "monitoring": key("monitoring"),
    "most": key("at most"),
    "most_fan_out": key("largest fan-out"),
    "most_payments": key("most payments"),
    "most_stops": key("most stops of an account"),
    "night": key("night"),
    "notice": key("until they notice a stop"),
    "objection": key("until an objection"),
    "objections": key("objections"),
    "objects": key("share that objects"),
    "on_report": key("route of a reported case"),
    "outages": key("outage"),
    "overtime_wage": key("wage of overtime, an hour"),
    "p": key("probability"),
    "p90": key("nine of ten within"),
    "patience": key("patience"),
    "payment_gap": key("between two payments"),
    "payments": key("payments"),
    "pending": key("pending before it leaves"),
    "per_day": key("a day"),
    "places": key("place"),
    "pool": key("accounts in the pool"),
    "profile": key("how it answers"),
    "question": key("question"),
    "queue": key("who is served first"),
    "reach": key("who can reach it"),
    "reaction": key("reaction to a stop"),
    "recovered": key("recovered"),
    "refusal": key("share refused"),
    "renewals": key("renewals"),
    "report_lag": key("from understanding to report"),
    "reports": key("share that reports"),
    "retry": key("until money is tried again"),
    "reuse": key("accounts used again"),
    "route": key("route"),
    "rule": key("rule"),
    "scam": key("scam"),
    "scams": key("scam"),
    "set_up": key("cost of one more"),
    "set_up_years": key("years over which it is spread"),
    "shape": key("shape"),
    "share": key("share"),
    "shift_end": key("end of a shift"),
    "shifts": key("shift"),
    "skills": key("skill"),
    "spacing": key("between two transfers"),
    "speed": key("dwell times then, times"),
    "staff": key("people on duty"),
    "start": key("begins on"),
    "stop": key("stop"),
    "surge": key("called in"),
    "team": key("team"),
    "third_party": key("somebody else reports"),
    "time": key("working time"),
    "title": key("title"),
    "to": key("to"),
    "travel": key("travel"),
    "typical_payment": key("typical payment"),
    "typical_transfer": key("typical transfer"),
    "utc_offset": key("offset from UTC"),
    "wage": key("wage, an hour"),
    "wait": key("wait"),
    "warnings": key("warnings"),
    "weight": key("weight"),
    "write_off": key("giving up"),
    "wrong_details": key("share with wrong details at first"),
}  # fmt: skip
"""By the name of a field in a file; of others the name itself is shown as words."""

_KINDS: Final[dict[str, Kind]] = {
    "desks": "desk", "banks": "bank", "bank_profiles": "profile", "routes": "route", "steps": "step", "scams": "scam",
    "channels": "channel", "ages": "age", "districts": "district", "exits": "exit", "places": "place",
    "skills": "skill", "latency": "stage", "team": "desk",
}  # fmt: skip
"""What the keys of a mapping name."""


_SHIFT_TIMES: Final = {"from": key("begins"), "to": key("ends")}
"""The two clock times of a shift; elsewhere `from` and `to` are places and people."""
_UNSAID: Final = ("steps", "work", *KINDS)
"""Parts of a path that say nothing to people: the form of a distribution is said by its parameters."""


def field(name: str) -> str:
    """A field's name in the language of the context."""
    known = FIELDS.get(name)
    return say(known) if known is not None else name.replace("_", " ").replace("-", " ")


def part(path: tuple[str, ...], place: int) -> str:
    """One part of a path in words: a name, a field, or the number of an entry, counted from 1."""
    name, above = path[place], path[place - 1] if place else ""
    if name.isdecimal() and above not in _KINDS:
        return f"{int(name) + 1}"
    if above in _KINDS and place and (name not in FIELDS or above != "latency"):
        return named(name, _KINDS[above])
    if "shifts" in path[:place] and name in _SHIFT_TIMES:
        return say(_SHIFT_TIMES[name])
    return field(name)


def label(path: tuple[str, ...], skip: int) -> str:
    """A path in words without its first parts: ``shift 1, people on duty``."""
    parts: list[str] = []
    for place in range(skip, len(path)):
        said = part(path, place)
        if path[place].isdecimal() and parts:
            parts[-1] += f" {said}"
        elif path[place] not in _UNSAID:
            parts.append(said)
    return say(", ").join(parts)
