"""Which kinds of bank a centre asks, as a page has it set: to turn a kind that nobody there is of changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sim.web.form import FormField
from sim.words import names
from sim.words.language import listed, say


def asked(fields: Sequence[FormField], typed: Mapping[str, str]) -> dict[str, float]:
    """By kind of bank that some bank is of: the share of the mule accounts there.

    Args:
        fields: of the scenario.
        typed: by path, what is set in place of what it has.
    """
    now = {one.path: typed.get(one.path, one.value).strip() for one in fields if one.group == "banks"}
    found: dict[str, float] = {}
    for bank in (one for one in fields if one.ways):
        with suppress(ValueError):
            if (kind := now[bank.path]) in bank.ways and (share := float(now[".".join([*bank.parts[:-1], "share"])])):
                found[kind] = found.get(kind, 0.0) + share
    return found


def idle(field: FormField, here: Mapping[str, float]) -> str:
    """That no bank is of the kind that a value is of, and who else is; empty where some bank is, or it is of none.

    Args:
        field: of the scenario.
        here: the kinds that are `asked`.
    """
    if field.group != "bank_profiles" or field.parts[1] in here:
        return ""
    if not field.others:
        return say("no bank here answers so: to turn it changes nothing")
    return say("no bank here answers so, only {who}", who=listed([names.holder(one) for one in field.others]))
