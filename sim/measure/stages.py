"""What became of the accounts that were stopped: frozen, returned, or nothing, and for which reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.fraud.settle import NEVER
from sim.measure.holds import cards
from sim.measure.money import Ints
from sim.measure.numbers import yuan
from sim.response.log import CONTESTED, FREEZE, HOLD, OUTCOME, RETURNED
from sim.response.run import Run


def stage_metrics(run: Run, others: Ints) -> Iterator[tuple[str, float]]:
    """`stage.REASON` (accounts), `stage_money.REASON` and `stage_money_all.REASON` (yuan) for each account stopped.

    `stage_money` is what victims' own money was found there at the first stop; `stage_money_all` adds other people's
    that was ever under a stop. `credited_to_stopped` is what victims' own money ever came to these accounts: it is what
    a stop that came at once on all of it would have found.

    An account is at the last stage that it reached: returned, frozen, held by another force. For the others the reason
    is the last outcome of the route that files freezes; `no_outcome` where it had none. The reasons add up to all
    accounts that were stopped at banks, and to what was found on them the first time.

    Args:
        run: any run.
        others: by account, fen of other people that were ever under a stop on it.
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
    ends = {one for one, of in zip(program.outcome, program.route, strict=True) if one and of in filing}
    for name in sorted(ends | {"frozen", "held_by_another", "returned", _NONE}):
        of = accounts[reason[accounts] == name]
        yield f"stage.{name}", float(len(of))
        yield f"stage_money.{name}", yuan(fen[of])
        yield f"stage_money_all.{name}", yuan(fen[of]) + yuan(others[of])
    t = plan.transfers
    came = (run.times < NEVER) & (t.target >= 0)
    mine = np.isin(plan.accounts.card[t.target[came]], accounts)
    yield "credited_to_stopped", yuan(t.amount[came][mine])


_NONE = "no_outcome"
