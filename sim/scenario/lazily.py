"""Large libraries that reading a file does not need: loaded when something of them is first used.

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazily("numpy")
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Later:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(import_module(self._name), attribute)
        setattr(self, attribute, found)  # from then on found without asking
        return found

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return lazily, (self._name,)


def lazily(name: str) -> Any:
    """A module that is imported when something of it is first used."""
    return _Later(name)
