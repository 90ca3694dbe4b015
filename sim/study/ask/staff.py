"""How many people: the roster that meets a target for the least cost, or that saves most beyond its cost.

What is saved is recovered or prevented: what the metric `net_benefit` takes the cost from, here as everywhere.

Cost is the metric `cost` without the wages after the horizon: who works when no more victims pay is not part of the
comparison with what those victims got back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from sim.fraud.groups import Floats
from sim.scenario.models import Scenario
from sim.scenario.people import MOST_STAFF
from sim.study.ask.aim import Aim
from sim.study.ask.goals import goals_of, sure
from sim.study.ask.heads import Variable, offered, variables_of, with_heads
from sim.study.ask.offered_load import of_hours, square_root
from sim.study.ask.reach import OutOfReachError, Reach
from sim.study.infer.search import Found, search
from sim.study.infer.stats import NAN, Summary, paired, summary
from sim.study.infer.trials import (
    CLIMB,
    COST,
    FRESH,
    MEASURE,
    SAVED,
    Evaluate,
    Goal,
    Heads,
    Outcome,
    OutOfBudgetError,
    Space,
    Trials,
)
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import check_metrics, of_each
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.phrases import phrase
from sim.words.quantities import YUAN, read_quantity

RUNGS = 4
"""Heads more, and heads fewer, that are tried from the best roster for the picture of cost against recovered."""
REPORT = 900_000_000
"""Number of the first replication of what is told of the best roster: luck that no choice has seen."""


@dataclass(frozen=True)
class Change:
    """What another roster brings: paired differences, in yuan."""

    saved: Summary
    cost: Summary
    net: Summary


@dataclass(frozen=True)
class Told:
    """A roster with what it gives, on luck that the search has not seen."""

    heads: Heads
    cost: Summary
    saved: Summary
    """Recovered and prevented."""
    net: Summary
    share: Summary
    """`recovered_share`."""
    measure: Summary | None
    """Of the target's metric."""
    gap: Summary | None
    """How far that is from the scenario as it is, paired."""
    change: Change
    """From the scenario as it is."""
    busy: Mapping[str, float]
    """By desk: share of the rostered time that is worked, mean over the runs."""


@dataclass(frozen=True)
class Level:
    """A goal and the roster on a ladder that first reaches it with 95% confidence."""

    value: float
    """In the unit of the metric: a share, or seconds."""
    rung: Told


@dataclass(frozen=True)
class Staffed:
    """The answer of `staff`."""

    scenario: Scenario
    variables: Sequence[Variable]
    aim: Aim | None
    goal: Goal
    load: dict[str, Floats]
    """By desk: erlangs by hour of the day."""
    start: Heads
    """Square-root staffing."""
    space: Space
    found: Found
    runs: int
    best: Told
    now: Told
    """The scenario as it is."""
    next_heads: Sequence[Change]
    """By variable: one head more than the best roster."""
    ladder: Sequence[Told]
    """By cost: the best roster, and what a few heads fewer and more would do, each time the one that pays most."""
    levels: Sequence[Level]
    """Of the share recovered."""
    aim_ladder: Sequence[Told]
    """The same ladder for the target's metric in place of what is recovered; empty where that is the share recovered,
    or where there is no target."""
    aim_levels: Sequence[Level]
    """Of the target's metric."""
    tried: Sequence[tuple[float, float]]
    """Of every roster of the climb: cost and what is saved beyond those of the scenario as it is (means, yuan)."""


