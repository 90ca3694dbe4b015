"""What really is at a moment of a session: for the facilitator's eyes, never in a role's view."""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np

from sim.engine.run import Run
from sim.engine.sight import Known
from sim.fraud.settle import NEVER
from sim.measure.money import by_case, money_of

Part = Literal["loss", "held", "gone", "moving"]


class Money(TypedDict):
    """fen: all that was paid is held, gone or still moving."""

    loss: int
    held: int
    gone: int
    moving: int


class TrueCase(Money):
    """One case as it is."""

    id: int
    case: int | None
    """Its number where responders know of it."""
    reports_at: int | None
    last_payment: int


class Truth(TypedDict):
    """Money and cases as they are."""

    now: int
    money: Money
    cases: list[TrueCase]


def truth_of(run: Run, now: int, known: Known) -> Truth:
    """Money and cases as they are, as plain JSON; amounts in fen, times in ms since the start.

    Args:
        now: ms up to which the run has come.
        known: what responders know; a case they do not know has no number.
    """
    fate, _ = money_of(run, now - 1)  # what happens at `now` itself has not happened yet
    victims = run.plan.victims
    loss, held, gone, moving = (
        by_case(run.plan, fen) for fen in (fate.paid, fate.held + fate.returned, fate.out, fate.moving)
    )
    number = {one.case: one.number for one in known.cases}
    shown = np.flatnonzero((victims.bystander == 0) & ((loss > 0) | np.isin(np.arange(len(victims)), list(number))))
    return {
        "now": now,
        "money": {
            "loss": int(loss.sum()), "held": int(held.sum()), "gone": int(gone.sum()), "moving": int(moving.sum()),
        },
        "cases": [
            {
                "id": int(victims.id[case]), "case": number.get(case), "reports_at": _time(int(victims.reported[case])),
                "last_payment": int(victims.last_payment[case]), "loss": int(loss[case]), "held": int(held[case]),
                "gone": int(gone[case]), "moving": int(moving[case]),
            }
            for case in shown.tolist()
        ],
    }  # fmt: skip


def _time(at: int) -> int | None:
    return None if at >= NEVER else at
