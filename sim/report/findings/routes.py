"""Routes as people see them: a diagram for each in Mermaid's language, a table of its steps, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rich import box
from rich.table import Table

from sim.fraud.groups import Ints
from sim.measure.passage import Passage, arrows_of
from sim.report.findings import fields
from sim.report.findings.tables import foldable
from sim.scenario.models import Scenario
from sim.scenario.workflow import Branch, Effect, Step
from sim.words import names
from sim.words.language import Kind, duration, key, listed, money, named, percent, say
from sim.words.units import DAY, SECOND
from sim.workflow.log import NONE

COLUMNS: Final = (
    "route", "step", "kind", "desk", "reached", "per", "wait_mean_s", "wait_p90_s", "takes_mean_s", "takes_p90_s",
    "left_here_yuan",
)  # fmt: skip
_KINDS: Final = {
    "work": key("work"), "wait": key("wait"), "do": key("do"), "choose": key("choice"), "start": key("start"),
    "await": key("await"), "cancel": key("call off"), "end": key("end"),
}  # fmt: skip
_SHAPES: Final = {"choose": ("{{", "}}"), "end": ("([", "])"), "wait": ("(", ")"), "await": ("(", ")")}
_LONGEST: Final = 40
_BRANCH_TERMS: Final = 3


class Told:
    """A passage with the scenario that it is of: numbers of one run, or of one day where victims come at a rate."""

    def __init__(self, scenario: Scenario, passage: Passage, *, by_day: bool) -> None:
        self.scenario = scenario
        self.passage = passage
        self.by_day = by_day
        self._divisor = passage.runs * (scenario.horizon / DAY if by_day else 1)

    @property
    def routes(self) -> list[str]:
        """Those that anything went through, in the order of the file."""
        mine = [self.passage.program.route[step] for step in np.flatnonzero(self.passage.reached).tolist()]
        return [name for number, name in enumerate(self.scenario.routes) if number in mine]

    def number(self, count: float) -> str:
        """A count for one run, or for a day."""
        one = self.one(count)
        return f"{one:,.0f}" if one >= 10 or one == round(one) else f"{one:.2g}"

    def one(self, total: float) -> float:
        """A count or an amount, for one run or for a day."""
        return total / self._divisor

    def money(self, amount: float) -> str:
        """The same as people read it: three significant digits of yuan."""
        yuan = self.one(amount) / 100
        return money(100 * (float(f"{yuan:.3g}") if yuan else 0.0))

    def step(self, number: int) -> Step:
        """A step of the scenario by its number in the program."""
        route, name = self.passage.program.names[number].split(".", 1)
        return self.scenario.routes[route].steps[name]


def finding(told: Told, route: str) -> str:
    """One sentence of a route: how many went through it, where they wait longest in all, where most money leaves."""
    passage, steps = told.passage, _numbers(told, route)
    started = sum(count for (before, _), count in passage.taken.items() if before == NONE and _ in steps)
    per = say("a day") if told.by_day else say("a run")
    parts = [say("{n} went through it {per}", n=told.number(started), per=per)]
    queues = {step: float(passage.waited[step].sum()) for step in steps if step in passage.waited}
    if queues and max(queues.values()) > 0:
        longest = max(queues, key=lambda one: queues[one])
        mean, late = _mean(passage.waited, longest), _late(passage.waited, longest)
        told_of = {"step": _short(told, longest), "mean": duration(mean), "late": _said(late)}
        template = key("they wait longest for “{step}”: {mean} in the mean, {late} or less for nine of ten")
        if late < SECOND:
            template = key("they wait longest for “{step}”: {mean} in the mean, though nine of ten do not wait at all")
        parts.append(say(template, **told_of))
    if (here := passage.leaked[steps]).sum() > 0:
        worst = steps[int(np.argmax(here))]
        parts.append(
            say("most money leaves while “{step}” is waited for or done: {money} {per}",
                step=_short(told, worst), money=told.money(int(here.max())), per=per)
        )  # fmt: skip
    return say("; ").join(parts) + say(".")


def diagram(told: Told, route: str) -> str:
    """A route as a flowchart in Mermaid's language; its nodes are called s and the number of the step."""
    passage, steps = told.passage, _numbers(told, route)
    most = max(1, int(passage.leaked.max()))
    lines = ["flowchart TD"]
    for step in steps:
        before, behind = _SHAPES.get(told.step(step).kind, ("[", "]"))
        lines.append(f'  s{step}{before}"{_node(told, step)}"{behind}')
    arrows = [(one, to) for one in steps for to in arrows_of(passage.program, one)]
    for number, (one, to) in enumerate(arrows):
        count, why = passage.taken.get((one, to), 0), _why(told, one, to)
        said = " · ".join(part for part in (_safe(why), told.number(count) if count else "") if part)
        label = f'|"{said}"|' if said else ""
        lines.append(f"  s{one} {'-->' if count else '-.->'}{label} s{to}")
        if count:
            width = 1 + 5 * count / max(1, int(passage.reached[steps].max()))
            lines.append(f"  linkStyle {number} stroke-width:{width:.1f}px")
    lines += [
        "  classDef hot fill:#f6d5c6,stroke:#a63603", "  classDef warm fill:#fbe9dd,stroke:#a63603",
        "  classDef cold fill:#f2f2ee,stroke:#999,color:#666", "  classDef plain fill:#eaf1f7,stroke:#35607f",
    ]  # fmt: skip
    for step in steps:
        share = passage.leaked[step] / most
        kind = "cold" if not passage.reached[step] else "hot" if share > 0.3 else "warm" if share > 0.03 else "plain"
        lines.append(f"  class s{step} {kind}")
    return "\n".join(lines) + "\n"


