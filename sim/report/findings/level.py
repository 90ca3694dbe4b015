"""From which level a study tells its changes: what comes back as it is, in the runs of this study.

Studies look at other periods and other runs, so each has a level of its own; what a change brings is told of the same
victims within one study. Said with each, the levels of two pages are no contradiction.
"""

from __future__ import annotations

from math import isnan

from sim.report.findings import text
from sim.study.infer.stats import Summary
from sim.words.language import counted, duration, key, say


def level(share: Summary, looked: int, whole: int) -> str:
    """What comes back as it is, with its interval, and that another page may have another level.

    Args:
        share: `recovered_share` as it is.
        looked: ms of each run.
        whole: ms of the period that it stands for.
    """
    kept = text.bounded("recovered_share", share)
    back = text.share(kept.mean)
    if not isnan(kept.low):
        back = say(
            "{mean} ({interval})",
            mean=back,
            interval=say("{low} to {high}", low=text.share(kept.low), high=text.share(kept.high)),
        )
    if looked < whole:
        one = "As it is, {back} of the loss comes back in this one run of {looked}, which stands for {period}."
        many = key(
            "As it is, {back} of the loss comes back in these {n:,} runs of {looked} each, which stand for {period}."
        )
    else:
        one = "As it is, {back} of the loss comes back in this one run."
        many = key("As it is, {back} of the loss comes back in these {n:,} runs.")
    here = counted(share.n, one, many, back=back, looked=duration(looked), period=duration(whole))
    return say("{here} Other runs and other periods start from another level, within their intervals: compare what"
               " changes bring, which is told on the same victims.", here=here)  # fmt: skip
