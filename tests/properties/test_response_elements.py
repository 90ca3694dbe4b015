"""Each element of the response and of prevention: it changes what it should, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from functools import cache
from math import isnan
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.words.units import HOUR
from sim.workflow.log import (
    ALERT,
    BEGIN,
    CALLED_IN,
    CONTESTED,
    FREEZE,
    HANDED_OVER,
    HOLD,
    HOLD_END,
    KINDS,
    OBJECTION,
    OUTCOME,
    QUEUED,
    REFUSED,
    WAITING,
)
from sim.workflow.program import WORK
from tests.measure.whole import ROUTES, whole
from tests.properties.elements import ELEMENTS
from tests.properties.test_common_luck import drawn_times, records
from tests.properties.test_elements import columns, robbed
from tests.worlds import exponential, same_log

Patch = Mapping[str, Any]
"""New values by dotted path in a scenario."""

SHIFTS = [
    {"from": "08:00", "to": "18:00", "staff": 2, "breaks": None},
    {"from": "18:00", "to": "08:00", "staff": 1},
]
PAUSED = [{**SHIFTS[0], "breaks": [{"at": "10:00", "lasts": "3h", "staff": 2}]}, SHIFTS[1]]
ALERTS = {"share": 0.5, "after": "1h", "false_per_day": 10.0}
WATCH = {"detects": 0.5, "least": "1 yuan", "false_per_day": 10.0}
LAW = {"stop": "48h", "most_stops": 2, "freeze": "30d", "renewals": 1}
OUTAGE = {"lasts": "3h"}

DUTY: dict[str, Any] = {"team": {"analyst": 1}, "time": exponential(240_000), "per_day": 90.0}
ACTIVE: dict[str, Patch] = {
    "law": {"law": LAW},
    "mismatch": {"bank_profiles.machine.mismatch": 0.2},
    "refusal": {"bank_profiles.machine.refusal": 0.2},
    "outages": {"bank_profiles.machine.outages": [OUTAGE | {"at": "6h"}]},
    "blocking": {"prevention.blocking": {"share": 0.3}},
    "line_cut": {"prevention.line_cut": {"share": 0.4, "after": "10h"}},
    "warnings": {"prevention.warnings": ALERTS | {"route": "warn"}},
    "leads": {"prevention.leads": ALERTS | {"route": "lead"}},
    "monitoring": {
        "prevention.alarms": {"route": "warn"}, "banks.a.monitoring": WATCH, "banks.c.monitoring": WATCH,
    },
    "objections": {"objections": {"route": "object"}},
    "reaction": {"criminals.reaction": {"notice": exponential(300_000), "speed": 0.3}},
    "absence": {"desks.analyst.absence": 0.4},
    "breaks": {"desks.analyst.shifts": PAUSED},
    "hand-over of work": {"desks.analyst.shift_end": {"rule": "hand_over", "briefing": exponential(120_000)}},
    "overtime": {"desks.analyst.shift_end": {"rule": "overtime", "most": "3h"}},
    "surge": {"desks.analyst.surge": {"above": 1, "heads": 2, "after": exponential(600_000), "lasts": "2h"}},
    "another agency": {"desks.legal.hand_over": exponential(600_000)},
    "skills": {"desks.analyst.skills": {"tracing": 1}, "routes.account.steps.entry.work.skill": "tracing"},
    "write_off": {"desks.analyst.write_off": {"above": 1, "least": "900 yuan"}},
    "wages": {"desks.analyst.wage": "60 yuan", "desks.legal.set_up": "5k yuan"},
    "claims": {"criminals.claims": {"held_first": 0.4, "disputed": 0.2}},
    "duties": {"duties": {"items": DUTY, "calls": DUTY | {"patience": exponential(120_000), "after_cases": True}}},
    "newcomers": {"desks.analyst.learning": {"turnover": 20.0, "slower": 2.0, "for": "9d"}},
}  # fmt: skip
"""By element: what switches it on."""

NEUTRAL: dict[str, Patch] = {
    "mismatch": {"bank_profiles.machine.mismatch": 0.0},
    "refusal": {"bank_profiles.machine.refusal": 0.0},
    "outages": {"bank_profiles.machine.outages": [OUTAGE | {"at": "399d"}]},
    "blocking": {"prevention.blocking": {"share": 0.0}},
    "line_cut": {"prevention.line_cut": {"share": 0.0, "after": "10h"}},
    "warnings": {"prevention.warnings": ALERTS | {"route": "warn", "share": 0.0, "false_per_day": 0.0}},
    "leads": {"prevention.leads": ALERTS | {"route": "lead", "share": 0.0, "false_per_day": 0.0}},
    "monitoring": {
        "prevention.alarms": {"route": "warn"}, "banks.a.monitoring": WATCH | {"detects": 0.0, "false_per_day": 0.0},
    },
    "reaction": {"criminals.reaction": {"notice": exponential(300_000), "speed": 1.0}},
    "absence": {"desks.analyst.absence": 0.0},
    "hand-over of work": {"desks.intake.shift_end": {"rule": "hand_over", "briefing": "1h"}},
    "overtime": {"desks.intake.shift_end": {"rule": "overtime", "most": "3h"}},
    "surge": {"desks.analyst.surge": {"above": 999_999, "heads": 2, "after": "1m", "lasts": "2h"}},
    "another agency": {"desks.legal.hand_over": "0m"},
    "skills": {"desks.analyst.skills": {"tracing": 2}, "routes.account.steps.entry.work.skill": "tracing"},
    "write_off": {"desks.analyst.write_off": {"above": 999_999, "least": "900 yuan"}},
    "wages": ACTIVE["wages"],
    "claims": {"criminals.claims": {"held_first": 0.0, "disputed": 0.0}},
    "duties": {"duties": {"items": DUTY | {"per_day": 0.0}}},
    "newcomers": {"desks.analyst.learning": {"turnover": 20.0, "slower": 1.0, "for": "9d"}},
}  # fmt: skip
"""By element: a setting with which it is on and does nothing."""

MARKS: dict[str, tuple[int, int | None]] = {
    "law": (HOLD_END, 1), "mismatch": (REFUSED, None), "refusal": (REFUSED, None), "warnings": (ALERT, 0),
    "leads": (ALERT, 1), "monitoring": (ALERT, 2), "objections": (OBJECTION, None),
    "hand-over of work": (HANDED_OVER, None), "claims": (CONTESTED, None), "surge": (CALLED_IN, None),
}  # fmt: skip
"""By element: the kind of row, and its value, that only it brings."""


@cache
def plain() -> dict[str, Any]:
    """The small town with none of the elements of this file, as a mapping.

    Wrong details and accounts shared by cases are off too: the one refuses orders, the other joins cases.
    """
    data = whole().model_dump(mode="json", by_alias=True, exclude_none=True)
    data["routes"] = ROUTES
    for section in ("law", "objections"):
        del data[section]
    data["prevention"] = {}
    for bank in data["banks"].values():
        bank.pop("monitoring", None)
    for name in ("mismatch", "refusal"):
        del data["bank_profiles"]["machine"][name]
    for scam in data["victims"]["scams"].values():
        scam.pop("wrong_details", None)
    del data["criminals"]["reuse"]
    del data["desks"]["intake"]["wage"]
    data["desks"]["analyst"] = {"shifts": SHIFTS, "queue": "largest_first"}
    return data


def town(*patches: Patch) -> Scenario:
    """The small town with some elements on."""
    data = deepcopy(plain())
    for path, value in (item for patch in patches for item in patch.items()):
        *above, last = path.split(".")
        at = data
        for name in above:
            at = at.setdefault(name, {})
        at[last] = value
    return Scenario.model_validate(data)


def unlimited(*patches: Patch) -> Scenario:
    """The same with people without end, so that nobody waits for another case."""
    many = {f"desks.{name}": {"staff": "unlimited"} for name in plain()["desks"]}
    return town(many, *patches)


WRITES_OFF = {"desks.analyst.queue": "write_off"}
RISKIEST = {"desks.analyst.queue": "most_at_risk"}


def pair(element: str, others: Collection[str] = ()) -> tuple[Scenario, Scenario]:
    """The town without and with an element; writing off is compared with the order in which it serves."""
    around = [ACTIVE[name] for name in others]
    off, on = (RISKIEST, WRITES_OFF) if element == "write_off" else ({}, {})
    return town(*around, off), town(*around, on, ACTIVE[element])


OTHERS = tuple(name for name in ACTIVE if name not in ("write_off", "overtime", "breaks"))
"""Elements that can all be on together (one desk has one rule for the end of a shift)."""
FALSE = ("warnings", "leads", "monitoring")


@pytest.mark.parametrize("among_others", [False, True])
@pytest.mark.parametrize("element", ACTIVE)
def test_an_element_of_the_response_changes_no_plan(element: str, among_others: bool) -> None:
    """Alone or among others: no victim, account or transfer is another; only a reaction says when it would come."""
    others = [name for name in OTHERS if name != element] if among_others else []
    if element == "overtime":
        others = [name for name in others if name != "hand-over of work"]
    without, with_it = (draw_plan(scenario, 3, 1) for scenario in pair(element, others))
    cases = robbed(without)
    assert robbed(with_it) == cases > 10
    assert (len(with_it.victims) > len(without.victims)) == (element in FALSE)
    before, after = (columns(plan, cases=cases) for plan in (without, with_it))
    differ = {name for name in before if not np.array_equal(before[name], after[name])}
    assert differ == ({"victims.notice_after"} if element == "reaction" else set())


def but_for_who_and_the_way(run: Run) -> list[tuple[int, ...]]:
    """The rows of a log without persons, and without those that say that work is on its way to its desk."""
    rows = run.rows
    work = np.array([*(kind == WORK for kind in run.program.kind), False])
    kept = rows.at(np.flatnonzero((rows.kind != WAITING) | ~work[rows.step]))
    return list(zip(*(column.tolist() for column in (kept.time, kept.key, kept.kind, kept.desk)), strict=True))


@pytest.mark.parametrize("element", NEUTRAL)
def test_an_element_that_does_nothing_is_as_good_as_none(element: str) -> None:
    """Switched on with a setting that has no effect, it writes the very log, and settles the money, as without it.

    Where all have a skill, who of two does a piece of work may differ; work for another agency has a way of no time.
    """
    off, on = (RISKIEST, WRITES_OFF) if element == "write_off" else ({}, {})
    if element == "skills":  # of two analysts round the clock: none goes home for the other
        off = on = {"desks.analyst": {"staff": 2, "queue": "largest_first"}}
    for seed in range(3):
        without, with_it = simulate(town(off), seed), simulate(town(on, NEUTRAL[element]), seed)
        if element in ("skills", "another agency"):
            assert but_for_who_and_the_way(without) == but_for_who_and_the_way(with_it)
        else:
            assert same_log(without.rows, with_it.rows)
        assert np.array_equal(without.times, with_it.times)


@pytest.mark.parametrize("element", [name for name in ACTIVE if name != "wages"])
def test_an_element_changes_the_run_and_no_luck(element: str) -> None:
    """The log is another, the rows that only this element brings are there, and work and patience last as before."""
    common, changed, marks = 0, False, [0, 0]
    for seed in range(4):
        runs = [simulate(scenario, seed) for scenario in pair(element)]
        changed |= not same_log(runs[0].rows, runs[1].rows)
        handed_over = {name for run in runs for name in whose(run, HANDED_OVER)}
        for one, other in zip(*(drawn_times(run) for run in runs), strict=True):
            both = (one.keys() & other.keys()) - handed_over
            longer = (1, 2) if element == "newcomers" else (1,)  # who is new takes twice as long
            assert all(other[key] in [one[key] * times for times in longer] for key in both)
            common += len(both)
        if element in MARKS:
            marks = [so_far + marked(run, *MARKS[element]) for so_far, run in zip(marks, runs, strict=True)]
    assert changed
    assert common > 100
    if element in MARKS:
        assert marks[0] == 0 < marks[1]


def marked(run: Run, kind: int, value: int | None) -> int:
    """How many rows of a kind, and of a value where one is given, a log has."""
    rows = run.rows.of(kind)
    return len(rows) if value is None else int(np.count_nonzero(run.rows.value[rows] == value))


def whose(run: Run, kind: int) -> set[tuple[Any, ...]]:
    """(case id, account, step's name, attempt) of the rows of a kind."""
    rows = run.rows.at(run.rows.of(kind))
    ids = run.plan.victims.id[rows.case].tolist()
    steps = [run.program.names[step] for step in rows.step.tolist()]
    return set(zip(ids, rows.account.tolist(), steps, rows.attempt.tolist(), strict=True))


# -- nobody else's case ------------------------------------------------------------------------------------


TALK: Patch = {"routes.visit.steps": {"go": ROUTES["visit"]["steps"]["go"], "done": {"end": "done"}}}
"""Visits that protect nothing: only prevention then holds a victim's own account."""


def first_touched(element: str, run: Run) -> dict[int, int]:
    """ms at which an element first touched a case, by the case's id."""
    rows, outage = run.rows, (6 * HOUR, 9 * HOUR)
    kind, value = MARKS.get(element, (HOLD, None))
    if element == "outages":
        machine = [desk for holder, desk in enumerate(run.program.bank_desk) if run.scenario.holders[holder].outages]
        chosen = rows.of(QUEUED)
        chosen = chosen[np.isin(rows.desk[chosen], machine)]
        chosen = chosen[(rows.time[chosen] >= outage[0]) & (rows.time[chosen] < outage[1])]
    elif element == "law":  # from its first stop on a case knows when it will lapse
        chosen = rows.of(HOLD)
    else:
        chosen = rows.of(kind)
        chosen = chosen if value is None else chosen[rows.value[chosen] == value]
        if element in ("blocking", "line_cut"):
            chosen = chosen[rows.account[chosen] == 0]
    some = rows.at(chosen)
    times: dict[int, int] = {}
    for case, time in zip(run.plan.victims.id[some.case].tolist(), some.time.tolist(), strict=True):
        times.setdefault(case, time)
    return times


@pytest.mark.parametrize(
    "element",
    [
        "mismatch", "refusal", "blocking", "line_cut", "warnings", "leads", "monitoring", "objections", "reaction",
        "outages", "law",
    ],
)  # fmt: skip
def test_an_element_touches_no_other_case(element: str) -> None:
    """With people without end, each case has the records that it has without the element until it is first touched."""
    touched, records_kept, cases_kept = 0, 0, 0
    for seed in range(4):
        without, with_it = simulate(unlimited(TALK), seed), simulate(unlimited(TALK, ACTIVE[element]), seed)
        times = first_touched(element, with_it)
        new = set(with_it.plan.victims.id.tolist()) - set(without.plan.victims.id.tolist())

        def kept(run: Run, of: set[int], times: dict[int, int] = times) -> list[tuple[Any, ...]]:
            return [row for row in records(run, of) if row[0] < times.get(row[3], NEVER)]

        before, after = kept(without, set()), kept(with_it, new)
        assert before == after
        touched += len(times)
        records_kept += len(before)
        cases_kept += len({row[3] for row in before} - set(times))
    assert touched > 5
    assert records_kept > 100
    assert cases_kept or element in ("law", "reaction")  # who act wherever an account is held


# -- one by one --------------------------------------------------------------------------------------------


def test_wages_change_only_the_cost() -> None:
    """With wages and set-up costs the log is the same and each number is the same, but for those named cost."""
    without, with_it = (simulate(scenario, 1) for scenario in pair("wages"))
    assert same_log(without.rows, with_it.rows)
    before, after = (measure(run).metrics for run in (without, with_it))
    differ = {name for name in after if not same_number(before.get(name), after[name])}
    assert differ == {"cost", "cost.analyst", "cost.legal"}


def same_number(one: float | None, other: float) -> bool:
    return one == other or (one is not None and isnan(one) and isnan(other))


def test_a_law_changes_nothing_before_its_first_lapse() -> None:
    """Until the first stop would lapse, holds and what they save are those of permanent stops."""
    forget = {"routes.freeze.steps.which.choose": [{"p": 1.0, "to": "forgotten"}, {"else": "forgotten"}]}
    for seed in range(3):
        without, with_it = simulate(town(forget), seed), simulate(town(forget, ACTIVE["law"]), seed)
        first = int(with_it.rows.time[np.flatnonzero(with_it.rows.value * (with_it.rows.kind == HOLD_END) == 1)[0]])
        assert first - int(with_it.rows.time[with_it.rows.of(HOLD)[0]]) >= 48 * HOUR
        parts = [run.rows.part(0, int(np.searchsorted(run.rows.time, first))) for run in (without, with_it)]
        length = min(len(part) for part in parts)  # without a law the run may end before
        kept = [part.part(0, length - 1) for part in parts]
        assert same_log(*kept)
        assert np.count_nonzero(kept[0].kind == HOLD) > 20
        assert not np.isin(with_it.rows.kind, FREEZE).any()


def test_an_outage_stops_one_kind_of_bank_for_its_time() -> None:
    """For three hours no order is begun at a bank that is down; at the other kind each goes on as before."""
    other = {"bank_profiles.other": {"staff": "unlimited", "time": exponential(60_000)}, "banks.b.profile": "other"}
    without, with_it = simulate(unlimited(other), 1), simulate(unlimited(other, ACTIVE["outages"]), 1)

    def begun(run: Run, desk: str) -> list[int]:
        rows = run.rows.at(run.rows.of(BEGIN))
        mine = rows.time[rows.desk == [spec.name for spec in run.program.desks].index(desk)]
        return mine[(mine >= 6 * HOUR) & (mine < 9 * HOUR)].tolist()

    assert begun(without, "bank:a")
    assert not begun(with_it, "bank:a")
    assert begun(with_it, "bank:b")


def heads(run: Run, desk: str) -> dict[int, int]:
    """Heads at a desk by the time of each change."""
    of = run.calendar[[spec.name for spec in run.program.desks].index(desk)]
    return dict(zip(*(column.tolist() for column in of.written_out(run.end)), strict=True))


def test_absence_takes_people_from_their_own_desk_only() -> None:
    """Absence leaves fewer analysts on some shift and never more; every other desk has its heads as before."""
    fewer = 0
    for seed in range(3):
        without, with_it = (simulate(scenario, seed) for scenario in pair("absence"))
        end = min(without.end, with_it.end)
        for name in plain()["desks"]:
            before, after = ({t: n for t, n in heads(run, name).items() if t < end} for run in (without, with_it))
            if name == "analyst":
                times = sorted(after)
                there = [before[max(t for t in before if t <= time)] for time in times]
                assert all(after[time] <= most for time, most in zip(times, there, strict=True))
                fewer += sum(after[time] < most for time, most in zip(times, there, strict=True))
            else:
                assert after == before
    assert fewer > 5


def test_a_break_takes_people_for_its_time_only() -> None:
    """From 10 to 13 nobody begins an entry; all rosters are the same but for that."""
    without, with_it = (simulate(scenario, 1) for scenario in pair("breaks"))
    start = with_it.scenario.week_offset
    end = min(without.end, with_it.end)
    before, after = ({t: n for t, n in heads(run, "analyst").items() if t < end} for run in (without, with_it))
    away = {t for t in after if (t + start) % (24 * HOUR) == 10 * HOUR}
    assert away
    assert {t for t in after if not after[t]} == away
    assert {t: n for t, n in after.items() if t in before} == before


def test_skilled_work_is_done_by_those_who_have_the_skill() -> None:
    """Where one of two analysts can trace, only the first person at the desk ever begins an entry."""
    for seed in range(3):
        without, with_it = (simulate(scenario, seed) for scenario in pair("skills"))
        people = []
        for run in (without, with_it):
            rows = run.rows.at(run.rows.of(BEGIN))
            mine = rows.step == run.program.names.index("account.entry")
            people.append(set(rows.person[mine].tolist()))
        assert len(people[1]) < len(people[0]) == 2


def test_work_for_another_agency_takes_time_to_reach_it() -> None:
    """What a desk of another agency does is on its way for ten minutes; nobody waits for anybody there."""
    far = {"desks.legal": {"staff": 1000, "hand_over": "10m"}}
    run = simulate(unlimited(ACTIVE["objections"], far), 1)
    hear = run.program.names.index("object.hear")
    sent, begun = (run.rows.at(run.rows.of(kind)) for kind in (WAITING, BEGIN))
    times = [dict(zip(rows.key.tolist(), rows.time.tolist(), strict=True)) for rows in (sent, begun)]
    mine = set(begun.key[begun.step == hear].tolist())
    assert len(mine) > 3
    assert {times[1][key] - times[0][key] for key in mine} == {600_000}


def test_what_is_written_off_is_small_and_ends_in_the_queue() -> None:
    """Some orders end in the analysts' queue with writing off, and none without it."""
    for scenario, some in zip(pair("write_off"), (False, True), strict=True):
        ends = [run.rows.at(run.rows.of(OUTCOME)) for run in (simulate(scenario, seed) for seed in range(4))]
        assert any((rows.desk >= 0).any() for rows in ends) == some


def test_all_elements_are_tried() -> None:
    """Each element has a setting that acts, and one that does not unless it acts whenever it is there."""
    assert set(ACTIVE) - set(NEUTRAL) == {"law", "objections", "breaks"}
    assert not set(ACTIVE) & (set(ELEMENTS) - {"warnings", "leads", "monitoring"})
    assert all(0 <= kind < len(KINDS) for kind, _ in MARKS.values())
