"""What comes through the planner's pages: scenarios, forms, studies."""

from __future__ import annotations

import asyncio
import json
import re
from math import isnan
from pathlib import Path

import pytest

from sim.report.findings import fields as labels
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.study.ask.compare import differences
from sim.web.asked_changes import of_arms
from sim.web.faults import mistake
from sim.web.form import FormField, fields_of, settings_of
from sim.web.scenarios import UPLOADED, read, set_values
from sim.web.studies import Studies
from sim.web.study_report import archive, report
from sim.web.work import Request, Wanted, difference, work
from sim.web.work import _plain as plain
from sim.words import language as lang
from tests.waiting import until

# -- scenarios -------------------------------------------------------------------------------------------


def upload(folder: Path, text: str) -> Path:
    """A file that somebody has uploaded."""
    (folder / UPLOADED).write_text(text)
    return folder / UPLOADED


@pytest.mark.parametrize(
    "base", ["/etc/passwd", "../secret.yaml", "secret.yaml", "exercises/wuhan-35min", "targets/wuhan-35min"]
)
def test_an_upload_extends_only_shipped_scenarios(tmp_path: Path, base: str) -> None:
    """No other file is opened, not even to say that it is none."""
    (tmp_path / "secret.yaml").write_text("name: SECRET\n")
    with pytest.raises(ScenarioError) as caught:
        read(upload(tmp_path, f"extends: {base}\n"))
    assert caught.value.field == "extends"
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "extends: china.yaml\ndesks: {analyst: {queue: 'policies.py:large_then_fresh'}}\n",
        "extends: china.yaml\nbank_profiles: {officer: {queue: '/tmp/x.py:f'}}\n",
        "extends: china.yaml\ndesks: &d {analyst: {queue: 'x.py:f'}}\n",
    ],
)
def test_an_upload_names_no_python(tmp_path: Path, text: str) -> None:
    """A policy of a file is refused before any file is looked for."""
    with pytest.raises(ScenarioError, match="pages run no Python"):
        read(upload(tmp_path, text))


@pytest.mark.parametrize(
    "setting",
    ["desks.analyst.queue=policies.py:large_then_fresh", "desks.analyst={staff: 2, queue: 'x.py:f'}",
     " desks.analyst.queue =x.py:f"],
)  # fmt: skip
def test_a_form_names_no_python(setting: str) -> None:
    """Neither as a value of its own nor inside another."""
    with pytest.raises(ScenarioError, match="pages run no Python"):
        read("china", [setting])


def test_a_name_that_is_no_shipped_scenario_is_refused() -> None:
    """A path is no name."""
    with pytest.raises(ScenarioError, match=r"read '\.\./china'"):
        read("../china")


# -- the form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["china", "wuhan-35min", "korea-2015", "s12-bank-training"])
def test_a_form_left_as_it_was_changes_nothing(name: str) -> None:
    """Every field, typed as it is shown, gives the same scenario."""
    loaded = read(name)
    fields = fields_of(loaded)
    assert len(fields) > 50
    unchanged = set_values(loaded, [one.setting(one.value) for one in fields if one.label != "default"])
    assert unchanged.scenario == loaded.scenario
    assert settings_of(fields, {one.path: one.value for one in fields}) == []


def test_a_change_is_a_setting_of_the_command_line() -> None:
    """What a form makes of a typed value is what `load` takes after --set."""
    loaded = read("china")
    fields = fields_of(loaded)
    typed = {"desks.analyst.shifts.0.staff": "8", "latency.all.factor": "0.5"}
    settings = settings_of(fields, typed)
    assert settings == ["desks.analyst.shifts.0.staff=8", "latency.all.factor=0.5"]
    assert set_values(loaded, settings).scenario == load("china", settings).scenario


def test_every_part_of_a_form_has_words_for_its_heading() -> None:
    """No part of a scenario that has fields is headed by its bare key."""
    groups = {field.group for field in fields_of(load("city"))}
    assert groups >= {"desks", "duties", "latency"}
    assert groups <= set(labels.GROUPS)


def test_a_mistake_has_the_path_of_its_field() -> None:
    """The field of the error is the path of the form's field, so that it is said beside it."""
    with pytest.raises(ScenarioError) as caught:
        set_values(read("china"), ["law.stop=5 parsecs"])
    assert caught.value.field == "law.stop"


