"""The runs whose digests are kept: shipped scenarios, random orders, elements switched off, exercises played alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import get_args

from sim.engine.orders import Action, Order
from sim.engine.run import Run, result_of, simulate
from sim.exercise.load import load_exercise
from sim.exercise.players import Player
from sim.exercise.session import Seat, Session
from sim.fraud.plan import Plan, draw_plan
from sim.scenario.catalogue import folder, names
from sim.scenario.listed import ListedArrivals
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import HOUR, MINUTE, SECOND
from sim.workflow.program import Program, compile_routes
from tests.test_switches import SWITCHES

SEEDS = (1, 2, 3)
LONGEST = 36 * HOUR
"""Period of victims of a scenario whose own is longer."""
FEW = "victims.arrivals.city.per_day=15"
"""The load under which the elements are switched off one by one: the set is large."""

Play = Callable[[], Run]


def plays() -> Iterator[tuple[str, Play]]:
    """(name, what makes the run), in a fixed order."""
    for name in names():
        for seed in SEEDS:
            yield f"{name} {seed}", _straight(name, seed)
            yield f"{name} {seed} orders", _ordered(name, seed)
    for switch in SWITCHES:
        for seed in SEEDS:
            yield f"china {seed} without {switch}", _without(switch, seed)
    for name in names(folder() / "exercises"):
        for seed in SEEDS:
            yield f"exercise {name} {seed}", _exercise(name, seed)


@cache
def shortened(name: str) -> Scenario:
    """A shipped scenario with a period that is soon over."""
    scenario = load(name).scenario
    sources = scenario.victims.arrivals.values()
    listed = [case.at + 1 for source in sources if isinstance(source, ListedArrivals) for case in source.rows]
    horizon = max([LONGEST, *listed])  # who is listed must come
    return scenario if scenario.horizon <= horizon else load(name, [f"horizon={horizon}ms"]).scenario


def _straight(name: str, seed: int) -> Play:
    return lambda: simulate(shortened(name), seed)


def _ordered(name: str, seed: int) -> Play:
    def run() -> Run:
        scenario = shortened(name)
        plan, program = draw_plan(scenario, seed, 0), compile_routes(scenario)
        random = Random(f"{name} {seed}")
        orders = random_orders(random, scenario, plan, program)
        desks = random.sample([desk.name for desk in program.desks], min(2, len(program.desks)))
        seats = {desk: random.choice([1, MINUTE, 20 * MINUTE]) for desk in desks}
        return simulate(scenario, seed, plan=plan, program=program, orders=orders, deadlines=seats)

    return run


def _without(switch: str, seed: int) -> Play:
    return lambda: simulate(load("china", [f"{switch}=null", FEW]).scenario, seed)


def _exercise(name: str, seed: int) -> Play:
    def run() -> Run:
        loaded = load_exercise(name, [f"seed={seed}"])
        people = [Seat(f"s{place}", role, role) for place, role in enumerate(loaded.exercise.roles)]
        session = Session.start(loaded, seats=people)
        players = [Player(seat, reaction=seed * 25 * SECOND) for seat in people]
        while not session.finished:
            session.advance(session.now + 10 * SECOND)
            for player in players if not session.finished else ():
                player.play(session)
        session.engine.run()
        return result_of(session.engine)

    return run


AT_ONCE = [one for one in get_args(Action) if one != "end_heads"]
"""What an order may do without another before it."""


def random_orders(random: Random, scenario: Scenario, plan: Plan, program: Program, most: int = 40) -> list[Order]:
    """Orders of these actions, some at one instant, on subjects known, not yet known, or without such a route."""
    found = []
    at = 0
    for number in range(most):
        if random.random() < 0.8:
            at = random.randrange(scenario.horizon + 6 * HOUR) // MINUTE * MINUTE
        case = random.randrange(len(plan.victims))
        accounts = int(plan.account_first[case + 1] - plan.account_first[case])
        found.append(
            Order(
                at=at, number=number, action=random.choice(AT_ONCE), case=case,
                account=random.randint(-1, min(accounts, 6)), route=random.choice(program.route_names),
                rank=random.randint(-2, 1), desk=random.choice(program.desks).name,
                heads=random.choice([-1000, -1, 1, 2]), lasts=random.choice([0, 1, 7 * MINUTE, 3 * HOUR]),
                policy=random.choice(NAMED_POLICIES),
            )
        )  # fmt: skip
    return found
