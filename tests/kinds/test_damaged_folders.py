"""Each folder of the data folder stands alone: what is damaged is shown as damaged, and nothing else notices."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request as Asked
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from sim.exercise.load import load_exercise
from sim.web import after
from sim.web.access import FACILITATOR_COOKIE, Access, key_of
from sim.web.rooms import Rooms
from sim.web.studies import Studies
from sim.web.work import Request, Wanted, work
from tests.examples import shortly
from tests.waiting import until, wait_until
from tests.web.conftest import PATIENCE, PIN, Server, Visitor, browser, server

__all__ = ["browser", "server"]


def _directory(place: Path) -> None:
    place.unlink()
    place.mkdir()
    (place / "inside").touch()


def _written(data: bytes) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        place.write_bytes(data)

    return write


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncated": lambda place: place.write_bytes(place.read_bytes()[: len(place.read_bytes()) // 2]),
    "empty": _written(b""),
    "five": _written(b"5"),
    "null": _written(b"null"),
    "list": _written(b"[[], {}]\n"),
    "binary": _written(bytes(range(256))),
    "directory": _directory,
    "gone": lambda place: place.unlink(),
}
OF_VALUES = ("five", "null", "list")
"""What only a file of values can be: to any other these are bytes as `binary` is."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a study that is done, a room with its report, and both uploads, all whole."""
    place = tmp_path_factory.mktemp("whole")
    study = place / "studies" / "20260101-000000-aaaaaa"
    study.mkdir(parents=True)
    arms = (Wanted("wuhan-35min", "wuhan-35min"), Wanted("wuhan-35min-rival", "wuhan-35min-rival"))
    Request("Wuhan", arms, 2, 1, "2026-01-01 00:00").write(study)
    work(study, 1)
    for name in ("progress.json", "failed.txt", "errors.txt"):
        (study / name).touch()
    room = Rooms(place / "rooms").open(load_exercise("wuhan-35min"), {})
    summary = after.folder_of(room.folder, "en")
    summary.mkdir(parents=True)
    (summary / after.SUMMARY).write_text(json.dumps({"finding": "F", "verdict": "", "against": "A", "score": "S",
                                                     "late": "L", "outcomes": [], "otherwise": []}))  # fmt: skip
    for folder, text in (("uploads", "extends: wuhan-35min\n"), ("exercises", EXERCISE)):
        (place / folder / ("0" * 16)).mkdir(parents=True)
        (place / folder / ("0" * 16) / "uploaded.yaml").write_text(text, encoding="utf-8")
    return place


EXERCISE = (Path(__file__).parents[2] / "scenarios/exercises/wuhan-35min.yaml").read_text(encoding="utf-8")


def hurt(data: Path, to: Path) -> list[tuple[str, str]]:
    """Copy each folder of each kind once for every file in it and every damage: (kind, name of the copy)."""
    made = []
    for kind in ("studies", "rooms", "uploads", "exercises"):
        (whole,) = (data / kind).iterdir()
        shutil.copytree(whole, to / kind / whole.name)
        for file in sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file()):
            if kind == "studies" and file.suffix in (".svg", ".csv"):
                continue
            for number, (name, damage) in enumerate(DAMAGES.items()):
                if name in OF_VALUES and file.suffix not in (".json", ".jsonl", ".yaml"):
                    continue
                copy = f"{len(made):014x}{number:02x}" if kind in ("uploads", "exercises") else (
                    f"{whole.name}-{name}-{'-'.join(file.parts).replace('.', '-')}"
                )  # fmt: skip
                shutil.copytree(whole, to / kind / copy)
                damage(to / kind / copy / file)
                made.append((kind, copy))
    return made


@pytest.fixture(scope="module")
def damaged(data: Path, server: Server) -> list[tuple[str, str]]:
    """A server on a data folder in which all that is damaged lies beside what is whole; its rooms were looked at."""
    server.kill()
    made = hurt(data, server.data)
    server.start()
    wait_until(lambda: '"restoring"' not in page(server, "/rooms")[1])
    return made


def page(server: Server, path: str) -> tuple[int, str]:
    """Status and text of a page as the facilitator sees it."""
    cookie = Access(PIN, key_of(server.data)).enter(PIN, "")
    asked = Asked(f"{server.url}{path}", headers={"cookie": f"{FACILITATOR_COOKIE}={cookie}"})
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")


