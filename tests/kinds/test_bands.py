"""Kind: a table of delays as a report prints it. So many within half an hour, so many within a day, some later."""

from __future__ import annotations

import numpy as np
import pytest

from sim.fraud.plan import draw_plan
from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.study.run.parameters import Editor
from sim.web.form import fields_of
from sim.words.units import DAY, HOUR, MINUTE

DELAYS = (
    "{bands: [{to: 30m, share: 0.26}, {to: 2h, share: 0.3}, {to: 1d, share: 0.24}, {to: 30d, share: 0.2, open: true}]}"
)
U = (np.arange(100_000) + 0.5) / 100_000


def test_each_band_has_its_share_and_is_flat_inside() -> None:
    """26% within half an hour, half of these in its first quarter; the other bands likewise."""
    dist = DurationDist.parse(
        {"bands": [{"to": "30m", "share": 0.26}, {"to": "2h", "share": 0.3}, {"to": "1d", "share": 0.44}]}
    )
    edges = np.array([15 * MINUTE, 30 * MINUTE, 75 * MINUTE, 2 * HOUR, 13 * HOUR, DAY], dtype=np.float64)
    assert dist.cdf(edges) == pytest.approx([0.13, 0.26, 0.41, 0.56, 0.78, 1.0])
    assert [np.mean(dist.quantile(U) <= edge) for edge in edges] == pytest.approx([0.13, 0.26, 0.41, 0.56, 0.78, 1.0])
    assert dist.mean() == pytest.approx(np.mean(dist.quantile(U)), rel=1e-4)


def test_an_open_band_thins_out_up_to_its_limit() -> None:
    """Of those later than a day as many are later than the geometric middle as before it, and none beyond 30 days."""
    bands = [{"to": "1d", "share": 0.8}, {"to": "30d", "share": 0.2, "open": True}]
    dist = DurationDist.parse({"bands": bands})
    middle = DAY * 30**0.5
    assert dist.cdf(np.array([DAY, middle, 30.0 * DAY])) == pytest.approx([0.8, 0.9, 1.0])
    assert dist.quantile(U).max() <= 30 * DAY
    assert dist.mean() == pytest.approx(np.mean(dist.quantile(U)), rel=1e-3)
    flat = DurationDist.parse({"bands": [{**bands[0]}, {"to": "30d", "share": 0.2}]})
    assert flat.cdf(np.array([15.5 * DAY]))[0] == pytest.approx(0.9)


def test_a_band_in_which_nothing_falls_is_a_gap() -> None:
    """Nothing is drawn from a band with a share of 0, also where it is the last."""
    bands = [{"to": "1h", "share": 0.5}, {"to": "2h", "share": 0}, {"to": "3h", "share": 0.5}]
    drawn = DurationDist.parse({"bands": bands}).quantile(U)
    assert not np.any((drawn > HOUR) & (drawn < 2 * HOUR))
    last = DurationDist.parse({"bands": [{"to": "1h", "share": 1}, {"to": "2h", "share": 0, "open": True}]})
    assert last.quantile(U).max() <= HOUR


def test_amounts_have_bands_too() -> None:
    """Wherever a distribution stands, of times or amounts."""
    dist = MoneyDist.parse({"bands": [{"to": "5k yuan", "share": 0.5}, {"to": "50k yuan", "share": 0.5}]})
    assert dist.quantile(np.array([0.5, 1 - 1e-12])) == pytest.approx([500_000, 5_000_000])


def test_losses_of_ones_own_are_bands_too() -> None:
    """A table of losses is taken for a scam: what all may lose in it is bounded by the tops of its bands."""
    losses = "{bands: [{to: 5k yuan, share: 0.5}, {to: 50k yuan, share: 0.5, open: true}]}"
    scenario = load("wuhan-35min", [f"victims.scams.loan.loss={losses}"]).scenario
    assert scenario.victims.scams["loan"].loss.kind == "bands"
    far = "{bands: [{to: 100000 yuan, share: 0.5}, {to: 9000000M yuan, share: 0.5}]}"
    with pytest.raises(ScenarioError, match="losses of about"):
        load("city", [f"victims.scams.loan.loss={far}"])


def test_report_delays_of_ones_own_are_those_that_are_drawn() -> None:
    """Bands at every scam's report lag: the lags of a plan fall in them with their shares."""
    names = load("china").scenario.victims.scams
    settings = [f"victims.scams.{name}.report_lag={DELAYS}" for name in names]
    more = ["horizon=30d", "victims.arrivals.city.per_day=200", "victims.channels=null"]
    people = draw_plan(load("china", [*settings, *more]).scenario, 1, 0).victims
    own = (people.bystander == 0) & (people.third_party == 0) & (people.reported < 2**60)
    lag = (people.reported - people.discovered)[own]
    shares = [np.mean(lag <= edge) for edge in (30 * MINUTE, 2 * HOUR, DAY, 30 * DAY)]
    assert shares == [pytest.approx(share, abs=0.03) for share in (0.26, 0.56, 0.8, 1.0)]


def test_bands_are_one_parameter_and_one_field_of_the_form() -> None:
    """A study moves all ends by one factor, and the form shows the table as a file would write it."""
    path = "victims.scams.loan.report_lag"
    loaded = load("china", [f"{path}={DELAYS}"])
    editor = Editor(loaded.scenario)
    twice = editor.changed({editor.parameter(path): 2.0}).victims.scams["loan"].report_lag
    assert twice.quantile(np.array([0.26]))[0] == pytest.approx(HOUR)
    (field,) = [one for one in fields_of(loaded) if one.path.startswith(path)]
    assert field.value.startswith('{"bands": [{"to": "30m", "share": 0.26}')
    again = load("china", [field.setting(field.value)]).scenario
    assert again.victims.scams["loan"].report_lag == loaded.scenario.victims.scams["loan"].report_lag


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ("[{to: 1h, share: 0.5}, {to: 2h, share: 0.4}]", "shares that sum to 0.9, accepted: shares that sum to 1"),
        ("[{to: 2h, share: 0.5}, {to: 1h, share: 0.5}]", "bands that do not rise, accepted: bands from the lowest"),
        ("[{to: 1h, share: 0.5}, {share: 0.5}]", "bands.1.to: read nothing, accepted: a value: this key is required"),
        ("[{to: 1h, share: 1, open: true}]", "an open band, accepted: open: true in the last of several bands"),
    ],
)
def test_bands_that_cannot_be_meant_are_one_line(bands: str, said: str) -> None:
    """The line names the field, what was read and what is accepted."""
    with pytest.raises(ScenarioError) as error:
        load("china", [f"victims.scams.loan.report_lag={{bands: {bands}}}"])
    assert said in str(error.value)
