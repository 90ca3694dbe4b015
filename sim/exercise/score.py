"""What a session is held against, and its points.

All four amounts are of the same victims with the same luck and under the same changes of conditions: what the room got
back, what the model gets back when nobody sits there, the best that it gets with any one queue policy at the desks of
the roles, and the ceiling, which no response can pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.engine.orders import Order
from sim.engine.run import Run, simulate
from sim.exercise.injects import Status, answer_to, in_time
from sim.exercise.session import Decision, Session
from sim.measure.ceiling import ceiling_of
from sim.measure.metrics import measure
from sim.measure.money import PREVENTED, money_of
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import YUAN

AS_IT_IS = ""
"""Name of the policy where every desk keeps its own."""
FIRST_NUMBER = 1 << 40
"""Of orders that no session gave: behind all of theirs."""


@dataclass(frozen=True)
class Scores:
    """fen that were saved (came back, or were never paid), and points out of 100."""

    result: int
    baseline: int
    """Nobody decides, the model plays every desk."""
    best: int
    best_policy: str
    """Name of the queue policy; empty where every desk keeps its own."""
    policies: Mapping[str, int]
    """By each queue policy that is another than the desks' own: fen, with nobody deciding."""
    ceiling: int
    loss: int
    prevented: int
    """Of the result: never paid."""
    recovered_points: float
    injects_points: float | None
    """None where no inject asked anybody who sat there."""
    decisions_points: float
    total: float
    """Out of 100, by the weights of the exercise; without points for injects their weight is shared by the others, in
    proportion to theirs, or equally where both have none."""


def end_of(session: Session, orders: Iterable[Order]) -> Run:
    """The run of a session's victims to the end of the follow-up, with some orders."""
    engine = session.engine
    return simulate(
        session.scenario, engine.plan.seed, engine.plan.replication, plan=engine.plan, program=engine.program,
        orders=orders,
    )  # fmt: skip


def played_on(session: Session) -> list[Order]:
    """All orders of a session; where it is still open, as if the room closed now."""
    orders = [one.order for one in session.given]
    if session.finished:
        return orders
    closing = enumerate(session.seated, FIRST_NUMBER)
    return [*orders, *(Order(session.now, number, "deadline", desk=desk) for number, desk in closing)]


def conditions(session: Session) -> list[Order]:
    """What injects and the facilitator changed: it belongs to the exercise, whoever plays it."""
    return [one.order for one in session.given if one.by == "conditions"]


def saved(run: Run) -> int:
    """fen that came back by the end of a run, or were never paid thanks to it, to the whole yuan."""
    fate, _ = money_of(run)
    return whole_yuan(fate.recovered.sum() + fate.fen(PREVENTED).sum())


def whole_yuan(fen: float) -> int:
    """fen, to the whole yuan: of amounts that are shown so, every difference is what a reader works out."""
    return round(fen / YUAN) * YUAN


def by_policies(session: Session) -> dict[str, int]:
    """fen by each queue policy at the desks of the roles from the opening on, where it is another than their own."""
    given, roles = conditions(session), desks_of_roles(session)
    found: dict[str, int] = {}
    own = {desk.name: desk.policy for desk in session.engine.program.desks}
    for policy in NAMED_POLICIES:
        orders = [
            Order(session.exercise.starts, FIRST_NUMBER + number, "policy", desk=desk, policy=policy)
            for number, desk in enumerate(roles)
        ]
        if any(own[desk] != policy for desk in roles):
            found[policy] = saved(end_of(session, [*given, *orders]))
    return found


def desks_of_roles(session: Session) -> list[str]:
    """The desks that some role of the exercise decides for."""
    names = [desk.name for desk in session.engine.program.desks]
    return [desk for desk in names if any(role.has(desk) for role in session.exercise.roles.values())]


def scores_of(session: Session, run: Run, decided: float) -> Scores:
    """The scores of a session.

    Args:
        run: of the session, to the end of the follow-up.
        decided: share of its decisions that were not late.
    """
    measured = measure(run, ceiling_of(session.scenario, run.plan))
    prevented = int(measured.fate.fen(PREVENTED).sum())
    result = whole_yuan(int(measured.recovered.sum()) + prevented)
    baseline, policies = saved(end_of(session, conditions(session))), by_policies(session)
    policy, best = max([(AS_IT_IS, baseline), *policies.items()], key=lambda it: it[1])
    recovered = min(1.0, result / best) if best > 0 else 1.0
    done, scoring = share_done(session.injects, session.decisions), session.exercise.scoring
    parts = [(scoring.recovered, recovered), (scoring.decisions, decided)]
    if done is not None:
        parts.append((scoring.injects, done))
    elif scoring.recovered + scoring.decisions == 0:
        parts = [(1.0, recovered), (1.0, decided)]
    total = points_of(parts) or 0.0
    return Scores(
        result=result, baseline=baseline, best=best, best_policy=policy, policies=policies,
        ceiling=whole_yuan(int(measured.recoverable.sum() + measured.early.sum()) + prevented),
        loss=whole_yuan(measured.loss.sum()), prevented=whole_yuan(prevented),
        recovered_points=100 * recovered, injects_points=None if done is None else 100 * done,
        decisions_points=100 * decided, total=total,
    )  # fmt: skip


def points_of(parts: Iterable[tuple[float, float]]) -> float | None:
    """Points out of 100 for (weight, share) of each part; None where no part weighs anything."""
    listed = list(parts)
    whole = sum(weight for weight, _ in listed)
    return 100 * sum(weight * share for weight, share in listed) / whole if whole else None


def share_done(injects: Sequence[Status], decisions: Sequence[Decision]) -> float | None:
    """Share of the injects that asked somebody for an action after which it was done in time; None where none did.

    An inject of which the roles asked were empty from its telling to its deadline is left out: the model plays there.
    """
    asked = [status for status in injects if status.asked]
    return sum(in_time(status, answer_to(status, decisions)) for status in asked) / len(asked) if asked else None
