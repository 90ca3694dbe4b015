"""The workflow as plain arrays: what the engine reads instead of models.

Steps of all routes are numbered through; each column has one entry per step. Desks are numbered: the scenario's
desks in order, then one desk for each holder that can be asked: the banks, exits with pending money, machines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.scenario.banks import Outage
from sim.scenario.distributions import DurationDist
from sim.scenario.duties import route_of_duties
from sim.scenario.models import Scenario
from sim.scenario.people import Desk, Rostered
from sim.scenario.workflow import SIGNALS, Branch, Route, Step

WORK, WAIT, DO, CHOOSE, START, AWAIT, CANCEL, END = range(8)
_KIND = {
    "work": WORK,
    "wait": WAIT,
    "do": DO,
    "choose": CHOOSE,
    "start": START,
    "await": AWAIT,
    "cancel": CANCEL,
    "end": END,
}

BANK = -1
"""In `desk`: the desk of the account's holder."""
NONE = -1

OUT_OF_REACH = "out_of_reach"
"""Outcome and leak cause of an account whose bank cannot be asked."""
WRITTEN_OFF = "written_off"
"""Outcome and leak cause of an account that was dropped from a queue as nearly hopeless."""

Test = tuple[str, Any]
"""A predicate of a choose by its name in `workflow.predicates`, and its argument with numbers for names."""

THIS, VICTIM, REVEALED, CASH_EXITS = range(4)
_START_FOR = {"this": THIS, "victim": VICTIM, "each_revealed": REVEALED, "each_cash_exit_known": CASH_EXITS}


@dataclass(frozen=True)
class DeskSpec:
    """A desk as the engine sees it."""

    name: str
    """As in pictures and tables: the role, or `bank:NAME`, `exit:NAME`, `rail:NAME`."""
    roster: Rostered
    policy: str
    outages: tuple[Outage, ...] = ()
    """Of a bank: nobody there works meanwhile."""


@dataclass(frozen=True)
class Program:
    """The compiled workflow: one entry per step in each column."""

    route_names: Sequence[str]
    """Of the scenario; the route of duties, which stands behind them, has none."""
    first: Sequence[int]
    """By route: its first step."""
    of_account: Sequence[bool]
    """By route: its subject is an account (else a case)."""

    background: Sequence[bool]
    """By route: its steps say nothing about where lost money is booked."""
    names: Sequence[str]
    """`route.step`"""
    comes_again: Sequence[bool]
    """A token may come here more than once: the step lies on a circle."""
    route: Sequence[int]
    kind: Sequence[int]
    next: Sequence[int]
    desk: Sequence[int]
    """Desk that keeps the queue: a number, BANK or NONE."""
    team: Sequence[tuple[tuple[int, int], ...]]
    """(desk, heads) seized for a piece of work; empty where it is one head of `desk`."""
    skill: Sequence[int]
    """Only people of the desk with a number of at most this can do it; NONE: all can."""
    time: Sequence[DurationDist | None]
    """Of a piece of work or a wait; None at a bank: its profile's."""
    factor: Sequence[float]
    add: Sequence[int]
    """A drawn time is multiplied by `factor`, then `add` ms are added (see the scenario's `latency`)."""
    patience: Sequence[DurationDist | None]
    on_renege: Sequence[int]
    attempts: Sequence[int]
    """How often a token may come here; NONE for no limit."""
    on_exhausted: Sequence[int]
    effect: Sequence[str]
    branches: Sequence[tuple[tuple[tuple[Test, ...], float, int], ...]]
    """(tests, p, step): taken where all tests hold (p = 1), or by chance p (no tests)."""
    start_route: Sequence[int]
    start_for: Sequence[int]
    """Of a start: THIS, VICTIM, REVEALED or CASH_EXITS."""
    open_desk: Sequence[int]
    """A wait until this desk has someone on duty; NONE for another wait."""
    before_lapse: Sequence[int]
    """A wait until so many ms before the hold in force ends; NONE for another wait."""
    travel: Sequence[bool]
    """The way to the subject's district is added to the time."""
    within: Sequence[int]
    """Service level in ms; NONE where there is none."""
    signals: Sequence[tuple[int, bool]]
    """(bit mask, all of them) of an await."""
    at_most: Sequence[DurationDist | None]
    on_timeout: Sequence[int]
    leak_wait: Sequence[str]
    leak_work: Sequence[str]
    outcome: Sequence[str]
    """Of an end; of work at a desk that writes off, WRITTEN_OFF."""

    desks: Sequence[DeskSpec]
    hand_over: Sequence[DurationDist | None]
    """By desk: until a piece of work has reached it; None: at once."""
    bank_desk: Sequence[int]
    """By holder: its desk, or NONE where it cannot be asked."""
    bank_profile: Sequence[int]
    """By holder: the number of its profile, or NONE."""
    profile_time: Sequence[DurationDist]
    signal_of_done: int
    """The bit of done(route 0); those of the other routes follow."""
    duties: int
    """The route whose steps are the duties, one after the other, and no way of a case; NONE without duties."""
    most_stops: int
    """Stops that the law allows of one account; NONE for any number."""
    rosters: dict[int, Any] = field(default_factory=dict, compare=False, repr=False)
    """By desk: what all replications share of its roster, once it was asked for (see `Calendar`)."""


