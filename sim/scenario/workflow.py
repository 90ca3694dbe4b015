"""The response as data: routes of steps.

A token (route, subject, step, attempt) moves from step to step. Each step has exactly one kind:

    work:   someone works on it     {team: {DESK: n} | desk: bank_of_account, time, patience, on_renege}
    wait:   time passes             {for: DIST}, {until_open: DESK} or {before_lapse: TIME}
    do:     an effect, at once      open_case, place_hold, reveal, file_freeze, dissuade ... (EFFECTS)
    choose: a branch                [{if: PREDICATE, to: STEP}, {p: 0.1, to: STEP}, {else: STEP}]
    start:  a parallel token        {route: R, for: this | victim | each_revealed | each_cash_exit_known}
    await:  a join                  {any | all: [SIGNAL], at_most: DIST, on_timeout: STEP}
    cancel: stop a parallel token   {route: R, for: this}
    end:    the token's outcome     NAME

Common keys: to (default: the step written next), leak (the cause that money lost meanwhile is booked under),
attempts and on_exhausted (how often the token may come here, and where it goes after), within (the service level:
the share of tokens done with this step so soon after the report is measured).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.distributions import DurationDist
from sim.scenario.errors import FaultError
from sim.scenario.marks import FIRST, SUMS_TO_ONE, TURNED, one_of
from sim.words.phrases import phrase
from sim.words.units import Duration, Money, RefusedError, Share

KINDS = ("work", "wait", "do", "choose", "start", "await", "cancel", "end")
Subject = Literal["case", "victim", "account", "cash_exit", "lead"]
OF_ACCOUNT = ("account", "cash_exit", "lead")
"""Subjects that are an account; the others are a case."""
CaseEffect = Literal["note_loss", "open_case", "dissuade", "protect", "let_pay"]
AccountEffect = Literal[
    "place_hold", "reveal", "release", "check_order", "clarify", "file_freeze", "return_money", "intercept",
    "clear_innocent",
]  # fmt: skip
Effect = Literal[CaseEffect, AccountEffect]
CASE_EFFECTS: tuple[str, ...] = get_args(CaseEffect)
ACCOUNT_EFFECTS: tuple[str, ...] = get_args(AccountEffect)
RAISED_BY: Mapping[str, tuple[str, ...]] = {
    "stopped": ("place_hold", "intercept"), "answered": ("reveal",), "released": ("release", "let_pay"),
    "opened": ("open_case",), "refused": ("check_order",), "clarified": ("clarify",), "lapsed": ("place_hold",),
    "frozen": ("file_freeze",), "safe": ("dissuade", "protect"), "returned": ("return_money",),
    "contested": ("file_freeze",),
}  # fmt: skip
"""By signal: the effects that raise it; `lapsed` follows `place_hold` where the law lets a stop end by itself."""
SIGNALS = tuple(RAISED_BY)
"""Latched per subject until contradicted; besides these, done(ROUTE) when a token of that route ends."""


Team = Annotated[dict[Name, Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1, max_length=10)]


class Work(Model):
    """Someone works on the subject. The team is seized all or nothing; the first desk named keeps the queue."""

    team: Annotated[Team | None, one_of("who"), TURNED] = None
    desk: Annotated[Literal["bank_of_account"] | None, one_of("who")] = None
    time: Annotated[DurationDist | None, FIRST] = None
    """Working time; a bank's comes from its profile unless it is given here."""
    patience: Annotated[DurationDist | None, TURNED] = None
    on_renege: Name | None = None
    """Where a token goes whose patience ran out in the queue."""
    skill: Name | None = None
    """Only people of the desk who have it can do this."""
    travel: Literal[True] | None = None
    """The way to the subject's district is added to the time."""

    @model_validator(mode="after")
    def _complete(self) -> "Work":
        if (self.team is None) == (self.desk is None):
            raise FaultError(phrase("work needs either team: {DESK: n} or desk: bank_of_account"))
        if self.team is not None and self.time is None:
            raise FaultError(phrase("work by a team needs a time"))
        if (self.patience is None) != (self.on_renege is None):
            raise FaultError(phrase("patience and on_renege go together"))
        if self.skill is not None and (self.team is None or len(self.team) > 1 or set(self.team.values()) != {1}):
            raise FaultError(phrase("a skill goes with a team of one person of one desk"))
        return self


