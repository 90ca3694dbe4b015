"""What whoever decides is told of a centre: how it is, what a change of it brings, and what that hangs on.

A week or a few stand for a year, as in `sim.study.ask.diagnose`; amounts are a year's, of listed cases theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Final

from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.ask.compare import Difference, differences_of, same_victims
from sim.study.ask.diagnose import Diagnosis, diagnose
from sim.study.ask.lab import Lab, movable
from sim.study.ask.latency import ALL, NoResponseError, Row, latency_curve, settings_for
from sim.study.ask.minute import Step, waterfall
from sim.study.ask.screening import screen
from sim.study.ask.sensitivity import Ranking, end_values
from sim.study.ask.week import average_week, goes_on
from sim.study.infer.stats import Summary, paired, scaled, summaries, summary
from sim.study.run.assumptions import assumed
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import NET_BENEFIT, NET_LOSS, with_net_loss
from sim.study.run.parameters import Editor
from sim.study.run.runner import Arm, Runner
from sim.words.language import key
from sim.words.phrases import phrase
from sim.words.units import YEAR

TODAY: Final = "as it is"
TOLD: Final = (
    "recovered_share", NET_LOSS, "prevented", "response_latency", "wrongful_accounts", "cost", NET_BENEFIT,
)  # fmt: skip
"""The figures that are told, at most seven."""
YEARLY: Final = frozenset(
    {
        "loss",
        "recovered",
        NET_LOSS,
        "prevented",
        "cost",
        NET_BENEFIT,
        "wrongful_accounts",
        "reports",
        "accounts_stopped",
    }
)
"""Of these, what is told a year."""
LOOKED_AT: Final = 4
"""Assumptions that are looked at closely."""
TRAJECTORIES: Final = 2
"""Of the screening of all of them."""
FEW: Final = 1
"""Runs of each point of the screening."""
CURVE: Final = 30
"""The most runs of each setting of the curve of latency: its picture needs no more."""


@dataclass(frozen=True)
class Brief:
    """All that is told."""

    scenario: Scenario
    whole: Scenario
    """What it stands for: itself, or something longer of which it is a week."""
    arm: Arm | None
    """What is proposed; None: nothing is."""
    today: Mapping[str, Summary]
    """Every metric as it is, of the period of the runs."""
    rows: Sequence[Difference]
    """The told figures of both arms, a year's where they are amounts; empty without an arm."""
    every: Sequence[Difference]
    """Every metric of both arms, of the period of the runs; without those that are 0 in all of them."""
    ways: Sequence[Sequence[Step]]
    """From the loss to what is recovered: as it is and, where there is an arm, with it."""
    diagnosis: Diagnosis
    """Of the scenario as it is."""
    curve: Sequence[Row]
    """Recovered share against response latency; empty where there is no response to slow down."""
    hangs: Sequence[Ranking]
    """The assumptions that matter most, each from half of it to twice, the one that turns the result first; empty where
    they were not looked at. Amounts are a year's."""
    metric: str
    """What they are held against."""
    screened: int
    """Assumptions that were screened."""
    years: float
    """Periods in a year; 1 for listed cases."""

    @property
    def n(self) -> int:
        """Pairs of runs."""
        return self.today["loss"].n

    def row(self, metric: str) -> Difference | None:
        """What the proposed change does to a told figure; None where it is not measured."""
        return next((one for one in self.rows if one.metric == metric and one.arm != one.against), None)

    def a_year(self, metric: str) -> Summary:
        """A metric as it is, a year's where it is an amount."""
        return scaled(self.today[metric], self.years if metric in YEARLY else 1.0)


