"""How every picture looks, and how it becomes bytes: one style, one size, no window system, no dates."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, wraps
from math import log10
from pathlib import Path
from typing import Any, Final, Literal, ParamSpec, TypeVar

from matplotlib import font_manager, get_data_path, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.report.embedded import CHINESE, FONTS
from sim.words.colours import FAINT, INK
from sim.words.lines import columns, wrapped

WIDTH, HEIGHT, DPI = 12.0, 8.0, 100
"""Inches and dots per inch: 1200 by 800 on a screen, the width of a page of A4 at 60%."""
SMALL, BODY, TITLE = 9.0, 10.5, 15.0
"""Font sizes in points."""

_LATIN: Final = "DejaVu Sans of matplotlib"
"""That of the system may be another version, with other shapes: so the letters are the same on every machine."""
_RARE: Final = "Fundfreeze Sans SC, any weight"
"""The regular font under a second name: for characters that the bold one has not."""

_STYLE: Final[Any] = {
    "font.family": [_LATIN, CHINESE, _RARE],
    "font.size": BODY,
    "text.color": INK,
    "axes.edgecolor": "#8A8A8A",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",
    "svg.hashsalt": "fundfreeze",
    "path.simplify": False,
}
_P = ParamSpec("_P")
_R = TypeVar("_R")


def styled(draw: Callable[_P, _R]) -> Callable[_P, _R]:
    """Draw with the project's style, whatever the user's own settings are."""

    @wraps(draw)
    def inner(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with rc_context():
            from matplotlib import rcdefaults, rcParams  # inside the context that restores them

            _load_fonts()
            rcdefaults()
            rcParams.update(_STYLE)
            return draw(*args, **kwargs)

    return inner


@cache
def _load_fonts() -> None:
    """Make the fonts known to matplotlib, once."""
    known = font_manager.fontManager
    shipped = Path(get_data_path(), "fonts", "ttf")
    known.ttflist += [
        font_manager.FontEntry(fname=str(shipped / name), name=_LATIN, style="normal", variant="normal", weight=weight)
        for name, weight in (("DejaVuSans.ttf", 400), ("DejaVuSans-Bold.ttf", 700))
    ]
    for weight in ("Regular", "Bold"):
        known.addfont(FONTS / f"FundfreezeSansSC-{weight}.otf")
    regular = next(font for font in known.ttflist if font.name == CHINESE and font.weight == 400)
    known.ttflist += [replace(regular, name=_RARE, weight=weight) for weight in (400, 700)]


def new_figure(height: float = HEIGHT) -> Figure:
    """An empty figure of the standard width, drawn without a window system."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


@styled
def render(figure: Figure, form: Literal["svg", "png"]) -> bytes:
    """A figure as the bytes of a file. The same data give the same bytes: no date, no random ids."""
    into = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    figure.savefig(into, format=form, dpi=DPI, metadata=metadata)
    return into.getvalue()


def text_width(text: str, size: float) -> float:
    """About how wide a line of text is, in pixels at the standard resolution."""
    wide = columns(text) - len(text)
    """How many of its characters are Chinese: as wide as they are tall."""
    return (0.575 * (len(text) - wide) + wide) * size * DPI / 72


def columns_that_fit(labels: Sequence[str], room: float, most: int) -> int:
    """How many columns of a key with these labels fit into so many pixels; a key is filled column by column."""
    for across in range(min(most, len(labels)), 1, -1):
        rows = -(-len(labels) // across)
        wide = (max(text_width(label, SMALL) for label in labels[i : i + rows]) for i in range(0, len(labels), rows))
        if sum(wide) + across * _SIGN <= room:
            return across
    return 1


_SIGN = 42
"""Pixels for the sign before a label of a key and the gap after it."""


def head(figure: Figure, title: str, subtitle: str, *, left: float = 0.06) -> None:
    """The finding as a title, and below it what is drawn, n and the interval. Takes the top 0.95 inches."""
    height = figure.get_figheight()
    title, size = _title(title)
    figure.text(left, 1 - 0.36 / height, title, fontsize=size, fontweight="bold", va="center", linespacing=1.1)
    room = (1 - 2 * left) * WIDTH * DPI
    size = min(BODY, BODY * room / text_width(subtitle, BODY))
    figure.text(left, 1 - 0.68 / height, subtitle, fontsize=size, color=FAINT, va="center")


def _title(title: str) -> tuple[str, float]:
    """A title and its size: one that is too long for a line stands on two, in letters that are read as well."""
    if columns(title) <= _LINE:
        return title, TITLE
    line = max(_LINE / _TWO, columns(title) / 2 + _UNEVEN)
    return "\n".join(wrapped(title, round(line))), TITLE * _LINE / line


_LINE: Final = 88
"""Columns of a title at full size."""
_UNEVEN: Final = 10
"""Columns that a word may take a line of two beyond the middle."""
_TWO: Final = 0.8
"""Size of a title of two lines, as a share of a full one."""


def nice_step(span: float, most: float, steps: Sequence[float]) -> float:
    """The smallest step of a list that cuts a span into at most `most` parts; the largest where none does."""
    return next((step for step in steps if span / step <= most), steps[-1])


def yuan_axis(axes: Axes, highest: float, which: Literal["x", "y"] = "x", most: int = 4) -> None:
    """Ticks of an axis in yuan, from zero, with thousands separators."""
    power = 10 ** int(log10(max(highest, 1)))
    steps = [power * f for f in (0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0)]
    step = next((s for s in steps if highest / s <= most), steps[-1])
    if step > highest:
        step = max(s for s in steps if s <= highest)
    ticks = [step * i for i in range(int(highest / step) + 1)]
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(ticks, labels=[f"{tick:,.10g}" for tick in ticks])


def grid(axes: Axes, which: Literal["x", "y", "both"] = "y") -> None:
    """A faint grid behind everything."""
    axes.grid(visible=True, axis=which, color="#E3E3E3", linewidth=0.7)
    axes.set_axisbelow(True)


def bare(axes: Axes) -> None:
    """No frame at all."""
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour (by its relative luminance)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "white" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.2 else "black"
