"""Published figures: what the world counted, where it is printed, and which run of the model answers it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Annotated, Final, Literal

from pydantic import Field

from sim.measure.ways import By
from sim.scenario import catalogue
from sim.scenario.base import Model, Name
from sim.scenario.loader import load
from sim.study.ask.reading import Reading
from sim.study.ask.targets import Written, names_in
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase
from sim.words.quantities import read_quantity
from sim.words.units import RefusedError

LAST = "elsewhere"
"""The file that is shown last."""
Role = Literal["input", "target", "same data", "kept apart"]
"""input: the model was given it, was set with it in view, or has it by construction. target: its values were fitted to
it. same data: counted of the same events as an input or a target, or a default comes from its source: it can miss, but
proves nothing more. kept apart: none of these."""
Quantity = Literal[
    "saved", "saved of stopped", "stopped", "frozen", "returned", "found", "on an account", "accounts"
]  # fmt: skip
"""saved: for victims, of what was lost. stopped: all money, of what was lost. frozen, returned: of what was stopped.
found: requests that met money. on an account: money an account. accounts: for a case."""
SHARES: Final = ("saved", "saved of stopped", "stopped", "frozen", "returned", "found")
"""Quantities that are shares, the odds of which are compared."""
Text = Annotated[str, Field(min_length=1, max_length=600)]


class World(Model):
    """Runs that answer figures."""

    scenario: str
    set: list[str] = Field(default_factory=list)
    by: By | None = None
    replications: Annotated[int, Field(ge=2, le=10_000)]
    delay: str | None = None
    """Every victim reports so long after the last payment. None: as the scenario has it."""


class Source(Model):
    """Where a figure is printed."""

    title: Text
    publisher: Text
    date: Text


class Figure(Model):
    """One published figure, and how the model answers it."""

    title: Text
    country: Text
    source: Source
    published: Written | tuple[Written | None, Written | None]
    """As printed: a figure, a range, or a bound: a range with an open end (null)."""
    share_of: Text | None = None
    """What it is a share of."""
    tolerance: Written = 0.0
    why: Text | None = None
    """Why the tolerance is what it is."""
    asked: Written | None = None
    """Of a target: how near the model is asked to come, where that is wider than what the print itself leaves open."""
    asked_why: Text | None = None
    role: Role
    kind: Literal["range", "point", "case", "selected", "direction only"]
    """case: one event of a world in which events differ: it is to lie in the middle 90% of the model's. selected: one
    that was printed because it was the most remarkable among others: as much is to happen once among them."""
    among: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    """Of one that was selected: among how many."""
    most: Written | None = None
    """Of a case: the most that could be. Where the model's middle 90% reaches over most of that, it could hardly have
    been outside, and says little."""
    quantity: Quantity | None = None
    """What it tells of; how far off the model is elsewhere is told quantity by quantity."""
    place: Text | None = None
    """Where it was counted, if nothing counted there was used for the model: figures of one place err together."""
    run: Name
    metric: str | list[str]
    over: str | list[str] | None = None
    target: str | None = None
    """Its name among the targets of the calibration."""
    note: Text | None = None

    @property
    def reading(self) -> Reading:
        """How the model's figure is read from the metrics of a run."""
        return Reading(names_in(self.metric), names_in(self.over or []))


class Fall(Model):
    """Several figures of one curve: how far the model is from all of them (root mean square)."""

    title: Text
    of: Annotated[list[str], Field(min_length=2)]
    most: Annotated[float, Field(gt=0)]


class Delays(Model):
    """Worlds of longer and longer delays: the share recovered must fall from each to the next, and keep a tail."""

    title: Text
    worlds: Annotated[list[str], Field(min_length=2)]


class Trade(Model):
    """How one figure moves with an assumption, to see what it would take to have it."""

    path: str
    """The assumption; of a distribution it is its scale."""
    factors: Annotated[list[Annotated[float, Field(gt=0, allow_inf_nan=False)]], Field(min_length=2, max_length=20)]
    """What it is multiplied by."""
    figure: str
    axis: Text
    """What the assumption is, for the picture; it is followed by "times what is assumed"."""


class Excluded(Model):
    """Published figures that cannot be had together: what would follow from all of them."""

    title: Text
    product: list[str]
    """Figures that are multiplied, as they are printed; of a range its lower end."""
    over: list[str] = Field(default_factory=list)
    """And what that is divided by: names of figures, as the model has them."""
    follows: Text
    """What the number would be."""
    against: Text
    """What it contradicts."""
    needed: Text
    """What would have to be known."""
    trade: Trade | None = None
    """The trade-off, to be drawn."""


