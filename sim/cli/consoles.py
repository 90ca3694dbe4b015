"""rich's consoles and tables, loaded where one is first made: a command that prints a line needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Console", "Table"]

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
else:

    def Console(**options: Any) -> Any:  # noqa: N802  # it is called as the class is
        """A console of rich."""
        from rich.console import Console as Made

        return Made(**options)

    def Table(*heads: str, **options: Any) -> Any:  # noqa: N802
        """A table of rich."""
        from rich.table import Table as Made

        return Made(*heads, **options)
