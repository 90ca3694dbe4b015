"""Reports in Chinese: that no name, label or sentence of ours is left in English."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from rich.console import Console

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.report.findings import labels, routes, tables, text
from sim.report.findings.story import tell
from sim.report.publish.brief import proof_words
from sim.scenario import catalogue
from sim.scenario.loader import load
from sim.scenario.made import QUESTION
from sim.scenario.models import Scenario
from sim.scenario.whatifs import read_whatifs
from sim.study.ask.published import read_published, shipped
from sim.study.infer.stats import summaries
from sim.words import language as lang
from sim.words import names as vocabulary
from sim.workflow.program import compile_routes
from tests.measure.whole import whole

ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
"""Two words of English in a row."""


def names(scenario: Scenario) -> Iterator[tuple[lang.Kind, str]]:
    """Everything in a scenario that has a name which people read."""
    victims, criminals = scenario.victims, scenario.criminals
    yield from (("scam", name) for name in victims.scams)
    yield from (("channel", name) for name in victims.channels or ())
    yield from (("age", name) for name in victims.ages or ())
    yield from (("district", name) for name in (*(victims.districts or ()), *victims.arrivals))
    yield from (("exit", name) for name in criminals.exits)
    yield from (("place", name) for name in criminals.places or ())
    yield from (("bank", name) for name in scenario.banks)
    yield from (("profile", name) for name in scenario.bank_profiles)
    for name, desk in scenario.desks.items():
        yield "desk", name
        yield from (("skill", skill) for skill in desk.skills or ())
        if ":" not in desk.queue:
            yield "policy", desk.queue
    for name, route in scenario.routes.items():
        yield "route", name
        for label, step in route.steps.items():
            yield "step", label
            if step.end is not None:
                yield "outcome", step.end
            if step.leak is not None:
                yield from (("stage", stage) for stage in (step.leak.wait, step.leak.work) if stage)


@pytest.mark.parametrize("name", catalogue.names())
def test_what_pictures_and_files_call_things_is_chinese(name: str) -> None:
    """Causes of loss, steps, work that is no case, what steps do and why a way is taken."""
    scenario = load(name).scenario
    program = compile_routes(scenario)
    rows = zip(program.route, program.leak_wait, program.leak_work, program.outcome, strict=True)
    causes = {one for route, *said in rows if not program.background[route] for one in said if one}
    steps = [step for route in scenario.routes.values() for step in route.steps.values()]
    with lang.using("zh"):
        said = [vocabulary.cause(one).label for one in causes]
        said += [labels.step_words(one) for one in program.names]
        said += [*map(routes.does, steps), *(routes.condition(one) for step in steps for one in step.choose or ())]
    assert [one for one in said if re.search("[a-z]{2,}", one.replace("yuan", "").replace("App", ""))] == []


@pytest.mark.parametrize("name", catalogue.names())
def test_every_name_of_a_shipped_scenario_has_chinese(name: str) -> None:
    """Desks, banks, scams, steps and so on are said in Chinese, and so are the title and the question."""
    scenario = load(name).scenario
    with lang.using("zh"):
        assert sorted({(kind, one) for kind, one in names(scenario) if lang.named(one, kind).isascii()}) == []
        assert not lang.titled(scenario.title).isascii()
        assert not lang.titled(scenario.question).isascii()


def test_every_title_of_the_catalogue_is_a_shipped_one() -> None:
    """No title stands there that no scenario, exercise or what-if has any more."""
    files = catalogue.folder().rglob("*.yaml")
    written = " ".join([QUESTION, *(file.read_text(encoding="utf-8") for file in files)])
    assert [title for title in lang.catalogue().titles if title not in written] == []
    with lang.using("zh"):
        assert [one.name for one in read_whatifs(None, ()) if lang.titled(one.title).isascii()] == []


@pytest.mark.parametrize("name", shipped())
def test_every_published_figure_has_a_chinese_title(name: str) -> None:
    """Its country, what it is a share of, and the titles of curves and of what excludes each other, too."""
    one = read_published(name)
    said = [one.title, *one.common, *(each.title for each in (*one.curves.values(), *one.falls.values()))]
    for figure in one.figures.values():
        said += [figure.title, figure.country, figure.share_of or "\N{EM DASH}"]
    for pair in one.excluded:
        said += [pair.title, pair.trade.axis if pair.trade else "\N{EM DASH}"]
    with lang.using("zh"):
        assert [title for title in said if re.search("[A-Za-z]{2}", lang.titled(title))] == []


def test_what_the_model_has_missed_is_named_in_chinese() -> None:
    """The two pages name figures outside by their titles."""
    with lang.using("zh"):
        said = proof_words(None)
    assert "范围之外：每起警情止付账户数" in said
    assert not re.search("[A-Za-z]{2}", said)


def test_every_cause_and_metric_has_chinese() -> None:
    """Labels of causes and metrics are Chinese, those of a group or of a desk too."""
    asked = [
        *text.METRICS,
        "leak.bank",
        "within.account.entry",
        "alerts.warning",
        "wait.bank:icbc",
        "gone_layer_1.60",
        "utilisation_by_hour.analyst.04",
    ]
    with lang.using("zh"):
        assert [name for name in asked if ENGLISH.search(text.metric(name).label)] == []
        assert [name for name in vocabulary.CAUSES if vocabulary.cause(name).label.isascii()] == []
        assert text.metric("utilisation_by_hour.analyst.04").label.endswith("研判员 04:00 起）")
    assert text.metric("wait.bank:icbc").label == "wait in the queue, officers of icbc"


@pytest.fixture(scope="module")
def china() -> Run:
    """An ordinary day with every element of the response."""
    return simulate(load("china").scenario, seed=1, replication=0)


def test_stories_of_a_day_are_in_chinese(china: Run) -> None:
    """No story of a day's cases has two English words in a row; amounts are in 万元 or 元, times in 分钟."""
    with lang.using("zh"):
        told = [line for case in range(len(china.plan.victims.id)) for line in tell(china, case)]
        detail = tell(china, 0, detail=True)
    assert [line for line in (*told, *detail) if ENGLISH.search(line)] == []
    assert any("万元" in line for line in told)
    assert any("【止付】" in line for line in told)
    assert any("一级卡" in line for line in told)


