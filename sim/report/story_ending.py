"""How a case ended: the paragraph under its story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.report import text
from sim.report.case import Case
from sim.report.text import count, listed
from sim.scenario.units import show_duration, show_money


def ending(told: Case) -> list[str]:
    """Loss, what came back, where the rest went, and how fast the stops were."""
    if told.bystander:
        return ["How it ended: nobody robbed this person; the alert was false."]
    lines = [*_money_at_end(told)]
    reached = (
        f"The money reached {count(len(told.mules), 'account')} on {count(len({a.layer for a in told.mules}), 'layer')}"
    )
    stops = told.stops
    if not told.loss:
        return lines
    if told.reported is None:
        lines.append(f"{reached}; the victim had told nobody when the run ended, so nobody looked for it.")
    elif not stops:
        lines.append(f"{reached}; not one was stopped.")
    else:
        stopped, empty = len({a.number for _, a, _ in stops}), sum(not found for _, _, found in stops)
        lines.append(
            f"{reached}; {stopped} {'was' if stopped == 1 else 'were'} stopped, and {_empty(empty, len(stops))}."
        )
        lines.append(_when(told.answers, told.reported))
    return lines


def _empty(empty: int, stops: int) -> str:
    """``2 of the 5 stops found nothing left``."""
    if stops == 1:
        return "the stop found nothing left" if empty else "the stop found money"
    return f"{empty} of the {stops:,} stops found nothing left"


def _when(answers: Sequence[int], reported: int) -> str:
    """How soon after the report the first and the last stop were in effect, of those that were not over by then."""
    if not answers:
        return "Every stop was over before the report."
    first, last = (show_duration(max(0, answers[place] - reported)) for place in (0, -1))
    return f"The first stop took effect {first} after the report, the last {last} after it."


def _money_at_end(told: Case) -> Iterable[str]:
    loss, held, out = told.loss, told.held, told.exited
    if not loss:
        yield f"How it ended: the victim paid nothing; {show_money(told.prevented)} were never paid."
        return
    paid_back = f", {show_money(told.returned)} of it paid back" if told.returned else ""
    where = "are recovered" + paid_back if paid_back else "lie under a stop: recovered"
    back = f"{show_money(held)} ({text.percent(held / loss)}) {where}." if held else "nothing came back."
    yield f"How it ended: the victim paid {show_money(loss)}; {back}"
    if told.prevented:
        yield f"{show_money(told.prevented)} more were never paid, thanks to a hold in time."
    if out:
        ways = listed([f"{show_money(fen)} {text.way_out(way)}" for way, fen in out.items()])
        early = sum(m.amount for m in told.moves if m.way and told.reported is not None and m.time <= told.reported)
        before = f", {show_money(early)} of it before the report" if early else ""
        yield f"{show_money(sum(out.values()))} left the banks{before}: {ways}."
    if told.under_stop:
        yield f"{show_money(told.under_stop)} are under a stop that no freeze has followed yet."
    if told.moving:
        yield f"{show_money(told.moving)} lie on accounts that nobody stopped and can still move."
