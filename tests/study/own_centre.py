"""The made-up centre: its files for any luck, and what a fit of them has to find."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.engine.run import simulate
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.profiles import DAYS
from sim.scenario.reports import share_reported
from sim.scenario.victims import RateArrivals
from sim.study.ask.fit import fit
from sim.study.ask.fits import Fit, FittedCentre
from sim.study.ask.forms import FORMS
from sim.study.ask.records import read_records
from sim.words.units import HOUR
from tools.own_centre import files_of

FOLDER = Path(__file__).parent.parent.parent / "docs" / "own-centre"


def centre() -> Scenario:
    """What the files are made from."""
    return load(str(FOLDER / "centre.yaml")).scenario


def fitted(scenario: Scenario, replication: int, folder: Path) -> FittedCentre:
    """The fit of the files of one replication, over the base that a user would take."""
    records = []
    for name, (head, rows) in files_of(simulate(scenario, 7, replication)).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
        records.append(read_records(folder / f"{name}.csv", FORMS[name], heads={}, offset=8 * HOUR))
    return fit(load("city").scenario, records)


def truths(scenario: Scenario, one: Fit) -> Iterator[tuple[str, float, tuple[float, float, float]]]:
    """Of each number of a fit: its family, the truth and what was fitted."""
    parts = one.path.split(".")
    found = {name: estimate for name, (estimate, _) in one.estimates.items()}
    if one.path == "victims.arrivals.own.per_day":
        (source,) = scenario.victims.arrivals.values()
        assert isinstance(source, RateArrivals)
        yield "per_day", source.per_day * share_reported(scenario.victims, source, None), found["per_day"]
    elif one.path == "victims.arrivals.own.by_hour":
        (source,) = scenario.victims.arrivals.values()
        assert isinstance(source, RateArrivals)
        for day, estimate in found.items():
            if day in DAYS:
                yield "weekday", source.by_weekday[DAYS.index(day)] / float(np.mean(source.by_weekday)), estimate
        assert isinstance(source.by_hour, list)
        hours = np.repeat(np.array(source.by_hour), 2) / np.mean(source.by_hour)
        for _, shape in one.profile:
            yield from (("half hour", float(true), mine) for true, mine in zip(hours, shape, strict=True))
    elif one.path == "victims.arrivals.own.scams":
        weights = {name: scam.share * scam.reports for name, scam in scenario.victims.scams.items()}
        for name, estimate in found.items():
            yield "scams", weights[name] / sum(weights.values()), estimate
    elif parts[1] == "channels":
        yield "channels", (scenario.victims.channels or {})[parts[2]].share, found["share"]
    elif one.path == "criminals.pace.spread":
        assert scenario.criminals.pace is not None
        yield "pace", scenario.criminals.pace.spread, found["spread"]
    elif parts[-1] in ("mismatch", "refusal"):
        profile = scenario.bank_profiles[parts[1]]
        yield parts[-1], getattr(profile, parts[-1]) or 0.0, found[parts[-1]]
    elif parts[0] == "criminals":
        law = (
            scenario.criminals.exits[parts[2]].dwell if parts[1] == "exits"
            else scenario.criminals.dwell_by_layer[int(parts[2])]
        )  # fmt: skip
        assert law.loglogistic is not None
        yield "dwell median", float(law.loglogistic.median), found["median"]
        yield "dwell shape", law.loglogistic.shape, found["shape"]
    elif "median" in found:
        law_, family = _law(scenario, parts)
        for name, share in (("median", 0.5), ("p90", 0.9)):
            yield f"{family} {name}", float(law_.quantile(np.array([share]))[0]), found[name]


def _law(scenario: Scenario, parts: list[str]):  # type: ignore[no-untyped-def]
    if parts[0] == "victims":
        return getattr(scenario.victims.scams[parts[2]], parts[3]), parts[3]
    if parts[0] == "bank_profiles":
        return scenario.bank_profiles[parts[1]].time, "bank"
    work = scenario.routes[parts[1]].steps[parts[3]].work
    assert work is not None
    return work.time, "work"
