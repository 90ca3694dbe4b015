"""What is said and drawn of a comparison, of a minute and of the way of the loss."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from math import isnan

import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.report.figures import render
from sim.report.figures.compare import comparison_figure
from sim.report.figures.waterfall import minute_figure, waterfall_figure
from sim.report.findings import arms
from sim.report.findings.comparison import (
    COLUMNS,
    comparison_csv,
    comparison_tables,
    finding,
    money_finding,
    verdict,
)
from sim.report.findings.minutes import table as minutes_table
from sim.report.findings.side_by_side import Twice, beside, explain, explain_study, laid_out, most_different
from sim.report.findings.waterfall import change_finding, minute_finding, shrinks, waterfall_finding
from sim.study.ask.compare import Difference, differences
from sim.study.ask.experiment import replicate
from sim.study.ask.latency import with_latency
from sim.study.ask.minute import Minute, minute_of, waterfall
from sim.study.infer.stats import Summary, summary
from sim.study.run.runner import Arm, Runner
from sim.web.estimate_charts import way_options
from sim.words import language as lang
from sim.words import names
from tests.worlds import city


def rows(*shares: tuple[float, ...], metric: str = "recovered_share") -> list[Difference]:
    """A comparison of arms with these values in each replication; the first is `base`."""
    names = ["base", *(f"arm{i}" for i in range(1, len(shares)))]
    return differences(names, [[{metric: value} for value in one] for one in zip(*shares, strict=True)], [metric])


BASE = (0.10, 0.30, 0.20)


@pytest.mark.parametrize(
    ("arms", "said"),
    [
        ([(0.11, 0.31, 0.22), (0.115, 0.32, 0.215)], "Arm2 raises share recovered by 1.67 points (0.95 to 2.38)"),
        (
            [(0.05, 0.26, 0.15)],
            "Against base no change raises share recovered: arm1 lowers it by 4.7 points (3.2 to 6.1)",
        ),
        (
            [(0.0, 0.5, 0.2)],
            "Share recovered: which is better is open; arm1 is best with 63%, and the intervals include zero",
        ),
        (
            [(0.0, 0.8, 0.2), (0.0, 0.8, 0.2)],
            "Share recovered: which is better is open; arm1 and arm2 are best with 36% each, and the intervals include"
            " zero",
        ),
        (
            [(0.11, 0.31, 0.2)],
            "Share recovered: arm1 is probably better (91%), by 0.7 points; its interval (-0.8 to +2.1) still includes"
            " zero",
        ),
        (
            [(0.095, 0.29, 0.2), (0.08, 0.2, 0.21)],
            "Share recovered: base is probably best (80%), by 0.5 points before arm1; the intervals of the others still"
            " include zero",
        ),
        ([BASE], "Share recovered: the same in every run, whatever is changed"),
    ],
)
def test_the_finding_is_the_arm_whose_interval_says_most(arms: list[tuple[float, ...]], said: str) -> None:
    """An arm is named only where the interval of its difference leaves out zero; else nothing is found."""
    assert finding(rows(BASE, *arms)) == said


def test_less_of_a_bad_thing_is_better() -> None:
    """A lower loss is the better one, and is told as lowered."""
    compared = rows((100.0, 90.0, 95.0), (80.0, 71.0, 74.0), metric="net_loss")
    assert verdict(compared[1]) == "better"
    assert finding(compared, {"arm1": "a hold"}).startswith("A hold lowers net loss of the victims by 20 yuan")


def test_tables_have_at_most_seven_columns_and_every_arm() -> None:
    """One row for each arm, with its interval and its probability, in seven columns at most."""
    compared = rows(BASE, (0.115, 0.32, 0.215))
    [table] = comparison_tables(compared)
    assert len(table.columns) <= 7
    assert table.row_count == 2
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(table)
    shown = console.export_text()
    for words in ("arm1", "+1.67 points", "+0.95 to +2.38", "n = 3 pairs", "more is better"):
        assert words in shown


def test_the_file_has_every_row() -> None:
    """The CSV has the columns it promises and the numbers of the comparison."""
    compared = rows(BASE, (0.115, 0.32, 0.215))
    head, *lines = csv.reader(io.StringIO(comparison_csv(compared)))
    assert tuple(head) == COLUMNS
    told = dict(zip(head, lines[1], strict=True))
    assert (told["arm"], told["against"], told["n"], told["probability_best"]) == ("arm1", "base", "3", "0.995074")
    assert float(told["difference"]) == pytest.approx(compared[1].change.mean, rel=1e-5)


def test_pictures_of_the_same_rows_are_the_same_bytes() -> None:
    """A comparison, with groups too, is drawn to the same bytes each time; without an arm there is no picture."""
    compared = rows(BASE, (0.115, 0.32, 0.215), (0.0, 0.5, 0.2))
    grouped = [Difference(r.arm, r.metric, "old", r.value, r.against, r.change, r.best, r.unpaired) for r in compared]
    for drawn in (compared, [*compared, *grouped]):
        pictures = {render(comparison_figure(drawn), "svg") for _ in range(2)}
        assert len(pictures) == 1
        assert pictures.pop().startswith(b"<?xml")
    with pytest.raises(ValueError, match="needs an arm"):
        comparison_figure(rows(BASE))


def test_arms_with_victims_of_their_own_are_marked() -> None:
    """Table and picture name the arms that share no luck with what they are compared with, and only them."""
    shares = (BASE, (0.115, 0.32, 0.215), (0.0, 0.5, 0.2))
    results = [[{"recovered_share": value} for value in one] for one in zip(*shares, strict=True)]
    compared = differences(["base", "arm1", "arm2"], results, ["recovered_share"], apart={"arm2"})
    [table] = comparison_tables(compared)
    assert list(table.columns[0].cells) == ["base", "arm1", "arm2 (victims of its own)"]
    assert list(table.columns[-1].cells)[2] == ""
    assert [isnan(row.best) for row in compared] == [False, False, True]
    assert finding(compared) == finding(compared[:2])  # of arms that meet the same victims
    alone = differences(["base", "arm1"], [row[:2] for row in results], ["recovered_share"], apart={"arm1"})
    assert finding(alone) == (
        "Share recovered is 1.67 points higher in arm1 (0.95 to 2.38); other victims are robbed in arm1, so what"
        " differs there is not what the centre does"
    )
    said = [text.get_text() for text in comparison_figure(compared).findobj(Text)]
    assert any("arms with victims of their own share no luck" in " ".join(one.split()) for one in said)
    assert "arm2 (victims of its own)" in said
    said = [text.get_text() for text in comparison_figure(rows(*shares)).findobj(Text)]
    assert not any("of their own" in one for one in said)


def test_more_crime_is_no_investment() -> None:
    """More victims lose more and get back more: nothing is said to pay, or to be best, by that."""
    results = [[{"cost": 10.0 + n, "net_benefit": 100.0 + n}, {"cost": 11.0 + n, "net_benefit": 900.0 + n}]
               for n in range(4)]  # fmt: skip
    compared = differences(["base", "more"], results, ["net_benefit", "cost"], apart={"more"})
    assert money_finding(compared) == []
    assert arms.finding(compared) == (
        "other victims are robbed in more, so what differs there is not what the centre does"
    )
    told = {row[0]: row[1:] for row in arms.rows(compared, ["base", "more"])}
    assert not [name for name in told if name.startswith(("probability", "saved for"))]


@pytest.mark.parametrize(("language", "unit", "scale"), [("en", "yuan", 1.0), ("zh", "万元", 1e-4)])
def test_the_waterfall_says_the_unit_that_it_is_drawn_in(language: lang.Language, unit: str, scale: float) -> None:
    """In a file and on the live page: bars and numbers are in what stands beside them, and no other unit does."""
    steps = waterfall(replicate(city(), 3, seed=1))
    with lang.using(language):
        figure = waterfall_figure(steps, "")
        labels = way_options(steps)["baseOption"]["yAxis"]["data"]
    [axes] = figure.axes
    assert axes.patches[0].get_width() == pytest.approx(steps[0].amount.mean * scale)
    assert unit in axes.get_xlabel()
    assert unit in labels[0]
    other = {"yuan": "元", "万元": "yuan"}[unit]
    assert other not in "".join([*labels, *(text.get_text() for text in figure.findobj(Text))])


def test_the_waterfall_and_the_minutes_are_drawn() -> None:
    """Both pictures are drawn from runs of the small city, and their headlines say the largest."""
    base = replicate(city(), 3, seed=1)
    steps = waterfall(base)
    most = max(steps[1:-1], key=lambda step: step.amount.mean)
    assert f"({100 * most.share.mean:.0f}%)" in waterfall_finding(steps)
    assert render(waterfall_figure(steps, "City"), "png").startswith(b"\x89PNG")
    slow = replicate(with_latency(city(), "bank", 1.0, 600_000), 3, seed=1)
    one = minute_of("bank", base, slow, 10.0)
    assert render(minute_figure([one], "City", 10.0), "png").startswith(b"\x89PNG")
    assert ("bank costs" in minute_finding([one])) == (one.value.low > 0)
    nothing = minute_of("bank", base, base, 10.0)
    assert minute_finding([nothing]).startswith("In none of 3 pairs did a minute more, at any stage, change")
    unsure = replace(nothing, value=summary([-1.0, 2.0, 0.5]))
    assert minute_finding([unsure]) == "Within these intervals, a minute is worth nothing at any stage"


def test_the_case_that_differs_most_is_told_twice() -> None:
    """Both stories are of the same victim, under each arm's name, and the money in the head is that of the runs."""
    fast, slow = Arm("fast", city()), Arm("slow", with_latency(city(), "all", 10.0))
    runs = (simulate(fast.scenario, 3, 1), simulate(slow.scenario, 3, 1))
    measured = (measure(runs[0]), measure(runs[1]))
    [pair] = most_different(runs, measured, 1)
    gap = abs(measured[0].recovered - measured[1].recovered)
    assert gap[pair.rows[0]] == gap.max() == abs(pair.recovered[0] - pair.recovered[1]) > 0
    assert pair.rows[0] == pair.rows[1]
    lines = explain(fast, slow, seed=3, replication=1)
    assert lines[0].startswith(f"1. Case {pair.id} of replication 1: ")
    assert sum("THE REPORT" in line for line in lines) == 1
    assert max(map(len, lines)) <= 160
    assert explain(fast, Arm("same", city()), seed=3, replication=1) == [
        "In replication 1 no case differs between fast and same."
    ]


