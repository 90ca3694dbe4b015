"""The two pages for whoever decides: two, whatever they tell; their words are the study's figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from sim.report.findings import brief as said
from sim.report.findings import diagnosis
from sim.report.findings.changed import Change, beyond_shipped, changes
from sim.report.publish import printing
from sim.report.publish.brief import QUESTION, TITLE, Around, page, proof_words
from sim.scenario.loader import Loaded, changed, load
from sim.scenario.models import Scenario
from sim.study.ask.brief import Brief, brief
from sim.study.ask.relief import Constraint
from sim.study.infer.stats import scaled, summary
from sim.study.run.metric_names import NET_BENEFIT, NET_LOSS
from sim.study.run.runner import Arm, Runner
from sim.study.run.whole import Whole
from sim.words.language import using
from tests import axe
from tests.examples import shortly
from tests.little import CENTRE

pytestmark = pytest.mark.xdist_group("brief")  # one worker makes the study that these tests look at
PAIRS = 10


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Loaded[Scenario]:
    """A centre of one desk, at which people wait."""
    file = tmp_path_factory.mktemp("brief") / "little.yaml"
    file.write_text(CENTRE, encoding="utf-8")
    return load(file)


@pytest.fixture(scope="module")
def proposed(base: Loaded[Scenario]) -> Loaded[Scenario]:
    """The same with three people."""
    return changed(base, ["desks.analyst.staff=3"])


@dataclass
class Said:
    """What a study says of the runs that it needs, while it makes them."""

    whole: Whole = field(default_factory=lambda: Whole("runs"))
    totals: list[float] = field(default_factory=list)
    """Each time that it says how many there are, or are at most."""

    def bound(self, runs: int, *, at_most: bool = True) -> None:
        self.totals.append(self.whole.done + runs)
        self.whole.expect(runs, at_most=at_most)


@pytest.fixture(scope="module")
def foretold() -> Said:
    """Of the study that these tests look at."""
    return Said()


@pytest.fixture(scope="module")
def told(base: Loaded[Scenario], proposed: Loaded[Scenario], foretold: Said) -> Brief:
    """What is told of three people in place of one."""
    exactly = partial(foretold.bound, at_most=False)
    with Runner(seed=1, progress=foretold.whole.tell, expect=exactly, bound=foretold.bound) as runner:
        return brief(runner, base, Arm("two more people", proposed.scenario), PAIRS)


@pytest.fixture(scope="module")
def alone(base: Loaded[Scenario], told: Brief) -> Brief:
    """The same without a proposal."""
    kept = [one for one in told.hangs if one.parameter.path]
    return replace(told, arm=None, rows=[], every=[], ways=told.ways[:1], hangs=kept, metric="recovered_share")


def around(base: Loaded[Scenario], proposed: Loaded[Scenario], question: str = "") -> Around:
    found = changes(base, proposed)
    return Around(base, found, found, "little", question, "fundfreeze brief little.yaml", 1)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser that prints the pages, too."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=printing.browser(), args=["--no-sandbox"])
        yield found
        found.close()


# -- what is said ------------------------------------------------------------------------------------------


def test_amounts_are_a_years(told: Brief) -> None:
    """Two days are told as a year: 182.5 times; a share and a time are as they are; the cost is the wage of two."""
    net, every = told.row(NET_LOSS), {(one.arm, one.metric): one for one in told.every}
    assert net is not None
    assert net.change == scaled(every["two more people", NET_LOSS].change, 182.5)
    share = told.row("recovered_share")
    assert share is not None
    assert share.change == every["two more people", "recovered_share"].change
    cost = told.row("cost")
    assert cost is not None
    assert cost.change.mean == pytest.approx(2 * 60 * 24 * 365)


@pytest.mark.usefixtures("told")
def test_how_long_it_takes_at_most_is_told_from_the_beginning(foretold: Said) -> None:
    """All parts together, each with what comes after it: a total never grows, and the last is what was done."""
    assert len(foretold.totals) > 3
    assert foretold.totals == sorted(foretold.totals, reverse=True)
    assert foretold.totals[-1] == foretold.whole.done


def test_the_answer_is_the_studys(told: Brief, alone: Brief) -> None:
    """Yes with the gain where its interval is above zero, no where it is below, open where it holds zero."""
    net, benefit = told.row(NET_LOSS), told.row(NET_BENEFIT)
    assert net is not None
    assert benefit is not None
    assert net.change.high < 0  # two more people surely help
    assert benefit.change.low > 0  # and pay
    first, second = said.answer(told)
    assert re.match(r'Yes: "two more people" saves \d+ million yuan more a year than it costs \(95% interval', first)
    assert re.match(r"Each year, victims are left with \d+ million yuan less loss \(", second)
    assert "and the cost is 1.051 million yuan higher; of what victims lose " in second
    back = next(row for row in said.figures(told) if row[0].startswith("share recovered"))
    assert f"of what victims lose {back[2]}% comes back in place of {back[1]}%" in second
    assert "at banks" not in first + second


def test_what_banks_pay_is_no_part_of_a_yes(told: Brief) -> None:
    """Officers of banks have no price: the answer says so first, and again behind the cost."""
    officers = replace(told, rows=[replace(one, at_banks=True) for one in told.rows])
    first, second = said.answer(officers)
    assert first.startswith('Yes, before what it costs at banks: "two more people" saves ')
    assert second.endswith("%. What it costs at banks is not counted.")


def test_the_answer_is_decided_by_what_is_left_after_the_cost(told: Brief) -> None:
    """Less loss for its victims is no yes where it costs more than that, or where that is open."""
    dear = _with(told, NET_BENEFIT, mean=-5e6, low=-6e6, high=-4e6)
    assert said.answer(dear)[0] == (
        'No: "two more people" costs 5.0 million yuan more a year than it saves (95% interval 4.0 to 6.0 million yuan).'
    )
    unsure = _with(told, NET_BENEFIT, mean=1e6, low=-1e6, high=3e6)
    assert said.answer(unsure)[0].startswith('It is open whether "two more people" pays: after 10 pairs of runs, what ')
    assert "victims are left with" in said.answer(unsure)[1]
    worse = _with(told, NET_LOSS, mean=5e6, low=4e6, high=6e6)
    assert (
        "Each year, victims are left with 5.0 million yuan more loss (4.0 to 6.0 million yuan), and"
        in said.answer(worse)[1]
    )
    cheaper = _with(told, "cost", mean=-142_950.0, low=-142_950.0, high=-142_950.0)
    assert "and the cost is 143,000 yuan lower; " in said.answer(cheaper)[1]


def test_without_a_price_the_answer_is_the_victims_loss(told: Brief, alone: Brief) -> None:
    """Whether it helps is asked, not whether it is worth its money."""
    free = replace(told, rows=[one for one in told.rows if one.metric not in (NET_BENEFIT, "cost")])
    assert said.question(free) == "Does it help: two more people?"
    first, second = said.answer(free)
    assert first.startswith('Yes: with "two more people" victims are left with ')
    assert second.startswith("Nobody has said what it costs; of what victims lose ")
    unsure = _with(free, NET_LOSS, mean=1e6, low=-1e6, high=3e6)
    assert said.answer(unsure)[0].startswith("It is open: 10 pairs of runs do not tell whether ")
    assert said.answer(alone)[0].startswith("Analyst binds")


def _with(told: Brief, metric: str, **change: float) -> Brief:
    """The same with another change of a figure."""
    mine = [one.metric == metric and one.arm != one.against for one in told.rows]
    rows = [replace(one, change=replace(one.change, **change)) if here else one
            for one, here in zip(told.rows, mine, strict=True)]  # fmt: skip
    return replace(told, rows=rows)


def test_the_picture_of_a_week_has_the_finding_that_it_shows(
    told: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario]
) -> None:
    """What binds may be a bank, and the picture is of desks: its title says which of them is busiest."""
    html = page(told, around(base, proposed))
    head = re.search(r"<h2>([^<]*)</h2>\s*<p>([^<]*)</p>\s*<p class=.faint.>The busiest desks over an av", html)
    assert head is not None
    assert "Analyst is busiest" in head[1]
    assert head[2] == diagnosis.headline(told.diagnosis) + "."


def test_today_is_one_number_on_both_pages(told: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario]) -> None:
    """The curve has fewer runs: it is drawn as what each speed changes of what all of them say of today."""
    html = page(told, around(base, proposed))
    row = next(row for row in said.figures(told) if row[0].startswith("share recovered"))
    assert f", {row[1]}%" in re.findall(r"today: [^<,]*, [\d.]+%", html)[0]
    more = {**told.today, "recovered_share": replace(told.today["recovered_share"], mean=0.123)}
    assert re.search(r"today: [^<,]*, 12\.3%", page(replace(told, today=more), around(base, proposed)))


def test_a_busy_desk_at_which_more_people_save_nothing_is_told_as_such(
    told: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario]
) -> None:
    """Beside the heading that calls it the busiest, or a director asks for people there; only where it was found."""
    said_ = "With people enough at analyst next to nothing more would be saved."
    assert said_ not in page(told, around(base, proposed))
    calm = replace(told.diagnosis, slack=[Constraint("heads", "analyst")])
    assert said_ in page(replace(told, diagnosis=calm), around(base, proposed))


def test_what_is_changed_is_told_value_by_value(base: Loaded[Scenario], proposed: Loaded[Scenario]) -> None:
    """The path, its words, the old value, the new one and its source; nothing else."""
    [one] = changes(base, proposed)
    assert one == Change(
        "desks.analyst.staff", "analyst, people on duty", "1", "3", "set by hand",
    )  # fmt: skip
    gone = changed(base, ["desks.analyst.wage=null"])
    assert [(one.path, one.old, one.new) for one in changes(base, gone)] == [
        ("desks.analyst.wage", "60 yuan", "nothing")
    ]


def test_what_is_gone_as_a_whole_is_told_once() -> None:
    """A bank that one's own city does not have is one line, not one for each value; another value of it is told."""
    city = load("city")
    larger = ["banks.ccb.share=0.27", "banks.ccb.customers=0.33"]  # it takes over the other's
    gone = changes(city, changed(city, ["banks.icbc=null", *larger]))
    [bank] = [one for one in gone if one.path.startswith("banks.icbc")]
    assert (bank.path, bank.new) == ("banks.icbc", "nothing")
    assert bank.old.endswith(" values")
    assert "banks.ccb.share" in {one.path for one in gone}


