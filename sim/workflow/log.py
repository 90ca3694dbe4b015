"""The one log of a run: flat rows of whole numbers, in the order in which things happened.

The row number is the sequence number. Everything that is measured, drawn, told or exported is computed from this
log and the settled transfers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = (
    "away", "report", "known", "queued", "begin", "end", "reneged", "waiting", "hold", "hold_end", "outcome",
    "cancelled", "closed", "order", "finished", "freeze", "refused", "clarified", "returned", "paid", "objection",
    "cleared", "handed_over", "alert", "called_in", "overdue", "contested",
    "others",
)  # fmt: skip
(
    AWAY, REPORT, KNOWN, QUEUED, BEGIN, FINISH, RENEGED, WAITING, HOLD, HOLD_END, OUTCOME,
    CANCELLED, CLOSED, ORDER, FINISHED, FREEZE, REFUSED, CLARIFIED, RETURNED, PAID, OBJECTION,
    CLEARED, HANDED_OVER, ALERT, CALLED_IN, OVERDUE, CONTESTED,
    OTHERS,
) = range(len(KINDS))  # fmt: skip
"""What a row says, and what its `value` is:

away       an order took heads from a desk; so many from now on (value)
report     a victim reported
known      an account became known, or known to have received more; fen that arrived (value)
queued     a token waits for a desk
begin      a person works on it
end        the work is over: done, handed over, or its token was cancelled
reneged    its patience ran out
waiting    a wait or an await began
hold       a hold began; fen found on the account (value). A shared account has a row for each case that uses it
hold_end   a hold ended; 1 in value if by itself (lapsed)
outcome    a token ended; the desk whose queue it left where it was written off
cancelled  a token was stopped from outside; the desk whose queue it left
closed     no token of the case is left; 1 in value if cut off by the end of the follow-up (censored)
order      an order from outside: 1 carried out, 0 refused (value)
finished   the end of the run
freeze     a judicial freeze is filed: the hold goes on until the freeze ends; fen of the case held there (value)
refused    the bank's check refused the order
clarified  the account's details are right now
returned   fen of the case that left the frozen account for victims (value)
paid       fen paid to the case's victim (value)
objection  the account's holder objects
cleared    the holder's own money is free again, the rest stays held
handed_over  the work in hand went back to the queue at the end of a shift; ms of work left (value)
alert      a warning (0), a lead (1) or an alarm of a bank (2) reached the responders (value)
called_in  staff called in came or went; heads called in from now on (value)
overdue    nobody decided in time on a task at a desk with a seat: the desk's policy has it
contested  filing finds that another force held the account first: the hold goes on, and is not ours; fen of the case
           held there (value)
others     of the hold that began: fen of other people's that were found on the account (value); where there were any
"""

NONE = -1
COLUMNS = ("time", "kind", "case", "account", "step", "attempt", "desk", "person", "value")

# A row is four whole numbers: time, key, doing, value. The key holds case, account, step and attempt (each plus 1,
# the attempt as it is), the doing holds kind, desk and person (the last two plus 1).
CASE_SHIFT, ACCOUNT_SHIFT, STEP_SHIFT, ATTEMPTS = 40, 20, 10, (1 << 10) - 1
DESK_SHIFT, PERSON_SHIFT = 5, 17
NOBODY = 0
"""A key without a case."""


def content(case: Any, account: Any = NONE) -> Any:
    """The part of a key that names the subject: (case, account), numbers or arrays; NONE sorts before everything."""
    return ((case + 1) << CASE_SHIFT) + ((account + 1) << ACCOUNT_SHIFT)


def account_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of accounts in keys; NONE where they name none. Of work that is no case, its number."""
    return ((key >> ACCOUNT_SHIFT) & ((1 << (CASE_SHIFT - ACCOUNT_SHIFT)) - 1)) - 1


