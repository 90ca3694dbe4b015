"""Metrics and numbers as people read them: one label and one unit, and the digits that an interval supports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, inf, isnan, log10
from typing import Final, Literal

from sim.study.infer.stats import Summary
from sim.words.language import duration, exact_money, key, language, money, named, percent, say
from sim.words.names import cause, desk
from sim.words.units import MINUTE

# -- metrics ----------------------------------------------------------------------------------------------

Unit = Literal["yuan", "s", "share", "count"]


@dataclass(frozen=True)
class Metric:
    """A measured quantity, as people read it."""

    english: str
    unit: Unit
    """Of the value as it is measured: yuan, seconds, a share from 0 to 1, a count."""

    @property
    def label(self) -> str:
        """In the reader's language."""
        return say(self.english)


METRICS: Final[dict[str, Metric]] = {
    "loss": Metric(key("paid by the victims"), "yuan"),
    "reported_loss": Metric(key("paid by victims who reported"), "yuan"),
    "net_loss": Metric(key("net loss of the victims"), "yuan"),
    "saved": Metric(key("recovered and prevented"), "yuan"),
    "net_benefit": Metric(key("net benefit: recovered and prevented, less cost"), "yuan"),
    "recovered": Metric(key("recovered"), "yuan"),
    "recovered_share": Metric(key("share recovered"), "share"),
    "recovered_share_reported": Metric(key("share recovered, reported cases"), "share"),
    "recovered_early": Metric(key("recovered by holds before the report"), "yuan"),
    "recoverable_at_report": Metric(key("recoverable at the report"), "yuan"),
    "recoverable_share": Metric(key("share recoverable at the report"), "share"),
    "response_efficiency": Metric(key("recovered of what was recoverable"), "share"),
    "response_latency": Metric(key("report to first stop"), "s"),
    "response_latency_p05": Metric(key("report to first stop, 5th percentile"), "s"),
    "response_latency_median": Metric(key("report to first stop, median"), "s"),
    "accounts_found": Metric(key("stopped accounts with victims' money on them"), "count"),
    "credited_to_stopped": Metric(key("came to accounts that were stopped"), "yuan"),
    "response_latency_p95": Metric(key("report to first stop, 95th percentile"), "s"),
    "containment_time": Metric(key("report to last stop"), "s"),
    "report_delay": Metric(key("first payment to report"), "s"),
    "stopped": Metric(key("ever under a stop"), "yuan"),
    "stopped_all": Metric(key("ever under a stop, with other people's money"), "yuan"),
    "frozen_all": Metric(key("under a judicial freeze, with other people's money"), "yuan"),
    "stopped_per_account": Metric(key("stopped per stopped account"), "yuan"),
    "stopped_all_per_account": Metric(key("stopped per stopped account, with other people's money"), "yuan"),
    "accounts_stopped": Metric(key("accounts stopped"), "count"),
    "empty_stops": Metric(key("stops that found nothing"), "count"),
    "frozen": Metric(key("under a judicial freeze"), "yuan"),
    "intercepted": Metric(key("caught by field teams"), "yuan"),
    "returned": Metric(key("paid back by the end of the run"), "yuan"),
    "under_stop": Metric(key("under a stop without a freeze at the end"), "yuan"),
    "prevented": Metric(key("never paid, thanks to a hold in time"), "yuan"),
    "prevented_cases": Metric(key("people kept from a payment"), "count"),
    "still_moving": Metric(key("still moving at the end"), "yuan"),
    "held_elsewhere": Metric(key("held by another force at the end"), "yuan"),
    "value_of_a_minute": Metric(key("lost by one more minute per case"), "yuan"),
    "cases_with_stop": Metric(key("cases with a stop"), "count"),
    "cases_without_stop_share": Metric(key("reported cases without any stop"), "share"),
    "cases_censored": Metric(key("cases cut off by the end of the follow-up"), "count"),
    "freezes": Metric(key("freezes filed and renewed"), "count"),
    "lapses": Metric(key("stops and freezes that lapsed"), "count"),
    "refused_orders": Metric(key("orders refused by banks"), "count"),
    "within": Metric(key("done in time"), "share"),
    "alerts": Metric(key("warnings, leads and alarms"), "count"),
    "false_alerts": Metric(key("of them about honest people"), "count"),
    "victims": Metric(key("victims"), "count"),
    "reports": Metric(key("reports"), "count"),
    "victims_whole": Metric(key("victims who got all back"), "count"),
    "victims_part": Metric(key("victims who got part back"), "count"),
    "victims_nothing": Metric(key("victims who got nothing back"), "count"),
    "wrongful_holds": Metric(key("innocent money held at the end"), "yuan"),
    "wrongful_accounts": Metric(key("accounts with innocent money that were held"), "count"),
    "wrongful_days": Metric(key("days that they were held, account by account"), "count"),
    "objections": Metric(key("objections"), "count"),
    "objection_work": Metric(key("work on objections"), "s"),
    "answered_share": Metric(key("calls answered"), "share"),
    "abandoned": Metric(key("callers who gave up"), "count"),
    "redials": Metric(key("repeated calls"), "count"),
    "wait": Metric(key("wait in the queue"), "s"),
    "queue_length": Metric(key("people or accounts waiting"), "count"),
    "utilisation": Metric(key("share of rostered time worked, up to the last victims"), "share"),
    "utilisation_by_hour": Metric(key("share of rostered time worked, by hour of the day"), "share"),
    "duties": Metric(key("share of rostered time on work that is no case"), "share"),
    "duty_wait": Metric(key("wait of work that is no case"), "s"),
    "duty_done_share": Metric(key("work that is no case, share begun"), "share"),
    "overtime": Metric(key("overtime"), "s"),
    "called_in": Metric(key("time of staff called in"), "s"),
    "cost": Metric(key("cost: wages, overtime, set-up for the period"), "yuan"),
}
NOT_COUNTED: Final = key("not counted: people at banks and payment firms, and desks without a wage or a set-up cost")
"""Whose work the metric `cost` leaves out, said under every table of it."""


