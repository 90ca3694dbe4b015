"""Each element of victims and criminals: it changes what it should, by its shares, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chisquare

from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE
from tests.examples import some
from tests.properties.elements import (
    AGES,
    BY_HOUR,
    CHANNELS,
    CUSTOMERS,
    DISTRICTS,
    ELEMENTS,
    OWN_AGES,
    PENDING,
    PLACES,
    with_elements,
)
from tests.properties.test_plan import check_money, check_preorder, check_same_cases
from tests.worlds import branching, criminals, listed, world

CHANGES: dict[str, set[str]] = {
    "contact": {"victims.contact"},
    "channels": {"victims.channel", "victims.reported"},
    "ages": {"victims.age"},
    "own_ages": {"victims.age"},
    "districts": {"victims.district"},
    "customers": {"victims.bank"},
    "third_party": {"victims.reported", "victims.third_party"},
    "wrong": {"accounts.wrong"},
    "night": {"transfers.dwell"},
    "places": {"accounts.place"},
    "reuse": {"accounts.card", "accounts.bank"},
    "innocent": {"accounts.innocent", "accounts.objects_after"},
    "warnings": set(),
    "leads": set(),
    "monitoring": set(),
    "pace": {"victims.pace", "transfers.dwell"},
    "day_limit": {"transfers.dwell"},
    "others": set(),
}
"""By element: the columns of the victims (and their money) that it changes."""
RESTS = ("rails", "pending")
FALSE = ("warnings", "leads", "monitoring")


def columns(plan: Plan, *, cases: int) -> dict[str, NDArray[Any]]:
    """The columns of the first cases of a plan, by name."""
    rows = {"victims": cases, "accounts": plan.account_first[cases], "transfers": plan.transfer_first[cases]}
    return {
        f"{table}.{f.name}": getattr(getattr(plan, table), f.name)[:count]
        for table, count in rows.items()
        for f in fields(getattr(plan, table))
    }


def robbed(plan: Plan) -> int:
    """How many of the plan's people are victims."""
    return int(np.count_nonzero(plan.victims.bystander == 0))


@pytest.mark.parametrize("among_others", [False, True])
@pytest.mark.parametrize("element", CHANGES)
def test_an_element_changes_its_columns_and_nothing_else(element: str, among_others: bool) -> None:
    """Turned on alone, or with all others on, an element changes the columns named above and no other value."""
    off = {*ELEMENTS} - {element} if among_others else {"ages", "debits"} - {element}
    if element == "ages":
        off -= {"own_ages"}  # which needs them
    on = {*off, element}
    without, with_it = (draw_plan(with_elements(names), 5, 1) for names in (off, on))
    cases = robbed(without)
    assert robbed(with_it) == cases
    assert (len(with_it.victims) > len(without.victims)) == (element in FALSE)
    before, after = (columns(plan, cases=cases) for plan in (without, with_it))
    differ = {name for name in before if not np.array_equal(before[name], after[name])}
    if element == "reuse" and among_others:  # what belongs to the card moves with it
        assert {"accounts.place", "accounts.innocent", "accounts.objects_after"} <= differ
        differ -= {"accounts.place", "accounts.innocent", "accounts.objects_after"}
    assert differ == CHANGES[element]


def mules_only(plan: Plan, banks: int) -> dict[str, NDArray[Any]]:
    """A plan as if money had never rested: each transfer into a pseudo-account goes where that account pays to."""
    a, t = plan.accounts, plan.transfers
    pseudo = a.bank >= banks
    rests = (t.target >= 0) & pseudo[t.target]
    onward = np.flatnonzero(rests) + 1  # preorder: the one transfer out follows
    assert np.array_equal(t.source[onward], t.target[rests])
    target, way = t.target.copy(), t.exit.copy()
    target[rests], way[rests] = t.target[onward], t.exit[onward]
    kept = ~pseudo[t.source]
    columns = {name: getattr(t, name)[kept] for name in ("case", "amount", "dwell", "retry")}
    columns |= {"exit": way[kept], "source": a.key[t.source[kept]]}
    columns["target"] = np.where(target[kept] < 0, 0, a.key[target[kept]])
    columns |= {f.name: getattr(a, f.name)[~pseudo] for f in fields(a) if f.name not in ("number", "card")}
    return columns | {"on card": a.key[a.card[~pseudo]]}


