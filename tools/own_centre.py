"""Make the files of a centre from a run of the model: reports, work, answers of banks, transfers.

    python tools/own_centre.py docs/own-centre

reads centre.yaml in the folder and writes the four files beside it, as a centre would have them at the end of the
period: who has reported by then, what people have done, what banks have answered, what is known of the accounts. One
victim in three remembers only about how long it took to understand, in bands.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.measure.work import ENDINGS
from sim.report.findings.exported import Exported
from sim.scenario.loader import load
from sim.words.units import DAY, HOUR, MINUTE, YUAN
from sim.workflow.log import REFUSED

Table = tuple[Sequence[str], list[Sequence[Any]]]
BANDS = (0, 30 * MINUTE, HOUR, 4 * HOUR, DAY, 3 * DAY)
_SAID = ("within 30 min", "30-60 min", "1-4 h", "4-24 h", "1-3 days", "over 3 days")


def files_of(run: Run) -> dict[str, Table]:
    """By kind of file: its head and its rows, as they are at the end of the period of victims."""
    of = Exported(run)
    return {
        "reports": _reports(of), "work": _work(of), "answers": _answers(of), "transfers": _transfers(of),
    }  # fmt: skip


def _time(of: Exported, ms: float) -> str:
    until = of.run.scenario.horizon
    return of.run.scenario.when(int(ms)).strftime("%Y-%m-%d %H:%M:%S") if 0 <= ms <= until else ""


def _band(ms: float) -> str:
    return _SAID[int(np.searchsorted(BANDS, ms, side="right")) - 1]


def reporters(of: Exported) -> list[int]:
    """Cases that were reported within the period, by their reports."""
    reported = of.measured.reported
    mine = np.flatnonzero((reported <= of.run.scenario.horizon) & (of.run.plan.victims.bystander == 0))
    return [int(case) for case in mine[np.argsort(reported[mine], kind="stable")]]


def _reports(of: Exported) -> Table:
    v, scenario = of.run.plan.victims, of.run.scenario
    scams, channels = list(scenario.victims.scams), list(scenario.victims.channels or {"": None})
    rows: list[Sequence[Any]] = []
    for number, case in enumerate(reporters(of), 1):
        vague = number % 3 == 0
        rows.append([
            of.labels.case[case], f"victim {number}", _time(of, v.first_payment[case]), _time(of, v.last_payment[case]),
            "" if vague else _time(of, v.discovered[case]),
            _band(float(v.discovered[case] - v.last_payment[case])) if vague else "",
            _time(of, of.measured.reported[case]), channels[int(v.channel[case])], scams[int(v.scam[case])],
            f"{v.loss[case] / YUAN:.2f}",
        ])  # fmt: skip
    times = ("first paid", "last paid", "found", "found after", "reported")
    return ("case", "name", *times, "channel", "scam", "loss (yuan)"), rows


def _work(of: Exported) -> Table:
    return ("case", "account", "step", "queued", "begun", "ended", "person", "ending"), list(_spells(of))


def _spells(of: Exported) -> Iterator[Sequence[Any]]:
    run, work, at = of.run, of.work, of.labels
    rows, until = work.rows, run.scenario.horizon
    people = at.people(rows.desk, np.where(work.begun >= 0, rows.person, -1))
    own = {desk for desk, spec in enumerate(run.program.desks) if ":" not in spec.name}
    columns = (rows.case.tolist(), rows.account.tolist(), rows.step.tolist(), rows.desk.tolist(), people)
    for number, (case, account, step, desk, person) in enumerate(zip(*columns, strict=True)):
        begun, ended = int(work.begun[number]), int(work.ended[number])
        if case < 0 or desk not in own or begun < 0 or begun > until:
            continue
        over = 0 <= ended <= until
        yield (
            at.case[case], f"A{account}" if account >= 0 else "", run.program.names[step],
            _time(of, work.enabled[number]), _time(of, begun), _time(of, ended) if over else "", person,
            ENDINGS[int(work.ending[number])] if over else "",
        )  # fmt: skip


def _answers(of: Exported) -> Table:
    run, work = of.run, of.work
    plan, rows, banks = run.plan, work.rows, list(run.scenario.banks)
    told = run.rows.at(run.rows.of(REFUSED))
    refused = set(zip(told.case.tolist(), told.account.tolist(), told.time.tolist(), strict=True))
    bank_step = run.program.names.index("account.bank")
    found: list[Sequence[Any]] = []
    for number in np.flatnonzero((rows.step == bank_step) & (work.enabled <= run.scenario.horizon)).tolist():
        case, account, ended = int(rows.case[number]), int(rows.account[number]), int(work.ended[number])
        bank = int(plan.accounts.bank[plan.account_first[case] + account])
        if 0 <= bank < len(banks):
            over = 0 <= ended <= run.scenario.horizon
            result = ("refused" if (case, account, ended) in refused else "done") if over else ""
            found.append([banks[bank], _time(of, work.enabled[number]), _time(of, ended) if over else "", result])
    return ("bank", "sent", "answered", "result"), found


def _transfers(of: Exported) -> Table:
    run = of.run
    plan, t, until = run.plan, run.plan.transfers, run.scenario.horizon
    exits, holders = list(run.scenario.criminals.exits), run.scenario.holders
    mine, rows = set(reporters(of)), []
    for row in np.flatnonzero(t.parent >= 0).tolist():
        came, left, source = int(run.times[t.parent[row]]), int(run.times[row]), int(t.source[row])
        at_bank = 0 <= plan.accounts.bank[source] < len(run.scenario.banks)
        if int(t.case[row]) not in mine or came > until or not at_bank:
            continue
        way, target = int(t.exit[row]), int(t.target[row])
        to = holders[int(plan.accounts.bank[target])].name if target >= 0 else ""
        how = exits[way] if way >= 0 else to.removeprefix("exit:") if to.startswith("exit:") else "transfer"
        card = plan.accounts.card[np.array([source])]
        stop = of.stops.touching(card, np.array([came]), np.array([min(left, until)]))
        started = [int(start) for start in of.stops.start[of.stops.card == card[0]] if came < start < min(left, NEVER)]
        if stop[0] >= 0 and not started:
            continue  # it came to an account that was stopped
        rows.append([
            of.labels.case[int(t.case[row])], f"A{plan.accounts.number[source]}", int(plan.accounts.layer[source]),
            _time(of, came), _time(of, left) if left < NEVER else "",
            _time(of, min(started)) if started and min(started) <= until else "", how,
        ])  # fmt: skip
    return ("case", "account", "layer", "money came", "left", "stopped", "how"), rows


def write(folder: Path, run: Run) -> None:
    """Write the four files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (head, rows) in files_of(run).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])


if __name__ == "__main__":
    where = Path(sys.argv[1])
    write(where, simulate(load(str(where / "centre.yaml")).scenario))
