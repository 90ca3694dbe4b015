"""The model verified: small worlds whose answers are known in closed form, and the money that must add up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.scenario.law_parameters import Z90
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.infer.formulas import erlang_a, erlang_c, kept, pollaczek_khinchine
from sim.study.infer.stats import summary
from sim.words.language import key
from sim.words.units import DAY, HOUR
from sim.workflow.log import BEGIN, QUEUED, RENEGED

_PER_DAY = 20_000.0
BETWEEN = DAY / _PER_DAY
"""Mean ms from one arrival to the next."""
_DAYS = 4
_BATCHES = 30
_SPREAD = 0.8
"""Of the lognormal service time at one server: standard deviation of its logarithm."""


@dataclass(frozen=True)
class Check:
    """A number that theory knows, and what the model shows."""

    title: str
    """A key of the catalogue."""
    theory: float
    model: float
    half: float
    """Half the 99.9% interval of the model's number; 0 where it must be exact."""

    @property
    def holds(self) -> bool:
        """Whether theory lies in the interval."""
        return abs(self.model - self.theory) <= self.half


def verify() -> list[Check]:
    """Every check; some ten seconds."""
    return [*_queues(), *_races(), *_money()]


def _queues() -> Iterator[Check]:
    service = 2 * 0.7 * BETWEEN
    run = desk(2, _exponential(service))
    yield batch_mean(
        key("mean wait, 2 people, load 0.7 (Erlang C), in service times"), waits(run) / service, erlang_c(2, 0.7)
    )
    steady = 0.6 * BETWEEN
    median = steady * exp(-(_SPREAD**2) / 2)
    law = {"lognormal": {"median": milliseconds(median), "p90": milliseconds(median * exp(_SPREAD * Z90))}}
    yield batch_mean(
        key("mean wait, 1 person, lognormal work, load 0.6 (Pollaczek and Khinchine), in service times"),
        waits(desk(1, law)) / steady, pollaczek_khinchine(0.6, exp(_SPREAD**2) - 1),
    )  # fmt: skip
    crowded = 3 * 1.1 * BETWEEN
    run = desk(3, _exponential(crowded), patience=_exponential(crowded))
    gone = np.isin(run.rows.case[run.rows.of(QUEUED)], run.rows.case[run.rows.of(RENEGED)]).astype(np.float64)
    expected = erlang_a(3, 1.1, 1.0).abandoned
    yield batch_mean(key("share that gives up, 3 people, load 1.1 (Erlang A)"), gone, expected)
    metrics = measure(run).metrics
    began = metrics["queue_length.desk"]
    waited = _stays(run).sum() / run.end
    yield Check(key("queue length = arrival rate x time in the queue (Little)"), waited, began, 1e-6)


def _races() -> Iterator[Check]:
    for layers, title in (
        (1, key("share kept on one account after one mean dwell time: exp(-1)")),
        (2, key("share kept on two accounts in a row after one mean dwell time: 2 exp(-1)")),
    ):
        money = measure(_race(layers))
        saved = (money.recovered > 0).astype(np.float64)
        yield batch_mean(title, saved, kept(1.0, layers))


def _money() -> Iterator[Check]:
    run = simulate(load("china").scenario, 1, 0)
    found = measure(run)
    whole = found.recovered + found.lost + found.elsewhere + found.moving
    yield Check(
        key("loss, in fen, = recovered + lost + held elsewhere + moving, in `china`"),
        float(found.loss.sum()), float(whole.sum()), 0.0,
    )  # fmt: skip
    above = np.maximum(0, found.recovered - found.early - found.recoverable)
    yield Check(key("recovered beyond the ceiling, in fen, in `china`"), 0.0, float(above.sum()), 0.0)


