"""How the money runs: accounts, dwell times, ways out, and what criminals do about blocked transfers."""

from typing import Annotated

from pydantic import Field, model_validator

from sim.scenario.base import Factor, Model, Name, sums_to_one
from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.errors import FaultError
from sim.scenario.marks import FIRST, NOT_PLAN, SUMS_TO_ONE
from sim.words.phrases import phrase
from sim.words.units import Clock, Duration, Money, Share

FIELD = "field"
"""Reach of a pending exit that only a field team can get hold of."""


class Pending(Model):
    """Where leaving money rests once more and can still be caught: a courier's bag, a wallet, a settlement gap."""

    share: Share
    """Share of this exit's money that passes there; the rest is out at once."""
    dwell: DurationDist
    """How long it rests there."""
    reach: Annotated[Name, NOT_PLAN]
    """`field`: a field team has to go; else the bank profile that is asked for a stop."""


class Exit(Model):
    """A way out of the banking system."""

    share: Annotated[Share, SUMS_TO_ONE]
    """Share of the leaving credits that take this way; all exits sum to 1."""
    dwell: DurationDist
    """From the credit on the last account until the money leaves it."""
    pending: Pending | None = None
    """None: once it left the account it is gone."""
    limit: Annotated[Money, Field(gt=0)] | None = None
    """The most that one debit of this way takes, where `debits` is given; None: as there."""
    gap_factor: Factor | None = None
    """Multiplies the gap between debits of this way; None: as it is."""


class ByAmount(Model):
    """Larger frauds run by other crews: the pace is multiplied by (loss / at) to the power of `elasticity`."""

    at: Annotated[Money, Field(gt=0)]
    elasticity: Annotated[float, Field(ge=-3, le=3, allow_inf_nan=False)]


class Pace(Model):
    """How fast whoever runs a case is: one factor a case on every time that the crew takes with the money.

    It multiplies the dwell on every layer, the spacing of transfers and the gaps between debits: not what the victim
    does, not what rests on its way out (couriers and settlement gaps are other people's), not what stays behind.
    """

    spread: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]
    """Standard deviation of the logarithm of the factor; its median is 1, times the scam's `pace`."""
    by_amount: ByAmount | None = None
    """None: the pace does not depend on the loss."""


class Debits(Model):
    """What one debit, and one day, may take from an account: a large credit leaves in parts, one after the other."""

    limit: Annotated[Money, Field(gt=0)]
    """The most that one debit takes; an exit may have a limit of its own. Onward transfers keep it by their number."""
    per_day: Annotated[Money, Field(gt=0)] | None = None
    """The most that leaves one account on one local day; what is above waits for the next. None: no such limit."""
    gap: DurationDist
    """From one debit of a leaving credit to the next."""
    most: Annotated[int, Field(ge=1, le=200)] = 8
    """Debits of one leaving credit; with so many each takes what it must."""


class Rests(Model):
    """Part of a credit stays behind on some accounts, and leaves late."""

    share: Share
    """Share of the credits of which a part stays behind."""
    part: Annotated[float, Field(gt=0, lt=1)]
    """Of the credit, rounded down to the fen."""
    dwell: DurationDist
    """From the credit until that part leaves, by one of the exits; not at the crew's pace."""


class Reaction(Model):
    """What criminals do once a transfer of theirs was blocked."""

    notice: DurationDist
    """From the case's first blocked transfer until they know."""
    speed: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False), NOT_PLAN, FIRST]
    """What is left of a dwell time after the notice is multiplied by this."""


class Night(Model):
    """Mules sleep too: an onward transfer that would be due on money credited in these hours takes longer (or less)."""

    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    factor: Factor
    """Multiplies dwell times that begin in these hours, local time."""


class Reuse(Model):
    """Mule accounts that serve several cases: a stop on one traps everybody's money."""

    share: Annotated[Share, FIRST]
    """Share of the mule accounts that come from the pool."""
    pool: Annotated[int, Field(ge=1, le=1_000_000)]
    """Accounts in the pool at a time."""
    lifetime: Annotated[Duration, Field(gt=0)]
    """After this the pool is a new one."""


