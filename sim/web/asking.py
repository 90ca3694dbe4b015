"""What else can be asked of a centre: a button for each question, and a few words more for how many people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from inspect import isawaitable
from typing import Final

from nicegui import ui

from sim.scenario.errors import ScenarioError, clip
from sim.scenario.models import Scenario
from sim.study.ask.aim import Aim
from sim.study.ask.heads import is_priced
from sim.study.run.errors import StudyError
from sim.web import aside
from sim.web.faults import mistake
from sim.web.further import NET
from sim.web.parts import Field, Tag, box, button, heading, on, para
from sim.web.said import refusal
from sim.web.studies import Study
from sim.words import names
from sim.words.language import key, say

Ask = Callable[[str, Mapping[str, str]], Study | Awaitable[Study]]
"""Asks for a study of a kind, with its options."""
BUTTONS: Final = {
    "diagnose": key("What holds it back"), "minutes": key("What a minute is worth"),
    "whatifs": key("What planners ask, one by one"), "sensitivity": key("Which assumption would overturn this"),
    "story": key("Cases, moment by moment"), "brief": key("Two pages for whoever decides"),
    "export": key("The log of one run, for other programs"),
}  # fmt: skip
"""By kind: what is pressed to ask."""
AS_TODAY: Final = "as_today"
GOALS: Final = {
    NET: key("whatever pays most"), "recovered_share": key("this share of the loss comes back, in %"),
    "response_latency": key("a report has its first stop within so many minutes"),
    AS_TODAY: key("as much comes back as today, but for so many points"),
}  # fmt: skip
ACCEPTED: Final = {
    "recovered_share": key("a number above 0, at most 100, such as 16.5"),
    "response_latency": key("a number of minutes above 0, such as 30"),
    AS_TODAY: key("a number of points above 0, such as 0.5"),
}
"""By goal but the first: how much it may be."""
WRITTEN: Final = {
    "recovered_share": "recovered_share={value}%", "response_latency": "response_latency={value}m",
    AS_TODAY: "recovered_share=today-{value}%",
}  # fmt: skip
"""By goal but the first: as `staff --target` reads it."""
ASKED_FIRST: Final = 2
"""Desks that are marked from the beginning: each shift more doubles what a search has to look at."""


@dataclass(frozen=True)
class Known:
    """What is known of the desks of a centre when somebody asks how many people they need."""

    utilisation: Mapping[str, float]
    """By desk, the share of the rostered time that is worked."""
    worth: Sequence[str] | None = None
    """Those at which one person more in a shift brings more than he costs, the best first; None: nobody has
    looked for it."""


def staffable(scenario: Scenario, known: Known) -> list[str]:
    """The desks whose people can be chosen: they have a number and a price. First those at which one person more brings
    most, then the busiest, then those with most people."""
    desks = {name: one for name, one in scenario.desks.items() if one.staff != "unlimited"}
    priced = [name for name, one in desks.items() if is_priced(one)]
    worth = [one for one in known.worth or () if one in priced]
    rest = (one for one in priced if one not in worth)
    return [*worth, *sorted(rest, key=lambda name: (-known.utilisation.get(name, 0.0), -desks[name].largest))]


class Asking:
    """The panel of one page."""

    def __init__(self, ask: Ask, scenario: Callable[[], Scenario], known: Callable[[], Known]) -> None:
        """
        Args:
            ask: asks for a study.
            scenario: reads the centre, beside the event loop; asked for when somebody wants to choose its desks.
            known: of its desks, when somebody wants to choose among them.
        """
        self._ask, self._scenario, self._known = ask, scenario, known
        heading(2, say("Ask on about this centre"))
        with box("row"):
            for kind, words in BUTTONS.items():
                if kind == "sensitivity" and find_spec("SALib") is None:
                    continue
                button(say(words), partial(self._asked, kind, {}))
            self._open = button(say("The cheapest roster for a target"), self._choose, aria_expanded="false")
        if find_spec("SALib") is None:
            para(say("Which assumptions a result hangs on is asked where SALib is installed:"
                     " pip install 'fundfreeze[sensitivity]'."), "help")  # fmt: skip
        self._place = box()
        self.trouble = Tag("p", "", "mistake", role="alert")

    async def _asked(self, kind: str, options: Mapping[str, str]) -> None:
        try:
            made = self._ask(kind, options)
            study = await made if isawaitable(made) else made
        except OSError as error:
            self.trouble.set_text(refusal(error))
            return
        if not self._place.is_deleted:
            ui.navigate.to(f"/planner/study/{study.id}")

    async def _choose(self) -> None:
        """Let the desks and the goal of a roster be chosen."""
        if self._place.default_slot.children:
            self._place.clear()
            self._open.set(aria_expanded="false")
            return
        try:
            known = await aside.short(self._known)
            desks = await aside.short(lambda: staffable(self._scenario(), known))
        except (ScenarioError, OSError) as error:
            self.trouble.set_text(mistake(error, "") if isinstance(error, ScenarioError) else refusal(error))
            return
        if self._place.is_deleted:
            return
        self._open.set(aria_expanded="true")
        with self._place:
            _Staffing(desks, known, partial(self._asked, "staff"))


def _marked(known: Known) -> str:
    """Which desks are marked, and why."""
    if known.worth is None:
        return key(
            "Marked are the busiest desks; once it is known what holds the centre back, those where one person more"
            " brings most."
        )
    if not known.worth:
        return key(
            "Marked are the busiest desks; no desk was found at which one person more in a shift pays for himself."
        )
    return key("Marked are the desks at which one person more brings most.")


class _Staffing:
    """The desks and the goal of a roster."""

    def __init__(self, desks: list[str], known: Known, ask: Callable[[Mapping[str, str]], Awaitable[None]]) -> None:
        self._chosen = set(desks[:ASKED_FIRST])
        self._ask = ask
        if not desks:
            para(say("No desk here has both a number of people and a price."))
            return
        with Tag("fieldset"):
            Tag("legend", say("Whose people may change"))
            para(f"{say(_marked(known))} {say('A search of few desks ends sooner.')}", "help")
            with box("row"):
                for name in desks:
                    self._desk(name)
        with box("fields"):
            self._goal = Field(say("What is wanted for the least cost"), "recovered_share",
                               options=[(name, say(words)) for name, words in GOALS.items()])  # fmt: skip
            self._value = Field(say("How much"), "", help_=say("A number; nothing where whatever pays most is wanted."))
        button(say("Search the roster"), self._search, "main")

    def _desk(self, name: str) -> None:
        with box("check"):
            made = Tag("input", type="checkbox")
            made.set(**{"^checked": name in self._chosen or None})
            Tag("label", names.desk(name), for_=made.html_id)

        def turned(checked: object) -> None:
            (self._chosen.add if checked is True else self._chosen.discard)(name)

        on(made, "change", turned, "(e) => emit(e.target.checked)")

    async def _search(self) -> None:
        self._value.refuse("")
        if not self._chosen:
            self._value.refuse(say("At least one desk must be able to change."))
            return
        goal, value = self._goal.value, self._value.value.strip().rstrip("%")
        if goal != NET:
            accepted = say(ACCEPTED[goal])
            goal = WRITTEN[goal].format(value=value)
            try:
                Aim.read(goal)
            except StudyError:
                shown = clip(value, 40) or say("nothing")
                self._value.refuse(say("read {read}, accepted: {accepted}", read=shown, accepted=accepted))
                return
        await self._ask({"desks": ",".join(sorted(self._chosen)), "goal": goal})
