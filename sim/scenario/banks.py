"""Banks and payment firms: how an order is executed, when they are down, and how they watch their own customers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from sim.scenario import vocabulary
from sim.scenario.base import Model, Name, PerDay
from sim.scenario.distributions import DurationDist
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.lazily import lazily
from sim.scenario.marks import (
    DOZEN,
    EACH_SAYS,
    FIRST,
    NOT_PLAN,
    PLAN,
    PLAN_IF_GIVEN,
    POLICY,
    PROFILE,
    SUMS_TO_ONE,
    one_of,
)
from sim.scenario.people import QueuePolicy, Rostered
from sim.words.phrases import phrase
from sim.words.units import MINUTE, Duration, Money, Share

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")


class Outage(Model):
    """Times at which a bank executes nothing: one at a given time, or again and again."""

    at: Annotated[Duration | None, one_of("time")] = None
    """Once, from the scenario's start."""
    every: Annotated[DurationDist | None, one_of("time")] = None
    """Again and again: from the end of one (or the start) until the next."""
    lasts: DurationDist

    @model_validator(mode="after")
    def _one(self) -> "Outage":
        if (self.at is None) == (self.every is None):
            raise FaultError(phrase("an outage needs either at: TIME or every: DISTRIBUTION"))
        if self.every is not None and self.every.mean() < MINUTE:
            raise FaultError(
                phrase("a mean of 1m or more"), wrong=phrase("outages less than a minute apart"), at="every"
            )
        return self


class BankProfile(Rostered):
    """How a kind of bank executes a stop payment order."""

    time: Annotated[DurationDist, FIRST, DOZEN]
    """From the order reaching a person (or a machine) of the bank until the stop is in effect."""
    queue: Annotated[QueuePolicy, POLICY] = "fifo"
    mismatch: Share | None = None
    """Probability that an order with right details fails the bank's check of name, account, amount and time."""
    refusal: Share | None = None
    """Probability that the bank refuses a matching order for want of paper."""
    outages: Annotated[list[Outage], Field(min_length=1, max_length=100)] | None = None

    @property
    def refuses(self) -> float:
        """Probability that it refuses an order with right details, for want of a match or of paper."""
        return 1 - (1 - (self.mismatch or 0.0)) * (1 - (self.refusal or 0.0))

    @property
    def half(self) -> int:
        """ms within which half of its stops are made."""
        return round(float(self.time.quantile(np.array(0.5))))

    @model_validator(mode="after")
    def _writes_nothing_off(self) -> "BankProfile":
        if self.queue == "write_off":
            raise FaultError(
                phrase("another policy (only a desk of the centre writes off)"), wrong=phrase("write_off at a bank"),
                at="queue",
            )  # fmt: skip
        return self


class Monitoring(Model):
    """A bank that watches the payments of its own customers, at the counter or by rule."""

    detects: Annotated[Share, NOT_PLAN]
    """Probability that a victim's payment of at least `least` is held."""
    least: Annotated[Money, NOT_PLAN]
    ages: Annotated[list[Name] | None, Field(min_length=1), PLAN] = None
    """Only customers of these age bands; None: all."""
    false_per_day: Annotated[PerDay, PLAN]
    """Honest payments held a day."""


class Bank(Model):
    """A bank or payment firm at which mules hold accounts; its name may be a Chinese one."""

    share: Annotated[Share, SUMS_TO_ONE, PLAN]
    """Share of the mule accounts that are here; all banks sum to 1."""
    profile: Annotated[Name | None, PLAN_IF_GIVEN, PROFILE] = None
    """Who executes a stop; None: this bank cannot be asked, its accounts are out of reach."""
    customers: Annotated[Share | None, SUMS_TO_ONE, PLAN] = None
    """Share of the victims who bank here; None: as `share` (for all banks or for none)."""
    outages: Annotated[list[Outage] | None, Field(min_length=1, max_length=100), NOT_PLAN] = None
    """Besides those of its profile."""
    monitoring: Annotated[Monitoring | None, EACH_SAYS] = None


def check_names(banks: Mapping[str, Bank]) -> None:
    """Refuse a bank whose name is what another is called in Chinese: whoever wrote it meant that one.

    Raises:
        ValueError: `banks.NAME: '工商银行'; icbc`.
    """
    for name in banks:
        if same := [one for one in vocabulary.meant(name) if one in banks]:
            raise UnknownNameError(phrase("bank"), name, same, f"banks.{name}")
