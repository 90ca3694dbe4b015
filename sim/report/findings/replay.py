"""One case moment by moment: where its money is, what is stopped, and who works on it or waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Self

import numpy as np

from sim.engine.run import Run
from sim.fraud.settle import NEVER
from sim.measure.metrics import measure
from sim.report.findings import text
from sim.report.findings.case import VICTIM, Case, Task, gather
from sim.report.findings.story import choose_case, lines_of, people_of, step_name, victims_of
from sim.report.findings.story_lines import who
from sim.report.findings.timeline import finding
from sim.words import names
from sim.words.language import clock, date, key, say
from sim.workflow.log import CONTESTED, PAID

Place = str
PLACES: Final[Mapping[Place, str]] = {
    "victim": key("still with the victim"), "free": key("on accounts, free to move"),
    "held": key("under a stop or a freeze"), "elsewhere": key("held by another force"),
    "out": key("out of the banks"), "paid": key("paid back to the victim"),
}  # fmt: skip
"""Where the money of a case can be, from its beginning to its end."""
_NEVER: Final = -1
"""A time that does not come."""


@dataclass(frozen=True)
class Moment:
    """An instant at which something happens."""

    at: int
    """ms since the scenario's start."""
    day: str
    clock: str
    since: str
    """The report; empty where nobody reports."""
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """A piece of work, from its coming to its end; times are -1 where they do not come."""

    queued: int
    begun: int
    ended: int
    what: str
    who: str
    """Empty where nobody works: a wait."""


