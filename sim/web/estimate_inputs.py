"""The inputs of the live page: a dozen that planners turn first, every other value by search."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sim.report.findings import fields as labels
from sim.report.findings.answering import meaning
from sim.scenario.errors import ScenarioError
from sim.scenario.people import EVERY_DAY
from sim.web.faults import label_of, mistake, say_beside
from sim.web.focus import show_focus
from sim.web.form import FormField, settings_of
from sim.web.kinds_here import asked, idle
from sim.web.parts import Field, Tag, box, button, details, heading, para
from sim.web.said import refusal
from sim.web.value_search import Search
from sim.words.language import key, say
from sim.words.names import source_label

MOST: Final = 12
"""Inputs that are shown before one searches."""
OF_GROUPS: Final = {"": 1, "victims": 1, "desks": 6, "bank_profiles": 2, "latency": 1, "law": 1}  # fmt: skip
"""How many of them are of which part of a scenario, where it has as many."""
BUSY: Final = 0.6
"""Of their time: the people of a desk who are at work more than that may be turned at once, too."""
MOST_FOUND: Final = 24
"""Values that a search shows."""


def dozen(fields: Sequence[FormField], typed: Mapping[str, str] | None = None) -> list[FormField]:
    """The inputs shown first: of every part some, in the order of the form; more desks where other parts have few.

    Of kinds of bank those come first at which most accounts are, and none that no bank is of.

    Args:
        fields: of the scenario.
        typed: by path, what is set in place of what it has.
    """
    here = asked(fields, typed or {})
    marked = [one for one in fields if one.dozen and not idle(one, here)]
    chosen: list[FormField] = []
    for group, most in OF_GROUPS.items():
        mine = [one for one in marked if one.group == group and one.value != "unlimited"]
        if group == "bank_profiles":  # how fast they answer, before how many do
            mine.sort(key=lambda one: (one.parts[-1] == "staff", -here[one.parts[1]]))
        chosen += mine[:most]
    chosen += [one for one in marked if one not in chosen and one.group == "desks"][: MOST - len(chosen)]
    order = list(OF_GROUPS)
    return sorted(chosen, key=lambda one: order.index(one.group))


def busy(utilisation: Mapping[str, float]) -> list[str]:
    """The desks whose people are at work more than `BUSY` of their time, the busiest first.

    Args:
        utilisation: by desk, the share of the rostered time that is worked.
    """
    return sorted((name for name, one in utilisation.items() if one > BUSY), key=lambda name: -utilisation[name])


_COUNTED: Final = {
    "victims": (key("victims a day"), key("victims a day, {where}")),
    "reports": (key("reports a day"), key("reports a day, {where}")),
}
"""What the number of arrivals a day is called, by what it counts, alone and beside others."""


def called(field: FormField, fields: Mapping[str, FormField]) -> str:
    """What a value is called by itself: as planners call what they turn first, anything else by its path in words."""
    path = field.parts
    if field.group == "desks" and path[-1] == "staff":
        desk = labels.part(path, 1)
        begin, end = (fields.get(".".join([*path[:-1], name])) for name in ("from", "to"))
        if begin is not None and end is not None:
            hours = say("people at {desk}, {begin}-{end}", desk=desk, begin=begin.value, end=end.value)
            days = fields.get(".".join([*path[:-1], "days"]))
            if days is None or days.value == json.dumps(EVERY_DAY):
                return hours
            return say("{hours}, {days}", hours=hours, days=days.choice_words(days.value))
        return say("people at {desk}", desk=desk)
    if not field.group:
        return labels.label(path, 0)
    if field.dozen:
        if field.group == "victims":
            alone = sum(one.dozen and one.group == "victims" for one in fields.values()) == 1
            counts = fields.get(".".join([*path[:-1], "counts"]))
            alone_said, said = _COUNTED["victims" if counts is None else counts.value]
            return say(alone_said) if alone else say(said, where=labels.part(path, 2))
        if field.group == "bank_profiles" and path[-1] != "staff":
            how = meaning(path[1])
            return say("until a bank answers ({how}), {what}", how=how, what=labels.field(path[-1]))
        if field.group == "latency":
            return say("times of the response ({stage}), as a multiple", stage=labels.part(path, 1))
        if field.group == "law":
            return say("how long a stop lasts")
    if field.group in ("desks", "latency"):
        return labels.label(path, 1)
    group = say(labels.GROUPS[field.group]) if field.group in labels.GROUPS else labels.field(field.group)
    return say("{group}: {what}", group=group, what=labels.label(path, 1))


class Inputs:
    """One page's inputs, and what was typed into them."""

    def __init__(
        self, fields: Sequence[FormField], typed: Mapping[str, str], changed: Callable[[], Awaitable[None]]
    ) -> None:
        """
        Args:
            fields: of the scenario.
            typed: by path, what differs from the scenario from the start.
            changed: done after each change.
        """
        self.fields, self.typed = list(fields), dict(typed)
        self.by_path = {one.path: one for one in fields}
        self.names = {one.path: called(one, self.by_path) for one in fields}
        self.last = ""
        """The path that was changed last."""
        self._changed = changed
        self._shown: dict[str, Field] = {}
        self._found: dict[str, Field] = {}
        self._words = Search(self.fields, self.names)
        self._idle: dict[str, Tag] = {}
        """By path: what says that a value is of a kind that no bank is of."""

    @property
    def settings(self) -> list[str]:
        """What was changed, as ``path=value``."""
        return settings_of(self.fields, self.typed)

    @property
    def changes(self) -> list[FormField]:
        """The values that were changed."""
        return [one for one in self.fields if one.differs(self.typed)]

    def show(self) -> None:
        """Fill the panel."""
        first = dozen(self.fields, self.typed)
        heading(2, say("What may be changed"))
        with box("inputs") as self._first:
            for field in first:
                self._shown[field.path] = self._field(field)
        self.trouble = Tag("p", "", "mistake", role="alert")
        self._search = Field(
            say("Any other value ({n:,})", n=len(self.fields) - len(first)), on_change=self._look, type="search",
            help_=say("Words of its name or of its source, such as: warning, stop, head office."), autocomplete="off",
        )  # fmt: skip
        self._told = para("", "quiet")
        self._told.set(role="status")
        self._place = box("inputs")

    def press(self, desks: Sequence[str]) -> None:
        """Let the people of busy desks be turned beside the first inputs, where they are not there yet."""
        mine = [
            one for name in desks for one in self.fields
            if one.group == "desks" and one.dozen and one.parts[1] == name and one.path not in self._shown
        ]  # fmt: skip
        with self._first:
            for field in mine:
                self._shown[field.path] = self._field(field)

    def bring(self, path: str) -> None:
        """Let a value be turned beside the first inputs, and lead there."""
        if path not in self._shown:
            with self._first:
                self._shown[path] = self._field(self.by_path[path])
        show_focus(self._shown[path].input)

    def _field(self, field: FormField) -> Field:
        value = self.typed.get(field.path, field.value)
        accepted = field.range
        number = field.value.isdecimal() and field.dozen
        made = Field(
            self.names[field.path], value, options=field.options(value), on_change=partial(self._typed, field),
            spellcheck="false", autocomplete="off", type="number" if number else None,
            placeholder=None if field.value else say("none"),
        )  # fmt: skip
        with made.box:
            made.box.mark_as("changed", field.differs(self.typed))
            said = say("; ").join(part for part in (source_label(field.label), accepted) if part)
            if field.source:
                with details(said):
                    para(field.source_words, "help")
            else:
                Tag("span", said, "help")
            if field.group == "bank_profiles":
                self._idle[field.path] = Tag("span", idle(field, asked(self.fields, self.typed)), "help note")
        return made

    async def _typed(self, field: FormField, text: str) -> None:
        self.last = field.path
        self.typed[field.path] = text
        self._mark(field)
        if field.group == "banks":
            self._kinds()
        await self._changed()

    def _kinds(self) -> None:
        """Banks were changed: say of which kinds none is now, and let those that one is of be turned at once."""
        here = asked(self.fields, self.typed)
        self._idle = {path: said for path, said in self._idle.items() if not said.is_deleted}
        for path, said in self._idle.items():
            said.set_text(idle(self.by_path[path], here))
        with self._first:
            for field in dozen(self.fields, self.typed):
                if field.group == "bank_profiles" and field.path not in self._shown:
                    self._shown[field.path] = self._field(field)

    def _mark(self, field: FormField) -> None:
        for shown in (self._shown.get(field.path), self._found.get(field.path)):
            if shown is not None:
                shown.box.mark_as("changed", field.differs(self.typed))

    def _look(self, wanted: str) -> None:
        """Show the values that a search finds."""
        found = self._words.found(wanted)
        here = [one for one in found if one.path not in self._shown]
        self._place.clear()
        self._found.clear()
        with self._place:
            for field in here[:MOST_FOUND]:
                self._found[field.path] = self._field(field)
        more = say("values found: {n:,}", n=len(here)) if wanted.strip() else ""
        if len(here) > MOST_FOUND:
            more = say("{n:,} values, of which {most} are shown: more words find fewer", n=len(here), most=MOST_FOUND)
        above = [self.names[one.path] for one in found if one.path in self._shown]
        if above:
            more = say("{found}; above: {names}", found=more, names=say("; ").join(above))
        self._told.set_text(more)

    async def put(self, typed: Mapping[str, str]) -> None:
        """Write values into the fields, and take all other changes back."""
        gone = [path for path in self.typed if path not in typed]
        self.typed = dict(typed)
        for path in (*gone, *typed):
            field = self.by_path[path]
            for shown in (self._shown.get(path), self._found.get(path)):
                if shown is not None:
                    shown.put(typed.get(path, field.value))
            self._mark(field)
        self._kinds()
        await self._changed()

    def refuse(self, wrong: ScenarioError | None) -> None:
        """Say a mistake beside its field, or below all where it is not shown; None takes it away."""
        beside = say_beside(wrong, self._shown | self._found, self.last)
        said = "" if wrong is None or beside else mistake(wrong, "")
        if wrong is not None and beside:
            said = say("One value cannot be used: {field}.", field=label_of(wrong))
        self.trouble.set_text(said)


