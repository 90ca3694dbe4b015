"""What a centre made from ten questions assumes where nothing was asked: each value, whence, and a way to turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Final

from sim.report.findings import fields as labels
from sim.scenario.made import ANSWERED
from sim.web.estimate_inputs import Inputs
from sim.web.form import FormField
from sim.web.kinds_here import asked, idle
from sim.web.parts import Tag, box, button, details, heading, link, para
from sim.words.language import key, listed, percent, say
from sim.words.names import source_label


@dataclass(frozen=True)
class Topic:
    """Values of one sort, which are told in one line."""

    title: str
    """A key of the catalogue."""
    paths: Sequence[str]
    """With `*` for a name; the first stands for what each value is of."""
    share: bool = False
    """Whether they are shares, which people read in percent."""


TOPICS: Final = (
    Topic(key("Wages of other desks, an hour"), ("desks.*.wage",)),
    Topic(key("Wages of overtime, an hour"), ("desks.*.overtime_wage",)),
    Topic(key("What one more place costs to set up, spread over"), ("desks.*.set_up", "desks.*.set_up_years")),
    Topic(key("People on duty at other desks"), ("desks.*.staff", "desks.*.shifts.*.staff")),
    Topic(key("Share of the people of a shift who are absent"), ("desks.*.absence",), share=True),
    Topic(key("Breaks in each shift"), ("desks.*.shifts.*.breaks",)),
    Topic(key("Work that is no case, pieces a day"), ("duties.*.per_day",)),
    Topic(key("Warnings and leads about honest people, a day"), ("prevention.*.false_per_day",)),
    Topic(key("People who answer orders elsewhere"), ("bank_profiles.*.staff", "bank_profiles.*.shifts.*.staff")),
    Topic(key("Half of the stops are made within"), ("bank_profiles.*.time.*.median",)),
    Topic(key("How the money leaves"), ("criminals.exits.*.share",), share=True),
    Topic(key("Share of victims who report, by scam"), ("victims.scams.*.reports",), share=True),
    Topic(key("Payments simulated over"), ("horizon",)),
)  # fmt: skip
"""In the order in which they are told."""


def is_made(fields: Sequence[FormField]) -> bool:
    """Whether a centre was made from the ten questions."""
    return any(one.source == ANSWERED for one in fields)


def assumed(fields: Sequence[FormField]) -> list[tuple[Topic, list[FormField]]]:
    """By topic, the values that nobody was asked for; of kinds of bank only those that somebody here is of."""
    here = asked(fields, {})
    open_ = [one for one in fields if one.source != ANSWERED and one.value != "unlimited"
             and (one.others or not idle(one, here))]  # fmt: skip
    found = [(topic, [one for one in open_ if any(_fits(one, path) for path in topic.paths)]) for topic in TOPICS]
    return [(topic, mine) for topic, mine in found if mine]


def _fits(field: FormField, path: str) -> bool:
    parts = path.split(".")
    return len(parts) == len(field.parts) and all(map(fnmatchcase, field.parts, parts))


def said(field: FormField, topic: Topic, by_path: Mapping[str, FormField]) -> str:
    """``police 08:00-20:00: 3``: what a value is of, and the value as people say it."""
    value = field.in_words() or field.value or say("none")
    if topic.share and field.value:
        value = percent(float(field.value))
    elif field.parts[-1] == "set_up_years":
        value = say("{n:g} years", n=float(field.value))
    elif field.value.endswith(".0"):
        value = field.value.removesuffix(".0")
    path = next(one for one in topic.paths if _fits(field, one)).split(".")
    if "*" not in path:
        return value
    who = labels.part(field.parts, path.index("*"))
    if "shifts" in path:
        begin, end = (by_path[".".join([*field.parts[:-1], edge])].value for edge in ("from", "to"))
        who = say("{desk} {hours}", desk=who, hours=f"{begin}-{end}")
    return say("{what}: {value}", what=who, value=value)


class NotAsked:
    """The panel of a live page, and the line at its top that leads there."""

    def __init__(self, fields: Sequence[FormField], inputs: Inputs, every: str) -> None:
        """
        Args:
            fields: of the centre.
            inputs: where a value is turned.
            every: address of the form with every value.
        """
        self._fields, self._inputs, self._every = fields, inputs, every
        self._lead: Tag | None = None

    def lead(self) -> None:
        """Say at the top that much was assumed, and where it is told; nothing of a centre that was not made so."""
        if is_made(self._fields):
            with box("notice"):
                self._lead = link(say("Made from your ten answers; what was assumed for all that was not asked"), "")

    def show(self) -> None:
        """Fill the panel."""
        if not is_made(self._fields):
            return
        with box("panel assumed", "section") as panel:
            heading(2, say("What was assumed where nothing was asked"))
            para(say("As the centre was opened. Press a value to turn it among the inputs above."), "quiet")
            with Tag("dl"):
                for topic, mine in assumed(self._fields):
                    self._topic(topic, mine)
            para(
                say("All else, such as victims, criminals, the law and the steps of the work, is a large city's, too.")
            )
            link(say("Every value at once, with where it comes from"), self._every)
        if self._lead is not None:
            self._lead.set(href=f"#{panel.html_id}")

    def _topic(self, topic: Topic, mine: Sequence[FormField]) -> None:
        Tag("dt", say(topic.title))
        with Tag("dd"):
            with box("row"):
                for one in mine:
                    button(
                        said(one, topic, self._inputs.by_path), partial(self._inputs.bring, one.path), "plain-button"
                    )
            if topic is TOPICS[0] and not all(one.value for one in mine):
                para(say("Who has no wage is in no cost, but for the place: set one to count the people."), "quiet")
            kinds = listed(list(dict.fromkeys(source_label(one.label) for one in mine)))
            kinds = say("where from: {kinds}", kinds=kinds)
            sources = list(dict.fromkeys(one.source_words for one in mine if one.source))
            if not sources:
                para(kinds, "quiet")
                return
            with details(kinds):
                for source in sources:
                    para(source, "help")