def test_what_two_stories_share_stands_on_one_line() -> None:
    """Equal lines meet across a bar, others across a mark; a long line is folded within its column."""
    told = list(beside(["a", "b", "c"], ["a", "x", "y", "c"], 9))
    assert told == ["a   | a", "b   ! x", "    ! y", "c   | c"]
    assert list(beside(["one two"], ["one two"], 13)) == ["one   | one", "  two |   two"]


def test_stories_stand_under_each_other_where_a_terminal_is_narrow() -> None:
    """No line is wider than the terminal; the lines in which the two differ are marked, and none is left out."""
    told = [
        Twice(
            "1. Case 7",
            ("fast", "slow"),
            (["  08:00 the call", "  09:00 stopped"], ["  08:00 the call", "  09:30 gone"]),
        )
    ]
    assert laid_out(told, 80) == [
        "1. Case 7", "", "! fast", "    08:00 the call", "!   09:00 stopped", "", "! slow", "    08:00 the call",
        "!   09:30 gone", "",
    ]  # fmt: skip
    fast, slow = Arm("fast", city()), Arm("slow", with_latency(city(), "all", 10.0))
    for width in (80, 120, 140):
        assert max(map(len, explain(fast, slow, seed=3, replication=1, width=width))) <= width


def test_the_stories_of_a_study_say_of_which_replication_they_are() -> None:
    """All are of the replication in which the metric differs most, which is said before them."""
    arms = [Arm("fast", city()), Arm("slow", with_latency(city(), "all", 10.0))]
    with Runner(seed=3) as runner:
        first, *others = explain_study(runner, arms, 2, "recovered_share", 2)
    assert first.head.startswith("Of 2 replications number ")
    assert "where share recovered differs most between fast and slow" in first.head
    assert len(others) == 2


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_a_comparison_fits_a_terminal_without_cutting_a_number(scale: float) -> None:
    """At 80 columns names fold and intervals break at a space; large amounts are told in millions."""
    told = rows((1234567 * scale, 1434567 * scale), (234567 * scale, 934567 * scale), metric="net_loss")
    told = [replace(row, arm="two hours slower everywhere" if row.arm == "arm1" else row.arm) for row in told]
    out = io.StringIO()
    console = Console(file=out, width=80)
    for table in comparison_tables(told):
        console.print(table)
    assert "\N{HORIZONTAL ELLIPSIS}" not in out.getvalue()
    assert ("million yuan" in out.getvalue()) == (scale > 1)
    assert max(map(len, out.getvalue().splitlines())) <= 80


