"""The pictures of the live page, as options for ECharts: the same colours and words as the pictures in files."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isnan
from typing import Any, Final, Literal

import numpy as np

from sim.measure.diagnosis import Week
from sim.measure.hours import WEEK_HOURS
from sim.report.findings.estimate import shortened, step_label, step_value
from sim.study.ask.latency import Row, latencies
from sim.study.ask.minute import Step
from sim.study.ask.sharpen import Estimate
from sim.study.infer.stats import Summary
from sim.web.parts import LETTERS
from sim.words import names
from sim.words.colours import BLUE, BUSY, FAINT, INK, ORANGE, QUIET, VERMILLION
from sim.words.language import key, say

Shown = Literal["load", "wait", "heads"]
DAYS: Final = (key("mon"), key("tue"), key("wed"), key("thu"), key("fri"), key("sat"), key("sun"))
CLOSED: Final = "#E9ECEF"
_BASE: Final[dict[str, Any]] = {
    "animation": False, "textStyle": {"color": INK, "fontFamily": LETTERS, "fontSize": 13},
    "tooltip": {"renderMode": "richText", "confine": True},
}  # fmt: skip
MOST_DESKS: Final = 14


def curve_options(rows: Sequence[Row], estimate: Estimate | None) -> dict[str, Any]:
    """Recovered share against minutes from report to first stop, with its band; where the centre stands on it, with its
    interval, and beside it today's point where something was changed."""
    minutes = [round(max(one, 0.1), 2) for one in latencies(rows)]
    low = [_points(row.recovered.low, row.recovered.mean) for row in rows]
    high = [_points(row.recovered.high, row.recovered.mean) for row in rows]
    line = [[at, _points(row.recovered.mean)] for at, row in zip(minutes, rows, strict=True)]
    band = {"type": "line", "symbol": "none", "silent": True, "lineStyle": {"opacity": 0}, "stack": "band"}
    series: list[dict[str, Any]] = [
        {**band, "data": [[at, one] for at, one in zip(minutes, low, strict=True)]},
        {
            **band, "areaStyle": {"color": BLUE, "opacity": 0.18},
            "data": [[at, round(b - a, 3)] for at, a, b in zip(minutes, low, high, strict=True)],
        },
        {"type": "line", "symbol": "circle", "symbolSize": 5, "color": BLUE, "data": line, "lineStyle": {"width": 2}},
    ]  # fmt: skip
    if estimate is not None and (now := estimate.of("recovered_share")).n and estimate.of("response_latency").n:
        at = next(at for at, row in zip(minutes, rows, strict=True) if row.factor == 1.0)
        today, then = estimate.was("recovered_share"), estimate.was("response_latency")
        if today.n and then.n:
            minutes.append(round(max(then.mean / 60, 0.1), 2))
            series += _point(minutes[-1], today, say("today"), INK, "left", above=today.mean > now.mean)
        series += _point(at, now, say("as changed") if estimate.before else say("today"), VERMILLION)
    top = max([*high, *(point[1] for one in series[3:] for point in one["data"])])
    return {
        **_BASE,
        "grid": {"left": 8, "right": 20, "top": 34, "bottom": 34, "containLabel": True},
        "xAxis": {
            "type": "log", "name": say("minutes from report to first stop"), "nameLocation": "middle", "nameGap": 28,
            "min": _below(min(minutes)), "max": _above(max(minutes)), "minorSplitLine": {"show": False},
            "splitLine": {"show": False}, "axisLabel": {"color": INK}, "nameTextStyle": {"color": INK},
        },
        "yAxis": {
            "type": "value", "min": 0, "max": max(5, ceil(top / 5) * 5), "name": say("% of the loss recovered"),
            "nameTextStyle": {"align": "left", "color": INK}, "axisLabel": {"color": INK},
        },
        "series": series,
    }  # fmt: skip


def _point(
    at: float, share: Summary, label: str, colour: str, side: Literal["left", "right"] = "right", *, above: bool = True
) -> list[dict[str, Any]]:
    """A point with its interval, its label to one side of it, above or below the curve."""
    low, mean, high = _points(share.low, share.mean), _points(share.mean), _points(share.high, share.mean)
    bar = {"type": "line", "symbol": "none", "silent": True, "lineStyle": {"color": colour, "width": 2}}
    said = {
        "show": True, "formatter": label, "position": side, "offset": [0, -12 if above else 12], "color": INK,
        "fontWeight": "bold", "textBorderColor": "#FFFFFF", "textBorderWidth": 2,
    }  # fmt: skip
    return [
        {**bar, "data": [[at, low], [at, high]]},
        {"type": "scatter", "data": [[at, mean]], "symbolSize": 11, "color": colour, "label": said},
    ]


def _below(value: float) -> float:
    """A round number at or below one: a power of ten, twice or five times it."""
    return float(max(one for one in _ROUND if one <= value))


def _above(value: float) -> float:
    return float(min((one for one in _ROUND if one >= value), default=value))


