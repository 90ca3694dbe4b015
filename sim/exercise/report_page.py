"""The after-action report of an exercise as one self-contained page of HTML: nothing in it is fetched or run.

Its parts have the names of the field's doctrine (FEMA, Homeland Security Exercise and Evaluation Program, 2020):
objectives with their ratings, the MSEL (the list of injects), the hot wash, and the improvement plan of an AAR/IP.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from sim import __version__
from sim.exercise import report_text, words
from sim.exercise.load import Loaded
from sim.exercise.models import Objective
from sim.exercise.review import Decided, Injected, Review, Row, Score
from sim.lang import clock, date, duration, key, language, money, named, say
from sim.report.embedded import css_string, font_face, inline_svg
from sim.report.figures import Figure, render
from sim.report.figures_exercise import Mark, Moment, money_figure, outcomes_figure
from sim.response.log import NONE
from sim.scenario.units import SECOND

RATINGS: Final = (
    ("P", key("performed without challenges")),
    ("S", key("performed with some challenges")),
    ("M", key("performed with major challenges")),
    ("U", key("unable to be performed")),
)
"""Ratings of an objective, as HSEEP has them."""
SURVEY: Final = (
    key("The situation was like those of my work."),
    key("I knew what was expected of my role."),
    key("I had the information that I needed to decide."),
    key("The pace left time to think, and no time to waste."),
    key("I will do something differently from tomorrow on."),
)
HOT_WASH: Final = (key("What went well?"), key("What did not, and why?"), key("What do we change, and by when?"))
"""Questions of every hot wash, before the exercise's own."""
LABELS: Final = {
    "report": key("After-action report"),
    "saved": key("What another decision would have saved"),
    "money": key("Where the money was"),
    "outcomes": key("What came back, and what could have"),
    "scores": key("Scores"),
    "who": key("who"),
    "role": key("role"),
    "points": key("points"),
    "part_recovered": key("money"),
    "part_injects": key("injects"),
    "part_decisions": key("decisions"),
    "msel": key("Expected and actual, inject by inject (MSEL)"),
    "number": key("no."),
    "time": key("time"),
    "to": key("to"),
    "inject": key("inject"),
    "expected": key("expected"),
    "actual": key("actual"),
    "objectives": key("Objectives"),
    "objective": key("objective"),
    "evidence": key("what the exercise showed"),
    "rating": key("Rating"),
    "strengths": key("Strengths"),
    "strength": key("strength"),
    "evidence_of": key("what shows it"),
    "plan": key("Improvement plan (AAR/IP)"),
    "area": key("area for improvement"),
    "measure": key("corrective action"),
    "owner": key("responsible"),
    "start": key("start"),
    "done_by": key("done by"),
    "hot_wash": key("Hot wash"),
    "survey": key("Debrief survey"),
    "statement": key("statement"),
    "remarks": key("What should be different next time?"),
    "decisions": key("Every decision"),
    "decision": key("decision"),
    "waited": key("waited"),
    "lost_time": key("time lost"),
    "lost_money": key("money lost"),
    "timeline": key("Timeline"),
    "event": key("what happened"),
    "how": key("How the figures were made"),
    "participants": key("Took part:"),
    "comma": key(", "),
    "semicolon": key("; "),
    "stop": key("."),
    "and_time": key("and"),
    "nothing_saved": key("No decision came so late that it cost money."),
    "money_key": key(
        "Numbers: injects as in the list below, orange where what was expected was not done in time. Blue lines:"
        " decisions in time; orange diamonds: decisions that nobody took before their deadline."
    ),
    "scores_key": key("Points out of 100; the parts are points out of 100 as well, before they are weighted."),
    "type_here": key("Type into the fields and print, or write on the printed page: the page itself keeps nothing."),
    "hot_wash_key": key("Right after the exercise, with everybody who took part."),
    "survey_key": key("1: not at all; 5: entirely."),
    "late": key("too late"),
    "no_decision": key("Nobody decided anything."),
    "since": key("since the opening"),
}


