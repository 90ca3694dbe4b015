"""A centre made from ten answers: a small file that extends the shipped city, for a planner who has none yet.

What is asked replaces the city's values; what grows with the number of people (other desks, work that is no case,
warnings about honest people) is the city's in proportion. All else stays the city's, with its sources.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from sim.scenario.banks import Bank as BankModel
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.words.language import key

BASE: Final = "city"
QUESTION: Final = "What does our centre bring back, and what holds it back?"
BASE_PEOPLE: Final = 12.3
"""Millions who live in the city that is extended."""
ALERTS: Final = 3.6
"""Reports a day for each million people: Changsha's 36 alerts among 10.0 million."""
NOBODY: Final = "nobody"
"""How whoever answers no order answers."""
REST: Final = "out-of-reach"
"""The firms at which the accounts and customers are that no bank has: no order reaches them."""
ANSWERS: Final = ("interface", "officer", "remote", "payment", "letter", NOBODY)
"""How a bank answers: kinds of the city's banks, or not at all."""
ASKED_DESKS: Final = ("intake", "analyst", "audit", "legal")
"""Desks whose roster is asked for."""
_GROW: Final = ("police", "car", "caller", "station", "teller")
"""Desks of a size with the city."""
ANSWERED: Final = key("answered in the planner's ten questions")
PERIOD: Final = key("a quarter of a year, for a first look")
SHARED: Final = key("the city's, in proportion to the people who live there")
OVERTIME: Final = key("one and a half times the wage that was answered")
SOURCES: Final = (ANSWERED, PERIOD, SHARED, OVERTIME)
"""Whence the values of a made centre come, where they are not the city's: keys of the catalogue."""


@dataclass(frozen=True)
class Bank:
    """A bank, or a group of them."""

    name: str
    share: float
    """Of the mule accounts, 0 to 1; what all leave is at banks that answer no order."""
    answers: str
    """One of ANSWERS."""
    customers: float | None = None
    """Share of the victims who bank there, 0 to 1; None: of what others leave, in proportion to `share`."""


@dataclass(frozen=True)
class TenAnswers:
    """What a planner says of a centre."""

    title: str
    people: float
    """Millions."""
    reports: float
    """A day."""
    day: tuple[str, str]
    """When the day shift begins and ends, such as 08:00; the night shift is the rest."""
    by_day: dict[str, int]
    """People by desk of ASKED_DESKS."""
    by_night: dict[str, int]
    """The same; 0 closes the desk for the night."""
    banks: Sequence[Bank]
    officers: tuple[int, int]
    """Officers of each bank that has some at the centre: by day, and by night; 0 for nobody at night."""
    payment_firms: int
    """People at payment firms who answer orders."""
    wallets: int
    """The same at wallets of crypto assets."""
    cars: int
    """Field teams that go after couriers."""
    wage: float
    """Yuan an hour."""


def made(answers: TenAnswers) -> str:
    """The centre as the text of a scenario file; whether it is right, the loader says.

    Args:
        answers: as typed; nothing of them is trusted to be more than text and numbers.
    """
    base = load(BASE).scenario
    ratio = answers.people / BASE_PEOPLE
    tree: dict[str, Any] = {
        "schema_version": 1, "extends": f"{BASE}.yaml", "name": "my-centre", "title": answers.title,
        "question": QUESTION, "horizon": "90d",
        "victims": {"arrivals": {next(iter(base.victims.arrivals)): {"per_day": answers.reports, "counts": "reports"}}},
        "desks": {**_asked(answers), **_grown(base, ratio, answers)},
        "duties": {name: {"per_day": _rounded(one.per_day * ratio)} for name, one in (base.duties or {}).items()},
        "prevention": _warnings(base, ratio),
        "bank_profiles": {
            "officer": {"shifts": _shifts(answers.day, *answers.officers)},
            "payment": {"staff": answers.payment_firms}, "wallet": {"staff": answers.wallets},
        },
        "banks": _banks(base, answers.banks),
    }  # fmt: skip
    said = [f"desks.{name}.{what}" for name in ASKED_DESKS for what in ("shifts", "wage")]
    said += ["victims.arrivals", "banks", "bank_profiles.officer.shifts", "bank_profiles.payment.staff",
             "bank_profiles.wallet.staff", "desks.car.staff"]  # fmt: skip
    shared = [f"{part}.{name}.{what}" for part in ("duties", "prevention") for name, one in tree[part].items()
              for what in one] + [f"desks.{name}.{what}" for name in _GROW if name != "car"
                                  for what in tree["desks"][name]]  # fmt: skip
    overtime = [f"desks.{name}.overtime_wage" for name in ASKED_DESKS]
    told = (said, "assumed", ANSWERED), (shared, "derived", SHARED), (overtime, "derived", OVERTIME)
    tree["sources"] = {path: {"label": label, "source": source} for paths, label, source in told for path in paths}
    tree["sources"] |= {"horizon": {"label": "assumed", "source": PERIOD}}
    return "\n".join(_lines(tree)) + "\n"


