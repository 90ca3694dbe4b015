"""The result of `fundfreeze run`: every metric over replications, and on request the log of each run."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sim import __version__
from sim.engine.run import digest
from sim.measure.ways import By
from sim.report.findings.text import bounded
from sim.scenario.models import Scenario
from sim.study.ask.replicate import Target, run_until
from sim.study.ask.warm_up import WarmUp, without_warm_up
from sim.study.infer.stats import Summary, summaries
from sim.study.run.metric_names import NET_BENEFIT, NET_LOSS, with_net_loss
from sim.study.run.runner import Arm, Runner


@dataclass(frozen=True)
class Result:
    """Metrics of a scenario over replications. Money in yuan, times in seconds."""

    scenario: Scenario
    seed: int
    replications: int
    metrics: Mapping[str, Summary]
    by: By | None = None
    """How the runs were split into groups; None for not at all."""
    groups: Mapping[str, Mapping[str, Summary]] = field(default_factory=dict)
    """By group: its metrics."""
    warm_up: int | None = None
    """Days left out at the start of every run; then `metrics` are of those who first paid later."""

    def numbers(self) -> dict[str, dict[str, float]]:
        """By metric: mean, low, high, median, p05, p95 and n, NaN where there is none."""
        return {name: asdict(one) for name, one in self.metrics.items()}

    def as_dict(self) -> dict[str, Any]:
        """One JSON object; a number without a meaning in any replication is null."""
        return {
            "scenario": self.scenario.name,
            "digest": digest(self.scenario),
            "seed": self.seed,
            "replications": self.replications,
            "version": __version__,
            **({"warm_up_days": self.warm_up} if self.warm_up is not None else {}),
            "metrics": _plain(self.metrics),
            **({"by": self.by, "groups": {g: _plain(of) for g, of in self.groups.items()}} if self.by else {}),
        }


def _plain(metrics: Mapping[str, Summary]) -> dict[str, dict[str, float | int | None]]:
    return {name: bounded(name, one).as_dict() for name, one in metrics.items()}


def replicated(
    scenario: Scenario, replications: int, runner: Runner, *, by: By | None = None, target: Target | None = None,
    warm_up: WarmUp | None = None,
) -> Result:  # fmt: skip
    """Run replications 0, 1, ... of a scenario and summarise every metric, of groups too where they are asked for.

    With a target, `replications` is the most there are. With a warm-up the runs are split by day, whatever `by` says.

    Raises:
        StudyError: a warm-up cannot be found, or leaves nothing.
    """
    by = "day" if warm_up else by
    arm = Arm(scenario.name, scenario)
    if target is None:
        runs = [arms[0] for arms in runner.run([arm], replications, by=by)]
    else:
        runs = run_until(runner, arm, target, replications, by=by)
    asked_net = target is not None and target.metric.rpartition("/")[2] in (NET_LOSS, NET_BENEFIT)
    if asked_net:  # it is no metric of a run, but a target of it is to be told with the others
        runs = [with_net_loss(one) for one in runs]
    groups: dict[str, dict[str, Summary]] = {}
    metrics = summaries(runs)
    for name in [name for name in metrics if "/" in name]:
        group, _, metric = name.partition("/")
        groups.setdefault(group, {})[metric] = metrics.pop(name)
    if warm_up is None:
        return Result(scenario, runner.seed, len(runs), metrics, by, groups)
    warm = without_warm_up(runs, warm_up.days)
    kept = [with_net_loss(one) for one in warm.runs] if asked_net else warm.runs
    censored = {"cases_censored": metrics["cases_censored"]}  # of the whole run
    return Result(scenario, runner.seed, len(runs), summaries(kept) | censored, by, groups, warm.days)


def groups_csv(result: Result) -> str:
    """The groups of a result in long form: one line for each group and metric; empty where a number has no meaning."""
    columns = ("mean", "low", "high", "median", "p05", "p95", "n")
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([result.by, "metric", *columns])
    for group, metrics in result.groups.items():
        for name, one in metrics.items():
            values = bounded(name, one).as_dict()
            lines.writerow([group, name, *(values[column] for column in columns)])
    return text.getvalue()
