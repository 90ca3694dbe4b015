"""Where a centre binds: which desk, bank or rule holds it back, what one person more brings, and who stands idle.

A few runs say where to look; then each constraint is lifted whole (`sim.study.ask.relief`) on the same luck, and one
person more at a time is added to what those desks have. Money is a year's, of listed cases theirs, and what is saved
was recovered or prevented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import stdtrit

from sim.measure.diagnosis import Week, idle_desks
from sim.measure.leak import BEFORE_DISCOVERY, BEFORE_REPORT, NEVER_REPORTED
from sim.scenario.models import Scenario
from sim.study.ask.latency import with_latency
from sim.study.ask.minute import Minute, Step, minute_of, waterfall
from sim.study.ask.next_person import Next, next_key, next_people
from sim.study.ask.outside import MOST_OUTSIDE, outside
from sim.study.ask.relief import Constraint, constraints_of, lifted
from sim.study.ask.week import AverageWeek, average_week, goes_on
from sim.study.infer.stats import Summary, paired, scaled, summary
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.units import MINUTE, YEAR

ADDED: Final = 5.0
"""Minutes more at a stage, for the value of one."""
MATERIAL: Final = 0.005
"""Of the loss: what lifts less is told, but binds nothing, unless one person more pays for himself."""
SURE: Final = 0.05
"""Probability that anything at all is said to bind where nothing does (Bonferroni over all that may)."""
_DROPPED: Final = 0.001
"""Of the loss: what surely lifts less after the first fifth of the runs is not run on."""
BASE: Final = "as it is"


@dataclass(frozen=True)
class Lift:
    """What it brings to lift a constraint whole."""

    constraint: Constraint
    gain: Summary
    """Yuan a year, paired."""
    share: Summary
    """Of the loss."""
    sure: bool
    """Whether it is above 0, all that may bind considered together."""
    binds: bool

    @property
    def may(self) -> bool:
        """Whether it binds is open: more pairs of runs would tell."""
        return not self.sure and self.share.high >= MATERIAL


@dataclass(frozen=True)
class Outside:
    """What a change beyond the centre brings."""

    name: str
    """As in `sim.study.ask.outside`."""
    gain: Summary
    """Yuan a year less lost by the victims, paired: money never paid counts like money that came back."""


@dataclass(frozen=True)
class Diagnosis:
    """The answer of `diagnose`."""

    scenario: Scenario
    weeks: Sequence[Week]
    """Every desk by hour of the week."""
    idle: Sequence[str]
    """Desks of the centre that stand idle, the idlest first."""
    lifts: Sequence[Lift]
    """By gain, the largest first."""
    together: Lift | None
    """All of them lifted at once; None where nothing may bind. Its constraint is the first."""
    alone: bool
    """False where nothing brings anything by itself, but all together do: then a lift is what is missing without it."""
    nexts: Sequence[Next]
    """By what is left after the cost, the largest first; behind them those of whom nobody says what they cost."""
    slack: Sequence[Constraint]
    """What was taken away whole and brought next to nothing: there one person more was not tried."""
    minutes: Sequence[Minute]
    """The value of a minute at each stage, the dearest first."""
    way: Sequence[Step]
    """From the loss to what is recovered."""
    outside: Sequence[Outside]
    """Where nothing in the centre binds: what else would help."""
    loss: Summary
    """Yuan a year."""
    before: Summary
    """Share of the loss that is gone before anybody reports, or is never reported."""
    level: Sequence[Lift]
    """What binds most by itself, and what may bind as much, as far as luck can have put it behind."""
    lapsed: Mapping[str, float]
    """As in `sim.study.ask.week.AverageWeek`."""

    @property
    def yearly(self) -> bool:
        """Whether amounts are a year's; of listed cases they are those of the cases."""
        return goes_on(self.scenario)

    @property
    def binding(self) -> list[Lift]:
        """What binds, the worst first; nothing where nothing in the centre does."""
        return [one for one in self.lifts if one.binds]

    @property
    def n(self) -> int:
        """Pairs of runs."""
        return self.loss.n

    @property
    def worth_a_person(self) -> list[str]:
        """The desks at which one person more brings more than he costs, on average, the best first."""
        return list(dict.fromkeys(one.name for one in self.nexts
                                  if one.kind == "heads" and one.priced and one.net.mean > 0))  # fmt: skip

    def next_of(self, constraint: Constraint) -> Next | None:
        """The person more who brings most against a constraint."""
        kinds = ("heads", "hours") if constraint.kind in ("heads", "hours") else ("bank",)
        mine = [one for one in self.nexts if one.kind in kinds and one.name == constraint.name]
        return max(mine, key=lambda one: one.saved.mean, default=None)


