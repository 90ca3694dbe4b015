"""Many runs in one call: replications of one scenario, or of several that meet the same victims and the same luck."""

from __future__ import annotations

from collections.abc import Sequence

from sim.measure.ways import By
from sim.scenario.models import Scenario
from sim.study.run.runner import Arm, Progress, Runner
from sim.study.run.worker import Metrics, same_fraud

__all__ = ["Metrics", "Progress", "replicate", "run_arms", "same_fraud"]


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
    """The metrics of each replication under each arm, with common random numbers: `Runner.run` for a single time.

    Returns:
        [replication][arm] -> metrics by name.
    """
    with Runner(seed=seed, jobs=jobs, progress=progress) as runner:
        return runner.run([Arm(arm.name, arm) for arm in arms], replications, by=by)
