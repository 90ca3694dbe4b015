"""What became of the accounts that were stopped: frozen, returned, or nothing, and for which reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engine.run import Runs
from sim.fraud.settle import NEVER
from sim.measure.holds import cards
from sim.measure.money import Ints
from sim.measure.numbers import Metric, firsts, there, yuan
from sim.workflow.log import CONTESTED, FREEZE, HOLD, OUTCOME, RETURNED


def stage_metrics(runs: Runs, others: Ints) -> Iterator[Metric]:
    """`stage.REASON` (accounts), `stage_money.REASON` and `stage_money_all.REASON` (yuan) for each account stopped.

    `stage_money` is what victims' own money was found there at the first stop; `stage_money_all` adds other people's
    that was ever under a stop. `credited_to_stopped` is what victims' own money ever came to these accounts: it is what
    a stop that came at once on all of it would have found.

    An account is at the last stage that it reached: returned, frozen, held by another force. For the others the reason
    is the last outcome of the route that files freezes; `no_outcome` where it had none. The reasons add up to all
    accounts that were stopped at banks, and to what was found on them the first time.

    Args:
        runs: any.
        others: by account, fen of other people that were ever under a stop on it.
    """
    program, rows, plan = runs.program, runs.of_cases, runs.plan
    n, of_account = len(runs), runs.plans.of_account
    filing = {program.route[step] for step, effect in enumerate(program.effect) if effect == "file_freeze"}
    if not filing:
        return
    stopped = rows.only(HOLD)
    of_bank = plan.accounts.bank[plan.account_first[stopped.case] + stopped.account] < len(runs.scenario.banks)
    stopped = stopped.at(np.flatnonzero((stopped.account > 0) & of_bank))
    card = cards(plan, stopped)
    first, _ = firsts(plan.account_first[stopped.case] + stopped.account)
    fen = np.zeros(len(plan.accounts), dtype=np.int64)
    np.add.at(fen, card[first], stopped.value[first])
    ends = {one for one, of in zip(program.outcome, program.route, strict=True) if one and of in filing}
    names = sorted(ends | {"frozen", "held_by_another", "returned", _NONE})
    reason = np.full(len(plan.accounts), names.index(_NONE))
    ended = rows.only(OUTCOME)
    mine = np.array([*(route in filing for route in program.route), False])[ended.step] & (ended.account >= 0)
    ended = ended.at(np.flatnonzero(mine))
    of_step = np.array([names.index(one) if one in ends else _UNNAMED for one in program.outcome])
    reason[cards(plan, ended)] = of_step[ended.step]
    for kind, stage in ((FREEZE, "frozen"), (CONTESTED, "held_by_another"), (RETURNED, "returned")):
        reason[cards(plan, rows.only(kind))] = names.index(stage)
    was_stopped = there(card, len(plan.accounts))
    accounts = np.flatnonzero(was_stopped)
    for number, name in enumerate(names):
        of = accounts[reason[accounts] == number]
        whose = of_account[of]
        own = yuan(whose, fen[of], n)
        yield Metric(f"stage.{name}", np.bincount(whose, minlength=n).astype(np.float64))
        yield Metric(f"stage_money.{name}", own)
        yield Metric(f"stage_money_all.{name}", own + yuan(whose, others[of], n))
    t = plan.transfers
    came = np.flatnonzero((runs.times < NEVER) & (t.target >= 0))
    came = came[was_stopped[plan.accounts.card[t.target[came]]]]
    yield Metric("credited_to_stopped", yuan(runs.plans.of_transfer[came], t.amount[came], n))


_NONE = "no_outcome"
_UNNAMED = -1
"""The reason of an end that has no name."""
