"""One case told in plain words: what the money did, what people did about it, and how long everything waited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from sim.fraud.settle import NEVER
from sim.report import text
from sim.report.case import VICTIM, Account, Case, Move, Task, gather
from sim.report.story_ending import ending
from sim.report.story_events import events
from sim.report.story_lines import MONEY, PERSON, RESPONSE, Line, names, who
from sim.report.text import listed
from sim.response.log import KINDS, NONE, ORDER
from sim.response.run import Run
from sim.scenario.units import show_duration, show_money


def choose_case(run: Run, number: int) -> int:
    """The row of the N-th case by first payment, counted from 1.

    Raises:
        ValueError: the run has no such case.
    """
    victims = _victims(run)
    cases = len(victims)
    if not 1 <= number <= cases:
        has = f"cases 1 to {cases}" if cases else "no case"
        raise ValueError(f"there is no case {number}: this run of {run.scenario.name} has {has}")
    return int(victims[number - 1])


def _victims(run: Run) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows of the cases by first payment, without people whom nobody robs."""
    victims = run.plan.victims
    rows = np.flatnonzero(victims.bystander == 0)
    return rows[np.argsort(victims.first_payment[rows], kind="stable")]


def tell(run: Run, case: int = 0, *, detail: bool = False) -> list[str]:
    """Tell one case in lines that a person understands.

    Args:
        run: any run.
        case: row of the plan's victims (`choose_case` finds it by its number).
        detail: every transfer and every row of the log in a line of its own.

    Returns:
        Plain lines without a newline at their end: a header, the events in the order of time (clock, time since the
        report, what happened), and a paragraph on how it ended.

    Raises:
        ValueError: there is no such case.
    """
    told = gather(run, case)
    if detail:
        lines = [*_every_transfer(told), *_victim(told), *_every_row(run, told)]
    else:
        lines = [*_money(told), *_victim(told), *_case_work(run, told), *_accounts(run, told), *events(told)]
    return [*_header(run, told), "", *_print(run, told, sorted(lines)), "", *ending(told)]


def _header(run: Run, told: Case) -> list[str]:
    plan, victims = run.plan, _victims(run)
    place = np.flatnonzero(victims == told.row)
    which = f"case {place[0] + 1} of {len(victims)} by first payment" if len(place) else "a person whom nobody robs"
    return [
        run.scenario.title,
        f"scenario {run.scenario.name}, seed {plan.seed}, replication {plan.replication}; {which} (id {told.id})",
    ]


def _print(run: Run, told: Case, lines: Sequence[Line]) -> Iterable[str]:
    """Give each line its clock time and its time since the report; a new day gets a line of its own."""
    day = None
    for line in _merged(lines):
        when = run.scenario.when(line.time)
        if when.date() != day:
            day = when.date()
            yield text.date(when)
        since = "" if told.reported is None else text.since(line.time - told.reported)
        yield f"  {text.clock(when)}  {since:>12}  {line.text}"
        if line.chain:
            yield f"{'':26}{line.chain}"


def _merged(lines: Sequence[Line]) -> Iterable[Line]:
    """Say several exits in a row in one line."""
    for merge, group in groupby(lines, key=lambda line: line.merge):
        same = list(group)
        if not merge or len(same) == 1:
            yield from same
        else:
            minutes = show_duration(same[-1].time - same[0].time)
            body = "; ".join(line.text.removesuffix(".") for line in same)
            yield same[0]._replace(text=f"{len(same)} exits within {minutes}: {body}.")


# -- the money --------------------------------------------------------------------------------------------


def _money(told: Case) -> Iterable[Line]:
    for account in told.accounts:
        if account.number == VICTIM:
            for number, move in enumerate(account.left):
                to = who(told.account(move.target))
                yield Line(move.time, MONEY, number, f"The victim pays {show_money(move.amount)} to {to}.")
            continue
        onward = [m for m in account.left if not m.way]
        for number, moves in enumerate(_bursts(onward)):
            targets = [told.account(m.target) for m in moves]
            amount, span = sum(m.amount for m in moves), moves[-1].time - moves[0].time
            within = f" within {show_duration(span)}" if span else ""
            what = f"{who(account)} sends {show_money(amount)} on to {names(targets)}{within}."
            yield Line(moves[0].time, MONEY, account.number * 1000 + number, what)
        for number, move in enumerate(m for m in account.left if m.way):
            what = f"{show_money(move.amount)} leave {who(account)} {text.way_out(move.way)}."
            yield Line(move.time, MONEY, account.number * 1000 + 500 + number, what, merge="exit")


