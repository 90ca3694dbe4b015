"""Work that is no case: what else the people of a desk are there for, and what they are busy with when a case comes."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name, PerDay, Weights7, check_busiest
from sim.scenario.distributions import DurationDist
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.marks import WEIGHTS
from sim.scenario.prevention import HourlyRates
from sim.scenario.workflow import Leak, Route, Step, Work
from sim.words.phrases import phrase
from sim.words.units import DAY

MOST_ITEMS = 1_000_000
"""Of one duty in a run: the log gives an item twenty bits."""
_DONE = "done"
"""Where a piece of work goes that is over."""
Heads = Annotated[int, Field(ge=1, le=1000)]


class Duty(Model):
    """A stream of pieces of work that belong to no case: they wait at the desk like other work, and then are done."""

    team: Annotated[dict[Name, Heads], Field(min_length=1, max_length=10)]
    """As of a work step: seized all or nothing; the first desk named keeps the queue."""
    time: DurationDist
    """Working time of a piece; of a visit the way included."""
    per_day: PerDay
    by_hour: Annotated[HourlyRates | None, WEIGHTS] = None
    """Relative rate in each hour of the day, local time; None: the same round the clock."""
    by_weekday: Annotated[Weights7 | None, WEIGHTS] = None
    """Relative rate on Monday to Sunday; None: the same on all."""
    patience: DurationDist | None = None
    """After this in the queue it goes away undone; None: it waits for ever."""
    after_cases: Literal[True] | None = None
    """Begun only when no case waits at the desk; what is begun is finished. None: in the desk's order, as a piece that
    came in when it did and of which no account is known."""

    @model_validator(mode="after")
    def _not_too_many(self) -> "Duty":
        if self.by_weekday is not None and sum(self.by_weekday) <= 0:
            raise FaultError(phrase("a weight above 0"), wrong=phrase("weights of 0 only"), at="by_weekday")
        check_busiest("per_day", self.per_day, self.by_hour or [1.0], self.by_weekday or [1.0])
        return self


def check_duties(duties: Mapping[str, Duty], desks: Mapping[str, Any], until: int) -> None:
    """Refuse duties of desks that are not there or too small, and more of them than a log can tell apart.

    Raises:
        ValueError: `PATH: what is wrong; what is accepted`, with PATH in the scenario.
    """
    if _DONE in duties:
        raise FaultError(phrase("another name"), wrong=phrase("a name that is taken"), at=f"duties.{_DONE}")
    for name, duty in duties.items():
        for desk, heads in duty.team.items():
            if desk not in desks:
                raise UnknownNameError(phrase("desk"), desk, desks, f"duties.{name}.team")
            if heads > desks[desk].most:
                most = phrase("a desk that never has more than {most} on duty", most=desks[desk].most)
                raise FaultError(
                    phrase("at most {most}", most=desks[desk].most),
                    wrong=phrase("{heads} heads of {most}", heads=heads, most=most), at=f"duties.{name}.team.{desk}",
                )  # fmt: skip
        items = duty.per_day * until / DAY
        if items > MOST_ITEMS * 0.9:  # chance may bring more than the mean
            raise FaultError(
                phrase("at most {most:,.0f}", most=MOST_ITEMS * 0.9),
                wrong=phrase("{items:,.0f} pieces of work in the whole run", items=items), at=f"duties.{name}.per_day",
            )  # fmt: skip


def route_of_duties(duties: Mapping[str, Duty]) -> Route:
    """The duties as steps of one route in the background, so that desks serve them as they serve other work."""
    steps = {
        name: Step(
            work=Work(
                team=duty.team, time=duty.time, patience=duty.patience, on_renege=_DONE if duty.patience else None
            ),
            leak=Leak(wait=name, work=name),
            to=_DONE,
        )
        for name, duty in duties.items()
    }
    return Route(subject="victim", first=next(iter(steps)), steps=steps | {_DONE: Step(end="done")}, background=True)
