"""What rooms cost a server: `python -m benchmarks.rooms` prints CPU, memory and delay of the clock, and their limits.

A server runs as `fundfreeze serve` starts it. Everybody who sits in a room is a real websocket client of a page of its
own, which gets what a browser gets. Four runs: 30 seats in one room, 10 rooms of 6, the 10 rooms while a study uses
every core, and one room while exercises over a city-year are opened one after the other (one that fits, one that is
refused for its size), pages are read and a study runs. The exit status is 1 where a limit is passed.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import html
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import socketio

from sim.exercise.load import load_exercise
from sim.web.access import FACILITATOR_COOKIE, Access, key_of
from sim.web.room import Room
from sim.web.rooms import Rooms
from sim.web.seat import path_of
from sim.web.studies import Studies
from sim.web.work import Request, Wanted

PIN = "271828"
SIX = {"call-desk": 2, "analyst": 2, "bank-desk": 2, "observer": 0, "evaluator": 0}
CPU, MEMORY, DELAY = 50.0, 500.0, 100.0
"""Limits: percent of a core, MB, ms."""
EXERCISE = "wuhan-35min"
STARTS = "46m"
"""The victim has called by then: accounts become known and have to be decided on."""


@dataclass
class Client:
    """A page of the server, held by a websocket as a browser does."""

    sio: socketio.AsyncClient
    page: str
    ticks: list[float] = field(default_factory=list)
    """When the clock was shown anew, in monotonic seconds."""
    elements: dict[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        """By which the server knows the page."""
        return str(self.query["client_id"])

    @property
    def query(self) -> dict[str, Any]:
        """What the page's script says when it connects."""
        found = re.search(r"query: (\{.*?\}),\n", self.page)
        assert found is not None
        return dict(ast.literal_eval(found[1]))  # as the framework writes it into its script

    def element(self, text: str) -> tuple[str, Any]:
        """Id of an element by its text, and its first listener."""
        for name, one in self.elements.items():
            if one.get("text") == text and one.get("events"):
                return name, one["events"][0]["listener_id"]
        raise LookupError(text)

    async def press(self, name: str) -> None:
        """Press a button by its id."""
        await self._press(name, self.elements[name]["events"][0]["listener_id"])

    async def click(self, text: str) -> None:
        """Press a button by its text."""
        await self._press(*self.element(text))

    async def _press(self, name: str, listener: str) -> None:
        event = {"id": int(name), "client_id": self.client_id, "listener_id": listener, "args": []}
        await self.sio.emit("event", event)


async def connect(url: str, path: str, cookies: Mapping[str, str], *, clock: bool = True) -> Client:
    """Open a page, and its socket; `clock`: whether it shows one."""
    async with aiohttp.ClientSession(cookies=dict(cookies)) as session, session.get(url + path) as answer:
        assert answer.status == 200, (path, answer.status)
        page = await answer.text()
    raw = re.search(r"parseElements\(String\.raw`(.*?)`\)", page, re.DOTALL)
    assert raw is not None, path
    client = Client(socketio.AsyncClient(), page, elements=json.loads(html.unescape(raw[1])))
    times = [name for name, one in client.elements.items() if "time" in one.get("class", [])]
    assert times or not clock, f"{path}: no clock"

    def updated(said: Mapping[str, Any]) -> None:
        if times and times[0] in said:
            client.ticks.append(time.monotonic())

    client.sio.on("update", updated)
    query = client.query | {"document_id": client.client_id, "tab_id": client.client_id, "old_tab_id": None}
    asked = "&".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in query.items()
    )
    await client.sio.connect(
        f"{url}?{asked}", socketio_path="/_nicegui_ws/socket.io", transports=["websocket"], wait_timeout=30
    )
    return client


def furnished(data: Path, counts: list[Mapping[str, int]]) -> list[Room]:
    """Rooms in a data folder in which everybody sits."""
    rooms = Rooms(data / "rooms")
    for seats in counts:
        more = [f"roles.{role}.seats={max(n, 1)}" for role, n in seats.items() if role not in ("observer", "evaluator")]
        room = rooms.open(load_exercise(EXERCISE, [*more, f"starts={STARTS}"]), seats)
        for place in room.places:
            room.sit(place, place)
    return list(rooms.rooms.values())