@pytest.mark.parametrize("among_others", [False, True])
@pytest.mark.parametrize("element", RESTS)
def test_resting_money_moves_nothing_else(element: str, among_others: bool) -> None:
    """With the rests taken out of it again, a plan with machines or couriers is the plan without, in every value.

    Night and the limit of a day apart: they look at the clock, and behind a machine that shows another time.
    """
    off = {name for name in ELEMENTS if name not in (element, "night", "day_limit")} if among_others else set[str]()
    scenario = with_elements({*off, element})
    without, with_it = draw_plan(with_elements(off), 5, 1), draw_plan(scenario, 5, 1)
    assert len(with_it.transfers) > len(without.transfers)
    one, other = (mules_only(plan, len(scenario.banks)) for plan in (without, with_it))
    for name, values in one.items():
        assert np.array_equal(values, other[name]), name
    for f in fields(without.victims):
        assert np.array_equal(getattr(without.victims, f.name), getattr(with_it.victims, f.name))


@settings(max_examples=some(40))
@given(st.sets(st.sampled_from(ELEMENTS)), st.integers(0, 2**40))
def test_any_elements_make_a_sound_plan(on: set[str], seed: int) -> None:
    """Whatever is on: money is conserved to the fen, transfers stand in preorder, accounts layer by layer."""
    scenario = with_elements(on | ({"ages"} if "own_ages" in on else set()))
    plan = draw_plan(scenario, seed, 0)
    check_money(plan)
    check_preorder(plan)
    a, t, v = plan.accounts, plan.transfers, plan.victims
    assert (np.diff(v.id) > 0).all()
    assert np.array_equal(a.number, np.arange(len(a)) - plan.account_first[a.case])
    assert (np.diff(a.layer)[np.diff(a.case) == 0] >= 0).all()
    assert np.array_equal(a.layer == 0, a.number == 0)
    assert len(np.unique(a.key)) == len(a)
    inside = t.target >= 0
    source, target = t.source[inside], t.target[inside]
    at_machine = a.bank[source] >= scenario.first_rail
    assert np.array_equal(a.layer[target], a.layer[source] + ~at_machine)
    mule = (a.number > 0) & (a.bank < len(scenario.banks))
    assert a.layer[mule].max(initial=0) <= scenario.criminals.deepest_layer
    check_pseudo_accounts(scenario, plan, ~mule & (a.number > 0))
    check_cards(plan, mule)
    third = v.third_party == 1
    assert (v.reported[third] == v.first_payment[third] + 3 * MINUTE).all()
    assert (v.reported[~third] >= v.discovered[~third]).all()
    assert (v.discovered >= v.last_payment).all()
    assert (v.contact <= v.first_payment).all()
    check_bystanders(plan)


def check_pseudo_accounts(scenario: Scenario, plan: Plan, pseudo: NDArray[np.bool_]) -> None:
    """A pseudo-account has one credit and one debit of the same amount, nothing of its own, and its feeder's place."""
    a, t = plan.accounts, plan.transfers
    into, out = np.flatnonzero((t.target >= 0) & pseudo[t.target]), np.flatnonzero(pseudo[t.source])
    assert np.array_equal(t.target[into], t.source[out])
    assert len(np.unique(t.target[into])) == np.count_nonzero(pseudo)
    assert np.array_equal(t.amount[into], t.amount[out])
    assert np.array_equal(t.parent[out], into)
    machine = a.bank[t.source[out]] >= scenario.first_rail
    rests = np.where(a.bank[t.source[out]] == scenario.first_rail, DAY, np.where(machine, 3 * HOUR, 7 * MINUTE))
    assert (t.dwell[out] == rests).all()
    assert np.array_equal(machine, t.exit[out] < 0)
    assert np.array_equal(scenario.holder_of_exit(0) + t.exit[out][~machine], a.bank[t.source[out]][~machine])
    assert np.array_equal(a.place[t.target[into]], a.place[t.source[into]])
    assert np.array_equal(a.card[pseudo], np.flatnonzero(pseudo))
    assert not a.innocent[pseudo].any()
    assert not a.wrong[pseudo].any()
    assert (a.objects_after[pseudo] == NEVER).all()