def staff(
    runner: Runner,
    scenario: Scenario,
    desks: Sequence[str],
    aim: Aim | None = None,
    *,
    zone: str | None = None,
    most: int | None = None,
    budget: int = 2_000,
    replications: int = 50,
) -> Staffed:
    """Search the roster of some desks.

    Args:
        runner: does the runs.
        scenario: as it is now.
        desks: whose heads may change.
        aim: to be met at the least cost; None: the most saved less cost.
        zone: the indifference zone as text, in yuan (`500 yuan`) or in the unit of the aim; None for the usual one:
            half of what the cheapest head costs, or `SHARE_ZONE`, `TIME_ZONE`.
        most: heads that a shift has room for; None: well above what the load asks for.
        budget: runs of the search.
        replications: for what is told of the answer, at least 2.

    Raises:
        StudyError: nothing can be said: an unknown desk or metric, a desk without a price, a target out of reach.
    """
    variables = variables_of(scenario, desks)
    load = offered(scenario, variables, runner.seed)
    peaks = [of_hours(load[one.desk], one.hours(scenario)) for one in variables]
    now = tuple(one.now(scenario) for one in variables)
    goal = _goal(scenario, variables, aim, zone, now)
    start = tuple(square_root(peak) for peak in peaks)
    least = tuple(one.least for one in variables)
    space = Space(least, _room(least, now, peaks, most))
    around = (1 + 4 * RUNGS * (len(variables) + 1)) * CLIMB
    at_the_end = replications * (2 + 4 * RUNGS + len(variables))
    runner.begin(key("search"), at_most=budget + around + at_the_end)
    trials = Trials(_evaluator(runner, scenario, variables, aim), budget)
    if aim is not None:
        check_metrics([aim.metric], scenario, runner.seed, option="--target")
    found = search(trials, space, [start, now], goal)
    if aim is not None and not found.met:
        trials.budget = trials.runs + found.tested
        raise OutOfReachError(Reach(aim, found, variables, goal.zone, *_reached(trials, found, now)))
    searched = trials.runs
    trials.budget = searched + around
    tried = _tried(trials, now)
    runner.begin(key("other rosters around it"), at_most=around + at_the_end)
    rungs = _ladder(trials, space, found.heads, SAVED)
    other = aim is not None and aim.metric != "recovered_share"
    aim_rungs = _ladder(trials, space, found.heads, MEASURE) if other else []
    more = [
        tuple(min(n + (i == place), MOST_STAFF) for i, n in enumerate(found.heads)) for place in range(len(variables))
    ]
    numbers = range(REPORT, REPORT + replications)
    shown = list(dict.fromkeys([found.heads, now, *rungs, *aim_rungs, *more]))
    runner.begin(key("what is told"), replications * len(shown))
    runs = dict(zip(shown, zip(*_runs(runner, scenario, variables, shown, numbers), strict=True), strict=True))
    told = {heads: _told(heads, runs[heads], aim, runs[now]) for heads in shown}
    ladder, aim_ladder = (sorted((told[one] for one in some), key=_price) for some in (rungs, aim_rungs))
    known, aim_known = (sorted((told[one] for one in {*some, now}), key=_price) for some in (rungs, aim_rungs))
    return Staffed(
        scenario=scenario, variables=variables, aim=aim, goal=goal, load=load, start=space.clip(start), space=space,
        found=found, runs=searched, best=told[found.heads], now=told[now],
        next_heads=[_change(runs[found.heads], runs[up]) for up in more],
        ladder=ladder, levels=levels_of(known), aim_ladder=aim_ladder,
        aim_levels=levels_of(aim_known, aim) if aim_ladder else [],
        tried=tried,
    )  # fmt: skip


def levels_of(ladder: Sequence[Told], aim: Aim | None = None) -> list[Level]:
    """Round values that a ladder (by cost) reaches with 95% confidence, each with the cheapest rung that does; of
    several that one rung reaches, the hardest. They lie at least half an interval apart.

    Args:
        ladder: the rungs, and today's roster among them.
        aim: whose metric is told; None for the share recovered.
    """
    told = [measured(one, aim) for one in ladder]
    at_most = aim is not None and aim.at_most
    edges = [sure(one, at_most=at_most) for one in told]
    halves = [half for one in told if not isnan(half := (one.high - one.low) / 2)]
    hardest: dict[int, float] = {}
    for mark, place in goals_of(edges, at_most=at_most, width=min(halves, default=0.0)):
        best = hardest.get(place, mark)
        hardest[place] = min(best, mark) if at_most else max(best, mark)
    return [Level(mark, ladder[place]) for place, mark in hardest.items()]


def measured(one: Told, aim: Aim | None) -> Summary:
    """What goals are told of: the metric of an aim, or the share recovered."""
    return one.share if aim is None or one.measure is None else one.measure


# -- the parts of a search ---------------------------------------------------------------------------------


def _room(least: Heads, now: Heads, peaks: Sequence[float], most: int | None) -> Heads:
    """The most heads of each shift."""
    return tuple(
        min(MOST_STAFF, max(low, most if most is not None else max(heads, square_root(peak, 4.0)) + 2))
        for low, heads, peak in zip(least, now, peaks, strict=True)
    )


def _goal(scenario: Scenario, variables: Sequence[Variable], aim: Aim | None, zone: str | None, now: Heads) -> Goal:
    try:
        if aim is not None:
            width = aim.zone if zone is None else aim.read_zone(zone)
        elif zone is not None:
            width = read_quantity(zone, YUAN).value
        else:
            width = min(one.price(scenario) for one in variables) / 2
        if not 0 < width < inf:
            raise ValueError
    except ValueError:
        accepted = (
            phrase("an amount such as 500 yuan")
            if aim is None
            else phrase("a time such as 2m")
            if aim.at_most
            else "0.005"
        )
        raise StudyError(
            phrase("--zone: read {zone!r}, accepted: {accepted}, above 0", zone=zone, accepted=accepted)
        ) from None
    if aim is not None and aim.from_today:
        return Goal(zone=width, target=-aim.value, than=now)
    return Goal(zone=width, target=None if aim is None else aim.sign * aim.value)


