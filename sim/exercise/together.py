"""What one trainee sees who plays several roles: their views as one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar, cast

from sim.exercise.seen import AccountSeen, CaseSeen, DeskSeen, MessageSeen, TaskSeen, View

_Row = TypeVar("_Row", bound=Mapping[str, object])


class Together(NamedTuple):
    """What is known in several roles together."""

    decisions: Sequence[TaskSeen]
    """The open ones, the nearest deadline first."""
    cases: Sequence[CaseSeen]
    accounts: Sequence[AccountSeen]
    desks: Sequence[DeskSeen]
    messages: Sequence[MessageSeen]
    """In the order in which they came."""

    @classmethod
    def of(cls, views: Sequence[View]) -> Together:
        """The views of several roles as one: a row has all that any of them says of it."""
        decisions = _merged((one for view in views for one in view["decisions"]), lambda one: one["id"])
        messages = _merged((one for view in views for one in view["messages"]), lambda one: one["id"])
        return cls(
            decisions=sorted(decisions, key=_in_order),
            cases=_merged((one for view in views for one in view.get("cases", ())), lambda one: one["case"]),
            accounts=_merged((one for view in views for one in view.get("accounts", ())), subject_of),
            desks=_merged((one for view in views for one in view["desks"]), lambda one: one["name"]),
            messages=sorted(messages, key=lambda one: one["at"]),
        )


def subject_of(one: AccountSeen | TaskSeen) -> tuple[int, int]:
    """(case, account)."""
    return one["case"], one["account"]


def _in_order(one: TaskSeen) -> tuple[int, int, int, int, str]:
    return one["deadline"], one["opened"], one["case"], one["account"], one["desk"]


def _merged(rows: Iterable[_Row], name: Callable[[_Row], Hashable]) -> list[_Row]:
    found: dict[Hashable, _Row] = {}
    for row in rows:
        found[name(row)] = cast(_Row, {**found.get(name(row), {}), **row})
    return list(found.values())