def _bursts(moves: Sequence[Move], apart: int = 30 * 60_000) -> list[list[Move]]:
    """Transfers of one account, cut where more than half an hour lies between two of them."""
    bursts: list[list[Move]] = []
    for move in moves:
        if bursts and move.time - bursts[-1][-1].time <= apart:
            bursts[-1].append(move)
        else:
            bursts.append([move])
    return bursts


def _every_transfer(told: Case) -> Iterable[Line]:
    for number, move in enumerate(told.moves):
        source = "The victim" if move.source == VICTIM else who(told.account(move.source))
        to = who(told.account(move.target)) if move.target >= 0 else f"out of the banks {text.way_out(move.way)}"
        yield Line(move.time, MONEY, number, f"{source} -> {to}: {show_money(move.amount)}.")


def _victim(told: Case) -> Iterable[Line]:
    payments = told.accounts[0].left
    last = payments[-1].time if payments else told.first_payment
    if told.discovered <= told.end:
        after = f", {show_duration(told.discovered - last)} after the last payment" if told.discovered > last else ""
        yield Line(told.discovered, PERSON, 0, f"The victim understands{after}.")
    if told.reported is not None:
        yield Line(
            told.reported,
            PERSON,
            1,
            f"THE REPORT, {show_duration(told.reported - told.first_payment)} after the first payment.",
        )


# -- the responders ---------------------------------------------------------------------------------------


def _took(task: Task) -> str:
    """``waited 4 min, analyst 2 took 2 min``."""
    begun = task.begun if task.begun is not None else task.ended
    waited = "" if begun is None or begun == task.queued else f"waited {text.brief(begun - task.queued)}"
    if task.fate == "reneged":
        return f"gave up after {text.brief((task.ended or task.queued) - task.queued)} in the queue"
    if task.begun is None:
        return (waited or "waiting") + (", then cancelled" if task.fate == "cancelled" else "")
    if not task.people:
        return f"{text.brief(task.ended - task.begun)} passed" if task.ended is not None else "lasting"
    who = listed([text.person(desk, number) for desk, number in task.people])
    did = f"{who} at work" if task.ended is None else f"{who} took {text.brief(task.ended - task.begun)}"
    return ", ".join(part for part in (waited, did, "cancelled" if task.fate == "cancelled" else "") if part)


def _step(run: Run, step: int) -> str:
    """The step's own name, without its route."""
    return text.words(run.program.names[step].partition(".")[2])


def _case_work(run: Run, told: Case) -> Iterable[Line]:
    """Calls and whatever else is done for the case as a whole."""
    for number, task in enumerate(told.tasks):
        step, again = _step(run, task.step), f" (attempt {task.attempt})" if task.attempt > 1 else ""
        if task.begun is not None and task.people:
            who = listed([text.person(desk, person) for desk, person in task.people])
            waited = (
                "at once"
                if task.begun == task.queued
                else f"after {show_duration(task.begun - task.queued)} of waiting"
            )
            yield Line(task.begun, RESPONSE, number, f"{who} begins the {step}{again} {waited}.")
        if task.ended is None:
            continue
        known = [a for a in told.mules if a.known == task.ended]
        if task.fate == "reneged":
            waited = show_duration(task.ended - task.queued)
            what = f"The victim gives up{again} after {waited} in the queue of {text.desk(task.desk)}."
        elif task.begun is None or not task.people:
            what = f"The {step}{again} is over after {show_duration(task.ended - task.queued)}."
        else:
            what = f"The {step}{again} is {task.fate} after {show_duration(task.ended - task.begun)} of work."
        if known:
            what += f" Now known: {names(known)}."
        yield Line(task.ended, RESPONSE, 1000 + number, what)
    finished = {task.ended for task in told.tasks}
    answers = {time for a in told.mules for time in (*(start for start, _, _ in a.holds),)}
    for number, (time, known) in enumerate(_learned(told)):
        if time not in finished and time not in answers:
            yield Line(time, RESPONSE, 2000 + number, f"An answer comes in. Now known: {names(known)}.")
    for number, row in enumerate(np.flatnonzero((run.rows.case == told.row) & (run.rows.kind == ORDER)).tolist()):
        account, done = int(run.rows.account[row]), bool(run.rows.value[row])
        about = "the case" if account < 0 else f"A{account}"
        what = f"An order about {about} from outside the routes is {'carried out' if done else 'refused'}."
        yield Line(int(run.rows.time[row]), RESPONSE, 3000 + number, what)


