"""Other people's money: a ledger that closes to the fen, whatever is held, and answers that count it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.reference import Engine
from sim.engine.run import result_of, simulate
from sim.fraud.others import leaves_at
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER, Hold
from sim.measure.holds import holds_from, holds_of
from sim.measure.metrics import measure
from sim.measure.others import leave, others_at
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR
from sim.workflow.log import HOLD, OTHERS
from sim.workflow.program import compile_routes
from tests.examples import some
from tests.properties.elements import with_elements
from tests.properties.whole import WHOLE
from tests.worlds import criminals, listed, rows_of, stop_everything, world

STREAM = {"share": 1.0, "amount": "70 yuan", "gap": "1h", "dwell": "90m", "before": "6h", "after": "6h"}
SEEDS = st.integers(0, 2**40)


def plan_with_others() -> Plan:
    """A plan of a small town on which other people's money runs too."""
    return draw_plan(with_elements({"others", "reuse"}, per_day=20.0), 3, 0)


PLAN = plan_with_others()


@st.composite
def holds_drawn(draw: st.DrawFn) -> dict[int, list[Hold]]:
    """Holds on some cards with other people's money, sorted and apart; the last of a card may have no end."""
    found: dict[int, list[Hold]] = {}
    cards = np.unique(PLAN.accounts.card[PLAN.others.account]).tolist()
    for card in draw(st.lists(st.sampled_from(cards), max_size=30, unique=True)):
        credits = PLAN.others.came[PLAN.accounts.card[PLAN.others.account] == card]
        cuts = draw(st.lists(st.integers(0, 40 * HOUR), min_size=2, max_size=6, unique=True))
        times = sorted(max(0, int(credits[0]) + cut) for cut in cuts)
        pairs = [(start, end) for start, end in zip(times[::2], times[1::2], strict=False) if start < end]
        if len(times) % 2:
            pairs.append((max(times[-1], pairs[-1][1] + 1 if pairs else 0), NEVER))
        found[card] = pairs
    return {card: pairs for card, pairs in found.items() if pairs}


@settings(max_examples=some(80))
@given(holds=holds_drawn(), at=st.integers(-DAY, 3 * DAY))
def test_what_came_is_there_held_or_gone_at_every_instant(holds: dict[int, list[Hold]], at: int) -> None:
    """Credit by credit, as worked out one by one: and the sums of the places are what came, to the fen."""
    others, card = PLAN.others, PLAN.accounts.card[PLAN.others.account]
    fate = others_at(PLAN, holds_from(holds), at, lapses=True)
    places = {"there": 0, "held": 0, "gone": 0}
    for row in np.flatnonzero(others.came <= at).tolist():
        mine = holds.get(int(card[row]), [])
        left = leaves_at(int(others.due[row]), int(others.retry[row]), mine)
        under = any(start <= at < end for start, end in mine)
        place = "gone" if left <= at else "held" if under else "there"
        places[place] += int(others.amount[row])
        assert getattr(fate, place)[row]
    assert {name: int(fate.amount[getattr(fate, name)].sum()) for name in places} == places
    assert sum(places.values()) == others.amount[others.came <= at].sum()
    assert not (fate.there & fate.held).any()
    assert not fate.frozen.any()


@settings(max_examples=some(80))
@given(holds=holds_drawn())
def test_nothing_leaves_under_a_hold_and_all_leaves_after_it(holds: dict[int, list[Hold]]) -> None:
    """In only, no out; what is not held at its time leaves then, what is leaves its retry delay after a hold's end."""
    others, card = PLAN.others, PLAN.accounts.card[PLAN.others.account]
    table = holds_from(holds)
    left = leave(PLAN, table, table.begun(card))
    for row, time in enumerate(left.tolist()):
        mine = holds.get(int(card[row]), [])
        assert time >= NEVER or not any(start <= time < end for start, end in mine)
        late = time != others.due[row]
        assert late == any(start <= others.due[row] < end for start, end in mine)
        assert time >= NEVER or not late or time - others.retry[row] in [end for _, end in mine]


