"""The money-flow picture of a view: layer by layer, where the money that is known of went and what holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sim import lang
from sim.lang import named, say
from sim.report.text import FAINT, GONE, GREEN, INK, ORANGE, RESTING, SKY

COLOURS: Final = {"stopped": GREEN, "frozen": "#006B4E", "known": RESTING, "free again": ORANGE, "refused": ORANGE,
                  "written off": FAINT}  # fmt: skip
"""Of accounts, by their state."""
VICTIM: Final = SKY

View = Mapping[str, Any]
Ends = tuple[str, str]


def state_words(state: str) -> str:
    """The state of an account as people read it."""
    words = {
        "known": say("not stopped"), "stopped": say("stopped"), "frozen": say("frozen"),
        "free again": say("free again"), "refused": say("refused"), "written off": say("written off"),
    }  # fmt: skip
    return words[state]


def has_flows(view: View) -> bool:
    """Whether a role sees flows at all."""
    return "flows" in view and "accounts" in view


def flows_of(view: View) -> dict[Ends, int]:
    """Fen (or transfers, for a role that sees no amounts) between groups of accounts of one layer and state."""
    groups = _groups(view)
    found: dict[Ends, int] = defaultdict(int)
    for flow in view["flows"]:
        case, source, target = flow["case"], flow["source"], flow["target"]
        start = say("victims") if source == 0 else groups.get((case, source), say("hidden"))
        out = say("out: {way}", way=named(flow["way"], "exit")) if target < 0 else ""
        end = out or groups.get((case, target), say("hidden"))
        if start != end:
            found[start, end] += flow.get("amount", 1)
    return dict(found)


def _groups(view: View) -> dict[tuple[int, int], str]:
    """By (case, account): the layer and state under which it is drawn, with the number of accounts there."""
    counts = Counter((one["layer"], one["state"]) for one in view["accounts"])
    return {
        (one["case"], one["account"]): say(
            "layer {n}, {state} ({count})", n=one["layer"], state=state_words(one["state"]),
            count=counts[one["layer"], one["state"]],
        )
        for one in view["accounts"]
    }  # fmt: skip


def _colours(view: View) -> dict[str, str]:
    groups = _groups(view)
    of = {groups[one["case"], one["account"]]: COLOURS[one["state"]] for one in view["accounts"]}
    return {say("victims"): VICTIM, **of}


def options(view: View) -> dict[str, Any]:
    """A Sankey picture for ECharts."""
    flows, colours = flows_of(view), _colours(view)
    amounts = any("amount" in flow for flow in view["flows"])
    names = list(dict.fromkeys(end for ends in flows for end in ends))
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for (start, end), size in flows.items():
        out[start] += size
        into[end] += size
    nodes = []
    for name in names:
        size = max(into[name], out[name])
        said = lang.money(size) if amounts else f"{size:,}"
        nodes.append(
            {"name": name, "value": size, "itemStyle": {"color": colours.get(name, GONE)},
             "label": {"formatter": f"{_broken(name)}\n{said}"}}
        )  # fmt: skip
    return {
        "animation": False,
        "textStyle": {"color": INK, "fontFamily": "inherit"},
        "series": [
            {
                "type": "sankey", "data": nodes, "nodeGap": 22, "nodeWidth": 14, "draggable": False, "silent": True,
                "left": 8, "right": 130, "top": 16, "bottom": 16, "nodeAlign": "left",
                "emphasis": {"disabled": True}, "lineStyle": {"color": "source", "opacity": 0.35, "curveness": 0.5},
                "label": {"color": INK, "fontSize": 13, "lineHeight": 16},
                "links": [{"source": a, "target": b, "value": size} for (a, b), size in flows.items()],
            }
        ],
    }  # fmt: skip


def _broken(name: str) -> str:
    """A name on two lines: a picture on a phone is narrow."""
    return name.replace(say(", "), "\n", 1)


def summary(view: View) -> str:
    """The picture in one sentence, for whoever does not see it."""
    if not any("amount" in flow for flow in view["flows"]):
        return say("{n:,} transfers are known.", n=len(view["flows"]))
    flows = flows_of(view)
    paid = sum(size for (start, _), size in flows.items() if start == say("victims"))
    out = sum(flow["amount"] for flow in view["flows"] if flow["target"] < 0)
    caught = sum(one.get("caught", 0) for one in view["accounts"])
    return say(
        "Paid and known: {paid}; found by stops: {caught}; known to be out: {out}.", paid=lang.money(paid),
        caught=lang.money(caught), out=lang.money(out),
    )  # fmt: skip
