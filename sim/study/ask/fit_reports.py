"""Reports: when people pay, how long until they understand and tell, how much they lose, which way they report."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import numpy as np

from sim.scenario.models import Scenario
from sim.scenario.people import worked_as
from sim.scenario.profiles import DAYS, HOLIDAY
from sim.study.ask.cells import Band
from sim.study.ask.fits import FEWEST, Collected, Figure, Fit, resolved, span
from sim.study.ask.records import Floats, Records
from sim.study.infer.censored import Observed, fit_law
from sim.study.infer.rates import error_of, mean_of, mean_rate, profile, rate, share, told_by
from sim.words.language import key
from sim.words.phrases import phrase
from sim.words.units import DAY, YUAN

SOURCE = "own"
"""The name of the fitted source of arrivals."""
_SLOTS = 48


def fit_reports(base: Scenario, records: Records, found: Collected) -> None:
    """Fit what a file of reports tells.

    Cases are seen if they were reported in the time of the file: who paid near its end and told later is not in it, and
    every delay is fitted as one that could not have been longer. Who paid before its beginning is left out.
    """
    first_paid = records.times("first_paid" if "first_paid" in records else "paid")
    paid, discovered, reported = (records.times(name) for name in ("paid", "found", "reported"))
    paid = np.where(np.isnan(paid), first_paid, paid)
    when = span([reported if "reported" in records else paid])
    begin, end = np.floor(when[0] / DAY) * DAY, when[1]
    scams = resolved(set(records.words("scam").tolist()), base.victims.scams, "scam")
    _mix(base, records, scams, found, when)
    inside = ~(paid < begin)
    for name in base.victims.scams:
        words = [word for word, meant in scams.items() if meant == name]
        mine = np.isin(records.words("scam"), words)
        if not mine.any():
            continue
        scam, where = base.victims.scams[name], f"victims.scams.{name}"
        if "amount" in records:
            there = mine & ~np.isnan(records.times("amount"))
            seen = Observed.of(records.times("amount")[there])
            found.law(f"{where}.loss", seen, records, when, usual=scam.loss.kind, unit="fen")
        delay = _delay(paid, discovered, records.columns.get("found_after"), end, mine & inside)
        if delay is not None:
            found.law(f"{where}.discovery", delay, records, when, usual=scam.discovery.kind)
        told = _at_once(base, records) & mine & inside
        lag = _delay(discovered, reported, records.columns.get("reported_after"), end, told)
        if lag is not None:
            found.law(f"{where}.report_lag", lag, records, when, usual=scam.report_lag.kind)
    for word in sorted({*records.words("scam").tolist()} - scams.keys() - {""}):
        found.left_out.append((word, phrase("the scenario has no scam of this name")))
    _channels(base, records, found, when)
    if "reported" in records and ("first_paid" in records or "paid" in records):
        _arrivals(base, records, first_paid, reported, begin, end, found, when)
    amounts = records.times("amount")
    if (amounts > 0).any():
        told = amounts[~np.isnan(amounts)]
        found.figures.append(
            Figure("loss-of-a-report", key("loss of a reported case"), "reported_loss", "reports",
                   mean_of(told / YUAN), len(told), "input")
        )  # fmt: skip


def _at_once(base: Scenario, records: Records) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Reports that came by a way without a delay of its own: of the others the lag is not known alone."""
    slow = [name for name, channel in (base.victims.channels or {}).items() if channel.delay is not None]
    words = resolved(set(records.words("channel").tolist()), base.victims.channels or {}, "channel")
    return ~np.isin(records.words("channel"), [word for word, name in words.items() if name in slow])


