"""Hypothesis strategies for small forests of transfers and holds on their accounts, and a slow second `settle`.

Times are small whole numbers, so that holds, debits and notices often fall on the same instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from hypothesis import strategies as st

from sim.fraud.draws import key_of
from sim.fraud.others import no_others
from sim.fraud.plan import Accounts, Plan
from sim.fraud.settle import NEVER, Hold
from sim.fraud.transfers import Transfers
from sim.fraud.victims import Victims

LATEST = 60
Holds = dict[int, list[Hold]]


@st.composite
def plans(draw: st.DrawFn, most: int = 14) -> Plan:
    """Plans of one to three cases, built by hand: any tree shape, amounts that add up, dwell times of 0 to 12."""
    cases = draw(st.integers(1, 3))
    parent: list[int] = []
    case_of: list[int] = []
    for number in range(cases):
        first = len(parent)
        for _ in range(draw(st.integers(1, most // cases))):
            # In preorder the next transfer hangs on the last one, on one above it, or is a new payment.
            chain = [-1]
            i = len(parent) - 1
            while i >= first:
                chain.append(i)
                i = parent[i]
            parent.append(draw(st.sampled_from(chain)))
            case_of.append(number)
    count = len(parent)
    inner = set(parent)
    amount, size = [0] * count, [1] * count
    for i in reversed(range(count)):
        if i not in inner:
            amount[i] = draw(st.integers(0, 50))
        if parent[i] >= 0:
            amount[parent[i]] += amount[i]
            size[parent[i]] += size[i]
    account_first: list[int] = [0]
    account_case: list[int] = []
    number_in_case: list[int] = []
    layer: list[int] = []
    source, target = [0] * count, [-1] * count
    depth = [0] * count
    for number in range(cases):
        own = len(account_case)
        account_case.append(number)
        number_in_case.append(0)
        layer.append(0)
        for i in (i for i in range(count) if case_of[i] == number):
            depth[i] = 1 if parent[i] < 0 else depth[parent[i]] + 1
            source[i] = own if parent[i] < 0 else target[parent[i]]
            if i in inner:
                target[i] = len(account_case)
                account_case.append(number)
                number_in_case.append(len(account_case) - own - 1)
                layer.append(depth[i])
        account_first.append(len(account_case))
    times = st.lists(st.integers(0, 12), min_size=count, max_size=count)
    dwell, retry = draw(times), draw(times)
    loss = [sum(amount[i] for i in range(count) if parent[i] < 0 and case_of[i] == n) for n in range(cases)]
    notice = draw(st.lists(st.one_of(st.integers(0, 15), st.just(NEVER)), min_size=cases, max_size=cases))
    reported = draw(st.lists(st.integers(0, 30), min_size=cases, max_size=cases))

    def ints(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    zeros = np.zeros(cases, dtype=np.int64)
    ids = np.arange(1, cases + 1, dtype=np.int64)
    return Plan(
        seed=1,
        replication=0,
        victims=Victims(
            id=ids, key=key_of(1, ids), scam=zeros, loss=ints(loss), first_payment=zeros, last_payment=zeros,
            discovered=ints(reported), reported=ints(reported), notice_after=ints(notice), pace=np.ones(cases),
            **dict.fromkeys(("contact", "third_party", "channel", "age", "district", "bank", "bystander"), zeros),
        ),
        accounts=Accounts(
            case=ints(account_case), number=ints(number_in_case), layer=ints(layer),
            bank=ints([-1 if n == 0 else 0 for n in number_in_case]), key=key_of(2, np.arange(len(account_case))),
            card=np.arange(len(account_case)), objects_after=np.full(len(account_case), NEVER),
            **{name: np.zeros(len(account_case), dtype=np.int64) for name in ("place", "wrong", "innocent")},
        ),
        transfers=Transfers(
            case=ints(case_of), parent=ints(parent), source=ints(source), target=ints(target),
            exit=ints([-1 if i in inner else 0 for i in range(count)]), amount=ints(amount), dwell=ints(dwell),
            retry=ints(retry), size=ints(size), key=key_of(3, np.arange(count)),
        ),
        account_first=ints(account_first),
        transfer_first=ints([*(case_of.index(n) for n in range(cases)), count]),
        others=no_others(len(account_case)),
    )  # fmt: skip


@st.composite
def holds_on(draw: st.DrawFn, plan: Plan, *, permanent: bool = True, latest: int = LATEST) -> Holds:
    """Holds on any accounts of a plan: by account sorted, apart from each other, some without an end."""
    holds: Holds = {}
    for account in draw(st.sets(st.integers(0, len(plan.accounts) - 1), max_size=6)):
        cuts = sorted(draw(st.sets(st.integers(0, latest), min_size=2, max_size=6)))
        mine = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        if permanent and draw(st.booleans()):
            mine[-1] = (mine[-1][0], NEVER)
        holds[account] = mine
    return holds


@dataclass
class _Pending:
    due: int
    waiting: bool = False
    """For the end of a hold: a reaction does not hurry it."""


def settle_step_by_step(plan: Plan, holds: Mapping[int, Sequence[Hold]], speed: float, case: int) -> dict[int, int]:
    """The times of a case's transfers that happen, found by going through time instant by instant.

    Written without looking at how `settle` does it: attempts to debit in order of time, and one moment at which the
    criminals notice and hurry everything that is not yet due.
    """
    t = plan.transfers
    mine = [i for i in range(len(t)) if t.case[i] == case]
    happened: dict[int, int] = {}
    pending = {i: _Pending(int(t.dwell[i])) for i in mine if t.parent[i] < 0}
    queue = sorted((p.due, i) for i, p in pending.items())
    notice = NEVER
    noticed = False
    while queue:
        now = queue[0][0]
        if now > notice and not noticed:
            noticed = True
            for i, p in pending.items():
                if p.due > notice and not p.waiting and t.parent[i] >= 0:
                    p.due = notice + int(speed * (p.due - notice))
                    heappush(queue, (p.due, i))
            continue
        now, i = heappop(queue)
        if i not in pending or pending[i].due != now:
            continue
        ends = [end for start, end in holds.get(int(t.source[i]), ()) if start <= now < end]
        if ends:
            if notice == NEVER and plan.victims.notice_after[case] < NEVER:
                notice = now + int(plan.victims.notice_after[case])
            del pending[i]
            if ends[0] < NEVER:
                pending[i] = _Pending(ends[0] + int(t.retry[i]), waiting=True)
                heappush(queue, (pending[i].due, i))
            continue
        happened[i] = now
        del pending[i]
        for child in mine:
            if t.parent[child] == i:
                dwell = int(t.dwell[child])
                hurried = now >= notice
                pending[child] = _Pending(now + (int(speed * dwell) if hurried else dwell))
                heappush(queue, (pending[child].due, child))
    return happened
