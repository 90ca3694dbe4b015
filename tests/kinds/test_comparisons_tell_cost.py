"""Kind: a comparison hides neither what a change costs nor what can be said although an interval includes zero."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from sim.report.figures.compare import comparison_figure
from sim.report.findings import comparison, text
from sim.study.ask.compare import Difference, differences
from sim.study.run.metric_names import MONEY, NET_BENEFIT, with_net_loss
from sim.web.work import COMPARED
from sim.words.language import LANGUAGES, Language, using
from tests.cli.conftest import Command
from tests.examples import some


def priced(*arms: tuple[float, float]) -> list[Difference]:
    """A comparison of arms that each recover and cost so much more than the first, over four runs."""
    results = [
        [
            {"recovered": 9e5 + 1e5 * n + gain, "prevented": 5e4, "cost": 2e5 + price + n}
            for gain, price in ((0, 0), *arms)
        ]
        for n in range(4)
    ]
    names = ["base", *(f"arm{number}" for number in range(1, len(arms) + 1))]
    return differences(names, results, ["recovered", *MONEY])


@pytest.mark.parametrize(
    ("gain", "price", "said"),
    [
        (50_000, 10_000, "Arm1 pays: cost +10,000 yuan, net benefit +40,000 yuan"),
        (5_000, 60_000, "Arm1 loses money: cost +60,000 yuan, net benefit -55,000 yuan"),
        (7_000, 7_000, "Arm1 neither pays nor loses money"),
    ],
)
def test_a_change_that_loses_money_is_said_to(gain: float, price: float, said: str) -> None:
    """Beside what it recovers, an arm is told by its cost and by recovered and prevented less cost."""
    [line] = comparison.money_finding(priced((gain, price)))
    assert line.startswith(said)


def test_others_that_lose_money_are_named() -> None:
    """The sentence is about the arm of the finding; no other loses money in silence, "too" where that one does."""
    lines = comparison.money_finding(priced((50_000, 10_000), (1_000, 90_000)))
    assert lines[1] == "These lose money: arm2."
    lines = comparison.money_finding(priced((50_000, 60_000), (1_000, 90_000)))
    assert lines[1] == "These lose money, too: arm2."


def test_net_benefit_is_recovered_and_prevented_less_cost() -> None:
    """Of runs that have a cost; without a price there is nothing to tell."""
    run = {"loss": 10.0, "recovered": 4.0, "prevented": 3.0}
    assert NET_BENEFIT not in with_net_loss(run)
    assert with_net_loss(run | {"cost": 2.0})[NET_BENEFIT] == 5.0
    assert comparison.money_finding(priced((1, 1))[:2]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_and_pictures_have_cost_and_net_benefit(language: Language) -> None:
    """Each in a table and a panel of its own, and in the picture the sentence that says what it comes to."""
    with using(language):
        rows = priced((50_000, 90_000))
        titles = [str(table.title) for table in comparison.comparison_tables(rows)]
        drawn = "".join(t.get_text() for t in comparison_figure(rows).findobj(Text)).replace("\n", " ")
        for metric in MONEY:
            label = text.metric(metric).label
            assert any(title.startswith(label) for title in titles)
            assert label.partition(" ")[0][:4] in drawn
        assert comparison.money_finding(rows)[0] in drawn


def test_the_page_compares_cost() -> None:
    """What a study of the page compares includes both."""
    assert {*MONEY} <= {*COMPARED}


@settings(max_examples=some(150))
@given(st.lists(st.tuples(*(st.floats(0, 1) for _ in range(3))), min_size=3, max_size=8))
def test_a_headline_says_what_its_table_says(runs: list[tuple[float, ...]]) -> None:
    """Whoever the table calls best with four of five is in the headline, and nothing is said to be no different."""
    names = ["base", "arm1", "arm2"]
    rows = differences(names, [[{"recovered": value} for value in one] for one in runs], ["recovered"])
    said = comparison.finding(rows).lower()
    assert "no difference" not in said
    leader = max(rows, key=lambda row: row.best)
    surely = [row for row in rows[1:] if comparison.verdict(row) == "better"]
    if leader.best >= comparison.PROBABLY and not surely:
        assert leader.arm in said
        assert "probably" in said or comparison.is_reference(leader)
    if "probably" in said:
        assert f"({comparison.best_words(leader)}%)" in said
    _held_by_the_intervals(rows, said)


def _held_by_the_intervals(rows: Sequence[Difference], said: str) -> None:
    """What a headline says of intervals is what they are: of an arm that is surely worse none includes zero."""
    worse = [row.arm for row in rows[1:] if comparison.verdict(row) == "worse"]
    if "include zero" in said:
        assert not worse
    if "surely worse" in said:
        assert worse == [arm for arm in ("arm1", "arm2") if arm in said.partition("; only ")[2]]


@pytest.mark.parametrize("open_arm", [0.001, -0.001, 0.0])
def test_an_arm_that_is_surely_worse_is_told_apart_from_open_ones(open_arm: float) -> None:
    """One arm loses for sure, the other is open: no interval is said to include zero that does not."""
    runs = [
        [
            {"recovered": 0.5 + 0.1 * n},
            {"recovered": 0.4 + 0.101 * n},
            {"recovered": 0.5 + 0.1 * n + sign * 0.01 + open_arm},
        ]
        for n, sign in enumerate((1, -1, 1, -1, 1, -1))
    ]
    rows = differences(["base", "arm1", "arm2"], runs, ["recovered"])
    assert [comparison.verdict(row) for row in rows[1:]] == ["worse", "open"]
    said = comparison.finding(rows).lower()
    assert "surely worse" in said
    _held_by_the_intervals(rows, said)


def test_the_command_tells_cost_of_every_comparison(fundfreeze: Command) -> None:
    """Whatever metric is asked for, cost and net benefit stand in the output and in the file."""
    small = ("--set", "horizon=3h", "--set", "follow_up=1d", "--replications", 2, "--jobs", 1)
    answer = fundfreeze("compare", "city", "--arm", "cars:desks.car.staff=50", "--metric", "accounts_stopped", *small,
                        "--out", "DIR")  # fmt: skip
    assert (answer.status, answer.err) == (0, "")
    assert "Cars loses money: cost +" in answer.out
    lines = Path("DIR/compare.csv").read_text(encoding="utf-8")
    assert all(f"cars,,{metric}," in lines for metric in MONEY)
