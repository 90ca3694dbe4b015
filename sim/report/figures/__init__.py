"""All pictures, and what turns one into the bytes of a file."""

from matplotlib.figure import Figure

from sim.report.figures.latency import latency_figure
from sim.report.figures.spread import spread_figure, two_sets_figure
from sim.report.figures.style import render
from sim.report.figures.timeline import timeline

__all__ = ["Figure", "latency_figure", "render", "spread_figure", "timeline", "two_sets_figure"]
