"""Teams: work that people of several desks do together waits at the first of these, for people of all."""

from __future__ import annotations

from collections.abc import Sequence

from sim.workflow.program import Program


def woken_by(program: Program) -> list[set[int]]:
    """By desk: the queues that may go on when someone of it is free; a team's queue is at its first desk."""
    wakes = [{number} for number in range(len(program.desks))]
    for team in program.team:
        for member, _ in team:
            wakes[member].add(team[0][0])
    return wakes


def feeding(wakes: Sequence[set[int]]) -> list[list[int]]:
    """By desk: those whose people its queue waits for, in order.

    Args:
        wakes: as `woken_by`.
    """
    return [[member for member, queues in enumerate(wakes) if number in queues] for number in range(len(wakes))]


def handed_over(program: Program, hands_over: Sequence[bool]) -> list[bool]:
    """By step: whether its work can be handed over at the end of a shift.

    Args:
        hands_over: by desk, whether its people do that.
    """
    return [
        any(hands_over[member] for member, _ in team) if team else desk >= 0 and hands_over[desk]
        for team, desk in zip(program.team, program.desk, strict=True)
    ]