def test_the_centre_below_is_called_by_its_title(told: Brief) -> None:
    """The annex says by its title, in either language, from which shipped scenario one's own differs; by no file."""
    mine = load("county", ["desks.analyst.staff=2", "desks.analyst.shifts=null"])
    own, below = beyond_shipped(mine)
    for language, said_ in (("en", "otherwise than &quot;A county of half a million"), ("zh", "五十万人口的县")):
        with using(language):
            html = page(told, Around(mine, [], own, below, "", "fundfreeze brief county", 1))
        assert said_ in html


def test_what_it_hangs_on_names_what_turns_it(told: Brief) -> None:
    """An assumption at whose end the other arm is better is named; what is proposed is no assumption."""
    assert {one.parameter.path for one in told.hangs} <= {"criminals.dwell_by_layer.0", "criminals.retry"}
    first = told.hangs[0]
    turned = replace(first, at_low=scaled(first.base, 1), at_high=replace(first.base, mean=-1e9, low=-2e9, high=-5e8))
    turned = replace(turned, base=replace(first.base, mean=1e9, low=5e8, high=2e9))
    assert turned.verdict == "changes"
    words = said.hangs(replace(told, hangs=[turned]))
    assert " These alone turn the answer, or may: " in words[0]
    four = said.hangs(replace(told, hangs=[first] * 4))
    assert " None of them alone turns the answer. Net benefit" in four[0]
    assert len(four) == 1 + 4
    still = replace(first, at_low=first.base, at_high=first.base)
    assert len(said.hangs(replace(told, hangs=[first, still]))) == 1 + 1  # what moves nothing is no line
    [none] = said.hangs(replace(told, hangs=[still]))  # no heading over an empty list
    assert "stays so with each of" in none
    assert said.hangs(replace(told, hangs=[], screened=0))[0].startswith("Not looked at")