def check_cards(plan: Plan, mule: NDArray[np.bool_]) -> None:
    """A card is named by its lowest row, and all its rows have one bank, place, honest balance and objection."""
    a = plan.accounts
    lowest = np.full(len(a), len(a))
    np.minimum.at(lowest, a.card, np.arange(len(a)))
    assert np.array_equal(lowest[a.card], a.card)
    for name in ("bank", "place", "innocent", "objects_after"):
        assert np.array_equal(getattr(a, name), getattr(a, name)[a.card]), name
    assert np.array_equal(a.card[~mule], np.flatnonzero(~mule))


def check_bystanders(plan: Plan) -> None:
    """Bystanders lose nothing and tell nobody; those of a lead have one account that pays nobody, all others none."""
    v, a = plan.victims, plan.accounts
    aside = v.bystander > 0
    for name in ("discovered", "reported", "notice_after"):
        assert (getattr(v, name)[aside] == NEVER).all()
    assert not v.loss[aside].any()
    assert not np.diff(plan.transfer_first)[aside].any()
    assert np.array_equal(np.diff(plan.account_first)[aside], 1 + (v.bystander[aside] == 2))
    assert np.array_equal(v.first_payment[aside], v.last_payment[aside])
    lead = (v.bystander[a.case] == 2) & (a.number == 1)
    assert np.array_equal(a.card[lead], np.flatnonzero(lead))
    assert (a.layer[lead] == 1).all()
    assert not a.wrong[lead].any()


# -- shares ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year() -> tuple[Scenario, Plan]:
    """A plan with all elements and many victims."""
    scenario = with_elements(ELEMENTS, horizon="100d", false=20.0)
    return scenario, draw_plan(scenario, 11, 0)


def follows(values: NDArray[np.integer], shares: Sequence[float]) -> None:
    """The values are drawn by the shares: chi-square at 0.1% (joint 2% over the some twenty tests of this file)."""
    counts = np.bincount(values, minlength=len(shares))
    some = np.array(shares) > 0
    assert not counts[~some].any()
    assert len(counts) == len(shares)
    expected = np.array(shares)[some] / sum(shares) * len(values)
    assert expected.min() > 20
    assert chisquare(counts[some], expected).pvalue > 0.001


def test_victims_follow_the_shares(year: tuple[Scenario, Plan]) -> None:
    """Channels, age bands (by scam where it has its own), districts and banks of victims follow their shares."""
    _, plan = year
    v = plan.victims
    real = v.bystander == 0
    follows(v.channel[real], list(CHANNELS.values()))
    follows(v.district[real], list(DISTRICTS.values()))
    follows(v.bank[real], list(CUSTOMERS.values()))
    follows(v.age[real & (v.scam == 1)], list(AGES.values()))
    follows(v.age[real & (v.scam == 0)], [OWN_AGES.get(band, 0.0) for band in AGES])


def test_accounts_follow_the_shares(year: tuple[Scenario, Plan]) -> None:
    """Places and banks of cards, wrong details by scam, reuse and honest money follow their shares."""
    _, plan = year
    a, v = plan.accounts, plan.victims
    mule = (a.number > 0) & (a.bank < 3) & (v.bystander[a.case] == 0)
    own = mule & (a.card == np.arange(len(a)))
    follows(a.place[own], list(PLACES.values()))
    follows(a.bank[own], [0.3, 0.5, 0.2])
    first = mule & (a.layer == 1)
    follows(a.wrong[first & (v.scam[a.case] == 0)], [0.65, 0.35])
    assert not a.wrong[~first | (v.scam[a.case] == 1)].any()
    honest = (a.innocent > 0).astype(np.int64)
    follows(honest[own], [0.75, 0.25])
    follows((a.objects_after[own & (a.innocent > 0)] < NEVER).astype(np.int64), [0.6, 0.4])
    assert (a.objects_after[a.innocent == 0] == NEVER).all()
    assert set(a.objects_after.tolist()) == {2 * DAY, NEVER}


