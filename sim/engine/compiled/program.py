"""The workflow as columns of the state: steps, routes, desks, holders. And which scenarios the rules can run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from sim.engine.compiled.rules_choose import PREDICATE_NAMES
from sim.engine.compiled.rules_effects import EFFECT_NAMES
from sim.engine.compiled.state import State
from sim.scenario import people
from sim.scenario.models import Scenario
from sim.scenario.workflow import SIGNALS
from sim.words.phrases import Phrase, phrase
from sim.words.units import MAX_DURATION
from sim.workflow.log import NONE
from sim.workflow.newcomers import concerned, rules_of
from sim.workflow.policies import POLICIES
from sim.workflow.program import Program, Test
from sim.workflow.ranking import AT_RISK, PER_DOUBLING, AtRisk, place_of_age
from sim.workflow.signals import CLEARS, matters
from sim.workflow.sources import routes_of_sources
from sim.workflow.teams import feeding, handed_over, woken_by

_MOST_BITS = 62
_NAMES_AS_BITS = ("places", "channels", "scams", "ages")


def why_not(program: Program, scenario: Scenario) -> Phrase | None:
    """Why a scenario needs the reference engine; None where the compiled rules know all of it."""
    for desk in program.desks:
        if desk.policy not in POLICIES and desk.policy not in AT_RISK:
            return phrase("the queue policy of {name} is a function in Python", name=desk.name)
    for effect in program.effect:
        if effect and effect not in EFFECT_NAMES:
            return phrase("the effect {effect} is not compiled", effect=effect)
    for lines in program.branches:
        for tests, _, _ in lines:
            for name, argument in tests:
                if name not in PREDICATE_NAMES:
                    return phrase("the predicate {name} is not compiled", name=name)
                if name in _NAMES_AS_BITS and argument and max(argument) > _MOST_BITS:
                    return phrase("more than {most} names of {name}", most=_MOST_BITS, name=name)
    if len(SIGNALS) + len(program.route_names) > _MOST_BITS:
        return phrase("more than {most} routes", most=_MOST_BITS - len(SIGNALS))
    return None


def put_workflow(s: State, program: Program, scenario: Scenario) -> None:
    """Write a workflow into the state."""
    _put_steps(s, program)
    _put_lines(s, program)
    _put_routes(s, program)
    _put_desks(s, program, scenario)
    _put_law(s, program, scenario)
    _put_risk(s, scenario)


def _put_steps(s: State, program: Program) -> None:
    s.n_steps, s.n_desks, s.n_routes = len(program.names), len(program.desks), len(program.route_names)
    loops: list[int] = []
    used = [0] * len(program.first)
    for route, again in zip(program.route, program.comes_again, strict=True):
        loops.append(used[route] if again else NONE)
        used[route] += again
    s.n_loops = max(1, *used)
    s.put("again_of", loops)
    for name, column in (
        ("kind_of", program.kind), ("next_of", program.next), ("desk_of", program.desk), ("skill_of", program.skill),
        ("attempts_of", program.attempts), ("exhausted_of", program.on_exhausted),
        ("start_route", program.start_route), ("start_for", program.start_for), ("open_desk", program.open_desk),
        ("before_lapse", program.before_lapse), ("renege_of", program.on_renege), ("timeout_of", program.on_timeout),
    ):  # fmt: skip
        s.put(name, column)
    s.put("effect_of", [EFFECT_NAMES.index(name) if name else NONE for name in program.effect])
    s.put("patient", [patience is not None for patience in program.patience])
    s.put("limited", [limit is not None for limit in program.at_most])
    s.put("awaited", [mask for mask, _ in program.signals])
    s.put("awaits_all", [every for _, every in program.signals])
    _put_lists(s, "team_first", program.team)
    members = [member for team in program.team for member in team] or [(0, 0)]
    s.put("team_desk", [desk for desk, _ in members])
    s.put("team_heads", [heads for _, heads in members])
    s.n_members = max(1, *(sum(heads for _, heads in team) for team in program.team))
    s.teams = int(any(program.team))


def _put_lists(s: State, name: str, lists: Sequence[Sequence[object]]) -> None:
    """Where each of several lists begins, and where the last ends."""
    s.put(name, list(accumulate((len(one) for one in lists), initial=0)))


def _put_lines(s: State, program: Program) -> None:
    lines = [line for of_step in program.branches for line in of_step]
    _put_lists(s, "line_first", program.branches)
    s.put("line_p", [p for _, p, _ in lines] or [1.0])
    s.put("line_to", [to for _, _, to in lines] or [0])
    tests = [[one for test in tests for one in _as_numbers(test)] for tests, _, _ in lines]
    _put_lists(s, "test_first", tests)
    flat = [one for some in tests for one in some] or [(0, 0, 0)]
    for place, name in enumerate(("test_of", "test_arg", "test_other")):
        s.put(name, [one[place] for one in flat])


def _as_numbers(test: Test) -> list[tuple[int, int, int]]:
    """A predicate as numbers: which, its argument, another; one that names several desks is several."""
    name, argument = test
    which = PREDICATE_NAMES.index(name)
    if name in _NAMES_AS_BITS:
        return [(which, sum(1 << number for number in argument), 0)]
    if name == "waiting":
        return [(which, desk, heads) for desk, heads in argument]
    return [(which, int(argument), 0)]


def _put_routes(s: State, program: Program) -> None:
    s.put("first_of", program.first)
    s.put("of_account", program.of_account)
    signals = matters(program)
    s.awaited_all, s.matter, s.matter_to_cases, s.of_case = signals
    s.done_bit = program.signal_of_done
    s.put("done_awaited", [(s.matter >> (s.done_bit + route)) & 1 for route in range(s.n_routes)])
    s.put("clears", [CLEARS.get(1 << place, 0) for place in range(len(SIGNALS))])


def _put_desks(s: State, program: Program, scenario: Scenario) -> None:
    desks = [spec.roster if isinstance(spec.roster, people.Desk) else None for spec in program.desks]
    surges = [desk.surge if desk else None for desk in desks]
    ends = [desk.shift_end if desk else None for desk in desks]
    drops = [desk.write_off if desk else None for desk in desks]
    hands_over = [end is not None and end.briefing is not None for end in ends]
    overtime = [end.most if end and end.most else 0 for end in ends]
    skilled = [desk is not None and bool(desk.skills) for desk in desks]
    policies: Sequence[str] = people.NAMED_POLICIES
    s.put(
        "policy_at_first",
        [policies.index("most_at_risk" if spec.policy in AT_RISK else spec.policy) for spec in program.desks],
    )
    s.put("skilled", skilled)
    s.put("agency", [law is not None for law in program.hand_over])
    s.agencies = int(any(law is not None for law in program.hand_over))
    s.put("hands_over", hands_over)
    s.put("overtime_of", overtime)
    s.put("surge_above", [surge.above if surge else NONE for surge in surges])
    s.put("surge_heads", [surge.heads if surge else 0 for surge in surges])
    s.put("surge_lasts", [surge.lasts if surge else 0 for surge in surges])
    s.put("drop_above", [drop.above if drop else NONE for drop in drops])
    s.put("drop_least", [drop.least if drop else 0 for drop in drops])
    learning = rules_of(program)
    s.put("new_for", [rule.for_ if rule else 0 for rule in learning])
    s.put("new_slower", [rule.slower if rule else 1.0 for rule in learning])
    s.newcomers, new = int(any(rule is not None for rule in learning)), concerned(program)
    over = handed_over(program, hands_over)
    s.put("handed_over", over)
    s.put("ruled", [
        skilled[number] or surges[number] is not None or overtime[number] > 0 or new[number]
        or any(one and desk == number for one, desk in zip(over, program.desk, strict=True))
        for number in range(s.n_desks)
    ])  # fmt: skip
    wakes = woken_by(program)
    feeds = feeding(wakes)
    _put_lists(s, "wakes_first", [sorted(some) for some in wakes])
    s.put("wakes", [queue for some in wakes for queue in sorted(some)])
    _put_lists(s, "feeds_first", feeds)
    s.put("feeds", [member for some in feeds for member in some])
    for name in (
        "capacity", "valid_until", "waiting", "queue", "busy_count", "dirty", "dirty_desks", "round_desks", "watched",
        "calls", "expected", "called", "stays", "n_ordered", "deadline", "deadline_at_first", "policy_of",
        "asked_again", "special",
    ):  # fmt: skip
        s.fill(name, s.n_desks)


def _put_law(s: State, program: Program, scenario: Scenario) -> None:
    law = scenario.law
    s.law = int(law is not None)
    if law is not None:
        s.law_stop, s.law_most, s.law_freeze, s.law_renewals = law.stop, law.most_stops, law.freeze, law.renewals
    s.most_stops = program.most_stops
    s.put("bank_desk", program.bank_desk)
    s.put("bank_profile", program.bank_profile)
    profiles = [holder.profile for holder in scenario.holders]
    s.put("refusal_of", [0.0 if one is None else scenario.bank_profiles[one].refuses for one in profiles])
    s.put("field_of", [holder.field for holder in scenario.holders])
    s.cash_exits = int(any(holder.field for holder in scenario.holders))
    s.first_rail = scenario.first_rail
    frozen = 1 << SIGNALS.index("frozen")
    s.stop_is_freeze = int(law is None and bool(frozen & s.matter))
    reaction = scenario.criminals.reaction
    s.put("reals", [reaction.speed if reaction else 1.0])
    s.report_route, s.warning_route, s.lead_route, s.alarm_route = routes_of_sources(scenario, program)
    s.objections_route = program.route_names.index(scenario.objections.route) if scenario.objections else NONE
    s.horizon, s.limit = scenario.horizon, scenario.horizon + scenario.follow_up


def _put_risk(s: State, scenario: Scenario) -> None:
    """The tables of what is at risk, and the age at which each of their places begins."""
    at_risk = AtRisk(scenario.criminals.dwell_by_layer)
    s.put("rate", np.concatenate([np.asarray(one) for one in at_risk.density]))
    s.put("expected_left", np.concatenate([np.asarray(one) for one in at_risk.survival]))
    s.layers, s.ages = len(at_risk.density), len(at_risk.density[0])
    s.put("age_edge", _age_edges(s.ages))


@cache
def _age_edges(places: int) -> list[int]:
    """By place in the tables: the first age (ms) that it is of, or that a later place is of."""
    edges = []
    for place in range(places):
        age = max(0, int(2 ** (place / PER_DOUBLING)) - 2)
        while age < MAX_DURATION and place_of_age(age) < place:
            age += 1
        edges.append(age)
    return edges
