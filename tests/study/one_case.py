"""The one-case model: one victim, random mules, and two unknowns that three numbers of the case tell of."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from sim.scenario.models import Scenario
from sim.study.ask.calibrate import Calibration, calibrate, findings, infer
from sim.study.ask.diagnose import Diagnosis, diagnose
from sim.study.ask.simulations import prior_draws, simulate, with_errors
from sim.study.ask.targets import Observed, Problem, Unknown
from sim.study.run.parameters import Editor
from sim.study.run.runner import Runner
from tests.worlds import branching, listed, stop_everything, world

DWELL, STATEMENT = "criminals.dwell_by_layer.0", "routes.call.steps.statement.work.time"


def one_case() -> Scenario:
    """A victim who pays 20,000 yuan in ten payments and reports at once; the statement takes about 20 minutes."""
    return world(
        victims=listed(0, loss="20000 yuan", typical_payment="2000 yuan", most_payments=10, payment_gap="1m"),
        criminals=branching(),
        routes=stop_everything({"lognormal": {"median": "20m", "p90": "26m"}}),
    )


def problem() -> Problem:
    """How slow the mules and the statement are, from the share recovered, the accounts and the time of the first."""
    editor = Editor(one_case())
    unknowns = (
        Unknown(editor.parameter(DWELL), 0.1, 10.0, True),
        Unknown(editor.parameter(STATEMENT), 0.2, 5.0, True),
    )
    observed = (
        Observed("recovered_share", "recovered_share", 0, 0.5, 0.02, ""),
        Observed("accounts_stopped", "accounts_stopped", 0, 40.0, 1.0, ""),
        Observed("response_latency", "response_latency", 0, 1200.0, 60.0, ""),
    )
    return Problem("one-case", "One case", (editor,), unknowns, observed, 1, None)


@cache
def calibrated(rounds: int = 1) -> Calibration:
    """A calibration to what the model itself shows in the middle of both priors, with a real posterior.

    Tests that look at it stand in the group `one-calibration`, so that one worker makes it for all of them.
    """
    asked = problem()
    with Runner(seed=1, jobs=1) as runner:
        shown = simulate(asked, np.full((1, 2), 0.5), runner, first=10_000)[0].tolist()
        observed = tuple(
            replace(one, value=value, tolerance=tolerance)
            for one, value, tolerance in zip(asked.observed, shown, (0.15, 10.0, 400.0), strict=True)
        )
        return calibrate(replace(asked, observed=observed), runner, simulations=1500, rounds=rounds, checks=10)


@cache
def diagnosed() -> Diagnosis:
    """What binds in the one case: of a whole centre a diagnosis takes longer than all else that a test does with it."""
    return diagnose(Runner(seed=1), one_case(), 10)


def trials(number: int, simulations: int, seed: int = 1) -> tuple[list[float], list[float]]:
    """Calibrate to simulated data whose truths are drawn from the prior.

    One table of simulations serves all trials.

    Returns:
        By parameter: the share of trials whose 90% interval holds the truth, and the mean width of that interval over
        the width of the prior's.
    """
    asked = problem()
    with Runner(seed=seed) as runner:
        u = prior_draws(asked, simulations, seed)
        table = with_errors(asked, simulate(asked, u, runner), seed)
        truths = prior_draws(asked, number, seed + 1000)
        data = with_errors(asked, simulate(asked, truths, runner, first=simulations), seed + 1000)
    covered, widths = np.zeros((2, number)), np.zeros((2, number))
    for trial, shown in enumerate(data):
        for row, one in enumerate(findings(asked, infer(asked, u, table, shown))):
            truth = asked.unknowns[row].at(truths[[trial], row])[0]
            covered[row, trial], widths[row, trial] = one.low <= truth <= one.high, one.narrowing
    return covered.mean(axis=1).tolist(), widths.mean(axis=1).tolist()


if __name__ == "__main__":
    shares, ratios = trials(300, 2000)
    for path, share, ratio in zip((DWELL, STATEMENT), shares, ratios, strict=True):
        print(f"{path}: 90% intervals hold the truth in {share:.1%} of 300 trials; width {ratio:.2f} of the prior's")
