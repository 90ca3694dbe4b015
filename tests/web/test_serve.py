"""The process of `fundfreeze serve`."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from sim.exercise.load import load_exercise
from sim.web.rooms import Rooms
from sim.words import language as lang
from tests.waiting import wait_until
from tests.web.conftest import CLEAN, PATIENCE, ROOT, Server, Visitor


def answers(process: subprocess.Popen[str], address: str) -> bool:
    """Whether the server is up; fails where it has ended."""
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        assert process.poll() is None
        return False


def test_ctrl_c_ends_the_server_without_a_trace(tmp_path: Path) -> None:
    """It says where the pages are and its PIN, answers, ends with status 0, and leaves no file but its key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "serve", "--port", f"{port}"], cwd=tmp_path,
        env=CLEAN | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == f"Pages at http://127.0.0.1:{port}\n"
    assert re.fullmatch(r"The facilitator's PIN: \d{6}\n", process.stdout.readline())
    assert "Ctrl-C" in process.stdout.readline()
    wait_until(lambda: answers(process, f"http://127.0.0.1:{port}/"))
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, "")
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {
        "fundfreeze-data", "fundfreeze-data/key",
    }  # fmt: skip


def command(*words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    """A command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sim", *words], cwd=ROOT, env=CLEAN | {"FUNDFREEZE_LANG": language},
        capture_output=True, text=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(("language", "said"), [("en", "which another server"), ("zh", "正由另一服务器")])
def test_a_data_folder_has_one_server(server: Server, port: int, language: lang.Language, said: str) -> None:
    """A second one names the folder in one line and ends."""
    second = command("serve", "--port", f"{port}", "--data", str(server.data), language=language)
    assert second.returncode == 2
    assert said in second.stderr
    assert str(server.data) in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def test_a_server_starts_at_once_where_one_was_killed(server: Server) -> None:
    """Nothing that kill -9 leaves behind is in the way."""
    server.kill()
    server.start()


def test_a_broken_room_says_why_on_all_its_pages_until_it_is_deleted(server: Server, facilitator: Visitor) -> None:
    """The board and the debriefing give the same reason; the list of rooms takes it away when asked twice."""
    place = server.data / "rooms" / "hurt"
    server.kill()
    place.mkdir(parents=True)
    (place / "places.json").write_text("[]")
    server.start()
    page = facilitator.page
    for name in ("board", "debrief"):
        page.goto(f"{server.url}/room/hurt/{name}")
        page.get_by_text("places.json: read a damaged file").wait_for()
    page.goto(f"{server.url}/rooms")
    page.get_by_role("button", name="Delete hurt").click()
    page.get_by_role("button", name="Press again").click()
    page.get_by_text("places.json").wait_for(state="detached")
    assert not place.exists()


def test_nobody_plays_on_in_a_room_that_a_server_has(server: Server) -> None:
    """At a terminal its journal is not added to; a report of it is made, and changes nothing of it."""
    server.kill()
    room = Rooms(server.data / "rooms").open(load_exercise("wuhan-35min"), {})

    journal = room.folder / "journal.jsonl"
    server.start()
    before = journal.read_bytes()
    played = command("play", "wuhan-35min", "--out", str(room.folder), "--resume")
    assert played.returncode == 2
    assert "which another server, or a player at a terminal, uses" in played.stderr
    assert len(played.stderr.strip().splitlines()) == 1
    with journal.open("ab") as file:
        file.write(b'{"at":')  # as if the server were writing
    assert command("review", str(room.folder), "--out", str(server.data.parent / "report")).returncode == 0
    assert journal.read_bytes() == before + b'{"at":'


class NoRedirect(HTTPRedirectHandler):
    """Answers are looked at, not followed."""

    def redirect_request(self, *_: object) -> None:
        """None."""


def wrong_pin(server: Server, forwarded: str) -> str:
    """What a server answers to a wrong PIN that comes with a header of a proxy."""
    request = Request(
        f"{server.url}/enter", urlencode({"pin": "000000"}).encode(), {"X-Forwarded-For": forwarded}, method="POST"
    )
    with pytest.raises(HTTPError) as answer:
        build_opener(NoRedirect).open(request, timeout=PATIENCE)
    answer.value.close()
    return parse_qs(urlsplit(answer.value.headers["location"]).query)["wrong"][0]


def test_no_header_gives_more_tries_of_the_pin(server: Server) -> None:
    """Whoever says to come from elsewhere each time is held up after five tries all the same."""
    said = [wrong_pin(server, f"203.0.113.{number}") for number in range(7)]
    assert said[:5] == ["pin"] * 5
    assert all(one.isdecimal() for one in said[5:])


def test_behind_a_proxy_its_word_is_taken(server: Server) -> None:
    """With the option, tries count for the address that the proxy names."""
    server.kill()
    server.options = ["--behind-proxy"]
    server.start()
    assert [wrong_pin(server, f"203.0.113.{number}") for number in range(7)] == ["pin"] * 7
