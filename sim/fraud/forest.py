"""How the money of every payment runs: a forest of transfers, grown layer by layer and laid out in preorder.

Some money rests once more on its way, where no mule holds it: a payment on a rail before it arrives, leaving money in
a courier's bag. There one transfer becomes two with a pseudo-account between them. They are put in last and
have keys of their own, so nothing else of the forest knows of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from sim.fraud.debits import LEFT_BEHIND, amounts, at_pace, gaps, left_behind, number_of_debits, numbers, over_days
from sim.fraud.draws import Keys, key_of, keys_named, uniform
from sim.fraud.groups import Ints, choice, ms_by_group, running_sum
from sim.fraud.tables import joined, rows_of
from sim.fraud.transfers import Transfers, drawn
from sim.fraud.victims import Victims
from sim.scenario.criminals import Criminals, Night
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_ms
from sim.words.units import DAY


@dataclass(frozen=True)
class Credited:
    """By transfer: what is known of the account that it credits before the accounts are drawn; nothing of an exit."""

    key: Keys
    """What everything drawn for the account hangs on."""
    layer: Ints
    holder: Ints
    """Index into the scenario's holders of a pseudo-account; -1 where it is a mule's account."""


@dataclass(frozen=True)
class _Layer:
    """Transfers that are equally far from their victims, and where each comes to rest."""

    transfers: Transfers
    layer: Ints
    """Of the account credited."""
    credited: Ints
    """ms at which each would come to a mule, were nothing ever held."""
    holder: Ints
    """Where it rests on its way: index into the scenario's holders; -1 for nowhere."""
    rest: Ints
    """For how long, in ms."""


def grow(scenario: Scenario, victims: Victims, payments: Transfers, luck: int = 0) -> tuple[Transfers, Credited]:
    """What follows each payment: grown layer by layer, laid out in preorder; then money rests where it does.

    Args:
        luck: which draw of how long money rests; nothing else hangs on it.

    Returns:
        All transfers, the payments among them; and what is known of the accounts that they credit.
    """
    layers, below = [_payments(scenario, victims, payments, luck)], 0
    while len(inside := np.flatnonzero(layers[-1].transfers.exit < 0)):
        layers.append(_children(scenario, victims, layers[-1], inside, below, luck))
        below += len(layers[-2].transfers)
    transfers = joined([one.transfers for one in layers])
    order, size = _preorder(transfers.parent, [len(one.transfers) for one in layers])
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    transfers = rows_of(transfers, order)
    transfers = replace(transfers, size=size[order], parent=np.where(transfers.parent < 0, -1, place[transfers.parent]))
    layer, holder, rest = (
        np.concatenate([getattr(one, name) for one in layers])[order] for name in ("layer", "holder", "rest")
    )
    transfers, credited = _with_rests(transfers, layer, holder, rest)
    retry = sample_ms(scenario.criminals.retry, uniform(transfers.key, "retry"))
    return replace(transfers, retry=retry), credited


def dwells(scenario: Scenario, victims: Victims, transfers: Transfers, luck: int) -> Ints:
    """The column `dwell` of a plan's transfers in another draw of it: all else of the plan stays what it was.

    Args:
        victims, transfers: of the plan.
        luck: which draw; 0 is the plan's own.
    """
    root = transfers.parent < 0
    payments = drawn(transfers.case[root], transfers.key[root], transfers.amount[root], transfers.dwell[root])
    return grow(scenario, victims, payments, luck)[0].dwell


def _again(key: Keys, luck: int) -> Keys:
    """What another draw of times hangs on; 0: the keys themselves."""
    return key_of(keys_named(key, "luck"), np.full(len(key), luck)) if luck else key


def _payments(scenario: Scenario, victims: Victims, payments: Transfers, luck: int) -> _Layer:
    """The roots. A payment on a rail rests there first."""
    rail, rest = _rails(scenario, victims.scam[payments.case], payments.key, luck)
    return _Layer(
        transfers=payments,
        layer=np.ones(len(payments), dtype=np.int64),
        credited=payments.dwell + rest,
        holder=np.where(rail >= 0, scenario.first_rail + rail, -1),
        rest=rest,
    )


