"""Mistakes and misfortunes of a study."""

from __future__ import annotations


class StudyError(Exception):
    """A study that cannot be done as it was asked for; `str()` is one line to print as it is."""
