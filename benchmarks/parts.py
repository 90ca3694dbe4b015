"""The parts of the bench: what each measures, side by side, and the targets that its figures are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.jobs import HERE, Job, Result, column, in_rounds, measured, ratios
from benchmarks.table import Row, Section, Target

LOADS = {"low": "low load", "busy": "80% load, evening backlogs"}
ENGINES = ("reference", "compiled")
CITIES_IN_PROVINCE = 10

# Targets: what the project promises.
AGAINST_USUAL = Target("at least", 50)
OF_C = Target("at least", 0.5, aim=True)
REFERENCE_OVER_BEFORE = Target("at most", 1.25)
COST_OF_LOAD = Target("at most", 2.0)
MEMORY_MB = Target("at most", 400, worst=True)
TEXTBOOK = Target("at least", 38)
PROVINCE = Target("at most", 1.15)
NATION_A_REPORT = Target("at most", 1.5)
NATION_MB = Target("at most", 8192, worst=True)
TWO_THREADS = Target("at least", 1.7)
FIRST_COMPILE = Target("at most", 75)
COMMAND = Target("at least", 15)
LINES = Target("at most", 700)
TO_READ = ("reference.py", "floor.py", "desks.py")
VARIANCE = Target("at least", 4.0)
"""Of an unpaired over a paired comparison of the city with one more trace analyst at night."""
PAIRING_DAYS, PAIRS = 7, 40
FREE = 1.9
"""Cores that two processes must get for two threads to be judged."""


@dataclass(frozen=True)
class Given:
    """What the bench was told."""

    rounds: int
    days: int
    """Of the simple workload, of the city and of the province."""
    customers: int
    whole: bool
    """Commands with their whole budgets, on both engines."""
    old: Path | None
    """A checkout of the version before there was a second engine."""
    first: Path | None
    """A checkout of the first version with a compiled engine."""
    folder: Path
    """For files of a moment."""


def simple(given: Given) -> list[Section]:
    """The simple workload: usual model, both engines, C."""
    models = ("usual", *ENGINES, "flat")
    jobs = {
        f"{model} {load}": Job("benchmarks.measure", (model, load, str(given.days)))
        for load in LOADS
        for model in models
    }
    if given.old is not None:
        jobs["before low"] = Job("benchmarks.measure", ("ours", "low", str(given.days)), code=given.old)
    found = in_rounds(jobs, given.rounds)
    return [_one_load(given, found, load) for load in LOADS] + [_of_loads(found)]


def _one_load(given: Given, found: Mapping[str, Sequence[Result]], load: str) -> Section:
    by = {model: found[f"{model} {load}"] for model in ("usual", *ENGINES, "flat")}
    in_c = "absent" not in by["flat"][0]
    usual, reference, compiled, flat = by.values()
    rows = [
        Row(f"{model}, microseconds per case", [1e6 * one["seconds"] / one["cases"] for one in some])
        for model, some in (("usual SimPy model", usual), ("reference", reference), ("compiled", compiled))
    ]
    rows.append(Row("  of it in machine code", [1e6 * one["loop_seconds"] / one["cases"] for one in compiled]))
    if in_c:
        rows.append(Row("flat C, microseconds per case", [1e6 * one["seconds"] / one["cases"] for one in flat]))
    else:
        rows.append(Row("flat C", note=flat[0]["absent"]))
    rows += [
        Row("usual / reference", ratios(usual, reference, "seconds")),
        Row("usual / compiled", ratios(usual, compiled, "seconds"), AGAINST_USUAL),
        Row(
            "usual / machine code alone",
            [u["seconds"] / c["loop_seconds"] for u, c in zip(usual, compiled, strict=True)],
        ),
    ]
    if in_c:
        rows += [
            Row("usual / flat C", ratios(usual, flat, "seconds"), note="the limit"),
            Row("flat C / compiled: share of C's speed", ratios(flat, compiled, "seconds"), OF_C),
            Row(
                "flat C / machine code alone",
                [f["seconds"] / c["loop_seconds"] for f, c in zip(flat, compiled, strict=True)],
            ),
        ]
    if load == "low" and given.old is not None:
        rows.append(
            Row("reference / engine before", ratios(reference, found["before low"], "seconds"), REFERENCE_OVER_BEFORE)
        )
    rows += [
        Row("compiled, peak memory, MB", column(compiled, "whole_mb"), MEMORY_MB),
        Row("reference, peak memory, MB", column(reference, "whole_mb"), MEMORY_MB),
    ]
    desk, first = reference[0]["desk"], usual[0]
    title = (
        f"Simple workload, {LOADS[load]}: {given.days} days, {first['cases']} cases, {first['stops']} stops, analysts "
        f"{desk['utilisation']:.0%} at work, longest queue {desk['queue_max']}"
    )
    return Section(title, rows, _disagreements({name: some for name, some in by.items() if name != "flat" or in_c}))


def _disagreements(by: Mapping[str, Sequence[Result]]) -> list[str]:
    """What models disagree on: stops (account and ms) and money (fen)."""
    usual, wrong = by["usual"][0], []
    for model, some in by.items():
        wrong += [
            f"{model} and the usual model disagree on {what}: {some[0][what]} and {usual[what]}"
            for what in ("cases", "stops", "digest", "exited", "recovered")
            if some[0][what] != usual[what]
        ]
    if usual["exited"] + usual["recovered"] != usual["stolen"]:
        wrong.append("money was lost or minted")
    return wrong


def _of_loads(found: Mapping[str, Sequence[Result]]) -> Section:
    return Section(
        "Busy against low load, cost per case",
        [
            Row(
                f"{engine}, busy / low",
                ratios(found[f"{engine} busy"], found[f"{engine} low"], "seconds"),
                COST_OF_LOAD,
            )
            for engine in ENGINES
        ],
    )


def queues(given: Given) -> list[Section]:
    """One desk: SimPy's textbook model and Ciw beside a scenario."""
    sections = []
    for staff, rival, name in ((1, "textbook", "SimPy's textbook model"), (3, "ciw", "Ciw")):
        jobs = {
            model: Job("benchmarks.queues", (model, str(staff), str(given.customers))) for model in (rival, *ENGINES)
        }
        found = in_rounds(jobs, given.rounds)
        rows = [
            Row(f"{said}, microseconds per customer", column(found[model], "microseconds"))
            for model, said in ((rival, name), ("reference", "reference"), ("compiled", "compiled"))
        ]
        compiled = found["compiled"]
        pairs = list(zip(found[rival], compiled, strict=True))
        rows += [
            Row("compiled without drawing the customers", column(compiled, "run_microseconds")),
            Row(f"{name} / reference", ratios(found[rival], found["reference"], "microseconds")),
            Row(f"{name} / compiled", ratios(found[rival], compiled, "microseconds"), TEXTBOOK if staff == 1 else None),
            Row(f"{name} / compiled without drawing", [a["microseconds"] / b["run_microseconds"] for a, b in pairs]),
        ]
        rows += [
            Row(f"{model}, mean wait / theory", [one["wait"] / one["expected_wait"] for one in some])
            for model, some in found.items()
        ]
        problems = [
            f"{model}: mean wait {some[0]['wait']:.0f} ms, theory {some[0]['expected_wait']:.0f} ms"
            for model, some in found.items()
            if not 0.8 < some[0]["wait"] / some[0]["expected_wait"] < 1.25
        ]
        sections.append(Section(f"M/M/{staff}, load 80%, {given.customers:,} customers", rows, problems))
    return sections