def diagnose(runner: Runner, scenario: Scenario, replications: int, looked: AverageWeek | None = None) -> Diagnosis:
    """Find what binds.

    Args:
        runner: does the paired runs.
        scenario: as it is; a week or a few say as much as a year, for amounts are told a year.
        replications: pairs, at least 10.
        looked: an average week of what it stands for, where it is a week of something longer: load, people and waits by
            hour are of that, and it says where to look. None: one of the scenario itself.
    """
    looked = looked or average_week(runner, scenario)
    weeks = looked.desks
    constraints = constraints_of(scenario, weeks, looked.runs)
    lab = _Lab(runner, scenario, replications)
    slower = {stage: with_latency(scenario, stage, 1.0, round(ADDED * MINUTE)) for stage in _stages(scenario)}
    rest = 1 + len(slower) + len(constraints) + MOST_OUTSIDE  # together, minutes, all but each, or beyond
    most = 1 + len(constraints) + len(next_people(scenario, constraints)) + rest
    runner.begin(key("what may bind"), at_most=replications * most)
    kept = lab.screened(constraints)
    nexts = next_people(scenario, kept)
    runner.begin(key("what one person or one minute more brings"), at_most=replications * (len(nexts) + rest))
    lab.run({"together": lifted(scenario, constraints)} if constraints else {})
    lab.run({next_key(one): made for one, made in nexts})
    lab.run({f"slower {stage}": made for stage, made in slower.items()})
    people = sorted((lab.next(one) for one, _ in nexts), key=lambda one: (not one.priced, -one.net.mean))
    together = lab.lift(constraints[0], "together", len(constraints)) if constraints else None
    lifts = [lab.lift(one, _key(one), len(constraints)) for one in kept]
    alone = not (together and together.sure and together.share.mean >= MATERIAL and not any(one.sure for one in lifts))
    if not alone:
        lifts = lab.last(constraints)
    lifts = sorted((_judged(one, people) for one in lifts), key=lambda one: -one.gain.mean)
    base = lab.of[BASE]
    return Diagnosis(
        scenario=scenario, weeks=weeks, idle=idle_desks(weeks, list(scenario.desks)), lifts=lifts, together=together,
        alone=alone, nexts=people, slack=[one for one in constraints if one not in kept],
        minutes=sorted(
            (minute_of(stage, base, lab.of[f"slower {stage}"], ADDED) for stage in slower),
            key=lambda one: -one.value.mean,
        ),
        way=waterfall(base), outside=[] if any(one.binds for one in lifts) else lab.outside(),
        loss=summary([one["loss"] * lab.years for one in base]),
        before=summary([_before(one) / one["loss"] if one["loss"] else np.nan for one in base]),
        level=lab.level([one for one in lifts if one.binds]) if alone else (), lapsed=looked.lapsed,
    )  # fmt: skip


# -- the parts of it ---------------------------------------------------------------------------------------


def _before(one: Metrics) -> float:
    return sum(one.get(f"leak.{cause}", 0.0) for cause in (BEFORE_DISCOVERY, BEFORE_REPORT, NEVER_REPORTED))


def _stages(scenario: Scenario) -> list[str]:
    """The stages of the chase at which somebody works."""
    chase = [route for route in scenario.routes.values() if not route.background]
    here = {step.stage for route in chase for step in route.steps.values() if step.work}
    return [stage for stage in scenario.stages if stage in here]


def _key(one: Constraint) -> str:
    return f"without {one.kind} {one.name}".rstrip()


def _judged(one: Lift, people: Sequence[Next]) -> Lift:
    """A lift with whether it binds: surely above 0, and much of the loss or worth a person more."""
    pays = any(
        other.kind == one.constraint.kind and other.name == one.constraint.name and other.priced and other.net.low > 0
        for other in people
    )
    return replace(one, binds=one.sure and (one.share.mean >= MATERIAL or pays))