def test_choices_are_offered_where_the_model_lists_them() -> None:
    """Queues and shift ends are chosen; numbers are typed."""
    fields = {one.path: one for one in fields_of(read("china"))}
    assert fields["desks.analyst.queue"].choices == ("fifo", "largest_first", "freshest_first", "most_at_risk")
    assert fields["desks.analyst.queue"].choice_words("fifo") == "first come, first served"
    assert "overtime" in fields["desks.legal.shift_end.rule"].choices
    assert fields["law.most_stops"].choices == ()


def test_how_a_bank_answers_is_chosen_by_what_it_means() -> None:
    """Every kind of the scenario, and none: by whom, how soon and when; in both languages."""
    fields = {one.path: one for one in fields_of(read("city"))}
    field = fields["banks.icbc.profile"]
    assert field.options("officer") == [
        ("null", "it does not answer"),
        ("interface", "by an interface, without people: half of the stops within 1 min, at all hours"),
        ("officer", "by officers who sit at the centre: half of the stops within 3 min, at all hours"),
        ("remote", "by a desk at its head office: half of the stops within 4 min 30 s, only 08:00-24:00 every day"),
        ("letter", "by letter: half of the stops within 4 h, only 09:00-17:00 Monday to Friday"),
        ("payment", "by people at a payment firm: half of the stops within 4 min, at all hours"),
        ("acquirer", "by people at a firm that collects card payments: half of the stops within 3 min, at all hours"),
        ("wallet", "by people at a wallet of crypto assets: half of the stops within 6 min, at all hours"),
    ]  # fmt: skip
    with lang.using("zh"):
        assert dict(field.options("letter") or ())["letter"].startswith("凭函件：半数止付在 4 小时内完成，仅")
    changed = set_values(read("city"), [field.setting("null"), fields["banks.ccb.profile"].setting("letter")]).scenario
    assert changed.banks["icbc"].profile is None
    assert changed.banks["ccb"].profile == "letter"


def test_days_of_a_shift_are_chosen_in_words() -> None:
    """What it has and what is usual; what an address claims beside them stands there, too."""
    field = next(one for one in fields_of(read("city")) if one.path == "desks.legal.shifts.0.days")
    told = dict(field.options(field.value) or ())
    assert told[field.value] == "Monday to Friday"
    assert "every day" in told.values()
    assert dict(field.options('["tue"]') or ())['["tue"]'] == "Tuesday"
    changed = set_values(read("city"), [field.setting('["sat", "sun", "holiday"]')]).scenario
    assert (changed.desks["legal"].shifts or [])[0].days == ["sat", "sun", "holiday"]


def test_values_are_said_in_words() -> None:
    """A time and an amount are also said as people say them; labels name people and fields."""

    def field(value: str) -> FormField:
        return FormField("desks.analyst.wage", value, "assumed", "", (), False)

    assert [field(value).in_words() for value in ("1h30m", "60 yuan", "0.5")] == ["1 h 30 min", "60 yuan", ""]
    assert labels.label(("desks", "analyst", "shifts", "0", "staff"), 1) == "analyst, shift 1, people on duty"
    with lang.using("zh"):
        assert labels.label(("desks", "analyst", "shifts", "0", "staff"), 1) == "研判员，班次 1，在岗人数"


# -- studies ---------------------------------------------------------------------------------------------

ARMS = (Wanted("wuhan-35min", "wuhan-35min"), Wanted("fewer", "wuhan-35min", ("desks.analyst.shifts.0.staff=4",)))


