"""The wall between truth and knowledge: nobody in the response sees what responders cannot know yet."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import sim.workflow
from sim.engine.reference import Engine
from sim.engine.run import Run, simulate
from sim.engine.sight import Known, sight
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.distributions import DurationDist
from sim.scenario.models import Scenario
from sim.scenario.people import WriteOff
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.knowledge import Knowledge
from sim.workflow.log import HOLD, KNOWN
from sim.workflow.policies import POLICIES, View
from sim.workflow.predicates import PREDICATES, Sight
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.measure.whole import ROUTES, whole
from tests.worlds import route, same_log

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

# -- what is handed over -----------------------------------------------------------------------------------

TRUTH = ("plan", "world", "times", "dwell", "exit", "transfers", "victims", "accounts", "forest", "holds")
BLIND = ("knowledge", "policies", "predicates", "ranking")
"""Modules of the response that decide, and have no business with the plan or the world."""


@pytest.mark.parametrize("name", TRUTH)
def test_a_policy_that_reads_the_truth_fails(name: str) -> None:
    """A view has no field of the truth: a policy that asks for one gets an error, not an answer."""
    view = View(0, 0, 0)
    with pytest.raises(AttributeError, match=name):
        getattr(view, name)


def test_a_view_holds_numbers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a policy is handed in a run is a View of whole numbers: there is nothing in it to reach through."""
    seen: list[object] = []

    def spy(view: View) -> int:
        seen.append(view)
        return -view.amount

    monkeypatch.setitem(POLICIES, "largest_first", spy)  # type: ignore[misc]
    simulate(whole(), 1)
    assert len(seen) > 50
    assert all(type(view) is View and all(type(value) is int for value in view) for view in seen)


