"""The words and colours of everything people look at, in one place.

A cause, a way out or a metric has one label and one colour in every picture, table and story.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor, inf, log10
from typing import Final, Literal

from sim.scenario.units import MINUTE, YUAN, show_duration, show_money

# The palette of Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind readers, and in grey.
BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"

INK: Final = "#222222"
"""Text and axes."""
FAINT: Final = "#767676"
"""Secondary text: still 4.5 to 1 on white."""
RESTING: Final = "#C9CDD2"
"""Money lying on an account that nobody stopped."""
HELD: Final = GREEN
"""Money under a stop, and money recovered."""
GONE: Final = BLACK
"""Money that left the banks."""

# -- causes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cause:
    """Where lost money was lost, as people read it."""

    label: str
    colour: str


RECOVERED: Final = "recovered"
OTHERS: Final = "others"
MOVING: Final = "still_moving"
CAUSES: Final[dict[str, Cause]] = {
    RECOVERED: Cause("recovered", GREEN),
    "before_discovery": Cause("gone before the victim understood", "#595959"),
    "before_report": Cause("gone before the report", "#8F8F8F"),
    "never_reported": Cause("never reported", BLACK),
    "intake": Cause("gone during intake", SKY),
    "entry": Cause("gone during entry", ORANGE),
    "audit": Cause("gone during audit", YELLOW),
    "bank": Cause("gone at the bank's desk", VERMILLION),
    "trace": Cause("gone during tracing", BLUE),
    "not_chased": Cause("known, but not chased", "#A8D9F4"),
    "out_of_reach": Cause("out of reach", PURPLE),
    "lapsed": Cause("gone after a stop lapsed", "#8A3F68"),
    "released": Cause("gone after a stop was lifted", "#E3B8CF"),
    "refused": Cause("gone during rework of a refused order", "#8A5A00"),
    "redial": Cause("gone between two calls", "#80CEB9"),
    "hand_over": Cause("gone between two agencies", "#9A8F00"),
    "cross_province": Cause("gone while another province was asked", "#2F6E8F"),
    "cross_border": Cause("gone while another country was asked", "#004B75"),
    "field": Cause("gone before a field team was there", "#A34700"),
    "opened": Cause("paid or moved after the case was open", "#5E2F4A"),
    "stopped": Cause("passed through an account done with", "#F3CF80"),
    "written_off": Cause("written off", "#B9B9B9"),
    OTHERS: Cause("other causes, each under 1%", "#BFA5C9"),
    MOVING: Cause("still moving", "#E4E4E4"),
}
"""By name in the ledger, in the order in which pictures stack them."""
_SPARE: Final = ("#005C43", "#7F7FB2", "#C7A252", "#4F8A8B", "#8C510A", "#B07AA1", "#6B8E23", "#A0522D")
"""Shades of the palette for causes a scenario names itself."""


def cause(name: str) -> Cause:
    """The label and colour of a cause; of one that a scenario names itself they follow from the name alone."""
    known = CAUSES.get(name)
    if known is not None:
        return known
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
    return Cause(words(name), _SPARE[number % len(_SPARE)])


def stacking_order(names: Sequence[str]) -> list[str]:
    """Causes in the order in which pictures stack them: recovered first, a scenario's own before still moving."""
    order = list(CAUSES)
    own = len(order) - 1
    places = {name: order.index(name) if name in order else own - 0.5 for name in names}
    return sorted(dict.fromkeys(names), key=lambda name: (places[name], name))


def words(name: str) -> str:
    """A name of the configuration as words: ``out_of_reach`` -> ``out of reach``."""
    return name.replace("_", " ").replace("-", " ")


# -- ways out ---------------------------------------------------------------------------------------------

_WAYS: Final[dict[str, str]] = {
    "cash": "in cash",
    "crypto": "as crypto",
    "pos": "by card at a shop",
    "abroad": "abroad",
    "wallet": "to a wallet",
    "payment-firm": "through a payment firm",
}


def way_out(name: str) -> str:
    """How money left, after "left": ``in cash``, ``abroad``; of another way out ``as`` its name."""
    return _WAYS.get(name, "as " + words(name))


_HOLDERS: Final[dict[str, str]] = {
    "exit:cash": "a courier",
    "exit:crypto": "a wallet",
    "exit:pos": "a card shop",
    "exit:gold": "a gold dealer",
    "exit:abroad": "a bank abroad",
    "exit:wallet": "a wallet",
    "atm": "a cash machine",
}


