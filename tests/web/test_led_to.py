"""What a seat's page says of what its decisions led to, and of what its desk decided."""

from __future__ import annotations

import pytest

from sim.exercise.seen import AccountSeen, DecisionSeen
from sim.exercise.undecided import LeftToDesk
from sim.web.led_to import counted, led_to, missed, together
from sim.words import language as lang
from sim.words.units import YUAN
from sim.workflow.log import NONE


def account(**changed: object) -> AccountSeen:
    """Account 3 of case 2, of which nothing is known but that it is there."""
    return {
        "case": 2, "account": 3, "bank": "icbc", "layer": 1, "place": "", "credited": 0, "known_at": 0,
        "state": "known", "until": None, "task": "", "desk": "", "step": "", "field": False, **changed,
    }  # type: ignore[typeddict-item, return-value]  # fmt: skip


def decision(action: str) -> DecisionSeen:
    """Of An, about that account."""
    return {
        "number": 1, "at": 0, "name": "An", "role": "analyst", "action": action, "desk": "analyst", "policy": "",
        "heads": 0, "note": "", "outcome": "done", "case": 2, "account": 3,
    }  # fmt: skip


def test_a_decision_is_told_with_what_has_come_of_it() -> None:
    """A stop that found money says how much; one that is still worked on says so."""
    stopped = account(state="stopped", caught=40_000 * YUAN)
    with lang.using("en"):
        assert led_to(decision("stop"), {(2, 3): stopped}).endswith("So far: stopped, 40,000 yuan found.")
        waits = led_to(decision("stop"), {(2, 3): account(task="waiting")})
        assert waits.endswith("its work is not done yet.")
        assert led_to(decision("message"), {(2, 3): stopped}) == ""
        assert led_to(decision("stop"), {}) == ""


@pytest.mark.parametrize(("account_", "about"), [(3, "account 3 of case 2"), (NONE, "case 2")])
def test_what_a_desk_decided_is_told_to_whom_it_was_left(account_: int, about: str) -> None:
    """With what it was about, in both languages."""
    with lang.using("en"):
        said = missed(LeftToDesk(0, "analyst", 2, account_))
        assert said.startswith(f"Nobody decided about {about} in time: ")
        assert counted(0) != counted(1) != counted(2)
    with lang.using("zh"):
        assert "未" in missed(LeftToDesk(0, "analyst", 2, account_))


def test_what_was_left_at_one_moment_is_one_line() -> None:
    """Three accounts of a case at one desk are one line that counts them; another moment or desk is its own."""
    left = [LeftToDesk(0, "analyst", 2, number) for number in (1, 2, 3)]
    with lang.using("en"):
        lines = together([*left, LeftToDesk(0, "audit", 2, 1), LeftToDesk(9, "analyst", 2, 4)])
    assert [at for at, _ in lines] == [0, 0, 9]
    assert lines[0][1].startswith("Nobody decided about 3 accounts of case 2 in time: ")
    assert lines[2][1].startswith("Nobody decided about account 4 of case 2 in time: ")
