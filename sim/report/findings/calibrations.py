"""The result of `fundfreeze calibrate`: the posterior and its summary as files, two pictures, and what is printed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.markup import escape
from rich.table import Table

from sim import __version__
from sim.engine.run import digest
from sim.scenario import catalogue
from sim.study.ask.calibrate import ENOUGH, INSIDE, NARROW, SHRUNK, TOGETHER, Calibration
from sim.study.ask.targets import Observed
from sim.words.language import key, listed, say, titled


def summary(result: Calibration) -> dict[str, Any]:
    """Everything that was found, as plain values; parameters as a file writes them, observations in their own unit."""
    problem = result.problem
    said = {one.parameter.path: one.parameter.said for one in problem.unknowns}
    return {
        "targets": problem.name, "version": __version__, "seed": result.seed,
        "scenarios": {editor.scenario.name: digest(editor.scenario) for editor in problem.editors},
        "draws": result.simulations, "runs": result.runs, "accepted_rows": len(result.accepted.weights),
        "accepted_worth": round(result.worth),
        "draws_within_all_tolerances": result.within, "may_identify": not result.weak,
        "rule": f"identified: the posterior's 90% interval is at most {NARROW:.0%} of the prior's and its variance"
        f" smaller by {SHRUNK:.0%}, in the prior's scale, with at least {INSIDE} draws inside all tolerances,"
        f" accepted ones worth {ENOUGH}, and every observation, left out, in the middle 90% of what the others lead to;"
        f" together: a rank correlation beyond {TOGETHER}",
        "parameters": {
            one.path: {
                "prior_90": [said[one.path](value) for value in one.prior], "median": said[one.path](one.median),
                "posterior_90": [said[one.path](one.low), said[one.path](one.high)],
                "scenario": said[one.path](one.now), "scenario_in_posterior_90": one.as_it_is,
                "narrowing": round(one.narrowing, 3), "shrinkage": round(one.shrinkage, 3),
                "identified": one.identified,
            }
            for one in result.findings
        },
        "nearest_draws_again": {
            "distance": "root of the mean square over the observations (of cases apart), in tolerances",
            "scenario": round(result.nearest.own, 3),
            "scenario_place": f"{result.nearest.place} of {result.nearest.of}",
            "draws": _digits(result.nearest.distance.tolist()),
            "nearest": {
                one.parameter.path: one.parameter.said(float(value))
                for one, value in zip(problem.unknowns, result.nearest.values[0], strict=True)
            },
        },
        "known_only_together": [[first, second, round(r, 2)] for first, second, r in result.together],
        "left_out": {
            one.name: {"value": one.value, "others": _digits([one.middle])[0],
                       "others_90": _digits((one.low, one.high)), "held": one.held}
            for one in result.left_out
        }
        or "one observation only: the check by leaving one out cannot be made",
        "observations": {
            one.name: {
                "metric": _read_as(one), "value": one.value, "tolerance": one.tolerance,
                "prior_90": _middle(result.before[:, n]), "posterior_90": _middle(result.after[:, n]),
                "posterior_median": _middle(result.after[:, n], (0.5,))[0], "source": one.source,
            }
            for n, one in enumerate(problem.observed)
        },
    }  # fmt: skip


def main_table(result: Calibration) -> Table:
    """The parameters before and after."""
    title = say(
        "{title}: {draws:,} draws ({runs:,} runs), {within:,} inside all tolerances",
        title=titled(result.problem.title), draws=result.simulations, runs=result.runs, within=result.within,
    )  # fmt: skip
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    made.add_column(say("parameter"), overflow="fold")
    heads = (
        say("prior, middle 90%"), say("in the scenario"), say("posterior, median and 90%"), say("width"),
        say("shrinkage"), say("identified"),
    )  # fmt: skip
    for column in heads:
        made.add_column(column, justify="right")
    for unknown, one in zip(result.problem.unknowns, result.findings, strict=True):
        said = unknown.parameter.said
        made.add_row(
            escape(one.path), say("{low} to {high}", low=said(one.prior[0]), high=said(one.prior[1])), said(one.now),
            say("{middle} ({low} to {high})", middle=said(one.median), low=said(one.low), high=said(one.high)),
            f"{one.narrowing:.0%}", f"{one.shrinkage:.0%}", say("yes") if one.identified else say("no"),
        )  # fmt: skip
    return made


def verdicts(result: Calibration) -> list[str]:
    """What the data cannot tell, in sentences."""
    open_ = [one.path for one in result.findings if not one.identified]
    lines = [f"{_warning(result)}."] if result.weak else []
    if open_ and not result.weak:
        broad = key("The data do not identify {parameters}: wider than {width:.0%} of the prior, or hardly shrunk.")
        lines.append(say(broad, parameters=listed(open_), width=NARROW))
    lines += [
        say("{one} and {other} are known only together (rank correlation {r:+.2f}).", one=a, other=b, r=r)
        for a, b, r in result.together
    ]
    if not lines:
        lines = [say("The data identify every parameter.")]
    return [*lines, *_checked(result), _as_it_is(result), _beside_the_nearest(result)]


def applications(result: Calibration, posterior: Path) -> list[str]:
    """How a run carries what the data leave open: the command for each shipped scenario, else the option for it."""
    option, shipped = ["--posterior", str(posterior)], catalogue.names()
    names = dict.fromkeys(editor.scenario.name for editor in result.problem.editors)
    commands = [shlex.join(["fundfreeze", "run", name, *option]) for name in names if name in shipped]
    lines = [say("To run it with what the data leave open: {command}", command=one) for one in commands]
    return lines or [say("What the data leave open is carried by any run with {option}", option=shlex.join(option))]


def _as_it_is(result: Calibration) -> str:
    """Whether the scenario's own values are among those that the data leave."""
    beside = [one.path for one in result.findings if not one.as_it_is]
    if not beside:
        return say("Every parameter, as the scenario has it, lies in its 90% interval.")
    return say("Beside its 90% interval, as the scenario has it: {parameters}.", parameters=listed(beside))