def heads(told: Told) -> tuple[str, ...]:
    """The heads of `table`."""
    per = say("a day") if told.by_day else say("a run")
    return (
        say("step"), say("is"), say("reached {per}", per=per), say("wait"), say("90% within"), say("takes"),
        say("yuan that leave {per}", per=per),
    )  # fmt: skip


def table(told: Told, route: str) -> Table:
    """The steps at which time passes or a route ends, with how often, how long, and what leaves there."""
    made = Table(title=named(route, "route"), box=box.SIMPLE_HEAD, title_justify="left")
    for number, head in enumerate(heads(told)):
        made.add_column(head, justify="left" if number in (0, 1) else "right")
    for _, cells in cells_by_step(told, route):
        made.add_row(*cells)
    return foldable(made)


def cells_by_step(told: Told, route: str) -> list[tuple[int, tuple[str, ...]]]:
    """The rows of `table`, as people read them, each with the number of its step."""
    passage = told.passage
    found: list[tuple[int, tuple[str, ...]]] = []
    for step in _numbers(told, route):
        one = told.step(step)
        if one.kind not in ("work", "wait", "await", "end"):
            continue
        leaked = int(passage.leaked[step])
        found.append((step, (
            _short(told, step), _who(told, step) or say(_KINDS[one.kind]), told.number(int(passage.reached[step])),
            _said(_mean(passage.waited, step)), _said(_late(passage.waited, step)), _said(_mean(passage.worked, step)),
            f"{told.one(leaked) / 100:,.0f}" if leaked else "",
        )))  # fmt: skip
    return found


def rows_of(told: Told) -> list[tuple[object, ...]]:
    """The rows of routes.csv: all steps of all routes, in seconds and yuan; empty where a step has none."""
    passage, per = told.passage, "day" if told.by_day else "run"
    return [
        (
            *name.split(".", 1), told.step(step).kind, _desk(told, step), told.one(int(passage.reached[step])), per,
            *(_seconds(one) for one in (_mean(passage.waited, step), _late(passage.waited, step),
                                        _mean(passage.worked, step), _late(passage.worked, step))),
            told.one(int(passage.leaked[step])) / 100,
        )
        for step, name in enumerate(passage.program.names) if passage.program.route[step] < len(told.scenario.routes)
    ]  # fmt: skip


def _numbers(told: Told, route: str) -> list[int]:
    return told.passage.steps_of(list(told.scenario.routes).index(route))


def _short(told: Told, step: int) -> str:
    return named(told.passage.program.names[step].split(".", 1)[1], "step")


def _node(told: Told, step: int) -> str:
    """What stands in a node: its name, who, how often, how long, what leaves."""
    passage, one = told.passage, told.step(step)
    who = _who(told, step)
    lines = [f"<b>{_safe(_short(told, step))}</b>{f' · {_safe(who)}' if who else ''}"]
    if one.kind in ("do", "start", "cancel", "end"):
        lines[0] += f"<br>{_safe(does(one))}"
    if passage.reached[step]:
        said = [say("{n}×", n=told.number(int(passage.reached[step])))]
        if step in passage.waited:
            said.append(say("waits {time}", time=_said(_mean(passage.waited, step))))
        if step in passage.worked:
            said.append(say("takes {time}", time=_said(_mean(passage.worked, step))))
        lines.append(_safe(" · ".join(said)))
    if passage.leaked[step]:
        lines.append(_safe(say("leaves here: {money}", money=told.money(int(passage.leaked[step])))))
    return "<br>".join(lines)


