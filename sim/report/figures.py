"""All pictures, and what turns one into the bytes of a file."""

from matplotlib.figure import Figure

from sim.report.figures_latency import latency_figure
from sim.report.figures_spread import spread_figure, two_sets_figure
from sim.report.figures_style import render
from sim.report.figures_timeline import timeline

__all__ = ["Figure", "latency_figure", "render", "spread_figure", "timeline", "two_sets_figure"]