@asynccontextmanager
async def serving(data: Path) -> AsyncIterator[tuple[str, int]]:
    """A server on a data folder: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sim", "serve", "--port", f"{port}", "--data", str(data), "--pin", PIN,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:
            until = time.monotonic() + 120  # what ships is read first, and others may be at work
            while True:
                try:
                    async with session.get(f"{url}/enter"):
                        break
                except aiohttp.ClientError:
                    assert process.returncode is None, "the server ended"
                    assert time.monotonic() < until, "the server does not answer"
                    await asyncio.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        await process.wait()


def cpu(process: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # ticks of 10 ms


def memory(process: int) -> float:
    """MB that a process has in memory."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def kept_waiting(process: int) -> float:
    """Seconds for which the server's clocks could have gone on and no processor was free: others' work, not its own."""
    return int(Path(f"/proc/{process}/task/{process}/schedstat").read_text().split()[1]) / 1e9


def delays(ticks: list[float]) -> list[float]:
    """ms by which each tick came later than the earliest would have it, at one a second."""
    start = min(at - number for number, at in enumerate(ticks))
    return [1000 * (at - number - start) for number, at in enumerate(ticks)]


async def measure(name: str, counts: list[Mapping[str, int]], seconds: float, *, study: bool) -> bool:
    """Run rooms for a while and print what they cost; whether all limits are kept."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        rooms = furnished(data, counts)
        access = Access(PIN, key_of(data))
        cookie = access.enter(PIN, "") or ""
        async with serving(data) as (url, process):
            boards, seats = [], []
            for room in rooms:
                await _restored(url, f"/room/{room.id}/board", {FACILITATOR_COOKIE: cookie})
                boards.append(await connect(url, f"/room/{room.id}/board", {FACILITATOR_COOKIE: cookie}))
                for place in room.places:
                    token = {"fundfreeze-seat": access.token(room.id, place)}
                    seats.append(await connect(url, path_of(room.id, place), token))
            for board in boards:
                await board.click("Resume")
            worker = await _study(data) if study else None
            await asyncio.sleep(3)
            everybody = [*boards, *seats]
            for client in everybody:
                client.ticks.clear()
            before, start = cpu(process), time.monotonic()
            await asyncio.sleep(seconds)
            used = 100 * (cpu(process) - before) / (time.monotonic() - start)
            held = memory(process)
            if worker is not None:
                assert worker.returncode is None, "the study ended before the measurement"
                worker.kill()
                await worker.wait()
            assert all(len(client.ticks) >= seconds - 2 for client in everybody), "somebody missed ticks"
            late = [one for client in everybody for one in delays(client.ticks)]
            for client in everybody:
                await client.sio.disconnect()
    print(
        f"{name}: {len(seats)} seats, {len(boards)} boards, {seconds:g} s; CPU {used:.1f}% of a core (limit {CPU:g}),"
        f" memory {held:.0f} MB (limit {MEMORY:g}), clock late by {statistics.median(late):.0f} ms in the median,"
        f" {statistics.quantiles(late, n=100)[98]:.0f} ms in 99 of 100 ticks, {max(late):.0f} ms at most"
        f" (limit {DELAY:g})",
        flush=True,
    )
    return used < CPU and held < MEMORY and (max(late) < DELAY or not study)


CITY_YEAR = """\
schema_version: 1
name: {name}
title: A day of a city-year
scenario: city
starts: {starts}
ends: {ends}
briefing: Go
objectives: [{{id: one, text: See}}]
roles:
  analyst: {{title: Analyst, desks: [analyst], sees: [cases, accounts, amounts, queues], may: [take, stop, message]}}