def not_counted(at_banks: Sequence[str] = ()) -> str:
    """Whose work the cost leaves out, said with every table of cost, net benefit or payback.

    Args:
        at_banks: what the arms are called in which other people answer at banks: they look cheaper than they are.
    """
    if not at_banks:
        return say(NOT_COUNTED)
    return say("{note}; net benefit and payback leave out what these cost at banks: {arms}", note=say(NOT_COUNTED),
               arms=say("; ").join(at_banks))  # fmt: skip


AT_BANKS: Final = key(
    "at banks, with what the first stop of each found; what was stopped at wallets, payment firms and shops is not here"
)
"""Why the outcomes of stopped accounts add up to less than all that were stopped."""
_UNITS: Final[dict[Unit, tuple[str, float]]] = {
    "yuan": (key("yuan"), 1.0),
    "s": (key("min"), 1 / 60),
    "share": ("%", 100.0),
    "count": ("", 1.0),
}
"""By unit of measurement: the unit that people read, and how many of it are one of the measured."""


def unit_word(unit: Unit) -> str:
    """The unit in which people read what is measured in `unit`: yuan (in Chinese 10,000 of them), minutes, %."""
    return say(_UNITS[unit][0])


def change_word(unit: Unit) -> str:
    """The unit of a difference: of shares points, else that of what is measured."""
    return say("points") if unit == "share" else unit_word(unit)


def unit_scale(unit: Unit) -> float:
    """Multiply a measured value by this to get it in `unit_word`."""
    return english_scale(unit) * (1e-4 if unit == "yuan" and language() == "zh" else 1.0)


def english_scale(unit: Unit) -> float:
    """Multiply a measured value by this to get it in yuan, minutes or points, in which precision is decided."""
    return _UNITS[unit][1]


def metric(name: str) -> Metric:
    """The label and unit of a metric; ``wait.analyst`` and ``leak.bank`` take the unit of their group."""
    if name in METRICS:
        return METRICS[name]
    group, dot, of = name.partition(".")
    if group == "leak" and dot:
        return Metric(cause(of).english, "yuan")
    if group == "within" and dot:
        route, _, step = of.partition(".")
        done = say("{step} of the {route} done in time", step=named(step, "step"), route=named(route, "route"))
        return Metric(done, "share")
    if group in ("stage", "stage_money", "stage_money_all") and dot:
        what = {
            "stage": key("stopped accounts: {outcome}"), "stage_money": key("found on stopped accounts: {outcome}"),
            "stage_money_all": key("all money on stopped accounts: {outcome}"),
        }[group]  # fmt: skip
        return Metric(say(what, outcome=named(of, "outcome")), "count" if group == "stage" else "yuan")
    if group == "alerts" and dot:
        return Metric(say("{alert}s", alert=named(of, "route")), "count")
    if group == "false_alerts" and dot:
        return Metric(say("{alert}s about honest people", alert=named(of, "route")), "count")
    if group == "gone_layer_1" and dot:
        time = duration(int(of) * MINUTE) if of.isdecimal() else of
        return Metric(say("gone from layer 1 within {time}", time=time), "share")
    if group in _WITHIN and dot and of.isdecimal():
        label, unit = _WITHIN[group]
        return Metric(say(label, time=duration(int(of) * MINUTE)), unit)
    if group == "utilisation_by_hour" and dot:
        place, _, hour = of.rpartition(".")
        at = say("{desk} from {hour}:00", desk=desk(place), hour=hour)
        return Metric(say("{metric}, {desk}", metric=METRICS[group].label, desk=at), METRICS[group].unit)
    if group in METRICS and dot:
        at = say("{metric}, {desk}", metric=METRICS[group].label, desk=desk(of))
        return Metric(at, METRICS[group].unit)
    if name.endswith("_share"):
        return Metric(named(name, "metric"), "share")
    return Metric(named(name, "metric"), "count")


