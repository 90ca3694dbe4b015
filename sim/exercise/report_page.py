"""The after-action report of an exercise as one self-contained page of HTML: nothing in it is fetched or run.

Its parts have the names of the field's doctrine (FEMA, Homeland Security Exercise and Evaluation Program, 2020):
objectives with their ratings, the MSEL (the list of injects), the hot wash, and the improvement plan of an AAR/IP.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from sim import __version__
from sim.exercise import objectives, otherwise, report_text, report_timeline, words
from sim.exercise.counterfactual import Counterfactual
from sim.exercise.decided import Decided
from sim.exercise.evaluation import LETTERS
from sim.exercise.models import Objective
from sim.exercise.report_labels import HOT_WASH, LABELS, RATINGS, SURVEY
from sim.exercise.review import Injected, Review, SeatScore
from sim.exercise.teams import TeamScore, teams
from sim.report.embedded import css_string, font_face, inline_svg
from sim.report.figures import Figure, render
from sim.report.figures.exercise import Mark, Moment, money_figure, outcomes_figure
from sim.scenario.models import Scenario
from sim.words.language import clock, exact_money, language, money, say
from sim.words.units import SECOND


def page(review: Review, scenario: Scenario) -> str:
    """The whole report in the language of this context.

    Args:
        scenario: that the exercise was played over, for its dates.

    Raises:
        ValueError: the review has no money curve.
    """
    report = _Report(review, scenario)
    title = say("After-action report: {title}", title=words.told(review.exercise.title))
    return fill("report.html", title, LABELS, report=report.context())


def fill(template: str, title: str, labels: Mapping[str, str], **values: Any) -> str:
    """A page of a template in the language of this context, with its style, its running head and its letters.

    Args:
        title: of the document; it is the running head of its printed pages, too.
        labels: fixed texts by their names in the template, in English.
    """
    html = environment().get_template(template).render(
        lang="zh-CN" if language() == "zh" else "en",
        title=title,
        css=Markup(read("base.css") + _running_head(title)),
        label={name: say(text) for name, text in labels.items()},
        **values,
    )  # fmt: skip
    return html.replace("/*letters*/", font_face(html), 1)


def _running_head(title: str) -> str:
    """The head and the page number of every printed page, as a rule of its style sheet."""
    font = 'font: 8pt "DejaVu Sans", "Fundfreeze Sans SC", sans-serif; color: #5b5b5b'
    before, between, after = say("page {number} of {count}", number="\0", count="\0").split("\0")
    number = f"{css_string(before)} counter(page) {css_string(between)} counter(pages) {css_string(after)}"
    boxes = f"@top-left {{ content: {css_string(title)}; {font} }} @bottom-right {{ content: {number}; {font} }}"
    return f"@page {{ {boxes} }}"


@cache
def environment() -> Environment:
    """Templates of this package; whatever is filled in is escaped, and a missing value is an error."""
    return Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def read(name: str) -> str:
    """A file of the templates."""
    return files("sim.exercise").joinpath("templates", name).read_text(encoding="utf-8")


class _Report:
    """Everything that the page shows, as texts."""

    def __init__(self, review: Review, scenario: Scenario) -> None:
        self.review = review
        self.exercise = review.exercise
        self.when = scenario.when

    def context(self) -> dict[str, Any]:
        """What the template fills in."""
        review, exercise = self.review, self.exercise
        opened, ended = self.when(review.starts), self.when(review.ends)
        return {
            "title": words.told(exercise.title),
            "question": words.told(exercise.question) if exercise.question else "",
            "span": words.span(exercise, opened, ended),
            "finding": report_text.finding(review),
            "second": report_text.second_finding(review),
            "people": [
                say("{name} ({role})", name=one.name, role=words.role(exercise, one.role)) for one in review.seats
            ],
            "saved": [self._saved(one) for one in review.counterfactuals],
            "lucky": otherwise.lucky(review),
            "outcomes": self._outcomes(),
            "money": self._money(),
            "late": say(report_text.LATE),
            "room": self._room(),
            "teams": [self._team(one) for one in teams(review)],
            "seats": [self._seat(one) for one in review.seats],
            "injects": [self._inject(one) for one in review.injects],
            "unfired": [
                {"number": review.numbers[one.id], "to": words.roles(exercise, one.to), "text": words.told(one.text)}
                for one in exercise.injects
                if one.id in review.unfired
            ],
            "objectives": [self._objective(one) for one in exercise.objectives],
            "notes": self._notes(""),
            "ratings": [{"letter": letter, "text": say(text)} for letter, text in RATINGS],
            "survey": [say(text) for text in SURVEY],
            "hot_wash": [*map(say, HOT_WASH), *(words.told(one.text) for one in exercise.debrief)],
            "timeline": self._timeline(),
            "how": self._how(),
        }  # fmt: skip

    # -- scores --------------------------------------------------------------------------------------------------

    def _room(self) -> list[dict[str, Any]]:
        scores, scoring = self.review.scores, self.exercise.scoring
        none = say(
            "done in time after injects: none asked anybody who sat there, so its weight is shared by the others"
        )
        parts = (
            (
                say("money, from nobody's deciding to the best play found"),
                scores.recovered_points,
                f"{scoring.recovered:g}",
            ),
            (
                say("done in time after injects") if scores.injects_points is not None else none,
                scores.injects_points,
                f"{scoring.injects:g}",
            ),
            (say("decisions that were not too late"), scores.decisions_points, f"{scoring.decisions:g}"),
            (say("total"), scores.total, ""),
        )
        return [
            {"part": part, "points": _points(points), "weight": weight if points is not None else ""}
            for part, points, weight in parts
        ]

    def _team(self, one: TeamScore) -> dict[str, str]:
        return {
            "who": words.role(self.exercise, one.role), "decisions": str(one.decisions), "missed": str(one.missed),
            **_losses(one), "dearest": self._dear(role=one.role),
        }  # fmt: skip

    def _seat(self, one: SeatScore) -> dict[str, str]:
        who = say("{name} ({role})", name=one.name, role=words.role(self.exercise, one.role))
        return {
            "who": who,
            "decisions": str(one.decisions),
            "missed": "",
            **_losses(one),
            "dearest": self._dear(seat=one.seat),
        }

    def _dear(self, *, role: str = "", seat: str = "") -> str:
        """What the dearest delay of a role or a seat cost: several do not add up."""
        mine = [one.fen_lost or 0 for one in self.review.decisions if (seat and one.seat == seat) or one.role == role]
        return money(max(mine)) if mine and max(mine) > 0 else ""

    # -- decisions -----------------------------------------------------------------------------------------------

    def _saved(self, one: Counterfactual) -> dict[str, str]:
        return {
            "money": otherwise.gain(one),
            "against": otherwise.against(one),
            "text": otherwise.all_of(self.review, one),
            "at": "" if one.decided is None else self._clock(one.decided.at),
        }

    # -- injects and objectives ----------------------------------------------------------------------------------

    def _inject(self, one: Injected) -> dict[str, Any]:
        return {
            "number": self.review.numbers[one.id],
            "at": self._clock(one.fired_at),
            "to": words.roles(self.exercise, one.to),
            "text": words.told(one.text),
            "expected": report_text.expected(self.exercise, one),
            "actual": report_text.actual(one),
            "failed": one.failed,
        }

    def _objective(self, one: Objective) -> dict[str, Any]:
        shown = objectives.told(one, next(it for it in self.review.objectives if it.id == one.id))
        ratings = self.review.ratings[one.id]
        return {
            "text": words.told(one.text), "shown": shown, "notes": self._notes(one.id),
            "ratings": [say(", ").join(ratings[letter]) for letter in LETTERS],
        }  # fmt: skip

    def _notes(self, objective: str) -> list[str]:
        """What evaluators wrote about an objective, or about none."""
        return [
            say("{time} {who}: {text}", time=self._clock(one.at), who=one.by, text=one.text)
            for one in self.review.notes if one.objective == objective
        ]  # fmt: skip

    # -- pictures ------------------------------------------------------------------------------------------------

    def _outcomes(self) -> Markup:
        bars = report_text.outcomes(self.review)
        said = say("; ").join(say("{label}: {money}", label=label, money=exact_money(fen)) for label, fen, _ in bars)
        return _picture(outcomes_figure(bars, report_text.at_stake(self.review)), "outcomes", said)

    def _money(self) -> dict[str, Any]:
        review = self.review
        moments = [Moment(one.at, one.loss, one.held, one.gone) for one in review.money]
        rows = {}
        if review.injects:
            rows[say("injects")] = [
                Mark(one.fired_at, review.numbers[one.id], bad=one.failed) for one in review.injects
            ]
        for name in self.exercise.roles:
            mine = [Mark(one.at, bad=one.late) for one in review.decisions if one.role == name]
            if mine:
                rows[words.role(self.exercise, name)] = mine
        figure = money_figure(moments, rows, review.starts, review.ends, self.when)
        last = [one for one in moments if one.at <= review.ends][-1]
        said = say("At the close {held} was held, {gone} gone, of {loss} paid.", held=money(last.held),
                   gone=money(last.gone), loss=money(last.loss))  # fmt: skip
        return {"finding": said, "picture": _picture(figure, "money", said)}

    # -- times and the rest --------------------------------------------------------------------------------------

    def _timeline(self) -> list[dict[str, Any]]:
        """All that happened, decisions with what each cost."""
        review = self.review
        return [
            {
                "at": self._clock(at), "since": self._since(at), "kind": say(report_timeline.KINDS[kind]),
                "text": report_timeline.row(review, one), **(_costs(one) if isinstance(one, Decided) else NO_COSTS),
            }
            for at, kind, one in report_timeline.timeline(review)
        ]  # fmt: skip

    def _clock(self, at: int) -> str:
        return clock(self.when(at))

    def _since(self, at: int) -> str:
        """Time since the opening: ``+12:05``."""
        minutes, seconds = divmod((at - self.review.starts) // SECOND, 60)
        return f"+{minutes}:{seconds:02d}"

    def _how(self) -> list[str]:
        exercise, left_out = self.exercise, self.review.left_out
        few = say("Not played again: the {n} decisions with the least money and waiting.", n=left_out)
        return [
            say(
                "Saved is what came back, and what victims were kept from paying. Nobody decides: the same victims, the"
                " same luck and the same people at the seats, and each decision waits for its deadline. The model"
                " alone: nobody sits there, and each desk takes its tasks at once in its usual order. Best play found:"
                " the most that automatic players at the seats or any order of work of the model alone brings. Ceiling:"
                " what permanent holds on every reachable account would have kept from the first reports on."
            ),
            say(report_text.COSTS),
            say(report_text.SCALE),
            say(report_text.COUNTED),
            *([few] if left_out else []),
            say(
                "Scenario {scenario}, seed {seed}, replication {replication}, version {version}: the same journal gives"
                " the same report.", scenario=self.review.scenario, seed=exercise.seed,
                replication=exercise.replication, version=__version__,
            ),
        ]  # fmt: skip


NO_COSTS: Final = {"note": "", "bad": False, "waited": "", "minutes": "", "money": ""}


def _costs(one: Decided) -> dict[str, Any]:
    """The cells of a decision about what it cost; empty where it could not wait, or was not played again."""
    waits = one.waited > 0
    return {
        "note": one.note,
        "bad": one.late,
        "waited": report_text.whole_seconds(one.waited),
        "minutes": f"{one.minutes_lost:.1f}" if waits and one.minutes_lost is not None else "",
        "money": money(one.fen_lost) if waits and one.fen_lost is not None else "",
    }


def _losses(one: TeamScore | SeatScore) -> dict[str, str]:
    return {
        "late": str(one.late),
        "minutes": f"{one.minutes_lost:.1f}",
        "done": report_text.done_of(one.done, one.answered_late, one.expected),
        "points": _points(one.points),
    }


def _points(points: float | None) -> str:
    """Points out of 100; empty where there was nothing to do."""
    return "" if points is None else f"{points:.0f}"


def _picture(figure: Figure, name: str, label: str) -> Markup:
    return Markup(inline_svg(render(figure, "svg"), name, str(escape(label))))
