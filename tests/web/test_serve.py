"""The process of `fundfreeze serve`."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from tests.web.conftest import CLEAN, ROOT


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
    until = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                assert answer.status == 200
            break
        except OSError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest) == (0, "")
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {
        "fundfreeze-data", "fundfreeze-data/key",
    }  # fmt: skip
