"""What else could have been, in sentences: what was decided otherwise, what it saves, why, and what luck had to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sim.exercise import report_text, words
from sim.exercise.counterfactual import Counterfactual
from sim.exercise.decided import Decided
from sim.exercise.models import Exercise
from sim.exercise.other_plans import Odds
from sim.exercise.review import Review
from sim.exercise.why import Why
from sim.report.findings.text import plus_minus, unit_scale, unit_word
from sim.words import names
from sim.words.language import clock, counted, exact_money, key, say
from sim.words.units import YUAN
from sim.workflow.log import NONE

VERDICTS: Final = {
    (1, 1): key("What was decided costs money there, too: it was no bad luck."),
    (1, 0): key("There it makes no sure difference: bad luck rather than a bad decision."),
    (1, -1): key("There what was decided saves more: bad luck, and a good decision."),
    (0, 1): key("There what was decided costs money: a bad decision that was lucky here."),
    (0, 0): key("There it makes no sure difference, either."),
    (0, -1): key("There what was decided saves more: a good decision."),
    (-1, 1): key("There what was decided costs money: a bad decision that was lucky here."),
    (-1, 0): key("There it makes no sure difference: here it was good luck."),
    (-1, -1): key("What was decided saves more there, too: it was no good luck."),
}
"""What a decision was, by the sign of what another saves more here, and surely on average on other plans."""
WHOLE_ROOM: Final = key("There the room's orders are given at the same minutes as here, whatever it would have seen.")
"""What weakens the comparison of a whole room on other plans."""


def all_of(review: Review, one: Counterfactual) -> str:
    """All that is told of a counterfactual: what, why, and what luck had to do with it."""
    parts = [counterfactual(review.exercise, one), reason(review, one), luck(one)]
    return words.sentences([part for part in parts if part])


def lucky(review: Review) -> str:
    """The decision that cost nothing and was bad all the same; empty where there is none."""
    one = review.lucky
    if one is None or one.decided is None:
        return ""
    what = say("Lucky: {what}", what=_delay(review.exercise, one.decided))
    here = say("Here the wait cost nothing.") if not one.more else say(
        "Here the wait saved {money}.", money=exact_money(-one.more))  # fmt: skip
    return words.sentences([what, here, luck(one)])


def counterfactual(exercise: Exercise, one: Counterfactual) -> str:
    """What else was decided when the exercise was played again; of one that saved nothing, that it did not."""
    what = _otherwise(exercise, one)
    return what if one.more > 0 else say("Would have saved nothing: {what}", what=what)


def gain(one: Counterfactual) -> str:
    """How much more it would have saved than the room did."""
    if not one.more:
        return say("nothing more")
    amount = exact_money(abs(one.more))
    return say("{money} more", money=amount) if one.more > 0 else say("{money} less", money=amount)


def against(one: Counterfactual) -> str:
    """What it would have saved, beside what the room did."""
    return say("{result} in place of {saved}", result=exact_money(one.result), saved=exact_money(one.result - one.more))


def _otherwise(exercise: Exercise, one: Counterfactual) -> str:
    match one.kind:
        case "at_once":
            assert one.decided is not None
            return say("taken at once: {what}", what=_delay(exercise, one.decided))
        case "undone":
            assert one.decided is not None
            return say("left undone: {what}.", what=report_text.decided(exercise, one.decided))
        case "all_at_once":
            return counted(
                one.count, "the one decision that waited, taken when it came up.",
                "all {n:,} decisions that waited, each taken when it came up.",
            )  # fmt: skip
        case "policy":
            return say("the model alone, and every desk of the room works in this order: {policy}.",
                       policy=names.policy(one.policy))  # fmt: skip
        case "nobody":
            return say("nobody decides, and each decision waits for its deadline.")


def _delay(exercise: Exercise, one: Decided) -> str:
    """What was late, and how late."""
    about, desk, waited = (
        words.subject(one.case, one.account),
        names.place(one.desk),
        report_text.whole_seconds(one.waited),
    )
    if report_text.is_missed(one):
        return say(
            "{who}: nobody decided about {about} at {desk} within {waited}, so the model did.",
            who=report_text.person(exercise, one), about=about, desk=desk, waited=waited,
        )  # fmt: skip
    return say(
        "{who}: “{action}” for {about} at {desk} came {waited} after it could.", who=report_text.person(exercise, one),
        action=words.action(one.action), about=about, desk=desk, waited=waited,
    )  # fmt: skip


# -- why, and luck -----------------------------------------------------------------------------------------------


def reason(review: Review, one: Counterfactual) -> str:
    """What became of which money; empty where a counterfactual comes to the same."""
    parts = [] if one.why is None else [_because(review, one.why), _others(one.why, abs(one.more))]
    if one.less_than_one is not None:
        less = _because(review, one.less_than_one)
        parts.append(
            say("Less than one of them alone, since all compete for the same people; against that one: {why}", why=less)
        )
    return words.sentences([part for part in parts if part])


def _others(one: Why, whole: int) -> str:
    """What the rest of the money makes, beside the account that is named; empty where that is all.

    Args:
        whole: fen that the text says it comes to, in whole yuan.
    """
    if not one.others:
        return ""
    rest = whole - round(one.fen / YUAN) * YUAN if one.rest else 0
    money = exact_money(abs(rest))
    if rest > 0:
        return counted(
            one.others, "One more account makes the other {money}.",
            "{n:,} more accounts make the other {money}, in smaller parts.", money=money,
        )  # fmt: skip
    return counted(
        one.others, "One more account takes {money} of it away again.",
        "{n:,} more accounts take {money} of it away again.", money=money,
    ) if rest else ""  # fmt: skip


def _because(review: Review, one: Why) -> str:
    """What becomes of the money of one account when the session is played otherwise."""
    about = _account(one)
    fen = exact_money(one.fen)
    held = None if one.held_at is None else _clock(review, one.held_at)
    gone = None if one.gone_at is None else _clock(review, one.gone_at)
    match one.kind:
        case "kept" if held and gone:
            return say("{account}: {money} is still there when it is stopped at {held}; as it was played, the money"
                       " had left from {gone} on.", account=about, money=fen, held=held, gone=gone)  # fmt: skip
        case "lost" if held and gone:
            return say("{account}: {money} that was stopped at {held} as it was played leaves from {gone} on.",
                       account=about, money=fen, held=held, gone=gone)  # fmt: skip
        case "unpaid" if gone:
            return say("{account}: {money} is never paid; as it was played, it was paid from {gone} on.",
                       account=about, money=fen, gone=gone)  # fmt: skip
        case "paid" if gone:
            return say("{account}: {money} that was never paid as it was played is paid from {gone} on.",
                       account=about, money=fen, gone=gone)  # fmt: skip
        case "kept" | "unpaid":
            return say("{account}: {money} is kept there in the end; as it was played, it was not.",
                       account=about, money=fen)  # fmt: skip
        case _:
            return say("{account}: {money} that was kept there as it was played is not kept in the end.",
                       account=about, money=fen)  # fmt: skip


def _account(one: Why) -> str:
    """The account, as far as anybody knew of it."""
    if one.case == NONE:
        return say("a case that nobody reported")
    if not one.bank:
        return words.subject(one.case, NONE)
    bank = names.owner(one.bank)
    if one.account == NONE:
        return say("an account of case {case} at {bank} that nobody knew of", case=one.case, bank=bank)
    return say("{account} at {bank}", account=words.subject(one.case, one.account), bank=bank)


def _clock(review: Review, at: int) -> str:
    return clock(review.began + timedelta(milliseconds=at))


def luck(one: Counterfactual) -> str:
    """What a counterfactual comes to on other plans, and what the decision was by that; empty where none were asked."""
    odds = one.odds
    if odds is None:
        return ""
    verdict = WHOLE_ROOM if one.kind in ("policy", "nobody") else VERDICTS[(one.more > 0) - (one.more < 0), odds.sign]
    return words.sentences([_on_others(odds), say(verdict)])


def _on_others(odds: Odds) -> str:
    """The mean over other plans with its interval, and in how many it is more and less."""
    half = (odds.more.high - odds.more.low) / 2 / YUAN
    mean = odds.more.mean / YUAN
    many = {"n": odds.more.n, "better": odds.better, "worse": odds.worse}
    if half <= 0:
        return say("On {n} other plans that share all that had happened by then it saves as much.", **many)
    amount = say("{number} {unit}", number=plus_minus(abs(mean), half, unit_scale("yuan")), unit=unit_word("yuan"))
    if mean >= 0:
        return say("On {n} other plans that share all that had happened by then it saves {amount} more on average:"
                   " more in {better} of them, less in {worse}.", amount=amount, **many)  # fmt: skip
    return say("On {n} other plans that share all that had happened by then it saves {amount} less on average:"
               " more in {better} of them, less in {worse}.", amount=amount, **many)  # fmt: skip
