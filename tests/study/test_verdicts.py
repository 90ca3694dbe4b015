"""Verdicts of `prove`: tolerances that are true by their own arithmetic, bounds, single cases, targets left out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from math import inf, nan, sqrt

import pytest
from matplotlib.colors import to_hex

from sim.report.figures.prove import published_figure
from sim.report.findings.proof_cells import left_out, tolerances, verdict, written
from sim.report.findings.proof_csv import table_csv
from sim.report.findings.proofs import ROLES, counted, markdown
from sim.report.publish.proofs import _mark
from sim.study.ask.left_out import LeftOut
from sim.study.ask.proof import Proof, Row
from sim.study.ask.published import Figure, Source, asked_of, bounds, read_published, shipped
from sim.study.ask.verdicts import verdict as judged
from sim.study.run.errors import StudyError
from sim.words.colours import RESTING

SOURCE = Source(title="one", publisher="two", date="2026")
FIGURES = [
    (name, figure, figure.why) for file in shipped() for name, figure in read_published(file).figures.items()
    if figure.why is not None
]  # fmt: skip


def figure(**changes: object) -> Figure:
    """A figure of which only what matters is told."""
    told: Mapping[str, object] = {
        "title": "one", "country": "China", "source": SOURCE, "published": 0.2, "role": "target", "kind": "point",
        "run": "city", "metric": "recovered", "over": "loss",
    }  # fmt: skip
    return Figure.model_validate({**told, **changes})


def row(one: Figure, model: float, interval: tuple[float, float] = (0.0, 0.0), other: LeftOut | None = None) -> Row:
    """A figure beside a model's."""
    low, high, tolerance = bounds(one)
    said = judged(one, low - tolerance, high + tolerance, model, interval)
    return Row("one", one, low, high, tolerance, model, interval, nan, 2, said, other)


def _of(words: str) -> float:
    return float(words.replace(",", ""))


def _chance(share: float, n: float) -> float:
    return 2 * sqrt(share * (1 - share) / n)


def test_a_tolerance_is_no_wider_than_the_arithmetic_of_its_reason() -> None:
    """Chance errors of counts and of sums, a third of a figure: computed again, a tenth for rounding."""
    known = 0
    for name, one, why in FIGURES:
        low, high, tolerance = bounds(one)
        share, most = (low + high) / 2, None
        if count := re.fullmatch(r"twice the chance error of ([\d,]+) of ([\d,]+)", why):
            of, n = map(_of, count.groups())
            assert share == pytest.approx(of / n, abs=0.006), name
            most = _chance(of / n, n)
        elif cases := re.fullmatch(r"twice the chance error of ([\d,]+) cases", why):
            most = _chance(share, _of(cases[1]))
        elif sums := re.match(r"twice the chance error of (?:the sums on )?([\d,]+) (?:sums|losses|accounts),", why):
            most = 3 * share / sqrt(_of(sums[1])) if "standard deviation is 1.5 times" in why else None
        elif why.startswith("a third of it"):
            most = share / 3
        elif why == "printed in whole percent":
            most = 0.005
        elif why == "printed in whole minutes":
            most = 30.0
        if most is not None:
            known += 1
            assert tolerance <= 1.1 * most, (name, tolerance, most)
    assert known >= 25


def test_no_reason_for_a_tolerance_speaks_of_the_model() -> None:
    """What the model comes to is no reason to let it in."""
    assert [(name, why) for name, _, why in FIGURES if re.search(r"\b(ours|model|set so|set with)\b", why)] == []


def test_what_holds_by_construction_is_an_input() -> None:
    """A figure whose note says so, or that it was set with it in view, is not called told by the same data."""
    figures = [one for file in shipped() for one in read_published(file).figures.values()]
    made = [one for one in figures if re.search(r"by construction|set with it in view", one.note or "")]
    assert len(made) >= 10
    assert {one.role for one in made} == {"input"}


def test_a_bound_has_one_open_end() -> None:
    """It is read, written and kept as one; two open ends are refused."""
    least, most = figure(published=[None, "35m"], over=None, metric="containment_time"), figure(published=[0.85, None])
    assert bounds(least) == (-inf, 2100, 0)
    assert bounds(most) == (0.85, inf, 0)
    assert written(row(least, 3000.0), -inf, 2100) == "35 min or less"
    assert written(row(most, 0.9), 0.85, inf) == "85% or more"
    assert [row(most, model).verdict for model in (0.8, 0.9)] == ["outside", "inside"]
    lines = list(csv.DictReader(io.StringIO(table_csv(Proof({"China": [row(most, 0.9)]}, [], [], [], {}, [], 1)))))
    assert (lines[0]["published_low"], lines[0]["published_high"]) == ("0.85", "")
    with pytest.raises(StudyError, match="two open ends"):
        bounds(figure(published=[None, None]))


