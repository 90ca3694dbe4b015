"""Who is served first at each desk: the policies in force, asked of what the responders know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop

from sim.engine.tokens import Place, Token
from sim.scenario import people
from sim.scenario.models import Scenario
from sim.workflow.knowledge import Knowledge
from sim.workflow.policies import POLICIES, Policy, View
from sim.workflow.program import Program
from sim.workflow.ranking import AtRisk, asked_again


class Serving:
    """The policies of all desks of a run."""

    def __init__(self, program: Program, knowledge: Knowledge, scenario: Scenario) -> None:
        self._knowledge = knowledge
        self._when = scenario.when
        self._at_risk = AtRisk(scenario.criminals.dwell_by_layer)
        self.policies = [spec.policy for spec in program.desks]
        """By desk: the name of the policy in force."""
        self.once: list[Policy | None] = [None] * len(program.desks)
        """By desk: the policy that is asked when somebody joins its queue. None for first in, first out (the place in
        the queue says that already) and where it is asked again."""
        self.again: list[Policy | None] = [None] * len(program.desks)
        """By desk: the policy that is asked whenever someone is free; None where it is asked once."""
        for number, policy in enumerate(self.policies):
            self.change(number, policy)

    def change(self, number: int, policy: str) -> None:
        """Serve a desk by a policy (a name) from now on."""
        self.policies[number] = policy
        self.once[number] = None if policy == "fifo" else POLICIES.get(policy)
        self.again[number] = asked_again(policy, self._at_risk, self._when)

    def view(self, token: Token, since: int, now: int) -> View:
        """What a policy may see of a token that waits since a time (ms)."""
        if token.case < 0:  # a duty
            return View(since, 0, since, known_at=since, reported_at=since, now=now)
        if token.account >= 0:
            return self._knowledge.view_account(token.subject, token.case, since, now)
        return self._knowledge.view_case(token.case, since, now)

    def in_order(self, policy: Policy, live: list[Place], now: int) -> Iterator[Place]:
        """Those who wait, by what a policy that is asked again says of each now."""
        if len(live) == 1 and policy == self._at_risk.most_at_risk:  # whoever is alone is next
            yield from live
            return
        ranked = [(p[0], policy(self.view(p[4], p[2], now)), *p[2:4], p) for p in live]
        heapify(ranked)
        while ranked:
            yield heappop(ranked)[4]

    def hopeless(self, live: Sequence[Place], rule: people.WriteOff, now: int) -> list[Place]:
        """The accounts of which least is expected, while too many wait; who has a rank is not among them."""
        balance = {place[3]: self._at_risk.balance(self.view(place[4], place[2], now)) for place in live}
        hopeless = [p for p in live if p[0] >= 0 and p[4].account >= 0 and balance[p[3]] < rule.least]
        hopeless.sort(key=lambda place: (balance[place[3]], *place[2:4]))
        return hopeless[: max(0, len(live) - rule.above)]
