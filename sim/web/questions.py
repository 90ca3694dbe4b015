"""What a study answers besides running and comparing: what binds, two pages for whoever decides, the proof, the log.

Each is the question of a command, with the same files; what a page shows of it is told in every language at once.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from rich.markup import render
from rich.table import Table

from sim.engine.run import simulate
from sim.report.findings import brief as brief_words
from sim.report.findings import diagnosis, proofs
from sim.report.findings.changed import changes, in_words
from sim.report.publish import brief as brief_pages
from sim.report.publish import diagnosis as diagnosis_files
from sim.report.publish import proofs as proof_files
from sim.report.publish.export import export
from sim.report.publish.kept import take_away
from sim.scenario import catalogue
from sim.scenario.loader import Loaded, changed, load
from sim.scenario.models import Scenario
from sim.study.ask.brief import brief
from sim.study.ask.diagnose import diagnose
from sim.study.ask.prove import prove
from sim.study.ask.published import read_published, shipped
from sim.study.ask.size import size_of
from sim.study.ask.week import frame, representative_week
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm, Runner
from sim.words import language as lang
from sim.words.language import LANGUAGES, Language, key, say
from sim.words.phrases import phrase

RUN: Final = "run"
"""A study that is none of these: one scenario is run, several are compared."""
KINDS: Final = {
    "diagnose": key("What holds it back: {title}"),
    "brief": key("Two pages for whoever decides: {title}"),
    "export": key("The log of one run: {title}"),
    "prove": key("How well the model agrees with what is published"),
}
"""By kind: what a study of it is called."""
LEAST: Final = {"diagnose": 10, "brief": 10}
"""Pairs of runs that a question needs."""
QUICK: Final = 0.2
"""Part of the replications of a proof that a page asks for: all of them take an hour."""
MOST_LOGGED: Final = 200_000
"""Victims and accounts of a run whose log a page hands out: some hundred megabytes."""
Sources = Mapping[str, tuple[str, tuple[str, ...]]]
"""By arm: the scenario's name, and its changes."""


@dataclass(frozen=True)
class Told:
    """What is told of an answer, in one language."""

    finding: str
    more: list[str]
    """Further sentences."""
    tables: list[tuple[str, list[list[str]]]]
    """Caption, and rows of cells, the head first."""
    pictures: list[tuple[str, str]]
    """File in the folder of the language, and what it shows."""
    files: list[str]
    """Files in that folder that can be taken away, the one that people want first."""

    @classmethod
    def read(cls, kept: Mapping[str, Mapping[str, Any]]) -> Told:
        """What was kept, in the language of the context.

        Raises:
            KeyError, TypeError, ValueError: it is no such thing.
        """
        said = kept[lang.language()]
        made = cls(
            str(said["finding"]), [str(one) for one in said["more"]],
            [(str(caption), [[str(cell) for cell in row] for row in rows]) for caption, rows in said["tables"]],
            [(str(file), str(what)) for file, what in said["pictures"]], [str(one) for one in said["files"]],
        )  # fmt: skip
        if not made.finding or any(not rows or len({len(row) for row in rows}) > 1 for _, rows in made.tables):
            raise ValueError
        return made


def heading(kind: str, title: str) -> str:
    """What a study of a kind is called, in the language of the context."""
    return say(KINDS[kind], title=title)


def answered(
    kind: str, arms: Mapping[str, Loaded[Scenario]], sources: Sources, replications: int, runner: Runner, folder: Path
) -> dict[Language, dict[str, Any]]:
    """Answer a question, write its files into a folder of each language, and return what is told.

    Args:
        arms: by name; the first is the centre as it is.
        sources: where they come from, to say how an answer is made again.
        folder: of the study.

    Raises:
        StudyError: it cannot be answered.
        OSError: a file cannot be written.
    """
    ask = {"diagnose": _diagnosis, "brief": _brief, "export": _log, "prove": _proof}[kind]
    for language in LANGUAGES:
        if (folder / language).exists():  # of a try that was stopped
            take_away(folder / language)
    tell = ask(arms, sources, max(replications, LEAST.get(kind, 1)), runner)
    found = {}
    for language in LANGUAGES:
        with lang.using(language):
            found[language] = asdict(tell(folder / language))
    return found


# -- the questions: each asks once, and returns what tells it in a language ---------------------------------


def _diagnosis(arms: Mapping[str, Loaded[Scenario]], _: Sources, replications: int, runner: Runner) -> Any:
    last = _week(list(arms.values())[-1])
    result = diagnose(runner, last.scenario, replications)

    def tell(folder: Path) -> Told:
        files = diagnosis_files.write(result, folder)
        shown = {"week.svg": say("Load of the desks by hour of the week"), "waterfall.svg": say("The way of the loss")}
        *tables, _ = diagnosis.tables(result)  # the last is the picture of the week, for a terminal
        return Told(diagnosis.finding(result), [], [plain(one) for one in tables], _pictures(files, shown),
                    _names(files))  # fmt: skip

    return tell