def _delay(
    since: Floats, until: Floats, band: Band | None, end: float, mine: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Observed | None:
    """Delays of some rows, exact from two times, else from a band; what could be seen ends with the file."""
    exact = mine & ~np.isnan(since) & ~np.isnan(until)
    low, high = np.maximum(until - since, 1.0)[exact], np.maximum(until - since, 1.0)[exact]
    limit = np.maximum((end - since)[exact], high)
    if band is not None:
        given = mine & ~exact & ~np.isnan(band.low)
        most = np.where(np.isnan(since[given]), inf, end - since[given])
        least, widest = band.low[given], np.minimum(band.high[given], np.where(np.isnan(most), inf, most))
        single = band.low[given] == band.high[given]
        least = np.where(single, np.maximum(least, 1.0), least)  # as of two times that are the same
        fits = (widest > least) | single
        low = np.concatenate([low, least[fits]])
        high = np.concatenate([high, np.where(single, least, widest)[fits]])
        most = np.where(np.isnan(most), inf, most)
        limit = np.concatenate([limit, np.maximum.reduce([most, widest, np.where(single, least, 0.0)])[fits]])
    return Observed.of(low, high, limit=limit) if len(low) else None


def _mix(base: Scenario, records: Records, scams: dict[str, str], found: Collected, when: tuple[float, float]) -> None:
    """The share of each scam among the victims of the source: reports, by how likely each is reported."""
    counts = dict.fromkeys(base.victims.scams, 0)
    for word, number in zip(*np.unique(records.words("scam"), return_counts=True), strict=True):
        if str(word) in scams:
            counts[scams[str(word)]] += int(number)
    total = sum(counts.values())
    if not total:
        return
    weights = {name: counts[name] / max(scam.reports, 1e-9) for name, scam in base.victims.scams.items()}
    whole = sum(weights.values())
    found.fits.append(
        Fit(
            f"victims.arrivals.{SOURCE}.scams", _rounded({name: weight / whole for name, weight in weights.items()}),
            {name: (share(number, total), "share") for name, number in counts.items()}, total, records.name, when,
        )
    )  # fmt: skip


def _rounded(shares: dict[str, float]) -> dict[str, float]:
    """Shares to four digits that sum to 1."""
    found = {name: round(value, 4) for name, value in shares.items()}
    largest = max(found, key=found.__getitem__)
    found[largest] = round(found[largest] + 1 - sum(found.values()), 4)
    return found


def _channels(base: Scenario, records: Records, found: Collected, when: tuple[float, float]) -> None:
    channels = base.victims.channels
    words = records.words("channel")
    known = resolved(set(words.tolist()), channels or {}, "channel")
    for word in sorted({*words.tolist()} - known.keys() - {""}):
        found.left_out.append((word, phrase("the scenario has no channel of this name")))
    counts = dict.fromkeys(channels or {}, 0)
    for word, name in known.items():
        counts[name] += int((words == word).sum())
    total = sum(counts.values())
    if not total:
        return
    shares = _rounded({name: number / total for name, number in counts.items()})
    for name, number in counts.items():
        path = f"victims.channels.{name}.share"
        found.fits.append(
            Fit(path, shares[name], {"share": (share(number, total), "share")}, total, records.name, when)
        )


def _arrivals(
    base: Scenario, records: Records, paid: Floats, reported: Floats, begin: float, end: float, found: Collected,
    when: tuple[float, float],
) -> None:  # fmt: skip
    """Reports by half hour and kind of day of the first payment, for those who paid in the time of the file."""
    mine = ~np.isnan(paid) & ~np.isnan(reported) & (paid >= begin)
    days = int(np.ceil((end - begin) / DAY))
    slot = ((paid[mine] - begin) // (DAY / _SLOTS)).astype(np.int64)
    counts = np.bincount(slot, minlength=days * _SLOTS)[: days * _SLOTS].reshape(days, _SLOTS)
    middle = begin + (np.arange(days * _SLOTS) + 0.5) * DAY / _SLOTS
    delay, limit = (reported - paid)[mine], (end - paid)[mine]
    told = told_by(delay, limit, np.maximum(end - middle, 0.0)) * _told_at_all(delay, limit)
    exposure = np.where(middle <= end, told, 0.0).reshape(days, _SLOTS)
    kinds = _kinds(base, begin, days)
    made = profile(counts, exposure, kinds, frozenset({5, 6, HOLIDAY}))
    usual = {day: made.days[day] for day in range(HOLIDAY) if day in made.days}
    known = {day: float(counts[kinds == day].sum()) for day in usual}
    at = (end - middle)[middle <= end]
    doubt = error_of(lambda row: _seen(delay[row], limit[row], at), len(delay))
    per_day, n = mean_rate(usual, known, doubt), int(counts.sum())
    if not np.isfinite(per_day[0]) or per_day[0] <= 0:
        found.left_out.append((f"victims.arrivals.{SOURCE}", phrase("nobody paid in the time of the file")))
        return
    path = f"victims.arrivals.{SOURCE}"
    found.fits.append(
        Fit(f"{path}.per_day", round(per_day[0], 3), {"per_day": (per_day, "a day")}, n, records.name, when)
    )
    found.fits.append(Fit(f"{path}.counts", "reports", {}, n, records.name, when))
    value = {
        (DAYS[day] if day < HOLIDAY else "holiday"): [round(made.days[day][0] * part[0] / per_day[0], 3) for part in
                                                     made.shapes[day]]
        for day in made.days
    }  # fmt: skip
    for name in DAYS:  # a file of a few days does not have all of them
        value.setdefault(name, [round(part[0], 3) for part in next(iter(made.shapes.values()))])
    groups = (("weekday", 0), ("day off", 5)) if made.split else (("every day", next(iter(made.days))),)
    estimates = {
        (DAYS[day] if day < HOLIDAY else "holiday"): (_over(one, per_day[0]), "relative")
        for day, one in made.days.items()
    }
    found.fits.append(
        Fit(
            f"{path}.by_hour", value, estimates, n, records.name, when,  # type: ignore[arg-type]
            profile=tuple((name, tuple(made.shapes[day])) for name, day in groups if day in made.shapes),
        )
    )  # fmt: skip
    whole = rate(n, float(exposure.sum()) / _SLOTS)
    found.figures.append(Figure("reports-a-day", key("reports a day"), "reports", None, whole, n, "input"))


def _seen(delay: Floats, limit: Floats, at: Floats) -> float:
    """The share that was told in time, of those who paid at some times before the end of the file."""
    return float(told_by(delay, limit, at).mean()) * _told_at_all(delay, limit)


def _told_at_all(delay: Floats, limit: Floats) -> float:
    """The share of delays that are no longer than the file, by the law of the longer half: no others are in it."""
    if len(delay) < FEWEST:
        return 1.0
    longest, middle = float(limit.max()), float(np.median(delay))
    late = delay > middle
    law = fit_law(
        Observed.of(delay[late], entry=np.full(int(late.sum()), middle), limit=np.maximum(limit, delay)[late]),
        ("loglogistic",),
    )  # fmt: skip
    if law is None or longest <= middle:
        return 1.0
    below = float(told_by(delay, limit, np.array([middle]))[0])
    beyond = 1 - law.cdf(np.array([longest, middle]))
    return float(1 / (1 + (1 - below) * beyond[0] / max(beyond[1] - beyond[0], 1e-12)))


def _over(one: tuple[float, float, float], whole: float) -> tuple[float, float, float]:
    return one[0] / whole, one[1] / whole, one[2] / whole


def _kinds(base: Scenario, begin: float, days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Of each day: its weekday, or that whose rates a make-up working day has, or a public holiday."""
    first = datetime.fromtimestamp(begin / 1000, UTC).date().toordinal()
    off, worked = ({day.toordinal() for day in some} for some in (base.days_off, base.days_worked))
    found = []
    for day in range(first, first + days):
        weekday = (day - 1) % 7
        found.append(HOLIDAY if day in off else worked_as(weekday) if day in worked else weekday)
    return np.array(found, dtype=np.int64)
