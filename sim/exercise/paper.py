"""An exercise on paper: cards of accounts and lines of money, by which a decision has an outcome without the program.

What the criminals intend is a list of lines; a stop crosses out the lines that leave its account from then on, and what
hangs on a line that is crossed out does not happen. That is all of `settle` but the criminals' reaction. How long the
work on an account takes is that of a run in which no desk ever waits for people; who waits for whom is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

import numpy as np

from sim.engine.orders import Order
from sim.engine.run import Run
from sim.exercise.load import Loaded
from sim.exercise.session import Session
from sim.exercise.yardsticks import FIRST_NUMBER, conditions, end_of
from sim.fraud.settle import NEVER
from sim.measure.holds import holds_of
from sim.measure.money import money_of
from sim.words.units import MINUTE
from sim.workflow.log import ALERT, BEGIN, FINISH, HOLD, KNOWN, REPORT, content
from sim.workflow.rosters import UNLIMITED

LEAST: Final = 0.002
"""Share of all that is paid that must come to an account for it to have a card."""
MANY: Final = 99
"""Heads more at every desk, with which none waits for people."""


@dataclass(frozen=True)
class Card:
    """An account that can be stopped, sealed until somebody knows of it."""

    label: str
    """Case and a letter, such as 2-C: letters go by when money comes first."""
    case: int
    """Row of the case."""
    account: int
    """Its number in the plan."""
    bank: str
    """Holder."""
    layer: int
    opens: int | None
    """ms at which it is known by the victim's statement; None: when a stop has taken effect from which it had money."""
    desk: str
    """Of the centre's own, where the work before its bank's is done; empty where there is none."""
    work: int
    """ms of that work, to the minute."""
    after: int
    """ms from there until the stop is in effect, to the minute."""
    stays: float
    """Share of what is stopped there that is kept in the end."""


@dataclass(frozen=True)
class Line:
    """An amount that leaves a card's account unless it is stopped before, or a payment."""

    number: int
    """From 1, those that hang on a line behind it."""
    behind: int
    """The line that brought the money; 0 for a payment."""
    source: str
    """Card; empty for a victim."""
    target: str
    """Card; empty where it leaves the accounts that have one."""
    at: int
    """ms"""
    fen: int
    way: str
    """How it leaves the banks; empty where it does not."""


@dataclass(frozen=True)
class Sheet:
    """All that is reckoned with."""

    cards: Sequence[Card]
    lines: Sequence[Line]
    people: Mapping[str, int]
    """By desk of the cards: who works there at the opening."""
    deadline: int
    """ms after which a desk takes an open card that nobody decided on."""
    stake: int
    """fen that all victims pay if nothing is done."""


@dataclass(frozen=True)
class Decided:
    """A card that somebody wants stopped next."""

    at: int
    """ms"""
    card: str


@dataclass(frozen=True)
class Reckoned:
    """What came of some decisions on paper."""

    kept: int
    """fen"""
    stops: Mapping[str, int]
    """By card: ms at which the stop took effect."""
    opened: Mapping[str, int]
    """By card: ms at which it was opened."""


# -- the sheet -------------------------------------------------------------------------------------------------


def sheet_of(loaded: Loaded, session: Session) -> Sheet:
    """The sheet of an exercise.

    Args:
        session: at its opening, with nobody there.
    """
    free = end_of(session, [*conditions(session), *_enough(session)])
    alone = end_of(session, conditions(session))
    plan, times = session.engine.plan, _undisturbed(session)
    t = plan.transfers
    stake = int(t.amount[t.parent < 0].sum())
    known = _first(alone, KNOWN)
    reported = {**_of_cases(alone, ALERT), **_of_cases(alone, REPORT)}
    cases = [case for case, at in sorted(reported.items(), key=lambda it: it[1]) if at < loaded.exercise.ends]
    came = np.zeros(len(plan.accounts), dtype=np.int64)
    np.add.at(came, t.target[t.target >= 0], t.amount[t.target >= 0])
    first = np.full(len(plan.accounts), NEVER)
    np.minimum.at(first, t.target[t.target >= 0], times[t.target >= 0])
    work = _Work.of(session, free, alone)
    labels: dict[int, str] = {}
    cards = []
    for number, case in enumerate(cases, 1):
        rows = range(int(plan.account_first[case]) + 1, int(plan.account_first[case + 1]))
        mine = [row for row in rows if came[row] >= LEAST * stake and first[row] < loaded.exercise.ends]
        for place, row in enumerate(sorted(mine, key=lambda row: (first[row], row))):
            labels[row] = f"{number}-{letters(place)}"
            account = int(plan.accounts.number[row])
            layer = int(plan.accounts.layer[row])
            desk, own, after = work.on(case, account, layer)
            cards.append(
                Card(
                    labels[row], case, account, session.scenario.holders[plan.accounts.bank[row]].name, layer,
                    known.get((case, account)) if layer == 1 else None, desk, own, after, work.stays(row),
                )
            )  # fmt: skip
    desks = {card.desk for card in cards} - {""}
    people = {desk.name: desk.heads or UNLIMITED for desk in session.known.desks if desk.name in desks}
    deadline = max((role.deadline for role in loaded.exercise.roles.values()), default=0)
    return Sheet(cards, _lines(session, labels, times), people, deadline, stake)


