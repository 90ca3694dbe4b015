"""The ways in which automatic players play: well, in the order of coming, without thought, without looking, not at all.

What an exercise is worth shows in how far apart they come out. Each is given a view of its role and says what it would
do, the first that can be had first; all press only what a seat's page has a button for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, get_args

from sim.exercise.expect import Expect
from sim.exercise.offers import Asked, offers
from sim.exercise.seen import View
from sim.exercise.wishing import DUTY, about, wishes
from sim.fraud.draws import draw
from sim.words.units import SECOND

Style = Literal["good", "first_come", "thoughtless", "careless", "nobody"]
STYLES: tuple[Style, ...] = get_args(Style)
LAST_MOMENT = 15 * SECOND
"""ms before a deadline at which whoever is careless looks up."""

Luck = tuple[int, ...]
"""Which of many equal players it is: its draws are its own."""


def asked_for(style: Style, view: View, expected: Mapping[str, Expect], luck: Luck) -> Iterator[Asked]:
    """What a player of a style would do now, what it would rather do first.

    Args:
        expected: what each inject asks for, by its id; only good play is told.
        luck: of whoever presses buttons at random.
    """
    return _STYLES[style](view, expected, luck)


def waits_for_nothing(style: Style, view: View) -> bool:
    """Whether a player of a style that asks for nothing now asks for nothing until its view changes, the clock apart.

    Whoever is careless waits for deadlines; what answers a message may hang on the time.
    """
    return style != "careless" and not any(one["state"] in ("open", "wrong") for one in view["messages"])


def _good(view: View, expected: Mapping[str, Expect], luck: Luck) -> Iterator[Asked]:
    """As `wishes`: promptly, what matters most first, and what each inject asks for."""
    yield from wishes(view, expected)


def _first_come(view: View, expected: Mapping[str, Expect], luck: Luck) -> Iterator[Asked]:
    """Promptly, each decision as it came up, and one word to every message: quick without judgement."""
    if "message" in view["may"] and unanswered(view):
        yield {"action": "message", "note": DUTY["en"]}
    if "take" in view["may"]:
        for one in sorted(view["decisions"], key=lambda one: (one["opened"], one["id"])):
            yield about("take", one)


def _careless(view: View, expected: Mapping[str, Expect], luck: Luck) -> Iterator[Asked]:
    """Looks up when a decision is about to be taken from it or something was asked, and presses any button."""
    late = any(one["deadline"] - view["now"] <= LAST_MOMENT for one in view["decisions"])
    if late or unanswered(view):
        yield from _any_button(view, luck)


def _thoughtless(view: View, expected: Mapping[str, Expect], luck: Luck) -> Iterator[Asked]:
    """Presses any button as soon as there is something to decide or to answer: quick, and nothing else."""
    if view["decisions"] or unanswered(view):
        yield from _any_button(view, luck)


def _any_button(view: View, luck: Luck) -> Iterator[Asked]:
    """One of all that a role may do, at random."""
    listed = list(offers(view))
    if listed:
        one = listed[int(float(draw(0, 0, "careless", *luck, view["now"])[0]) * len(listed))]
        yield {**one, "note": DUTY["en"]} if one["action"] == "message" else one


def unanswered(view: View) -> bool:
    """Whether something was asked after which this role has done nothing yet."""
    mine = [one["at"] for one in view["decided"] if one["role"] == view["role"]]
    return any(
        one["state"] in ("open", "wrong") and view["now"] <= one.get("deadline", view["now"])
        and not any(at >= one["at"] for at in mine)
        for one in view["messages"]
    )  # fmt: skip


_STYLES: Mapping[Style, Callable[[View, Mapping[str, Expect], Luck], Iterator[Asked]]] = {
    "good": _good, "first_come": _first_come, "thoughtless": _thoughtless, "careless": _careless,
    "nobody": lambda *_: iter(()),
}  # fmt: skip
