"""Several replications of one scenario side by side: their plans as one, their calendars, and what is drawn for them.

Accounts, cases and transfers of all replications are numbered through, so that a column of draws is made for all of
them at once; the rules run one replication after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sim.engine.compiled.calendars import Calendars
from sim.engine.compiled.draws import Draws
from sim.engine.compiled.duties import put_duties
from sim.engine.compiled.given import Given
from sim.engine.compiled.newcomers import Newcomers
from sim.engine.compiled.state import State
from sim.fraud.draws import uniform
from sim.fraud.groups import Ints
from sim.fraud.plan import Plans
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.workflow.calendar import Calendar
from sim.workflow.effects import found_by_filing
from sim.workflow.knowledge import FREE, UNKNOWN
from sim.workflow.log import CASE_SHIFT, NOBODY, NONE, Packed, content
from sim.workflow.program import Program
from sim.workflow.sources import BLOCKED, HELD, LEAD, arriving, key_among_arrivals


class Batch:
    """The state of several replications, filled before the first of them runs."""

    def __init__(
        self, s: State, scenario: Scenario, program: Program, plans: Plans, calendars: Sequence[Calendar], given: Given,
        draw_duties: Callable[[], int],
    ) -> None:  # fmt: skip
        """
        Args:
            draw_duties: the rule of that name.
        """
        self.s, self.scenario, self.program, self.plans = s, scenario, program, plans
        self.plan = plans.whole
        self.case_first: list[int] = plans.case_first.tolist()
        self._put_plan()
        self._put_knowledge()
        self._put_arrivals()
        put_duties(s, scenario, program, plans, draw_duties)
        self.duty_first: list[int] = s.duty_first.tolist()
        self._put_room()
        self.given = given
        self.calendars = Calendars(s, program, calendars, given.called)
        self.newcomers = Newcomers(s, program, plans)
        self.draws = Draws(s, program, self.plan, scenario.victims.districts)

    # -- the plan --------------------------------------------------------------------------------------------

    def _put_plan(self) -> None:
        s, plan = self.s, self.plan
        transfers, accounts, victims = plan.transfers, plan.accounts, plan.victims
        for name in ("parent", "source", "target", "amount", "dwell", "retry", "size"):
            s.put(name, getattr(transfers, name))
        outgoing, first = plan.outgoing
        s.put("outgoing", outgoing)
        s.put("outgoing_first", first)
        s.put("case_content", content(np.arange(len(victims))))
        s.put("content_of", content(accounts.case, accounts.number))
        for name, column in (
            ("account_key", accounts.key.view(np.int64)), ("case_key", victims.key.view(np.int64)),
            ("case_of", accounts.case), ("number", accounts.number), ("layer_of", accounts.layer),
            ("bank_of", accounts.bank), ("place_of", accounts.place), ("card_of", accounts.card),
            ("objects_after", accounts.objects_after), ("wrong", accounts.wrong != 0),
            ("innocent", accounts.innocent), ("account_first", plan.account_first),
            ("transfer_first", plan.transfer_first), ("notice_after", victims.notice_after),
            ("discovered", victims.discovered), ("channel_of", victims.channel), ("scam_of", victims.scam),
            ("age_of", victims.age), ("third_of", victims.third_party), ("others_first", plan.others.first),
            ("o_came", plan.others.came), ("o_amount", plan.others.amount), ("o_due", plan.others.due),
            ("o_retry", plan.others.retry),
        ):  # fmt: skip
            s.put(name, column)
        s.put("card_next", plan.same_card)
        s.has_others, s.n_cases = int(len(plan.others) > 0), len(victims)
        s.put("recall_fails", self._recalls())
        s.put("claim_of", self._claims())

    def _recalls(self) -> NDArray[np.bool_]:
        """By account: the recall of a transfer that is under way on a rail fails."""
        accounts, first = self.plan.accounts, self.scenario.first_rail
        rails = [rail.fails or 0.0 for rail in (self.scenario.victims.rails or {}).values()]
        on_rail = accounts.bank >= first
        fails = np.zeros(len(accounts), dtype=bool)
        if any(rails):
            share = np.array(rails)[accounts.bank[on_rail] - first]
            fails[on_rail] = uniform(accounts.key[on_rail], "recall") < share
        return fails

    def _claims(self) -> Ints:
        """By account, of which the card counts: what a filing finds out (see `file_freeze`)."""
        claims, keys = self.scenario.criminals.claims, self.plan.accounts.key
        if claims is None:
            return np.zeros(len(keys), dtype=np.int64)
        return found_by_filing(claims, uniform(keys, "claim"))

    def _put_knowledge(self) -> None:
        s, accounts, cases = self.s, len(self.plan.accounts), len(self.plan.victims)
        empty = {"known_at": UNKNOWN, "k_layer": UNKNOWN, "k_bank": UNKNOWN, "k_place": UNKNOWN, "until": FREE,
                 "since": NEVER, "ended_first": NONE, "ended_last": NONE, "reveal_next": NONE}  # fmt: skip
        for name in (
            "known_at", "known_before", "k_amount", "k_credited", "k_layer", "k_bank", "k_place", "answered_until",
            "refused", "caught", "by_lead", "named", "written_off", "until", "frozen", "stops", "cases_on", "since",
            "ended_first", "ended_last", "checks", "right", "returned", "is_returned", "raised", "reveal_next",
            "contested", "disputed", "found",
        ):  # fmt: skip
            s.fill(name, accounts, empty.get(name, 0))
        empty = {"reported_at": UNKNOWN, "alerted_at": UNKNOWN, "channel": UNKNOWN, "scam": UNKNOWN, "age": UNKNOWN,
                 "blocked": NEVER, "awaiting": NONE, "stated": NONE}  # fmt: skip
        for name in (
            "reported_at", "alerted_at", "channel", "scam", "age", "third", "blocked", "safe", "paid", "open_by_case",
            "raised_case", "awaiting", "cut_off", "stated",
        ):  # fmt: skip
            s.fill(name, cases, empty.get(name, 0))
        subjects = [accounts if of_account else cases for of_account in self.program.of_account]
        s.put("route_base", list(accumulate(subjects, initial=0))[:-1])
        s.fill("token_at", sum(subjects), NONE)
        s.fill("used", sum(subjects))
        s.fill("route_open", s.n_routes * cases)
        s.fill("times", len(self.plan.transfers))

    def _put_arrivals(self) -> None:
        s, plan = self.s, self.plan
        kinds, times, subjects, cases = [], [], [], []
        for one, at, of_one in arriving(self.scenario, plan):
            kinds.append(np.full(len(at), one))
            times.append(at)
            subjects.append(of_one)
            of = plan.accounts.case if one == LEAD else plan.transfers.case if one == HELD else None
            cases.append(of_one if of is None else of[of_one])
        kind, time, subject = (np.concatenate(some) for some in (kinds, times, subjects))
        replication = np.searchsorted(self.case_first, np.concatenate(cases), side="right") - 1
        late = ~np.isin(kind, (BLOCKED, HELD))
        key = key_among_arrivals(kind, subject)
        order = np.lexsort((key, late, time, replication))
        for name, column in (
            ("arrival_time", time), ("arrival_class", late), ("arrival_key", key), ("arrival_kind", kind),
            ("arrival_subject", subject),
        ):  # fmt: skip
            s.put(name, column[order])
        self.arrival_first = np.searchsorted(replication[order], np.arange(len(self.plans) + 1)).tolist()

    def _put_room(self) -> None:
        """Room for what comes and goes; it grows when it is needed."""
        s = self.s
        cards = np.bincount(self.plan.accounts.card, minlength=1).max(initial=1)
        largest = np.diff(self.plan.account_first).max(initial=1)
        s.margin = int(300 + 4 * cards + 4 * largest + 4 * np.diff(s.outgoing_first).max(initial=0))
        for name in ("share_row", "share_fen", "share_case", "share_claim", "share_part", "share_rest"):
            s.fill(name, int(cards) + 1)
        s.due_room = 4096
        self.log, s.log_room, s.log_n, s.log_values = Packed(), 0, 0, 0
        subjects = len(self.plan.accounts), s.n_cases, len(s.duty_time)
        likely = sum(rows * many for rows, many in zip(_ROWS_OF, subjects, strict=True))
        self._room_for_rows(min(_MOST_ROWS, _LOG + 3 * s.margin + s.n_cases + likely))
        s.fill("due_cards", s.due_room)
        s.n_tokens = 0
        for part in ROOMS:
            self.grow(part, 4 * s.margin)
        self.grow_tokens(4 * s.margin)

    def grow(self, part: str, room: int) -> None:
        """Make longer what only grows in a run."""
        s = self.s
        for name in ROOMS[part][1]:
            if name in s.__dict__ and isinstance(s.__dict__[name], np.ndarray):
                s.grow(name, room, None)
            else:
                s.fill(name, room)
        s.__dict__[ROOMS[part][0]] = room

    def pack(self) -> None:
        """Pack the rows of the log so far; there is then no room for more."""
        s = self.s
        rows, values = s.log_n, s.log_values
        self.log.add(
            s.log_time[:rows], s.log_key[:rows], s.log_doing[:rows], s.log_valued[:values], s.log_value[:values]
        )
        s.log_n, s.log_values, s.log_room = 0, 0, 0

    def _room_for_rows(self, rows: int) -> None:
        """Room for more of the log."""
        for name in ("log_time", "log_key", "log_doing", "log_valued", "log_value"):
            self.s.room(name, rows)
        self.s.log_room = rows

    @property
    def rows(self) -> int:
        """How many rows the log has."""
        return len(self.log) + int(self.s.log_n)

    def grow_tokens(self, tokens: int) -> None:
        """Make room for more tokens."""
        s, before = self.s, self.s.n_tokens
        for name in TOKENS:
            wide = {"t_counts": s.n_loops, "t_people": s.n_members}.get(name, 1)
            empty = NONE if name in ("t_place", "t_serial") else 0
            if before:
                s.grow(name, tokens * wide, empty)
            else:
                s.fill(name, tokens * wide, empty)
        for number in range(tokens - 1, before - 1, -1):
            s.free_tokens[s.n_free + tokens - 1 - number] = number
        s.n_free += tokens - before
        s.n_tokens = tokens

    def make_room(self) -> None:
        """Double whatever is nearly full."""
        s, margin = self.s, self.s.margin
        used = {"stack": s.n_stack, "objection": s.n_objections, "stop": s.stop_m, "freeze": s.freeze_m,
                "ended": s.n_ended, "understanding": s.n_understandings,
                "change": s.n_changes + 2 * s.n_desks}  # fmt: skip
        close = s.last_case - s.first_case
        if s.log_n + max(margin, close) + margin > s.log_room:
            self.pack()
            self._room_for_rows(max(_MORE_ROWS, 3 * margin, close + margin))
        for part, count in used.items():
            room = s.__dict__[ROOMS[part][0]]
            if count + 2 * margin > room:
                self.grow(part, max(2 * room, count + 3 * margin))
        if s.n_free < 2 * margin:
            self.grow_tokens(2 * s.n_tokens)

    # -- one replication -------------------------------------------------------------------------------------

    def begin(self, replication: int) -> None:
        """Turn the state to one of the replications."""
        s = self.s
        s.nobody = NOBODY - (replication << CASE_SHIFT)
        s.first_case, s.last_case = self.case_first[replication], self.case_first[replication + 1]
        s.next_arrival, s.last_arrival = self.arrival_first[replication], self.arrival_first[replication + 1]
        s.arrivals_left = s.last_arrival - s.next_arrival
        s.next_duty, s.last_duty = self.duty_first[replication], self.duty_first[replication + 1]
        self.calendars.begin(replication)
        self.newcomers.begin(replication)
        self.given.begin(replication)


_LOG, _MORE_ROWS, _MOST_ROWS = 1 << 16, 1 << 20, 1 << 24
"""Rows of the log that there is room for: at first at least and at most, and each time it is full."""
_ROWS_OF = 20, 40, 4
"""Rows that an account, a case and a piece of other work leave room for at first, more than they usually write: room
that is not needed takes no memory, and rows in one piece need not be put together."""
ROOMS = {
    "stack": ("stack_room", ("stack_kind", "stack_one", "stack_other", "stack_serial")),
    "objection": ("objection_room", ("objection_time", "objection_key")),
    "understanding": ("understanding_room", ("understanding_time", "understanding_key")),
    "change": ("change_room", ("change_time", "change_key")),
    "stop": ("stop_room", ("stop_time", "stop_card")),
    "freeze": ("freeze_room", ("freeze_time", "freeze_card")),
    "ended": ("ended_room", ("ended_start", "ended_end", "ended_next")),
}
"""By part that only grows in a run: where its length stands, and its columns."""
TOKENS = (
    "t_route", "t_subject", "t_case", "t_account", "t_content", "t_before", "t_step", "t_key", "t_desk", "t_person",
    "t_event", "t_place", "t_time", "t_serial", "t_waits", "t_rank", "t_own_rank", "t_since", "t_priority", "t_weight",
    "t_skip",
    "q_left", "q_right", "q_up", "reveal_first", "reveal_last", "t_in_hand", "t_team", "t_due", "t_times", "t_left",
    "await_next", "await_before", "t_awaits", "hand_next", "hand_before", "t_looped", "free_tokens", "agenda",
    "agenda_time", "t_undecided", "t_deadline", "t_place_undecided", "undecided",
    "t_counts", "t_people",
)  # fmt: skip
"""Columns of tokens."""
