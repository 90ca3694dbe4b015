"""One case moment by moment, with a slider: where its money is, what is stopped, who works on it, who waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.report.findings.replay import PLACES, Replay, Seen, at
from sim.web.numbers import whole
from sim.web.parts import VALUE, Field, Tag, box, button, heading, on, show_value
from sim.words import colours
from sim.words import language as lang
from sim.words.language import say

COLOURS: Final = {
    "victim": colours.SKY, "free": colours.RESTING, "held": colours.HELD, "elsewhere": colours.PURPLE,
    "out": colours.GONE, "paid": colours.BLUE,
}  # fmt: skip
MOST_ACCOUNTS: Final = 12
MOST_WORK: Final = 8


class Replaying:
    """The panel of some cases, of which one is looked at."""

    def __init__(self, replays: Sequence[Replay]) -> None:
        self._replays = replays
        self._replay = replays[0]
        heading(2, say("Moment by moment"))
        if len(replays) > 1:
            options = [(str(n), say("case {n}: {what}", n=n + 1, what=one.title)) for n, one in enumerate(replays)]
            Field(say("Case"), "0", options=options, on_change=self._choose)
        self._title = Tag("p", "", "finding")
        label = Tag("label", say("Moment"))
        self._slider = Tag("input", type="range", min=0, step=1)
        label.set(for_=self._slider.html_id)
        on(self._slider, "input", self._slid, VALUE)
        with box("row"):
            button(say("Earlier"), lambda: self._step(-1))
            button(say("Later"), lambda: self._step(1))
            self._when = Tag("strong")
            self._since = Tag("span", "", "quiet")
        self._happened = box("stack", "ul", aria_live="polite")
        self._bar = box("money-bar", role="img")
        self._places = box("figures", "dl")
        with box("grid"):
            with box():
                heading(3, say("Accounts with money or under a stop"))
                self._accounts = Tag("ul")
            with box():
                heading(3, say("At work"))
                self._at_work = Tag("ul")
            with box():
                heading(3, say("Waiting"))
                self._waiting = Tag("ul")
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        """Show the first payment of the chosen case."""
        self._title.set_text(self._replay.title)
        self._slider.set(max=len(self._replay.moments) - 1)
        paid = min((move[0] for move in self._replay.moves), default=0)
        self._put(next((number for number, one in enumerate(self._replay.moments) if one.at >= paid), 0))

    def _choose(self, number: str) -> None:
        self._replay = self._replays[int(number)]
        self._begin()

    def _slid(self, value: str) -> None:
        number = whole(value, 0, len(self._replay.moments) - 1)
        if number is not None:
            self._show(number)

    def _step(self, by: int) -> None:
        self._put(min(max(self._number + by, 0), len(self._replay.moments) - 1))

    def _put(self, number: int) -> None:
        """Show a moment, and move the slider there."""
        self._show(number)
        show_value(self._slider, number)

    def _show(self, number: int) -> None:
        self._number = number
        seen = at(self._replay, number)
        moment = seen.moment
        of = say("{n:,} of {all:,}", n=number + 1, all=len(self._replay.moments))
        self._when.set_text(f"{moment.day} {moment.clock}")
        since = say("{time} from the report", time=moment.since) if moment.since else ""
        self._since.set_text(say("; ").join(part for part in (since, of) if part))
        self._slider.set(aria_valuetext=f"{moment.clock}, {of}")
        _list(self._happened, moment.lines)
        self._money(seen)
        accounts = [say("{account}: {fen}, {state}", account=name, fen=lang.money(fen), state=say(PLACES[state]))
                    for name, fen, state in seen.accounts]  # fmt: skip
        _list(self._accounts, _some(accounts, MOST_ACCOUNTS))
        _list(self._at_work, _some(seen.at_work, MOST_WORK))
        _list(self._waiting, _some(seen.waiting, MOST_WORK))

    def _money(self, seen: Seen) -> None:
        shown = {place: fen for place, fen in seen.money.items() if fen}
        whole_ = sum(shown.values()) or 1
        parts = [say("{place}: {fen}", place=say(PLACES[place]), fen=lang.money(fen)) for place, fen in shown.items()]
        self._bar.clear()
        self._bar.set(aria_label=say("; ").join(parts) or say("No money is paid."))
        with self._bar:
            for place, fen in shown.items():
                box().style(f"background: {COLOURS[place]}; width: {100 * fen / whole_:.3f}%")
        self._places.clear()
        with self._places:
            for place, fen in shown.items():
                with box():
                    with Tag("dt"):
                        box("dot", "span").style(f"background: {COLOURS[place]}")
                        Tag("span", say(PLACES[place]))
                    Tag("dd", lang.money(fen))


def _some(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, and how many more there are."""
    more = [say("and {n:,} more", n=len(lines) - most)] if len(lines) > most else []
    return [*lines[:most], *more]


def _list(place: Tag, lines: Sequence[str]) -> None:
    place.clear()
    with place:
        for line in lines:
            Tag("li", line)
        if not lines:
            Tag("li", say("nothing at this moment"), "quiet")