class Published(Model):
    """What `prove` reads."""

    schema_version: Literal[1]
    name: Name
    title: Text
    calibrations: list[str] = Field(default_factory=list)
    """The targets that its values were calibrated to."""
    worlds: Annotated[dict[Name, World], Field(min_length=1)]
    figures: Annotated[dict[Name, Figure], Field(min_length=1)]
    curves: dict[Name, Fall] = Field(default_factory=dict)
    excluded: list[Excluded] = Field(default_factory=list)
    falls: dict[Name, Delays] = Field(default_factory=dict)
    common: dict[str, dict[str, str]] = Field(default_factory=dict)
    """By name of a value: in which scenario it stands where; all must be alike."""


def read_published(name: str) -> Published:
    """The figures in a file, or the shipped ones of that name.

    Raises:
        ScenarioError: the file is wrong.
        StudyError: it names what it does not have.
    """
    path = catalogue.find(name, catalogue.folder() / "published", phrase("a file of published figures"))
    found = load(path, model=Published).scenario
    place = str(path)
    beside = {name: path.parent / world.scenario for name, world in found.worlds.items()}
    own = {name: found.worlds[name].model_copy(update={"scenario": str(file)}) for name, file in beside.items()
           if file.is_file()}  # fmt: skip
    found = found.model_copy(update={"worlds": {**found.worlds, **own}})
    for named, one in found.figures.items():
        _known(one.run, list(found.worlds), f"{place}: figures.{named}.run")
        if one.tolerance and one.why is None:
            raise StudyError(
                phrase(
                    "{place}: figures.{named}.why: read nothing, accepted: why the tolerance is what it is",
                    place=place, named=named,
                )
            )  # fmt: skip
        asked_of(one, f"{place}: figures.{named}")
        check_kind(one, f"{place}: figures.{named}")
    for named, curve in found.curves.items():
        for figure in curve.of:
            _known(figure, list(found.figures), f"{place}: curves.{named}.of")
    for named, fall in found.falls.items():
        for world in fall.worlds:
            _known(world, list(found.worlds), f"{place}: falls.{named}.worlds")
    for number, two in enumerate(found.excluded):
        for figure in (*two.product, *two.over, *([two.trade.figure] if two.trade else [])):
            _known(figure, list(found.figures), f"{place}: excluded.{number}")
    return found


def shipped() -> list[str]:
    """The names of the shipped files."""
    return sorted(catalogue.names(catalogue.folder() / "published"), key=lambda name: (name == LAST, name))


def bounds(figure: Figure, place: str = "") -> tuple[float, float, float]:
    """Lowest and highest printed value (infinite at an open end) and the tolerance, in the unit of the metric.

    Raises:
        StudyError: one of them is no quantity, the range is upside down, or both its ends are open.
    """
    written = figure.published if isinstance(figure.published, tuple) else (figure.published, figure.published)
    if written == (None, None):
        raise StudyError(phrase("{place}.published: read two open ends, accepted: a number at one end", place=place))
    low, high = (
        end if one is None else _value(one, f"{place}.published")
        for one, end in zip(written, (-inf, inf), strict=True)
    )  # fmt: skip
    if low > high:
        raise StudyError(
            phrase(
                "{place}.published: read {low} to {high}, accepted: the lower first",
                place=place, low=written[0], high=written[1],
            )
        )  # fmt: skip
    return low, high, _value(figure.tolerance, f"{place}.tolerance")


def asked_of(figure: Figure, place: str = "") -> float:
    """How near the model is asked to come to a figure, in the unit of the metric: its tolerance, or what is wider.

    Raises:
        StudyError: it is no quantity, narrower than the tolerance, or has no reason.
    """
    tolerance = bounds(figure, place)[2]
    if figure.asked is None:
        return tolerance
    asked = _value(figure.asked, f"{place}.asked")
    if asked <= tolerance or figure.asked_why is None:
        raise StudyError(
            phrase("{place}.asked: read {asked}, accepted: more than the tolerance, and asked_why",
                   place=place, asked=figure.asked)
        )  # fmt: skip
    return asked


def most_of(figure: Figure) -> float:
    """The most that a case could be, in the unit of the metric; infinite where nothing is said."""
    return inf if figure.most is None else _value(figure.most, "most")


def check_kind(figure: Figure, place: str) -> None:
    """Refuse a figure whose kind lacks what it needs.

    Raises:
        StudyError: as said.
    """
    if (figure.kind == "selected") != (figure.among is not None):
        raise StudyError(phrase("{place}: accepted: kind: selected and among: NUMBER, both or neither", place=place))
    if figure.place is not None and figure.quantity is None:
        raise StudyError(phrase("{place}: accepted: a quantity beside the place where it was counted", place=place))
    if figure.most is not None:
        _value(figure.most, f"{place}.most")


def _value(written: float | str, place: str) -> float:
    if not isinstance(written, str):
        return float(written)
    try:
        return read_quantity(written).value
    except (ValueError, RefusedError) as error:
        raise StudyError(phrase("{where}: {what}", where=place, what=error)) from None


def _known(name: str, names: Sequence[str], place: str) -> None:
    if name not in names:
        raise StudyError(
            phrase("{place}: read {name!r}, accepted: {names}", place=place, name=name, names=", ".join(names))
        )
