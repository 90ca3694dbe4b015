"""What a role may decide beyond its tasks: staff, and who is served first."""

from __future__ import annotations

from collections.abc import Callable

from sim.exercise.models import Role
from sim.exercise.seen import View
from sim.scenario.people import NAMED_POLICIES
from sim.web import said
from sim.web.parts import Field, button, details, heading
from sim.words.language import named, say


def beyond_the_tasks(duty: Role, view: View, act: Callable[..., object]) -> None:
    """The panel of a seat's page.

    Args:
        view: of the role.
        act: (action, desk, policy): what is decided.
    """
    heading(2, say("Beyond the tasks"))
    desks = [(one["name"], said.desk(one["name"])) for one in view["desks"] if duty.has(one["name"])]
    if not desks:
        return
    if "call_in" in duty.may:
        with details(say("Call in staff")):
            where = Field(say("Desk"), desks[0][0], options=desks)
            button(say("Call them in"), lambda: act("call_in", desk=where.value))
    if "policy" in duty.may:
        with details(say("Change who is served first")):
            at = Field(say("Desk"), desks[0][0], options=desks)
            policies = [(one, named(one, "policy")) for one in NAMED_POLICIES]
            policy = Field(say("Served first"), NAMED_POLICIES[0], options=policies)
            button(say("Change it"), lambda: act("policy", desk=at.value, policy=policy.value))
