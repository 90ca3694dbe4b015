"""What became of the accounts that were stopped: frozen, returned, or nothing, and for which reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.measure.holds import cards
from sim.measure.numbers import yuan
from sim.response.log import CONTESTED, FREEZE, HOLD, OUTCOME, RETURNED
from sim.response.run import Run


def stage_metrics(run: Run) -> Iterator[tuple[str, float]]:
    """`stage.REASON` (accounts) and `stage_money.REASON` (yuan found when they were stopped) for each account stopped.

    An account is at the last stage that it reached: returned, frozen, held by another force. For the others the reason
    is the last outcome of the route that files freezes; `no_outcome` where it had none. The reasons add up to all
    accounts that were stopped at banks, and to what was found on them the first time.
    """
    program, rows, plan = run.program, run.rows, run.plan
    filing = {program.route[step] for step, effect in enumerate(program.effect) if effect == "file_freeze"}
    if not filing:
        return
    stopped = rows.at(rows.of(HOLD))
    of_bank = plan.accounts.bank[plan.account_first[stopped.case] + stopped.account] < len(run.scenario.banks)
    stopped = stopped.at(np.flatnonzero((stopped.account > 0) & of_bank))
    card = cards(plan, stopped)
    first = np.unique(plan.account_first[stopped.case] + stopped.account, return_index=True)[1]
    fen = np.zeros(len(plan.accounts), dtype=np.int64)
    np.add.at(fen, card[first], stopped.value[first])
    reason = np.full(len(plan.accounts), _NONE, dtype=object)
    ended = rows.at(rows.of(OUTCOME))
    mine = np.isin(np.array([*program.route, -1])[ended.step], list(filing)) & (ended.account >= 0)
    ended = ended.at(np.flatnonzero(mine))
    for one, step in zip(cards(plan, ended).tolist(), ended.step.tolist(), strict=True):
        reason[one] = program.outcome[step]
    for kind, stage in ((FREEZE, "frozen"), (CONTESTED, "held_by_another"), (RETURNED, "returned")):
        reason[cards(plan, rows.at(rows.of(kind)))] = stage
    accounts = np.unique(card)
    for name in sorted(set(reason[accounts].tolist())):
        of = accounts[reason[accounts] == name]
        yield f"stage.{name}", float(len(of))
        yield f"stage_money.{name}", yuan(fen[of])


_NONE = "no_outcome"
