"""Arms on the live page: what a link may bring, and what is told of them."""

from __future__ import annotations

import json

import pytest

from sim.report.findings import comparison
from sim.report.findings.arms import SHOWN, finding, head, rows
from sim.study.ask.compare import changed_at_banks, compare, differences
from sim.study.run.runner import Runner
from sim.web.estimate_arms import MOST, Arms, read
from sim.web.estimate_centre import centre_of, question_of
from sim.web.estimate_inputs import Inputs
from sim.web.estimating import answers
from tests.web import inside

KNOWN = {"horizon": 1, "law.stop": 1}


@pytest.mark.parametrize(
    "text",
    ["", "[", "null", "7", '"x"', "[1]", '[{"name": 1, "typed": {}}]', '[{"name": "x", "typed": {"secret": "1"}}]',
     '[{"name": "x", "typed": {"law.stop": 3}}]', "[" * 100_000],
)  # fmt: skip
def test_a_link_brings_nothing_that_is_no_arm(text: str) -> None:
    """Whatever stands in an address, no arm comes of it but one of known values."""
    assert read(text, KNOWN) == []


def test_a_link_brings_the_arms_under_names_of_their_own() -> None:
    """At most so many, no two of one name, and a name is one line that is not long."""
    arms = [{"name": name, "typed": {"law.stop": "3d"}} for name in ("a", "a", "", "x" * 500, "b\nc", "d")]
    found = read(json.dumps(arms), KNOWN)
    names = [one.name for one in found]
    assert len(names) == len(set(names)) == MOST
    assert all(names)
    assert max(map(len, names)) <= 45
    assert all(one.typed == {"law.stop": "3d"} for one in found)


def test_arms_are_compared_as_compare_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same replications, values and paired differences; as it was, then what is kept, then what is set now."""
    monkeypatch.setattr("sim.study.ask.sharpen.MOST", 8)
    monkeypatch.setattr("sim.web.estimating.PAIRS", ())
    centre = centre_of("wuhan-35min", "")
    fewer, now = ["desks.analyst.shifts.0.staff=3"], ["latency.all.factor=2"]
    question, _ = question_of(centre, now, [("three analysts", fewer)])
    assert [one.name for one in question.arms] == ["as it was", "three analysts", "what is set now"]
    told = list(answers(question, Runner(), lambda _: None))[-1]
    assert told.estimate is not None
    wanted = compare(Runner(), question.arms, told.estimate.n, [one for one in SHOWN if one in told.estimate.runs[0]])
    assert [repr(one) for one in told.arms] == [repr(one) for one in wanted]
    names = [one.name for one in question.arms]
    table = rows(told.arms, names)
    assert all(len(row) == len(head(names)) for row in table)
    assert "probability" in finding(told.arms)


def test_levels_of_fewer_runs_say_so_until_there_are_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence beside the table, which is gone once arms and figures rest on the same runs."""
    monkeypatch.setattr("sim.study.ask.sharpen.MOST", 10)
    monkeypatch.setattr("sim.web.estimating.PAIRS", ())
    centre = centre_of("wuhan-35min", "")
    question, _ = question_of(centre, [], [("slow", ["latency.all.factor=2"])])
    said = []

    async def nothing() -> None:
        """Nobody asks."""

    with inside.new_page():
        inputs = Inputs(centre.fields, {}, nothing)
        inputs.show()
        arms = Arms(inputs, [], "", nothing)
        for answer in answers(question, Runner(), lambda _: None):
            arms.show(answer)
            if answer.arms and answer.estimate is not None:
                said.append((answer.arms[0].value.n == answer.estimate.n, arms._runs.text))
    assert {same for same, _ in said} == {True, False}
    assert all(bool(text) != same for same, text in said)


OFFICERS = ["bank_profiles.officer.staff=4"]


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [(OFFICERS, True), (["banks.payment-firms.profile=officer"], True), (["desks.legal.shifts.0.staff=8"], False)],
)
def test_who_answers_at_banks_is_said_to_be_in_no_cost(settings: list[str], left_out: bool) -> None:
    """Another number of officers or another kind of bank: in the finding, the note and the money of comparisons."""
    question, _ = question_of(centre_of("city", ""), settings, [("mine", settings)])
    assert changed_at_banks(question.arms) == ({"mine"} if left_out else set())
    money = {"prevented": 0.0, "loss": 1000.0, "cost": 10.0}
    runs = [[{"recovered": n, **money}, {"recovered": 100.0 + n, **money}] for n in (0.0, 1.0, 2.0)]
    told = differences(["as it was", "mine"], runs, SHOWN, at_banks=changed_at_banks(question.arms))
    only = ("net_benefit", "cost")
    few = differences(["as it was", "mine"], runs, only, at_banks=changed_at_banks(question.arms))
    for said in (finding(told), comparison.money_finding(few)[0]):
        assert ("at banks is not counted" in said) == left_out
    for said in (comparison.note(told), *(str(one.caption) for one in comparison.comparison_tables(few))):
        assert said.startswith("not counted: people at banks")
        assert ("leave out what these cost at banks: mine" in said) == left_out
    assert comparison.note([one for one in told if one.metric == "recovered"]) == ""


def test_the_figures_that_are_set_now_say_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is kept as an arm."""
    monkeypatch.setattr("sim.study.ask.sharpen.MOST", 2)
    monkeypatch.setattr("sim.web.estimating.PAIRS", ())
    centre = centre_of("wuhan-35min", "")
    name = next(iter(centre.loaded.scenario.bank_profiles))
    for settings, left_out in (([f"bank_profiles.{name}.staff=7"], True), (["latency.all.factor=2"], False)):
        question, _ = question_of(centre, settings)
        assert next(answers(question, Runner(), lambda _: None)).at_banks == left_out


def test_an_arm_that_is_set_now_stands_once() -> None:
    """What was just kept is not compared with itself."""
    centre = centre_of("wuhan-35min", "")
    fewer = ["desks.analyst.shifts.0.staff=3"]
    question, _ = question_of(centre, fewer, [("mine", fewer)])
    assert [one.name for one in question.arms] == ["as it was", "mine"]


def test_what_an_arm_brings_for_each_yuan_is_told() -> None:
    """100 yuan more that save 400 more: four for each."""
    runs = [
        [
            {"recovered": 0.0, "prevented": 0.0, "loss": 1000.0, "cost": 10.0, "recovered_share": 0.0},
            {"recovered": 400.0 + n, "prevented": 0.0, "loss": 1000.0, "cost": 110.0, "recovered_share": 0.4},
        ]
        for n in (-1.0, 1.0)
    ]
    table = rows(differences(["was", "more"], runs, SHOWN), ["was", "more"])
    assert next(row for row in table if row[0] == "saved for each yuan more") == ["saved for each yuan more", "", "4.0"]


def test_what_an_arm_brings_for_each_yuan_is_no_figure_where_it_costs_nothing_more() -> None:
    """A few yuan more or less by luck: four hundred divided by them is no promise."""
    runs = [
        [
            {"recovered": 0.0, "prevented": 0.0, "loss": 1000.0, "cost": 10.0, "recovered_share": 0.0},
            {"recovered": 400.0 + n, "prevented": 0.0, "loss": 1000.0, "cost": 10.1 + n, "recovered_share": 0.4},
        ]
        for n in (-1.0, 1.0)
    ]
    table = rows(differences(["was", "same"], runs, SHOWN), ["was", "same"])
    assert "saved for each yuan more" not in [row[0] for row in table]
