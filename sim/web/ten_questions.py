"""Ten questions about a planner's own centre, which become a scenario file and its live page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from sim.report.findings.answering import Way, meaning, soon, ways_of, within
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.made import ALERTS, ANSWERS, ASKED_DESKS, BASE, NOBODY, Bank, TenAnswers, made, name_of, names_of
from sim.web import aside
from sim.web.faults import mistake
from sim.web.numbers import whole
from sim.web.own_centre import keep
from sim.web.parts import Field, Tag, box, button, go_on, heading, para
from sim.web.said import refusal
from sim.web.site import Site, page_of
from sim.web.uploads import Uploads
from sim.words.language import named, say

ROSTER: Final = {"intake": (3, 1), "analyst": (8, 3), "audit": (2, 1), "legal": (4, 0)}
"""People by day and by night that the page proposes."""
BANKS: Final = (("", 40, "officer"), ("", 30, "interface"), ("", 15, "remote"), ("", 10, "letter"), ("", 0, NOBODY))
"""Name, percent of the mule accounts, and how it answers."""
OFFICERS: Final = (2, 1)
"""Of each bank that has some at the centre, by day and by night."""
MOST_PEOPLE: Final = 500
LONGEST: Final = 80
"""Characters of a name."""


def build(site: Site, uploads: Uploads) -> None:
    """Put the page into the framework's application."""

    @site.page("/planner/made")
    async def questions(request: Request) -> None:
        ways = await aside.short(_ways)
        with page_of(request, say("Your own centre, from ten questions"), here="/planner", facilitator=True):
            _Questions(uploads, ways)


def _ways() -> Mapping[str, Way]:
    """How the kinds of bank of the city answer, on which a centre is made."""
    return ways_of(load(BASE).scenario)