def _asked(answers: TenAnswers) -> dict[str, Any]:
    """The desks whose roster was asked for: two shifts every day, without breaks, and the wage; people are absent as in
    the city."""
    found: dict[str, Any] = {}
    for name in ASKED_DESKS:
        shifts = _shifts(answers.day, answers.by_day[name], answers.by_night.get(name, 0))
        found[name] = {
            "shifts": shifts, "wage": f"{answers.wage:g} yuan", "overtime_wage": f"{1.5 * answers.wage:g} yuan",
        }  # fmt: skip
        if name == "analyst" and min(one["staff"] for one in shifts) < 2:
            found[name] |= {"skills": None, "surge": None}
    return found


def _shifts(day: tuple[str, str], by_day: int, by_night: int) -> list[dict[str, Any]]:
    """A shift by day and, where anybody is there, one by night."""
    begin, end = day
    night = [{"from": end, "to": begin, "staff": by_night}] if by_night else []
    return [{"from": begin, "to": end, "staff": by_day}, *night]


def _grown(base: Scenario, ratio: float, answers: TenAnswers) -> dict[str, Any]:
    """Other desks, with people in proportion."""
    found: dict[str, Any] = {}
    for name in _GROW:
        desk = base.desks[name]
        if name == "car":
            found[name] = {"staff": answers.cars}
        elif desk.shifts is None:
            found[name] = {"staff": _people(int(desk.staff or 1), ratio)}
        else:
            shifts = [
                one.model_dump(mode="json", by_alias=True, exclude={"breaks"}, exclude_none=True) for one in desk.shifts
            ]
            found[name] = {"shifts": [{**one, "staff": _people(one["staff"], ratio)} for one in shifts]}
    return found


def _people(there: int, ratio: float) -> int:
    """So many people in proportion; two where there are two, for some steps are a pair's work."""
    return max(min(there, 2), ceil(there * ratio))


def _warnings(base: Scenario, ratio: float) -> dict[str, Any]:
    """Warnings and leads about honest people."""
    if base.prevention is None:
        return {}
    kinds = {"warnings": base.prevention.warnings, "leads": base.prevention.leads}
    return {name: {"false_per_day": _rounded(one.false_per_day * ratio)} for name, one in kinds.items() if one}


def _banks(base: Scenario, banks: Sequence[Bank]) -> dict[str, Any]:
    """The banks in place of the city's; the accounts and customers that they leave are where no order is answered."""
    nothing = dict.fromkeys(BankModel.model_fields)
    found: dict[str, Any] = dict.fromkeys(base.banks)
    names = names_of([one.name for one in banks])
    given = [(name, one) for name, one in zip(names, banks, strict=True) if one.share > 0 or one.customers]
    rest = max(round(1 - sum(one.share for _, one in given), 6), 0.0)
    left = max(1 - sum(one.customers or 0.0 for _, one in given), 0.0)
    shared_by = rest + sum(one.share for _, one in given if one.customers is None)
    for name, one in given:
        customers = left * one.share / shared_by if one.customers is None and shared_by else one.customers or 0.0
        own: dict[str, Any] = {"share": one.share, "customers": round(customers, 9)}
        if one.answers != NOBODY:
            own["profile"] = one.answers
        found[name] = {**nothing, **own} if name in base.banks else own
    if rest > 0 or not shared_by:
        customers = left * rest / shared_by if shared_by else left
        if rest > 0 or customers > 1e-9:
            name = next(one for one in (REST, *(f"{REST}-{n}" for n in range(2, 99))) if one not in names)
            found[name] = {"share": rest, "customers": round(customers, 9)}
    return found


def name_of(said: str, number: int) -> str:
    """What a bank is called, if no other has its name: small letters, Chinese characters and digits of what was typed,
    as a file takes them; by its number where there are none but digits."""
    name = re.sub("[^a-z0-9\u4e00-\u9fff]+", "-", said.lower()).strip("-")[:40]
    return name if re.search("[a-z\u4e00-\u9fff]", name) else f"bank-{number}"


def names_of(said: Sequence[str]) -> list[str]:
    """What banks are called together: a name that another has gets the bank's number."""
    found: list[str] = []
    for number, one in enumerate(said, start=1):
        name = name_of(one, number)
        found.append(f"{name}-{number}" if name in found else name)
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _lines(value: dict[str, Any], indent: str = "") -> list[str]:
    """A mapping as lines of YAML: mappings of mappings below each other, all else in one line."""
    lines = []
    for name, below in value.items():
        nested = isinstance(below, dict) and any(isinstance(one, dict | list) for one in below.values())
        if nested or (name == "banks" and "label" not in below):
            lines += [f"{indent}{name}:", *_lines(below, f"{indent}  ")]
        else:
            lines.append(f"{indent}{name}: {json.dumps(below, ensure_ascii=False)}")
    return lines
