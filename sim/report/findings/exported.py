"""The log of a run as tables that a spreadsheet opens: cases, accounts, transfers, work, stops, the log, the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from sim.engine.run import Run
from sim.fraud.groups import Ints
from sim.fraud.settle import NEVER
from sim.measure.holds import HoldTable, cards, holds_of
from sim.measure.ledger import CLOSING, EXIT, KINDS, PLACES, Ledger, ledger_of
from sim.measure.metrics import Measured, measure
from sim.measure.money import PREVENTED
from sim.measure.numbers import sum_by
from sim.measure.work import ENDINGS, Work, work_of
from sim.report.findings import text
from sim.report.findings.labels import Labels, Numbers
from sim.words import names
from sim.words.language import Kind, key, language, named, say
from sim.words.units import YUAN
from sim.workflow.log import (
    AWAY,
    CALLED_IN,
    CLOSED,
    CONTESTED,
    FREEZE,
    HANDED_OVER,
    HOLD,
    HOLD_END,
    KNOWN,
    ORDER,
    OTHERS,
    PAID,
    RETURNED,
)
from sim.workflow.log import (
    KINDS as EVENTS,
)

FEN_KINDS = (KNOWN, HOLD, FREEZE, RETURNED, PAID, CONTESTED, OTHERS)
"""Log rows whose value is an amount in fen."""
_NUMBER_KINDS = (AWAY, HOLD_END, CLOSED, ORDER, HANDED_OVER, CALLED_IN)
"""Log rows whose value is another whole number, as the log's description says it."""

Columns = Mapping[str, Sequence[Any]]
"""By head (English, a key of the catalogue): the cells. None, or empty text, where a cell says nothing."""


@dataclass(frozen=True)
class Exported:
    """One run with all that its files need, each made once."""

    run: Run

    @cached_property
    def measured(self) -> Measured:
        """What came of it."""
        return measure(self.run)

    @cached_property
    def ledger(self) -> Ledger:
        """Its money."""
        return ledger_of(self.run, self.measured)

    @cached_property
    def work(self) -> Work:
        """Its work."""
        return work_of(self.run.rows)

    @cached_property
    def labels(self) -> Labels:
        """Its names."""
        return Labels(self.run)

    @cached_property
    def stops(self) -> HoldTable:
        """Its stops, by account."""
        return holds_of(self.run.plan, self.run.rows)

    @cached_property
    def found(self) -> Ints:
        """By stop: fen of the victims' own that were found on the account."""
        told = self.run.rows.at(self.run.rows.of(HOLD))
        row = self.stops.last(cards(self.run.plan, told), told.time)
        mine = (row >= 0) & (told.time == self.stops.start[row]) if len(self.stops) else row >= 0
        return sum_by(row[mine], told.value[mine], len(self.stops))

    def causes(self, what: Ints, kind: Ints) -> list[str]:
        """By entry of the ledger: the cause of an exit, or the place of what closes, as the metrics name them."""
        causes = self.measured.leaks.causes
        return [
            causes[number] if is_ == EXIT else PLACES[number] if is_ == CLOSING else ""
            for number, is_ in zip(what.tolist(), kind.tolist(), strict=True)
        ]


def tables(of: Exported) -> dict[str, Columns]:
    """By name of the file: its columns, in the language of the context."""
    return {name: make(of) for name, make in TABLES.items()}


def yuan(fen: Ints) -> list[float]:
    """Amounts in yuan."""
    return [amount / YUAN for amount in fen.tolist()]


def _named(numbers: Ints, configured: Mapping[str, Any] | None, kind: Kind) -> list[str]:
    """Names of the configuration; empty where the scenario does not tell them apart."""
    known = [_call(name, kind) for name in configured or {"": None}]
    return [known[number] for number in numbers.tolist()]


def _call(name: str, kind: Kind) -> str:
    """A name as the file has it in English, as people call it in Chinese."""
    return name if language() == "en" else named(name, kind)


