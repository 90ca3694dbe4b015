"""`fundfreeze latency` and the experiment behind it."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from sim.scenario.loader import changed, load
from sim.scenario.models import Scenario
from sim.study.ask.experiment import run_arms, same_fraud
from sim.study.ask.latency import Row, latencies, latency_curve, with_latency
from sim.words.units import MINUTE
from tests.cli.conftest import Command, everything_in
from tests.worlds import PLAIN

COLUMNS = (
    "stage factor added_min response_latency_min containment_min containment_median_min recovered_share low high"
    " recoverable_share n"
)
REPLICATIONS = 4
FREE = ("law=null", "criminals.claims=null", "banks.unlicensed.share=0", "banks.postal.share=0.15",
        "desks.liaison.hand_over=null")  # fmt: skip
"""Nothing but the time of steps stands between the centre and the money."""


@pytest.fixture(scope="module")
def wuhan() -> list[Row]:
    """The curve of the Wuhan case, all stages scaled."""
    return latency_curve(load("wuhan-35min").scenario, replications=REPLICATIONS)


def test_the_curve_runs_from_an_instant_response_to_a_day(wuhan: list[Row]) -> None:
    """Rows rise in response latency from 0, with the scenario itself among them, to a day."""
    latencies = [row.response_latency_min for row in wuhan]
    assert latencies == sorted(set(latencies))
    assert latencies[0] == wuhan[0].factor == 0
    assert latencies[-1] == pytest.approx(1440, rel=0.02)  # waiting behind other duties does not grow with the factor
    alone = latency_curve(changed(load("wuhan-35min"), ["duties=null"]).scenario, replications=REPLICATIONS)
    assert alone[-1].response_latency_min >= 1430
    assert [row.factor for row in wuhan if row.factor <= 1] == [0, 0.25, 0.5, 0.75, 1]
    assert all(row.n == REPLICATIONS for row in wuhan)


def test_a_curve_that_would_fold_back_is_drawn_as_it_was_set(wuhan: list[Row]) -> None:
    """Rows stand in the order of their settings; where measured latency does not rise, each at the latency set."""
    assert latencies(wuhan) == [row.response_latency_min for row in wuhan]
    base = next(row.response_latency_min for row in wuhan if row.factor == 1)
    folded = [dataclasses.replace(row, response_latency_min=min(row.response_latency_min, 60)) for row in wuhan]
    assert latencies(folded) == pytest.approx([base * row.factor for row in wuhan])
    trace = latency_curve(load("wuhan-35min").scenario, "trace", replications=2, settings=[(1, 0), (1, 30), (1, 60)])
    first = trace[0].response_latency_min
    assert latencies(trace) == pytest.approx([first, first + 30, first + 60])  # the first stop comes before any trace


def test_an_instant_response_recovers_what_was_recoverable(wuhan: list[Row]) -> None:
    """With unlimited speed the recovered share is the ceiling where a stop is a freeze and every bank answers; with the
    reasons for which a freeze fails it stays below. The ceiling is the same at every speed.
    """
    unlimited = changed(load("wuhan-35min"), FREE).scenario
    instant = latency_curve(unlimited, replications=REPLICATIONS, settings=[(0, 0), (1, 0)])[0]
    assert instant.recovered.mean == pytest.approx(instant.recoverable_share, abs=1e-12)
    assert wuhan[0].recovered.mean < wuhan[0].recoverable_share
    assert {row.recoverable_share for row in wuhan} == {wuhan[0].recoverable_share}
    assert 0 <= wuhan[-1].recovered.mean < wuhan[0].recovered.mean / 2


@pytest.mark.parametrize("scenario", ["wuhan-35min", "china"])
def test_recovered_leaked_and_moving_shares_sum_to_one(wuhan: list[Row], scenario: str) -> None:
    """In each row all of the loss is somewhere: recovered, leaked under a cause, or still moving."""
    few = [(0.0, 0.0), (1.0, 0.0), (20.0, 0.0)]
    rows = wuhan if scenario == "wuhan-35min" else latency_curve(load(scenario).scenario, replications=2, settings=few)
    for row in rows:
        assert row.recovered.mean + sum(row.leak.values()) + row.still_moving == pytest.approx(1, abs=1e-9)
        assert min(row.leak.values()) >= 0


def test_minutes_added_at_a_stage_are_minutes_of_latency() -> None:
    """Where one person takes the call, a minute more of intake is a minute more until the first stop."""
    rows = latency_curve(load(PLAIN / "wuhan-35min.yaml").scenario, "intake", replications=2)
    base = next(row for row in rows if row.factor == 1 and not row.added_min)
    slower = [row for row in rows if row.added_min]
    assert len(slower) >= 10
    for row in slower:
        assert row.stage == "intake"
        assert row.factor == 1
        assert row.response_latency_min - base.response_latency_min == pytest.approx(row.added_min, abs=1e-3)
    assert slower[-1].response_latency_min >= 1430
    instant = rows[0]
    assert instant.factor == 0
    assert 0 < instant.response_latency_min < base.response_latency_min


def at_three_speeds(scenario: Scenario) -> list[Scenario]:
    """The scenario as it is, with an instant response, and with an hour more at each bank."""
    return [scenario, with_latency(scenario, "all", 0.0), with_latency(scenario, "bank", 1.0, 60 * MINUTE)]


def test_every_setting_meets_the_same_victims() -> None:
    """Under common luck the loss, the reports and the ceiling of a replication are the same at every speed."""
    china = load(PLAIN / "china.yaml").scenario
    arms = at_three_speeds(china)
    assert same_fraud(arms)
    for replication in run_arms(arms, 3):
        for name in ("loss", "victims", "reports", "reported_loss", "recoverable_at_report", "report_delay"):
            assert len({metrics[name] for metrics in replication}) == 1
        assert len({metrics["recovered"] for metrics in replication}) > 1
    other = china.model_copy(update={"horizon": china.horizon * 2})
    assert not same_fraud([china, other])


def test_who_is_told_sooner_pays_less_of_the_same_sum() -> None:
    """With prevention a faster centre also spares payments: what was paid and what was prevented have one sum."""
    arms = at_three_speeds(load("china").scenario)
    assert same_fraud(arms)
    runs = run_arms(arms, 5)
    for replication in runs:
        asked = [metrics["loss"] + metrics["prevented"] for metrics in replication]
        assert asked == pytest.approx([asked[0]] * 3, abs=0.005)
    assert sum(instant["prevented"] - usual["prevented"] for usual, instant, _ in runs) > 0


def test_the_files_hold_the_curve(fundfreeze: Command, wuhan: list[Row]) -> None:
    """latency.csv has exactly its columns and the numbers of the experiment, with two jobs as with one."""
    answer = fundfreeze("latency", "wuhan-35min", "--replications", REPLICATIONS, "--jobs", 2, "--out", "out")
    names = ["latency-leak.csv", "latency.csv", "latency.png", "latency.svg"]
    assert everything_in(Path("out")) == [*names, "made-by.json"]
    assert sorted(answer.out.splitlines()) == [f"written: out/{name}" for name in names]
    with Path("out/latency.csv").open(newline="") as file:
        head, *read = list(csv.reader(file))
    assert head == COLUMNS.split()
    assert [line[0] for line in read] == ["all"] * len(wuhan)
    for line, row in zip(read, wuhan, strict=True):
        numbers = [
            row.factor, row.added_min, row.response_latency_min, row.containment_min,
            row.containment_median_min, row.recovered.mean,
            row.recovered.low, row.recovered.high, row.recoverable_share, row.n,
        ]  # fmt: skip
        assert [float(word) for word in line[1:]] == pytest.approx(numbers, rel=1e-5)
    with Path("out/latency-leak.csv").open(newline="") as file:
        shares = [(float(line["factor"]), float(line["share_of_loss"])) for line in csv.DictReader(file)]
    for row in wuhan:
        assert sum(share for factor, share in shares if factor == row.factor) == pytest.approx(1, abs=1e-5)


def test_the_table_says_each_field_under_its_name(wuhan: list[Row]) -> None:
    """A row of the table has the columns of the file, in order, each with the row's own value."""
    told = wuhan[5].as_dict()
    assert list(told) == COLUMNS.split()
    fields = dataclasses.asdict(wuhan[5])
    for name in [*COLUMNS.split()[:6], "recoverable_share", "n"]:
        assert told[name] == fields[name]
    assert (told["recovered_share"], told["low"], told["high"]) == tuple(
        fields["recovered"][name] for name in ("mean", "low", "high")
    )


def test_a_curve_that_is_kept_goes_on_and_says_the_same(fundfreeze: Command) -> None:
    """With --resume every run is kept: the table is that of a run without, also when it is asked for again."""
    plain = (PLAIN / "wuhan-35min.yaml").as_posix()
    asked = ("latency", plain, "--stage", "intake", "--replications", 2, "--jobs", 1)
    assert fundfreeze(*asked, "--out", "once").status == 0
    for _ in range(2):
        assert fundfreeze(*asked, "--out", "kept", "--resume").status == 0
        assert Path("kept/latency.csv").read_text() == Path("once/latency.csv").read_text()
    assert Path("kept/study.sqlite").is_file()
