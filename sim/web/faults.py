"""What is wrong with a scenario or an exercise, as a page says it: beside a field, or on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from sim.report.findings import fields as labels
from sim.scenario.errors import Origin, ScenarioError
from sim.web.parts import Field, box, link, para
from sim.web.site import page_of
from sim.words.language import say, translate
from sim.words.phrases import phrase


def refused_page(request: Request, error: ScenarioError, back: str, words: str) -> None:
    """A page that says what is wrong with a file, and where."""
    with page_of(request, say("This file cannot be used"), here=back, facilitator=True):
        with box("notice bad", role="alert"):
            para(translate(phrase("{where}: {what}", where=error.field, what=error.what)))
            if error.line:
                para(say("Line {line}, column {column} of the file.", line=error.line, column=error.column))
        para(say("Mend it and open it again; nothing else was changed."))
        link(words, back, "button")


def label_of(error: ScenarioError) -> str:
    """What the value that is wrong is called."""
    return labels.label(tuple(error.field.split(".")), 0) or labels.field(error.field)


def mistake(error: ScenarioError, beside: str) -> str:
    """A mistake in words, with the name of its value where it is said beside another."""
    said = translate(error.what)
    return said if error.field == beside else say("{who}: {text}", who=label_of(error), text=said)


def say_beside(error: ScenarioError | None, shown: Mapping[str, Field], last: str) -> bool:
    """Say a mistake beside its field, else beside the one that was changed last; None takes it away.

    Args:
        error: of a scenario as somebody has changed it.
        shown: the fields that are on the page, by path.
        last: the path that was changed last.

    Returns:
        Whether there is a field beside which it is said.
    """
    at = last
    if error is not None:
        inside = [path for path in shown if path == error.field or error.field.startswith(f"{path}.")]
        at = max(inside, key=len, default=last)
    for path, field in shown.items():
        field.refuse(mistake(error, path) if error is not None and path == at else "")
    return error is not None and at in shown


def unreadable(error: OSError) -> ScenarioError:
    """That a file of ours cannot be read any more."""
    return ScenarioError(Origin("upload"), "file", error.strerror or phrase("a damaged file"), phrase("a file in YAML"))
