"""The files of an after-action report and of an inject pack: each whole or absent."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from sim.exercise.load import Loaded
from sim.exercise.review import Review
from sim.report.publish.files import write_bytes, write_text
from sim.report.publish.printing import NoBrowserError, pdf
from sim.scenario.models import Scenario
from sim.words.phrases import Phrase, phrase, text_of

NEEDS = {"jinja2": "jinja2", "xlsxwriter": "XlsxWriter"}
"""Libraries of the extra `exercise`, by their modules."""


class MissingError(Exception):
    """A library that is not installed; `str()` is one line."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(why)


def check() -> None:
    """Refuse before any work where a library is missing.

    Raises:
        MissingError: it is not installed; the message says what brings it.
    """
    for module, name in NEEDS.items():
        if find_spec(module) is None:
            raise MissingError(
                phrase("read no {name}, accepted: an installation of it: pip install 'fundfreeze[exercise]'", name=name)
            )


def write_report(review: Review, scenario: Scenario, folder: Path) -> tuple[list[Path], str]:
    """Write report.html, report.xlsx and, where a browser prints it, report.pdf, in the language of this context.

    people.html, with people.pdf, has a page for each who took part; results.csv and statements.json are for a learning
    record. There are none where nobody took part.

    Returns:
        The files, and why there is no PDF (empty where there is).

    Raises:
        MissingError: a library is not installed.
        OSError: a file cannot be written.
    """
    check()
    from sim.exercise.learning import results_csv, statements_json  # with the libraries of the extra
    from sim.exercise.own_page import own_page
    from sim.exercise.report_page import page
    from sim.exercise.report_sheets import workbook

    html, sheets = page(review, scenario), workbook(review, scenario)
    written = [write_text(folder / "report.html", html), write_bytes(folder / "report.xlsx", sheets)]
    pages = {"report": html}
    if review.seats:
        pages["people"] = own_page(review, scenario, list(review.seats))
        written += [
            write_text(folder / "people.html", pages["people"]),
            write_text(folder / "results.csv", results_csv(review, scenario)),
            write_text(folder / "statements.json", statements_json(review)),
        ]
    for name, text in pages.items():
        printed, why = _printed(text, folder / f"{name}.pdf")
        written += printed
    return written, why


def write_pack(loaded: Loaded, folder: Path) -> tuple[list[Path], str]:
    """Write what a room is played with on paper, in the language of this context: for trainees and for the facilitator.

    pack.html has the briefing, the role sheets and the injects to cut out; facilitator.html how the exercise was made,
    what is expected after each inject and the notes; cards.html, for the facilitator too, the cards and tables by which
    a decision has an outcome. Each also as PDF, where a browser prints it.

    Returns, raises:
        As `write_report`.
    """
    check()
    from sim.exercise.pack import facilitator, pack  # with the libraries of the extra
    from sim.exercise.paper_page import cards

    pages = {"pack": pack(loaded), "facilitator": facilitator(loaded), "cards": cards(loaded)}
    written = [write_text(folder / f"{name}.html", html) for name, html in pages.items()]
    for name, html in pages.items():
        printed, why = _printed(html, folder / f"{name}.pdf")
        if why:
            return written, why
        written += printed
    return written, ""


def _printed(html: str, path: Path) -> tuple[list[Path], str]:
    """A page as PDF beside it, or why not; one that was there before and fits no more is taken away."""
    try:
        data = pdf(html)
    except NoBrowserError as error:
        path.unlink(missing_ok=True)
        return [], text_of(error)
    return [write_bytes(path, data)], ""
