"""Mistakes and misfortunes of a study."""

from __future__ import annotations

from sim.words.phrases import Phrase


class StudyError(Exception):
    """A study that cannot be done as it was asked for; `str()` is one line to print as it is."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)
