"""How a credit is taken out of an account: in how many debits, of how much, and when; and what stays behind."""

from __future__ import annotations

import numpy as np

from sim.fraud.draws import Keys, uniform
from sim.fraud.groups import Floats, Ints, counter, split
from sim.scenario.criminals import Criminals, Debits, Rests
from sim.scenario.sampling import sample_ms
from sim.words.units import DAY, MAX_DURATION

LEFT_BEHIND = 1 << 20
"""The number of the debit that takes what stayed behind: no fan-out reaches it, so none is ever renumbered."""


def left_behind(rests: Rests | None, key: Keys, amount: Ints) -> Ints:
    """fen of each credit that stay behind; 0 for none.

    Args:
        key: of the credits.
    """
    if rests is None:
        return np.zeros_like(amount)
    left = np.floor(amount * rests.part).astype(np.int64)
    return np.where(uniform(key, "rests") < rests.share, left, 0)


def number_of_debits(criminals: Criminals, amount: Ints, fan_out: Ints, way: Ints) -> Ints:
    """How many debits each credit leaves in.

    Args:
        amount: fen that do not stay behind.
        fan_out: onward transfers that the crew would make.
        way: exit of a leaving credit; -1 where the money moves on.
    """
    debits, leaves = criminals.debits, way >= 0
    if debits is None:
        return np.where(leaves, 1, fan_out)
    needed: Ints = -(-amount // _limits(criminals, debits)[way])
    most = np.minimum(criminals.most_fan_out, np.maximum(amount, 1))
    onward = np.clip(np.maximum(fan_out, needed), 1, most)
    return np.where(leaves, np.clip(needed, 1, debits.most), onward)


def amounts(criminals: Criminals, total: Ints, parts: Ints, u: Floats, way: Ints) -> Ints:
    """fen of each debit: in random parts where money moves on, in even ones where it leaves or the limit binds.

    Args:
        total: fen by credit.
        parts: debits by credit.
        u: one uniform number per debit.
        way: by credit, as above.
    """
    debits = criminals.debits
    if debits is None:
        return split(total, parts, u, criminals.amount_spread)
    of = np.repeat(np.arange(len(total)), parts)
    drawn = split(total, parts, u, np.where(way < 0, criminals.amount_spread, 0.0)[of])
    largest = np.zeros_like(total)
    np.maximum.at(largest, of, drawn)
    binds = largest > _limits(criminals, debits)[way]
    return np.where(binds[of], split(total, parts, u, 0.0), drawn)


def gaps(criminals: Criminals, key: Keys, way: Ints) -> Ints:
    """ms from the debit before to each debit of a credit (of the first it says nothing).

    Args:
        key: of the debits.
        way: by debit, as above.
    """
    spacing = sample_ms(criminals.spacing, uniform(key, "spacing"))
    if criminals.debits is None:
        return spacing
    factor = np.array([*(way.gap_factor or 1.0 for way in criminals.exits.values()), 1.0])[way]
    gap = np.rint(sample_ms(criminals.debits.gap, uniform(key, "debit-gap")) * factor).astype(np.int64)
    return np.where(way >= 0, gap, spacing)


def at_pace(time: Ints, pace: Floats | None) -> Ints:
    """Times (ms) at the pace of their case; None where all cases run alike."""
    if pace is None:
        return time
    return np.rint(np.minimum(time * pace, MAX_DURATION)).astype(np.int64)


def over_days(per_day: int, begin: Ints, after: Ints, amount: Ints, parts: Ints) -> Ints:
    """ms after the credit of each debit, where one local day sees no more than `per_day` leave an account.

    What would be above goes on the next day, as long after midnight as it would have come after the debit before; a
    single debit above the limit has a day of its own.

    Args:
        per_day: fen.
        begin: ms of the credits since some local midnight, had no hold come between.
        after: ms of the debits after their credit, rising within each.
        amount: fen of the debits.
        parts: debits by credit.
    """
    first = np.cumsum(parts) - parts
    out, mine = after.copy(), np.flatnonzero(parts > 0)
    last, taken = begin + after[np.minimum(first, max(0, len(after) - 1))], np.zeros_like(begin)
    taken[mine] = amount[first[mine]]
    for number in range(1, int(parts.max(initial=0))):
        mine = np.flatnonzero(parts > number)
        row = first[mine] + number
        gap = after[row] - after[row - 1]
        time = last[mine] + gap
        already = np.where(time // DAY == last[mine] // DAY, taken[mine], 0)
        full = (already > 0) & (already + amount[row] > per_day)
        time = np.where(full, (time // DAY + 1) * DAY + gap, time)
        last[mine], taken[mine] = time, np.where(full, 0, already) + amount[row]
        out[row] = time - begin[mine]
    return out


def numbers(parts: Ints, rests: Ints) -> Ints:
    """The number of each debit in its credit: 0, 1, ..., and LEFT_BEHIND for what stays behind, which comes last.

    Args:
        parts: debits by credit, without what stays behind.
        rests: 1 where something does.
    """
    number = counter(parts + rests)
    of = np.repeat(np.arange(len(parts)), parts + rests)
    return np.where(number == parts[of], LEFT_BEHIND, number)


def _limits(criminals: Criminals, debits: Debits) -> Ints:
    """The limit of one debit by exit; the last of onward transfers."""
    return np.array([*(way.limit or debits.limit for way in criminals.exits.values()), debits.limit], dtype=np.int64)
