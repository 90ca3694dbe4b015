"""A roster over the hours of a week, and how many people it takes to fill it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from rich.table import Table

from sim.report.findings.tables import with_head
from sim.scenario.models import Scenario
from sim.study.ask.heads import with_heads
from sim.study.ask.offered_load import HOURS
from sim.study.ask.shifts import LEGAL_HOURS
from sim.study.ask.staff import Staffed
from sim.words import names
from sim.words.language import key, say
from sim.words.units import DAY, HOUR
from sim.workflow.program import DeskSpec
from sim.workflow.rosters import roster_of

Week = dict[str, list[list[int]]]
"""By desk: heads at each full hour of each weekday."""


def payroll(result: Staffed) -> str:
    """What heads are, and how many people fill such a roster, each desk by its own, now and then."""
    then, before = (
        [sum(map(sum, days)) for days in week_of(result.scenario, result, one.heads).values()]
        for one in (result.best, result.now)
    )
    hours = sum(then)
    people, now = (sum(ceil(there / LEGAL_HOURS) for there in desks) for desks in (then, before))
    return say(
        "Heads are people on duty, added over shifts. These desks work {hours:,} hours a week: {people} people at"
        " {limit:g} hours each (now {now}).", hours=hours, people=people, limit=LEGAL_HOURS, now=now,
    )  # fmt: skip


def by_hour(result: Staffed) -> Table:
    """Days with the same heads share a column."""
    week = week_of(result.scenario, result, result.best.heads)
    columns = [(desk, days) for desk, hours in week.items() for days in _alike(hours)]
    heads = [f"{names.desk(desk)} {_days(days)}".strip() for desk, days in columns]
    table = with_head(say("Heads by hour (first week)"), "", *heads)
    for hour in range(HOURS):
        table.add_row(f"{hour:02d}:00", *(str(week[desk][days[0]][hour]) for desk, days in columns))
    return table


def week_of(scenario: Scenario, result: Staffed, heads: tuple[int, ...]) -> Week:
    """Heads on duty, breaks taken off and absence not, in the first seven whole days of a scenario."""
    staffed = with_heads(scenario, result.variables, heads).model_copy(update={"horizon": 8 * DAY})
    midnight = -scenario.week_offset % DAY
    first = (scenario.week_offset + midnight) // DAY
    week: Week = {}
    for name in result.load:
        desk = staffed.desks[name].model_copy(update={"absence": None})
        roster = roster_of(DeskSpec(name, desk, desk.queue), staffed, 0, 0)
        days = {(first + day) % 7: midnight + day * DAY for day in range(7)}
        week[name] = [[roster.at(days[day] + hour * HOUR) for hour in range(HOURS)] for day in range(7)]
    return week


def _alike(days: Sequence[Sequence[int]]) -> list[list[int]]:
    """Weekdays in groups with the same heads."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for day, hours in enumerate(days):
        groups.setdefault(tuple(hours), []).append(day)
    return list(groups.values())


def _days(days: Sequence[int]) -> str:
    if len(days) == 7:
        return ""
    said = [say(_DAYS[day]) for day in days]
    whole = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    return say("{first}-{last}", first=said[0], last=said[-1]) if whole else " ".join(said)


_DAYS: Final = (key("mon"), key("tue"), key("wed"), key("thu"), key("fri"), key("sat"), key("sun"))
