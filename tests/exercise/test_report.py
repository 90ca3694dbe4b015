"""The after-action report: its numbers are the review's, what people typed stays text, and nothing else is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.exercise import otherwise, report, report_text, report_timeline
from sim.exercise.models import Effect, Exercise
from sim.exercise.report_page import page
from sim.exercise.report_sheets import sheets, workbook
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.teams import teams
from sim.report.embedded import css_string, font_face
from sim.report.publish import printing
from sim.words import language as lang
from sim.words.units import MINUTE, YUAN
from tests.exercise import workbooks
from tests.exercise.plays import FORMULA, MARKUP, NAMES, exercise, played, reviewed
from tests.exercise.rooms import room

pytestmark = pytest.mark.xdist_group("played")  # one worker plays and reviews the room, for all that read of it

VOID = {"meta", "br", "img", "input", "use", "path", "link"}


class Reader(HTMLParser):
    """A page as a browser sees it: its elements, their attributes, and the text of each."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._raw = False
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._raw = tag == "style"
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._raw = False
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._raw:
            return
        self.text += data
        if self._cell:
            self.rows[-1][-1] += data


@cache
def html(language: lang.Language) -> str:
    with lang.using(language):
        return page(reviewed(), exercise().scenario)


@pytest.fixture(params=lang.LANGUAGES)
def language(request: pytest.FixtureRequest) -> lang.Language:
    return request.param  # type: ignore[no-any-return]


def test_the_page_has_the_amounts_of_the_review(language: lang.Language) -> None:
    """Result, baseline, best policy, ceiling and loss stand in the page as the review has them."""
    scores, text = reviewed().scores, html(language)
    with lang.using(language):
        for fen in (scores.result, scores.baseline, scores.best, scores.ceiling, scores.loss):
            assert lang.exact_money(fen) in text


def test_the_headline_says_how_the_room_did_against_the_model() -> None:
    """More, less or as much as without the room, with the difference; prevented payments are named."""
    found = reviewed()

    def said(result: int, prevented: int = 0) -> str:
        scores = replace(found.scores, result=result * YUAN, baseline=500 * YUAN, loss=1000 * YUAN)
        return report_text.finding(replace(found, scores=replace(scores, prevented=prevented * YUAN)))

    assert said(600) == "600 yuan of 1,000 yuan came back: 100 yuan more than with nobody deciding"
    assert said(450) == "450 yuan of 1,000 yuan came back: 50 yuan less than with nobody deciding"
    assert said(500) == "500 yuan of 1,000 yuan came back: as much as with nobody deciding"
    assert said(600, 200).startswith("600 yuan of 1,200 yuan came back or was never paid:")


def test_delays_that_cost_money_only_together_are_said_so() -> None:
    """No single delay cost money, and what all together cost stands beside it, as in the counterfactual below."""
    found = reviewed()
    none = [replace(one, fen_lost=min(0, one.fen_lost or 0)) for one in found.decisions]
    assert found.together is not None

    def said(more: int) -> str:
        changed = replace(found, decisions=none, together=replace(found.together, more=more * YUAN))
        return report_text.second_finding(changed)

    assert "No single delay cost money; all together they cost 44,853 yuan." in said(44_853)
    assert "No delay of a decision cost money." in said(0)
    with lang.using("zh"):
        assert "没有哪一个迟缓的决定单独造成损失" in said(44_853)


def test_what_the_facilitator_did_is_in_the_timeline() -> None:
    """Changes of conditions, told, skipped and held injects and holds of the clock: when, who and what, in words."""
    session = Session.start(exercise())
    session.hold("the facilitator")
    session.resume("the facilitator")
    session.advance(session.now + MINUTE)
    early, late = [one.inject.id for one in session.injects if one.state == "planned"][:2]
    session.change(Effect.model_validate({"bank_down": "icbc", "lasts": "10m"}), "the facilitator")
    session.skip_inject(early, "the facilitator")
    session.hold_inject(late, "the facilitator")
    session.inject("Go on", "the facilitator")
    session.finish("the facilitator")
    found = review(session)
    texts = {one.id: one.text for one in found.exercise.injects}
    kinds = ("change", "skip", "hold", "clock", "inject")

    def rows() -> list[tuple[str, str]]:
        told = report_timeline.timeline(found)
        return [(kind, report_timeline.row(found, one)) for _, kind, one in told if kind in kinds]

    told = rows()
    assert ("clock", "the facilitator holds the clock") in told
    assert ("change", "the facilitator: ICBC cannot be reached for 10 min") in told
    assert ("skip", f"the facilitator: the inject “{texts[early].en}” is never told") in told
    assert ("hold", f"the facilitator: the inject “{texts[late].en}” is told by hand only") in told
    assert ("inject", "inject +1, told by the facilitator: Go on") in told
    assert "ICBC cannot be reached for 10 min" in page(found, session.scenario)
    sheet = sheets(found, session.scenario)[2]
    assert any("ICBC cannot be reached for 10 min" in row[3] for row in sheet.rows)
    with lang.using("zh"):
        assert ("change", "导调员：工商银行 10 分钟内无法联系") in rows()
        assert ("inject", "注入事件 +1（导调员下达）：Go on") in rows()


