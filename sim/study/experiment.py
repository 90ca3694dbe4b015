"""Many runs: replications of one scenario, or of several that meet the same victims and the same luck.

An experiment only maps the single run. Its result does not depend on the number of jobs.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from itertools import groupby

from sim.fraud.plan import Plan, draw_plan
from sim.measure.ceiling import Ceiling, ceiling_of
from sim.measure.metrics import measure
from sim.measure.split import By, split_metrics
from sim.response.routes import compile_routes
from sim.response.run import simulate
from sim.scenario.models import Scenario

Metrics = dict[str, float]
Progress = Callable[[float, int], None]
"""Called with (runs done, runs in all); a long run in this process is also told of in parts."""

_CHUNKS_PER_JOB = 8
_FALSE_ALARMS = {"ages": True, "false_per_day": True}


def replicate(
    scenario: Scenario, replications: int, *, seed: int = 1, jobs: int = 1, progress: Progress | None = None,
    by: By | None = None,
) -> list[Metrics]:  # fmt: skip
    """The metrics of replications 0, 1, ... of a scenario, in order; with `by` also those of groups, GROUP/METRIC."""
    return [arms[0] for arms in run_arms([scenario], replications, seed=seed, jobs=jobs, progress=progress, by=by)]


def run_arms(
    arms: Sequence[Scenario], replications: int, *, seed: int = 1, jobs: int = 1, progress: Progress | None = None,
    by: By | None = None,
) -> list[list[Metrics]]:  # fmt: skip
    """The metrics of each replication under each arm, with common random numbers.

    Args:
        arms: scenarios to run on the same luck. Arms with the same fraud share one plan, drawn once.
        replications: how many; numbered from 0.
        seed: of the study.
        jobs: processes; 1 runs in this one.
        progress: told about finished runs.
        by: how to split each run into groups; None for not at all.

    Returns:
        [replication][arm] -> metrics by name.
    """
    total, done = replications * len(arms), 0
    results: list[list[Metrics]] = [[] for _ in range(replications)]
    size = max(1, -(-replications // (jobs * _CHUNKS_PER_JOB))) if jobs > 1 else 1
    chunks = [range(first, min(first + size, replications)) for first in range(0, replications, size)]

    def part(share: float) -> None:
        if progress:
            progress(done + share, total)

    for chunk, metrics in _map(list(arms), seed, chunks, jobs, by, part):
        for replication, one in zip(chunk, metrics, strict=True):
            results[replication] = one
        done += len(chunk) * len(arms)
        if progress:
            progress(done, total)
    return results


def _map(
    arms: list[Scenario], seed: int, chunks: list[range], jobs: int, by: By | None, part: Callable[[float], None]
) -> Iterator[tuple[range, list[list[Metrics]]]]:
    if jobs == 1 or len(chunks) == 1:
        for chunk in chunks:
            yield chunk, run_chunk(arms, seed, chunk, by, part)
        return
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    )
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(jobs, len(chunks)), mp_context=context, initializer=_quiet)
    try:
        with _without_interrupts():
            futures = {pool.submit(run_chunk, arms, seed, chunk, by): chunk for chunk in chunks}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:  # also where whoever takes the results stops in between
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()  # a chunk may take minutes, and a worker writes nothing
        raise
    finally:
        pool.shutdown(wait=True)


def _quiet() -> None:
    """Leave Ctrl-C to the parent, which stops the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: workers started in it are deaf to it while they start, the parent gets it after.

    Without this a worker that is still importing would answer Ctrl-C with a stack trace, and one that is being started
    would be forgotten.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    caught: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what a new process inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, signal.default_int_handler if handler is None else handler)
    if caught:
        signal.raise_signal(signal.SIGINT)


def run_chunk(
    arms: Sequence[Scenario], seed: int, replications: range, by: By | None = None,
    part: Callable[[float], None] | None = None,
) -> list[list[Metrics]]:  # fmt: skip
    """Run some replications under every arm. One plan and one ceiling serve all arms with the same fraud.

    Args:
        arms, seed, replications, by: as `run_arms`.
        part: told now and then how many of these runs are done, with the share of the one under way.
    """
    programs = [compile_routes(arm) for arm in arms]
    frauds = [_fraud(arm) for arm in arms]
    results = []
    done = 0
    for replication in replications:
        metrics: list[Metrics] = []
        known: tuple[object, Plan, Ceiling] | None = None
        for arm, program, fraud in zip(arms, programs, frauds, strict=True):
            if known is None or known[0] != fraud:
                plan = draw_plan(arm, seed, replication)
                known = fraud, plan, ceiling_of(arm, plan)
            so_far = None if part is None else partial(_so_far, part, done)
            run = simulate(arm, plan=known[1], program=program, progress=so_far)
            done += 1
            measured = measure(run, known[2])
            metrics.append(measured.metrics if by is None else measured.metrics | split_metrics(run, measured, by))
        results.append(metrics)
    return results


def _so_far(part: Callable[[float], None], done: int, share: float) -> None:
    part(done + share)


def _fraud(scenario: Scenario) -> str:
    """All that a plan and its ceiling are drawn from, as text (which keeps the order of names, as the draws do)."""
    prevention = scenario.prevention
    sources = (prevention and prevention.warnings, prevention and prevention.leads)
    alarms = prevention is not None and prevention.alarms is not None
    return json.dumps(
        [
            scenario.victims.model_dump(
                mode="json", exclude={"districts": {"__all__": {"travel"}}, "atm": {"profile"}}
            ),
            scenario.criminals.model_dump(
                mode="json", exclude={"reaction": {"speed"}, "exits": {"__all__": {"pending": {"reach"}}}}
            ),
            [
                bank.model_dump(mode="json", include={"share": True, "customers": True, "monitoring": _FALSE_ALARMS})
                for bank in scenario.banks.values()
            ],
            [source and source.model_dump(mode="json", include={"false_per_day", "by_hour"}) for source in sources],
            [holder.profile is not None or holder.field for holder in scenario.holders],
            alarms,
            [scenario.week_offset, scenario.horizon, scenario.follow_up],
        ]
    )


def same_fraud(arms: Sequence[Scenario]) -> bool:
    """Whether all arms meet the same plan."""
    return sum(1 for _ in groupby(_fraud(arm) for arm in arms)) <= 1
