"""The after-action report of an exercise as one self-contained page of HTML: nothing in it is fetched or run.

Names follow the field's doctrine for exercises (FEMA, Homeland Security Exercise and Evaluation Program, 2020): the
objectives with their ratings, the MSEL (the list of injects), the hot wash, and the improvement plan of an AAR/IP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from sim import __version__
from sim.exercise import words
from sim.exercise.load import Loaded
from sim.exercise.review import Decided, Injected, Review, Score
from sim.lang import brief, clock, counted, date, duration, key, language, money, named, percent, say
from sim.report.embedded import css_string, font_face, inline_svg
from sim.report.figures_exercise import Mark, Moment, money_figure, outcomes_figure
from sim.report.figures_style import render
from sim.response.log import NONE
from sim.scenario.units import MINUTE

DEAREST: Final = 3
"""Decisions of which the report says what another one would have saved."""
