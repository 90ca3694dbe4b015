"""The live page: what is asked, what is answered, and in which order."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sim.engine.compiled import machine, ready
from sim.engine.run import simulate
from sim.report.findings import fields as labels
from sim.report.findings.answering import meaning
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.study.run.crew import Share
from sim.study.run.runner import Runner
from sim.web.estimate_centre import Centre, centre_of, question_of, scenario_of
from sim.web.estimate_inputs import MOST, Changes, Inputs, busy, called, dozen
from sim.web.estimating import Answer, Estimators, Question, answers
from sim.web.form import FormField, fields_of
from sim.web.kinds_here import asked, idle
from sim.web.scenarios import read
from sim.web.value_search import Search
from sim.words import language as lang
from sim.words import names
from sim.words.language import Language
from tests.golden.digests import digests_of
from tests.waiting import until
from tests.web import inside
from tests.worlds import CASES


@pytest.fixture(scope="module")
def city() -> Centre:
    return centre_of("city", "/planner/scenario/city")


@pytest.fixture(scope="module")
def case() -> Centre:
    return centre_of("wuhan-35min", "/planner/scenario/wuhan-35min")


def test_a_dozen_inputs_come_first(city: Centre, case: Centre) -> None:
    """Period, victims, people of the first desks, banks, speed and stops; of a listed case more desks instead."""
    paths = [one.path for one in dozen(city.fields)]
    assert len(paths) == MOST
    assert paths[:2] == ["horizon", "victims.arrivals.city.per_day"]
    assert {"desks.analyst.shifts.1.staff", "latency.all.factor", "law.stop"} <= set(paths)
    assert [one.parts[-1] for one in dozen(city.fields) if one.group == "bank_profiles"] == ["median", "median"]
    assert len(dozen(case.fields)) == MOST


@pytest.fixture(scope="module")
def own() -> Centre:
    """A planner's own city, whose banks answer by officers, from a head office and as a payment firm."""
    return centre_of(CASES / "own-city.yaml", "/planner/upload/x")


def kinds_first(centre: Centre, typed: Mapping[str, str]) -> list[str]:
    """The kinds of bank among the first inputs."""
    return [one.parts[1] for one in dozen(centre.fields, typed) if one.group == "bank_profiles"]


def test_kinds_of_bank_that_come_first_are_kinds_of_banks_here(own: Centre) -> None:
    """Those at which most accounts are, as the page has it set; no kind that no bank is of, whatever it is called."""
    assert kinds_first(own, {}) == ["officer", "remote"]
    assert kinds_first(own, {"banks.harbour.profile": "interface"}) == ["interface", "remote"]
    assert kinds_first(own, {"banks.delta.share": "0", "banks.wallet-pay.share": "?"}) == ["officer", "officer"]
    for name in catalogue.names():
        centre = centre_of(name, "")
        here = {one.profile for one in centre.loaded.scenario.banks.values() if one.share}
        assert set(kinds_first(centre, {})) <= here, name


def test_a_kind_that_no_bank_is_of_does_nothing(own: Centre) -> None:
    """Turned, it alters no log; of one that only others are of, the page says who."""
    letter, interface = (
        next(one for one in own.fields if one.path == f"bank_profiles.{kind}.time.lognormal.median")
        for kind in ("letter", "interface")
    )
    here = asked(own.fields, {})
    assert here == {"officer": 0.4, "remote": 0.35, "payment": 0.15}
    assert idle(letter, here) == "no bank here answers so: to turn it changes nothing"
    assert idle(interface, here) == "no bank here answers so, only a cash machine"
    with lang.using("zh"):
        assert idle(interface, here) == "此处没有银行这样答复，只有自动取款机"
    short = ["horizon=2d", "follow_up=2d"]
    slower = ([], [f"{letter.path}=5h"], ["bank_profiles.officer.time.lognormal.median=4m"])
    before, same, other = (digests_of(simulate(scenario_of(own, [*short, *more]))) for more in slower)
    assert before == same != other