class Wait(Model):
    """Time passes: a drawn time, until a desk has someone on duty, or until shortly before a stop lapses."""

    for_: Annotated[DurationDist | None, Field(alias="for"), one_of("until"), TURNED] = None
    until_open: Annotated[Name | None, one_of("until"), TURNED] = None
    before_lapse: Annotated[Duration | None, one_of("until")] = None
    """So long before the stop or freeze on the account ends; over at once where nothing is in force."""

    @model_validator(mode="after")
    def _one(self) -> "Wait":
        if sum(one is not None for one in (self.for_, self.until_open, self.before_lapse)) != 1:
            raise FaultError(phrase("wait needs either for: DISTRIBUTION, until_open: DESK or before_lapse: TIME"))
        return self


Names = Annotated[list[Name], Field(min_length=1, max_length=50)]


class Predicate(Model):
    """What the responders know of the subject; all that are given must hold."""

    layer_at_least: Annotated[int, Field(ge=1, le=20)] | None = None
    amount_at_least: Money | None = None
    caught_at_least: Money | None = None
    """What the bank found on the account when it was stopped, of the case's money."""
    found_at_least: Money | None = None
    """What the bank found there in all, the holder's own and other cases' money too."""
    bank_profile: Name | None = None
    bank_reachable: bool | None = None
    desk_open: Name | None = None
    elapsed_at_least: Duration | None = None
    """Since the case was reported."""
    places: Names | None = None
    """Where the account is held is one of these."""
    channels: Names | None = None
    scams: Names | None = None
    """As the victim tells it."""
    ages: Names | None = None
    refused: bool | None = None
    """The bank's last check of the order refused it."""
    known_before: bool | None = None
    """The account was known through another case or a lead before this case named it."""
    held: bool | None = None
    """A stop or freeze is in force on the account (for a case: on the victim's own)."""
    frozen: bool | None = None
    contested: bool | None = None
    """The filing of a freeze found that another force held the account first."""
    disputed: bool | None = None
    """The filing of a freeze found that nobody can prove whose money it is."""
    stops_left: bool | None = None
    """The law allows another stop of the account."""
    one_inflow: bool | None = None
    """Of the cases known, only one has money on the account: it is returned directly."""
    reported: bool | None = None
    third_party: bool | None = None
    """Somebody else reported: the victim may still be paying."""
    waiting: Annotated[dict[Name, Annotated[int, Field(ge=1)]], Field(min_length=1)] | None = None
    """At least so many wait at each of these desks."""

    @model_validator(mode="after")
    def _some(self) -> "Predicate":
        if not self.model_fields_set:
            raise FaultError(
                phrase("if needs at least one of {model_fields}", model_fields=", ".join(type(self).model_fields))
            )
        return self


class Branch(Model):
    """One line of a choose: the first whose condition holds is taken; the p of the lines share one draw."""

    if_: Annotated[Predicate | None, Field(alias="if"), one_of("condition")] = None
    p: Annotated[Share | None, SUMS_TO_ONE, one_of("condition"), TURNED] = None
    """With those of its neighbours at most 1: the rest is that of the else."""
    to: Name | None = None
    else_: Annotated[Name | None, Field(alias="else"), one_of("condition")] = None

    @model_validator(mode="after")
    def _one(self) -> "Branch":
        given = (self.if_ is not None) + (self.p is not None) + (self.else_ is not None)
        if given != 1 or (self.to is None) == (self.else_ is None):
            raise FaultError(phrase("a branch is {if: PREDICATE, to: STEP}, {p: SHARE, to: STEP} or {else: STEP}"))
        return self

    @property
    def target(self) -> str:
        """The step this branch leads to."""
        return self.to or self.else_ or ""


class Start(Model):
    route: Name
    for_: Annotated[Literal["this", "victim", "each_revealed", "each_cash_exit_known"], Field(alias="for")] = "this"


class Cancel(Model):
    route: Name
    for_: Annotated[Literal["this"], Field(alias="for")] = "this"


class Await(Model):
    any: Annotated[list[str] | None, Field(min_length=1, max_length=20), one_of("signals")] = None
    all: Annotated[list[str] | None, Field(min_length=1, max_length=20), one_of("signals")] = None
    at_most: Annotated[DurationDist | None, TURNED] = None
    on_timeout: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> "Await":
        if (self.any is None) == (self.all is None):
            raise FaultError(phrase("await needs either any: [SIGNAL] or all: [SIGNAL]"))
        if (self.at_most is None) != (self.on_timeout is None):
            raise FaultError(phrase("at_most and on_timeout go together"))
        return self

    @property
    def signals(self) -> list[str]:
        return self.any or self.all or []


