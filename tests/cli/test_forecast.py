"""What a long study says of its time before it goes on."""

from __future__ import annotations

import pytest

from sim.cli.options import Forecast


def test_a_long_study_says_how_long_it_will_take(capsys: pytest.CaptureFixture[str]) -> None:
    """After three seconds of runs, once, on standard error; the start of the workers does not count."""
    times = iter([100.0, 101.0, 103.0, 110.0])
    forecast = Forecast(clock=lambda: next(times))
    forecast.tell(1)
    forecast.expect(738)
    for done in (1, 3, 7, 20):  # 19 runs in 10 s; 6 of 738 are too few to tell
        forecast.tell(done)
    answer = capsys.readouterr()
    assert (answer.out, answer.err) == ("", "about 6 min 30 s for 738 runs\n")


def test_the_pace_is_not_known_from_a_part_of_the_first_run(capsys: pytest.CaptureFixture[str]) -> None:
    """A long one tells how far it is: a hundredth of it in three seconds is no pace of thousands of short ones."""
    times = iter([0.0, 3.0, 6.0, 12.4])
    forecast = Forecast(5811, clock=lambda: next(times))
    for done in (0.01, 0.02, 20.0, 120.0):
        forecast.tell(done)
    assert capsys.readouterr().err == "about 10 min for 5,811 runs\n"


def test_a_short_study_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor does one that does not know how many runs it has."""
    for expected in (0, 20):
        times = iter([0.0, 3.0])
        forecast = Forecast(expected, clock=lambda times=times: next(times))
        forecast.tell(1)
        forecast.tell(7)
    assert capsys.readouterr().err == ""
