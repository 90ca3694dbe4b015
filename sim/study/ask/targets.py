"""The targets of a calibration: which numbers of a scenario are unknown, and what was observed of the world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from sim.measure.ways import By
from sim.scenario import catalogue
from sim.scenario.base import Model, Name
from sim.scenario.errors import FaultError
from sim.scenario.loader import load
from sim.study.ask.reading import Reading
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor, Parameter, refusal
from sim.words.phrases import phrase
from sim.words.quantities import read_quantity
from sim.words.units import RefusedError

Written = Annotated[float, Field(allow_inf_nan=False, strict=True)] | str
"""A quantity: a number, or text with its unit."""
Floats = NDArray[np.float64]


class Prior(Model):
    """What is held possible of a parameter before anything is observed."""

    uniform: tuple[Written, Written] | None = None
    """Flat between two values, both in the parameter's own unit (a plain factor for a distribution)."""
    log_uniform: tuple[Written, Written] | None = None
    """Flat in the logarithm."""

    @model_validator(mode="after")
    def _one(self) -> Prior:
        if (self.uniform is None) == (self.log_uniform is None):
            raise FaultError(phrase("a prior is either uniform: [LOW, HIGH] or log_uniform: [LOW, HIGH]"))
        return self


class Observation(Model):
    """One number that was observed."""

    metric: str | list[str] | None = None
    """As `run --json` names it (GROUP/METRIC with `by`), or several that are added up (`stage.*`: all that begin so).
    None: the observation has the name of its metric."""
    over: str | list[str] | None = None
    """What it is a share of: metrics that are added up. None: it is no share."""
    value: Written
    tolerance: Written
    """The truth is held to be within this of the value, anywhere with the same chance; above zero."""
    scenario: str | None = None
    """Where it was observed, if not in the targets' own scenario."""
    set: list[str] = Field(default_factory=list)
    """Changes of that scenario for this observation, PATH=VALUE, beside those of all."""
    source: str = ""


class Targets(Model):
    """What `calibrate` reads."""

    schema_version: Literal[1]
    name: Name
    title: Annotated[str, Field(max_length=200)]
    scenario: str
    """A shipped scenario or a file."""
    set: list[str] = Field(default_factory=list)
    """Changes of all its scenarios, PATH=VALUE."""
    by: By | None = None
    """How runs are split into groups, for observations of groups."""
    replications: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Runs whose mean stands for one observation."""
    plays: dict[str, Annotated[int, Field(ge=1, le=10_000)]] = Field(default_factory=dict)
    """By scenario that is one case: how often each draw plays it. Each play is held against the observations by itself,
    beside the draw's other numbers: what was observed of one case is one case, no mean."""
    parameters: Annotated[dict[str, Prior], Field(min_length=1, max_length=50)]
    observations: Annotated[dict[str, Observation], Field(min_length=1, max_length=50)]


@dataclass(frozen=True)
class Unknown:
    """A parameter and its prior."""

    parameter: Parameter
    low: float
    high: float
    logarithmic: bool

    def at(self, u: Floats) -> Floats:
        """The values below which shares `u` of the prior lie; whole ones are equally likely where flat."""
        if self.parameter.kind == "count":
            return np.clip(np.rint(self._between(u, self.low - 0.5, self.high + 0.5)), self.low, self.high)
        return self._between(u, self.low, self.high)

    def _between(self, u: Floats, low: float, high: float) -> Floats:
        return np.exp(log(low) + u * log(high / low)) if self.logarithmic else low + u * (high - low)


@dataclass(frozen=True)
class Observed:
    """An observation with its numbers in the unit of the metric (yuan, seconds, shares, counts)."""

    name: str
    metric: str
    scenario: int
    """Place among the scenarios of the problem."""
    value: float
    tolerance: float
    source: str
    more: tuple[str, ...] = ()
    """Metrics that are added to the first."""
    over: tuple[str, ...] = ()
    """What it is a share of."""

    @property
    def reading(self) -> Reading:
        """How it is read from the metrics of a run."""
        return Reading((self.metric, *self.more), self.over)


@dataclass(frozen=True)
class Problem:
    """Targets with everything that they name."""

    name: str
    title: str
    editors: tuple[Editor, ...]
    """Of each scenario in which something was observed."""
    unknowns: tuple[Unknown, ...]
    observed: tuple[Observed, ...]
    replications: int
    by: By | None
    plays: tuple[int, ...] = ()
    """Of each scenario: how often a draw plays it, each play by itself; nothing: none is a case."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Runs of each scenario that a draw takes."""
        return self.plays or (self.replications,) * len(self.editors)

    @property
    def rows(self) -> int:
        """Rows that each draw gives: the plays of its case."""
        return max(self.plays, default=1)

    def values(self, u: Floats) -> Floats:
        """[draw, parameter] as places in the prior -> as values."""
        return np.column_stack([one.at(u[:, number]) for number, one in enumerate(self.unknowns)])


def read_targets(name: str) -> Problem:
    """The targets in a file, or the shipped ones of that name.

    Raises:
        ScenarioError: the file, or a scenario that it names, is wrong.
        StudyError: an unknown path, a prior that the model does not accept, a tolerance of nothing.
    """
    path = catalogue.find(name, catalogue.folder() / "targets", phrase("a file of targets"))
    return problem_of(load(path, model=Targets).scenario, str(path))


