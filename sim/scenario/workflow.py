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

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.scenario.base import Model, Name
from sim.scenario.distributions import DurationDist
from sim.scenario.units import Duration, Money, RefusedError, Share

KINDS = ("work", "wait", "do", "choose", "start", "await", "cancel", "end")
Subject = Literal["case", "victim", "account", "cash_exit", "lead"]
OF_ACCOUNT = ("account", "cash_exit", "lead")
"""Subjects that are an account; the others are a case."""
CASE_EFFECTS = ("open_case", "dissuade", "protect", "let_pay")
ACCOUNT_EFFECTS = (
    "place_hold", "reveal", "release", "check_order", "clarify", "file_freeze", "return_money", "intercept",
    "clear_innocent",
)  # fmt: skip
Effect = Literal[
    "open_case", "dissuade", "protect", "let_pay", "place_hold", "reveal", "release", "check_order", "clarify",
    "file_freeze", "return_money", "intercept", "clear_innocent",
]  # fmt: skip
RAISED_BY: Mapping[str, tuple[str, ...]] = {
    "stopped": ("place_hold", "intercept"), "answered": ("reveal",), "released": ("release", "let_pay"),
    "opened": ("open_case",), "refused": ("check_order",), "clarified": ("clarify",), "lapsed": ("place_hold",),
    "frozen": ("file_freeze",), "safe": ("dissuade", "protect"), "returned": ("return_money",),
}  # fmt: skip
"""By signal: the effects that raise it; `lapsed` follows `place_hold` where the law lets a stop end by itself."""
SIGNALS = tuple(RAISED_BY)
"""Latched per subject until contradicted; besides these, done(ROUTE) when a token of that route ends."""
MOST_STEPS = 1000
"""Of all routes together: the log gives a step ten bits."""


class Work(Model):
    """Someone works on the subject. The team is seized all or nothing; the first desk named keeps the queue."""

    team: Annotated[dict[Name, Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1, max_length=10)] | None = None
    desk: Literal["bank_of_account"] | None = None
    time: DurationDist | None = None
    """Working time; a bank's comes from its profile unless it is given here."""
    patience: DurationDist | None = None
    on_renege: Name | None = None
    """Where a token goes whose patience ran out in the queue."""
    skill: Name | None = None
    """Only people of the desk who have it can do this."""
    travel: Literal[True] | None = None
    """The way to the subject's district is added to the time."""

    @model_validator(mode="after")
    def _complete(self) -> Work:
        if (self.team is None) == (self.desk is None):
            raise ValueError("work needs either team: {DESK: n} or desk: bank_of_account")
        if self.team is not None and self.time is None:
            raise ValueError("work by a team needs a time")
        if (self.patience is None) != (self.on_renege is None):
            raise ValueError("patience and on_renege go together")
        if self.skill is not None and (self.team is None or len(self.team) > 1 or set(self.team.values()) != {1}):
            raise ValueError("a skill goes with a team of one person of one desk")
        return self


class Wait(Model):
    """Time passes: a drawn time, until a desk has someone on duty, or until shortly before a stop lapses."""

    for_: Annotated[DurationDist | None, Field(alias="for")] = None
    until_open: Name | None = None
    before_lapse: Duration | None = None
    """So long before the stop or freeze on the account ends; over at once where nothing is in force."""

    @model_validator(mode="after")
    def _one(self) -> Wait:
        if sum(one is not None for one in (self.for_, self.until_open, self.before_lapse)) != 1:
            raise ValueError("wait needs either for: DISTRIBUTION, until_open: DESK or before_lapse: TIME")
        return self


Names = Annotated[list[Name], Field(min_length=1, max_length=50)]


class Predicate(Model):
    """What the responders know of the subject; all that are given must hold."""

    layer_at_least: Annotated[int, Field(ge=1, le=20)] | None = None
    amount_at_least: Money | None = None
    caught_at_least: Money | None = None
    """What the bank found on the account when it was stopped."""
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
    def _some(self) -> Predicate:
        if not self.model_fields_set:
            raise ValueError(f"if needs at least one of {', '.join(type(self).model_fields)}")
        return self


