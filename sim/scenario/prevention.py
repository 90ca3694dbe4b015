"""What acts before money is lost, or before anybody reports: blocking, cut lines, warnings, leads, monitoring."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.base import Model, Name, PerDay, check_busiest
from sim.scenario.distributions import DurationDist
from sim.scenario.marks import EACH_SAYS, FIRST, NOT_PLAN, PLAN, PLAN_IF_GIVEN, WEIGHTS, Mark
from sim.scenario.profiles import Profile, some_weight
from sim.words.units import Share

Scams = Annotated[list[Name], Field(min_length=1)]


HourlyRates = Annotated[Profile, AfterValidator(some_weight)]
"""Relative rates over the day, at least one above 0 in an ordinary week."""


class Blocking(Model):
    """Calls, messages, apps and domains blocked at the source: the victim never hears of the fraud."""

    share: Annotated[Share, FIRST]
    """Share of the frauds that never reach their victim."""
    scams: Scams | None = None
    """Of these scams; None: of all."""


class LineCut(Model):
    """The line is cut while the victim is on it: whatever is not yet paid is not paid."""

    share: Annotated[Share, FIRST]
    after: DurationDist
    """From the first contact."""
    scams: Scams | None = None


class Warnings(Model):
    """Victims-to-be found in telecom and bank data: each is a `victim` token on a route (a call, then a visit)."""

    route: Annotated[Name, NOT_PLAN]
    share: Annotated[Share, NOT_PLAN, FIRST]
    """Share of the frauds that the data show."""
    after: Annotated[DurationDist, NOT_PLAN]
    """From the first contact until the warning is on somebody's list."""
    scams: Annotated[Scams | None, NOT_PLAN] = None
    false_per_day: Annotated[PerDay, PLAN]
    """People a day on the list whom nobody defrauds: the same work."""
    by_hour: Annotated[HourlyRates | None, PLAN, WEIGHTS] = None
    """Relative rates of those over the day, as of arrivals; None: the same round the clock."""

    @model_validator(mode="after")
    def _not_too_many(self) -> "Warnings":
        check_busiest("false_per_day", self.false_per_day, self.by_hour or [1.0])
        return self


class Leads(Model):
    """Suspicious accounts from a shared platform: each is a `lead` token on a route."""

    route: Annotated[Name, NOT_PLAN]
    share: Annotated[Share, NOT_PLAN, FIRST]
    """Share of the layer-1 accounts that the platform shows."""
    after: Annotated[DurationDist, NOT_PLAN]
    """From the first credit on the account."""
    false_per_day: Annotated[PerDay, PLAN]
    """Honest accounts a day among the leads."""
    by_hour: Annotated[HourlyRates | None, PLAN, WEIGHTS] = None
    """As for warnings."""

    @model_validator(mode="after")
    def _not_too_many(self) -> "Leads":
        check_busiest("false_per_day", self.false_per_day, self.by_hour or [1.0])
        return self


class Alarms(Model):
    """What follows when a bank's monitoring holds a payment: a `victim` token on a route."""

    route: Name


class Objections(Model):
    """Holders of stopped accounts with money of their own object: an `account` token on a route."""

    route: Name


def _where_reports_count(blocking: Blocking | None, scenario: Any) -> object:
    """A plan reads the blocking only where reports a day are turned into victims a day."""
    reports = any(getattr(one, "counts", "") == "reports" for one in scenario.victims.arrivals.values())
    return blocking.model_dump(mode="json") if blocking and reports else None


class Prevention(Model):
    """Each part may be left out."""

    blocking: Annotated[Blocking | None, Mark(plan=_where_reports_count)] = None
    line_cut: Annotated[LineCut | None, NOT_PLAN] = None
    warnings: Annotated[Warnings | None, EACH_SAYS] = None
    leads: Annotated[Leads | None, EACH_SAYS] = None
    alarms: Annotated[Alarms | None, PLAN_IF_GIVEN] = None
    """Where the banks' `monitoring` leads; None: no bank watches."""
