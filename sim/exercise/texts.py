"""Texts of an exercise, in both languages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from sim.scenario.base import Model

MOST_TEXT = 4000
"""Characters."""


OneText = Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


def _unfolded(text: str) -> str:
    """Chinese without the blanks that a folded line of YAML leaves after a mark."""
    return re.sub("(?<=[。，；：！？、”）]) (?=\\S)", "", text)


class Texts(Model):
    """One text in the languages of an exercise."""

    en: OneText
    zh: Annotated[OneText, AfterValidator(_unfolded)]


def _in_both(value: object) -> object:
    return {"en": value, "zh": value} if isinstance(value, str) else value


Text = Annotated[Texts, BeforeValidator(_in_both, json_schema_input_type=OneText | Texts)]
"""A text as `{en: ..., zh: ...}`; a plain string serves both languages."""