@dataclass(frozen=True)
class Replay:
    """A case that can be looked at at each of its moments. Times are ms since the scenario's start, amounts fen."""

    title: str
    loss: int
    """All that the victim ever pays."""
    moments: tuple[Moment, ...]
    accounts: tuple[tuple[str, int], ...]
    """What each account is called, and its layer; the victim's own first."""
    moves: tuple[tuple[int, int, int, int], ...]
    """(time, fen, from, to) by places in `accounts`; to -1 for who leaves the banks."""
    holds: tuple[tuple[int, int, int], ...]
    """(account, start, end)."""
    elsewhere: tuple[tuple[int, int], ...]
    """(account, since when another force holds it)."""
    paid: tuple[tuple[int, int], ...]
    """(time, fen) of each return to the victim."""
    work: tuple[Work, ...]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Inverse of `dataclasses.asdict`.

        Raises:
            KeyError, TypeError, ValueError: it is no such thing.
        """
        moments = tuple(
            Moment(int(one["at"]), str(one["day"]), str(one["clock"]), str(one["since"]), tuple(map(str, one["lines"])))
            for one in said["moments"]
        )
        work = tuple(
            Work(int(one["queued"]), int(one["begun"]), int(one["ended"]), str(one["what"]), str(one["who"]))
            for one in said["work"]
        )
        accounts = tuple((str(name), int(layer)) for name, layer in said["accounts"])
        moves = tuple((int(at), int(fen), int(source), int(to)) for at, fen, source, to in said["moves"])
        holds = tuple((int(account), int(start), int(end)) for account, start, end in said["holds"])
        elsewhere, paid = (tuple((int(one), int(other)) for one, other in said[name]) for name in ("elsewhere", "paid"))
        places = [*(place for move in moves for place in move[2:]), *(one[0] for one in (*holds, *elsewhere))]
        if not moments or any(not -1 <= place < len(accounts) for place in places):
            raise ValueError
        return cls(str(said["title"]), int(said["loss"]), moments, accounts, moves, holds, elsewhere, paid, work)


@dataclass(frozen=True)
class Seen:
    """A case at one moment."""

    moment: Moment
    money: Mapping[Place, int]
    """fen at each place; together the loss."""
    accounts: Sequence[tuple[str, int, str]]
    """Those with money on them or a stop: name, fen, state."""
    at_work: Sequence[str]
    waiting: Sequence[str]


def replay_of(run: Run, case: int) -> Replay:
    """A case as it can be looked at, in words of the language of the context.

    Args:
        run: any run.
        case: row of the plan's victims.
    """
    told = gather(run, case)
    place = {one.number: number for number, one in enumerate(told.accounts)}
    called = [(who(one) if number else say("the victim's account"), one.layer)
              for number, one in enumerate(told.accounts)]  # fmt: skip
    return Replay(
        title=finding(told), loss=told.loss, moments=tuple(_moments(run, told)), accounts=tuple(called),
        moves=tuple((move.time, move.amount, place[move.source], place.get(move.target, -1)) for move in told.moves),
        holds=tuple((place[one.number], start, end) for one in told.accounts for start, end, _ in one.holds),
        elsewhere=tuple((place[one.number], time) for one in told.mules for time, kind, _ in one.events
                        if kind == CONTESTED),
        paid=tuple((time, value) for time, kind, value in told.events if kind == PAID),
        work=tuple(_works(run, told)),
    )  # fmt: skip


def _moments(run: Run, told: Case) -> Iterator[Moment]:
    """The instants at which something happens; each tells nothing of what comes later."""
    for time, lines in groupby(lines_of(run, told), key=lambda line: line.time):
        when = run.scenario.when(time)
        since = "" if told.reported is None else text.since(time - told.reported)
        said = (part for line in lines for part in (line.text, line.chain) if part)
        yield Moment(time, date(when), clock(when), since, tuple(said))


def _works(run: Run, told: Case) -> Iterator[Work]:
    tasks = [(task, "") for task in told.tasks]
    tasks += [(task, account.name) for account in told.mules for task in account.tasks]
    for task, account in tasks:
        step = step_name(run, task.step)
        what = say("{step} ({account})", step=step, account=account) if account else step
        yield Work(task.queued, _time(task.begun), _time(task.ended), what, _who(task))


def _time(time: int | None) -> int:
    return _NEVER if time is None else time


def _who(task: Task) -> str:
    return people_of(task) if task.people else names.desk(task.desk) if task.desk else ""


def at(replay: Replay, number: int) -> Seen:
    """The case at a moment, by its number from 0."""
    moment = replay.moments[number]
    now = moment.at
    balance = [0] * len(replay.accounts)
    out = 0
    for time, fen, source, to in replay.moves:
        if time > now:
            continue
        balance[source] -= fen
        if to < 0:
            out += fen
        else:
            balance[to] += fen
    held = {account for account, start, end in replay.holds if start <= now < end}
    others = {account for account, since in replay.elsewhere if since <= now}
    fen_of = {"free": 0, "held": 0, "elsewhere": 0}
    accounts = []
    for place in range(1, len(balance)):
        state = "elsewhere" if place in others and place not in held else "held" if place in held else "free"
        fen_of[state] += balance[place]
        if balance[place] or place in held:
            accounts.append((replay.accounts[place][0], balance[place], state))
    paid = min(sum(fen for time, fen in replay.paid if time <= now), sum(fen_of.values()))
    left = paid
    for state in ("held", "free", "elsewhere"):  # what was paid back lay under a freeze
        taken = min(left, fen_of[state])
        fen_of[state] -= taken
        left -= taken
    money = {"victim": replay.loss + balance[VICTIM], **fen_of, "out": out, "paid": paid}
    begun = [one for one in replay.work if 0 <= one.begun <= now and not 0 <= one.ended <= now]
    waits = [one for one in replay.work
             if one.queued <= now and not 0 <= one.begun <= now and not 0 <= one.ended <= now]  # fmt: skip
    return Seen(
        moment, {place: money[place] for place in PLACES}, accounts, _counted(begun), _counted(waits)
    )  # fmt: skip


def _counted(work: Sequence[Work]) -> list[str]:
    """Each piece of work in words; the same of the same people once."""
    said = (say("{who}: {what}", who=one.who, what=one.what) if one.who else one.what for one in work)
    return list(dict.fromkeys(said))


# -- which cases -------------------------------------------------------------------------------------------

MOST: Final = 5


def cases_of(run: Run) -> list[tuple[int, str]]:
    """Rows of the cases worth looking at, at most `MOST`, each with why; none where a run has no case."""
    victims = victims_of(run)
    if not len(victims):
        return []
    found = measure(run)
    recovered, loss = found.recovered[victims], found.loss[victims]
    reported = found.reported[victims] < NEVER
    stopped = found.stopped[victims] > 0
    nothing = reported & (recovered == 0)
    usual = np.argsort(np.where(reported, loss, -1), kind="stable")[::-1]
    middle = int(usual[int(reported.sum()) // 2])
    wanted = [
        (_largest(recovered, recovered > 0), say("most came back")),
        (_largest(loss, nothing), say("the largest of which nothing came back")),
        (_largest(loss, nothing & stopped), say("stopped, and nothing was left")),
        (middle if reported.any() else None, say("as large as half of them")),
        (_largest(loss, ~reported & (loss > 0)), say("never reported")),
    ]
    rows: dict[int, str] = {}
    for place, why in wanted:
        if place is not None:
            rows.setdefault(int(victims[place]), why)
    return list(rows.items())[:MOST] or [(choose_case(run), say("the first"))]


def _largest(values: np.ndarray[tuple[int], np.dtype[np.int64]], among: np.ndarray[tuple[int], np.dtype[np.bool_]]
             ) -> int | None:  # fmt: skip
    """The place of the largest value among some; None where there is none."""
    return int(np.where(among, values, -1).argmax()) if among.any() else None