def _rails(scenario: Scenario, scam: Ints, key: Keys, luck: int) -> tuple[Ints, Ints]:
    """The rail of each payment (by its place among the scenario's; -1 for none) and ms until it arrives.

    Args:
        scam: of the payments.
        key: of the payments.
        luck: as of `grow`.
    """
    rails, none = scenario.victims.rails or {}, np.full(len(scam), -1)
    if not rails:
        return none, np.zeros(len(scam), dtype=np.int64)
    shares = [[(s.rails or {}).get(name, 0.0) for name in rails] for s in scenario.victims.scams.values()]
    edges = np.cumsum(shares, axis=1)[scam]
    rail = np.sum(uniform(key, "at-atm")[:, np.newaxis] >= edges, axis=1)  # a rail more moves none of those before it
    rail = np.where(rail < len(rails), rail, none)
    return rail, ms_by_group(rail, [one.delay for one in rails.values()], uniform(_again(key, luck), "rail-delay"))


def _children(scenario: Scenario, victims: Victims, above: _Layer, inside: Ints, below: int, luck: int) -> _Layer:
    """The transfers out of the accounts that the layer above has credited.

    Args:
        inside: rows of that layer that credit an account.
        below: the number of transfers before that layer.
        luck: as of `grow`.
    """
    criminals = scenario.criminals
    case, key, amount = (above.transfers.case[inside], above.transfers.key[inside], above.transfers.amount[inside])
    layer, credited = above.layer[inside], above.credited[inside]
    chance = np.array(criminals.exit_by_layer)[np.minimum(layer, len(criminals.exit_by_layer)) - 1]
    leaves = (uniform(key, "leaves") < chance) | (layer >= criminals.deepest_layer)
    ways = list(criminals.exits.values())
    out = choice(uniform(key, "exit"), [w.share for w in ways])
    way = np.where(leaves, out, -1)
    left = left_behind(criminals.rests, key, amount)
    parts = number_of_debits(criminals, amount - left, _fan_out(criminals, key, amount - left), way)

    again = _again(key, luck)
    dwell = ms_by_group(
        np.minimum(layer, len(criminals.dwell_by_layer)) - 1, criminals.dwell_by_layer, uniform(again, "dwell")
    )
    dwell = np.where(leaves, ms_by_group(out, [w.dwell for w in ways], uniform(again, "exit-dwell")), dwell)
    pace = victims.pace[case] if criminals.pace is not None else None
    dwell = at_pace(dwell, pace)
    if criminals.night is not None:
        dwell = _by_night(criminals.night, credited + scenario.week_offset, dwell)

    stays = np.minimum(left, 1)
    number, of = numbers(parts, stays), np.repeat(np.arange(len(inside)), parts + stays)
    rest = number == LEFT_BEHIND
    child = key_of(key[of], number)
    amounts_, after = np.zeros(len(of), dtype=np.int64), np.zeros(len(of), dtype=np.int64)
    taken, by = child[~rest], of[~rest]
    amounts_[~rest] = amounts(criminals, amount - left, parts, uniform(taken, "part"), way)
    gap = np.where(number[~rest] > 0, gaps(criminals, taken, way[by]), 0)
    after[~rest] = dwell[by] + running_sum(at_pace(gap, None if pace is None else pace[by]), parts)
    if criminals.debits is not None and criminals.debits.per_day is not None:
        begin = credited + scenario.week_offset
        after[~rest] = over_days(criminals.debits.per_day, begin, after[~rest], amounts_[~rest], parts)
    if criminals.rests is not None:
        amounts_[rest] = left[left > 0]
        after[rest] = sample_ms(criminals.rests.dwell, uniform(_again(child[rest], luck), "rest-dwell"))
    way = np.where(rest, out[of], way[of])
    holder, stay = _pending(scenario, child, way, luck)
    return _Layer(
        transfers=drawn(case[of], child, amounts_, after, parent=below + inside[of], exit_=way),
        layer=layer[of] + 1,
        credited=credited[of] + after,
        holder=holder,
        rest=stay,
    )


def _fan_out(criminals: Criminals, key: Keys, amount: Ints) -> Ints:
    """Onward transfers that the crew would make of each credit: about amount / typical_transfer."""
    ratio = amount / max(1, criminals.typical_transfer)
    fan_out = np.rint(ratio * np.exp(criminals.fan_out_spread * ndtri(uniform(key, "fan-out"))))
    most = np.minimum(criminals.most_fan_out, np.maximum(amount, 1))
    return np.asarray(np.clip(fan_out, 1, most), dtype=np.int64)


