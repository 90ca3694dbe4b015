"""What the money of one case did, and its victim, as lines of a story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.report.findings.case import VICTIM, Case, Move
from sim.report.findings.story_lines import MONEY, PERSON, Line, account_names, who
from sim.words import names
from sim.words.language import duration, key, money, say


def money_lines(told: Case) -> Iterable[Line]:
    for account in told.accounts:
        if account.number == VICTIM:
            for number, move in enumerate(account.left):
                to = who(told.account(move.target))
                what = say("The victim pays {money} to {account}.", money=money(move.amount), account=to)
                yield Line(move.time, MONEY, number, what)
            continue
        onward = [m for m in account.left if not m.way]
        for number, moves in enumerate(_bursts(onward)):
            targets = [told.account(m.target) for m in moves]
            amount, span = sum(m.amount for m in moves), moves[-1].time - moves[0].time
            sends = key("{account} sends {money} on to {targets}.")
            if span:
                sends = key("{account} sends {money} on to {targets} within {time}.")
            what = say(
                sends, account=who(account), money=money(amount), targets=account_names(targets), time=duration(span)
            )
            yield Line(moves[0].time, MONEY, account.number * 1000 + number, what)
        for number, move in enumerate(m for m in account.left if m.way):
            leave, way = key("{money} leave {account} {way_out}."), names.way_out(move.way)
            what = say(leave, money=money(move.amount), account=who(account), way_out=way)
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


def every_transfer(told: Case) -> Iterable[Line]:
    for number, move in enumerate(told.moves):
        source = say("The victim") if move.source == VICTIM else who(told.account(move.source))
        if move.target >= 0:
            to = who(told.account(move.target))
        else:
            to = say("out of the banks {way_out}", way_out=names.way_out(move.way))
        what = say("{source} -> {target}: {money}.", source=source, target=to, money=money(move.amount))
        yield Line(move.time, MONEY, number, what)


def victim_lines(told: Case) -> Iterable[Line]:
    payments = told.accounts[0].left
    last = payments[-1].time if payments else told.first_payment
    if told.discovered <= told.end:
        understands = key("The victim understands.")
        if told.discovered > last:
            understands = key("The victim understands, {time} after the last payment.")
        yield Line(told.discovered, PERSON, 0, say(understands, time=duration(told.discovered - last)))
    if told.reported is not None:
        since = duration(told.reported - told.first_payment)
        yield Line(told.reported, PERSON, 1, say("THE REPORT, {time} after the first payment.", time=since))