def batch_mean(title: str, values: NDArray[np.float64], theory: float) -> Check:
    """The mean of values in the order of arrival, by batches, without the first tenth."""
    means = [part.mean() for part in np.array_split(values[len(values) // 10 :], _BATCHES)]
    found = summary(means)
    return Check(title, theory, found.mean, (found.high - found.low) / 2 * _WIDER)


_WIDER = 3.66 / 2.045
"""From a 95% to a 99.9% interval with 29 degrees of freedom."""


def _stays(run: Run) -> NDArray[np.float64]:
    """ms in the queue of each who joined it."""
    joined = np.zeros(len(run.plan.victims))
    for kind, sign in ((QUEUED, -1), (BEGIN, 1), (RENEGED, 1)):
        rows = run.rows.of(kind)
        joined[run.rows.case[rows]] += sign * run.rows.time[rows]
    return joined


def waits(run: Run) -> NDArray[np.float64]:
    """ms in the queue, in the order of arrival."""
    return _stays(run)[run.rows.case[run.rows.of(QUEUED)]]


def desk(staff: int, time: object, **more: object) -> Run:
    """One desk with so many people, whose work takes a law's time; `more` as a step's work has it."""
    work = {"team": {"desk": 1}, "time": time, **more}
    if more:
        work["on_renege"] = "gone"
    steps = {"work": {"work": work, "leak": {"wait": "desk", "work": "desk"}, "to": "done"}, "done": {"end": "done"}}
    if more:
        steps["gone"] = {"end": "gone"}
    return simulate(_world({"call": {"subject": "case", "first": "work", "steps": steps}}, staff=staff, days=_DAYS), 1)


def _race(layers: int) -> Run:
    hour = _exponential(HOUR)
    criminals = {
        "exit_by_layer": [1.0] if layers == 1 else [0.0, 1.0], "deepest_layer": layers, "dwell_by_layer": [hour],
        "exits": {"cash": {"share": 1.0, "dwell": hour}},
    }  # fmt: skip
    chase = {"start": {"route": "account", "for": "each_revealed"}}
    desk = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    wait = {"wait": {"for": "1h"}, "leak": {"wait": "desk"}}
    routes = {
        "call": {
            "subject": "case", "first": "wait",
            "steps": {"wait": wait, "open": {"do": "open_case"}, "chase": chase, "done": {"end": "done"}},
        },
        "account": {
            "subject": "account", "first": "bank",
            "steps": {
                "bank": desk, "stop": {"do": "place_hold"}, "answer": {"do": "reveal"}, "chase": chase,
                "done": {"end": "done"},
            },
        },
    }  # fmt: skip
    return simulate(_world(routes, staff=1, days=1, **criminals), 1)


def _world(routes: dict[str, Any], *, staff: int, days: int, **criminals: Any) -> Scenario:
    """The smallest world: one payment, one bank that answers at once, and a Poisson process of victims."""
    scam = {
        "loss": "1000 yuan", "typical_payment": "1000 yuan", "most_payments": 1, "payment_gap": 0, "discovery": 0,
        "report_lag": 0, "reports": 1.0,
    }  # fmt: skip
    usual = {
        "typical_transfer": "1000 yuan", "fan_out_spread": 0.0, "amount_spread": 0.0, "most_fan_out": 1,
        "exit_by_layer": [1.0], "deepest_layer": 1, "dwell_by_layer": ["1h"], "spacing": 0, "retry": "1m",
        "exits": {"cash": {"share": 1.0, "dwell": "1h"}},
    }  # fmt: skip
    return Scenario.model_validate(
        {
            "schema_version": 1, "name": "theory", "title": "Theory", "question": "Does it hold?",
            "start": "2025-07-07T00:00:00", "utc_offset": "+08:00", "horizon": f"{days}d", "follow_up": "60d",
            "victims": {"scams": {"scam": scam}, "arrivals": {"rate": {"per_day": _PER_DAY}}},
            "criminals": usual | criminals, "bank_profiles": {"machine": {"staff": "unlimited", "time": 0}},
            "banks": {"bank": {"share": 1.0, "profile": "machine"}}, "desks": {"desk": {"staff": staff}},
            "on_report": "call", "routes": routes,
        }
    )  # fmt: skip


def _exponential(mean: float) -> dict[str, Any]:
    return {"exponential": {"mean": milliseconds(mean)}}


def milliseconds(time: float) -> str:
    """A time as a scenario writes it."""
    return f"{round(time)}ms"
