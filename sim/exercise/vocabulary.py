"""The words of exercises: what roles can see and do, how something is told, and how desks and roles are named."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

ALWAYS = ("facilitator", "observer")
"""Roles that every exercise has: who leads it, and who watches. Neither decides in a desk's place."""

EVALUATOR = "evaluator"
"""The role of whoever rates an exercise and writes notes: outside the session, with eyes for all of it."""

Sees = Literal["cases", "amounts", "accounts", "flows", "queues", "field", "banks"]
May = Literal["take", "stop", "team", "call_bank", "call_in", "policy", "write_off", "message"]
Channel = Literal["phone", "radio", "message", "paper", "in_person"]

SEES: tuple[Sees, ...] = get_args(Sees)
MAY: tuple[May, ...] = get_args(May)
AT_OWN_DESKS: tuple[May, ...] = ("take", "call_in", "policy")
"""What a role does at its own desks only."""

DeskGlob = Annotated[str, Field(pattern="^[a-z0-9*?:_\u4e00-\u9fff-]+$", max_length=80)]
"""A desk's name, or a pattern such as `bank:*`."""
RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
