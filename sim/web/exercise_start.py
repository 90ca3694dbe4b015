"""How a new exercise is begun: as a copy of one that is there, or empty over a scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request

from sim.exercise import words
from sim.scenario.errors import ScenarioError
from sim.web import aside
from sim.web.exercise_making import begin_copy, begin_empty, scenarios_of
from sim.web.exercises import Exercises
from sim.web.guards import TooLargeError
from sim.web.parts import Field, Tag, box, button, go_on, heading, link, para
from sim.web.said import refusal
from sim.web.site import Site, page_of
from sim.words.language import say, translate
from sim.words.phrases import phrase

FIRST = "wuhan-35min"
"""The scenario that is chosen at first: one morning, few victims."""


def build(site: Site, exercises: Exercises) -> None:
    """Put the page into the framework's application."""

    @site.page("/rooms/make")
    async def begin(request: Request) -> None:
        entries = await aside.short(exercises.all)
        scenarios = await aside.short(scenarios_of, exercises)
        with page_of(request, say("Make an exercise"), here="/rooms", facilitator=True):
            para(
                say(
                    "Begin with a copy of an exercise that is there, or with an empty one. What you write is kept on"
                    " this server as you type."
                ),
                "lead",
            )
            made = _Beginning(exercises)
            with box("grid"):
                with box("panel", "section"):
                    heading(2, say("A copy"))
                    loads = {f"{number}": load_ for number, (_, load_) in enumerate(entries)}
                    options = [(f"{n}", words.told(one.exercise.title)) for n, (one, _) in enumerate(entries)]
                    of = Field(say("Of which exercise"), "0", options=options)
                    bare = ("bare", say("only its cases, luck and times: roles and injects are yours"))
                    what = Field(say("What is copied"), "", options=[("", say("all of it")), bare])
                    button(
                        say("Copy it"), lambda: made.begin(begin_copy, loads[of.value], what.value == "bare"), "main",
                    )  # fmt: skip
                with box("panel", "section"):
                    heading(2, say("An empty one"))
                    over = Field(say("Over which scenario"), FIRST, options=scenarios)
                    button(say("Begin empty"), lambda: made.begin(begin_empty, over.value), "main")
            made.show()
            link(say("Back to the exercises"), "/rooms", "button")


class _Beginning:
    """Makes the file of a new exercise, and leads to its page."""

    def __init__(self, exercises: Exercises) -> None:
        self._exercises = exercises

    def show(self) -> None:
        """Leave room for what goes wrong."""
        self._trouble = Tag("p", "", "mistake", role="alert")

    async def begin(self, make: Callable[..., str], *of: Any) -> None:
        """Make the file of a new exercise, beside the event loop, and lead on."""
        try:
            name = await aside.short(make, self._exercises, *of)
        except ScenarioError as error:
            self._trouble.set_text(translate(phrase("{where}: {what}", where=error.field, what=error.what)))
        except TooLargeError:
            self._trouble.set_text(say("This exercise is too large to be copied."))
        except OSError as error:
            self._trouble.set_text(refusal(error))
        else:
            go_on(f"/rooms/make/{name}", self._trouble)
