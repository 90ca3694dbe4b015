"""Quantities as types of a model: what `spelling` reads and writes, held as whole ms and whole fen.

Who needs the words and not the types, such as the command line before a file is read, takes them from `spelling`: the
types bring pydantic with them.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from sim.words.spelling import (
    ACCEPT_CLOCK,
    ACCEPT_DURATION,
    ACCEPT_MONEY,
    CURRENCY_PATTERN,
    DAY,
    FEN,
    HOUR,
    MAX_DURATION,
    MAX_MONEY,
    MINUTE,
    MS,
    NUMBER_PATTERN,
    SCALE_PATTERN,
    SECOND,
    UNIT_PATTERN,
    YEAR,
    YUAN,
    RefusedError,
    format_clock,
    format_duration,
    format_money,
    parse_clock,
    parse_duration,
    parse_money,
    show_duration,
    show_money,
)

__all__ = [
    "ACCEPT_CLOCK",
    "ACCEPT_DURATION",
    "ACCEPT_MONEY",
    "DAY",
    "FEN",
    "HOUR",
    "MAX_DURATION",
    "MAX_MONEY",
    "MINUTE",
    "MS",
    "SECOND",
    "YEAR",
    "YUAN",
    "Clock",
    "Duration",
    "Money",
    "RefusedError",
    "Share",
    "format_clock",
    "format_duration",
    "format_money",
    "parse_clock",
    "parse_duration",
    "parse_money",
    "show_duration",
    "show_money",
]


def _quantity_schema(pattern: str, examples: list[str], description: str) -> dict[str, Any]:
    text = {"type": "string", "pattern": pattern, "examples": examples}
    return {"anyOf": [text, {"const": 0}], "description": description}


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
    WithJsonSchema(
        _quantity_schema(
            rf"^\s*({NUMBER_PATTERN}\s*({UNIT_PATTERN})\s*)+$",
            ["35m", "48h", "1h30m", "2d", "90s"],
            "A time with its unit: d, h, m, s or ms.",
        )
    ),
]
"""A time in a model: read from ``35m``, held as ms, written back by `format_duration`."""

Money = Annotated[
    int,
    BeforeValidator(parse_money),
    PlainSerializer(format_money, return_type=str, when_used="json"),
    WithJsonSchema(
        _quantity_schema(
            rf"^\s*[¥￥]?\s*[0-9][0-9,]*(\.[0-9]+)?\s*({SCALE_PATTERN})?\s*({CURRENCY_PATTERN})?\s*$",
            ["50k yuan", "1.6M yuan", "160 wan yuan", "12.34 yuan", "5 fen"],
            "An amount of money with its unit: yuan or fen, with k, M, wan or yi before it.",
        )
    ),
]
"""An amount in a model: read from ``50k yuan``, held as fen, written back by `format_money`."""

Clock = Annotated[
    int,
    BeforeValidator(parse_clock),
    PlainSerializer(format_clock, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[0-9]{1,2}(:[0-9]{2}(:[0-9]{2})?|[点时].*)\s*$",
            "examples": ["09:00", "17:30", "24:00"],
            "description": "A time of day, 00:00 to 24:00.",
        }
    ),
]
"""A time of day in a model: read from ``09:00``, held as ms since midnight."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
"""A share in a model: a finite number from 0 to 1."""
