"""What went wrong, as a template with its values: English for logs and tests, either language where it is shown.

A mistake is made where it is found, out of ``phrase("read {read!r}, accepted: {accepted}", ...)``. As a text it is the
English sentence, so it is printed, compared, pickled and logged like any other; `language.translate` puts it into the
language of whoever reads it, with the phrases among its values, from the template and not from the sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from pathlib import PurePath
from string import Formatter
from typing import Any


class Phrase(str):
    """An English text that knows the template and the values that it was made from."""

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Phrase:
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template = template
        made.values = values
        return made

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, Mapping[str, Any]]]:
        return Phrase, (self.template, self.values)


def phrase(template: str, /, **values: object) -> Phrase:
    """A text to be said later, in whatever language is asked for then.

    Args:
        template: the English, a format string where there are values.
        values: what its placeholders stand for; a phrase or an exception among them is translated with it.
    """
    return Phrase(template, {name: _value(one) for name, one in values.items()})


def _value(value: object) -> object:
    """A value as it is kept: text of an exception and of a path, so that both can be tidied and packed."""
    if isinstance(value, BaseException):
        return text_of(value)
    return str(value) if isinstance(value, PurePath) else value


def text_of(error: BaseException) -> Phrase:
    """What an exception says: the phrase that it was raised with, or the words of another program."""
    return next((part for part in error.args if isinstance(part, Phrase)), None) or as_it_is(str(error))


def as_it_is(text: str) -> Phrase:
    """A text that is no template of ours."""
    return Phrase("{text}", {"text": text})


NAME = "{name}"
"""The template of a name of the configuration."""


def name_of(name: str, kind: str) -> Phrase:
    """A name of the configuration that is said in words where it is shown: the desk ``analyst`` is 研判员.

    Args:
        name: as the scenario has it.
        kind: what it names, a `language.Kind`.
    """
    return Phrase(NAME, {"name": name, "kind": kind})


def either(parts: Iterable[str]) -> str:
    """What fits, one of several: ``35m or 1h``."""
    return reduce(lambda one, other: phrase("{one} or {other}", one=one, other=other), parts)


def tidied(text: Phrase, tidy: Callable[[str], str]) -> Phrase:
    """A phrase as a function of texts makes it, of its own template where only its values change."""
    plain = tidy(str(text))
    if plain == text:
        return text
    if not text.values:
        return as_it_is(plain)
    shown = {name for _, name, _, conversion in Formatter().parse(text.template) if conversion == "r"}  # as they are
    values = {name: value if name in shown else _tidied(value, tidy) for name, value in text.values.items()}
    made = Phrase(text.template, values)
    return made if made == plain else as_it_is(plain)


def _tidied(value: object, tidy: Callable[[str], str]) -> object:
    if isinstance(value, Phrase):
        return tidied(value, tidy)
    return tidy(value) if isinstance(value, str) else value


def packed(text: str) -> str:
    """A text as one line of a file that another process, of another language, reads: see `unpacked`."""
    return json.dumps(_plain(text), ensure_ascii=False)


def unpacked(line: str) -> Phrase:
    """What `packed` wrote; a line of another kind is the text itself."""
    try:
        found = _phrase(json.loads(line))
        return found if isinstance(found, Phrase) else as_it_is(str(found))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return as_it_is(line)


def _plain(value: object) -> object:
    if isinstance(value, Phrase):
        return {"template": value.template, "values": {name: _plain(one) for name, one in value.values.items()}}
    return value if isinstance(value, int | float) else str(value)


def _phrase(said: Any) -> object:
    if isinstance(said, dict):
        return Phrase(str(said["template"]), {str(name): _phrase(one) for name, one in said["values"].items()})
    return said
