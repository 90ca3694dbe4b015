"""The after-action report of a room in a process of its own: ``python -m sim.web.after FOLDER``.

Late decisions are played again one by one, which takes longer than a clock may wait.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from sim.exercise import otherwise, report_text, words
from sim.exercise.journal import FILE
from sim.exercise.other_plans import usual
from sim.exercise.report import MissingError, write_report
from sim.exercise.review import Review, review
from sim.exercise.session import JournalError, Session
from sim.report.publish.files import write_text
from sim.scenario.plain import read_plain
from sim.web.work import FAILED
from sim.words import language as lang
from sim.words.language import LANGUAGES, exact_money, percent, say
from sim.words.phrases import packed, text_of

AFTER: Final = "after"
"""Folder of the reports inside a room's, one folder for each language."""
SUMMARY: Final = "headline.json"
FORMS: Final = {"html": "text/html", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "pdf": "application/pdf"}  # fmt: skip
"""What a report is there as, and what a browser is told that it is."""
NICENESS: Final = 5
"""Behind the clocks, before studies, which only run when nothing else does: a whole room waits for its report."""


def folder_of(room: Path, language: str) -> Path:
    """Where the report of a room in a language is."""
    return room / AFTER / language


def page_of_seat(room: Path, language: str, seat: str) -> Path:
    """Where the page of one seat is, in a language."""
    return folder_of(room, language) / "seats" / f"{seat}.html"


def of_whole(room: Path, ends: int) -> bool:
    """Whether the reports of a room were made when it was over: closed by somebody, or by its clock at `ends` (ms)."""
    try:
        lines = read_plain(room / AFTER / FILE).decode(errors="replace").splitlines()
        return any('"do":"finish"' in line for line in lines) or json.loads(lines[-1]).get("at", -1) >= ends
    except (OSError, ValueError, IndexError, AttributeError, TypeError):
        return False


def summary_of(found: Review) -> dict[str, Any]:
    """What the debriefing shows of a review, in the language of the context."""
    scores = found.scores
    return {
        "finding": report_text.finding(found) + say("."),
        "verdict": "good" if scores.result > scores.baseline else "bad" if scores.result < scores.baseline else "",
        "against": words.sentences([_against(found), _dearest(found)]),
        "outcomes": [
            [words.sentences(label.split("\n")), exact_money(fen)] for label, fen, _ in report_text.outcomes(found)
        ],
        "score": report_text.score(scores),
        "points": scores.total,
        "late": say(report_text.LATE),
        "otherwise": [
            *(
                [f"{otherwise.gain(one)} ({otherwise.against(one)})", otherwise.all_of(found, one)]
                for one in found.counterfactuals
            ),
            *([[say("good luck"), otherwise.lucky(found)]] if found.lucky is not None else []),
        ],
        "decisions": len(found.decisions),
    }  # fmt: skip


def _against(found: Review) -> str:
    """What the best play found and the ceiling would have brought beyond this room."""
    scores = found.scores
    best, most = scores.best - scores.result, scores.ceiling - scores.result
    parts = [
        say("The best play found brings {money} more.", money=exact_money(best)) if best > 0
        else say("Nothing that was tried brings more."),
    ]  # fmt: skip
    if most > 0:
        share = percent(scores.result / scores.ceiling)
        parts.append(
            say("This room reached {share} of the ceiling of {money}.", share=share, money=exact_money(scores.ceiling))
        )
    return words.sentences(parts)


def _dearest(found: Review) -> str:
    """The decision whose delay cost most."""
    first = report_text.dearest(found)
    if first is None:
        return report_text.no_dear_delay(found)
    what = report_text.decided(found.exercise, first)
    return say("The dearest delay, {money}: {decision}.", money=exact_money(first.fen_lost or 0), decision=what)


def make(room: Path) -> None:
    """Review the session in a folder, and write its reports beside it, in every language.

    Raises:
        JournalError: there is no session that can be read.
        MissingError: a library is not installed.
        OSError: the folder cannot be written.
    """
    from sim.exercise.own_page import own_page  # with the libraries of the extra, which the server itself does not need

    (room / AFTER).mkdir(exist_ok=True)
    shutil.copyfile(room / FILE, room / AFTER / FILE)  # the server may be writing on: read what is there now
    session = Session.load(room / AFTER)
    found = review(session, plans=usual())
    for language in LANGUAGES:
        with lang.using(language):
            place = folder_of(room, language)
            write_report(found, session.scenario, place)
            shutil.rmtree(place / "seats", ignore_errors=True)
            (place / "seats").mkdir()
            for one in found.seats:
                write_text(page_of_seat(room, language, one.seat), own_page(found, session.scenario, [one]))
            write_text(place / SUMMARY, json.dumps(summary_of(found), ensure_ascii=False) + "\n")


def main(room: Path) -> int:
    """Make the reports of a room; what went wrong is one line in its folder of reports."""
    os.nice(NICENESS)
    try:
        make(room)
    except (JournalError, MissingError, OSError) as error:
        write_text(room / AFTER / FAILED, packed(text_of(error)) + "\n")
        return 1
    (room / AFTER / FAILED).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
