"""What the debriefing page and the facilitator's board say of a session is what its review says."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from sim.exercise import otherwise, report_text
from sim.exercise.load import Loaded
from sim.exercise.session import Session
from sim.web.after import summary_of
from sim.web.board_injects import _InjectRow
from sim.web.evaluator import _Sheet
from sim.words import language as lang
from sim.words.units import YUAN
from tests.exercise.plays import reviewed
from tests.exercise.test_injects import answered, asked

pytestmark = pytest.mark.xdist_group("played")  # one worker plays and reviews the room, for all that read of it


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_the_debriefing_has_the_three_counterfactuals(language: lang.Language) -> None:
    """With how much more each would have saved, what it is, and the one meaning of late."""
    found = reviewed()
    with lang.using(language):
        said = summary_of(found)
        told = [otherwise.all_of(found, one) for one in found.counterfactuals]
        assert [text for _, text in said["otherwise"]] == told
        assert [head.startswith(otherwise.gain(one)) for (head, _), one in zip(
            said["otherwise"], found.counterfactuals, strict=True)] == [True] * 3  # fmt: skip
        assert said["late"] == lang.say(report_text.LATE)


def test_an_amount_of_the_debriefing_is_one_amount() -> None:
    """To the yuan in both languages: the ceiling was 138.4492 and 138.45 ten thousand yuan on one page."""
    found = reviewed()
    scores = replace(found.scores, ceiling=1_384_492 * YUAN)
    with lang.using("zh"):
        said = summary_of(replace(found, scores=scores))
    assert [amount for _, amount in said["outcomes"]].count("138.4492 万元") == 1
    assert "138.45" not in str(said)


def _on_the_board(loaded: Loaded, *said: tuple[str, int]) -> str:
    session: Session = answered(loaded, *said)[0]
    (status,) = session.injects
    row: Any = SimpleNamespace(_start=session.scenario.when(0), _session=session, _status=status)
    return _InjectRow._answered(row, session.view("facilitator")["injects"][0])


def _to_an_evaluator(loaded: Loaded, *said: tuple[str, int]) -> str:
    session: Session = answered(loaded, *said)[0]
    sheet: Any = SimpleNamespace(_start=session.scenario.when(0), _session=session)
    return _Sheet._done(sheet, session.view("facilitator")["injects"][0])


def test_the_board_says_which_answer_came_late() -> None:
    """In time it is done; after the deadline it is answered late, or too late, as trainees read, on either page."""
    assert _on_the_board(asked(), ("a", 4)).startswith("Done by An at ")
    assert _on_the_board(asked(), ("a", 9)).startswith("Answered late by An at ")
    assert _on_the_board(asked(), ("b", 4)).startswith("Too late: nobody has done it. Expected: ")
    assert _to_an_evaluator(asked()) == "too late"
    assert _to_an_evaluator(asked(), ("a", 4)).startswith("done at ")
    assert _to_an_evaluator(asked(), ("a", 9)).endswith(", late")


@pytest.mark.parametrize(("result", "verdict"), [(600, "good"), (500, ""), (450, "bad")])
def test_only_a_better_room_than_the_model_is_good(result: int, verdict: str) -> None:
    """The headline says the result against the model, and is marked good only where it is more."""
    found = reviewed()
    scores = replace(found.scores, result=result * YUAN, baseline=500 * YUAN, loss=1000 * YUAN)
    said = summary_of(replace(found, scores=scores))
    assert said["verdict"] == verdict
    assert said["finding"].startswith(f"{result} yuan of 1,000 yuan came back: ")
    assert "nobody deciding" in said["finding"]


def test_the_headline_says_the_best_order_the_ceiling_and_the_dearest_delay() -> None:
    """What the best order of work would have added, the share of the ceiling, and the decision that cost most."""
    found = reviewed()
    amounts = {"result": 400 * YUAN, "best": 500 * YUAN, "ceiling": 800 * YUAN}
    one, *rest = found.decisions
    changed = replace(found, scores=replace(found.scores, **amounts), decisions=[*rest, replace(one, fen_lost=10**12)])
    against = summary_of(changed)["against"]
    assert "The best play found brings 100 yuan more." in against
    assert "This room reached 50% of the ceiling of 800 yuan." in against
    assert "The dearest delay, 10,000,000,000 yuan: " in against
    none = replace(changed, decisions=[replace(one, fen_lost=-1)], together=None)
    assert "No delay of a decision cost money." in summary_of(none)["against"]
    assert found.together is not None
    hidden = replace(none, together=replace(found.together, more=70 * YUAN))
    assert "No single delay cost money; all together they cost 70 yuan." in summary_of(hidden)["against"]
