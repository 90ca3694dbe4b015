"""Who is robbed, when, of how much and in how many payments; how soon and by which way they tell."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from sim.scenario.base import Factor, Model, Name, PerDay, Weights7, check_busiest, sums_to_one
from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.listed import ListedArrivals
from sim.scenario.marks import DOZEN, FIRST, NOT_PLAN, PLAN_IF_GIVEN, SUMS_TO_ONE, WEIGHTS
from sim.scenario.profiles import Profile, total_of
from sim.words.phrases import phrase
from sim.words.units import Money, Share


class ThirdParty(Model):
    """Somebody else (a relative, a teller) tells the centre, perhaps while the victim still pays."""

    share: Share
    after: DurationDist
    """From the first payment until that report; it counts only where it comes before the victim's own."""


class Scam(Model):
    """One kind of fraud, as its victims live it."""

    share: Annotated[Share, SUMS_TO_ONE] = 1.0
    """Share of the victims that a rate brings; the shares of all scams sum to 1."""
    loss: MoneyDist
    """All that the victim pays."""
    typical_payment: Money
    """The number of payments follows the money: about loss / typical_payment."""
    most_payments: Annotated[int, Field(ge=1, le=200)] = 20
    payment_gap: DurationDist
    """From one payment to the next."""
    discovery: DurationDist
    """From the last payment until the victim understands."""
    report_lag: DurationDist
    """From understanding until the report."""
    reports: Annotated[Share, FIRST] = 1.0
    """Probability that the victim reports at all."""
    contact: DurationDist | None = None
    """From the first contact with the criminals until the first payment; None: at once."""
    third_party: ThirdParty | None = None
    wrong_details: Share | None = None
    """Share of the layer-1 accounts whose name or number the victim gives wrong or masked."""
    rails: dict[Name, Share] | None = None
    """Share of the payments that travel on each of `victims.rails`; what is left arrives at once."""
    pace: Factor | None = None
    """Multiplies the pace of its cases, where `criminals.pace` is given; None: 1."""
    ages: Annotated[dict[Name, Share] | None, SUMS_TO_ONE] = None
    """Share of each age band among this scam's victims; None: those of `victims.ages`."""

    MOVED: ClassVar[Mapping[str, str]] = {"at_atm": phrase("rails, with the share of the machine")}

    @model_validator(mode="after")
    def _something_is_lost(self) -> "Scam":
        values = [value for value, _ in self.loss.empirical or ()] if self.loss.fixed is None else [self.loss.fixed]
        if 0 in values:
            raise FaultError(phrase("an amount above zero such as 50k yuan"), wrong="0 yuan", at="loss")
        return self

    @model_validator(mode="after")
    def _shares_fit(self) -> "Scam":
        if self.ages is not None:
            sums_to_one("ages", list(self.ages.values()))
        if self.rails is not None and sum(self.rails.values()) > 1 + 1e-6:
            raise FaultError(
                phrase("shares that sum to at most 1"),
                wrong=phrase("shares that sum to {rails:g}", rails=sum(self.rails.values())), at="rails",
            )  # fmt: skip
        return self


class Channel(Model):
    """A way to report."""

    share: Annotated[Share, SUMS_TO_ONE, FIRST]
    delay: DurationDist | None = None
    """From the decision to report until somebody at the other end is told (the way to the station)."""


class District(Model):
    """A part of the city."""

    share: Annotated[Share, SUMS_TO_ONE]
    travel: Annotated[DurationDist | None, NOT_PLAN] = None
    """A field team's way there; None: no time."""


class Rail(Model):
    """A way on which a payment travels and arrives later; before it does it can be asked back.

    Such are transfers at a machine (China, since 2016-12-01: 24 hours), wires, payments that arrive on the next day.
    """

    delay: DurationDist
    """From the payment until it arrives."""
    profile: Annotated[Name | None, PLAN_IF_GIVEN] = None
    """The bank profile that is asked to recall it; None: nobody can be."""
    fails: Annotated[Share | None, NOT_PLAN] = None
    """Probability that a payment cannot be recalled though it is still under way; None: it always can."""


