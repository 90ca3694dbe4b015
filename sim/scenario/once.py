"""Texts of files as trees, each parsed once: what many files extend is read again for every arm, page and room."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sim.scenario.tree import Layer, Provenance, Tree, read_tree

NOT_STATED: Final = Provenance("not stated")
LARGEST: Final = 64 * 1024
"""Characters of a text that is kept; ours have 42,000 at most."""
MOST: Final = 32
"""Texts that are kept."""


def tree_of_file(text: str, name: str, most: int) -> Tree | None:
    """The text of a file as a tree, which nobody changes; None for an empty one.

    Args:
        text: all of it.
        name: what mistakes call the file.
        most: values that it may have, aliases followed.

    Raises:
        ScenarioError: as `read_tree`.
    """
    return (_kept if len(text) <= LARGEST else _parsed)(text, name, most)


def _parsed(text: str, name: str, most: int) -> Tree | None:
    return read_tree(text, Layer(name, NOT_STATED), most=most)


_kept = lru_cache(MOST)(_parsed)