def page(review: Review, loaded: Loaded) -> str:
    """The whole report in the language of this context.

    Raises:
        ValueError: the review has no money curve.
    """
    report = _Report(review, loaded)
    html = (
        environment()
        .get_template("report.html")
        .render(
            lang=language() if language() == "en" else "zh-CN",
            title=report.title,
            label={name: say(text) for name, text in LABELS.items()},
            css=Markup(read("base.css") + _header(report.title)),
            report=report.context(),
        )
    )
    return with_letters(html)


def with_letters(html: str) -> str:
    """A page with the Chinese letters that stand in it."""
    return html.replace("/*letters*/", font_face(html), 1)


def _header(title: str) -> str:
    """The running head and the page number of a printed page."""
    pages = css_string(say("page ")), css_string(say(" of "))
    font = 'font: 8pt "DejaVu Sans", "Fundfreeze Sans SC", sans-serif; color: #5b5b5b'
    number = f"content: {pages[0]} counter(page) {pages[1]} counter(pages)"
    return f"\n@page {{ @top-left {{ content: {css_string(title)}; {font} }} @bottom-right {{ {number}; {font} }} }}\n"


class _Report:
    """Everything that the page shows, as texts."""

    def __init__(self, review: Review, loaded: Loaded) -> None:
        self.review = review
        self.loaded = loaded
        self.exercise = loaded.exercise
        self.title = say("{title}: after-action report", title=words.told(loaded.exercise.title))

    def context(self) -> dict[str, Any]:
        """What the template fills in."""
        review, when = self.review, self.loaded.scenario.when
        opened, ended = when(review.opened), when(review.ended)
        return {
            "title": words.told(self.exercise.title),
            "question": words.told(self.exercise.question) if self.exercise.question else "",
            "span": say(
                "{date}, {start} to {end} of simulated time ({length}).", date=date(opened), start=clock(opened),
                end=clock(ended), length=duration(review.ended - review.opened),
            ),
            "finding": report_text.finding(review),
            "second": report_text.second_finding(review),
            "people": [self._person(one) for one in review.scores if one.kind == "seat"],
            "saved": [self._saved(one) for one in report_text.dearest(review)],
            "outcomes": self._outcomes(),
            "money": self._money(),
            "scores": [self._score(one) for one in review.scores],
            "injects": [self._inject(number, one) for number, one in enumerate(review.injects, 1)],
            "objectives": [self._objective(one) for one in self.exercise.objectives],
            "ratings": [{"letter": letter, "text": say(text)} for letter, text in RATINGS],
            "survey": [say(text) for text in SURVEY],
            "hot_wash": [*map(say, HOT_WASH), *(words.told(one.text) for one in self.exercise.debrief)],
            "decisions": [self._decided(one) for one in sorted(review.decisions, key=lambda one: one.at)],
            "timeline": [self._line(one) for one in review.timeline],
            "how": self._how(),
        }  # fmt: skip

    # -- people and scores ---------------------------------------------------------------------------------------

    def _person(self, one: Score) -> str:
        return say("{name} ({role})", name=one.name, role=words.role(self.exercise, one.role))

    def _score(self, one: Score) -> dict[str, Any]:
        return {
            "kind": one.kind,
            "who": report_text.scored(one),
            "role": words.role(self.exercise, one.role) if one.role else "",
            "points": f"{one.points:.0f}",
            "parts": [_points(part) for part in (one.recovered, one.injects, one.decisions)],
        }

    # -- decisions -----------------------------------------------------------------------------------------------

    def _saved(self, one: Decided) -> dict[str, str]:
        return {
            "money": money(one.fen_lost),
            "time": duration(report_text.whole_minutes(one.minutes_lost)),
            "text": report_text.counterfactual(self.loaded, one),
            "at": self._clock(one.at),
        }

    def _decided(self, one: Decided) -> dict[str, Any]:
        about_task = one.opened != NONE
        return {
            "at": self._clock(one.at),
            "since": self._since(one.at),
            "who": report_text.person(self.loaded, one),
            "what": report_text.decision(one),
            "note": one.note,
            "late": one.late,
            "waited": duration(one.waited) if about_task else "",
            "minutes": f"{one.minutes_lost:.1f}" if about_task else "",
            "money": money(one.fen_lost) if about_task else "",
        }

    # -- injects and objectives ----------------------------------------------------------------------------------

    def _inject(self, number: int, one: Injected) -> dict[str, Any]:
        return {
            "number": number,
            "at": self._clock(one.fired_at) if one.fired_at is not None else "",
            "to": words.roles(self.exercise, one.to),
            "text": report_text.told_of(self.loaded, one),
            "expected": report_text.expected(self.loaded, one),
            "actual": report_text.actual(self.loaded, one),
            "in_time": one.in_time,
        }

    def _objective(self, one: Objective) -> dict[str, Any]:
        tried = [made for made in self.review.injects if made.id in one.injects and made.in_time is not None]
        done = sum(bool(made.in_time) for made in tried)
        shown = say("{done} of {n} expected actions done in time.", done=done, n=len(tried)) if tried else ""
        return {"text": words.told(one.text), "shown": shown}

    # -- pictures ------------------------------------------------------------------------------------------------

    def _outcomes(self) -> dict[str, Any]:
        bars = report_text.outcomes(self.review)
        said = "; ".join(f"{label}: {money(fen)}" for label, fen, _ in bars)
        return {"bars": bars, "picture": _picture(outcomes_figure(bars, self.review.loss), "outcomes", said)}

    def _money(self) -> Markup:
        review = self.review
        moments = [Moment(one.at, one.loss, one.held, one.gone) for one in review.money]
        fired = [(number, one) for number, one in enumerate(review.injects, 1) if one.fired_at is not None]
        rows = {
            say("injects"): [
                Mark(one.fired_at, str(number), bad=one.in_time is False)
                for number, one in fired
                if one.fired_at is not None
            ]
        } if fired else {}  # fmt: skip
        for name in self.exercise.roles:
            mine = [Mark(one.at, bad=one.late) for one in review.decisions if one.role == name]
            if mine:
                rows[words.role(self.exercise, name)] = mine
        figure = money_figure(moments, rows, review.opened, review.ended, self.loaded.scenario.when)
        last = [one for one in moments if one.at <= review.ended][-1]
        said = say("At the close {held} was held, {gone} gone, of {loss} paid.", held=money(last.held),
                   gone=money(last.gone), loss=money(last.loss))  # fmt: skip
        return _picture(figure, "money", said)

    # -- times and the rest --------------------------------------------------------------------------------------

    def _line(self, one: Row) -> dict[str, Any]:
        return {"at": self._clock(one.at), "since": self._since(one.at), "kind": one.kind,
                "text": report_text.line(self.loaded, one), "note": one.note}  # fmt: skip

    def _clock(self, at: int) -> str:
        return clock(self.loaded.scenario.when(at))

    def _since(self, at: int) -> str:
        """Time since the opening: ``+12:05``."""
        minutes, seconds = divmod((at - self.review.opened) // SECOND, 60)
        return f"+{minutes}:{seconds:02d}"

    def _how(self) -> list[str]:
        review, exercise = self.review, self.exercise
        return [
            say(
                "Without this room: the same victims and the same luck, the default order of work and no decisions of"
                " people. Best policy: the best automatic order of work found, {name}. Ceiling: what permanent holds on"
                " every reachable account would have kept from the first reports on.",
                name=named(review.best.name, "policy"),
            ),
            say(
                "Money and minutes lost by a decision: the exercise played again with the same luck and the same"
                " decisions, this one taken at the moment when it came up. Such losses do not add up: one late decision"
                " can hide another."
            ),
            say(
                "Seed {seed}, replication {replication}, version {version}. The same journal gives the same report.",
                seed=exercise.seed, replication=exercise.replication, version=__version__,
            ),
        ]  # fmt: skip


def _points(part: float | None) -> str:
    return "" if part is None else f"{100 * part:.0f}"


def _picture(figure: Figure, name: str, label: str) -> Markup:
    return Markup(inline_svg(render(figure, "svg"), name, str(escape(label))))


@cache
def environment() -> Environment:
    """Templates of this package; whatever is filled in is escaped, and a missing value is an error."""
    return Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def read(name: str) -> str:
    """A file of the templates."""
    return files("sim.exercise").joinpath("templates", name).read_text(encoding="utf-8")
