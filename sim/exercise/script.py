"""The script of a session: its injects, told by themselves or by whoever leads, who makes up others on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sim.exercise.acts import Refused, typed_text
from sim.exercise.book import Book
from sim.exercise.clock import Clock
from sim.exercise.conditions import Conditions
from sim.exercise.editing import Editing
from sim.exercise.injects import State, Status
from sim.exercise.models import Effect, Exercise, Inject
from sim.exercise.people import People
from sim.exercise.records import Happening
from sim.exercise.texts import Texts
from sim.exercise.vocabulary import ALWAYS, Channel
from sim.scenario.errors import ScenarioError


class Script:
    """The injects of a room, and what can be done with one. When one fires by itself, `Course` says."""

    def __init__(
        self, exercise: Exercise, clock: Clock, book: Book, people: People, conditions: Conditions, editing: Editing
    ) -> None:
        self.injects = [Status(one, None if one.at is None else exercise.starts + one.at) for one in exercise.injects]
        self._exercise = exercise
        self._clock = clock
        self._book = book
        self._people = people
        self._conditions = conditions
        self._editing = editing

    def fire(self, status: Status, by: str = "") -> None:
        """Tell an inject, and let it change the conditions.

        Args:
            by: who fires it; empty where it does so by itself.
        """
        status.state, status.fired_at, status.by = "fired", self._clock.now, by
        status.seen_by(self._people.roles, self._clock.now)
        self._book.tell(Happening(self._clock.now, "inject", id=status.inject.id))
        if status.inject.effect is not None:
            self._conditions.apply(status.inject.effect, by, status.inject.id)

    def joined(self, role: str) -> None:
        """Somebody sat down in a role: what is told and still open was told to somebody there."""
        for status in self.injects:
            status.seen_by([role], self._clock.now)

    def inject(
        self, id_or_text: str | Texts, by: str, *, to: Sequence[str] = (), channel: Channel = "message",
        effect: Effect | None = None,
    ) -> str:  # fmt: skip
        """Fire an inject of the exercise now, or one made up on the spot (any text that is no inject's id).

        Args:
            to: the roles told of a made-up one; none: all.
            effect: of a made-up one.

        Returns:
            Its id.

        Raises:
            Refused: nothing_to_do (fired or skipped already, or an empty text), too_long, unknown (no such role, desk
                or bank), finished.
            OSError: the journal cannot be written.
        """
        if self._clock.closed:
            raise Refused("finished")
        status = next((one for one in self.injects if one.inject.id == id_or_text), None)
        if status is not None:
            if status.state not in ("planned", "held"):
                raise Refused("nothing_to_do")
            self._book.note("inject", id_or_text=id_or_text, by=by, made=None)
            self.fire(status, by)
            return status.inject.id
        if not set(to) <= {*self._exercise.roles, *ALWAYS} or not (effect is None or self._conditions.can(effect)):
            raise Refused("unknown")
        made = Inject(
            id=self._free_id(),
            manual=True,
            to=list(to or self._exercise.roles),
            channel=channel,
            effect=effect,
            text=id_or_text if isinstance(id_or_text, Texts) else _in_both(typed_text(id_or_text)),
        )
        self._book.note("inject", by=by, made=made.model_dump(mode="json", exclude_none=True))
        self.make_up(made, by)
        return made.id

    def make_up(self, inject: Inject, by: str) -> None:
        """Fire an inject that was not in the exercise."""
        status = Status(inject, None)
        self.injects.append(status)
        self.fire(status, by)

    def skip(self, inject_id: str, by: str) -> None:
        """An inject that has not fired never does.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._not_fired(inject_id, "skip_inject", by).state = "skipped"
        self._book.steer("skip", by, inject_id)

    def lapse(self, status: Status) -> None:
        """An inject whose condition has not held by its time never comes by itself: it would say what is not so."""
        status.state = "skipped"
        self._book.steer("skip", "", status.inject.id)

    def hold(self, inject_id: str, by: str) -> None:
        """An inject that has not fired does so only by hand.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._not_fired(inject_id, "hold_inject", by).state = "held"
        self._book.steer("hold", by, inject_id)

    def plan(self, inject_id: str, by: str) -> None:
        """An inject that was skipped or held back comes again as the exercise has it; by hand where its time is over.

        Raises:
            Refused: unknown, nothing_to_do (fired, or planned as it is).
            OSError: the journal cannot be written.
        """
        status = self._of(inject_id)
        over = status.due is not None and status.due <= self._clock.now
        state: State = "held" if over else "planned"
        if status.state not in ("skipped", "held") or status.state == state:
            raise Refused("nothing_to_do")
        self._book.note("plan_inject", inject_id=inject_id, by=by)
        status.state = state
        self._book.steer("plan", by, inject_id)

    def edit(self, inject_id: str, by: str, made: Mapping[str, Any]) -> None:
        """An inject that has not fired says, or asks for, something else from now on.

        Args:
            made: the parts that change, as an exercise file has them: text, at, when, to, channel, expect, deadline;
                None takes one away.

        Raises:
            Refused: unknown (no such inject), nothing_to_do (fired already), not_fit (the exercise would not take it;
                `fitting` says where it is wrong).
            OSError: the journal cannot be written.
        """
        try:
            inject = self.fitting(inject_id, made)
        except ScenarioError as error:
            raise Refused("not_fit", field=error.field, what=error.what) from None
        status = self._of(inject_id)
        self._book.note("edit_inject", inject_id=inject_id, by=by, made=dict(made))
        status.inject, status.due = inject, None if inject.at is None else self._exercise.starts + inject.at
        self._book.steer("edit", by, inject_id)

    def fitting(self, inject_id: str, made: Mapping[str, Any]) -> Inject:
        """An inject that has not fired as `edit` would make it.

        Raises:
            Refused: unknown, nothing_to_do (fired already).
            ScenarioError: the exercise would not take it so; its field counts from the inject.
        """
        status = self._of(inject_id)
        if status.state == "fired":
            raise Refused("nothing_to_do")
        return self._editing.fitted(status.inject, made, self._clock.now)

    def judge(self, inject_id: str, met: bool, by: str) -> None:
        """Whoever leads says whether the answer to an inject is what was expected.

        Raises:
            Refused: unknown, nothing_to_do (nothing is expected after it, it has not fired, or nobody has answered).
            OSError: the journal cannot be written.
        """
        status = self._of(inject_id)
        if status.inject.expect is None or not status.attempts:
            raise Refused("nothing_to_do")
        self._book.note("judge", inject_id=inject_id, met=met, by=by)
        status.ticked = met

    def _of(self, inject_id: str) -> Status:
        """An inject by its id.

        Raises:
            Refused: unknown.
        """
        status = next((one for one in self.injects if one.inject.id == inject_id), None)
        if status is None:
            raise Refused("unknown")
        return status

    def _not_fired(self, inject_id: str, do: str, by: str) -> Status:
        status = self._of(inject_id)
        if status.state not in ("planned", "held"):
            raise Refused("nothing_to_do")
        self._book.note(do, inject_id=inject_id, by=by)
        return status

    def _free_id(self) -> str:
        ids = {one.inject.id for one in self.injects}
        return next(name for number in count(1) if (name := f"made-up-{number}") not in ids)


def _in_both(text: str) -> Texts:
    """A text that is the same in both languages."""
    return Texts(en=text, zh=text)
