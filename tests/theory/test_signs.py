"""Signs: a better response recovers no less.

For one case with ample staff, permanent holds and criminals who do not react this holds in every replication: each
stop comes no later, so each fen that was caught is caught where it was or nearer to the victim. Where people are
scarce a better step can hurt (a fast bank floods the next queue), so there the mean over paired replications decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from sim.engine.run import simulate
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.study.ask.experiment import run_arms
from sim.words.units import MINUTE
from tests.examples import some
from tests.worlds import branching, case, city, exponential, route, victims, work, world

Sections = dict[str, Any]

DEEPEST = 6
TIMES: tuple[Any, ...] = (
    0, "1m", "20m", exponential(2 * MINUTE), exponential(30 * MINUTE), {"lognormal": {"median": "8m", "p90": "50m"}},
    {"loglogistic": {"median": "6m", "shape": 1.2}},
)  # fmt: skip


def chase(traced: int, *, paper: bool = False) -> Sections:
    """Routes that take the statement, then enter, stop and trace account after account down to a layer.

    With `paper`, a desk of this name files a freeze of each stopped account.
    """
    start = {"start": {"route": "account", "for": "each_revealed"}}
    account = {
        "entry": {"work": {"team": {"desk": 1}, "time": "3m"}, "leak": {"wait": "entry", "work": "entry"}},
        "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
        "stop": {"do": "place_hold"},
        **({"hand-on": {"start": {"route": "paper"}}} if paper else {}),
        "deep": {"choose": [{"if": {"layer_at_least": traced}, "to": "untraced"}, {"else": "answer"}]},
        "answer": {"do": "reveal"},
        "chase": start,
        "done": {"end": "traced"},
        "untraced": {"end": "untraced"},
    }
    file = {"file": work("paper", exponential(40 * MINUTE)), "freeze": {"do": "file_freeze"}}
    return {
        "call": route({"statement": work(time=exponential(5 * MINUTE)), "open": {"do": "open_case"}, "chase": start}),
        "account": route(account, "account"),
        **({"paper": route(file, "account")} if paper else {}),
    }


@st.composite
def cases(draw: st.DrawFn) -> Sections:
    """Sections of a scenario with one victim, whatever the fraud; people without end, permanent holds, no reaction."""
    dwell = st.sampled_from(TIMES)
    reachable = draw(st.floats(0.3, 1))
    return {
        "victims": victims(
            {"list": {"cases": [case(0)]}},
            loss={"lognormal": {"median": "30k yuan", "p90": "200k yuan"}},
            most_payments=draw(st.integers(1, 4)),
            payment_gap=draw(dwell), discovery=draw(dwell), report_lag=draw(dwell),
        ),
        "criminals": branching(
            typical_transfer="8k yuan", most_fan_out=draw(st.integers(1, 6)),
            exit_by_layer=draw(st.lists(st.floats(0.05, 0.7), min_size=1, max_size=3)),
            deepest_layer=draw(st.integers(1, DEEPEST)),
            dwell_by_layer=draw(st.lists(dwell, min_size=1, max_size=3)), spacing=draw(dwell),
            exits={"cash": {"share": 0.5, "dwell": draw(dwell)}, "coin": {"share": 0.5, "dwell": draw(dwell)}},
        ),
        "bank_profiles": {
            "machine": {"staff": "unlimited", "time": draw(dwell)},
            "officer": {"staff": "unlimited", "time": draw(dwell)},
        },
        "banks": {
            "quick": {"share": reachable / 2, "profile": "machine"},
            "slow": {"share": reachable / 2, "profile": "officer"},
            "far": {"share": 1 - reachable},
        },
        "desks": {"desk": {"staff": "unlimited"}},
    }  # fmt: skip


def recovered(worse: Scenario, better: Scenario, seed: int, replication: int) -> tuple[int, int]:
    """Fen that two responses recover of one and the same fraud."""
    plan = draw_plan(worse, seed, replication)
    one, other = (int(measure(simulate(arm, plan=plan)).recovered.sum()) for arm in (worse, better))
    return one, other


REPLICATIONS = 3
FACTORS = st.sampled_from([0.0, 0.2, 0.5, 0.9, 0.99])


def check_every_replication(worse: Scenario, better: Scenario, seed: int) -> None:
    """The better response recovers no less, replication by replication."""
    for replication in range(REPLICATIONS):
        one, other = recovered(worse, better, seed, replication)
        assert other >= one, f"replication {replication}: {one} fen become {other}"


@settings(max_examples=some(120))
@given(sections=cases(), seed=st.integers(0, 2**40), factor=FACTORS)
def test_a_faster_bank_recovers_no_less_of_one_case(sections: Sections, seed: int, factor: float) -> None:
    """With all banks faster, or one kind of bank answering at once, no replication of a case recovers less."""
    routes = chase(DEEPEST)
    worse = world(**sections, routes=routes)
    check_every_replication(worse, world(**sections, routes=routes, latency={"bank": {"factor": factor}}), seed)
    at_once = sections["bank_profiles"] | {"officer": {"staff": "unlimited", "time": 0}}
    check_every_replication(worse, world(**sections | {"bank_profiles": at_once}, routes=routes), seed)


@settings(max_examples=some(120))
@given(sections=cases(), seed=st.integers(0, 2**40), factor=FACTORS, stage=st.sampled_from(["desk", "entry", "all"]))
def test_an_earlier_entry_recovers_no_less_of_one_case(
    sections: Sections, seed: int, factor: float, stage: str
) -> None:
    """With the statement, the entry of each order, or everything earlier, no replication of a case recovers less."""
    routes = chase(DEEPEST)
    latency = {stage: {"factor": factor}}
    check_every_replication(world(**sections, routes=routes), world(**sections, routes=routes, latency=latency), seed)


@settings(max_examples=some(120))
@given(sections=cases(), seed=st.integers(0, 2**40), traced=st.integers(1, DEEPEST))
def test_one_more_layer_traced_recovers_no_less_of_one_case(sections: Sections, seed: int, traced: int) -> None:
    """With the money followed one layer further, no replication of a case recovers less."""
    one, other = (world(**sections, routes=chase(layers)) for layers in (traced, traced + 1))
    check_every_replication(one, other, seed)


def test_the_signs_say_something() -> None:
    """In an ordinary case each of the three makes a difference in several replications."""
    sections = {
        "victims": victims({"list": {"cases": [case(0)]}}, loss="100k yuan", discovery=exponential(5 * MINUTE)),
        "criminals": branching(typical_transfer="10k yuan"),
        "bank_profiles": {"machine": {"staff": "unlimited", "time": exponential(9 * MINUTE)}},
        "desks": {"desk": {"staff": "unlimited"}},
    }
    worse = world(**sections, routes=chase(2))
    for better in (
        world(**sections, routes=chase(2), latency={"bank": {"factor": 0.3}}),
        world(**sections, routes=chase(2), latency={"entry": {"factor": 0.0}}),
        world(**sections, routes=chase(3)),
    ):
        pairs = [recovered(worse, better, 1, replication) for replication in range(20)]
        assert sum(other > one for one, other in pairs) >= 5


# -- scarce people, criminals who react, stops that lapse -----------------------------------------------------

LAW = {"stop": "6h", "most_stops": 2, "freeze": "180d", "renewals": 0}
CONDITIONS: dict[str, Sections] = {
    "few people": {},
    "criminals who react": {"react": True, "staff": "unlimited"},
    "stops that lapse": {"law": LAW, "paper": True, "follow_up": "20d"},
}


def centre(*, traced: int = 3, paper: bool = False, staff: Any = 2, **changes: Any) -> Scenario:
    """The small city under the routes of `chase`."""
    desks = {name: {"staff": staff} for name in ("desk", "paper")}
    few = staff if staff == "unlimited" else (staff, staff, 1)
    return city(staff=few, desks=desks, routes=chase(traced, paper=paper), **changes)


BETTER: dict[str, Sections] = {
    "a faster bank": {"latency": {"bank": {"factor": 0.5}}},
    "an earlier entry": {"latency": {"entry": {"factor": 0.5}}},
    "an earlier statement": {"latency": {"desk": {"factor": 0.5}}},
    "one more layer traced": {"traced": 4},
}
PAIRS = 60


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("change", BETTER)
def test_elsewhere_the_mean_does_not_contradict_the_sign(condition: str, change: str) -> None:
    """With few people, a reaction or lapses: the 99% interval of the mean paired gain does not lie below 0."""
    base = CONDITIONS[condition]
    pairs = run_arms([centre(**base), centre(**base | BETTER[change])], PAIRS)
    gain = np.array([better["recovered"] - worse["recovered"] for worse, better in pairs])
    assert gain.any()
    half = float(student.ppf(0.995, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain)))
    assert gain.mean() + half >= 0, f"{gain.mean():.0f} +- {half:.0f} yuan"