"""
"""An exercise over a whole year of a city."""


async def measure_opening(seconds: float) -> bool:
    """One room, beside which a city-year is opened again and again and a study runs; whether the clock keeps time."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        (room,) = furnished(data, [SIX])
        for number, (name, starts, ends) in enumerate((("fits", "8d", "9d"), ("too-large", "200d", "201d"))):
            place = data / "exercises" / f"{number:016x}"
            place.mkdir(parents=True)
            (place / "uploaded.yaml").write_text(CITY_YEAR.format(name=name, starts=starts, ends=ends))
        access = Access(PIN, key_of(data))
        cookies = {FACILITATOR_COOKIE: access.enter(PIN, "") or ""}
        async with serving(data) as (url, process):
            await _restored(url, f"/room/{room.id}/board", cookies)
            board = await connect(url, f"/room/{room.id}/board", cookies)
            await board.click("Resume")
            worker = await _study(data)
            await asyncio.sleep(3)
            board.ticks.clear()
            before, start = kept_waiting(process), time.monotonic()
            punctual = Punctual()
            watching = asyncio.create_task(punctual.watch())
            visitor = await asyncio.create_subprocess_exec(  # whose own work is not to delay the board's
                sys.executable, "-m", "benchmarks.rooms", "--visit", url, cookies[FACILITATOR_COOKIE],
                "--seconds", f"{seconds}",
            )  # fmt: skip
            assert await visitor.wait() == 0
            waited = 1000 * (kept_waiting(process) - before) / (time.monotonic() - start)
            watching.cancel()
            worker.kill()
            await worker.wait()
            late = delays(board.ticks)
            assert len(board.ticks) >= seconds - 2, "ticks were missed"
            await board.sio.disconnect()
        made = len([one for one in (data / "rooms").iterdir() if one.name.startswith("fits")])
    print(
        f"a room beside a city-year being opened ({made} rooms) and a study: clock late by"
        f" {statistics.median(late):.0f} ms in the median, {max(late):.0f} ms at most (limit {DELAY:g});"
        f" whoever measured was late by {punctual.most:.0f} ms at most, the server"
        f" kept waiting for a processor {waited:.0f} ms a second at a load of {os.getloadavg()[0]:.1f} on"
        f" {os.cpu_count()} cores",
        flush=True,
    )
    return max(late) < DELAY and made > 0


class Punctual:
    """How late this process itself is, which reads when the clock was shown: others' work, not the server's."""

    def __init__(self) -> None:
        self.most = 0.0
        """ms at most."""

    async def watch(self) -> None:
        """Look every 10 ms until cancelled."""
        while True:
            due = time.monotonic() + 0.01
            await asyncio.sleep(0.01)
            self.most = max(self.most, 1000 * (time.monotonic() - due))


async def visit(url: str, cookie: str, seconds: float) -> None:
    """Press the first two buttons that open a room, and look at pages, again and again."""
    cookies, until = {FACILITATOR_COOKIE: cookie}, time.monotonic() + seconds
    while time.monotonic() < until:
        page = await connect(url, "/rooms", cookies, clock=False)
        for name in [key for key, one in page.elements.items() if one.get("text") == "Open this room"][:2]:
            await page.press(name)
        for path in ("/planner", "/planner/scenario/city"):
            await (await connect(url, path, cookies, clock=False)).sio.disconnect()
        await asyncio.sleep(5)
        await page.sio.disconnect()


async def _restored(url: str, path: str, cookies: Mapping[str, str]) -> None:
    """Wait until a room is back."""
    async with aiohttp.ClientSession(cookies=dict(cookies)) as session:
        for _ in range(300):
            async with session.get(url + path) as answer:
                if "This room is being restored" not in await answer.text():
                    return
            await asyncio.sleep(0.1)


async def _study(data: Path) -> asyncio.subprocess.Process:
    """A study that is worked on as the server does it, on every core."""
    studies = Studies(data / "studies")
    request = Request("bench", (Wanted("city", "city"),), 1_000, 1, "")
    folder = studies.folder / "bench"
    folder.mkdir(parents=True)
    request.write(folder)
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "sim.web.work", str(folder))


async def main(seconds: float) -> int:
    """All four runs; 0 where every limit is kept."""
    thirty = {"call-desk": 10, "analyst": 10, "bank-desk": 10, "observer": 0, "evaluator": 0}
    kept = [
        await measure("30 seats in one room", [thirty], seconds, study=False),
        await measure("10 rooms of 6", [SIX] * 10, seconds, study=False),
        await measure("10 rooms of 6 beside a study", [SIX] * 10, seconds, study=True),
        await measure_opening(seconds),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--visit", nargs=2, metavar=("URL", "COOKIE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.visit:
        asyncio.run(visit(*asked.visit, asked.seconds))
        sys.exit(0)
    sys.exit(asyncio.run(main(asked.seconds)))
