"""How far off the model is in places that nothing was set for, and what that says of the next one."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from math import exp, isnan, log, nan

import numpy as np
import pytest

from sim.report.findings.proof_cells import elsewhere_range
from sim.report.findings.proof_csv import table_csv
from sim.report.findings.proofs import headline, next_place
from sim.study.ask.elsewhere import foretold, told
from sim.study.ask.proof import Proof, Row
from sim.study.ask.published import Figure, Source, check_kind, read_published, shipped
from sim.study.infer.discrepancy import Miss, around, mean_squares, middle, reach, without_model
from sim.study.run.errors import StudyError
from sim.words.language import using


def misses(apart: Sequence[Sequence[float]]) -> list[Miss]:
    """Numbers of some places, each so far (in logarithms) from the model's 10."""
    return [Miss(f"{number}", 10 * exp(one), 10, False) for number, each in enumerate(apart) for one in each]


def row(published: float, model: float, place: str | None, **changes: object) -> Row:
    """A figure of a place beside the model's."""
    figure = Figure(
        title="of a place", country="X", source=Source(title="a", publisher="b", date="c"), published=published,
        role="kept apart", kind="point", quantity="saved", place=place, run="one", metric="recovered", over="loss",
    ).model_copy(update=changes)  # fmt: skip
    return Row("one", figure, published, published, 0.01, model, (model, model), nan, 2, "outside", None)


def test_the_range_made_of_other_places_covers_nine_of_ten_of_them() -> None:
    """Places whose errors are normal about none, with any spread, each foretold from the five others."""
    luck = np.random.default_rng(1)
    inside = []
    for _ in range(400):
        found = misses(luck.normal(0, luck.uniform(0.1, 2), (6, 1)).tolist())
        squares = mean_squares(found)
        for one in found:
            half = reach(squares, besides=one.place)
            assert half is not None
            inside.append(abs(one.apart) <= half)
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_a_place_has_no_say_in_its_own_range_and_counts_once_with_many_figures() -> None:
    """Another error of its own moves nothing; ten figures of one place weigh as one."""
    one, other = (mean_squares(misses([[first], [0.5], [0.5], [0.5]])) for first in (0.1, 3.0))
    assert reach(one, besides="0") == reach(other, besides="0")
    assert reach(one) != reach(other)
    many = misses([[1.0] * 10, [0.0], [0.0], [0.0]])
    assert mean_squares(many) == {"0": pytest.approx(1.0), "1": 0.0, "2": 0.0, "3": 0.0}
    assert middle(many) == pytest.approx(0.25)


def test_who_knows_no_model_says_of_each_place_what_the_others_have() -> None:
    """Of two places each is as far off as they are apart; figures of one place are one voice."""
    assert without_model(misses([[0.0], [2.0]])) == pytest.approx(2.0)
    assert isnan(without_model(misses([[1.0, 2.0]])))
    assert without_model(misses([[0.0, 0.0, 0.0], [2.0]])) == pytest.approx(2.0)
    assert without_model(misses([[0.0], [0.0], [3.0]])) == pytest.approx(((1.5**2 * 2 + 3**2) / 3) ** 0.5)


def test_few_places_tell_nothing() -> None:
    """Three others are needed."""
    squares = mean_squares(misses([[1.0]] * 3))
    assert reach(squares) is not None
    assert reach(squares, besides="0") is None


def test_shares_stay_shares_and_numbers_stay_above_none() -> None:
    """The range of a share is one of odds, that of a number one of factors."""
    low, high = around(0.2, True, log(4))
    assert (low, high) == (pytest.approx(0.25 / 4 / (1 + 0.25 / 4)), pytest.approx(0.5))
    assert around(100, False, log(2)) == (pytest.approx(50), pytest.approx(200))
    assert all(0 < end < 1 for end in around(0.99, True, 5))


def test_only_what_nothing_was_used_of_tells_and_is_foretold() -> None:
    """Single cases and what was used count for nothing, nor does a number of nothing; one held against another world in
    direction only counts. A figure of the model's own place gets the range of a further one."""
    rows = [row(0.2 * factor, 0.2, f"{factor}") for factor in (0.7, 1.0, 1.3, 2.0)]
    own = row(0.18, 0.18, None, role="target")
    used = row(0.9, 0.2, "used", role="input")
    case = row(0.9, 0.2, "case", kind="case")
    none = row(0.0, 3.0, "none", quantity="on an account")
    rows[1] = row(0.2, 0.2, "1.0", kind="direction only")
    every = [*rows, own, used, case, none]
    found = [foretold(one, told(every)) for one in every]
    assert [one.elsewhere is not None for one in found] == [True] * 5 + [False] * 3
    assert [one.expected for one in found[:4]] == [True, True, True, False]
    assert found[4].expected is None
    (quantity,) = told(every)
    assert (len(quantity.squares), quantity.example) == (4, own)
    low, high = found[4].elsewhere or (nan, nan)
    assert low < 0.1
    assert high > 0.3
    assert "next place" in elsewhere_range(found[4])
    said = next_place(quantity)
    assert "4 places" in said
    assert f"its error is a factor of {exp(quantity.error):.2g}, that of the other places' mean" in said
    with using("zh"):
        assert "下一处" in elsewhere_range(found[4])
        assert "4 处" in next_place(quantity)
    few = [next_place(told(rows[:n])[0]) for n in (1, 2)]
    assert [one.partition(": ")[2] for one in few] == ["one place, too few to tell", "2 places, too few to tell"]


def test_the_first_line_says_how_many_other_places_are_within_the_errors_of_all_others() -> None:
    """Of those for which there are enough others; the figures of the model's own place are not among them."""
    rows = [row(0.2 * factor, 0.2, f"{factor}") for factor in (0.7, 1.0, 1.3, 2.0)] + [
        row(0.18, 0.18, None, role="target")
    ]
    found = [foretold(one, told(rows)) for one in rows]
    proof = Proof({"China": found}, told(rows), [], [], {}, [], 1)
    assert proof.foretold == (3, 4)
    assert "3 of 4 of other places are within the 90% range that the errors in all others give" in headline(proof)
    lines = list(csv.DictReader(io.StringIO(table_csv(proof))))
    assert [one["elsewhere_admits"] for one in lines] == ["yes", "yes", "yes", "no", ""]
    few = Proof({"China": rows[:1]}, [], [], [], {}, [], 1)
    assert few.foretold is None
    assert "of other places" not in headline(few)


def test_a_place_without_a_quantity_is_refused() -> None:
    """What it tells of has to be said."""
    figure = row(0.2, 0.2, "a").figure
    check_kind(figure, "figures.one")
    with pytest.raises(StudyError, match="a quantity beside the place"):
        check_kind(figure.model_copy(update={"quantity": None}), "figures.one")


NOT_USED = "310 of Guangzhou 2015, which the median leaves out"
"""A single case that is named, and to which nothing was set."""


def test_no_place_of_which_something_was_used_counts_as_another_place() -> None:
    """Whatever was an input or a target, or counted of the same events, was counted elsewhere than what is foretold."""
    figures = [one for name in shipped() for one in read_published(name).figures.values()]
    places = {one.place for one in figures if one.place}
    assert len(places) >= 18
    for one in figures:
        if one.role != "kept apart":
            said = f"{one.title} {one.source.title} {one.source.publisher}".replace(NOT_USED, "")
            assert not [place for place in places if place in said], said
