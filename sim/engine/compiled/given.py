"""Orders as columns of the state: what is decided from outside in each replication, in the order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sim.engine.compiled.state import State
from sim.engine.orders import ACTIONS, OF_DESK, Order, all_checked, deadlines_by_desk
from sim.fraud.groups import Ints
from sim.fraud.plan import Plans
from sim.scenario.people import NAMED_POLICIES
from sim.workflow.log import NONE, content
from sim.workflow.program import Program


class Given:
    """The orders of some replications: written once, turned to one replication after the other."""

    def __init__(
        self,
        s: State,
        program: Program,
        plans: Plans,
        orders: Sequence[Iterable[Order]],
        deadlines: Mapping[str, int] | None,
    ) -> None:
        """
        Args:
            orders: by replication; none for none in any.
            deadlines: see `Engine`.

        Raises:
            ValueError: an order or a deadline names what is not there.
        """
        self._s = s
        cases: list[int] = np.diff(plans.case_first).tolist()
        given = [all_checked(some, program, n) for some, n in zip(orders or [()] * len(plans), cases, strict=True)]
        self._first = np.cumsum([0, *map(len, given)]).tolist()
        desks = {desk.name: number for number, desk in enumerate(program.desks)}
        routes = {name: number for number, name in enumerate(program.route_names)}
        first, account_first = plans.case_first.tolist(), plans.whole.account_first
        rows = [
            (
                one.at, ACTIONS.index(one.action), *_subject(one, first[place], cases[place], account_first),
                content(first[place] + one.case if one.case >= 0 else NONE - place, one.account),
                routes.get(one.route, NONE), one.rank, desks.get(one.desk, NONE), one.heads, one.lasts,
                NAMED_POLICIES.index(one.policy) if one.policy in NAMED_POLICIES else NONE,
            )
            for place, some in enumerate(given)
            for one in some
        ]  # fmt: skip
        table = np.array(rows, dtype=np.int64).reshape(-1, len(_COLUMNS))
        for name, column in zip(_COLUMNS, table.T, strict=True):
            s.put(name, column)
        s.put("deadline_at_first", deadlines_by_desk(program, deadlines))
        heads = [[one for one in some if one.action == "heads"] for some in given]
        self.called = [
            max((sum(max(0, one.heads) for one in some if one.desk == name) for some in heads), default=0)
            for name in desks
        ]
        """By desk: heads that orders call in, at most."""
        s.most_ordered = max(1, *map(len, heads)) if heads else 1
        s.fill("ordered_until", s.n_desks * s.most_ordered)
        s.fill("ordered_heads", s.n_desks * s.most_ordered)

    def begin(self, replication: int) -> None:
        """Turn the state to one of the replications."""
        self._s.next_order, self._s.last_order = self._first[replication : replication + 2]


_COLUMNS = (
    "order_time", "order_action", "order_case", "order_subject", "order_of_account", "order_content", "order_route",
    "order_rank", "order_desk", "order_heads", "order_lasts", "order_policy",
)  # fmt: skip


def _subject(order: Order, first: int, cases: int, account_first: Ints) -> tuple[int, int, int]:
    """Row of the case, row of the case or account (NONE: there is no such account), and whether it is an account."""
    if order.action in OF_DESK or not 0 <= order.case < cases:
        return NONE, NONE, 0
    case = first + order.case
    if order.account < 0:
        return case, case, 0
    account = int(account_first[case]) + order.account
    return case, account if account < account_first[case + 1] else NONE, 1