def holder(name: str) -> str:
    """Who holds an account: a bank by its name, a place on the way out as people call it: ``the payment firm``."""
    known = _HOLDERS.get(name)
    if known is not None:
        return known
    return f"the {words(name.removeprefix('exit:'))}" if name.startswith("exit:") else name


# -- metrics ----------------------------------------------------------------------------------------------

Unit = Literal["yuan", "s", "share", "count"]


@dataclass(frozen=True)
class Metric:
    """A measured quantity, as people read it."""

    label: str
    unit: Unit
    """Of the value as it is measured: yuan, seconds, a share from 0 to 1, a count."""


METRICS: Final[dict[str, Metric]] = {
    "loss": Metric("paid by the victims", "yuan"),
    "reported_loss": Metric("paid by victims who reported", "yuan"),
    "net_loss": Metric("net loss of the victims", "yuan"),
    "recovered": Metric("recovered", "yuan"),
    "recovered_share": Metric("share recovered", "share"),
    "recovered_share_reported": Metric("share recovered, reported cases", "share"),
    "recovered_early": Metric("recovered by holds before the report", "yuan"),
    "recoverable_at_report": Metric("recoverable at the report", "yuan"),
    "recoverable_share": Metric("share recoverable at the report", "share"),
    "response_efficiency": Metric("recovered of what was recoverable", "share"),
    "response_latency": Metric("report to first stop", "s"),
    "response_latency_p95": Metric("report to first stop, 95th percentile", "s"),
    "containment_time": Metric("report to last stop", "s"),
    "report_delay": Metric("first payment to report", "s"),
    "stopped": Metric("ever under a stop", "yuan"),
    "accounts_stopped": Metric("accounts stopped", "count"),
    "empty_stops": Metric("stops that found nothing", "count"),
    "frozen": Metric("under a judicial freeze", "yuan"),
    "intercepted": Metric("caught by field teams", "yuan"),
    "returned": Metric("paid back", "yuan"),
    "under_stop": Metric("under a stop without a freeze at the end", "yuan"),
    "prevented": Metric("never paid, thanks to a hold in time", "yuan"),
    "prevented_cases": Metric("people kept from a payment", "count"),
    "still_moving": Metric("still moving at the end", "yuan"),
    "value_of_a_minute": Metric("lost by one more minute per case", "yuan"),
    "cases_with_stop": Metric("cases with a stop", "count"),
    "cases_without_stop_share": Metric("reported cases without any stop", "share"),
    "cases_censored": Metric("cases cut off by the end of the follow-up", "count"),
    "freezes": Metric("freezes filed and renewed", "count"),
    "lapses": Metric("stops and freezes that lapsed", "count"),
    "refused_orders": Metric("orders refused by banks", "count"),
    "within": Metric("done in time", "share"),
    "alerts": Metric("warnings, leads and alarms", "count"),
    "false_alerts": Metric("of them about honest people", "count"),
    "victims": Metric("victims", "count"),
    "reports": Metric("reports", "count"),
    "victims_whole": Metric("victims who got all back", "count"),
    "victims_part": Metric("victims who got part back", "count"),
    "victims_nothing": Metric("victims who got nothing back", "count"),
    "wrongful_holds": Metric("innocent money held at the end", "yuan"),
    "wrongful_accounts": Metric("accounts with innocent money that were held", "count"),
    "wrongful_days": Metric("days that they were held, account by account", "count"),
    "objections": Metric("objections", "count"),
    "objection_work": Metric("work on objections", "s"),
    "answered_share": Metric("calls answered", "share"),
    "abandoned": Metric("callers who gave up", "count"),
    "redials": Metric("repeated calls", "count"),
    "wait": Metric("wait in the queue", "s"),
    "queue_length": Metric("people or accounts waiting", "count"),
    "utilisation": Metric("share of rostered time worked, up to the last victims", "share"),
    "overtime": Metric("overtime", "s"),
    "called_in": Metric("time of staff called in", "s"),
    "cost": Metric("cost, wages up to the last victims", "yuan"),
}
UNIT_WORDS: Final[dict[Unit, str]] = {"yuan": "yuan", "s": "min", "share": "%", "count": ""}
UNIT_SCALE: Final[dict[Unit, float]] = {"yuan": 1.0, "s": 1 / 60, "share": 100.0, "count": 1.0}
"""Multiply a measured value by this to get it in `UNIT_WORDS`."""


