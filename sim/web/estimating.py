"""What viewers of the live page wait for: estimated beside the server, abandoned as soon as they ask anew.

All share one crew of workers. First estimates of all viewers come before anybody's sharper ones, those before curves,
and diagnoses last; nobody has more than one question.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from nicegui.event import Event

from sim.engine.compiled.ready import pace
from sim.engine.run import digest
from sim.report.findings.arms import SHOWN as COMPARED
from sim.scenario.errors import RunError, ScenarioError, one_line
from sim.scenario.models import Scenario
from sim.study.ask.compare import Difference, changed_at_banks, differences_of, same_victims
from sim.study.ask.diagnose import Diagnosis, diagnose
from sim.study.ask.latency import Row
from sim.study.ask.payback import Payback, paybacks
from sim.study.ask.sharpen import FEWEST, Estimate, curves, estimates
from sim.study.ask.week import AverageWeek, average_week
from sim.study.run.crew import AbandonedError, Crew, Share
from sim.study.run.errors import StudyError
from sim.study.run.recent import Recent
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import first_plans
from sim.web.outlook import cores
from sim.words.phrases import phrase, text_of

SEED: Final = 1
"""Of every estimate: that of `run` and `compare` where nobody says another."""
MOST_VIEWERS: Final = 12
"""Viewers who are served side by side; others wait until one of them is done."""
KEPT: Final = 1500
"""Runs that are remembered: some 45 MB."""
ANSWERS: Final = 8
"""Whole answers that are remembered: some MB each, most of it runs that are remembered anyway."""
PAIRS: Final = (10, 20, 40)
"""Pairs of runs of the diagnosis, one after the other."""
PLANS: Final = 4
"""Of the first replications, which a worker keeps: some 20 MB each of a city over 90 days."""
NICENESS: Final = 5
"""Of the workers: the clocks of rooms go before them, studies behind."""
LULL: Final = 0.3
"""Seconds after a first estimate in which nothing is worked on: who types goes on typing."""
FIRST, SHARPER, BESIDE, LAST = range(4)
"""Urgency of the parts of an answer."""
Phase = Literal["first", "sharper", "curve", "diagnosis", "over"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What a viewer wants to see."""

    scenario: Scenario
    before: Scenario | None
    """What it is compared with; None for nothing."""
    one_week: Scenario
    """A week of it, in which is looked for what binds."""
    arms: Sequence[Arm] = ()
    """All that are compared side by side, the first as it was; nothing, or two and more."""

    def key(self) -> str:
        """What it has in common with a question that has the same answer."""
        asked = (self.scenario, self.before, self.one_week, *(arm.scenario for arm in self.arms))
        return " ".join([*(digest(one) if one else "-" for one in asked), *(arm.name for arm in self.arms)])


@dataclass(frozen=True)
class Answer:
    """All that is known of a question so far."""

    phase: Phase = "first"
    """What is being worked on."""
    estimate: Estimate | None = None
    week: AverageWeek | None = None
    arms: Sequence[Difference] = ()
    """How the arms compare: over a few replications first, in the end over those of the estimate."""
    paybacks: Mapping[str, Payback] = field(default_factory=dict)
    """By arm."""
    curve: Sequence[Row] = ()
    at_banks: bool = False
    """Whether other people answer at banks than before, whose pay is in no cost."""
    apart: bool = False
    """Whether other victims are robbed than before, so that amounts differ by more than what the centre does."""
    diagnosis: Diagnosis | None = None
    pairs: int = 0
    """Pairs of runs that the diagnosis has in the end."""
    mistake: str = ""
    """Why it cannot be answered, as a phrase."""


def answers(question: Question, runner: Runner, urge: Callable[[int], None]) -> Iterator[Answer]:
    """Answers to a question, each with more than the last.

    Args:
        question: what is asked.
        runner: where runs are made.
        urge: told how urgent what comes next is.
    """
    urge(FIRST)
    stream = estimates(runner, question.scenario, question.before)
    pair = [Arm("before", question.before or question.scenario), Arm("now", question.scenario)]
    answer = Answer(
        "sharper", next(stream), at_banks=bool(changed_at_banks(pair)), apart=not same_victims(pair)
    )  # fmt: skip
    yield answer
    urge(SHARPER)
    if question.arms:
        answer = _side_by_side(answer, question.arms, runner, FEWEST)
        yield answer
    for estimate in stream:
        answer = replace(answer, estimate=estimate)
        yield answer
        if answer.week is None and estimate.n >= FEWEST:  # a long piece of work, for which the next change would wait
            answer = replace(answer, week=average_week(runner, question.scenario))
            yield answer
    if answer.week is None:
        answer = replace(answer, week=average_week(runner, question.scenario))
        yield answer
    urge(BESIDE)
    if question.arms and answer.estimate is not None:
        answer = _side_by_side(answer, question.arms, runner, answer.estimate.n)
        yield answer
    answer = replace(answer, phase="curve")
    for curve in curves(runner, question.scenario):
        answer = replace(answer, curve=curve)
        yield answer
    urge(LAST)
    answer = replace(answer, phase="diagnosis", pairs=max(PAIRS, default=0))
    for pairs in PAIRS:
        answer = replace(answer, diagnosis=diagnose(runner, question.one_week, pairs, answer.week))
        yield answer
    yield replace(answer, phase="over")