def test_values_of_a_minute_have_the_same_digits() -> None:
    """Rows sorted by their value look sorted: all are told to the digits that the column supports."""
    spread = ((151.0, 200.0), (149.0, 3.0), (20.2, 60.0), (0.0, 0.0))
    minutes = [
        Minute(name, Summary(mean, mean - half, mean + half, mean, mean, mean, 9), *2 * [summary([0.0, 0.0])])
        for name, (mean, half) in zip("abcd", spread, strict=True)
    ]
    shown = list(minutes_table(minutes, "T").columns[1].cells)
    assert shown == ["150", "150", "20", "0"]


def test_labels_of_one_panel_do_not_reach_into_the_next() -> None:
    """Beside each other, long numbers stay over their own panel."""
    names = ["base", "much slower"]
    values = [[{"recovered": 9e6 + i, "net_loss": 1e6 + i}, {"recovered": 1e3 * i, "net_loss": 9e6}] for i in range(3)]
    figure = comparison_figure(differences(names, values, ["recovered", "net_loss"]))
    figure.canvas.draw()
    for axes in figure.axes:
        panel = axes.get_window_extent()
        for label in axes.texts:
            box = label.get_window_extent()
            assert panel.x0 - 5 <= box.x0
            assert box.x1 <= panel.x1 + 5


def fates(**shares: float) -> dict[str, Summary]:
    """Shares of the loss by where it is in the end."""
    return {name: summary([share, share]) for name, share in shares.items()}


def test_a_change_is_told_by_what_it_takes_away() -> None:
    """Both levels, and the cause that shrinks most however small; of money that still moves nothing, of none none."""
    today = fates(recovered=0.2, undetected=0.5, out_of_reach=0.2, bank_refused=0.02, still_moving=0.08)
    then = fates(recovered=0.235, undetected=0.5, out_of_reach=0.2, still_moving=0.065)
    assert shrinks(today, then) == "bank_refused"
    assert change_finding(today, then) == (
        "20.0% of the loss is recovered today, 23.5% with the change;"
        f" {names.cause('bank_refused').label} shrinks most (2.0% to 0.0%)"
    )
    assert shrinks(today, {**today, "undetected": summary([0.6])}) == ""
    assert change_finding(today, today) == "20.0% of the loss is recovered today, 20.0% with the change"