def _beside_the_nearest(result: Calibration) -> str:
    """How the scenario's own values do beside the draws that came nearest, on the same luck."""
    again = key("Run again on the same luck, the nearest draw is {off:.2f} tolerances off and the scenario as it is"
                " {own:.2f}, number {place} of {all}.")  # fmt: skip
    near = result.nearest
    return say(again, off=near.distance[0], own=near.own, place=near.place, all=near.of)


def _checked(result: Calibration) -> list[str]:
    """What the check by leaving an observation out came to."""
    if not result.left_out:
        return [say("With one observation only, the check by leaving one out cannot be made.")]
    wrong = [one for one in result.left_out if not one.held]
    if not wrong:
        return [say("Each observation, left out, is in the middle 90% of what the others lead to.")]
    beside = key("{name}, left out, is {value:.4g}: beside the middle 90% of what the others lead to, {low} to {high}.")
    return [say(beside, name=one.name, value=one.value, low=f"{one.low:.4g}", high=f"{one.high:.4g}") for one in wrong]


def _warning(result: Calibration) -> str:
    """Why nothing is called identified."""
    if not result.within:
        none = key("None of {runs:,} draws lies inside all tolerances: nothing is called identified")
        return say(none, runs=result.simulations)
    if result.within < INSIDE:
        some = key("{within:,} of {runs:,} draws inside all tolerances, fewer than {enough}: nothing is called"
                   " identified")  # fmt: skip
        return say(some, within=result.within, runs=result.simulations, enough=INSIDE)
    if result.worth < ENOUGH:
        few = key("The accepted draws are worth {accepted:,.0f}, fewer than {enough}: nothing is called identified")
        return say(few, accepted=result.worth, enough=ENOUGH)
    return say("The observations contradict each other in this model: nothing is called identified")


def finding(result: Calibration) -> str:
    title, all_ = titled(result.problem.title), len(result.findings)
    if result.weak:
        return _warning(result)
    known = sum(one.identified for one in result.findings)
    if not known:
        return say("{title}: the data identify none of the parameters", title=title)
    if known == all_:
        return say("{title}: the data identify every parameter", title=title)
    return say("{title}: the data identify {known} of {all} parameters", title=title, known=known, all=all_)


def shows(result: Calibration) -> str:
    """How many observations are what the calibrated model shows."""
    title, all_ = titled(result.problem.title), len(result.problem.observed)
    middles = (_middle(result.after[:, n]) for n in range(all_))
    within = sum(low <= one.value <= high for one, (low, high) in zip(result.problem.observed, middles, strict=True))
    if within == all_:
        return say("{title}: every observation is in the middle 90% of the calibrated model", title=title)
    beside = key("{title}: {some} of {all} observations are in the middle 90% of the calibrated model")
    return say(beside, title=title, some=within, all=all_)


def _read_as(one: Observed) -> str:
    """``a + b / c``: the metrics that a number is made of."""
    top, over = (" + ".join(names) for names in (one.reading.metrics, one.reading.over))
    return f"({top}) / ({over})" if over else top


def _middle(values: np.typing.NDArray[np.float64], shares: tuple[float, ...] = (0.05, 0.95)) -> list[float]:
    return _digits(np.quantile(values[np.isfinite(values)], shares).tolist())


def _digits(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
