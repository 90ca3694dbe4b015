"""Words of events lists: heads by which columns are known, names of roles, and what a cell means."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.exercise.drafts import Draft, texts
from sim.exercise.event_heads import HEADS, KNOWN, MEANT
from sim.exercise.models import WATCHING
from sim.exercise.vocabulary import ALWAYS
from sim.words import language as lang
from sim.words.language import say
from sim.words.letters import narrow


def plain(head: str) -> str:
    """A head or a cell as it is compared: in small narrow letters, without what differs between writers."""
    return re.sub(r"[\s_.:]+", " ", narrow(head).strip("\ufeff").lower()).strip()


def heads_of(name: str) -> list[str]:
    """The heads by which a field is known, ours in either language first."""
    return [plain(_in(language, HEADS[name])) for language in lang.LANGUAGES] + [plain(one) for one in KNOWN[name]]


def meant(text: str, of: Mapping[str, str]) -> str | None:
    """Which of some values a cell names: by its name in files, in words of either language, or by another word."""
    cell = plain(text)
    for name, said in of.items():
        if cell in (name, plain(name), *(plain(_in(language, said)) for language in lang.LANGUAGES)):
            return name
    found = MEANT.get(cell)
    return found if found in of else None


def title(draft: Draft, name: str) -> str:
    """A role as people read it, where that names it alone."""
    every = {one: titles(draft, one) for one in [*draft.get("roles", {}), *ALWAYS]}
    mine = every.get(name)
    shown = "" if mine is None else mine[lang.LANGUAGES.index(lang.language())]
    twice = sum(shown in one for one in every.values()) > 1
    return shown if shown and not twice and not re.search("[,，、;；]", shown) else name


def titles(draft: Draft, name: str) -> tuple[str, ...]:
    """A role's title in each language."""
    if name in ALWAYS:
        return texts(WATCHING[name].title.model_dump())
    return texts(draft["roles"][name].get("title"))


def _in(language: lang.Language, text: str) -> str:
    with lang.using(language):
        return say(text)