def province(given: Given) -> list[Section]:
    """Ten times the city in one run."""
    jobs = {name: Job("benchmarks.city", ("compiled", name, str(given.days))) for name in ("city", "province")}
    found = in_rounds(jobs, given.rounds)
    scale = ratios(found["province"], found["city"], "all_seconds", 1 / CITIES_IN_PROVINCE)
    rows = [
        Row("province, plan + run + measure, seconds", column(found["province"], "all_seconds")),
        Row(f"province / {CITIES_IN_PROVINCE} cities", scale, PROVINCE),
        *(
            Row(f"  {what}", ratios(found["province"], found["city"], f"{what}_seconds", 1 / CITIES_IN_PROVINCE))
            for what in ("plan", "loop", "measure")
        ),
        Row("province, peak memory, MB", column(found["province"], "whole_mb")),
    ]
    return [Section(f"Province, compiled: {given.days} days, {found['province'][0]['cases']} reports", rows)]


def loading(given: Given) -> list[Section]:
    """Machine code made for the first time (once: it takes a minute), and loaded later."""
    job = Job("benchmarks.loading", (), cache=given.folder / "cache")
    first = [measured(job)]
    later = [measured(job) for _ in range(given.rounds)]
    rows = [
        Row("first compile, seconds", column(first, "seconds"), FIRST_COMPILE),
        Row("  peak memory, MB", column(first, "whole_mb")),
        Row("load of what is kept, with Numba, seconds", column(later, "seconds")),
    ]
    return [Section("Machine code", rows)]


def threads(given: Given) -> list[Section]:
    """Two threads beside one, by the clock on the wall."""
    found = in_rounds({"threads": Job("benchmarks.threads", (str(given.days),))}, given.rounds)["threads"]
    gain, cores = column(found, "gain"), column(found, "cores")
    free = min(cores) >= FREE
    return [
        Section(
            "Two threads, wall time",
            [
                Row("cores that two processes get", cores),
                Row("two threads / one", gain, TWO_THREADS if free else None, "" if free else
                    f"not judged: no two free cores; target {TWO_THREADS}"),
            ],
        )
    ]  # fmt: skip


def pairing(given: Given) -> list[Section]:
    """What common luck saves."""
    one = measured(Job("benchmarks.pairing", (str(PAIRING_DAYS), str(PAIRS))))
    title = f"One more trace analyst at night in the city, {one['days']} days, {one['replications']} pairs"
    rows = [
        Row("recovered share, points", [one["points"]]),
        Row("  half-width of its interval", [one["half_width"]]),
        Row("variance unpaired / paired", [one["variance_ratio"]], VARIANCE),
    ]
    return [Section(title, rows)]


def reading(given: Given) -> list[Section]:
    """How long the reference engine and its desks are, for who reads them."""
    lines = [len((HERE / "sim" / "engine" / name).read_text("utf-8").splitlines()) for name in TO_READ]
    rows = [Row(name, [count]) for name, count in zip(TO_READ, lines, strict=True)]
    return [Section("Lines of the reference engine and its desks", [*rows, Row("together", [sum(lines)], LINES)])]


Part = Callable[[Given], list[Section]]
