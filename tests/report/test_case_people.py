"""What a case tells of work that was handed over or written off."""

from __future__ import annotations

from typing import Any

from sim.engine.run import simulate
from sim.report.findings.case import Task, gather
from sim.report.findings.story import tell
from sim.words.units import HOUR, MINUTE
from tests.worlds import listed, route, work, world

SHIFT_END = {"rule": "hand_over", "briefing": "6m"}
SHIFTS = [{"from": f"{hour:02d}:00", "to": f"{hour + 2:02d}:00", "staff": 1} for hour in (8, 10)]


def told(tasks: list[Task]) -> list[tuple[float, float | None, float | None, str]]:
    """(hour queued, begun, ended, fate) of each task."""
    return [
        (
            t.queued / HOUR,
            None if t.begun is None else t.begun / HOUR,
            None if t.ended is None else t.ended / HOUR,
            t.fate,
        )
        for t in tasks
    ]


def test_work_handed_over_is_two_tasks() -> None:
    """The first ends handed over when the shift does, the second is the work that was left, done by the next shift."""
    scenario = world(
        victims=listed(9 * HOUR),
        desks={"desk": {"shifts": SHIFTS, "shift_end": SHIFT_END}},
        routes={"call": route({"work": work(time="90m")})},
    )
    run = simulate(scenario)
    assert told(gather(run, 0).tasks) == [(9, 9, 10, "handed over"), (10, 10, 10.6, "done")]
    assert "is handed over after 1 h of work" in "\n".join(tell(run, 0))


def test_a_written_off_account_left_its_queue_unserved() -> None:
    """Its task ends where it was dropped, without ever having begun, and its outcome says so."""
    routes: dict[str, Any] = {
        "call": route({"open": {"do": "open_case"}, "chase": {"start": {"route": "account", "for": "each_revealed"}}}),
        "account": route({"work": work(time="10m")}, "account"),
    }
    desk = {"staff": 1, "queue": "write_off", "write_off": {"above": 0, "least": "5000 yuan"}}
    run = simulate(world(victims=listed(0, MINUTE), desks={"desk": desk}, routes=routes))
    dropped = gather(run, 0).mules[0]
    assert told(dropped.tasks) == [(0, None, 0, "written off")]
    assert dropped.outcomes == [(0, "written_off")]