class _Lab:
    """The paired runs of a scenario and its changes."""

    def __init__(self, runner: Runner, scenario: Scenario, replications: int) -> None:
        self.runner, self.scenario, self.replications = runner, scenario, replications
        self.years = YEAR / scenario.horizon if goes_on(scenario) else 1.0
        """Periods in a year."""
        self.of: dict[str, list[Metrics]] = {}

    def run(self, arms: Mapping[str, Scenario], numbers: range | None = None) -> None:
        """Run some arms; an arm that has runs gets those of other numbers behind them."""
        if arms:
            asked = [Arm(name, scenario) for name, scenario in arms.items()]
            results = self.runner.run(asked, range(self.replications) if numbers is None else numbers)
            for place, name in enumerate(arms):
                self.of.setdefault(name, []).extend(row[place] for row in results)

    def screened(self, constraints: Sequence[Constraint]) -> list[Constraint]:
        """Run the scenario and all that may bind; what brings nothing in the first runs is left out."""
        first = min(self.replications, max(10, self.replications // 5))
        arms = {BASE: self.scenario, **{_key(one): one.lifted(self.scenario) for one in constraints}}
        self.run(arms, range(first))
        kept = [one for one in constraints if self._may(_key(one))]
        self.runner.begin(key("what binds"))
        self.run({name: arms[name] for name in (BASE, *map(_key, kept))}, range(first, self.replications))
        return kept

    def _may(self, name: str) -> bool:
        """Whether what a lift brings may be worth telling."""
        mean, error, n = self._gain(name)
        loss = np.mean([one["loss"] for one in self.of[BASE]])
        return bool(mean + stdtrit(n - 1, 0.999) * error > _DROPPED * loss)

    def _gain(self, name: str, against: str = BASE) -> tuple[float, float, int]:
        """Mean, its standard error and number of the paired differences of what is saved, in yuan."""
        change = self._saved(name) - self._saved(against)[: len(self.of[name])]
        n = len(change)
        return float(change.mean()), float(change.std(ddof=1) / np.sqrt(n)), n

    def _saved(self, name: str) -> np.ndarray:
        return np.array([_saved(one) for one in self.of[name]])

    def lift(self, constraint: Constraint, name: str, tests: int, against: str = BASE) -> Lift:
        """What one arm brings beyond another."""
        mean, error, n = self._gain(name, against)
        sure = mean - stdtrit(n - 1, 1 - SURE / 2 / tests) * error > 0
        gain = paired(self._saved(name) * self.years, self._saved(against) * self.years)
        loss = float(np.mean([one["loss"] for one in self.of[BASE]])) * self.years
        share = scaled(gain, 1 / loss if loss else np.nan)
        return Lift(constraint, gain, share, bool(sure), binds=False)

    def last(self, constraints: Sequence[Constraint]) -> list[Lift]:
        """What is missing of all together without each."""
        rest = {one: [other for other in constraints if other != one] for one in constraints}
        self.run({f"all but {_key(one)}": lifted(self.scenario, others) for one, others in rest.items()})
        return [self.lift(one, "together", len(constraints), against=f"all but {_key(one)}") for one in constraints]

    def level(self, binding: Sequence[Lift]) -> list[Lift]:
        """The first of those that bind, and all that are not surely behind it."""
        gaps = ((one, *self._gain(_key(binding[0].constraint), _key(one.constraint))) for one in binding)
        return [one for one, mean, error, n in gaps if mean <= stdtrit(n - 1, 1 - SURE / 2) * error]

    def next(self, one: Next) -> Next:
        """One person more with what he brings."""
        more, base = self.of[next_key(one)], self.of[BASE]

        def change(value: Callable[[Metrics], float]) -> Summary:
            return paired([self.years * value(run) for run in more], [self.years * value(run) for run in base])

        saved, cost, net = change(_saved), change(_cost), change(lambda run: _saved(run) - _cost(run))
        return replace(one, saved=saved, cost=cost, net=net)

    def outside(self) -> list[Outside]:
        """What changes beyond the centre bring, the best first."""
        arms = outside(self.scenario)
        self.runner.begin(key("what would help instead"), self.replications * len(arms))
        self.run(arms)
        net = {name: [self.years * (one["recovered"] - one["loss"]) for one in self.of[name]] for name in (BASE, *arms)}
        return sorted((Outside(name, paired(net[name], net[BASE])) for name in arms), key=lambda one: -one.gain.mean)


def _saved(run: Metrics) -> float:
    return run["recovered"] + run["prevented"]


def _cost(run: Metrics) -> float:
    return run.get("cost", 0.0)