def compile_routes(scenario: Scenario) -> Program:
    """Turn a scenario's routes, desks and banks into arrays."""
    routes = list(scenario.routes.items())
    route_number = {name: r for r, (name, _) in enumerate(routes)}
    if scenario.duties:
        routes.append(("duties", route_of_duties(scenario.duties)))
    steps: list[tuple[int, str, Step]] = [
        (r, name, step) for r, (_, route) in enumerate(routes) for name, step in route.steps.items()
    ]
    number = {(r, name): i for i, (r, name, _) in enumerate(steps)}
    desk_number = {name: d for d, name in enumerate(scenario.desks)}
    profiles = list(scenario.bank_profiles)
    bits = {name: 1 << b for b, name in enumerate((*SIGNALS, *(f"done({name})" for name in scenario.routes)))}

    desks = [DeskSpec(name, desk, desk.queue) for name, desk in scenario.desks.items()]
    bank_desk, bank_profile = [], []
    for number_of_holder, holder in enumerate(scenario.holders):
        bank_desk.append(NONE if holder.profile is None else len(desks))
        bank_profile.append(NONE if holder.profile is None else profiles.index(holder.profile))
        if holder.profile is not None:
            profile = scenario.bank_profiles[holder.profile]
            name = f"bank:{holder.name}" if number_of_holder < len(scenario.banks) else holder.name
            desks.append(DeskSpec(name, profile, profile.queue, holder.outages))

    def to(r: int, name: str | None) -> int:
        return NONE if name is None else number[r, name]

    def after(r: int, name: str, route: Route) -> int:
        return to(r, route.following(name).get("to"))

    def change(r: int, step: Step) -> tuple[float, int]:
        if r == len(scenario.routes):
            # How fast cases are answered is one thing, what duties take another; nothing holds up an instant centre.
            return min(1.0, scenario.latency["all"].factor) if "all" in scenario.latency else 1.0, 0
        changes = [scenario.latency[stage] for stage in ("all", step.stage) if stage in scenario.latency]
        factor = 1.0
        for one in changes:
            factor *= one.factor
        return factor, sum(one.add for one in changes)

    def seized(step: Step) -> tuple[tuple[int, int], ...]:
        team = step.work.team if step.work and step.work.team else {}
        pairs = tuple((desk_number[name], heads) for name, heads in team.items())
        return pairs if len(pairs) > 1 or any(heads > 1 for _, heads in pairs) else ()

    def queue_at(step: Step) -> int:
        if step.work is None:
            return NONE
        return BANK if step.work.team is None else desk_number[next(iter(step.work.team))]

    def skilled(step: Step) -> int:
        if step.work is None or step.work.skill is None:
            return NONE
        desk = scenario.desks[next(iter(step.work.team or {}))]
        return NONE if desk.skills is None else desk.skills[step.work.skill]

    def dropped(step: Step) -> str:
        desk = scenario.desks.get(next(iter(step.work.team or {}), "")) if step.work else None
        return WRITTEN_OFF if desk and desk.queue == "write_off" else ""

    def tests(branch: Branch) -> tuple[Test, ...]:
        p = branch.if_
        if p is None:
            return ()
        numbers: dict[str, Callable[[Any], Any]] = {
            "bank_profile": profiles.index,
            "desk_open": desk_number.__getitem__,
            "places": _numbers(scenario.criminals.places),
            "channels": _numbers(scenario.victims.channels),
            "scams": _numbers(scenario.victims.scams),
            "ages": _numbers(scenario.victims.ages),
            "waiting": lambda least: tuple((desk_number[desk], heads) for desk, heads in least.items()),
        }
        given = ((name, getattr(p, name)) for name in type(p).model_fields)
        return tuple((name, numbers.get(name, _same)(value)) for name, value in given if value is not None)

    def branches(r: int, step: Step) -> tuple[tuple[tuple[Test, ...], float, int], ...]:
        return tuple((tests(b), 1.0 if b.p is None else b.p, to(r, b.target)) for b in step.choose or [])

    def signals(step: Step) -> tuple[int, bool]:
        if step.await_ is None:
            return 0, False
        return sum({bits[name] for name in step.await_.signals}), step.await_.all is not None

    changed = [change(r, step) for r, _, step in steps]
    return Program(
        route_names=list(scenario.routes),
        first=[number[r, route.first] for r, (_, route) in enumerate(routes)],
        of_account=[route.of_account for _, route in routes],
        background=[route.background is True for _, route in routes],
        names=[f"{routes[r][0]}.{name}" for r, name, _ in steps],
        comes_again=[name in _reachable(routes[r][1], name) for r, name, _ in steps],
        route=[r for r, _, _ in steps],
        kind=[_KIND[step.kind] for _, _, step in steps],
        next=[after(r, name, routes[r][1]) for r, name, _ in steps],
        desk=[queue_at(step) for _, _, step in steps],
        team=[seized(step) for _, _, step in steps],
        skill=[skilled(step) for _, _, step in steps],
        time=[step.work.time if step.work else step.wait.for_ if step.wait else None for _, _, step in steps],
        factor=[factor for factor, _ in changed],
        add=[add for _, add in changed],
        patience=[step.work.patience if step.work else None for _, _, step in steps],
        on_renege=[to(r, step.work.on_renege) if step.work else NONE for r, _, step in steps],
        attempts=[NONE if step.attempts is None else step.attempts for _, _, step in steps],
        on_exhausted=[to(r, step.on_exhausted) for r, _, step in steps],
        effect=[step.do or "" for _, _, step in steps],
        branches=[branches(r, step) for r, _, step in steps],
        start_route=[route_number[s.route] if (s := step.start or step.cancel) else NONE for _, _, step in steps],
        start_for=[_START_FOR[step.start.for_] if step.start else THIS for _, _, step in steps],
        open_desk=[
            desk_number[step.wait.until_open] if step.wait and step.wait.until_open else NONE for _, _, step in steps
        ],
        before_lapse=[
            NONE if step.wait is None or step.wait.before_lapse is None else step.wait.before_lapse
            for _, _, step in steps
        ],
        travel=[step.work is not None and step.work.travel is True for _, _, step in steps],
        within=[NONE if step.within is None else step.within for _, _, step in steps],
        signals=[signals(step) for _, _, step in steps],
        at_most=[step.await_.at_most if step.await_ else None for _, _, step in steps],
        on_timeout=[to(r, step.await_.on_timeout) if step.await_ else NONE for r, _, step in steps],
        leak_wait=[step.leak.wait or "" for _, _, step in steps],
        leak_work=[step.leak.work or "" for _, _, step in steps],
        outcome=[step.end or dropped(step) for _, _, step in steps],
        desks=desks,
        hand_over=[spec.roster.hand_over if isinstance(spec.roster, Desk) else None for spec in desks],
        bank_desk=bank_desk,
        bank_profile=bank_profile,
        profile_time=[scenario.bank_profiles[name].time for name in profiles],
        signal_of_done=len(SIGNALS),
        duties=len(scenario.routes) if scenario.duties else NONE,
        most_stops=NONE if scenario.law is None else scenario.law.most_stops,
    )


def _numbers(of: Iterable[str] | None) -> Callable[[list[str]], frozenset[int]]:
    """Turns names into their places among all names; those that the scenario does not tell apart have none."""
    place = {name: number for number, name in enumerate(of or ())}
    return lambda names: frozenset(place[name] for name in names if name in place)


def _reachable(route: Route, start: str) -> set[str]:
    """Steps that a token may come to after a step."""
    found: set[str] = set()
    edge = [start]
    while edge:
        new = set(route.following(edge.pop()).values()) - found
        found |= new
        edge.extend(new)
    return found


def _same(value: Any) -> Any:
    return value
