"""What went wrong, in the reader's language.

Exceptions speak English wherever they are raised, logged and tested; only where one is shown does its line go through
`explain`. A line is made of phrases, and a phrase of values and smaller phrases: each is looked up in the part
``mistakes`` of the catalogue, whose keys are the English with ``{}`` for what varies.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from sim.words.language import catalogue, language


def explain(line: str) -> str:
    """A line about a mistake of the user's, as an exception has it, in the reader's language.

    What the catalogue does not know stays as it is: a value that was read, a path, the words of another program.
    """
    return line if language() == "en" else _told(line)


class _Phrase(NamedTuple):
    pattern: re.Pattern[str]
    said: str
    plain: bool
    """Nothing but marks between its parts: of use only where a part of it is known."""


_VARIES: Final = "{}"


@cache
def _known() -> tuple[dict[str, str], list[_Phrase]]:
    """Phrases that are always the same, and those in which something varies, the ones with most words first."""
    every = {**catalogue().mistakes["others"], **catalogue().mistakes["ours"]}
    fixed = {english: said.format() for english, said in every.items() if _VARIES not in english}
    varying = sorted((english for english in every if _VARIES in english), key=lambda one: -len(_words(one)))
    return fixed, [_Phrase(_pattern(one), every[one], not re.search("[A-Za-z]", _words(one))) for one in varying]


def _words(english: str) -> str:
    return english.replace(_VARIES, "")


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in english.split(_VARIES)))


def _told(phrase: str) -> str:
    fixed, varying = _known()
    if phrase in fixed:
        return fixed[phrase]
    for one in varying:
        found = one.pattern.fullmatch(phrase)
        if found is None:
            continue
        parts = found.groups()
        told = [_told(part) for part in parts]
        if not one.plain or told != list(parts):
            return one.said.format(*told)
    return phrase
