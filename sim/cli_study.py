"""The commands of studies: many runs, one question, one answer with its error bars."""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None)
