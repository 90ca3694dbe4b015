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
        known: dict[tuple[int, int], _Decided] = {}  # the same orders in many replications are read once
        decided = []
        for some, n in zip(orders or [()] * len(plans), cases, strict=True):
            if (id(some), n) not in known:
                known[id(some), n] = _Decided(all_checked(some, program, n), program)
            decided.append(known[id(some), n])
        self._first = np.cumsum([0, *(len(one.orders) for one in decided)]).tolist()
        first, account_first = plans.case_first.tolist(), plans.whole.account_first
        tables = [
            one.table(place, first[place], cases[place], account_first)
            for place, one in enumerate(decided)
            if one.orders
        ]
        table = np.concatenate(tables) if tables else np.zeros((0, len(_COLUMNS)), dtype=np.int64)
        for name, column in zip(_COLUMNS, table.T, strict=True):
            s.put(name, column)
        s.put("deadline_at_first", deadlines_by_desk(program, deadlines))
        heads = [[one for one in some.orders if one.action == "heads"] for some in known.values()]
        self.called = [
            max((sum(max(0, one.heads) for one in some if one.desk == desk.name) for some in heads), default=0)
            for desk in program.desks
        ]
        """By desk: heads that orders call in, at most."""
        s.most_ordered = max(1, *map(len, heads)) if heads else 1
        s.fill("ordered_until", s.n_desks * s.most_ordered)
        s.fill("ordered_heads", s.n_desks * s.most_ordered)

    def begin(self, replication: int) -> None:
        """Turn the state to one of the replications."""
        self._s.next_order, self._s.last_order = self._first[replication : replication + 2]


_COLUMNS = (
    "order_time", "order_action", "order_route", "order_rank", "order_desk", "order_heads", "order_lasts",
    "order_policy", "order_case", "order_subject", "order_of_account", "order_content",
)  # fmt: skip
"""The last four hang on the replication."""


class _Decided:
    """The orders of one replication, or of several that are given the same."""

    def __init__(self, orders: Sequence[Order], program: Program) -> None:
        self.orders = orders
        desks = {desk.name: number for number, desk in enumerate(program.desks)}
        routes = {name: number for number, name in enumerate(program.route_names)}
        rows = [
            (
                one.at, ACTIONS.index(one.action), routes.get(one.route, NONE), one.rank, desks.get(one.desk, NONE),
                one.heads, one.lasts,
                NAMED_POLICIES.index(one.policy) if one.policy in NAMED_POLICIES else NONE,
                one.case, one.account, one.action in OF_DESK,
            )
            for one in orders
        ]  # fmt: skip
        table = np.array(rows, dtype=np.int64).reshape(-1, len(_COLUMNS) - 1)
        self._same, (self._case, self._account, self._of_desk) = table[:, :-3], table[:, -3:].T

    def table(self, place: int, first: int, cases: int, account_first: Ints) -> Ints:
        """By order: its columns in the replication with a place, whose cases begin at a row.

        The row of the case, the row of the case or account (NONE: there is no such account), and whether it is an
        account; NONE where the order is about no case.
        """
        case, account = self._case, self._account
        known = (self._of_desk == 0) & (case >= 0) & (case < cases)
        row = np.where(known, first + case, NONE)
        own = np.append(account_first, account_first[-1])[np.maximum(row, 0)[:, np.newaxis] + (0, 1)]
        there = own[:, 0] + account
        subject = np.where(account < 0, row, np.where(known & (there < own[:, 1]), there, NONE))
        named = content(np.where(case >= 0, first + case, NONE - place), account)
        return np.column_stack([self._same, row, subject, known & (account >= 0), named])