def _cases(of: Exported) -> Columns:
    v, m, at, scenario = of.run.plan.victims, of.measured, of.labels, of.run.scenario
    victim = v.bystander == 0
    prevented = sum_by(of.run.plan.transfers.case, np.where(m.fate.place == PREVENTED, m.fate.amount, 0), len(v))
    return {
        key("case"): at.case,
        key("kind"): [say(one) for one in at.kind],
        key("scam"): [
            one if is_ else ""
            for one, is_ in zip(_named(v.scam, scenario.victims.scams, "scam"), victim.tolist(), strict=True)
        ],
        key("channel"): _named(v.channel, scenario.victims.channels, "channel"),
        key("age"): _named(v.age, scenario.victims.ages, "age"),
        key("district"): _named(v.district, scenario.victims.districts, "district"),
        key("victim's bank"): _named(v.bank, scenario.banks, "bank"),
        key("first paid"): at.times(v.first_payment),
        key("last paid"): at.times(v.last_payment, victim & (m.loss > 0)),
        key("discovered at"): at.times(v.discovered, victim & (v.discovered < NEVER)),
        key("reported"): at.times(m.reported, m.reported <= of.run.end),
        key("first stop"): at.times(m.first_stop, m.first_stop < NEVER),
        key("loss (yuan)"): yuan(m.loss),
        key("prevented (yuan)"): yuan(prevented),
        key("recovered (yuan)"): yuan(m.recovered),
        key("lost (yuan)"): yuan(m.lost),
        key("still moving (yuan)"): yuan(m.moving),
        key("held by another force (yuan)"): yuan(m.elsewhere),
    }


def _accounts(of: Exported) -> Columns:
    accounts, scenario, at = of.run.plan.accounts, of.run.scenario, of.labels
    t, n = of.run.plan.transfers, len(of.run.plan.accounts)
    came = np.flatnonzero((of.run.times <= of.run.end) & (t.target >= 0))
    credited, first = sum_by(t.target[came], t.amount[came], n), np.full(n, NEVER)
    np.minimum.at(first, t.target[came], of.run.times[came])
    stop = np.full(n, NEVER)
    np.minimum.at(stop, of.stops.card, of.stops.start)
    places = _named(accounts.place, scenario.criminals.places, "place")
    own, holders = _named(of.run.plan.victims.bank, scenario.banks, "bank"), at.holders()
    return {
        key("account"): at.account,
        key("case"): [at.case[case] for case in accounts.case.tolist()],
        key("layer"): accounts.layer.tolist(),
        key("held at"): [
            holders[bank] if layer else own[case]
            for bank, layer, case in zip(
                accounts.bank.tolist(), accounts.layer.tolist(), accounts.case.tolist(), strict=True
            )
        ],
        key("place"): [name if layer else "" for name, layer in zip(places, accounts.layer.tolist(), strict=True)],
        key("first credited"): at.times(first, first < NEVER),
        key("credited (yuan)"): yuan(credited),
        key("first stop"): at.times(stop[accounts.card], stop[accounts.card] < NEVER),
    }


def _transfers(of: Exported) -> Columns:
    t, at, run = of.run.plan.transfers, of.labels, of.run
    rows = np.flatnonzero((run.times <= run.end) | (of.measured.fate.place == PREVENTED))
    rows = rows[np.lexsort((rows, np.minimum(run.times[rows], NEVER)))]
    credited = np.where(t.parent[rows] < 0, -1, run.times[t.parent[rows]])
    exits = [*(_call(name, "exit") for name in run.scenario.criminals.exits), ""]
    return {
        key("transfer"): [at.transfer[row] for row in rows.tolist()],
        key("case"): [at.case[case] for case in t.case[rows].tolist()],
        key("from account"): [at.account[one] for one in t.source[rows].tolist()],
        key("to account"): [at.account[one] if one >= 0 else "" for one in t.target[rows].tolist()],
        key("way out"): [exits[one] for one in t.exit[rows].tolist()],
        key("money came"): at.times(credited),
        key("left"): at.times(run.times[rows], run.times[rows] <= run.end),
        key("amount (yuan)"): yuan(t.amount[rows]),
    }


def _stops(of: Exported) -> Columns:
    stops, at, accounts = of.stops, of.labels, of.run.plan.accounts
    return {
        key("stop"): [f"S{number}" for number in range(1, len(stops) + 1)],
        key("account"): [at.account[card] for card in stops.card.tolist()],
        key("case"): [at.case[accounts.case[card]] for card in stops.card.tolist()],
        key("begun at"): at.times(stops.start),
        key("frozen at"): at.times(stops.frozen, stops.frozen < NEVER),
        key("held by another force at"): at.times(stops.contested, stops.contested < NEVER),
        key("ended at"): at.times(stops.end, stops.end < NEVER),
        key("ended by itself"): [say("yes") if one else "" for one in stops.lapsed.tolist()],
        key("found (yuan)"): yuan(of.found),
    }


