"""Kind: figures as offices count them. A source has scams of its own, and says whether it counts victims or reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.reports import share_reported, victims_per_day
from sim.scenario.victims import RateArrivals
from sim.study.run.parameters import Editor
from sim.workflow.log import REPORT
from tests.worlds import victims, world

SCAM = {
    "loss": "1000 yuan", "typical_payment": "1000 yuan", "most_payments": 1, "payment_gap": 0, "discovery": 0,
    "report_lag": 0,
}  # fmt: skip


def scenario(arrivals: dict[str, Any], **more: Any) -> Scenario:
    """Two scams, of which three quarters and one quarter of the victims are, over thirty days."""
    scams = {"loan": {**SCAM, "share": 0.75, "reports": 0.5}, "boss": {**SCAM, "share": 0.25, "reports": 1.0}}
    return world(victims={"scams": scams, "arrivals": arrivals}, horizon="30d", **more)


def rate(of: Scenario, name: str) -> RateArrivals:
    found = of.victims.arrivals[name]
    assert isinstance(found, RateArrivals)
    return found


def test_each_source_has_a_mix_of_scams_of_its_own() -> None:
    """A town of bosses beside a town of the usual mix: each has its shares."""
    both = scenario({"usual": {"per_day": 100}, "bosses": {"per_day": 100, "scams": {"boss": 0.9, "loan": 0.1}}})
    people = draw_plan(both, 1, 0).victims
    of_source = people.id >> 40
    shares = [np.mean(people.scam[of_source == number]) for number in (0, 1)]
    assert shares == [pytest.approx(0.25, abs=0.03), pytest.approx(0.9, abs=0.03)]


def test_a_mix_changes_no_other_source_and_no_other_draw() -> None:
    """The victims of the other source, and who comes when at this one, stay as they were."""
    usual = scenario({"one": {"per_day": 50}, "two": {"per_day": 50}})
    other = scenario({"one": {"per_day": 50}, "two": {"per_day": 50, "scams": {"boss": 1}}})
    a, b = (draw_plan(one, 1, 0).victims for one in (usual, other))
    assert a.id.tolist() == b.id.tolist()
    assert a.first_payment.tolist() == b.first_payment.tolist()
    first = a.id >> 40 == 0
    assert a.scam[first].tolist() == b.scam[first].tolist()
    assert set(b.scam[~first].tolist()) == {1}


def test_a_mix_like_the_usual_one_is_the_usual_one() -> None:
    """Written out, the shares of the scams bring the same victims."""
    plain = scenario({"one": {"per_day": 80}})
    written = scenario({"one": {"per_day": 80, "scams": {"boss": 0.25, "loan": 0.75}}})
    assert draw_plan(plain, 1, 0).victims.scam.tolist() == draw_plan(written, 1, 0).victims.scam.tolist()


def test_scams_need_no_shares_where_every_source_has_a_mix() -> None:
    """The shares of the scams must sum to 1 only where a source reads them."""
    scams = {"loan": SCAM, "boss": SCAM}
    mixed = {"per_day": 5, "scams": {"loan": 1}}
    assert world(victims={"scams": scams, "arrivals": {"one": mixed}})
    with pytest.raises(ValueError, match="shares that sum to 2"):
        world(victims={"scams": scams, "arrivals": {"one": mixed, "two": {"per_day": 5}}})


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        ("{loan: 0.5, boss: 0.4}", "scams: read shares that sum to 0.9, accepted: shares that sum to 1"),
        ("{lone: 1}", "read 'lone', accepted: the name of a scam: loan"),
    ],
)
def test_a_mix_that_does_not_fit_is_one_line(mix: str, said: str) -> None:
    """Shares that do not sum to 1, and names of no scam, are refused with what is accepted."""
    with pytest.raises(ScenarioError) as error:
        load("china", [f"victims.arrivals.city.scams={mix}"])
    assert said in str(error.value)


def test_a_mix_moves_as_shares_do() -> None:
    """A study that raises one share of a mix lowers the others."""
    mixed = scenario({"one": {"per_day": 80, "scams": {"boss": 0.25, "loan": 0.75}}})
    assert Editor(mixed).parameter("victims.arrivals.one.scams.boss").group == (
        "victims.arrivals.one.scams.boss", "victims.arrivals.one.scams.loan",
    )  # fmt: skip


def test_reports_a_day_bring_as_many_reports() -> None:
    """Of 25 reports asked 25 a day come in, by the mix of the source; victims are as many as that takes."""
    for mix, share in (({"loan": 1.0}, 0.5), ({"loan": 0.5, "boss": 0.5}, 0.75), (None, 0.625)):
        one = {"per_day": 25, "counts": "reports"} | ({"scams": mix} if mix else {})
        counted = scenario({"one": one})
        people = draw_plan(counted, 1, 0).victims
        assert len(people) == pytest.approx(25 / share * 30, rel=0.1)
        assert np.count_nonzero(people.reported < NEVER) == pytest.approx(25 * 30, rel=0.1)


def test_reports_of_the_base_are_those_that_come_in() -> None:
    """With everything of the base on (blocking and third parties too) the log has the reports that were asked for."""
    settings = [
        "horizon=30d",
        "follow_up=1d",
        "victims.arrivals.city.per_day=60",
        "victims.arrivals.city.counts=reports",
    ]
    base = load("china", settings).scenario
    city = rate(base, "city")
    assert share_reported(base.victims, city, base.prevention) == pytest.approx(0.95 * 0.9, abs=0.03)
    assert victims_per_day(base.victims, city, base.prevention) > 60 / 0.95
    people = draw_plan(base, 1, 0).victims
    told = np.count_nonzero((people.reported < NEVER) & (people.bystander == 0))
    assert told * 0.95 == pytest.approx(60 * 30, rel=0.06)
    rows = simulate(base.model_copy(update={"horizon": base.horizon // 6}), 1).rows
    assert len(rows.of(REPORT)) == pytest.approx(60 * 5, rel=0.2)


def test_a_report_by_a_third_party_counts() -> None:
    """Where a third party tells of half of those who do not, three quarters are reported."""
    other = {"share": 0.5, "after": "1h"}
    counted = world(
        victims=victims({"one": {"per_day": 30, "counts": "reports"}}, reports=0.5, third_party=other), horizon="30d"
    )
    assert share_reported(counted.victims, rate(counted, "one"), None) == 0.75
    people = draw_plan(counted, 1, 0).victims
    assert np.count_nonzero(people.reported < NEVER) == pytest.approx(900, rel=0.1)


def test_what_is_not_said_counts_victims() -> None:
    """Without `counts` a day brings as many victims as before."""
    assert rate(scenario({"one": {"per_day": 25}}), "one").counts == "victims"
    assert len(draw_plan(scenario({"one": {"per_day": 25}}), 1, 0).victims) == pytest.approx(750, rel=0.1)


def test_reports_that_cannot_be_are_one_line() -> None:
    """Reports of scams that nobody reports, and more victims than a source may bring, are refused."""
    one = {"per_day": 25, "counts": "reports"}
    with pytest.raises(ValueError, match=r"victims.arrivals.one.counts: reports of scams that nobody reports"):
        world(victims=victims({"one": one}, reports=0.0))
    with pytest.raises(ValueError, match=r"victims.arrivals.one.per_day: .* in the busiest hour; at most 16,384"):
        world(victims=victims({"one": {**one, "per_day": 40_000}}, reports=0.01))