def brief(
    runner: Runner, loaded: Loaded[Scenario], arm: Arm | None, replications: int, whole: Scenario | None = None
) -> Brief:
    """Find all that is told.

    Args:
        runner: does the paired runs.
        loaded: the scenario as it is; its sources say what is assumed.
        arm: the change that is proposed, of the same victims; None for none.
        replications: pairs, at least 10.
        whole: what it stands for, where it is a week of something longer.

    Raises:
        StudyError: the change brings other victims.
    """
    scenario = loaded.scenario
    if arm and not same_victims([Arm(TODAY, scenario), arm]):
        raise StudyError(phrase("brief: read other arrivals of victims, accepted: a change that leaves them alone"))
    arms = [Arm(TODAY, scenario), *([arm] if arm else [])]
    curve_runs = min(replications, CURVE)
    last = _most_of_hanging(len(assumed(loaded)[0]), replications) * len(arms)
    middle = replications * len(arms) + curve_runs * (1 + len(settings_for(ALL, 1.0)))
    found = diagnose(runner.before(middle + last), scenario, replications, average_week(runner, whole or scenario))
    runner.begin(key("as it is, and as it would be"), at_most=middle + last)
    results = [[with_net_loss(one) for one in row] for row in runner.run(arms, replications)]
    own = [row[0] for row in results]
    years = YEAR / scenario.horizon if goes_on(scenario) else 1.0
    every: list[Difference] = []
    if arm:
        seen = [name for name in own[0] if any(one.get(name) for row in results for one in row)]
        every = differences_of(arms, results, seen)
    try:
        curve = latency_curve(scenario, replications=curve_runs, runner=runner.before(last))
    except NoResponseError:
        curve = []
    metric = NET_BENEFIT if NET_BENEFIT in own[0] and arm else NET_LOSS if arm else "recovered_share"
    hangs, screened = _hangs(runner, loaded, arms, metric, replications, years if metric in YEARLY else 1.0)
    return Brief(
        scenario=scenario, whole=whole or scenario, arm=arm, today=summaries(own),
        rows=[_yearly(one, years) for name in TOLD for one in every if one.metric == name and not one.group],
        every=[one for one in every if not one.group],
        ways=[waterfall(list(own)) for own in zip(*results, strict=True)],
        diagnosis=found, curve=curve, hangs=hangs, metric=metric, screened=screened, years=years,
    )  # fmt: skip


def _yearly(row: Difference, years: float) -> Difference:
    factor = years if row.metric in YEARLY else 1.0
    return replace(row, value=scaled(row.value, factor), change=scaled(row.change, factor))


def _most_of_hanging(assumptions: int, replications: int) -> int:
    """Runs of each arm to find out what the result hangs on, where so many assumptions can be moved."""
    return TRAJECTORIES * (assumptions + 1) * FEW + (1 + 2 * min(LOOKED_AT, assumptions)) * replications


def _hangs(
    runner: Runner, loaded: Loaded[Scenario], arms: Sequence[Arm], metric: str, replications: int, scale: float
) -> tuple[list[Ranking], int]:
    """What the metric, or its difference, hangs on; nothing where the library of the screening is not there."""
    if find_spec("SALib") is None:
        return [], 0
    editors = tuple((arm.name, Editor(arm.scenario)) for arm in arms)
    first, last = editors[0][1], editors[-1][1]
    proposed = {one.path for one in assumed(loaded)[0] if not last.has(one.path) or last.parameter(one.path) != one}
    same = [one for one in assumed(loaded)[0] if one.path not in proposed]
    kept, _ = movable([editor for _, editor in editors], same, runner.seed)
    if not kept:
        return [], 0
    lab = Lab(editors, metric, FEW, runner)
    closely = min(LOOKED_AT, len(kept))
    runner.begin(key("screening"), _most_of_hanging(len(kept), replications) * len(arms))
    chosen = [one.parameter for one in screen(lab, kept, TRAJECTORIES, runner.seed)[:closely]]
    runner.begin(key("both ends of each"))
    ends = lab.ends(chosen, replications)
    if len(arms) > 1:
        told = [paired(second, first) for first, second in zip(ends[0], ends[-1], strict=True)]
    else:
        told = [summary(one) for one in ends[0]]
    told = [scaled(one, scale) for one in told]
    found = [
        Ranking(one, *end_values(first, one), told[1 + 2 * n], told[2 + 2 * n], told[0]) for n, one in enumerate(chosen)
    ]
    found = [one for one in found if one.reach]
    worst = ("changes", "may change", "stays")
    return sorted(found, key=lambda one: (worst.index(one.verdict), -one.reach)), len(kept)
