"""The accounts that the money passes: who holds them, where, and which of them are one and the same card."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.forest import Credited
from sim.fraud.groups import Ints, choice, counter
from sim.fraud.settle import NEVER
from sim.fraud.transfers import UNPLACED, Transfers
from sim.fraud.victims import LEAD, Victims
from sim.scenario.criminals import Innocent, Reuse
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_fen, sample_ms

_POOL = -2  # no case and no source of cases has this number
_LAYER_BITS = 6

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Accounts:
    """One row per account, case by case; number 0 of a case is the victim's own (layer 0)."""

    case: Ints
    number: Ints
    layer: Ints
    bank: Ints
    """Index into the scenario's holders (its banks come first); -1 for a victim's own account.
    One of the later holders makes a pseudo-account: money rests there, and no mule holds it."""
    key: Keys
    card: Ints
    """The first row that is one and the same account: cases may share accounts (a row no other shares has its own)."""
    place: Ints
    """Index into the scenario's places; 0 where they are not told apart, and for a victim's own account. A
    pseudo-account has the place of the account that feeds it."""
    wrong: Ints
    """1 where the victim gives the account's details wrong; else 0."""
    innocent: Ints
    """fen of the holder's own on it: the same in every row of a card."""
    objects_after: Ints
    """ms from a stop until the holder objects; NEVER for one who does not. The same in every row of a card."""

    def __len__(self) -> int:
        return len(self.case)

    def next_of_card(self) -> Ints:
        """By row: the next row that is the same account, -1 for the last."""
        order = np.argsort(self.card, kind="stable")
        following = np.full(len(self), -1, dtype=np.int64)
        same = self.card[order[1:]] == self.card[order[:-1]]
        following[order[:-1][same]] = order[1:][same]
        return following


def draw_accounts(
    scenario: Scenario, victims: Victims, transfers: Transfers, credited: Credited, of: Ints, roots: Keys
) -> tuple[Accounts, Ints, Transfers]:
    """Draw the accounts of all cases: the victim's own, those that transfers credit, and those of false leads.

    Args:
        scenario: its criminals and banks are read.
        victims, transfers: of all replications.
        credited: by transfer, what is known of the account that it credits.
        of: by case: the place of its replication among the roots.
        roots: what all draws of each replication hang on.

    Returns:
        The accounts; the row of the first of each case, and their number at the end; and the transfers,
        with the accounts between which they go.
    """
    cases, leads = np.arange(len(victims)), np.flatnonzero(victims.bystander == LEAD)
    into = np.flatnonzero(transfers.exit < 0)
    case = np.concatenate([cases, transfers.case[into], leads])
    layer = np.concatenate([np.zeros_like(cases), credited.layer[into], np.ones_like(leads)])
    order = np.argsort((case << _LAYER_BITS) + layer, kind="stable")
    row = np.empty_like(order)
    row[order] = np.arange(len(order))
    target = np.full(len(transfers), UNPLACED)
    target[into] = row[len(cases) : len(cases) + len(into)]
    per_case = np.bincount(case, minlength=len(cases))
    first = np.concatenate([[0], np.cumsum(per_case)])
    source = np.where(transfers.parent < 0, first[transfers.case], target[transfers.parent])

    own_key, lead_key = key_of(victims.key, np.full(len(cases), -1)), key_of(victims.key[leads], np.zeros_like(leads))
    key = np.concatenate([own_key, credited.key[into], lead_key])[order]
    holder = np.concatenate([np.full(len(cases), -1), credited.holder[into], np.full(len(leads), -1)])[order]
    case, layer = case[order], layer[order]
    mule = (layer > 0) & (holder < 0)
    lead = mule & (victims.bystander[case] == LEAD)
    card, card_key = np.arange(len(case)), key
    if (reuse := scenario.criminals.reuse) is not None:
        card, card_key = _shared(reuse, of[case], roots, key, victims.first_payment[case], mule & ~lead)
    innocent, objects_after = _innocent(scenario.criminals.innocent, card_key, mule, lead)

    bank = choice(uniform(card_key, "bank"), [bank.share for bank in scenario.banks.values()])
    places = scenario.criminals.places
    place = np.where(mule, choice(uniform(card_key, "place"), list(places.values()) if places else [1.0]), 0)
    pseudo = into[credited.holder[into] >= 0]
    place[target[pseudo]] = place[source[pseudo]]
    wrong = np.array([scam.wrong_details or 0.0 for scam in scenario.victims.scams.values()])[victims.scam[case]]
    accounts = Accounts(
        case=case,
        number=counter(per_case),
        layer=layer,
        bank=np.where(mule, bank, holder),
        key=key,
        card=card,
        place=place,
        wrong=(mule & ~lead & (layer == 1) & (uniform(key, "wrong-details") < wrong)).astype(np.int64),
        innocent=innocent,
        objects_after=objects_after,
    )
    return accounts, first, replace(transfers, source=source, target=target)


def _shared(
    reuse: Reuse, of: Ints, roots: Keys, key: Keys, first_payment: Ints, candidates: Flags
) -> tuple[Ints, Keys]:
    """Which accounts are one card: the lowest row of each card, and the key of what belongs to the card.

    A card of the pool is known by the lifetime in which a case began and its place in that pool, so it is the same
    whoever else uses it. An account that is not reused keeps its own key.

    Args:
        of: by account: the place of its replication among the roots.
        roots: what all draws of each replication hang on.
        key: by account.
        first_payment: ms, by account: of its case.
        candidates: accounts that may come from the pool.
    """
    card, card_key = np.arange(len(key)), key.copy()
    reused = np.flatnonzero(candidates & (uniform(key, "reuse") < reuse.share))
    epoch = first_payment[reused] // reuse.lifetime
    slot = np.floor(uniform(key[reused], "of-pool") * reuse.pool).astype(np.int64)
    pools = key_of(roots, np.full(len(roots), _POOL))
    card_key[reused] = key_of(key_of(pools[of[reused]], epoch), slot)
    place = epoch * reuse.pool + slot
    place += of[reused] * (place.max(initial=0) + 1)
    _, lowest, which = np.unique(place, return_index=True, return_inverse=True)
    card[reused] = reused[lowest[which]]
    return card, card_key


def _innocent(innocent: Innocent | None, card_key: Keys, mule: Flags, lead: Flags) -> tuple[Ints, Ints]:
    """Honest money on each account (fen), and ms from a stop until its holder objects (NEVER for one who does not).

    The account of a false lead always has such money.
    """
    fen, objects_after = np.zeros(len(mule), dtype=np.int64), np.full(len(mule), NEVER)
    if innocent is None:
        return fen, objects_after
    honest = np.flatnonzero(lead | (mule & (uniform(card_key, "innocent") < innocent.share)))
    key = card_key[honest]
    fen[honest] = sample_fen(innocent.balance, uniform(key, "innocent-balance"))
    objects = (uniform(key, "objects") < innocent.objects) & (fen[honest] > 0)
    after = sample_ms(innocent.objection, uniform(key, "objects-after"))
    objects_after[honest] = np.where(objects, after, NEVER)
    return fen, objects_after
