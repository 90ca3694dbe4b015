"""The settings of a sweep."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.findings.sweeps import frame
from sim.report.findings.sweeps import table as table_of
from sim.study.ask.sweep import Axis, Point, Range, grid, hypercube, read_axis, read_range
from sim.study.run.errors import StudyError
from sim.words.units import HOUR, parse_duration


@pytest.mark.parametrize(
    ("text", "axis"),
    [
        ("desks.analyst.staff=4, 6,8", Axis("desks.analyst.staff", ("4", "6", "8"))),
        ("a[0].b=5m", Axis("a.0.b", ("5m",))),
        ("a={fixed: 1m, b: 2},[1,2],'x,y'", Axis("a", ("{fixed: 1m, b: 2}", "[1,2]", "'x,y'"))),
        ("a=1,2,1", Axis("a", ("1", "2"))),
        ("a=b=c", Axis("a", ("b=c",))),
    ],
)
def test_an_axis_is_read(text: str, axis: Axis) -> None:
    """Commas part values, but not within brackets or quotes; a value given twice counts once."""
    assert read_axis(text) == axis


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a=2:8", Range("a", 2, 8, "whole")),
        ("a=0.5:2", Range("a", 0.5, 2)),
        ("a=90s:1h30m", Range("a", 90_000, 5_400_000, "time")),
        ("a=-1.5:2.5", Range("a", -1.5, 2.5)),
        ("a= 5m : 20m", Range("a", 300_000, 1_200_000, "time")),
        ("a=1.6M yuan:2M yuan", Range("a", 160_000_000, 200_000_000, "money")),
    ],
)
def test_a_range_is_read(text: str, read: Range) -> None:
    """Two numbers, times or amounts are bounds; whole numbers are told from others."""
    assert read_range(text) == read


@pytest.mark.parametrize("text", ["", "a", "=1,2", "a=", "a=1,", "a=,1", " =1"])
def test_an_axis_without_values_is_refused(text: str) -> None:
    """An axis of another form, or with an empty value, is said in one line."""
    with pytest.raises(StudyError, match=r"^--vary: read '.*accepted: PATH=A,B,C .*$"):
        read_axis(text)


@pytest.mark.parametrize(
    "text", ["a", "a=1", "a=1:2:3", "a=2:2", "a=8:2", "a=1:2m", "a=1m:2 yuan", "a=x:y", "a=nan:1", "a=0.1:inf"]
)
def test_a_range_of_another_form_is_refused(text: str) -> None:
    """Bounds of two kinds, equal, in the wrong order or not numbers at all are said in one line."""
    with pytest.raises(
        StudyError, match=r"^--vary: read '.*accepted with --hypercube: .*$|^--vary: .*accepted: PATH=LOW"
    ):
        read_range(text)


def test_a_grid_is_every_combination() -> None:
    """Two and three values make six points, the last varying fastest."""
    points = grid([Axis("a", ("1", "2")), Axis("b", ("x", "y", "z"))])
    assert [str(point) for point in points] == [f"a={a}, b={b}" for a in "12" for b in "xyz"]


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ([], "an empty grid"),
        ([Axis("a", ("1",)), Axis("a", ("2",))], "'a' 2 times"),
        ([Axis(c, tuple(map(str, range(100)))) for c in "abc"], "1,000,000 points, accepted: at most 100,000"),
    ],
)
def test_a_grid_that_is_none_is_refused(axes: list[Axis], said: str) -> None:
    """No axis, an axis twice and too many points are said in one line."""
    with pytest.raises(StudyError, match=said):
        grid(axes)


@given(st.integers(1, 60), st.integers(0, 1000))
def test_each_part_of_a_range_holds_one_point_of_a_hypercube(points: int, seed: int) -> None:
    """Of n equal parts of each range each holds one of n points, and another range changes none of them."""
    ranges = [Range("a", 0, 1), Range("b", HOUR, 2 * HOUR, "time")]
    found = hypercube(ranges, points, seed)
    shares = np.array([[float(p.settings["a"]), parse_duration(p.settings["b"]) / HOUR - 1] for p in found])
    place = np.sort(shares, axis=0) * points - np.arange(points)[:, None]  # within its part
    assert ((place > -1e-4) & (place < 1 + 1e-4)).all()
    more = hypercube([*ranges, Range("c", 0, 1)], points, seed)
    assert [{k: v for k, v in p.settings.items() if k != "c"} for p in more] == [p.settings for p in found]


def test_whole_numbers_of_a_range_are_equally_frequent() -> None:
    """Of 4 to 8, 50 points of a hypercube take each number ten times."""
    values = [point.settings["a"] for point in hypercube([read_range("a=4:8")], 50, 1)]
    assert {value: values.count(value) for value in values} == dict.fromkeys("45678", 10)


def test_the_table_is_in_long_form() -> None:
    """One row for each point, replication and metric, numbers as numbers, and null where there is no value."""
    points = [Point({"staff": "4", "queue": "fifo"}), Point({"staff": "6", "queue": "largest_first"})]
    results = [[{"x": 1.0}, {"x": 2.0, "y": float("nan")}], [{"x": 3.0}, {"x": 4.0, "y": 5.0}]]
    table = frame(points, results)
    assert table.schema == {
        "point": pl.Int32, "staff": pl.Float64, "queue": pl.String, "replication": pl.Int32, "metric": pl.String,
        "value": pl.Float64,
    }  # fmt: skip
    assert table.rows() == [
        (0, 4.0, "fifo", 0, "x", 1.0),
        (0, 4.0, "fifo", 1, "x", 3.0),
        (1, 6.0, "largest_first", 0, "x", 2.0),
        (1, 6.0, "largest_first", 0, "y", None),
        (1, 6.0, "largest_first", 1, "x", 4.0),
        (1, 6.0, "largest_first", 1, "y", 5.0),
    ]


def test_times_and_amounts_stand_beside_as_numbers() -> None:
    """A column of times or of amounts is text as it was written, with one of minutes or of yuan beside it."""
    points = [Point({"a": "90s", "b": "5k yuan", "c": "x"}), Point({"a": "1h", "b": "20 yuan", "c": "1h"})]
    table = frame(points, [[{"x": 1.0}, {"x": 2.0}]])
    assert table.columns == ["point", "a", "a_min", "b", "b_yuan", "c", "replication", "metric", "value"]
    assert table.rows() == [
        (0, "90s", 1.5, "5k yuan", 5000.0, "x", 0, "x", 1.0),
        (1, "1h", 60.0, "20 yuan", 20.0, "1h", 0, "x", 2.0),
    ]


def test_the_table_tells_each_point_against_the_first() -> None:
    """The difference is taken replication by replication: 3 and 5 are 4 +- 12.706 * 1."""
    points = [Point({"a": "1"}), Point({"a": "2"})]
    results = [[{"x": 10.0}, {"x": 13.0}], [{"x": 90.0}, {"x": 95.0}]]
    drawn = table_of(points, results, ["x"])
    assert [str(one.header) for one in drawn.columns][-2:] == ["difference from the first", "95% interval"]
    assert [list(one.cells) for one in drawn.columns][-2:] == [["", "+4"], ["", "-9 to +17"]]
    assert len(table_of(points[:1], results, ["x"]).columns) == 4


@pytest.mark.parametrize("path", ["name", "title", "sources.desks.source"])
def test_a_name_is_no_setting(path: str) -> None:
    """What names a scenario changes no run and is not varied."""
    with pytest.raises(StudyError, match=f"^--vary: read {path}, which names the scenario"):
        read_axis(f"{path}=a,b")
