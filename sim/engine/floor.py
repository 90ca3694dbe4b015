"""The floor: all desks with their rosters and queues, and who works on what.

Whoever becomes free and whoever joins a queue at an instant meet in `dispatch`, which the engine calls when everything
else of that instant is done. A desk with skills, with a policy that is asked again, with work that is handed over or
with people beyond its roster is served by `_serve`, all others by the loop in `dispatch` itself, which is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import Any

from sim.engine.desks import Desk, SkilledDesk
from sim.engine.handover import HandOver
from sim.engine.serving import Serving
from sim.engine.staffing import Staffing
from sim.engine.tokens import Due, Place, Token
from sim.fraud.groups import Column
from sim.fraud.plan import Plan
from sim.scenario import people
from sim.scenario.models import Scenario
from sim.workflow.calendar import Calendar
from sim.workflow.knowledge import Knowledge
from sim.workflow.log import ATTEMPTS, BEGIN, DESK_SHIFT, FINISH, HANDED_OVER, NONE, PERSON_SHIFT, Log
from sim.workflow.newcomers import AtDesks, concerned
from sim.workflow.program import Program
from sim.workflow.rosters import UNLIMITED
from sim.workflow.teams import feeding, woken_by
from sim.workflow.times import Times


class Floor:
    """The desks of one run. It schedules the end of work; what a token does then is the engine's."""

    def __init__(
        self,
        program: Program,
        times: Times,
        knowledge: Knowledge,
        log: Log,
        env: Any,
        done: Callable[[Any], None],
        scenario: Scenario,
        plan: Plan,
        write_off: Callable[[Token], None],
        calendar: Calendar,
    ) -> None:
        self.desks = [_desk(number, spec.roster) for number, spec in enumerate(program.desks)]
        self.dirty: set[int] = set()
        """Desks at which someone may begin at the end of this instant."""
        self._program = program
        self._times = times
        self._first: list[Column | None] = [None] * len(program.names)
        """`times.first` of each step that was reached."""
        self._rows = log.buffer
        self._env = env
        self._at_done = [done]
        begins = [_doing(BEGIN, number, 0) for number in range(len(self.desks))]
        self._finish = [_doing(FINISH, number, 0) for number in range(len(self.desks))]
        self.serving = Serving(program, knowledge, scenario)
        self._once, self._again = self.serving.once, self.serving.again
        self._rules = [spec.roster if isinstance(spec.roster, people.Desk) else None for spec in program.desks]
        self._write_off = write_off
        self._teams = any(program.team)
        self._wakes = woken_by(program)
        self._feeds = feeding(self._wakes)
        self.calendar = calendar
        self.staffing = Staffing(
            program, scenario, plan, self.desks, log, env, self._changed, self._interrupt, calendar, self._awaited
        )
        self._hand_over = HandOver(program, times, self._rules, self.staffing.hands_over)
        self._handed_over, self._in_hand, self._left = (
            self._hand_over.can, self._hand_over.in_hand, self._hand_over.left,
        )  # fmt: skip
        self._newcomers, self._new = AtDesks(program, plan, scenario.horizon + scenario.follow_up), concerned(program)
        self._special = [self._has_rules(number) for number in range(len(self.desks))]
        """By desk: whether `_serve` serves it."""
        self._bound = (
            self.desks, self.dirty, self._rows, env.schedule, program.team, self._at_done, self._first, begins,
            self._special,
        )  # fmt: skip
        """What every dispatch reads, in one piece."""

    def _has_rules(self, number: int) -> bool:
        return (
            isinstance(self.desks[number], SkilledDesk)
            or self._again[number] is not None
            or self.staffing.extra[number] is not None
            or self._new[number]
            or any(over and desk == number for over, desk in zip(self._handed_over, self._program.desk, strict=True))
        )

    def serve_by(self, number: int, policy: str) -> None:
        """Serve a desk by another policy (a name) from now on; who waits keeps the rank that orders gave."""
        self.serving.change(number, policy)
        self._special[number] = self._has_rules(number)
        queue, self.desks[number].queue = self.desks[number].queue, []  # no heap where its policy was asked again
        for place in [place for place in queue if place[4].place is place]:
            self.move(place[4], place[4].rank - place[0])
        self.dirty.add(number)

    def join(self, token: Token, number: int, since: int, before: int = 0) -> None:
        """Put a token into a desk's queue, as one that waits since a time; `before` so many ranks before its own."""
        desk, policy = self.desks[number], self._once[number]
        key: float = since
        if policy is not None:
            key = policy(self.serving.view(token, since, self._env.now))
        token.desk = number
        token.place = place = (token.rank - before, key, since, token.key, token)
        self.expect(number, self._env.now)
        heappush(desk.queue, place)
        self.dirty.add(number)

    def expect(self, number: int, now: int) -> None:
        """One more waits for a desk: from now on the changes of its roster matter, and those of its teams' desks."""
        desk = self.desks[number]
        desk.waiting += 1
        if desk.waiting == 1:
            for member in self._feeds[number]:
                self.staffing.watch(member, now)

    def _awaited(self, number: int) -> bool:
        """Whether a change of a desk's roster matters: somebody waits for its people, or may hand over to the next."""
        if self.staffing.hands_over[number] and self.desks[number].busy:
            return True
        return any(self.desks[queue].waiting for queue in self._wakes[number])

    def brought_up(self, number: int, now: int) -> Desk:
        """A desk with the heads that its roster has now."""
        desk = self.desks[number]
        if now >= desk.until:
            self.staffing.bring_up(number, now)
        return desk

    def rejoin(self, token: Token, rank: int) -> bool:
        """Give a waiting token another rank in its queue; False where it does not wait."""
        if not token.place:
            return False
        token.rank = rank
        return self.move(token)

    def move(self, token: Token, before: int = 0) -> bool:
        """Put a waiting token so many ranks before its own; False where it does not wait."""
        if not token.place:
            return False
        self.desks[token.desk].waiting -= 1
        self.join(token, token.desk, token.place[2], before)
        return True

    def give_up(self, token: Token) -> None:
        """Take a token out of its queue without work: a team at the head may have kept the others waiting."""
        if token.place:
            token.place = None
            desk = self.desks[token.desk]
            desk.waiting -= 1
            if self._left:
                self._left.pop(token, None)
            if desk.waiting or self._special[token.desk]:
                self.dirty.add(token.desk)

    def dispatch(self, now: int) -> None:
        """Assign free people to waiting tokens, desk by desk."""
        desks, dirty, rows, schedule, team_of, at_done, first, begins, special = self._bound
        self.staffing.passed = now, len(desks)
        numbers = sorted(dirty) if len(dirty) > 1 else tuple(dirty)
        dirty.clear()
        for number in numbers:
            desk = desks[number]
            if now >= desk.until:
                self.staffing.bring_up(number, now)
            if special[number]:
                self._serve(desk, now)
                continue
            queue, begin = desk.queue, begins[number]
            while queue and (desk.free or desk.capacity == UNLIMITED):
                place = queue[0]
                token: Token = place[4]
                if token.place is not place:
                    heappop(queue)
                    continue
                team = team_of[token.step]
                if team and self._short_of(team, now):
                    break  # the first in the queue waits for the others of its team
                heappop(queue)
                desk.waiting -= 1
                token.place = token.timer = None
                key = token.key
                if team:
                    self._seize_team(token, team, now)
                else:
                    token.person = person = desk.seize()
                    rows += (now, key, begin + (person << PERSON_SHIFT), NONE)
                token.callbacks = at_done
                times = first[token.step] if key & ATTEMPTS == 1 else None
                schedule(token, key, times[token.subject] if times else self.time(token))

    def _short_of(self, team: Team, now: int) -> bool:
        """Whether somebody of a team is not free."""
        return any(self.brought_up(d, now).available() < heads for d, heads in team)

    def _seize_team(self, token: Token, team: Team, now: int) -> None:
        token.people = [(d, self.desks[d].seize()) for d, heads in team for _ in range(heads)]
        for d, person in token.people:
            self._rows += (now, token.key, _doing(BEGIN, d, person), NONE)

    def _serve(self, desk: Desk, now: int) -> None:
        """Assign the free people of a desk with rules of its own, then see whether there are too many or too few."""
        if desk.waiting and desk.available():
            passed_over: list[Place] = []
            for place in self._in_order(desk, now):
                token, need = place[4], self._program.skill[place[4].step]
                team = self._program.team[token.step]
                if need == NONE:
                    if team and self._short_of(team, now):
                        passed_over.append(place)
                        break  # the first in the queue waits for the others of its team
                    self._begin(desk, token, team, None, now)
                elif isinstance(desk, SkilledDesk) and desk.can(need):
                    self._begin(desk, token, team, desk.seize_skilled(need), now)
                else:
                    passed_over.append(place)
                if not desk.available():
                    break
            if self._again[desk.number] is None:
                for place in passed_over:
                    heappush(desk.queue, place)
        self.staffing.review(desk.number, now)

    def _in_order(self, desk: Desk, now: int) -> Iterator[Place]:
        """Who waits at a desk, by who is next; with `write_off` the nearly hopeless are dropped before.

        Under a policy that is asked again the queue stays as it is, else it is emptied as far as it is read.
        """
        policy, rules = self._again[desk.number], self._rules[desk.number]
        if policy is None:
            while desk.queue:
                place = heappop(desk.queue)
                if place[4].place is place:
                    yield place
            return
        live = [place for place in desk.queue if place[4].place is place]
        if rules is not None and rules.write_off is not None:
            for place in self.serving.hopeless(live, rules.write_off, now):
                self.give_up(place[4])
                self._write_off(place[4])
            live = [place for place in live if place[4].place is place]
        desk.queue = live
        yield from self.serving.in_order(policy, live, now)

    def _begin(self, desk: Desk, token: Token, team: Team, person: int | None, now: int) -> None:
        """Begin work on a waiting token; `person` was seized for it, None: whoever is next."""
        desk.waiting -= 1
        token.place = token.timer = None
        if team:
            self._seize_team(token, team, now)
        else:
            token.person = desk.seize() if person is None else person
            self._rows += (now, token.key, _doing(BEGIN, desk.number, token.person), NONE)
        if not self._handed_over[token.step]:
            token.callbacks = self._at_done
            self._env.schedule(token, token.key, self._lasts(token, now))
            return
        for number, _ in team or ((desk.number, 1),):
            if self.staffing.hands_over[number]:
                self.staffing.watch(number, now)
        token.timer = Due(self._env, self._over, token)  # an event of its own: a token cannot be taken off the clock
        self._env.schedule(token.timer, token.key, self._hand_over.take_up(token, now, self._lasts))

    def _lasts(self, token: Token, now: int) -> int:
        return self._newcomers.lasts(self.time(token), token.people or [(token.desk, token.person)], now)

    def _over(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            token.timer = None
            self._at_done[0](token)

    # -- the end of a shift ----------------------------------------------------------------------------------

    def _changed(self, number: int) -> None:
        self.dirty.update(self._wakes[number])

    def _interrupt(self, number: int, leaves: Callable[[int], bool], now: int) -> None:
        """Put what the people of a desk who leave have in hand back to the head of its queue, as work left."""
        for token in self._hand_over.of(number, leaves):
            left = self._hand_over.put_down(token, now)
            self.let_go(token, now)
            self._rows += (now, token.key, _doing(HANDED_OVER, token.desk, NONE), left)
            token.timer = None
            self.join(token, token.desk, now, HEAD)

    # -- the end of work -------------------------------------------------------------------------------------

    def let_go(self, token: Token, now: int) -> None:
        """End the work on a token, if there is any: its people are free again."""
        if self._in_hand:
            self._in_hand.pop(token, None)
        person = token.person
        if person >= 0:
            desk = self.desks[token.desk]
            self._rows += (now, token.key, self._finish[token.desk] + (person << PERSON_SHIFT), NONE)
            token.person = NONE
            desk.let_go(person)
            if self._teams:
                self.dirty.update(self._wakes[token.desk])
            elif desk.waiting:
                self.dirty.add(token.desk)
        elif token.people is not None:
            for number, one in token.people:
                self._rows += (now, token.key, _doing(FINISH, number, one), NONE)
                self.desks[number].let_go(one)
                self.dirty.update(self._wakes[number])
            token.people = None

    def time(self, token: Token) -> int:
        """The working or waiting time of a token at its step, in ms."""
        if token.key & ATTEMPTS > 1:
            return self._times.again(token)
        return (self._first[token.step] or self._first_of(token.step))[token.subject]

    def _first_of(self, step: int) -> Column:
        times = self._first[step] = self._times.first(step)
        return times


def _doing(kind: int, desk: int, person: int) -> int:
    """Kind, desk and person of a log row as one number."""
    return kind + ((desk + 1) << DESK_SHIFT) + ((person + 1) << PERSON_SHIFT)


def _desk(number: int, rostered: people.Rostered) -> Desk:
    return SkilledDesk(number) if isinstance(rostered, people.Desk) and rostered.skills else Desk(number)


HEAD = 1 << 40
"""What puts handed-over work before every rank that an order gives."""
Team = Sequence[tuple[int, int]]
"""(desk, heads)"""