PAGES = {
    "studies": ("/planner/study/{}",), "rooms": ("/room/{}/board", "/room/{}/debrief"),
    "uploads": ("/planner/upload/{}",),
}  # fmt: skip
"""The page of one; exercises have none of their own, and are listed."""


@pytest.mark.parametrize("each", shortly((1, 3), 3))
def test_every_page_answers_whatever_is_damaged(server: Server, damaged: list[tuple[str, str]], each: int) -> None:
    """No page of what is damaged, and none that lists it, fails; nothing is written into the log but a line each."""
    for path in ("/", "/planner", "/rooms"):
        assert page(server, path)[0] == 200
    for kind, name in damaged[::each]:
        for path in PAGES.get(kind, ()):
            assert page(server, path.format(name))[0] in (200, 404), (kind, name)
        if kind == "studies":
            for file in ("report.html", "study.zip", "comparison.svg"):
                assert page(server, f"/planner/study/{name}/file/{file}")[0] in (200, 404), (kind, name, file)
    assert "Traceback" not in server.errors


def test_what_is_whole_is_shown_beside_it(server: Server, damaged: list[tuple[str, str]], data: Path) -> None:
    """The whole study has its result, the whole room its board."""
    assert damaged
    for kind, path, shown in (
        ("studies", "/planner/study/{}", "comparison.svg"),
        ("rooms", "/room/{}/board", "Resume"),
    ):
        (whole,) = (data / kind).iterdir()
        status, text = page(server, path.format(whole.name))
        assert status == 200
        assert shown in text


@pytest.mark.parametrize("kind", ["studies", "rooms", "exercises"])
def test_what_is_damaged_can_be_deleted(server: Server, damaged: list[tuple[str, str]], data: Path, kind: str) -> None:
    """A list has it with a button that takes it away."""
    listed = page(server, "/planner" if kind == "studies" else "/rooms")[1]
    (whole,) = (data / kind).iterdir()
    broken = [name for of, name in damaged if of == kind and f"Delete {name}" in listed]
    assert len(broken) >= len(DAMAGES) - 1
    assert whole.name in listed or kind == "exercises"


def test_a_study_is_worked_on_among_damaged_ones(data: Path, tmp_path: Path) -> None:
    """The service goes through its queue: a damaged study fails in a line, the next one is done."""
    place = tmp_path / "studies"
    made = [name for kind, name in hurt(data, tmp_path) if kind == "studies"]

    async def served() -> Studies:
        studies = Studies(place)
        serving = asyncio.create_task(studies.serve())
        for study in studies.all():
            if study.id.endswith(("truncated-result-json", "truncated-study-sqlite")):  # what a worker reads
                (study.folder / "result.json").unlink(missing_ok=True)
                studies.go_on(study)
        studies._queue.insert(0, "no-such-study")
        asked = studies.ask("T", [Wanted("wuhan-35min", "wuhan-35min")], 1, 1)
        await until(lambda: studies.state(asked) in ("done", "failed"))
        assert studies.state(asked) == "done"
        assert not serving.done()
        serving.cancel()
        return studies

    studies = asyncio.run(served())
    studies.all()
    assert {name for name in made if name.endswith("request-json")} == set(studies.damaged)


def test_an_unknown_role_in_the_places_of_a_room_is_told(data: Path, tmp_path: Path) -> None:
    """The room is damaged, in one line that names the role; the others come up."""
    for name in ("one", "two"):
        (whole,) = (data / "rooms").iterdir()
        shutil.copytree(whole, tmp_path / name)
    said = json.loads((tmp_path / "two" / "places.json").read_text())
    said["places"][0]["role"] = "wizard"
    (tmp_path / "two" / "places.json").write_text(json.dumps(said))
    rooms = Rooms(tmp_path)
    rooms.restore()
    assert list(rooms.rooms) == ["one"]
    assert "wizard" in rooms.broken["two"]


def test_the_list_has_a_button_that_asks_back(server: Server, damaged: list[tuple[str, str]], browser: Browser) -> None:
    """In a browser: the button asks back, and the folder is gone."""
    name = next(name for kind, name in damaged if kind == "studies" and name.endswith("five-request-json"))
    visitor = Visitor.come(browser)
    visitor.enter(server)
    visitor.page.goto(f"{server.url}/planner")
    button = visitor.page.get_by_role("button", name=f"Delete {name}")
    button.click()
    visitor.page.get_by_role("button", name="Press again").first.click()
    visitor.page.get_by_text(name, exact=True).wait_for(state="detached")
    assert not (server.data / "studies" / name).exists()
    visitor.context.close()