def test_an_inject_that_changes_conditions_says_what_in_the_timeline() -> None:
    """The change stands as a row of its own after the inject, and a session rebuilt has the same."""
    ill = {
        "id": "ill", "at": "2m", "to": ["clerk"], "channel": "phone", "text": "One is ill",
        "effect": {"staff": {"desk": "analyst", "heads": -1, "lasts": "40m"}},
    }  # fmt: skip
    session = Session.start(room(injects=[ill]))
    session.advance(session.now + 5 * MINUTE)
    found = review(session)
    assert session.branch(session.now).steered == session.steered
    told = [
        report_timeline.row(found, one)
        for _, kind, one in report_timeline.timeline(found)
        if kind in ("inject", "change")
    ]
    assert told == ["inject 1: One is ill", "inject 1: analyst: one person fewer, for 40 min"]


def test_every_decision_is_a_row_with_what_it_cost() -> None:
    """Each decision of the review has its row of the timeline, in order, with minutes and money lost."""
    review = reviewed()
    rows = [row for row in Reader(html("en")).rows if len(row) == 7 and row[2] in ("decision", "not decided")]
    expected = [
        (
            f"{one.minutes_lost:.1f}" if one.waited and one.minutes_lost is not None else "",
            lang.money(one.fen_lost) if one.waited and one.fen_lost is not None else "",
        )
        for one in review.decisions
    ]
    assert [(row[5], row[6]) for row in rows] == expected
    assert sum(money != "" for _, money in expected) > 10


def test_the_scores_of_teams_and_people_are_the_reviews() -> None:
    """Each team and each person has a row with the points and counts of the review."""
    review = reviewed()
    rows = {row[0]: row for row in Reader(html("en")).rows if len(row) == 8}
    for team in teams(review):
        row = rows[review.exercise.roles[team.role].title.en]
        assert row[1:5] == [str(team.decisions), str(team.missed), str(team.late), f"{team.minutes_lost:.1f}"]
    for seat in review.seats:
        row = rows[f"{seat.name} ({review.exercise.roles[seat.role].title.en})"]
        assert (row[1], row[3]) == (str(seat.decisions), str(seat.late))
        assert row[7] == ("" if seat.points is None else f"{seat.points:.0f}")


def test_a_team_is_all_that_its_role_decided_and_missed() -> None:
    """Decisions and misses of all teams are those of the review, each once."""
    review = reviewed()
    found = list(teams(review))
    assert sum(one.decisions + one.missed for one in found) == len(review.decisions)
    assert sum(one.missed for one in found) == sum(one.seat == "" for one in review.decisions) > 0
    assert all(0 <= one.points <= 100 for one in found if one.points is not None)


def test_expected_and_actual_stand_side_by_side() -> None:
    """Each fired inject has a row that says by whom it was done, or that it was not."""
    review = reviewed()
    rows = [row for row in Reader(html("en")).rows if len(row) == 6 and row[0].isdecimal()]
    assert [row[2] for row in rows] == [one.text.en for one in review.injects]
    for row, one in zip(rows, review.injects, strict=True):
        if one.expected is None:
            assert row[5] == ""
        elif one.done_at is None:
            assert row[5].startswith("answered wrongly" if one.missing else "not done")
        else:
            assert one.by in row[5]
            assert ("answered late" in row[5]) == (not one.in_time)


def test_the_three_counterfactuals_are_told_first(language: lang.Language) -> None:
    """The cards are the review's three, in its order, with how much more each would have saved."""
    review = reviewed()
    cards = re.findall(r"<li><strong>(.*?)</strong>(.*?)<p>", html(language))
    with lang.using(language):
        told = [(otherwise.gain(one), otherwise.against(one)) for one in review.counterfactuals]
    assert cards == told
    assert len(cards) == 3


