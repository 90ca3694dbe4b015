"""What an exercise file says: who sits where, what they see and may do, what happens to them, and what it is worth.

An exercise is played over any scenario. Times of `starts` and `ends` count from the scenario's start; those of injects
from the opening of the room, so that the same inject comes in the same minute of the exercise wherever it opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.exercise.expect import Expect
from sim.exercise.levels import Difficulty
from sim.exercise.texts import Text, Texts
from sim.exercise.vocabulary import ALWAYS, AT_OWN_DESKS, EVALUATOR, MAY, SEES, Channel, DeskGlob, May, RoleName, Sees
from sim.scenario.base import BankName, Model, Name
from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.people import MOST_STAFF, NamedPolicy
from sim.words.phrases import Phrase, phrase
from sim.words.units import SECOND, Duration, Money

GRID = 10 * SECOND
"""ms between two looks at the conditions of injects."""
MOST_SEATS = 60
MOST_SPEED = 3600.0
"""Simulated seconds in a second."""


class Objective(Model):
    """What the room is to learn."""

    id: Name
    text: Text
    injects: Annotated[list[Name], Field(max_length=40)] = Field(default_factory=list)
    """The injects that try it."""
    first_stop: Annotated[Duration, Field(gt=0)] | None = None
    """Measured of it: so soon after the report of each case an account of it is under a stop."""


@lru_cache(maxsize=10_000)
def _has(patterns: tuple[str, ...], desk: str) -> bool:
    """Whether any of some patterns names a desk; asked anew in every view of every moment."""
    return any(fnmatchcase(desk, pattern) for pattern in patterns)


class Role(Model):
    """A chair in the room: the desks it decides for, what it sees, what it may do."""

    title: Text
    desks: Annotated[list[DeskGlob], Field(max_length=40)] = Field(default_factory=list)
    sees: Annotated[list[Sees], Field(max_length=len(SEES))] = Field(default_factory=list)
    may: Annotated[list[May], Field(max_length=len(MAY))] = Field(default_factory=list)
    deadline: Duration = 0
    """Simulated time from a task's joining a desk of the role until the desk's default policy has it; 0: at once."""
    seats: Annotated[int, Field(ge=1, le=MOST_SEATS, strict=True)] = 1
    """The most people who sit there at once."""

    def has(self, desk: str) -> bool:
        """Whether the role decides for a desk."""
        return _has(tuple(self.desks), desk)

    def can(self, action: str) -> bool:
        """Whether the role may ever do something, or anything at all where it is `any`."""
        mine = [one for one in self.may if self.desks or one not in AT_OWN_DESKS]
        return bool(mine) if action == "any" else action in mine


class CallIn(Model):
    """What happens when a role calls in staff."""

    heads: Annotated[int, Field(ge=1, le=MOST_STAFF, strict=True)] = 2
    after: Duration
    lasts: Annotated[Duration, Field(gt=0)]


class StaffChange(Model):
    """Heads that a desk gets, or loses, for a while."""

    desk: Annotated[str, Field(max_length=80)]
    heads: Annotated[int, Field(ge=-MOST_STAFF, le=MOST_STAFF, strict=True)]
    lasts: Duration = 0
    """0: to the end."""


class PolicyChange(Model):
    """Another queue policy of a desk from now on."""

    desk: Annotated[str, Field(max_length=80)]
    policy: NamedPolicy


class Effect(Model):
    """A change of conditions in mid-room: of who works and how, never of the victims or their luck."""

    bank_down: BankName | None = None
    """A bank that nobody reaches for `lasts`."""
    lasts: Annotated[Duration, Field(gt=0)] | None = None
    staff: StaffChange | None = None
    policy: PolicyChange | None = None

    @model_validator(mode="after")
    def _one(self) -> Effect:
        given = [name for name in ("bank_down", "staff", "policy") if getattr(self, name) is not None]
        if len(given) != 1:
            raise FaultError(
                phrase("exactly one of them"), wrong=phrase("none or several of bank_down, staff and policy")
            )
        if (self.lasts is not None) != (self.bank_down is not None):
            raise FaultError(phrase("lasts goes with bank_down, and is needed there"))
        return self

    @property
    def desk(self) -> str:
        """The desk that it changes."""
        if self.bank_down is not None:
            return f"bank:{self.bank_down}"
        change = self.staff or self.policy
        assert change is not None
        return change.desk


class When(Model):
    """A condition on what the responders know, looked at every 10 s of simulated time; all that is given must hold."""

    reported: Annotated[int, Field(ge=1, strict=True)] | None = None
    """At least so many cases are reported."""
    known: Annotated[int, Field(ge=1, strict=True)] | None = None
    """At least so many accounts are known."""
    stopped: Annotated[int, Field(ge=1, strict=True)] | None = None
    """At least so many accounts are under a stop or a freeze."""
    undecided: Annotated[int, Field(ge=1, strict=True)] | None = None
    """At least so many decisions are open."""
    undecided_for: Duration | None = None
    """The oldest open decision has waited so long."""
    waiting: Annotated[int, Field(ge=1, strict=True)] | None = None
    """At least so many tasks wait at one desk."""
    paid_at_least: Money | None = None
    """Victims have reported payments of so much."""
    caught_at_least: Money | None = None
    """Banks and field teams have found so much on what was stopped."""

    @model_validator(mode="after")
    def _something(self) -> When:
        if not self.model_fields_set:
            names = ", ".join(type(self).model_fields)
            raise FaultError(phrase("at least one of {names}", names=names), phrase("no condition"))
        return self


class Inject(Model):
    """Something that the room is told, and perhaps a change of conditions with it."""

    id: Name
    at: Duration | None = None
    """After the opening of the room; together with `when`: then at the latest."""
    when: When | None = None
    or_never: bool | None = None
    """Together with `at` and `when`: where its condition has not held by then it is skipped, as it would not be so."""
    manual: bool = False
    """Only the facilitator fires it."""
    to: Annotated[list[RoleName], Field(min_length=1, max_length=20)]
    channel: Channel
    text: Text
    expect: Expect | None = None
    deadline: Annotated[Duration, Field(gt=0)] | None = None
    """Simulated time for what is expected."""
    note: Text | None = None
    """For the facilitator alone."""
    effect: Effect | None = None

    def asked(self, roles: Sequence[str]) -> list[str]:
        """Of some roles, those of which something is expected: the one that is named, else all that are told."""
        if self.expect is None:
            return []
        named = [self.expect.by] if self.expect.by else self.to
        return [name for name in named if name in roles]

    @model_validator(mode="after")
    def _fires(self) -> Inject:
        if self.manual and (self.at is not None or self.when is not None):
            raise FaultError(
                phrase("manual alone, or at and when"), wrong=phrase("true beside at or when"), at="manual"
            )
        if not self.manual and self.at is None and self.when is None:
            raise FaultError(phrase("at, when or manual: true"), wrong=phrase("an inject that never fires"))
        if self.or_never and (self.at is None or self.when is None):
            raise FaultError(phrase("or_never goes with at and when"), wrong=phrase("true without both"), at="or_never")
        if (self.deadline is not None) != (self.expect is not None):
            raise FaultError(phrase("deadline goes with expect, and is needed there"))
        return self


class Routes(Model):
    """The scenario's routes on which a decision starts work that is not under way yet."""

    stop: Name = "account"
    """For an account."""
    team: Name = "field"
    """For cash on its way out."""
    visit: Name = "visit"
    """For a victim, when a team is sent to a case."""


