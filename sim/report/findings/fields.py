"""What the fields of a scenario are called in a form, and who a path names."""

from __future__ import annotations

from typing import Final

from sim.report.findings import answering
from sim.report.findings.field_contexts import CONTEXTS
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
    "mon": key("mon"),
    "tue": key("tue"),
    "wed": key("wed"),
    "thu": key("thu"),
    "fri": key("fri"),
    "sat": key("sat"),
    "sun": key("sun"),
    "holiday": key("on a holiday"),
    "calendar": key("calendar"),
    "holidays": key("holidays"),
    "workdays": key("make-up working days"),
    "horizon": key("payments simulated over"),
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
    "team": key("people needed"),
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
    "schema_version": key("version of the form"),
    "name": key("name of the scenario"),
    "victims": key("the victims"),
    "criminals": key("criminals"),
    "desks": key("desks"),
    "routes": key("routes"),
    "banks": key("banks"),
    "bank_profiles": key("kinds of bank"),
    "law": key("periods of the law"),
    "prevention": key("prevention"),
    "duties": key("work that is no case"),
    "printed": key("printed figures"),
    "latency": key("speed of the response"),
    "stopped_within": key("stopped within"),
    "scale": key("scale"),
    "open": key("no upper end"),
    "rails": key("rail"),
    "pace": key("pace of the money"),
    "file": key("file"),
    "fails": key("share that fails"),
    "limit": key("most that one debit takes"),
    "gap_factor": key("gap between debits, times"),
    "spread": key("spread"),
    "by_amount": key("by amount"),
    "elasticity": key("how it grows with the amount"),
    "debits": key("debits"),
    "gap": key("from one to the next"),
    "rests": key("what stays behind"),
    "part": key("part that stays"),
    "others": key("other people's money"),
    "amount": key("amount"),
    "before": key("begins so long before"),
    "claims": key("claims of others"),
    "held_first": key("share that another force held first"),
    "disputed": key("owner that nobody can prove"),
    "learning": key("learning"),
    "turnover": key("share that leaves in a year"),
    "slower": key("slower while new"),
    "hand_over": key("until another agency has it"),
    "subject": key("what it is about"),
    "desk": key("desk that works"),
    "on_renege": key("when patience runs out"),
    "skill": key("skill that is needed"),
    "until_open": key("until this desk opens"),
    "before_lapse": key("so long before it lapses"),
    "do": key("done at once"),
    "if": key("if"),
    "else": key("otherwise"),
    "layer_at_least": key("from this layer"),
    "amount_at_least": key("from this amount that arrived"),
    "caught_at_least": key("from this amount of the case that was stopped"),
    "found_at_least": key("from this amount that was found"),
    "bank_profile": key("kind of bank"),
    "bank_reachable": key("the bank can be reached"),
    "desk_open": key("this desk is open"),
    "elapsed_at_least": key("from this time after the report"),
    "refused": key("refused by the bank"),
    "known_before": key("known before"),
    "held": key("under a stop or freeze"),
    "frozen": key("frozen"),
    "contested": key("held by another force first"),
    "stops_left": key("another stop is allowed"),
    "one_inflow": key("money of one case only"),
    "reported": key("somebody has reported"),
    "waiting": key("from this many waiting"),
    "await": key("waits for"),
    "any": key("any of"),
    "at_most": key("at most"),
    "on_timeout": key("when nothing comes"),
    "cancel": key("stops what runs beside it"),
    "end": key("outcome"),
    "on_exhausted": key("after the last attempt"),
    "within": key("should be done within"),
    "background": key("beside the chase"),
    "after_cases": key("only when no case waits"),
}  # fmt: skip
"""By the name of a field in a file; of others the name itself is shown as words."""

_KINDS: Final[dict[str, Kind]] = {
    "desks": "desk", "banks": "bank", "bank_profiles": "profile", "routes": "route", "steps": "step", "scams": "scam",
    "channels": "channel", "ages": "age", "districts": "district", "exits": "exit", "places": "place",
    "skills": "skill", "latency": "stage", "team": "desk", "waiting": "desk", "rails": "rail", "arrivals": "district",
    "duties": "desk",
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


def _kind(path: tuple[str, ...], place: int) -> Kind | None:
    """What kind of thing one part of a path names; None of a field. A bank called `banks` names none below it."""
    if not place or path[place - 1] not in _KINDS or (place > 1 and _kind(path, place - 1)):
        return None
    return None if path[place - 1] == "latency" and path[place] in FIELDS else _KINDS[path[place - 1]]


def part(path: tuple[str, ...], place: int) -> str:
    """One part of a path in words: a name, a field, or the number of an entry, counted from 1."""
    name, kind = path[place], _kind(path, place)
    if kind == "profile":
        return answering.meaning(name)
    if kind == "route":
        return say("route {route}", route=named(name, kind))
    if kind is not None:
        return named(name, kind)
    if name.isdecimal():
        return f"{int(name) + 1}"
    if "shifts" in path[:place] and name in _SHIFT_TIMES:
        return say(_SHIFT_TIMES[name])
    known = CONTEXTS.get((_around(path, place), name))
    return field(name) if known is None else say(known)


def _around(path: tuple[str, ...], place: int) -> str:
    """The part around a field: of an entry of a mapping or a list that is it; empty where there is none."""
    while place and (path[place - 1].isdecimal() or _kind(path, place - 1) is not None):
        place -= 1
    return path[place - 1] if place else ""


def called(path: str) -> str:
    """A value as sentences and pictures call it: in words, without the part of the scenario where the rest says all."""
    parts = tuple(path.split("."))
    return label(parts, 1 if len(parts) > 2 else 0)


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
