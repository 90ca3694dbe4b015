"""A line that tells a viewer that the rules are being compiled on this machine, which is done once."""

from __future__ import annotations

from typing import Final

from nicegui import ui

from sim.engine.compiled import ready
from sim.web.parts import Tag, box, in_language
from sim.words import language as lang
from sim.words.language import say
from sim.words.units import MINUTE, SECOND

LOOK: Final = 1.0
"""Seconds between two looks."""
USUAL: Final = 3 * MINUTE
"""ms that compiling takes on two cores, about."""


class Compiling:
    """The line; it is gone where there is nothing to wait for."""

    def __init__(self) -> None:
        self._place = box("notice")
        with self._place:
            self._words = Tag("p", "", role="status")
            self._bar = Tag("progress", aria_label=say("Progress"), max=100)
        self._timer: ui.timer | None = None
        self.look()
        if not ready.is_compiled():
            self._timer = ui.timer(LOOK, in_language(self.look))

    def look(self) -> None:
        """Show how far it is."""
        since = ready.compiling()
        self._place.set_visibility(since is not None)
        if since is not None:
            self._words.set_text(
                say(
                    "This machine computes here for the first time and prepares itself, which takes some {usual} once"
                    " ({since} so far). Estimates come meanwhile, only slower; nothing has to be done.",
                    usual=lang.duration(USUAL), since=lang.duration(round(since, -1) * SECOND),
                )
            )  # fmt: skip
            self._bar.set(value=min(95, round(100 * since * SECOND / USUAL)))
        elif ready.is_compiled() and self._timer is not None:
            self._timer.cancel()
            self._timer = None
