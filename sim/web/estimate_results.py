"""What the live page shows of an answer: figures, the diagnosis and pictures, drawn again as they sharpen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from sim.report.findings import diagnosis as diagnosed
from sim.report.findings import estimate as said
from sim.report.findings import levers, text
from sim.report.findings.waterfall import waterfall_finding
from sim.study.ask.diagnose import Diagnosis
from sim.study.run.metric_names import MONEY
from sim.web.estimate_charts import (
    Shown,
    curve_options,
    desks_of,
    height_of_week,
    way_options,
    week_options,
)
from sim.web.estimating import Answer, Viewer
from sim.web.parts import Field, Tag, box, details, heading, para, table
from sim.words import language as lang
from sim.words import names
from sim.words.language import capital, say, translate


class Results:
    """What came of it, drawn again as it sharpens; only what has changed is sent."""

    def __init__(self, viewer: Viewer) -> None:
        self._last = Answer()
        self._bound: Diagnosis | None = None
        """Of which is shown what can be changed."""
        self.viewer = viewer
        with box("panel now", "section"):
            heading(2, say("What comes back, and what it costs"))
            self._state = Tag("p", say("The first estimate is being made."), "state", role="status")
            self._finding = Tag("p", "", "finding")
            self._figures = box("cards", "dl")
            self._note = para("", "quiet")
            self._diagnosis = Tag("p", "", "finding binds", aria_live="polite")
            self._levers = box()
            self._mistake = Tag("p", "", "mistake", role="alert")

    def pictures(self) -> None:
        """Make room for the pictures."""
        with box("stack pictures"):
            with box("charts"):
                self.curve = Chart(say("The sooner, the more"), 300)
                self.way = Chart(say("Where the money goes"), 380)
            self.week = WeekChart()

    def stale(self) -> None:
        """Say that what is shown is of what was asked before."""
        self._state.set_text(say("A new estimate is being made."))
        self._state.mark_as("settled", False)

    def refused(self) -> None:
        """Say that what was changed last is not estimated."""
        self._state.set_text(say("What was changed last is not estimated: a value of it cannot be used."))
        self._state.mark_as("settled", False)

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        last, self._last = self._last, answer
        self._mistake.set_text(say("This cannot be estimated: {what}", what=translate(answer.mistake))
                               if answer.mistake else "")  # fmt: skip
        if answer.estimate is not None and answer.estimate is not last.estimate:
            estimate = answer.estimate
            self._state.set_text(said.precision(estimate).capitalize())
            self._state.mark_as("settled", estimate.settled)
            self._finding.set_text(said.in_short(estimate))
            figures = said.figures(estimate, apart=answer.apart)
            self._cards(figures)
            money = any(one.metric in MONEY for one in figures)
            note = text.not_counted([say("what is set now")] if answer.at_banks else []) if money else ""
            notes = [note] if note else []
            if answer.apart:
                notes.append(say("other victims are robbed than before, so no change of an amount is told"))
            self._note.set_text("".join(capital(one) + say(".") + " " for one in notes).strip())
            if estimate.of("recovered_share").n:
                rows = [(said.step_label(one), said.step_value(one)) for one in said.shortened(estimate.way)]
                self.way.show(
                    way_options(estimate.way), waterfall_finding(estimate.way) + say("."),
                    (say("cause"), say("share of the loss")), rows,
                )  # fmt: skip
        if answer.curve and (answer.curve is not last.curve or answer.estimate is not last.estimate):
            drawn = said.anchored(answer.curve, answer.estimate)
            times = [(f"{row.factor:g}", f"{row.response_latency_min:.1f}", said.share_words(row)) for row in drawn]
            head = (
                say("times of the response, as a multiple"), say("min from report to first stop"), say("recovered, %"),
            )  # fmt: skip
            self.curve.show(
                curve_options(drawn, answer.estimate), said.curve_finding(drawn, answer.estimate), head, times
            )
        if answer.week is not None and answer.week is not last.week:
            self.week.show(answer.week.desks)
        self._diagnose(answer)

    def _diagnose(self, answer: Answer) -> None:
        if answer.diagnosis is not self._bound:
            self._bound = answer.diagnosis
            self._levers.clear()
            with self._levers:
                for one in levers.changeable(answer.diagnosis) if answer.diagnosis else []:
                    para(one)
        if answer.diagnosis is not None:
            self._diagnosis.set_text(diagnosed.finding_so_far(answer.diagnosis, answer.pairs))
        elif answer.estimate is not None:
            self._diagnosis.set_text(say("What binds is looked for once the estimate is settled."))
        self._diagnosis.mark_as("quiet", answer.diagnosis is None)

    def _cards(self, figures: Sequence[said.Figure]) -> None:
        self._figures.clear()
        with self._figures:
            for one in figures:
                with box("card"):
                    Tag("dt", one.label)
                    Tag("dd", one.value, "value")
                    if one.interval:
                        Tag("dd", one.interval, "quiet")
                    if one.change:
                        Tag("dd", one.change, {"better": "tag good", "worse": "tag bad"}.get(one.verdict, "tag"))


class Chart:
    """A picture with its finding above it, and its numbers as a table for whoever does not see it."""

    def __init__(self, title: str, height: int) -> None:
        self.height = height
        with box("panel", "section") as self.box:
            heading(2, title)
            self._finding = para(say("Being made."), "quiet")
            self.tools = box("row")
            self.place = box("chart", role="img", aria_label=title)
            with details(say("As a table")):
                self._table = box()
        self._chart: ui.echart | None = None
        self._title = title

    def show(
        self, options: dict[str, Any], finding: str, head: Sequence[str], rows: Sequence[Sequence[str]],
        height: int | None = None,
    ) -> None:  # fmt: skip
        """Draw, and say."""
        self._finding.set_text(finding)
        self.place.set(aria_label=finding)
        if self._chart is None:
            with self.place:
                self._chart = ui.echart(options, renderer="svg")
        else:
            self._chart.options.clear()
            self._chart.options.update(options)
            self._chart.update()
        self._chart.style(f"height: {height or self.height}px; width: 100%")
        self._table.clear()
        with self._table:
            table(head, rows, self._title)


class WeekChart:
    """The picture of a week, of which one chooses what it shows."""

    def __init__(self) -> None:
        self._weeks: Sequence[Any] = ()
        self._shown: Shown = "load"
        self._chart = Chart(say("A week, hour by hour"), 300)
        with self._chart.tools:
            self._choice = Field(
                say("Show"), "load",
                options=[
                    ("load", say("how busy people are")), ("wait", say("how long is waited")),
                    ("heads", say("how many people are there")),
                ],
                on_change=self._choose,
            )  # fmt: skip

    def _choose(self, shown: str) -> None:
        self._shown = shown  # type: ignore[assignment]
        if self._weeks:
            self.show(self._weeks)

    def show(self, weeks: Sequence[Any]) -> None:
        """Draw a week."""
        self._weeks = weeks
        rows = [
            (names.desk(one.desk), f"{max(one.heads):.0f}", lang.percent(one.busiest), f"{one.mean_wait / 60:.1f}")
            for one in desks_of(weeks)
        ]  # fmt: skip
        head = (say("desk"), say("most people"), say("busiest hour"), say("mean wait, min"))
        self._chart.show(week_options(weeks, self._shown), said.week_finding(weeks), head, rows, height_of_week(weeks))