def _learned(told: Case) -> list[tuple[int, list[Account]]]:
    """(time, accounts that became known then), in the order of time."""
    times = sorted({a.known for a in told.mules if a.known is not None})
    return [(time, [a for a in told.mules if a.known == time]) for time in times]


def _accounts(run: Run, told: Case) -> Iterable[Line]:
    """One line per stop with all that led to it; and the ends of stops and of routes without one."""
    for account in told.mules:
        used = -1
        for start, end, found in account.holds:
            chain = _chain(run, account, used, start)
            used = start
            yield Line(start, RESPONSE, 10_000 + account.number, _stop(told, account, start, found), chain=chain)
            if end < NEVER:
                how = "lapses" if end in account.lapses else "is lifted"
                what = f"The stop on {who(account)} {how} after {show_duration(end - start)}; its money can move again."
                yield Line(end, RESPONSE, 20_000 + account.number, what)
        for time, outcome in account.outcomes:
            if any(start <= time for start, _, _ in account.holds):
                continue
            chain = _chain(run, account, -1, time)
            if outcome == "out_of_reach":
                what = f"{who(account)} is out of reach: its bank cannot be asked."
            else:
                what = f"{who(account)} ends without a stop: {text.words(outcome)}."
            yield Line(time, RESPONSE, 30_000 + account.number, what, chain=chain)


def _stop(told: Case, account: Account, time: int, found: int) -> str:
    arrived = sum(m.amount for m in account.arrived if m.time <= time)
    if account.by_field_team:
        return f"A field team reaches {who(account)}: {show_money(found) + ' caught' if found else 'nothing there'}."
    if found:
        of = "all that arrived" if found == arrived else f"of {show_money(arrived)} that arrived"
        what = f"STOP {who(account)}: {show_money(found)} caught, {of}."
    else:
        gone = [m.time for m in account.left if m.time <= time]
        since = f", empty for {show_duration(time - gone[-1])}" if gone else ""
        what = f"Stop {who(account)}: nothing left{since}."
    below = {m.target for m in account.left}
    new = [a for a in told.mules if a.number in below and a.known == time]
    if new:
        what += f" Its bank names {names(new)}."
    return what


def _chain(run: Run, account: Account, after: int, until: int) -> str:
    """``known 10:16:02; entry: waited 4.0 min, analyst 2 took 2.1 min; bank: officer 1 of icbc took 58 s``."""
    parts = []
    if account.known is not None and account.known <= until and after < 0:
        parts.append(f"known {text.clock(run.scenario.when(account.known))}")
    for task in account.tasks:
        if task.queued >= after and task.ended is not None and task.ended <= until:
            again = f" (attempt {task.attempt})" if task.attempt > 1 else ""
            parts.append(f"{_step(run, task.step)}{again}: {_took(task)}")
    return "; ".join(parts)


def _every_row(run: Run, told: Case) -> Iterable[Line]:
    rows, program = run.rows, run.program
    for number, row in enumerate(np.flatnonzero(rows.case == told.row).tolist()):
        account, step, desk = int(rows.account[row]), int(rows.step[row]), int(rows.desk[row])
        value, person, attempt = int(rows.value[row]), int(rows.person[row]), int(rows.attempt[row])
        parts = [KINDS[int(rows.kind[row])]]
        if account >= 0:
            parts.append(f"A{account}")
        if step >= 0:
            parts.append(program.names[step] + (f" (attempt {attempt})" if attempt > 1 else ""))
        if desk >= 0:
            name = program.desks[desk].name
            asked = text.desk(name, unlimited=program.desks[desk].roster.staff == "unlimited")
            parts.append(f"by {text.person(name, person)}" if person >= 0 else f"for {asked}")
        if value != NONE:
            parts.append(show_money(value) if parts[0] in ("known", "hold") else f"value {value}")
        yield Line(int(rows.time[row]), RESPONSE, number, " ".join(parts))
