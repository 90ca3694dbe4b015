"""An exercise for one trainee alone, line by line: what is typed goes in, what is to be read comes out.

It knows no terminal and no wall clock; the clock of the session moves only by what is typed, or by what the caller
lets pass. Accounts are named CASE.ACCOUNT, as in ``stop 2.7``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.exercise import words
from sim.exercise.acts import Refused, Wish
from sim.exercise.offers import Asked, key_of, offers
from sim.exercise.seen import MessageSeen
from sim.exercise.session import Happening, Seat, Session
from sim.exercise.solo_known import account_lines, case_lines, desk_lines, of_account, of_case
from sim.exercise.solo_lines import WIDE, Line, dotted, help_lines, paragraph, table_lines, toned
from sim.exercise.texts import Texts
from sim.exercise.together import Together, subject_of
from sim.exercise.typed import (
    SHORT,
    MistypedError,
    Numbers,
    UnlistedError,
    lines_of,
    read_numbers,
    read_span,
    read_subject,
    unlisted,
)
from sim.scenario.people import NAMED_POLICIES
from sim.words import names
from sim.words.language import (
    clock,
    countdown,
    counted,
    duration,
    listed,
    say,
    translate,
)
from sim.words.lines import wrapped
from sim.words.phrases import phrase
from sim.words.units import MINUTE, SECOND

WARNING: Final = 10 * SECOND
"""ms before a deadline, of a decision or of an answer, at which `next` stops."""
SOON: Final = MINUTE
"""ms before its deadline from which a decision is shown as urgent."""
_LOOKS: Final = ("look", "cases", "accounts", "desks", "messages", "can")


class Solo:
    """One trainee at one role, or at all of them."""

    def __init__(self, session: Session, roles: Sequence[str]) -> None:
        """
        Args:
            session: its clock is not held.
            roles: that the trainee plays; whoever sits there already goes on.
        """
        self.session = session
        self.roles = list(roles)
        self.left = False
        """Whether the trainee has gone, with the exercise open."""
        self._told: set[str] = set()
        """Ids of the messages that were shown."""
        self._numbers = Numbers()
        self._finishing = False
        """Whether the last line was a `finish` that asked back."""
        for role in self.roles:
            if _seat(role) not in session.seats and not session.finished:
                session.join(Seat(_seat(role), role, say("trainee")))

    @property
    def over(self) -> bool:
        """Whether nothing more is asked of the trainee."""
        return self.left or self.session.finished

    # -- what is read ------------------------------------------------------------------------------------------

    def opening(self) -> list[str]:
        """What the trainee reads first."""
        exercise = self.session.exercise
        who = listed([words.role(exercise, role) for role in self.roles])
        lines = [words.told(exercise.title), *paragraph(words.told(exercise.briefing)), ""]
        lines += [*wrapped(say("You play: {roles}. Type help to see what can be typed.", roles=who), WIDE), ""]
        return [*lines, *self._news(), *self._look()]

    def do(self, line: str) -> list[str]:
        """Carry out a line, and say what came of it; a mistake is one line, and changes nothing."""
        word, _, rest = line.strip().partition(" ")
        if not word:
            return []
        try:
            return self._do(word.lower(), rest.strip())
        except MistypedError as error:
            return [translate(error)]
        except UnlistedError as error:
            return [unlisted(line, str(error), self.possible())]
        except Refused as error:
            return [say("Not done: {why}.", why=words.refused(error))]

    def _do(self, word: str, rest: str) -> list[str]:
        session = self.session
        asked, self._finishing = self._finishing, False
        if word == "help":
            return help_lines()
        if word == "quit":
            self.left = True
            return []
        if word == "finish":
            if not asked and session.now < session.exercise.ends:
                self._finishing = True
                return self._sure()
            session.finish(say("trainee"))
            return []
        if word == "next":
            return self.passed(session.to_next(self._limit()))
        if word == "wait":
            return self._wait(session.now + read_span(rest))
        if word in _LOOKS:
            return {
                "look": self._look, "cases": lambda: case_lines(self._view(), session.now),
                "accounts": lambda: account_lines(self._view(), session.now),
                "desks": lambda: desk_lines(self._view()), "messages": self._messages, "can": self._can,
            }[word]()  # fmt: skip
        return [*self._decide(word, rest), *self._news(), *self._look()]

    def _limit(self) -> int:
        """How far `next` goes at most (ms): to shortly before a decision or an answer is late, for each once."""
        view = self._view()
        warned = [one["deadline"] - WARNING for one in (*view.decisions, *_unanswered(view))]
        return min([self.session.exercise.ends, *(at for at in warned if at > self.session.now)])

    def _wait(self, until: int) -> list[str]:
        """Let time pass, at most to shortly before an answer is late, for each once."""
        session, happened, late = self.session, [], None
        while session.now < until and not session.finished and late is None:
            soon = [one for one in _unanswered(self._view()) if one["deadline"] - WARNING > session.now]
            first = min(soon, key=lambda one: one["deadline"], default=None)
            stop = until if first is None else min(until, first["deadline"] - WARNING)
            happened += session.to_next(stop)
            if first is not None and session.now >= first["deadline"] - WARNING and session.now < until:
                late = first
        if late is None:
            return self.passed(happened)
        at = clock(session.scenario.when(late["deadline"]))
        told = toned("asks", [say("Not further yet: until {clock} this asks for an answer.", clock=at)])
        return [*self.passed(happened), *told, *self._message(late)]

    def _sure(self) -> list[str]:
        """What is asked before an exercise is closed that could go on."""
        session = self.session
        waiting = _unanswered(self._view())
        told = say(
            "The exercise goes on until {clock}, {time} more. Type finish again to close it now.",
            clock=clock(session.scenario.when(session.exercise.ends)),
            time=duration(session.exercise.ends - session.now),
        )
        return [*wrapped(told, WIDE), *(line for one in waiting for line in self._message(one))]

    def thought(self, ms: int) -> list[str]:
        """Let time pass that the trainee took to think; says only what is new."""
        happened = self.session.advance(self.session.now + ms)
        return self.passed(happened) if happened else []

    def passed(self, happened: Sequence[Happening]) -> list[str]:
        """What the trainee reads after time has passed."""
        missed: dict[str, int] = {}
        for one in happened:
            if one.kind == "missed":
                missed[one.desk] = missed.get(one.desk, 0) + 1
        lines = [
            counted(
                n, "Too late at {desk}: one decision is taken by the desk itself.",
                "Too late at {desk}: {n} decisions are taken by the desk itself.", desk=names.place(desk),
            )
            for desk, n in missed.items()
        ]  # fmt: skip
        return [*toned("late", lines), *self._news(), *([] if self.session.finished else self._look())]

    # -- decisions ---------------------------------------------------------------------------------------------

    def _decide(self, word: str, rest: str) -> list[str]:
        if word == "say":
            self._act({"action": "message", "note": rest})
            return [say("Said to everybody.")]
        if word == "staff":
            desk, _, _ = rest.partition(" ")
            self._act({"action": "call_in", "desk": desk})
            return [say("Staff is called in for {desk}.", desk=names.place(desk))]
        if word == "order":
            desk, _, policy = rest.partition(" ")
            if policy not in NAMED_POLICIES:
                raise MistypedError(
                    phrase("read {read!r}, accepted: {accepted}", read=policy, accepted=", ".join(NAMED_POLICIES))
                )
            self._act({"action": "policy", "desk": desk, "policy": policy})
            return [say("{desk}: {policy} from now on.", desk=names.place(desk), policy=names.policy(policy))]
        if word in SHORT:
            case, account = read_subject(rest)
            self._act({"action": SHORT[word], "case": case, "account": account})
            about = words.subject(case, account)
            return [say("{about}: {action}.", about=about, action=words.action(SHORT[word]))]
        return self._take(f"{word} {rest}")

    def _take(self, typed: str) -> list[str]:
        """Take the decisions of some numbers, in the order in which they were typed; none where one is no number."""
        open_ = {self._numbers.of(one): one for one in self._view().decisions}
        said: list[str] = []
        for one in [open_[number] for number in read_numbers(typed, open_)]:
            try:
                self._act({"action": "take", "case": one["case"], "account": one["account"], "desk": one["desk"]})
            except (Refused, UnlistedError) as error:
                if not said:
                    raise
                why = words.refused(error) if isinstance(error, Refused) else str(error)
                return [*said, say("Not done: {why}.", why=why)]
            about = words.subject(one["case"], one["account"])
            said.append(say("{about} is next at {desk}.", about=about, desk=names.place(one["desk"])))
        return said

    def _act(self, asked: Asked) -> None:
        """Decide in the first of the trainee's roles whose list of possible acts has it.

        Raises:
            UnlistedError: none has; the reason is that of the first role that may do so at all.
            Refused: it is on a list, and yet the engine knows better.
        """
        wish = key_of(asked)
        for role in self.roles:
            if wish in map(key_of, offers(self.session.view(role))):
                self.session.act(_seat(role), **asked)
                return
        raise UnlistedError(self._why_not(Wish(**asked)))

    def _why_not(self, wish: Wish) -> str:
        """Why an act is on no list of the trainee's."""
        refused: Refused | None = None
        for role in self.roles:
            try:
                self.session.deed_of(_seat(role), wish)
            except Refused as error:
                if refused is None or refused.code == "not_yours":
                    refused = error
        return say("that is not among what you can do now") if refused is None else words.refused(refused)

    # -- what is known -----------------------------------------------------------------------------------------

    def _view(self) -> Together:
        """What the trainee knows in all the roles together."""
        return Together.of([self.session.view(role) for role in self.roles])

    def _look(self) -> list[str]:
        """The clock, and the open decisions with what is known about each."""
        view = self._view()
        lines = [self._status(view)]
        accounts = {subject_of(one): one for one in view.accounts}
        cases = {one["case"]: one for one in view.cases}
        rows, soon = [], []
        for one in view.decisions:
            account = accounts.get(subject_of(one))
            about = dotted(one["case"], one["account"])
            now = self.session.now
            known = of_case(cases.get(one["case"]), now) if account is None else of_account(account, now)
            left = say("{time} left", time=countdown(one["deadline"] - self.session.now))
            rows.append((str(self._numbers.of(one)), names.place(one["desk"]), about, *known, left))
            soon.append(one["deadline"] - self.session.now <= SOON)
        if not rows:
            return [*lines, say("Nothing to decide. Type next to go on.")]
        table = zip(table_lines(rows, right=(0, 5)), soon, strict=True)
        return [*lines, *(Line(text, "soon") if near else text for text, near in table)]

    def _status(self, view: Together) -> str:
        session, start = self.session, self.session.exercise.starts
        at = session.scenario.when(session.now)
        stopped = sum(one["state"] in ("stopped", "frozen") for one in view.accounts)
        return say(
            "{clock}, {since} after the opening. Cases: {cases}; accounts known: {accounts}, stopped: {stopped};"
            " decisions open: {open}.",
            clock=clock(at), since=duration(session.now - start), cases=len(view.cases),
            accounts=len(view.accounts), stopped=stopped, open=len(view.decisions),
        )  # fmt: skip

    def _can(self) -> list[str]:
        """What may be tried now, as a seat's page offers it."""
        found = self.possible()
        return wrapped(listed(found), WIDE) if found else [say("Nothing can be done now.")]

    def possible(self) -> list[str]:
        """What may be typed now to decide something."""
        open_ = self._view().decisions
        numbers = {(one["desk"], one["case"], one["account"]): self._numbers.of(one) for one in open_}
        return lines_of([self.session.view(role) for role in self.roles], numbers)

    def _messages(self) -> list[str]:
        told = self._view().messages
        return [line for one in told for line in self._message(one)] or [say("Nothing was said yet.")]

    def _news(self) -> list[str]:
        """The messages that were not shown yet."""
        new = [one for one in self._view().messages if one["id"] not in self._told]
        self._told |= {one["id"] for one in new}
        return [line for one in new for line in self._message(one)]

    def _message(self, one: MessageSeen) -> list[str]:
        at = clock(self.session.scenario.when(one["at"]))
        text = words.told(Texts(**one["text"]))
        asks = words.hint(self.session.exercise, one["id"]) if one["state"] in ("open", "wrong") else ""
        text = say("{text} (asked for: {what})", text=text, what=asks) if asks else text
        by = ""
        if one["state"] == "open" and "deadline" in one:
            by = say(" (until {clock})", clock=clock(self.session.scenario.when(one["deadline"])))
        said = say("{clock} {channel}{by}: {text}", clock=at, channel=words.channel(one["channel"]), by=by, text=text)
        return toned("asks" if by else "said", wrapped(said, WIDE, "    "))


def _unanswered(view: Together) -> list[MessageSeen]:
    """The messages that ask for an answer which is not there yet."""
    return [one for one in view.messages if one["state"] in ("open", "wrong") and "deadline" in one]


def _seat(role: str) -> str:
    return f"solo-{role}"
