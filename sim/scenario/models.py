"""What a scenario configures: victims, criminals, banks, desks and the routes of the response.

Times are whole milliseconds, money whole fen (1/100 yuan), shares plain numbers from 0 to 1.
Every model is frozen and refuses unknown keys.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.units import DAY, HOUR, Clock, Duration, Money, Share, show_duration
from sim.scenario.workflow import Route, check_routes

MOST_STAFF = 10_000
"""More people than any centre has: a larger number is a slip of the keyboard."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Staff = Annotated[int, Field(ge=1, le=MOST_STAFF, strict=True)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Model(BaseModel):
    """Frozen, and closed: a key nobody reads is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# -- victims ---------------------------------------------------------------------------------------------


class Scam(Model):
    """One kind of fraud, as its victims live it."""

    share: Share = 1.0
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
    reports: Share = 1.0
    """Probability that the victim reports at all."""


class ListedCase(Model):
    """One named victim. What is left out is drawn from the scam."""

    at: Duration
    """First payment, from the scenario's start."""
    scam: Name
    loss: Money | None = None
    payments: Annotated[int, Field(ge=1, le=200)] | None = None
    discovery: Duration | None = None
    report_lag: Duration | None = None
    reports: bool | None = None


class ListedArrivals(Model):
    """A fixed list of victims."""

    cases: Annotated[list[ListedCase], Field(max_length=100_000)]


class RateArrivals(Model):
    """A non-homogeneous Poisson process of victims, by the hour of their first payment."""

    per_day: Annotated[float, Field(ge=0, le=50_000, allow_inf_nan=False)]
    """Mean victims a day over an average week."""
    by_hour: Annotated[
        list[Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=24, max_length=24)
    ] = [1.0] * 24
    """Relative rate in each hour of the day, local time; scaled to a mean of 1."""
    by_weekday: Annotated[
        list[Annotated[float, Field(ge=0, allow_inf_nan=False)]], Field(min_length=7, max_length=7)
    ] = [1.0] * 7
    """Relative rate from Monday to Sunday; scaled to a mean of 1."""

    @model_validator(mode="after")
    def _some_weight(self) -> RateArrivals:
        if sum(self.by_hour) <= 0 or sum(self.by_weekday) <= 0:
            raise ValueError("by_hour and by_weekday each need a weight above 0")
        return self