def test_what_saves_nothing_is_told_as_a_finding() -> None:
    """Another decision that would have saved as much, or less, says so."""
    one = replace(reviewed().counterfactuals[0], kind="nobody", decided=None, result=500 * YUAN)
    said = [
        (otherwise.gain(it), otherwise.counterfactual(reviewed().exercise, it))
        for it in (replace(one, more=more * YUAN) for more in (10, 0, -10))
    ]
    what = "nobody decides, and each decision waits for its deadline."
    assert said == [
        ("10 yuan more", what),
        ("nothing more", f"Would have saved nothing: {what}"),
        ("10 yuan less", f"Would have saved nothing: {what}"),
    ]


def test_late_has_one_meaning_and_says_it() -> None:
    """The rule of being too late stands at the scores of the page and in the summary of the workbook, once."""
    rule = report_text.LATE
    assert Reader(html("en")).text.count(rule) == 1
    assert [row[4] for row in book()["Summary"].cells if row[0] == "too late"] == [rule]
    found = reviewed()
    tasks = [one for one in found.decisions if one.about_task]
    share = 1 - sum(one.late for one in tasks) / len(tasks)
    assert found.scores.decisions_points == pytest.approx(100 * share)


def test_differences_of_shown_amounts_are_what_is_shown() -> None:
    """Every amount of the scores is whole yuan, so that no difference rounds otherwise than its parts."""
    scores = reviewed().scores
    amounts = [scores.result, scores.baseline, scores.best, scores.ceiling, scores.loss, scores.prevented]
    amounts += [one.result for one in reviewed().counterfactuals]
    assert [fen for fen in amounts if fen % YUAN] == []


def test_what_people_typed_stays_text(language: lang.Language) -> None:
    """Markup in names, notes and titles is shown as it was typed: no element, attribute or style comes of it."""
    read = Reader(html(language))
    assert {"script", "img", "iframe", "object", "link", "base", "form"}.isdisjoint(read.tags)
    assert [name for name, _ in read.attributes if name.startswith("on")] == []
    assert (read.tags.count("style"), read.tags.count("title"), read.tags.count("body")) == (1, 1, 1)
    assert read.text.count(MARKUP) >= 4  # title, name, note, heading
    assert FORMULA in read.text


def test_the_page_names_no_address(language: lang.Language) -> None:
    """No address stands in the page: fonts, pictures and styles are in it."""
    without_fonts = re.sub(r"data:font/woff;base64,[^)]*", "data:", html(language))
    assert re.findall(r"(?:https?:)?//\w", without_fonts) == []
    assert not re.search(r"url\((?!data:|#)", html(language))
    assert len(html(language)) < 1_000_000


def test_ids_of_a_page_are_unique(language: lang.Language) -> None:
    """No picture takes an id of another, nor of a heading."""
    ids = [value for name, value in Reader(html(language)).attributes if name == "id"]
    assert len(ids) == len(set(ids)) > 10


def test_the_chinese_page_is_chinese() -> None:
    """Headings, labels and the figures' letters are Chinese; the letters of the page come with it."""
    text = html("zh")
    assert '<html lang="zh-CN">' in text
    headings = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", text)
    assert [one for one in headings if not re.search("[\u4e00-\u9fff]", one) and "HYPERLINK" not in one] == []
    assert "font/woff;base64," in text
    assert "font/woff;base64," in font_face("止付")
    assert font_face("plain") == ""


def test_a_text_in_a_style_sheet_stays_a_string() -> None:
    """Nothing that is written into the running head ends its string or the sheet."""
    made = css_string('a"b\\c</style>\n李}')
    assert re.fullmatch(r'"[^"<>\n}]*"', made)
    assert "李" in made


def test_the_same_review_gives_the_same_bytes() -> None:
    """Page and workbook are made again byte for byte."""
    scenario = exercise().scenario
    assert page(reviewed(), scenario) == html("en")
    assert workbook(reviewed(), scenario) == workbook(reviewed(), scenario)


# -- the workbook ----------------------------------------------------------------------------------------------


@cache
def book() -> dict[str, workbooks.Sheet]:
    return workbooks.read(workbook(reviewed(), exercise().scenario))


def test_the_workbook_has_seven_sheets_with_frozen_heads_and_widths() -> None:
    """From the summary to the evaluation; each with a frozen head and its own widths."""
    assert list(book()) == ["Summary", "Counterfactuals", "Timeline", "Decisions", "Injects", "Scores", "Evaluation"]
    assert all(sheet.frozen_rows == 1 and len(sheet.widths) >= 5 for sheet in book().values())