@settings(max_examples=some(20))
@given(scenario=WHOLE, seed=SEEDS)
def test_a_stop_tells_what_was_found_and_then_the_ledger_holds_it(scenario: Scenario, seed: int) -> None:
    """The log's figure of each hold is what the ledger says is held on the card at that instant, and no other."""
    engine = Engine(scenario, draw_plan(scenario, seed, 0), compile_routes(scenario))
    engine.run()
    run = result_of(engine)
    plan, table = run.plan, holds_of(run.plan, run.rows)
    lasting = set(zip(table.card.tolist(), table.start.tolist(), strict=True))
    told = {
        (int(plan.accounts.card[plan.account_first[row[2]] + row[3]]), row[0]): row[8]
        for row in rows_of(run.rows, OTHERS)
    }
    seen = 0
    for card, start in lasting:
        fate = others_at(plan, table, start, lapses=True)
        mine = plan.accounts.card[plan.others.account] == card
        assert told.get((card, start), 0) == fate.amount[fate.held & mine].sum()
        seen += 1
    assert seen or not table.card.size


def test_a_bank_tells_of_all_that_it_finds() -> None:
    """1,000 yuan of the case and what others have there: the files say the sum, the log the two apart."""
    money = criminals(others=STREAM)
    scenario = world(victims=listed(0, report_lag="30m"), criminals=money, routes=stop_everything(), horizon="2h")
    engine = Engine(scenario, draw_plan(scenario, 1, 0), compile_routes(scenario))
    engine.run()
    # Credits come at -5 h, -4 h ... 6 h and stay 90 minutes: at 30 min the one of 0 h is there, that of -1 h leaves.
    assert [row[8] for row in rows_of(engine.log.columns(), HOLD)] == [100_000]
    assert [row[8] for row in rows_of(engine.log.columns(), OTHERS)] == [14_000]
    assert engine.world.knowledge.caught[1] == 114_000
    metrics = measure(result_of(engine)).metrics
    # The stop holds for good: of the stream it also traps what comes at 1 h, 2 h ... 6 h.
    trapped = 140 + 70 * sum(hour * HOUR <= engine.now for hour in range(1, 7))
    assert (metrics["stopped"], metrics["stopped_per_account"]) == (1000, 1000)
    assert metrics["stopped_all"] == metrics["stopped_all_per_account"] == 1000 + trapped
    assert metrics["frozen_all"] == metrics["frozen"] + trapped


def test_without_others_all_money_is_own_money() -> None:
    """The element off: no streams, no rows, and the figures of all money are those of the own."""
    run = simulate(with_elements({"reuse"}, routes=stop_everything()), 3)
    metrics = measure(run).metrics
    assert len(run.plan.others) == 0
    assert not len(run.rows.of(OTHERS))
    assert metrics["stopped_all"] == metrics["stopped"] > 0
    assert metrics["frozen_all"] == metrics["frozen"]


def test_streams_follow_share_and_gap_and_belong_to_the_use_of_an_account() -> None:
    """Half of the mule accounts have one, of a credit every 2 hours over 30; another case's comes beside it."""
    few, many = (draw_plan(with_elements({"others"}, per_day=n, horizon="10d"), 3, 0) for n in (30.0, 60.0))
    mules = np.count_nonzero((many.accounts.number > 0) & (many.accounts.bank < 3))
    with_one = len(np.unique(many.others.account))
    assert with_one / mules == pytest.approx(0.5, abs=0.02)
    assert len(many.others) / with_one == pytest.approx(15, rel=0.03)
    assert not set(np.flatnonzero(many.accounts.number == 0)) & set(many.others.account.tolist())

    def by_key(plan: Plan) -> dict[int, list[tuple[int, ...]]]:
        columns = (plan.others.came, plan.others.amount, plan.others.due, plan.others.retry)
        found: dict[int, list[tuple[int, ...]]] = {}
        for key, *row in zip(
            plan.accounts.key[plan.others.account].tolist(), *(c.tolist() for c in columns), strict=True
        ):
            found.setdefault(key, []).append(tuple(row))
        return found

    one, other = by_key(few), by_key(many)
    assert one.items() <= other.items()
