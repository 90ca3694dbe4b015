"""Calendars: the public holidays and make-up working days that a country announces, year by year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from pydantic import model_validator

from sim.scenario import catalogue
from sim.scenario.base import Model, Name
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.tree import Layer, Provenance, read_tree
from sim.words.phrases import phrase

FOLDER = "calendars"
"""Of the shipped calendars, beside the scenarios."""


class Year(Model):
    """What was announced for one year."""

    holidays: list[date]
    workdays: list[date]
    """Saturdays and Sundays that are worked."""


class Calendar(Model):
    """Days off and days worked, as announced; a year that is missing was not known."""

    name: Name
    title: str
    years: dict[int, Year]

    @model_validator(mode="after")
    def _days_fit(self) -> Calendar:
        for year, days in self.years.items():
            check_days(days.holidays, days.workdays)
            if any(day.year != year for day in (*days.holidays, *days.workdays)):
                raise FaultError(
                    phrase("days of {year}", year=year), wrong=phrase("a day of another year"), at=f"years.{year}"
                )
        return self

    @property
    def holidays(self) -> frozenset[date]:
        """All days off."""
        return frozenset(day for year in self.years.values() for day in year.holidays)

    @property
    def workdays(self) -> frozenset[date]:
        """All make-up working days."""
        return frozenset(day for year in self.years.values() for day in year.workdays)


def check_days(holidays: Iterable[date], workdays: Iterable[date]) -> None:
    """Refuse a day that is both.

    Raises:
        ValueError: `workdays: 2025-01-26, which is a holiday too; a day that is one of the two`.
    """
    both = sorted(set(holidays) & set(workdays))
    if both:
        raise FaultError(
            phrase("a day that is one of the two"), wrong=phrase("{both}, which is a holiday too", both=both[0]),
            at="workdays",
        )  # fmt: skip


def names() -> list[str]:
    """The names of the shipped calendars."""
    return catalogue.names(catalogue.folder() / FOLDER)


@lru_cache
def calendar_of(name: str) -> Calendar:
    """A shipped calendar.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in names():
        raise UnknownNameError(phrase("calendar"), name, names(), "calendar")
    path = catalogue.folder() / FOLDER / f"{name}.yaml"
    tree = read_tree(path.read_text(encoding="utf-8"), Layer(path.name, Provenance("")))
    return Calendar.model_validate(tree.plain() if tree else {})
