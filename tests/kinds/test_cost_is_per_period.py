"""Kind: what is bought for years is charged to a period by its length, so that costs of two periods can be compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.report.findings import text
from sim.report.findings.tables import metrics_tables
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.study.ask.heads import variables_of
from sim.study.infer.stats import summaries
from sim.words.language import say
from tests.worlds import world


def cost(days: int, desk: dict[str, object]) -> float:
    """Of a desk that nobody asks for more than a moment, over so many days."""
    sections = {"horizon": f"{days}d", "follow_up": "1h"}
    return measure(simulate(world(desks={"desk": {"staff": 1}, "car": desk}, **sections))).metrics["cost"]


@given(st.integers(1, 60), st.integers(2, 6), st.integers(1, 10), st.floats(0.5, 20))
def test_cost_grows_with_the_period(days: int, times: int, staff: int, years: float) -> None:
    """So many times the days cost so many times as much: cars in 90 days more than in 14."""
    car = {"staff": staff, "wage": "30 yuan", "set_up": "120k yuan", "set_up_years": years}
    assert cost(days * times, car) == pytest.approx(times * cost(days, car))


def test_five_years_are_assumed_where_nobody_says_how_many() -> None:
    """Five cars of 120,000 yuan cost a fifth of 600,000 in a year, and their part of it in 14 days."""
    car = {"staff": 5, "set_up": "120k yuan"}
    assert cost(365, car) == pytest.approx(120_000)
    assert cost(14, car) == pytest.approx(120_000 * 14 / 365)
    assert cost(365, car | {"set_up_years": 10}) == pytest.approx(60_000)


@pytest.mark.parametrize("years", ["0", "-1", "101", "soon"])
def test_years_of_use_that_nothing_has_are_refused(years: str) -> None:
    """In one line that names the field."""
    with pytest.raises(ScenarioError) as refused:
        load("city", [f"desks.car.set_up_years={years}"])
    assert "desks.car.set_up_years" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_price_of_a_head_is_that_of_its_period() -> None:
    """What `staff` takes a head to cost does not depend on the horizon but for its length."""
    for path in ("car", "intake", "analyst"):
        week, month = (load("city", [f"horizon={days}d"]).scenario for days in (7, 28))
        first, second = (variables_of(one, [path])[0].price(one) for one in (week, month))
        assert second == pytest.approx(4 * first)


def test_shipped_years_say_that_they_are_assumed() -> None:
    """Every desk of the shipped base with a set-up cost has its years, with a source of their own."""
    china = load("china")
    bought = [name for name, desk in china.scenario.desks.items() if desk.set_up is not None]
    assert bought
    for name in bought:
        said = china.provenance(("desks", name, "set_up_years"))
        assert (china.scenario.desks[name].set_up_years, said.label) == (5, "assumed")
        assert "years" in said.source


def test_the_row_says_what_it_holds_and_whose_cost_it_leaves_out() -> None:
    """Wages, overtime and set-up for the period; the table says that people at banks are not counted."""
    label = text.metric("cost").label
    assert all(word in label for word in ("wages", "overtime", "set-up for the period"))
    desks = {"desk": {"staff": 1, "wage": "30 yuan"}}
    runs = [measure(simulate(world(desks=desks), 1, number)).metrics for number in range(2)]
    captions = [table.caption for table in metrics_tables(summaries(runs))]
    assert say(text.NOT_COUNTED) in captions
