"""What things are called when people read them, in pictures, tables, stories, pages and on the terminal.

A cause, a way out, a holder, a layer, a desk and a person have one name each, and a cause one colour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.words.colours import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, YELLOW
from sim.words.language import Kind, key, knows, language, named, say


@dataclass(frozen=True)
class Cause:
    """Where lost money was lost, as people read it."""

    english: str
    colour: str

    @property
    def label(self) -> str:
        """In the reader's language."""
        return say(self.english)


RECOVERED: Final = "recovered"


OTHERS: Final = "others"


MOVING: Final = "still_moving"


ELSEWHERE: Final = "held_elsewhere"


CAUSES: Final[dict[str, Cause]] = {
    RECOVERED: Cause(key("recovered"), GREEN),
    "before_discovery": Cause(key("gone before the victim understood"), "#595959"),
    "before_report": Cause(key("gone before the report"), "#8F8F8F"),
    "never_reported": Cause(key("never reported"), BLACK),
    "intake": Cause(key("gone during intake"), SKY),
    "entry": Cause(key("gone during entry"), ORANGE),
    "audit": Cause(key("gone during audit"), YELLOW),
    "bank": Cause(key("gone at the bank's desk"), VERMILLION),
    "trace": Cause(key("gone during tracing"), BLUE),
    "not_chased": Cause(key("known, but not chased"), "#A8D9F4"),
    "out_of_reach": Cause(key("out of reach"), PURPLE),
    "lapsed": Cause(key("gone after a stop lapsed"), "#8A3F68"),
    "released": Cause(key("gone after a stop was lifted"), "#E3B8CF"),
    "refused": Cause(key("gone during rework of a refused order"), "#8A5A00"),
    "redial": Cause(key("gone between two calls"), "#80CEB9"),
    "hand_over": Cause(key("gone between two agencies"), "#9A8F00"),
    "cross_province": Cause(key("gone while another province was asked"), "#2F6E8F"),
    "cross_border": Cause(key("gone while another country was asked"), "#004B75"),
    "field": Cause(key("gone before a field team was there"), "#A34700"),
    "opened": Cause(key("paid or moved after the case was open"), "#5E2F4A"),
    "stopped": Cause(key("passed through an account done with"), "#F3CF80"),
    "written_off": Cause(key("written off"), "#B9B9B9"),
    OTHERS: Cause(key("other causes, each under 1%"), "#BFA5C9"),
    ELSEWHERE: Cause(key("held by another force"), "#C9B8A0"),
    MOVING: Cause(key("still moving"), "#E4E4E4"),
}
"""By name in the ledger, in the order in which pictures stack them."""


_SPARE: Final = ("#005C43", "#7F7FB2", "#C7A252", "#4F8A8B", "#8C510A", "#B07AA1", "#6B8E23", "#A0522D")
"""Shades of the palette for causes a scenario names itself."""


def cause(name: str) -> Cause:
    """The label and colour of a cause; of one that a scenario names itself (a stage, how a route ends) they follow from
    the name alone."""
    known = CAUSES.get(name)
    if known is not None:
        return known
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big")
    kind: Kind = "stage" if knows(name, "stage") else "outcome"
    return Cause(named(name, kind), _SPARE[number % len(_SPARE)])


def stacking_order(names: Sequence[str]) -> list[str]:
    """Causes in the order in which pictures stack them: recovered first, a scenario's own before what is no loss."""
    order = list(CAUSES)
    own = order.index(ELSEWHERE)
    places = {name: order.index(name) if name in order else own - 0.5 for name in names}
    return sorted(dict.fromkeys(names), key=lambda name: (places[name], name))


_WAYS: Final[dict[str, str]] = {
    "cash": key("in cash"),
    "crypto": key("as crypto"),
    "pos": key("by card at a shop"),
    "abroad": key("abroad"),
    "wallet": key("to a wallet"),
    "payment-firm": key("through a payment firm"),
}


def way_out(name: str) -> str:
    """How money left, after "left": ``in cash``, ``abroad``; of another way out ``as`` its name."""
    known = _WAYS.get(name)
    return say(known) if known is not None else say("as {exit}", exit=named(name, "exit"))


