"""The state of compiled runs: the columns, and the block of addresses by which compiled rules find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled.columns import COLUMNS, SLOTS
from sim.fraud.draws import key_one, uniform_of

Column = Any
"""An array of numbers, as a rule sees it."""
_TYPES = {"i8": np.int64, "i4": np.int32, "i2": np.int16, "i1": np.int8, "u4": np.uint32, "f8": np.float64}


class State:
    """Columns by name, and whole numbers by name: what rules read and write.

    Rules that run as plain Python use it as it is. For compiled rules `block` holds the address of every column and
    all whole numbers: `to_block` and `from_block` carry the numbers over.
    """

    held: dict[int, NDArray[Any]]

    def __init__(self) -> None:
        values = self.__dict__
        values["block"] = np.zeros(len(SLOTS), dtype=np.int64)
        values["held"] = {}
        for name in SLOTS:
            values[name] = 0

    if TYPE_CHECKING:  # all names are set from the list of columns

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    def put(self, name: str, column: Any) -> None:
        """Set a column; it is brought to its width."""
        array = np.ascontiguousarray(column, dtype=_TYPES[COLUMNS[name]])
        self.__dict__[name] = array
        self.block[SLOTS[name]] = array.__array_interface__["data"][0]

    def fill(self, name: str, length: int, value: int = 0) -> None:
        """Make a column of one value; of zeros that are never written to no memory is taken."""
        kind = _TYPES[COLUMNS[name]]
        self.put(name, np.full(length, value, dtype=kind) if value else np.zeros(length, dtype=kind))

    def room(self, name: str, length: int) -> None:
        """Make a column that is written before it is read; memory that is never written to is never taken."""
        self.put(name, np.empty(length, dtype=_TYPES[COLUMNS[name]]))

    def grow(self, name: str, length: int, value: int | None = 0) -> None:
        """Make a column longer; what is in it stays.

        Args:
            value: of what is new; None for a column that is written before it is read.
        """
        old = self.__dict__[name]
        new = np.empty(length, dtype=old.dtype)
        new[: len(old)] = old
        if value is not None:
            new[len(old) :] = value
        self.put(name, new)

    def keep(self, place: int, column: NDArray[Any]) -> None:
        """Keep a column of draws at a place among the tables."""
        self.held[place] = column
        self.tables[place] = column.__array_interface__["data"][0] or 1

    def to_block(self) -> None:
        """Carry the whole numbers over to compiled rules."""
        values, block = self.__dict__, self.block
        for name in _NUMBERS:
            block[SLOTS[name]] = values[name]

    def needs_from_block(self) -> None:
        """Carry back only which draw compiled rules lack."""
        values, block = self.__dict__, self.block
        for name in _NEEDS:
            values[name] = int(block[SLOTS[name]])

    def singles_to_block(self) -> None:
        """Carry over only how many draws were made singly, and for how many there is room."""
        self.block[SLOTS["n_singles"]], self.block[SLOTS["single_room"]] = self.n_singles, self.single_room

    def from_block(self) -> None:
        """Carry the whole numbers back from compiled rules."""
        values = self.__dict__
        for name, value in zip(_NUMBERS, self.block[_FIRST_NUMBER:].tolist(), strict=True):
            values[name] = value


_MASK = (1 << 64) - 1
_NUMBERS = [name for name in SLOTS if name not in COLUMNS]
_NEEDS = ("need_what", "need_step", "need_attempt", "need_subject")
_FIRST_NUMBER = len(COLUMNS)


def keyed_uniform(key: int, purpose: int) -> float:
    """The uniform number of a key for the number of a purpose (see `draws.uniform_of`)."""
    return uniform_of(int(key), int(purpose))


def keyed_key(key: int, identifier: int) -> int:
    """The key of a thing that belongs to the thing with a key (see `draws.key_one`), as a number with a sign."""
    number = key_one(int(key) & _MASK, int(identifier))
    return number - (1 << 64) if number >> 63 else number


def load_whole(s: State, place: int, subject: int) -> int:
    """A whole number of a column of draws."""
    return int(s.held[place][subject])


def load_real(s: State, place: int, subject: int) -> float:
    """A real number of a column of draws."""
    return float(s.held[place][subject])
