"""Pictures of an exercise: amounts and marks stand where they should, and no text leaves the picture."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from matplotlib.text import Text

from sim.report.figures import Figure, render
from sim.report.figures.exercise import Mark, Moment, money_figure, outcomes_figure
from sim.words import language as lang
from sim.words.units import HOUR, MINUTE, YUAN

OPENING = datetime(2025, 7, 11, 23, 30)
START, END = 10 * MINUTE, 70 * MINUTE


def when(at: int) -> datetime:
    return OPENING + timedelta(milliseconds=at - START)


def moments(scale: int = 1) -> list[Moment]:
    """A million yuan at a time: paid in two parts, some held, some gone, before, in and after the room."""
    told = [(0, 600, 0, 0), (20, 1000, 0, 100), (35, 1000, 300, 250), (60, 1000, 500, 500), (90, 1000, 400, 600)]
    return [Moment(at * MINUTE, *(scale * k * 1000 * YUAN for k in fen)) for at, *fen in told]


def texts(figure: Figure) -> list[str]:
    return [one.get_text() for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible()]


def outside(figure: Figure) -> list[str]:
    """Texts that leave the picture."""
    render(figure, "png")
    edges = figure.bbox
    boxes = ((one.get_text(), one.get_window_extent()) for one in figure.findobj(Text) if one.get_text().strip())
    return [
        text
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > edges.width + 1 or box.y1 > edges.height + 1
    ]


def test_the_layers_are_named_with_their_amounts_at_the_close() -> None:
    """Held, moving and gone are labelled with what they are when the room closes, not later."""
    shown = texts(money_figure(moments(), {}, START, END, when))
    for said in ("held or caught\n500,000 yuan", "moving or resting\n0 yuan", "gone\n500,000 yuan"):
        assert said in shown


def test_the_clock_runs_over_midnight() -> None:
    """Ticks have the time of day and the time since the opening."""
    shown = texts(money_figure(moments(), {}, START, END, when))
    assert "23:30\nopening" in shown
    assert "00:00\n+30 min" in shown
    assert "00:30\n+1 h" in shown


def test_injects_have_their_numbers_and_late_ones_another_colour() -> None:
    """Each inject stands at its minute with its number; what was not done is orange."""
    rows = {"injects": [Mark(START, "1"), Mark(START + 30 * MINUTE, "2", bad=True)], "Analyst": [Mark(START + MINUTE)]}
    figure = money_figure(moments(), rows, START, END, when)
    marks = {one.get_text(): one for one in figure.findobj(Text) if one.get_text() in ("1", "2")}
    assert [one.get_position()[0] for one in marks.values()] == [0, 30]
    patches = [one.get_bbox_patch() for one in marks.values()]
    assert patches[0] is not None
    assert patches[1] is not None
    assert patches[0].get_facecolor() != patches[1].get_facecolor()
    assert "Analyst" in texts(figure)


def test_injects_of_one_moment_stand_in_one_box() -> None:
    """No number is hidden behind another; one that was not done colours the box."""
    near = [Mark(START, "1"), Mark(START + MINUTE // 4, "2", bad=True), Mark(START + MINUTE // 2, "3")]
    rows = {"injects": [*near, Mark(START + 40 * MINUTE, "4")]}
    shown = texts(money_figure(moments(), rows, START, END, when))
    assert {"1, 2, 3", "4"} <= set(shown)


@pytest.mark.parametrize("scale", [1, 3, 7, 40, 5000])
def test_the_amounts_of_an_axis_do_not_run_into_each_other(scale: int) -> None:
    """Whatever was saved: between two labels there is room."""
    bars = [("this room", scale * 1_384_492 * YUAN, True), ("ceiling", scale * 2_301_615 * YUAN, False)]
    figure = outcomes_figure(bars, scale * 2_800_000 * YUAN)
    figure.draw_without_rendering()
    labels = [one.get_window_extent() for one in figure.axes[0].get_xticklabels()]
    assert len(labels) >= 2
    assert all(one.x1 + 4 < other.x0 for one, other in pairwise(labels))


@pytest.mark.parametrize("language", lang.LANGUAGES)
@pytest.mark.parametrize("scale", [0, 1, 5000])
def test_no_text_leaves_the_picture(language: lang.Language, scale: int) -> None:
    """Nothing, millions and billions fit, with long names of roles, in both languages."""
    with lang.using(language):
        rows = {"injects": [Mark(START, "1"), Mark(END, "12")], "Police dispatcher": [Mark(END, bad=True)]}
        assert outside(money_figure(moments(scale), rows, START, END, when)) == []
        amounts = [scale * k * 1000 * YUAN for k in (500, 480, 610, 900)]
        label = "best order of work found:\nfreshest first"
        bars = [(label if place == 2 else "this room", fen, place == 0) for place, fen in enumerate(amounts)]
        assert outside(outcomes_figure(bars, 1000 * scale * 1000 * YUAN)) == []


def test_outcomes_are_shown_with_their_share_of_what_was_at_stake() -> None:
    """Each bar has its amount and share; its length is the amount, on an axis from 0."""
    figure = outcomes_figure([("this room", 40_000 * YUAN, True), ("ceiling", 80_000 * YUAN, False)], 100_000 * YUAN)
    assert {"40,000 yuan (40%)", "80,000 yuan (80%)"} <= set(texts(figure))
    axes = figure.axes[0]
    assert [one.get_width() for one in axes.patches] == [40_000 * YUAN, 80_000 * YUAN]  # type: ignore[attr-defined]
    assert axes.get_xlim()[0] == 0


def test_a_picture_of_no_moment_is_refused() -> None:
    """Without a moment there is nothing to draw."""
    with pytest.raises(ValueError, match="needs a moment"):
        money_figure([], {}, 0, HOUR, when)