class _Questions:
    """One browser's ten questions."""

    def __init__(self, uploads: Uploads, ways: Mapping[str, Way]) -> None:
        """
        Args:
            uploads: where the centre is kept.
            ways: by kind of bank, how it answers.
        """
        self._uploads, self._ways = uploads, ways
        self._fields: list[Field] = []
        self._called: list[Tag] = []
        """Below the name of each bank: what the centre calls it, where that is another name."""
        self._wrong = False
        para(
            say(
                "Guess where you do not know: every answer can be turned afterwards, and all that is not asked is a"
                " large city's, with its sources: so many are absent, too. Nobody takes a break in the shifts that are"
                " asked for. The page of the centre lists what was assumed."
            ),
            "lead",
        )
        with box("panel", "section"), Tag("ol", "", "questions"):
            with self._question(say("What is it called?")):
                self.title = self._field(say("Name"), say("Our centre"), maxlength=LONGEST)
            with self._question(say("How many people live there?")):
                self.people = self._field(
                    say("Millions"), "3", help_=say("Other desks and work that is no case follow.")
                )
            with self._question(say("How many frauds are reported a day?")):
                usual = say("Usual is about {n:g} for each million people.", n=ALERTS)
                self.reports = self._field(say("Reports a day"), "11", help_=usual)
            with self._question(say("When does the day shift begin and end?")):
                self.day = [self._field(say("it begins at"), "08:00"), self._field(say("it ends at"), "20:00")]
            self.heads = [
                self._roster(say("Who is there by day?"), 0), self._roster(say("And by night?"), 1),
            ]  # fmt: skip
            with self._question(say("At which banks are the accounts of criminals, and how do these answer an order?")):
                for text in (
                    say(
                        "What is left of 100% is at firms that no order reaches. An order that comes when nobody is"
                        " there waits until somebody is."
                    ),
                    say(
                        "Customers count only where a bank watches what they pay, which none does at first. Left empty:"
                        " of the customers that others leave, as many as of the accounts."
                    ),
                    say(
                        "A bank keeps the name that you type, in small letters; where it cannot, it is said below the"
                        " name."
                    ),
                ):
                    para(text, "help wide")
                self.banks = [self._bank(number, *one) for number, one in enumerate(BANKS, start=1)]
                with box("bank officers", role="group", aria_label=say("officers at the centre")):
                    self.officers = [
                        self._number(say("officers of each bank that has some here, by day"), OFFICERS[0]),
                        self._number(say("the same by night"), OFFICERS[1]),
                    ]
            with self._question(say("Who else is chased?")):
                self.others = [
                    self._number(say("people at payment firms who answer"), 2),
                    self._number(say("people at wallets of crypto assets who answer"), 1),
                ]
            with self._question(say("How many cars go after couriers?")):
                self.cars = self._number(say("cars with a team"), 2)
            with self._question(say("What does an hour of work cost?")):
                self.wage = self._field(say("yuan an hour, all told"), "60")
        self.trouble = Tag("p", "", "mistake", role="alert")
        button(say("Make the centre"), self._make, "main")

    @staticmethod
    def _question(text: str) -> Tag:
        item = box("question", "li")
        with item:
            heading(2, text)
            return box("fields", "div")

    def _field(self, label: str, value: str, **rest: object) -> Field:
        made_ = Field(label, value, autocomplete="off", **rest)  # type: ignore[arg-type]
        self._fields.append(made_)
        return made_

    def _number(self, label: str, value: int) -> Field:
        return self._field(label, f"{value}", type="number", min=0, max=MOST_PEOPLE)

    def _roster(self, text: str, place: int) -> dict[str, Field]:
        with self._question(text):
            return {name: self._number(named(name, "desk"), ROSTER[name][place]) for name in ASKED_DESKS}

    def _bank(self, number: int, name: str, percent: int, how: str) -> tuple[Field, Field, Field, Field]:
        with box("bank", role="group", aria_label=say("bank {n}", n=number)):
            options = [(one, meaning(one)) for one in ANSWERS]
            notes = {one: self._note(one) for one in ANSWERS}
            return (
                self._named(name or say("bank {n}", n=number)),
                self._field(say("% of the accounts"), f"{percent}"),
                self._field(say("% of the customers"), "", placeholder=say("as accounts")),
                self._field(say("how it answers"), how, options=options, notes=notes),
            )

    def _named(self, name: str) -> Field:
        """The name of a bank, with room for what the centre calls it where it cannot be called so."""
        made_ = self._field(say("bank"), name, maxlength=LONGEST, on_change=lambda _: self._say_names())
        with made_.box:
            self._called.append(Tag("span", "", "help", role="status"))
        return made_

    def _say_names(self) -> None:
        """Say which banks are called otherwise than they were typed, and why."""
        typed = [name.value for name, *_ in self.banks]
        for number, (name, said, text) in enumerate(zip(names_of(typed), typed, self._called, strict=True), start=1):
            alone = name_of(said, number)
            why = ""
            if name != alone:
                why = say("called {name} here: another bank has the name", name=name)
            elif name != "-".join(said.lower().split()):
                why = say("called {name} here: letters a to z, Chinese characters and digits are kept", name=name)
            text.set_text(why)

    def _note(self, how: str) -> str:
        """What it means that a bank answers in a way, which its name does not say."""
        if how == NOBODY:
            return say("no order stops the accounts there")
        if how == "officer":
            return say(
                "{soon}, in the hours of your shifts, as many as you say below", soon=within(self._ways[how].half)
            )
        return soon(self._ways[how])

    # -- reading the answers -------------------------------------------------------------------------------

    async def _make(self) -> None:
        """Make the file, look at it as at any upload, and open its page."""
        answers = self._read()
        if answers is None:
            self.trouble.set_text(say("Some answers cannot be used: they are marked."))
            return
        self.trouble.set_text("")
        try:
            address = await keep(self._uploads, await aside.short(made, answers))
        except OSError as error:
            self.trouble.set_text(refusal(error))
        except ScenarioError as error:
            self.trouble.set_text(mistake(error, ""))
        else:
            go_on(address, self.trouble)

    def _read(self) -> TenAnswers | None:
        """The answers; None, and each mistake beside its field, where some cannot be used."""
        self._wrong = False
        for field in self._fields:
            field.refuse("")
        by_day, by_night = (
            {name: self._whole(one, int(not place)) for name, one in heads.items()}
            for place, heads in enumerate(self.heads)
        )
        banks = [
            Bank(name.value.strip(), self._decimal(share, 0, 100) / 100, how.value, self._perhaps(customers))
            for name, share, customers, how in self.banks
        ]
        for place, shares in ((1, [one.share for one in banks]), (2, [one.customers or 0.0 for one in banks])):
            if round(sum(shares), 6) > 1:
                self._refuse(self.banks[0][place], say("together at most 100%"))
        firms, wallets = (self._whole(one, 1) for one in self.others)
        here, at_night = (self._whole(one, least) for one, least in zip(self.officers, (1, 0), strict=True))
        answers = TenAnswers(
            title=self.title.value.strip() or say("Our centre"), people=self._decimal(self.people, 0.01, 100),
            reports=self._decimal(self.reports, 0.01, 2000), day=(self._clock(self.day[0]), self._clock(self.day[1])),
            by_day=by_day, by_night=by_night, banks=banks, officers=(here, at_night), payment_firms=firms,
            wallets=wallets, cars=self._whole(self.cars, 1), wage=self._decimal(self.wage, 0, 10_000),
        )  # fmt: skip
        return None if self._wrong else answers

    def _refuse(self, field: Field, text: str) -> None:
        field.refuse(text)
        self._wrong = True

    def _whole(self, field: Field, least: int) -> int:
        number = whole(field.value, least, MOST_PEOPLE)
        if number is None:
            self._refuse(field, say("{low:,} to {high:,}", low=least, high=MOST_PEOPLE))
        return number or 0

    def _decimal(self, field: Field, least: float, most: float) -> float:
        try:
            number = float(field.value.strip().rstrip("%"))
        except ValueError:
            number = -1.0
        if not least <= number <= most:
            self._refuse(field, say("{low:g} to {high:g}", low=least, high=most))
            return least
        return number

    def _perhaps(self, field: Field) -> float | None:
        """A share that may be left out."""
        return self._decimal(field, 0, 100) / 100 if field.value.strip() else None

    def _clock(self, field: Field) -> str:
        hour, colon, minute = field.value.strip().replace("：", ":").partition(":")
        if not colon or whole(hour, 0, 24) is None or whole(minute, 0, 59) is None:
            self._refuse(field, say("a time of day such as 08:00"))
        return f"{hour}:{minute}"
