"""A centre's own files turned into a scenario: every value that they tell, with its interval, on top of a base."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from sim.scenario.models import Scenario
from sim.study.ask.fit_reports import fit_reports
from sim.study.ask.fit_transfers import fit_transfers
from sim.study.ask.fits import FEWEST, Collected, Figure, Fit, FittedCentre, resolved, span
from sim.study.ask.records import Records
from sim.study.infer.censored import Observed
from sim.study.infer.rates import mean_of, share
from sim.words.language import key
from sim.words.phrases import phrase
from sim.words.units import SECOND


def fit(base: Scenario, files: Sequence[Records]) -> FittedCentre:
    """Fit all that some files tell of a base scenario's values."""
    found = Collected()
    how = {"reports": fit_reports, "work": _fit_work, "answers": _fit_answers, "transfers": fit_transfers}
    for records in files:
        how[records.form.name](base, records, found)
    return FittedCentre(base, tuple(found.fits), tuple(found.left_out), tuple(files), tuple(found.figures))


# -- work -------------------------------------------------------------------------------------------------

_COMPLETED = ("", "completed", "done", "已完成", "完成", "已做", "办结", "已办结")
_HANDED = ("handed over", "handed over at the end of a shift", "交班移交", "交接")


def _fit_work(base: Scenario, records: Records, found: Collected) -> None:
    """How long each step takes. What is not completed took longer than it had lasted.

    People of a team are one piece of work; what goes on with work that was handed over is not a piece of its own.
    """
    queued, begun, ended = (records.times(name) for name in ("queued", "begun", "ended"))
    when = span([begun, ended])
    last = max(when[1], 0.0)
    ending = np.char.lower(records.words("ending").astype(np.str_))
    accounts = records.codes("account") if "account" in records else np.zeros(records.n, dtype=np.int64)
    piece = [records.codes("case"), accounts]
    steps = {f"{route}.{name}": step for route, one in base.routes.items() for name, step in one.steps.items()}
    duties = {f"duties.{name}": duty for name, duty in (base.duties or {}).items()}
    known = resolved(set(records.words("step").tolist()), [*steps, *duties], "step")
    waits: dict[str, list[np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
    for word in sorted({*records.words("step").tolist()} - {""}):
        name = known.get(word)
        step = steps.get(name or "")
        if name is None or (step is not None and (step.work is None or step.work.time is None)):
            why = phrase("the scenario has no step of this name") if name is None else phrase("its bank's own time")
            found.left_out.append((word, why))
            continue
        mine = np.flatnonzero((records.words("step") == word) & ~np.isnan(begun))
        order = np.lexsort((begun[mine], piece[1][mine], piece[0][mine]))
        mine = mine[order]
        same = np.append(False, (np.diff(piece[0][mine]) == 0) & (np.diff(piece[1][mine]) == 0))
        team = same & np.append(False, np.diff(begun[mine]) == 0)
        goes_on = same & np.append(False, np.isin(ending[mine], _HANDED)[:-1])
        mine = mine[~team & ~goes_on]
        done = np.isin(ending[mine], _COMPLETED) & ~np.isnan(ended[mine])
        stop = np.where(np.isnan(ended[mine]), last, ended[mine])
        low = np.maximum(stop - begun[mine], 1.0)
        seen = Observed.of(low, np.where(done, low, inf))
        law = duties[name].time if name in duties else steps[name].work.time  # type: ignore[union-attr]
        path = (
            f"{name}.time"
            if name in duties
            else f"routes.{name.partition('.')[0]}.steps.{name.partition('.')[2]}.work.time"
        )
        found.law(path, seen, records, when, usual=law.kind if law else None)
        if step is not None and step.work is not None and step.work.team:
            desk = next(iter(step.work.team))
            waits.setdefault(desk, []).append((begun - queued)[mine][~np.isnan(queued[mine])])
    for desk, parts in waits.items():
        all_ = np.concatenate(parts) / SECOND
        if len(all_) >= FEWEST:
            middle, low, high = mean_of(all_)
            found.figures.append(
                Figure(f"wait-{desk}", key("wait for the desk"), f"wait.{desk}", None,
                       (middle, max(0.0, low), high), len(all_))
            )  # fmt: skip


# -- banks ------------------------------------------------------------------------------------------------

_REFUSED = ("refused", "rejected", "no", "拒绝", "被退回", "退回", "不予办理")
_WRONG = ("wrong details", "mismatch", "details wrong", "信息不符", "户名不符", "要素不符")
_DONE = ("", "done", "executed", "stopped", "ok", "yes", "已执行", "已止付", "成功", "已办理")


def _fit_answers(base: Scenario, records: Records, found: Collected) -> None:
    """How long each kind of bank takes to answer, and how often it does not carry out an order.

    Between order and answer lies what it waits at the bank, too: a fitted profile has nobody to wait for.
    """
    sent, answered = records.times("sent"), records.times("answered")
    when = span([sent, answered])
    banks = resolved(set(records.words("bank").tolist()), base.banks, "bank")
    for word in sorted({*records.words("bank").tolist()} - banks.keys() - {""}):
        found.left_out.append((word, phrase("the scenario has no bank of this name")))
    profiles: dict[str, list[str]] = {}
    for word, name in banks.items():
        profile = base.banks[name].profile
        if profile is not None:
            profiles.setdefault(profile, []).append(word)
    result = np.char.lower(records.words("result").astype(np.str_))
    for profile, words in profiles.items():
        mine = np.isin(records.words("bank"), words) & ~np.isnan(sent)
        path, there = f"bank_profiles.{profile}", mine & ~np.isnan(answered)
        low = np.where(np.isnan(answered), when[1], answered)[mine] - sent[mine]
        seen = Observed.of(np.maximum(low, 1.0), np.where(there[mine], np.maximum(low, 1.0), inf))
        before = len(found.fits)
        found.law(f"{path}.time", seen, records, when, usual=base.bank_profiles[profile].time.kind)
        if len(found.fits) == before:
            continue
        n = int(there.sum())
        for name, value in (("staff", "unlimited"), ("shifts", None), ("outages", None)):
            found.fits.append(Fit(f"{path}.{name}", value, {}, n, records.name, when))
        if "result" in records:
            wrong, refused = (int((np.isin(result, some) & there).sum()) for some in (_WRONG, _REFUSED))
            for name, some, whole in (("mismatch", wrong, n), ("refusal", refused, n - wrong)):
                estimate = share(some, whole)
                found.fits.append(
                    Fit(f"{path}.{name}", round(estimate[0], 4), {name: (estimate, "share")}, whole, records.name, when)
                )
    strange = sorted(set(result.tolist()) - {*_REFUSED, *_WRONG, *_DONE})
    for word in strange:
        found.left_out.append((word, phrase("taken for an order that was carried out")))