class Innocent(Model):
    """Money of the account holder's own, honestly earned, on accounts that stolen money passes."""

    share: Share
    """Share of the mule accounts with such money."""
    balance: MoneyDist
    objects: Share
    """Probability that such a holder objects to a stop."""
    objection: DurationDist
    """From the stop until the objection."""


class Others(Model):
    """Other people's money on the accounts that stolen money passes: it comes and goes around the time of the case.

    A hold traps what is there and what comes later. It is nobody's in the ledger of the victims' losses.
    """

    share: Share
    """Share of the mule accounts that have such money, each time that a case uses one."""
    amount: MoneyDist
    """Of one credit."""
    gap: DurationDist
    """From one credit to the next."""
    dwell: DurationDist
    """From a credit until it leaves."""
    before: Annotated[Duration, Field(ge=0)] = 86_400_000
    """The stream begins so long before the case's money comes."""
    after: Annotated[Duration, Field(ge=0)] = 86_400_000
    """And ends so long after it."""
    most: Annotated[int, Field(ge=1, le=1000)] = 60
    """Credits of one stream."""


class Claims(Model):
    """What only the filing of a freeze finds out about an account: who else has a right to what lies there."""

    held_first: Share = 0.0
    """Share of the accounts that another police force held first: the holds of several forces rank in the order of
    arrival, so the money is that force's to freeze and to return."""
    disputed: Share = 0.0
    """Share of the accounts whose money has an owner that nobody can prove: no freeze is granted."""

    @model_validator(mode="after")
    def _at_most_all(self) -> "Claims":
        if self.held_first + self.disputed > 1:
            raise FaultError(
                phrase("together at most 1"), wrong=phrase("held_first and disputed of more than all accounts")
            )
        return self


class Criminals(Model):
    """How the money runs. Fan-out follows the money: about amount / typical_transfer onward transfers."""

    typical_transfer: Annotated[Money, FIRST]
    fan_out_spread: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
    """Standard deviation of the logarithm of the fan-out around amount / typical_transfer."""
    amount_spread: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
    """Standard deviation of the logarithm of the parts an amount is split into."""
    most_fan_out: Annotated[int, Field(ge=1, le=200)]
    exit_by_layer: Annotated[list[Share], Field(min_length=1, max_length=20)]
    """Chance that a credit on layer 1, 2, ... leaves instead of moving on; the last holds for all deeper
    layers and must be above 0."""
    deepest_layer: Annotated[int, Field(ge=1, le=20), FIRST]
    """On this layer every credit leaves."""
    dwell_by_layer: Annotated[list[DurationDist], Field(min_length=1, max_length=20)]
    """From a credit on layer 1, 2, ... until its first onward transfer; the last for all deeper layers."""
    spacing: DurationDist
    """From one onward transfer of a credit to the next."""
    retry: DurationDist
    """From the end of a hold until waiting money leaves."""
    exits: Annotated[dict[Name, Exit], Field(min_length=1, max_length=30)]
    pace: Pace | None = None
    """None: all cases run alike."""
    debits: Debits | None = None
    """None: a leaving credit leaves whole."""
    rests: Rests | None = None
    """None: nothing stays behind."""
    reaction: Reaction | None = None
    """None: criminals do not react to blocked transfers."""
    night: Night | None = None
    places: Annotated[dict[Name, Share] | None, Field(min_length=1, max_length=20), SUMS_TO_ONE] = None
    """Where mule accounts are held, such as in-town, province, elsewhere, abroad; None: not told apart."""
    reuse: Reuse | None = None
    """None: every case has accounts of its own."""
    others: Others | None = None
    """None: nobody else's money comes to them."""
    innocent: Innocent | None = None
    """None: no account holds money of its own."""
    claims: Annotated[Claims | None, NOT_PLAN] = None
    """None: nobody else has a right to what lies on an account."""

    @model_validator(mode="after")
    def _shares_fit(self) -> "Criminals":
        sums_to_one("exits", [way.share for way in self.exits.values()])
        if self.places is not None:
            sums_to_one("places", list(self.places.values()))
        return self