def _evaluator(runner: Runner, scenario: Scenario, variables: Sequence[Variable], aim: Aim | None) -> Evaluate:
    def evaluate(rosters: Sequence[Heads], replications: Sequence[int]) -> list[list[Outcome]]:
        runs = _runs(runner, scenario, variables, rosters, replications)
        return [[_outcome(metrics, aim) for metrics in row] for row in runs]

    return evaluate


def _runs(
    runner: Runner, scenario: Scenario, variables: Sequence[Variable], rosters: Sequence[Heads], numbers: Sequence[int]
) -> list[list[Metrics]]:
    """[replication][roster] -> metrics."""
    arms = [Arm("-".join(map(str, heads)), with_heads(scenario, variables, heads)) for heads in rosters]
    return runner.run(arms, numbers)


def _outcome(metrics: Metrics, aim: Aim | None) -> Outcome:
    measure = NAN if aim is None else aim.sign * metrics.get(aim.metric, NAN)
    return Outcome(metrics["cost"], metrics["recovered"] + metrics["prevented"], measure)


def _price(one: Told) -> float:
    return one.cost.mean


def _ladder(trials: Trials, space: Space, best: Heads, column: int) -> list[Heads]:
    """The best roster, and from it up and down by the head that brings most, or loses least, for its cost."""
    rungs = [best]
    for sign in (1, -1):
        heads = best
        for _ in range(RUNGS):
            options = [one for one in space.near(heads) if sign * (sum(one) - sum(heads)) > 0]
            try:
                outcomes = trials.of([heads, *options], range(CLIMB)) if options else None
            except OutOfBudgetError:
                outcomes = None
            if outcomes is None:
                break
            means = np.ma.masked_invalid(outcomes).mean(axis=0)
            change = means[1:] - means[0]
            price = change[:, 0].filled(1.0)
            gain = sign * change[:, column] / np.where(price == 0, 1.0, price)
            heads = options[int(gain.filled(-np.inf).argmax())]
            rungs.append(heads)
    return rungs


def _reached(trials: Trials, found: Found, now: Heads) -> tuple[Summary, Summary]:
    """The measure of the best roster and of today's on the same luck, that of the test of the target."""
    measure = trials.of([found.heads, now], range(FRESH, FRESH + found.tested))[:, :, MEASURE]
    return summary(measure[:, 0]), summary(measure[:, 1])


def _tried(trials: Trials, now: Heads) -> list[tuple[float, float]]:
    means = trials.of([now, *trials.climbed()], range(CLIMB)).mean(axis=0)
    return [(cost, saved) for cost, saved, _ in (means[1:] - means[0]).tolist()]


def _told(heads: Heads, runs: Sequence[Metrics], aim: Aim | None, now: Sequence[Metrics]) -> Told:
    cost, saved = _money(runs)
    measure, gap = (None, None) if aim is None else _measured(runs, now, aim.metric)
    return Told(
        heads, summary(cost), summary(saved), summary(saved - cost),
        summary([one["recovered_share"] for one in runs]), measure, gap, _change(now, runs), utilisations(runs),
    )  # fmt: skip


def _measured(runs: Sequence[Metrics], now: Sequence[Metrics], metric: str) -> tuple[Summary, Summary]:
    """A metric, and how far it is from what it is now."""
    values, today = ([one.get(metric, NAN) for one in some] for some in (runs, now))
    return summary(values), paired(values, today)


def utilisations(runs: Sequence[Metrics]) -> dict[str, float]:
    """By desk: the share of the rostered time that is worked, mean over some runs."""
    each = [of_each(one, "utilisation") for one in runs]
    return {desk: float(np.mean([one.get(desk, NAN) for one in each])) for desk in each[0]}


def _change(before: Sequence[Metrics], after: Sequence[Metrics]) -> Change:
    cost, saved = (b - a for a, b in zip(_money(before), _money(after), strict=True))
    return Change(summary(saved), summary(cost), summary(saved - cost))


def _money(runs: Sequence[Metrics]) -> tuple[Floats, Floats]:
    """Cost and what is saved, by replication."""
    outcomes = np.array([_outcome(metrics, None) for metrics in runs])
    return outcomes[:, COST], outcomes[:, SAVED]