class Scoring(Model):
    """Weights of the three parts of the score; what they sum to does not matter."""

    recovered: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 75
    """Money that came back, between what nobody's deciding saves and the best play found."""
    injects: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 25
    """What was expected after an inject, done in time."""
    decisions: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    """Decisions that were not late: taken before their deadline, and work did not wait half a minute for them. Nothing
    where it is not said: whether it mattered that they came in time is in the money."""

    @model_validator(mode="after")
    def _something(self) -> Scoring:
        if self.recovered + self.injects + self.decisions <= 0:
            raise FaultError(phrase("at least one above zero"), wrong=phrase("weights that are all zero"))
        return self


class Question(Model):
    """A question of the debriefing."""

    id: Name
    text: Text


class Exercise(Model):
    """One exercise over a scenario."""

    schema_version: Literal[1]
    name: Name
    title: Text
    question: Text | None = None
    """What the room is to find out, in one sentence."""
    scenario: Annotated[str, Field(min_length=1, max_length=500)]
    """A shipped scenario, or a file beside this one."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Changes of the scenario: values by their dotted paths."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1, strict=True)] = 1
    replication: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] = 0
    starts: Duration
    """The room opens; before, the model plays alone."""
    ends: Annotated[Duration, Field(gt=0)]
    """The room closes; then the model plays on to the end of the follow-up."""
    speed: Annotated[float, Field(gt=0, le=MOST_SPEED, allow_inf_nan=False)] = 1.0
    """Simulated seconds in a second."""
    difficulty: Difficulty = "normal"
    """What becomes of the deadlines and the speed that are written here, and whether messages say what they ask for."""
    briefing: Text
    made: Text | None = None
    """For the facilitator: how the exercise was made, its seed above all, and what it does not show."""
    objectives: Annotated[list[Objective], Field(min_length=1, max_length=20)]
    roles: Annotated[dict[RoleName, Role], Field(min_length=1, max_length=20)]
    call_in: CallIn | None = None
    routes: Routes = Routes()
    injects: Annotated[list[Inject], Field(max_length=200)] = Field(default_factory=list)
    scoring: Scoring = Scoring()
    debrief: Annotated[list[Question], Field(max_length=40)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_fit(self) -> Exercise:
        if self.ends <= self.starts:
            raise FaultError(phrase("a later time"), wrong=phrase("not after starts"), at="ends")
        for name in (*ALWAYS, EVALUATOR):
            if name in self.roles:
                raise FaultError(
                    phrase("another name"), wrong=phrase("every exercise has this role"), at=f"roles.{name}"
                )
        _once("objectives", [one.id for one in self.objectives])
        _once("injects", [one.id for one in self.injects])
        _once("debrief", [one.id for one in self.debrief])
        for number, inject in enumerate(self.injects):
            self._check_inject(f"injects.{number}", inject)
        injects = [one.id for one in self.injects]
        for number, objective in enumerate(self.objectives):
            for place, wanted in enumerate(objective.injects):
                _known(f"objectives.{number}.injects.{place}", phrase("inject"), wanted, injects)
        for name, role in self.roles.items():
            if "call_in" in role.may and self.call_in is None:
                wrong = phrase("call_in without what it brings")
                raise FaultError(phrase("call_in: {heads, after, lasts}"), wrong, f"roles.{name}.may")
        return self

    def _check_inject(self, where: str, inject: Inject) -> None:
        for number, role in enumerate(inject.to):
            _known(f"{where}.to.{number}", phrase("role"), role, [*self.roles, *ALWAYS])
        if inject.at is not None and inject.at > self.ends - self.starts:
            raise FaultError(phrase("a time before"), wrong=phrase("after the room has closed"), at=f"{where}.at")
        expect = inject.expect
        if expect is None:
            return
        if expect.by is not None:
            _known(f"{where}.expect.by", phrase("role"), expect.by, list(self.roles))
        if expect.action != "any" and not any(expect.action in role.may for role in self.roles.values()):
            raise FaultError(
                phrase("an action that some role may do"), wrong=phrase("no role may {action}", action=expect.action),
                at=f"{where}.expect.action",
            )  # fmt: skip
        asked = inject.asked(list(self.roles))
        if not asked:
            raise FaultError(
                phrase("a role of the exercise too, or expect.by"), wrong=phrase("nobody here decides anything"),
                at=f"{where}.to",
            )  # fmt: skip
        if not any(self.roles[name].can(expect.action) for name in asked):
            what, who = expect.action, " or ".join(asked)
            raise FaultError(
                phrase("an action that a role asked can do"),
                wrong=phrase("{who} can never do {what}", who=who, what=what), at=f"{where}.expect.action",
            )  # fmt: skip

    def role(self, name: str) -> Role:
        """A role by its name; who leads, watches or rates sees all that responders know.

        Raises:
            KeyError: there is no such role.
        """
        return WATCHING[name] if name in WATCHING else self.roles[name]


WATCHING = {
    "facilitator": Role(title=Texts(en="Facilitator", zh="导调员"), sees=list(SEES), seats=10),
    "observer": Role(title=Texts(en="Observer", zh="观察员"), sees=list(SEES), seats=MOST_SEATS),
    EVALUATOR: Role(title=Texts(en="Evaluator", zh="评估员"), sees=list(SEES), seats=MOST_SEATS),
}
"""Roles that every exercise has, without a desk."""


def _once(what: str, ids: Sequence[str]) -> None:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            raise FaultError(
                phrase("each id once"), wrong=phrase("{name} a second time", name=name), at=f"{what}.{number}.id"
            )


def _known(where: str, what: Phrase, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise UnknownNameError(what, name, known, where)
