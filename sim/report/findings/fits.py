"""The result of `fundfreeze fit`: a table, the scenario with its sources, and what the model has to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import floor, isfinite, log10
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from sim.report.findings import fields
from sim.report.findings.csv_text import table
from sim.report.findings.proofs import OWN
from sim.scenario.encoding import HARMFUL
from sim.scenario.victims import RateArrivals
from sim.study.ask.fit_reports import SOURCE
from sim.study.ask.fits import Fit, FittedCentre, Unit
from sim.study.ask.records import MOST_TOLD
from sim.words.language import MONTHS, counted, duration, key, money, say, translate
from sim.words.phrases import phrase
from sim.words.units import DAY, YUAN

_ARRIVALS = ("victims", "arrivals", SOURCE)
_LAYERS = "criminals.dwell_by_layer."
_LONGEST: Final = 60
"""Letters of a word of a file that are shown."""


def said(value: float, unit: Unit, half: float = 0.0) -> str:
    """A number of a fit as people read it: a time, an amount, a share or a rate.

    Args:
        value: ms, fen, a share or a rate.
        unit: which of them.
        half: half of its interval, two digits of which are told; 0: nobody knows it.
    """
    if not isfinite(value):
        return "-"
    if unit in ("ms", "fen"):
        step = 10.0 ** (floor(log10(half)) - 1) if half > 0 and isfinite(half) else 1.0
        whole = round(value / step) * step if value > 0 else 0
        return duration(whole) if unit == "ms" else money(round(whole / YUAN) * YUAN if whole >= YUAN else whole)
    return f"{value:.2%}" if unit == "share" else f"{value:.3g}"


def main_table(result: FittedCentre) -> Table:
    """Each fitted number with its interval, its law, how many it is from, and its file."""
    made = Table(title=say("Fitted, with 90% intervals"), title_justify="left", title_style="bold", header_style="bold")
    made.add_column(say("value"), overflow="fold")
    made.add_column("")
    for head in (say("fitted"), say("90% interval"), "n"):
        made.add_column(head, justify="right", overflow="fold")
    made.add_column(say("law"), overflow="fold")
    made.add_column(say("file"), overflow="fold")
    for path, name, one, unit, fit in _numbers(result):
        half = (one[2] - one[1]) / 2
        middle, low, high = (said(value, unit, half) for value in one)
        law = _law(fit)
        made.add_row(
            escape(fields.called(path)), escape(_number_name(path, name)), middle,
            say("{low} to {high}", low=low, high=high), f"{fit.n:,}", say(_LAWS.get(law, law)), escape(fit.file),
        )  # fmt: skip
    return made


def _number_name(path: str, name: str) -> str:
    """Which number of a value it is: of a law its median, of shares whose; nothing where the value is the number."""
    parts = tuple(path.split("."))
    return "" if parts[-1] == name else fields.part((*parts, name), len(parts))


_LAWS: Final = {
    "lognormal": key("lognormal"), "loglogistic": key("loglogistic"), "exponential": key("exponential"),
    "gamma": key("gamma"), "weibull": key("Weibull"), "fixed": key("always"), "mixture": key("mixture"),
}  # fmt: skip
"""Laws by their names in a file."""


def _law(fit: Fit) -> str:
    if fit.law:
        return fit.law.kind
    return next(iter(fit.value)) if isinstance(fit.value, dict) and len(fit.value) == 1 else ""


def _numbers(result: FittedCentre) -> Iterator[tuple[str, str, tuple[float, float, float], Unit, Fit]]:
    for fit in result.fits:
        for name, (one, unit) in fit.estimates.items():
            yield fit.path, name, one, unit, fit


def table_csv(result: FittedCentre) -> str:
    """The same as plain numbers: times in ms, amounts in fen."""
    rows = ([path, name, *one, unit, _law(fit), fit.n, fit.file] for path, name, one, unit, fit in _numbers(result))
    return table(["path", "number", "fitted", "low", "high", "unit", "law", "n", "file"], rows)


def sentences(result: FittedCentre) -> Iterator[str]:
    """What was dropped, what else is to be known of a file, which lines could not be read, and what was left out."""
    for records in result.records:
        if records.dropped:
            heads = ", ".join(map(on_one_line, records.dropped))
            yield say(
                "{file}: columns that were not read, and of which nothing is kept: {heads}",
                file=records.name,
                heads=heads,
            )
        for note in records.notes:
            yield say("{file}: {note}", file=records.name, note=translate(note))
        for line, why in records.wrong[:MOST_TOLD]:
            yield say("{file}, line {line}: {why}; left out", file=records.name, line=line, why=translate(why))
        if (more := len(records.wrong) - MOST_TOLD) > 0:
            yield counted(more, "{file}: and one more line", "{file}: and {n:,} more lines", file=records.name)
    for what, why in result.left_out:
        called = fields.called(what) if what.partition(".")[0] in fields.GROUPS else on_one_line(what)  # a file's word
        yield say("not fitted: {what} ({why})", what=called, why=translate(why))


def on_one_line(word: str) -> str:
    """A word of a file as it is shown: short, without line breaks and what a terminal obeys, long numbers left out."""
    plain = re.sub(r"\d{7,}", "...", " ".join(HARMFUL.sub(" ", word).split()))
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."


# -- the scenario -----------------------------------------------------------------------------------------


def when_of(fit: Fit) -> str:
    """The time of a file: ``March 2026``, ``March to May 2026``."""
    if not all(map(isfinite, fit.when)):
        return ""
    first, last = (datetime.fromtimestamp(one / 1000, UTC) for one in fit.when)
    begins, ends = f"{MONTHS[first.month - 1]} {first.year}", f"{MONTHS[last.month - 1]} {last.year}"
    if begins == ends:
        return begins
    return f"{MONTHS[first.month - 1]} to {ends}" if first.year == last.year else f"{begins} to {ends}"


def source_of(fit: Fit) -> str:
    """``fitted from reports.csv, n = 1,204, March 2026``."""
    return ", ".join(part for part in (f"fitted from {fit.file}", f"n = {fit.n:,}", when_of(fit)) if part)


def scenario(result: FittedCentre, extends: str, name: str) -> dict[str, Any]:
    """The scenario, as YAML has it: what was fitted, on top of the base."""
    tree: dict[str, Any] = {}
    sources: dict[str, dict[str, str]] = {}
    layers = [
        law.model_dump(mode="json", by_alias=True, exclude_none=True) for law in result.base.criminals.dwell_by_layer
    ]
    own = any(fit.path == ".".join((*_ARRIVALS, "per_day")) for fit in result.fits)
    rates = [one for one, source in result.base.victims.arrivals.items() if isinstance(source, RateArrivals)]
    for fit in result.fits:
        path = tuple(fit.path.split("."))
        if path[:3] == _ARRIVALS and not own:
            if len(rates) != 1:
                continue
            path = (*path[:2], rates[0], *path[3:])
        note = {"label": "derived", "source": source_of(fit)}
        if fit.path.startswith(_LAYERS):
            layers[int(path[-1])] = fit.value
            path = path[:-1]
            fit_value: Any = layers
        else:
            fit_value = fit.value
        here = tree
        for part in path[:-1]:
            here = here.setdefault(part, {})
        here[path[-1]] = fit_value
        if fit_value is not None:
            sources[".".join(path)] = note
    head = {
        "schema_version": 1, "extends": extends, **({"replaces": ["victims.arrivals"]} if own else {}), "name": name,
        "title": f"{result.base.title[:150]}, with own data"[:200],
        "question": "What does the model say of our own centre?",
    }  # fmt: skip
    return {**head, **tree, "sources": sources}


def figures(result: FittedCentre, file: str, name: str) -> dict[str, Any]:
    """What the centre's files say that the model has to answer, as `prove` reads published figures."""
    whole = max((fit.when[1] - fit.when[0] for fit in result.fits if isfinite(fit.when[0])), default=0.0)
    days = max(1, round(whole / DAY))
    origin = next((fit for fit in result.fits if isfinite(fit.when[0])), None)
    found: dict[str, Any] = {}
    for one in result.figures:
        value = [float(part) * (days if one.metric == "reports" and one.over is None else 1) for part in one.value]
        if value[0] <= 0:
            continue
        title = f"{one.title}, {one.metric.partition('.')[2]}" if one.metric.startswith("wait.") else one.title
        found[one.name] = {
            "title": f"{title} (in {days} days)" if one.metric == "reports" and one.over is None else title,
            "country": OWN,
            "source": {
                "title": ", ".join(records.name for records in result.records)[:600], "publisher": "own records",
                "date": when_of(origin) if origin else "-",
            },
            "published": [float(f"{max(value[1], 0.0):.6g}"), float(f"{value[2]:.6g}")],
            "role": one.role, "kind": "range", "run": "own", "metric": one.metric,
            **({"over": one.over} if one.over else {}),
        }  # fmt: skip
    return {
        "schema_version": 1, "name": name, "title": "Own centre (90% intervals of its files)",
        "worlds": {"own": {"scenario": file, "set": [f"horizon={days}d"], "replications": 10}}, "figures": found,
    }  # fmt: skip


def headline(result: FittedCentre) -> str:
    """How much was fitted, from how much."""
    rows = sum(records.n for records in result.records)
    laws = sum(fit.law is not None or "loglogistic" in str(fit.value) for fit in result.fits)
    others = len(result.fits) - laws
    return say(
        "{laws} and {values} fitted from {rows}", laws=counted(laws, "one law", "{n:,} laws"),
        values=counted(others, "one other value", "{n:,} other values"),
        rows=counted(rows, "one row", "{n:,} rows"),
    )  # fmt: skip


def panels(result: FittedCentre, most: int = 24) -> Sequence[Fit]:
    """The laws that are drawn: those from most data, in the order of the scenario."""
    drawn = [fit for fit in result.fits if fit.law is not None and fit.seen is not None]
    best = sorted(drawn, key=lambda fit: -fit.n)[:most]
    return [fit for fit in drawn if fit in best]


NOTHING = phrase("nothing was fitted: the files tell too little")