def test_how_well_the_model_has_done_is_what_the_table_says(tmp_path: Path) -> None:
    """Counted by what the figures were used for; what lies outside is named."""
    head = "name,verdict,role\n"
    table = tmp_path / "table.csv"
    table.write_text(
        head + "a,inside,target\nb,outside,kept apart\nc,inside,kept apart\nd,direction only,input\n", encoding="utf-8"
    )
    words = proof_words(table)
    assert words == (
        "1 of 2 published figures that nothing was fitted to lie inside; of those that were used, 1 of 1 targets lie"
        " inside. Outside: b."
    )
    table.write_text(head + "zhangping,outside,kept apart\n", encoding="utf-8")
    assert proof_words(table).endswith(" Outside: stopped after a loss of 59,700 yuan, all money.")
    shipped = proof_words(None)
    assert re.match(r"\d+ of \d+ published figures that nothing was fitted to lie inside", shipped)
    assert re.search(r"where the model has 1\d% saved, it may be \d% to \d\d% \(90%\)\.$", shipped)


# -- the pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("whole", shortly((False, True), False))
def test_there_are_two_pages_before_the_annex(
    told: Brief, alone: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario], chromium: Browser, language: str,
    long: bool, whole: bool,
) -> None:  # fmt: skip
    """Both parts fit on a sheet each, whatever the title and the question are; axe finds nothing, nothing is asked."""
    asked = ("Whether it is worth it " * 40) if long else ""
    with using(language):  # type: ignore[arg-type]
        for one in (told, alone):
            made = _full(one) if long else one
            scenario = made.scenario.model_copy(update={"title": "止付中心" * 40}) if long else made.scenario
            html = page(replace(made, scenario=scenario), around(base, proposed, asked))
            tab = chromium.new_page(viewport={"width": 680, "height": 1000})  # 180 mm, as on paper
            fetched: list[str] = []
            tab.on("request", lambda request, into=fetched: into.append(request.url))
            tab.set_content(html)
            tab.emulate_media(media="print")
            heights = tab.evaluate(
                "[...document.querySelectorAll('.page')].map(one => one.getBoundingClientRect().height)"
            )
            assert len(heights) == 2
            assert max(heights) <= 270 / 25.4 * 96, heights
            tab.emulate_media(media="screen")
            if whole or (long, one is told) == (False, language == "en"):  # shortly each of both once
                assert axe.findings(tab, whole=whole) == ""
            assert [url for url in fetched if not url.startswith(("about:", "data:"))] == []
            tab.close()


