"""Nothing in the catalogue is there for show: each part that a shipped scenario configures takes part in some run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from sim.fraud.settle import NEVER
from sim.response.log import (
    BEGIN,
    CANCELLED,
    CLARIFIED,
    CLEARED,
    FREEZE,
    HOLD,
    HOLD_END,
    KNOWN,
    OUTCOME,
    REFUSED,
    REPORT,
    RETURNED,
    WAITING,
)  # fmt: skip
from sim.response.routes import AWAIT, CHOOSE, END, WAIT, WORK
from sim.response.run import Run, simulate
from sim.scenario import catalogue
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.units import DAY
from sim.scenario.workflow import KINDS

Part = tuple[str, str]
"""What kind of part, and its name."""
LONGEST = {"province": 1, "s12-bank-training": 30}
"""Days of first payments by scenario, where it is not a week."""


def configured(scenario: Scenario) -> set[Part]:
    """All parts of a scenario that must be used somewhere."""
    parts = {("exit", name) for name in scenario.criminals.exits}
    parts |= {("bank", name) for name in scenario.banks}
    parts |= {("channel", name) for name in scenario.victims.channels or ()}
    parts |= {("role", name) for name in scenario.desks}
    parts |= {("policy", policy_of(desk.queue)) for desk in scenario.desks.values()}
    steps = [step for route in scenario.routes.values() for step in route.steps.values()]
    parts |= {("step", step.kind) for step in steps}
    return parts | {("effect", step.do) for step in steps if step.do}


def policy_of(queue: str) -> str:
    """The name of a policy without the folder of its file."""
    return queue.rpartition("/")[2]


def used(run: Run) -> set[Part]:
    """All parts that took part in a run."""
    return {*_used_fraud(run), *_used_desks(run), *_used_steps(run), *_used_effects(run)}


def _used_fraud(run: Run) -> Iterator[Part]:
    scenario, plan, rows = run.scenario, run.plan, run.rows
    way = plan.transfers.exit[(run.times < NEVER) & (plan.transfers.exit >= 0)]
    yield from (("exit", list(scenario.criminals.exits)[i]) for i in np.unique(way))
    known = rows.at(rows.of(KNOWN))
    holder = plan.accounts.bank[plan.account_first[known.case] + known.account]
    yield from (("bank", list(scenario.banks)[i]) for i in np.unique(holder) if 0 <= i < len(scenario.banks))
    told = rows.at(rows.of(REPORT)).case
    yield from (
        ("channel", list(scenario.victims.channels or {"": 0})[i]) for i in np.unique(plan.victims.channel[told])
    )


def _used_desks(run: Run) -> Iterator[Part]:
    roles = list(run.scenario.desks.items())
    for number in np.unique(run.rows.at(run.rows.of(BEGIN)).desk):
        if number < len(roles):
            yield "role", roles[number][0]
            yield "policy", policy_of(roles[number][1].queue)


def _used_steps(run: Run) -> Iterator[Part]:
    """A step that takes time or ends a token has rows; a choose was passed where one of its branches has."""
    kinds, program = dict(zip((WORK, WAIT, AWAIT, END), ("work", "wait", "await", "end"), strict=True)), run.program
    seen = {int(step) for kind in (BEGIN, WAITING, OUTCOME) for step in run.rows.at(run.rows.of(kind)).step}
    yield from (("step", kinds[program.kind[step]]) for step in seen if program.kind[step] in kinds)
    if len(run.rows.of(CANCELLED)):
        yield "step", "cancel"
    if len(run.rows.of(HOLD)):
        yield "step", "do"
    for route, first in enumerate(program.first):
        if program.kind[first] == CHOOSE and any(program.route[step] == route for step in seen):
            yield "step", "choose"
    sources = {run.scenario.on_report, *_routes_of_sources(run.scenario)}
    if any(program.route_names[program.route[step]] not in sources for step in seen):
        yield "step", "start"


def _routes_of_sources(scenario: Scenario) -> Iterator[str]:
    """The routes that begin without a start."""
    prevention = scenario.prevention
    parts = (prevention.warnings, prevention.leads, prevention.alarms) if prevention else ()
    yield from (part.route for part in (*parts, scenario.objections) if part)


def _used_effects(run: Run) -> Iterator[Part]:
    rows, program = run.rows, run.program
    hold, known, ended = (rows.at(rows.of(kind)) for kind in (HOLD, KNOWN, HOLD_END))
    layer = run.plan.accounts.layer[run.plan.account_first[known.case] + known.account]
    field = np.array([holder.field for holder in run.scenario.holders])
    of = run.plan.accounts.bank[run.plan.account_first[hold.case] + hold.account]
    happened = {
        "open_case": (layer == 1).any(), "reveal": (layer > 1).any(),
        "place_hold": (hold.account > 0).any(), "intercept": field[of[of >= 0]].any(),
        "check_order": len(rows.of(REFUSED)), "clarify": len(rows.of(CLARIFIED)),
        "file_freeze": len(rows.of(FREEZE)), "return_money": len(rows.of(RETURNED)),
        "clear_innocent": len(rows.of(CLEARED)), "release": ((ended.account > 0) & (ended.value != 1)).any(),
    }  # fmt: skip
    yield from (("effect", name) for name, so in happened.items() if so)
    ends = {program.names[step] for step in np.unique(rows.at(rows.of(OUTCOME)).step)}
    for route_name, route in run.scenario.routes.items():  # on the victim's own card: told by the end behind it
        steps = list(route.steps)
        for name, step in route.steps.items():
            behind = step.to or steps[min(steps.index(name) + 1, len(steps) - 1)]
            if step.do in ("dissuade", "protect", "let_pay") and f"{route_name}.{behind}" in ends:
                yield "effect", step.do


def short(name: str) -> Scenario:
    """A shipped scenario, with a week of victims at most."""
    scenario = load(name).scenario
    return scenario.model_copy(update={"horizon": min(scenario.horizon, LONGEST.get(name, 7) * DAY)})


@pytest.fixture(scope="module")
def parts() -> tuple[set[Part], set[Part]]:
    """All parts configured by the catalogue, and all used in one short run of each scenario."""
    scenarios = [short(name) for name in catalogue.names()]
    return set().union(*map(configured, scenarios)), set().union(*(used(simulate(one)) for one in scenarios))


@pytest.mark.parametrize("what", ["exit", "bank", "channel", "role", "policy", "step", "effect"])
def test_every_part_is_used(parts: tuple[set[Part], set[Part]], what: str) -> None:
    """Each exit, bank, channel, role, policy, kind of step and effect of the catalogue takes part in some run."""
    asked, seen = ({name for kind, name in some if kind == what} for some in parts)
    assert asked - seen == set()
    assert asked


def test_the_catalogue_shows_all_there_is(parts: tuple[set[Part], set[Part]]) -> None:
    """Every kind of step and every policy, one of a user's own too, is in the catalogue."""
    asked = parts[0]
    assert {name for kind, name in asked if kind == "step"} == set(KINDS)
    policies = {name for kind, name in asked if kind == "policy"}
    assert policies >= {"fifo", "largest_first", "freshest_first", "most_at_risk", "write_off"}
    assert any(".py:" in name for name in policies)


def test_each_system_of_the_documents_is_a_scenario_on_the_city() -> None:
    """S1 to S15 are there once each, on top of the city, and begin with what they ask."""
    systems = [name for name in catalogue.names() if re.match(r"s\d\d-", name)]
    assert [name[:3] for name in systems] == [f"s{number:02d}" for number in range(1, 16)]
    for name in systems:
        loaded = load(name)
        assert "city.yaml" in [file.name for file in loaded.files]
        comment = loaded.files[0].read_text(encoding="utf-8").partition("schema_version")[0]
        assert all(f"# {word}" in comment for word in ("What it asks: ", "Printed", "What came out")), name
        assert loaded.scenario.question.endswith("?")
