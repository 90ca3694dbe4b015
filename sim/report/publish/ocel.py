"""The log of a run as OCEL 2.0 (JSON): events about victims, accounts, transfers, orders, people, desks and duties.

An order is a stop payment that took effect on an account; its state changes with time. Work is one event for each
person and spell, at the instant at which it ended, with the instants at which it could begin and began.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

from sim.fraud.settle import NEVER
from sim.report.findings.exported import Exported
from sim.report.findings.happenings import MOVEMENTS, OF_STOPS, TOLD, Event, Spell, events, lasted, spells
from sim.workflow.log import KINDS

_ALWAYS: Final = "1970-01-01T00:00:00.000Z"
"""The instant of an attribute that does not change, as the standard has it."""
_OBJECTS: Final[Mapping[str, Mapping[str, str]]] = {
    "victim": {
        "kind": "string", "scam": "string", "loss_fen": "integer", "recovered_fen": "integer", "lost_fen": "integer",
        "moving_fen": "integer", "held_elsewhere_fen": "integer",
    },
    "account": {"layer": "integer", "held_at": "string"},
    "transfer": {"fen": "integer", "way_out": "string"},
    "order": {"state": "string", "found_fen": "integer"},
    "person": {"desk": "string"},
    "desk": {},
    "duty": {},
}  # fmt: skip
_WORK: Final = {"enabled": "time", "begun": "time", "ended": "time", "ending": "string", "attempt": "integer"}
_EVENT: Final = {"fen": "integer", "step": "string", "way_out": "string"}

Json = dict[str, Any]


def write_ocel(of: Exported, path: Path) -> tuple[int, int]:
    """Write the file, in a folder that is there, and tell how many events and objects it has.

    Raises:
        OSError: it cannot be written.
    """
    people: dict[str, str] = {}
    duties: dict[str, None] = {}
    used = {account for event in events(of) for account in (event.account, event.target)}
    for spell in spells(of):
        used.add(spell.account)
        if spell.person:
            people[spell.person] = spell.desk
        if spell.case < 0:
            duties[spell.subject] = None
    names = of.run.program.names
    types = {
        **dict.fromkeys((*MOVEMENTS.values(), *(KINDS[kind] for kind in TOLD)), _EVENT),
        **dict.fromkeys((names[step] for step in np.unique(of.work.rows.step).tolist()), _WORK),
    }
    with path.open("w", encoding="utf-8") as file:
        file.write('{"objectTypes": ')
        _dump([_type(name, attributes) for name, attributes in _OBJECTS.items()], file)
        file.write(',\n"eventTypes": ')
        _dump([_type(name, attributes) for name, attributes in types.items()], file)
        file.write(',\n"objects": [')
        objects = _listed(_objects(of, used, people, duties), file)
        file.write('],\n"events": [')
        written = _listed(_events(of), file)
        file.write("]}\n")
    return written, objects


def _dump(what: Any, file: TextIO) -> None:
    file.write(json.dumps(what, ensure_ascii=False))


def _listed(items: Iterable[Json], file: TextIO) -> int:
    """Write the items one by one, and count them."""
    number = 0
    for item in items:
        file.write(",\n" if number else "\n")
        _dump(item, file)
        number += 1
    return number


def _type(name: str, attributes: Mapping[str, str]) -> Json:
    return {"name": name, "attributes": [{"name": one, "type": kind} for one, kind in attributes.items()]}


def _object(id_: str, type_: str, attributes: Mapping[str, Any], related: Mapping[str, str] | None = None) -> Json:
    """An object whose attributes do not change; `related` by qualifier."""
    return {
        "id": id_, "type": type_,
        "attributes": [{"name": name, "time": _ALWAYS, "value": value} for name, value in attributes.items()],
        "relationships": _relations(related or {}),
    }  # fmt: skip


def _relations(related: Mapping[str, str]) -> list[Json]:
    return [{"objectId": one, "qualifier": qualifier} for qualifier, one in related.items() if one]


def _objects(of: Exported, used: set[int], people: Mapping[str, str], duties: Iterable[str]) -> Iterator[Json]:
    """All objects; of the accounts those that something happened to, by their rows in `used`."""
    run, at, m = of.run, of.labels, of.measured
    victims, accounts, t = run.plan.victims, run.plan.accounts, run.plan.transfers
    scams, exits = list(run.scenario.victims.scams), list(run.scenario.criminals.exits)
    for case in range(len(victims)):
        robbed = victims.bystander[case] == 0
        yield _object(at.case[case], "victim", {
            "kind": at.kind[case], **({"scam": scams[int(victims.scam[case])]} if robbed else {}),
            "loss_fen": int(m.loss[case]), "recovered_fen": int(m.recovered[case]), "lost_fen": int(m.lost[case]),
            "moving_fen": int(m.moving[case]), "held_elsewhere_fen": int(m.elsewhere[case]),
        })  # fmt: skip
    holders = [holder.name for holder in run.scenario.holders]
    for row in sorted({int(accounts.card[row]) for row in used if row >= 0}):
        bank = int(accounts.bank[row])
        about = {"layer": int(accounts.layer[row]), **({"held_at": holders[bank]} if bank >= 0 else {})}
        yield _object(at.account[row], "account", about, {"of": at.case[int(accounts.case[row])]})
    for row in np.flatnonzero(run.times <= run.end).tolist():
        way, target = int(t.exit[row]), int(t.target[row])
        related = {
            "of": at.case[int(t.case[row])], "from": at.account[int(t.source[row])],
            "to": at.account[target] if target >= 0 else "",
        }  # fmt: skip
        about = {"fen": int(t.amount[row]), **({"way_out": exits[way]} if way >= 0 else {})}
        yield _object(at.transfer[row], "transfer", about, related)
    yield from _orders(of)
    for person, desk in people.items():
        yield _object(f"person:{person}", "person", {"desk": desk}, {"at": f"desk:{desk}"})
    for desk_ in run.program.desks:
        yield _object(f"desk:{desk_.name}", "desk", {})
    for duty in duties:
        yield _object(f"duty:{duty}", "duty", {})


def _orders(of: Exported) -> Iterator[Json]:
    """Stops, with the states that they went through."""
    stops, at = of.stops, of.labels
    for number in range(len(stops)):
        found = _object(f"S{number + 1}", "order", {"found_fen": int(of.found[number])}, {
            "on": at.account[int(stops.card[number])],
        })  # fmt: skip
        states = {
            "in force": int(stops.start[number]), "held by another force": int(stops.contested[number]),
            "frozen": int(stops.frozen[number]),
            "lapsed" if stops.lapsed[number] else "ended": int(stops.end[number]),
        }  # fmt: skip
        found["attributes"] += [
            {"name": "state", "time": at.time(time), "value": state}
            for state, time in sorted(states.items(), key=lambda one: one[1])
            if time < NEVER
        ]
        yield found


def _events(of: Exported) -> Iterator[Json]:
    for number, event in enumerate(events(of), 1):
        yield _of_event(of, event, f"e{number}")
    for number, spell in enumerate(spells(of), 1):
        yield _of_spell(of, spell, f"w{number}")


def _of_event(of: Exported, event: Event, id_: str) -> Json:
    at = of.labels
    given = {"fen": event.fen if event.fen >= 0 else "", "step": event.step, "way_out": event.way}
    related = {
        "case": at.case[event.case],
        "from" if event.transfer >= 0 else "account": at.account[event.account] if event.account >= 0 else "",
        "to": at.account[event.target] if event.target >= 0 else "",
        "transfer": at.transfer[event.transfer] if event.transfer >= 0 else "",
        "order": _stop(of, event) if event.kind in OF_STOPS else "",
    }
    return {
        "id": id_, "type": event.name, "time": at.time(event.time),
        "attributes": [{"name": name, "value": value} for name, value in given.items() if value != ""],
        "relationships": _relations(related),
    }  # fmt: skip


def _stop(of: Exported, event: Event) -> str:
    """The stop that an event is about: the last of its account that began by then."""
    card = of.run.plan.accounts.card[np.array([event.account])]
    row = int(of.stops.last(card, event.time)[0])
    return f"S{row + 1}" if row >= 0 else ""


def _of_spell(of: Exported, spell: Spell, id_: str) -> Json:
    at = of.labels
    times = {"enabled": spell.enabled, "begun": spell.begun, "ended": spell.ended}
    given: list[Json] = [{"name": name, "value": at.time(ms)} for name, ms in times.items() if ms >= 0]
    given += [{"name": "ending", "value": spell.ending}, {"name": "attempt", "value": spell.attempt}]
    related = {
        "case" if spell.case >= 0 else "duty": spell.subject if spell.case >= 0 else f"duty:{spell.subject}",
        "account": at.account[spell.account] if spell.account >= 0 else "",
        "person": f"person:{spell.person}" if spell.person else "",
        "desk": f"desk:{spell.desk}",
    }
    return {
        "id": id_, "type": spell.name, "time": at.time(lasted(spell, of.run.end)), "attributes": given,
        "relationships": _relations(related),
    }  # fmt: skip
