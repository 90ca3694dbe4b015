"""Mistakes and misfortunes of a study."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario.errors import nearest


class StudyError(Exception):
    """A study that cannot be done as it was asked for; `str()` is one line to print as it is."""


def check_metric(name: str, known: Iterable[str], option: str = "--metric") -> None:
    """Refuse a metric that the runs of a study do not have.

    Raises:
        StudyError: with the nearest names.
    """
    names = list(known)
    if name not in names:
        raise StudyError(f"{option}: read {name!r}, accepted: {nearest(name, names)}")
