"""The way of the loss and the value of a minute, in a sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.findings import text
from sim.study.ask.minute import Minute, Step
from sim.words import names
from sim.words.language import capital, key, named, percent, say

NO_LOSS = (names.ELSEWHERE, names.MOVING)


def waterfall_finding(steps: Sequence[Step]) -> str:
    """Where most of the loss goes, and how much of it comes back."""
    recovered = steps[-1]
    leaks = [step for step in steps[1:-1] if step.name not in NO_LOSS]
    back = say("{share} of the loss is recovered", share=percent(recovered.share.mean, 1))
    if not leaks:
        return capital(back)
    most = max(leaks, key=lambda step: step.amount.mean)
    cause, share = names.cause(most.name).label, percent(most.share.mean)
    return say("{finding}; most is {cause} ({share})", finding=back, cause=cause, share=share)


def minute_finding(rows: Sequence[Minute]) -> str:
    """What a minute costs at the dearest of the stages whose interval lies above zero."""
    sure = [row for row in rows if row.value.low > 0]
    if all(row.value.low == row.value.high == 0 for row in rows):
        n = min(row.value.n for row in rows)
        return say("In none of {n:,} pairs did a minute more, at any stage, change what is recovered", n=n)
    if not sure:
        return say("Within these intervals, a minute is worth nothing at any stage")
    first = sure[0]
    half = (first.value.high - first.value.low) / 2
    mean, low, high = (text.rounded(value, half) for value in (first.value.mean, first.value.low, first.value.high))
    costs = key("One more minute at {stage} costs {mean} yuan a case ({low} to {high})")
    return say(costs, stage=named(first.stage, "stage"), mean=mean, low=low, high=high)
