"""A study in a process of its own: reads what is asked from a folder, writes what came of it there.

Started by the pages as ``python -m sim.web.work FOLDER``. It is polite to the server's clock: it runs at the lowest
priority, and killing it loses nothing but the run that was going on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path
from time import monotonic
from typing import Any, Final

from sim.engine.run import digest
from sim.report.findings import comparison
from sim.report.publish.files import write_bytes, write_text
from sim.scenario.errors import RunError, ScenarioError
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.scenario.plain import read_plain
from sim.study.ask.compare import Difference, check_names, check_times, differences_of
from sim.study.ask.minute import waterfall
from sim.study.ask.size import size_of
from sim.study.infer.stats import Summary, summaries
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import MONEY
from sim.study.run.runner import Arm, Runner
from sim.study.run.store import Header, Store
from sim.study.run.whole import Whole
from sim.web import further, questions
from sim.web.outlook import START, seconds_of
from sim.web.questions import RUN
from sim.web.scenarios import UPLOADED, read
from sim.web.told import Asked
from sim.words import language as lang
from sim.words.language import LANGUAGES
from sim.words.phrases import packed, phrase, text_of

REQUEST: Final = "request.json"
PROGRESS: Final = "progress.json"
RESULT: Final = "result.json"
FAILED: Final = "failed.txt"
PHASES: Final = ("start", "runs", "pictures")
COMPARED: Final = ("recovered_share", "net_loss", "response_latency", *MONEY)
NICENESS: Final = 19
MOST: Final = 1e21
"""No money, time or number in a result comes near it."""


class DamagedError(ValueError):
    """A file of ours that cannot be read, or holds something else; `str()` is one line."""

    def __init__(self, file: str, why: str = "") -> None:
        super().__init__(
            phrase("{file} cannot be read: {why}", file=file, why=why)
            if why
            else phrase("{file}: read a damaged file", file=file)
        )


@dataclass(frozen=True)
class Wanted:
    """One arm that is asked for."""

    name: str
    scenario: str
    """Of the catalogue, or `uploaded.yaml` in the folder of the study."""
    settings: tuple[str, ...] = ()


CHANGED: Final = "with the changes"
"""The arm of a scenario that was changed in the form."""


@dataclass(frozen=True)
class Request:
    """What is asked: one arm is run, several are compared with the first."""

    title: str
    """Of the scenario, as its file has it."""
    arms: tuple[Wanted, ...]
    replications: int
    seed: int
    asked: str
    """When, as an ISO time."""
    kind: str = RUN
    """What is asked: `RUN`, or one of `questions.KINDS`."""
    options: tuple[tuple[str, str], ...] = ()
    """What else the kind is told, such as the desks of a roster."""
    back: str = ""
    """The address of the page on which it was asked."""

    @property
    def heading(self) -> str:
        """What is compared or asked, in the language of the context."""
        if self.kind != RUN:
            return questions.heading(self.kind, lang.titled(self.title))
        return lang.listed([lang.titled(self.title), *(comparison.arm_name(one.name) for one in self.arms[1:])])

    @property
    def about(self) -> str:
        """What else tells it from others of its kind: the goal and the desks of a roster, how much was changed."""
        said = further.wanted(dict(self.options))
        if self.kind != RUN and (changed := len(self.arms[-1].settings)):
            said.append(lang.counted(changed, "1 value changed", "{n:,} values changed"))
        return lang.say("; ").join(said)

    @classmethod
    def read(cls, folder: Path) -> Request:
        """The request in a folder.

        Raises:
            DamagedError: there is none that can be read.
        """
        try:
            said = json.loads(read_plain(folder / REQUEST))
            arms = tuple(Wanted(one["name"], one["scenario"], tuple(one["settings"])) for one in said.pop("arms"))
            options = tuple((name, value) for name, value in said.pop("options", ()))
            made = cls(arms=arms, options=options, **said)
        except OSError as error:
            raise DamagedError(REQUEST, error.strerror or phrase("unreadable")) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise DamagedError(REQUEST) from None
        if made.kind not in (RUN, *questions.KINDS):
            raise DamagedError(REQUEST)
        texts = [
            made.title,
            made.asked,
            made.back,
            *(text for one in arms for text in (one.name, one.scenario, *one.settings)),
        ]
        texts += [text for option in made.options for text in option]
        numbers = [made.replications, made.seed]
        try:
            further.wanted(dict(options))
        except StudyError:
            raise DamagedError(REQUEST) from None
        if not (arms and all(isinstance(one, str) for one in texts) and all(type(one) is int for one in numbers)):
            raise DamagedError(REQUEST)
        return made

    def write(self, folder: Path) -> None:
        """Keep it in a folder.

        Raises:
            OSError: the folder cannot be written.
        """
        write_text(folder / REQUEST, json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n")


def loaded_of(request: Request, folder: Path) -> list[Loaded[Scenario]]:
    """The scenarios of a request.

    Raises:
        ScenarioError: one of them is wrong.
    """
    sources = [folder / UPLOADED if one.scenario == UPLOADED else one.scenario for one in request.arms]
    return [read(source, one.settings) for source, one in zip(sources, request.arms, strict=True)]


def work(folder: Path, jobs: int) -> None:
    """Do what a folder asks for, and write the result there. A study that was interrupted goes on.

    Raises:
        ScenarioError, StudyError, RunError: what is asked cannot be done.
        OSError: the folder cannot be written.
    """
    request = Request.read(folder)
    loaded = loaded_of(request, folder)
    arms = [Arm(one.name, found.scenario) for one, found in zip(request.arms, loaded, strict=True)]
    if len(arms) > 1:
        check_names(arms)
        check_times(arms)
    header = Header("web", request.seed, {arm.name: digest(arm.scenario) for arm in arms})
    if request.kind != RUN:
        _answer(request, dict(zip([arm.name for arm in arms], loaded, strict=True)), folder, jobs, header)
        return
    told, server, since = -1.0, os.getppid(), monotonic()
    first: list[float] = []
    pictures = 2.0 * len(arms) + 2.0

    def progress(done: float, total: int) -> None:
        nonlocal told
        if os.getppid() != server:  # it was killed: nobody waits, and the next server may want to go on
            os.killpg(0, signal.SIGKILL)
        share = done / total
        if not first:
            first[:] = [done, monotonic()]  # what an earlier try has done tells nothing of the pace of this one
        if share - told >= 0.005 or done == total:
            told = share
            fresh, took = done - first[0], monotonic() - first[1]
            left = pictures + took / fresh * (total - done) if fresh > 0 and took > 1 else None
            write_text(folder / PROGRESS, json.dumps({"phase": "runs", "done": done, "total": total, "left": left}))

    with (
        Store.open(folder, header, resume=True) as store,
        Runner(seed=request.seed, jobs=jobs, store=store, progress=progress) as runner,
    ):
        results = runner.run(arms, request.replications)
    fresh_ones = request.replications - round(first[0] / len(arms) if first else 0)
    pace = _pace(arms, fresh_ones, monotonic() - since)
    whole = len(arms) * request.replications
    write_text(folder / PROGRESS, json.dumps({"phase": "pictures", "done": whole, "total": whole, "left": pictures}))
    metrics = {arm.name: summaries([row[number] for row in results]) for number, arm in enumerate(arms)}
    rows = differences_of(arms, results, COMPARED) if len(arms) > 1 else []
    _draw(folder, arms, results, rows, request.seed)
    kept = {
        "arms": {name: {metric: one.as_dict() for metric, one in of.items()} for name, of in metrics.items()},
        "titles": {arm.name: arm.scenario.title for arm in arms},
        "differences": [_plain(row) for row in rows],
        "pace": pace,
    }
    if rows:
        write_text(folder / "comparison.csv", comparison.comparison_csv(rows))
    write_text(folder / RESULT, json.dumps(kept, ensure_ascii=False) + "\n")


def _answer(request: Request, arms: Mapping[str, Loaded[Scenario]], folder: Path, jobs: int, header: Header) -> None:
    """Answer a question of another kind, and write what is told of it."""
    whole, server = Whole(""), os.getppid()
    told = [-1.0]

    def tell(done: float, total: float) -> None:
        if os.getppid() != server:  # as in `work`
            os.killpg(0, signal.SIGKILL)
        whole.tell(done, total)
        share = whole.done / max(whole.total, 1)
        if abs(share - told[0]) >= 0.005:
            told[0] = share
            said = {
                "phase": "runs", "done": whole.done, "total": round(whole.total), "left": whole.left,
                "at_most": whole.at_most,
            }  # fmt: skip
            write_text(folder / PROGRESS, json.dumps(said))

    with (
        Store.open(folder, header, resume=True) as store,
        Runner(
            seed=request.seed, jobs=jobs, store=store, progress=tell, expect=whole.expect, phase=whole.begin,
            bound=lambda runs: whole.expect(runs, at_most=True),
        ) as runner,
    ):  # fmt: skip
        sources = {one.name: (one.scenario, one.settings) for one in request.arms}
        asked = Asked(arms, sources, request.replications, dict(request.options), runner)
        found = questions.answered(request.kind, asked, folder)
    write_text(folder / RESULT, json.dumps({"told": found}, ensure_ascii=False) + "\n")


def _pace(arms: Sequence[Arm], replications: int, took: float) -> float | None:
    """Seconds that the runs of a study took for each that was foretold; None where that tells nothing."""
    foretold = sum(seconds_of(size_of(arm.scenario), 1, replications) - START for arm in arms)
    return round(took / foretold, 3) if took > 5 and foretold > 0 else None


def _plain(row: Difference) -> dict[str, Any]:
    """A difference as JSON, from which `difference` makes the same again."""
    said = asdict(row)
    said["value"], said["change"] = row.value.as_dict(), row.change.as_dict()
    return said


def difference(said: dict[str, Any]) -> Difference:
    """Inverse of what `work` writes of a difference."""
    return Difference(**{**said, "value": summary_of(said["value"]), "change": summary_of(said["change"])})


def summary_of(said: dict[str, Any]) -> Summary:
    """A summary from its plain form, in which a number without a meaning is null.

    Raises:
        ValueError: what stands for a number is none that a study could have found.
    """
    if not all(map(is_number, said.values())):
        raise ValueError
    known: dict[str, Any] = {name: nan if value is None else value for name, value in said.items()}
    return Summary(**known)


def is_number(value: object) -> bool:
    """Whether a value is null, or a number as studies find them: finite, and far below `MOST`."""
    return value is None or (type(value) in (int, float) and -MOST < value < MOST)  # type: ignore[operator]


def titles_of(kept: Mapping[str, str]) -> dict[str, str]:
    """What arms are called in the language of the context, by the titles of their scenarios.

    A scenario that was changed has the title of what it was, and is called by the change.
    """
    return {name: comparison.arm_name(name) if name == CHANGED else lang.titled(title) for name, title in kept.items()}


def _draw(
    folder: Path, arms: Sequence[Arm], results: Sequence[Sequence[Any]], rows: Sequence[Difference], seed: int
) -> None:
    """The pictures, in every language: the way of the loss of each arm, and how the arms compare."""
    from sim.report.figures.compare import comparison_figure
    from sim.report.figures.style import render
    from sim.report.figures.waterfall import waterfall_figure

    for language in LANGUAGES:
        with lang.using(language):
            for number, arm in enumerate(arms):
                steps = waterfall([row[number] for row in results])
                if steps[0].amount.mean > 0:
                    figure = waterfall_figure(steps, lang.titled(arm.scenario.title))
                    write_bytes(folder / f"loss-{number}-{language}.svg", render(figure, "svg"))
            if rows:
                titles = titles_of({arm.name: arm.scenario.title for arm in arms})
                figure = comparison_figure(rows, seed=seed, titles=titles)
                write_bytes(folder / f"comparison-{language}.svg", render(figure, "svg"))


def step_back() -> None:
    """Let the clock of the rooms, and everything else on this machine, go first."""
    os.nice(NICENESS)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main(folder: Path) -> int:
    """Work on a folder; what went wrong is one line in it."""
    step_back()
    jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        work(folder, jobs)
    except (ScenarioError, StudyError, RunError, OSError, ValueError) as error:
        write_text(folder / FAILED, packed(text_of(error)) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
