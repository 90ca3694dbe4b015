"""A page as PDF, printed by the Chromium that is on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.words.phrases import Phrase, phrase

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_AT_MOST = 120
"""Seconds for one document."""


class NoBrowserError(Exception):
    """Nothing on this machine prints a page; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


def browser() -> str:
    """The path of the browser.

    Raises:
        NoBrowserError: none of `BROWSERS` is on PATH.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise NoBrowserError(
            phrase(
                "no PDF: read no browser on PATH, accepted: one of {browsers}; the HTML prints as well",
                browsers=", ".join(BROWSERS),
            )
        )
    return found


def pdf(page: str) -> bytes:
    """Print a self-contained page of HTML; its style sheet says the paper, the margins and the header.

    Raises:
        NoBrowserError: there is no browser, or it does not print.
    """
    program = browser()
    with TemporaryDirectory(prefix="fundfreeze-") as folder:
        source, printed = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_text(page, encoding="utf-8")
        command = [
            program, "--headless", "--disable-gpu", "--disable-extensions", "--disable-background-networking",
            "--no-first-run", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
            f"--print-to-pdf={printed}", source.as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium does not start otherwise; the page is ours and has no script
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=_AT_MOST, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoBrowserError(
                phrase("no PDF: {program} did not print: {error}", program=program, error=error)
            ) from None
        if not printed.is_file():
            said = ended.stderr.strip().splitlines()[-1:] or [f"exit status {ended.returncode}"]
            raise NoBrowserError(phrase("no PDF: {program} did not print: {said}", program=program, said=said[0]))
        return printed.read_bytes()
