"""What really is at a moment of a session: for the facilitator's eyes, never in a role's view."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.fraud.settle import NEVER
from sim.measure.money import by_case, money_of
from sim.response.run import Run
from sim.response.sight import Known


def truth_of(run: Run, now: int, known: Known) -> dict[str, Any]:
    """Money and cases as they are, as plain JSON; amounts in fen, times in ms since the start.

    Args:
        now: ms up to which the run has come.
        known: what responders know; a case they do not know has no number.
    """
    fate, _ = money_of(run, now - 1)  # what happens at `now` itself has not happened yet
    victims = run.plan.victims
    held = fate.held + fate.returned
    by = {name: by_case(run.plan, fen) for name, fen in
          (("loss", fate.paid), ("held", held), ("gone", fate.out), ("moving", fate.moving))}  # fmt: skip
    number = {one.case: one.number for one in known.cases}
    shown = np.flatnonzero(
        (victims.bystander == 0) & ((by["loss"] > 0) | np.isin(np.arange(len(victims)), list(number)))
    )
    return {
        "now": now,
        "money": {name: int(fen.sum()) for name, fen in by.items()},
        "cases": [
            {
                "id": int(victims.id[case]),
                "case": number.get(case),
                "reports_at": _time(int(victims.reported[case])),
                "last_payment": int(victims.last_payment[case]),
                **{name: int(fen[case]) for name, fen in by.items()},
            }
            for case in shown.tolist()
        ],
    }


def _time(at: int) -> int | None:
    return None if at >= NEVER else at
