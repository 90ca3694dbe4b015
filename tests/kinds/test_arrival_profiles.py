"""Kind: forecasts as people have them. Rates by hour, half hour or quarter hour, and a profile for each kind of day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.fraud.arrivals import rate_of
from sim.fraud.plan import draw_plan
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.prevention import Leads, Warnings
from sim.study.run.assumptions import assumed
from sim.study.run.worker import fraud_of
from sim.words.units import DAY, HOUR, MINUTE
from tests.worlds import CASES, victims, world

FLAT = [1.0] * 24


def source(**more: Any) -> Scenario:
    """Victims at a rate of 240 a day from Monday 2025-07-07 on, for two weeks."""
    sections = {key: more.pop(key) for key in ("holidays", "workdays", "start", "horizon") if key in more}
    rate = {"per_day": 240, **more}
    return world(**({"victims": victims({"city": rate}), "horizon": "14d"} | sections))


def at(scenario: Scenario, replication: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
    return draw_plan(scenario, 1, replication).victims.first_payment


def rates(scenario: Scenario) -> np.ndarray[Any, np.dtype[np.float64]]:
    (one,) = scenario.victims.arrivals.values()
    return rate_of(scenario, one.per_day, one.by_hour, one.by_weekday)  # type: ignore[union-attr]


def test_the_case_reads_and_its_half_hours_are_those_of_the_forecast() -> None:
    """Calls come in each half hour at its share of the 48 values, and the level of the day is that of per_day."""
    scenario = load(CASES / "half-hour-calls.yaml").scenario
    country = scenario.victims.arrivals["country"]
    weights = country.by_hour  # type: ignore[union-attr]
    assert len(weights) == 48
    weekdays = [time for time in at(scenario).tolist() if time // DAY % 7 < 5]
    share = np.bincount(np.array(weekdays) % DAY // (30 * MINUTE), minlength=48) / len(weekdays)
    assert np.abs(share - np.array(weights) / sum(weights)).max() < 0.004
    assert len(at(scenario)) == pytest.approx(country.per_day * 14, rel=0.02)  # type: ignore[union-attr]


@given(st.lists(st.floats(0.01, 10), min_size=24, max_size=24))
def test_the_same_profile_in_finer_steps_is_the_same_rate(by_hour: list[float]) -> None:
    """Each value written twice or four times brings the same victims at the same moments."""
    coarse = source(by_hour=by_hour, horizon="2d")
    for times in (2, 4):
        fine = source(by_hour=[value for value in by_hour for _ in range(times)], horizon="2d")
        assert np.allclose(rates(fine), rates(coarse))
        assert abs(len(at(fine)) - len(at(coarse))) <= 1  # a level at the very edge of a rate may round


def test_a_quarter_hour_has_its_own_rate() -> None:
    """All victims of a day come in the one quarter hour that has a weight, whatever the minute of the start."""
    by_hour = [0.0] * 96
    by_hour[37] = 1.0  # 09:15 to 09:30
    for minute in (0, 10, 20, 45):
        times = at(source(by_hour=by_hour, start=f"2025-07-07T00:{minute:02d}:00")) + minute * MINUTE
        assert len(times)
        assert set((times % DAY // (15 * MINUTE)).tolist()) == {37}


def test_each_weekday_has_a_profile_and_a_level_of_its_own() -> None:
    """Values of all days are compared: Saturday has twice, Sunday none of a weekday's, and the week its mean."""
    profile = {"weekday": [1] * 24, "wed": [0] * 12 + [2] * 12, "sat": [2] * 48, "sun": [0] * 24}
    scenario = source(by_hour=profile, horizon="14d")
    of_week = rates(scenario).sum(axis=1) / rates(scenario).shape[1]
    days = of_week[:168].reshape(7, 24)
    assert days.sum(axis=1).tolist() == pytest.approx([240, 240, 240, 240, 240, 480, 0])
    assert days[2].tolist() == pytest.approx([0] * 12 + [20] * 12)
    assert of_week[:168].tolist() == of_week[168:].tolist()
    counts = np.bincount(at(scenario) // DAY % 7, minlength=7) / 2
    assert counts[6] == 0
    assert counts[5] == pytest.approx(480, rel=0.15)


def test_a_holiday_has_its_profile_and_a_make_up_day_that_of_a_weekday() -> None:
    """Wednesday 9 July is a holiday, Saturday 12 July is worked: their rates are those of their kind."""
    profile = {"weekday": [2] * 24, "weekend": [1] * 24, "holiday": [0.5] * 24}
    days = {"holidays": ["2025-07-09"], "workdays": ["2025-07-12"]}
    level = rates(source(by_hour=profile, **days))[::24, 0]
    assert (level / level[0] * 2).tolist() == pytest.approx([2, 2, 0.5, 2, 2, 2, 1, 2, 2, 2, 2, 2, 1, 1])
    without = {kind: values for kind, values in profile.items() if kind != "holiday"}
    assert rates(source(by_hour=without, **days))[48, 0] == rates(source(by_hour=without))[48, 0]


def test_weights_of_weekdays_follow_the_make_up_days() -> None:
    """A Saturday that is worked has the weight of a Friday."""
    weights = [1, 1, 1, 1, 2, 0.5, 0.5]
    level = rates(source(by_weekday=weights, workdays=["2025-07-12"]))[::24, 0]
    assert (level / level[0]).tolist()[:7] == pytest.approx([1, 1, 1, 1, 2, 2, 0.5])


def test_holidays_change_nothing_where_no_rate_minds_them() -> None:
    """The same victims come to a scenario with and without holidays, and arms that differ in them share a plan."""
    plain, off = source(), source(holidays=["2025-07-09"], workdays=["2025-07-12"])
    assert at(plain).tolist() == at(off).tolist()
    assert fraud_of(plain) == fraud_of(off)
    minding = {"by_hour": {"weekday": FLAT, "weekend": FLAT, "holiday": [2.0] * 24}}
    assert fraud_of(source(**minding)) != fraud_of(source(holidays=["2025-07-09"], **minding))


def test_warnings_and_leads_take_the_same_profiles() -> None:
    """Wherever a rate has a profile it is of one type, and false alerts follow it."""
    profile = {"weekday": [0] * 47 + [1], "weekend": [0] * 24}
    common = {"share": 0, "after": 0, "false_per_day": 50, "by_hour": profile}
    for model in (Warnings, Leads):
        assert model.model_validate({"route": "call", **common}).by_hour == profile
    scenario = load("china", ["horizon=7d", "start=2025-07-07T00:00", "victims.arrivals.city.per_day=0"]).scenario
    warnings = Warnings.model_validate({"route": "warning", **common})
    prevention = scenario.prevention.model_copy(update={"warnings": warnings, "leads": None})  # type: ignore[union-attr]
    people = draw_plan(scenario.model_copy(update={"prevention": prevention}), 1, 0).victims
    times = people.first_payment[people.bystander == 1]
    assert len(times) == pytest.approx(350, rel=0.2)
    assert set((times % DAY // (30 * MINUTE)).tolist()) == {47}
    assert set((times // DAY).tolist()) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("by_hour", "said"),
    [
        ("[1, 2, 3]", "read 3 values, accepted: 24, 48 or 96 values: by hour, half hour or quarter hour"),
        (str([1] * 50), "read 50 values, accepted: 24, 48 or 96 values"),
        ("{mon: " + str(FLAT) + "}", "nothing for tue, wed, thu, fri, sat, sun, accepted: values for all seven days"),
        ("{weekday: " + str(FLAT) + ", weekend: [1, 2]}", "by_hour.weekend: read 2 values, accepted: 24, 48 or 96"),
        ("{weekday: " + str(FLAT) + ", weekend: " + str(FLAT) + "}", "read weights beside a by_hour that has the days"),
        (str([0] * 48), "each need a weight above 0"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_one_line(by_hour: str, said: str) -> None:
    """The line says how many values there are and how many are accepted, and which days are missing."""
    with pytest.raises(ScenarioError) as error:
        load("korea-2025-calls", [f"victims.arrivals.country.by_hour={by_hour}"])
    assert said in str(error.value)


def test_the_busiest_quarter_hour_is_within_the_limit() -> None:
    """A forecast that would bring more than the limit in its busiest quarter of an hour is refused, as an hour is."""
    by_hour = [1] * 95 + [1000]
    with pytest.raises(ScenarioError, match=r"per_day: .* in the busiest hour\)?"):
        load(
            "korea-2025-calls", ["victims.arrivals.country.per_day=9000", f"victims.arrivals.country.by_hour={by_hour}"]
        )


def test_the_values_of_a_profile_are_no_assumption_to_be_screened() -> None:
    """A study moves the level of a rate; its profile, in one list or by day, stays."""
    loaded = load(CASES / "half-hour-calls.yaml", ["victims.arrivals.country.by_weekday=null"])
    days = {"weekday": FLAT, "weekend": FLAT}
    by_day = load(CASES / "half-hour-calls.yaml", [
        "victims.arrivals.country.by_weekday=null", f"victims.arrivals.country.by_hour={days}".replace("'", ""),
    ])  # fmt: skip
    for one in (loaded, by_day):
        moved, _ = assumed(one, "not stated")
        assert not [parameter.path for parameter in moved if "by_hour" in parameter.path]


def test_a_day_begins_at_local_midnight_in_any_week() -> None:
    """A start in the middle of a week and of an hour meets the profile of its own day."""
    profile = {"weekday": [0] * 24, "weekend": [0] * 23 + [1]}
    times = at(source(by_hour=profile, start="2025-07-10T15:40:00")) + 15 * HOUR + 40 * MINUTE
    assert {(int(time // DAY), int(time % DAY // HOUR)) for time in times} == {(2, 23), (3, 23), (9, 23), (10, 23)}
