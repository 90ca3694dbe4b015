"""`python -m benchmarks [--short] [--rounds N]`: what our engine costs, against its targets.

Rounds are interleaved (ours, usual, ours, usual ...), each measurement in a fresh process, so a slow spell of the
machine hits both. Exits with 1 where a target is missed or the two models disagree. This process imports nothing
large: on Linux a child's peak memory is never below its parent's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median
from typing import Any

LOADS = {"low": "low load", "busy": "80% load, evening backlogs"}

# Targets: what the project promises.
LEAST_SPEEDUP = 2.5
MOST_COST_OF_LOAD = 2.0
MOST_MEMORY_MB = 400.0


def one(model: str, load: str, days: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.measure", model, load, str(days)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def spread(values: list[float], digits: int = 2) -> str:
    return f"{median(values):10.{digits}f}{min(values):10.{digits}f}{max(values):10.{digits}f}"


def disagreement(ours: dict[str, Any], usual: dict[str, Any]) -> str | None:
    """What the two models disagree on, if anything: stops (account and ms) and money (fen)."""
    for what in ("cases", "stops", "digest", "exited", "recovered"):
        if ours[what] != usual[what]:
            return f"the two models disagree on {what}: {ours[what]} and {usual[what]}"
    if ours["exited"] + ours["recovered"] != ours["stolen"]:
        return f"money was lost or minted: {ours}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed and memory against their targets.")
    parser.add_argument("--short", action="store_true", help="a month instead of a year")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind (default 3)")
    args = parser.parse_args()
    days = 30 if args.short else 365
    failures: list[str] = []

    found: dict[tuple[str, str], list[dict[str, Any]]] = {(m, at): [] for at in LOADS for m in ("ours", "usual")}
    for number in range(args.rounds):
        for model, load in [(m, at) for at in LOADS for m in ("ours", "usual")]:
            print(
                f"\rround {number + 1} of {args.rounds}: {model}, {load} ...",
                end="\033[K",
                file=sys.stderr,
                flush=True,
            )
            found[model, load].append(one(model, load, days))
    print("\r\033[K", end="", file=sys.stderr)

    first = found["ours", "low"][0]
    cases = first["cases"]
    print(
        f"{days} days, {cases} cases, {first['accounts'] / cases:.0f} mule accounts each, "
        f"{args.rounds} interleaved rounds"
    )
    for load, title in LOADS.items():
        desk = found["ours", load][0]["desk"]
        print(
            f"{title}: analysts {desk['utilisation']:.0%} of rostered time at work, mean wait "
            f"{desk['wait_minutes']:.0f} min, mean queue {desk['queue_low']:.0f} to {desk['queue_high']:.0f} "
            f"(highest at {desk['queue_high_hour']:02d}:00), longest {desk['queue_max']}"
        )
        for ours, usual in zip(found["ours", load], found["usual", load], strict=True):
            if problem := disagreement(ours, usual):
                failures.append(f"{title}: {problem}")
                break
        else:
            print(
                f"  both models: {ours['stops']} stops at the same ms, "
                f"{ours['recovered'] / 100:,.2f} yuan kept, to the fen"
            )

    print(f"\n{'':52}{'median':>10}{'min':>10}{'max':>10}")
    per_case: dict[str, list[float]] = {}
    for load, title in LOADS.items():
        for model in ("ours", "usual"):
            costs = [1000 * r["seconds"] / r["cases"] for r in found[model, load]]
            print(f"{f'{model}, {title}, ms per case':52}{spread(costs)}")
            if model == "ours":
                per_case[load] = costs
        ratios = [u["seconds"] / o["seconds"] for o, u in zip(found["ours", load], found["usual", load], strict=True)]
        print(f"{f'  usual / ours (target at least {LEAST_SPEEDUP})':52}{spread(ratios)}")
        if median(ratios) < LEAST_SPEEDUP:
            failures.append(f"{title}: {median(ratios):.2f} times the usual model's speed, target {LEAST_SPEEDUP}")
    costs = [b / a for a, b in zip(per_case["low"], per_case["busy"], strict=True)]
    print(f"{f'ours, busy / low, cost per case (target {MOST_COST_OF_LOAD} at most)':52}{spread(costs)}")
    if median(costs) > MOST_COST_OF_LOAD:
        failures.append(f"a case costs {median(costs):.2f} times as much under load, target {MOST_COST_OF_LOAD}")
    peaks = [r["peak_mb"] for load in LOADS for r in found["ours", load]]
    print(f"{f'ours, peak memory, MB (target below {MOST_MEMORY_MB:.0f})':52}{spread(peaks, 0)}")
    if max(peaks) >= MOST_MEMORY_MB:
        failures.append(f"peak memory {max(peaks):.0f} MB, target below {MOST_MEMORY_MB:.0f}")

    for line in failures:
        print(f"MISSED: {line}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
