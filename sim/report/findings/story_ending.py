"""How a case ended: the paragraph under its story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.report.findings.case import Case
from sim.words.language import counted, duration, key, listed, money, percent, say
from sim.words.names import way_out


def ending(told: Case) -> list[str]:
    """Loss, what came back, where the rest went, and how fast the stops were."""
    if told.bystander:
        return [say("How it ended: nobody robbed this person; the alert was false.")]
    lines = [*_money_at_end(told)]
    layers = len({a.layer for a in told.mules})
    reached = say(
        "The money reached {accounts} on {layers}",
        accounts=counted(len(told.mules), "{n:,} account", "{n:,} accounts"),
        layers=counted(layers, "{n:,} layer", "{n:,} layers"),
    )
    stops = told.stops
    if not told.loss:
        return lines
    if told.reported is None:
        told_nobody = key("{reached}; the victim had told nobody when the run ended, so nobody looked for it.")
        lines.append(say(told_nobody, reached=reached))
    elif not stops:
        lines.append(say("{reached}; not one was stopped.", reached=reached))
    else:
        stopped, empty = len({a.number for _, a, _ in stops}), sum(not found for _, _, found in stops)
        found = _empty(empty, len(stops))
        lines.append(
            counted(
                stopped, "{reached}; {n} was stopped, and {found}.", "{reached}; {n} were stopped, and {found}.",
                reached=reached, found=found,
            )
        )  # fmt: skip
        lines.append(_when(told.answers, told.reported))
    return lines


def _empty(empty: int, stops: int) -> str:
    """``2 of the 5 stops found nothing left``."""
    if stops == 1:
        return say("the stop found nothing left") if empty else say("the stop found money")
    return say("{empty} of the {stops:,} stops found nothing left", empty=empty, stops=stops)


def _when(answers: Sequence[int], reported: int) -> str:
    """How soon after the report the first and the last stop were in effect, of those that were not over by then."""
    if not answers:
        return say("Every stop was over before the report.")
    first, last = (duration(max(0, answers[place] - reported)) for place in (0, -1))
    return say("The first stop took effect {first} after the report, the last {last} after it.", first=first, last=last)


def _money_at_end(told: Case) -> Iterable[str]:
    loss, held, out = told.loss, told.held, told.exited
    if not loss:
        yield say("How it ended: the victim paid nothing; {money} were never paid.", money=money(told.prevented))
        return
    back = key("How it ended: the victim paid {loss}; nothing came back.")
    if told.returned and held:
        back = key("How it ended: the victim paid {loss}; {held} ({share}) are recovered, {returned} of it paid back.")
    elif held:
        back = key("How it ended: the victim paid {loss}; {held} ({share}) lie under a stop: recovered.")
    yield say(back, loss=money(loss), held=money(held), share=percent(held / loss), returned=money(told.returned))
    if told.prevented:
        yield say("{money} more were never paid, thanks to a hold in time.", money=money(told.prevented))
    if out:
        parts = [say("{money} {way_out}", money=money(fen), way_out=way_out(way)) for way, fen in out.items()]
        early = sum(m.amount for m in told.moves if m.way and told.reported is not None and m.time <= told.reported)
        left = key("{money} left the banks: {ways}.")
        if early:
            left = key("{money} left the banks, {early} of it before the report: {ways}.")
        yield say(left, money=money(sum(out.values())), early=money(early), ways=listed(parts))
    if told.under_stop:
        yield say("{money} are under a stop that no freeze has followed yet.", money=money(told.under_stop))
    if told.elsewhere:
        yield say("{money} are held by another force, which held the account first.", money=money(told.elsewhere))
    if told.moving:
        yield say("{money} lie on accounts that nobody stopped and can still move.", money=money(told.moving))