def metric(name: str) -> Metric:
    """The label and unit of a metric; ``wait.analyst`` and ``leak.bank`` take the unit of their group."""
    if name in METRICS:
        return METRICS[name]
    group, dot, of = name.partition(".")
    if group == "leak" and dot:
        return Metric(cause(of).label, "yuan")
    if group == "within" and dot:
        route, _, step = of.partition(".")
        return Metric(f"{words(step)} of the {words(route)} done in time", "share")
    if group in ("alerts", "false_alerts") and dot:
        return Metric(f"{words(of)}s" + (" about honest people" if group == "false_alerts" else ""), "count")
    if group == "gone_layer_1" and dot:
        return Metric(f"gone from layer 1 {of} min after it came", "share")
    if group in METRICS and dot:
        return Metric(f"{METRICS[group].label}, {desk(of)}", METRICS[group].unit)
    if name.endswith("_share"):
        return Metric(words(name), "share")
    return Metric(words(name), "count")


_SIGNED: Final = ("value_of_a_minute", "net_loss")
"""Metrics that may be below 0."""


def possible(name: str, edge: float, mean: float) -> float:
    """The end of an interval, kept to what the metric can be: a share 0 to 1, an amount, a time or a count 0 or more.

    Only for showing. An interval always keeps its mean, and NaN stays NaN.
    """
    if name in _SIGNED:
        return edge
    most = 1.0 if metric(name).unit == "share" else inf
    return min(max(edge, min(0.0, mean)), max(most, mean))


# -- people -----------------------------------------------------------------------------------------------


def desk(name: str, *, unlimited: bool = False) -> str:
    """A desk as people call it: ``bank:icbc`` -> ``officers of icbc``, ``the system of icbc`` with unlimited staff."""
    if not name.startswith(_ASKED):
        return words(name)
    of = holder(name.removeprefix("bank:"))
    return f"the system of {of}" if unlimited else f"officers of {of}"


def person(name: str, number: int) -> str:
    """Who works: ``analyst 3``, ``officer 1 of icbc``; number 0 where there are always enough of them."""
    if number <= 0:
        return desk(name, unlimited=True)
    return (
        f"officer {number} of {holder(name.removeprefix('bank:'))}"
        if name.startswith(_ASKED)
        else f"{words(name)} {number}"
    )


_ASKED: Final = ("bank:", "exit:", "atm")
"""How the names of desks begin whose people are asked to stop accounts."""


# -- times, amounts and numbers ---------------------------------------------------------------------------

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date(when: datetime) -> str:
    """``Friday 11 July 2025``, whatever the machine's language."""
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year}"


def clock(when: datetime, *, seconds: bool = True) -> str:
    """``14:05:32``."""
    return f"{when.hour:02d}:{when.minute:02d}" + (f":{when.second:02d}" if seconds else "")


def since(ms: int) -> str:
    """A time relative to the report, short enough for a column: ``+35.4 min``, ``-2 h 10 min``."""
    sign = "-" if ms < 0 else "+"
    return f"{sign}{abs(ms) / MINUTE:.1f} min" if abs(ms) < 100 * MINUTE else f"{sign}{show_duration(abs(ms))}"


def brief(ms: int) -> str:
    """A short time in a dense line: ``38 s``, ``4.1 min``, ``2 h 10 min``."""
    if ms < MINUTE:
        return f"{round(ms / 1000)} s"
    return f"{ms / MINUTE:.1f} min" if ms < 100 * MINUTE else show_duration(ms)


def count(number: int, one: str, many: str = "") -> str:
    """``1 account``, ``2 accounts``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """``A1, A2 and A3``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def percent(share: float, digits: int = 0) -> str:
    """``56%``."""
    return f"{100 * share:.{digits}f}%"


def millions(fen: int, of: int) -> str:
    """Two amounts as people compare them: ``0.9 of 1.6 million yuan``, ``12,000 of 30,000 yuan``."""
    if of < 1_000_000 * YUAN:
        return f"{show_money(fen).removesuffix(' yuan')} of {show_money(of)}"
    scale = 1_000_000 * YUAN
    return f"{fen / scale:.2f} of {of / scale:.2f} million yuan"


def thousands(yuan: float) -> str:
    """``1,600,000``, without a unit (for axes that name it)."""
    return f"{round(yuan):,}"


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


_ZERO: Final = 1e-9
"""Smaller numbers are what floating point makes of 0."""
