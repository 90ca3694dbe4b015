"""A point with its interval, as every picture draws it."""

from __future__ import annotations

from math import isnan
from typing import Any, Literal

from matplotlib.axes import Axes

Cap = Literal["butt", "projecting"]


def draw_interval(
    axes: Axes, y: float, low: float, high: float, *, colour: str, line: float, point: float | None = None,
    size: float = 6.0, marker: str = "o", cap: Cap = "butt", zorder: float | None = None, clip: bool = True,
) -> None:  # fmt: skip
    """Draw a line from one end of an interval to the other, and a dot where its point is.

    Args:
        y: the row.
        low, high: its ends; NaN, where nobody knows them, stands for the point.
        line: width of the line, in points.
        point: where the dot is; None for none.
        size, marker: of the dot.
        cap: how the line ends.
        zorder: of the line; the dot lies over it. None for the picture's own order.
        clip: whether a dot at the edge of the axes is cut there.
    """
    if point is not None:
        low, high = (point if isnan(edge) else edge for edge in (low, high))
    if isnan(low) or isnan(high):
        return
    order: dict[str, Any] = {} if zorder is None else {"zorder": zorder}
    axes.plot([low, high], [y, y], color=colour, linewidth=line, solid_capstyle=cap, **order)
    if point is not None:
        order = {} if zorder is None else {"zorder": zorder + 1}
        axes.plot(point, y, marker=marker, markersize=size, color=colour, clip_on=clip, **order)
