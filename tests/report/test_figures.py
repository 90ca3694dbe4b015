from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.report.figures import Figure, latency_figure, render, spread_figure, timeline, two_sets_figure
from sim.report.figures.labels import Flag, Labels, hoist, spread
from sim.report.figures.style import BODY, DPI, head, new_figure, styled
from sim.report.findings.latency import finding
from sim.words import language as lang
from tests.measure.whole import whole


def _rows(shares: tuple[float, ...] = (0.6, 0.5, 0.3, 0.1), half: float = 0.02) -> list[dict[str, Any]]:
    return [
        {
            "stage": "all", "factor": 1, "added_min": added, "response_latency_min": 12 + added,
            "containment_min": 40 + added,
            "recovered_share": share, "low": share - half, "high": share + half, "recoverable_share": 0.8, "n": 50,
            "leak": {"intake": (1 - share) / 2, "own_cause": (1 - share) / 2},
        }
        for added, share in zip((0, 10, 60, 1440), shares, strict=True)
    ]  # fmt: skip


def test_a_latency_that_is_not_as_measured_is_said_on_the_axis() -> None:
    """Where the measured latency would fold back, the axis names the latency that was set, and why."""
    axes = latency_figure([row | {"as_set": row["added_min"] == 60} for row in _rows()]).axes[1]
    assert "as set" in axes.get_xlabel()
    assert "as set" not in latency_figure(_rows()).axes[1].get_xlabel()


def _samples(shift: float = 0.0) -> dict[str, list[float]]:
    spread = np.linspace(0.5, 1.5, 101) + shift
    return {
        "accounts_stopped": np.round(40 * spread).tolist(),
        "containment_time": (2400 * spread).tolist(),
        "recovered": (900_000 * spread).tolist(),
    }


_PRINTED = {"accounts_stopped": 32.0, "containment_time": 2100.0, "recovered": 900_000.0}
_POINT = [{"label": "printed: 56%", "recovered_share": 0.5625, "containment_min": 45}]


def _pictures(run: Run) -> dict[str, Callable[[], Figure]]:
    return {
        "timeline": lambda: timeline(run),
        "latency": lambda: latency_figure(_rows(), _POINT),
        "spread": lambda: spread_figure(_samples(), _PRINTED),
        "two sets": lambda: two_sets_figure(("one", _samples()), ("other", _samples(0.2)), _PRINTED),
    }


@pytest.mark.parametrize("name", ["timeline", "latency", "spread", "two sets"])
@pytest.mark.parametrize("form", ["svg", "png"])
def test_same_data_give_the_same_bytes(forest: Run, name: str, form: Any) -> None:
    """A picture drawn twice is the same file, byte for byte, and carries no date."""
    draw = _pictures(forest)[name]
    first = render(draw(), form)
    assert first == render(draw(), form)
    assert b"<dc:date>" not in first


def _texts(figure: Figure) -> list[Text]:
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()  # type: ignore[no-untyped-call] # matplotlib leaves it untyped
    return [t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_text().strip() and t.get_visible()]


@pytest.mark.parametrize("language", lang.LANGUAGES)
@pytest.mark.parametrize("name", ["timeline", "latency", "spread", "two sets"])
def test_no_text_meets_another_or_leaves_the_picture(forest: Run, name: str, language: lang.Language) -> None:
    """At 1200 pixels no two texts overlap, none is cut off, and no character is missing (that would be a warning)."""
    with lang.using(language):
        figure = _pictures(forest)[name]()
    wide, tall = figure.canvas.get_width_height()
    boxes = [(t.get_text(), t.get_window_extent().shrunk(0.96, 0.8)) for t in _texts(figure)]
    boxes = [(text, box) for text, box in boxes if box.width > 1]
    assert len(boxes) > 8
    for i, (text, box) in enumerate(boxes):
        assert 0 <= box.x0 < box.x1 <= wide, text
        assert 0 <= box.y0 < box.y1 <= tall, text
        for other, second in boxes[i + 1 :]:
            assert not box.overlaps(second), (text, other)


def test_titles_say_what_the_run_shows(caught: Run, too_late: Run, world: Callable[..., Run]) -> None:
    """The title of a timeline is computed from the run: caught, too late, or not reported."""
    silent = world(scam={"reports": 0.0})
    titles = [_texts(timeline(run)) for run in (caught, too_late, silent)]
    said = [" ".join(t.get_text() for t in texts) for texts in titles]
    assert "1 account stopped within 11 min of the report; all 10,000 yuan held" in said[0]
    assert "2 accounts stopped within 17 min of the report, all of them too late" in said[1]
    assert "Not reported: 10,000 yuan paid, nothing stopped" in said[2]


@styled
def _headed(title: str) -> Figure:
    """A picture of nothing but its title and what it says below."""
    figure = new_figure()
    head(figure, title, "what is drawn")
    figure.canvas.draw()
    return figure


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_long_title_stands_on_two_lines_and_is_read(language: lang.Language) -> None:
    """Two hundred columns are no smaller than the text below them, inside the picture."""
    with lang.using(language):
        title = "a long finding of many words " * 7 if language == "en" else "很长的结论" * 20
        figure = _headed(title.strip())
        first, second = figure.texts
        assert first.get_text().count("\n") == 1
        assert first.get_fontsize() >= BODY
        box, below = first.get_window_extent(), second.get_window_extent()
        assert box.y1 <= figure.bbox.y1
        assert box.x1 <= figure.bbox.x1
        assert box.y0 >= below.y1