def letters(place: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    more, place = divmod(place, 26)
    return (letters(more - 1) if more else "") + chr(ord("A") + place)


def _enough(session: Session) -> list[Order]:
    """More people at every desk than anybody could use."""
    starts = session.exercise.starts
    return [
        Order(starts, FIRST_NUMBER + number, "heads", desk=desk.name, heads=MANY)
        for number, desk in enumerate(session.engine.program.desks)
    ]


def _undisturbed(session: Session) -> np.ndarray:
    """ms at which each transfer would happen if nothing were ever held."""
    t = session.engine.plan.transfers
    time, above = t.dwell.copy(), t.parent.copy()
    while (below := above >= 0).any():
        time = time + np.where(below, time[above], 0)
        above = np.where(below, above[above], -1)
    return time


def _lines(session: Session, labels: Mapping[int, str], times: np.ndarray) -> list[Line]:
    """The lines into and out of the cards, in the order of the plan: what hangs on another stands behind it."""
    t, found, number_of = session.engine.plan.transfers, [], {}
    ways = list(session.scenario.criminals.exits)
    for row in range(len(t)):
        source, target = labels.get(int(t.source[row]), ""), labels.get(int(t.target[row]), "")
        parent, way = int(t.parent[row]), int(t.exit[row])
        if (not source and not target) or (parent >= 0 and parent not in number_of):
            continue
        number_of[row] = len(found) + 1
        found.append(
            Line(
                len(found) + 1, number_of[parent] if parent >= 0 else 0, source, target, int(times[row]),
                int(t.amount[row]), ways[way] if way >= 0 else "",
            )
        )  # fmt: skip
    return found


def _first(run: Run, kind: int) -> dict[tuple[int, int], int]:
    """By (case, account): ms of the first row of a kind."""
    rows = run.rows.at(run.rows.of(kind)[::-1])
    return {(case, account): at for case, account, at in zip(rows.case.tolist(), rows.account.tolist(),
                                                             rows.time.tolist(), strict=True)}  # fmt: skip


def _of_cases(run: Run, kind: int) -> dict[int, int]:
    return {case: at for (case, _), at in _first(run, kind).items()}


@dataclass(frozen=True)
class _Work:
    """How long the work on each account takes, where nobody waits for people."""

    session: Session
    runs: Sequence[Run]
    usual: Mapping[int, tuple[str, int, int]]
    """By layer, 2 for all deeper ones: of an account that no run worked on."""
    kept: Mapping[int, float]

    @classmethod
    def of(cls, session: Session, *runs: Run) -> _Work:
        """By some runs, the first of which tells before the others."""
        one = cls(session, runs, {}, _stays(runs))
        plan = session.engine.plan
        found: dict[int, list[tuple[str, int, int]]] = {1: [], 2: []}
        for row in range(len(plan.accounts)):
            case, account, layer = (int(column[row]) for column in (
                plan.accounts.case, plan.accounts.number, plan.accounts.layer))  # fmt: skip
            worked = one._in_runs(case, account) if layer else None
            if worked is not None:
                found[min(layer, 2)].append(worked)
        usual = {}
        for layer, several in found.items():
            if several:
                desks = [desk for desk, _, _ in several]
                usual[layer] = (
                    max(set(desks), key=desks.count), _minutes(median(own for _, own, _ in several)),
                    _minutes(median(after for _, _, after in several)),
                )  # fmt: skip
        return replace(one, usual=usual)

    def on(self, case: int, account: int, layer: int) -> tuple[str, int, int]:
        """(desk, ms of work there, ms from there until the stop) on an account."""
        return self._in_runs(case, account) or self.usual.get(min(layer, 2), ("", 0, 5 * MINUTE))

    def stays(self, row: int) -> float:
        """Share of what is stopped on an account (row of the plan) that is kept in the end."""
        return self.kept.get(row, 1.0)

    def _in_runs(self, case: int, account: int) -> tuple[str, int, int] | None:
        found = (self._in_run(run, case, account) for run in self.runs)
        return next((one for one in found if one is not None), None)

    def _in_run(self, run: Run, case: int, account: int) -> tuple[str, int, int] | None:
        """As `on`, by a run in which the account was stopped; None where it was not."""
        rows = run.rows
        key = rows.key
        low = content(case, account)
        mine = np.flatnonzero((key >= low) & (key < content(case, account + 1)))
        kind, time, desk = rows.kind[mine], rows.time[mine], rows.desk[mine]
        held = np.flatnonzero(kind == HOLD)
        begun = np.flatnonzero(kind == BEGIN)
        if not len(held) or not len(begun) or begun[0] > held[0]:
            return None
        own: dict[int, int] = {}
        for place in begun[begun < held[0]].tolist():
            ends = [other for other in np.flatnonzero(kind == FINISH).tolist() if other > place
                    and desk[other] == desk[place]]  # fmt: skip
            own[int(desk[place])] = own.get(int(desk[place]), 0) + int(time[ends[0]] - time[place] if ends else 0)
        ours = {number: ms for number, ms in own.items() if number < len(self.session.scenario.desks)}
        whole = int(time[held[0]] - time[begun[0]])
        if not ours:
            return "", 0, _minutes(whole)
        most = max(ours, key=lambda number: ours[number])
        work = ours[most]
        return run.program.desks[most].name, _minutes(work), _minutes(whole - work)


def _stays(runs: Sequence[Run]) -> dict[int, float]:
    """By account that was ever stopped: the share of what was found there that is kept in the end."""
    found: dict[int, float] = {}
    for run in reversed(runs):
        fate, _ = money_of(run)
        holds, plan = holds_of(run.plan, run.rows), run.plan
        source = plan.transfers.source
        recovered, held = np.zeros(len(plan.accounts)), np.zeros(len(plan.accounts))
        np.add.at(recovered, source, fate.recovered)
        np.add.at(held, source, fate.held + fate.returned)
        stopped = np.isin(plan.accounts.card, holds.card)
        for row in np.flatnonzero(stopped & (held > 0)).tolist():
            found[row] = round(float(recovered[row] / held[row]), 1)
    return found


def _minutes(ms: float) -> int:
    """To the whole minute."""
    return round(ms / MINUTE) * MINUTE


# -- reckoning -------------------------------------------------------------------------------------------------


def reckon(sheet: Sheet, decisions: Iterable[Decided], closes: int) -> Reckoned:
    """What comes of some decisions, as the facilitator reckons it by hand.

    Args:
        decisions: in any order; one about a card that is not open yet, or is decided on, counts as none.
        closes: ms at which the room closes: from then on the desks take what is open at once.
    """
    return play(sheet, _listed(decisions), closes)


Choose = Callable[[int, Sequence[Card]], Sequence[str]]
"""(ms, the open cards on which nobody has decided) -> which are to be stopped next, in this order."""


def _listed(decisions: Iterable[Decided]) -> Choose:
    waiting = sorted(decisions, key=lambda one: one.at)

    def choose(now: int, open_: Sequence[Card]) -> list[str]:
        labels = {card.label for card in open_}
        return [one.card for one in waiting if one.at == now and one.card in labels]

    return choose


def play(sheet: Sheet, choose: Choose, closes: int, starts: int = 0) -> Reckoned:
    """Play a room minute by minute, as the facilitator does it by hand.

    Args:
        choose: what the room decides in a minute.
        closes: ms at which the room closes: from then on the desks take what is open at once.
        starts: ms at which it opens.
    """
    cards = {card.label: card for card in sheet.cards}
    opened: dict[str, int] = {}
    stops: dict[str, int] = {}
    waiting: list[str] = []
    decided: set[str] = set()
    free = {desk: [starts] * min(heads, MANY) for desk, heads in sheet.people.items()}
    now = starts
    while now < closes + _AFTER:
        for card in sheet.cards:
            if card.opens is not None and card.opens <= now:
                opened.setdefault(card.label, card.opens)
        for label, at in sorted(stops.items()):
            if at <= now:
                for line in _gone(sheet, stops, at, label):
                    opened.setdefault(line.target, at)
        open_ = [cards[label] for label in opened if label not in decided]
        chosen = list(choose(now, open_)) if now < closes else []
        late = [card.label for card in open_ if now >= closes or now - opened[card.label] >= sheet.deadline]
        for label in dict.fromkeys([*chosen, *late]):
            decided.add(label)
            waiting.append(label)
        for label in list(waiting):
            card = cards[label]
            if card.desk:
                place = min(range(len(free[card.desk])), key=lambda n, card=card: free[card.desk][n])
                if free[card.desk][place] > now:
                    continue
                free[card.desk][place] = now + card.work
            waiting.remove(label)
            stops[label] = now + card.work + card.after
        now += MINUTE
    return Reckoned(kept(sheet, stops), stops, opened)


_AFTER: Final = 180 * MINUTE
"""ms after the close for which it is reckoned on: later hardly anything is left to stop."""


def _gone(sheet: Sheet, stops: Mapping[str, int], at: int, label: str) -> list[Line]:
    """The lines to other cards that had left a card before its stop."""
    happened: set[int] = {0}
    found = []
    for line in sheet.lines:
        if line.at < at and line.behind in happened and line.at < stops.get(line.source, NEVER):
            happened.add(line.number)
            if line.source == label and line.target:
                found.append(line)
    return found


def kept(sheet: Sheet, stops: Mapping[str, int]) -> int:
    """fen that some stops keep: down the lines, each that leaves a stopped account is crossed out, and counts there."""
    stays = {card.label: card.stays for card in sheet.cards}
    happened: set[int] = {0}
    fen = 0.0
    for line in sheet.lines:
        if line.behind not in happened:
            continue
        if line.source and line.at >= stops.get(line.source, NEVER):
            fen += line.fen * stays[line.source]
        else:
            happened.add(line.number)
    return round(fen)
