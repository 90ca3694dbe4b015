"""The names of the engines, and where a command says which of them is to run."""

from __future__ import annotations

from typing import Final

ENGINE: Final = "FUNDFREEZE_ENGINE"
"""Variable of the environment, so that processes which are started hear of it too."""
ENGINES: Final = ("auto", "reference", "compiled")
"""What may be asked for: the engine that suits the work, the one to read, the one in machine code."""
