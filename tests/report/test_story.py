from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.report.findings.case import gather
from sim.report.findings.story import choose_case, tell
from sim.report.findings.timeline import finding
from tests.measure.whole import whole
from tests.worlds import criminals, lapsed_lead, on_accounts, pause, route
from tests.worlds import world as world_of

SLOW = criminals(exits={"cash": {"share": 1.0, "dwell": "10h"}})


def test_one_account_is_told_from_payment_to_stop(caught: Run) -> None:
    """The story of one account names every moment, who worked, how long, and what was caught."""
    told = "\n".join(tell(caught))
    for part in (
        "scenario tiny, seed 1, replication 0; case 1 of 1",
        "Friday 11 July 2025",
        "09:00:00     -30.0 min  The victim pays 10,000 yuan to A1 (layer 1, icbc).",
        "09:20:00     -10.0 min  The victim understands, 20 min after the last payment.",
        "09:30:00      +0.0 min  THE REPORT, 30 min after the first payment.",
        "09:30:00      +0.0 min  intake 1 begins the statement at once.",
        "09:35:00      +5.0 min  The statement is done after 5 min of work. Now known: A1 (layer 1, icbc).",
        "09:41:00     +11.0 min  STOP A1 (layer 1, icbc): 10,000 yuan caught, all that arrived.",
        "known 09:35:00; entry: analyst 1 took 4.0 min; bank: officer 1 of icbc took 2.0 min",
        "the victim paid 10,000 yuan; 10,000 yuan (100%) lie under a stop: recovered.",
        "The first stop took effect 11 min after the report, the last 11 min after it.",
    ):
        assert part in told


def test_two_layers_too_late(too_late: Run) -> None:
    """Money that left before the stops is told as gone, with the way out and how long the account was empty."""
    told = "\n".join(tell(too_late))
    assert "A1 (layer 1, icbc) sends 10,000 yuan on to A2 (layer 2, icbc)." in told
    assert "10,000 yuan leave A2 (layer 2, icbc) in cash." in told
    assert "Stop A1 (layer 1, icbc): nothing left, empty for 21 min. Its bank names A2 (layer 2, icbc)." in told
    assert "nothing came back" in told
    assert "10,000 yuan left the banks, 10,000 yuan of it before the report: 10,000 yuan in cash." in told


def test_ending_agrees_with_the_measures(forest: Run) -> None:
    """What the story adds up to is what is measured, to the fen."""
    told, measured = gather(forest, 0), measure(forest)
    assert len(told.mules) > 10
    assert (told.loss, told.held) == (measured.loss[0], measured.recovered[0])
    assert sum(told.exited.values()) == measured.lost[0]
    assert told.moving == measured.moving[0]
    assert 0 < told.held < told.loss
    assert f"{len(told.mules)} accounts on 3 layers" in "\n".join(tell(forest))


def test_lines_are_in_the_order_of_time(forest: Run) -> None:
    """Within a day no line stands before an earlier one."""
    clocks = [line.strip()[:8] for line in tell(forest) if line.startswith("  ") and line[4:5] == ":"]
    assert len(clocks) > 20
    assert clocks == sorted(clocks)


def test_detail_has_a_line_for_every_row_and_transfer(forest: Run) -> None:
    """With detail, every row of the case's log and every transfer stands in a line of its own."""
    rows = int((forest.rows.case == 0).sum())
    lines = [line for line in tell(forest, detail=True) if line.startswith("  ")]
    assert len(lines) == rows + len(gather(forest, 0).moves) + 2  # discovery and report


def test_telling_is_a_pure_function(forest: Run) -> None:
    """The same run is told in the same words."""
    assert tell(forest) == tell(forest)


def test_silent_victim(world: Callable[..., Run]) -> None:
    """A victim who tells nobody gets a story without responders."""
    told = "\n".join(tell(world(scam={"reports": 0.0})))
    assert "nobody looked for it" in told
    assert "THE REPORT" not in told


def test_cases_are_chosen_by_their_number(caught: Run) -> None:
    """Case 1 is the first to pay; a number beyond the run is refused with the numbers there are."""
    assert choose_case(caught, 1) == 0
    for number in (0, 2):
        with pytest.raises(ValueError, match=f"no case {number}: this run of tiny has cases 1 to 1"):
            choose_case(caught, number)
    with pytest.raises(ValueError, match="no case 7"):
        tell(caught, 7)