def _subjects(of: Exported, case: Numbers, account: Numbers, step: Numbers) -> tuple[list[str], list[str]]:
    """By row: the case (or the piece of work that is no case), and the account."""
    at, first = of.labels, of.run.plan.account_first
    cases, accounts = [], []
    for one, number, where in zip(case.tolist(), account.tolist(), step.tolist(), strict=True):
        of_case = one >= 0
        cases.append(at.case[one] if of_case else at.duty(where, number) if number >= 0 and where >= 0 else "")
        accounts.append(at.account[first[one] + number] if of_case and number >= 0 else "")
    return cases, accounts


def _work(of: Exported) -> Columns:
    work, at = of.work, of.labels
    rows = work.rows
    cases, accounts = _subjects(of, rows.case, rows.account, rows.step)
    steps, desks, endings = at.steps(), at.desks(), [say(one) for one in ENDINGS]
    return {
        key("case"): cases,
        key("account"): accounts,
        key("activity"): [steps[step] for step in rows.step.tolist()],
        key("attempt"): rows.attempt.tolist(),
        key("desk"): [desks[desk] for desk in rows.desk.tolist()],
        key("person"): at.people(rows.desk, np.where(work.begun >= 0, rows.person, -1)),
        key("enabled at"): at.times(work.enabled),
        key("begun at"): at.times(work.begun),
        key("ended at"): at.times(work.ended),
        key("ending"): [endings[one] for one in work.ending.tolist()],
    }


def _log(of: Exported) -> Columns:
    rows, at = of.run.rows, of.labels
    cases, accounts = _subjects(of, rows.case, rows.account, rows.step)
    steps, desks = at.steps(), at.desks()
    events = [_call(name, "event") for name in EVENTS]
    amounts = [*np.where(np.isin(rows.kind, FEN_KINDS), rows.value, -1).tolist()]
    others = [*np.where(np.isin(rows.kind, _NUMBER_KINDS), rows.value, -1).tolist()]
    return {
        key("number"): list(range(len(rows))),
        key("time"): at.times(rows.time),
        key("event"): [events[kind] for kind in rows.kind.tolist()],
        key("case"): cases,
        key("account"): accounts,
        key("activity"): [steps[step] for step in rows.step.tolist()],
        key("attempt"): [None if one < 0 else one for one in rows.attempt.tolist()],
        key("desk"): [desks[desk] for desk in rows.desk.tolist()],
        key("person"): at.people(rows.desk, rows.person),
        key("amount (yuan)"): [None if one < 0 else one / YUAN for one in amounts],
        key("value"): [None if one < 0 else one for one in others],
    }


def _ledger(of: Exported) -> Columns:
    ledger, at = of.ledger, of.labels
    exits = of.run.scenario.criminals.exits
    ways = [*(say("way out: {exit}", exit=_call(name, "exit")) for name in exits), ""]
    way = np.where(ledger.kind == EXIT, of.run.plan.transfers.exit[ledger.transfer], -1)
    kinds = [say(one) for one in KINDS]
    what = of.causes(ledger.what, ledger.kind)
    return {
        key("entry"): list(range(1, len(ledger) + 1)),
        key("time"): at.times(ledger.time),
        key("case"): [at.case[case] for case in ledger.case.tolist()],
        key("kind"): [kinds[kind] for kind in ledger.kind.tolist()],
        key("from account"): [at.account[one] for one in ledger.source.tolist()],
        key("to account"): [
            at.account[one] if one >= 0 else ways[out]
            for one, out in zip(ledger.target.tolist(), way.tolist(), strict=True)
        ],
        key("why or where"): [_why(one) for one in what],
        key("amount (fen)"): ledger.fen.tolist(),
    }  # fmt: skip


def _why(name: str) -> str:
    """A cause or a place as the metrics call it, in Chinese as people do."""
    if not name or language() == "en":
        return name
    return names.cause(name).label if name in names.CAUSES else text.metric(name).label


TABLES: Final[Mapping[str, Callable[[Exported], Columns]]] = {
    "cases": _cases, "accounts": _accounts, "transfers": _transfers, "stops": _stops, "work": _work, "log": _log,
    "ledger": _ledger,
}  # fmt: skip
"""By name of the file: what makes it."""