class Changes:
    """What was changed, in words, old value and new, each with a way back."""

    def __init__(self, inputs: Inputs, kept: Mapping[str, str], keep: Callable[[], Awaitable[None]]) -> None:
        """
        Args:
            inputs: whose changes.
            kept: with what the page began in place of the centre's own, such as a shorter period.
            keep: makes what is set a centre of its own; raises ScenarioError or OSError where it cannot be.
        """
        self._inputs, self._kept, self._keep = inputs, kept, keep
        self._last: object = None
        heading(2, say("What was changed"))
        self._place = box("stack")
        self.show()

    def show(self) -> None:
        """Show the changes of now."""
        typed = self._inputs.typed
        opened = [replace(one, value=self._kept.get(one.path, one.value)) for one in self._inputs.fields]
        now = {one.path: typed.get(one.path, one.value) for one in self._inputs.fields}
        changes = [one for one in opened if now[one.path] != one.value]
        lines = [(one.path, now[one.path]) for one in changes]
        if lines == self._last:
            return
        self._last = lines
        self._place.clear()
        with self._place:
            if not changes:
                para(say("Nothing yet: turn a value, and the change stands beside each figure."), "quiet")
                return
            with Tag("ul", "", "plain stack"):
                for one in changes:
                    name = self._inputs.names[one.path]
                    with Tag("li", "", "row"):
                        Tag("span", change_words(one, now[one.path], name))
                        button(say("Undo"), partial(self._undo, one), aria_label=say("Undo {what}", what=name))
            para(
                say(
                    "Whatever is compared, and every study, begins from the centre as it was opened. Where these"
                    " changes only put right how your centre was described, keep them first."
                ),
                "quiet",
            )
            with box("row"):
                button(say("Keep them as my centre"), self._kept_as_mine)
            self._trouble = Tag("p", "", "mistake", role="alert")

    async def _kept_as_mine(self) -> None:
        try:
            await self._keep()
        except ScenarioError as error:
            self._trouble.set_text(mistake(error, ""))
        except OSError as error:
            self._trouble.set_text(refusal(error))

    async def _undo(self, field: FormField) -> None:
        typed = {path: text for path, text in self._inputs.typed.items() if path != field.path}
        if field.path in self._kept:
            typed[field.path] = self._kept[field.path]
        await self._inputs.put(typed)


def change_words(field: FormField, text: str, name: str) -> str:
    """``people at analysts, 20:00-08:00: 5 → 6``.

    Args:
        field: as the scenario has it.
        text: typed in its place.
        name: what the value is called.
    """
    old, new = field.value, text
    if field.choices:
        old, new = field.choice_words(old), field.choice_words(new)
    return say("{what}: {old} → {new}", what=name, old=old or say("nothing"), new=new or say("nothing"))
