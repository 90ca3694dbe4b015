"""What an exercise is worth, its seeds ranked, and the promises of the shipped ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from sim.exercise.branch import outcome_of
from sim.exercise.load import load_exercise
from sim.exercise.merit import CLEAR, MARGIN, MOST_IDLE, SLIGHT, TRIES, Merit, merit_of, quiet_share, styles_of
from sim.exercise.players import dry_run
from sim.exercise.score import scores_of
from sim.exercise.seeds import WANTED, Held, held, merits, ranked
from sim.exercise.shipped import names
from sim.exercise.yardsticks import saved
from sim.measure.metrics import measure
from sim.words.units import MINUTE
from tests.exercise.test_review import by_hand


@cache
def merit(name: str) -> Merit:
    """A shipped exercise with the seed of its file."""
    return merit_of(load_exercise(name))


@pytest.mark.parametrize("name", names())
def test_a_shipped_exercise_is_fit_to_be_played(name: str) -> None:
    """Good play clearly beats nobody's deciding, careless play does not, injects are met, nobody sits idle."""
    one = merit(name)
    assert one.nobody == 0
    assert one.good >= CLEAR + MARGIN
    assert one.careless <= SLIGHT
    assert one.unmet == ()
    assert one.most_idle <= MOST_IDLE
    assert one.accepted


@pytest.mark.parametrize("name", names())
def test_closing_at_once_scores_nothing(name: str) -> None:
    """A room that is closed when it opens has no score at all."""
    session = dry_run(load_exercise(name), until=0)
    scores = scores_of(session, session.run(), None)
    assert (scores.total, scores.recovered_points, scores.unscored) == (None, None, "early")


def test_where_nothing_can_be_decided_no_seed_is_accepted() -> None:
    """A room whose only desk has no time to decide: good play is worth what nobody's deciding is."""
    clerk = {"title": "Clerk", "desks": ["desk"], "sees": ["cases"], "may": ["take", "message"], "deadline": 0}
    one = merit_of(by_hand(roles={"clerk": clerk}))
    assert one.good - one.nobody < CLEAR
    assert not one.accepted


def test_a_seed_is_not_accepted_by_luck() -> None:
    """What is held to 5 points must show 3.5, and no try may come half as far as good play."""
    good = Merit(1, 90.0, 60.0, 3.5, 0.0, 0, 100, 1000, (), {"a": 0.1}, luckiest=45.0)
    assert good.accepted
    for other in (replace(good, careless=3.6), replace(good, luckiest=45.1), replace(good, good=24.9, luckiest=0.0)):
        assert other.matters
        assert not other.accepted


def test_careless_play_is_tried_anew() -> None:
    """Other tries press other buttons: what accepted a seed is not what it is held to."""
    loaded = load_exercise("wuhan-35min")
    tries = [dry_run(loaded, style="careless", luck=number).decisions for number in (0, TRIES)]
    assert tries[0] != tries[1]


def test_seeds_are_ranked_by_what_they_show() -> None:
    """Accepted before others, then by how far good play and careless play are apart."""
    good = Merit(1, 90.0, 60.0, 2.0, 0.0, 0, 100, 1000, (), {"a": 0.1})
    better, unmet = replace(good, seed=2, good=95.0), replace(good, seed=3, good=99.0, unmet=("ask",))
    idle, dull = replace(good, seed=4, idle={"a": 0.5}), replace(good, seed=5, good=10.0)
    assert [one.seed for one in ranked([dull, idle, unmet, good, better])] == [2, 1, 3, 4, 5]


def test_an_exercise_is_held_to_each_promise() -> None:
    """It holds with all of them kept, and breaks with any one broken."""
    good = Merit(1, 90.0, 60.0, 2.0, 0.0, 0, 100, 1000, (), {"a": 0.1})
    kept = Held("x", 3, [good, good], [1.0, 6.0], True, None)
    assert kept.holds(2)
    for broken in (
        replace(kept, accepted=[good]), replace(kept, careless_again=[6.0, 6.0]), replace(kept, closed_at_once=0.0),
        replace(kept, accepted=[good, replace(good, good=14.0)]), replace(kept, own_holds=False),
        replace(kept, accepted=[good, replace(good, idle={"a": 0.4})]),
    ):  # fmt: skip
        assert not broken.holds(2)


def test_idle_is_what_lies_behind_the_last_moment() -> None:
    """In 90 minutes at the speed of life, with something at minutes 10 and 50: 8, 38 and 38 minutes are quiet."""
    exercise = by_hand().exercise
    assert quiet_share([10 * MINUTE, 50 * MINUTE], exercise) == pytest.approx((8 + 38 + 38) / 90)
    assert quiet_share(list(range(0, 90 * MINUTE, MINUTE)), exercise) == 0


def test_the_first_accepted_seeds_are_taken() -> None:
    """From the file's own seed on, each one accepted; the same whoever shares the work."""
    loaded = load_exercise("wuhan-35min")
    found = held(loaded, wanted=2)
    assert len(found.accepted) == 2
    assert found.accepted[0].seed == loaded.exercise.seed
    assert all(one.accepted for one in found.accepted)
    assert len(found.careless_again) == 2
    others = (one.seed for one in found.accepted[1:])
    assert [merit("wuhan-35min"), *merits(loaded, others)] == found.accepted


@pytest.mark.long
@pytest.mark.parametrize("name", names())
def test_a_shipped_exercise_holds_over_the_seeds_that_the_finder_accepts(name: str) -> None:
    """Over 20 seeds good play beats nobody's deciding by 15 points, careless play in new tries by 5 at most."""
    found = held(load_exercise(name))
    assert len(found.accepted) == WANTED
    assert found.lead >= CLEAR
    assert found.careless <= SLIGHT
    assert found.idle <= MOST_IDLE
    assert found.closed_at_once is None
    assert found.holds()


def test_rooms_are_held_against_each_other_by_what_the_score_counts() -> None:
    """Where victims are kept from paying, less comes back although more is saved: good play stood below nobody's."""
    good, nobody = (dry_run(load_exercise("keeps-paying"), style=style) for style in ("good", "nobody"))
    assert measure(good.run()).metrics["recovered"] < measure(nobody.run()).metrics["recovered"]
    assert outcome_of(good).saved > outcome_of(nobody).saved
    assert outcome_of(good).saved == saved(good.run())


def test_who_presses_any_button_at_once_is_told_apart_from_who_wakes_late() -> None:
    """Quick and thoughtless: it presses where careless play still sleeps, and is worth less than good play."""
    loaded = load_exercise("wuhan-35min")
    quick, late = (
        dry_run(loaded, style=style, until=20 * MINUTE, play_on=False) for style in ("thoughtless", "careless")
    )
    assert len(quick.decisions) > len(late.decisions)
    one = merit_of(loaded, tries=1)
    assert one.careless < one.thoughtless < one.good
    assert dict(styles_of(one))["thoughtless"] == one.thoughtless
