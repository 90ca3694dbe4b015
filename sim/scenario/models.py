"""What a scenario configures: victims, criminals, banks, desks, law, prevention and the routes of the response.

Times are whole milliseconds, money whole fen (1/100 yuan), shares plain numbers from 0 to 1.
Every model is frozen and refuses unknown keys.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.banks import Bank, BankProfile, Outage, check_names
from sim.scenario.base import BankName, Model, Name, sums_to_one
from sim.scenario.bounds import check_amounts, check_losses, check_others, check_period
from sim.scenario.calendars import calendar_of, check_days
from sim.scenario.criminals import FIELD, Criminals
from sim.scenario.dates import CalendarDay, Moment
from sim.scenario.duties import Duty, check_duties
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.law import Law
from sim.scenario.listed import ListedArrivals
from sim.scenario.marks import (
    BUILT,
    DOZEN,
    EACH_SAYS,
    FIRST,
    FRAME,
    IDENTITY,
    NOT_PLAN,
    PLAN,
    Mark,
)
from sim.scenario.people import Desk
from sim.scenario.prevention import Alarms, Leads, Objections, Prevention, Warnings
from sim.scenario.profiles import minds_days
from sim.scenario.reports import check_reports
from sim.scenario.victims import RateArrivals, Victims
from sim.scenario.workflow import Route
from sim.scenario.workflow_checks import check_routes
from sim.words.phrases import phrase
from sim.words.units import DAY, HOUR, MINUTE, Duration, Money, RefusedError, show_duration


def _whole_minutes(value: int) -> int:
    if value % MINUTE:
        raise RefusedError(value, phrase("whole minutes, such as 35m"))
    return value


Minutes = Annotated[Duration, AfterValidator(_whole_minutes)]
MOST_TITLE: Final = 200
"""Characters of a title."""


class Printed(Model):
    """What a source prints of a case: the model is held against it, and reads none of it."""

    accounts_stopped: Annotated[int, Field(ge=0)] | None = None
    containment_time: Duration | None = None
    """From the report until the last stop was in effect."""
    recovered: Money | None = None


class Latency(Model):
    """A change of the speed of one stage, or of all (`all`): what a study of response latency turns."""

    factor: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False), DOZEN] = 1.0
    """Working and waiting times of the stage are multiplied by this; 0 is instant."""
    add: Duration = 0
    """Then this is added to each piece of work of the stage."""


@dataclass(frozen=True)
class Holder:
    """Where money can rest: a bank, or a place on its way out."""

    name: str
    """The bank's name, or `exit:NAME`, or `rail:NAME`."""
    profile: str | None
    """The bank profile that is asked; None: nobody can be asked."""
    field: bool = False
    """A field team can go there."""
    outages: tuple[Outage, ...] = ()


# -- the whole -------------------------------------------------------------------------------------------


