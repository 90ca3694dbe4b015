"""One case told in plain words: what the money did, what people did about it, and how long everything waited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np

from sim.engine.run import Run
from sim.fraud.settle import NEVER
from sim.measure.metrics import measure
from sim.report.findings import text
from sim.report.findings.case import Account, Case, Task, gather
from sim.report.findings.story_ending import ending
from sim.report.findings.story_events import events
from sim.report.findings.story_lines import RESPONSE, Line, account_names, who
from sim.report.findings.story_money import every_transfer, money_lines, victim_lines
from sim.words import names
from sim.words.language import brief, clock, date, duration, key, language, listed, money, named, say, titled
from sim.words.lines import padded
from sim.words.phrases import phrase
from sim.workflow.log import HOLD, KINDS, KNOWN, NONE, ORDER


def choose_case(run: Run, number: int | None = None) -> int:
    """The row of the N-th case by first payment, counted from 1; without a number of one in which something happened.

    That is the first from which money was recovered, else the first of which an account was stopped, else the first
    that was reported: a story in which nothing is done tells nothing of the response.

    Raises:
        ValueError: the run has no such case.
    """
    victims = victims_of(run)
    cases = len(victims)
    number = _eventful(run, victims) if number is None else number
    if not 1 <= number <= cases:
        has = phrase("cases 1 to {cases}", cases=cases) if cases else phrase("no case")
        raise ValueError(
            phrase(
                "there is no case {case}: this run of {scenario} has {has}",
                case=number, scenario=run.scenario.name, has=has,
            )
        )  # fmt: skip
    return int(victims[number - 1])


def _eventful(run: Run, victims: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """The number of the first case in which most happened."""
    recovered = measure(run).recovered[victims] > 0
    holds = run.rows.at(run.rows.of(HOLD))
    stopped = np.isin(victims, holds.case)
    reported = np.isin(victims, run.rows.at(run.rows.of(KNOWN)).case)
    for happened in (recovered, stopped, reported):
        if happened.any():
            return int(happened.argmax()) + 1
    return 1


def victims_of(run: Run) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
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
    lines = lines_of(run, told)
    if detail:
        lines = sorted([*every_transfer(told), *victim_lines(told), *_every_row(run, told)])
    return [*_header(run, told), "", *_print(run, told, lines), "", *ending(told)]


def lines_of(run: Run, told: Case) -> list[Line]:
    """All that happened in a case, in the order of time."""
    return sorted(
        [*money_lines(told), *victim_lines(told), *_case_work(run, told), *_accounts(run, told), *events(told)]
    )


def _header(run: Run, told: Case) -> list[str]:
    plan, victims = run.plan, victims_of(run)
    place = np.flatnonzero(victims == told.row)
    which = say("a person whom nobody robs")
    if len(place):
        which = say("case {number} of {cases} by first payment", number=place[0] + 1, cases=len(victims))
    return [
        titled(run.scenario.title),
        say(
            "scenario {scenario}, seed {seed}, replication {replication}; {which} (id {id})",
            scenario=run.scenario.name, seed=plan.seed, replication=plan.replication, which=which, id=told.id,
        ),
    ]  # fmt: skip


def _print(run: Run, told: Case, lines: Sequence[Line]) -> Iterable[str]:
    """Give each line its clock time and its time since the report; a new day gets a line of its own."""
    day = None
    for line in _merged(lines):
        when = run.scenario.when(line.time)
        if when.date() != day:
            day = when.date()
            yield date(when)
        since = "" if told.reported is None else text.since(line.time - told.reported)
        yield f"  {clock(when)}  {padded(since, 12, right=True)}  {line.text}"
        if line.chain:
            yield f"{'':26}{line.chain}"


def _merged(lines: Sequence[Line]) -> Iterable[Line]:
    """Say several exits in a row in one line."""
    for merge, group in groupby(lines, key=lambda line: line.merge):
        same = list(group)
        if not merge or len(same) == 1:
            yield from same
        else:
            body = say("; ").join(line.text.removesuffix(say(".")) for line in same)
            exits = key("{n} exits within {time}: {exits}.")
            said = say(exits, n=len(same), time=duration(same[-1].time - same[0].time), exits=body)
            yield same[0]._replace(text=said)


# -- the money --------------------------------------------------------------------------------------------


# -- the responders ---------------------------------------------------------------------------------------


def _took(task: Task) -> str:
    """``waited 4 min, analyst 2 took 2 min``."""
    begun = task.begun if task.begun is not None else task.ended
    waited = "" if begun is None or begun == task.queued else say("waited {time}", time=brief(begun - task.queued))
    if task.fate == "reneged":
        queued = brief((task.ended or task.queued) - task.queued)
        return say("gave up after {time} in the queue", time=queued)
    if task.begun is None:
        return (waited or say("waiting")) + (say(", then cancelled") if task.fate == "cancelled" else "")
    if not task.people:
        return say("{time} passed", time=brief(task.ended - task.begun)) if task.ended is not None else say("lasting")
    people = people_of(task)
    if task.ended is None:
        did = say("{people} at work", people=people)
    else:
        did = say("{people} took {time}", people=people, time=brief(task.ended - task.begun))
    return say(", ").join(part for part in (waited, did, say("cancelled") if task.fate == "cancelled" else "") if part)


def people_of(task: Task) -> str:
    """``analyst 2 and analyst 3``."""
    return listed([names.person(desk, number) for desk, number in task.people])


def step_name(run: Run, step: int) -> str:
    """The step's own name, without its route."""
    return named(run.program.names[step].partition(".")[2], "step")