def _full(told: Brief) -> Brief:
    """The same of a centre with a dozen desks, where all that is told has as many lines as it may, and long ones."""
    desk = told.scenario.desks["analyst"]
    names = ["analyst", *(f"the-desk-that-nobody-else-has-{n}" for n in range(11))]
    scenario = told.scenario.model_copy(update={"desks": dict.fromkeys(names, desk)})
    week = next(one for one in told.diagnosis.weeks if one.desk == "analyst")
    lift, person = told.diagnosis.lifts[0], told.diagnosis.nexts[0]
    binding = [replace(lift, binds=True, constraint=replace(lift.constraint, kind="heads", name=one)) for one in names]
    found = replace(
        told.diagnosis, slack=[Constraint("heads", one) for one in names],
        scenario=scenario, weeks=[replace(week, desk=one) for one in names], lifts=binding,
        level=binding[:2], nexts=[replace(person, name=one) for one in names],
    )  # fmt: skip
    closely = replace(told.hangs[0], parameter=replace(told.hangs[0].parameter, path=LONG))
    return replace(told, scenario=scenario, diagnosis=found, hangs=[closely] * 4)


LONG = "routes.account.steps.request-to-the-other-province.work.time"


def test_hostile_text_is_shown_as_text(told: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario]) -> None:
    """Markup in a title, a question, a name or a source is escaped, and what is too long is cut."""
    evil = '<img src=x onerror="alert(1)">'
    scenario = told.scenario.model_copy(update={"title": evil})
    arm = Arm(f"{evil} more", told.scenario)
    html = page(replace(told, scenario=scenario, arm=arm), around(base, proposed, evil + "?" * 500))
    assert "<img" not in html
    assert "&lt;img" in html
    assert "a guess &lt;b&gt;of ours&lt;/b&gt;" in html
    assert "?" * (QUESTION + 1) not in html
    assert TITLE < QUESTION


def test_the_page_is_the_same_twice_and_says_how_it_is_made(
    told: Brief, base: Loaded[Scenario], proposed: Loaded[Scenario]
) -> None:
    """The same bytes; the command, the version and the digest stand in the annex."""
    one, other = (page(told, around(base, proposed)) for _ in range(2))
    assert one == other
    assert "<code>fundfreeze brief little.yaml</code>" in one
    assert one.count("<svg") == 3


def test_what_a_centre_has_of_its_own_is_told_against_the_shipped_one_below_it() -> None:
    """Of the whole scenario: the week that stands for it is nobody's change."""
    assert beyond_shipped(load("city")) == ([], "A city of Wuhan's size for a year")
    own, below = beyond_shipped(load("city", ["horizon=90d", "victims.arrivals.city.per_day=30"]))
    assert ([one.path for one in own], below) == (
        ["horizon", "victims.arrivals.city.per_day"],
        "A city of Wuhan's size for a year",
    )


def test_a_person_who_changes_nothing_is_no_row(told: Brief) -> None:
    """Not even where he has no price: a row of zeros is no help to whoever decides."""
    person = told.diagnosis.nexts[0]
    nothing = replace(person, saved=summary([0.0, 0.0]), priced=False)
    diagnosis = replace(told.diagnosis, nexts=[nothing, person])
    assert len(said.people(replace(told, diagnosis=diagnosis))[1]) == 1 + 1
