"""What the facilitator does in a session: injects, and changes of conditions in mid-room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from sim.exercise.acts import Refused
from sim.exercise.injects import Status
from sim.exercise.models import ALWAYS, Channel, Effect, Inject
from sim.exercise.people import People
from sim.exercise.records import Steered, whole
from sim.exercise.texts import MOST_TEXT, Texts


class Led(People):
    """A room with somebody who leads the exercise."""

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
        if self._closed:
            raise Refused("finished")
        status = next((one for one in self.injects if one.inject.id == id_or_text), None)
        if status is not None:
            if status.state not in ("planned", "held"):
                raise Refused("nothing_to_do")
            self._note("inject", id_or_text=id_or_text, by=by, made=None)
            self._fire(status, by)
            return status.inject.id
        if not set(to) <= {*self.exercise.roles, *ALWAYS} or (effect is not None and effect.desk not in self._names):
            raise Refused("unknown")
        made = Inject(
            id=self._free_id(),
            manual=True,
            to=list(to or self.exercise.roles),
            channel=channel,
            effect=effect,
            text=id_or_text if isinstance(id_or_text, Texts) else _texts(id_or_text),
        )
        self._note("inject", by=by, made=made.model_dump(mode="json", exclude_none=True))
        self._make_up(made, by)
        return made.id

    def _free_id(self) -> str:
        ids = {one.inject.id for one in self.injects}
        return next(name for number in count(1) if (name := f"made-up-{number}") not in ids)

    def _make_up(self, inject: Inject, by: str) -> None:
        status = Status(inject, None)
        self.injects.append(status)
        self._fire(status, by)

    def skip_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired never does.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._settle(inject_id, "skip_inject", by).state = "skipped"
        self.steered.append(Steered(self.now, "skip", by, inject_id))

    def hold_inject(self, inject_id: str, by: str) -> None:
        """An inject that has not fired does so only by hand.

        Raises:
            Refused: unknown, nothing_to_do (fired or skipped already).
            OSError: the journal cannot be written.
        """
        self._settle(inject_id, "hold_inject", by).state = "held"
        self.steered.append(Steered(self.now, "hold", by, inject_id))

    def _settle(self, inject_id: str, do: str, by: str) -> Status:
        status = next((one for one in self.injects if one.inject.id == inject_id), None)
        if status is None:
            raise Refused("unknown")
        if status.state not in ("planned", "held"):
            raise Refused("nothing_to_do")
        self._note(do, inject_id=inject_id, by=by)
        return status

    def change(self, effect: Effect, by: str) -> bool:
        """Change the conditions now; False where the run is over. Victims and their luck stay as they are.

        Raises:
            Refused: unknown (no such desk or bank), finished.
            OSError: the journal cannot be written.
        """
        if self._closed:
            raise Refused("finished")
        if effect.desk not in self._names:
            raise Refused("unknown")
        self._note("change", effect=effect.model_dump(mode="json", exclude_none=True), by=by)
        return self._apply(effect, by)


def _texts(text: str) -> Texts:
    """What was typed, for both languages.

    Raises:
        Refused: nothing_to_do, too_long.
    """
    if not text.strip():
        raise Refused("nothing_to_do")
    if len(text) > MOST_TEXT:
        raise Refused("too_long", most=MOST_TEXT)
    return Texts(en=whole(text), zh=whole(text))
