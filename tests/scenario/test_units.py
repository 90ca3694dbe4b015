"""Times, money and clock times are read exactly and written back the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.words.units import (
    DAY,
    HOUR,
    MAX_DURATION,
    MAX_MONEY,
    MINUTE,
    Clock,
    Duration,
    Money,
    RefusedError,
    Share,
    format_clock,
    format_duration,
    format_money,
    parse_clock,
    parse_duration,
    parse_money,
    show_duration,
    show_money,
)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("35m", 35 * MINUTE), ("48h", 48 * HOUR), ("1h30m", 90 * MINUTE), ("2d", 2 * DAY), ("90s", 90_000),
        ("250ms", 250), ("1.5h", 90 * MINUTE), ("0m", 0), (0, 0), ("1 h 30 m", 90 * MINUTE),
        ("36525d", MAX_DURATION),
    ],
)  # fmt: skip
def test_times_are_read_as_milliseconds(text: object, ms: int) -> None:
    """A time with its unit is read as whole milliseconds."""
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    "bad",
    [5, 1.5, True, None, "5", "-5m", -5, math.nan, math.inf, "5 parsecs", "nanm", "infh", "", "m", "1m1h",
     "1h1h", "0.5ms", "1e3m", "36526d", "9" * 100 + "d", "٣m", [1], "1h30"],
)  # fmt: skip
def test_what_is_no_time_is_refused(bad: object) -> None:
    """A time without a unit, negative, not finite, not whole or too long is refused."""
    with pytest.raises(RefusedError):
        parse_duration(bad)


def test_a_bare_number_is_told_about_units() -> None:
    """A number without a unit is told that a time needs one."""
    with pytest.raises(RefusedError, match="a time needs a unit such as 35m"):
        parse_duration(35)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1.6M yuan", 160_000_000), ("50k yuan", 5_000_000), ("50,000 yuan", 5_000_000),
        ("160 wan yuan", 160_000_000), ("12.34 yuan", 1234), ("5 fen", 5), ("160万元", 160_000_000), (0, 0),
    ],
)  # fmt: skip
def test_money_is_read_as_fen(text: object, fen: int) -> None:
    """An amount with its currency is read as whole fen."""
    assert parse_money(text) == fen


@pytest.mark.parametrize(
    "bad",
    [5, "5", "50k", "-5 yuan", math.nan, math.inf, "1.234 yuan", "0.5 fen", "5,00 yuan", "5m yuan",
     "nan yuan", "999999999999999 yuan", None, False, "5 dollars"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(bad: object) -> None:
    """An amount without a currency, negative, with a fraction of a fen or too large is refused."""
    with pytest.raises(RefusedError):
        parse_money(bad)


@pytest.mark.parametrize("bad", ["24:01", "25:00", "9", "09:60", 900, "09:00:60", "-1:00", None])
def test_what_is_no_time_of_day_is_refused(bad: object) -> None:
    """A time of day lies between 00:00 and 24:00."""
    with pytest.raises(RefusedError):
        parse_clock(bad)


def test_midnight_may_be_an_end() -> None:
    """24:00 is the end of a day."""
    assert parse_clock("24:00") == DAY


@given(st.integers(0, MAX_DURATION))
def test_times_come_back(ms: int) -> None:
    """Every time that is written is read back the same."""
    assert parse_duration(format_duration(ms)) == ms


@given(st.integers(0, MAX_MONEY))
def test_amounts_come_back(fen: int) -> None:
    """Every amount that is written is read back the same."""
    assert parse_money(format_money(fen)) == fen


@given(st.integers(0, 86_400))
def test_times_of_day_come_back(second: int) -> None:
    """Every time of day that is written is read back the same."""
    assert parse_clock(format_clock(second * 1000)) == second * 1000


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_reading_never_fails_otherwise(anything: object) -> None:
    """Whatever is read, the answer is a number in range or a refusal."""
    for parse, most in ((parse_duration, MAX_DURATION), (parse_money, MAX_MONEY), (parse_clock, DAY)):
        try:
            value = parse(anything)
        except RefusedError:
            continue
        assert 0 <= value <= most


@pytest.mark.parametrize(
    ("ms", "said"),
    [(95 * MINUTE, "1 h 35 min"), (48 * HOUR, "48 h"), (80 * HOUR, "3 d 8 h"), (200_000, "3 min 20 s"),
     (250, "250 ms"), (0, "0 min"), (HOUR - 1, "1 h"), (45_000, "45 s"), (-MINUTE, "-1 min"),
     (DAY * 10, "10 d")],
)  # fmt: skip
def test_times_are_said_as_people_do(ms: int, said: str) -> None:
    """A time is shown in its two leading units, rounded."""
    assert show_duration(ms) == said


@pytest.mark.parametrize(("fen", "said"), [(160_000_000, "1,600,000 yuan"), (1234, "12.34 yuan"), (-500, "-5 yuan")])
def test_amounts_are_said_as_people_do(fen: int, said: str) -> None:
    """An amount is shown in yuan with thousands separators."""
    assert show_money(fen) == said


@pytest.mark.parametrize("function", [format_duration, format_money, format_clock])
def test_negative_numbers_are_not_written(function: object) -> None:
    """A negative time or amount is a defect of the program, not something to write down."""
    with pytest.raises(ValueError, match="-1"):
        function(-1)  # type: ignore[operator]


class _Sample(BaseModel):
    time: Duration
    money: Money
    clock: Clock
    share: Share


def test_a_model_of_quantities_comes_back() -> None:
    """A dumped model holds quantities as text and loads to the same model."""
    written = {"time": "1h30m", "money": "12.34 yuan", "clock": "09:00", "share": 0.5}
    model = _Sample.model_validate(written)
    assert model.model_dump(mode="json") == written
    assert _Sample.model_validate(model.model_dump(mode="json")) == model


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan, math.inf, "0.5", True])
def test_a_share_is_a_finite_number_from_0_to_1(bad: object) -> None:
    """A share outside 0..1, not finite or not a number is refused."""
    with pytest.raises(ValidationError):
        TypeAdapter(Share).validate_python(bad)


def test_editors_are_told_how_quantities_are_written() -> None:
    """The JSON schema of a quantity is text with a pattern and examples."""
    time = _Sample.model_json_schema()["properties"]["time"]
    assert time["anyOf"][0]["type"] == "string"
    assert "35m" in time["anyOf"][0]["examples"]
