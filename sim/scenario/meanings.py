"""What each value of a file means, in one sentence: what stands below its field in the source, or here.

Read from the source only where people are told of values, such as the reference in docs/: pydantic could keep these
texts itself, and every start would pay for it.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic import BaseModel

from sim.scenario.distributions import Band, Component, Distribution
from sim.scenario.law_parameters import (
    ExponentialParams,
    GammaParams,
    LoglogisticParams,
    LognormalParams,
    UniformParams,
    WeibullParams,
)

LAW: Final = (
    Distribution, Band, Component, ExponentialParams, LognormalParams, LoglogisticParams, GammaParams, WeibullParams,
    UniformParams,
)  # fmt: skip
"""Of what a distribution is made, over times and over amounts alike."""


class Meaning(NamedTuple):
    """What a value means, and what it is to leave it out where that is no value itself."""

    says: str
    left_out: str = ""


_HERE: Final = {
    "Scenario.schema_version": "The form of the file.",
    "Scenario.name": "What the scenario is called on the command line and in files.",
    "Scenario.title": "What it is called in pages, tables and pictures.",
    "Scenario.utc_offset": "The offset of local time from UTC, with which records are written.",
    "Scenario.bank_profiles": "How each kind of bank answers, by its name.",
    "Scenario.banks": "The banks and payment firms at which mules hold accounts, by name.",
    "Scenario.desks": "The groups of people who work, by their role.",
    "Scenario.routes": "The response, as routes of steps, by name.",
    "Victims.districts": "The parts of the city, by name. None: not told apart, and nobody has far to go.",
    "Victims.rails": "The ways on which payments travel, by name. None: every payment arrives at once.",
    "Step.start": "A parallel token starts.",
    "Step.await_": "A join: the token waits for signals.",
    "Step.cancel": "A parallel token is stopped.",
    "Victims.scams": "The kinds of fraud, by name.",
    "Victims.arrivals": "Where victims come from, by name: each source at a rate or as a list.",
    "Scam.most_payments": "The most payments of one victim.",
    "ThirdParty.share": "Share of the victims for whom somebody else reports.",
    "ListedArrivals.cases": "The cases, each with a line of its own.",
    "ListedCase.scam": "The kind of fraud.",
    "ListedCase.loss": "All that the victim pays. None: drawn from that of the scam.",
    "ListedCase.payments": "In how many payments. None: drawn as the scam says.",
    "ListedCase.discovery": "From the last payment until the victim understands. None: drawn as the scam says.",
    "ListedCase.report_lag": "From understanding until the report. None: drawn as the scam says.",
    "ListedCase.reports": "Whether the victim reports at all. None: drawn as the scam says.",
    "Channel.share": "Share of the reports that come this way; those of all ways sum to 1.",
    "District.share": "Share of the victims who live here; those of all districts sum to 1.",
    "Criminals.typical_transfer": "An onward transfer is about so large: the number of them follows the money.",
    "Criminals.most_fan_out": "The most onward transfers of one credit.",
    "Criminals.exits": "The ways out of the banking system, by name.",
    "ByAmount.at": "The loss at which nothing changes.",
    "ByAmount.elasticity": "By how many per cent all times grow where the loss is one per cent larger.",
    "Night.start": "The hour at which the night begins, local time.",
    "Night.end": "The hour at which it ends.",
    "Innocent.balance": "How much such money there is.",
    "BankProfile.queue": "Which order is executed first.",
    "BankProfile.outages": "Times at which all banks of this kind execute nothing.",
    "Outage.lasts": "How long it lasts.",
    "Monitoring.least": "Payments below this are let through.",
    "Rostered.staff": "So many people round the clock.",
    "Rostered.shifts": "Who is there when.",
    "Shift.start": "The time of day at which the shift begins.",
    "Shift.end": "The time of day at which it ends; not after the beginning: on the next day.",
    "Shift.staff": "How many people work in it.",
    "Shift.breaks": "When some of them are away. None: nobody is.",
    "Dates.first": "The first day.",
    "Dates.last": "The last day.",
    "Break.at": "The time of day at which it begins.",
    "Break.lasts": "How long it lasts.",
    "Desk.queue": "Who is served first: a policy by its name, or a function of a file beside the scenario.",
    "ShiftEnd.briefing": "What whoever takes work over needs on top of what is left; goes with `hand_over`.",
    "ShiftEnd.most": "The longest time that anybody stays on; goes with `overtime`.",
    "Surge.heads": "How many come.",
    "Route.subject": "What moves along the route.",
    "Route.first": "The step at which it begins.",
    "Route.steps": "The steps, by name; each goes on to the next one written unless it says otherwise.",
    "Step.do": "An effect, at once.",
    "Step.choose": "A branch: the first line whose condition holds is taken.",
    "Step.end": "The outcome of the token, which ends here.",
    "Step.to": "The next step. None: the one written next.",
    "Step.attempts": "How often a token may come here. None: as often as it likes.",
    "Step.on_exhausted": "Where it goes after that.",
    "Work.team": "How many people of which desks work on it; all or nothing, and the first desk keeps the queue.",
    "Work.desk": "The bank of the account works on it.",
    "Work.patience": "After this in the queue it goes away. None: it waits for ever.",
    "Wait.for_": "So long.",
    "Wait.until_open": "Until this desk has somebody on duty.",
    "Branch.if_": "What must be known of the subject.",
    "Branch.to": "The step that follows.",
    "Branch.else_": "The step that follows where no other line holds.",
    "Predicate.layer_at_least": "The account is on this layer or a deeper one.",
    "Predicate.amount_at_least": "So much is known to have come to the account; of a case: so much was lost.",
    "Predicate.bank_profile": "The bank of the account answers like this.",
    "Predicate.bank_reachable": "Whether the bank of the account can be asked.",
    "Predicate.desk_open": "Somebody is on duty at this desk.",
    "Predicate.channels": "The case was reported in one of these ways.",
    "Predicate.ages": "The victim is of one of these age bands.",
    "Predicate.frozen": "Whether a freeze is in force on the account.",
    "Predicate.reported": "Whether the victim has reported.",
    "Start.route": "The route on which the parallel token starts.",
    "Start.for_": "What it is about: the same subject, the victim, or each account or cash exit that is newly known.",
    "Cancel.route": "The route whose token is stopped.",
    "Cancel.for_": "What that token is about.",
    "Await.any": "Any of these signals is enough.",
    "Await.all": "All of these signals are needed.",
    "Await.at_most": "The longest wait. None: without end.",
    "Await.on_timeout": "Where the token goes when it has waited so long.",
    "Leak.wait": "The cause under which what is lost meanwhile is booked, while it waits.",
    "Leak.work": "The cause while somebody works on it.",
    "LineCut.share": "Share of the frauds whose line is cut.",
    "LineCut.scams": "Of these scams. None: of all.",
    "Warnings.route": "The route on which a warning starts.",
    "Warnings.scams": "Of these scams. None: of all.",
    "Leads.route": "The route on which a lead starts.",
    "Alarms.route": "The route on which an alarm starts.",
    "Objections.route": "The route on which an objection starts.",
    "Duty.per_day": "Pieces a day, on the mean of a week.",
    "Printed.accounts_stopped": "Accounts stopped.",
    "Printed.recovered": "Money recovered.",
    "Distribution.fixed": "Always this; a bare quantity says the same.",
    "Distribution.exponential": "Memoryless: many short, a long tail.",
    "Distribution.lognormal": "The logarithm is normal: usual of working times.",
    "Distribution.loglogistic": "As lognormal with a heavier tail: usual of how long money stays.",
    "Distribution.gamma": "A sum of exponential times; shape 1 is the exponential.",
    "Distribution.weibull": "Falling (shape below 1) or rising hazard.",
    "Distribution.uniform": "Evenly between two values.",
    "Distribution.empirical": "Pairs [cumulative probability, value] from [0, ...] to [1, ...], lines between them.",
    "Distribution.mixture": "Several laws, each with its weight.",
    "Distribution.bands": "A table: so many up to each value.",
    "Band.to": "The upper end of the band.",
    "Band.share": "Share of all in this band; the shares sum to 1.",
    "Band.open": "The last band has no end: `to` is then the limit that is assumed.",
    "Component.weight": "Share of all that this law has; the weights sum to 1.",
    "Component.of": "The law.",
    "ExponentialParams.mean": "The mean.",
    "LognormalParams.median": "Half are below.",
    "LognormalParams.p90": "Nine of ten are below.",
    "LoglogisticParams.median": "Half are below.",
    "LoglogisticParams.shape": "The larger, the less spread; at 1 or below there is no mean.",
    "GammaParams.mean": "The mean.",
    "GammaParams.shape": "The larger, the less spread.",
    "WeibullParams.scale": "63% are below.",
    "WeibullParams.shape": "The larger, the less spread.",
    "UniformParams.low": "The lowest value.",
    "UniformParams.high": "The highest value.",
}  # fmt: skip
"""By model and field: of those whose name and type say the rest in the source."""


def meaning(model: type[BaseModel], name: str, also: Mapping[str, str] = MappingProxyType({})) -> Meaning:
    """What a field means: by its own words, else by those of the model that it holds.

    Args:
        name: of the field in the program, which may differ from that in a file.
        also: what fields of models of another folder mean, by `MODEL.FIELD`.

    Raises:
        KeyError: nothing says it.
    """
    here = (also.get(f"{one}.{name}") or _HERE.get(f"{one}.{name}") for one in _names(model))
    text = next(filter(None, here), "") or _texts(model).get(name, "")
    says, _, none = text.partition("None: ")
    says = says.strip()
    if none and says.endswith(";"):
        says = says[:-1] + "."
    if not says:
        held = [kind for kind in _held(model, name) if kind.__doc__]
        says = " ".join((inspect.getdoc(held[0]) or "").partition("\n\n")[0].split()) if held else ""
    if not says:
        raise KeyError(f"{model.__name__}.{name}")
    return Meaning(says, none.strip().rstrip("."))


def _held(model: type[BaseModel], name: str) -> list[type[BaseModel]]:
    from sim.scenario import shape

    kinds = shape.unwrap(model.model_fields[name].annotation)
    return [kind for kind in kinds if shape.is_model(kind) and not issubclass(kind, LAW)]


def _names(model: type[BaseModel]) -> list[str]:
    """A model and those that it is made from, by name; of one that is made for a unit, the one without it."""
    return [one.__name__.partition("[")[0] for one in model.__mro__] + [
        general.__name__ for general in LAW if issubclass(model, general)
    ]


@cache
def _texts(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field in the source, its lines joined."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not (isinstance(one, type) and issubclass(one, BaseModel)) or one.__module__.startswith("pydantic"):
            continue
        try:
            body = ast.parse(inspect.getsource(one)).body[0]
        except OSError:  # made for a unit of a law
            continue
        assert isinstance(body, ast.ClassDef)
        name = None
        for line in body.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                name = line.target.id
            elif name and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
                found[name], name = " ".join(str(line.value.value).split()), None
            else:
                name = None
    return found
