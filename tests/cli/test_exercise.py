"""The commands of exercises: list, play at a terminal and from a file, report again, print on paper."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.cli import exercise
from sim.exercise import report, report_text
from sim.exercise.journal import FILE
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.merit import Merit
from sim.exercise.paper_trial import bounds_of
from sim.exercise.players import dry_run
from sim.exercise.review import Review, review
from sim.exercise.seeds import Held
from sim.exercise.session import Session
from sim.exercise.shipped import folder, names
from sim.exercise.solo_lines import Line
from sim.words.language import money
from tests.cli.conftest import Command, everything_in

Typed = Callable[..., None]
GOOD = Merit(1, 90.0, 60.0, 2.0, 0.0, 0, 100, 1000, (), {"a": 0.1})
"""What an exercise may be worth."""


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """What the next command reads: typed("next", "1", ...)."""

    def lines(*said: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in said)))

    return lines


class Interrupted(io.StringIO):
    """A file in which somebody presses Ctrl-C after some lines."""

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1 if size is None else size)
        if not line:
            raise KeyboardInterrupt
        return line


# -- play ------------------------------------------------------------------------------------------------------


def test_exercises_are_listed_with_their_questions(fundfreeze: Command) -> None:
    """All shipped exercises are listed, in either language, without a cut."""
    for lang, question, other in (
        ("en", "Is the next payment stopped before the last one is traced?", "[^A-Za-z ?]|dispatcher|call-desk"),
        ("zh", "能否在追查上一笔之前，先拦住下一笔？", "[^\u4e00-\u9fff，？]"),
    ):
        answer = fundfreeze("--lang", lang, "exercises")
        assert answer.status == 0
        listed = re.findall(r"^([a-z][a-z0-9-]+)  ", answer.out, flags=re.MULTILINE)
        assert [name for name in listed if name != "exercise"] == names()  # its head
        said = " ".join(re.sub(other, "" if lang == "zh" else " ", answer.out).split())
        assert question in re.sub(" (analyst|bank|desk)\\b", "", said)
        note = {"en": "The seed of each was picked among many", "zh": "种子都是从许多个中挑选的"}[lang]
        assert note in answer.out


def test_an_exercise_is_played_from_a_file_to_its_score(fundfreeze: Command, typed: Typed) -> None:
    """Lines of a file are decisions; the score at the end is that of the journal's session."""
    typed("next", "1", "next", "say hello", "wait 3m", "1", "2", "finish", "finish")
    answer = fundfreeze("play", "wuhan-35min", "--out", "room")
    assert answer.status == 0
    assert answer.err == ""
    assert "> say hello\nSaid to everybody." in answer.out
    session = Session.load(Path("room"))
    found = review(session)
    assert session.finished
    assert [one.action for one in session.decisions].count("message") == 1
    assert report_text.score(found.scores) in answer.out.replace("\n", " ")
    for fen in (found.scores.result, found.scores.baseline, found.scores.best, found.scores.ceiling):
        assert money(fen) in answer.out
    assert "The whole report: fundfreeze review room" in answer.out


def test_a_line_is_coloured_by_its_tone_only_on_a_terminal_that_wants_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line with a tone has its colour; with NO_COLOR, in a pipe, or without a tone it has none."""
    lines = ["plain", Line("too late", "late")]
    exercise._say(lines)
    assert capsys.readouterr().out == "plain\ntoo late\n"
    shown: list[str] = []
    monkeypatch.setattr("sim.cli.exercise.echo", shown.append)
    monkeypatch.delenv("NO_COLOR", raising=False)
    exercise._say(lines)
    monkeypatch.setenv("NO_COLOR", "1")
    exercise._say(lines)
    assert shown == ["plain", "\x1b[31mtoo late\x1b[0m", "plain", "too late"]


def test_a_file_with_roles_is_validated_as_an_exercise(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said to be valid and what it is worth, or its first mistake has its line and column."""
    monkeypatch.setattr("sim.cli.merits.merit_of", lambda _: GOOD)
    shipped = folder() / "wuhan-35min.yaml"
    answer = fundfreeze("validate", str(shipped))
    assert (answer.status, answer.out.startswith("wuhan-35min: valid (")) == (0, True)
    assert "Points of automatic play: good 90, first come 60," in answer.out
    text = shipped.read_text(encoding="utf-8")
    Path("mine.yaml").write_text(text.replace("\nends:", "\nend:", 1), encoding="utf-8")
    line = text[: text.index("\nends:")].count("\n") + 2
    answer = fundfreeze("validate", "mine.yaml")
    assert answer.status == 2
    assert answer.err == f"mine.yaml:{line}:1: end: read an unknown key, accepted: ends\n"
    Path("longer.yaml").write_text("extends: whole.yaml\nname: longer\n", encoding="utf-8")
    Path("whole.yaml").write_text(text, encoding="utf-8")
    assert fundfreeze("validate", "longer.yaml").out.startswith("longer: valid (")
    assert fundfreeze("validate", "china").status == 0


