"""Whether the routes of a scenario fit together: they name what is there, end some day, and await what comes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sim.scenario.workflow import ACCOUNT_EFFECTS, CASE_EFFECTS, OF_ACCOUNT, RAISED_BY, SIGNALS, Route, Step

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
    ways = {name: route.following(name).items() for name in route.steps}
    for what, remedy, breaks in (
        ("with no work or wait in it", "a work, wait or await step in every cycle", slow),
        ("with no attempt limit", "attempts and on_exhausted at a step of every cycle", limited),
    ):
        # A token that comes too often leaves by on_exhausted at once: that way is never broken.
        graph = {
            name: [to for how, to in following if how == "on_exhausted" or name not in breaks]
            for name, following in ways.items()
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
