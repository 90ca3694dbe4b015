"""A centre's own files, fitted in a process of its own: what it is sent are bytes in memory, what it returns is an
answer that can be kept. No row and no column that is not read ever reaches a disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sim.report.findings import fits as words
from sim.report.publish.fits import write
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.plain import read_plain
from sim.study.ask.fit import fit
from sim.study.ask.forms import FORMS
from sim.study.ask.records import columns_of, records_of
from sim.study.run.errors import StudyError
from sim.web import aside
from sim.web.told import Told, names_of, pictures_of, plain
from sim.words import language as lang
from sim.words.language import LANGUAGES, say
from sim.words.phrases import text_of

NAME: Final = "own-centre"
"""Of the scenario that is made."""


@dataclass(frozen=True)
class Brought:
    """A file that somebody brought, in memory."""

    kind: str
    """Of `forms.FORMS`."""
    name: str
    data: bytes


@dataclass(frozen=True)
class Heads:
    """The heads of a file, or why it has none."""

    columns: Sequence[str] = ()
    known: Mapping[str, str] | None = None
    """By field: the head by which its column is known; None where the file is no table."""
    wrong: str = ""
    """As a phrase."""


@dataclass(frozen=True)
class Kept:
    """An answer: what is told in each language, and the files of each."""

    told: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, Mapping[str, bytes]]
    wrong: str = ""
    """Why there is none, as a phrase."""


def heads_of(files: Sequence[Brought]) -> list[Heads]:
    """The heads of files, read in another process."""
    return aside.one_process(_heads, tuple(files))


def fitted(files: Sequence[Brought], base: str, columns: Mapping[str, Mapping[str, str]]) -> Kept:
    """What files tell of a base's values, found in another process.

    Args:
        files: those to read.
        base: name of a shipped scenario.
        columns: by kind of file, by field: the head of its column, or nothing for none.
    """
    return aside.one_process(partial(_fit, base, columns), tuple(files))


def _heads(files: Sequence[Brought]) -> Iterator[list[Heads]]:
    found = []
    for one in files:
        try:
            found.append(Heads(*columns_of(one.name, one.data, FORMS[one.kind])))
        except StudyError as error:
            found.append(Heads(wrong=text_of(error)))
    yield found


def _fit(base: str, columns: Mapping[str, Mapping[str, str]], files: Sequence[Brought]) -> Iterator[Kept]:
    scenario = load(base).scenario
    offset = scenario.zone.utcoffset(None)
    ahead = int(offset.total_seconds() * 1000) if offset is not None else 0
    try:
        records = [
            records_of(one.name, one.data, FORMS[one.kind], heads=columns.get(one.kind, {}), offset=ahead)
            for one in files
        ]  # fmt: skip
        result = fit(scenario, records)
        told: dict[str, Mapping[str, Any]] = {}
        kept: dict[str, dict[str, bytes]] = {}
        with TemporaryDirectory() as folder:
            for language in LANGUAGES:
                with lang.using(language):
                    place = Path(folder) / language
                    written = write(result, place, extends=base, name=NAME)
                    pictures = pictures_of(written, {"fits.svg": say("Each fit against its data")})
                    told[language] = Told(
                        words.headline(result) + say("."), list(words.sentences(result)),
                        [plain(words.main_table(result))], pictures, sorted(names_of(written)),
                    ).as_dict()  # fmt: skip
                    kept[language] = {path.name: read_plain(path) for path in written}
    except (StudyError, ScenarioError) as error:
        yield Kept({}, {}, text_of(error))
        return
    yield Kept(told, kept)
