"""What responders can see of a run: people, cases, accounts and flows as they were reported and answered.

Rows of cases and numbers of accounts are the plan's: to whoever knows how they are given they tell more than responders
know (how many accounts are still unknown, which alarm is false). They are for orders; people are shown `number`.
This module reads the files of the response, and of the truth only what was named: a transfer before the moment up to
which the victim or a bank has told where an account's money went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.fraud.settle import NEVER
from sim.workflow.knowledge import FREE, UNKNOWN
from sim.workflow.log import NONE, ORDER
from sim.workflow.rosters import UNLIMITED

if TYPE_CHECKING:
    from sim.engine.reference import Engine
    from sim.engine.tokens import Token

State = Literal["known", "stopped", "frozen", "free again", "refused", "written off"]
"""Of an account: named only; under a stop or a freeze; a hold is over; its bank refused the order; given up."""
Task = Literal["", "undecided", "waiting", "working", "pending"]
"""What is being done about it: nothing; nobody has decided yet; it waits for people; somebody is at it; a wait, such as
for another province."""


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case that was reported, or that a warning, a lead or an alarm named. Times are ms since the start."""

    case: int
    """Row of the case, as orders name it."""
    number: int
    """Counted from 1 in the order in which the responders heard of it."""
    reported_at: int | None
    alerted_at: int | None
    channel: str
    """Empty where it was not reported."""
    scam: str
    age: str
    """Empty where it is not told apart."""
    paid: int
    """fen that the victim has named."""
    caught: int
    """fen that banks found when stops took effect."""
    open: bool
    """Something is still being done about it."""
    safe: bool
    """The victim pays no more."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that somebody has named. Times are ms since the start, amounts fen."""

    case: int
    account: int
    """Number in the case, as orders name it."""
    number: int
    """Counted from 1 in the order in which the case's accounts became known."""
    bank: str
    """Name of the holder: a bank, `exit:` and a way out, or `rail:` and a rail."""
    layer: int
    place: str
    """Empty where it is not told apart."""
    amount: int
    """Reported to have arrived."""
    credited: int
    known_at: int
    state: State
    until: int | None
    """When the hold in force ends; None where it does not, or none is in force."""
    caught: int
    """Found when the hold began."""
    task: Task
    desk: str
    """Whose task it is."""
    step: str
    """`route.step` of the task."""


@dataclass(frozen=True, slots=True)
class KnownFlow:
    """A transfer that the victim or a bank has named."""

    case: int
    source: int
    """Number of the account; 0 for the victim."""
    target: int
    """Number of the account; -1 where the money left the banks."""
    amount: int
    at: int
    way: str
    """How it left; empty where it did not."""


@dataclass(frozen=True, slots=True)
class DeskState:
    """A desk at this moment."""

    name: str
    heads: int | None
    """On duty; None where there are always enough."""
    busy: int
    waiting: int
    """Tasks that wait for people, the undecided among them."""
    undecided: int
    policy: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that responders know."""

    cases: tuple[KnownCase, ...]
    accounts: tuple[KnownAccount, ...]
    flows: tuple[KnownFlow, ...]
    desks: tuple[DeskState, ...]


def sight(engine: Engine) -> Known:
    """What the responders of a run know now, in the order of cases and accounts."""
    return Sights(engine).now()


class _OfCase(NamedTuple):
    """What is known of one case, and what it was made of."""

    sign: tuple[object, ...]
    """Equal as long as nothing of it can have changed."""
    case: KnownCase
    accounts: tuple[KnownAccount, ...]
    flows: tuple[KnownFlow, ...]


class Sights:
    """What the responders of a run know, moment after moment: only cases about which something happened are made anew.

    Whatever happens to a case or an account writes a row of the log about it, but for two things, which are looked at
    each time: until when a card is held that cases share, and whether a victim pays no more. An order about a desk
    moves tasks of any case.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read = 0
        """Rows of the log that were looked at."""
        self._times: dict[int, int] = {}
        """By case: moments at which rows about it were found; NONE for orders about desks."""
        self._kept: dict[int, _OfCase] = {}

    def now(self) -> Known:
        """What is known now, in the order of cases and accounts."""
        engine = self._engine
        self._look()
        tasks: dict[int, tuple[Task, Token]] | None = None
        found = []
        for number, case in enumerate(_told(engine), 1):
            sign = self._sign(case, number)
            if case not in self._kept or self._kept[case].sign != sign:
                tasks = _tasks(engine) if tasks is None else tasks
                self._kept[case] = _OfCase(
                    sign, _case(engine, case, number), tuple(_accounts(engine, case, tasks)),
                    tuple(_flows(engine, case)),
                )  # fmt: skip
            found.append(self._kept[case])
        return Known(
            cases=tuple(one.case for one in found),
            accounts=tuple(account for one in found for account in one.accounts),
            flows=tuple(flow for one in found for flow in one.flows),
            desks=tuple(_desks(engine)),
        )

    def _look(self) -> None:
        """See about which cases the engine has written anything down since the last time."""
        rows = self._engine.log.since(self._read)
        self._read = len(self._engine.log)
        orders = rows.case[(rows.case == NONE) & (rows.kind == ORDER)]
        for case in {*rows.case[rows.case != NONE].tolist(), *orders.tolist()}:
            self._times[case] = self._times.get(case, 0) + 1

    def _sign(self, case: int, number: int) -> tuple[object, ...]:
        world = self._engine.world
        first, last = world.account_first[case], world.account_first[case + 1]
        cards = world.card[first:last]
        until, frozen = world.knowledge.until, world.knowledge.frozen
        return (
            self._times.get(case, 0), self._times.get(NONE, 0), number, case in world.safe,
            [until[card] for card in cards], [frozen[card] for card in cards],
        )  # fmt: skip