def _side_by_side(answer: Answer, arms: Sequence[Arm], runner: Runner, replications: int) -> Answer:
    """The answer with how arms compare over replications that the estimate has, too."""
    results = runner.run(arms, replications)
    found = differences_of(arms, results, COMPARED)
    return replace(answer, arms=found, paybacks=paybacks(arms, found))


class Estimators:
    """All viewers of one server, and the workers that they share."""

    def __init__(self) -> None:
        self.crew = Crew(cores(), begin=_begin)
        self.recent = Recent(KEPT)
        self.finished: OrderedDict[str, Answer] = OrderedDict()
        """The whole answers to the questions that were asked last, by their keys: a page that is opened again shows
        what it had found. Written by the event loop alone."""
        self._threads = ThreadPoolExecutor(2 * MOST_VIEWERS, thread_name_prefix="estimate")
        self._open: set[Viewer] = set()

    def open(self) -> Viewer:
        """A new viewer, who has asked nothing yet."""
        made = Viewer(self)
        self._open.add(made)
        return made

    def leave(self, viewer: Viewer) -> None:
        """A viewer has gone."""
        viewer.stop()
        self._open.discard(viewer)

    def close(self) -> None:
        """Nobody is answered any more; the workers go home."""
        for viewer in list(self._open):
            self.leave(viewer)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.crew.close()

    def submit(self, work: Callable[[], None]) -> None:
        """Do something in a thread that waits for workers."""
        self._threads.submit(work)


class Viewer:
    """Somebody who looks at one page: one question, and what is known of it.

    Attributes:
        answer: to the question that was asked last.
        changed: emitted on the event loop when the answer has changed.
    """

    def __init__(self, of: Estimators) -> None:
        self._of = of
        self._share: Share | None = None
        self.answer = Answer()
        self.changed: Event[[]] = Event()

    def ask(self, question: Question) -> None:
        """Ask; what was asked before is abandoned, and its answer is no more than what was seen last."""
        self.stop()
        share = self._share = Share(self._of.crew)
        loop = asyncio.get_running_loop()
        self._of.submit(lambda: self._work(question, share, loop))

    def stop(self) -> None:
        """Let nothing be worked on."""
        if self._share is not None:
            self._share.abandon()
            self._share = None

    def _work(self, question: Question, share: Share, loop: asyncio.AbstractEventLoop) -> None:
        """Answer in a thread of its own, piece by piece; at once where the whole answer is known."""
        key = question.key()

        def tell(answer: Answer) -> None:
            if not share.abandoned:
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(self._show, share, answer, key)

        def urge(urgency: int) -> None:
            share.urgency = urgency
            if urgency == SHARPER:
                share.lull(LULL)

        if (known := self._of.finished.get(key)) is not None:
            tell(known)
            return
        runner = Runner(seed=SEED, backend=share, store=self._of.recent)
        try:
            for answer in answers(question, runner, urge):
                tell(answer)
        except AbandonedError:
            pass
        except (ScenarioError, StudyError, RunError) as error:
            tell(Answer("over", mistake=text_of(error)))
        except Exception as error:  # a mistake of ours: the page says so, and the server goes on
            _log.error("an estimate went wrong: %s", one_line(repr(error)))
            tell(Answer("over", mistake=phrase("what this program cannot estimate")))

    def _show(self, share: Share, answer: Answer, key: str) -> None:
        if answer.phase == "over" and not answer.mistake:
            self._of.finished[key] = answer
            self._of.finished.move_to_end(key)
            while len(self._of.finished) > ANSWERS:
                self._of.finished.popitem(last=False)
        if share is self._share:
            self.answer = answer
            self.changed.emit()


def _begin(_: int) -> Iterator[bool]:
    """What a worker does before all else: let the rooms go first, and load the machine code."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    first_plans.most = PLANS
    yield pace.load()
