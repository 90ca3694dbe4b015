"""Whether an answer to an inject is right, judged in the moment in which it is given, by what is known then.

An attempt is an act of the kind that is expected, by a role that is asked, after the inject was told. It is right if
nothing that the expectation says is missing; what is missing is kept with it, so that a wrong answer can be told as
wrong, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

from sim.exercise.acts import Wish
from sim.exercise.expect import Criterion, Expect, Says, Which
from sim.exercise.injects import Attempt, Missing, Status
from sim.exercise.models import Exercise
from sim.exercise.naming import named_in, names_amount, names_time
from sim.exercise.offers import offers
from sim.exercise.picking import picked
from sim.exercise.scene import Scene
from sim.exercise.seen import AccountSeen
from sim.exercise.stance import Stance, contains, stances
from sim.exercise.view import seen_by
from sim.words import names
from sim.words.language import LANGUAGES, using
from sim.workflow.log import NONE


def attempt_of(
    status: Status, wish: Wish, role: str, desk: str, at: int, number: int, exercise: Exercise, scene: Scene,
    can: Callable[[Wish], bool], told: str = "",
) -> Attempt | None:  # fmt: skip
    """What a wish is as an answer to an inject; None where it is no attempt at one.

    Args:
        desk: at which it is done.
        at: ms since the scenario's start.
        number: of the decision that it becomes.
        scene: before anything is done.
        can: whether whoever decides could have something else.
        told: the role to which a message goes; empty: to everybody.
    """
    expect = status.inject.expect
    if expect is None or status.state != "fired" or role not in status.inject.asked([role]):
        return None
    if expect.action not in ("any", wish.action):
        return None
    if wish.reply != status.inject.id and any(one.inject.id == wish.reply for one in scene.injects):
        return None  # it answers another
    missing = _missing(expect, status, wish, role, desk, exercise, scene, can)
    if expect.says is not None and expect.says.to == told:
        missing = (one for one in missing if one != "to")
    return Attempt(number, at, tuple(missing))


def _missing(
    expect: Expect, status: Status, wish: Wish, role: str, desk: str, exercise: Exercise, scene: Scene,
    can: Callable[[Wish], bool],
) -> Iterator[Missing]:  # fmt: skip
    """What of an expectation a wish does not meet."""
    if expect.desk is not None and not fnmatchcase(desk, expect.desk):
        yield "desk"
    if expect.account is not None and (wish.case, wish.account) not in _wanted(
        expect.account, wish.action, role, exercise, scene, can
    ):
        yield "account"
    if expect.before is not None and _decided_since(status, wish.action, scene) + 1 >= expect.before:
        yield "before"
    if expect.says is not None:
        yield from unsaid(expect.says, wish.note, exercise, _all_accounts(exercise, scene))


def _decided_since(status: Status, action: str, scene: Scene) -> int:
    """Decisions of those asked since an inject was told; messages only where one is expected."""
    return sum(
        one.at >= status.fired_at and bool(status.inject.asked([one.role]))
        and ("message" in (action,) or one.action != "message")
        for one in scene.decisions
    )  # fmt: skip


# -- accounts --------------------------------------------------------------------------------------------------


def _all_accounts(exercise: Exercise, scene: Scene) -> Sequence[AccountSeen]:
    return seen_by("facilitator", exercise.role("facilitator"), scene).get("accounts", [])


def _wanted(
    which: Which, action: str, role: str, exercise: Exercise, scene: Scene, can: Callable[[Wish], bool]
) -> set[tuple[int, int]]:
    """(case, account) of those meant, among the accounts about which the role can do the same."""
    seen = seen_by(role, exercise.role(role), scene)
    offered = {
        (one.get("case", NONE), one.get("account", NONE), one.get("desk", ""))
        for one in offers(seen)
        if one["action"] == action
    }
    possible = {(case, account) for case, account, desk in offered if can(Wish(action, case, account, desk))}
    known = _all_accounts(exercise, scene)
    return picked(which, [one for one in known if (one["case"], one["account"]) in possible])


# -- words -----------------------------------------------------------------------------------------------------


def unsaid(says: Says, note: str, exercise: Exercise, accounts: Sequence[AccountSeen]) -> Iterator[Missing]:
    """What a message should say, and does not; `tick` where its words leave open whether it does."""
    if says.to is not None and not any(contains(name, note) for name in _called(exercise, says.to)):
        yield "to"
    if says.account is not None and not picked(says.account, accounts) & named_in(note):
        yield "account"
    if says.bank is not None and not any(contains(name, note) for name in bank_names(says.bank)):
        yield "bank"
    if says.time and not names_time(note):
        yield "time"
    if says.amount and not names_amount(note):
        yield "amount"
    if any(spoiled(one, note) for one in says.rubric) or (says.amount is False and names_amount(note)):
        yield "without"
        return
    found = [told_by(one, note) for one in says.rubric if one.words]
    least = says.needed - sum(not one.words for one in says.rubric)
    if found.count("said") < least:
        yield "rubric" if len(found) - found.count("denied") < least else "tick"


def told_by(one: Criterion, note: str) -> Stance:
    """What a message does with the words of a criterion: `unsure` where it says some and denies others."""
    found = {stance for word in one.words for stance in stances(word, note)}
    if found == {"said"}:
        return "said"
    return "denied" if found <= {"denied"} else "unsure"


def spoiled(one: Criterion, note: str) -> bool:
    """Whether a message says what a criterion forbids."""
    return any("said" in stances(word, note) for word in one.without)


def bank_names(bank: str) -> set[str]:
    """What a bank is called: in both languages, as the scenario writes it, and in short (工行 for 工商银行)."""
    found = {bank}
    for one in LANGUAGES:
        with using(one):
            found.add(names.owner(bank))
    return found | {name[0] + name[-1] for name in found if len(name) == 4 and name.endswith("银行")}


def _called(exercise: Exercise, role: str) -> set[str]:
    title = exercise.role(role).title
    return {role, title.en, title.zh}
