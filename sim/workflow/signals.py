"""Signals: what has happened to a subject, and what contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sim.workflow.effects import SIGNAL
from sim.workflow.program import Program

ENDS: Mapping[str, tuple[str, ...]] = {
    "stopped": ("lapsed", "released", "refused"),
    "lapsed": ("stopped", "frozen"),
    "released": ("stopped", "frozen"),
    "frozen": ("lapsed", "released"),
    "refused": ("clarified",),
    "clarified": ("refused",),
}
"""By signal: those that are no longer so of the account once it is raised."""
CLEARS = {SIGNAL[name]: sum(SIGNAL[other] for other in others) for name, others in ENDS.items()}


class Matter(NamedTuple):
    """Signals as bits."""

    awaited: int
    """Some step awaits them."""
    any: int
    """Some step awaits them, or they contradict one that is awaited; nobody need raise others."""
    to_cases: int
    """Signals of cases that some step awaits; nobody need raise others on a case."""
    of_case: int
    """What only a case can tell: the token of an account hears it from its case."""


def matters(program: Program) -> Matter:
    """Which signals matter in a workflow."""
    done = (1 << (program.signal_of_done + route) for route, it in enumerate(program.of_account) if not it)
    of_case = SIGNAL["opened"] | SIGNAL["safe"] | sum(done)
    by_account, by_case = (_awaited(program, on_account=on_account) for on_account in (True, False))
    awaited = by_account | by_case
    contradict = sum(signal for signal, ended in CLEARS.items() if ended & awaited)
    return Matter(awaited, awaited | contradict, by_case | (by_account & of_case), of_case)


def _awaited(program: Program, *, on_account: bool) -> int:
    """Bits of all signals that steps of routes for accounts, or for cases, await."""
    mask = 0
    for route, (signals, _) in zip(program.route, program.signals, strict=True):
        if program.of_account[route] == on_account:
            mask |= signals
    return mask
