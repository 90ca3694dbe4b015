"""What must hold for any run with skills, absence, shift ends, staff called in, other agencies and outages at once."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.measure.desks import hours_of
from sim.measure.metrics import measure
from sim.measure.money import money_of
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE, YUAN
from sim.workflow.log import BEGIN, CALLED_IN, CANCELLED, FINISH, HANDED_OVER, OUTCOME, QUEUED, RENEGED, WAITING
from tests.examples import some
from tests.properties.orders import check_any_pace, check_replay, orders
from tests.worlds import CITY_ROUTES, DAY_AND_NIGHT, city, exponential, rows_of

BREAK = [{"at": "12:00", "lasts": "45m", "staff": 1}]
SHIFTS = [
    {"from": "06:00", "to": "10:00", "staff": 2},
    {"from": "10:00", "to": "18:00", "staff": 2, "breaks": BREAK},
    {"from": "18:00", "to": "01:00", "staff": 1},
]
BETWEEN = {"from": "08:00", "to": "19:30", "staff": 2}
"""Overlaps all three."""
BRIEFING = {"rule": "hand_over", "briefing": exponential(2 * MINUTE)}
SURGE = {"above": 0, "heads": 2, "after": exponential(20 * MINUTE), "lasts": "2h"}
LEARNING = {"turnover": 50.0, "slower": 1.5, "for": "9d"}
OUTAGES = [{"every": exponential(3 * HOUR), "lasts": exponential(HOUR)}, {"at": "6h", "lasts": "1h"}]


def centre(queue: str, rule: str, holidays: bool = False, overlap: bool = False, learns: bool = False) -> Scenario:
    """The city of the tests, with every rule for people at some desk; `learns`: at three of them some are new."""
    shifts = [*SHIFTS, BETWEEN] if overlap else SHIFTS
    routes: dict[str, Any] = deepcopy(CITY_ROUTES)
    routes["account"]["steps"]["entry"]["work"]["skill"] = "tracing"
    shift_end = BRIEFING if rule == "hand_over" else {"rule": "overtime", "most": "3h"}
    write_off = {"write_off": {"above": 3, "least": "200 yuan"}} if queue == "write_off" else {}
    new = {"learning": LEARNING} if learns else {}
    base = city(staff=(2, 3, 1))
    profiles = {name: one.model_dump(mode="json", by_alias=True, exclude_none=True)
                for name, one in base.bank_profiles.items()}  # fmt: skip
    profiles["officer"]["outages"] = OUTAGES
    return city(
        routes=routes,
        bank_profiles=profiles,
        holidays=["2025-07-07"] if holidays else None,
        desks={
            "intake": {"shifts": shifts, "shift_end": shift_end, "surge": SURGE, "absence": 0.2, **new},
            "analyst": {
                "shifts": shifts, "skills": {"tracing": 1}, "queue": queue, "shift_end": shift_end, "absence": 0.1,
                **write_off, **new,
            },
            "police": {"shifts": DAY_AND_NIGHT, "shift_end": shift_end, "hand_over": exponential(5 * MINUTE)},
            "car": {"staff": 1, "absence": 0.3, **new},
        },
    )  # fmt: skip


CENTRES = st.builds(
    centre,
    queue=st.sampled_from(["fifo", "freshest_first", "most_at_risk", "write_off"]),
    rule=st.sampled_from(["hand_over", "overtime"]),
    holidays=st.booleans(),
    overlap=st.booleans(),
    learns=st.booleans(),
)
SEEDS = st.integers(0, 2**40)


@settings(max_examples=some(30))
@given(data=st.data(), scenario=CENTRES, seed=SEEDS)
def test_a_sliced_run_with_all_rules_for_people_writes_the_same_log(
    data: st.DataObject, scenario: Scenario, seed: int
) -> None:
    """Advanced in slices of any lengths or event by event, the log is that of a straight run."""
    check_any_pace(data, scenario, seed)


@settings(max_examples=some(30))
@given(data=st.data(), scenario=CENTRES, seed=SEEDS)
def test_orders_given_live_with_all_rules_for_people_are_replayed(
    data: st.DataObject, scenario: Scenario, seed: int
) -> None:
    """Orders given when their time has come write the same log as the same orders known from the start."""
    check_replay(data, scenario, seed)


@settings(max_examples=some(40))
@given(data=st.data(), scenario=CENTRES, seed=SEEDS)
def test_nobody_does_two_things_and_nothing_is_lost(data: st.DataObject, scenario: Scenario, seed: int) -> None:
    """A person does one thing at a time, who is queued leaves the queue once, and every fen has one fate."""
    plan = draw_plan(scenario, seed, 0)
    run = simulate(scenario, seed, plan=plan, orders=data.draw(orders(plan, scenario)))
    rows = run.rows
    busy: set[tuple[int, int]] = set()
    waiting: set[tuple[int, int]] = set()
    for seq in range(len(rows)):
        kind, desk, person = int(rows.kind[seq]), int(rows.desk[seq]), int(rows.person[seq])
        stay = (int(rows.key[seq]), desk)
        if kind in (QUEUED, HANDED_OVER):
            assert stay not in waiting
            waiting.add(stay)
        elif kind == BEGIN:
            waiting.discard(stay)  # of a team only the first is at the desk of the queue
            assert (desk, person) not in busy
            busy.update({(desk, person)} if person else ())
        elif kind == FINISH:
            busy.difference_update({(desk, person)})
        elif kind == RENEGED or (kind in (CANCELLED, OUTCOME) and desk >= 0):
            waiting.remove(stay)
    fate, _ = money_of(run)
    metrics = measure(run).metrics
    booked = sum(yuan for name, yuan in metrics.items() if name.startswith("leak."))
    assert round(booked * YUAN) == fate.out.sum()
    assert all(value >= 0 for name, value in metrics.items() if name.startswith("queue_length"))


def test_every_rule_is_at_work_in_these_centres() -> None:
    """The centres of these tests hand over, call in, write off, and wait for other agencies and banks that are down."""
    kinds, outcomes, down = set[int](), set[str](), 0
    for rule, queue in (("hand_over", "write_off"), ("overtime", "most_at_risk")):
        run = simulate(centre(queue, rule), 1)
        kinds.update(run.rows.kind.tolist())
        outcomes.update(run.program.outcome[row[4]] for row in rows_of(run.rows, OUTCOME) if row[6] >= 0)
        bank = [desk.name for desk in run.program.desks].index("bank:slow")
        _, heads = run.calendar[bank].written_out(run.end)
        down += int((heads == 0).sum())
    assert {HANDED_OVER, CALLED_IN, WAITING} <= kinds
    assert outcomes == {"written_off"}
    assert down >= 2


@settings(max_examples=some(20))
@given(scenario=CENTRES, seed=SEEDS)
def test_called_in_staff_leaves_rostered_time_alone(scenario: Scenario, seed: int) -> None:
    """Without the surge all desks have the same rostered time; calls come and go by turns."""
    run = simulate(scenario, seed)
    intake = scenario.desks["intake"].model_copy(update={"surge": None})
    plain = simulate(scenario.model_copy(update={"desks": scenario.desks | {"intake": intake}}), seed)

    def rostered(of: Run) -> list[float]:
        return [hours.rostered for hours in hours_of(replace(of, end=min(run.end, plain.end)))]

    assert rostered(run) == rostered(plain)
    assert all(row[8] == (0 if place % 2 else 2) for place, row in enumerate(rows_of(run.rows, CALLED_IN)))
