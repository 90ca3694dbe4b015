"""One person more, where a diagnosis tries it: in each shift of a desk, in its closed hours, at each bank of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.scenario.banks import BankProfile
from sim.scenario.models import Scenario
from sim.scenario.people import MOST_STAFF
from sim.study.ask.heads import is_priced, variables_of, when, with_heads
from sim.study.ask.relief import Constraint, closed_hours, open_always
from sim.study.infer.stats import Summary, scaled, summary
from sim.words.phrases import Phrase, as_it_is, phrase


@dataclass(frozen=True)
class Next:
    """What one person more brings, in yuan a year, paired."""

    kind: Literal["heads", "hours", "bank"]
    """heads: in a shift as it is; hours: whenever the desk is closed today; bank: an officer of each such bank."""
    name: str
    """Of the desk or the bank profile."""
    when: Phrase
    now: int
    """People there today."""
    priced: bool
    """Whether anybody says what the person costs; of people at banks nobody does."""
    saved: Summary
    cost: Summary
    """Of the centre, also for less overtime; where the person has no price, of that alone."""
    net: Summary

    def saved_for(self, yuan: float) -> Summary:
        """What so much money saves, spent on such people, who have a price."""
        return scaled(self.saved, yuan / self.cost.mean)


def next_people(scenario: Scenario, kept: Sequence[Constraint]) -> list[tuple[Next, Scenario]]:
    """One person more for each shift and all closed hours of the desks concerned, and for each kind of bank."""
    nothing = summary([])
    found = []
    for name in dict.fromkeys(one.name for one in kept if one.kind in ("heads", "hours")):
        priced = is_priced(scenario.desks[name])
        for one in variables_of(scenario, [name], priced=False):
            if (now := one.now(scenario)) < MOST_STAFF:
                made = with_heads(scenario, [one], (now + 1,))
                found.append((Next("heads", name, one.when, now, priced, nothing, nothing, nothing), made))
        if closed := closed_hours(scenario.desks[name]):
            hours = when(closed[0]) if len(closed) == 1 else phrase("when it is closed")
            found.append(
                (Next("hours", name, hours, 0, priced, nothing, nothing, nothing), open_always(scenario, name, 1))
            )
    for name in (one.name for one in kept if one.kind == "bank"):
        profile = scenario.bank_profiles[name]
        heads = _heads(profile)
        if heads and max(heads) < MOST_STAFF:
            more = {name: _one_more(profile)}
            made = scenario.model_copy(update={"bank_profiles": scenario.bank_profiles | more})
            found.append((Next("bank", name, as_it_is(""), max(heads), False, nothing, nothing, nothing), made))
    return found


def next_key(one: Next) -> str:
    """What the runs with this person are called."""
    return f"more {one.kind} {one.name} {one.when}"


def _heads(profile: BankProfile) -> list[int]:
    """People at each bank of a kind, shift by shift; nothing where there is no number of them."""
    staff = [shift.staff for shift in profile.shifts] if profile.shifts else [profile.staff]
    heads = [one for one in staff if isinstance(one, int)]
    return heads if len(heads) == len(staff) else []


def _one_more(profile: BankProfile) -> BankProfile:
    """The same with one person more, in each shift where there are shifts."""
    if not profile.shifts:
        assert isinstance(profile.staff, int)
        return profile.model_copy(update={"staff": profile.staff + 1})
    shifts = [shift.model_copy(update={"staff": int(shift.staff) + 1}) for shift in profile.shifts]
    return profile.model_copy(update={"shifts": shifts})
