"""What the lists of an exercise in the making hold, what entries are called, and what can be chosen in fields."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from sim.exercise.drafts import NEW_INJECT, NEW_ROLE, free_id, order, texts
from sim.exercise.levels import LEVELS
from sim.exercise.models import WATCHING, Inject, Objective, Question, Role
from sim.exercise.vocabulary import ALWAYS
from sim.web.exercise_entries import Key, Kind
from sim.web.exercise_form import Draught, Options, Place, cut
from sim.web.exercise_making import Around
from sim.words import language as lang
from sim.words import names
from sim.words.language import say
from sim.words.units import parse_duration

SHORT: Final = 90
"""Characters of a text that stands for an entry."""


class Kinds:
    """The lists of one exercise."""

    def __init__(self, scenarios: Options) -> None:
        """
        Args:
            scenarios: that may be played.
        """
        self.of: Draught
        """The exercise; set by whoever makes both, as each asks the other."""
        self.around = Around()
        """What its scenario has."""
        self._scenarios = scenarios

    def roles(self) -> Kind:
        """The chairs."""

        def new() -> tuple[Key, dict[str, Any]]:
            return free_id("role", self.of.get(("roles",)) or {}), deepcopy(NEW_ROLE)

        def called(key: Key) -> str:
            return self.name("roles", str(key))

        def about(key: Key) -> str:
            desks = [names.place(str(one)) for one in self.of.get(("roles", key, "desks")) or []]
            return say("Decides for {desks}.", desks=lang.listed(desks)) if desks else say("Decides for no desk.")

        return Kind(Role, say("Add a role"), 20, new, called, about)

    def objectives(self) -> Kind:
        """What the room is to learn."""
        return Kind(
            Objective, say("Add an objective"), 20, lambda: self._new("objective", "objectives"),
            lambda key: self.name("objectives", str(key)), lambda _: "", folded=False,
        )  # fmt: skip

    def questions(self) -> Kind:
        """Of the debriefing."""
        return Kind(
            Question, say("Add a question"), 40, lambda: self._new("question", "debrief"),
            lambda key: self.name("debrief", str(key)), lambda _: "", folded=False,
        )  # fmt: skip

    def injects(self) -> Kind:
        """What happens, in the order of the numbers that board, paper and report have."""

        def new() -> tuple[Key, dict[str, Any]]:
            key, made = self._new("inject", "injects")
            return key, made | NEW_INJECT

        def called(key: Key) -> str:
            at, name = self.of.get(("injects", key, "at")), self.name("injects", str(key))
            return name if at is None else say("{inject}, {time} after the opening", inject=name, time=_spoken(at))

        def about(key: Key) -> str:
            to = lang.listed([self._role(str(one)) for one in self.of.get(("injects", key, "to")) or []])
            return say("{who}: {text}", who=to or say("nobody"), text=cut(self._text(("injects", key, "text")), SHORT))

        return Kind(Inject, say("Add an inject"), 200, new, called, about,
                    order=lambda: order(self.of.get(("injects",)) or []))  # fmt: skip

    def name(self, of: str, key: str) -> str:
        """What an entry of a list is called."""
        if of == "roles":
            return self._text(("roles", key, "title")) or say("A role without a title")
        number = int(key) + 1
        if of == "injects":
            return say("Inject {number}", number=order(self.of.get(("injects",)) or []).index(int(key)) + 1)
        return (
            say("Objective {number}", number=number) if of == "objectives" else say("Question {number}", number=number)
        )

    def _new(self, stem: str, name: str) -> tuple[int, dict[str, Any]]:
        found = self.of.get((name,)) or []
        return len(found), {"id": free_id(stem, [str(one.get("id")) for one in found])}

    def _text(self, place: Place) -> str:
        return texts(self.of.get(place))[lang.LANGUAGES.index(lang.language())]

    def _role(self, name: str) -> str:
        if name in WATCHING:
            return texts(WATCHING[name].title.model_dump())[lang.LANGUAGES.index(lang.language())]
        return self._text(("roles", name, "title")) or name

    # -- what can be chosen ------------------------------------------------------------------------------------

    def options(self, known: str) -> Options | None:
        """What can be chosen in a field of `LABELS`; None: the model's own choices, or anything."""
        around = self.around
        roles = [(one, self._role(one)) for one in self.of.get(("roles",)) or {}]
        banks = [(one, names.owner(one)) for one in around.banks]
        own = [one for one in around.desks if not one.startswith(("bank:", "exit:"))]
        own += [f"{kind}:*" for kind in ("bank", "exit") if any(one.startswith(f"{kind}:") for one in around.desks)]
        single = [one for one in around.desks if one.startswith(("bank:", "exit:"))]
        found: dict[str, Options] = {
            "Exercise.difficulty": [(name, say(level.name)) for name, level in LEVELS.items()],
            "Exercise.scenario": self._scenarios, "Objective.injects": self._all_injects(),
            "Role.desks": _placed(own), "Expect.desk": _placed([*own, *single]),
            "Expect.by": roles, "Says.to": roles, "Inject.to": [*roles, *((one, self._role(one)) for one in ALWAYS)],
            "Which.bank": banks, "Which.not_bank": banks, "Says.bank": banks, "Effect.bank_down": banks,
            "Routes.stop": _routes(around.of_account), "Routes.team": _routes(around.of_account),
            "Routes.visit": _routes(around.of_case),
        }  # fmt: skip
        if known in ("StaffChange.desk", "PolicyChange.desk"):
            return _placed([one for one in (*own, *single) if not one.endswith("*")])
        return found.get(known)

    def _all_injects(self) -> Options:
        injects = self.of.get(("injects",)) or []
        return [
            (str(injects[place].get("id")), f"{number}: {cut(self._text(('injects', place, 'text')), 40)}")
            for number, place in enumerate(order(injects), 1)
        ]  # fmt: skip


def _spoken(time: Any) -> str:
    """A time in words; as it is written where it cannot be read."""
    try:
        return lang.duration(parse_duration(time))
    except ValueError:
        return str(time)


def _placed(desks: Sequence[str]) -> Options:
    return [(one, names.place(one)) for one in desks]


def _routes(routes: Sequence[str]) -> Options:
    return [(one, lang.named(one, "route")) for one in routes]