def test_a_study_is_worked_on_and_kept(tmp_path: Path) -> None:
    """Asked for, queued, run in its own process, found again by another server with report and archive."""
    studies = Studies(tmp_path)
    study = studies.ask("Fewer analysts", ARMS, 5, 1)
    assert studies.state(study) == "queued"

    async def until_done() -> None:
        serving = asyncio.create_task(studies.serve())
        await until(lambda: studies.state(study) in ("done", "failed"))
        serving.cancel()

    asyncio.run(until_done())
    assert studies.state(study) == "done", study.mistake
    again = Studies(tmp_path)
    found = again.get(study.id)
    assert found is not None
    assert again.state(found) == "done"
    assert found.request == study.request
    for language in lang.LANGUAGES:
        with lang.using(language):
            page = report(found)
            assert page.count("<svg") == 3
            assert "fewer" in page
            first, _, rest = page.partition("<nav")
            assert "<strong>" in first
            assert "<svg" not in first
            links = re.findall('<a href="#([^"]+)"', rest)
            assert links == re.findall('<section id="([^"]+)"', rest) == ["compared", "arm-0", "arm-1", "changed"]
            assert rest.count("<details>") == 2
            unfolded = re.sub("(?s)<details>.*?</details>", "", rest)
            assert unfolded.count("<tr>") < 60 < rest.count("<tr>")
    assert archive(found)[:2] == b"PK"
    again.delete(found)
    assert again.all() == []
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    """Its mistake is one line, and it can be asked for again."""
    studies = Studies(tmp_path)
    study = studies.ask("Wrong", (Wanted("x", "wuhan-35min", ("law.stop=never",)),), 2, 1)

    async def until_failed() -> None:
        serving = asyncio.create_task(studies.serve())
        await until(lambda: studies.state(study) in ("done", "failed"))
        serving.cancel()

    asyncio.run(until_failed())
    assert studies.state(study) == "failed"
    assert "read 'never'" in study.mistake
    assert "\n" not in study.mistake


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """A study that is worked on twice reads its runs from its store."""
    Request("t", ARMS, 3, 1, "").write(tmp_path)
    work(tmp_path, 1)
    first = (tmp_path / "result.json").read_bytes()
    (tmp_path / "result.json").unlink()
    (tmp_path / "progress.json").unlink()
    work(tmp_path, 1)
    assert (tmp_path / "result.json").read_bytes() == first
    progress = json.loads((tmp_path / "progress.json").read_text())
    assert (progress["done"], progress["total"], progress["phase"]) == (6, 6, "pictures")


def test_a_study_s_name_is_no_path(tmp_path: Path) -> None:
    """Only names of the list are found."""
    studies = Studies(tmp_path / "studies")
    Request("t", ARMS, 3, 1, "").write(tmp_path / "outside")
    assert studies.get("../outside") is None


def test_a_difference_comes_back_from_json() -> None:
    """What is written of a comparison gives the same rows again, NaN as null."""
    results = [[{"loss": 5.0, "recovered": 1.0}, {"loss": 5.0, "recovered": 2.0}]]
    rows = differences(["a", "b"], results, ["recovered"])
    again = [difference(json.loads(json.dumps(plain(row)))) for row in rows]
    assert [one.value.mean for one in again] == [1.0, 2.0]
    assert isnan(again[1].change.low)
    assert [one.arm for one in again] == [row.arm for row in rows]


def test_every_shipped_scenario_can_be_opened_in_a_form() -> None:
    """All of the catalogue, except for nothing: also the one whose policy is Python, which the package brings."""
    for name in catalogue.names():
        assert fields_of(read(name))


@pytest.mark.parametrize(("language", "said"), [("en", "read 'few', accepted: a whole number"), ("zh", "应为：整数")])
def test_a_mistake_beside_a_field_is_in_the_reader_s_language(language: lang.Language, said: str) -> None:
    """All of it, and with the label of the value, never its path."""
    with pytest.raises(ScenarioError) as caught:
        set_values(read("china"), ["desks.analyst.shifts.0.staff=few"])
    with lang.using(language):
        told = mistake(caught.value, "law.stop")
    assert said in told
    assert "desks." not in told
    assert language == "en" or "read" not in told


def test_what_was_changed_is_told_with_the_old_value(tmp_path: Path) -> None:
    """Of each scenario against its own file; where that takes its changes no more, as they were asked for."""
    roster = '[{"from": "08:00", "to": "20:00", "staff": 4}]'
    arms = [
        Wanted("city", "city"),
        Wanted("changed", "city", (f"desks.audit.shifts={roster}", "banks.icbc.profile=remote")),
        Wanted("lost", "gone", ("seed=2",)),
    ]
    assert of_arms(Request("Q", tuple(arms), 2, 1, "2026-07-01"), tmp_path) == [
        [],
        ["ICBC, how it answers: by officers who sit at the centre → by a desk at its head office",
         "audit, roster: 08:00-20:00, 3 people; 20:00-08:00, 2 people → 08:00-20:00, 4 people"],
        ["seed=2"],
    ]  # fmt: skip


def test_no_choice_of_a_form_is_english_in_chinese() -> None:
    """Whatever may be chosen is said in the reader's words."""
    with lang.using("zh"):
        for name in ("city", "wuhan-35min"):
            for field in fields_of(load(name)):
                assert [one for one in field.choices if re.search("[A-Za-z]{3}", field.choice_words(one))] == []
