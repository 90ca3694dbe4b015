"""What a study answers besides running and comparing: what binds, two pages for whoever decides, the proof, the log,
what a minute is worth, how many people, what planners ask, what it hangs on, and cases moment by moment.

Each is the question of a command, with the same files; what a page shows of it is told in every language at once.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from sim.engine.run import simulate
from sim.report.findings import brief as brief_words
from sim.report.findings import diagnosis, levers, proofs
from sim.report.findings.changed import beyond_shipped, changes, in_words
from sim.report.findings.level import level
from sim.report.publish import brief as brief_pages
from sim.report.publish import diagnosis as diagnosis_files
from sim.report.publish import proofs as proof_files
from sim.report.publish.export import export
from sim.report.publish.kept import take_away
from sim.scenario.loader import Loaded, changed
from sim.scenario.models import Scenario
from sim.study.ask.brief import brief
from sim.study.ask.diagnose import diagnose
from sim.study.ask.prove import prove
from sim.study.ask.published import read_published, shipped
from sim.study.ask.size import size_of
from sim.study.ask.week import average_week, frame, representative_week
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm
from sim.web import further
from sim.web.told import Asked, Tell, Told, names_of, pictures_of, plain
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
    "minutes": key("What a minute is worth at each stage: {title}"),
    "staff": key("How many people, on which shift: {title}"),
    "whatifs": key("What planners ask, one after the other: {title}"),
    "sensitivity": key("Which assumptions it hangs on: {title}"),
    "story": key("Cases, moment by moment: {title}"),
    "fit": key("Own data: {title}"),
}
"""By kind: what a study of it is called."""
LEAST: Final = {"diagnose": 10, "brief": 10, "minutes": 10, "staff": 10, "whatifs": 10}
"""Runs that a question needs."""
QUICK: Final = 0.2
"""Part of the replications of a proof that a page asks for: all of them take an hour."""
MOST_LOGGED: Final = 200_000
"""Victims and accounts of a run whose log a page hands out: some hundred megabytes."""


def heading(kind: str, title: str) -> str:
    """What a study of a kind is called, in the language of the context."""
    return say(KINDS[kind], title=title)


def answered(kind: str, asked: Asked, folder: Path) -> dict[Language, dict[str, Any]]:
    """Answer a question, write its files into a folder of each language, and return what is told.

    Args:
        kind: one of `KINDS`.
        asked: about what; with more replications where the kind needs them.
        folder: of the study.

    Raises:
        StudyError: it cannot be answered.
        OSError: a file cannot be written.
    """
    if kind not in _ASK:
        raise StudyError(phrase("the files of this study were not kept: bring them again"))
    for language in LANGUAGES:
        if (folder / language).exists():  # of a try that was stopped
            take_away(folder / language)
    tell = _ASK[kind](replace(asked, replications=max(asked.replications, LEAST.get(kind, 1))))
    found = {}
    for language in LANGUAGES:
        with lang.using(language):
            found[language] = tell(folder / language).as_dict()
    return found


# -- the questions: each asks once, and returns what tells it in a language ---------------------------------


def _diagnosis(asked: Asked) -> Tell:
    whole, week = asked.last.scenario, _week(asked.last).scenario
    result = diagnose(asked.runner, week, asked.replications, average_week(asked.runner, whole))

    def tell(folder: Path) -> Told:
        files = diagnosis_files.write(result, folder)
        shown = {"week.svg": say("Load of the desks by hour of the week"), "waterfall.svg": say("The way of the loss")}
        *tables, _ = diagnosis.tables(result)  # the last is the picture of the week, for a terminal
        more = [*levers.changeable(result), *(levers.untried(result) if result.nexts else [])]
        if week.horizon < whole.horizon:
            looked, period = lang.duration(week.horizon), lang.duration(whole.horizon)
            more.append(say("Each run is {looked} of the {period}: sums in the pictures are of so long, those in the"
                            " tables of a year.", looked=looked, period=period))  # fmt: skip
        return Told(diagnosis.finding(result), more, [plain(one) for one in tables], pictures_of(files, shown),
                    names_of(files), level=level(result.way[-1].share, week.horizon, whole.horizon))  # fmt: skip

    return tell


def _brief(asked: Asked) -> Tell:
    (first, whole), *others = asked.arms.items()
    base = _week(whole)
    name, proposed = (others[-1][0], changed(others[-1][1], frame(base.scenario))) if others else ("", None)

    arm = Arm(name, proposed.scenario) if proposed else None
    found = brief(asked.runner, base, arm, asked.replications, whole.scenario)

    def tell(folder: Path) -> Told:
        told = found
        own, below = beyond_shipped(whole)
        if proposed:
            called = lang.titled(proposed.scenario.title)
            if asked.sources[name][1]:
                called = in_words(changes(base, proposed))
            told = replace(found, arm=Arm(called, proposed.scenario))
        around = brief_pages.Around(
            loaded=base, changes=changes(base, proposed) if proposed else (),
            own=own, base=below, asked="",
            command=_command(first, name, asked), seed=asked.runner.seed,
        )  # fmt: skip
        files, _ = brief_pages.write(told, around, folder)
        finding, more = brief_words.answer(told)
        tables = [(say("The figures"), [list(row) for row in brief_words.figures(told)])]
        return Told(finding, [more, *brief_words.hangs(told)], tables, [], names_of(files)[::-1],
                    level=level(told.today["recovered_share"], told.scenario.horizon, told.whole.horizon))  # fmt: skip

    return tell


def _command(first: str, name: str, asked: Asked) -> str:
    """The command that makes the pages again, from a file of the same name where the scenario was uploaded."""
    scenario, settings = asked.sources[first]
    words = [*lang.program(), "brief", scenario, *(word for one in settings for word in ("--set", one))]
    if name:
        source, changed_by = asked.sources[name]
        words += ["--arm", f"{name}:{','.join(changed_by)}" if changed_by else source]
    return shlex.join([*words, "--replications", str(asked.replications), "--seed", str(asked.runner.seed)])


def _log(asked: Asked) -> Tell:
    scenario, seed = asked.last.scenario, asked.runner.seed
    items = size_of(scenario).items
    if items > MOST_LOGGED:
        raise StudyError(
            phrase(
                "export: read a run of {items:,.0f} victims and accounts, accepted: at most {most:,} on a page; a"
                " shorter period, or fundfreeze export on the command line",
                items=items, most=MOST_LOGGED,
            )
        )  # fmt: skip
    run = simulate(scenario, seed, 0)

    def tell(folder: Path) -> Told:
        files = export(run, folder)
        rows = [[say("file"), say("rows")], *([one.path.name, f"{one.rows:,}"] for one in files)]
        finding = say("Replication 0 of seed {seed}: tables for a spreadsheet, XES and OCEL 2.0 for process mining, the"
                      " money as a ledger in fen.", seed=seed)  # fmt: skip
        return Told(finding, [], [(say("Files"), rows)], [], [one.path.name for one in files])

    return tell


def _proof(asked: Asked) -> Tell:
    proof = prove([read_published(one) for one in shipped()], asked.runner, quick=QUICK)

    def tell(folder: Path) -> Told:
        files = proof_files.write(proof, folder, f"{proofs.COMMAND} --quick={QUICK:g}")
        lines = [proofs.fewer_runs(proof), *map(proofs.sentence, proof.lines), *map(proofs.sentence, proof.checks)]
        shown = {name: say("Published against model") for name in ("published.svg", "used.svg")}
        table = plain(proofs.main_table(proof))
        finding = proofs.headline(proof) + say(".")
        return Told(finding, lines, [table], pictures_of(files, shown), names_of(files))

    return tell


def _week(loaded: Loaded[Scenario]) -> Loaded[Scenario]:
    return changed(loaded, representative_week(loaded.scenario))


_ASK: Final[Mapping[str, Callable[[Asked], Tell]]] = {
    "diagnose": _diagnosis, "brief": _brief, "export": _log, "prove": _proof, "minutes": further.minutes,
    "staff": further.staffed, "whatifs": further.asked_for, "sensitivity": further.hangs_on, "story": further.stories,
}  # fmt: skip