@pytest.mark.parametrize("module", BLIND)
def test_who_decides_imports_no_truth(module: str) -> None:
    """The modules of policies, predicates and knowledge import neither the plan nor the world nor how money settles."""
    path = Path(sim.workflow.__path__[0]) / f"{module}.py"
    imported = {
        (node.module or "", alias.name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    truth = {
        "sim.fraud.plan",
        "sim.workflow.world",
        "sim.workflow.effects",
        "sim.workflow.sources",
        "sim.fraud.forest",
        "sim.fraud.transfers",
    }
    assert not {module for module, _ in imported} & truth
    assert not [name for module, name in imported if module == "sim.fraud.settle" and name != "NEVER"]


def test_predicates_answer_without_a_plan() -> None:
    """Each predicate gives its answer from files, rosters, queues and routes alone, with no plan within reach."""
    scenario = whole()
    program = compile_routes(scenario)
    knowledge = Knowledge(4, 2)
    desk = SimpleNamespace(waiting=3)
    calendar: Any = [SimpleNamespace(at=lambda _: 1)]
    arguments: dict[str, Any] = {
        "places": frozenset({0}), "channels": frozenset({0}), "scams": frozenset({0}), "ages": frozenset({0}),
        "waiting": ((0, 2),),
    }  # fmt: skip
    for account in (-1, 2):
        see = Sight(knowledge, calendar, [desk], program, now=HOUR, case=1, account=account, card=2)
        for name, predicate in PREDICATES.items():
            assert predicate(see, arguments.get(name, 0)) in (True, False), name
    assert {f.name for f in fields(Sight)} == {
        "knowledge", "calendar", "desks", "program", "now", "case", "account", "card",
    }  # fmt: skip


# -- what is done with it ------------------------------------------------------------------------------------


def changed_after(plan: Plan, run: Run, now: int, luck: np.random.Generator) -> Plan:
    """Another truth that nobody can tell from the plan of a run up to and including a moment.

    What happened until then is the same. Whatever would happen later happens at another time (never before), leaves
    by another way, at another bank, is reported later or by nobody; other people's money comes and goes otherwise.
    """
    t, a, v = plan.transfers, plan.accounts, plan.victims
    before = run.rows.part(0, int(np.searchsorted(run.rows.time, now, side="right")))

    def accounts_in(kind: int) -> Flags:
        rows = before.at(before.of(kind))
        found = np.zeros(len(a), dtype=bool)
        found[plan.account_first[rows.case] + rows.account] = True
        return found

    held = accounts_in(HOLD)
    held = np.isin(a.card, a.card[held])
    named = np.isin(a.card, a.card[accounts_in(KNOWN)])
    credited = np.where(t.parent < 0, 0, run.times[t.parent])
    unborn = credited > now  # anything may become of it
    waiting = ~unborn & (run.times > now) & ~held[t.source]  # never blocked so far: it may take longer
    later = luck.integers(0, 3 * DAY, len(t))
    dwell = np.where(unborn, later, np.where(waiting, t.dwell + later, t.dwell))
    banks = len(run.scenario.banks)
    plain = (unborn | waiting) & (t.exit >= 0) & (t.target < 0) & (a.bank[t.source] < banks)
    ways = luck.integers(0, len(run.scenario.criminals.exits), len(t))

    born = np.zeros(len(a), dtype=bool)
    born[t.target[(t.target >= 0) & (run.times <= now)]] = True
    alone = np.bincount(a.card, minlength=len(a))[a.card] == 1
    fresh = ~born & ~named & alone & (a.number > 0) & (a.bank < banks) & (v.bystander[a.case] == 0)
    silent = luck.random(len(v)) < 0.3
    told = np.where(silent, NEVER, v.reported + luck.integers(0, DAY, len(v)))
    shift = luck.integers(0, DAY, len(v))
    o = plan.others
    to_come, once_held = o.came > now, held[o.account]
    delay = luck.integers(0, DAY, len(o))
    return replace(
        plan,
        transfers=replace(
            t,
            dwell=dwell,
            retry=np.where(held[t.source], t.retry, luck.integers(0, HOUR, len(t))),
            exit=np.where(plain, ways, t.exit),
        ),
        accounts=replace(
            a,
            bank=np.where(fresh, luck.integers(0, banks, len(a)), a.bank),
            wrong=np.where(fresh, luck.integers(0, 2, len(a)), a.wrong),
            objects_after=np.where(held, a.objects_after, luck.integers(0, DAY, len(a))),
        ),
        others=replace(
            o,
            amount=np.where(to_come, luck.integers(1, 1_000_000, len(o)), o.amount),
            due=np.where(to_come | (~once_held & (o.due > now)), o.due + delay, o.due),
            retry=np.where(once_held, o.retry, luck.integers(0, HOUR, len(o))),
        ),
        victims=replace(
            v,
            reported=np.where((v.reported > now) & (v.reported < NEVER), told, v.reported),
            first_payment=np.where(
                (v.bystander > 0) & (v.first_payment > now), v.first_payment + shift, v.first_payment
            ),
        ),
    )


def known_alike(scenario: Scenario, seed: int, share: float) -> bool:
    """Run a plan and a changed one; whether the logs agree up to the change.

    Args:
        share: of the rows of the log that come before the change.
    """
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, plan=plan)
    now = int(run.rows.time[int(share * (len(run.rows) - 1))])
    other = simulate(scenario, plan=changed_after(plan, run, now, np.random.default_rng(seed)))
    counts = [int(np.searchsorted(one.rows.time, now, side="right")) for one in (run, other)]
    assert not np.array_equal(run.times, other.times)  # the change changed something
    return counts[0] == counts[1] and same_log(run.rows.part(0, counts[0]), other.rows.part(0, counts[1]))


OWN = Path(__file__).parent.parent.parent / "scenarios" / "policies.py"
QUEUES = (*POLICIES, "most_at_risk", "write_off", f"{OWN}:large_then_fresh")
WRITE_OFF = WriteOff.model_validate({"above": 2, "least": "500 yuan"})


@settings(max_examples=some(60))
@given(
    seed=st.integers(0, 2**40), react=st.booleans(), queue=st.sampled_from(QUEUES),
    share=st.floats(0.02, 0.6), few=st.integers(1, 3),
)  # fmt: skip
def test_nobody_acts_on_what_has_not_happened(seed: int, react: bool, queue: str, share: float, few: int) -> None:
    """Two truths alike up to a moment have one log up to it, with every element, every policy and field teams on."""
    scenario = with_queue(whole(react=react), queue, few)
    assert known_alike(scenario, seed, share)


def with_queue(scenario: Scenario, queue: str, staff: int) -> Scenario:
    """A scenario whose analysts and field teams are few and serve their queues by a policy."""
    write_off = WRITE_OFF if queue == "write_off" else None
    desks = scenario.desks | {
        name: scenario.desks[name].model_copy(
            update={"queue": queue, "write_off": write_off, "staff": staff, "shifts": None}
        )
        for name in ("analyst", "police")
    }
    return scenario.model_copy(update={"desks": desks})


@pytest.fixture
def truth(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans of this file's runs, the present one last: what a cheat may look at."""
    plans: list[Plan] = []
    run_plan = simulate

    def noted(scenario: Scenario, *, plan: Plan) -> Run:
        plans.append(plan)
        return run_plan(scenario, plan=plan)

    monkeypatch.setitem(globals(), "simulate", noted)
    return plans


def leaves_after(plan: Plan, account: int) -> int:
    """ms after its credit at which an account's money will really begin to leave."""
    return min((plan.forest.dwell[i] for i in plan.forest.outgoing(account)), default=0)


def test_a_policy_that_knows_the_future_is_caught(monkeypatch: pytest.MonkeyPatch, truth: list[Plan]) -> None:
    """A policy that is told when money will really leave gives two logs where the future alone differs."""
    view_account = Knowledge.view_account

    def peeking(self: Knowledge, account: int, *rest: int) -> View:
        return view_account(self, account, *rest)._replace(credited=-leaves_after(truth[-1], account))

    monkeypatch.setattr(Knowledge, "view_account", peeking)
    scenario = with_queue(whole(), "freshest_first", 1)
    assert not all(known_alike(scenario, seed, 0.6) for seed in range(6))


REST = DurationDist.parse("2h")
GO_OR_STAY = {
    "look": {"choose": [{"if": {"amount_at_least": "1 fen"}, "to": "ride"}, {"else": "stay"}]},
    **ROUTES["field"]["steps"],
    "stay": {"end": "stayed"},
}


@pytest.mark.parametrize("who", ["bank", "field team"])
def test_a_decision_that_knows_the_future_is_caught(
    monkeypatch: pytest.MonkeyPatch, truth: list[Plan], who: str
) -> None:
    """A bank or a field team that acts only where money will leave soon gives two logs where the future differs.

    What field teams go for rests for two hours here, so that some of it is still there when they decide.
    """
    soon = 10 * MINUTE if who == "bank" else 3 * HOUR

    def peeking(see: Sight, _: object) -> bool:
        return see.account >= 0 and leaves_after(truth[-1], see.account) < soon

    monkeypatch.setitem(PREDICATES, "refused" if who == "bank" else "amount_at_least", peeking)  # type: ignore[misc]
    routes = ROUTES | ({"field": route(GO_OR_STAY, "cash_exit")} if who == "field team" else {})
    scenario = with_queue(whole(routes=routes), "fifo", 2)
    ways = {
        name: way.model_copy(update={"pending": way.pending and way.pending.model_copy(update={"dwell": REST})})
        for name, way in scenario.criminals.exits.items()
    }
    criminals = scenario.criminals.model_copy(update={"exits": ways})
    scenario = scenario.model_copy(update={"criminals": criminals if who == "field team" else scenario.criminals})
    assert not all(known_alike(scenario, seed, share) for seed in range(12) for share in (0.2, 0.4, 0.6))


def seen(scenario: Scenario, plan: Plan, until: int, deadline: int) -> Known:
    """What responders see of a run at a moment, where analysts have time to decide."""
    engine = Engine(scenario, plan, compile_routes(scenario), deadlines={"analyst": deadline})
    engine.advance(until + 1)
    return sight(engine)


@settings(max_examples=some(40))
@given(seed=st.integers(0, 2**40), share=st.floats(0.02, 0.6), deadline=st.sampled_from([0, 5 * MINUTE, HOUR]))
def test_nobody_sees_what_has_not_happened(seed: int, share: float, deadline: int) -> None:
    """Of two truths alike up to a moment, people from outside see the same up to it."""
    scenario = with_queue(whole(), "most_at_risk", 1)
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, plan=plan, deadlines={"analyst": deadline})
    now = int(run.rows.time[int(share * (len(run.rows) - 1))])
    other = changed_after(plan, run, now, np.random.default_rng(seed))
    assert seen(scenario, plan, now, deadline) == seen(scenario, other, now, deadline)


def test_a_sight_of_the_whole_plan_is_caught() -> None:
    """Somebody who is shown transfers that no bank has named sees two truths apart."""
    scenario = with_queue(whole(), "most_at_risk", 1)
    apart = 0
    for seed in range(4):
        plan = draw_plan(scenario, seed, 0)
        run = simulate(scenario, plan=plan)
        now = int(run.rows.time[len(run.rows) // 3])
        engines = [
            Engine(scenario, truth, compile_routes(scenario))
            for truth in (plan, changed_after(plan, run, now, np.random.default_rng(seed)))
        ]
        for engine in engines:
            engine.advance(now + 1)
            known = engine.world.knowledge.answered_until
            known[:] = type(known)("q", [NEVER] * len(known))  # as if every bank had told of the future too
        apart += sight(engines[0]).flows != sight(engines[1]).flows
    assert apart == 4
