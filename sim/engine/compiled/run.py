"""Runs of the compiled engine: replications of a scenario one after the other, in machine code or in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.compiled.batch import Batch
from sim.engine.compiled.given import Given
from sim.engine.compiled.machine import machine
from sim.engine.compiled.program import put_workflow
from sim.engine.compiled.rules_desks import NEED, OK, OVER
from sim.engine.compiled.rules_duties import draw_duties
from sim.engine.compiled.rules_loop import reset, run_on, settle_all
from sim.engine.compiled.state import State
from sim.engine.orders import Order
from sim.fraud.groups import Ints
from sim.fraud.plan import Plans
from sim.scenario.models import Scenario
from sim.workflow.calendar import Calendar, calendars_of
from sim.workflow.log import Rows
from sim.workflow.program import Program


class TooSmallError(Exception):
    """A place of a fixed size is too small for a scenario: the reference engine runs it."""


@dataclass(frozen=True)
class Ran:
    """What some replications came to."""

    rows: Rows
    """The log of all, with their cases numbered through (see `log.packed`)."""
    row_first: Ints
    """By replication: its first row, and the number of rows at the end."""
    times: Ints
    """ms at which each transfer of their plans happened."""
    ends: Ints
    """ms, by replication."""
    calendars: Sequence[Calendar]


class Compiled:
    """One scenario, ready to be run on any luck."""

    def __init__(self, scenario: Scenario, program: Program, *, plain: bool = False) -> None:
        """
        Args:
            plain: run the rules as plain Python.
        """
        self.scenario, self.program, self.plain = scenario, program, plain
        self.state = State()
        put_workflow(self.state, program, scenario)

    def run(
        self, plans: Plans, orders: Sequence[Iterable[Order]] = (), deadlines: Mapping[str, int] | None = None
    ) -> Ran:
        """Run replications.

        Args:
            plans: of the replications.
            orders: decisions from outside, by replication; none for none in any.
            deadlines: by desk, ms that somebody from outside has to decide what is next there.

        Raises:
            TooSmallError: the rules cannot run this scenario.
            ValueError: an order or a deadline names what is not there.
        """
        s = self.state
        calendars = calendars_of(self.program, self.scenario, plans.seed, plans.replications)
        given = Given(s, self.program, plans, orders, deadlines)
        duties, start, go_on = self._rules()
        batch = Batch(s, self.scenario, self.program, plans, calendars, given, duties)
        rows, ends = [0], []
        for number, replication in enumerate(plans.replications):
            batch.begin(number)
            start()
            while (code := go_on()) != OK:
                if code == NEED:
                    batch.draws.supply(replication)
                elif code == OVER:
                    raise TooSmallError
                else:
                    batch.make_room()
            rows.append(batch.rows)
            ends.append(s.end)
        batch.pack()
        return Ran(batch.log.columns(), np.array(rows), s.times.copy(), np.array(ends, dtype=np.int64), calendars)

    def _rules(self) -> tuple[Callable[[], int], Callable[[], int], Callable[[], int]]:
        """What draws the other work of a batch, starts a run and goes on with it."""
        s = self.state
        if self.plain:
            return lambda: draw_duties(s), lambda: reset(s) + settle_all(s), lambda: run_on(s)
        duties_at, reset_at, run_at = machine()
        address, needed = s.block.__array_interface__["data"][0], False

        def called(entry: Callable[[int], int]) -> int:
            nonlocal needed
            if needed:  # only draws were made since
                s.singles_to_block()
            else:
                s.to_block()
            code = entry(address)
            needed = code == NEED
            if needed:
                s.needs_from_block()
            else:
                s.from_block()
            return code

        return lambda: called(duties_at), lambda: called(reset_at), lambda: called(run_at)