class Branch(Model):
    """One line of a choose: the first whose condition holds is taken; the p of the lines share one draw."""

    if_: Annotated[Predicate | None, Field(alias="if")] = None
    p: Share | None = None
    to: Name | None = None
    else_: Annotated[Name | None, Field(alias="else")] = None

    @model_validator(mode="after")
    def _one(self) -> Branch:
        given = (self.if_ is not None) + (self.p is not None) + (self.else_ is not None)
        if given != 1 or (self.to is None) == (self.else_ is None):
            raise ValueError("a branch is {if: PREDICATE, to: STEP}, {p: SHARE, to: STEP} or {else: STEP}")
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
    any: Annotated[list[str], Field(min_length=1, max_length=20)] | None = None
    all: Annotated[list[str], Field(min_length=1, max_length=20)] | None = None
    at_most: DurationDist | None = None
    on_timeout: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> Await:
        if (self.any is None) == (self.all is None):
            raise ValueError("await needs either any: [SIGNAL] or all: [SIGNAL]")
        if (self.at_most is None) != (self.on_timeout is None):
            raise ValueError("at_most and on_timeout go together")
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

    work: Work | None = None
    wait: Wait | None = None
    do: Effect | None = None
    choose: Annotated[list[Branch], Field(min_length=1, max_length=30)] | None = None
    start: Start | None = None
    await_: Annotated[Await | None, Field(alias="await")] = None
    cancel: Cancel | None = None
    end: Name | None = None
    to: Name | None = None
    leak: Leak = Leak()
    attempts: Annotated[int, Field(ge=1, le=100)] | None = None
    on_exhausted: Name | None = None
    within: Duration | None = None
    """Service level of a work step: its work should be over so soon after the report (for a lead, after it came)."""

    @model_validator(mode="before")
    @classmethod
    def _one_kind(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            read = [kind for kind in KINDS if kind in data]
            if len(read) != 1:
                given = ", ".join(read or [str(key) for key in data]) or "an empty mapping"
                raise RefusedError(given, f"exactly one kind of step: {', '.join(KINDS)}")
        return data

    @model_validator(mode="after")
    def _fits(self) -> Step:
        if (self.attempts is None) != (self.on_exhausted is None):
            raise ValueError("attempts and on_exhausted go together")
        if self.kind in ("work", "wait", "await") and self.stage is None:
            raise ValueError(
                f"a step that takes time names its stage: leak: {{wait: CAUSE{', work: CAUSE' if self.work else ''}}}"
            )
        if self.work and (self.leak.wait is None or self.leak.work is None):
            raise ValueError("a work step names both causes: leak: {wait: CAUSE, work: CAUSE}")
        if self.within is not None and self.work is None:
            raise ValueError("within has a meaning only beside work")
        if self.to is not None and self.kind in ("end", "choose"):
            raise ValueError(f"to has no meaning beside {self.kind}")
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


# -- checks over the whole workflow ----------------------------------------------------------------------


def check_routes(
    routes: Mapping[str, Route],
    *,
    desks: Mapping[str, Any],
    on_report: str,
    profiles: Mapping[str, Any],
    sources: Collection[str] = (),
    known: Mapping[str, Collection[str] | None] = {},
) -> None:
    """Refuse a workflow that names what is not there, or could go round for ever.

    Args:
        routes: by name.
        desks, profiles: of the scenario, by name.
        on_report: the route on which each reported case starts.
        sources: the other routes that something outside the routes starts (prevention, objections).
        known: the names that the predicates places, channels, scams and ages may use; None where the scenario does
            not tell them apart: then such a predicate holds for nobody.

    Raises:
        ValueError: `PATH: what is wrong; what is accepted`, with PATH in the scenario.
    """
    steps = sum(len(route.steps) for route in routes.values())
    if steps > MOST_STEPS:
        raise ValueError(f"routes: {steps:,} steps in all; at most {MOST_STEPS:,}")
    if routes[on_report].subject != "case":
        raise ValueError(f"on_report: route {on_report!r} is for an {routes[on_report].subject}, not for a case")
    for name, route in routes.items():
        where = f"routes.{name}"
        if route.first not in route.steps:
            raise ValueError(f"{where}.first: no step is named {route.first!r}; known: {', '.join(route.steps)}")
        for step_name, step in route.steps.items():
            _check_step(f"{where}.steps.{step_name}", step, route, routes, desks, profiles)
            _check_names(f"{where}.steps.{step_name}", step, known, routes)
            for how, target in route.following(step_name).items():
                if not target:
                    raise ValueError(
                        f"{where}.steps.{step_name}: the last step leads nowhere; give to or make it an end"
                    )
                if target not in route.steps:
                    raise ValueError(
                        f"{where}.steps.{step_name}.{how}: no step is named {target!r}; known: {', '.join(route.steps)}"
                    )
        _check_cycles(where, route)
    starts = {
        name: [
            s.start.route for s in route.steps.values() if s.start is not None and s.start.for_ in ("this", "victim")
        ]
        for name, route in routes.items()
    }
    if cycle := _cycle(starts):
        circle = " -> ".join([*cycle, cycle[0]])
        raise ValueError(f"routes.{cycle[0]}: routes that start each other for ever ({circle}); a chain that ends")
    running = _started(routes, {on_report, *sources})
    for name in routes:
        _check_raised(name, routes, running if name in running else routes)


def _check_raised(name: str, routes: Mapping[str, Route], running: Collection[str]) -> None:
    """Each signal that a route awaits must be raised in one of the `running` routes.

    For a spare route, which nothing starts, these are all routes: what would start it may start others too. Of several
    signals any of which will do, one may be left to a spare route (an element that is switched off).
    """
    raised, some_day = _raised(routes, running), _raised(routes, routes)
    for step_name, step in routes[name].steps.items():
        signals = step.await_.signals if step.await_ else ()
        spare = some_day if step.await_ and step.await_.any and not raised.isdisjoint(signals) else set[str]()
        for signal in signals:
            if signal not in raised and signal not in spare:
                route = signal.removeprefix("done(").removesuffix(")")
                by = f"route {route!r}" if route != signal else " or ".join(RAISED_BY[signal])
                raise ValueError(
                    f"routes.{name}.steps.{step_name}.await: nobody raises {signal!r};"
                    f" a signal that is raised ({signal} needs {by} in a route that is started)"
                )


def _raised(routes: Mapping[str, Route], among: Collection[str]) -> set[str]:
    """The signals that steps of some of the routes raise."""
    done = {step.do for name in among for step in routes[name].steps.values()}
    by_effect = {signal for signal, by in RAISED_BY.items() if any(effect in done for effect in by)}
    return by_effect | {f"done({name})" for name in among}


def _started(routes: Mapping[str, Route], roots: Collection[str]) -> set[str]:
    """The routes that start when the roots do: these, and all that their `start` steps reach."""
    found: set[str] = set()
    left = list(roots)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(step.start.route for step in routes[name].steps.values() if step.start is not None)
    return found


def _check_step(
    where: str,
    step: Step,
    route: Route,
    routes: Mapping[str, Route],
    desks: Mapping[str, Any],
    profiles: Mapping[str, Any],
) -> None:
    named = list(step.work.team or {}) if step.work else []
    if step.wait is not None and step.wait.until_open is not None:
        named.append(step.wait.until_open)
    for branch in step.choose or []:
        if branch.if_ is not None:
            named.extend([*([branch.if_.desk_open] if branch.if_.desk_open else []), *(branch.if_.waiting or {})])
        if branch.if_ is not None and branch.if_.bank_profile not in (None, *profiles):
            raise ValueError(
                f"{where}.choose: no bank profile is named {branch.if_.bank_profile!r}; known: {', '.join(profiles)}"
            )
    for desk in named:
        if desk not in desks:
            raise ValueError(f"{where}: no desk is named {desk!r}; known: {', '.join(desks)}")
    for name, heads in (step.work.team or {}).items() if step.work else ():
        if heads > desks[name].most:
            most = f"a desk that never has more than {desks[name].most} on duty"
            raise ValueError(f"{where}.work.team.{name}: {heads} heads of {most}; at most {desks[name].most}")
    for other in (step.start, step.cancel):
        if other is not None and other.route not in routes:
            raise ValueError(f"{where}: no route is named {other.route!r}; known: {', '.join(routes)}")
        if other is not None:
            wanted = {
                "each_revealed": ("account",), "each_cash_exit_known": ("cash_exit",), "victim": ("victim", "case"),
                "this": OF_ACCOUNT if route.of_account else ("victim", "case"),
            }[other.for_]  # fmt: skip
            if routes[other.route].subject not in wanted:
                kind = " or ".join(wanted)
                raise ValueError(f"{where}.{step.kind}: route {other.route!r} is not for a subject of kind {kind}")
    if step.choose is not None:
        if step.choose[-1].else_ is None and sum(b.p or 0 for b in step.choose) < 1 - 1e-9:
            raise ValueError(f"{where}.choose: the last branch must be an else, or the p must sum to 1")
        if sum(b.p or 0 for b in step.choose) > 1 + 1e-9:
            total = sum(b.p or 0 for b in step.choose)
            raise ValueError(f"{where}.choose: p that sum to {total:g}; p that sum to at most 1")
    if not route.of_account and (step.do in ACCOUNT_EFFECTS or (step.work and step.work.desk)):
        raise ValueError(f"{where}: a {route.subject} has no bank account to act on; start a route for accounts")
    if route.of_account and step.do in CASE_EFFECTS:
        article = "an account" if route.subject == "account" else f"a {route.subject}"
        raise ValueError(f"{where}.do: {step.do} acts on a case, this route is for {article}")
    if step.wait is not None and step.wait.before_lapse is not None and not route.of_account:
        raise ValueError(f"{where}.wait: a {route.subject} has no stop that lapses; start a route for accounts")
    if step.work is not None and step.work.skill is not None:
        desk = next(iter(step.work.team or {}))
        skills = desks[desk].skills
        if skills is not None and step.work.skill not in skills:
            raise ValueError(f"{where}.work.skill: no skill is named {step.work.skill!r}; known: {', '.join(skills)}")


def _check_names(
    where: str,
    step: Step,
    known: Mapping[str, Collection[str] | None],
    routes: Mapping[str, Route],
) -> None:
    for branch in step.choose or []:
        for what in ("places", "channels", "scams", "ages"):
            for name in (getattr(branch.if_, what) if branch.if_ else None) or ():
                names_known = known.get(what)
                if names_known is not None and name not in names_known:
                    names = ", ".join(names_known)
                    raise ValueError(f"{where}.choose: no {what[:-1]} is named {name!r}; known: {names}")
    for signal in step.await_.signals if step.await_ else []:
        signals = [*SIGNALS, *(f"done({name})" for name in routes)]
        if signal not in signals:
            raise ValueError(f"{where}.await: no signal is named {signal!r}; known: {', '.join(signals)}")


def _check_cycles(where: str, route: Route) -> None:
    """Each cycle must pass a step that takes time and a step with an attempt limit."""
    slow = {name for name, step in route.steps.items() if step.kind in ("work", "wait", "await")}
    limited = {name for name, step in route.steps.items() if step.attempts is not None}
    for what, remedy, breaks in (
        ("with no work or wait in it", "a work, wait or await step in every cycle", slow),
        ("with no attempt limit", "attempts and on_exhausted at a step of every cycle", limited),
    ):
        # A token that comes too often leaves by on_exhausted at once: that way is never broken.
        graph = {
            name: [to for how, to in route.following(name).items() if how == "on_exhausted" or name not in breaks]
            for name in route.steps
        }
        cycle = _cycle(graph)
        if cycle:
            circle = " -> ".join([*cycle, cycle[0]])
            raise ValueError(f"{where}.steps.{cycle[0]}: a cycle of steps {what} ({circle}); {remedy}")


def _cycle(graph: Mapping[str, list[str]]) -> list[str]:
    """One cycle of a graph as a list of its nodes, or an empty list."""
    done: set[str] = set()
    for root in graph:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                path.pop()
                done.add(node)
            elif node in path:
                return path[path.index(node) :]
            elif node not in done and node in graph:
                path.append(node)
                stack.append((node, True))
                stack.extend((to, False) for to in graph[node])
    return []