def problem_of(targets: Targets, place: str) -> Problem:
    """Find all that targets name.

    Args:
        targets: as read.
        place: what mistakes name as their file.

    Raises:
        ScenarioError, StudyError: as `read_targets`.
    """
    places = [(one.scenario or targets.scenario, (*targets.set, *one.set)) for one in targets.observations.values()]
    worlds = list(dict.fromkeys(places))
    editors = tuple(Editor(load(one, list(changes)).scenario) for one, changes in worlds)
    unknowns = tuple(_unknown(editors, path, prior, place) for path, prior in targets.parameters.items())
    _check_corners(editors, unknowns, place)
    observed = []
    for where, (name, one) in zip(places, targets.observations.items(), strict=True):
        value, tolerance = (
            _observed(said, f"{place}: observations.{name}.{field}")
            for field, said in (("value", one.value), ("tolerance", one.tolerance))
        )
        if not tolerance > 0:
            raise StudyError(
                phrase(
                    "{place}: observations.{name}.tolerance: read {tolerance}, accepted: above zero",
                    place=place, name=name, tolerance=one.tolerance,
                )
            )  # fmt: skip
        first, *more = names_in(one.metric or name)
        observed.append(
            Observed(
                name, first, worlds.index(where), value, tolerance, one.source, tuple(more), names_in(one.over or [])
            )
        )  # fmt: skip
    return Problem(
        targets.name, targets.title, editors, unknowns, tuple(observed), targets.replications, targets.by,
        _plays(targets, worlds, place),
    )  # fmt: skip


def _plays(targets: Targets, worlds: Sequence[tuple[str, tuple[str, ...]]], place: str) -> tuple[int, ...]:
    """How often a draw plays each world."""
    names = [name for name, _ in worlds]
    for name in targets.plays:
        if name not in names:
            raise StudyError(
                phrase(
                    "{place}: plays.{name}: read {name!r}, accepted: {names}",
                    place=place, name=name, names=", ".join(dict.fromkeys(names)),
                )
            )  # fmt: skip
    if targets.plays and targets.replications > 1:
        raise StudyError(
            phrase(
                "{place}: replications: read {read}, accepted: 1 where there are plays",
                place=place, read=targets.replications,
            )
        )  # fmt: skip
    return tuple(targets.plays.get(name, 1) for name in names) if targets.plays else ()


def names_in(written: str | list[str]) -> tuple[str, ...]:
    """One name or several, as a file writes them."""
    return (written,) if isinstance(written, str) else tuple(written)


def _unknown(editors: tuple[Editor, ...], path: str, prior: Prior, place: str) -> Unknown:
    try:
        parameter = editors[0].parameter(path)
    except StudyError as error:
        raise StudyError(phrase("{place}: parameters.{what}", place=place, what=error)) from None
    where = f"{place}: parameters.{path}"
    written = prior.uniform or prior.log_uniform or (0.0, 0.0)  # one of them is there
    try:
        low, high = (parameter.read(one) for one in written)
    except RefusedError as error:
        raise StudyError(
            phrase(
                "{where}: read {read!r}, accepted: {accepted}", where=where, read=error.read, accepted=error.accepted
            )
        ) from None
    if not low < high or (prior.log_uniform and low <= 0):
        accepted = phrase("two values, the lower first")
        if prior.log_uniform:
            accepted = phrase("two values, the lower first, both above zero")
        raise StudyError(
            phrase(
                "{where}: read {low} to {high}, accepted: {accepted}",
                where=where, low=written[0], high=written[1], accepted=accepted,
            )
        )  # fmt: skip
    if low < parameter.least or high > parameter.most:
        accepted = phrase(
            "a prior between {least} and {most}",
            least=parameter.said(parameter.least), most=parameter.said(parameter.most),
        )  # fmt: skip
        raise StudyError(
            phrase(
                "{where}: read {low} to {high}, accepted: {accepted}",
                where=where, low=written[0], high=written[1], accepted=accepted,
            )
        )  # fmt: skip
    return Unknown(parameter, low, high, prior.log_uniform is not None)


def _check_corners(editors: tuple[Editor, ...], unknowns: tuple[Unknown, ...], place: str) -> None:
    """Refuse priors whose ends a scenario does not accept, each alone or (for few of them) together."""
    for editor in editors:
        for corner in _corners(unknowns):
            if error := refusal(editor, {one.parameter: value for one, value in corner.items()}):
                said = ", ".join(f"{one.parameter.path}={one.parameter.said(value)}" for one, value in corner.items())
                raise StudyError(
                    phrase(
                        "{place}: parameters: read {said}, accepted: priors that the model accepts ({error})",
                        place=place, said=said, error=error,
                    )
                )  # fmt: skip


def _corners(unknowns: tuple[Unknown, ...]) -> Iterator[dict[Unknown, float]]:
    for one in unknowns:
        yield from ({one: one.low}, {one: one.high})
    if len(unknowns) <= 5:
        for ends in product(*((one.low, one.high) for one in unknowns)):
            yield dict(zip(unknowns, ends, strict=True))


def _observed(written: float | str, where: str) -> float:
    """A quantity in the unit in which it is measured: seconds, yuan, or the number itself."""
    if not isinstance(written, str):
        return float(written)
    try:
        return read_quantity(written).value
    except ValueError as error:
        raise StudyError(phrase("{where}: {what}", where=where, what=error)) from None
