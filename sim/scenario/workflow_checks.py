"""Whether the routes of a scenario fit together: they name what is there, end some day, and await what comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sim.scenario.errors import FaultError, UnknownNameError
from sim.scenario.workflow import ACCOUNT_EFFECTS, CASE_EFFECTS, OF_ACCOUNT, RAISED_BY, SIGNALS, Route, Step
from sim.words.phrases import either, phrase

MOST_STEPS = 1000
"""Of all routes together: the log gives a step ten bits."""


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
        raise FaultError(
            phrase("at most {most:,}", most=MOST_STEPS),
            wrong=phrase("{steps:,} steps in all", steps=steps), at="routes",
        )  # fmt: skip
    if routes[on_report].subject != "case":
        raise FaultError(
            phrase(
                "route {on_report!r} is for an {subject}, not for a case",
                on_report=on_report, subject=routes[on_report].subject,
            ),
            at="on_report",
        )  # fmt: skip
    for name, route in routes.items():
        where = f"routes.{name}"
        if route.first not in route.steps:
            raise UnknownNameError(phrase("step"), route.first, route.steps, f"{where}.first")
        for step_name, step in route.steps.items():
            _check_step(f"{where}.steps.{step_name}", step, route, routes, desks, profiles)
            _check_names(f"{where}.steps.{step_name}", step, known, routes)
            for how, target in route.following(step_name).items():
                if not target:
                    raise FaultError(
                        phrase("give to or make it an end"), wrong=phrase("the last step leads nowhere"),
                        at=f"{where}.steps.{step_name}",
                    )  # fmt: skip
                if target not in route.steps:
                    raise UnknownNameError(phrase("step"), target, route.steps, f"{where}.steps.{step_name}.{how}")
        _check_cycles(where, route)
    starts = {
        name: [
            s.start.route for s in route.steps.values() if s.start is not None and s.start.for_ in ("this", "victim")
        ]
        for name, route in routes.items()
    }
    if cycle := _cycle(starts):
        circle = " -> ".join([*cycle, cycle[0]])
        raise FaultError(
            phrase("a chain that ends"),
            wrong=phrase("routes that start each other for ever ({circle})", circle=circle), at=f"routes.{cycle[0]}",
        )  # fmt: skip
    running = started(routes, {on_report, *sources})
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
                by = phrase("route {route!r}", route=route) if route != signal else either(RAISED_BY[signal])
                raise FaultError(
                    phrase(
                        "a signal that is raised ({signal} needs {by} in a route that is started)", signal=signal, by=by
                    ),
                    wrong=phrase("nobody raises {signal!r}", signal=signal),
                    at=f"routes.{name}.steps.{step_name}.await",
                )


def _raised(routes: Mapping[str, Route], among: Collection[str]) -> set[str]:
    """The signals that steps of some of the routes raise."""
    done = {step.do for name in among for step in routes[name].steps.values()}
    by_effect = {signal for signal, by in RAISED_BY.items() if any(effect in done for effect in by)}
    return by_effect | {f"done({name})" for name in among}


def started(routes: Mapping[str, Route], roots: Collection[str]) -> set[str]:
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
        if branch.if_ is not None and branch.if_.bank_profile is not None and branch.if_.bank_profile not in profiles:
            raise UnknownNameError(phrase("bank profile"), branch.if_.bank_profile, profiles, f"{where}.choose")
    for desk in named:
        if desk not in desks:
            raise UnknownNameError(phrase("desk"), desk, desks, where)
    for name, heads in (step.work.team or {}).items() if step.work else ():
        if heads > desks[name].most:
            most = phrase("a desk that never has more than {most} on duty", most=desks[name].most)
            raise FaultError(
                phrase("at most {most}", most=desks[name].most),
                wrong=phrase("{heads} heads of {most}", heads=heads, most=most), at=f"{where}.work.team.{name}",
            )  # fmt: skip
    for other in (step.start, step.cancel):
        if other is not None and other.route not in routes:
            raise UnknownNameError(phrase("route"), other.route, routes, where)
        if other is not None:
            wanted = {
                "each_revealed": ("account",), "each_cash_exit_known": ("cash_exit",), "victim": ("victim", "case"),
                "this": OF_ACCOUNT if route.of_account else ("victim", "case"),
            }[other.for_]  # fmt: skip
            if routes[other.route].subject not in wanted:
                kind = either(wanted)
                raise FaultError(
                    phrase("route {route!r} is not for a subject of kind {kind}", route=other.route, kind=kind),
                    at=f"{where}.{step.kind}",
                )
    if step.choose is not None:
        if step.choose[-1].else_ is None and sum(b.p or 0 for b in step.choose) < 1 - 1e-9:
            raise FaultError(phrase("the last branch must be an else, or the p must sum to 1"), at=f"{where}.choose")
        if sum(b.p or 0 for b in step.choose) > 1 + 1e-9:
            total = sum(b.p or 0 for b in step.choose)
            raise FaultError(
                phrase("p that sum to at most 1"), wrong=phrase("p that sum to {total:g}", total=total),
                at=f"{where}.choose",
            )  # fmt: skip
    if not route.of_account and (step.do in ACCOUNT_EFFECTS or (step.work and step.work.desk)):
        raise FaultError(
            phrase("start a route for accounts"),
            wrong=phrase("a {subject} has no bank account to act on", subject=route.subject), at=where,
        )  # fmt: skip
    if route.of_account and step.do in CASE_EFFECTS:
        article = phrase("an account") if route.subject == "account" else phrase("a {subject}", subject=route.subject)
        raise FaultError(
            phrase("{do} acts on a case, this route is for {article}", do=step.do, article=article), at=f"{where}.do"
        )
    if step.wait is not None and step.wait.before_lapse is not None and not route.of_account:
        raise FaultError(
            phrase("start a route for accounts"),
            wrong=phrase("a {subject} has no stop that lapses", subject=route.subject), at=f"{where}.wait",
        )  # fmt: skip
    if step.work is not None and step.work.skill is not None:
        desk = next(iter(step.work.team or {}))
        skills = desks[desk].skills
        if skills is not None and step.work.skill not in skills:
            raise UnknownNameError(phrase("skill"), step.work.skill, skills, f"{where}.work.skill")


_NAMED_IN_BRANCHES = {
    "places": phrase("place"), "channels": phrase("channel"), "scams": phrase("scam"), "ages": phrase("age"),
}  # fmt: skip


def _check_names(
    where: str,
    step: Step,
    known: Mapping[str, Collection[str] | None],
    routes: Mapping[str, Route],
) -> None:
    for branch in step.choose or []:
        for what, singular in _NAMED_IN_BRANCHES.items():
            for name in (getattr(branch.if_, what) if branch.if_ else None) or ():
                names_known = known.get(what)
                if names_known is not None and name not in names_known:
                    raise UnknownNameError(singular, name, names_known, f"{where}.choose")
    for signal in step.await_.signals if step.await_ else []:
        signals = [*SIGNALS, *(f"done({name})" for name in routes)]
        if signal not in signals:
            raise UnknownNameError(phrase("signal"), signal, signals, f"{where}.await")


def _check_cycles(where: str, route: Route) -> None:
    """Each cycle must pass a step that takes time and a step with an attempt limit."""
    slow = {name for name, step in route.steps.items() if step.kind in ("work", "wait", "await")}
    limited = {name for name, step in route.steps.items() if step.attempts is not None}
    ways = {name: route.following(name).items() for name in route.steps}
    for what, remedy, breaks in (
        (phrase("with no work or wait in it"), phrase("a work, wait or await step in every cycle"), slow),
        (phrase("with no attempt limit"), phrase("attempts and on_exhausted at a step of every cycle"), limited),
    ):
        # A token that comes too often leaves by on_exhausted at once: that way is never broken.
        graph = {
            name: [to for how, to in following if how == "on_exhausted" or name not in breaks]
            for name, following in ways.items()
        }
        cycle = _cycle(graph)
        if cycle:
            circle = " -> ".join([*cycle, cycle[0]])
            raise FaultError(
                remedy, wrong=phrase("a cycle of steps {what} ({circle})", what=what, circle=circle),
                at=f"{where}.steps.{cycle[0]}",
            )  # fmt: skip


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
