"""The lists of an exercise in the making: roles, injects, objectives, questions; an entry is a row with a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel

from sim.web.exercise_form import Draught, Place
from sim.web.parts import Tag, box, button, confirmed, para
from sim.words.language import say

Key = str | int


@dataclass(frozen=True)
class Kind:
    """What a list holds."""

    model: type[BaseModel]
    add: str
    """What the button says that adds one."""
    most: int
    new: Callable[[], tuple[Key, dict[str, Any]]]
    """The key of a new entry and what it is; in a list the key is its place."""
    called: Callable[[Key], str]
    """What an entry is called."""
    about: Callable[[Key], str]
    """What is said of an entry that is closed."""
    folded: bool = True
    """Whether entries are closed until somebody opens them."""
    order: Callable[[], Sequence[Key]] | None = None
    """In which order they are shown; None: as they are."""


class Entries:
    """One list on the page."""

    def __init__(self, of: Draught, place: Place, kind: Kind, changed: Callable[[], Any]) -> None:
        """
        Args:
            of: the exercise.
            place: of the list in it.
            kind: what it holds.
            changed: told when entries come and go, and when one is closed: others may name them.
        """
        self._of, self._place, self._kind, self._changed = of, place, kind, changed
        self._rows: dict[Key, _Row] = {}
        self._box = box("stack entries")
        self._add = button(kind.add, self._added)
        self.show()

    def keys(self) -> list[Key]:
        """The keys of all entries, in the order in which they are shown."""
        if self._kind.order is not None:
            return list(self._kind.order())
        found = self._of.get(self._place) or []
        return list(found) if isinstance(found, dict) else list(range(len(found)))

    def show(self, *, opened: Key | None = None) -> None:
        """Show all entries anew, closed but for one."""
        self._of.forget(self._place)
        self._box.clear()
        keys = self.keys()
        with self._box:
            self._rows = {key: _Row(self._of, (*self._place, key), self._kind, self) for key in keys}
        self._add.set(disabled=len(keys) >= self._kind.most)
        if opened is not None:
            self._rows[opened].open()

    def tell(self) -> None:
        """Say anew what the entries are."""
        for row in self._rows.values():
            row.tell()

    def _added(self) -> Any:
        if len(self.keys()) >= self._kind.most:
            return None
        key, value = self._kind.new()
        done = self._of.put((*self._place, key), value) if isinstance(key, str) else self._append(value)
        self.show(opened=key)
        self._changed()
        return done

    def _append(self, value: dict[str, Any]) -> Any:
        return self._of.put(self._place, [*(self._of.get(self._place) or []), value])

    def closed(self) -> None:
        """An entry was closed: others may name it otherwise now."""
        self.show()
        self._changed()

    def take_out(self, key: Key) -> Any:
        """Take an entry out."""
        found = self._of.get(self._place)
        rest = {one: value for one, value in found.items() if one != key} if isinstance(found, dict) else [
            one for number, one in enumerate(found or []) if number != key
        ]  # fmt: skip
        done = self._of.put(self._place, rest or None)
        self.show()
        self._changed()
        return done


class _Row:
    """One entry."""

    def __init__(self, of: Draught, place: Place, kind: Kind, entries: Entries) -> None:
        self._of, self._place, self._kind, self._key, self._entries = of, place, kind, place[-1], entries
        self._form: Tag | None = None
        called = kind.called(self._key)
        with box("task entry") as self._box:
            with box("row apart"):
                self._what = Tag("span", "", "what")
                with box("row"):
                    if kind.folded:
                        self._toggle = button(
                            say("Change"), self._pressed, "small", aria_expanded="false",
                            aria_label=say("Change {what}", what=called),
                        )  # fmt: skip
                    made = confirmed(
                        say("Take out"), say("Press again: {what} will be gone", what=called),
                        partial(entries.take_out, self._key), say("Take out {what}", what=called),
                    )  # fmt: skip
                    made.classes("small")
            self._about = para("", "quiet")
            self._mistake = Tag("p", "", "mistake", role="alert")
            self._inside = box()
        of.shown[".".join(map(str, place))] = self
        if not kind.folded:
            self.open()
        self.tell()

    def tell(self) -> None:
        """Say what it is."""
        self._what.set_text(self._kind.called(self._key))
        about = "" if self._form is not None else self._kind.about(self._key)
        self._about.set_text(about)
        self._about.set(hidden=not about)

    def refuse(self, text: str) -> None:
        """Say what is wrong with it, where no field inside says it."""
        self._mistake.set_text(text)

    def open(self) -> None:
        """Show its form."""
        if self._form is not None:
            return
        with self._inside, box("fields inset") as self._form:
            self._of.fields(self._kind.model, self._place)
        if self._kind.folded:
            with self._form, box("row wide"):
                button(say("Done"), self._entries.closed, "main")
            self._toggle.set(aria_expanded="true", hidden=True)
        self.tell()

    def _pressed(self) -> None:
        self._entries.show(opened=self._key)