class RateArrivals(Model):
    """A non-homogeneous Poisson process of victims, by the hour of their first payment."""

    per_day: Annotated[PerDay, FIRST, DOZEN]
    """Mean victims a day over an ordinary week; or reports, as `counts` says."""
    counts: Literal["victims", "reports"] = "victims"
    """What `per_day` counts. Victims are all whom criminals pick, those whom `prevention.blocking` spares and those who
    tell nobody too. Reports are what comes in: there are more victims, by the share of them whose fraud is not blocked
    and who report or for whom a third party does (a mean over the scams of this source). What warnings and alarms
    prevent is a result, and not in it. Each arm of a comparison is converted by its own shares."""
    by_hour: Annotated[Profile, WEIGHTS] = [1.0] * 24
    """Relative rates over the day, local time."""
    by_weekday: Annotated[Weights7, WEIGHTS] = [1.0] * 7
    """Relative rate from Monday to Sunday; scaled to a mean of 1."""
    scams: Annotated[dict[Name, Share] | None, Field(min_length=1), SUMS_TO_ONE] = None
    """Share of each scam among those whom this source brings; None: as `share` of each scam says."""

    @model_validator(mode="after")
    def _some_weight(self) -> "RateArrivals":
        if total_of(self.by_hour) <= 0 or sum(self.by_weekday) <= 0:
            raise FaultError(phrase("by_hour and by_weekday each need a weight above 0"))
        if isinstance(self.by_hour, dict) and len(set(self.by_weekday)) > 1:
            raise FaultError(
                phrase("by_weekday: null, or one by_hour"),
                wrong=phrase("weights beside a by_hour that has the days already"), at="by_weekday",
            )  # fmt: skip
        if self.scams is not None:
            sums_to_one("scams", list(self.scams.values()))
        check_busiest("per_day", self.per_day, self.by_hour, self.by_weekday)
        return self


class Victims(Model):
    """Who is robbed, when, of how much, and how soon they tell."""

    scams: Annotated[dict[Name, Scam], Field(min_length=1, max_length=100)]
    arrivals: Annotated[dict[Name, ListedArrivals | RateArrivals], Field(min_length=1, max_length=60)]
    channels: Annotated[dict[Name, Channel], Field(min_length=1, max_length=20)] | None = None
    """Ways to report; None: one without a delay."""
    ages: Annotated[dict[Name, Share] | None, Field(min_length=1, max_length=20), SUMS_TO_ONE] = None
    """Share of each age band among the victims, such as 18-40; None: ages are not told apart."""
    districts: Annotated[dict[Name, District], Field(min_length=1, max_length=60)] | None = None
    """None: districts are not told apart, and nobody has far to go."""
    rails: Annotated[dict[Name, Rail], Field(min_length=1, max_length=20)] | None = None
    """None: every payment arrives at once."""

    MOVED: ClassVar[Mapping[str, str]] = {"atm": phrase("rails, of which a machine is one")}

    @model_validator(mode="after")
    def _scams_fit(self) -> "Victims":
        if any(isinstance(one, RateArrivals) and one.scams is None for one in self.arrivals.values()):
            sums_to_one("scams", [scam.share for scam in self.scams.values()])
        for name, arrivals in self.arrivals.items():
            for one in (arrivals.scams if isinstance(arrivals, RateArrivals) else None) or ():
                if one not in self.scams:
                    known = list(self.scams)
                    raise UnknownNameError(phrase("scam"), one, known, f"arrivals.{name}.scams")
            if isinstance(arrivals, ListedArrivals):
                unknown = {
                    number: UnknownNameError(phrase("scam"), case.scam, self.scams)
                    for number, case in enumerate(arrivals.rows)
                    if case.scam not in self.scams
                }
                if unknown:
                    raise arrivals.mistake(f"arrivals.{name}", "scam", unknown)
        if self.channels is not None:
            sums_to_one("channels", [channel.share for channel in self.channels.values()])
        if self.ages is not None:
            sums_to_one("ages", list(self.ages.values()))
        if self.districts is not None:
            sums_to_one("districts", [district.share for district in self.districts.values()])
        for name, scam in self.scams.items():
            for band in scam.ages or ():
                if self.ages is not None and band not in self.ages:
                    known = list(self.ages)
                    raise UnknownNameError(phrase("age band"), band, known, f"scams.{name}.ages.{band}")
            for rail in scam.rails or ():
                if self.rails is not None and rail not in self.rails:
                    known = list(self.rails)
                    raise UnknownNameError(phrase("rail"), rail, known, f"scams.{name}.rails.{rail}")
        return self