def _again(task: Task) -> str:
    """Which attempt it is, beyond the first."""
    return say(" (attempt {n})", n=task.attempt) if task.attempt > 1 else ""


def _case_work(run: Run, told: Case) -> Iterable[Line]:
    """Calls and whatever else is done for the case as a whole."""
    for number, task in enumerate(told.tasks):
        step = step_name(run, task.step) + _again(task)
        if task.begun is not None and task.people:
            begins = key("{people} begins the {step} at once.")
            if task.begun != task.queued:
                begins = key("{people} begins the {step} after {time} of waiting.")
            what = say(begins, people=people_of(task), step=step, time=duration(task.begun - task.queued))
            yield Line(task.begun, RESPONSE, number, what)
        if task.ended is None:
            continue
        known = [a for a in told.mules if a.known == task.ended]
        if task.fate == "reneged":
            gives_up, waited = key("The victim gives up{again} after {time} in the queue of {desk}."), task.queued
            what = say(gives_up, again=_again(task), time=duration(task.ended - waited), desk=names.desk(task.desk))
        elif task.begun is None or not task.people:
            what = say("The {step} is over after {time}.", step=step, time=duration(task.ended - task.queued))
        else:
            what = say(_FATES[task.fate], step=step, time=duration(task.ended - task.begun))
        if known:
            what += say(" Now known: {accounts}.", accounts=account_names(known))
        yield Line(task.ended, RESPONSE, 1000 + number, what)
    finished = {task.ended for task in told.tasks}
    answers = {time for a in told.mules for time in (*(start for start, _, _ in a.holds),)}
    for number, (time, known) in enumerate(_learned(told)):
        if time not in finished and time not in answers:
            what = say("An answer comes in. Now known: {accounts}.", accounts=account_names(known))
            yield Line(time, RESPONSE, 2000 + number, what)
    for number, row in enumerate(np.flatnonzero((run.rows.case == told.row) & (run.rows.kind == ORDER)).tolist()):
        account, done = int(run.rows.account[row]), bool(run.rows.value[row])
        order = key("An order about {subject} from outside the routes is refused.")
        if done:
            order = key("An order about {subject} from outside the routes is carried out.")
        what = say(order, subject=say("the case") if account < 0 else f"A{account}")
        yield Line(int(run.rows.time[row]), RESPONSE, 3000 + number, what)


