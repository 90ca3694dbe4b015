"""Which accounts an expectation means, among those that somebody sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sim.exercise.expect import Pick, Which
from sim.exercise.seen import AccountSeen

_PICKS: Final[Mapping[Pick, Callable[[AccountSeen], int]]] = {
    "largest": lambda one: -one.get("amount", 0),
    "smallest": lambda one: one.get("amount", 0),
    "freshest": lambda one: -one["credited"],
    "oldest": lambda one: one["credited"],
}


def picked(which: Which, accounts: Sequence[AccountSeen]) -> set[tuple[int, int]]:
    """(case, account) of the accounts that are meant, among some; several where they are alike."""
    fitting = ordered(which, accounts)
    if which.pick is not None and fitting:
        of = _PICKS[which.pick]
        fitting = [one for one in fitting if of(one) == of(fitting[0])]
    return {(one["case"], one["account"]) for one in fitting}


def ordered(which: Which, accounts: Sequence[AccountSeen]) -> list[AccountSeen]:
    """Those of some accounts that fit, the one picked first: it may be that nothing can be done about it any more."""
    fitting = [one for one in accounts if _fits(which, one)]
    return fitting if which.pick is None else sorted(fitting, key=_PICKS[which.pick])


def _fits(which: Which, one: AccountSeen) -> bool:
    held = one["state"] in ("stopped", "frozen")
    return (
        which.bank in (None, one["bank"])
        and (which.not_bank is None or which.not_bank != one["bank"])
        and which.layer in (None, one["layer"])
        and which.cash in (None, one["field"])
        and which.stopped in (None, held)
    )
