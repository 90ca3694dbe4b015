"""The chairs of a room and what the room is called: what stands in its folder beside the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Final

from sim.exercise.load import Loaded
from sim.exercise.models import MOST_SEATS
from sim.exercise.session import JournalError
from sim.exercise.vocabulary import EVALUATOR
from sim.report.publish.files import write_text
from sim.scenario.plain import read_plain
from sim.words.language import say
from sim.words.phrases import phrase

FILE: Final = "places.json"
WATCHING: Final = ("observer", EVALUATOR)
"""Chairs of whoever watches: they take no part in the session."""
LONGEST: Final = 80
"""Characters of a room's name."""


@dataclass(frozen=True)
class Place:
    """A chair for somebody, with a link of its own."""

    id: str
    role: str
    name: str = ""
    """Of whoever sat down there; empty before."""

    @property
    def watches(self) -> bool:
        """Whether nobody who sits there takes part."""
        return self.role in WATCHING


@dataclass(frozen=True)
class About:
    """What a room is called, and to whom it belongs."""

    name: str = ""
    """As whoever leads it calls it; empty: what its exercise is called."""
    date: str = ""
    """The day for which it is meant, as an ISO date; empty for none."""
    origin: str = ""
    """The room that this one branched off; empty for none."""
    first: str = ""
    """The room with which its family of branches began; empty: itself."""
    group: str = ""
    """What the rooms of several teams on the same luck share; empty for a room alone."""
    team: str = ""
    """Of a group: the letter of this team."""
    moved_to: str = ""
    """The branch to which its people were called; empty for none."""
    codes: int = 0
    """How many join codes it had before the one of now."""

    @property
    def team_words(self) -> str:
        """What this team is called, in the language of the context; empty for a room alone."""
        letter = self.team.removeprefix("Team ").removesuffix(" 队")  # as rooms of before kept it
        return say("Team {letter}", letter=letter) if letter else ""

    def named(self, name: str, day: str) -> About:
        """The same with another name and date; a date that is none is left out."""
        return replace(self, name=" ".join(name.split())[:LONGEST], date=day if is_date(day) else "")


def is_date(text: str) -> bool:
    """Whether a text is a day as a browser's field sends it."""
    try:
        return len(text) == len("2026-01-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False


def places_of(loaded: Loaded, counts: Mapping[str, int]) -> dict[str, Place]:
    """The places of a new room: of each role as many as asked for, and one for each who watches or rates."""
    found = []
    watching = [(role, MOST_SEATS) for role in WATCHING]
    for role, most in [*((name, one.seats) for name, one in loaded.exercise.roles.items()), *watching]:
        wanted = min(most, counts.get(role, 1))
        found += [Place(f"{role}-{number}", role) for number in range(1, wanted + 1)]
    return {one.id: one for one in found}


def keep(folder: Path, places: Mapping[str, Place], about: About) -> None:
    """Write down who sits where, and what the room is called.

    Raises:
        OSError: it cannot be written.
    """
    said = {**asdict(about), "places": [asdict(one) for one in places.values()]}
    write_text(folder / FILE, json.dumps(said, ensure_ascii=False, indent=1) + "\n")


def kept_in(folder: Path) -> tuple[dict[str, Place], About]:
    """What `keep` wrote.

    Raises:
        JournalError: it is not there, or damaged.
    """
    try:
        said = json.loads(read_plain(folder / FILE))
        places = {one["id"]: Place(**one) for one in said["places"]}
        about = About(**{one.name: said[one.name] for one in fields(About) if one.name in said})
        texts = [text for one in places.values() for text in (one.id, one.role, one.name)]
        texts += [value for name, value in asdict(about).items() if name != "codes"]
        if not all(isinstance(text, str) for text in texts) or type(about.codes) is not int or about.codes < 0:
            raise TypeError
        return places, about
    except OSError as error:
        raise JournalError(
            phrase("{places} cannot be read: {strerror}", places=FILE, strerror=error.strerror)
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise JournalError(
            phrase("{places}: read a damaged file, accepted: the places of a room", places=FILE)
        ) from None
