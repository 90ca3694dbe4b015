"""What a bench has found: rows with their targets, as text, Markdown and JSON."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any, Literal

LIBRARIES = ("numba", "numpy", "simpy", "Ciw")


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = [int(line.split()[1]) / 2**20 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    one, five, _ = os.getloadavg()
    return {
        "version": _version(),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{memory[0]:.0f} GB" if memory else "unknown",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "load at the start": f"{one:.1f} (over five minutes {five:.1f})"
        + ("; the cores were shared, so only ratios mean anything" if one > 0.5 else ""),
    }


def _version() -> str:
    """The commit that was measured, where that is known."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


@dataclass(frozen=True)
class Target:
    """What a figure must hold."""

    way: Literal["at least", "at most"]
    value: float
    worst: bool = False
    """Of all rounds; else their median."""
    aim: bool = False
    """Wished for and not promised: it fails nothing."""

    def met(self, values: Sequence[float]) -> bool:
        if self.way == "at least":
            return (min(values) if self.worst else median(values)) >= self.value
        return (max(values) if self.worst else median(values)) <= self.value

    def __str__(self) -> str:
        return f"{'aim: ' if self.aim else ''}{self.way} {self.value:g}"


@dataclass(frozen=True)
class Row:
    """One figure, a value for each round; `note` says what it is where there are no values."""

    title: str
    values: Sequence[float] = ()
    target: Target | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None where there is no target, or nothing to judge."""
        return self.target.met(self.values) if self.target is not None and self.values else None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return self.note
        said = {True: "met", False: "NOT MET", None: "not judged"}[self.met]
        return f"{self.target}: {said}" + (f" ({self.note})" if self.note else "")

    @property
    def figures(self) -> tuple[str, str, str]:
        """Median, least and most, rounded to what they differ by."""
        if not self.values:
            return "", "", ""
        most = max(map(abs, self.values))
        digits = 0 if most >= 1000 else 1 if most >= 100 else 2 if most >= 1 else 3 if most >= 0.1 else 4
        low, high, middle = min(self.values), max(self.values), median(self.values)
        return f"{middle:,.{digits}f}", f"{low:,.{digits}f}", f"{high:,.{digits}f}"


@dataclass(frozen=True)
class Section:
    """The rows of one part of the bench."""

    title: str
    rows: Sequence[Row]
    problems: Sequence[str] = ()
    """What must not happen: two models that disagree."""

    def failures(self) -> list[str]:
        """What is missed, a line for each."""
        name = self.title.partition(":")[0]
        missed = [
            f"{row.title.strip()}: {row.figures[0]}, {row.target}"
            for row in self.rows
            if row.met is False and not row.target.aim
        ]
        return [f"{name}: {one}" for one in (*self.problems, *missed)]


@dataclass
class Report:
    """All sections of one run of the bench."""

    command: str
    rounds: int
    sections: list[Section] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    machine: dict[str, str] = field(default_factory=machine)

    def failures(self) -> list[str]:
        return [one for section in self.sections for one in section.failures()]

    def markdown(self) -> str:
        """The whole table, as a page."""
        lines = [
            "# Benchmarks",
            "",
            f"Made by `{self.command}`; {self.rounds} interleaved rounds, each measurement in a",
        ]
        lines += ["process of its own. Processor time (user and system) unless a row says otherwise.", ""]
        lines += [f"- {what}: {value}" for what, value in self.machine.items()]
        if self.not_run:
            lines += [f"- parts not run: {', '.join(self.not_run)}"]
        for section in self.sections:
            lines += ["", f"## {section.title}", "", "| | median | least | most | target |", "|---|--:|--:|--:|---|"]
            lines += [f"| {' | '.join((row.title.strip(), *row.figures, row.verdict))} |" for row in section.rows]
            lines += [f"\n**{one}**" for one in section.problems]
        missed = self.failures()
        lines += ["", "## Targets missed", ""] + ([f"- {one}" for one in missed] if missed else ["none"])
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        sections: list[dict[str, Any]] = [
            {
                "title": section.title,
                "problems": list(section.problems),
                "rows": [
                    {
                        "title": row.title.strip(), "values": list(row.values), "note": row.note, "met": row.met,
                        "target": None if row.target is None else {row.target.way: row.target.value},
                    }
                    for row in section.rows
                ],
            }
            for section in self.sections
        ]  # fmt: skip
        whole = {"command": self.command, "rounds": self.rounds, "machine": self.machine, "sections": sections,
                 "not_run": self.not_run, "missed": self.failures()}  # fmt: skip
        return json.dumps(whole, indent=1) + "\n"

    def write(self, folder: Path) -> None:
        """Put the table where an earlier one was: all of it or nothing."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            made.chmod(0o755)
            (made / "benchmarks.md").write_text(self.markdown(), encoding="utf-8")
            (made / "benchmarks.json").write_text(self.json(), encoding="utf-8")
            if folder.exists():
                before = made / "before"
                folder.rename(before)
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
            shutil.rmtree(folder / "before", ignore_errors=True)


def show(section: Section) -> None:
    """Print a section as it is found."""
    print(f"\n{section.title:64}{'median':>11}{'least':>11}{'most':>11}")
    for row in section.rows:
        print(f"{row.title:64}{row.figures[0]:>11}{row.figures[1]:>11}{row.figures[2]:>11}  {row.verdict}".rstrip())
    for one in section.problems:
        print(f"PROBLEM: {one}")
    sys.stdout.flush()