def _by_night(night: Night, clock: Ints, dwell: Ints) -> Ints:
    """Dwell times, changed where they begin at night.

    Args:
        night: its window goes over midnight where it does not end after it starts.
        clock: when each begins, had no hold come between: ms since some local midnight.
        dwell: ms.
    """
    lasts = (night.end - night.start) % DAY or DAY
    return np.where((clock - night.start) % DAY < lasts, np.rint(dwell * night.factor), dwell).astype(np.int64)


def _pending(scenario: Scenario, key: Keys, way: Ints, luck: int) -> tuple[Ints, Ints]:
    """Where leaving money rests on its way out (a holder, -1 for nowhere) and for how long (ms).

    Args:
        key: of the transfers.
        way: their exits; -1 for a transfer inside the banks.
        luck: as of `grow`.
    """
    pending = [exit_.pending for exit_ in scenario.criminals.exits.values()]
    share = np.array([*(one.share if one else 0.0 for one in pending), 0.0])[way]
    rests = uniform(key, "pending") < share
    times = [one.dwell if one else None for one in pending]
    rest = ms_by_group(np.where(rests, way, -1), times, uniform(_again(key, luck), "pending-dwell"))
    return np.where(rests, scenario.holder_of_exit(0) + way, -1), rest


def _preorder(parent: Ints, sizes_of_levels: list[int]) -> tuple[Ints, Ints]:
    """Rows (level by level, siblings together) in preorder, and the size of each row's subtree (by row)."""
    ends = np.cumsum(sizes_of_levels)
    size = np.ones(len(parent), dtype=np.int64)
    for first, last in reversed(list(pairwise(ends))):
        np.add.at(size, parent[first:last], size[first:last])
    position = np.empty(len(parent), dtype=np.int64)
    roots = sizes_of_levels[0]
    position[:roots] = np.cumsum(size[:roots]) - size[:roots]  # payments stand case by case already
    for first, last in pairwise(ends):
        above = parent[first:last]
        before = np.cumsum(size[first:last]) - size[first:last]
        new = np.concatenate([[True], above[1:] != above[:-1]]) if last > first else np.zeros(0, dtype=bool)
        group = np.maximum.accumulate(np.where(new, np.arange(last - first), 0))
        position[first:last] = position[above] + 1 + before - before[group]
    order = np.empty_like(position)
    order[position] = np.arange(len(position))
    return order, size


def _with_rests(transfers: Transfers, layer: Ints, holder: Ints, rest: Ints) -> tuple[Transfers, Credited]:
    """Put a pseudo-account behind every transfer that comes to rest, and one transfer out of it, in preorder.

    The second transfer follows the first in preorder and takes over what hung on it: the subtree of a payment, or
    the way out. Its key, and that of a rail's pseudo-account, hang on the key of the first; the mule behind the rail
    keeps its own.

    Args:
        transfers: in preorder.
        layer, holder, rest: by transfer, as in `_Layer`.
    """
    rests = (holder >= 0).astype(np.int64)
    count = len(rests)
    place = np.arange(count + 1) + np.concatenate([[0], np.cumsum(rests)])
    size = place[np.arange(count) + transfers.size] - place[:-1]
    above = transfers.parent
    parent = np.where(above < 0, -1, place[above] + rests[above])

    of = np.repeat(np.arange(count), 1 + rests)
    second = np.zeros(len(of), dtype=bool)
    second[place[:-1][rests > 0] + 1] = True
    first = (rests[of] > 0) & ~second
    key = transfers.key[of]
    account_key = key.copy()
    key[second] = key_of(transfers.key[rests > 0], np.full(rests.sum(), -1))
    rail = first & (above[of] < 0)
    account_key[rail] = key_of(account_key[rail], np.full(rail.sum(), -1))
    transfers = replace(
        rows_of(transfers, of),
        key=key,
        parent=np.where(second, place[of], parent[of]),
        exit=np.where(first, -1, transfers.exit[of]),
        dwell=np.where(second, rest[of], transfers.dwell[of]),
        size=size[of] - second,
    )
    return transfers, Credited(key=account_key, layer=layer[of], holder=np.where(second, -1, holder[of]))
