"""What people wait for: the main job on a machine without machine code, and the report after an exercise."""

from __future__ import annotations

from benchmarks.jobs import Job, column, in_rounds, measured, ratios
from benchmarks.parts import ENGINES, Given
from benchmarks.table import Row, Section, Target

REVIEW = Target("at least", 10)
NO_LONGER = Target("at most", 1.1)
"""Wall time of two equal programs differs by some percent from one time to the next."""
EXERCISE = "wuhan-35min"
MAIN_JOB = (
    "report", "wuhan-35min", "--rival", "wuhan-35min-rival", "--replications", "300", "--latency-replications", "60",
    "--out", "OUT",
)  # fmt: skip
SHORT_JOB = ("report", "wuhan-35min", "--replications", "40", "--latency-replications", "4", "--out", "OUT")


def fresh(given: Given) -> list[Section]:
    """`make run` where nothing is kept yet, by the clock on the wall: it must not wait for a compiler."""
    words = MAIN_JOB if given.whole else SHORT_JOB
    found = {"auto": [], "reference": []}
    for number in range(given.rounds):
        for engine, results in found.items():
            job = Job("sim", ("--engine", engine, *words), cache=given.folder / f"fresh-{number}")
            results.append(measured(job))
    rows = [Row(f"{engine}, seconds", column(some, "wall_seconds")) for engine, some in found.items()]
    rows.append(Row("auto / reference", ratios(found["auto"], found["reference"], "wall_seconds"), NO_LONGER))
    if given.old is not None:
        before = in_rounds({"before": Job("sim", words, code=given.old)}, given.rounds)["before"]
        rows.append(Row("auto / engine before", ratios(found["auto"], before, "wall_seconds"), note="another model"))
    return [Section("The main job without any machine code, wall time", rows)]


def review(given: Given) -> list[Section]:
    """The report after an exercise, which plays it again with every late decision made in time."""
    session = str(given.folder / "session")
    measured(Job("sim", ("play", EXERCISE, "--auto", "--out", session)))
    jobs = {engine: Job("sim", ("--engine", engine, "review", session, "--out", "OUT")) for engine in ENGINES}
    found = in_rounds(jobs, given.rounds)
    rows = [Row(f"{engine}, seconds", column(found[engine], "processor_seconds")) for engine in ENGINES]
    gain = ratios(found["reference"], found["compiled"], "processor_seconds")
    return [
        Section(
            f"Command `review`: {EXERCISE} by automatic players", [*rows, Row("reference / compiled", gain, REVIEW)]
        )
    ]
