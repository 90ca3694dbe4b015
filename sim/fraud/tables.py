"""Tables of the plan: frozen dataclasses whose fields are columns, a row for each case, account or transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Table = TypeVar("Table", bound="DataclassInstance")


def rows_of(table: Table, rows: NDArray[np.int64] | slice) -> Table:
    """Some rows of a table, in that order."""
    return replace(table, **{name: column[rows] for name, column in _columns(table)})


def joined(tables: Sequence[Table]) -> Table:
    """The rows of several tables, one after the other."""
    columns = zip(*(dict(_columns(table)).values() for table in tables), strict=True)
    names = [one.name for one in fields(tables[0])]
    return replace(tables[0], **dict(zip(names, map(np.concatenate, columns), strict=True)))


def _columns(table: Table) -> list[tuple[str, NDArray[Any]]]:
    return [(one.name, getattr(table, one.name)) for one in fields(table)]