def test_a_bank_that_answers_otherwise_alters_what_is_said(own: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind that it is of now can be turned at once; that no bank is of it is not said any more."""

    async def nothing() -> None:
        """No estimate is asked for."""

    async def change() -> None:
        with inside.new_page() as page:
            inputs = Inputs(own.fields, {}, nothing)
            inputs.show()
            inputs._look("interface outage")
            told = "no bank here answers so, only a cash machine"
            assert told in inside.texts(page)
            await inputs._typed(inputs.by_path["banks.harbour.profile"], "interface")
            assert told not in inside.texts(page)
            assert "bank_profiles.interface.time.lognormal.median" in inputs._shown

    inside.run(change, monkeypatch)


def test_desks_with_more_work_than_rest_are_busy() -> None:
    """Those over three fifths of their time, the busiest first: their people may be turned at once."""
    assert busy({"audit": 0.2, "analyst": 0.61, "legal": 0.99, "idle": float("nan"), "even": 0.6}) == [
        "legal",
        "analyst",
    ]


def test_every_input_has_a_name_a_source_and_a_range(city: Centre) -> None:
    """No two are called alike, and each says what it may be."""
    by_path = {one.path: one for one in city.fields}
    shown = dozen(city.fields)
    names = [called(one, by_path) for one in shown]
    assert len(set(names)) == len(names)
    assert "people at analyst, 20:00-08:00" in names
    assert called(by_path["desks.legal.shifts.0.staff"], by_path) == "people at legal, 08:30-17:30, Monday to Friday"
    assert all(one.range for one in shown)
    assert {one.path: one.range for one in shown}["desks.analyst.shifts.0.staff"] == "1 to 10,000"
    assert [one.path for one in shown if not one.source] == ["latency.all.factor"]


def test_arrivals_are_called_what_they_count() -> None:
    """Reports are no victims, and neither are cases that somebody works on; the period says what is simulated."""
    for counts in ("victims", "reports"):
        fields = centre_of("city", "").fields
        by_path = {one.path: one for one in fields}
        path = "victims.arrivals.city.counts"
        by_path[path] = replace(by_path[path], value=counts)
        names = [called(one, by_path) for one in dozen(fields)]
        assert names[:2] == ["payments simulated over", f"{counts} a day"]


def search_of(fields: Sequence[FormField]) -> Search:
    """A search of the page of these fields, in the language of now."""
    by_path = {one.path: one for one in fields}
    return Search(fields, {one.path: called(one, by_path) for one in fields})


def test_every_other_value_is_found_by_words(city: Centre) -> None:
    """By name, by path and by what its source says; the named ones first."""
    search = search_of(city.fields)
    assert search.found("") == []
    assert search.found(' " ') == []
    assert search.found("analyst absent")[0].path == "desks.analyst.absence"
    assert {one.path for one in search.found("Yinfa")} >= {"law.stop", "law.freeze"}
    assert all(one.path in {hit.path for hit in search.found(one.path)} for one in city.fields[::40])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_value_is_found_by_whatever_pages_call_it(city: Centre, language: Language) -> None:
    """Its label, its desk, its bank and how that answers, what is chosen and what may be, each as a whole."""
    with lang.using(language):
        search, by_path = search_of(city.fields), {one.path: one for one in city.fields}

        def found(words: str) -> set[str]:
            return {one.path for one in search.found(words)}

        for kind in ("remote", "officer"):
            assert found(meaning(kind)) >= {
                f"bank_profiles.{kind}.time.lognormal.median", f"bank_profiles.{kind}.mismatch",
            }  # fmt: skip
        rural = by_path["banks.rural.profile"]
        assert rural.path in found(f'"{rural.choice_words(rural.value)}"')
        assert search.found(rural.choice_words("letter"))[0].value == "letter"
        assert "desks.objections.wage" in found(names.desk("objections"))
        assert {"banks.abc.share", "banks.abc.profile"} <= found(names.desk("bank:abc"))
        for field in city.fields[::23]:
            assert field.path in found(labels.label(field.parts, 0)), field.path
            assert field.path in found(called(field, by_path)), field.path


def test_a_search_says_what_stands_above(case: Centre) -> None:
    """What is among the first inputs already is named, not shown again: it counted as not found."""

    async def nothing() -> None:
        """No estimate is asked for."""

    with inside.new_page() as page:
        inputs = Inputs(case.fields, {}, nothing)
        inputs.show()
        inputs._look("officers who sit at the centre")
        said = next(text for text in inside.texts(page) if "; above: " in text)
    assert said.endswith("; above: until a bank answers (by officers who sit at the centre), median")
    assert inputs._found.keys() >= {"bank_profiles.officer.mismatch"}


def test_a_long_period_is_cut_until_a_run_takes_half_a_second(city: Centre, case: Centre) -> None:
    """A city-year is looked at for 90 days, a case as it is."""
    assert city.kept == {"horizon": "90d"}
    assert case.kept == {}
    assert centre_of("province", "").kept["horizon"] in ("28d", "7d")


def test_what_is_compared_has_the_same_time(city: Centre) -> None:
    """A change of the period is one of both; without any other change nothing is compared."""
    asked, _ = question_of(city, ["horizon=90d"])
    assert asked.before is None
    asked, _ = question_of(city, ["horizon=30d", "desks.analyst.shifts.1.staff=6"])
    assert asked.before is not None
    assert asked.before.horizon == asked.scenario.horizon
    assert asked.before.desks["analyst"] != asked.scenario.desks["analyst"]
    assert asked.one_week.horizon < asked.scenario.horizon
    with pytest.raises(ScenarioError):
        question_of(city, ["desks.analyst.shifts.1.staff=few"])


def fewer_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is whole after a few runs of each of its parts."""
    monkeypatch.setattr("sim.study.ask.sharpen.MOST", 8)
    monkeypatch.setattr("sim.study.ask.sharpen.OF_CURVE", (2,))
    monkeypatch.setattr("sim.web.estimating.PAIRS", (4,))


def test_an_answer_grows_from_an_estimate_to_a_diagnosis(case: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """First an estimate, then the week, sharper ones, the curve, what binds; each urged as it deserves."""
    fewer_runs(monkeypatch)
    asked, _ = question_of(case, [])
    urged: list[int] = []
    told = list(answers(asked, Runner(), urged.append))
    assert told[0].estimate is not None
    assert told[0].estimate.n == 2
    assert told[0].week is None
    parts = [(one.week is not None, bool(one.curve), one.diagnosis is not None) for one in told]
    assert parts == sorted(parts)
    assert parts[-1] == (True, True, True)
    last = told[-1]
    assert last.phase == "over"
    assert last.diagnosis is not None
    assert last.week is not None
    assert last.diagnosis.weeks is last.week.desks
    assert {one.pairs for one in told if one.diagnosis is not None} == {4}
    assert urged == [0, 1, 2, 3]


@pytest.fixture
def estimators() -> Iterator[Estimators]:
    made = Estimators()
    yield made
    made.close()


def test_a_new_question_ends_the_one_before(estimators: Estimators, city: Centre, case: Centre) -> None:
    """What was asked before is abandoned: nothing of it waits or is shown, nor of a viewer who has left."""
    large, small = question_of(city, ["horizon=90d"])[0], question_of(case, [])[0]

    async def ask() -> list[Answer]:
        viewer = estimators.open()
        seen: list[Answer] = []
        viewer.changed.subscribe(lambda: seen.append(viewer.answer))
        viewer.ask(large)
        before = viewer._share
        viewer.ask(small)
        assert before is not None
        assert before.abandoned
        await until(lambda: bool(seen and seen[-1].estimate and seen[-1].estimate.n >= 8))
        estimators.leave(viewer)
        assert estimators.crew._waiting == []
        return seen

    seen = asyncio.run(ask())
    assert {one.estimate.scenario.name for one in seen if one.estimate} == {"wuhan-35min"}


def test_a_page_that_is_opened_again_shows_what_it_had_found(
    estimators: Estimators, case: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole answer at once, with no run made; what was never finished, or is another question, is looked for."""
    fewer_runs(monkeypatch)
    asked, _ = question_of(case, [])
    again, other = question_of(case, [])[0], question_of(case, ["latency.all.factor=0.5"])[0]

    async def look(question: Question, *, whole: bool = True) -> Answer:
        viewer = estimators.open()
        viewer.ask(question)
        await until(lambda: viewer.answer.phase == "over" if whole else viewer.answer.estimate is not None)
        estimators.leave(viewer)
        return viewer.answer

    first = asyncio.run(look(asked))
    assert first.diagnosis is not None
    monkeypatch.setattr("sim.web.estimating.answers", lambda *_: pytest.fail("looked for again"))
    assert asyncio.run(look(again)) is first
    monkeypatch.undo()
    assert asyncio.run(look(other, whole=False)) is not first
    assert len(estimators.finished) == 1


def test_what_cannot_be_estimated_is_said(
    estimators: Estimators, case: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is a line on the page, not the end of the server."""
    asked: Question = question_of(case, [])[0]

    def broken(*_: object) -> Iterator[Answer]:
        raise ZeroDivisionError
        yield Answer()

    monkeypatch.setattr("sim.web.estimating.answers", broken)

    async def ask() -> str:
        viewer = estimators.open()
        viewer.ask(asked)
        assert isinstance(viewer._share, Share)
        await until(lambda: bool(viewer.answer.mistake))
        return str(viewer.answer.mistake)

    assert "cannot estimate" in asyncio.run(ask())


def test_it_is_known_how_long_this_machine_has_prepared_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing where nobody compiles, seconds while somebody does, nothing when it is done or was given up."""
    for module in (ready, machine):
        monkeypatch.setattr(module, "folder", lambda: tmp_path)
    assert ready.compiling() is None
    lock = tmp_path / "compiling"
    lock.touch()
    began = time.time() - 42
    os.utime(lock, (began, began))
    since = ready.compiling()
    assert since is not None
    assert 42 <= since < 60
    os.utime(lock, (began - 10_000, began - 10_000))
    assert ready.compiling() is None
    lock.touch()
    machine._keep([b"draw", b"start", b"go on"])
    assert ready.compiling() is None


def test_the_period_is_a_change_of_what_the_page_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that begins with 90 days of a year says 90 days when more or fewer are looked at, and nothing before."""

    async def nothing() -> None:
        """Whatever is changed here, nobody looks."""

    def told(typed: dict[str, str]) -> list[str]:
        fields = fields_of(read("city"))
        with inside.new_page() as made:
            Changes(Inputs(fields, typed, nothing), {"horizon": "90d"}, nothing)
        return [one for one in inside.texts(made) if "→" in one]

    async def shown() -> None:
        assert told({"horizon": "90d"}) == []
        [shorter] = told({"horizon": "30d"})
        assert shorter.endswith(": 90d → 30d")
        [whole] = told({})
        assert whole.endswith(": 90d → 365d")

    inside.run(shown, monkeypatch)