def _brief(arms: Mapping[str, Loaded[Scenario]], sources: Sources, replications: int, runner: Runner) -> Any:
    (first, whole), *others = arms.items()
    base = _week(whole)
    name, proposed = (others[-1][0], changed(others[-1][1], frame(base.scenario))) if others else ("", None)

    asked = brief(runner, base, Arm(name, proposed.scenario) if proposed else None, replications)
    below = next((path for path in base.files if path.resolve().parent == catalogue.folder().resolve()), None)
    under = load(str(below)) if below else None
    command = _command(first, name, sources, replications, runner.seed)

    def tell(folder: Path) -> Told:
        told = asked
        if proposed:
            called = lang.titled(proposed.scenario.title)
            if sources[name][1]:
                called = in_words(changes(base, proposed))
            told = replace(asked, arm=Arm(called, proposed.scenario))
        around = brief_pages.Around(
            loaded=base, changes=changes(base, proposed) if proposed else (),
            own=changes(under, base) if under else (), base=under.scenario.name if under else "", asked="",
            command=command, seed=runner.seed,
        )  # fmt: skip
        files, _ = brief_pages.write(told, around, folder)
        finding, more = brief_words.answer(told)
        tables = [(say("The figures"), [list(row) for row in brief_words.figures(told)])]
        return Told(finding, [more, *brief_words.hangs(told)], tables, [], _names(files)[::-1])

    return tell


def _command(first: str, name: str, sources: Sources, replications: int, seed: int) -> str:
    """The command that makes the pages again, from a file of the same name where the scenario was uploaded."""
    scenario, settings = sources[first]
    words = ["fundfreeze", "brief", scenario, *(word for one in settings for word in ("--set", one))]
    if name:
        words += ["--arm", f"{name}:{','.join(sources[name][1])}" if sources[name][1] else sources[name][0]]
    return shlex.join([*words, "--replications", str(replications), "--seed", str(seed)])


def _log(arms: Mapping[str, Loaded[Scenario]], _: Sources, __: int, runner: Runner) -> Any:
    scenario = list(arms.values())[-1].scenario
    items = size_of(scenario).items
    if items > MOST_LOGGED:
        raise StudyError(
            phrase(
                "export: read a run of {items:,.0f} victims and accounts, accepted: at most {most:,} on a page; a"
                " shorter period, or fundfreeze export on the command line",
                items=items, most=MOST_LOGGED,
            )
        )  # fmt: skip
    run = simulate(scenario, runner.seed, 0)

    def tell(folder: Path) -> Told:
        files = export(run, folder)
        rows = [[say("file"), say("rows")], *([one.path.name, f"{one.rows:,}"] for one in files)]
        finding = say("Replication 0 of seed {seed}: tables for a spreadsheet, XES and OCEL 2.0 for process mining, the"
                      " money as a ledger in fen.", seed=runner.seed)  # fmt: skip
        return Told(finding, [], [(say("Files"), rows)], [], [one.path.name for one in files])

    return tell


def _proof(_: Mapping[str, Loaded[Scenario]], __: Sources, ___: int, runner: Runner) -> Any:
    proof = prove([read_published(one) for one in shipped()], runner, quick=QUICK)

    def tell(folder: Path) -> Told:
        files = proof_files.write(proof, folder)
        lines = [*map(proofs.sentence, proof.lines), *map(proofs.sentence, proof.checks)]
        shown = {"published.svg": say("Published against model")}
        table = plain(proofs.main_table(proof))
        finding = proofs.headline(proof) + say(".")
        return Told(finding[:1].upper() + finding[1:], lines, [table], _pictures(files, shown), _names(files))

    return tell


# -- what pages can show -----------------------------------------------------------------------------------


def _week(loaded: Loaded[Scenario]) -> Loaded[Scenario]:
    return changed(loaded, representative_week(loaded.scenario))


def plain(table: Table) -> tuple[str, list[list[str]]]:
    """A table of the terminal as caption and rows of text, the head first."""
    columns = [[_text(column.header), *map(_text, column.cells)] for column in table.columns]
    return _text(table.title or ""), [list(row) for row in zip(*columns, strict=True)]


def _text(cell: object) -> str:
    return render(cell).plain if isinstance(cell, str) else str(cell)


def _names(files: Sequence[Path]) -> list[str]:
    return [path.name for path in files]


def _pictures(files: Sequence[Path], shown: Mapping[str, str]) -> list[tuple[str, str]]:
    there = {path.name for path in files}
    return [(name, what) for name, what in shown.items() if name in there]
