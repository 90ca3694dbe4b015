"""What the things of a run are called in files that other programs read: cases, accounts, people, and instants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.run import Run
from sim.fraud.groups import Ints
from sim.measure.metrics import ALERTS
from sim.words import names
from sim.words.language import key, knows, language, named, say

VICTIM = key("victim")

Numbers = NDArray[np.signedinteger[Any]]
"""Whole numbers as the log has them: of few bits."""


class Labels:
    """Names of one run. Case 12 is the twelfth victim by first payment, as `story --case 12` counts them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._epoch = np.datetime64(run.scenario.start, "ms")
        self._offset = run.scenario.utc_offset

    @cached_property
    def kind(self) -> Sequence[str]:
        """By case: a victim, or what falsely named the person."""
        of = [VICTIM, *(f"false {name}" for name in ALERTS)]
        return [of[number] for number in self.run.plan.victims.bystander.tolist()]

    @cached_property
    def case(self) -> Sequence[str]:
        """By case: ``case-12``; ``alert-3`` where nobody is robbed."""
        victims = self.run.plan.victims
        robbed = victims.bystander == 0
        number = np.zeros(len(victims), dtype=np.int64)
        for mine in (robbed, ~robbed):
            rows = np.flatnonzero(mine)
            number[rows[np.argsort(victims.first_payment[rows], kind="stable")]] = np.arange(1, len(rows) + 1)
        return [f"{'case' if is_ else 'alert'}-{n}" for is_, n in zip(robbed.tolist(), number.tolist(), strict=True)]

    @cached_property
    def account(self) -> Sequence[str]:
        """By account: ``case-12/A3``, A0 being the victim's own; one that cases share has the name of its first use."""
        accounts = self.run.plan.accounts
        own = [
            f"{self.case[case]}/A{number}"
            for case, number in zip(accounts.case.tolist(), accounts.number.tolist(), strict=True)
        ]
        return [own[card] for card in accounts.card.tolist()]

    @cached_property
    def transfer(self) -> Sequence[str]:
        """By transfer: ``case-12/T5``, in the order of the plan."""
        t, first = self.run.plan.transfers, self.run.plan.transfer_first
        number = np.arange(len(t)) - first[t.case] + 1
        return [f"{self.case[case]}/T{n}" for case, n in zip(t.case.tolist(), number.tolist(), strict=True)]

    def duty(self, step: int, piece: int) -> str:
        """A piece of work that is no case: ``old-papers-7``."""
        return f"{step_words(self.run.program.names[step])}-{piece + 1}"

    def holders(self) -> list[str]:
        """By holder, and the last for none: what people call it."""
        return [*(names.owner(holder.name) for holder in self.run.scenario.holders), ""]

    def steps(self) -> list[str]:
        """By step, and the last for none: ``call.entry``, in Chinese as people call it."""
        written = list(self.run.program.names)
        if language() != "en":
            written = [
                say("{route}: {step}", route=_route(name.partition(".")[0]), step=step_words(name)) for name in written
            ]
        return [*written, ""]

    def desks(self) -> list[str]:
        """By desk, and the last for none."""
        return [*(names.desk(desk.name) for desk in self.run.program.desks), ""]

    def people(self, desk: Numbers, person: Numbers) -> list[str]:
        """Who: ``analyst 3``; nobody's name where there are always enough."""
        known: dict[tuple[int, int], str] = {}
        desks = self.run.program.desks
        pairs = list(zip(desk.tolist(), person.tolist(), strict=True))
        for number, one in set(pairs):
            known[number, one] = "" if min(number, one) < 0 else names.person(desks[number].name, one)
        return [known[pair] for pair in pairs]

    def times(self, ms: Ints, there: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None) -> list[str]:
        """Instants as ISO 8601 with the scenario's offset, to the millisecond; empty where there is none.

        Args:
            ms: since the start.
            there: which are instants; None for those that are not below zero.
        """
        there = ms >= 0 if there is None else there
        text = np.datetime_as_string(self._epoch + np.where(there, ms, 0).astype("timedelta64[ms]"), unit="ms")
        return [f"{one}{self._offset}" if is_ else "" for one, is_ in zip(text.tolist(), there.tolist(), strict=True)]

    def time(self, ms: int) -> str:
        """One instant."""
        return self.run.scenario.when(ms).isoformat(timespec="milliseconds")


def step_words(name: str) -> str:
    """Of ``call.entry`` the step, in Chinese as people call it; work that is no case is called as a desk is."""
    route, _, step = name.partition(".")
    if language() == "en":
        return step
    return named(step, "desk" if route == DUTIES and knows(step, "desk") else "step")


DUTIES: Final = "duties"
"""The route of work that is no case."""


def _route(name: str) -> str:
    return say("other work") if name == DUTIES else named(name, "route")
