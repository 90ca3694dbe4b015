"""The report and the pack in a real browser: nothing is asked of the network, and axe finds no failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, sync_playwright

from sim.exercise import own_page, pack, paper_page, report_page, words
from sim.exercise.texts import Texts
from sim.report.publish import printing
from sim.words import language as lang
from tests import axe
from tests.examples import shortly
from tests.exercise.plays import MARKUP, exercise, reviewed

pytestmark = pytest.mark.xdist_group("played")  # one worker plays and reviews the room, for all that read of it

PAGES = ("report", "people", "pack", "facilitator", "cards")
WIDTHS = {"screen": 1200, "phone": 390}
EACH = [(language, width) for language in lang.LANGUAGES for width in WIDTHS]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=printing.browser(), args=["--no-sandbox"])
        yield found
        found.close()


def made(name: str, language: lang.Language) -> str:
    with lang.using(language):
        match name:
            case "report":
                return report_page.page(reviewed(), exercise().scenario)
            case "people":
                return own_page.own_page(reviewed(), exercise().scenario, list(reviewed().seats))
            case "pack":
                return pack.pack(exercise())
            case "cards":
                return paper_page.cards(exercise(), tries=0)
            case _:
                return pack.facilitator(exercise())


@pytest.mark.parametrize(("language", "looked_at"), shortly(EACH, ("en", "screen"), ("zh", "phone")))
@pytest.mark.parametrize("whole", shortly((False, True), False))
@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_nothing_and_everybody_can_read_it(
    name: str, language: lang.Language, looked_at: str, whole: bool, browser: Browser, tmp_path: Path
) -> None:
    """One request (the file), no script, no message of the browser, no finding of axe, no sideways scroll."""
    path = tmp_path / f"{name}.html"
    path.write_text(made(name, language), encoding="utf-8")
    requests: list[Request] = []
    said: list[str] = []
    view = browser.new_page(viewport={"width": WIDTHS[looked_at], "height": 900})
    view.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - playwright marks it
    view.on("console", lambda message: said.append(message.text))
    view.on("dialog", lambda dialog: said.append(dialog.message))
    view.goto(path.as_uri(), wait_until="networkidle")
    assert axe.findings(view, whole=whole) == ""
    for width in WIDTHS.values():
        view.set_viewport_size({"width": width, "height": 900})
        assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert MARKUP in view.inner_text("body")
    view.close()
    asked = {one.url.split(":")[0] if one.url.startswith("data:") else one.url for one in requests}
    assert asked <= {path.as_uri(), "data"}
    assert said == []


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_every_letter_has_a_glyph(language: lang.Language, browser: Browser, tmp_path: Path) -> None:
    """The Chinese of a page is drawn with the letters that came with it, whatever fonts the machine has."""
    path = tmp_path / "report.html"
    path.write_text(made("report", language), encoding="utf-8")
    view = browser.new_page()
    view.goto(path.as_uri())
    view.evaluate("document.fonts.ready.then(() => 0)")
    assert view.evaluate("document.fonts.check('16px \"Fundfreeze Sans SC\"', '李卫')")
    loaded = view.evaluate("[...document.fonts].map(font => font.family + ' ' + font.status)")
    assert [one.replace('"', "") for one in loaded] == ["Fundfreeze Sans SC loaded"]
    view.close()


def test_the_facilitators_notes_are_on_the_facilitators_copy_alone() -> None:
    """What is expected and the notes stand in the facilitator's copy and not in the trainees' pack."""
    trainees, own = made("pack", "en"), made("facilitator", "en")
    for one in exercise().exercise.injects:
        assert one.note is not None
        note = one.note.en.replace("'", "&#39;")
        assert note in own
        assert note not in trainees
    assert "as soon as one case is reported" in own
    assert "as soon as" not in trainees
    assert "ICBC: one person fewer, for 20 min" in own
    assert "one person fewer" not in trainees


def test_the_facilitator_is_told_how_the_exercise_was_made() -> None:
    """Its copy alone says that the seed was picked, and what automatic players are told."""
    for language in lang.LANGUAGES:
        own, trainees = made("facilitator", language), made("pack", language)
        with lang.using(language):
            said = [words.told(exercise().exercise.made or Texts(en="?", zh="?")), lang.say(words.AUTOMATIC)]
        assert [one in own for one in said] == [True, True]
        assert [one in trainees for one in said] == [False, False]


@pytest.mark.parametrize("language", shortly(lang.LANGUAGES, "zh"))
def test_paper_is_used_up(language: lang.Language) -> None:
    """Pages are broken where they are full: a page for each role, four injects on one, few pages for the rest."""
    read = exercise().exercise
    pages = {name: len(re.findall(rb"/Type /Page\b", printing.pdf(made(name, language)))) for name in PAGES}
    assert pages["pack"] == 1 + len(read.roles) + -(-len(read.injects) // 4)
    assert pages["facilitator"] <= 3
    assert pages["cards"] <= 12  # rules, calls and desks, cards, lines, who is busy, and six pages to cut out
    assert pages["people"] <= 2 * len(reviewed().seats)
    assert pages["report"] <= {"en": 13, "zh": 12}[language]  # half of it is the timeline


def test_the_pack_has_every_role_and_every_inject() -> None:
    """Briefing and role sheets come first, then each inject with time, receiver, channel and text."""
    text = made("pack", "en")
    read = exercise().exercise
    first = next(iter(read.roles.values())).title.en
    assert text.index("You are the duty team") < text.index(f">{first}<") < text.index("Inject 1")
    for role in read.roles.values():
        assert f'<h2 class="sheet">{role.title.en}</h2>' in text
    assert text.count('<section class="card') == len(read.injects)
    assert "10:07:00, 22 min after the opening" in text
    assert "09:53:00, 8 min after the opening at the latest" in text
    assert [one.id for one in words.in_order(exercise().exercise)][:3] == ["shift-note", "caller-cries", "chief-asks"]
