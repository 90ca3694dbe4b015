"""The tables of an exercise on paper, read from its plan and from runs of it (`paper_work`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.exercise.load import Loaded
from sim.exercise.paper import FOREVER, VICTIM, Card, Desk, Line, Sheet
from sim.exercise.paper_work import CALL, PROTECT, Work, boxes_of, minute_of
from sim.exercise.session import Session
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.words.units import MINUTE
from sim.workflow.log import BEGIN, FINISH, NONE, REPORT

MOST_ACCOUNTS: Final = 36
"""Accounts with a card at most, the largest: what a facilitator can lay out on a table."""
MOST_CALLS: Final = 40
"""Calls with a card at most, the largest losses."""


def sheet_of(loaded: Loaded, session: Session) -> Sheet:
    """The tables of an exercise.

    Args:
        session: of it, at its opening, with nobody there.
    """
    reading = _Reading(loaded, session, Work.of(loaded, session), undisturbed(session))
    calls = reading.calls()
    rows = reading.largest([card.case for card in calls])
    cards = [card for call in calls for card in reading.of_case(call, rows)]
    labels = {
        int(session.engine.plan.account_first[card.case]) + card.account: card.label
        for card in cards if card.account > 0
    }  # fmt: skip
    room = loaded.exercise
    plan, reaction = session.engine.plan, session.scenario.criminals.reaction
    notice = {
        call.number: FOREVER if (after := int(plan.victims.notice_after[call.case])) >= NEVER else minute_of(after)
        for call in calls
    }
    kept = [card for card in cards if card.boxes]
    return Sheet(
        kept, reading.lines(calls, labels, {card.label for card in kept}), reading.desks(kept), notice,
        reaction.speed if reaction else 1.0, minute_of(room.starts), minute_of(room.ends),
        sum(call.fen for call in calls),
    )  # fmt: skip


def undisturbed(session: Session) -> Ints:
    """ms at which each transfer would happen if nothing were ever held."""
    t = session.engine.plan.transfers
    time, above = t.dwell.copy(), t.parent.copy()
    while (below := above >= 0).any():
        time = time + np.where(below, time[above], 0)
        above = np.where(below, above[above], -1)
    return time


def _letters(place: int) -> str:
    """A, B, ..., Z, AA, AB, ..., without the letter of a victim."""
    alphabet = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter != VICTIM]
    more, place = divmod(place, len(alphabet))
    return (_letters(more - 1) if more else "") + alphabet[place]


@dataclass(frozen=True)
class _Reading:
    """An exercise, with what its tables are read from."""

    loaded: Loaded
    session: Session
    work: Work
    times: Ints
    """ms at which each transfer happens if nothing is ever held."""

    # -- cards -----------------------------------------------------------------------------------------------------

    def calls(self) -> list[Card]:
        """The calls that come before the close and were not done with at the opening, numbered as they come."""
        plan, room = self.session.engine.plan, self.loaded.exercise
        rows = self.work.free.rows.at(self.work.free.rows.of(REPORT))
        first: dict[int, int] = {}
        for case, at in zip(rows.case.tolist(), rows.time.tolist(), strict=True):
            if at < room.ends:
                first.setdefault(case, at)
        found = []
        for case, reported in first.items():
            worked, _ = self.work.on(self.work.free, case, NONE, CALL)
            alive = any(one.case == case and one.state == "known" for one in self.session.known.accounts)
            if worked and (worked[-1].ended >= room.starts or alive):
                begun, boxes = self.work.begun(worked), boxes_of(worked, NONE)
                found.append(
                    Card("", case, NONE, "", 0, int(plan.victims.loss[case]), boxes,
                         self.work.rings(case, reported, boxes[0].work), begun)
                )  # fmt: skip
        found = sorted(found, key=lambda card: -card.fen)[:MOST_CALLS]
        return [replace(card, label=str(number)) for number, card in
                enumerate(sorted(found, key=lambda card: first[card.case]), 1)]  # fmt: skip

    def largest(self, cases: Sequence[int]) -> list[int]:
        """Rows of the accounts to which most money comes before the close, with all that it comes from."""
        plan, t, ends = self.session.engine.plan, self.session.engine.plan.transfers, self.loaded.exercise.ends
        inner = (t.target >= 0) & np.isin(t.case, cases) & (self.times < ends)
        came, last = np.zeros(len(plan.accounts), dtype=np.int64), np.zeros(len(plan.accounts), dtype=np.int64)
        np.add.at(came, t.target[inner], t.amount[inner])
        np.maximum.at(last, t.source, self.times)
        feeders: defaultdict[int, set[int]] = defaultdict(set)
        for row in np.flatnonzero(inner & (t.parent >= 0)).tolist():
            feeders[int(t.target[row])].add(int(t.source[row]))
        stopped = {
            int(plan.account_first[one.case]) + one.account
            for one in self.session.known.accounts if one.state != "known"
        }  # fmt: skip
        taken: set[int] = set()
        for row in np.argsort(-came, kind="stable")[: (came > 0).sum()].tolist():
            if last[row] > self.loaded.exercise.starts:
                need = _above(row, feeders) - taken - stopped
                if len(taken) + len(need) <= MOST_ACCOUNTS:
                    taken |= need
        return sorted(taken)

    def of_case(self, call: Card, rows: Sequence[int]) -> Iterator[Card]:
        """The call, its victim where payments can be prevented, and its accounts among some rows."""
        yield call
        plan, t = self.session.engine.plan, self.session.engine.plan.transfers
        first, last = (int(row) for row in plan.account_first[[call.case, call.case + 1]])
        worked, stopped = self.work.on(self.work.free, call.case, NONE, PROTECT)
        if stopped:
            yield Card(f"{call.label}-{VICTIM}", call.case, 0, "", 0, call.fen, boxes_of(worked, stopped),
                       begun=self.work.begun(worked))  # fmt: skip
        came = {
            row: (int(self.times[into].min()), int(t.amount[into].sum()))
            for row in rows if first <= row < last and len(into := np.flatnonzero(t.target == row))
        }  # fmt: skip
        known = {one.account for one in self.session.known.accounts if one.case == call.case}
        for place, row in enumerate(sorted(came, key=lambda row: (came[row][0], row))):
            account = row - first
            for run in (self.work.free, self.work.slow):
                worked, stopped = self.work.on(run, call.case, account)
                if worked and stopped:
                    break
            boxes = boxes_of(worked, stopped) if worked and stopped else ()
            yield Card(
                f"{call.label}-{_letters(place)}", call.case, account,
                self.session.scenario.holders[plan.accounts.bank[row]].name, int(plan.accounts.layer[row]),
                came[row][1], boxes, begun=self.work.begun(worked) if boxes else None, known=account in known,
            )  # fmt: skip

    # -- money and people ------------------------------------------------------------------------------------------

    def lines(self, calls: Sequence[Card], labels: Mapping[int, str], there: set[str]) -> list[Line]:
        """The lines into and out of the cards until the close, case by case, what hangs on a line below it."""
        plan, found = self.session.engine.plan, list[Line]()
        t, ways = plan.transfers, list(self.session.scenario.criminals.exits)
        closes = minute_of(self.loaded.exercise.ends)
        for call in calls:
            numbers: dict[int, int] = {}
            victim = f"{call.label}-{VICTIM}"
            for row in range(int(plan.transfer_first[call.case]), int(plan.transfer_first[call.case + 1])):
                parent, way, at = int(t.parent[row]), int(t.exit[row]), minute_of(self.times[row])
                source = labels.get(int(t.source[row]), "") if parent >= 0 else victim
                target = labels.get(int(t.target[row]), "")
                source, target = (label if label in there else "" for label in (source, target))
                if parent < 0 and (at > closes or not (source or target)):
                    continue
                if parent >= 0 and (parent not in numbers or not source or minute_of(self.times[parent]) > closes):
                    continue
                numbers[row] = len(found) + 1
                found.append(
                    Line(len(found) + 1, call.label, numbers.get(parent, 0), source, target, at, int(t.amount[row]),
                         ways[way] if way >= 0 else "")
                )  # fmt: skip
        return found

    def desks(self, cards: Sequence[Card]) -> dict[str, Desk]:
        """The desks of some cards, with their people and the work there that has no card."""
        needed = [name for card in cards for box in card.boxes for name in (box.desk, *box.team)]
        other = self._other({(card.case, NONE if card.account <= 0 else card.account) for card in cards})
        return {
            name: Desk(name, -(-self.work.deadlines[name] // MINUTE), self.work.people[name], other[name])
            for name in dict.fromkeys(needed)
        }

    def _other(self, carded: set[tuple[int, int]]) -> defaultdict[str, list[tuple[int, int]]]:
        """By desk: when other work is to be begun if nobody decides on it, and how long it takes one person."""
        rows, room, open_ = self.work.idle.rows, self.loaded.exercise, dict[tuple[int, ...], int]()
        names = [desk.name for desk in self.work.idle.program.desks]
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        work = rows.at(np.flatnonzero(((rows.kind == BEGIN) | (rows.kind == FINISH)) & (rows.time < room.ends * 2)))
        columns = (work.kind, work.time, work.case, work.account, work.step, work.attempt, work.desk, work.person)
        for kind, at, *task in zip(*(column.tolist() for column in columns), strict=True):
            if kind == BEGIN:
                open_[tuple(task)] = at
            elif (
                (begun := open_.pop(tuple(task), None)) is not None
                and begun < room.ends and at > room.starts and (task[0], task[1]) not in carded
            ):  # fmt: skip
                since = max(begun, room.starts)
                found[names[task[4]]].append((since, at - since))
        return defaultdict(list, {
            desk: [(minute_of(since), minute_of(length)) for since, length in sorted(several)]
            for desk, several in found.items()
        })  # fmt: skip


def _above(row: int, feeders: Mapping[int, set[int]]) -> set[int]:
    """A row and all that money comes to it from."""
    found, waiting = set[int](), [row]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += feeders.get(one, ())
    return found
