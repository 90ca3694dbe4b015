from __future__ import annotations

from itertools import combinations
from math import isnan

from sim.report.findings import text
from sim.words import names


def test_each_cause_has_its_own_colour() -> None:
    """No two known causes share a colour, and a spare colour is no known cause's."""
    colours = [cause.colour for cause in names.CAUSES.values()]
    assert all(a != b for a, b in combinations(colours, 2))
    assert names.cause("a_stage_of_mine").colour not in colours


def test_an_unknown_cause_keeps_its_colour() -> None:
    """The colour of a cause that a scenario names follows from its name alone."""
    assert names.cause("counter_hold") == names.Cause("counter hold", names.cause("counter_hold").colour)
    assert len({names.cause(f"stage_{i}").colour for i in range(40)}) > 4


def test_causes_stack_from_recovered_to_moving() -> None:
    """Recovered lies at the bottom, money still moving on top, a scenario's own causes just below it."""
    causes = ["still_moving", "own", "bank", "recovered", "before_report"]
    assert names.stacking_order(causes) == ["recovered", "before_report", "bank", "own", "still_moving"]


def test_metrics_of_a_desk_or_a_cause_take_the_unit_of_their_group() -> None:
    """A wait is in time and a leak in money, whatever follows the dot."""
    assert text.metric("wait.bank:icbc") == text.Metric("wait in the queue, officers of icbc", "s")
    assert text.metric("leak.bank") == text.Metric("gone at the bank's desk", "yuan")
    assert text.metric("never_heard_of") == text.Metric("never heard of", "count")


def test_times_and_people_are_said_plainly() -> None:
    """Times around the report, people and amounts read as one would say them."""
    assert (text.since(-90_000), text.since(2_124_000)) == ("-1.5 min", "+35.4 min")
    assert (names.person("analyst", 3), names.person("bank:icbc", 1)) == ("analyst 3", "officer 1 of icbc")
    assert names.person("bank:postal", 0) == "the system of postal"
    assert text.part_of(91_066_200, 160_000_000) == "910,662 of 1,600,000 yuan"


def test_numbers_keep_the_digits_their_interval_supports() -> None:
    """A number is rounded to two digits of its interval's half width."""
    assert text.rounded(851_098.92, 23_456) == "851,000"
    assert text.rounded(57.38, 1.9) == "57.4"
    assert text.rounded(0.4982, 0.0004) == "0.4982"


def test_only_nothing_is_shown_as_0() -> None:
    """However wide the interval, one digit of the number stays; 0, and what floating point makes of it, is 0."""
    assert text.rounded(3.2, 900) == "3"
    assert text.rounded(-0.04, 25) == "-0.04"
    assert text.rounded(34_000, 9_000_000) == "30,000"
    assert text.rounded(0.0, 900) == text.rounded(-1e-13, 900) == "0"


def test_places_on_the_way_out_have_names() -> None:
    """Who is asked for money on its way out is said like a bank, with people or with a system."""
    assert names.holder("exit:payment-firm") == "the payment firm"
    assert names.desk("exit:payment-firm") == "officers of the payment firm"
    assert names.desk("bank:postal", unlimited=True) == "the system of postal"
    assert names.desk("analyst", unlimited=True) == names.person("analyst", 0) == "analyst"
    assert names.person("exit:payment-firm", 2) == "officer 2 of the payment firm"
    assert names.way_out("payment-firm") == "through a payment firm"


def test_an_interval_is_shown_within_what_can_be() -> None:
    """Shares are from 0 to 1, amounts, times and counts not below 0; a mean outside that stays in its interval."""
    assert [text.possible("recovered_share", edge, 0.5) for edge in (-0.2, 0.4, 1.3)] == [0.0, 0.4, 1.0]
    assert [text.possible("wait.analyst", edge, 3.0) for edge in (-2.0, 1e9)] == [0.0, 1e9]
    assert text.possible("recovered_share", 1.3, 1.1) == 1.1
    assert text.possible("utilisation.analyst", 1.3, 1.1) == 1.3  # overtime is work beyond the roster
    assert text.possible("value_of_a_minute", -5.0, 3.0) == -5.0
    assert isnan(text.possible("loss", float("nan"), 3.0))


def _lightness(colour: str) -> float:
    """CIE 1976 L* of an sRGB colour: 0 is black, 100 white; the same in grey print."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    y = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_losses_before_anybody_could_act_are_told_apart_in_grey() -> None:
    """Gone before the discovery, before the report and never reported: each two are 20 of L* apart or more."""
    causes = ("before_discovery", "before_report", "never_reported")
    light = [_lightness(names.CAUSES[name].colour) for name in causes]
    assert all(abs(a - b) >= 20 for a, b in combinations(light, 2))
    assert abs(light[0] - light[2]) > 35
