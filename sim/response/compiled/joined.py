"""Several plans as one: accounts, cases and transfers of all replications numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.fraud.groups import Ints
from sim.fraud.plan import Plan

_NUMBERS_OF = {
    "accounts": {"case": "cases", "card": "accounts"},
    "transfers": {"case": "cases", "parent": "transfers", "source": "accounts", "target": "accounts"},
    "others": {"account": "accounts", "first": "others"},
}
"""By part of a plan: its columns that number other things, and what they number; NONE stays."""


def joined(plans: Sequence[Plan]) -> Plan:
    """Several plans as one, all things in it numbered through."""
    if len(plans) == 1:
        return plans[0]
    first = {
        "cases": firsts([len(plan.victims) for plan in plans]),
        "accounts": firsts([len(plan.accounts) for plan in plans]),
        "transfers": firsts([len(plan.transfers) for plan in plans]),
        "others": firsts([len(plan.others) for plan in plans]),
    }

    def column(parts: Sequence[Any], name: str, of: str | None) -> NDArray[Any]:
        columns = [getattr(part, name) for part in parts]
        if of is not None:
            columns = [np.where(one < 0, one, one + begin) for one, begin in zip(columns, first[of], strict=True)]
        if name == "first":  # the last of one is the first of the next
            columns = [*(one[:-1] for one in columns[:-1]), columns[-1]]
        return np.concatenate(columns)

    def part(name: str) -> Any:
        parts = [getattr(plan, name) for plan in plans]
        of = _NUMBERS_OF.get(name, {})
        return replace(parts[0], **{one.name: column(parts, one.name, of.get(one.name)) for one in fields(parts[0])})

    return replace(
        plans[0], victims=part("victims"), accounts=part("accounts"), transfers=part("transfers"),
        others=part("others"),
        account_first=_ends([plan.account_first for plan in plans], first["accounts"]),
        transfer_first=_ends([plan.transfer_first for plan in plans], first["transfers"]),
    )  # fmt: skip


def firsts(lengths: Sequence[int]) -> list[int]:
    return list(accumulate(lengths, initial=0))[:-1]


def _ends(columns: Sequence[Ints], firsts: Sequence[int]) -> Ints:
    whole = [one + begin for one, begin in zip(columns, firsts, strict=True)]
    return np.concatenate([*(one[:-1] for one in whole[:-1]), whole[-1]])