def test_tables_of_a_day_are_in_chinese(china: Run) -> None:
    """Titles, heads and labels are Chinese, and the headline counts money in 万元."""
    metrics = summaries([measure(china).metrics])
    page = io.StringIO()
    with lang.using("zh"):
        tables.print_metrics(metrics, console=Console(file=page, width=200))
    assert ENGLISH.findall(page.getvalue()) == []
    assert re.search("受害人转出总额 +│ 万元", page.getvalue())


def test_what_a_user_named_stays_as_it_is() -> None:
    """Names that the catalogue does not know are said as they are."""
    run = simulate(whole(), seed=1)
    with lang.using("zh"):
        told = "\n".join(line for case in range(len(run.plan.victims.id)) for line in tell(run, case))
    assert "（一级卡，c）" in told


def test_amounts_in_chinese_have_the_digits_that_people_use() -> None:
    """10,000 yuan are the unit: two decimals without an interval, else what the interval supports."""
    with lang.using("zh"):
        assert tables.amount("loss", 1_600_000) == "160"
        assert tables.amount("loss", 123_456, unit=True) == "12.35 万元"
        assert tables.amount("loss", 0) == "0"
        assert tables.amount("recovered", 870_312, 799_000, 942_000) == "87.0"
        assert tables.interval("recovered", 870_312, 799_000, 942_000) == "79.9 至 94.2"
        assert text.part_of(90_000_000, 160_000_000) == "160 万元中的 90 万元"
        assert text.part_of(5_853_987, 29_631_414) == "29.63 万元中的 5.85 万元"
        assert text.part_of(29_631_400, 29_631_500) == "29.6315 万元中的 29.6314 万元"
