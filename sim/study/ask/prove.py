"""The model held against what is published: every figure with an interval, a verdict and what it was used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, isfinite, nan, prod, sqrt
from pathlib import Path

import numpy as np

from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask import elsewhere, still_open
from sim.study.ask.cross_checks import cross_checks
from sim.study.ask.lab import at_factors
from sim.study.ask.left_out import LeftOut, left_out
from sim.study.ask.proof import Line, Pair, Proof, Row
from sim.study.ask.published import Excluded, Figure, Published, World, bounds
from sim.study.ask.simulations import IMPORTANCE, SIMULATIONS_FILE, with_errors
from sim.study.ask.targets import read_targets
from sim.study.ask.theory import verify
from sim.study.ask.verdicts import as_much, verdict
from sim.study.infer.stats import summary
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics
from sim.words.language import key
from sim.words.phrases import phrase

_AGAIN = "fundfreeze calibrate {}"


def scenarios_of(published: Sequence[Published], settings: Sequence[str] = ()) -> dict[tuple[str, str], Scenario]:
    """By file and world: what is run.

    Args:
        published: files of figures.
        settings: PATH=VALUE, of every world that has the path.
    """
    return {(one.name, name): _scenario(world, settings) for one in published for name, world in one.worlds.items()}


def _scenario(world: World, settings: Sequence[str]) -> Scenario:
    own = list(world.set)
    if world.delay is not None:
        scams = load(world.scenario, own).scenario.victims.scams
        own += [f"victims.scams.{scam}.{what}" for scam in scams for what in
                (f"discovery={world.delay}", "report_lag=0m", "reports=1", "third_party=null")]  # fmt: skip
    editor = Editor(load(world.scenario, own).scenario)
    return load(world.scenario, [*own, *(one for one in settings if editor.has(one.partition("=")[0]))]).scenario


def prove(
    published: Sequence[Published], runner: Runner, *, settings: Sequence[str] = (), calibrations: Path | None = None,
    quick: float = 1.0, theory: bool = True,
) -> Proof:  # fmt: skip
    """Hold the model against every figure.

    Args:
        published: files of figures.
        runner: does the runs.
        settings: changes of every world that has the path, to see which figures notice.
        calibrations: folder of what `calibrate` found, by name of the targets; None: nothing is left out in turn, and
            nothing that is open is carried on. With `settings` nothing is carried on, either.
        quick: part of the replications that are run.
        theory: whether to verify the model against theory, too.

    Raises:
        StudyError: a metric that no run has.
    """
    worlds = scenarios_of(published, settings)
    counts = {
        (one.name, name): max(2, round(world.replications * quick))
        for one in published
        for name, world in one.worlds.items()
    }
    carried = {
        one.name: [] if settings else still_open.planned(one, worlds, calibrations, quick) for one in published
    }  # fmt: skip
    drawn = sum(world.draws for plan in carried.values() for world in plan)
    runner.begin(key("published figures"), sum(counts.values()) + drawn)
    runs: dict[tuple[str, str], list[Metrics]] = {}
    known: dict[tuple[str, object], list[Metrics]] = {}
    for one in published:
        for name, world in one.worlds.items():
            same = (worlds[one.name, name].model_dump_json(), world.by)
            found = known.get(same, [])
            if len(found) < counts[one.name, name]:
                arm = Arm(f"{one.name} {name}", worlds[one.name, name])
                found = known[same] = [row[0] for row in runner.run([arm], counts[one.name, name], by=world.by)]
            runs[one.name, name] = found
    runner.begin(key("what the calibrations leave open"))
    left = {
        name: {figure: found for world in plan for figure, found in world.ranges(runner).items()}
        for name, plan in carried.items()
    }
    held = {one.title: _rows(one, runs, left[one.name], calibrations, runner.seed) for one in published}
    told = elsewhere.told([row for part in held.values() for row in part])
    parts = {title: [elsewhere.foretold(row, told) for row in part] for title, part in held.items()}
    rows = {row.name: row for part in parts.values() for row in part}
    return Proof(
        parts=parts,
        elsewhere=told,
        lines=[line for one in published for line in (*_curves(one, rows), *_falls(one, runs), *_common(one))],
        pairs=[_pair(two, rows, worlds, counts, one, runner) for one in published for two in one.excluded],
        delays={title: points for one in published for title, points in _delays(one, runs).items()},
        checks=[*verify(), *cross_checks()] if theory else (),
        seed=runner.seed,
        quick=quick,
    )


def _rows(
    one: Published, runs: Mapping[tuple[str, str], list[Metrics]], left: Mapping[str, still_open.Range],
    calibrations: Path | None, seed: int,
) -> list[Row]:  # fmt: skip
    others: dict[str, LeftOut] = {}
    for name in one.calibrations:
        others |= _left_out(name, calibrations, seed)
    rows = []
    for name, figure in one.figures.items():
        mine = runs[one.name, figure.run]
        figure.reading.check(set(mine[0]), f"figures.{name}.metric")
        low, high, tolerance = bounds(figure)
        model, interval = _model(figure, mine)
        often = as_much(figure, mine, low, high) if figure.kind in ("case", "selected") else nan
        rows.append(
            Row(
                name, figure, low, high, tolerance, model, interval, often, len(mine),
                verdict(figure, low - tolerance, high + tolerance, model, interval, often),
                others.get(figure.target or ""), left.get(name),
            )
        )  # fmt: skip
    return rows


def _model(figure: Figure, runs: Sequence[Metrics]) -> tuple[float, tuple[float, float]]:
    """The model's figure and its interval: jackknife over replications for a ratio, Student's for a mean."""
    each = np.array([figure.reading.of(run) for run in runs])
    if figure.kind in ("case", "selected"):
        low, middle, high = np.quantile(each[np.isfinite(each)], [0.05, 0.5, 0.95]).tolist()
        return middle, (low, high)
    least = 0.0 if (each >= 0).all() else -inf  # a share, a sum or a time is not below zero by chance, either
    if not figure.over:
        found = summary(each)
        return found.mean, (max(least, found.low), found.high)
    whole, n = figure.reading.of_all(runs), len(runs)
    pseudo = [n * whole - (n - 1) * figure.reading.of_all([*runs[:i], *runs[i + 1 :]]) for i in range(n)]
    found = summary(pseudo)
    return whole, (max(least, whole - (found.high - found.mean)), whole + (found.high - found.mean))


def _left_out(name: str, calibrations: Path | None, seed: int) -> dict[str, LeftOut]:
    """By target: what the others lead to, from the stored draws of a calibration."""
    import polars as pl

    file = calibrations / name / SIMULATIONS_FILE if calibrations else None
    if file is None or not file.is_file():
        return {}
    problem = read_targets(name)
    try:
        table = pl.read_parquet(file)
        shown = table.select([target.name for target in problem.observed]).to_numpy().astype(np.float64)
        counts = table[IMPORTANCE].to_numpy().astype(np.float64)
    except (OSError, pl.exceptions.PolarsError):
        raise StudyError(
            phrase(
                "{file}: read draws that do not fit the targets, accepted: what this version's `{command}` writes",
                file=file, command=_AGAIN.format(name),
            )
        ) from None  # fmt: skip
    observed = np.array([target.value for target in problem.observed])
    return {found.name: found for found in left_out(problem, with_errors(problem, shown, seed), observed, counts)}


def _curves(one: Published, rows: Mapping[str, Row]) -> list[Line]:
    found = []
    for curve in one.curves.values():
        apart = [rows[name].model - (rows[name].low + rows[name].high) / 2 for name in curve.of]
        rms = sqrt(sum(value**2 for value in apart) / len(apart))
        found.append(Line(curve.title, f"{rms:.3f} <= {curve.most:g}", rms <= curve.most))
    return found


def _shares(runs: Sequence[Metrics]) -> tuple[float, float, float]:
    found = summary([run["recovered_share"] for run in runs])
    return found.mean, found.low, found.high


def _falls(one: Published, runs: Mapping[tuple[str, str], list[Metrics]]) -> list[Line]:
    found = []
    for fall in one.falls.values():
        shares = [_shares(runs[one.name, name])[0] for name in fall.worlds]
        falls = all(a > b for a, b in pairwise(shares)) and shares[-1] > 0
        found.append(Line(fall.title, " > ".join(f"{share:.1%}" for share in shares), falls))
    return found


def _delays(
    one: Published, runs: Mapping[tuple[str, str], list[Metrics]]
) -> dict[str, list[tuple[str, float, float, float]]]:
    return {
        fall.title: [(one.worlds[name].delay or name, *_shares(runs[one.name, name])) for name in fall.worlds]
        for fall in one.falls.values()
    }


def _common(one: Published) -> list[Line]:
    found = []
    for title, places in one.common.items():
        values = {name: _number(Editor(load(name).scenario), path) for name, path in places.items()}
        said = ", ".join(f"{name} {value:g}" for name, value in values.items())
        found.append(Line(title, said, len({round(value, 6) for value in values.values()}) == 1))
    return found


def _number(editor: Editor, path: str) -> float:
    found = editor.at(path)
    return float(found) if isinstance(found, int | float) else nan


def _pair(
    two: Excluded, rows: Mapping[str, Row], worlds: Mapping[tuple[str, str], Scenario],
    counts: Mapping[tuple[str, str], int], one: Published, runner: Runner,
) -> Pair:  # fmt: skip
    printed = [row.low if isfinite(row.low) else row.high for row in (rows[name] for name in two.product)]
    value = prod(printed) / prod(rows[name].model for name in two.over)
    told, trade = value if isfinite(value) else nan, two.trade
    if trade is None:
        return Pair(two, told)
    row = rows[trade.figure]
    place = (one.name, row.figure.run)
    editor = Editor(worlds[place])
    arms = [Arm(f"{factor:g}", at_factors(editor, {trade.path: factor})) for factor in trade.factors]
    runs = runner.run(arms, counts[place], by=one.worlds[row.figure.run].by)
    points = []
    for number, factor in enumerate(trade.factors):
        model, interval = _model(row.figure, [luck[number] for luck in runs])
        points.append((factor, model, *interval))
    return Pair(two, told, row, tuple(points))