_NO_TASK: tuple[Task, None] = ("", None)


def _told(engine: Engine) -> list[int]:
    """The cases that somebody has told of, in this order."""
    knowledge = engine.world.knowledge
    when = [
        (min(time for time in times if time != UNKNOWN), case)
        for case, times in enumerate(zip(knowledge.reported_at, knowledge.alerted_at, strict=True))
        if max(times) != UNKNOWN
    ]
    return [case for _, case in sorted(when)]


def _tasks(engine: Engine) -> dict[int, tuple[Task, Token]]:
    """By account row: its task on a route that chases the money, or on any other where there is none."""
    program = engine.program
    found: dict[int, tuple[Task, Token]] = {}
    for token in engine.under_way():
        if token.account >= 0 and (token.subject not in found or not program.background[token.route]):
            found[token.subject] = _task(engine, token), token
    return found


def _task(engine: Engine, token: Token) -> Task:
    if token in engine.seats:
        return "undecided"
    if token.place is not None:
        return "waiting"
    return "working" if token.person != NONE or token.people else "pending"


def _case(engine: Engine, case: int, number: int) -> KnownCase:
    world, knowledge, victims = engine.world, engine.world.knowledge, engine.scenario.victims
    first, last = world.account_first[case], world.account_first[case + 1]
    reported, alerted = knowledge.reported_at[case], knowledge.alerted_at[case]
    return KnownCase(
        case=case,
        number=number,
        reported_at=None if reported == UNKNOWN else reported,
        alerted_at=None if alerted == UNKNOWN else alerted,
        channel=_name(victims.channels, knowledge.channel[case]) if reported != UNKNOWN else "",
        scam=_name(victims.scams, knowledge.scam[case]),
        age=_name(victims.ages, knowledge.age[case]),
        paid=sum(flow.amount for flow in _flows_from(engine, case, first)),
        caught=sum(knowledge.caught[row] for row in range(first, last) if knowledge.known_at[row] != UNKNOWN),
        open=engine.is_open(case),
        safe=case in world.safe,
    )


def _accounts(engine: Engine, case: int, tasks: dict[int, tuple[Task, Token]]) -> Iterator[KnownAccount]:
    world, knowledge, program = engine.world, engine.world.knowledge, engine.program
    first = world.account_first[case]
    rows = [row for row in range(first + 1, world.account_first[case + 1]) if knowledge.known_at[row] != UNKNOWN]
    for number, row in enumerate(sorted(rows, key=lambda row: (knowledge.known_at[row], row)), 1):
        until = knowledge.until[world.card[row]]
        task, token = tasks.get(row, _NO_TASK)
        desk = token.desk if token is not None and task != "pending" else NONE
        yield KnownAccount(
            case=case,
            account=row - first,
            number=number,
            bank=engine.scenario.holders[knowledge.bank[row]].name,
            layer=knowledge.layer[row],
            place=_name(engine.scenario.criminals.places, knowledge.place[row]),
            amount=knowledge.amount[row],
            credited=knowledge.credited[row],
            known_at=knowledge.known_at[row],
            state=_state(engine, row),
            until=None if until in (FREE, NEVER) else until,
            caught=knowledge.caught[row],
            task=task,
            desk=program.desks[desk].name if desk != NONE else "",
            step=program.names[token.step] if token is not None else "",
        )


def _state(engine: Engine, row: int) -> State:
    knowledge, card = engine.world.knowledge, engine.world.card[row]
    if knowledge.until[card] != FREE:
        return "frozen" if knowledge.frozen[card] else "stopped"
    if row in knowledge.written_off:
        return "written off"
    if knowledge.refused[row]:
        return "refused"
    return "free again" if knowledge.stops[card] else "known"


def _flows(engine: Engine, case: int) -> Iterator[KnownFlow]:
    first, last = engine.world.account_first[case], engine.world.account_first[case + 1]
    for row in range(first, last):
        yield from _flows_from(engine, case, row)


def _flows_from(engine: Engine, case: int, row: int) -> Iterator[KnownFlow]:
    """What was named of the transfers out of an account: those before the answer on it."""
    world, first = engine.world, engine.world.account_first[case]
    told_until = world.knowledge.answered_until[row]
    if not told_until:
        return
    ways, exits = list(engine.scenario.criminals.exits), engine.plan.transfers.exit
    for i in world.forest.outgoing(row):
        if world.times[i] < told_until:
            target = world.forest.target[i]
            yield KnownFlow(
                case=case,
                source=row - first,
                target=target - first if target >= 0 else NONE,
                amount=world.forest.amount[i],
                at=world.times[i],
                way=ways[exits[i]] if target < 0 else "",
            )


def _desks(engine: Engine) -> Iterator[DeskState]:
    undecided = [token.desk for token, _, _ in engine.seats]
    for number, desk in enumerate(engine.floor.desks):
        yield DeskState(
            name=engine.program.desks[number].name,
            heads=None if (heads := engine.heads(number)) == UNLIMITED else heads,
            busy=len(desk.busy),
            waiting=desk.waiting,
            undecided=undecided.count(number),
            policy=engine.floor.serving.policies[number],
        )


def _name(of: Mapping[str, object] | None, number: int) -> str:
    """The name with a number; empty where nothing is known or told apart."""
    return list(of)[number] if of and number >= 0 else ""