_HOLDERS: Final[dict[str, str]] = {
    "exit:cash": key("a courier"),
    "exit:crypto": key("a wallet"),
    "exit:pos": key("a card shop"),
    "exit:gold": key("a gold dealer"),
    "exit:abroad": key("a bank abroad"),
    "exit:wallet": key("a wallet"),
    "rail:machine": key("a cash machine"),
}


def holder(name: str) -> str:
    """Who holds an account: a bank by its name, a place on the way out as people call it: ``the payment firm``."""
    known = _HOLDERS.get(name)
    if known is not None:
        return say(known)
    if name.startswith("exit:"):
        return say("the {exit}", exit=named(name.removeprefix("exit:"), "exit"))
    if name.startswith("rail:"):
        return say("the rail {rail}", rail=named(name.removeprefix("rail:"), "rail"))
    return name if language() == "en" else named(name, "bank")


def is_way_out(name: str) -> bool:
    """Whether a holder is no bank but a place on the way out, or a rail."""
    return name.startswith(("exit:", "rail:"))


def is_asked(name: str) -> bool:
    """Whether a desk is one whose people are asked to stop accounts: of a bank, a place on the way out, a rail."""
    return name.startswith("bank:") or is_way_out(name)


def layer(number: int, *, card: bool = True) -> str:
    """``layer 2``; in Chinese as the trade says it, 二级卡 for an account at a bank."""
    if language() == "en":
        return f"layer {number}"
    said = _NUMERALS[number] if number < len(_NUMERALS) else str(number)
    return say("layer {layer}, a card", layer=said) if card else say("layer {layer}", layer=said)


_NUMERALS: Final = "零一二三四五六七八九十"


def desk(name: str, *, unlimited: bool = False) -> str:
    """A desk as people call it: ``bank:icbc`` -> ``officers of icbc``, ``the system of icbc`` with unlimited staff."""
    if not is_asked(name):
        return named(name, "desk")
    of = holder(name.removeprefix("bank:"))
    return say("the system of {bank}", bank=of) if unlimited else say("officers of {bank}", bank=of)


def person(name: str, number: int) -> str:
    """Who works: ``analyst 3``, ``officer 1 of icbc``; number 0 where there are always enough of them."""
    if number <= 0:
        return desk(name, unlimited=True)
    if is_asked(name):
        return say("officer {number} of {bank}", number=number, bank=holder(name.removeprefix("bank:")))
    return say("{desk} {number}", desk=named(name, "desk"), number=number)


# -- as a room is told of them -----------------------------------------------------------------------------

_STATES: Final = {
    "known": key("not stopped"),
    "stopped": key("stopped"),
    "frozen": key("frozen"),
    "free again": key("free again"),
    "refused": key("refused"),
    "written off": key("written off"),
}


def state(name: str) -> str:
    """The state of an account, as a room's pages and the terminal tell it."""
    return say(_STATES[name])


def place(name: str) -> str:
    """A desk or a pattern of desks by where it is: ``bank:icbc`` is ``ICBC``, ``bank:mine`` ``the bank mine``."""
    if name == "bank:*":
        return say("any bank")
    if name == "exit:*":
        return say("any place on the way out")
    if name.startswith("bank:"):
        return named(name.removeprefix("bank:"), "bank")
    if is_way_out(name):
        return holder(name)
    return named(name, "desk")


def owner(name: str) -> str:
    """Who holds an account, a bank by its full name: ``icbc`` is ``ICBC``."""
    return holder(name) if is_way_out(name) else named(name, "bank")


def policy(name: str) -> str:
    """An order of work at a desk; empty for the desks' own."""
    if not name:
        return say("the usual one")
    return say("first come, first served") if name == "fifo" else named(name, "policy")


def source_label(label: str) -> str:
    """What kind of figure a value is, by the label of its source; a label of somebody's own as it is written."""
    return say(label) if label in _SOURCES else label


_SOURCES: Final = {
    key("printed"), key("verified"), key("derived"), key("assumed"), key("default"), key("not stated"),
    key("set by hand"),
}  # fmt: skip