def test_long_quiet_times_are_cut_out(world: Callable[..., Run]) -> None:
    """A victim who understands after six days does not squeeze the minutes that matter into nothing."""
    words = [t.get_text() for t in _texts(timeline(world(scam={"discovery": "6d"}, follow_up="30d")))]
    assert any(word.endswith(" pass") and " d " in word for word in words)


def test_latency_title_states_the_slope_or_that_none_is_seen() -> None:
    """The finding is the slope next to the base row where the intervals allow it, and else says so."""
    assert finding(_rows(), 160_000_000) == (
        "From 12 to 22 min, each minute of response latency costs 1.0% of the loss (16,000 yuan)"
    )
    assert finding(_rows((0.5, 0.49, 0.3, 0.1))).startswith("Recovered share falls from 50.0% at 12 min to 10.0%")
    assert "no effect" in finding(_rows((0.5, 0.49, 0.5, 0.51)))


def test_a_cheap_minute_keeps_two_digits() -> None:
    """Minutes times what one costs are what the points of the curve say, also where one costs little."""
    shares = (0.2, 0.19952, 0.18, 0.1)
    rows = [{**row, "change_low": share - 0.2001, "change_high": share - 0.1999}
            for row, share in zip(_rows(shares), shares, strict=True)]  # fmt: skip
    assert finding(rows) == "From 12 to 22 min, each minute of response latency costs 0.0048% of the loss"


def test_one_replication_draws_without_a_band() -> None:
    """A single replication has no interval: the picture is drawn, and claims nothing."""
    rows = [row | {"low": float("nan"), "high": float("nan"), "n": 1} for row in _rows()]
    words = [t.get_text() for t in _texts(latency_figure(rows))]
    assert "Within these intervals, no effect of response latency can be seen" in words


def test_pictures_without_data_are_refused() -> None:
    """A picture of nothing is an error, not an empty frame."""
    with pytest.raises(ValueError, match="at least one row"):
        latency_figure([])
    with pytest.raises(ValueError, match="a value for each"):
        spread_figure({"recovered": []})
    with pytest.raises(ValueError, match="different metrics"):
        two_sets_figure(("one", {"recovered": [1.0]}), ("other", {"loss": [1.0]}))


def test_hoisted_labels_never_cross() -> None:
    """Labels of lines that stand close together go to different rows, and no line runs through a text."""
    flags = [Flag(100, 80), Flag(110, 80), Flag(120, 80)]
    places = hoist(flags, 0, 1000)
    spans = [
        (f.place - f.width, f.place) if left else (f.place, f.place + f.width)
        for f, (left, _) in zip(flags, places, strict=True)
    ]
    for i, (start, end) in enumerate(spans):
        for j, other in enumerate(flags):
            if i != j and places[j][1] >= places[i][1]:
                assert not start < other.place < end


def test_spread_keeps_distance_and_bounds() -> None:
    """Crowded labels are moved apart, within their bounds."""
    places = spread([1.0, 1.1, 1.2, 9.9], 1.0, 0.0, 10.0)
    assert np.diff(places).min() >= 1.0 - 1e-9
    assert min(places) >= 0
    assert max(places) <= 10


def test_bystanders_and_saved_people_are_drawn_too() -> None:
    """A false alert and a victim kept from paying have no money to draw, and a title that says so."""
    run = simulate(whole(), 1)
    victims, loss = run.plan.victims, measure(run).loss
    for kind in range(1, 4):
        words = " ".join(t.get_text() for t in _texts(timeline(run, int(np.flatnonzero(victims.bystander == kind)[0]))))
        assert "A false alert: nobody robs this person" in words
    saved = int(np.flatnonzero((victims.bystander == 0) & (loss == 0))[0])
    assert "Nothing paid" in " ".join(t.get_text() for t in _texts(timeline(run, saved)))


def test_no_label_stands_on_the_tie_of_another() -> None:
    """Two points close to each other: the line from the first label to its point crosses no text of the second."""
    axes = Figure(figsize=(12, 8), dpi=DPI).add_axes((0, 0, 1, 1))
    axes.set_ylim(0, 1)
    for tall in (0.3, 0.5, 0.7):
        labels = Labels(axes, (1080.0, 308.0), np.linspace(0, 1080, 20))
        labels.avoid(np.full(20, tall - 0.08), np.full(20, tall + 0.08))
        labels.put("as the scenario is: 48.7% recovered, first stop at 12 min", 128, tall, "black")
        labels.put("Wuhan, 11 July 2025: 56% recovered", 98, tall + 0.03, "black")
        (along, up), box = labels.ties[0], labels.taken[1]
        inside = (box[0] < along) & (along < box[2]) & (box[1] < up) & (up < box[3])
        assert not inside.any()