def _no_offset(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise FaultError(
            phrase("give the local time without an offset, such as 2025-07-11T09:00, and utc_offset beside it")
        )
    return value


def _days_that_count(_days: object, scenario: "Scenario") -> object:
    """Days off and worked, where some rate minds them."""
    if not scenario.minds_days:
        return None
    return [[day.isoformat() for day in sorted(days)] for days in (scenario.days_off, scenario.days_worked)]


def _hour_and_day(start: datetime, scenario: "Scenario") -> object:
    """The moment of the week at which a plan begins, and its date where some rate minds it."""
    return [scenario.week_offset, start.date().isoformat() if scenario.minds_days else None]


class Scenario(Model):
    """One world to simulate."""

    schema_version: Annotated[Literal[1], NOT_PLAN, FRAME, IDENTITY]
    name: Annotated[Name, NOT_PLAN, IDENTITY]
    title: Annotated[str, Field(max_length=MOST_TITLE), NOT_PLAN, IDENTITY]
    question: Annotated[str, Field(max_length=500), NOT_PLAN, IDENTITY]
    """What a planner asks of it, in one sentence."""
    start: Annotated[Moment, AfterValidator(_no_offset), Mark(plan=_hour_and_day), FRAME]
    """Local date and time of instant 0."""
    utc_offset: Annotated[str, Field(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$"), NOT_PLAN, IDENTITY]
    horizon: Annotated[Duration, Field(gt=0), PLAN, FRAME, FIRST, DOZEN]
    """Victims make their first payment within [0, horizon)."""
    follow_up: Annotated[Duration, PLAN, FRAME, FIRST]
    """The longest time after the horizon that open cases are followed; then they are counted as censored."""
    victims: Annotated[Victims, PLAN]
    criminals: Annotated[Criminals, PLAN]
    bank_profiles: Annotated[dict[Name, BankProfile], Field(max_length=100), NOT_PLAN]
    banks: Annotated[dict[BankName, Bank], Field(min_length=1, max_length=500), EACH_SAYS]
    desks: Annotated[dict[Name, Desk], Field(max_length=200), NOT_PLAN]
    on_report: Annotated[Name, NOT_PLAN]
    """The route on which each reported case starts."""
    routes: Annotated[dict[Name, Route], Field(min_length=1, max_length=50), NOT_PLAN, BUILT]
    law: Annotated[Law | None, NOT_PLAN, FIRST] = None
    """None: a stop is permanent, as if a freeze followed it with certainty."""
    prevention: Annotated[Prevention | None, EACH_SAYS] = None
    objections: Annotated[Objections | None, NOT_PLAN] = None
    """Where objections lead; None: holders of stopped accounts are not heard."""
    duties: Annotated[dict[Name, Duty] | None, Field(min_length=1, max_length=20), NOT_PLAN] = None
    """Work that is no case, by name; None: the desks have nothing else to do."""
    calendar: Annotated[Name | None, Mark(plan=_days_that_count), FRAME] = None
    """A shipped calendar of public holidays and make-up working days, such as `china`; the two lists that follow add to
    it and, for their days, prevail over it."""
    holidays: Annotated[list[CalendarDay] | None, Field(max_length=1000), Mark(plan=_days_that_count), FRAME] = None
    """Days on which a desk's shifts for `holiday` apply."""
    workdays: Annotated[list[CalendarDay] | None, Field(max_length=1000), Mark(plan=_days_that_count), FRAME] = None
    """Days off that are worked after all: a Saturday has the shifts of a Friday, a Sunday those of a Monday."""
    printed: Annotated[Printed, NOT_PLAN, FRAME, IDENTITY] = Printed()
    """What the sources print of this case, for comparison only."""
    stopped_within: Annotated[list[Minutes] | None, Field(max_length=20), NOT_PLAN] = None
    """Whole minutes after the report at which the accounts under a stop are counted; None: 10, 35 and 60."""
    latency: Annotated[dict[Name, Latency], NOT_PLAN, FRAME, FIRST, Mark(named=True, shown="all")] = Field(
        default_factory=dict
    )
    """Changes of speed by stage (a stage is the `leak` name of a step), or `all`."""

    @model_validator(mode="after")
    def _names_fit(self) -> "Scenario":
        check_names(self.banks)
        sums_to_one("banks", [bank.share for bank in self.banks.values()])
        check_period(self.start, self.horizon, self.follow_up)
        self._check_profiles()
        self._check_customers()
        sources = self._check_sources()
        check_reports(self.victims, self.prevention)
        check_amounts(self.victims, self.criminals.innocent)
        check_losses(self.victims, self.prevention, self.horizon)
        check_others(self.criminals.others)
        check_days(self.holidays or (), self.workdays or ())
        if self.calendar is not None:
            calendar_of(self.calendar)
        if self.on_report not in self.routes:
            raise UnknownNameError(phrase("route"), self.on_report, self.routes, "on_report")
        check_routes(
            self.routes, desks=self.desks, on_report=self.on_report, profiles=self.bank_profiles, sources=sources,
            known={
                "places": self.criminals.places, "channels": self.victims.channels, "scams": self.victims.scams,
                "ages": self.victims.ages,
            },
        )  # fmt: skip
        check_duties(self.duties or {}, self.desks, self.duties_until)
        for name, arrivals in self.victims.arrivals.items():
            if isinstance(arrivals, ListedArrivals):
                right = phrase("a time before {horizon}, or a later horizon", horizon=show_duration(self.horizon))
                late = {
                    number: FaultError(right, phrase("{time}, not before the horizon", time=show_duration(case.at)))
                    for number, case in enumerate(arrivals.rows)
                    if case.at >= self.horizon
                }
                if late:
                    raise arrivals.mistake(f"victims.arrivals.{name}", "at", late)
        stages = {"all", *self.stages}
        for stage in self.latency:
            if stage not in stages:
                raise FaultError(
                    phrase("known: {stages}", stages=", ".join(sorted(stages))),
                    wrong=phrase("no stage has this name"), at=f"latency.{stage}",
                )  # fmt: skip
        return self

    def _check_profiles(self) -> None:
        reaches = {
            f"criminals.exits.{name}.pending.reach": way.pending.reach
            for name, way in self.criminals.exits.items()
            if way.pending and way.pending.reach != FIELD
        }
        profiles = {f"banks.{name}.profile": bank.profile for name, bank in self.banks.items()}
        rails = {f"victims.rails.{name}.profile": rail.profile for name, rail in (self.victims.rails or {}).items()}
        for where, profile in (profiles | reaches | rails).items():
            if profile is not None and profile not in self.bank_profiles:
                known = [*([FIELD] if where in reaches else []), *self.bank_profiles]
                raise UnknownNameError(phrase("bank profile"), profile, known, where)

    def _check_customers(self) -> None:
        given = [bank.customers for bank in self.banks.values() if bank.customers is not None]
        if given and len(given) < len(self.banks):
            raise FaultError(
                phrase("customers for all banks, or for none"), wrong=phrase("customers for some banks only"),
                at="banks",
            )  # fmt: skip
        if given:
            sums_to_one("banks", given)
        for name, bank in self.banks.items():
            for band in (bank.monitoring.ages if bank.monitoring else None) or ():
                if self.victims.ages is not None and band not in self.victims.ages:
                    known = list(self.victims.ages)
                    raise UnknownNameError(phrase("age band"), band, known, f"banks.{name}.monitoring.ages")

    def _check_sources(self) -> list[str]:
        """The routes on which prevention and objections start tokens, once these are checked."""
        prevention = self.prevention
        parts = {"blocking", "line_cut", "warnings"} if prevention else set[str]()
        for part in sorted(parts):
            of = getattr(prevention, part)
            for scam in (of.scams if of else None) or ():
                if scam not in self.victims.scams:
                    known = list(self.victims.scams)
                    raise UnknownNameError(phrase("scam"), scam, known, f"prevention.{part}.scams")
        wanted: dict[str, tuple[Objections | Warnings | Leads | Alarms | None, tuple[str, ...]]] = {
            "objections": (self.objections, ("account",))
        }
        if prevention:
            wanted["prevention.warnings"] = (prevention.warnings, ("victim",))
            wanted["prevention.leads"] = (prevention.leads, ("lead",))
            wanted["prevention.alarms"] = (prevention.alarms, ("victim",))
        for where, (source, subjects) in wanted.items():
            if source is None:
                continue
            if source.route not in self.routes:
                raise UnknownNameError(phrase("route"), source.route, self.routes, f"{where}.route")
            subject = self.routes[source.route].subject
            if subject not in subjects:
                raise FaultError(
                    phrase("one for a {subjects}", subjects=subjects[0]),
                    wrong=phrase("route {route!r} is for a {subject}", route=source.route, subject=subject),
                    at=f"{where}.route",
                )
        return [source.route for source, _ in wanted.values() if source is not None]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The routes on which prevention and objections start tokens."""
        return tuple(self._check_sources())

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages of the response at which someone works or something waits, in the order of the routes."""
        names = [step.stage for route in self.routes.values() for step in route.steps.values()]
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def duties_until(self) -> int:
        """ms until which duties come in: while there are victims, and then as long as a stop can last.

        What comes later (a return after a notice of thirty days) is not a matter of hours.
        """
        stops = self.law.stop * self.law.most_stops if self.law else 0
        return self.horizon + min(stops, self.follow_up)

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

    @property
    def minds_days(self) -> bool:
        """Whether it matters to some rate of victims or of false alerts that a day is off, or worked after all."""
        sources, prevention = self.victims.arrivals.values(), self.prevention
        alerts = (prevention.warnings, prevention.leads) if prevention else ()
        return any(minds_days(one.by_hour, one.by_weekday) for one in sources if isinstance(one, RateArrivals)) or any(
            minds_days(one.by_hour) for one in alerts if one
        )

    @property
    def days_off(self) -> frozenset[date]:
        """The public holidays: those of the calendar and the scenario's own."""
        announced = calendar_of(self.calendar).holidays if self.calendar else frozenset[date]()
        return (announced - frozenset(self.workdays or ())) | frozenset(self.holidays or ())

    @property
    def days_worked(self) -> frozenset[date]:
        """The make-up working days: those of the calendar and the scenario's own."""
        announced = calendar_of(self.calendar).workdays if self.calendar else frozenset[date]()
        return (announced - frozenset(self.holidays or ())) | frozenset(self.workdays or ())

    def when(self, time: int) -> datetime:
        """The local date and time of an instant (ms since the start)."""
        return self.start.replace(tzinfo=self.zone) + timedelta(milliseconds=time)

    @cached_property
    def holders(self) -> tuple[Holder, ...]:
        """Where money can rest; an account's `bank` is an index into this: banks first, then exits, then rails."""
        holders = [
            Holder(name, bank.profile, outages=(*self._outages(bank.profile), *(bank.outages or ())))
            for name, bank in self.banks.items()
        ]
        for name, way in self.criminals.exits.items():
            reach = way.pending.reach if way.pending else None
            profile = None if reach == FIELD else reach
            holders.append(Holder(f"exit:{name}", profile, field=reach == FIELD, outages=self._outages(profile)))
        for name, rail in (self.victims.rails or {}).items():
            holders.append(Holder(f"rail:{name}", rail.profile, outages=self._outages(rail.profile)))
        return tuple(holders)

    def _outages(self, profile: str | None) -> tuple[Outage, ...]:
        return tuple(self.bank_profiles[profile].outages or ()) if profile is not None else ()

    def holder_of_exit(self, exit_: int) -> int:
        """The place among `holders` of the exit with this index."""
        return len(self.banks) + exit_

    @property
    def first_rail(self) -> int:
        """The place among `holders` of the first rail; the others stand behind it."""
        return len(self.banks) + len(self.criminals.exits)
