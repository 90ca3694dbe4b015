"""`python -m benchmarks [--short] [--rounds N]`: what our engine costs, against its targets.

Rounds are interleaved (ours, usual, city, province, ours ...), each measurement in a fresh process, so a slow spell of
the machine hits all. Exits with 1 where a target is missed or the two models disagree. This process imports nothing
large: on Linux a child's peak memory is never below its parent's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Result = dict[str, Any]
Job = tuple[str, ...]
"""What `python -m benchmarks.` is told to measure: a module and its arguments, without the days."""

LOADS = {"low": "low load", "busy": "80% load, evening backlogs"}
SIMPLE: Job = ("measure", "ours", "low")

# Targets: what the project promises.
LEAST_SPEEDUP = 2.5
MOST_COST_OF_LOAD = 2.0
MOST_MEMORY_MB = 400.0
MOST_COST_OF_A_TASK = 2.0
"""A task of the city, in tasks of the simple workload."""
CITIES_IN_PROVINCE = 10
MOST_OFF_SCALE = 0.15
MOST_CITY_MEMORY_MB = 1000.0
LEAST_VARIANCE_RATIO = 4.0
"""Of an unpaired over a paired comparison of the city with one more trace analyst at night."""
PAIRING_DAYS, PAIRS = 7, 40


def one(job: Job, days: int) -> Result:
    command = [sys.executable, "-m", f"benchmarks.{job[0]}", *job[1:], str(days)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=4 * 3600)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    result: Result = json.loads(done.stdout)
    return result


def in_rounds(jobs: Sequence[Job], rounds: int, days: int) -> dict[Job, list[Result]]:
    """Every job once in each round."""
    found: dict[Job, list[Result]] = {job: [] for job in jobs}
    for number in range(rounds):
        for job in jobs:
            said = f"round {number + 1} of {rounds}: {', '.join(job[1:])} ..."
            print(f"\r{said}", end="\033[K", file=sys.stderr, flush=True)
            found[job].append(one(job, days))
    print("\r\033[K", end="", file=sys.stderr)
    return found


def line(title: str, values: Sequence[float], digits: int = 2) -> None:
    print(f"{title:60}{median(values):10.{digits}f}{min(values):10.{digits}f}{max(values):10.{digits}f}")


def disagreement(ours: Result, usual: Result) -> str | None:
    """What the two models disagree on, if anything: stops (account and ms) and money (fen)."""
    for what in ("cases", "stops", "digest", "exited", "recovered"):
        if ours[what] != usual[what]:
            return f"the two models disagree on {what}: {ours[what]} and {usual[what]}"
    if ours["exited"] + ours["recovered"] != ours["stolen"]:
        return f"money was lost or minted: {ours}"
    return None


def against_usual(found: Mapping[Job, Sequence[Result]]) -> list[str]:
    """Print our engine beside the usual model; return the targets missed."""
    failures: list[str] = []
    first = found[SIMPLE][0]
    cases = first["cases"]
    print(f"{cases} cases, {first['accounts'] / cases:.0f} mule accounts each, {len(found[SIMPLE])} interleaved rounds")
    for load, title in LOADS.items():
        both = zip(found["measure", "ours", load], found["measure", "usual", load], strict=True)
        desk = found["measure", "ours", load][0]["desk"]
        print(
            f"{title}: analysts {desk['utilisation']:.0%} of rostered time at work, mean wait "
            f"{desk['wait_minutes']:.0f} min, mean queue {desk['queue_low']:.0f} to {desk['queue_high']:.0f} "
            f"(highest at {desk['queue_high_hour']:02d}:00), longest {desk['queue_max']}"
        )
        for ours, usual in both:
            if problem := disagreement(ours, usual):
                failures.append(f"{title}: {problem}")
                break
        else:
            print(
                f"  both models: {ours['stops']} stops at the same ms, "
                f"{ours['recovered'] / 100:,.2f} yuan kept, to the fen"
            )

    print(f"\n{'':60}{'median':>10}{'min':>10}{'max':>10}")
    per_case: dict[str, list[float]] = {}
    for load, title in LOADS.items():
        ours_, usual_ = (found["measure", model, load] for model in ("ours", "usual"))
        per_case[load] = [1000 * r["seconds"] / r["cases"] for r in ours_]
        line(f"ours, {title}, ms per case", per_case[load])
        line(f"usual, {title}, ms per case", [1000 * r["seconds"] / r["cases"] for r in usual_])
        ratios = [u["seconds"] / o["seconds"] for o, u in zip(ours_, usual_, strict=True)]
        line(f"  usual / ours (target at least {LEAST_SPEEDUP})", ratios)
        if median(ratios) < LEAST_SPEEDUP:
            failures.append(f"{title}: {median(ratios):.2f} times the usual model's speed, target {LEAST_SPEEDUP}")
    costs = [b / a for a, b in zip(per_case["low"], per_case["busy"], strict=True)]
    line(f"ours, busy / low, cost per case (target {MOST_COST_OF_LOAD} at most)", costs)
    if median(costs) > MOST_COST_OF_LOAD:
        failures.append(f"a case costs {median(costs):.2f} times as much under load, target {MOST_COST_OF_LOAD}")
    peaks = [r["peak_mb"] for load in LOADS for r in found["measure", "ours", load]]
    line(f"ours, peak memory, MB (target below {MOST_MEMORY_MB:.0f})", peaks, 0)
    if max(peaks) >= MOST_MEMORY_MB:
        failures.append(f"peak memory {max(peaks):.0f} MB, target below {MOST_MEMORY_MB:.0f}")
    return failures


def whole_response(simple: Sequence[Result], city: Sequence[Result], province: Sequence[Result]) -> list[str]:
    """Print what the whole response costs, in a city and in a province ten times its size; the targets missed."""
    failures: list[str] = []
    print(f"\ncity: {city[0]['cases']} reports, {city[0]['tasks']} tasks, {city[0]['rows']} rows of the log")
    print(f"{'':60}{'median':>10}{'min':>10}{'max':>10}")
    for title, results in (("simple workload", simple), ("city", city), ("province", province)):
        line(f"{title}, run, microseconds per finished task", [1e6 * r["seconds"] / r["tasks"] for r in results])
    costs = [c["seconds"] / c["tasks"] * s["tasks"] / s["seconds"] for s, c in zip(simple, city, strict=True)]
    line(f"  city / simple (target {MOST_COST_OF_A_TASK} at most)", costs)
    if median(costs) > MOST_COST_OF_A_TASK:
        failures.append(f"a task of the city costs {median(costs):.2f} simple ones, target {MOST_COST_OF_A_TASK}")
    for title, results in (("city", city), ("province", province)):
        for what in ("plan", "measure"):
            line(f"{title}, {what}, seconds", [r[f"{what}_seconds"] for r in results])
        line(f"{title}, plan + run + measure, seconds", [r["all_seconds"] for r in results])
    scale = [p["all_seconds"] / c["all_seconds"] / CITIES_IN_PROVINCE for c, p in zip(city, province, strict=True)]
    line(f"  province / {CITIES_IN_PROVINCE} cities (target within {MOST_OFF_SCALE:.0%} of 1)", scale)
    if abs(median(scale) - 1) > MOST_OFF_SCALE:
        failures.append(f"a province costs {median(scale):.2f} times its cities, target within {MOST_OFF_SCALE:.0%}")
    peaks = [r["peak_mb"] for r in city]
    line(f"city, peak memory, MB (target below {MOST_CITY_MEMORY_MB:.0f})", peaks, 0)
    line("province, peak memory, MB", [r["peak_mb"] for r in province], 0)
    if max(peaks) >= MOST_CITY_MEMORY_MB:
        failures.append(f"peak memory of the city {max(peaks):.0f} MB, target below {MOST_CITY_MEMORY_MB:.0f}")
    return failures


def common_luck(result: Result) -> list[str]:
    """Print what a paired comparison saves; the target missed."""
    ratio = result["variance_ratio"]
    print(
        f"\none more trace analyst at night in the city, {result['days']} days, {result['replications']} pairs: "
        f"recovered share {result['points']:+.3f} points, half-width {result['half_width']:.3f}; "
        f"variance unpaired / paired {ratio:.1f} (target at least {LEAST_VARIANCE_RATIO:.0f})"
    )
    if ratio >= LEAST_VARIANCE_RATIO:
        return []
    return [f"an unpaired comparison needs {ratio:.1f} times the replications, target {LEAST_VARIANCE_RATIO:.0f}"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed and memory against their targets.")
    parser.add_argument("--short", action="store_true", help="a month instead of a year")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind (default 3)")
    parser.add_argument("--city", default="city", help="scenario with the whole response, by name or file")
    parser.add_argument("--province", default="province", help="a scenario ten times as large")
    args = parser.parse_args()
    days = 30 if args.short else 365
    usual: list[Job] = [("measure", model, load) for load in LOADS for model in ("ours", "usual")]
    city, province = ("city", args.city), ("city", args.province)
    found = in_rounds([*usual, city, province], args.rounds, days)
    print(f"{days} days")
    failures = [*against_usual(found), *whole_response(found[SIMPLE], found[city], found[province])]
    failures += common_luck(one(("pairing", str(PAIRING_DAYS)), PAIRS))
    for failure in failures:
        print(f"MISSED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
