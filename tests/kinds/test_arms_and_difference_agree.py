"""Kind: two figures and their difference are told with one precision, so that who subtracts finds what is printed."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from io import StringIO
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from sim.report.findings import comparison, sweeps, text
from sim.report.findings.precision import Cells, Key, cells
from sim.study.ask.compare import Difference, differences
from sim.study.ask.sweep import Point
from sim.web import study_report
from sim.words import language as lang
from sim.words.language import LANGUAGES, Language
from tests.examples import some

METRICS = ("recovered_share", "net_loss", "response_latency", "cost", "net_benefit", "accounts_stopped")
SCALES = {"recovered_share": 1.0, "response_latency": 3600.0, "accounts_stopped": 40.0}


@st.composite
def comparisons(draw: st.DrawFn, most: int = 4) -> list[Difference]:
    """Arms of a metric over some replications: any size, any luck, changes from far below the luck to far above."""
    metric = draw(st.sampled_from(METRICS))
    size = SCALES.get(metric) or draw(st.sampled_from([300.0, 1e5, 3e6, 4e8]))
    runs, arms = draw(st.integers(1, 8)), draw(st.integers(2, most))
    share = st.floats(0.05, 1.0)
    base = [size * draw(share) for _ in range(runs)]
    results = [[value] for value in base]
    for _ in range(1, arms):
        change, noise = (size * 10 ** draw(st.floats(-6, -0.5)) for _ in range(2))
        sign = draw(st.sampled_from([-1, 0, 1]))
        for one, value in zip(results, base, strict=True):
            one.append(value + sign * change + noise * draw(st.floats(-1, 1)))
    names = ["base", *(f"arm{number}" for number in range(1, arms))]
    return differences(names, [[{metric: value} for value in one] for one in results], [metric])


@st.composite
def accounts(draw: st.DrawFn) -> list[Difference]:
    """What two rosters save, cost and leave over some replications."""
    runs, names = draw(st.integers(1, 8)), ("saved", "cost", "net_benefit")
    sizes = [draw(st.sampled_from([300.0, 1e4, 1e5, 3e6])) for _ in range(2)]
    results = []
    for _ in range(runs):
        row = []
        for _ in range(2):
            saved, cost = (size * draw(st.floats(0.0, 1.0)) for size in sizes)
            row.append(dict(zip(names, (saved, cost, saved - cost), strict=True)))
        results.append(row)
    return differences(["base", "arm"], results, names)


def number(words: str) -> Decimal:
    """The number that stands first in some words."""
    found = re.search(r"[-+]?[\d,]+(?:\.\d+)?", words)
    assert found, words
    return Decimal(found[0].replace(",", ""))


def check(rows: list[tuple[str, str]]) -> None:
    """(mean, difference) of a pair as printed, the reference first: they subtract, and their signs agree."""
    base = number(rows[0][0])
    for mean, change in rows[1:]:
        assert number(mean) - base == number(change), rows
        assert (number(mean) > base) - (number(mean) < base) == (number(change) > 0) - (number(change) < 0)


def unit_of(number: Decimal | None) -> Decimal:
    """One of the last digit that is told."""
    assert number is not None
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def made(told: Decimal | None, of: Decimal) -> None:
    """A number is what is made of others as they are printed: exactly, or to its own digits where they have more."""
    assert told is not None
    unit, finest = unit_of(told), unit_of(of)
    assert abs(told - of) <= (0 if unit == finest else (unit + finest) / 2), (told, of)


def subtract(shown: dict[Key, Cells], rows: list[Difference]) -> None:
    """Each arm less what it is compared with is their difference, as they are printed."""
    for row in rows:
        one, other = shown[row.arm, row.metric, ""], shown[row.against, row.metric, ""]
        if one.change is not None:
            assert one.mean is not None
            assert other.mean is not None
            made(one.change, one.mean - other.mean)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=some(150))
@given(rows=accounts())
def test_saved_less_cost_is_the_net_benefit_as_printed(language: Language, rows: list[Difference]) -> None:
    """Of their difference to its digits, of each arm to one digit; and each row still subtracts to the digit."""
    with lang.using(language):
        shown = cells(rows)
        for arm in ("base", "arm"):
            saved, cost, net = (shown[arm, name, ""].mean for name in ("saved", "cost", "net_benefit"))
            assert saved is not None
            assert cost is not None
            assert net is not None
            assert abs(saved - cost - net) <= unit_of(net)
        saved, cost, net = (shown["arm", name, ""].change for name in ("saved", "cost", "net_benefit"))
        assert saved is not None
        assert cost is not None
        made(net, saved - cost)
        for name in ("saved", "cost", "net_benefit"):
            base, arm = (shown[of, name, ""] for of in ("base", "arm"))
            assert number(arm.mean_words()) - number(base.mean_words()) == number(arm.change_words())


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=some(150))
@given(rows=accounts())
def test_the_headline_has_the_figures_of_the_table(language: Language, rows: list[Difference]) -> None:
    """Cost, net benefit and its interval read in the sentence as on the terminal, on the page and in the report."""
    with lang.using(language):
        [line, *_] = comparison.money_finding(rows)
        titles = {row.arm: row.arm for row in rows}
        for metric, table in zip(("saved", "cost", "net_benefit"), comparison.comparison_tables(rows), strict=True):
            _, page = study_report.difference_rows(rows, metric, titles)
            cells_of_arm = [list(column.cells)[1] for column in table.columns]
            assert [number(words) for words in page[1:3]] == [number(str(words)) for words in cells_of_arm[1:3]]
            assert page[3] == cells_of_arm[3]
            if metric != "saved":
                assert f" {cells_of_arm[2]}" in line
        assert str(cells_of_arm[3]) in line


def columns_of(table: Table) -> list[tuple[str, str]]:
    return list(zip(table.columns[1].cells, table.columns[2].cells, strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=some(150))
@given(rows=comparisons())
def test_tables_pages_and_reports_subtract(language: Language, rows: list[Difference]) -> None:
    """On the terminal, on the page and in the downloaded report; of a pair no
    difference has another sign than the arms."""
    with lang.using(language):
        shown, [table] = cells(rows), comparison.comparison_tables(rows)
        subtract(shown, rows)
        titles, big = {row.arm: row.arm for row in rows}, "million" in str(table.title)
        page = list(study_report.difference_rows(rows, rows[0].metric, titles))
        for row, (mean, change), (_, same, too, *_) in zip(rows, columns_of(table), page, strict=True):
            one = shown[row.arm, row.metric, ""]
            assert number(mean) == number(one.mean_words(millions=big))
            assert number(same) == number(one.mean_words())
            if one.change is not None:
                assert number(change) == number(one.change_words(millions=big))
                assert number(too) == number(one.change_words())
        if len(rows) == 2:
            check([(mean, change or "0") for mean, change in columns_of(table)])
        means = comparison.means_of(rows)
        for row, (_, mean, *_) in zip(rows, page, strict=True):
            assert number(means[row.arm, row.metric]) == number(mean)


@settings(max_examples=some(150))
@given(rows=comparisons())
def test_both_languages_tell_the_same_digits(rows: list[Difference]) -> None:
    """Chinese counts in 万元, and there a difference is as precise as in English, to the digit."""
    shown = {}
    for language in LANGUAGES:
        with lang.using(language):
            scale = Decimal(10_000 if language == "zh" and text.metric(rows[0].metric).unit == "yuan" else 1)
            found = cells(rows)
            shown[language] = [
                [number(words) * scale for words in (one.mean_words(), one.change_words(), one.interval_words())
                 if words != "-"] for one in found.values()
            ]  # fmt: skip
    assert shown["en"] == shown["zh"]


@settings(max_examples=some(150))
@given(rows=comparisons())
def test_what_is_printed_is_what_was_measured(rows: list[Difference]) -> None:
    """A difference is off by half of its last digit at most, an arm by one digit; nothing surely above 0 reads 0."""
    scale = text.english_scale(text.metric(rows[0].metric).unit)
    for row in rows:
        one = cells(rows)[row.arm, row.metric, ""]
        assert one.mean is not None
        unit = Decimal(1).scaleb(one.mean.as_tuple().exponent)  # type: ignore[arg-type]
        assert abs(float(one.mean) - row.value.mean * scale) <= float(unit) * 1.000001
        if one.change is None:
            continue
        assert abs(float(one.change) - row.change.mean * scale) <= float(unit) / 2 * 1.000001
        if comparison.verdict(row) != "open" and abs(row.change.mean) * scale > 1:
            assert one.change != 0


@settings(max_examples=some(150))
@given(rows=comparisons())
def test_no_difference_is_told_more_exactly_than_its_interval(rows: list[Difference]) -> None:
    """Two digits of half the interval, whatever the other arms are told with; no finer than anybody reads."""
    scale = text.english_scale(text.metric(rows[0].metric).unit)
    for row in rows[1:]:
        half = (row.change.high - row.change.low) / 2 * scale
        if half > 1e-6 * abs(row.change.mean) * scale:
            told = cells(rows)[row.arm, row.metric, ""].change
            assert float(unit_of(told)) * 100 > half


def test_arms_of_unlike_intervals_have_unlike_digits() -> None:
    """What is known to 34 yuan does not make one that is known to 200,000 read to the yuan, in any language."""
    luck = (-300_000, -100_000, 100_000, 300_000)
    results = [[{"net_benefit": 2_169_090.0 + n}, {"net_benefit": 2_864_686.0 + n + apart},
                {"net_benefit": 2_169_003.0 + n + apart / 5_000}] for n, apart in enumerate(luck)]  # fmt: skip
    rows = differences(["base", "much", "little"], results, ["net_benefit"])
    much, little = (cells(rows)[arm, "net_benefit", ""] for arm in ("much", "little"))
    assert (much.mean_words(), much.change_words()) == ("2,870,000", "+700,000 yuan")
    assert much.interval_words() == "+280,000 to +1,110,000"
    assert little.change_words() == "-87 yuan"
    with lang.using("zh"):
        assert (much.mean_words(), much.change_words()) == ("287", "+70 万元")


def test_shares_are_told_to_a_hundredth_of_a_point() -> None:
    """What is known to a thousandth makes nothing read 19.1133%, unless it is surely not nothing."""
    luck = (-0.03, -0.01, 0.01, 0.03)
    for tiny, said in ((2e-6, ("20.00", "0.00")), (2e-5, ("20.0000", "+0.0020"))):
        results = [[{"recovered_share": 0.2 + one}, {"recovered_share": 0.2 + one + tiny + one * 2e-4}] for one in luck]
        rows = differences(["base", "tiny"], results, ["recovered_share"])
        found = cells(rows)
        assert found["base", "recovered_share", ""].mean_words() == said[0]
        assert found["tiny", "recovered_share", ""].change_words(unit=False) == said[1]


def test_a_gain_is_not_lost_between_two_round_arms() -> None:
    """A gain of 14,859 from 2,800,000 is no 2,810,000 beside it, in either language."""
    gains = (13_000, 15_000, 16_577)
    results = [[{"recovered": 2_000_000.0 + 800_000 * n}, {"recovered": 2_000_000.0 + 800_000 * n + gain}]
               for n, gain in enumerate(gains)]  # fmt: skip
    rows = differences(["a", "b"], results, ["recovered"])
    found = cells(rows)
    assert [one.mean_words() for one in found.values()] == ["2,800,000", "2,814,900"]
    assert found["b", "recovered", ""].change_words() == "+14,900 yuan"
    with lang.using("zh"):
        assert [one.mean_words() for one in cells(rows).values()] == ["280.00", "281.49"]
        assert cells(rows)["b", "recovered", ""].change_words() == "+1.49 万元"


@pytest.mark.parametrize("language", LANGUAGES)
@given(first=st.integers(0, 10**12), more=st.one_of(st.integers(0, 10**7), st.integers(0, 10**12)))
def test_two_rooms_and_what_one_has_more_agree(language: Language, first: int, more: int) -> None:
    """Amounts of two rooms, and of a room and the model alone, are exact: what is printed subtracts to the yuan."""
    first, more = first // 100 * 100, more // 100 * 100
    with lang.using(language):
        said = [lang.exact_money(fen) for fen in (first + more, first, more)]
        one, other, apart = (number(words) * (10_000 if "万" in words else 1) for words in said)
        assert one - other == apart == more // 100


@settings(max_examples=some(50))
@given(rows=st.lists(st.floats(0.01, 1e6), min_size=3, max_size=3), change=st.floats(-0.5, 0.5))
def test_points_of_a_sweep_and_their_differences_subtract(rows: list[float], change: float) -> None:
    """In a sweep every point is told against the first."""
    points = [Point({"x": "1"}), Point({"x": "2"})]
    results = [[{"cost": value}, {"cost": value * (1 + change) + number}] for number, value in enumerate(rows)]
    table = sweeps.table(points, results, ["cost"])
    means, changes = (list(table.columns[place].cells) for place in (1, 4))
    assert number(str(means[1])) - number(str(means[0])) == number(str(changes[1]))


def test_a_mean_of_other_runs_is_not_made_to_add_up() -> None:
    """Where an arm has no meaning in a run, that run is left out of both arms: one n for the three."""
    results = [[{"response_latency": a}, {"response_latency": b}]
               for a, b in ((600.0, 660.0), (900.0, 950.0), (6000.0, float("nan")))]  # fmt: skip
    rows = differences(["a", "b"], results, ["response_latency"])
    assert [row.value.n for row in rows] == [2, 2]
    assert rows[0].value.mean == 750
    assert not isnan(rows[1].change.mean)
    check([(one.mean_words(), one.change_words() if one.change is not None else "0") for one in cells(rows).values()])


def test_the_report_of_a_study_prints_what_the_page_prints() -> None:
    """Every mean of a compared metric reads the same in the table of differences and in the table of its arm."""
    rows = differences(["a", "b"], [[{"net_loss": 1000.0 * n}, {"net_loss": 1003.0 * n}] for n in (5, 6, 9)],
                       ["net_loss"])  # fmt: skip
    known = {name: words for (arm, name), words in comparison.means_of(rows).items() if arm == "b"}
    row = study_report.number_row(("net_loss", rows[1].value.as_dict()), known)  # type: ignore[arg-type]
    assert row[2] == known["net_loss"] == cells(rows)["b", "net_loss", ""].mean_words()
    console = Console(file=StringIO(), record=True, width=120)
    console.print(comparison.comparison_tables(rows)[0])
    assert row[2] in unescape(console.export_text())
