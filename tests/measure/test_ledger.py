"""The ledger: its sums are the metrics, to the fen, and every account is balanced."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.measure.ledger import CLOSING, EXIT, PAYMENT, PLACES, PREVENTION, RETURN, Ledger, ledger_of
from sim.measure.metrics import Measured, measure
from sim.scenario.loader import load
from sim.words.units import YUAN

WORLDS = {
    "wuhan-35min": [], "city": ["horizon=3d"], "s04-shared-leads": ["horizon=2d"], "s09-branch-counter": ["horizon=3d"],
    "uk-2025": ["horizon=2d"], "county": ["horizon=5d", "follow_up=2d"],
}  # fmt: skip
"""A printed case, a year's city, leads about shared accounts, payments at a counter, rails; and one that is cut off."""

Booked = tuple[Run, Measured, Ledger]


@pytest.fixture(scope="module", params=WORLDS)
def booked(request: pytest.FixtureRequest) -> Booked:
    """A run, measured, with its ledger."""
    run = simulate(load(request.param, WORLDS[request.param]).scenario)
    measured = measure(run)
    return run, measured, ledger_of(run, measured)


def total(ledger: Ledger, kind: int, what: int | None = None) -> int:
    """Fen of the entries of a kind."""
    mine = ledger.kind == kind
    return int(ledger.fen[mine if what is None else mine & (ledger.what == what)].sum())


def test_its_sums_are_the_money_of_the_metrics_to_the_fen(booked: Booked) -> None:
    """Loss, returned, prevented, each place and each cause of loss; and the whole is the sum of the parts."""
    _, measured, ledger = booked
    metrics = {name: round(value * YUAN) for name, value in measured.metrics.items() if not isnan(value)}
    places = {name: total(ledger, CLOSING, place) for place, name in PLACES.items()}
    assert total(ledger, PAYMENT) == metrics["loss"] > 0
    assert total(ledger, RETURN) == metrics["returned"]
    assert total(ledger, PREVENTION) == metrics["prevented"]
    for name in ("frozen", "intercepted", "under_stop", "held_elsewhere"):
        assert places[name] == metrics[name], name
    assert places["still_moving"] + places["under_stop"] == metrics["still_moving"]
    assert places["frozen"] + places["intercepted"] + total(ledger, RETURN) == metrics["recovered"]
    causes = {
        f"leak.{name}": total(ledger, EXIT, number) for number, name in enumerate(measured.leaks.causes)
    }  # fmt: skip
    assert {name: fen for name, fen in causes.items() if fen} == {
        name: fen for name, fen in metrics.items() if name.startswith("leak.") and fen
    }
    assert total(ledger, PAYMENT) == total(ledger, RETURN) + total(ledger, EXIT) + sum(places.values())


def test_what_came_to_an_account_left_it_or_closes_it(booked: Booked) -> None:
    """Account by account, the victims' own aside, which pay more than comes back."""
    run, _, ledger = booked
    came, went = np.zeros((2, len(run.plan.accounts)), dtype=np.int64)
    np.add.at(came, ledger.target[ledger.target >= 0], ledger.fen[ledger.target >= 0])
    np.add.at(went, ledger.source, ledger.fen)
    mules = run.plan.accounts.number > 0
    assert came[mules].tolist() == went[mules].tolist()
    assert came[mules].any()


def test_entries_are_in_the_order_of_time_and_move_something(booked: Booked) -> None:
    """Movements by time, then what closes, at the end of the run."""
    run, _, ledger = booked
    closes = np.isin(ledger.kind, (CLOSING, PREVENTION))
    assert (np.diff(ledger.time[~closes]) >= 0).all()
    assert (ledger.time[closes] == run.end).all()
    assert not closes[: np.count_nonzero(~closes)].any()
    assert (ledger.fen > 0).all()
