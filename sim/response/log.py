"""The one log of a run: flat rows of whole numbers, in the order in which things happened.

The row number is the sequence number. Everything that is measured, drawn, told or exported is computed from this
log and the settled transfers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = (
    "roster", "report", "known", "queued", "begin", "end", "reneged", "waiting", "hold", "hold_end", "outcome",
    "cancelled", "closed", "order", "finished",
)  # fmt: skip
(
    ROSTER, REPORT, KNOWN, QUEUED, BEGIN, FINISH, RENEGED, WAITING, HOLD, HOLD_END, OUTCOME,
    CANCELLED, CLOSED, ORDER, FINISHED,
) = range(len(KINDS))  # fmt: skip
"""What a row says, and what its `value` is:

roster     heads on duty at a desk from now on (value)
report     a victim reported
known      an account became known, or known to have received more; fen that arrived (value)
queued     a token waits for a desk
begin      a person works on it
end        the work is over: done, or its token was cancelled
reneged    its patience ran out
waiting    a wait or an await began
hold       a hold began; fen found on the account (value)
hold_end   a hold ended
outcome    a token ended
cancelled  a token was stopped from outside; the desk whose queue it left
closed     no token of the case is left; 1 in value if cut off by the end of the follow-up (censored)
order      an order from outside: 1 carried out, 0 refused (value)
finished   the end of the run
"""

NONE = -1
COLUMNS = ("time", "kind", "case", "account", "step", "attempt", "desk", "person", "value")
_TYPES = (np.int64, np.int8, np.int32, np.int32, np.int16, np.int16, np.int16, np.int16, np.int64)

# A row is four whole numbers: time, key, doing, value. The key holds case, account, step and attempt (each plus 1,
# the attempt as it is), the doing holds kind, desk and person (the last two plus 1).
CASE_SHIFT, ACCOUNT_SHIFT, STEP_SHIFT, ATTEMPTS = 40, 20, 10, (1 << 10) - 1
DESK_SHIFT, PERSON_SHIFT = 5, 20
NOBODY = 0
"""A key without a case."""


def content(case: Any, account: Any = NONE) -> Any:
    """The part of a key that names the subject: (case, account), numbers or arrays; NONE sorts before everything."""
    return ((case + 1) << CASE_SHIFT) + ((account + 1) << ACCOUNT_SHIFT)


_WIDTH = 4
_CHUNK = 50_000 * _WIDTH


class Log:
    """Rows of (time, kind, case, account, step, attempt, desk, person, value); NONE where a column says nothing.

    `case` is the row of the plan's victims, `account` the account's number in the case, `step` the step's number in
    the compiled workflow. `named` and `jsonl` translate them.
    """

    def __init__(self) -> None:
        self.buffer: list[int] = []
        """Flat rows not yet packed. The engine adds to it and calls `pack` once in a while."""
        self._packed: list[list[NDArray[Any]]] = []

    def pack(self) -> None:
        """Move the rows from the buffer into compact arrays, once there are many."""
        if len(self.buffer) >= _CHUNK:
            self._pack()

    def _pack(self) -> None:
        rows = np.fromiter(self.buffer, dtype=np.int64, count=len(self.buffer)).reshape(-1, _WIDTH)
        time, key, doing, value = rows.T
        columns = (
            time,
            doing & ((1 << DESK_SHIFT) - 1),
            (key >> CASE_SHIFT) - 1,
            ((key >> ACCOUNT_SHIFT) & ((1 << (CASE_SHIFT - ACCOUNT_SHIFT)) - 1)) - 1,
            ((key >> STEP_SHIFT) & ((1 << (ACCOUNT_SHIFT - STEP_SHIFT)) - 1)) - 1,
            np.where(key & ATTEMPTS, key & ATTEMPTS, NONE),
            ((doing >> DESK_SHIFT) & ((1 << (PERSON_SHIFT - DESK_SHIFT)) - 1)) - 1,
            (doing >> PERSON_SHIFT) - 1,
            value,
        )
        self._packed.append([column.astype(kind) for column, kind in zip(columns, _TYPES, strict=True)])
        self.buffer.clear()

    def columns(self) -> Rows:
        """All rows so far, as arrays."""
        if self.buffer or not self._packed:
            self._pack()
        if len(self._packed) > 1:
            self._packed = [[np.concatenate(parts) for parts in zip(*self._packed, strict=True)]]
        return Rows(*self._packed[0])

    def __len__(self) -> int:
        return sum(len(chunk[0]) for chunk in self._packed) + len(self.buffer) // _WIDTH


@dataclass(frozen=True)
class Rows:
    """The log as columns of equal length."""

    time: NDArray[np.int64]
    kind: NDArray[np.int8]
    case: NDArray[np.int32]
    account: NDArray[np.int32]
    step: NDArray[np.int16]
    attempt: NDArray[np.int16]
    desk: NDArray[np.int16]
    person: NDArray[np.int16]
    value: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)

    def of(self, kind: int) -> NDArray[np.intp]:
        """Row numbers of one kind."""
        return np.flatnonzero(self.kind == kind)


def named(rows: Rows, steps: list[str], desks: list[str], case_ids: NDArray[np.int64]) -> Mapping[str, list[Any]]:
    """The log with names and ids instead of numbers, column by column; None where a column says nothing."""

    def names(numbers: NDArray[Any], of: list[str]) -> list[str | None]:
        return [None if n < 0 else of[n] for n in numbers.tolist()]

    return {
        "seq": list(range(len(rows))),
        "time_ms": rows.time.tolist(),
        "event": [KINDS[k] for k in rows.kind.tolist()],
        "case": [None if c < 0 else int(case_ids[c]) for c in rows.case.tolist()],
        "account": [None if a < 0 else a for a in rows.account.tolist()],
        "step": names(rows.step, steps),
        "attempt": [None if a < 0 else a for a in rows.attempt.tolist()],
        "desk": names(rows.desk, desks),
        "person": [None if p < 0 else p for p in rows.person.tolist()],
        "value": [None if v < 0 else v for v in rows.value.tolist()],
    }


def jsonl(header: Mapping[str, Any], columns: Mapping[str, list[Any]]) -> Iterator[str]:
    """Lines of a log file: the header, then one object per row without the columns that say nothing."""
    yield json.dumps({"header": dict(header)}, ensure_ascii=False, sort_keys=True) + "\n"
    names = list(columns)
    for row in zip(*columns.values(), strict=True):
        yield json.dumps({n: v for n, v in zip(names, row, strict=True) if v is not None}) + "\n"