@pytest.mark.parametrize(
    ("plays", "said"),
    [((10.0, 30.0), "inside"), ((20.0, 90.0), "says little"), ((36.0, 90.0), "outside")],
)
def test_a_bound_that_cuts_through_the_plays_of_a_case_says_little(plays: tuple[float, float], said: str) -> None:
    """A single case within 35 neither confirms nor contradicts a model of which some plays are and some are not."""
    assert judged(figure(kind="case", published=[None, 35]), -inf, 35, 50, plays) == said


def test_wuhans_last_stop_and_money_say_little() -> None:
    """As the model has them: 17 to 328 minutes, and most of what could come back."""
    figures = read_published("china").figures
    stop, money = figures["wuhan-last-stop"], figures["wuhan-recovered"]
    assert judged(stop, *bounds(stop)[:2], 3017, (1001, 19703)) == "says little"
    assert judged(money, 850e3, 950e3, 880e3, (105e3, 1426e3)) == "says little"
    assert "so in" in verdict(row(stop, 3017, (1001, 19703)))


def test_a_target_left_out_has_a_verdict() -> None:
    """What the others lead to is judged as the model is: in the cell, in the table and in a sentence of its own."""
    missed, met = (LeftOut("one", 0.2, middle, 0.1, 0.5) for middle in (0.32, 0.21))
    one = figure(tolerance=0.05, why="why")
    rows = [row(one, 0.2, other=other) for other in (missed, met, None)]
    assert [each.left_out_verdict for each in rows] == ["outside", "inside", None]
    assert [left_out(each) for each in rows] == ["32%: outside", "21%: inside", ""]
    case = figure(kind="case", most=0.5)
    assert row(case, 0.2, (0.0, 0.5), met).left_out_verdict == "says little"  # nor is it told by a narrower range
    proof = Proof({"China": rows}, [], [], [], {}, [], 1)
    lines = list(csv.DictReader(io.StringIO(table_csv(proof))))
    assert [each["left_out_verdict"] for each in lines] == ["outside", "inside", ""]
    told = "Left out in turn and foretold from the others, 1 of 2 targets lie inside."
    assert f"\n{told} Outside: one." in markdown(proof)


def test_the_report_says_what_a_figures_note_says() -> None:
    """By construction, not printed, selected: whoever reads the table reads that, too."""
    proof = Proof({"China": [row(figure(note="by construction: given"), 0.2)]}, [], [], [], {}, [], 1)
    assert "| by construction: given |" in markdown(proof)


def test_the_picture_has_a_key_and_heads_and_grey_means_one_thing() -> None:
    """Each verdict and shape that is drawn is explained once; grey is what is published and nothing else."""
    rows = [
        row(figure(), 0.2), row(figure(), 0.9), row(figure(kind="direction only"), 0.2),
        row(figure(kind="case", most=1), 0.2, (0.0, 1.0)), row(figure(published=[0.1, None]), 0.2),
    ]  # fmt: skip
    drawn = [_mark("China", one) for one in rows]
    verdicts = [(one, f"model: {one}") for one in ("inside", "outside", "says little", "direction only")]
    picture = published_figure(drawn, "A title", "What it is", verdicts, ("published", "model", "role"))
    [axes] = picture.axes
    key = [text.get_text() for text in picture.legends[0].get_texts()]
    assert key == [
        "published, with its tolerance (as 1)", *(words for _, words in verdicts),
        "a single case: median and middle 90% of its plays", "further off than is drawn",
    ]  # fmt: skip
    assert {"published", "model", "role"} <= {text.get_text() for text in axes.texts}
    grey = [line for line in axes.lines if to_hex(line.get_color()).upper() == RESTING]
    assert len(grey) == len(rows)
    assert {to_hex(line.get_color()) for line in axes.lines if line.get_marker() not in ("None", None, "")} == {
        "#0072b2", "#d55e00", "#cc79a7", "#009e73",
    }  # fmt: skip
    assert set(ROLES) >= {one.role for one in drawn}


def test_a_target_is_told_as_asked_beside_what_its_print_leaves_open() -> None:
    """Outside by chance and rounding alone, and within what is asked: both are said."""
    one = figure(tolerance=0.02, why="chance", asked=0.05, asked_why="as asked")
    near, far, inside = (row(one, model) for model in (0.24, 0.26, 0.21))
    assert [each.verdict for each in (near, far, inside)] == ["outside", "outside", "inside"]
    assert [each.as_asked for each in (near, far, inside)] == [True, False, True]
    assert verdict(near) == "outside, and within what is asked"
    assert (verdict(far), verdict(inside)) == ("outside", "inside")
    assert tolerances(near) == "± 2% (chance); asked: ± 5% (as asked)"
    assert row(figure(role="kept apart"), 0.2).as_asked is None
    told = counted({"target": (1, 3), "input": (0, 0), "same data": (0, 0), "kept apart": (0, 0)}, as_asked=2)
    assert told == ["of those that were used, 1 of 3 targets (2 within what is asked of them) lie inside"]
    for wrong in ({"asked": 0.02, "asked_why": "x"}, {"asked": 0.05}):
        with pytest.raises(StudyError, match="more than the tolerance"):
            asked_of(figure(tolerance=0.02, why="chance", **wrong), "here")
