"""`fundfreeze run`: one JSON object, logs that can be read, and the same numbers whatever the way."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from sim import __version__
from sim.fraud.plan import draw_plan
from sim.measure.ways import By
from sim.scenario.loader import load
from tests.cli.conftest import Command

RUN = ["run", "wuhan-35min", "--replications", 5, "--seed", 3, "--json"]
SUMMARY = ["mean", "low", "high", "median", "p05", "p95", "n"]


@pytest.fixture
def result(fundfreeze: Command) -> dict[str, Any]:
    """The JSON object of a small run in one process."""
    return fundfreeze(*RUN, "--jobs", 1).object


def test_a_run_is_one_json_object(result: dict[str, Any]) -> None:
    """The object names what was run, and each metric has its mean, interval, median, spread and n."""
    assert list(result) == ["scenario", "digest", "seed", "replications", "version", "metrics"]
    about = [result[key] for key in ("scenario", "seed", "replications", "version")]
    assert about == ["wuhan-35min", 3, 5, __version__]
    assert all(list(one) == SUMMARY for one in result["metrics"].values())
    assert result["metrics"]["loss"] == {
        "mean": 1.6e6, "low": 1.6e6, "high": 1.6e6, "median": 1.6e6, "p05": 1.6e6, "p95": 1.6e6, "n": 5,
    }  # fmt: skip
    recovered = result["metrics"]["recovered"]
    assert recovered["low"] < recovered["mean"] < recovered["high"]
    assert recovered["p05"] < recovered["median"] < recovered["p95"]


def test_a_number_without_a_meaning_is_null(fundfreeze: Command) -> None:
    """Where no victim comes there is no latency: null with n = 0, and the output stays JSON."""
    none = ["--set", "victims.arrivals.city.per_day=0"]
    metrics = fundfreeze("run", "china", *none, "--replications", 2, "--jobs", 1, "--json").object["metrics"]
    assert metrics["response_latency"] == dict.fromkeys(SUMMARY) | {"n": 0}
    assert metrics["loss"]["mean"] == 0
    alone = fundfreeze("run", "wuhan-35min", "--replications", 1, "--json").object["metrics"]["recovered"]
    assert (alone["low"], alone["high"], alone["n"]) == (None, None, 1)
    assert alone["mean"] == alone["median"] > 0


def test_jobs_change_no_number(fundfreeze: Command, result: dict[str, Any]) -> None:
    """Two processes print the object that one prints."""
    assert fundfreeze(*RUN, "--jobs", 2).object == result


def test_a_seed_and_a_setting_change_the_numbers(fundfreeze: Command, result: dict[str, Any]) -> None:
    """Another seed is other luck under the same digest; another value is another digest."""
    other = fundfreeze(*RUN, "--jobs", 1, "--seed", 4).object
    assert other["digest"] == result["digest"]
    assert other["metrics"]["recovered"] != result["metrics"]["recovered"]
    assert fundfreeze(*RUN, "--jobs", 1, "--set", "desks.analyst.staff=2").object["digest"] != result["digest"]


def read_log(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header and the rows of a log in JSON lines."""
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    return json.loads(first)["header"], [json.loads(line) for line in rest]


def test_logs_in_json_lines_and_in_parquet_say_the_same(fundfreeze: Command, result: dict[str, Any]) -> None:
    """Each replication has a log with a header and rows numbered one by one, the same in both forms; metrics stay."""
    for form in ("jsonl", "parquet"):
        assert fundfreeze(*RUN, "--jobs", 1, "--log", form, "--out", form).object == result
        assert json.loads(Path(form, "metrics.json").read_text(encoding="utf-8")) == result
    for number in range(5):
        header, rows = read_log(Path("jsonl", f"log-{number:04d}.jsonl"))
        about = {"scenario": "wuhan-35min", "seed": 3, "replication": number, "version": __version__}
        assert about.items() <= header.items()
        assert header["digest"] == result["digest"]
        assert [row["seq"] for row in rows] == list(range(len(rows)))
        times = [row["time_ms"] for row in rows]
        assert times == sorted(times)
        assert rows[-1]["event"] == "finished"
        place = Path("parquet", f"log-{number:04d}.parquet")
        table = pl.read_parquet(place).to_dicts()
        assert [{key: value for key, value in row.items() if value is not None} for row in table] == rows
        assert json.loads(pl.read_parquet_metadata(place)["fundfreeze"]) == header
    assert not Path("jsonl", "log-0005.jsonl").exists()


def test_a_log_tells_the_metrics(fundfreeze: Command, result: dict[str, Any]) -> None:
    """Accounts stopped and response latency counted by hand from the logs are those of the run.

    A hold on a victim's own account, or by a field team on the way out, is no stop.
    """
    fundfreeze(*RUN, "--log", "jsonl", "--out", "out", "--jobs", 1)
    scenario = load("wuhan-35min").scenario
    stopped, latency = [], []
    for replication, place in enumerate(sorted(Path("out").glob("log-*"))):
        plan = draw_plan(scenario, 3, replication)
        first = dict(zip(plan.victims.id.tolist(), plan.account_first.tolist(), strict=False))
        _, rows = read_log(place)
        holds = [row for row in rows if row["event"] == "hold" and row["account"] > 0]
        holder = plan.accounts.bank
        holds = [row for row in holds if not scenario.holders[holder[first[row["case"]] + row["account"]]].field]
        stopped.append(len({(row["case"], row["account"]) for row in holds}))
        report = next(row["time_ms"] for row in rows if row["event"] == "report")
        case = plan.victims.id[0]
        latency.append((next(row["time_ms"] for row in holds if row["case"] == case) - report) / 1000)
    assert result["metrics"]["accounts_stopped"]["mean"] == pytest.approx(sum(stopped) / 5)
    assert result["metrics"]["response_latency"]["mean"] == pytest.approx(sum(latency) / 5)


@pytest.mark.parametrize("by", get_args(By))
def test_groups_stand_in_the_object_the_table_and_the_file(fundfreeze: Command, by: str) -> None:
    """`--by` adds each group's metrics to the object, a table and a CSV; their means sum to the whole."""
    words = ["run", "wuhan-35min", "--replications", 3, "--jobs", 1, "--by", by]
    told = fundfreeze(*words, "--json", "--out", "out").object
    assert told["by"] == by
    for name in ("loss", "recovered", "prevented", "stopped", "still_moving", "leak.bank"):
        whole = told["metrics"][name]["mean"]
        assert sum(group[name]["mean"] for group in told["groups"].values()) == pytest.approx(whole, abs=0.01)
    assert all(list(one) == SUMMARY for group in told["groups"].values() for one in group.values())
    lines = list(csv.DictReader(Path("out", f"by-{by}.csv").read_text(encoding="utf-8").splitlines()))
    assert len(lines) == sum(len(group) for group in told["groups"].values())
    assert {(line[by], line["metric"]) for line in lines} >= {(group, "loss") for group in told["groups"]}
    printed = fundfreeze(*words).out
    assert f"By {by}" in printed
    assert "most was" in printed


def test_an_unknown_way_to_split_is_refused(fundfreeze: Command) -> None:
    """A way that there is not is named in one line with those there are."""
    answer = fundfreeze("run", "wuhan-35min", "--by", "colour")
    assert answer.status == 2
    assert "district" in answer.err