def does(step: Step) -> str:
    """What a step that nobody works at does; empty where it does nothing."""
    if step.start:
        return say("starts {route}", route=named(step.start.route, "route"))
    if step.cancel:
        return say("calls off {route}", route=named(step.cancel.route, "route"))
    return named(step.end, "outcome") if step.end else say(_EFFECTS[step.do]) if step.do else ""


_EFFECTS: Final[Mapping[Effect, str]] = {
    "note_loss": key("notes the loss"), "open_case": key("opens the case"), "dissuade": key("dissuades the victim"),
    "protect": key("protects the victim"), "let_pay": key("lets the victim pay"),
    "place_hold": key("stops the account"),
    "reveal": key("tells where the money went"), "release": key("releases the account"),
    "check_order": key("checks the order"), "clarify": key("puts the order right"),
    "file_freeze": key("files the freeze"), "return_money": key("returns the money"),
    "intercept": key("intercepts the cash"), "clear_innocent": key("clears the holder"),
}  # fmt: skip


def _who(told: Told, step: int) -> str:
    work = told.step(step).work
    if work is None:
        return ""
    return " + ".join(
        names.desk(desk) + (f" × {heads}" if heads > 1 else "") for desk, heads in (work.team or {}).items()
    ) or say("the account's bank")


def _desk(told: Told, step: int) -> str:
    work = told.step(step).work
    return "" if work is None else " ".join(work.team or {}) or "bank_of_account"


def _why(told: Told, step: int, to: int) -> str:
    """Why an arrow is taken: the branch's condition, its chance, or what went wrong."""
    program, one = told.passage.program, told.step(step)
    name = program.names[to].split(".", 1)[1]
    mine = [branch for branch in one.choose or () if branch.target == name]
    found = [condition(branch) for branch in mine]
    for said, column in (
        (say("gave up"), program.on_renege), (say("no more attempts"), program.on_exhausted),
        (say("too late"), program.on_timeout),
    ):  # fmt: skip
        if column[step] == to:
            found.append(said)
    return say(" or ").join(found)


def condition(taken: Branch) -> str:
    """What has to be known of the subject for a branch to be taken, in words; of one by chance how often it is."""
    branch = taken.model_dump(mode="json", by_alias=True, exclude_none=True)
    if "p" in branch:
        return percent(branch["p"])
    terms = [_term(name, value) for name, value in branch.get("if", {}).items()]
    if not terms:
        return say("else")
    said = ", ".join(terms[:_BRANCH_TERMS])
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _term(name: str, value: Any) -> str:
    """One thing that is known of the subject, in words."""
    what = fields.field(name)
    if isinstance(value, bool):
        return what if value else say("not: {what}", what=what)
    if isinstance(value, Mapping):  # of desks
        value = [f"{names.desk(desk)} {least}" for desk, least in value.items()]
    elif name in _NAMED:
        value = [named(one, _NAMED[name]) for one in (value if isinstance(value, list) else [value])]
    return f"{what}: {listed(value) if isinstance(value, list) else value}"


_NAMED: Final[Mapping[str, Kind]] = {
    "bank_profile": "profile", "desk_open": "desk", "places": "place", "channels": "channel", "scams": "scam",
    "ages": "age",
}  # fmt: skip
"""Of what is known of a subject: what kind of thing its values name."""


def _safe(text: str) -> str:
    """Text that is text in a diagram, whatever it says: Mermaid's entities in place of what it would read."""
    return "".join(one if one.isalnum() or one in " ·×.,:%+-_–…()/" else f"#{ord(one)};" for one in text)


def _mean(times: Mapping[int, Ints], step: int) -> float:
    return float(times[step].mean()) if step in times else np.nan


def _late(times: Mapping[int, Ints], step: int) -> float:
    return float(np.quantile(times[step], 0.9)) if step in times else np.nan


def _said(ms: float) -> str:
    return "" if np.isnan(ms) else duration(ms) if ms >= 1000 else say("0 s")


def _seconds(ms: float) -> object:
    return "" if np.isnan(ms) else ms / 1000


def document(told: Told) -> str:
    """All routes as Markdown with diagrams, which many viewers draw."""
    parts: list[str] = [f"# {say('Routes of {scenario}', scenario=told.scenario.title)}"]
    for route in told.routes:
        parts += [f"## {named(route, 'route')}", finding(told, route), f"```mermaid\n{diagram(told, route)}```"]
    return "\n\n".join(parts) + "\n"


def tables(told: Told, routes: Sequence[str]) -> list[Table]:
    """A table for each route."""
    return [table(told, route) for route in routes]