class Victims(Model):
    """Who is robbed, when, of how much, and how soon they tell."""

    scams: Annotated[dict[Name, Scam], Field(min_length=1, max_length=100)]
    arrivals: Annotated[dict[Name, ListedArrivals | RateArrivals], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _scams_fit(self) -> Victims:
        rates = [a for a in self.arrivals.values() if isinstance(a, RateArrivals)]
        total = sum(scam.share for scam in self.scams.values())
        if rates and abs(total - 1) > 1e-6:
            raise ValueError(f"scams: shares that sum to {total:g}; shares that sum to 1")
        for name, arrivals in self.arrivals.items():
            if isinstance(arrivals, ListedArrivals):
                for number, case in enumerate(arrivals.cases):
                    if case.scam not in self.scams:
                        known = ", ".join(self.scams)
                        raise ValueError(
                            f"arrivals.{name}.cases.{number}.scam: no scam is named {case.scam!r}; known: {known}"
                        )
        return self


# -- criminals -------------------------------------------------------------------------------------------


class Exit(Model):
    """A way out of the banking system."""

    share: Share
    """Share of the leaving credits that take this way; all exits sum to 1."""
    dwell: DurationDist
    """From the credit on the last account until the money is out."""


class Reaction(Model):
    """What criminals do once a transfer of theirs was blocked."""

    notice: DurationDist
    """From the case's first blocked transfer until they know."""
    speed: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    """What is left of a dwell time after the notice is multiplied by this."""


class Criminals(Model):
    """How the money runs. Fan-out follows the money: about amount / typical_transfer onward transfers."""

    typical_transfer: Money
    fan_out_spread: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
    """Standard deviation of the logarithm of the fan-out around amount / typical_transfer."""
    amount_spread: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
    """Standard deviation of the logarithm of the parts an amount is split into."""
    most_fan_out: Annotated[int, Field(ge=1, le=200)]
    exit_by_layer: Annotated[list[Share], Field(min_length=1, max_length=20)]
    """Chance that a credit on layer 1, 2, ... leaves instead of moving on; the last holds for all deeper
    layers and must be above 0."""
    deepest_layer: Annotated[int, Field(ge=1, le=20)]
    """On this layer every credit leaves."""
    dwell_by_layer: Annotated[list[DurationDist], Field(min_length=1, max_length=20)]
    """From a credit on layer 1, 2, ... until its first onward transfer; the last for all deeper layers."""
    spacing: DurationDist
    """From one onward transfer of a credit to the next."""
    retry: DurationDist
    """From the end of a hold until waiting money leaves."""
    exits: Annotated[dict[Name, Exit], Field(min_length=1, max_length=30)]
    reaction: Reaction | None = None
    """None: criminals do not react to blocked transfers."""

    @model_validator(mode="after")
    def _exits_fit(self) -> Criminals:
        total = sum(way.share for way in self.exits.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"exits: shares that sum to {total:g}; shares that sum to 1")
        return self


# -- people ----------------------------------------------------------------------------------------------


class Shift(Model):
    """People on a desk from one time of day to another; over midnight where `to` is not after `from`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = [*WEEKDAYS]
    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    staff: Staff

    def spans(self) -> list[tuple[int, int]]:
        """The shift as [start, end) in milliseconds of a week from Monday 00:00; an end may pass the week."""
        length = self.end - self.start if self.end > self.start else self.end - self.start + DAY
        starts = [WEEKDAYS.index(day) * DAY + self.start for day in self.days]
        return [(start, start + length) for start in sorted(starts)]


class Rostered(Model):
    """Either the same staff round the clock (`staff`), or `shifts`; `unlimited` staff never lets anyone wait."""

    staff: Staff | Literal["unlimited"] | None = None
    shifts: Annotated[list[Shift], Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_roster(self) -> Rostered:
        if (self.staff is None) == (self.shifts is None):
            raise ValueError("both staff and shifts, or neither; either staff (round the clock) or shifts")
        week = 7 * DAY
        spans = sorted(span for shift in self.shifts or [] for span in shift.spans())
        for (_, end), (start, _) in zip(spans, [*spans[1:], *((s + week, e) for s, e in spans[:1])], strict=True):
            if start < end:
                when = f"{WEEKDAYS[start // DAY % 7]} {start // HOUR % 24:02d}:{start // 60_000 % 60:02d}"
                raise ValueError(f"shifts: two that overlap on {when}; shifts that do not overlap")
        return self

    @property
    def most(self) -> int:
        """The most people who are ever on duty at once."""
        if self.shifts is None:
            return MOST_STAFF if self.staff == "unlimited" else int(self.staff or 0)
        return max(shift.staff for shift in self.shifts)


QueuePolicy = Literal["fifo", "largest_first", "freshest_first"]


class Desk(Rostered):
    """A group of people with one role, one queue and one roster. Its name is the role."""

    queue: QueuePolicy = "fifo"


class BankProfile(Rostered):
    """How a kind of bank executes a stop payment order."""

    time: DurationDist
    """From the order reaching a person (or a machine) of the bank until the stop is in effect."""
    queue: QueuePolicy = "fifo"


class Bank(Model):
    """A bank or payment firm at which mules hold accounts."""

    share: Share
    """Share of the mule accounts that are here; all banks sum to 1."""
    profile: Name | None = None
    """Who executes a stop; None: this bank cannot be asked, its accounts are out of reach."""


class Printed(Model):
    """What a source prints of a case: the model is held against it, and reads none of it."""

    accounts_stopped: Annotated[int, Field(ge=0)] | None = None
    containment_time: Duration | None = None
    """From the report until the last stop was in effect."""
    recovered: Money | None = None


class Latency(Model):
    """A change of the speed of one stage, or of all (`all`): what a study of response latency turns."""

    factor: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 1.0
    """Working and waiting times of the stage are multiplied by this; 0 is instant."""
    add: Duration = 0
    """Then this is added to each piece of work of the stage."""


# -- the whole -------------------------------------------------------------------------------------------


def _no_offset(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("give the local time without an offset, such as 2025-07-11T09:00, and utc_offset beside it")
    return value


class Scenario(Model):
    """One world to simulate."""

    schema_version: Literal[1]
    name: Name
    title: Annotated[str, Field(max_length=200)]
    question: Annotated[str, Field(max_length=500)]
    """What a planner asks of it, in one sentence."""
    start: Annotated[datetime, AfterValidator(_no_offset)]
    """Local date and time of instant 0."""
    utc_offset: Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
    horizon: Annotated[Duration, Field(gt=0)]
    """Victims make their first payment within [0, horizon)."""
    follow_up: Duration
    """The longest time after the horizon that open cases are followed; then they are counted as censored."""
    victims: Victims
    criminals: Criminals
    bank_profiles: Annotated[dict[Name, BankProfile], Field(max_length=100)]
    banks: Annotated[dict[Name, Bank], Field(min_length=1, max_length=500)]
    desks: Annotated[dict[Name, Desk], Field(max_length=200)]
    on_report: Name
    """The route on which each reported case starts."""
    routes: Annotated[dict[Name, Route], Field(min_length=1, max_length=50)]
    printed: Printed = Printed()
    """What the sources print of this case, for comparison only."""
    latency: dict[Name, Latency] = {}
    """Changes of speed by stage (a stage is the `leak` name of a step), or `all`."""

    @model_validator(mode="after")
    def _names_fit(self) -> Scenario:
        total = sum(bank.share for bank in self.banks.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"banks: shares that sum to {total:g}; shares that sum to 1")
        for name, bank in self.banks.items():
            if bank.profile is not None and bank.profile not in self.bank_profiles:
                known = ", ".join(self.bank_profiles)
                raise ValueError(f"banks.{name}.profile: no bank profile is named {bank.profile!r}; known: {known}")
        if self.on_report not in self.routes:
            raise ValueError(f"on_report: no route is named {self.on_report!r}; known: {', '.join(self.routes)}")
        check_routes(self.routes, desks=self.desks, on_report=self.on_report, profiles=self.bank_profiles)
        for name, arrivals in self.victims.arrivals.items():
            for number, case in enumerate(arrivals.cases if isinstance(arrivals, ListedArrivals) else ()):
                if case.at >= self.horizon:
                    raise ValueError(
                        f"victims.arrivals.{name}.cases.{number}.at: {show_duration(case.at)}, not before the horizon;"
                        f" a time before {show_duration(self.horizon)}, or a later horizon"
                    )
        stages = {"all", *self.stages}
        for stage in self.latency:
            if stage not in stages:
                raise ValueError(f"latency.{stage}: no stage has this name; known: {', '.join(sorted(stages))}")
        return self

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages of the response at which someone works or something waits, in the order of the routes."""
        names = [step.stage for route in self.routes.values() for step in route.steps.values()]
        return tuple(dict.fromkeys(name for name in names if name))

    @cached_property
    def zone(self) -> timezone:
        """The scenario's offset from UTC."""
        sign = -1 if self.utc_offset.startswith("-") else 1
        hours, minutes = self.utc_offset[1:].split(":")
        return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))

    @cached_property
    def week_offset(self) -> int:
        """Milliseconds from Monday 00:00, local time, to the scenario's start."""
        start = self.start
        return (
            start.weekday() * DAY
            + start.hour * HOUR
            + start.minute * 60_000
            + start.second * 1000
            + start.microsecond // 1000
        )

    def when(self, time: int) -> datetime:
        """The local date and time of an instant (ms since the start)."""
        return self.start.replace(tzinfo=self.zone) + timedelta(milliseconds=time)
