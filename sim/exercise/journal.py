"""The journal of a session: only ever added to, a line for each thing done, on the disk before it counts.

The first line says what is played; each other line what was done and at which simulated moment. A line that was cut off
when the program was killed was never acknowledged to anybody: it is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.report.publish.files import write_text
from sim.scenario.plain import read_plain
from sim.words.phrases import Phrase, phrase

FILE = "journal.jsonl"
Line = dict[str, Any]


class JournalError(ValueError):
    """A journal that cannot be played again; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


class Journal:
    """What was done, in order; on disk where it has a folder."""

    def __init__(
        self, header: Line, lines: Sequence[Line] = (), path: Path | None = None, cut: int | None = None
    ) -> None:
        self.header = header
        self.lines = list(lines)
        self.path = path
        self._cut = cut
        """Bytes of the file that are whole lines, where something that is none follows them."""

    @classmethod
    def create(cls, folder: Path | None, header: Line, lines: Sequence[Line] = ()) -> Journal:
        """A new journal, with what has been done already.

        Raises:
            OSError: it cannot be written, or there is one already.
        """
        if folder is None:
            return cls(header, lines)
        path = folder / FILE
        if path.exists():
            raise FileExistsError(f"{path} is there already: every session has a folder of its own")
        write_text(path, "".join(_text(line) for line in (header, *lines)))
        return cls(header, lines, path)

    @classmethod
    def read(cls, folder: Path) -> Journal:
        """The journal in a folder, without what was cut off at its end; the file stays as it is until a line is added.

        Raises:
            JournalError: there is none, or a line in it is no line of a journal.
        """
        path = folder / FILE
        try:
            data = read_plain(path)
        except OSError as error:
            raise JournalError(
                phrase("{path} cannot be read: {strerror}", path=path, strerror=error.strerror)
            ) from None
        whole = data[: data.rfind(b"\n") + 1]
        lines = [_read(path, number, text) for number, text in enumerate(whole.splitlines(), 1)]
        if not lines:
            raise JournalError(phrase("{path}:1: read nothing, accepted: the first line of a session", path=path))
        return cls(lines[0], lines[1:], path, len(whole) if len(whole) < len(data) else None)

    def moved_to(self, folder: Path) -> None:
        """Its file was moved, and lies in another folder now."""
        self.path = folder / FILE

    def until(self, at: int) -> list[Line]:
        """What was done before a moment (ms), and who sat down or left at that very moment; then a tick at it."""
        people = ("join", "leave")
        lines = [line for line in self.lines if line["at"] < at or (line["at"] == at and line["do"] in people)]
        return [*lines, {"at": at, "do": "tick"}]

    def add(self, line: Line) -> None:
        """Add a line; when this returns it is on the disk.

        How far the clock is (`tick`) is only given to the system: it outlives the program, and where the machine itself
        stops a second of waiting is lost, while a busy disk would hold up the clocks of all rooms once a second.

        Raises:
            OSError: it cannot be written; then nothing of it is there.
        """
        if self.path is not None:
            if self._cut is not None:
                os.truncate(self.path, self._cut)
                self._cut = None
            with self.path.open("ab") as file:
                before = file.tell()
                try:
                    file.write(_text(line).encode())
                    file.flush()
                    if line["do"] != "tick":
                        os.fsync(file.fileno())
                except OSError:
                    with suppress(OSError):
                        os.truncate(self.path, before)
                    raise
        self.lines.append(line)


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def _read(path: Path, number: int, text: bytes) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if not isinstance(line, dict):
        shown = text[:40].decode("utf-8", "replace")
        raise JournalError(
            phrase(
                "{path}:{number}: read {shown!r}, accepted: a line of a session's journal",
                path=path, number=number, shown=shown,
            )
        )  # fmt: skip
    return line
