"""Predicates of a choose: small functions over what the responders know, one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sim.workflow.calendar import Calendar
from sim.workflow.knowledge import FREE, Knowledge
from sim.workflow.program import NONE, Program


class Queue(Protocol):
    """What is seen of a desk."""

    waiting: int
    """How many wait there."""


@dataclass(slots=True)
class Sight:
    """All that a predicate may look at; the last four say at what, and when."""

    knowledge: Knowledge
    calendar: Calendar
    desks: Sequence[Queue]
    program: Program
    now: int = NONE
    case: int = NONE
    account: int = NONE
    """Row of the account; NONE for a case."""
    card: int = NONE
    """Row under which holds are filed: of the account, or of the victim's own."""


def _layer_at_least(see: Sight, layer: int) -> bool:
    return see.account != NONE and see.knowledge.layer[see.account] >= layer


def _amount_at_least(see: Sight, fen: int) -> bool:
    return see.account != NONE and see.knowledge.amount[see.account] >= fen


def _caught_at_least(see: Sight, fen: int) -> bool:
    return see.account != NONE and see.knowledge.caught[see.account] >= fen


def _found_at_least(see: Sight, fen: int) -> bool:
    return see.account != NONE and see.knowledge.found[see.card] >= fen


def _bank_profile(see: Sight, profile: int) -> bool:
    bank = _bank(see)
    return bank >= 0 and see.program.bank_profile[bank] == profile


def _bank_reachable(see: Sight, wanted: bool) -> bool:
    bank = _bank(see)
    return bank >= 0 and (see.program.bank_desk[bank] >= 0) == wanted


def _desk_open(see: Sight, desk: int) -> bool:
    return see.calendar[desk].at(see.now) > 0


def _elapsed_at_least(see: Sight, ms: int) -> bool:
    since = see.knowledge.reported_at[see.case]
    return see.now - (since if since >= 0 else see.knowledge.alerted_at[see.case]) >= ms


def _places(see: Sight, places: frozenset[int]) -> bool:
    return see.account != NONE and see.knowledge.place[see.account] in places


def _channels(see: Sight, channels: frozenset[int]) -> bool:
    return see.knowledge.channel[see.case] in channels


def _scams(see: Sight, scams: frozenset[int]) -> bool:
    return see.knowledge.scam[see.case] in scams


def _ages(see: Sight, ages: frozenset[int]) -> bool:
    return see.knowledge.age[see.case] in ages


def _refused(see: Sight, wanted: bool) -> bool:
    return (see.account != NONE and bool(see.knowledge.refused[see.account])) == wanted


def _known_before(see: Sight, wanted: bool) -> bool:
    return (see.account != NONE and bool(see.knowledge.known_before[see.account])) == wanted


def _held(see: Sight, wanted: bool) -> bool:
    return (see.knowledge.until[see.card] != FREE) == wanted


def _frozen(see: Sight, wanted: bool) -> bool:
    held = see.knowledge.until[see.card] != FREE
    for_good = held and see.program.most_stops == NONE and not see.knowledge.contested[see.card]
    return (see.knowledge.frozen[see.card] > 0 or for_good) == wanted


def _contested(see: Sight, wanted: bool) -> bool:
    return bool(see.knowledge.contested[see.card]) == wanted


def _disputed(see: Sight, wanted: bool) -> bool:
    return bool(see.knowledge.disputed[see.card]) == wanted


def _stops_left(see: Sight, wanted: bool) -> bool:
    most = see.program.most_stops
    return (most == NONE or see.knowledge.stops[see.card] < most) == wanted


def _one_inflow(see: Sight, wanted: bool) -> bool:
    return (len(see.knowledge.cases_on.get(see.card, ())) <= 1) == wanted


def _reported(see: Sight, wanted: bool) -> bool:
    return (see.knowledge.reported_at[see.case] >= 0) == wanted


def _third_party(see: Sight, wanted: bool) -> bool:
    return bool(see.knowledge.third_party[see.case]) == wanted


def _waiting(see: Sight, least: tuple[tuple[int, int], ...]) -> bool:
    return all(see.desks[desk].waiting >= heads for desk, heads in least)


def _bank(see: Sight) -> int:
    return see.knowledge.bank[see.account] if see.account != NONE else NONE


PREDICATES: Mapping[str, Callable[[Sight, Any], bool]] = {
    "layer_at_least": _layer_at_least,
    "amount_at_least": _amount_at_least,
    "caught_at_least": _caught_at_least,
    "found_at_least": _found_at_least,
    "bank_profile": _bank_profile,
    "bank_reachable": _bank_reachable,
    "desk_open": _desk_open,
    "elapsed_at_least": _elapsed_at_least,
    "places": _places,
    "channels": _channels,
    "scams": _scams,
    "ages": _ages,
    "refused": _refused,
    "known_before": _known_before,
    "held": _held,
    "frozen": _frozen,
    "contested": _contested,
    "disputed": _disputed,
    "stops_left": _stops_left,
    "one_inflow": _one_inflow,
    "reported": _reported,
    "third_party": _third_party,
    "waiting": _waiting,
}
"""By the name in a scenario: (what may be seen, the argument as compiled) -> whether it holds."""
