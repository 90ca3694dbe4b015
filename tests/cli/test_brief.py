"""The command `brief`: two sentences, a page and its print, in both languages, and mistakes in one line."""

from __future__ import annotations

from html import escape
from pathlib import Path
from shutil import copytree

import pytest

from tests.cli.conftest import Command, everything_in
from tests.little import CENTRE

SHORT = ("--set", "horizon=1d", "--replications", 10, "--jobs", 1, "--out", "DIR")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the study is kept, once it was made."""
    return tmp_path_factory.mktemp("made") / "DIR"


@pytest.mark.parametrize(("language", "first"), [("en", 'Yes: "two more" saves '), ("zh", "值得：“two more”")])
def test_the_answer_is_printed_and_the_pages_are_written(
    fundfreeze: Command, kept: Path, language: str, first: str
) -> None:
    """Two sentences, brief.html and brief.pdf; with --resume nothing is run again and the page is the same."""
    Path("little.yaml").write_text(CENTRE, encoding="utf-8")
    words = ("--lang", language, "brief", "little.yaml", "--arm", "two more:desks.analyst.staff=3", *SHORT)
    if kept.exists():
        copytree(kept, "DIR")
    answer = fundfreeze(*words, "--resume")
    assert answer.status == 0, answer.err
    if not kept.exists():
        copytree("DIR", kept)
    assert answer.out.startswith(first)
    assert len(answer.out.splitlines()) == 4
    page = Path("DIR/brief.html").read_bytes()
    assert escape(answer.out.splitlines()[0]) in page.decode()
    assert Path("DIR/brief.pdf").read_bytes().startswith(b"%PDF")
    program = {"en": "fundfreeze", "zh": "fundfreeze --lang zh"}[language]
    assert f"<code>{program} brief little.yaml --arm &#x27;two more:desks.analyst.staff=3&#x27;" in page.decode()
    if language == "en":
        assert fundfreeze(*words, "--resume").status == 0
        assert Path("DIR/brief.html").read_bytes() == page
        assert {"brief.html", "brief.pdf", "study.sqlite"} == {
            name for name in everything_in(Path("DIR")) if "sqlite-" not in name
        }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere"),
        (["little.yaml", "--arm", "more:desks.anlyst.staff=3"], "desks.anlyst"),
        (["little.yaml", "--arm", "more:victims.arrivals.all.per_day=3"], "brief: read other arrivals of victims"),
        (["little.yaml", "--arm", "more:horizon=3d"], "--arm: read horizon"),
        (["little.yaml", "--replications", 3], "10"),
        (["little.yaml", "--question", "?" * 301], "--question: read 301 characters"),
        (["little.yaml", "--proof", "."], "--proof: read '.'"),
    ],
)
def test_a_mistake_is_one_line(fundfreeze: Command, words: list[str], said: str) -> None:
    """What cannot be told of is one line, exit status 2, and nothing is written."""
    Path("little.yaml").write_text(CENTRE, encoding="utf-8")
    answer = fundfreeze("brief", *words, "--out", "DIR")
    assert answer.status == 2
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert {"brief.html", "brief.pdf"} & set(everything_in(Path("DIR"))) == set()
