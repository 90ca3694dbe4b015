"""The planner's form of a scenario: any value can be changed, a mistake is said beside its field, and it is run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from fastapi import Request

from sim.report.findings import fields as labels
from sim.report.findings.doubts import doubts_of
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError, clip
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.ask.compare import TIMES, times_of
from sim.study.ask.size import Size, size_of
from sim.web import addresses, aside, outlook, shipped
from sim.web.estimate_arms import read_typed
from sim.web.estimate_inputs import change_words
from sim.web.faults import label_of, refused_page, unreadable
from sim.web.form import FormField, fields_of
from sim.web.numbers import whole
from sim.web.parts import Field, Tag, box, button, details, go_on, heading, link, on, para
from sim.web.said import refusal
from sim.web.scenarios import UPLOADED, read, set_values
from sim.web.site import page_of
from sim.web.studies import MOST_REPLICATIONS, Studies
from sim.web.values import Values
from sim.web.work import CHANGED, Wanted
from sim.words import language as lang
from sim.words.language import say, titled
from sim.words.units import DAY, parse_duration


async def scenario_page(request: Request, studies: Studies, source: Path | str) -> None:
    try:
        loaded, groups, size, doubts = await aside.short(_looked_at, source)
    except (ScenarioError, OSError) as error:
        wrong = error if isinstance(error, ScenarioError) else unreadable(error)
        refused_page(request, wrong, "/planner", say("Back to the planner"))
        return
    others = await aside.short(shipped.scenarios)
    with page_of(request, titled(loaded.scenario.title), here="/planner", facilitator=True):
        para(titled(loaded.scenario.question), "lead")
        link(say("How cases go through its routes, step by step"), f"{request.url.path}/routes")
        known = {field.path: field for fields in groups.values() for field in fields}
        typed = read_typed(request.query_params.get("typed", ""), known) or {}
        await _Form(studies, source, loaded, groups, others, size, typed, request.url.path).show(doubts)


def _looked_at(source: Path | str) -> tuple[Loaded[Scenario], dict[str, list[FormField]], Size, Sequence[str]]:
    """All that the form shows of a scenario.

    Raises:
        ScenarioError: it is wrong.
        OSError: it cannot be read.
    """
    loaded = read(source)
    groups: dict[str, list[FormField]] = {}
    for field in fields_of(loaded):
        groups.setdefault(field.group, []).append(field)
    return loaded, groups, size_of(loaded.scenario), doubts_of(loaded.scenario)


AT_ONCE = 6
"""Fields that are made before others have their turn."""
OPEN = ("desks",)
"""Parts of a scenario that a form shows at once; the others open with a click."""


class _Form:
    """One browser's form of one scenario."""

    def __init__(
        self, studies: Studies, source: Path | str, loaded: Loaded[Scenario], groups: dict[str, list[FormField]],
        others: Sequence[catalogue.Entry], size: Size, typed: Mapping[str, str],
        here: str,
    ) -> None:  # fmt: skip
        """
        Args:
            typed: by path, what the live page had changed.
            here: the address of the page alone.
        """
        self.studies = studies
        self.source, self.here = source, here
        self.loaded = loaded
        self.groups = groups
        self.values = Values(loaded, [field for fields in groups.values() for field in fields], self._heard, typed)
        self.others = others
        self.size = size
        self.pace = studies.pace

    async def show(self, doubts: Sequence[str]) -> None:
        """Fill the page."""
        para(
            say(
                "Change what you like: times are written as 35m or 48h, amounts as 50k yuan, shares as 0.25."
                " A star marks what you changed."
            )
        )
        self._changed_before()
        self.doubts = box("notice warn")
        self._doubt(doubts)
        known = [group for group in labels.GROUPS if group]
        for group in sorted(self.groups, key=lambda one: (["", *known, one].index(one), one)):
            await self._group(group, self.groups[group])
        self._run_panel()

    def _changed_before(self) -> None:
        """Say what the live page had changed: the groups that hold it may be closed."""
        changes = [field for field in self.values.fields if field.differs(self.values.typed)]
        if changes:
            with details(say("What was changed ({n})", n=len(changes)), open_=True), Tag("ul"):
                for field in changes:
                    Tag("li", change_words(field, self.values.typed[field.path], labels.label(field.parts, 0)))

    def _doubt(self, found: Sequence[str]) -> None:
        """Say what the scenario, as it is changed, can hardly mean."""
        self.doubts.clear()
        with self.doubts:
            for line in found:
                para(say("warning: {text}", text=line))
        self.doubts.set_visibility(bool(found))

    async def _group(self, group: str, fields: list[FormField]) -> None:
        name = say(labels.GROUPS[group]) if group in labels.GROUPS else labels.field(group)
        with box("panel", "section"):
            if group in OPEN:
                with details(name, open_=True):
                    await self._values(group, fields)
            else:
                self._lazy(say("{what} ({n})", what=name, n=len(fields)), partial(self._values, group, fields))

    async def _values(self, group: str, fields: list[FormField]) -> None:
        """The values of a part of the scenario, those that planners change first before the others."""
        first = [field for field in fields if field.first or not group]
        with box("fields"):
            await self._some(first, 1 if group else 0)
        rest = [field for field in fields if field not in first]
        parts = list(dict.fromkeys(field.parts[1] for field in rest))
        if rest:
            self._lazy(say("More values ({n})", n=len(rest)), partial(self._parts, rest, parts))

    async def _parts(self, fields: list[FormField], parts: list[str]) -> None:
        """The values behind a group's expander, by what they belong to."""
        for part in parts:
            mine = [field for field in fields if field.parts[1] == part]
            if len(parts) == 1 or len(mine) < 4:
                with box("fields"):
                    await self._some(mine, 1)
                continue
            what = say("{what} ({n})", what=labels.part(mine[0].parts, 1), n=len(mine))
            self._lazy(what, partial(self._all, mine))

    async def _all(self, fields: list[FormField]) -> None:
        with box("fields"):
            await self._some(fields, 2)

    async def _some(self, fields: list[FormField], skip: int) -> None:
        """Fields one after the other, between which others have their turn."""
        for number, field in enumerate(fields):
            if number % AT_ONCE == 0:
                await aside.turn()
            self.values.field(field, skip)

    @staticmethod
    def _lazy(summary: str, fill: Callable[[], Awaitable[None]]) -> None:
        """An expander that is filled when it is first opened: a city has a thousand values."""
        made = details(summary)
        with made:
            inside = box()

        filled = False

        async def opened(_: object) -> None:
            nonlocal filled
            if not filled:
                filled = True
                with inside:
                    await fill()

        on(made, "toggle", opened)

    def _heard(self) -> None:
        """A value was changed, or looked at: say what that means."""
        self._foretell()
        wrong = self.values.wrong
        if wrong is None:
            self._doubt(self.values.doubts)
        self.trouble.set_text(say("One value cannot be used: {field}.", field=label_of(wrong)) if wrong else "")

    def _run_panel(self) -> None:
        name = self.loaded.scenario.name
        with box("panel", "section"):
            heading(2, say("Run it"))
            with box("fields"):
                self.replications = Field(
                    say("Replications"), "100", type="number", min=1, max=MOST_REPLICATIONS, on_change=self._foretell,
                    help_=say("Runs with different luck; more give narrower intervals."),
                )  # fmt: skip
                self.seed = Field(
                    say("Seed"), "1", type="number", min=0,
                    help_=say("Names the luck: the same seed, the same result."),
                )  # fmt: skip
                others = [one for one in self.others if one.name != name]
                self.rival = Field(
                    say("Compare with"), "unchanged",
                    options=[
                        ("unchanged", say("what it was before the changes")), ("", say("no other")),
                        *((one.name, titled(one.title) or one.name) for one in others),
                    ],
                    help_=say("All that are compared meet the same victims and the same luck."),
                    on_change=self._foretell,
                )  # fmt: skip
            self.outlook = box("outlook", aria_live="polite")
            self._foretell()
            self.trouble = Tag("p", "", "mistake", role="alert")
            button(say("Run"), self._run, "main")

    def _arms(self) -> int:
        """How many scenarios are run."""
        if self.rival.value == "unchanged":
            return 1 + bool(self._lasting())
        return 1 + bool(self.rival.value)

    def _lasting(self) -> list[str]:
        """The changes but those of the time that is looked at, which is that of whatever is compared."""
        return [one for one in self.values.settings() if one.partition("=")[0] not in TIMES]

    def _foretell(self, _: str = "") -> None:
        """Say how long the study takes, and offer a smaller one where that is long."""
        replications, pace = whole(self.replications.value, 1, MOST_REPLICATIONS), self.pace
        self.outlook.clear()
        if replications is None:
            return
        arms, horizon = self._arms(), self.horizon
        size = self.size.until(horizon, self.loaded.scenario.horizon)
        with self.outlook:
            time = lang.duration(outlook.ms_of(outlook.seconds_of(size, arms, replications, pace)))
            para(say("This takes about {time} on this machine.", time=time))
            less = outlook.smaller(size, arms, replications, horizon, pace)
            if less is not None:
                n, time = less.replications, lang.duration(outlook.ms_of(less.seconds))
                what = say("{n:,} replications: about {time}", n=n, time=time)
                if less.horizon is not None:
                    length = lang.duration(less.horizon)
                    what = say("{n:,} replications of {length}: about {time}", n=n, length=length, time=time)
                with box("row"):
                    Tag("span", say("A smaller one tells nearly as much:"))
                    button(what, partial(self._take_smaller, less))

    @property
    def horizon(self) -> int:
        """ms that are simulated, as far as what was typed can be read."""
        with suppress(ValueError, KeyError):
            return parse_duration(self.values.typed["horizon"])
        return self.loaded.scenario.horizon

    async def _take_smaller(self, less: outlook.Smaller) -> None:
        self.replications.put(f"{less.replications}")
        if less.horizon is not None:
            self.values.typed["horizon"] = f"{less.horizon // DAY}d"
            if "horizon" in self.values.shown:
                self.values.shown["horizon"].put(self.values.typed["horizon"])
                self.values.shown["horizon"].box.mark_as("changed", True)
        self._foretell()
        if less.horizon is not None:
            await self.values.check("horizon")

    async def _run(self) -> None:
        if not await self.values.check(next(reversed(self.values.typed), "")):
            return
        numbers = [self._number(self.replications, 1, MOST_REPLICATIONS), self._number(self.seed, 0, 2**63 - 1)]
        replications, seed = numbers
        if self.values.wrong is not None or replications is None or seed is None:
            return
        settings = tuple(self.values.settings())
        name, source = self.loaded.scenario.name, self.source if isinstance(self.source, str) else UPLOADED
        lasting = self._lasting()
        arms = [Wanted(name, source, tuple(one for one in settings if one not in lasting))]
        if lasting:
            changed = Wanted(CHANGED, source, settings)
            arms = [arms[0], changed] if self.rival.value == "unchanged" else [changed]
        if self.rival.value not in ("", "unchanged"):
            scenario = (await aside.short(set_values, self.loaded, settings)).scenario
            arms.append(Wanted(self.rival.value, self.rival.value, tuple(times_of(scenario))))
        upload = self.source if isinstance(self.source, Path) else None
        try:
            study = self.studies.ask(self.loaded.scenario.title, arms, replications, seed, upload, back=self._address())
        except OSError as error:
            self.trouble.set_text(refusal(error))
            return
        go_on(f"/planner/study/{study.id}", self.doubts)

    def _address(self) -> str:
        """The address of this page with what is typed."""
        changed = {
            one.path: self.values.typed[one.path] for one in self.values.fields if one.differs(self.values.typed)
        }
        return addresses.address(self.here, typed=changed)

    @staticmethod
    def _number(field: Field, least: int, most: int) -> int | None:
        number, shown = whole(field.value, least, most), clip(field.value.strip(), 40) or say("nothing")
        wrong = say("read {read}, accepted: {low:,} to {high:,}", read=shown, low=least, high=most)
        field.refuse(wrong if number is None else "")
        return number
