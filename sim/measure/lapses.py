"""Why stops end by themselves: how the paper that would have kept the money ended before."""

from __future__ import annotations

import numpy as np

from sim.engine.run import Run, Runs, runs_of
from sim.measure.holds import holds_of
from sim.measure.leak import LAPSED, card_of
from sim.measure.metrics import Measured
from sim.workflow.log import OUTCOME
from sim.workflow.program import Program

UNDECIDED = "undecided"
"""No paper of this account had ended by then: it was waited for, or nobody had begun one."""


def lapsed_by_paper(run: Run | Runs, measured: Measured) -> dict[str, int]:
    """fen that left after a stop had lapsed, by the last outcome of a paper for that account until then.

    A paper is whatever ran on a route that files freezes.

    Args:
        run: any run, or several of one scenario.
        measured: of the same.
    """
    runs, leaks = runs_of(run), measured.leaks
    mine = np.flatnonzero((leaks.cause == leaks.causes.index(LAPSED)) if LAPSED in leaks.causes else leaks.cause < 0)
    holds = holds_of(runs.plan, runs.rows)
    hold, fen = leaks.hold.take(mine), measured.fate.amount.take(leaks.transfer.take(mine))
    rows, program = runs.of_cases, runs.program
    ended = rows.at(rows.of(OUTCOME))
    ended = ended.at(np.flatnonzero(np.isin(ended.step, _of_papers(program)) & (ended.account >= 0)))
    card = card_of(runs, ended)
    order = np.lexsort((np.arange(len(card)), ended.time, card))  # of one card by time, of one instant as in the log
    card, time, step = card.take(order), ended.time.take(order), ended.step.take(order)
    found: dict[str, int] = {}
    for row, amount in zip(hold.tolist(), fen.tolist(), strict=True):
        first, last = np.searchsorted(card, [holds.card[row], holds.card[row] + 1])
        until = first + int(np.searchsorted(time[first:last], holds.end[row], side="right"))
        name = program.outcome[step[until - 1]] if until > first else UNDECIDED
        found[name] = found.get(name, 0) + amount
    return found


def _of_papers(program: Program) -> list[int]:
    """The steps of the routes on which a freeze is filed."""
    routes = {route for route, effect in zip(program.route, program.effect, strict=True) if effect == "file_freeze"}
    return [step for step, route in enumerate(program.route) if route in routes]