_WITHIN: Final[dict[str, tuple[str, Unit]]] = {
    "accounts_stopped_within": (key("accounts under a stop {time} after the report"), "count"),
    "loss_reported_within": (key("share of the money reported within {time}"), "share"),
}
"""Metrics by a number of minutes."""

_SIGNED: Final = ("value_of_a_minute", "net_loss", "net_benefit")
"""Metrics that may be below 0."""
_MORE_THAN_ALL: Final = ("utilisation", "utilisation_by_hour", "duties")
"""Shares of the rostered time that may pass 1: overtime, and staff called in, are work beyond it."""


def possible(name: str, edge: float, mean: float) -> float:
    """The end of an interval, kept to what the metric can be: a share 0 to 1, an amount, a time or a count 0 or more.

    Only for showing. An interval always keeps its mean, and NaN stays NaN.
    """
    if name in _SIGNED:
        return edge
    most = 1.0 if metric(name).unit == "share" and name.partition(".")[0] not in _MORE_THAN_ALL else inf
    return min(max(edge, min(0.0, mean)), max(most, mean))


def bounded(name: str, one: Summary) -> Summary:
    """A summary whose interval is kept to what its metric can be: for files that people read."""
    return replace(one, low=possible(name, one.low, one.mean), high=possible(name, one.high, one.mean))


# -- times, amounts and numbers ---------------------------------------------------------------------------


def since(ms: int) -> str:
    """A time relative to the report, short enough for a column: ``+35.4 min``, ``-2 h 10 min``."""
    sign = "-" if ms < 0 else "+"
    return sign + (say("{n:.1f} min", n=abs(ms) / MINUTE) if abs(ms) < 100 * MINUTE else duration(abs(ms)))


def part_of(fen: int, of: int) -> str:
    """Two amounts as people compare them, as the story says them: ``910,662 of 1,600,000 yuan``; to the yuan in Chinese
    only where they would read alike and are not."""
    if language() != "en":
        part, whole = money(fen), money(of)
        if part == whole and fen != of:
            part, whole = exact_money(fen), exact_money(of)
        return say("{part} of {whole}", part=part, whole=whole)
    return say("{part} of {whole}", part=money(fen).removesuffix(" yuan"), whole=money(of))


def thousands(yuan: float) -> str:
    """``1,600,000``, without a unit (for axes that name it)."""
    return f"{round(yuan):,}"


def two_digits(yuan: float) -> str:
    """An amount in yuan with its two leading digits, in `unit_word` and without it: ``1,600,000``."""
    shown = float(f"{yuan:.2g}") * unit_scale("yuan")
    return f"{shown:,.0f}" if language() == "en" else f"{shown:,.10g}"


def in_short(name: str, value: float, *, unit: bool = True) -> str:
    """A measured value of one run, or a quantile of many, with the two or three digits that a spread supports.

    One way to say it in summaries and pictures, so that no median reads 35 min here and 35 min 34 s there.
    """
    if isnan(value):
        return "-"
    kind = metric(name).unit
    word = unit_word(kind) if unit else ""
    if kind == "yuan":
        return f"{two_digits(value)} {word}".rstrip()
    shown = f"{value * unit_scale(kind):,.0f}"
    return f"{shown}%" if word == "%" else f"{shown} {word}".rstrip()


def share(value: float) -> str:
    """A share over replications, wherever it stands: ``56.0%``."""
    return percent(value, 1)


def rounded(value: float, half_width: float) -> str:
    """A number with the digits that an interval of this half width supports: two of the half width's own.

    At least one digit of the number itself stays, so that only 0 reads as 0.

    ``rounded(851098.92, 23456)`` is ``851,000``; ``rounded(57.38, 1.9)`` is ``57.4``; ``rounded(3.2, 900)`` is ``3``.
    """
    if half_width <= 0:
        return f"{round(value):,}" if abs(value - round(value)) < _ZERO or abs(value) >= 1000 else f"{value:.3g}"
    digits = min(1 - floor(log10(half_width)), 4)
    if abs(value) < _ZERO:
        value = 0.0
    else:
        digits = max(digits, -floor(log10(abs(value))))
    return f"{round(value, digits):,.{max(0, digits)}f}"


def plus_minus(mean: float, half: float, scale: float = 1.0, least: float = -inf, most: float = inf) -> str:
    """A mean and half its interval: ``4.2 \N{PLUS-MINUS SIGN} 0.3``; ``0.1 (0 to 0.4)`` beyond the bounds.

    Args:
        mean, half: as measured.
        scale: to the unit in which people read them.
        least, most: what the number can be, as measured.
    """
    shown = rounded(scale * mean, scale * half)
    if mean - half >= least and mean + half <= most:
        return f"{shown} \N{PLUS-MINUS SIGN} {rounded(scale * half, scale * half)}"
    low, high = max(mean - half, min(least, mean)), min(mean + half, max(most, mean))
    low_said, high_said = (rounded(scale * end, scale * half) for end in (low, high))
    return say("{middle} ({low} to {high})", middle=shown, low=low_said, high=high_said)


_ZERO: Final = 1e-9
"""Smaller numbers are what floating point makes of 0."""
