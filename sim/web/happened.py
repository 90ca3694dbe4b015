"""All that happened in a room until a moment, for whoever leads: decisions, injects, changes, what was missed."""

from __future__ import annotations

from sim.exercise import words
from sim.exercise.seen import View
from sim.exercise.session import Session
from sim.exercise.undecided import LeftToDesk, LeftToDesks
from sim.web import led_to, said
from sim.words.language import capital, say


def missed_in(session: Session) -> list[LeftToDesk]:
    """The decisions that nobody took in time, of all roles, in order."""
    roles = session.exercise.roles.values()
    found = {one for role in roles for one in LeftToDesks(session, role).so_far()}
    return sorted(found, key=lambda one: (one.at, one.desk, one.case, one.account))


def happened(session: Session, view: View, missed: list[LeftToDesk]) -> list[tuple[int, str, str]]:
    """(ms, key, text) of all that happened until the moment of a view, the latest first.

    Args:
        view: the facilitator's.
        missed: of `missed_in`.
    """
    exercise = session.exercise
    numbers = words.numbers(exercise, [one["id"] for one in view.get("injects", [])])
    found = said.timeline(view, exercise)
    for one in view.get("injects", []):
        if one["fired_at"] is not None:
            text = say("inject {number}: {text}", number=numbers[one["id"]], text=said.text_of(one["text"]))
            found.append((one["fired_at"], f"i{one['id']}", capital(text)))
    for number, done in enumerate(session.steered):
        if done.effect is not None and done.kind in ("change", "end"):
            what = words.effect(done.effect)
            text = say("ended at once: {text}", text=what) if done.kind == "end" else what
            found.append((done.at, f"c{number}", capital(text)))
    found += [(at, f"m{number}", text) for number, (at, text) in enumerate(led_to.together(missed))]
    return sorted((one for one in found if one[0] <= view["now"]), key=lambda it: (-it[0], it[1]))
