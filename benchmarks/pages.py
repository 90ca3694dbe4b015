"""What the live page costs: `python -m benchmarks.pages` prints how soon it answers, what it holds, and the limits.

A server runs as `fundfreeze serve` starts it, and Debian's Chromium looks at the `city` over 90 days. One input is
changed twenty times: from the key to the first figures of the new estimate. Then it is watched until the recovered
share is known to a point, with all that the server and its workers hold in memory; then three planners change values at
once while each asks for pages. Wall time counts, so two free cores are needed: how many there were is printed beside.
The exit status is 1 where a limit is passed. It takes about two minutes; `--out DIR` also writes what it prints there.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from benchmarks.threads import cores_free
from sim.engine.compiled.ready import compile_beside, is_compiled
from sim.report.publish.files import write_text

CHROMIUM = "/usr/bin/chromium"
PIN = "271828"
PATH = "/planner/live/city"
FIRST, CLOSE, MEMORY, REQUEST = 1.0, 10.0, 800.0, 2.0
"""Limits: s from a change to its first estimate (median), s until the share is known to a point, MB, s of a request."""
CHANGES, PLANNERS, ROUNDS = 20, 3, 3
LONGEST = 60.0
"""Seconds after which what has not come is told as missed."""
ANALYSTS = "people at analyst, 08:00-20:00"
SEEN = """() => {
  const state = document.querySelector('.state');
  window.since = 0; window.first = 0; window.settled = 0; window.asked = false;
  const look = () => {
    if (state.innerText.startsWith('A new')) { window.asked = true; }
    else if (window.asked && !window.first) { window.first = performance.now(); }
    if (window.first && state.classList.contains('settled') && !window.settled) { window.settled = performance.now(); }
  };
  new MutationObserver(look).observe(state, {childList: true, characterData: true, subtree: true, attributes: true});
}"""
"""Notes in the page when the state changes: the clock is the browser's own."""


@contextmanager
def serving(data: Path) -> Iterator[tuple[str, int]]:
    """A server on a data folder: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["serve", "--port", f"{port}", "--data", str(data), "--pin", PIN]
    process = subprocess.Popen([sys.executable, "-m", "sim", *command], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: answered(url), 120)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def answered(url: str) -> bool:
    """Whether a server answers."""
    try:
        with urlopen(f"{url}/enter", timeout=60):
            return True
    except OSError:
        return False


def wait(holds: Callable[[], bool], seconds: float) -> None:
    """Return once something holds.

    Raises:
        AssertionError: it does not in time.
    """
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "what was waited for did not happen"
        time.sleep(0.05)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(place.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def memory(pid: int) -> float:
    """MB that a process and all below it hold; what several share counts once."""
    total = 0
    for one in family(pid):
        try:
            said = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def put_ahead(pids: list[int], nice: int) -> None:
    """Let the sessions of processes and of all below them go before others (Linux); needs the right to."""
    for pid in pids:
        for one in family(pid):
            with suppress(ProcessLookupError, FileNotFoundError):
                Path(f"/proc/{one}/autogroup").write_text(f"{nice}")  # of its session: inside it all stays as it is


def worked(pid: int) -> float:
    """Seconds of processor time of a process and all below it."""
    ticks = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def opened(browser: Browser, url: str) -> Page:
    """A planner's live page, with its first estimate."""
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(300_000)
    page.goto(f"{url}/enter")
    page.fill("input[name=pin]", PIN)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/")
    page.goto(url + PATH)
    page.locator(".cards .card").first.wait_for()
    return page


def change(page: Page, value: int) -> None:
    """Type another number of analysts, and note when."""
    page.evaluate(SEEN)
    page.evaluate("window.since = performance.now()")
    page.get_by_role("spinbutton", name=ANALYSTS).fill(f"{value}")


def taken(page: Page, what: str) -> float:
    """Seconds from a change to what was noted, once it was; infinite where it does not come."""
    try:
        page.wait_for_function(f"window.{what} > 0", timeout=1000 * LONGEST)
    except PlaywrightTimeoutError:
        return math.inf
    return float(page.evaluate(f"window.{what} - window.since")) / 1000


def requests(page: Page, url: str) -> float:
    """The slowest of some pages, in seconds, asked for as another tab of the same planner would."""
    slowest = 0.0
    for path in ("/", "/planner", PATH):
        since = time.monotonic()
        assert page.context.request.get(url + path, timeout=300_000).ok
        slowest = max(slowest, time.monotonic() - since)
    return slowest


def measured(most: int, nice: int | None) -> tuple[list[tuple[str, float, float, str]], list[str]]:
    """(what, figure, limit, unit) of every target, and what else was seen."""
    if not is_compiled() and (compiler := compile_beside()) is not None:
        compiler.wait()
    with TemporaryDirectory() as folder, serving(Path(folder) / "data") as (url, pid), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        if nice is not None:
            put_ahead([os.getpid()], nice)
        page = opened(browser, url)
        if nice is not None:
            put_ahead([os.getpid()], nice)
        firsts, worker = [], []
        for number in range(most):
            before = worked(pid)
            change(page, 10 + number)  # none is the city's own or comes twice: no estimate of before is at hand
            firsts.append(taken(page, "first"))
            worker.append(worked(pid) - before)
        change(page, 100)
        close = taken(page, "settled")
        held = memory(pid)
        planners = [page, *(opened(browser, url) for _ in range(PLANNERS - 1))]
        if nice is not None:
            put_ahead([os.getpid()], nice)
        together, slowest = [], 0.0
        for number in range(ROUNDS):
            for place, one in enumerate(planners):
                change(one, 200 + PLANNERS * number + place)
            slowest = max(slowest, *(requests(one, url) for one in planners))
            together += [taken(one, "first") for one in planners]
        held = max(held, memory(pid))
        browser.close()
    notes = [
        f"processor seconds of server and workers to a first estimate: {statistics.median(worker):.2f} (median)",
        f"slowest of the {most} first estimates: {max(firsts):.2f} s",
        f"first estimates of {PLANNERS} planners at once: {max(together):.2f} s at most",
    ]
    return [
        (f"a change to its first estimate, median of {most}", statistics.median(firsts), FIRST, "s"),
        ("a change until the recovered share is known to a point", close, CLOSE, "s"),
        ("memory of server and workers", held, MEMORY, "MB"),
        (f"the slowest request of {PLANNERS} planners at once", slowest, REQUEST, "s"),
    ], notes


def main() -> int:
    """Print the table; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=CHANGES, help="how many changes the median is of")
    parser.add_argument("--ahead", type=int, metavar="NICE", help="put server and browser before others: below 0")
    parser.add_argument("--out", type=Path, help="a folder into which what is printed is written, too")
    asked = parser.parse_args()
    before = cores_free()
    rows, notes = measured(asked.changes, asked.ahead)
    ahead = "" if asked.ahead is None else f", put before others by nice {asked.ahead}"
    lines = [
        f"The live page of the city over 90 days, in Chromium ({platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}; cores free before {before:.2f}, after {cores_free():.2f}{ahead})",
        *(
            f"{what:58} {figure:8.2f} {unit:3} (at most {limit:g}){'' if figure <= limit else '  MISSED'}"
            for what, figure, limit, unit in rows
        ),
        *notes,
    ]
    print("\n".join(lines))
    if asked.out is not None:
        write_text(asked.out / "pages.txt", "\n".join(lines) + "\n")
    return int(any(figure > limit for _, figure, limit, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
