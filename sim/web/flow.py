"""The money-flow picture of a view: layer by layer, where the money that is known of went and what holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.engine.sight import State
from sim.exercise.seen import Seen
from sim.web.parts import LETTERS
from sim.words import language as lang
from sim.words import names
from sim.words.colours import FAINT, GONE, GREEN, INK, ORANGE, RESTING, SKY
from sim.words.language import named, say
from sim.words.lines import columns

COLOURS: Final = {"stopped": GREEN, "frozen": "#006B4E", "known": RESTING, "free again": ORANGE, "refused": ORANGE,
                  "written off": FAINT}  # fmt: skip
"""Of accounts, by their state."""
HELD: Final = ("stopped", "frozen")
"""States in which what was found on an account is held there."""
WENT_ON: Final = "#E6E9EC"
"""Of a group, the part that is there no more."""
VICTIM: Final = SKY
MOST_WAYS: Final = 5
"""Ways out that are told apart; the smaller ones are one."""
WIDTHS: Final = ((2, "two", 380), (4, "few", 520), (5, "some", 640), (7, "many", 900), (99, "most", 1200))
"""(columns at most, class in the style sheet, px): a narrower picture has numbers for labels, and a list beside it."""
ROOMY: Final = 1.25
"""A picture wider than that many times its least width has larger labels."""
LEAST: Final = 0.01
"""A share below it is said to be under it."""
MARGIN: Final = 16
"""px above and below."""

Ends = tuple[str, str]


@dataclass(frozen=True)
class Node:
    """One group of the picture.

    Attributes:
        column: from 0 at the left, which are the victims.
        size: fen, or transfers for a role that sees no amounts.
        said: the same in words.
        there: the share of it that lies there now, as far as that is known; 1 for what is no group of accounts.
        left: that share in words; empty where all of it is there, or nobody knows.
    """

    name: str
    column: int
    size: int
    said: str
    colour: str
    there: float = 1.0
    left: str = ""

    @property
    def fill(self) -> Any:
        """What it is filled with, for ECharts: what went on leaves at the top."""
        if self.there >= 1:
            return self.colour
        gone = 1 - self.there
        stops = ((0, WENT_ON), (gone, WENT_ON), (gone, self.colour), (1, self.colour))
        stops_said = [{"offset": offset, "color": colour} for offset, colour in stops]
        return {"type": "linear", "x": 0, "y": 0, "x2": 0, "y2": 1, "colorStops": stops_said}

    @property
    def dot(self) -> str:
        """The same for a dot of a list, in CSS."""
        gone = f"{100 * (1 - self.there):.0f}%"
        return f"linear-gradient({WENT_ON} {gone}, {self.colour} {gone})"


def has_flows(view: Seen) -> bool:
    """Whether a role sees flows at all."""
    return "flows" in view and "accounts" in view


def flows_of(view: Seen) -> dict[Ends, int]:
    """Fen (or transfers, for a role that sees no amounts) between groups of accounts of one layer and state."""
    groups, ways = _groups(view), _ways(view)
    found: dict[Ends, int] = defaultdict(int)
    for flow in view["flows"]:
        case, source, target = flow["case"], flow["source"], flow["target"]
        start = say("the victims") if source == 0 else groups.get((case, source), say("hidden"))
        end = ways[flow["way"]] if target < 0 else groups.get((case, target), say("hidden"))
        if start != end:
            found[start, end] += flow.get("amount", 1)
    return dict(found)


def _ways(view: Seen) -> dict[str, str]:
    """What each way out is called: the smallest are one where there are many."""
    sizes: dict[str, int] = defaultdict(int)
    for flow in view["flows"]:
        if flow["target"] < 0:
            sizes[flow["way"]] += flow.get("amount", 1)
    largest = sorted(sizes, key=lambda way: -sizes[way])
    apart = largest if len(largest) <= MOST_WAYS else largest[: MOST_WAYS - 1]
    return {way: say("out: {way}", way=named(way, "exit")) if way in apart else say("out: other ways") for way in sizes}


def _groups(view: Seen) -> dict[tuple[int, int], str]:
    """By (case, account): the layer and state under which it is drawn, with the number of accounts there."""
    counts = Counter((one["layer"], one["state"]) for one in view["accounts"])
    return {
        (one["case"], one["account"]): say(
            "{layer}, {state} ({count})", layer=names.layer(one["layer"]), state=names.state(one["state"]),
            count=counts[one["layer"], one["state"]],
        )
        for one in view["accounts"]
    }  # fmt: skip


def nodes_of(view: Seen, flows: Mapping[Ends, int]) -> list[Node]:
    """The groups between which there are flows, column by column, the largest first."""
    groups, ways = _groups(view), set(_ways(view).values())
    of = {groups[one["case"], one["account"]]: one for one in view["accounts"]}
    ends = {end for pair in flows for end in pair}
    layers = sorted({of[end]["layer"] for end in ends if end in of})
    last = len(layers) + 1 + (say("hidden") in ends)
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for (start, end), size in flows.items():
        out[start] += size
        into[end] += size

    caught: dict[str, int] = defaultdict(int)
    for one in view["accounts"]:
        caught[groups[one["case"], one["account"]]] += one.get("caught", 0)
    amounts = any("amount" in flow for flow in view["flows"])

    def node(name: str) -> Node:
        size = max(into[name], out[name])
        if name in of:
            state = of[name]["state"]
            column, colour = 1 + layers.index(of[name]["layer"]), COLOURS[state]
            there = min(caught[name] if state in HELD else size - out[name], size) / size if amounts and size else 1.0
            return Node(name, column, size, _said(view, size), colour, there, _left(state, there))
        if name in ways:
            column, colour = last, GONE
        else:
            column, colour = (0, VICTIM) if name == say("the victims") else (len(layers) + 1, FAINT)
        return Node(name, column, size, _said(view, size), colour)

    return sorted(map(node, ends), key=lambda it: (it.column, -it.size, it.name))


def _left(state: State, there: float) -> str:
    """What share of a group is still there; empty for all of it."""
    if there >= 1:
        return ""
    held = state in HELD
    if not there:
        return say("nothing held") if held else say("all of it went on")
    share = lang.percent(there) if there >= LEAST else say("under {share}", share=lang.percent(LEAST))
    return say("{share} held", share=share) if held else say("{share} still there", share=share)


def _said(view: Seen, size: int) -> str:
    if any("amount" in flow for flow in view["flows"]):
        return lang.money(size)
    return lang.counted(size, "one transfer", "{n:,} transfers")


def width_of(nodes: Sequence[Node]) -> tuple[str, int]:
    """(class, px): the least width at which names and amounts stand beside the groups."""
    columns = 1 + max((node.column for node in nodes), default=0)
    return next((name, px) for most, name, px in WIDTHS if columns <= most)


def height_of(nodes: Sequence[Node]) -> int:
    """px that the fullest column needs, so that no label lies on another."""
    fullest = max(Counter(node.column for node in nodes).values(), default=1)
    return 2 * MARGIN + fullest * (_gap(LARGE, nodes) + 8)


SMALL: Final = 13
LARGE: Final = 16
"""px of letters."""


LETTER: Final = 0.62
"""Width of a letter by the size of its line; a Chinese character is as wide as two."""


def _gap(size: int, nodes: Sequence[Node]) -> int:
    """px from one group to the next: a label has three lines, and a fourth where some went on."""
    lines = 4 if any(node.left for node in nodes) else 3
    return lines * round(1.25 * size) + 2


def options(view: Seen) -> dict[str, Any]:
    """A Sankey picture for ECharts: its labels are numbers where it is narrow (`Node`s counted from 1)."""
    flows = flows_of(view)
    nodes = nodes_of(view, flows)
    colours = {node.name: VICTIM if not node.column else FAINT for node in nodes}
    least = width_of(nodes)[1]
    last = max((node.column for node in nodes), default=0)
    series = {
        "type": "sankey", "draggable": False, "nodeWidth": 14, "left": 8, "top": MARGIN, "bottom": MARGIN,
        "emphasis": {"focus": "adjacency"}, "lineStyle": {"opacity": 0.35, "curveness": 0.5},
        "links": [
            {"source": a, "target": b, "value": size, "lineStyle": {"color": colours[a]},
             "tooltip": {"formatter": f"{a} → {b}\n{_said(view, size)}"}}
            for (a, b), size in flows.items()
        ],
    }  # fmt: skip

    def labelled(size: int, least: int, gap: int, texts: Sequence[str]) -> dict[str, Any]:
        ends = [
            line for said, node in zip(texts, nodes, strict=True) if node.column == last for line in said.split("\n")
        ]
        right = round(max(map(columns, ends), default=0) * LETTER * size) + 12
        label = {
            "color": INK, "fontSize": size, "lineHeight": round(1.25 * size), "textBorderColor": "#ffffff",
            "textBorderWidth": 3, "width": (least - right - 22) // max(last, 1) - 9,
        }  # fmt: skip
        data = [
            {
                "name": node.name, "value": node.size, "depth": node.column, "itemStyle": {"color": node.fill},
                "label": {"formatter": said, "overflow": "none" if node.column == last else "truncate"},
                "tooltip": {"formatter": _lines(node.name, node)},
            }
            for node, said in zip(nodes, texts, strict=True)
        ]  # fmt: skip
        return {"series": [series | {"label": label, "data": data, "nodeGap": gap, "right": right}]}

    labels = [_lines(_broken(node.name), node) for node in nodes]
    numbers = [f"{number}" for number in range(1, len(nodes) + 1)]
    roomy = round(ROOMY * least)
    return {
        "baseOption": {
            "animation": False, "textStyle": {"color": INK, "fontFamily": LETTERS},
            "tooltip": {"trigger": "item", "renderMode": "richText", "confine": True},
            **labelled(SMALL, least, _gap(SMALL, nodes), labels),
        },
        "media": [
            {"query": {"maxWidth": least - 1}, "option": labelled(SMALL, least, 2 * SMALL, numbers)},
            {"query": {"minWidth": roomy}, "option": labelled(LARGE, roomy, _gap(LARGE, nodes), labels)},
        ],
    }  # fmt: skip


def _lines(name: str, node: Node) -> str:
    return "\n".join(filter(None, (name, node.said, node.left)))


def _broken(name: str) -> str:
    """A name on two lines: the columns are narrow."""
    return name.replace(say(", "), "\n", 1)


def summary(view: Seen) -> str:
    """The picture in one sentence, for whoever does not see it."""
    if not any("amount" in flow for flow in view["flows"]):
        return lang.counted(len(view["flows"]), "One transfer is known.", "{n:,} transfers are known.")
    paid = sum(flow["amount"] for flow in view["flows"] if flow["source"] == 0)
    out = sum(flow["amount"] for flow in view["flows"] if flow["target"] < 0)
    caught = sum(one.get("caught", 0) for one in view["accounts"])
    return say(
        "As far as is known: paid {paid}, found by stops {caught}, out of the banks {out}.", paid=lang.money(paid),
        caught=lang.money(caught), out=lang.money(out),
    )  # fmt: skip