def step_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of steps in keys; NONE where they name none."""
    return ((key >> STEP_SHIFT) & ((1 << (ACCOUNT_SHIFT - STEP_SHIFT)) - 1)) - 1


def desk_of(doing: NDArray[np.uint32]) -> NDArray[np.int16]:
    """The numbers of desks in doings; NONE where they name none."""
    return ((doing >> DESK_SHIFT) & ((1 << (PERSON_SHIFT - DESK_SHIFT)) - 1)).astype(np.int16) - np.int16(1)


def person_of(doing: NDArray[np.uint32]) -> NDArray[np.int16]:
    """The numbers of people in doings; NONE where they name none."""
    return (doing >> PERSON_SHIFT).astype(np.int16) - np.int16(1)


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
        self._packed = Packed()

    def pack(self) -> None:
        """Move the rows from the buffer into compact arrays, once there are many."""
        if len(self.buffer) >= _CHUNK:
            self._pack()

    def _pack(self) -> None:
        self._packed.add(*_columns_of(_flat(self.buffer)))
        self.buffer.clear()

    def columns(self) -> Rows:
        """All rows so far, as arrays."""
        if self.buffer:
            self._pack()
        return self._packed.columns()

    def since(self, first: int) -> Rows:
        """The rows from number `first` on, so many as there are so far; only these are looked at."""
        if first < len(self._packed):
            return self.columns().part(first, len(self))
        return Rows(*_columns_of(_flat(self.buffer[(first - len(self._packed)) * _WIDTH :])))

    def __len__(self) -> int:
        return len(self._packed) + len(self.buffer) // _WIDTH


class Packed:
    """The rows of a log in compact chunks.

    Several runs may stand in it, one after the other, with their cases numbered through; what is about no case of
    run r has the case NONE - r, so that keys of different runs differ there, too.
    """

    def __init__(self) -> None:
        self._chunks: list[list[NDArray[Any]]] = []
        self._rows = 0

    def add(self, *chunk: NDArray[Any]) -> None:
        """Add rows.

        Args:
            chunk: their time, key and doing, and of those with a value their numbers (from 0 here) and values.
        """
        self._chunks.append([*chunk[:3], chunk[3] + self._rows if self._rows else chunk[3], chunk[4]])
        self._rows += len(chunk[0])

    def columns(self) -> Rows:
        """All rows so far, as arrays."""
        chunks = self._chunks or [_columns_of(np.zeros(0, dtype=np.int64))]
        if len(chunks) > 1:  # column by column, so that a long log is never in memory twice
            whole = []
            for number in range(len(chunks[0])):
                whole.append(np.concatenate([chunk[number] for chunk in chunks]))
                for chunk in chunks:
                    chunk[number] = whole[-1][:0]
            self._chunks = chunks = [whole]
        return Rows(*chunks[0])

    def __len__(self) -> int:
        return self._rows


def _flat(buffer: Sequence[int]) -> NDArray[np.int64]:
    return np.fromiter(buffer, dtype=np.int64, count=len(buffer))


def _columns_of(flat: NDArray[np.int64]) -> list[NDArray[Any]]:
    """Flat rows as compact arrays: time, key, doing, and of the rows with a value their numbers (from 0) and values."""
    time, key, doing, value = flat.reshape(-1, _WIDTH).T
    valued = np.flatnonzero(value != NONE)
    return [time.copy(), key.copy(), doing.astype(np.uint32), valued, value[valued]]


@dataclass(frozen=True)
class Rows:
    """The log as columns of equal length, kept packed (a year of a city has millions of rows)."""

    time: NDArray[np.int64]
    key: NDArray[np.int64]
    """Case, account, step and attempt in one number."""
    doing: NDArray[np.uint32]
    """Kind, desk and person in one number."""
    valued: NDArray[np.int64]
    """Numbers of the rows that have a value, and the values."""
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def kind(self) -> NDArray[np.int8]:
        """What each row says: an index into KINDS."""
        return (self.doing & ((1 << DESK_SHIFT) - 1)).astype(np.int8)

    @property
    def case(self) -> NDArray[np.int32]:
        """Row of the case in the plan's victims."""
        return (self.key >> CASE_SHIFT).astype(np.int32) - np.int32(1)

    @property
    def account(self) -> NDArray[np.int32]:
        """Number of the account in its case."""
        return account_of(self.key).astype(np.int32)

    @property
    def step(self) -> NDArray[np.int16]:
        """Number of the step in the compiled workflow."""
        return step_of(self.key).astype(np.int16)

    @property
    def attempt(self) -> NDArray[np.int16]:
        """How often the subject had come to the step."""
        attempt = (self.key & ATTEMPTS).astype(np.int16)
        return np.where(attempt == 0, np.int16(NONE), attempt)

    @property
    def desk(self) -> NDArray[np.int16]:
        """Number of the desk."""
        return desk_of(self.doing)

    @property
    def person(self) -> NDArray[np.int16]:
        """Number of the person at the desk."""
        return person_of(self.doing)

    @cached_property
    def value(self) -> NDArray[np.int64]:
        """What else the row says (see above)."""
        value = np.full(len(self), NONE, dtype=np.int64)
        value[self.valued] = self.values
        return value

    def of(self, kind: int) -> NDArray[np.intp]:
        """Row numbers of one kind."""
        order, first = self._by_kind
        return order[first[kind] : first[kind + 1]]

    @cached_property
    def _by_kind(self) -> tuple[NDArray[np.intp], list[int]]:
        """Row numbers kind by kind, and where each kind begins among them."""
        kind = self.kind
        return np.argsort(kind, kind="stable"), np.cumsum([0, *np.bincount(kind, minlength=len(KINDS))]).tolist()

    def only(self, kind: int) -> Rows:
        """The rows of one kind, made once."""
        if kind not in self._only:
            self._only[kind] = self.at(self.of(kind))
        return self._only[kind]

    @cached_property
    def _only(self) -> dict[int, Rows]:
        """By kind: its rows, where they were asked for."""
        return {}

    def part(self, first: int, last: int) -> Rows:
        """Rows first to last - 1, as a view."""
        low, high = np.searchsorted(self.valued, (first, last))
        return Rows(
            self.time[first:last], self.key[first:last], self.doing[first:last],
            self.valued[low:high] - first, self.values[low:high],
        )  # fmt: skip

    def of_run(self, first: int, last: int, run: int, case: int) -> Rows:
        """Of several runs, whose cases are numbered through: the rows of one, as it wrote them itself.

        Args:
            first, last: its rows.
            run: its number among them.
            case: its first case.
        """
        if run == case == 0:
            return self.part(first, last)
        mine = self.part(first, last)
        own = np.where(mine.key < 1 << CASE_SHIFT, -run, case) << CASE_SHIFT
        return replace(mine, key=mine.key - own)

    def at(self, chosen: NDArray[np.intp]) -> Rows:
        """Some rows, in the order of their numbers."""
        value = self.value.take(chosen)  # `take` is more than twice as fast as an index
        valued = np.flatnonzero(value != NONE)
        time, key, doing = self.time.take(chosen), self.key.take(chosen), self.doing.take(chosen)
        return Rows(time, key, doing, valued, value.take(valued))


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