class Leak(Model):
    """The causes under which money lost while the subject waits or is worked on is booked."""

    wait: Name | None = None
    work: Name | None = None


class Step(Model):
    """One step: exactly one kind, and the common keys."""

    work: Annotated[Work | None, one_of("kind")] = None
    wait: Annotated[Wait | None, one_of("kind")] = None
    do: Annotated[Effect | None, one_of("kind")] = None
    choose: Annotated[list[Branch] | None, Field(min_length=1, max_length=30), one_of("kind")] = None
    start: Annotated[Start | None, one_of("kind")] = None
    await_: Annotated[Await | None, Field(alias="await"), one_of("kind")] = None
    cancel: Annotated[Cancel | None, one_of("kind")] = None
    end: Annotated[Name | None, one_of("kind")] = None
    to: Name | None = None
    leak: Leak = Leak()
    attempts: Annotated[Annotated[int, Field(ge=1, le=100)] | None, TURNED] = None
    on_exhausted: Name | None = None
    within: Duration | None = None
    """Service level of a work step: its work should be over so soon after the report (for a lead, after it came)."""

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            read = [kind for kind in KINDS if data.get(kind) is not None]
            if len(read) != 1:
                given = ", ".join(read or [str(key) for key in data]) or phrase("an empty mapping")
                raise RefusedError(given, phrase("exactly one kind of step: {kinds}", kinds=", ".join(KINDS)))
        return data

    @model_validator(mode="after")
    def _fits(self) -> "Step":
        if (self.attempts is None) != (self.on_exhausted is None):
            raise FaultError(phrase("attempts and on_exhausted go together"))
        if self.kind in ("work", "wait", "await") and self.stage is None:
            raise FaultError(
                phrase(
                    "a step that takes time names its stage: leak: {{wait: CAUSE{work}}}",
                    work=", work: CAUSE" if self.work else "",
                )
            )
        if self.work and (self.leak.wait is None or self.leak.work is None):
            raise FaultError(phrase("a work step names both causes: leak: {wait: CAUSE, work: CAUSE}"))
        if self.within is not None and self.work is None:
            raise FaultError(phrase("within has a meaning only beside work"))
        if self.to is not None and self.kind in ("end", "choose"):
            raise FaultError(phrase("to has no meaning beside {kind}", kind=self.kind))
        return self

    @property
    def kind(self) -> str:
        """Which of KINDS this step is."""
        return next(k for k in KINDS if getattr(self, "await_" if k == "await" else k) is not None)

    @property
    def stage(self) -> str | None:
        """The name under which a study of latency finds this step; None where no time passes."""
        if self.kind == "work":
            return self.leak.work
        return self.leak.wait if self.kind in ("wait", "await") else None


class Route(Model):
    """Steps for one kind of subject, in order."""

    subject: Subject
    first: Name
    steps: Annotated[dict[Name, Step], Field(min_length=1, max_length=200)]
    background: Literal[True] | None = None
    """Beside the chase (paperwork, objections, warnings): lost money is never booked under its steps."""

    @property
    def of_account(self) -> bool:
        """Whether its subject is an account (else it is a case)."""
        return self.subject in OF_ACCOUNT

    def following(self, name: str) -> dict[str, str]:
        """Where a token may go from a step: {how: step name}; a choose's branches are numbered."""
        step = self.steps[name]
        ways: dict[str, str] = {}
        if step.choose is not None:
            ways = {f"choose.{i}": branch.target for i, branch in enumerate(step.choose)}
        elif step.kind != "end":
            names = list(self.steps)
            after = names.index(name) + 1
            ways["to"] = step.to or (names[after] if after < len(names) else "")
        if step.on_exhausted is not None:
            ways["on_exhausted"] = step.on_exhausted
        if step.work is not None and step.work.on_renege is not None:
            ways["work.on_renege"] = step.work.on_renege
        if step.await_ is not None and step.await_.on_timeout is not None:
            ways["await.on_timeout"] = step.await_.on_timeout
        return ways
