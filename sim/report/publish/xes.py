"""The log of a run as XES (IEEE 1849-2016): one trace for each case.

Work has the life cycle of the standard (schedule, start, suspend, resume, complete, withdraw, ate_abort); the event
that ends it also has the instants at which it could begin and began. Payments, transfers, exits and what else the log
tells of the case are single events. Work that is no case is in no trace: the tables and OCEL have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from sim.measure.work import CANCELLED_WORK, DONE, HANDED, IN_HAND, STILL_WAITING
from sim.report.findings.exported import Exported
from sim.report.findings.happenings import Event, Spell, events, spells

_EXTENSIONS: Final = {"Concept": "concept", "Time": "time", "Lifecycle": "lifecycle", "Organizational": "org"}
_ENDS: Final = {DONE: "complete", HANDED: "suspend", CANCELLED_WORK: "ate_abort"}
"""By how it ended; work that nobody began is withdrawn."""
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no file of XML 1.0 may have in it."""

Attribute = tuple[str, str, str]
"""(element: string, date or int; key; value)"""


def write_xes(of: Exported, path: Path) -> int:
    """Write the file, in a folder that is there, and tell how many events it has.

    Raises:
        OSError: it cannot be written.
    """
    written, labels, victims = 0, of.labels, of.run.plan.victims
    told = _by_case(of)
    scams = list(of.run.scenario.victims.scams)
    with path.open("wb") as file:
        xml = XMLGenerator(file, "utf-8", short_empty_elements=True)
        xml.startDocument()
        _open(xml, "log", {
            "xes.version": "1849.2016", "xes.features": "", "xmlns": "http://www.xes-standard.org/",
        })  # fmt: skip
        _head(xml, of)
        for case in range(len(victims)):
            xml.characters("\n")
            _open(xml, "trace")
            about: list[Attribute] = [
                ("string", "concept:name", labels.case[case]), ("string", "kind", labels.kind[case]),
                ("int", "loss_fen", str(of.measured.loss[case])),
                ("int", "recovered_fen", str(of.measured.recovered[case])),
                ("int", "lost_fen", str(of.measured.lost[case])),
            ]  # fmt: skip
            if not victims.bystander[case]:
                about.append(("string", "scam", scams[int(victims.scam[case])]))
            _attributes(xml, about)
            for _, attributes in sorted(told.get(case, ()), key=lambda one: one[0]):
                xml.characters("\n")
                _open(xml, "event")
                _attributes(xml, attributes)
                xml.endElement("event")
                written += 1
            xml.endElement("trace")
        xml.endElement("log")
        xml.endDocument()
    return written


def _head(xml: XMLGenerator, of: Exported) -> None:
    for name, prefix in _EXTENSIONS.items():
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        _empty(xml, "extension", {"name": name, "prefix": prefix, "uri": uri})
    _open(xml, "global", {"scope": "trace"})
    _attributes(xml, [("string", "concept:name", "")])
    xml.endElement("global")
    _open(xml, "global", {"scope": "event"})
    _attributes(xml, [
        ("string", "concept:name", ""), ("date", "time:timestamp", "1970-01-01T00:00:00.000+00:00"),
        ("string", "lifecycle:transition", "complete"),
    ])  # fmt: skip
    xml.endElement("global")
    _empty(xml, "classifier", {"name": "Activity", "keys": "concept:name"})
    _empty(xml, "classifier", {"name": "Activity and transition", "keys": "concept:name lifecycle:transition"})
    about = [("string", "concept:name", of.run.scenario.name), ("string", "lifecycle:model", "standard")]
    about += [("string", name, str(value)) for name, value in of.run.header.items()]
    _attributes(xml, about)


def _by_case(of: Exported) -> Mapping[int, list[tuple[tuple[int, int, int], list[Attribute]]]]:
    """By case: its events, each with its place in the order of time (money before people, as in the run)."""
    found: dict[int, list[tuple[tuple[int, int, int], list[Attribute]]]] = {}
    queued: set[tuple[int, int, str, int]] = set()
    single = ((one.case, one.time, 0, list(_of_event(of, one))) for one in events(of))
    work = (
        (one.case, time, 1, attributes)
        for one in spells(of)
        if one.case >= 0
        for time, attributes in _of_spell(of, one, queued)
    )
    for number, (case, time, rank, attributes) in enumerate(chain(single, work)):
        found.setdefault(case, []).append(((time, rank, number), attributes))
    return found


def _of_event(of: Exported, event: Event) -> Iterator[Attribute]:
    labels = of.labels
    yield from _common(of, event.name, event.time, "complete")
    if event.account >= 0:
        yield "string", "account", labels.account[event.account]
    if event.target >= 0:
        yield "string", "to_account", labels.account[event.target]
    if event.transfer >= 0:
        yield "string", "transfer", labels.transfer[event.transfer]
    if event.fen >= 0:
        yield "int", "fen", str(event.fen)
    if event.way:
        yield "string", "way_out", event.way
    if event.step:
        yield "string", "step", event.step


def _of_spell(
    of: Exported, spell: Spell, queued: set[tuple[int, int, str, int]]
) -> Iterator[tuple[int, list[Attribute]]]:
    """The events of a spell, with their instants. A team is scheduled once, and work handed over goes on."""
    more: list[Attribute] = [
        ("string", "org:group", spell.desk), ("string", "concept:instance", f"{spell.name}#{spell.attempt}"),
    ]  # fmt: skip
    if spell.account >= 0:
        more.append(("string", "account", of.labels.account[spell.account]))
    piece = spell.case, spell.account, spell.name, spell.attempt
    if not spell.again and piece not in queued:
        queued.add(piece)
        yield spell.enabled, [*_common(of, spell.name, spell.enabled, "schedule"), *more]
    if spell.person:
        more.append(("string", "org:resource", spell.person))
    if spell.begun >= 0:
        how = "resume" if spell.again else "start"
        yield spell.begun, [*_common(of, spell.name, spell.begun, how), *more]
    if spell.fate in (IN_HAND, STILL_WAITING):
        return
    ends: Iterable[Attribute] = _common(of, spell.name, spell.ended, _ENDS.get(spell.fate, "withdraw"))
    times = {"enabled": spell.enabled, "begun": spell.begun}
    dates: list[Attribute] = [("date", name, of.labels.time(ms)) for name, ms in times.items() if ms >= 0]
    yield spell.ended, [*ends, *more, *dates]


def _common(of: Exported, name: str, time: int, transition: str) -> list[Attribute]:
    return [
        ("string", "concept:name", name), ("date", "time:timestamp", of.labels.time(time)),
        ("string", "lifecycle:transition", transition),
    ]  # fmt: skip


def _attributes(xml: XMLGenerator, attributes: Iterable[Attribute]) -> None:
    for element, name, value in attributes:
        _empty(xml, element, {"key": name, "value": _NO_XML.sub("\ufffd", value)})


def _empty(xml: XMLGenerator, element: str, attributes: Mapping[str, str]) -> None:
    _open(xml, element, attributes)
    xml.endElement(element)


def _open(xml: XMLGenerator, element: str, attributes: Mapping[str, str] | None = None) -> None:
    xml.startElement(element, AttributesImpl(dict(attributes or {})))
