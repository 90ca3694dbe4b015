"""The way of the loss and the value of a minute, in a sentence each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.report.findings import text
from sim.study.ask.minute import Minute, Step
from sim.study.infer.stats import Summary
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


def shrinks(today: Mapping[str, Summary], then: Mapping[str, Summary]) -> str:
    """The cause of loss of which a change takes away most; empty where it takes away none.

    Args:
        today: share of the loss by `recovered`, a cause of loss, `held_elsewhere` or `still_moving`.
        then: the same with the change.
    """
    less = {
        name: one.mean - (then[name].mean if name in then else 0.0)
        for name, one in today.items() if name not in (names.RECOVERED, *NO_LOSS)
    }  # fmt: skip
    most = max(less, key=less.__getitem__, default="")
    return most if most and less[most] > 0 else ""


def change_finding(today: Mapping[str, Summary], then: Mapping[str, Summary]) -> str:
    """What comes back today and with a change, and from which cause it takes most; args as `shrinks`."""
    before, after = (percent(one[names.RECOVERED].mean, 1) for one in (today, then))
    back = say("{before} of the loss is recovered today, {after} with the change", before=before, after=after)
    less = shrinks(today, then)
    if not less:
        return back
    was, left = (percent(one[less].mean if less in one else 0.0, 1) for one in (today, then))
    cause = names.cause(less).label
    return say("{finding}; {cause} shrinks most ({was} to {left})", finding=back, cause=cause, was=was, left=left)


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
