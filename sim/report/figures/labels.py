"""Places for labels, so that none meets another, a line or a curve. Pure geometry, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.report.figures.style import BODY, DPI, text_width
from sim.words.lines import wrapped

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flag:
    """A label above a picture, tied to a vertical line; all in pixels."""

    place: float
    """Of the line."""
    width: float
    """Of the text."""
    left: bool = False
    """Whether it would rather stand to the left of its line."""


def hoist(flags: Sequence[Flag], lowest: float, highest: float) -> list[tuple[bool, int]]:
    """Where each label stands: (left of its line, row from 0 up), so that no text meets another text or line.

    Tries all ways, for a handful of labels; the fewest rows win, then the wished sides.
    """
    best: tuple[tuple[int, int, int], list[tuple[bool, int]]] | None = None
    ways = [(left, row) for row in range(len(flags)) for left in (False, True)]
    for chosen in product(ways, repeat=len(flags)):
        spans = [
            (f.place - f.width - 6, f.place) if left else (f.place, f.place + f.width + 6)
            for f, (left, _) in zip(flags, chosen, strict=True)
        ]
        if any(start < lowest or end > highest + 6 for start, end in spans):
            continue
        if any(
            (rows[0] <= rows[1] and span[0] < other.place < span[1])
            or (rows[0] == rows[1] and span[0] < end and start < span[1])
            for i, span in enumerate(spans)
            for j, (other, (start, end)) in enumerate(zip(flags, spans, strict=True))
            for rows in ((chosen[i][1], chosen[j][1]),)
            if i != j
        ):
            continue
        unwished = sum(f.left != left for f, (left, _) in zip(flags, chosen, strict=True))
        cost = (max(row for _, row in chosen), unwished, sum(row for _, row in chosen))
        if best is None or cost < best[0]:
            best = cost, list(chosen)
    return best[1] if best else [(f.place + f.width > highest, row) for row, f in enumerate(flags)]


def spread(places: Sequence[float], apart: float, lowest: float, highest: float) -> list[float]:
    """Move labels as little as needed so that any two lie `apart`, within [lowest, highest] where they fit.

    Args:
        places: wanted places, in rising order.
    """
    out: list[float] = []
    for place in places:
        out.append(max(place, out[-1] + apart if out else lowest))
    top = highest
    for i in range(len(out) - 1, -1, -1):
        out[i] = min(out[i], top)
        top = out[i] - apart
    return out


class Labels:
    """Free places for labels over curves: off the curves, off level lines and off each other. All in pixels."""

    def __init__(self, axes: Axes, size: tuple[float, float], x: Floats) -> None:
        self.axes = axes
        self.wide, self.tall = size
        self.x = np.linspace(0, self.wide, 300)
        self.known = x
        """Places of the curves' points across the panel, rising."""
        self.curves: list[tuple[Floats, Floats]] = []
        self.taken: list[tuple[float, float, float, float]] = []
        self.ties: list[tuple[Floats, Floats]] = []
        """Points (x, y) along the thin lines from labels to what they tell of."""

    def _up(self, y: Any) -> Any:
        return np.asarray(y) / self.axes.get_ylim()[1] * self.tall

    def avoid(self, low: Floats, high: Floats) -> None:
        """Keep free of a band between two curves, given at the known places."""
        self.curves.append(
            (np.interp(self.x, self.known, self._up(low)), np.interp(self.x, self.known, self._up(high)))
        )

    def line(self, level: float) -> None:
        """Keep free of a level line."""
        y = float(self._up(level))
        self.taken.append((0, y - 2, self.wide, y + 2))

    def put(self, label: str, x: float, y: float, colour: str, *, tied: bool = True) -> None:
        """Write a label as near to a point as there is room, tied to it by a thin line.

        Args:
            x: place of the point across the panel, in pixels.
            y: its height, in the units of the axis.
        """
        lines = wrapped(label, 46)
        wide = max(text_width(line, BODY) for line in lines)
        tall = len(lines) * BODY * 1.25 * DPI / 72
        py = float(self._up(y))
        best: tuple[float, float, float] | None = None
        for left in np.arange(6, self.wide - wide - 4, 12):
            for bottom in np.arange(6, self.tall - tall - 4, 8):
                box = (left - 6, bottom - 5, left + wide + 6, bottom + tall + 5)
                away = float(np.hypot(max(box[0] - x, x - box[2], 0), max(box[1] - py, py - box[3], 0)))
                if (away >= 12 or not tied) and (best is None or away < best[0]) and self._free(box):
                    best = away, float(left), float(bottom)
        _, left, bottom = best or (0.0, x + 9, py + 9)
        if tied:
            self.ties.append((np.linspace(left + wide / 2, x, 100), np.linspace(bottom + tall / 2, py, 100)))
        self.taken.append((left - 6, bottom - 5, left + wide + 6, bottom + tall + 5))
        style = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 6}
        self.axes.annotate(
            "\n".join(lines), (x, py), xycoords="axes pixels", xytext=(left, bottom), textcoords="axes pixels",
            fontsize=BODY, color=colour, va="bottom", zorder=7, linespacing=1.25, arrowprops=style if tied else None,
        )  # fmt: skip

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        left, bottom, right, top = box
        inside = (self.x >= left) & (self.x <= right)
        for low, high in self.curves:
            if not ((high[inside] < bottom) | (low[inside] > top)).all():
                return False
        if any(((left < x) & (x < right) & (bottom < y) & (y < top)).any() for x, y in self.ties):
            return False
        return all(right < a or left > c or top < b or bottom > d for a, b, c, d in self.taken)
