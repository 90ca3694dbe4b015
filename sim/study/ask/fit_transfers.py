"""Transfers: how long money rests, by where it goes, with a pace of its own in each case."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from sim.scenario.models import Scenario
from sim.study.ask.fits import FEWEST, Collected, Fit, quantity, resolved, span, too_few
from sim.study.ask.records import Floats, Records
from sim.study.infer.censored import Observed
from sim.study.infer.paced import fit_paced
from sim.words.phrases import phrase
from sim.words.units import DAY

_MOST = 20_000
"""Transfers that are fitted together: of more a part, whole cases."""
_ONWARD = ("", "transfer", "onward", "转账", "转出", "继续转账")


def fit_transfers(base: Scenario, records: Records, found: Collected) -> None:
    """How long money rests, by where it goes: log-logistic, with a pace of its own in each case.

    Only the first debit of a credit tells; what was stopped, or had not left by the end, rested longer than it had.
    """
    when = span([records.times("paid"), records.times("left")])
    words = records.words("how")
    exits = resolved(set(words.tolist()), base.criminals.exits, "exit")
    layers = len(base.criminals.dwell_by_layer)
    layer = np.array([int(one) if one.isdecimal() else 1 for one in records.words("layer").tolist()] or [1] * records.n)
    if "layer" not in records:
        layer = np.ones(records.n, dtype=np.int64)
    kinds = [f"criminals.dwell_by_layer.{number}" for number in range(layers)]
    kinds += [f"criminals.exits.{name}.dwell" for name in base.criminals.exits]
    kind = np.full(records.n, -1)
    onward = np.isin(np.char.lower(words.astype(np.str_)), _ONWARD)
    kind[onward] = np.minimum(layer[onward], layers) - 1
    for word, name in exits.items():
        kind[words == word] = layers + list(base.criminals.exits).index(name)
    for word in sorted({*words[kind < 0].tolist()}):
        found.left_out.append((word, phrase("the scenario has no way out of this name")))
    rows, time, gone = _rests(base, records, kind, when[1])
    of, case = kind[rows], records.codes("case")[rows]
    enough = [number for number in range(len(kinds)) if int((gone & (of == number)).sum()) >= FEWEST]
    for number in range(len(kinds)):
        some = int((of == number).sum())
        if some and number not in enough:
            found.left_out.append((kinds[number], too_few(some)))
    mine = np.isin(of, enough)
    if mine.sum() > _MOST:  # whole cases, by their numbers
        mine &= case <= np.partition(case[mine], _MOST)[_MOST]
    if not enough or not mine.any():
        return
    pace, several = base.criminals.pace, "case" in records
    spread = None if several else pace.spread if pace else 0.0
    place = np.searchsorted(enough, of[mine])
    made = fit_paced(time[mine], gone[mine], place, case[mine], len(enough), spread)
    for at, number in enumerate(enough):
        chosen = mine & (of == number)
        seen = Observed.of(time[chosen], np.where(gone[chosen], time[chosen], inf))
        value = {"loglogistic": {"median": quantity(made.median[at][0], "ms"), "shape": round(made.shape[at][0], 3)}}
        found.fits.append(
            Fit(kinds[number], value, {"median": (made.median[at], "ms"), "shape": (made.shape[at], "")},
                made.n[at], records.name, when, seen=seen)
        )  # fmt: skip
    if several:
        value_ = round(made.spread[0], 3)
        found.fits.append(
            Fit(
                "criminals.pace.spread",
                value_,
                {"spread": (made.spread, "")},
                len(np.unique(case[mine])),
                records.name,
                when,
            )
        )


def _rests(
    base: Scenario, records: Records, kind: NDArray[np.int64], last: float
) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """The rows with the first debit of each credit, how long it rested (ms, by day), and whether it then left.

    Args:
        kind: by row; below zero for none.
        last: the end of the file, ms.
    """
    came, left, stopped = (records.times(name) for name in ("paid", "left", "stopped"))
    out = np.fmin(np.where(np.isnan(left), inf, left), np.where(np.isnan(stopped), inf, stopped))
    ended = ~np.isnan(left) & (left <= out)
    rows = np.flatnonzero((kind >= 0) & ~np.isnan(came))
    order = np.lexsort((out[rows], came[rows], records.codes("account")[rows], records.codes("case")[rows]))
    rows = rows[order]
    if "account" in records:
        same = (np.diff(came[rows]) == 0) & (np.diff(records.codes("account")[rows]) == 0)
        rows = rows[~np.append(False, same & (np.diff(records.codes("case")[rows]) == 0))]
    time = np.maximum(np.minimum(out, last)[rows] - came[rows], 1.0)
    if base.criminals.night is not None:
        night = base.criminals.night
        lasts = (night.end - night.start) % DAY or DAY
        time = np.where((came[rows] - night.start) % DAY < lasts, time / night.factor, time)
    return rows, time, ended[rows]
