"""Looking for a value of a scenario by the words that pages have for it, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sim.report.findings import answering
from sim.report.findings import fields as labels
from sim.web.form import FormField
from sim.words import names
from sim.words.language import say

_AROUND: Final = "\"'“”‘’「」()（）,，;；:：。"
"""What stands around a word that was copied from a page, and is none of its letters."""


class Search:
    """The words of the values of one page, gathered when they are first looked for."""

    def __init__(self, fields: Sequence[FormField], called: Mapping[str, str]) -> None:
        """
        Args:
            fields: of the scenario.
            called: by path, what the page calls each.
        """
        self._fields, self._called = fields, called
        self._words: list[tuple[str, str, str]] = []

    def found(self, wanted: str) -> list[FormField]:
        """The values of which every word of a search is said, the nearest first: those called so, then those that have
        or are something called so, then those whose source or choices say so; of these in the order of a form."""
        words = [word for one in wanted.casefold().split() if (word := one.strip(_AROUND))]
        if not words:
            return []
        self._words = self._words or [_words_of(one, self._called[one.path]) for one in self._fields]
        ranks = [next((at for at, text in enumerate(said) if all(word in text for word in words)), None)
                 for said in self._words]  # fmt: skip
        groups = [one for one in labels.GROUPS if one]
        parts = [groups.index(one.group) if one.group in groups else len(groups) * bool(one.group)
                 for one in self._fields]  # fmt: skip
        ranked = sorted((at, parts[place], place) for place, at in enumerate(ranks) if at is not None)
        return [self._fields[place] for *_, place in ranked]


def _words_of(field: FormField, called: str) -> tuple[str, str, str]:
    """What a value is called, what else it and what it belongs to are called, and all that is said of it."""
    near = [called, field.path, labels.label(field.parts, 0), *_things(field.parts)]
    if field.group in labels.GROUPS:
        near.append(say(labels.GROUPS[field.group]))
    if field.choices:
        near.append(field.choice_words(field.value))
    far = [*near, field.source, *map(field.choice_words, field.choices)]
    return called.casefold(), "\n".join(near).casefold(), "\n".join(far).casefold()


def _things(path: tuple[str, ...]) -> list[str]:
    """The desk, the bank or the kind of bank that a value is of, as pages call it."""
    if len(path) < 2:
        return []
    of = {"desks": names.desk, "banks": lambda name: names.desk(f"bank:{name}")}.get(path[0])
    if of is not None:
        return [of(path[1])]
    return [answering.meaning(path[1])] if path[0] == "bank_profiles" else []
