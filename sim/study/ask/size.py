"""How large a scenario is, before it is run: victims and accounts, told from a short piece of it.

Work and memory of a run grow with both. A piece of some hundred victims costs milliseconds and tells the whole to about
a tenth, which is enough to say that it is too large or how long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sim.fraud.plan import draw_plan
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.scenario.reports import victims_per_day
from sim.scenario.victims import RateArrivals
from sim.words.units import DAY, HOUR

PIECES: Final = (10, 400)
"""Victims of a piece: a few first, lest one that pays a thousand accounts each is already too much."""
MOST_OF_A_PIECE: Final = 20_000
"""Accounts of the small piece from which on it is the piece."""

MOST_A_DAY: Final = 5_000
"""Victims: of a scenario with more a piece is an hour long, of others whole weeks."""


@dataclass(frozen=True)
class Size:
    """What a scenario holds on average."""

    victims: float
    """With those who are only warned or suspected."""
    accounts: float

    @property
    def items(self) -> float:
        """Victims and accounts together: what a run's time and memory grow with."""
        return self.victims + self.accounts

    def until(self, horizon: int, whole: int) -> Size:
        """The size where `horizon` ms are simulated in place of `whole`."""
        return Size(self.victims * horizon / whole, self.accounts * horizon / whole)


def size_of(scenario: Scenario, until: int | None = None) -> Size:
    """The size of a scenario.

    Args:
        until: ms; only victims who begin to pay before then count; None: all.
    """
    end = scenario.horizon if until is None else min(until, scenario.horizon)
    sources = scenario.victims.arrivals.values()
    counted = sum(case.at < end for one in sources if isinstance(one, ListedArrivals) for case in one.rows)
    rate = sum(
        victims_per_day(scenario.victims, one, scenario.prevention) for one in sources if isinstance(one, RateArrivals)
    )
    for most in PIECES:
        piece, length = _piece(scenario, rate, most)
        plan = draw_plan(piece, 1, 0)
        if len(plan.accounts) > MOST_OF_A_PIECE:
            break
    shown = sum(len(one.rows) for one in piece.victims.arrivals.values() if isinstance(one, ListedArrivals))
    drawn = len(plan.victims)
    by_rate = rate * end / DAY  # a piece of some hours says nothing of the rest of the day
    by_piece = max(drawn - shown, 0) * end / length if length >= min(DAY, scenario.horizon) else 0.0
    victims = max(by_rate, by_piece) + counted
    return Size(victims, victims * len(plan.accounts) / max(drawn, 1))


def _piece(scenario: Scenario, rate: float, most: int) -> tuple[Scenario, int]:
    """A scenario cut to about so many victims, and its length in ms."""
    whole = scenario.horizon
    weeks = max(1, round(most / rate / 7)) * 7 * DAY if 0 < rate < MOST_A_DAY else HOUR if rate else whole
    length = min(whole, weeks)
    arrivals: dict[str, Any] = {
        name: ListedArrivals(cases=list(one.rows[:most])) if isinstance(one, ListedArrivals) else one
        for name, one in scenario.victims.arrivals.items()
    }
    victims = scenario.victims.model_copy(update={"arrivals": arrivals})
    return scenario.model_copy(update={"horizon": length, "victims": victims}), length