def test_numbers_are_numbers_and_times_are_times() -> None:
    """Whatever is counted or timed is a number in its cell, shown with its own format; the rest is text."""
    for made in sheets(reviewed(), exercise().scenario):
        sheet = book()[made.name]
        assert sheet.cells[0] == [column.head for column in made.columns]
        for row, cells, forms in zip(made.rows, sheet.cells[1:], sheet.formats[1:], strict=True):
            for column, value, cell, form in zip(made.columns, row, cells, forms, strict=True):
                match value:
                    case None | "":
                        assert cell is None
                    case str():
                        assert cell == value
                    case datetime():
                        assert isinstance(cell, float)
                        assert workbooks.as_datetime(cell) == value
                        assert form == "yyyy-mm-dd hh:mm:ss"
                    case timedelta():
                        assert isinstance(cell, float)
                        assert round(cell * 86400) == round(value.total_seconds())
                        assert form == "[h]:mm:ss"
                    case _:
                        assert cell == pytest.approx(value, rel=1e-12), column


def test_the_amounts_of_the_workbook_are_the_reviews() -> None:
    """The summary has the amounts in yuan, the decisions what each cost, the scores the points."""
    review, scores = reviewed(), reviewed().scores
    amounts = {row[0]: row[1] for row in book()["Summary"].cells}
    assert amounts["this room"] == scores.result / YUAN
    assert amounts["nobody decides"] == scores.baseline / YUAN
    assert amounts["ceiling"] == scores.ceiling / YUAN
    assert amounts["paid by the victims"] == scores.loss / YUAN
    other = [row[2:5] for row in book()["Counterfactuals"].cells[1:]]
    assert other == [[one.result / YUAN, scores.result / YUAN, one.more / YUAN] for one in review.counterfactuals]
    lost = [row[11] for row in book()["Decisions"].cells[1:]]
    assert lost == [None if one.fen_lost is None else one.fen_lost / YUAN for one in review.decisions]
    points = [row[9] for row in book()["Scores"].cells[1:]]
    assert points == pytest.approx([one.points for one in (*teams(review), *review.seats)])


def test_a_formula_that_somebody_typed_is_text() -> None:
    """Names and notes that begin with = are strings; there is no formula and no link in the workbook."""
    data = workbook(reviewed(), exercise().scenario)
    assert workbooks.formulas(data) == 0
    names = {row[1] for row in book()["Decisions"].cells[1:]}
    assert set(NAMES) <= names
    assert FORMULA in {row[12] for row in book()["Decisions"].cells[1:]}


# -- files and print -------------------------------------------------------------------------------------------


def test_a_page_is_printed_on_a4() -> None:
    """The PDF has A4 pages, several of them."""
    data = printing.pdf(html("en"))
    assert data.startswith(b"%PDF-")
    assert set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)) <= {(b"594.95996", b"841.91998")}
    assert len(re.findall(rb"/Type /Page\b", data)) > 4


@pytest.mark.parametrize("browser", ["", "#!/bin/sh\necho broken >&2\nexit 1\n"])
def test_without_a_browser_there_is_no_pdf_but_a_line(
    browser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no browser prints, HTML and workbook are written, the old PDF goes, and one line says why."""
    path = tmp_path / "bin"
    path.mkdir()
    if browser:
        (path / "chromium").write_text(browser)
        (path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(path))
    (tmp_path / "report.pdf").write_bytes(b"old")
    written, why = report.write_report(reviewed(), exercise().scenario, tmp_path)
    assert [one.name for one in written] == [
        "report.html", "report.xlsx", "people.html", "results.csv", "statements.json",
    ]  # fmt: skip
    assert why.startswith("no PDF: ")
    assert "\n" not in why
    assert not (tmp_path / "report.pdf").exists()


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra's libraries the message says what to install."""
    monkeypatch.setattr(report, "find_spec", lambda name: None if name == "jinja2" else object())
    with pytest.raises(report.MissingError, match=r"read no jinja2, accepted: .*pip install 'fundfreeze\[exercise\]'"):
        report.check()


def test_an_exercise_without_injects_questions_or_people_is_reported() -> None:
    """The report of an empty room has every part that it can have, and says what there was not."""
    found = reviewed()
    bare: Callable[..., Exercise] = found.exercise.model_copy
    empty = replace(
        found, exercise=bare(update={"injects": [], "debrief": [], "question": None}), seats=[], decisions=[],
        counterfactuals=[], injects=[], unfired=[], timeline=[],
    )  # fmt: skip
    text = Reader(page(empty, exercise().scenario)).text
    assert "There was nothing to decide." in text
    assert "Nothing could be decided here." in text


def test_the_session_is_as_it_was_after_its_report() -> None:
    """Nothing of the session changes when it is reported on."""
    before = (played().now, len(played().decisions), len(played().journal.lines))
    with lang.using("en"):
        page(reviewed(), exercise().scenario)
    assert (played().now, len(played().decisions), len(played().journal.lines)) == before