def test_money_rests_by_the_shares(year: tuple[Scenario, Plan]) -> None:
    """Payments rest at a machine by the share of their scam, leaving money on its way by the share of its exit."""
    scenario, plan = year
    a, t, v = plan.accounts, plan.transfers, plan.victims
    payments = np.flatnonzero((t.parent < 0) & (v.scam[t.case] == 0))
    follows(np.maximum(a.bank[t.target[payments]] - scenario.first_rail + 1, 0), [0.35, 0.45, 0.2])
    for number, share in enumerate(PENDING.values()):
        out = t.exit == number
        follows((a.bank[t.source[out]] >= len(scenario.banks)).astype(np.int64), [1 - share, share])


def test_reused_accounts_come_from_the_pool_by_their_share() -> None:
    """With one account in the pool, the share of accounts on it is the share of reuse, one card each lifetime."""
    scenario = with_elements({"reuse"}, horizon="40d")
    reuse = scenario.criminals.reuse
    assert reuse is not None
    one = reuse.model_copy(update={"pool": 1})
    scenario = scenario.model_copy(update={"criminals": scenario.criminals.model_copy(update={"reuse": one})})
    plan = draw_plan(scenario, 4, 0)
    a = plan.accounts
    epoch = plan.victims.first_payment[a.case] // (6 * HOUR)
    card, users = np.unique(a.card, return_counts=True)
    pools = card[users > 1]
    assert len(pools) == len(np.unique(epoch)) == 160
    on_pool = np.isin(a.card, pools)
    assert np.array_equal(epoch[on_pool], epoch[a.card[on_pool]])
    follows(on_pool[a.number > 0].astype(np.int64), [0.4, 0.6])


def test_somebody_else_reports_by_share() -> None:
    """Where no victim reports, somebody else does in their share of the cases, 3 minutes after the first payment."""
    scenario = with_elements({"third_party"}, horizon="60d")
    silent = {name: scam.model_copy(update={"reports": 0.0}) for name, scam in scenario.victims.scams.items()}
    victims = scenario.victims.model_copy(update={"scams": silent})
    v = draw_plan(scenario.model_copy(update={"victims": victims}), 4, 0).victims
    follows(v.third_party[v.scam == 0], [0.5, 0.5])
    assert not v.third_party[v.scam == 1].any()
    assert np.array_equal(v.reported < NEVER, v.third_party == 1)
    assert (v.last_payment > v.reported)[v.third_party == 1].any()  # some still pay


def test_bystanders_come_at_their_rate(year: tuple[Scenario, Plan]) -> None:
    """False warnings and leads follow the hours of the day, alarms come round the clock at each bank that watches."""
    scenario, plan = year
    v = plan.victims
    hour = (v.first_payment + scenario.week_offset) % DAY // HOUR
    for kind, weights, sources in ((1, BY_HOUR, 1), (2, BY_HOUR, 1), (3, [1.0] * 24, 2)):
        mine = v.bystander == kind
        mean = 20.0 * 100 * sources
        assert abs(mine.sum() - mean) < 3.3 * np.sqrt(mean)
        follows(hour[mine], weights)
    alarm = v.bystander == 3
    follows(v.bank[alarm], [1.0, 0.0, 1.0])
    assert (v.age[alarm] == list(AGES).index("old")).all()
    others = (v.bystander > 0) & ~alarm
    follows(v.age[others], list(AGES.values()))
    follows(v.district[v.bystander > 0], list(DISTRICTS.values()))
    follows(v.bank[others], list(CUSTOMERS.values()))
    a = plan.accounts
    lead = (v.bystander[a.case] == 2) & (a.number == 1)
    follows(a.bank[lead], [0.3, 0.5, 0.2])
    assert (a.innocent[lead] > 0).all()


# -- one more moves nobody ---------------------------------------------------------------------------------


def partition(labels: NDArray[np.integer]) -> NDArray[np.integer]:
    """Labels renumbered in the order of their first row: equal for equal partitions."""
    _, first, which = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[which]


def accounts_of(plan: Plan, cases: NDArray[np.integer]) -> NDArray[np.integer]:
    """Rows of all accounts of some cases."""
    first = plan.account_first
    return np.concatenate([np.arange(first[case], first[case + 1]) for case in cases])


