"""Keyed chance: a random number belongs to what it is for, not to the moment it was asked for.

`draw(seed, replication, purpose, ids...)` hashes its arguments into a uniform number. There is no generator
state, so one more victim, desk or policy changes no other draw. The hash is the finaliser of SplitMix64 (Steele,
Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), applied once per identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Uniforms = NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_A = 0xBF58476D1CE4E5B9
_B = 0x94D049BB133111EB
_GOLDEN_64, _A_64, _B_64 = np.uint64(_GOLDEN), np.uint64(_A), np.uint64(_B)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


def _mix(z: Keys) -> Keys:
    """The finaliser, in two columns of its own."""
    mixed = z >> _30
    mixed ^= z
    mixed *= _A_64
    shifted = mixed >> _27
    mixed ^= shifted
    mixed *= _B_64
    mixed ^= np.right_shift(mixed, _31, out=shifted)
    return mixed


def _mix_one(z: int) -> int:
    z = ((z ^ (z >> 30)) * _A) & _MASK
    z = ((z ^ (z >> 27)) * _B) & _MASK
    return z ^ (z >> 31)


@cache
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


def root(seed: int, replication: int) -> int:
    """The key of one replication under a seed, from which every other key is derived."""
    return key_one(key_one(_hash("fundfreeze"), seed), replication)


def roots(seed: int, replications: Iterable[int]) -> Keys:
    """The keys of several replications, in their order."""
    return np.array([root(seed, replication) for replication in replications], dtype=np.uint64)


def key_one(key: int, identifier: int) -> int:
    """The key of a thing that belongs to the thing with `key`; the same as `key_of` for one id."""
    return _mix_one((_mix_one(key) + (identifier & _MASK) * _GOLDEN + _GOLDEN) & _MASK)


def keys_named(keys: Keys, name: str) -> Keys:
    """The keys of things that have a name, each belonging to one of the things with `keys`."""
    return key_of(keys, np.full(len(keys), _hash(name), dtype=np.uint64))


def key_of(key: int | Keys, identifiers: NDArray[np.integer]) -> Keys:
    """The keys of things identified by integers, each belonging to the thing with `key`.

    Args:
        key: one key, or an array of keys of the shape of `identifiers`.
        identifiers: whole numbers, unique among the things of one owner.

    Returns:
        uint64 keys of the same shape.
    """
    owner: Keys = np.asarray(key, dtype=np.uint64)
    with np.errstate(over="ignore"):  # arithmetic is modulo 2**64 on purpose
        return np.asarray(_mix(_mix(np.atleast_1d(owner)) + identifiers.astype(np.uint64) * _GOLDEN_64 + _GOLDEN_64))


def uniform(key: int | Keys, purpose: str) -> Uniforms:
    """Uniform numbers strictly between 0 and 1 for a purpose, one per key (53 bits each)."""
    keys: Keys = np.atleast_1d(np.asarray(key, dtype=np.uint64))
    with np.errstate(over="ignore"):
        bits = _mix(keys ^ np.uint64(_hash(purpose)))
    bits >>= _11
    number = bits.astype(np.float64)
    number += 0.5
    number *= 2.0**-53
    return number


def uniform_one(key: int, purpose: str) -> float:
    """`uniform` for one key, the same to the bit."""
    return uniform_of(key, number_of(purpose))


def number_of(purpose: str) -> int:
    """The 64 bits, as a whole number with a sign, that stand for a purpose in `uniform_of`."""
    number = _hash(purpose)
    return number - (1 << 64) if number >> 63 else number


def uniform_of(key: int, purpose: int) -> float:
    """`uniform_one` for the number of a purpose; both numbers may have a sign."""
    return ((_mix_one((key ^ purpose) & _MASK) >> 11) + 0.5) * 2.0**-53


def draw(seed: int, replication: int, purpose: str, *ids: int | NDArray[np.integer]) -> Uniforms:
    """A uniform number in (0, 1) for each combination of ids, vectorised over arrays of ids.

    Args:
        seed: of the study.
        replication: its number in the study.
        purpose: what the number is for; different purposes are independent.
        ids: of the thing the number belongs to, from the outermost owner inwards; arrays broadcast.

    Returns:
        float64 array of the broadcast shape (at least one-dimensional).
    """
    keys: Keys = np.full(1, root(seed, replication), dtype=np.uint64)
    for one in np.broadcast_arrays(*(np.atleast_1d(np.asarray(i, dtype=np.int64)) for i in ids)):
        keys = key_of(keys, one)
    return uniform(keys, purpose)