def test_automatic_players_play_it_alone(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """--auto asks nobody, tells the score of what the players decided, and writes nothing without --out."""
    reviewed: list[Review] = []

    def kept_in_mind(session: Session, **more: Any) -> Review:
        assert session.decisions == dry_run(load_exercise("wuhan-35min")).decisions
        reviewed.append(review(session, **more))
        return reviewed[0]

    monkeypatch.setattr("sim.exercise.review.review", kept_in_mind)
    answer = fundfreeze("play", "wuhan-35min", "--auto")
    assert answer.status == 0
    assert f"Score: {reviewed[0].scores.total:.0f} of 100" in answer.out
    assert everything_in(Path.cwd()) == []


def test_automatic_players_decide_the_same_with_one_seed_and_otherwise_with_another() -> None:
    """What they decide and when hangs on nothing but the seed."""
    one, same, other = (dry_run(load_exercise("wuhan-35min", [f"seed={seed}"])) for seed in (1, 1, 3))
    assert one.decisions == same.decisions
    assert [row.at for row in one.decisions] != [row.at for row in other.decisions]


def test_who_leaves_is_told_how_to_go_on_and_comes_back_to_the_same_second(fundfreeze: Command, typed: Typed) -> None:
    """quit and the end of a file keep the journal; --resume goes on at that moment with all decisions."""
    typed("next", "1", "wait 90s", "quit")
    answer = fundfreeze("play", "wuhan-35min", "--out", "room")
    assert answer.status == 0
    assert answer.out.endswith("left at 09:47:38; go on with: fundfreeze play wuhan-35min --out room --resume\n")
    before = Session.load(Path("room"))
    typed("look")
    again = fundfreeze("play", "wuhan-35min", "--out", "room", "--resume")
    assert again.status == 0
    assert "09:47:38, 2 min 38 s after the opening." in again.out
    after = Session.load(Path("room"))
    assert (after.now, after.decisions) == (before.now, before.decisions)
    assert len(after.decisions) == 1


def test_ctrl_c_leaves_a_whole_journal_and_says_how_to_go_on(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is one line and status 130; every line of the journal is whole, and the clock of it is where it was."""
    monkeypatch.setattr(sys, "stdin", Interrupted("next\n1\nwait 2m\n"))
    answer = fundfreeze("play", "wuhan-35min", "--role", "call-desk", "--out", "room")
    assert answer.status == 130
    assert answer.err == (
        "left at 09:48:08; go on with: fundfreeze play wuhan-35min --role call-desk --out room --resume\n"
    )
    lines = Path("room", FILE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["do"] for line in lines[1:]] == ["join", "tick", "act", "tick", "tick"]
    assert len(Session.load(Path("room")).decisions) == 1
    monkeypatch.setattr(sys, "stdin", Interrupted(""))
    assert "nothing is kept without --out DIR" in fundfreeze("play", "wuhan-35min").err


def test_thinking_costs_time_with_speed(fundfreeze: Command, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --speed 60 each second between two lines is a minute; without, the clock stands still."""
    clock = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    typed("look", "look", "quit")
    assert "left at 09:48:00" in fundfreeze("play", "wuhan-35min", "--speed", 60).out
    typed("look", "look", "quit")
    assert "left at 09:45:00" in fundfreeze("play", "wuhan-35min").out


def test_an_exercise_is_played_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal there is a sign to type behind, and Ctrl-C there leaves the journal whole."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "sim", "play", "wuhan-35min", "--out", str(tmp_path / "room")]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    try:
        _read(leader, "> ")
        os.write(leader, b"next\n")
        assert "decisions open: 1." in _read(leader, "left", "> ")
        os.write(leader, b"1\n")
        assert "case 9 is next at intake." in _read(leader, "go on.", "> ")
        _interrupt(process, leader)
        assert "go on with: fundfreeze play" in _read(leader, "--resume")
        assert process.wait(timeout=30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    assert len(Session.load(tmp_path / "room").decisions) == 1


def _interrupt(process: subprocess.Popen[bytes], leader: int) -> None:
    """Press Ctrl-C until it is heard: one between the sign and the wait for a line is heard only after that line."""
    for _ in range(12):
        os.killpg(process.pid, signal.SIGINT)
        if select.select([leader], [], [], 5)[0]:
            return


def _read(leader: int, *ends: str) -> str:
    """What comes until each of some words was read, one after another; at most a minute."""
    text, place = "", 0
    until = time.monotonic() + 60
    for end in ends:
        while end not in text[place:]:
            ready, _, _ = select.select([leader], [], [], until - time.monotonic())
            assert ready, f"no {end!r} in {text!r}"
            text += os.read(leader, 65536).decode()
        place = text.index(end, place) + len(end)
    return text


# -- review and pack -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the exercise that these tests read is kept, once it was played."""
    return tmp_path_factory.mktemp("played") / "room"


@pytest.fixture
def room(fundfreeze: Command, typed: Typed, kept: Path) -> Path:
    """A folder of its own with the journal of an exercise that was played, shortly and once for all of these tests."""
    if not kept.exists():
        typed("next", "1", "wait 7m", "1", "finish", "finish")
        assert fundfreeze("play", "wuhan-35min", "--role", "call-desk", "--out", "room").status == 0
        shutil.copytree("room", kept)
    else:
        shutil.copytree(kept, "room")
    return Path("room")


def test_the_report_of_a_folder_is_made_again(fundfreeze: Command, room: Path) -> None:
    """review writes the report and the pages of people beside the journal, and the same ones again."""
    answer = fundfreeze("review", room)
    assert answer.status == 0
    assert answer.err == ""
    assert everything_in(room) == [
        FILE, "people.html", "people.pdf", "report.html", "report.pdf", "report.xlsx", "results.csv",
        "statements.json",
    ]  # fmt: skip
    again = ("people.html", "report.html", "report.xlsx", "results.csv", "statements.json")
    made = [(room / name).read_bytes() for name in again]
    assert fundfreeze("review", room, "--out", "elsewhere").status == 0
    assert [Path("elsewhere", name).read_bytes() for name in again] == made


def test_the_report_is_made_in_chinese(fundfreeze: Command, room: Path) -> None:
    """--lang zh makes page and workbook in Chinese."""
    assert fundfreeze("--lang", "zh", "review", room).status == 0
    assert '<html lang="zh-CN">' in (room / "report.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told_by_its_own_option(fundfreeze: Command) -> None:
    """Who gave `serve` its --data is not told about an --out."""
    Path("file").write_text("kept")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    answer = fundfreeze("serve", "--port", str(free), "--data", "file/in")
    assert answer.status == 2
    assert answer.err.startswith("--data: read 'file/in': ")


def test_an_exercise_that_is_over_is_not_gone_on_with(fundfreeze: Command, room: Path) -> None:
    """play --resume says in one line what tells of it, and leaves the folder as it is."""
    before = (room / FILE).read_bytes()
    answer = fundfreeze("play", "wuhan-35min", "--out", room, "--resume")
    assert answer.status == 2
    assert answer.err == (
        f"--resume: read an exercise that is over, accepted: fundfreeze review {room}, which tells of it\n"
    )
    assert (room / FILE).read_bytes() == before


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What paper is worth beside the program is tried where it is tested (`tests/exercise/test_paper.py`)."""
    monkeypatch.setattr("sim.exercise.paper_page.bounds_of", lambda *of: bounds_of(*of[:3], tries=0))


@pytest.mark.usefixtures("untried")
def test_a_pack_is_printed(fundfreeze: Command) -> None:
    """pack writes the trainees' part, the facilitator's and the cards, each as HTML and PDF."""
    answer = fundfreeze("pack", "night-of-two", "--out", "paper")
    assert answer.status == 0
    assert everything_in(Path("paper")) == [
        f"{name}.{form}" for name in ("cards", "facilitator", "pack") for form in ("html", "pdf")
    ]


@pytest.mark.usefixtures("untried")
def test_without_a_browser_the_rest_is_written(
    fundfreeze: Command, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no browser prints, one line says so, and the other files are there."""
    monkeypatch.setenv("PATH", "")
    for command in (("review", room), ("pack", "wuhan-35min", "--out", "paper")):
        answer = fundfreeze(*command)
        assert answer.status == 0
        assert answer.err.startswith("no PDF: read no browser on PATH, accepted: one of chromium, ")
        assert answer.err.count("\n") == 1
    assert everything_in(room) == [
        FILE, "people.html", "report.html", "report.xlsx", "results.csv", "statements.json",
    ]  # fmt: skip
    assert everything_in(Path("paper")) == ["cards.html", "facilitator.html", "pack.html"]


# -- mistakes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("play nowhere", "nowhere: file: read no such file, accepted: an exercise file, or one of bank-outage, "),
        ("play wuhan-35min --role boss", "--role: read 'boss', accepted: one of call-desk, analyst"),
        ("play wuhan-35min --seed -1", "--seed"),
        ("play wuhan-35min --speed 5000", "--speed"),
        ("play wuhan-35min --auto --role analyst", "--auto: read --role together with --auto, accepted: one of them"),
        ("play wuhan-35min --auto --resume --out new", "--auto: read --resume together with --auto"),
        ("play wuhan-35min --resume", "--resume: read no --out, accepted: --resume together with --out DIR"),
        ("play wuhan-35min --resume --out new", "--resume: new/journal.jsonl cannot be read"),
        ("play wuhan-35min --resume --out room --seed 2", "--resume: read --seed together with --resume"),
        ("play wuhan-35min --difficulty easy", "--difficulty"),
        ("play wuhan-35min --resume --out new --difficulty hard", "--resume: read --difficulty together with --resume"),
        ("play wuhan-35min --out room", "--out: read 'room', which holds an exercise; accepted: another folder"),
        ("play wuhan-35min --auto --out room", "--out: read 'room', which holds an exercise; accepted: another folder"),
        ("play night-of-two --out room --resume", "--resume: read the exercise 'wuhan-35min' in 'room', accepted:"),
        ("play wuhan-35min --out room --resume", "--resume: read an exercise that is over, accepted: fundfreeze rev"),
        ("play wuhan-35min --out file", "--out: read 'file'"),
        ("review nowhere", "FOLDER: nowhere/journal.jsonl cannot be read: No such file or directory"),
        ("review torn", "FOLDER: torn/journal.jsonl:1: read 'nonsense', accepted: a line of a session's journal"),
        ("review room --out file", "--out: read 'file'"),
        ("pack nowhere", "nowhere: file: read no such file, accepted: an exercise file, or one of bank-outage, "),
        ("pack wuhan-35min --out file", "--out: read 'file'"),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(command: str, said: str, fundfreeze: Command, room: Path) -> None:
    """What cannot be done is one line that says what was read; no file is written or changed."""
    Path("file").write_text("a file")
    Path("torn").mkdir()
    Path("torn", FILE).write_text("nonsense\n")
    before = {name: _bytes(Path(name)) for name in everything_in(Path.cwd())}
    answer = fundfreeze(*command.split())
    assert answer.status == 2
    assert answer.err.startswith(said) or said in answer.err
    assert answer.err.count("\n") == 1
    assert {name: _bytes(Path(name)) for name in everything_in(Path.cwd())} == before


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@pytest.mark.parametrize("command", ["review room", "pack wuhan-35min"])
def test_a_missing_library_is_one_line(
    command: str, fundfreeze: Command, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the libraries of the extra the command says what brings them."""
    found: dict[str, Any] = {"jinja2": object()}
    monkeypatch.setattr(report, "find_spec", found.get)
    answer = fundfreeze(*command.split())
    assert (answer.status, answer.err) == (
        2, "read no XlsxWriter, accepted: an installation of it: pip install 'fundfreeze[exercise]'\n",
    )  # fmt: skip
    assert everything_in(Path.cwd()) == ["room", f"room/{FILE}"]


# -- find, check -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("broken", "status"), [((), 0), (("keeps-paying",), 1)])
def test_check_names_what_does_not_hold(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, broken: tuple[str, ...], status: int
) -> None:
    """A row for each shipped exercise with what it was held to; status 1 where one breaks a promise."""

    def held(loaded: Loaded, *, wanted: int, workers: int) -> Held:
        again = [6.0, 6.0] if loaded.exercise.name in broken else [1.0, 6.0]
        return Held(loaded.exercise.name, 3, [GOOD] * wanted, again, own_holds=True)

    monkeypatch.setattr("sim.exercise.seeds.held", held)
    answer = fundfreeze("exercises", "check", "--seeds", 2)
    assert answer.status == status
    rows = {line.split()[0]: line.split()[-1] for line in answer.out.splitlines() if "2 of 3" in line}
    assert rows == {name: "no" if name in broken else "yes" for name in names()}
    assert answer.err == ("Not held: keeps-paying\n" if broken else "")
