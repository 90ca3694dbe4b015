"""How far a study is, as a bar on a terminal. Apart from `progress` because rich's bars take long to load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from sim.words.language import language, using


class Shown(Protocol):
    """What a bar asks of a study under way."""

    name: str
    open: bool

    @property
    def done(self) -> float: ...
    @property
    def total(self) -> float: ...
    def said(self) -> str: ...


class _Left(ProgressColumn):
    """What is left of the whole."""

    def __init__(self, whole: Shown, speaks: str) -> None:
        super().__init__()
        self._whole, self._speaks = whole, speaks

    def render(self, task: Task) -> Text:
        with using("zh" if self._speaks == "zh" else "en"):  # drawn by a thread of its own
            return Text(self._whole.said())


@contextmanager
def bar(whole: Shown) -> Iterator[Callable[[], None]]:
    """Show a study: what is given is called whenever something of it has changed."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, _Left(whole, language()), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(whole.name, total=None)

        def changed() -> None:
            total = None if whole.open else whole.total or None
            shown.update(task, description=whole.name, completed=whole.done, total=total)

        yield changed
