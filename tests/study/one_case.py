"""The one-case model: one victim, random mules, and two unknowns that three numbers of the case tell of."""

from __future__ import annotations

from sim.study.targets import Problem, Targets, problem_of
from sim.scenario.models import Scenario
from sim.scenario.units import MINUTE
from sim.study.parameters import Editor
from sim.study.targets import Observed, Prior, Unknown
from tests.worlds import branching, listed, stop_everything, world

DWELL, STATEMENT = "criminals.dwell_by_layer.0", "routes.call.steps.statement.work.time"


def one_case() -> Scenario:
    """A victim who pays 20,000 yuan in ten payments and reports at once; the statement takes about 20 minutes."""
    return world(
        victims=listed(0, loss="20000 yuan", typical_payment="2000 yuan", most_payments=10, payment_gap="1m"),
        criminals=branching(),
        routes=stop_everything({"lognormal": {"median": "20m", "p90": "26m"}}),
    )


def problem(tolerance: float = 1.0) -> Problem:
    """Speed of the mules and of the statement, from the share recovered, the stops and the time of the first."""
    editor = Editor(one_case())
    unknowns = (
        Unknown(editor.parameter(DWELL), 0.1, 10.0, True),
        Unknown(editor.parameter(STATEMENT), 0.2, 5.0, True),
    )
    observed = (
        Observed("recovered_share", "recovered_share", 0, 0.5, 0.02, ""),
        Observed("accounts_stopped", "accounts_stopped", 0, 20, 1, ""),
        Observed("response_latency", "response_latency", 0, 1200, 60, ""),
    )
    return Problem("one-case", "One case", (editor,), unknowns, observed, 1, None)
