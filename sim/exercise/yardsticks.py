"""What a session is held against: the same victims, luck and changes of conditions, decided otherwise.

*Nobody*: the same people sit at the same seats, and nobody decides anything. Every decision waits until its deadline,
then the desk takes it in its own order. That is what a room does that does nothing, and the zero of the money's scale.
It is no empty room: there the model decides every desk in no time at all (*the model alone*), which no person can.
*Good play*: an automatic player at each seat, for as long as somebody sat there. *The best found* is the most that good
play, the model alone, or the model with any one queue policy at the desks of the roles saves: the hundred of the scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sim.engine.orders import Order
from sim.engine.run import Run, simulate_decided
from sim.exercise.journal import Line
from sim.exercise.load import Loaded
from sim.exercise.players import Player, expected_of, look_of, reaction_of
from sim.exercise.session import Seat, Session
from sim.exercise.styles import Style
from sim.exercise.vocabulary import ALWAYS
from sim.fraud.groups import Ints
from sim.measure.money import PREVENTED, money_of
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import YUAN

FIRST_NUMBER = 1 << 40
"""Of orders that no session gave: behind all of theirs."""


def end_of(session: Session, orders: Iterable[Order]) -> Run:
    """The run of a session's victims to the end of the follow-up, with some orders."""
    [run] = ends_of(session, [list(orders)])
    return run


def ends_of(session: Session, orders: Sequence[Sequence[Order]]) -> Iterator[Run]:
    """The same for several lists of orders, some of them together."""
    plan, program = session.engine.plan, session.engine.program
    for runs in simulate_decided(session.scenario, plan, program, orders):
        yield from runs


def ends_on(session: Session, dwells: Sequence[Ints], orders: Sequence[Order]) -> Iterator[Run]:
    """The runs of a session's victims with some orders, on plans in which money rests for other times.

    Args:
        dwells: by plan: the column `dwell` of its transfers.
    """
    plan, program = session.engine.plan, session.engine.program
    for runs in simulate_decided(session.scenario, plan, program, [orders] * len(dwells), dwells):
        yield from runs


def played_on(session: Session) -> list[Order]:
    """All orders of a session; where it is still open, as if the room closed now."""
    orders = [one.order for one in session.given]
    if session.finished:
        return orders
    return [*orders, *_closing(session)]


def _closing(session: Session) -> list[Order]:
    """Where a room is still open: as if it closed now."""
    closing = enumerate(session.seated, FIRST_NUMBER)
    return [Order(session.now, number, "deadline", desk=desk) for number, desk in closing]


def conditions(session: Session) -> list[Order]:
    """What injects and the facilitator changed: it belongs to the exercise, whoever plays it."""
    return [one.order for one in session.given if one.by == "conditions"]


def undecided(session: Session) -> list[Order]:
    """Conditions, and who sat where from when to when: all that happened in a room but what people decided."""
    orders = [one.order for one in session.given if one.by != "seat"]
    if session.finished:
        return orders
    return [*orders, *_closing(session)]


def saved(run: Run) -> int:
    """fen that came back by the end of a run, or were never paid thanks to it, to the whole yuan."""
    fate, _ = money_of(run)
    return whole_yuan(fate.recovered.sum() + fate.fen(PREVENTED).sum())


def whole_yuan(fen: float) -> int:
    """fen, to the whole yuan: of amounts that are shown so, every difference is what a reader works out."""
    return round(fen / YUAN) * YUAN


def by_policies(session: Session) -> dict[str, int]:
    """fen by each queue policy at the desks of the roles from the opening on, where it is another than their own."""
    own = {desk.name: desk.policy for desk in session.engine.program.desks}
    roles = desks_of_roles(session)
    others = [policy for policy in NAMED_POLICIES if any(own[desk] != policy for desk in roles)]
    runs = ends_of(session, [with_policy(session, policy) for policy in others])
    return {policy: saved(run) for policy, run in zip(others, runs, strict=True)}


def with_policy(session: Session, policy: str) -> list[Order]:
    """Conditions, and one queue policy at the desks of the roles from the opening on."""
    orders = [
        Order(session.exercise.starts, FIRST_NUMBER + number, "policy", desk=desk, policy=policy)
        for number, desk in enumerate(desks_of_roles(session))
    ]
    return [*conditions(session), *orders]


def desks_of_roles(session: Session) -> list[str]:
    """The desks that some role of the exercise decides for."""
    names = [desk.name for desk in session.engine.program.desks]
    return [desk for desk in names if any(role.has(desk) for role in session.exercise.roles.values())]


def manned(session: Session) -> bool:
    """Whether anybody ever sat at a seat that decides."""
    return any(line["do"] == "join" and line["role"] not in ALWAYS for line in session.journal.lines)


def played_by(session: Session, style: Style = "good") -> Run:
    """The run of a session with automatic players at the seats that people had, while they had them.

    Conditions change when they did then, whatever the players do.
    """
    exercise = session.exercise
    quiet = [one.model_copy(update={"effect": None}) for one in exercise.injects]
    other = Session.start(
        Loaded(exercise.model_copy(update={"injects": quiet}), session.scenario), plan=session.engine.plan,
        program=session.engine.program,
    )  # fmt: skip
    for number, order in enumerate(conditions(session), FIRST_NUMBER):
        other.engine.order(replace(order, number=number))
    lines = [line for line in session.journal.lines if line["do"] in ("join", "leave") and line["at"] <= session.now]
    players: dict[str, Player] = {}
    look = look_of(exercise)
    while not other.finished and other.now < session.now:
        while lines and lines[0]["at"] <= other.now:
            _sit(other, lines.pop(0), players, style)
        other.advance(min((other.now // look + 1) * look, session.now))
        for player in players.values() if not other.finished else ():
            player.play(other)
    return other.finish("")


def _sit(session: Session, line: Line, players: dict[str, Player], style: Style) -> None:
    """Let somebody sit down or leave as a line of the journal says."""
    if line["do"] == "leave":
        session.leave(line["seat_id"])
        players.pop(line["seat_id"], None)
        return
    seat = Seat(line["id"], line["role"], line["name"])
    session.join(seat)
    if seat.role not in ALWAYS:
        luck = (session.exercise.seed, len(players))
        players[seat.id] = Player(seat, reaction_of(session.exercise), expected_of(session.exercise), style, luck)
