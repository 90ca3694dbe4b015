"""Progress names the phase and gives one believable time for the whole; piped output tells it now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from sim.cli import progress as cli_progress
from sim.cli.progress import shown
from sim.exercise.counterfactual import MOST_UNDONE
from sim.exercise.review import review
from sim.scenario.loader import load
from sim.scenario.people import NAMED_POLICIES
from sim.study.ask.calibrate import calibrate
from sim.study.ask.latency import latency_curve
from sim.study.ask.nearest import REPLICATIONS, how_many
from sim.study.ask.staff import staff
from sim.study.run.runner import Runner
from sim.study.run.whole import Whole
from sim.words import language as lang
from tests.exercise.plays import played
from tests.study.one_case import one_case, problem


@dataclass
class Clock:
    """Seconds that a test lets pass."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_time_for_the_whole() -> None:
    """Of 100 runs in two phases, told at 1 a second, what is left counts both; the start of the workers does not."""
    clock = Clock()
    whole = Whole("runs", clock)
    whole.expect(100)
    whole.begin("screening")
    clock.now = 50.0  # the workers started
    whole.tell(0, 40)
    for second in range(1, 41):
        clock.now = 50.0 + second
        whole.tell(second, 40)
        assert whole.left is None if second < 3 else whole.left == pytest.approx(100 - second)
    whole.begin("ends")
    assert whole.left == pytest.approx(60)
    clock.now = 110.0
    whole.tell(20, 60)
    assert whole.left == pytest.approx(40)
    assert whole.line() == "ends: 60 of 100 runs, about 40 s left"


def test_time_between_phases_is_no_pace_of_runs() -> None:
    """A study that thinks for a minute between two phases takes no longer for what is left: 40 s had become 70."""
    clock = Clock()
    whole = Whole("runs", clock)
    whole.expect(100, at_most=True)
    whole.begin("other latencies")
    for second in range(61):
        clock.now = float(second)
        whole.tell(second, 60)
    assert whole.left == pytest.approx(40)
    clock.now = 90.0
    assert whole.left == pytest.approx(40)
    clock.now = 120.0
    whole.expect(40)
    whole.begin("screening")
    assert whole.left == pytest.approx(40)
    clock.now = 130.0
    whole.tell(10, 40)
    assert whole.left == pytest.approx(30)


def test_a_phase_of_several_parts_never_goes_back() -> None:
    """A second part of the same phase counts on from the first."""
    whole = Whole("search", Clock())
    seen = []
    for done, total in ((5, 10), (10, 10), (1, 10), (10, 10), (3, 20)):
        whole.tell(done, total)
        seen.append(whole.done)
    assert seen == [5, 10, 11, 20, 23]


def test_nothing_is_said_to_be_left_where_nobody_knows() -> None:
    """A search has no number of runs: the time so far is told, and never a time of zero."""
    clock = Clock()
    whole = Whole("runs", clock)
    whole.begin("search")
    whole.tell(0, 10)
    clock.now = 300.0
    whole.tell(10, 10)
    assert whole.left is None
    assert whole.line() == "search: 10 runs, 5 min so far"


def test_a_search_tells_the_longest_that_it_can_take() -> None:
    """A bound is called one, and gives way to what is known later, also where that is less."""
    clock = Clock()
    whole = Whole("runs", clock)
    whole.expect(1000, at_most=True)
    whole.begin("search")
    whole.tell(0, 20)
    clock.now = 10.0
    whole.tell(20, 20)
    assert whole.line() == "search: 20 of at most 1,000 runs, at most about 8 min 10 s left"
    whole.expect(60)
    whole.begin("what is told")
    assert whole.line() == "what is told: 20 of 80 runs, about 30 s left"


def test_a_search_of_rosters_has_one_time_for_all_its_phases() -> None:
    """It names its phases, never does more runs than it said at most, and says how many once it knows."""
    phases: list[str] = []
    said: list[tuple[str, float, float]] = []
    whole = Whole("runs")

    def expect(runs: int, *, at_most: bool = False) -> None:
        said.append(("at most" if at_most else "exactly", whole.done + runs, whole.done))
        whole.expect(runs, at_most=at_most)

    scenario = load("city", ["horizon=6h", "follow_up=2d"]).scenario
    with Runner(
        seed=1, jobs=1, progress=whole.tell, expect=expect, bound=partial(expect, at_most=True), phase=phases.append
    ) as runner:
        staff(runner, scenario, ["analyst"], budget=60, replications=2)
    assert phases == ["search", "other rosters around it", "what is told"]
    assert [kind for kind, *_ in said] == ["at most", "at most", "exactly"]
    assert all(whole.done <= total for _, total, _ in said)
    assert whole.done == said[-1][1]


@pytest.mark.parametrize("seconds", [0.0, 0.2, 59.6, 601.0, 7300.0])
def test_no_time_is_zero(seconds: float) -> None:
    """However little is left or past."""
    clock = Clock()
    whole = Whole("runs", clock)
    clock.now = seconds
    assert "0:00" not in whole.line()
    assert not whole.said().startswith("0 ")


def test_piped_output_tells_it_on_the_error_stream(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain line now and then, also while no run ends, in the reader's language; nothing on standard output."""
    monkeypatch.setattr(cli_progress, "EVERY", 0.01)
    for language, words in (("en", "runs: 3 of 7 runs"), ("zh", "已运行 3 / 7 次")):
        with lang.using(language):  # type: ignore[arg-type]
            whole = Whole(lang.say("runs"))
            whole.tell(3, 7)
            said = ""
            with shown(whole):
                until = time.monotonic() + 20
                while words not in said and time.monotonic() < until:
                    answer = capsys.readouterr()
                    assert answer.out == ""
                    said += answer.err
        assert words in said
        assert "\x1b" not in said


def told(study: Callable[[Runner], object]) -> tuple[list[str], list[int], int]:
    """The phases of a study, what it expects, and how many runs it did."""
    phases: list[str] = []
    expected: list[int] = []
    whole = Whole("runs")

    def expect(runs: int) -> None:
        expected.append(runs)
        whole.expect(runs)

    with Runner(seed=1, jobs=1, progress=whole.tell, expect=expect, phase=phases.append) as runner:
        study(runner)
    return phases, expected, int(whole.done)


def test_studies_of_several_phases_name_them() -> None:
    """A calibration and a latency curve: each phase, and about as many runs as were said before."""
    phases, expected, done = told(lambda runner: calibrate(problem(), runner, simulations=60, checks=5))
    assert phases == ["draws of the prior", "draws of the posterior", "the nearest draws again"]
    again = (how_many(60) + 1) * REPLICATIONS
    assert (expected, done) == ([65 + again], 66 + again)  # one run looks whether there are such metrics
    phases, expected, done = told(lambda runner: latency_curve(one_case(), replications=2, runner=runner))
    assert phases == ["as it is", "other latencies"]
    assert expected[0] == pytest.approx(done, rel=0.2)


def test_a_review_is_not_said_to_be_over_before_it_is() -> None:
    """What is told while decisions are played again counts the runs that follow, too, and never fewer than before."""
    said: list[tuple[int, int]] = []
    most = 5
    review(played(), most=most, progress=lambda done, of: said.append((done, of)))
    assert [done for done, _ in said] == list(range(1, most + 1))
    assert {of for _, of in said} == {most + len(NAMED_POLICIES) + MOST_UNDONE + 2}