@pytest.mark.parametrize("more", [{"per_day": 90.0}, {"false": 95.0}])
def test_more_people_move_nobody(more: dict[str, float]) -> None:
    """More victims, or more false alerts, leave everybody as they were, cards and who shares them included."""
    few, many = (draw_plan(with_elements(ELEMENTS, **some), 3, 2) for some in ({}, more))
    assert len(few.victims) < len(many.victims)
    there = np.searchsorted(many.victims.id, few.victims.id)
    check_same_cases(few, np.arange(len(few.victims)), many, there)
    before, after = few.accounts.card, many.accounts.card[accounts_of(many, there)]
    assert np.array_equal(partition(before), partition(after))
    assert len(np.unique(before)) < len(before)


# -- by hand -----------------------------------------------------------------------------------------------


def test_a_dwell_time_that_begins_at_night_is_longer() -> None:
    """From 23:00 to 06:00 an hour becomes three: credits at 22:30 and 06:00 rest an hour, those between three."""
    night = {"from": "23:00", "to": "06:00", "factor": 3.0}
    times = [0, 30 * MINUTE, 2 * HOUR, 7 * HOUR + 30 * MINUTE - 1, 7 * HOUR + 30 * MINUTE, 24 * HOUR, 25 * HOUR]
    scenario = world(
        start="2025-07-07T22:30:00", horizon="2d", victims=listed(*times), criminals=criminals(night=night)
    )
    t = draw_plan(scenario, 1, 0).transfers
    assert [d // HOUR for d in t.dwell[t.exit >= 0].tolist()] == [1, 3, 3, 3, 1, 1, 3]


def test_the_night_of_a_deeper_layer_begins_by_the_undisturbed_clock() -> None:
    """Credited at 22:30 the money rests its hour, moves on at 23:30, and there it rests three hours."""
    money = branching(
        exit_by_layer=[0.0, 1.0], dwell_by_layer=["1h"], spacing=0, most_fan_out=1,
        exits={"cash": {"share": 1.0, "dwell": "1h"}}, night={"from": "23:00", "to": "06:00", "factor": 3.0},
    )  # fmt: skip
    scenario = world(start="2025-07-07T22:30:00", victims=listed(0), criminals=money)
    assert draw_plan(scenario, 1, 0).transfers.dwell.tolist() == [0, HOUR, 3 * HOUR]


def test_a_payment_at_a_machine_arrives_a_day_later() -> None:
    """Paid at 5:17, it rests a day with the machine, then reaches the mule, who takes it out an hour after."""
    victims = listed(0, rails={"machine": 1.0}) | {"rails": {"machine": {"delay": "24h", "profile": None}}}
    scenario = world(victims=victims)
    plan = draw_plan(scenario, 1, 0)
    a, t = plan.accounts, plan.transfers
    assert t.dwell.tolist() == [0, DAY, HOUR]
    assert t.exit.tolist() == [-1, -1, 0]
    assert (t.source.tolist(), t.target.tolist()) == ([0, 1, 2], [1, 2, -1])
    assert a.layer.tolist() == [0, 1, 1]
    assert a.bank.tolist() == [-1, scenario.first_rail, 0]


def test_a_channel_delays_the_report_by_its_way() -> None:
    """Who goes to the station tells 20 minutes later than by phone; understanding comes no later."""
    without, with_it = (draw_plan(with_elements(on), 5, 1).victims for on in ((), ("channels",)))
    tells = without.reported < NEVER
    late = np.where(with_it.channel == list(CHANNELS).index("station"), 20 * MINUTE, 0)
    assert np.array_equal(with_it.reported[tells], (without.reported + late)[tells])
    assert (with_it.reported[~tells] == NEVER).all()


def test_contact_may_come_before_the_start() -> None:
    """First contact lies a drawn time before the first payment, also before the scenario begins."""
    v = draw_plan(with_elements({"contact"}), 5, 1).victims
    assert (v.contact[v.scam == 0] < v.first_payment[v.scam == 0]).all()
    assert np.array_equal(v.contact[v.scam == 1], v.first_payment[v.scam == 1])
    assert (v.contact < 0).any()