_ROUND: Final = [step * 10**power for power in range(-1, 6) for step in (1, 2, 5)]


def _points(share: float, instead: float = 0.0) -> float:
    """A share in points within 0 and 100; without a meaning, something else."""
    value = instead if isnan(share) else share
    return round(100 * min(max(value if not isnan(value) else 0.0, 0.0), 1.0), 3)


def way_options(steps: Sequence[Step]) -> dict[str, Any]:
    """From the loss, cause by cause, to what is recovered: bars that hang where the one before ends."""
    shown = shortened(steps)
    whole = shown[0].amount.mean
    left, hidden, bars = 100.0, [], []
    for step in shown:
        share = 100.0 if step.name == "loss" else 100 * step.amount.mean / whole if whole else 0.0
        ends = step.name in ("loss", "recovered")
        start = 0.0 if ends else left - share
        left -= 0.0 if ends else share
        colour = FAINT if step.name == "loss" else names.cause(step.name).colour
        hidden.append(round(max(start, 0.0), 3))
        bars.append({"value": round(share, 3), "itemStyle": {"color": colour}})
    labels = [f"{step_label(step)}\n{step_value(step)}" for step in shown]
    whole_picture = {
        **_BASE,
        "grid": {"left": 4, "right": 24, "top": 6, "bottom": 10, "containLabel": True},
        "xAxis": {
            "type": "value", "min": 0, "max": 100, "interval": 50,
            "axisLabel": {"formatter": "{value}%", "color": INK},
        },
        "yAxis": {
            "type": "category", "inverse": True, "data": labels, "axisTick": {"show": False},
            "axisLabel": {"color": INK, "width": 190, "overflow": "break", "lineHeight": 15, "fontSize": 12},
        },
        "series": [
            {"type": "bar", "stack": "way", "silent": True, "itemStyle": {"color": "transparent"}, "data": hidden},
            {"type": "bar", "stack": "way", "barCategoryGap": "25%", "data": bars},
        ],
    }  # fmt: skip
    narrow = {"xAxis": {"interval": 100}, "yAxis": {"axisLabel": {"width": 150}}}
    return {"baseOption": whole_picture, "media": [{"query": {"maxWidth": 340}, "option": narrow}]}


def desks_of(weeks: Sequence[Week]) -> list[Week]:
    """The desks of a picture of a week, the busiest first: those of the centre at which people are on duty."""
    there = [one for one in weeks if one.heads.any() and one.used]
    return sorted(there, key=lambda one: -np.nansum(one.work) / max(float(one.heads.sum()), 1e-9))[:MOST_DESKS]


def week_options(weeks: Sequence[Week], shown: Shown) -> dict[str, Any]:
    """Desks by hours of the week: the share of those on duty who are at work, minutes of waiting, or people."""
    desks = desks_of(weeks)
    data = []
    most = 0.0
    for row, one in enumerate(desks):
        values = {"load": 100 * np.minimum(one.load, 1.0), "wait": one.wait / 60, "heads": one.heads}[shown]
        for hour in range(WEEK_HOURS):
            value = values[hour]
            if not isnan(value) and (shown != "heads" or value > 0):
                data.append([hour, row, round(float(value), 1)])
                most = max(most, float(value))
    unit = {"load": "%", "wait": say("min"), "heads": ""}[shown]
    top = 100.0 if shown == "load" else max(1.0, ceil(most))
    hours = [f"{say(DAYS[hour // 24])} {hour % 24:02d}:00" for hour in range(WEEK_HOURS)]
    return {
        **_BASE,
        "tooltip": {**_BASE["tooltip"], "position": "top"},
        "grid": {"left": 4, "right": 8, "top": 6, "bottom": 58, "containLabel": True},
        "xAxis": {
            "type": "category", "data": hours, "axisTick": {"show": False},
            "axisLabel": {"color": INK, "interval": 23, ":formatter": "value => value.split(' ')[0]"},
        },
        "yAxis": {
            "type": "category", "inverse": True, "data": [names.desk(one.desk) for one in desks],
            "axisTick": {"show": False},
            "axisLabel": {"color": INK, "width": 150, "overflow": "break", "lineHeight": 13, "fontSize": 12},
        },
        "visualMap": {
            "min": 0, "max": top, "calculable": False, "orient": "horizontal", "left": "center", "bottom": 0,
            "itemHeight": 130, "itemWidth": 12, "text": [f"{top:,.0f} {unit}".strip(), "0"],
            "inRange": {"color": [QUIET, ORANGE, VERMILLION] if shown == "wait" else [QUIET, BUSY]},
            "textStyle": {"color": INK},
        },
        "series": [{"type": "heatmap", "data": data, "progressive": 0}],
    }  # fmt: skip


def height_of_week(weeks: Sequence[Week]) -> int:
    """px of the picture of a week."""
    return 90 + 26 * max(1, len(desks_of(weeks)))