_FATES = {
    "done": key("The {step} is done after {time} of work."),
    "cancelled": key("The {step} is cancelled after {time} of work."),
    "handed over": key("The {step} is handed over after {time} of work."),
    "written off": key("The {step} is written off after {time} of work."),
}


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
                ends = key("The stop on {account} is lifted after {time}; its money can move again.")
                if end in account.lapses:
                    ends = key("The stop on {account} lapses after {time}; its money can move again.")
                what = say(ends, account=who(account), time=duration(end - start))
                yield Line(end, RESPONSE, 20_000 + account.number, what)
        for time, outcome in account.outcomes:
            if any(start <= time for start, _, _ in account.holds):
                continue
            chain = _chain(run, account, -1, time)
            if outcome == "out_of_reach":
                what = say("{account} is out of reach: its bank cannot be asked.", account=who(account))
            else:
                why = named(outcome, "outcome")
                what = say("{account} ends without a stop: {why}.", account=who(account), why=why)
            yield Line(time, RESPONSE, 30_000 + account.number, what, chain=chain)


def _stop(told: Case, account: Account, time: int, found: int) -> str:
    arrived = sum(m.amount for m in account.arrived if m.time <= time)
    if account.by_field_team:
        team = key("A field team reaches {account}: {money} caught.")
        if not found:
            team = key("A field team reaches {account}: nothing there.")
        return say(team, account=who(account), money=money(found))
    if found:
        stop = key("STOP {account}: {money} caught, of {arrived} that arrived.")
        if found == arrived:
            stop = key("STOP {account}: {money} caught, all that arrived.")
        what = say(stop, account=who(account), money=money(found), arrived=money(arrived))
    else:
        gone = [m.time for m in account.left if m.time <= time]
        empty = key("Stop {account}: nothing left.")
        if gone:
            empty = key("Stop {account}: nothing left, empty for {time}.")
        what = say(empty, account=who(account), time=duration(time - gone[-1]) if gone else "")
    below = {m.target for m in account.left}
    new = [a for a in told.mules if a.number in below and a.known == time]
    if new:
        what += say(" Its bank names {accounts}.", accounts=account_names(new))
    return what


def _chain(run: Run, account: Account, after: int, until: int) -> str:
    """``known 10:16:02; entry: waited 4.0 min, analyst 2 took 2.1 min; bank: officer 1 of icbc took 58 s``."""
    parts = []
    if account.known is not None and account.known <= until and after < 0:
        parts.append(say("known {time}", time=clock(run.scenario.when(account.known))))
    parts += [
        say("{step}: {took}", step=step_name(run, task.step) + _again(task), took=_took(task))
        for task in account.tasks
        if task.queued >= after and task.ended is not None and task.ended <= until
    ]
    return say("; ").join(parts)


def _every_row(run: Run, told: Case) -> Iterable[Line]:
    rows, program = run.rows, run.program
    for number, row in enumerate(np.flatnonzero(rows.case == told.row).tolist()):
        account, step, desk = int(rows.account[row]), int(rows.step[row]), int(rows.desk[row])
        value, person, attempt = int(rows.value[row]), int(rows.person[row]), int(rows.attempt[row])
        kind = KINDS[int(rows.kind[row])]
        parts = [kind if language() == "en" else named(kind, "event")]
        if account >= 0:
            parts.append(f"A{account}")
        if step >= 0:
            parts.append(program.names[step] + (f" (attempt {attempt})" if attempt > 1 else ""))
        if desk >= 0:
            name = program.desks[desk].name
            asked = names.desk(name, unlimited=program.desks[desk].roster.staff == "unlimited")
            by = say("by {person}", person=names.person(name, person)) if person >= 0 else say("for {desk}", desk=asked)
            parts.append(by)
        if value != NONE:
            parts.append(money(value) if kind in ("known", "hold") else say("value {n}", n=value))
        yield Line(int(rows.time[row]), RESPONSE, number, " ".join(parts))
