"""The first line of a journal: what is played, whole."""

from __future__ import annotations

from sim import __version__
from sim.engine.run import digest
from sim.exercise.journal import Journal, JournalError, Line
from sim.exercise.load import Loaded
from sim.exercise.models import Exercise
from sim.scenario.models import Scenario
from sim.words.phrases import phrase


def header_of(loaded: Loaded) -> Line:
    """The first line of a journal: exercise and scenario whole, so that no file is needed to play it again."""
    return {
        "exercise": loaded.exercise.model_dump(mode="json", by_alias=True, exclude_none=True),
        "scenario": loaded.scenario.model_dump(mode="json", by_alias=True, exclude_none=True),
        "digest": digest(loaded.scenario),
        "seed": loaded.exercise.seed,
        "replication": loaded.exercise.replication,
        "version": __version__,
    }


def loaded_of(journal: Journal) -> Loaded:
    """What the header of a journal says is played.

    Raises:
        JournalError: another program's, or another version's.
    """
    where, header = f"{journal.path or 'journal'}:1", journal.header
    if "exercise" not in header or "scenario" not in header:
        raise JournalError(phrase("{where}: read no exercise, accepted: the first line of a session", where=where))
    if header.get("version") != __version__:
        raise JournalError(
            phrase(
                "{where}: read version {read}, accepted: {version}, which plays it alike",
                where=where, read=header.get("version"), version=__version__,
            )
        )  # fmt: skip
    try:
        exercise, scenario = Exercise.model_validate(header["exercise"]), Scenario.model_validate(header["scenario"])
    except ValueError:
        raise JournalError(phrase("{where}: read an exercise that is not whole", where=where)) from None
    if digest(scenario) != header.get("digest"):
        raise JournalError(
            phrase(
                "{where}: read another scenario than was played, accepted: the one whose digest it names", where=where
            )
        )
    return Loaded(exercise, scenario)
