"""How commands print: rich's consoles and tables, and JSON, loaded where first used; a line needs none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Console", "Table", "as_json"]

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


def as_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON for people and programs: Chinese stays Chinese."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=indent)