def test_the_whole_response_is_told() -> None:
    """With everything on, every case and bystander can be told, in words for each thing that happens to them."""
    told: list[str] = []
    for seed in range(3):
        run = simulate(whole(), seed)
        measured = measure(run)
        for case in range(len(run.plan.victims)):
            lines, one = tell(run, case), gather(run, case)
            assert one.loss == measured.loss[case]
            assert one.held == measured.recovered[case]
            assert one.moving + one.under_stop == measured.moving[case]
            told += lines
            assert tell(run, case, detail=True)
    said = "\n".join(told)
    for words in (
        "FREEZE A", "filed by the police", "lapses after", "is lifted after", "does not pass the bank's check",
        "are put right", "A field team reaches", "a courier)", "are paid back to the victim", "for victims.",
        "A warning about the victim", "raises an alarm", "A lead shows", "objects to the stop", "is free again",
        "The victim's own account is held", "nobody robbed this person", "were never paid",
    ):  # fmt: skip
        assert words in said, words


def test_numbers_of_cases_are_those_of_victims() -> None:
    """A case is chosen among the victims: bystanders have no number."""
    run = simulate(whole(), 1)
    victims = int((run.plan.victims.bystander == 0).sum())
    rows = [choose_case(run, number) for number in range(1, victims + 1)]
    assert sorted(rows) == [row for row, kind in enumerate(run.plan.victims.bystander.tolist()) if not kind]
    with pytest.raises(ValueError, match=f"no case {victims + 1}"):
        choose_case(run, victims + 1)


@pytest.mark.parametrize(
    ("chased", "said"),
    [
        (False, "Every stop was over before the report."),
        (True, "The first stop took effect 7 min after the report, the last 7 min after it."),
    ],
)
def test_a_stop_that_was_over_before_the_report_is_not_the_first_after_it(chased: bool, said: str) -> None:
    """A lead's stop that lapses before the report is told, but is not said to have answered the report."""
    told = "\n".join(tell(lapsed_lead("60h", chased=chased)))
    assert said in told


def test_one_stop_is_said_in_the_singular(caught: Run, too_late: Run) -> None:
    """The ending speaks of one stop as of one, and of several as of several."""
    assert "1 was stopped, and the stop found money." in "\n".join(tell(caught))
    assert "2 were stopped, and 2 of the 2 stops found nothing left." in "\n".join(tell(too_late))


def test_an_account_that_was_stopped_never_ends_without_a_stop() -> None:
    """Stopped at 0, freed at 1 h and stopped again at 2 h, it is not said at 1 h 30 min to end without a stop."""
    stop: dict[str, Any] = {"do": "place_hold"}
    again = route({"wait": pause("2h"), "stop": stop}, "account")
    steps = {
        "stop": stop, "later": {"start": {"route": "again"}}, "wait": pause("1h"), "free": {"do": "release"},
        "look": pause("30m"), "end": {"end": "looked"},
    }  # fmt: skip
    told = "\n".join(tell(simulate(world_of(routes=on_accounts(steps, again=again), criminals=SLOW))))
    assert told.count("STOP A1") == 2
    assert "without a stop" not in told


@pytest.mark.parametrize(("background", "said"), [(True, False), (None, True)])
def test_paperwork_in_the_background_is_no_end(background: bool | None, said: bool) -> None:
    """What a route in the background comes to is not said of an account; a route of the chase says its end."""
    paper = route({"wait": pause("1m"), "filed": {"end": "filed"}}, "account") | {"background": background}
    steps = {"paper": {"start": {"route": "paper"}}, "wait": pause("1h"), "stop": {"do": "place_hold"}}
    told = "\n".join(tell(simulate(world_of(routes=on_accounts(steps, paper=paper), criminals=SLOW))))
    assert ("ends without a stop: filed" in told) is said
    assert "STOP A1" in told


def test_the_picture_of_a_stop_before_the_report_says_so() -> None:
    """The finding over the picture of a case whose only stop came before the report names no time after it."""
    assert finding(gather(lapsed_lead("2h", chased=False), 0)).startswith("1 account stopped before the report")
