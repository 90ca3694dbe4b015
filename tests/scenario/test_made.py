"""A centre made from ten answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.scenario.loader import load
from sim.scenario.made import BASE, BASE_PEOPLE, REST, Bank, TenAnswers, made
from sim.scenario.models import Scenario
from sim.scenario.victims import RateArrivals
from sim.web.scenarios import read
from sim.words import language as lang
from sim.words import names as names_of_people
from sim.words.units import HOUR

ANSWERS = TenAnswers(
    title="Our centre", people=3.0, reports=25.0, day=("08:00", "20:00"),
    by_day={"intake": 3, "analyst": 8, "audit": 2, "legal": 4},
    by_night={"intake": 1, "analyst": 3, "audit": 1, "legal": 0},
    banks=[Bank("Harbour Bank", 0.4, "officer"), Bank("港口银行", 0.35, "remote"), Bank("Delta", 0.1, "nobody")],
    officers=(3, 0), payment_firms=1, wallets=1, cars=2, wage=70.0,
)  # fmt: skip


def centre(folder: Path, answers: TenAnswers) -> Scenario:
    """What the pages read of the file that is made."""
    (folder / "uploaded.yaml").write_text(made(answers), encoding="utf-8")
    return read(folder / "uploaded.yaml").scenario


def test_every_answer_is_in_the_centre(tmp_path: Path) -> None:
    """Reports, rosters, banks with how each answers, who else is chased, wages."""
    found = centre(tmp_path, ANSWERS)
    source = found.victims.arrivals["city"]
    assert isinstance(source, RateArrivals)
    assert (source.per_day, source.counts) == (25.0, "reports")
    analysts = found.desks["analyst"]
    assert [one.staff for one in analysts.shifts or []] == [8, 3]
    assert len(found.desks["legal"].shifts or []) == 1
    assert found.desks["audit"].wage == 7000
    assert {name: (one.share, one.profile) for name, one in found.banks.items()} == {
        "harbour-bank": (0.4, "officer"), "港口银行": (0.35, "remote"), "delta": (0.1, None), REST: (0.15, None),
    }  # fmt: skip
    assert (found.bank_profiles["payment"].staff, found.bank_profiles["wallet"].staff) == (1, 1)
    assert found.desks["car"].staff == 2
    assert [(one.staff, one.start, one.end) for one in found.bank_profiles["officer"].shifts or []] == [
        (3, 8 * HOUR, 20 * HOUR)
    ]


def test_what_was_not_asked_is_the_citys_and_says_so(tmp_path: Path) -> None:
    """People are absent as there; no source claims an answer to what is no question."""
    city = load(BASE).scenario
    found = centre(tmp_path, ANSWERS)
    for name, desk in city.desks.items():
        assert found.desks[name].absence == desk.absence, name
    told = read(tmp_path / "uploaded.yaml")
    paths = ("horizon", "bank_profiles.wallet.staff", "bank_profiles.payment.staff", "desks.analyst.shifts")
    labels = {path: told.provenance(tuple(path.split("."))).source for path in paths}
    assert "ten questions" not in labels.pop("horizon")
    assert all("ten questions" in source for source in labels.values()), labels


@pytest.mark.parametrize(
    ("customers", "told"),
    [
        ((None, None, None), (0.4, 0.35, 0.1, 0.15)),
        ((0.7, None, None), (0.7, 0.175, 0.05, 0.075)),
        ((0.7, 0.2, 0.05), (0.7, 0.2, 0.05, 0.05)),
        ((0.6, 0.4, None), (0.6, 0.4, 0.0, 0.0)),
    ],
)
def test_customers_may_be_given(tmp_path: Path, customers: tuple[float | None, ...], told: tuple[float, ...]) -> None:
    """Where they are not, a bank has of those that others leave as many as of the accounts; as does whoever is left."""
    banks = [replace(bank, customers=one) for bank, one in zip(ANSWERS.banks, customers, strict=True)]
    found = centre(tmp_path, replace(ANSWERS, banks=banks)).banks
    assert [one.customers for one in found.values()] == pytest.approx(told)
    assert [one.share for one in found.values()] == pytest.approx((0.4, 0.35, 0.1, 0.15))


def test_a_bank_of_customers_alone_is_kept(tmp_path: Path) -> None:
    """With all of both told nobody is left over; the rest of the customers is where nobody answers."""
    for most, names in ((0.9, ["a", "b"]), (0.5, ["a", "b", REST])):
        banks = [Bank("a", 1.0, "officer", most), Bank("b", 0.0, "remote", 0.1)]
        found = centre(tmp_path, replace(ANSWERS, banks=banks)).banks
        assert list(found) == names
        assert sum(one.customers or 0 for one in found.values()) == pytest.approx(1)
        assert found["b"].share == 0


def test_what_is_not_asked_grows_with_the_people(tmp_path: Path) -> None:
    """As many people as the city: as much other work; half of them: half of it."""
    city = load(BASE).scenario
    assert city.duties is not None
    for share in (1.0, 0.5):
        found = centre(tmp_path, replace(ANSWERS, people=BASE_PEOPLE * share))
        assert found.duties is not None
        for name, one in found.duties.items():
            assert one.per_day == pytest.approx(city.duties[name].per_day * share, rel=0.01)


@pytest.mark.parametrize("hostile", ['"', "'; x: 1", "<script>", "a: b\nc: d", "{{1}}", "#", "\\", "null", "港"])
def test_a_name_is_only_a_name(tmp_path: Path, hostile: str) -> None:
    """Whatever is typed as a name changes nothing else of the centre."""
    one = centre(tmp_path, replace(ANSWERS, title=f"x{hostile}", banks=[Bank(hostile, 1.0, "officer")]))
    assert one.title.split() == f"x{hostile}".split()
    assert [bank.profile for bank in one.banks.values()] == ["officer"]


def test_a_bank_keeps_the_name_that_is_typed(tmp_path: Path) -> None:
    """Also a Chinese one, one of the city's, and one that says how others answer; two of a name stay two."""
    names = ("银行 1", "港口银行", "ICBC", "nobody", "Out of reach", "icbc", "7")
    banks = [Bank(name, 0.1, "remote") for name in names]
    found = centre(tmp_path, replace(ANSWERS, banks=banks)).banks
    called = ["银行-1", "港口银行", "icbc", "nobody", "out-of-reach", "icbc-6", "bank-7"]
    assert sorted(found) == sorted([*called, "out-of-reach-2"])
    assert {one.profile for name, one in found.items() if name != "out-of-reach-2"} == {"remote"}
    assert found["icbc"].monitoring is None  # that of the city's bank of this name
    with lang.using("zh"):
        assert names_of_people.desk("bank:港口银行").startswith("港口银行")


def test_a_small_centre_has_somebody_everywhere(tmp_path: Path) -> None:
    """One analyst alone at night, nobody at the desks that close: it can be run."""
    alone = {"intake": 1, "analyst": 1, "audit": 1, "legal": 1}
    found = centre(tmp_path, replace(ANSWERS, people=0.1, reports=0.4, by_day=alone, by_night={}))
    assert all(desk.largest >= 1 for desk in found.desks.values())
