"""Branches of a session side by side: same victims, same luck, other decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.exercise.score import end_of, played_on
from sim.exercise.session import Session
from sim.measure.metrics import measure
from sim.response.log import OVERDUE


@dataclass(frozen=True)
class BranchRow:
    """One branch; amounts in fen."""

    branched_at: int | None
    """ms at which it left the session that it was made from; None for one that was played from the opening on."""
    decisions: int
    missed: int
    """Decisions that nobody took in time."""
    loss: int
    recovered: int
    more: int
    """fen more than in the first row."""
    accounts_stopped: int
    first_stop: float | None
    """Minutes from a report to the case's first stop, on average; None without one."""


def compare_branches(sessions: Sequence[Session]) -> list[BranchRow]:
    """One row for each session, in their order; those still open as if their rooms closed now.

    Raises:
        ValueError: they do not have the same victims with the same luck.
    """
    rows: list[BranchRow] = []
    for session in sessions:
        if session.journal.header["digest"] != sessions[0].journal.header["digest"] or (
            session.exercise.seed, session.exercise.replication
        ) != (sessions[0].exercise.seed, sessions[0].exercise.replication):  # fmt: skip
            raise ValueError("read sessions of different victims, accepted: branches of one session")
        run = end_of(session, played_on(session))
        measured = measure(run)
        recovered = int(measured.recovered.sum())
        latency = measured.metrics["response_latency"]
        rows.append(
            BranchRow(
                branched_at=session.journal.header.get("branched_at"),
                decisions=len(session.decisions),
                missed=int(np.sum(run.rows.time[run.rows.of(OVERDUE)] <= session.exercise.ends)),
                loss=int(measured.loss.sum()),
                recovered=recovered,
                more=recovered - (rows[0].recovered if rows else recovered),
                accounts_stopped=int(measured.metrics["accounts_stopped"]),
                first_stop=None if np.isnan(latency) else latency / 60,
            )
        )
    return rows
