"""The files of `fundfreeze calibrate`: the posterior and its summary, and two pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML

from sim.report.findings import text
from sim.report.findings.calibrations import finding, shows, summary
from sim.report.findings.fields import called
from sim.report.findings.sensitivities import shown
from sim.report.findings.tables import with_unit
from sim.report.publish.files import save_figure, write_bytes, write_text
from sim.study.ask.calibrate import CHECKS, Calibration, Finding
from sim.study.ask.simulations import SIMULATIONS_FILE
from sim.study.ask.targets import Observed, Unknown
from sim.study.run.parameters import Parameter
from sim.study.run.posterior import POSTERIOR_FILE
from sim.words.language import named, say


def write(result: Calibration, folder: Path) -> list[Path]:
    """Write posterior.parquet, simulations.parquet, summary.yaml, posterior.svg/.png and predictive.svg/.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.calibration import Before, Predicted, posterior_figure, predictive_figure

    problem, accepted = result.problem, result.accepted
    runs = say("{draws:,} draws, {accepted:,} rows accepted", draws=result.simulations, accepted=len(accepted.weights))
    parameters = [
        Before(
            called(one.path), _places(unknown),
            _interval(unknown.parameter, one), accepted.u[:, n], accepted.weights, one.identified,
        )
        for n, (unknown, one) in enumerate(zip(problem.unknowns, result.findings, strict=True))
    ]  # fmt: skip
    observations = [
        Predicted(
            _shown_label(one), _finite(result.before[:, n], one), _finite(result.after[:, n], one),
            one.value * _scale(one), one.tolerance * _scale(one),
        )
        for n, one in enumerate(problem.observed)
    ]  # fmt: skip
    pictures = {
        "posterior": posterior_figure(
            parameters, finding(result),
            say("Bars: posterior, median and 90% at the left; dashed: flat prior, in its own scale. {runs}", runs=runs),
        ),
        "predictive": predictive_figure(
            observations,
            shows(result),
            say(
                "Thin: middle 90%; thick: middle half; orange: observed, with its tolerance. {runs};"
                " {checks} runs after",
                runs=runs, checks=CHECKS,
            ),
        ),
    }  # fmt: skip
    return [
        write_bytes(folder / POSTERIOR_FILE, result.posterior.parquet()),
        write_bytes(folder / SIMULATIONS_FILE, result.table()),
        write_text(folder / "summary.yaml", _yaml(summary(result))),
        *(path for name, figure in pictures.items() for path in save_figure(figure, folder / name)),
    ]


_TICKS: Final = 5
"""Values along the axis of a prior."""


def _places(unknown: Unknown) -> list[str]:
    """The values at the ends and between them of a prior's own scale."""
    ends = [shown(unknown.parameter, value) for value in unknown.at(np.linspace(0, 1, _TICKS)).tolist()]
    return [shown(unknown.parameter, unknown.low), *ends[1:-1], shown(unknown.parameter, unknown.high)]


def _interval(parameter: Parameter, one: Finding) -> str:
    middle, low, high = (shown(parameter, value) for value in (one.median, one.low, one.high))
    return say("{middle} ({low} to {high})", middle=middle, low=low, high=high)


def _scale(one: Observed) -> float:
    if one.over:
        return 1.0
    return text.unit_scale(text.metric(one.metric.rpartition("/")[2]).unit)


def _shown_label(one: Observed) -> str:
    if one.over or one.more:
        return named(one.name, "metric")
    what = text.metric(one.metric.rpartition("/")[2])
    observed = what.label
    if one.name != one.metric:
        observed = say("{metric} ({name})", metric=what.label, name=named(one.name, "metric"))
    return with_unit(observed, text.unit_word(what.unit))


def _finite(values: np.typing.NDArray[np.float64], one: Observed) -> np.typing.NDArray[np.float64]:
    return values[np.isfinite(values)] * _scale(one)


def _yaml(data: dict[str, Any]) -> str:
    out = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 120
    yaml.dump(data, out)
    return out.getvalue()
