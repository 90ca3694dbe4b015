"""The bench of the whole response of a city: now, as it was, and in the versions that ran it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.city_before import city_before
from benchmarks.jobs import HERE, Job, Result, column, in_rounds, measured, ratios
from benchmarks.parts import ENGINES, REFERENCE_OVER_BEFORE, Given
from benchmarks.table import Row, Section, Target

COST_OF_A_TASK = Target("at most", 2.0)
"""A task of the city, in tasks of the simple workload."""
CITY_AGAINST_BEFORE = Target("at least", 25)
COST_OF_ELEMENTS = Target("at most", 1.5)
"""Of what a city-year cost before its model had paces, rests, others' money and work that is no case."""
MEASURED_FASTER = Target("at most", 1.0)
CITY_MEMORY_MB = Target("at most", 1000, worst=True)


def city(given: Given) -> list[Section]:
    """The whole response of a city, now and as it was before there was a second engine."""
    jobs = {engine: Job("benchmarks.city", (engine, "city", str(given.days))) for engine in ENGINES}
    jobs["simple"] = Job("benchmarks.measure", ("compiled", "low", str(given.days)))
    if given.old is not None:
        file = str(city_before(given.old, given.folder))
        jobs |= {f"plain {engine}": Job("benchmarks.city", (engine, file, str(given.days))) for engine in ENGINES}
        jobs["before"] = Job("benchmarks.city", ("city", str(given.days)), code=given.old)
        if given.first is not None:
            jobs["first compiled"] = _first(given.first, file, given.days)
            measured(_first(given.first, file, 1))  # nobody's figure shall hold its first compile
    found = in_rounds(jobs, given.rounds)
    first = found["compiled"][0]
    title = f"City with everything on: {given.days} days, {_size(first)}"
    sections = [Section(title, _city_rows(found))]
    if given.old is not None:
        before = found["plain compiled"][0]
        title = f"City as it was: {given.days} days, {_size(before)}"
        sections.append(Section(title, _before_rows(found), _other_city(found)))
    return sections


def _first(first: Path, file: str, days: int) -> Job:
    """The city as it was, in the first version with a compiled engine."""
    return Job(str(HERE / "benchmarks" / "first_compiled.py"), (file, str(days)), code=first)


def _size(one: Result) -> str:
    return f"{one['cases']} reports, {one['tasks']} tasks, {one['rows']} rows"


def _city_rows(found: Mapping[str, Sequence[Result]]) -> list[Row]:
    reference, compiled = found["reference"], found["compiled"]
    rows = []
    for engine in ENGINES:
        rows += [
            Row(f"{engine}, run, seconds", column(found[engine], "seconds")),
            Row(f"{engine}, plan + run + measure, seconds", column(found[engine], "all_seconds")),
        ]
    tasks = [
        c["seconds"] / c["tasks"] * s["tasks"] / s["seconds"] for s, c in zip(found["simple"], compiled, strict=True)
    ]
    over = [c["measure_seconds"] / c["seconds"] for c in compiled]
    return [
        *rows,
        Row("compiled, plan, seconds", column(compiled, "plan_seconds")),
        Row("compiled, in machine code alone, seconds", column(compiled, "loop_seconds")),
        Row("compiled, measure, seconds", column(compiled, "measure_seconds")),
        Row("measure / run, compiled", over, MEASURED_FASTER),
        Row("reference / compiled, run", ratios(reference, compiled, "seconds")),
        Row("reference / compiled, plan + run + measure", ratios(reference, compiled, "all_seconds")),
        Row("compiled, a task of the city / of the simple workload", tasks, COST_OF_A_TASK),
        Row("compiled, peak memory, MB", column(compiled, "whole_mb"), CITY_MEMORY_MB),
        Row("reference, peak memory, MB", column(reference, "whole_mb"), CITY_MEMORY_MB),
    ]


def _before_rows(found: Mapping[str, Sequence[Result]]) -> list[Row]:
    before, reference, compiled = found["before"], found["plain reference"], found["plain compiled"]
    loop = [a["seconds"] / b["loop_seconds"] for a, b in zip(before, compiled, strict=True)]
    first = found.get("first compiled")
    of_first = "city now / as it was in the first version with a compiled engine, plan + run + measure"
    return [
        *([] if first is None else [
            Row("first compiled engine, plan + run + measure, seconds", column(first, "all_seconds")),
            Row(of_first, ratios(found["compiled"], first, "all_seconds"), COST_OF_ELEMENTS),
        ]),
        Row("engine before, run, seconds", column(before, "seconds")),
        Row("reference, run, seconds", column(reference, "seconds")),
        Row("compiled, run, seconds", column(compiled, "seconds")),
        Row("engine before / compiled, run", ratios(before, compiled, "seconds"), CITY_AGAINST_BEFORE),
        Row("engine before / machine code alone", loop),
        Row("engine before / compiled, plan + run + measure", ratios(before, compiled, "all_seconds")),
        Row("reference / engine before, run", ratios(reference, before, "seconds"), REFERENCE_OVER_BEFORE),
        Row(
            "city now / as it was, compiled, plan + run + measure",
            ratios(found["compiled"], compiled, "all_seconds"), COST_OF_ELEMENTS,
        ),
        Row(
            "city now / as it was, reference, plan + run + measure",
            ratios(found["reference"], reference, "all_seconds"), COST_OF_ELEMENTS,
        ),
        Row("city now, compiled / as it was, engine before", ratios(found["compiled"], before, "all_seconds")),
    ]  # fmt: skip


def _other_city(found: Mapping[str, Sequence[Result]]) -> list[str]:
    """Whether the city as it was is no longer the same one."""
    now, before = found["plain reference"][0], found["before"][0]
    wrong = []
    if any(now[what] != before[what] for what in ("cases", "tasks")):
        wrong.append(f"the city as it was: {now['tasks']} tasks here, {before['tasks']} in the older checkout")
    first = found["first compiled"][0] if "first compiled" in found else now
    if any(now[what] != first[what] for what in ("cases", "rows", "recovered_share")):
        wrong.append(f"the city as it was: {now['rows']} rows here, {first['rows']} by the first compiled engine")
    return wrong
