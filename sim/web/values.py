"""Values of a scenario that somebody changes on a page: fields, with a mistake said beside each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sim.report.findings import fields as labels
from sim.report.findings.doubts import doubts_of
from sim.scenario.errors import ScenarioError, split_path
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.web import aside
from sim.web.faults import say_beside
from sim.web.form import FormField, settings_of
from sim.web.parts import Field
from sim.web.scenarios import set_values
from sim.words import names
from sim.words.language import say


class Values:
    """One browser's changes of one scenario."""

    def __init__(
        self, loaded: Loaded[Scenario], fields: Sequence[FormField], heard: Callable[[], None],
        typed: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.loaded = loaded
        self.fields = fields
        self.typed: dict[str, str] = dict(typed or {})
        """By path: what was typed, also where it is what was there."""
        self.shown: dict[str, Field] = {}
        """By path: the fields that are on the page."""
        self.wrong: ScenarioError | None = None
        """What is wrong with the scenario as it is changed."""
        self.doubts: Sequence[str] = ()
        """Where nothing is wrong: what it can hardly mean."""
        self.tree: Mapping[str, Any] = {}
        """Where nothing is wrong: what was changed, as a file that extends the scenario would write it."""
        self._heard = heard
        self._asked = 0
        """How often the values were looked at: what was typed last is what is shown."""

    def field(self, field: FormField, skip: int) -> None:
        """Put a field on the page.

        Args:
            skip: parts of its path that its label need not say.
        """
        needed = "" if field.value else field.range
        about = [part for part in (field.in_words(), names.source_label(field.label), needed) if part]
        value = self.typed.get(field.path, field.value)
        shown = Field(
            labels.label(field.parts, skip), value, options=field.options(value),
            help_=say("; ").join(about), title=field.source_words or None, on_change=partial(self._changed, field),
            spellcheck="false", autocomplete="off", placeholder=None if field.value else say("none"),
        )  # fmt: skip
        self.shown[field.path] = shown
        shown.box.mark_as("changed", field.differs(self.typed))

    async def _changed(self, field: FormField, text: str) -> None:
        self.typed[field.path] = text
        self._heard()
        self.shown[field.path].box.mark_as("changed", field.differs(self.typed))
        await self.check(field.path)

    def settings(self) -> list[str]:
        """What was changed, as ``path=value``."""
        return settings_of(self.fields, self.typed)

    async def check(self, path: str) -> bool:
        """Say a mistake beside its field, or beside the one that was changed last.

        The values are looked at beside the clocks. Returns whether they are still what is typed, on a page that is
        still there.
        """
        self._asked += 1
        asked = self._asked
        wrong, doubts, tree = await aside.short(_tried, self.loaded, self.settings())
        if asked != self._asked or any(field.box.is_deleted for field in self.shown.values()):
            return False
        self.wrong, self.doubts, self.tree = wrong, doubts, tree
        say_beside(wrong, self.shown, path)
        self._heard()
        return True


def _tried(
    loaded: Loaded[Scenario], settings: Sequence[str]
) -> tuple[ScenarioError | None, Sequence[str], Mapping[str, Any]]:
    """What is wrong with a scenario as it is changed; where nothing is, what it can hardly mean, and the change."""
    try:
        changed = set_values(loaded, settings)
        return None, doubts_of(changed.scenario), tree_of(changed, settings)
    except ScenarioError as error:
        return error, (), {}


def tree_of(changed: Loaded[Scenario], settings: Sequence[str]) -> Mapping[str, Any]:
    """The changed values below their keys; of a list, all of it: a file that extends another replaces lists."""
    tree: dict[str, Any] = {}
    for setting in settings:
        parts = split_path(setting.partition("=")[0]) or ()
        value: Any = changed.data
        at = tree
        for place, part in enumerate(parts):
            value = value[part]
            if place + 1 == len(parts) or not isinstance(value, dict):
                at[str(part)] = value
                break
            at = at.setdefault(str(part), {})
    return tree
