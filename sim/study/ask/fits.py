"""What is fitted from a centre's own files: one entry for each value of a scenario, with its data and its interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sim.scenario.models import Scenario
from sim.study.ask.records import Records
from sim.study.infer.censored import Fitted, Observed, fit_law
from sim.study.infer.rates import Estimate
from sim.words.language import Kind, catalogue
from sim.words.phrases import phrase
from sim.words.units import SECOND, YUAN, format_duration, format_money

Unit = Literal["ms", "fen", "share", "a day", "", "relative"]
KINDS = ("lognormal", "loglogistic", "weibull", "gamma", "exponential")
FEWEST = 30
"""Observations from which a law is fitted."""


@dataclass(frozen=True)
class Fit:
    """One value of a scenario."""

    path: str
    """Dotted, as `--set` has it."""
    value: Any
    """As YAML has it."""
    estimates: Mapping[str, tuple[Estimate, Unit]]
    """By name: estimate, 90% interval and unit."""
    n: int
    file: str
    when: tuple[float, float]
    """First and last time in the file, ms since 1970, local."""
    law: Fitted | None = None
    seen: Observed | None = None
    """The data behind the law, for the picture."""
    unit: Unit = "ms"
    """Of the law."""
    profile: tuple[tuple[str, tuple[Estimate, ...]], ...] = ()
    """Of rates over the day: by group of days, its parts."""


@dataclass(frozen=True)
class FittedCentre:
    """All fits, and what could not be fitted."""

    base: Scenario
    fits: tuple[Fit, ...]
    left_out: tuple[tuple[str, str], ...]
    """What, and why not (phrases)."""
    records: tuple[Records, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A number of the centre that is not fitted: the model has to answer it."""

    name: str
    title: str
    metric: str
    over: str | None
    value: Estimate
    """In the unit of the metric (s, yuan, shares)."""
    n: int
    role: str = "kept apart"


@dataclass
class Collected:
    """Fits as they are made."""

    fits: list[Fit] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def law(
        self, path: str, seen: Observed, records: Records, when: tuple[float, float], *, usual: str | None,
        unit: Unit = "ms",
    ) -> None:  # fmt: skip
        """Fit a law to observations and keep it, or say that they are too few."""
        fitted = fit_law(seen, KINDS, usual) if seen.n >= FEWEST else None
        if fitted is None:
            self.left_out.append((path, too_few(seen.n)))
            return
        estimates: dict[str, tuple[Estimate, Unit]] = {
            "median": (fitted.quantile(0.5), unit), "p90": (fitted.quantile(0.9), unit),
        }  # fmt: skip
        self.fits.append(Fit(path, law_value(fitted, unit), estimates, seen.n, records.name, when, fitted, seen, unit))


def too_few(n: int) -> str:
    """Why no law is fitted to so many observations."""
    if n == 1:
        return phrase("one observation, and a law needs {least}", least=FEWEST)
    return phrase("{n} observations, and a law needs {least}", n=n, least=FEWEST)


def law_value(law: Fitted, unit: Unit) -> dict[str, Any]:
    """A law as a scenario writes it."""
    made: dict[str, Any] = {}
    for name, (value, _, _) in law.parameters.items():
        made[name] = round(value, 3) if name == "shape" else quantity(value, unit)
    if law.kind == "lognormal" and made["p90"] == made["median"]:
        made["p90"] = quantity(law.parameters["p90"][0] + (1 if unit == "ms" else 100), unit, exact=True)
    return {law.kind: made}


def quantity(value: float, unit: Unit, *, exact: bool = False) -> str:
    """A time or an amount as a scenario writes it: to the second above two minutes, to the yuan above a thousand."""
    whole = max(1, round(value))
    if unit == "fen":
        return format_money(whole if exact or whole < 1000 * YUAN else round(whole / YUAN) * YUAN)
    return format_duration(whole if exact or whole < 120 * SECOND else round(whole / SECOND) * SECOND)


def span(columns: Iterable[Any]) -> tuple[float, float]:
    """First and last of some columns of times."""
    there = [column[~np.isnan(column)] for column in columns]
    there = [column for column in there if len(column)]
    if not there:
        return float("nan"), float("nan")
    return min(float(one.min()) for one in there), max(float(one.max()) for one in there)


def resolved(words: Iterable[str], configured: Iterable[str], kind: Kind) -> dict[str, str]:
    """By word of a file: the name of the configuration that it means, in English or Chinese; unknown ones have none."""
    plain = {_plain(name): name for name in configured}
    chinese = {_plain(said): name for name, said in catalogue().names.get(kind, {}).items() if name in plain.values()}
    known = chinese | plain
    return {word: known[_plain(word)] for word in words if _plain(word) in known}


def _plain(word: str) -> str:
    return word.strip().lower().replace("_", " ").replace("-", " ")
