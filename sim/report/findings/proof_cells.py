"""What stands in a cell of the result of `fundfreeze prove`: numbers as people read them, and verdicts."""

from __future__ import annotations

from math import isfinite

from sim.report.findings import text
from sim.study.ask.proof import Pair, Row
from sim.study.ask.published import asked_of
from sim.words.language import key, listed, say

VERDICTS = {
    "inside": key("inside"), "outside": key("outside"), "says little": key("says little"),
    "direction only": key("direction only"),
}  # fmt: skip


def written(row: Row, low: float, high: float | None = None) -> str:
    """A number, a range or a bound as people read it: percent for shares, minutes for times."""
    scale, unit = scale_of(row)
    values = [low] if high is None or high == low else [low, high]
    few = [digits(value * scale) for value in values if isfinite(value)]
    if len(few) < len(values):
        return say("{number} or less" if isfinite(values[1]) else "{number} or more", number=few[0] + unit)
    return (say("{low} to {high}", low=few[0], high=few[1]) if len(few) > 1 else few[0]) + unit


def tolerances(row: Row) -> str:
    """What a print leaves open and why, and how near the model is asked to come where that is wider."""
    parts = [f"± {written(row, row.tolerance)} ({row.figure.why})"] if row.tolerance else []
    if row.figure.asked is not None:
        asked = f"± {written(row, asked_of(row.figure))} ({row.figure.asked_why})"
        parts.append(say("asked: {tolerance}", tolerance=asked))
    return say("; ").join(parts)


def verdict(row: Row) -> str:
    """Whether a figure is inside; of one selected among others, and of a case's bound, how often as much happens."""
    said = say(VERDICTS[row.verdict])
    if row.verdict == "outside" and row.as_asked:
        return say("{verdict}, and within what is asked", verdict=said)
    if row.figure.kind == "case" and not (isfinite(row.low) and isfinite(row.high)):
        return say("{verdict}: so in {share} of plays", verdict=said, share=text.share(row.as_much))
    if row.figure.among is None:
        return said
    often = say("{share} of plays bring as much", share=text.share(row.as_much) if row.as_much else say("none"))
    return say("{verdict}: {often}, one of {n:,} was printed", verdict=said, often=often, n=row.figure.among)


def open_range(row: Row) -> str:
    """The middle 90% over what the calibrations leave open, and whether the figure is within reach; nothing where they
    tell nothing of it."""
    if row.open is None:
        return ""
    said = written(row, row.open[0], row.open[2])
    reach = {True: key("reaches it"), False: key("does not reach it"), None: None}[row.admitted]
    return said if reach is None else say("{range}: {verdict}", range=said, verdict=say(reach))


def left_out(row: Row) -> str:
    """What the other targets lead to, and whether it meets the figure; nothing where nothing tells."""
    if row.other is None or row.left_out_verdict is None:
        return ""
    return say("{range}: {verdict}", range=written(row, row.other.middle), verdict=say(VERDICTS[row.left_out_verdict]))


def elsewhere_range(row: Row) -> str:
    """The 90% range of a figure that the model's errors in other places give, and whether it is in it."""
    if row.elsewhere is None:
        return ""
    if row.expected is None:
        return say("next place: {range}", range=written(row, *row.elsewhere))
    verdict = key("reaches it") if row.expected else key("does not reach it")
    return say("{range}: {verdict}", range=written(row, *row.elsewhere), verdict=say(verdict))


def scale_of(row: Row) -> tuple[float, str]:
    """What a figure is multiplied by to be read, and its unit."""
    if row.figure.over is not None:
        most = max(end for end in (row.low, row.high, row.model) if isfinite(end))
        return (100, "%") if most <= 1.0 and "yuan" not in str(row.figure.published) else (1, "")
    name = row.figure.metric if isinstance(row.figure.metric, str) else row.figure.metric[0]
    unit = text.metric(name.rpartition("/")[2]).unit
    if unit == "share":
        return 100, "%"
    return (text.unit_scale(unit), f" {text.unit_word(unit)}") if unit in ("s", "yuan") else (1, "")


def digits(value: float) -> str:
    """Three digits of a number; a dash for none."""
    return f"{float(f'{value:.3g}'):,.10g}" if isfinite(value) else "-"


def reached(pair: Pair) -> str:
    """Whether what is published comes about where an assumption is moved: the finding of a trade-off."""
    assert pair.trade is not None
    row, values = pair.trade, [model for _, model, _, _ in pair.points]
    met = [f"{factor:g}" for factor, model, _, _ in pair.points
           if row.low - row.tolerance <= model <= row.high + row.tolerance]  # fmt: skip
    if met:
        return say("Reached at {factors} (times what is assumed)", factors=listed(met))
    return say("Reached at none of these: {range}", range=written(row, min(values), max(values)))
